# The only door between the commands and the worker.

function Invoke-PyBridge {
    # Calls the operation of a command and passes on what it answers, as it comes.
    #   Name     the command's name: its row in $Commands says what to do
    #   Command  its $PSCmdlet
    #   Bound    its $PSBoundParameters
    param($Name, $Command, $Bound)

    $row = $script:Commands[$Name]
    # A function of a module does not see the preferences of the script that calls it. Commands must heed them.
    $preferences = $Command.SessionState.PSVariable
    $ErrorActionPreference = $preferences.GetValue('ErrorActionPreference')
    $WarningPreference = $preferences.GetValue('WarningPreference')
    if ($row.Action) {
        $WhatIfPreference = $preferences.GetValue('WhatIfPreference')
        $ConfirmPreference = $preferences.GetValue('ConfirmPreference')
        if (-not $Command.ShouldProcess('Azure', $row.Action)) { return }
    }
    $arguments = @{}
    foreach ($parameter in $Bound.Keys) {
        $argument = $row.Arguments[$parameter]
        if ($null -ne $argument) { $arguments[$argument] = ConvertTo-WireValue $Bound[$parameter] }
    }
    if ($row.PassesParameterSet) { $arguments['parameter_set'] = $Command.ParameterSetName }
    if ($row.NeedsContext) { $arguments['context'] = ConvertTo-WireValue (Get-PyBridgeContext $Bound) }
    $call = $null
    try {
        try {
            $frame = $null
            if ($null -ne $script:Worker -and -not $script:Worker.Process.HasExited) {
                $call = Start-PyBridgeCall $script:Worker $row.Operation $arguments
                if ($null -ne $call) { $frame = Receive-PyBridgeFrame $call }
            }
            if ($null -eq $frame -and ($null -eq $call -or $row.Repeatable)) {
                # There was no worker, or it had died before it said anything: ask a new one.
                $call = Start-PyBridgeCall (Start-PyBridgeWorker) $row.Operation $arguments
                if ($null -eq $call) {
                    throw (New-PyBridgeError -Code 'worker_failed' -Message 'the worker process ends as soon as it is started')
                }
                $frame = Receive-PyBridgeFrame $call
            }
        }
        catch {
            $Command.ThrowTerminatingError((Get-PyBridgeErrorRecord $_))
        }
        while ($call.Open) {
            if ($null -eq $frame) {
                $call.Open = $false
                $Command.WriteError((New-PyBridgeDeath $call.Worker))
                return
            }
            $content = $frame.Body
            switch ($frame.Kind) {
                'item' {
                    Complete-WireValue $content
                    $content.value
                }
                'warning' { $Command.WriteWarning($content.message) }
                'result' {
                    $call.Open = $false
                    if ($row.Context -eq 'sign_out' -and $null -eq $Bound['DefaultProfile']) { $script:Context = $null }
                    if ($null -ne $content) {
                        Complete-WireValue $content
                        if ($row.Context -eq 'sign_in') { $script:Context = $content.value.Context }
                        $content.value
                    }
                }
                'error' {
                    $call.Open = $false
                    $Command.WriteError((ConvertFrom-WireError $content))
                }
            }
            if ($call.Open) {
                try { $frame = Receive-PyBridgeFrame $call }
                catch { $Command.ThrowTerminatingError((Get-PyBridgeErrorRecord $_)) }
            }
        }
    }
    finally {
        if ($null -ne $call) {
            if ($call.Open) { Stop-PyBridgeCall $call }
            $call.Worker.Calls.Remove($call.Id)
        }
    }
}

function Get-PyBridgeContext {
    # The context that a command is to use: -DefaultProfile, else the signed-in one.
    param($Bound)

    $context = $Bound['DefaultProfile']
    if ($null -eq $context) { return $script:Context }
    # What Connect-AzureRmAccount returns holds the context.
    if ($null -ne $context.PSObject.Properties['Context']) { return $context.Context }
    $context
}

function Get-PyBridgeErrorRecord {
    # The ErrorRecord that was thrown, whether as such or inside an exception.
    param($Caught)

    if ($Caught.TargetObject -is [System.Management.Automation.ErrorRecord]) { return $Caught.TargetObject }
    $Caught
}
