# The only door between the commands and the worker.

function script:Invoke-PyBridge {
    # Calls the operation of a command and passes on what it answers, as it comes.
    #   Name     the command's name: its row in $Commands says what to do
    #   Command  its $PSCmdlet
    #   Bound    its $PSBoundParameters
    #   Agreed   whether the caller has said yes to it
    #   Whole    whether what came through the pipeline has been gathered
    param($Name, $Command, $Bound, [switch] $Agreed, [switch] $Whole)

    $row = $script:Commands[$Name]
    if ($null -ne $row['Gathered'] -and -not $Whole -and $Command.MyInvocation.ExpectingInput) {
        foreach ($parameter in $row.Gathered) {
            if (-not $Bound.ContainsKey($parameter)) { continue }
            if ($null -eq $script:Hosts) { . "$PSScriptRoot/Hosts.ps1" }
            return Add-PyBridgeGathered $Command $parameter $Bound[$parameter]
        }
    }
    # A function of a module does not see the preferences of the script that calls it. Commands must heed them.
    $preferences = $Command.SessionState.PSVariable
    $ErrorActionPreference = $preferences.GetValue('ErrorActionPreference')
    $WarningPreference = $preferences.GetValue('WarningPreference')
    $VerbosePreference = $preferences.GetValue('VerbosePreference')
    $ProgressPreference = $preferences.GetValue('ProgressPreference')
    if ($null -ne $row['Action'] -and -not $Agreed -and -not (Test-PyBridgeConsent $row $Command $Bound)) { return }
    if ($Bound['AsJob']) { return Start-PyBridgeJob $Name $Command $Bound }
    $call = $null
    try {
        try {
            if ($null -eq $script:Session.Autosave -and $null -ne $row['Context'] -and $null -eq $Bound['DefaultProfile']) {
                Restore-PyBridgeSession $Command
            }
            $arguments = Get-PyBridgeArgument $row $Command $Bound
            $frame = $null
            if ($null -ne $script:Worker -and -not $script:Worker.Process.HasExited) {
                $call = Start-PyBridgeCall $script:Worker $row.Operation $arguments
                if ($null -ne $call) { $frame = Receive-PyBridgeFrame $call }
            }
            if ($null -eq $frame -and ($null -eq $call -or -not $row['Once'])) {
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
        while ($true) {
            if ($null -ne $frame -and $frame.Kind -eq 'items') {
                $content = $frame.Body
                Complete-WireBatch $content
                if ($null -ne $content.PSObject.Properties['host']) { Add-PyBridgeHostName $content }
                $content.values
            }
            else {
                Resolve-PyBridgeFrame $call $frame $row $Command $Bound
                if (-not $call.Open) { break }
            }
            try { $frame = Receive-PyBridgeFrame $call }
            catch { $Command.ThrowTerminatingError((Get-PyBridgeErrorRecord $_)) }
        }
    }
    finally {
        if ($null -ne $call) {
            if ($call.Worker.Asks.Count) { Stop-PyBridgeAsk $call }
            if ($call.Open) { Stop-PyBridgeCall $call }
            $call.Worker.Calls.Remove($call.Id)
            if ($null -ne $call['Progress']) { Complete-PyBridgeProgress $Command $call.Progress }
        }
    }
    $record = $call['Question']
    if ($null -ne $record) {
        # Something is in the way. Whoever says yes to that says -Force.
        try { $yes = $Command.ShouldContinue($record.Exception.Data['Confirm'], 'Confirm') }
        catch { $Command.WriteError($record); return }
        if (-not $yes) { return }
        $forced = @{}
        foreach ($parameter in $Bound.Keys) { $forced[$parameter] = $Bound[$parameter] }
        $forced['Force'] = $true
        Invoke-PyBridge $Name $Command $forced -Agreed
    }
}

function script:Resolve-PyBridgeFrame {
    # What a frame other than items means to the command that has called.
    param($Call, $Frame, $Row, $Command, $Bound)

    if ($null -eq $Frame) {
        $Call.Open = $false
        $Command.WriteError((New-PyBridgeDeath $Call.Worker))
        return
    }
    $content = $Frame.Body
    switch ($Frame.Kind) {
        'result' {
            $Call.Open = $false
            if ($null -ne $content) {
                # A bare text is a token, which a trace of parameters would show; it needs nothing.
                if ($content.value -isnot [string]) { Complete-WireValue $content }
                $content.value
            }
        }
        'error' {
            $Call.Open = $false
            $record = ConvertFrom-WireError $content
            if ($null -eq $record.Exception.Data['Confirm']) { $Command.WriteError($record) }
            else { $Call.Question = $record }
        }
        'failure' { $Command.WriteError((ConvertFrom-WireError $content.error)) }
        'warning' { $Command.WriteWarning($content.message) }
        'verbose' { $Command.WriteVerbose($content.message) }
        'progress' { $Call.Progress = Show-PyBridgeProgress $Command $content }
        'session' {
            if ($null -eq $Bound['DefaultProfile']) {
                Complete-WireValue $content
                Set-PyBridgeSession $content.value
                if ($null -ne $script:Hosts) { Update-PyBridgeHost $Row $Command $Bound }
            }
        }
    }
}

function script:Get-PyBridgeArgument {
    # What the operation is called with: the parameters that are its arguments, and what the module adds to them.
    param($Row, $Command, $Bound)

    $arguments = @{}
    $remote = $null
    if ($null -ne $Row['Remote'] -and $Row.RemoteSets -contains $Command.ParameterSetName) {
        if ($null -eq $script:Hosts) { . "$PSScriptRoot/Hosts.ps1" }
        $reach = Get-PyBridgeReach $Row $Bound
        if ($null -ne $reach) {
            $remote = $Row.Remote
            $arguments['reach'] = ConvertTo-WireValue $reach
        }
    }
    foreach ($parameter in $Bound.Keys) {
        $argument = $Row.Arguments[$parameter]
        if ($null -eq $argument -or ($null -ne $remote -and $remote.ContainsKey($parameter))) { continue }
        $value = $Bound[$parameter]
        if ($null -ne $Row['Members']) {
            $members = $Row.Members[$parameter]
            if ($null -ne $members) { $value = Select-PyBridgeMember $value $members }
        }
        if ($Row['Paths'] -contains $parameter) {
            # The worker has a folder of its own, and knows no drives of PowerShell.
            $value = $Command.GetUnresolvedProviderPathFromPSPath($value)
        }
        $arguments[$argument] = ConvertTo-WireValue $value
    }
    if ($Row['PassesParameterSet']) { $arguments['parameter_set'] = $Command.ParameterSetName }
    if ($Row['Context'] -eq 'required') {
        $arguments['context'] = Get-WireContext $Bound
        if ($script:Session.Environments.Count) { $arguments['environments'] = ConvertTo-WireValue $script:Session.Environments }
    }
    elseif ($Row['Context'] -eq 'session') { $arguments['session'] = Get-PyBridgeSession $Bound }
    if ($null -ne $script:Hosts -and $null -ne $Row['Context']) { Add-WireHost $arguments }
    $verbose = $Bound['Verbose']
    if ($verbose -or ($null -eq $verbose -and $VerbosePreference -ne 'SilentlyContinue')) { $arguments['verbose'] = $true }
    $arguments
}

function script:Select-PyBridgeMember {
    # Of an object only those members, in a hashtable; text stays text.
    param($Value, $Members)

    if ($null -eq $Value -or $Value -is [string]) { return $Value }
    if ($Value -is [array]) { return , @(foreach ($item in $Value) { Select-PyBridgeMember $item $Members }) }
    $table = @{}
    foreach ($member in $Members) {
        if ($Value -is [System.Collections.IDictionary]) { $table[$member] = $Value[$member] }
        elseif ($null -ne $Value.PSObject.Properties[$member]) { $table[$member] = $Value.$member }
    }
    $table
}

function script:Test-PyBridgeConsent {
    # Whether a command that changes something may do so: -WhatIf and -Confirm, and a question that only -Force answers.
    param($Row, $Command, $Bound)

    $preferences = $Command.SessionState.PSVariable
    $WhatIfPreference = $preferences.GetValue('WhatIfPreference')
    $ConfirmPreference = $preferences.GetValue('ConfirmPreference')
    $target = ''
    foreach ($parameter in $Row['Target']) {
        if (-not $Bound.ContainsKey($parameter)) { continue }
        $shown = foreach ($value in $Bound[$parameter]) {
            # A session prints as its type.
            if ($value -is [System.Management.Automation.Runspaces.PSSession]) { $value.ComputerName } else { $value }
        }
        # A name that an ID ends with is not said again.
        if ($target -like '/*' -and $target.EndsWith("/$shown", [System.StringComparison]::OrdinalIgnoreCase)) { continue }
        $target = if ($target) { "$target/$shown" } else { "$shown" }
    }
    if (-not $target) { $target = 'Azure' }
    $action = $Row.Action
    if ($null -ne $Row['Actions']) {
        foreach ($case in $Row.Actions.Keys) {
            $name, $value = $case.Split('=')
            if ($Bound.ContainsKey($name) -and ($null -eq $value -or "$($Bound[$name])" -eq $value)) { $action = $Row.Actions[$case] }
        }
        $action = Format-PyBridgeSentence $action $Bound
    }
    if (-not $Command.ShouldProcess($target, $action)) { return $false }
    if ($null -eq $Row['Confirm'] -or $Bound['Force']) { return $true }
    $question = Format-PyBridgeSentence $Row.Confirm $Bound
    try {
        $Command.ShouldContinue($question, 'Confirm')
    }
    catch [System.Management.Automation.Host.HostException], [System.Management.Automation.PSInvalidOperationException],
    [NullReferenceException] {
        # Nobody is there to be asked. The last one is the console's, where its input has ended.
        $Command.ThrowTerminatingError((New-PyBridgeError -Code 'not_confirmed' -Message $question -Target $target -Remedy (
                    'Nobody can be asked in this session: say yes with -Force.')))
    }
}

function script:Format-PyBridgeSentence {
    # A sentence of the spec: {Name} stands for the value of a parameter.
    param($Sentence, $Bound)

    [regex]::Replace($Sentence, '\{(\w+)\}', { param($match) @($Bound[$match.Groups[1].Value]) -join ', ' })
}

function script:Get-PyBridgeErrorRecord {
    # The ErrorRecord that was thrown, whether as such or inside an exception.
    param($Caught)

    if ($Caught.TargetObject -is [System.Management.Automation.ErrorRecord]) { return $Caught.TargetObject }
    $Caught
}
