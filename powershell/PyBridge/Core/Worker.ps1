# The worker: one Python process for this session, JSON lines over its stdin and stdout.
#
# Calls nest: while the stream of an outer command is open, an inner one runs. So frames are sorted by the id of the
# call that they belong to, and wait in that call's queue. Frames of calls that are over are dropped. What the worker
# asks of us, see Sessions.ps1, waits for nobody.
#
# A warm call should cost tenths of a millisecond, and each function that it passes costs some hundredths. So the few
# functions on its way do more than one thing: Invoke-PyBridge, Start-PyBridgeCall, Receive-PyBridgeFrame,
# Read-PyBridgeFrame, Resolve-PyBridgeFrame and Complete-WireValue. They are no fewer, as .NET compiles each loop and each
# function as one piece, and what stands in it once more with it: a long one takes a third of a second, and megabytes.

$script:ProtocolVersion = 1
$script:PSSessions = $null

function script:Start-PyBridgeWorker {
    # Replaces the worker, if there was one, by a new process that speaks our protocol.
    Stop-PyBridgeWorker
    $python = Get-PyBridgeInterpreter
    try {
        $process = [System.Diagnostics.Process]::Start((New-PyBridgeStartInfo $python '-m pybridge worker'))
    }
    catch {
        $script:Interpreter = $null
        throw (New-PyBridgeError -Code 'python_not_found' -Message "$python cannot be started" -Remedy (
                'Install pybridge again, or name another interpreter: $env:PYBRIDGE_PYTHON = ''<path of python>''.'))
    }
    $worker = @{
        Process = $process
        # Of its own, with more room than one of Process: reading takes as many turns of .NET's threads as the buffer is full.
        Reader  = [System.IO.StreamReader]::new($process.StandardOutput.BaseStream, [System.Text.Encoding]::UTF8, $false, 32768)
        Writer  = $process.StandardInput
        Errors  = $process.StandardError.ReadToEndAsync()
        Pending = $null
        Calls   = @{}
        Asks    = [System.Collections.Generic.List[object]]::new()
        LastId  = 0
        Json    = Get-PyBridgeJsonReader
        # Whose frame a line is, and what: "result" and "error" end a call, all else are notifications.
        Pattern = [regex]('^\{"jsonrpc":"2\.0",(?:"id":(?<id>\d+),"(?<kind>result|error)"|' +
            '"method":"(?<kind>\w+)","params":\{"id":(?<id>\d+))')
    }
    try {
        $answer = $null
        $call = Start-PyBridgeCall $worker 'hello' @{ protocol = $script:ProtocolVersion }
        if ($null -ne $call) {
            $call.Patience = 30000
            $answer = Receive-PyBridgeFrame $call
            $worker.Calls.Remove($call.Id)
        }
        if ($null -eq $answer) {
            if (-not $process.HasExited) { $process.Kill() }
            throw (New-PyBridgeDeath $worker)
        }
        $body = $answer.Body
        if ($answer.Kind -eq 'error') {
            throw (New-PyBridgeError -Code 'protocol_mismatch' -Message $body.message -Remedy $body.data.remedy)
        }
        if ($body.protocol -ne $script:ProtocolVersion) {
            $message = "this module speaks protocol $script:ProtocolVersion, " +
                "the worker (pybridge $($body.version)) speaks $($body.protocol)"
            throw (New-PyBridgeError -Code 'protocol_mismatch' -Message $message -Remedy (
                    'Install the module that belongs to that pybridge: pybridge module install'))
        }
        $script:Worker = $worker
    }
    finally {
        # After Ctrl+C too: a worker that has not shaken hands is no worker.
        if ($script:Worker -ne $worker) { try { $process.Kill() } catch { $null = $_ } }
    }
    Register-PyBridgeEnd
    $worker
}

