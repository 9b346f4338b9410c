# Values on their way to and from the worker; the other half is pybridge/wire.py.
#
# Text that begins with U+0001 is tagged: the second character is its kind.
#   D  date and time, ISO 8601, UTC     P  protected, a SecureString here     S  plain text that had to be shielded

function ConvertTo-WireJson {
    # One line of ASCII: no code page of any console can garble it.
    param($Value)

    $json = ConvertTo-Json -InputObject $Value -Compress -Depth 20
    if ($json -cmatch '[^\x00-\x7f]') {
        $json = [regex]::Replace($json, '[^\x00-\x7f]', { param($match) '\u{0:x4}' -f [int][char]$match.Value })
    }
    $json
}

function ConvertTo-WireValue {
    # SecureStrings become tagged text, objects become hashtables of their properties.
    param($Value)

    if ($null -eq $Value -or $Value -is [string]) { return $Value }
    if ($Value -is [System.Management.Automation.SwitchParameter]) { return [bool]$Value }
    if ($Value -is [securestring]) {
        return [char]1 + 'P' + [System.Net.NetworkCredential]::new('', $Value).Password
    }
    if ($Value -is [datetime]) {
        return [char]1 + 'D' + $Value.ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ssZ', [cultureinfo]::InvariantCulture)
    }
    if ($Value -is [System.Collections.IDictionary]) {
        $table = @{}
        foreach ($key in $Value.Keys) { $table[[string]$key] = ConvertTo-WireValue $Value[$key] }
        return $table
    }
    if ($Value -is [System.Collections.IEnumerable]) {
        return , @(foreach ($item in $Value) { ConvertTo-WireValue $item })
    }
    if ($Value -is [System.Management.Automation.PSCustomObject]) {
        $table = @{}
        foreach ($property in $Value.PSObject.Properties) {
            if ($property.MemberType -ne 'NoteProperty') { continue }
            $item = $property.Value
            # Most members are text or nothing, and a call costs more than the rest of the loop.
            $table[$property.Name] = if ($null -eq $item -or $item -is [string]) { $item } else { ConvertTo-WireValue $item }
        }
        return $table
    }
    $Value
}

function Complete-WireValue {
    # Makes a value of the worker ready: tagged texts are taken for what they mean, in place, and types are set.
    #   Body  has the value, its type, and the paths to the tagged texts
    param($Body)

    $value = $Body.value
    foreach ($path in $Body.tagged) {
        $holder = $value
        $step = $path[0]
        for ($i = 1; $i -lt $path.Count; $i++) {
            $holder = if ($step -is [string]) { $holder.$step } else { $holder[$step] }
            $step = $path[$i]
        }
        $text = if ($step -is [string]) { $holder.$step } else { $holder[$step] }
        $kind = $text[1]
        $meant = $text.Substring(2)
        if ($kind -eq 'P') { $meant = [System.Net.NetworkCredential]::new('', $meant).SecurePassword }
        elseif ($kind -eq 'D') {
            $meant = [datetime]::Parse($meant, [cultureinfo]::InvariantCulture, 'AdjustToUniversal').ToLocalTime()
        }
        if ($step -is [string]) { $holder.$step = $meant } else { $holder[$step] = $meant }
    }
    if ($value -isnot [System.Management.Automation.PSCustomObject]) { return }
    $definition = $script:Types[$Body.type]
    if ($definition.Simple) { $value.PSObject.TypeNames.Insert(0, $definition.Name) }
    else { Set-WireType $value $definition }
}

function Set-WireType {
    # Gives an object, and what is nested in it, the type names and dictionaries that commands.yaml says.
    param($Value, $Definition)

    $Value.PSObject.TypeNames.Insert(0, $Definition.Name)
    foreach ($member in $Definition.Maps) {
        $map = [System.Collections.Generic.Dictionary[string, object]]::new([System.StringComparer]::OrdinalIgnoreCase)
        $item = $Value.$member
        if ($null -ne $item) {
            foreach ($pair in $item.PSObject.Properties) { $map[$pair.Name] = $pair.Value }
        }
        $Value.$member = $map
    }
    foreach ($member in $Definition.Nested.Keys) {
        $item = $Value.$member
        $nested = $script:Types[$Definition.Nested[$member]]
        if ($item -is [System.Collections.IDictionary]) {
            foreach ($element in $item.Values) { Set-WireType $element $nested }
        }
        elseif ($null -ne $item) { Set-WireType $item $nested }
    }
}
