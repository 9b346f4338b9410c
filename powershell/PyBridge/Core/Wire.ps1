# Values on their way to and from the worker; the other half is pybridge/wire.py.
#
# Text that begins with U+0001 is tagged: the second character is its kind.
#   D  date and time, ISO 8601, UTC     P  protected, a SecureString here     S  plain text that had to be shielded

$script:Tag = [string][char]1

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
        return $script:Tag + 'P' + [System.Net.NetworkCredential]::new('', $Value).Password
    }
    if ($Value -is [datetime]) {
        return $script:Tag + 'D' + $Value.ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ssZ', [cultureinfo]::InvariantCulture)
    }
    if ($Value -is [System.Collections.IDictionary]) {
        $table = @{}
        foreach ($key in $Value.Keys) { $table[[string]$key] = ConvertTo-WireValue $Value[$key] }
        return $table
    }
    if ($Value -is [System.Collections.IEnumerable]) {
        return , @(foreach ($item in $Value) { ConvertTo-WireValue $item })
    }
    if ($Value -is [System.Management.Automation.PSCustomObject] -or $Value -is [psobject] -and $Value.PSObject.BaseObject -is [System.Management.Automation.PSCustomObject]) {
        $table = @{}
        foreach ($property in $Value.PSObject.Properties) {
            if ($property.MemberType -eq 'NoteProperty') { $table[$property.Name] = ConvertTo-WireValue $property.Value }
        }
        return $table
    }
    $Value
}

function ConvertFrom-TaggedText {
    # A text without its tag; text without a tag as it is.
    param([string] $Text)

    if (-not $Text.StartsWith($script:Tag, [System.StringComparison]::Ordinal)) { return $Text }
    $body = $Text.Substring(2)
    switch ($Text[1]) {
        'D' {
            $style = [System.Globalization.DateTimeStyles]::AdjustToUniversal -bor [System.Globalization.DateTimeStyles]::AssumeUniversal
            return [datetime]::Parse($body, [cultureinfo]::InvariantCulture, $style).ToLocalTime()
        }
        'P' { return [System.Net.NetworkCredential]::new('', $body).SecurePassword }
        default { return $body }
    }
}

function Restore-TaggedText {
    # Takes the tags off all text below an object or array, in place.
    param($Value)

    if ($Value -is [array]) {
        for ($i = 0; $i -lt $Value.Count; $i++) {
            if ($Value[$i] -is [string]) { $Value[$i] = ConvertFrom-TaggedText $Value[$i] }
            else { Restore-TaggedText $Value[$i] }
        }
    }
    elseif ($Value -is [System.Management.Automation.PSCustomObject]) {
        foreach ($property in $Value.PSObject.Properties) {
            $item = $property.Value
            if ($item -is [string]) {
                if ($item.StartsWith($script:Tag, [System.StringComparison]::Ordinal)) { $property.Value = ConvertFrom-TaggedText $item }
            }
            elseif ($null -ne $item) { Restore-TaggedText $item }
        }
    }
}

function Set-WireType {
    # Gives an object, and what is nested in it, the type names and dictionaries that commands.yaml says.
    param($Value, [string] $Type)

    if ($Value -isnot [System.Management.Automation.PSCustomObject]) { return }
    $definition = $script:Types[$Type]
    $Value.PSObject.TypeNames.Insert(0, $definition.Name)
    foreach ($member in $definition.Maps) {
        $property = $Value.PSObject.Properties[$member]
        $map = [System.Collections.Generic.Dictionary[string, object]]::new([System.StringComparer]::OrdinalIgnoreCase)
        if ($null -ne $property.Value) {
            foreach ($pair in $property.Value.PSObject.Properties) { $map[$pair.Name] = $pair.Value }
        }
        $property.Value = $map
    }
    foreach ($member in $definition.Nested.Keys) {
        $item = $Value.PSObject.Properties[$member].Value
        if ($item -is [System.Collections.IDictionary]) {
            foreach ($nested in $item.Values) { Set-WireType $nested $definition.Nested[$member] }
        }
        elseif ($null -ne $item) { Set-WireType $item $definition.Nested[$member] }
    }
}
