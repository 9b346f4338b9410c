# What this computer tells about itself, and one HTTP exchange from here: no proxy, no redirect, and nothing in a log.
#
# Question  variables   names of variables that are wanted
#           paths       files that are looked for; %NAME% in them stands for a variable
#           exchange    host, port, and data in base64: what to send
#                       tls   "" for none, "ca" for a certificate that is trusted here, or its SHA-1 in hex
#                       connect, total   seconds;  most   bytes of the answer
#           unless      variables, any of which makes the exchange needless; so does a path that is there
#           instead     a variable: where it is http://HOST[:PORT], the exchange goes there
# Answer    platform, environ, exists
#           exchange    host and port where it went, and data in base64; or failed, a word, and text
#
# No cmdlet is used: a host that logs modules would record what it is given.

param([string] $Question)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

# <json.ps1>

function Format-Json {
    # Tables, texts, whole numbers and truths, in ASCII.
    param($Value)

    if ($null -eq $Value) { return 'null' }
    if ($Value -is [bool]) { return "$Value".ToLowerInvariant() }
    if ($Value -is [int]) { return "$Value" }
    if ($Value -is [System.Collections.IDictionary]) {
        $pairs = foreach ($key in $Value.Keys) { (Format-Json "$key") + ':' + (Format-Json $Value[$key]) }
        return '{' + ($pairs -join ',') + '}'
    }
    $escaped = [regex]::Replace("$Value", '[^ !#-\[\]-~]', { param($it) '\u{0:x4}' -f [int]$it.Value[0] })
    '"' + $escaped + '"'
}

function Get-Root {
    # The exception below those that PowerShell and tasks wrap around it.
    param($Problem)

    while ($null -ne $Problem.InnerException) {
        if ($Problem -is [System.Net.Sockets.SocketException]) { break }
        $Problem = $Problem.InnerException
    }
    $Problem
}

function Stop-Exchange {
    param([string] $Why)

    $problem = [System.InvalidOperationException]::new($Why)
    $problem.Data['failed'] = $Why
    throw $problem
}

function Wait-Task {
    # Whether a task ends within so many milliseconds. The waits are short: a pipeline is stopped between two of them.
    param($Task, [int] $Milliseconds)

    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    do { $ended = $Task.Wait([int] [System.Math]::Max(0, [System.Math]::Min(100, $Milliseconds - $watch.ElapsedMilliseconds))) }
    until ($ended -or $watch.ElapsedMilliseconds -ge $Milliseconds)
    $ended
}

function Connect-Server {
    param($Exchange)

    $family = if ("$($Exchange['host'])".Contains(':')) { 'InterNetworkV6' } else { 'InterNetwork' }
    $client = [System.Net.Sockets.TcpClient]::new([System.Net.Sockets.AddressFamily] $family)
    $client.NoDelay = $true
    $connecting = $client.ConnectAsync([string] $Exchange['host'], [int] $Exchange['port'])
    if (-not (Wait-Task $connecting ([int] (1000 * $Exchange['connect'])))) {
        $client.Close()
        Stop-Exchange 'late_connection'
    }
    $client
}

function Open-Stream {
    # The stream to talk on; under TLS once the certificate is the right one.
    param($Client, $Exchange)

    $stream = $Client.GetStream()
    $pin = "$($Exchange['tls'])"
    if ($pin -eq '') { return , $stream }
    $tls12 = [System.Security.Authentication.SslProtocols]::Tls12
    if ($pin -eq 'ca') {
        $secure = [System.Net.Security.SslStream]::new($stream, $false)
    }
    else {
        $any = [System.Net.Security.RemoteCertificateValidationCallback] { $true }
        $secure = [System.Net.Security.SslStream]::new($stream, $false, $any)
    }
    $secure.AuthenticateAsClient([string] $Exchange['host'], $null, $tls12, $false)
    if ($pin -ne 'ca' -and $secure.RemoteCertificate.GetCertHashString() -ne $pin) { Stop-Exchange 'other_certificate' }
    , $secure
}

