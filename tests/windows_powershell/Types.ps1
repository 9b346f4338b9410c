# Types and members that .NET Framework 4.7.2 and the engine of 5.1 lack: types.psd1.

$script:TypeTable = Import-Table 'types.psd1'
$script:NewNamespaces = Get-Word $script:TypeTable.Namespaces
# Full names.
$script:NewTypes = @{}
foreach ($namespace in $script:TypeTable.Types.Keys) {
    foreach ($name in Get-Word $script:TypeTable.Types[$namespace]) { $script:NewTypes["$namespace.$name"] = $true }
}
# Type -> its new members; and the new instance members that are recognised by name, whatever the type -> the type.
$script:NewMembers = @{}
$script:NewNames = @{}
foreach ($type in $script:TypeTable.Members.Keys) {
    $script:NewMembers[$type] = @{}
    foreach ($member in Get-Word $script:TypeTable.Members[$type]) {
        $script:NewMembers[$type][$member.TrimStart('~')] = $true
        if ($member -notmatch '^(?:~|::)') { $script:NewNames[$member] = $type }
    }
}

function Find-TypeFault {
    param($Nodes)

    foreach ($node in Get-Node $Nodes 'TypeExpressionAst', 'TypeConstraintAst', 'AttributeAst') {
        Find-NameFault (Get-TypeName $node.TypeName) $node.Extent.StartLineNumber
        foreach ($argument in Get-TypeArgument $node.TypeName) {
            Find-NameFault (Get-TypeName $argument) $node.Extent.StartLineNumber
        }
    }
    foreach ($node in Get-Node $Nodes 'CommandAst') {
        $type = Get-NewObjectType $node
        if ($type) { Find-NameFault $type $node.Extent.StartLineNumber }
    }
    foreach ($node in Get-Node $Nodes 'AttributeAst') { Find-AttributeFault $node }
    $variables = Get-VariableType $Nodes
    foreach ($node in Get-Node $Nodes 'MemberExpressionAst', 'InvokeMemberExpressionAst') { Find-UseFault $node $variables }
    foreach ($node in Get-Node $Nodes 'ConvertExpressionAst') {
        if ($node.Child -isnot [System.Management.Automation.Language.HashtableAst]) { continue }
        $type = Get-TypeName $node.Type.TypeName
        foreach ($pair in $node.Child.KeyValuePairs) {
            Find-MemberFault $type $pair.Item1.Extent.Text.Trim('"', "'") -1 $false $pair.Item1.Extent.StartLineNumber
        }
    }
}

function Find-AttributeFault {
    # Named arguments of an attribute are its members.
    param($Node)

    $type = Get-TypeName $Node.TypeName
    $line = $Node.Extent.StartLineNumber
    foreach ($argument in $Node.NamedArguments) { Find-MemberFault $type $argument.ArgumentName -1 $false $line }
    if ($type -eq 'System.Management.Automation.ValidateSetAttribute' -and $Node.PositionalArguments.Count -and
        $Node.PositionalArguments[0] -is [System.Management.Automation.Language.TypeExpressionAst]) {
        Write-Fault $line 'ValidateSet of a class is from PowerShell 6'
    }
}

function Find-UseFault {
    # A member that is read, set or called.
    param($Node, $Variables)

    if ($Node.Member -isnot [System.Management.Automation.Language.StringConstantExpressionAst]) { return }
    $line = $Node.Member.Extent.StartLineNumber
    $member = $Node.Member.Value
    # How many a method is given; none for a property.
    $count = -1
    if ($Node -is [System.Management.Automation.Language.InvokeMemberExpressionAst]) {
        $count = if ($null -eq $Node.Arguments) { 0 } else { $Node.Arguments.Count }
    }
    $type = if (-not $Node.Static) { Get-ExpressionType $Node.Expression $Variables }
    elseif ($Node.Expression -is [System.Management.Automation.Language.TypeExpressionAst]) { Get-TypeName $Node.Expression.TypeName }
    Find-MemberFault $type $member $count $Node.Static $line
    if ($member -eq 'Split' -and $count -gt 0 -and -not $Node.Static -and $type -notlike '*Regex' -and
        -not (Test-SplitArgument $Node.Arguments[0])) {
        Write-Fault $line 'Split(text): 5.1 splits at each of its characters; write [char[]], or -split'
    }
}

function Find-NameFault {
    param([string] $Type, $Line)

    $isNew = $script:NewTypes.ContainsKey($Type)
    foreach ($namespace in $script:NewNamespaces) { if ($Type.StartsWith("$namespace.")) { $isNew = $true } }
    if ($isNew) { Write-Fault $Line "the type $Type is not in Windows PowerShell 5.1 with .NET Framework 4.7.2" }
}

