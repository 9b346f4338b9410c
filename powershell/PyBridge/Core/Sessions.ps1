# PSSessions: what the worker asks of another computer, over a session that the caller has.
#
# A session is PowerShell's own, so the worker asks us: by a request `use_session`, which belongs to a call of ours. It
# runs a script there, or a command where scripts are not allowed. We only carry: what is asked and answered is sealed by
# the worker and that script, and no cmdlet gets it as a parameter, which logs of modules would hold.
#
# They run beside each other, and beside the call that waits for them. Whichever call waits for the worker answers them
# all: an inner call may need what an outer one, whose stream is open, has asked for.

# The sessions that the worker may ask for, by their InstanceId.
$script:PSSessions = @{}

function script:ConvertTo-WireSession {
    # A session as the worker is told of it; it may be asked for from now on.
    param($Session)

    $known = $script:PSSessions
    if ($known.Count -ge 100) {
        # Whoever still uses one that is closed tells us of it again.
        foreach ($key in @($known.Keys)) { if ([string]$known[$key].State -ne 'Opened') { $known.Remove($key) } }
    }
    $id = [string]$Session.InstanceId
    $known[$id] = $Session
    $computer = [string]$Session.ComputerName
    if (-not $computer) { $computer = [string]$Session.Name }
    $told = @{ id = $id; name = [string]$Session.Name; computer_name = $computer }
    # Behind a tunnel, computers have one name and many ports.
    $connection = $Session.Runspace.ConnectionInfo
    if ($null -ne $connection -and $null -ne $connection.PSObject.Properties['Port']) { $told.port = [int]$connection.Port }
    $told
}

function script:Start-PyBridgeAsk {
    # Begins what the worker asks for, and does not wait for it.
    #   Frame  the request
    #   Call   the call that it belongs to
    param($Worker, $Frame, $Call)

    if ($Call['Stopped']) { return }
    $wanted = $Frame.params
    $ask = @{
        Id      = $Frame.id
        Call    = $Call.Id
        Session = $script:PSSessions[$wanted.session]
        Shell   = $null
        Handle  = $null
        Output  = [System.Management.Automation.PSDataCollection[psobject]]::new()
        Answer  = $null
        Members = $null
        Busy    = $false
        Ends    = [timespan]::FromSeconds($wanted.seconds)
        Clock   = [System.Diagnostics.Stopwatch]::StartNew()
    }
    $session = $ask.Session
    if ($null -eq $session) { return Send-PyBridgeFailure $Worker $ask 'unknown' }
    if ([string]$session.State -ne 'Opened') { return Send-PyBridgeFailure $Worker $ask 'closed' }
    $ask.Busy = [string]$session.Availability -eq 'Busy'
    # Not Invoke-Command, which would have to wait, and whose parameters logs would hold.
    $shell = $ask.Shell = [powershell]::Create()
    $shell.Runspace = $session.Runspace
    if ($null -ne $wanted.PSObject.Properties['script']) {
        $null = $shell.AddScript($wanted.script, $true)
        foreach ($argument in $wanted.arguments) { $null = $shell.AddArgument([string]$argument) }
    }
    else {
        $null = $shell.AddCommand($wanted.command)
        foreach ($parameter in $wanted.parameters.PSObject.Properties) {
            $null = $shell.AddParameter($parameter.Name, $parameter.Value)
        }
        $ask.Members = $wanted.members
    }
    $nothing = [System.Management.Automation.PSDataCollection[psobject]]::new()
    $nothing.Complete()
    try { $ask.Handle = $shell.BeginInvoke($nothing, $ask.Output) }
    catch { return Send-PyBridgeFailure $Worker $ask 'broken' $_.Exception }
    $Worker.Asks.Add($ask)
}

function script:Wait-PyBridgeAsk {
    # Waits for a tenth of a second, or until the worker says something, or one of what it asked for is there; answers
    # what is there, or comes too late.
    param($Worker)

    $handles = [System.Collections.Generic.List[System.Threading.WaitHandle]]::new()
    $handles.Add($Worker.Pending.AsyncWaitHandle)
    # Windows waits for 64 things at most. The others are looked after when the time is over.
    foreach ($ask in $Worker.Asks) { if ($handles.Count -lt 64) { $handles.Add($ask.Handle.AsyncWaitHandle) } }
    $null = [System.Threading.WaitHandle]::WaitAny($handles.ToArray(), 100)
    foreach ($ask in @($Worker.Asks)) {
        if ($ask.Handle.IsCompleted) {
            $null = $Worker.Asks.Remove($ask)
            Send-PyBridgeAnswer $Worker $ask
        }
        elseif ($ask.Clock.Elapsed -ge $ask.Ends -or $ask.Output.Count -gt 1000) {
            # One object is wanted. Whoever sends thousands of them would send more.
            $null = $Worker.Asks.Remove($ask)
            Stop-PyBridgeShell $ask.Shell
            $why = if ($ask.Output.Count -gt 1000) { 'endless' } else { 'timed_out' }
            Send-PyBridgeFailure $Worker $ask $why
        }
    }
}

