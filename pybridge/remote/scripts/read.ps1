# The text of a small file, as the agent of Azure Arc names one in its challenge.
#
# Question  path, most (bytes), link: something, if it may be a link
# Answer    data in base64; or failed, a word, and text

param([string] $Question)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

# <json.ps1>

$asked = Read-Json $Question
try {
    $path = $asked['path']
    $attributes = [System.IO.File]::GetAttributes($path)
    if ($attributes.HasFlag([System.IO.FileAttributes]::Directory)) { return '{"failed":"folder"}' }
    if (-not $asked['link'] -and $attributes.HasFlag([System.IO.FileAttributes]::ReparsePoint)) { return '{"failed":"link"}' }
    $file = [System.IO.File]::Open($path, 'Open', 'Read', 'ReadWrite, Delete')
    try {
        $piece = [byte[]]::new([int] $asked['most'] + 1)
        $length = 0
        do {
            $read = $file.Read($piece, $length, $piece.Length - $length)
            $length += $read
        } until ($read -eq 0)
    }
    finally {
        $file.Dispose()
    }
    if ($length -eq $piece.Length) { return '{"failed":"long"}' }
    '{"data":"' + [System.Convert]::ToBase64String($piece, 0, $length) + '"}'
}
catch {
    $problem = $_.Exception
    while ($null -ne $problem.InnerException) { $problem = $problem.InnerException }
    '{"failed":"' + $problem.GetType().Name + '"}'
}
