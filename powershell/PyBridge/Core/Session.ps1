# What this session holds: the contexts that are signed in, the current one, the clouds that were added, and whether
# all that is saved for the next session.
#
# The worker keeps nothing. It says what to hold from now on in a frame `session`, and is told of it with each call.

function script:Get-PyBridgeContext {
    # The context that a command is to use: -DefaultProfile, else the current one; nothing if nobody is signed in.
    param($Bound)

    $context = $Bound['DefaultProfile']
    if ($null -eq $context) { return $script:Session.Context }
    # What Connect-AzureRmAccount returns holds the context. Both may have come from a job or another computer.
    if ($null -ne $context.PSObject.Properties['Context']) { return $context.Context }
    $context
}

function script:Get-PyBridgeComputer {
    # The host whose identity a context is, if it is not this machine's. A context of AzureRM's own knows of none.
    param($Context)

    $account = if ($null -ne $Context) { $Context.PSObject.Properties['Account'] }
    if ($null -eq $account -or $null -eq $account.Value) { return $null }
    $name = $account.Value.PSObject.Properties['ComputerName']
    if ($null -ne $name) { $name.Value }
}

function script:Get-WireContext {
    # The context that a command is to use, as the worker is told of it.
    param($Bound)

    if ($null -eq $Bound['DefaultProfile']) { ConvertTo-WireHeld $script:Session.Context }
    else { ConvertTo-WireValue (Get-PyBridgeContext $Bound) }
}

function script:ConvertTo-WireHeld {
    # A context that this session holds, as the worker is told of it. It travels with each call, so one without secrets is
    # kept as the text that it travels as; one with secrets is made anew from SecureStrings, as is one of another computer.
    param($Context)

    if ($null -eq $Context) { return $null }
    $tables = $script:Session.Tables
    $kept = $tables[$Context.Name]
    if ($null -eq $kept) {
        $kept = ConvertTo-WireTable $Context
        $account = $kept['Account']
        if ($account -is [hashtable] -and $account['Type'] -eq 'ManagedService' -and -not $account['Secret'] -and
            -not $account['ComputerName']) {
            $kept = [char]1 + 'J' + (ConvertTo-WireJson (ConvertTo-WireValue $kept))
        }
        $tables[$Context.Name] = $kept
    }
    ConvertTo-WireValue $kept
}

function script:Get-PyBridgeSession {
    # The session, as the worker is told of it; with -DefaultProfile one that holds nothing but that context.
    param($Bound)

    $held = $script:Session
    $session = @{ Environments = ConvertTo-WireValue $held.Environments }
    if ($null -eq $Bound['DefaultProfile']) {
        $session.Autosave = $held.Autosave
        $session.Contexts = @(foreach ($context in $held.Contexts) { ConvertTo-WireHeld $context })
        $session.Current = $held.Current
    }
    else {
        $context = Get-WireContext $Bound
        $session.Autosave = $false
        $session.Contexts = @(, $context)
        $session.Current = if ($context -is [hashtable]) { [string]$context['Name'] } else { '' }
    }
    $session
}

function script:Set-PyBridgeSession {
    # Holds what the worker says.
    param($Value)

    $script:Session = @{
        Contexts     = @($Value.Contexts)
        Current      = $Value.Current
        Context      = $null
        Environments = $Value.Environments
        Autosave     = [bool]$Value.Autosave
        Tables       = @{}
    }
    foreach ($context in $Value.Contexts) {
        if ($context.Name -eq $Value.Current) { $script:Session.Context = $context }
    }
}

function script:Restore-PyBridgeSession {
    # What a session begins with: the contexts that its user had saved, if any. Asked once, before they are needed.
    param($Command)

    $script:Session.Autosave = $false
    $worker = $script:Worker
    if ($null -eq $worker -or $worker.Process.HasExited) { $worker = Start-PyBridgeWorker }
    $call = Start-PyBridgeCall $worker 'restore_session' @{ session = $null }
    if ($null -eq $call) { return }
    try {
        do {
            $frame = Receive-PyBridgeFrame $call
            if ($null -eq $frame) { return }
            if ($frame.Kind -eq 'warning') { $Command.WriteWarning($frame.Body.message) }
            elseif ($frame.Kind -eq 'session') {
                Complete-WireValue $frame.Body
                Set-PyBridgeSession $frame.Body.value
            }
        }
        while ($frame.Kind -notin 'result', 'error')
    }
    finally {
        $worker.Calls.Remove($call.Id)
    }
}
