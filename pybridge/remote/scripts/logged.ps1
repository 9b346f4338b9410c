# For constrained language mode: one question of http.ps1, by cmdlets, which a host that logs modules records.
$asked = ConvertFrom-Json -InputObject (@($input) -join '')
$answer = @{ platform = 'win32'; environ = @{}; exists = @{} }
if (Test-Path -LiteralPath '/proc') { $answer.platform = 'linux' }
foreach ($name in $asked.variables) {
    $found = Get-Item -LiteralPath "env:$name" -ErrorAction SilentlyContinue
    if ($found) { $answer.environ[$name] = $found.Value }
}
foreach ($path in $asked.paths) {
    $path = $path -replace '%PROGRAMFILES%', "$env:PROGRAMFILES"
    $answer.exists[$path] = Test-Path -LiteralPath $path
}
$go = [bool] $asked.url
foreach ($name in $asked.unless) { if ($answer.environ[$name]) { $go = $false } }
foreach ($path in @($answer.exists.Keys)) { if ($answer.exists[$path]) { $go = $false } }
if ($go -and $PSVersionTable.PSVersion.Major -lt 6) {
    # Invoke-WebRequest of 5.1 cannot be told to leave the system's proxy out, and a token must not pass there.
    foreach ($hive in 'HKCU:', 'HKLM:') {
        $key = "$hive\Software\Microsoft\Windows\CurrentVersion\Internet Settings"
        $set = Get-ItemProperty -LiteralPath $key -ErrorAction SilentlyContinue
        if ($set -and ($set.ProxyEnable -or $set.AutoConfigURL)) {
            $go = $false
            $answer.failed = 'a proxy is set there, which 5.1 would ask'
            $answer.url = $asked.url
        }
    }
}
if ($go) {
    $url = $asked.url
    $place = if ($asked.instead) { $answer.environ[$asked.instead] }
    if ($place) { $url = $url -replace '^http://[^/]+', ($place -replace '/$') }
    $headers = @{}
    foreach ($pair in $asked.headers) { $headers[$pair.name] = $pair.value }
    $with = @{ Uri = $url; Method = $asked.method; Headers = $headers; TimeoutSec = $asked.seconds }
    if ($asked.body) { $with.Body = $asked.body; $with.ContentType = $asked.type }
    $ProgressPreference = 'SilentlyContinue'
    $env:NO_PROXY = ([uri] $url).Host
    try {
        $told = Invoke-WebRequest @with -UseBasicParsing -MaximumRedirection 0 -ErrorAction Stop
        $answer.status = [int] $told.StatusCode
        $answer.body = "$($told.Content)"
    }
    catch {
        $answer.failed = "$($_.Exception.Message)"
        if ($_.Exception.Response) {
            $answer.status = [int] $_.Exception.Response.StatusCode
            $answer.body = "$($_.ErrorDetails.Message)"
        }
    }
    $answer.url = $url
}
$json = (ConvertTo-Json -InputObject $answer -Compress) -replace '[^ -~]', '?'
"$($asked.nonce)+$($json.Length):$json$($asked.nonce)"