function Find-MemberFault {
    # Arguments: how many a method is given; -1 for a property.
    param([string] $Type, [string] $Member, [int] $Arguments, [bool] $Static, $Line)

    $name = if ($Static) { "::$Member" } else { $Member }
    $names = if ($Arguments -ge 0) { $name, "$name/$Arguments" } else { , $name }
    $known = $script:NewMembers[$Type]
    foreach ($name in $names) {
        $owner = $null
        if ($null -ne $known -and $known.ContainsKey($name)) { $owner = $Type }
        elseif (-not $Static -and -not $Type) { $owner = $script:NewNames[$name] }
        if (-not $owner) { continue }
        $what = if ($name -like '*/*') { "$Member with $Arguments arguments" } else { $Member }
        Write-Fault $Line "$what of $owner is not in Windows PowerShell 5.1 with .NET Framework 4.7.2"
    }
}

function Get-TypeName {
    # The full name of a type that a script names; as it is written if this shell does not know the type.
    param($TypeName)

    $type = $TypeName.GetReflectionType()
    if ($null -eq $type) { $type = $TypeName.GetReflectionAttributeType() }
    if ($null -eq $type) {
        $name = $TypeName.Name
        if ($name -notlike '*.*' -or $script:NewTypes.ContainsKey("System.$name")) { $name = "System.$name" }
        if ($script:NewTypes.ContainsKey("${name}Attribute")) { $name += 'Attribute' }
        return $name
    }
    if ($type.IsArray) { $type = $type.GetElementType() }
    if ($type.IsGenericType) { $type = $type.GetGenericTypeDefinition() }
    $type.FullName
}

function Get-TypeArgument {
    # The types that a generic type is of, and what they are of.
    param($TypeName)

    if ($TypeName.IsArray -and $TypeName.PSObject.Properties['ElementType']) { return Get-TypeArgument $TypeName.ElementType }
    if (-not $TypeName.IsGeneric) { return }
    foreach ($argument in $TypeName.GenericArguments) {
        $argument
        Get-TypeArgument $argument
    }
}

function Get-NewObjectType {
    # What New-Object is asked for, as a full name.
    param($Call)

    if ($Call.GetCommandName() -ne 'New-Object') { return }
    foreach ($element in $Call.CommandElements) {
        if ($element -is [System.Management.Automation.Language.StringConstantExpressionAst] -and $element.Value -ne 'New-Object') {
            $type = $element.Value -as [type]
            if ($null -eq $type) { return $element.Value }
            if ($type.IsGenericType) { $type = $type.GetGenericTypeDefinition() }
            return $type.FullName
        }
    }
}

function Get-ExpressionType {
    # The full name of an expression's type where the script shows it, else nothing.
    param($Node, $Variables)

    switch ($Node.GetType().Name) {
        { $_ -in 'StringConstantExpressionAst', 'ExpandableStringExpressionAst' } { return 'System.String' }
        'HashtableAst' { return 'System.Collections.Hashtable' }
        'ConvertExpressionAst' { return Get-TypeName $Node.Type.TypeName }
        'VariableExpressionAst' { return $Variables[$Node.VariablePath.UserPath -replace '^\w+:'] }
        'ParenExpressionAst' { return Get-ExpressionType $Node.Pipeline $Variables }
        'CommandExpressionAst' { return Get-ExpressionType $Node.Expression $Variables }
        'PipelineAst' {
            if ($Node.PipelineElements.Count -eq 1) { return Get-ExpressionType $Node.PipelineElements[0] $Variables }
        }
        'CommandAst' { return Get-NewObjectType $Node }
        'InvokeMemberExpressionAst' {
            if ($Node.Static -and $Node.Member.Extent.Text -eq 'new') { return Get-TypeName $Node.Expression.TypeName }
        }
    }
}

function Get-VariableType {
    # The types of variables that are always given the same one in this file.
    param($Nodes)

    $variables = @{}
    foreach ($node in Get-Node $Nodes 'ParameterAst', 'AssignmentStatementAst') {
        $name = $type = $null
        if ($node -is [System.Management.Automation.Language.ParameterAst]) {
            $name = $node.Name.VariablePath.UserPath
            foreach ($attribute in $node.Attributes) {
                if ($attribute -is [System.Management.Automation.Language.TypeConstraintAst]) { $type = Get-TypeName $attribute.TypeName }
            }
        }
        else {
            $left = $node.Left
            if ($left -is [System.Management.Automation.Language.ConvertExpressionAst]) {
                $type = Get-TypeName $left.Type.TypeName
                $left = $left.Child
            }
            else { $type = Get-ExpressionType $node.Right $variables }
            if ($left -is [System.Management.Automation.Language.VariableExpressionAst]) { $name = $left.VariablePath.UserPath }
        }
        if (-not $name) { continue }
        $name = $name -replace '^\w+:'
        $variables[$name] = if ($variables.ContainsKey($name) -and $variables[$name] -ne $type) { $null } else { $type }
    }
    $variables
}

function Test-SplitArgument {
    # Whether both editions split at the same: a single character, or characters by type.
    param($Node)

    if ($Node -is [System.Management.Automation.Language.StringConstantExpressionAst]) { return $Node.Value.Length -eq 1 }
    if ($Node -isnot [System.Management.Automation.Language.ConvertExpressionAst]) { return $false }
    (Get-TypeName $Node.Type.TypeName) -eq 'System.Char'
}
