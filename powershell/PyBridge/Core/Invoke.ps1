# The only door between the commands and the worker.

function Invoke-PyBridge {
    # Calls the operation of a command and passes on what it answers, as it comes.
    #   Command  the command's $PSCmdlet: its row in $Commands says what to do
    #   Bound    its $PSBoundParameters
    param($Command, [System.Collections.IDictionary] $Bound)

    $row = $script:Commands[$Command.MyInvocation.MyCommand.Name]
    # A function of a module does not see the preferences of the script that calls it. Commands must heed them.
    $preferences = $Command.SessionState.PSVariable
    $ErrorActionPreference = $preferences.GetValue('ErrorActionPreference')
    $WarningPreference = $preferences.GetValue('WarningPreference')
    $ProgressPreference = $preferences.GetValue('ProgressPreference')

    if ($row.Action -and -not $Command.ShouldProcess('Azure', $row.Action)) { return }
    $arguments = Get-PyBridgeArgument $row $Command $Bound
    $call = $null
    try {
        try {
            $call = Start-PyBridgeCall $row.Operation $arguments
            $frame = Receive-PyBridgeFrame $call
            if ($null -eq $frame -and $row.Repeatable) {
                # The worker had died before it said anything: ask a new one.
                $call = Start-PyBridgeCall $row.Operation $arguments
                $frame = Receive-PyBridgeFrame $call
            }
        }
        catch {
            $Command.ThrowTerminatingError((Get-PyBridgeErrorRecord $_))
        }
        while ($null -ne $frame -and $null -eq $frame.PSObject.Properties['id']) {
            switch ($frame.method) {
                'item' {
                    Set-WireType $frame.params.value $frame.params.type
                    $frame.params.value
                }
                'warning' { $Command.WriteWarning($frame.params.message) }
            }
            $frame = Receive-PyBridgeFrame $call
        }
        $call.Open = $false
        if ($null -eq $frame) {
            $Command.WriteError((New-PyBridgeDeath $call))
        }
        elseif ($null -ne $frame.PSObject.Properties['error']) {
            $Command.WriteError((ConvertFrom-WireError $frame.error))
        }
        else {
            Complete-PyBridgeCall $row $frame.result
        }
    }
    finally {
        if ($null -ne $call) { Stop-PyBridgeCall $call }
    }
}

function Complete-PyBridgeCall {
    # The result of a call: what the command returns, and what the session keeps of it.
    param($Row, $Result)

    if ($Row.Context -eq 'sign_out') { $script:Context = $null }
    if ($null -eq $Result) { return }
    Set-WireType $Result.value $Result.type
    if ($Row.Context -eq 'sign_in') { $script:Context = $Result.value.Context }
    $Result.value
}

function Get-PyBridgeArgument {
    # The operation's arguments: what was bound, in the operation's words.
    param($Row, $Command, [System.Collections.IDictionary] $Bound)

    $arguments = @{}
    foreach ($name in $Row.Arguments.Keys) {
        if ($Bound.ContainsKey($name)) { $arguments[$Row.Arguments[$name]] = ConvertTo-WireValue $Bound[$name] }
    }
    if ($Row.PassesParameterSet) { $arguments['parameter_set'] = $Command.ParameterSetName }
    if ($Row.Context -eq 'required' -or $Row.Context -eq 'sign_out') {
        $context = $script:Context
        if ($Bound.ContainsKey('DefaultProfile')) {
            $context = $Bound['DefaultProfile']
            # What Connect-AzureRmAccount returns holds the context.
            if ($null -ne $context -and $null -ne $context.PSObject.Properties['Context']) { $context = $context.Context }
        }
        $arguments['context'] = ConvertTo-WireValue $context
    }
    $arguments
}

function Get-PyBridgeErrorRecord {
    # The ErrorRecord that was thrown, whether as such or inside an exception.
    param($Caught)

    if ($Caught.TargetObject -is [System.Management.Automation.ErrorRecord]) { return $Caught.TargetObject }
    $Caught
}

function Get-PyBridgeHint {
    # Suggestions for a parameter whose values commands.yaml lists; any other value is taken too.
    param($CommandName, $ParameterName, $WordToComplete)

    $word = ([string]$WordToComplete).Trim("'`"")
    foreach ($name in @($script:Commands.Keys)) {
        $hints = $script:Commands[$name].Hints
        if (($name -eq $CommandName -or $ExecutionContext.InvokeCommand.GetCommand($CommandName, 'Alias').Definition -eq $name) -and $hints.ContainsKey($ParameterName)) {
            foreach ($hint in $hints[$ParameterName]) { if ($hint -like "$word*") { $hint } }
        }
    }
}
