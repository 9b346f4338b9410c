# Refuses what Windows PowerShell 5.1 cannot run, by the syntax tree of each file that it is given:
#
#   pwsh -NoProfile -File tests/windows_powershell/Check.ps1 FILE...
#
# One line for each fault: file, line, what it is and why. Ends with 1 if there was one. Any PowerShell runs it.

param([Parameter(ValueFromRemainingArguments)] [string[]] $Path)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

function Import-Table {
    # A data file next to this script.
    param([string] $Name)

    $tokens = $problems = $null
    $file = [System.IO.Path]::Combine($PSScriptRoot, $Name)
    $ast = [System.Management.Automation.Language.Parser]::ParseFile($file, [ref]$tokens, [ref]$problems)
    if ($problems) { throw $problems[0].Message }
    $ast.Find({ param($node) $node -is [System.Management.Automation.Language.HashtableAst] }, $false).SafeGetValue()
}

function Get-Word {
    # The names in a text of a table.
    param([string] $Text)

    $Text.Split([char[]]" `r`n", [System.StringSplitOptions]::RemoveEmptyEntries)
}

function Get-Node {
    # The nodes of some types, of a syntax tree that Group-Node has sorted.
    param($Nodes, [string[]] $Type)

    foreach ($name in $Type) { if ($Nodes.ContainsKey($name)) { $Nodes[$name] } }
}

function Group-Node {
    # The nodes of a syntax tree by the names of their types. Names: 5.1 itself does not have all of these types.
    param($Ast)

    $nodes = @{}
    foreach ($node in $Ast.FindAll({ $true }, $true)) {
        $name = $node.GetType().Name
        if (-not $nodes.ContainsKey($name)) { $nodes[$name] = [System.Collections.Generic.List[object]]::new() }
        $nodes[$name].Add($node)
    }
    $nodes
}

function Write-Fault {
    param($Line, [string] $Text)

    @{ Line = [int]$Line; Text = $Text }
}

. "$PSScriptRoot/Text.ps1"
. "$PSScriptRoot/Syntax.ps1"
. "$PSScriptRoot/Commands.ps1"
. "$PSScriptRoot/Types.ps1"

$count = 0
foreach ($file in $Path) {
    $file = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($file)
    $tokens = $problems = $null
    $ast = [System.Management.Automation.Language.Parser]::ParseFile($file, [ref]$tokens, [ref]$problems)
    $nodes = Group-Node $ast
    $faults = @(
        foreach ($problem in $problems) { Write-Fault $problem.Extent.StartLineNumber $problem.Message }
        Find-TextFault ([System.IO.File]::ReadAllBytes($file))
        Find-TokenFault $tokens
        Find-SyntaxFault $nodes
        Find-CommandFault $nodes
        Find-TypeFault $nodes
    )
    $told = @{}
    foreach ($fault in $faults) {
        $line = "${file}:$($fault.Line): $($fault.Text)"
        if ($told.ContainsKey($line)) { continue }
        $told[$line] = $true
        $count++
        $line
    }
}
exit [int]($count -gt 0)
