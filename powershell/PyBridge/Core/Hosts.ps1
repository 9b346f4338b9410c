# Hosts: those that a command asks (-ComputerName, -Session), and those whose identities are signed in.
#
# The first command that needs this loads it. How a host is reached, and as whom, is kept here, as long as a context of
# this session names it: no object that a command returns has it, so no file, job or log gets it.

# How to reach the hosts whose identities are signed in, by what their accounts call them.
$script:Hosts = @{}

function script:Get-PyBridgeReach {
    # Where a command is to ask, as its parameters say; nothing for this machine.
    param($Row, $Bound)

    $reach = @{}
    foreach ($parameter in $Row.Remote.Keys) {
        if ($Bound.ContainsKey($parameter)) { $reach[$Row.Remote[$parameter]] = $Bound[$parameter] }
    }
    if ($reach.Count) { $reach }
}

function script:Update-PyBridgeHost {
    # After a change of the session: keeps what its contexts need. A sign-in as a host is the current context.
    param($Row, $Command, $Bound)

    $kept = @{}
    foreach ($context in $script:Session.Contexts) {
        $name = Get-PyBridgeComputer $context
        if ($name -and $script:Hosts.ContainsKey($name)) { $kept[$name] = $script:Hosts[$name] }
    }
    if ($null -ne $Row['Remote'] -and $Row.RemoteSets -contains $Command.ParameterSetName) {
        $reach = Get-PyBridgeReach $Row $Bound
        if ($null -ne $reach) { $kept[(Get-PyBridgeComputer $script:Session.Context)] = $reach }
    }
    $script:Hosts = $kept
}

function script:Add-WireHost {
    # Tells the worker how to reach the host whose identity the context of a call is, if that is kept here.
    param($Arguments)

    $context = $Arguments['context']
    $session = $Arguments['session']
    if ($null -ne $session) {
        foreach ($held in $session.Contexts) {
            if ($held -is [hashtable] -and $held['Name'] -eq $session.Current) { $context = $held }
        }
    }
    if ($context -isnot [hashtable] -or $context['Account'] -isnot [hashtable]) { return }
    $name = $context['Account']['ComputerName']
    if ($name -and $script:Hosts.ContainsKey($name)) { $Arguments['hosts'] = @{ $name = ConvertTo-WireValue $script:Hosts[$name] } }
}

function script:Add-PyBridgeHostName {
    # Tells of values which host they came from, as PowerShell's own remoting does, which then shows it. A bare text or
    # truth becomes an object that is one.
    #   Frame  has them, and the host: a trace of parameters would show the values themselves, secrets included
    param($Frame)

    $values = $Frame.values
    for ($i = 0; $i -lt $values.Count; $i++) {
        $value = [psobject]::AsPSObject($values[$i])
        $value.PSObject.Properties.Add([System.Management.Automation.PSNoteProperty]::new('PSComputerName', $Frame.host))
        $value.PSObject.Properties.Add([System.Management.Automation.PSNoteProperty]::new('PSShowComputerName', $true))
        $values[$i] = $value
    }
}

function script:Add-PyBridgeGathered {
    # Keeps what comes through the pipeline for a parameter, until the last one is there: then all are asked at the same
    # time.
    param($Command, $Parameter, $Values)

    if ($null -eq $script:Gathered) { $script:Gathered = @{} }
    if (-not $script:Gathered.ContainsKey($Command)) { $script:Gathered[$Command] = @{} }
    $table = $script:Gathered[$Command]
    if (-not $table.ContainsKey($Parameter)) { $table[$Parameter] = [System.Collections.Generic.List[object]]::new() }
    foreach ($value in $Values) { $table[$Parameter].Add($value) }
}

function script:Invoke-PyBridgeGathered {
    # Asks those who came through the pipeline, if any did.
    param($Name, $Command, $Bound)

    $table = $script:Gathered[$Command]
    if ($null -eq $table) { return }
    $script:Gathered.Remove($Command)
    if (-not $script:Gathered.Count) { $script:Gathered = $null }
    $whole = @{}
    foreach ($parameter in $Bound.Keys) { $whole[$parameter] = $Bound[$parameter] }
    foreach ($parameter in $table.Keys) { $whole[$parameter] = $table[$parameter].ToArray() }
    Invoke-PyBridge $Name $Command $whole -Whole
}
