# Values on their way to and from the worker; the other half is pybridge/wire/.
#
# Text that begins with U+0001 is tagged: the second character is its kind.
#   D  date and time, ISO 8601, UTC     P  protected, a SecureString here     S  plain text that had to be shielded
#   H  an HTTP status, in .NET's word
#   J  to the worker only: a value as JSON, kept ready because it travels often

function script:ConvertTo-WireJson {
    # One line of ASCII: no code page of any console can garble it.
    param($Value)

    $json = ConvertTo-Json -InputObject $Value -Compress -Depth 20
    if ($json -cmatch '[^\x00-\x7f]') {
        $json = [regex]::Replace($json, '[^\x00-\x7f]', { param($match) '\u{0:x4}' -f [int][char]$match.Value })
    }
    $json
}

function script:ConvertTo-WireValue {
    # SecureStrings become tagged text, objects become hashtables of their properties.
    param($Value)

    if ($null -eq $Value -or $Value -is [string] -or $Value -is [bool] -or $Value -is [int]) { return $Value }
    if ($Value -is [System.Management.Automation.SwitchParameter]) { return [bool]$Value }
    if ($Value -is [securestring]) {
        return [char]1 + 'P' + [System.Net.NetworkCredential]::new('', $Value).Password
    }
    if ($Value -is [datetime]) {
        return [char]1 + 'D' + $Value.ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ssZ', [cultureinfo]::InvariantCulture)
    }
    if ($Value -is [pscredential]) {
        return @{ UserName = $Value.UserName; Password = ConvertTo-WireValue $Value.Password }
    }
    if ($Value -is [System.Collections.IDictionary]) {
        $table = @{}
        foreach ($key in $Value.Keys) {
            $item = $Value[$key]
            # Most members are text or nothing, and a call costs more than the rest of the loop.
            $table[[string]$key] = if ($null -eq $item -or $item -is [string]) { $item } else { ConvertTo-WireValue $item }
        }
        return $table
    }
    if ($Value -is [System.Collections.IEnumerable]) {
        return , @(foreach ($item in $Value) { ConvertTo-WireValue $item })
    }
    if ($Value -is [System.Management.Automation.PSCustomObject]) { return ConvertTo-WireValue (ConvertTo-WireTable $Value) }
    if ($Value.GetType().IsPrimitive -or $Value -is [decimal]) { return $Value }
    if ($Value -is [System.Management.Automation.Runspaces.PSSession]) {
        if ($null -eq $script:PSSessions) { . "$PSScriptRoot/Sessions.ps1" }
        return ConvertTo-WireSession $Value
    }
    # A GUID, a URI, a name of an enumeration: what they print is what is meant.
    [string]$Value
}

function script:ConvertTo-WireTable {
    # An object as hashtables all the way down; secrets stay SecureStrings. Taking objects apart is slow, so what travels
    # often is kept like this.
    param($Value)

    # The comma keeps a list of one a list.
    if ($Value -isnot [System.Management.Automation.PSCustomObject]) { return , $Value }
    $table = @{}
    foreach ($property in $Value.PSObject.Properties) {
        # Ours are notes; those of AzureRM's own objects, after a job or a file, are properties.
        $kind = $property.MemberType
        if ($kind -ne 'NoteProperty' -and $kind -ne 'Property') { continue }
        $item = $property.Value
        if ($item -is [byte[]]) { continue } # the token cache of AzureRM's contexts, which is nobody's business
        $table[$property.Name] = if ($null -eq $item -or $item -is [string]) { $item } else { ConvertTo-WireTable $item }
    }
    $table
}

function script:Complete-WireValue {
    # Makes a value of the worker ready: tagged texts are taken for what they mean, in place, and types are set.
    #   Body  has the value, its type, and the paths to the tagged texts
    param($Body)

    $value = $Body.value
    foreach ($path in $Body.tagged) { Complete-WireText $Body $null $path }
    $definition = $script:Types[$Body.type]
    if ($null -ne $definition) { Set-WireType @(, $value) $definition }
}

