# What the module costs, side by side with Invoke-WebRequest on the same emulator. Run by `make bench`, or:
#
#   pybridge emulate --port 0 -- pwsh -NoProfile -File benchmarks/shim.ps1
#
# Prints one table; times in milliseconds.

param([int] $Runs = 15, [int] $Warm = 2000)

$ErrorActionPreference = 'Stop'
. "$PSScriptRoot/timing.ps1"
$shell = (Get-Process -Id $PID).Path
$resource = 'https://management.azure.com/'

# Process after process, in turn, so that a drift of the machine meets all of them alike.
$bare = @(); $import = @(); $first = @()
$firstToken = '$w = [System.Diagnostics.Stopwatch]::StartNew(); $null = Get-MsiToken; $w.Elapsed.TotalMilliseconds'
for ($i = 0; $i -lt $Runs; $i++) {
    $bare += Measure-Duration { & $shell -NoProfile -NonInteractive -Command 1 | Out-Null }
    $import += Measure-Duration { & $shell -NoProfile -NonInteractive -Command 'Import-Module PyBridge; 1' | Out-Null }
    $first += [double](& $shell -NoProfile -NonInteractive -Command "Import-Module PyBridge; $firstToken")
}

Import-Module PyBridge
$endpoint = $env:PYBRIDGE_VM_EXTENSION_ENDPOINT
$module = [System.Collections.Generic.List[double]]::new()
$web = [System.Collections.Generic.List[double]]::new()
# In turns of fifty, so that each is warm, and a drift of the machine meets both; the first turns are not counted.
for ($turn = -4; $turn -lt $Warm / 50; $turn++) {
    for ($i = 0; $i -lt 50; $i++) {
        $time = Measure-Duration { $null = Get-MsiToken }
        if ($turn -ge 0) { $module.Add($time) }
    }
    for ($i = 0; $i -lt 50; $i++) {
        $time = Measure-Duration {
            $answer = Invoke-WebRequest -Uri $endpoint -Body @{ resource = $resource } -Headers @{ Metadata = 'true' }
            $null = $answer.Content | ConvertFrom-Json
        }
        if ($turn -ge 0) { $web.Add($time) }
    }
}
$worker = & (Get-Module PyBridge) { $script:Worker.Process }
$worker.Refresh()
$resident = $worker.WorkingSet64 / 1MB
Connect-AzureRmAccount -Identity | Out-Null
Get-AzureRmVM | Out-Null
$worker.Refresh()

$warm50, $web50 = (Get-Percentile $module 0.5), (Get-Percentile $web 0.5)
@(
    [pscustomobject]@{ Figure = 'import over the bare shell, p50'; Value = '{0:n0} ms' -f ((Get-Percentile $import 0.5) - (Get-Percentile $bare 0.5)); Reach = '<= 80 ms' }
    [pscustomobject]@{ Figure = 'first Get-MsiToken, p50'; Value = '{0:n0} ms' -f (Get-Percentile $first 0.5); Reach = '<= 400 ms' }
    [pscustomobject]@{ Figure = 'warm Get-MsiToken, p50'; Value = '{0:n3} ms' -f $warm50; Reach = '<= 0.5 ms' }
    [pscustomobject]@{ Figure = 'warm Get-MsiToken, p99'; Value = '{0:n3} ms' -f (Get-Percentile $module 0.99); Reach = '' }
    [pscustomobject]@{ Figure = 'warm Invoke-WebRequest | ConvertFrom-Json, p50'; Value = '{0:n3} ms' -f $web50; Reach = '' }
    [pscustomobject]@{ Figure = 'how much faster'; Value = '{0:n1}x' -f ($web50 / $warm50); Reach = '>= 2x' }
    [pscustomobject]@{ Figure = 'worker memory after tokens'; Value = '{0:n0} MB' -f $resident; Reach = '<= 40 MB' }
    [pscustomobject]@{ Figure = 'worker memory after ARM calls too'; Value = '{0:n0} MB' -f ($worker.WorkingSet64 / 1MB); Reach = '<= 40 MB' }
) | Format-Table -AutoSize | Out-String -Width 120 | Write-Output
"PowerShell $($PSVersionTable.PSVersion), $([System.Runtime.InteropServices.RuntimeInformation]::OSDescription), $([Environment]::ProcessorCount) cores; $Runs processes, $Warm warm calls"
