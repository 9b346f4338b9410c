# What the parser of 5.1 does not know.

# Node, property that tells of the operator, and what to say of it.
$script:NewNodes = @(
    @('TernaryExpressionAst', $null, 'the operator ? : is from PowerShell 7'),
    @('PipelineChainAst', $null, 'the operators && and || are from PowerShell 7'),
    @('PipelineAst', 'Background', 'the background operator & is from PowerShell 6: use Start-Job'),
    @('MemberExpressionAst', 'NullConditional', 'the operator ?. is from PowerShell 7'),
    @('InvokeMemberExpressionAst', 'NullConditional', 'the operator ?. is from PowerShell 7'),
    @('InvokeMemberExpressionAst', 'GenericTypeArguments', 'type arguments of a method are from PowerShell 7.3'),
    @('IndexExpressionAst', 'NullConditional', 'the operator ?[] is from PowerShell 7'),
    @('ScriptBlockAst', 'CleanBlock', 'the clean block is from PowerShell 7.3')
)
# Operators by the names of their tokens.
$script:NewOperators = @{
    QuestionQuestion       = 'the operator ?? is from PowerShell 7'
    QuestionQuestionEquals = 'the operator ??= is from PowerShell 7'
}

function Find-SyntaxFault {
    param($Nodes)

    foreach ($row in $script:NewNodes) {
        $type, $property, $text = $row
        foreach ($node in Get-Node $Nodes $type) {
            if ($property -and -not (Test-Set $node $property)) { continue }
            Write-Fault $node.Extent.StartLineNumber $text
        }
    }
    foreach ($node in Get-Node $Nodes 'BinaryExpressionAst', 'AssignmentStatementAst') {
        $text = $script:NewOperators[[string]$node.Operator]
        if ($text) { Write-Fault $node.Extent.StartLineNumber $text }
    }
    foreach ($node in Get-Node $Nodes 'BinaryExpressionAst') {
        if ([string]$node.Operator -eq 'DotDot' -and (Test-Letter $node.Left) -and (Test-Letter $node.Right)) {
            Write-Fault $node.Extent.StartLineNumber 'a range of letters is from PowerShell 6'
        }
    }
    foreach ($node in Get-Node $Nodes 'ScriptBlockAst') {
        if ($null -ne $node.ScriptRequirements) { Find-RequirementFault $node.ScriptRequirements $node.Extent.StartLineNumber }
    }
    foreach ($node in Get-Node $Nodes 'TypeDefinitionAst') {
        if ($node.IsEnum -and $node.BaseTypes.Count) {
            Write-Fault $node.Extent.StartLineNumber 'the type beneath an enum is from PowerShell 6.2'
        }
    }
}

function Find-RequirementFault {
    # #Requires of more than 5.1 has.
    param($Requirements, $Line)

    if ($null -ne $Requirements.RequiredPSVersion -and $Requirements.RequiredPSVersion -gt [version]'5.1') {
        Write-Fault $Line "#Requires -Version $($Requirements.RequiredPSVersion): 5.1 refuses the whole file"
    }
    if ($Requirements.RequiredPSEditions.Count -and $Requirements.RequiredPSEditions -notcontains 'Desktop') {
        Write-Fault $Line '#Requires -PSEdition without Desktop: 5.1 refuses the whole file'
    }
}

function Test-Set {
    # Whether a node has that property, and something in it.
    param($Node, [string] $Name)

    $property = $Node.GetType().GetProperty($Name)
    if ($null -eq $property) { return $false }
    $value = $property.GetValue($Node)
    if ($value -is [System.Collections.ICollection]) { return [bool]$value.Count }
    [bool]$value
}

function Test-Letter {
    # Whether an expression is a text that is no number.
    param($Node)

    $Node -is [System.Management.Automation.Language.StringConstantExpressionAst] -and $Node.Value -notmatch '^-?\d+$'
}