function script:Get-PyBridgeJsonReader {
    # The method behind ConvertFrom-Json, or nothing where there is none of that shape. Logs of modules and traces hold
    # the parameters of cmdlets, which would be our frames. By reflection: Windows PowerShell 5.1 keeps it to itself.
    $cmdlet = $ExecutionContext.InvokeCommand.GetCommand('Microsoft.PowerShell.Utility\ConvertFrom-Json', 'Cmdlet')
    if ($null -eq $cmdlet) { return }
    $class = $cmdlet.ImplementingType.Assembly.GetType('Microsoft.PowerShell.Commands.JsonObject')
    if ($null -eq $class) { return }
    $takes = [type[]]@([string], [System.Management.Automation.ErrorRecord].MakeByRefType())
    $class.GetMethod('ConvertFromJson', [System.Reflection.BindingFlags]'Static, Public, NonPublic', $null, $takes, $null)
}

function script:Register-PyBridgeEnd {
    # The worker ends with the module and with the session; the end of a process ends it anyway, but a process may have
    # many sessions. Once is enough.
    $module = $ExecutionContext.SessionState.Module
    if ($null -ne $module.OnRemove) { return }
    $module.OnRemove = { Stop-PyBridgeWorker }
    # The action of an event runs outside of the module.
    $action = { foreach ($module in Get-Module -Name PyBridge -All) { & $module { Stop-PyBridgeWorker } } }
    $null = $ExecutionContext.Events.SubscribeEvent($null, $null, 'PowerShell.Exiting', $null, $action, $true, $false)
}

function script:Stop-PyBridgeWorker {
    # The end of its input ends the worker; one that does not heed that is killed.
    $worker = $script:Worker
    $script:Worker = $null
    if ($null -eq $worker) { return }
    try { $worker.Writer.Close() } catch { $null = $_ }
    try {
        # An idle one ends at once; one that is at work on other computers takes 3 s at most to leave them in order.
        if (-not $worker.Process.WaitForExit(3500)) { $worker.Process.Kill() }
    }
    catch { $null = $_ }
}

function script:Start-PyBridgeCall {
    # Asks a worker for something. Returns the call, whose frames are kept from now on; nothing if the worker is dead.
    param($Worker, $Method, $Params)

    $Worker.LastId++
    $id = $Worker.LastId
    $json = if ($Params.Count) { ConvertTo-WireJson $Params } else { '{}' }
    try {
        # Standard input flushes by itself, at each write: so there is one.
        $Worker.Writer.Write('{"jsonrpc":"2.0","id":' + $id + ',"method":"' + $Method + '","params":' + $json + "}`n")
    }
    catch {
        Stop-PyBridgeWorker
        return
    }
    # Patience: how many milliseconds to wait for a frame; -1 for as long as it takes.
    $call = @{ Id = $id; Worker = $Worker; Open = $true; Patience = -1; Frames = [System.Collections.Queue]::new() }
    $Worker.Calls[$id] = $call
    $call
}

function script:Receive-PyBridgeFrame {
    # The next frame of a call, its kind and its body; nothing if the worker has died, or the call's patience has ended.
    # Frames of other calls that arrive meanwhile go into the queues of those calls.
    param($Call)

    if ($Call.Frames.Count) { return $Call.Frames.Dequeue() }
    $worker = $Call.Worker
    $clock = $null
    if ($Call.Patience -ge 0) { $clock = [System.Diagnostics.Stopwatch]::StartNew() }
    while ($true) {
        if ($null -ne $clock -and $clock.ElapsedMilliseconds -ge $Call.Patience) { return }
        if ($null -eq $worker.Pending) { $worker.Pending = $worker.Reader.ReadLineAsync() }
        $patience = 100
        if ($worker.Asks.Count) {
            Wait-PyBridgeAsk $worker
            $patience = 0
        }
        # A short wait: Ctrl+C is heeded between two of them.
        try { if (-not $worker.Pending.Wait($patience)) { continue } }
        catch { $null = $_ } # it has failed, and so has no result
        $frame = Read-PyBridgeFrame $worker
        if ($null -eq $frame) {
            if ($null -eq $worker.Pending) { continue }
            return
        }
        if ($frame.Call -eq $Call) { return $frame }
        $frame.Call.Frames.Enqueue($frame)
    }
}

