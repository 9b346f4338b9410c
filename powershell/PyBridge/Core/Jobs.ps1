# Commands in the background: -AsJob.

function script:Start-PyBridgeJob {
    # Starts a job that runs the same command with the same parameters, as whoever is signed in here. Returns the job.
    #
    # Whether it may run at all has been asked before. What it needs travels over the job's own stdin.
    param($Name, $Command, $Bound)

    $computer = Get-PyBridgeComputer (Get-PyBridgeContext $Bound)
    if ($computer) {
        # How it is reached, and as whom, goes into no other process.
        $Command.WriteError((New-PyBridgeError -Code 'not_supported' -Target $computer -Message (
                    "a job cannot work as the identity of $computer") -Remedy (
                    'Run the command without -AsJob, or sign in inside of a job of your own.')))
        return
    }
    $parameters = @{}
    foreach ($parameter in $Bound.Keys) {
        if ($parameter -in 'AsJob', 'WhatIf', 'Confirm', 'OutVariable', 'OutBuffer', 'PipelineVariable') { continue }
        $value = $Bound[$parameter]
        $parameters[$parameter] = if ($value -is [System.Management.Automation.SwitchParameter]) { [bool]$value } else { $value }
    }
    $session = $script:Session.Clone()
    $session.Tables = @{}
    $row = $script:Commands[$Name]
    if ($null -ne $row['Action']) { $parameters['Confirm'] = $false }
    if ($null -ne $row['Confirm']) { $parameters['Force'] = $true }
    $given = @{
        Module      = [System.IO.Path]::Combine([System.IO.Path]::GetDirectoryName($PSScriptRoot), 'PyBridge.psd1')
        Command     = $Name
        Parameters  = $parameters
        Interpreter = $script:Interpreter
        Session     = $session
    }
    $work = {
        param($Given)
        $module = Import-Module -Name $Given.Module -PassThru
        & $module { $script:Interpreter, $script:Session = $args } $Given.Interpreter $Given.Session
        $parameters = $Given.Parameters
        & "PyBridge\$($Given.Command)" @parameters
    }
    try { Start-Job -Name $Name -ScriptBlock $work -ArgumentList $given }
    catch { $Command.ThrowTerminatingError($_) }
}
