$mode = "$($ExecutionContext.SessionState.LanguageMode)"
if ($mode -ne 'FullLanguage') { "pybridge-language-mode: $mode"; exit 3 }
$in = [System.IO.StreamReader]::new([System.Console]::OpenStandardInput(), [System.Text.UTF8Encoding]::new($false), $false, 65536)
function Read-Part([int] $Length) {
    $signs = [char[]]::new($Length)
    if ($in.ReadBlock($signs, 0, $Length) -ne $Length) { exit 4 }
    [string]::new($signs)
}
$nonce, $first, $second = "$($in.ReadLine())".Split([char[]]' ')
$text = Read-Part $first
# No try around it: an error that ends a statement of the user's script would end all of it.
& ([scriptblock]::Create($text)) (Read-Part $second)
