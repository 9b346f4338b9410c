# Commands, parameters, arguments and variables that 5.1 lacks: commands.psd1.

$script:CommandTable = Import-Table 'commands.psd1'
$script:NewCommands = Get-Word $script:CommandTable.Commands
$script:NewVariables = Get-Word $script:CommandTable.Variables

function Find-CommandFault {
    param($Nodes)

    foreach ($node in Get-Node $Nodes 'VariableExpressionAst') {
        $name = $node.VariablePath.UserPath -replace '^\w+:'
        if ($script:NewVariables -contains $name) {
            Write-Fault $node.Extent.StartLineNumber "the variable `$$name is not there in 5.1: strict mode ends a script that reads it"
        }
    }
    $splats = Get-Splat $Nodes
    foreach ($node in Get-Node $Nodes 'CommandAst') { Find-CallFault $node $splats }
}

function Find-CallFault {
    # One call of a command.
    param($Call, $Splats)

    $name = $Call.GetCommandName()
    if (-not $name) { return }
    $name = $name -replace '^Microsoft\.PowerShell\.\w+\\'
    $alias = $script:CommandTable.Aliases[$name]
    if ($alias) { $name = $alias }
    $line = $Call.Extent.StartLineNumber
    if ($name -in $script:NewCommands) {
        Write-Fault $line "the command $name is from PowerShell 6 or later"
        return
    }
    $given = Get-GivenParameter $Call $Splats
    $missing = Get-Word ([string]$script:CommandTable.Parameters[$name])
    foreach ($parameter in $given.Keys) {
        # Three letters may be short for several parameters.
        $found = @($missing | & { process { if ($_ -eq $parameter -or ($parameter.Length -gt 3 -and $_ -like "$parameter*")) { $_ } } })
        if ($found.Count) { Write-Fault $given[$parameter].Line "$name -$($found[0]): 5.1 has no such parameter" }
        $values = $script:CommandTable.Values[$parameter]
        if ($values -and $given[$parameter].Value -in (Get-Word $values)) {
            Write-Fault $given[$parameter].Line "-$parameter $($given[$parameter].Value): 5.1 has no such value"
        }
    }
    $positions = $script:CommandTable.Positions[$name]
    if ($positions -and (Get-PositionalCount $Call) -gt $positions) {
        Write-Fault $line "$name takes at most $positions positional arguments in 5.1"
    }
    $need = $script:CommandTable.Needs[$name]
    if ($need -and $given.Keys -notcontains $need[1]) {
        if (-not $need[0] -or $given.Keys -contains $need[0].TrimStart('-')) { Write-Fault $line "$name without -$($need[1]): $($need[2])" }
    }
}

function Get-GivenParameter {
    # The parameters of a call by name, each with its line and, where it is a plain text, its argument.
    param($Call, $Splats)

    $given = @{}
    $elements = $Call.CommandElements
    for ($i = 1; $i -lt $elements.Count; $i++) {
        $element = $elements[$i]
        if ($element -is [System.Management.Automation.Language.CommandParameterAst]) {
            $value = $element.Argument
            if ($null -eq $value -and $i + 1 -lt $elements.Count) { $value = $elements[$i + 1] }
            $text = if ($value -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $value.Value }
            $given[$element.ParameterName] = @{ Line = $element.Extent.StartLineNumber; Value = $text }
        }
        elseif ($element -is [System.Management.Automation.Language.VariableExpressionAst] -and $element.Splatted) {
            foreach ($key in @($Splats[$element.VariablePath.UserPath])) {
                if ($key) { $given[$key] = @{ Line = $element.Extent.StartLineNumber; Value = $null } }
            }
        }
    }
    $given
}

function Get-PositionalCount {
    # How many arguments have no parameter in front of them.
    param($Call)

    $count = 0
    $taken = $true
    foreach ($element in $Call.CommandElements) {
        if ($element -is [System.Management.Automation.Language.CommandParameterAst]) {
            $taken = $null -eq $element.Argument -and $element.ParameterName -notin 'Resolve', 'Verbose', 'Debug'
            continue
        }
        if (-not $taken) { $count++ }
        $taken = $false
    }
    $count
}

function Get-Splat {
    # Variables that are given a hashtable as it stands, or keys one by one: the names of the parameters that they may hold.
    param($Nodes)

    $splats = @{}
    foreach ($node in Get-Node $Nodes 'AssignmentStatementAst') {
        $left = $node.Left
        $keys = @()
        if ($left -is [System.Management.Automation.Language.IndexExpressionAst]) {
            if ($left.Index -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $keys = @($left.Index.Value) }
            $left = $left.Target
        }
        elseif ($node.Right -is [System.Management.Automation.Language.CommandExpressionAst] -and
            $node.Right.Expression -is [System.Management.Automation.Language.HashtableAst]) {
            $keys = @(foreach ($pair in $node.Right.Expression.KeyValuePairs) { $pair.Item1.Extent.Text.Trim('"', "'") })
        }
        if ($keys.Count -and $left -is [System.Management.Automation.Language.VariableExpressionAst]) {
            $splats[$left.VariablePath.UserPath] = @($splats[$left.VariablePath.UserPath]) + $keys
        }
    }
    $splats
}
