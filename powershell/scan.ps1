# Reads scripts for "pybridge module scan" by PowerShell's own parser, and runs nothing of them.
#
# In:  a line for each script, its UTF-8 in base64, with ":" in front.
# Out: a line of JSON for each, which pybridge/scan/shell.py reads.

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

function Get-VariableName {
    # The name of a variable, also of one with a type; nothing for anything else.
    param($Node)

    while ($Node -is [System.Management.Automation.Language.ConvertExpressionAst]) { $Node = $Node.Child }
    if ($Node -is [System.Management.Automation.Language.VariableExpressionAst]) { $Node.VariablePath.UserPath }
}

function Test-Text {
    param($Node)

    $Node -is [System.Management.Automation.Language.StringConstantExpressionAst]
}

function Read-Command {
    param($Node)

    $name = $Node.GetCommandName()
    $parameters = @()
    $splats = @()
    $words = @()
    foreach ($element in $Node.CommandElements) {
        if ($element -is [System.Management.Automation.Language.CommandParameterAst]) {
            $parameters += $element.ParameterName
        }
        elseif ($element -is [System.Management.Automation.Language.VariableExpressionAst] -and $element.Splatted) {
            $splats += $element.VariablePath.UserPath
        }
    }
    if ($name -match 'module$|^usin_$|^i[np]mo$') {
        # What names modules: a text, a list of them, or a table with a name and a version.
        foreach ($text in $Node.FindAll({ param($inner) Test-Text $inner }, $true)) { $words += $text.Value }
    }
    @{
        name       = $name
        line       = $Node.Extent.StartLineNumber
        column     = $Node.Extent.StartColumnNumber
        parameters = $parameters
        splats     = $splats
        words      = $words
    }
}

function Read-Assignment {
    # The keys that a variable is given by $x = @{ ... }, $x.Key = ... and $x['Key'] = ...
    param($Node)

    $left = $Node.Left
    $name = Get-VariableName $left
    if ($name) {
        $isTable = { param($inner) $inner -is [System.Management.Automation.Language.HashtableAst] }
        foreach ($table in $Node.Right.FindAll($isTable, $false)) {
            $outer = $table.Parent
            while ($outer -ne $Node -and -not (& $isTable $outer)) { $outer = $outer.Parent }
            if ($outer -ne $Node) { continue }
            foreach ($pair in $table.KeyValuePairs) {
                if (Test-Text $pair.Item1) { @{ variable = $name; key = $pair.Item1.Value } }
            }
        }
        return
    }
    $holder = $null
    $key = $null
    if ($left -is [System.Management.Automation.Language.MemberExpressionAst]) {
        $holder = $left.Expression
        $key = $left.Member
    }
    elseif ($left -is [System.Management.Automation.Language.IndexExpressionAst]) {
        $holder = $left.Target
        $key = $left.Index
    }
    $name = Get-VariableName $holder
    if ($name -and (Test-Text $key)) { @{ variable = $name; key = $key.Value } }
}

function Read-Invocation {
    # The key that a variable is given by $x.Add('Key', ...)
    param($Node)

    $name = Get-VariableName $Node.Expression
    if ($name -and $null -ne $Node.Arguments -and (Test-Text $Node.Member) -and $Node.Member.Value -eq 'Add') {
        if (Test-Text $Node.Arguments[0]) { @{ variable = $name; key = $Node.Arguments[0].Value } }
    }
}

function Read-Script {
    param([string] $Text)

    $tokens = $null
    $problems = $null
    $root = [System.Management.Automation.Language.Parser]::ParseInput($Text, [ref]$tokens, [ref]$problems)
    $commands = [System.Collections.ArrayList]::new()
    $tables = [System.Collections.ArrayList]::new()
    $defined = [System.Collections.ArrayList]::new()
    $texts = [System.Collections.ArrayList]::new()
    foreach ($node in $root.FindAll({ $true }, $true)) {
        switch ($node.GetType().Name) {
            'CommandAst' { $null = $commands.Add((Read-Command $node)) }
            'AssignmentStatementAst' { $tables.AddRange(@(Read-Assignment $node)) }
            'InvokeMemberExpressionAst' { $tables.AddRange(@(Read-Invocation $node)) }
            'FunctionDefinitionAst' { $null = $defined.Add($node.Name) }
            { $_ -eq 'StringConstantExpressionAst' -or $_ -eq 'ExpandableStringExpressionAst' } {
                if ($node.Value.Contains(':50342')) {
                    $null = $texts.Add(@{ line = $node.Extent.StartLineNumber; column = $node.Extent.StartColumnNumber })
                }
            }
        }
    }
    $comments = @($tokens | Where-Object { "$($_.Kind)" -eq 'Comment' -and $_.Text -match '^#requires\s' })
    @{
        commands = $commands
        tables   = $tables
        defined  = $defined
        texts    = $texts
        comments = @($comments | ForEach-Object { @{ line = $_.Extent.StartLineNumber; text = $_.Text } })
        problems = @($problems | ForEach-Object { @{ line = $_.Extent.StartLineNumber; text = $_.Message } })
    }
}

foreach ($line in $input) {
    if (-not $line.StartsWith(':')) { continue }
    $text = [System.Text.Encoding]::UTF8.GetString([System.Convert]::FromBase64String($line.Substring(1)))
    $json = ConvertTo-Json -InputObject (Read-Script $text) -Depth 5 -Compress
    # In ASCII: what the console's code page lacks would be lost.
    $escape = { param($match) '\u{0:x4}' -f [int][char]$match.Value }
    [System.Console]::Out.WriteLine([regex]::Replace($json, '[^\x20-\x7e]', $escape))
}
