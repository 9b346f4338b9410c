# What Tab suggests: names of what there is, as far as the caller may see it.

# The clouds that there are everywhere.
$script:Clouds = 'AzureCloud', 'AzureChinaCloud', 'AzureUSGovernment'

function script:Complete-PyBridge {
    # The completions for a parameter, within 300 ms or none at all: the answer then waits for the next Tab.
    #   Kind  of what; the others are what PowerShell tells a completer
    #
    # Only a worker that runs is asked: starting one takes longer, and whoever is signed in has one.
    param($Kind, $Command, $Parameter, $Word, $Ast, $Bound)

    try {
        $typed = ([string]$Word).Trim([char[]]"'""")
        foreach ($name in Find-PyBridgeName $Kind $Parameter $typed $Bound) {
            $text = $name
            if ($name -notmatch '^[\w./:-]+$') { $text = "'" + $name.Replace("'", "''") + "'" }
            [System.Management.Automation.CompletionResult]::new($text, $name, 'ParameterValue', $name)
        }
    }
    catch { $null = $_ }
}

function script:Find-PyBridgeName {
    # The names of that kind that begin with what was typed.
    param($Kind, $Parameter, $Typed, $Bound)

    $known = $null
    if ($Kind -eq 'context') { $known = @(foreach ($context in $script:Session.Contexts) { $context.Name }) }
    if ($Kind -eq 'environment') { $known = $script:Clouds + @($script:Session.Environments.Keys) }
    if ($null -ne $known) {
        return $known | Where-Object { $_.StartsWith($Typed, [System.StringComparison]::OrdinalIgnoreCase) }
    }
    $worker = $script:Worker
    if ($null -eq $worker -or $worker.Process.HasExited -or $null -eq $script:Session.Context) { return }
    $arguments = @{
        kind      = $Kind
        parameter = $Parameter
        word      = $Typed
        bound     = @{}
        context   = ConvertTo-WireHeld $script:Session.Context
    }
    foreach ($name in $Bound.Keys) { if ($Bound[$name] -is [string]) { $arguments.bound[$name] = $Bound[$name] } }
    if ($script:Session.Environments.Count) { $arguments['environments'] = ConvertTo-WireValue $script:Session.Environments }
    if ($null -ne $script:Hosts) { Add-WireHost $arguments }
    $call = Start-PyBridgeCall $worker 'complete' $arguments
    if ($null -eq $call) { return }
    try {
        $call.Patience = 300
        $frame = Receive-PyBridgeFrame $call
        if ($null -eq $frame) {
            # No acknowledgement is waited for: frames of a call that is over are dropped.
            if (-not $worker.Process.HasExited) { Send-PyBridgeCancel $call }
        }
        elseif ($frame.Kind -eq 'result') {
            $body = $frame.Body
            Complete-WireValue $body
            $body.value
        }
    }
    finally {
        if ($worker.Asks.Count) { Stop-PyBridgeAsk $call }
        $worker.Calls.Remove($call.Id)
    }
}
