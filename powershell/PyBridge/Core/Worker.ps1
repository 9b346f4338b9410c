# The worker: one Python process for this session, JSON lines over its stdin and stdout.
#
# Calls nest: while the stream of an outer command is open, an inner one runs. So frames are sorted by the id of the
# call that they belong to, and wait in that call's queue. Frames of calls that are over are dropped.

$script:ProtocolVersion = 1

function Get-PyBridgeWorker {
    # The running worker; a new one where there is none, or the last one died.
    if ($null -ne $script:Worker) {
        if (-not $script:Worker.Process.HasExited) { return $script:Worker }
        Stop-PyBridgeWorker
    }
    $process = [System.Diagnostics.Process]::Start((New-PyBridgeStartInfo (Get-PyBridgeInterpreter) '-m pybridge worker'))
    $script:Worker = @{
        Process = $process
        Reader  = $process.StandardOutput
        Writer  = $process.StandardInput
        Errors  = $process.StandardError.ReadToEndAsync()
        Pending = $null
        Calls   = @{}
        LastId  = 0
    }
    $call = Send-PyBridgeRequest $script:Worker 'hello' @{ protocol = $script:ProtocolVersion }
    $answer = Receive-PyBridgeFrame $call
    $call.Worker.Calls.Remove($call.Id)
    if ($null -eq $answer) { throw (New-PyBridgeDeath $call) }
    if ($null -ne $answer.PSObject.Properties['error']) {
        Stop-PyBridgeWorker
        throw (New-PyBridgeError -Code 'protocol_mismatch' -Message $answer.error.message -Remedy $answer.error.data.remedy)
    }
    if ($answer.result.protocol -ne $script:ProtocolVersion) {
        Stop-PyBridgeWorker
        throw (New-PyBridgeError -Code 'protocol_mismatch' -Remedy 'Install the module that belongs to the backend: pybridge module install' -Message (
                "this module speaks protocol $script:ProtocolVersion, " +
                "the backend (pybridge $($answer.result.version)) speaks $($answer.result.protocol)"))
    }
    $script:Worker
}

function Stop-PyBridgeWorker {
    # The end of its input ends the worker; one that does not heed that is killed.
    $worker = $script:Worker
    $script:Worker = $null
    if ($null -eq $worker) { return }
    try { $worker.Writer.Close() } catch { $null = $_ }
    try {
        if (-not $worker.Process.WaitForExit(1000)) { $worker.Process.Kill() }
    }
    catch { $null = $_ }
}

function Start-PyBridgeCall {
    # Asks the worker for an operation; one that turns out to be dead is replaced.
    param([string] $Operation, [hashtable] $Arguments)

    $call = Send-PyBridgeRequest (Get-PyBridgeWorker) $Operation $Arguments
    if ($null -eq $call) { $call = Send-PyBridgeRequest (Get-PyBridgeWorker) $Operation $Arguments }
    if ($null -eq $call) { throw (New-PyBridgeError -Code 'worker_failed' -Message 'the worker process ends as soon as it is started') }
    $call
}

function Send-PyBridgeRequest {
    # Returns the call, whose frames are kept from now on; nothing if the worker no longer listens.
    param($Worker, [string] $Method, [hashtable] $Params)

    $Worker.LastId++
    $id = $Worker.LastId
    $line = ConvertTo-WireJson @{ jsonrpc = '2.0'; id = $id; method = $Method; params = $Params }
    try {
        $Worker.Writer.Write($line + "`n")
        $Worker.Writer.Flush()
    }
    catch {
        Stop-PyBridgeWorker
        return
    }
    $call = @{ Id = $id; Worker = $Worker; Open = $true; Frames = [System.Collections.Generic.Queue[object]]::new() }
    $Worker.Calls[$id] = $call
    $call
}

function Receive-PyBridgeFrame {
    # The next frame of a call; nothing if the worker has died, or a timeout (in milliseconds) has passed.
    param($Call, [int] $Timeout = -1)

    $worker = $Call.Worker
    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    while ($Call.Frames.Count -eq 0) {
        if ($null -eq $worker.Pending) { $worker.Pending = $worker.Reader.ReadLineAsync() }
        # A short wait: Ctrl+C is heeded between two of them.
        if (-not $worker.Pending.Wait(100)) {
            if ($Timeout -ge 0 -and $watch.ElapsedMilliseconds -ge $Timeout) { return }
            continue
        }
        $line = $worker.Pending.Result
        if ($null -eq $line) {
            # The end of its output. Pending stays, so that every other open call comes here too.
            $Call.Open = $false
            if ($script:Worker -eq $worker) { Stop-PyBridgeWorker }
            return
        }
        $worker.Pending = $null
        Add-PyBridgeFrame $worker $line
    }
    $Call.Frames.Dequeue()
}

function Add-PyBridgeFrame {
    # Puts a frame into the queue of its call, if that is still open.
    param($Worker, [string] $Line)

    $frame = ConvertFrom-Json -InputObject $Line
    $owner = $frame.PSObject.Properties['id']
    $id = if ($null -ne $owner) { $owner.Value } else { $frame.params.id }
    if ($null -eq $id) {
        throw (New-PyBridgeError -Code 'worker_failed' -Message "the worker could not read a request: $($frame.error.message)")
    }
    $call = $Worker.Calls[[int]$id]
    if ($null -eq $call) { return }
    if ($Line.Contains('\u0001')) { Restore-TaggedText $frame }
    $call.Frames.Enqueue($frame)
}

function Stop-PyBridgeCall {
    # Ends a call. One that is still open, after Ctrl+C or Select-Object -First, is cancelled; this may run while the
    # pipeline is being stopped. A worker that does not acknowledge within a second is killed: the next call starts
    # another.
    param($Call)

    $worker = $Call.Worker
    if ($Call.Open -and -not $worker.Process.HasExited) {
        $frame = $null
        try {
            $worker.Writer.Write('{"jsonrpc":"2.0","method":"cancel","params":{"id":' + $Call.Id + '}}' + "`n")
            $worker.Writer.Flush()
            do { $frame = Receive-PyBridgeFrame $Call 1000 }
            while ($null -ne $frame -and $null -eq $frame.PSObject.Properties['id'])
        }
        catch { $null = $_ }
        if ($null -eq $frame) { try { $worker.Process.Kill() } catch { $null = $_ } }
    }
    $worker.Calls.Remove($Call.Id)
}

function New-PyBridgeDeath {
    # The error for a worker that has ended in the middle of a call; its last words are in it.
    param($Call)

    $words = ''
    $errors = $Call.Worker.Errors
    if ($errors.Wait(1000) -and $errors.Result) { $words = "; it said: $(Get-LastLine $errors.Result)" }
    New-PyBridgeError -Code 'worker_failed' -Message "the worker process ended unexpectedly$words" -Remedy 'Run the command again: a new worker is started, and you are still signed in.'
}
