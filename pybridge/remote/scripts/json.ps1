function Read-Json {
    # Tables, lists and texts; numbers and truths are texts, too. No cmdlet: a host that logs modules records what it gets.
    param([string] $Text)

    $null = [System.Reflection.Assembly]::LoadWithPartialName('System.Runtime.Serialization')
    $bytes = [System.Text.Encoding]::UTF8.GetBytes($Text)
    $any = [System.Xml.XmlDictionaryReaderQuotas]::Max
    $document = [System.Xml.XmlDocument]::new()
    $document.Load([System.Runtime.Serialization.Json.JsonReaderWriterFactory]::CreateJsonReader($bytes, $any))
    Read-Node $document.DocumentElement
}

function Read-Node {
    param($Node)

    $kind = $Node.GetAttribute('type')
    if ($kind -eq 'array') { return , @(foreach ($child in $Node.ChildNodes) { Read-Node $child }) }
    if ($kind -ne 'object') { return $Node.InnerText }
    $table = @{}
    foreach ($child in $Node.ChildNodes) {
        # A key that cannot be the name of an element stands in an attribute.
        $key = if ($child.HasAttribute('item')) { $child.GetAttribute('item') } else { $child.LocalName }
        $table[$key] = Read-Node $child
    }
    $table
}