function script:Read-PyBridgeFrame {
    # Takes the line that has come: a frame, with the call that it belongs to; nothing where nobody waits for it, and
    # where it is the end. That stays pending, so that every open call comes to it.
    param($Worker)

    $task = $Worker.Pending
    if ($task.IsFaulted -or $null -eq $task.Result) {
        if ($script:Worker -eq $Worker) { Stop-PyBridgeWorker }
        return
    }
    $Worker.Pending = $null
    $line = $task.Result
    $match = $Worker.Pattern.Match($line)
    if (-not $match.Success) { throw (New-PyBridgeMisunderstanding) }
    $owner = $Worker.Calls[[int]$match.Groups['id'].Value]
    # The last line of a worker that was killed may be cut: then the end of its output is next.
    if ($null -eq $owner -or $line[-1] -ne '}') { return }
    $kind = $match.Groups['kind'].Value
    $arguments = [object[]]@($line, $null)
    try {
        if ($null -ne $Worker.Json) { $value = $Worker.Json.Invoke($null, $arguments) }
        else { $value = ConvertFrom-Json -InputObject $line }
    }
    catch { return Wait-PyBridgeEnd $Worker $_ }
    if ($null -eq $value) { Wait-PyBridgeEnd $Worker $arguments[1] }
    elseif ($kind -eq 'use_session') { Start-PyBridgeAsk $Worker $value $owner }
    else {
        $member = if ($kind -eq 'result' -or $kind -eq 'error') { $kind } else { 'params' }
        @{ Call = $owner; Kind = $kind; Body = $value.$member }
    }
}

function script:Wait-PyBridgeEnd {
    # What to do about a line that is no JSON: the worker was killed while it wrote, or the two do not understand each other.
    param($Worker, $Problem)

    if (-not $Worker.Process.WaitForExit(1000)) { throw (New-PyBridgeMisunderstanding $Problem) }
}

function script:New-PyBridgeMisunderstanding {
    # The error for a line that makes no sense.
    param($Problem)

    $message = 'the worker and the module do not understand each other'
    if ($null -ne $Problem) { $message = "an answer cannot be shown: $($Problem.Exception.Message)" }
    New-PyBridgeError -Code 'worker_failed' -Message $message
}

function script:Stop-PyBridgeCall {
    # Cancels a call that is still open, after Ctrl+C or Select-Object -First; this may run while the pipeline is being
    # stopped. A worker that does not acknowledge within a second is killed: the next call starts another.
    param($Call)

    $worker = $Call.Worker
    if ($worker.Process.HasExited) { return }
    $frame = $null
    $Call.Patience = 1000
    $Call.Stopped = $true
    try {
        Send-PyBridgeCancel $Call
        do { $frame = Receive-PyBridgeFrame $Call }
        while ($null -ne $frame -and $frame.Kind -notin 'result', 'error')
    }
    catch { $null = $_ }
    if ($null -eq $frame) { try { $worker.Process.Kill() } catch { $null = $_ } }
}

function script:Send-PyBridgeCancel {
    # Tells the worker that nobody wants the answer of a call any more.
    param($Call)

    $Call.Worker.Writer.Write('{"jsonrpc":"2.0","method":"cancel","params":{"id":' + $Call.Id + '}}' + "`n")
}

function script:New-PyBridgeDeath {
    # The error for a worker that has ended in the middle of a call; its last words are in it.
    param($Worker)

    $words = ''
    $errors = $Worker.Errors
    if ($errors.Wait(1000) -and $errors.Result) { $words = "; it said: $(Get-LastLine $errors.Result)" }
    New-PyBridgeError -Code 'worker_failed' -Message "the worker process ended unexpectedly$words" -Remedy 'Run the command again: a new worker is started, and you are still signed in.'
}