function Test-Whole {
    # Whether an answer has come to its end, as far as it says where that is; else it ends with the connection.
    param([System.IO.MemoryStream] $Answer)

    $latin = [System.Text.Encoding]::GetEncoding(28591)
    $text = $latin.GetString($Answer.GetBuffer(), 0, [int] [System.Math]::Min($Answer.Length, 65536))
    $end = $text.IndexOf("`r`n`r`n", [System.StringComparison]::Ordinal)
    if ($end -lt 0) { return $false }
    $head = $text.Substring(0, $end)
    if ($head -match '^HTTP/1\.[01] 1') { return $false }
    if ($head -match '(?im)^transfer-encoding:') {
        return $latin.GetString($Answer.GetBuffer(), [int] $Answer.Length - 5, 5) -eq "0`r`n`r`n"
    }
    if ($head -notmatch '(?im)^content-length:[ \t]*([0-9]{1,9})[ \t]*\r?$') { return $false }
    $Answer.Length -ge $end + 4 + [int] $Matches[1]
}

function Invoke-Exchange {
    param($Exchange)

    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    $client = Connect-Server $Exchange
    try {
        $left = [int] [System.Math]::Max(1, 1000 * $Exchange['total'] - $watch.ElapsedMilliseconds)
        $client.SendTimeout = $client.ReceiveTimeout = $left
        $stream = Open-Stream $client $Exchange
        $data = [System.Convert]::FromBase64String($Exchange['data'])
        $stream.Write($data, 0, $data.Length)
        $stream.Flush()
        $answer = [System.IO.MemoryStream]::new()
        $piece = [byte[]]::new(65536)
        do {
            $left = [int] (1000 * $Exchange['total'] - $watch.ElapsedMilliseconds)
            if ($left -le 0) { Stop-Exchange 'late' }
            $reading = $stream.ReadAsync($piece, 0, $piece.Length)
            if (-not (Wait-Task $reading $left)) { Stop-Exchange 'late' }
            $read = $reading.Result
            $answer.Write($piece, 0, $read)
        } until ($read -eq 0 -or $answer.Length -gt [int] $Exchange['most'] -or (Test-Whole $answer))
        @{ data = [System.Convert]::ToBase64String($answer.ToArray()) }
    }
    finally {
        $client.Close()
    }
}

function Get-Outcome {
    # The answer to an exchange, or why there is none.
    param($Exchange)

    try {
        $outcome = Invoke-Exchange $Exchange
    }
    catch {
        $root = Get-Root $_.Exception
        $outcome = @{ failed = "$($root.Data['failed'])"; text = $root.Message }
        if ($root -is [System.Net.Sockets.SocketException]) { $outcome.failed = "$($root.SocketErrorCode)" }
        elseif (-not $outcome.failed) { $outcome.failed = $root.GetType().Name }
    }
    $outcome.host = $Exchange['host']
    $outcome.port = [int] $Exchange['port']
    $outcome
}

$asked = Read-Json $Question
$windows = [System.IO.Path]::DirectorySeparatorChar -eq '\'
$answer = @{ platform = if ($windows) { 'win32' } else { 'linux' }; environ = @{}; exists = @{} }
foreach ($name in $asked['variables']) {
    $value = [System.Environment]::GetEnvironmentVariable($name)
    if ($null -ne $value) { $answer.environ[$name] = $value }
}
foreach ($path in $asked['paths']) {
    $path = [System.Environment]::ExpandEnvironmentVariables($path)
    $answer.exists[$path] = [System.IO.File]::Exists($path) -or [System.IO.Directory]::Exists($path)
}
$exchange = $asked['exchange']
if ($exchange) {
    foreach ($name in $asked['unless']) { if ($answer.environ[$name]) { $exchange = $null } }
    if ($answer.exists.ContainsValue($true)) { $exchange = $null }
}
if ($exchange -and $asked['instead']) {
    $place = [System.Environment]::GetEnvironmentVariable($asked['instead'])
    if ($place -match '^http://(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::([0-9]{1,5}))?/?$') {
        $data = [System.Text.Encoding]::ASCII.GetString([System.Convert]::FromBase64String($exchange['data']))
        $line = $place.Substring(7).TrimEnd('/')
        $data = $data.Replace("`r`nHost: $($exchange['host'])`r`n", "`r`nHost: $line`r`n")
        $exchange['data'] = [System.Convert]::ToBase64String([System.Text.Encoding]::ASCII.GetBytes($data))
        $exchange['host'] = $Matches[1].Trim([char[]] '[]')
        $exchange['port'] = if ($Matches.ContainsKey(2)) { [int] $Matches[2] } else { 80 }
    }
    elseif ($place) {
        $exchange = $null
    }
}
if ($exchange) { $answer.exchange = Get-Outcome $exchange }
Format-Json $answer
