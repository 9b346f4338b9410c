$mode = "$($ExecutionContext.SessionState.LanguageMode)"
if ($mode -ne 'FullLanguage') { "pybridge-language-mode: $mode"; exit 3 }
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$utf8 = [System.Text.UTF8Encoding]::new($false)
$in = [System.IO.StreamReader]::new([System.Console]::OpenStandardInput(), $utf8, $false, 65536)
$out = [System.Console]::OpenStandardOutput()
function Read-Part([int] $Length) {
    $signs = [char[]]::new($Length)
    if ($in.ReadBlock($signs, 0, $Length) -ne $Length) { exit 4 }
    [string]::new($signs)
}
while ($null -ne ($head = $in.ReadLine())) {
    $nonce, $first, $second = $head.Split([char[]]' ')
    $text = Read-Part $first
    $question = Read-Part $second
    try {
        $mark = '+'
        $answer = "$(& ([scriptblock]::Create($text)) $question)"
    }
    catch {
        $mark = '-'
        $answer = [System.Convert]::ToBase64String($utf8.GetBytes("$_"))
    }
    $bytes = $utf8.GetBytes("$nonce$mark$($answer.Length):$answer$nonce`n")
    $out.Write($bytes, 0, $bytes.Length)
    $out.Flush()
}
exit 0
