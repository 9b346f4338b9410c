# Runs a script here and seals what it returns: over a PSSession it has to go through the pipeline, which transcripts and
# logs of modules hold. For the same reason no cmdlet gets a question or an answer, and no secret is in what stands here.
#
# The keys are made here, and travel only to whoever has the private half of $Key. This process keeps them by the name of
# the channel, so that further questions come sealed too.
#
#   Channel   its name
#   Key       the public key that it is opened with; empty for one that is open
#   Script    the text of a script block that takes a question and returns an answer, both text
#   Question  sealed, where the channel is open

param([string] $Channel, [string] $Key, [string] $Script, [string] $Question)

$mode = $ExecutionContext.SessionState.LanguageMode
if ("$mode" -ne 'FullLanguage') { return "language:$mode" }
$domain = [System.AppDomain]::CurrentDomain
$opening = ''
if ($Key) {
    # The first half seals, the second shows that nothing was changed.
    $keys = [byte[]]::new(64)
    $random = [System.Security.Cryptography.RandomNumberGenerator]::Create()
    $random.GetBytes($keys)
    $rsa = [System.Security.Cryptography.RSACryptoServiceProvider]::new()
    $rsa.FromXmlString($Key)
    $opening = [System.Convert]::ToBase64String($rsa.Encrypt($keys, $true)) + '.'
    $domain.SetData($Channel, $keys)
}
else {
    $keys = [byte[]]$domain.GetData($Channel)
    if ($null -eq $keys) { return 'unknown' }
}
$aes = [System.Security.Cryptography.Aes]::Create()
$aes.Key = [byte[]]$keys[0..31]
$hmac = [System.Security.Cryptography.HMACSHA256]::new([byte[]]$keys[32..63])
if (-not $Key) {
    $sealed = [System.Convert]::FromBase64String($Question)
    $length = $sealed.Length - 32
    $tag = $hmac.ComputeHash($sealed, 0, $length)
    $difference = 0
    for ($i = 0; $i -lt 32; $i++) { $difference = $difference -bor ($tag[$i] -bxor $sealed[$length + $i]) }
    if ($difference) { return 'unknown' }
    $aes.IV = [byte[]]$sealed[0..15]
    $Question = [System.Text.Encoding]::UTF8.GetString($aes.CreateDecryptor().TransformFinalBlock($sealed, 16, $length - 16))
}
try { $answer = '=' + (& ([scriptblock]::Create($Script)) $Question) }
catch { $answer = '!' + $_.Exception.Message }
$plain = [System.Text.Encoding]::UTF8.GetBytes($answer)
$aes.GenerateIV()
$body = $aes.CreateEncryptor().TransformFinalBlock($plain, 0, $plain.Length)
$sealed = [byte[]]::new(48 + $body.Length)
[System.Buffer]::BlockCopy($aes.IV, 0, $sealed, 0, 16)
[System.Buffer]::BlockCopy($body, 0, $sealed, 16, $body.Length)
[System.Buffer]::BlockCopy($hmac.ComputeHash($sealed, 0, $body.Length + 16), 0, $sealed, $body.Length + 16, 32)
$opening + [System.Convert]::ToBase64String($sealed)
