# Runs a script, and tells what it says record by record, each with the stream that it belongs to.
#
# Question  nonce      what frames a record
#           script     its text, deflated, in base64
#           arguments  texts by the names of its parameters, both in base64
# Answer    none: the process ends with the script, as powershell -File does.
#
# Errors stay where they are, and come as CLIXML on stderr: if they were redirected, Windows PowerShell would take what
# programs write to stderr for errors, and stop.

param([string] $Question)

# <json.ps1>

$pybridge = @{ asked = Read-Json $Question; count = 0; out = [System.Console]::OpenStandardOutput() }
$pybridge.arguments = @{}
foreach ($name in $pybridge.asked['arguments'].Keys) {
    $pair = foreach ($text in $name, $pybridge.asked['arguments'][$name]) {
        [System.Text.Encoding]::UTF8.GetString([System.Convert]::FromBase64String($text))
    }
    $pybridge.arguments[$pair[0]] = $pair[1]
}
$pybridge.tell = {
    param([string] $Stream, [string] $Text)

    $data = [System.Convert]::ToBase64String([System.Text.Encoding]::UTF8.GetBytes($Text))
    $line = [System.Text.Encoding]::ASCII.GetBytes("$($pybridge.asked['nonce']) $($pybridge.count) $Stream $data`n")
    $pybridge.count++
    $pybridge.out.Write($line, 0, $line.Length)
    $pybridge.out.Flush()
}
$pybridge.sort = {
    begin {
        # Apart from the script's own pipeline: a host that logs modules would record the script's arguments along with it.
        $pybridge.shown = { Out-String -Stream -Width 200 }.GetSteppablePipeline()
        $pybridge.shown.Begin($true)
    }
    process {
        $it = $_
        if ($it -is [string]) { & $pybridge.tell 'output' $it }
        elseif ($it -is [System.Management.Automation.WarningRecord]) { & $pybridge.tell 'warning' $it.Message }
        elseif ($it -is [System.Management.Automation.VerboseRecord]) { & $pybridge.tell 'verbose' $it.Message }
        elseif ($it -is [System.Management.Automation.DebugRecord]) { & $pybridge.tell 'debug' $it.Message }
        elseif ($it -is [System.Management.Automation.InformationRecord]) { & $pybridge.tell 'information' "$($it.MessageData)" }
        elseif ($it -is [System.Management.Automation.ErrorRecord]) { & $pybridge.tell 'error' (Out-String -InputObject $it) }
        else { foreach ($line in $pybridge.shown.Process($it)) { & $pybridge.tell 'output' $line.TrimEnd() } }
    }
    end { foreach ($line in $pybridge.shown.End()) { & $pybridge.tell 'output' $line.TrimEnd() } }
}
# PowerShell 7 would colour its errors.
$pybridge.style = $ExecutionContext.SessionState.PSVariable.GetValue('PSStyle')
if ($pybridge.style) { $pybridge.style.OutputRendering = 'PlainText' }
$ErrorActionPreference = 'Continue'
$ProgressPreference = 'Continue'
$pybridge.deflated = [System.IO.MemoryStream]::new([System.Convert]::FromBase64String($pybridge.asked['script']))
$pybridge.text = [System.IO.Compression.DeflateStream]::new(
    $pybridge.deflated, [System.IO.Compression.CompressionMode]::Decompress)
try {
    $pybridge.script = [scriptblock]::Create([System.IO.StreamReader]::new($pybridge.text).ReadToEnd())
}
catch {
    $problem = $_.Exception
    if ($problem.InnerException -is [System.Management.Automation.ParseException]) { $problem = $problem.InnerException }
    & $pybridge.tell 'error' (Out-String -InputObject $problem.Message)
    & $pybridge.tell 'end' ''
    exit 1
}
$arguments = $pybridge.arguments
# In no block of try: an error that ends a statement of the script would end all of it.
& $pybridge.script @arguments 3>&1 4>&1 5>&1 6>&1 | & $pybridge.sort
& $pybridge.tell 'end' ''
exit 0