function script:Complete-WireBatch {
    # The same for many values of one type.
    #   Body  has the values, their type, and for each the paths to its tagged texts
    param($Body)

    $values = $Body.values
    $i = 0
    foreach ($paths in $Body.tagged) {
        if ($paths.Count) { foreach ($path in $paths) { Complete-WireText $Body $i $path } }
        $i++
    }
    $definition = $script:Types[$Body.type]
    if ($null -ne $definition) { Set-WireType $values $definition }
}

function script:Complete-WireText {
    # Replaces a tagged text by what it means: the one at the end of a path of names and indexes.
    #   Body   what the value stands in: a trace of parameters would show the value itself, secrets included
    #   Index  which of its values; nothing for its only one
    param($Body, $Index, $Path)

    $holder = if ($null -eq $Index) { $Body.value } else { $Body.values[$Index] }
    $step = $Path[0]
    for ($i = 1; $i -lt $Path.Count; $i++) {
        # Not `$holder = if ...`, which would make a list anew.
        if ($step -is [string]) { $holder = $holder.$step } else { $holder = $holder[$step] }
        $step = $Path[$i]
    }
    $text = if ($step -is [string]) { $holder.$step } else { $holder[$step] }
    $kind = $text[1]
    $meant = $text.Substring(2)
    if ($kind -eq 'P') { $meant = [System.Net.NetworkCredential]::new('', $meant).SecurePassword }
    elseif ($kind -eq 'D') {
        $meant = [datetime]::Parse($meant, [cultureinfo]::InvariantCulture, 'AdjustToUniversal').ToLocalTime()
    }
    elseif ($kind -eq 'H') { $meant = [System.Net.HttpStatusCode]$meant }
    if ($step -is [string]) { $holder.$step = $meant } else { $holder[$step] = $meant }
}

function script:Set-WireType {
    # Gives objects of one type, and what is nested in them, the type names and dictionaries that commands.yaml says.
    #
    # Thousands of objects come through here, so calls are few, and `PSTypeNames` costs a tenth of `PSObject.TypeNames`.
    # Loops do not stand in each other: see Worker.ps1.
    param($Values, $Definition)

    $name = $Definition.Name
    foreach ($value in $Values) { $value.PSTypeNames.Insert(0, $name) }
    foreach ($member in $Definition['Maps']) { Set-WireMap $Values $member }
    foreach ($member in $Definition['Hashtables']) { Set-WireHashtable $Values $member }
    $nested = $Definition['Nested']
    if ($null -eq $nested) { return }
    foreach ($member in $nested.Keys) { Set-WireNested $Values $member $script:Types[$nested[$member]] }
}

function script:Set-WireMap {
    # Makes a member of objects a dictionary. It travels as pairs: names of members cannot differ in case only, or be empty.
    param($Values, $Member)

    foreach ($value in $Values) {
        $map = [System.Collections.Generic.Dictionary[string, object]]::new([System.StringComparer]::OrdinalIgnoreCase)
        foreach ($pair in $value.$Member) { $map[$pair[0]] = $pair[1] }
        $value.$Member = $map
    }
}

function script:Set-WireHashtable {
    # Makes a member of objects a hashtable, where there is something. It travels as pairs, too.
    param($Values, $Member)

    foreach ($value in $Values) {
        $pairs = $value.$Member
        if ($null -eq $pairs) { continue }
        $table = @{}
        foreach ($pair in $pairs) { $table[$pair[0]] = $pair[1] }
        $value.$Member = $table
    }
}

function script:Set-WireNested {
    # Gives what a member of objects holds its type: an object, or a dictionary of them.
    param($Values, $Member, $Definition)

    $items = @(foreach ($value in $Values) {
            $item = $value.$Member
            if ($item -is [System.Collections.IDictionary]) { $item.Values } elseif ($null -ne $item) { $item }
        })
    if ($items.Count) { Set-WireType $items $Definition }
}