function script:Stop-PyBridgeAsk {
    # Stops what was asked for a call that is over; this may run while the pipeline is being stopped.
    param($Call)

    $Call.Stopped = $true
    foreach ($ask in @($Call.Worker.Asks)) {
        if ($ask.Call -eq $Call.Id) {
            $null = $Call.Worker.Asks.Remove($ask)
            Stop-PyBridgeShell $ask.Shell
        }
    }
}

function script:Stop-PyBridgeShell {
    # Stops what runs there, and does not wait for that: a host may take its time, or be gone.
    param($Shell)

    try { $null = $Shell.BeginStop($null, $null) } catch { $null = $_ }
}

function script:Send-PyBridgeAnswer {
    # Answers with what has come of it.
    param($Worker, $Ask)

    # Not by EndInvoke, which throws: what is thrown and caught here would be in the -ErrorVariable of the caller, too.
    $reason = $Ask.Shell.InvocationStateInfo.Reason
    $errors = $Ask.Shell.Streams.Error
    if ($null -ne $reason) {
        $why = if ([string]$Ask.Session.State -eq 'Opened') { 'refused' } else { 'broken' }
        Send-PyBridgeFailure $Worker $Ask $why $reason
    }
    elseif ($Ask.Output.Count) {
        Set-PyBridgeAnswer $Ask
        if ($null -eq $Ask.Answer) { Send-PyBridgeFailure $Worker $Ask 'endless' } else { Write-PyBridgeAnswer $Worker $Ask }
    }
    elseif ($errors.Count) { Send-PyBridgeFailure $Worker $Ask 'refused' $errors[0].Exception $errors[0] }
    else { Send-PyBridgeFailure $Worker $Ask 'silent' }
    $Ask.Shell.Dispose()
}

function script:Set-PyBridgeAnswer {
    # What a script or command there has returned, as JSON: a text, or members of an object. It goes into the table, for
    # a trace of parameters would show it. There is none where it is more than an answer of ours could be: the worker ends
    # with a line of 16 MB, whoever sent it.
    param($Ask)

    $value = $Ask.Output[$Ask.Output.Count - 1]
    if ($null -eq $Ask.Members) {
        # What is sealed needs no escapes.
        $text = [string]$value
        if ([System.Text.Encoding]::UTF8.GetByteCount($text) -gt 9000000) { return }
        if ($text -cmatch '\A[!#-\[\]-~]*\z') { $Ask.Answer = '{"text":"' + $text + '"}' }
        else {
            $Ask.Answer = '{"base64":"' + [System.Convert]::ToBase64String([System.Text.Encoding]::UTF8.GetBytes($text)) + '"}'
        }
        return
    }
    $table = @{}
    $secrets = ''
    foreach ($member in $Ask.Members) {
        $property = $value.PSObject.Properties[$member]
        if ($null -eq $property) { continue }
        if ($property.Value -is [securestring]) {
            # By hand: logs of modules hold the parameters of cmdlets.
            $secret = [System.Net.NetworkCredential]::new('', $property.Value).Password
            if ($secret -cmatch '\A[!#-\[\]-~]+\z') { $secrets += ',"' + $member + '":"' + $secret + '"' }
        }
        elseif ($property.Value -is [datetime]) {
            $table[$member] = $property.Value.ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ssZ', [cultureinfo]::InvariantCulture)
        }
        elseif ($member -ne 'Token' -and $null -ne $property.Value) {
            $text = [string]$property.Value
            if ($text.Length -gt 65536) { return }
            $table[$member] = $text
        }
    }
    $Ask.Answer = '{"members":' + (ConvertTo-WireJson $table) + ',"secrets":{' + $secrets.TrimStart(',') + '}}'
}

function script:Send-PyBridgeFailure {
    # Answers why there is nothing: a word of ours, and what the error there says of itself.
    param($Worker, $Ask, $Why, $Exception, $Record)

    $failure = @{ why = $Why; busy = $Ask.Busy; state = if ($null -ne $Ask.Session) { [string]$Ask.Session.State } }
    if ($null -ne $Exception) {
        $failure.message = $Exception.Message
        $own = $Exception.PSObject.Properties['ErrorRecord']
        if ($null -eq $Record -and $null -ne $own) { $Record = $own.Value }
        if ($null -ne $Record) {
            $failure.error_id = [string]$Record.FullyQualifiedErrorId
            $failure.kind = [string]$Record.CategoryInfo.Reason
            if ($null -ne $Record.ErrorDetails) { $failure.remedy = [string]$Record.ErrorDetails.RecommendedAction }
        }
    }
    foreach ($name in @($failure.Keys)) {
        $text = $failure[$name]
        if ($text -is [string] -and $text.Length -gt 4096) { $failure[$name] = $text.Substring(0, 4096) }
    }
    $Ask.Answer = '{"failure":' + (ConvertTo-WireJson $failure) + '}'
    Write-PyBridgeAnswer $Worker $Ask
}

function script:Write-PyBridgeAnswer {
    param($Worker, $Ask)

    # The end of a worker is seen by whoever reads from it.
    try { $Worker.Writer.Write('{"jsonrpc":"2.0","id":' + $Ask.Id + ',"result":' + $Ask.Answer + "}`n") } catch { $null = $_ }
}
