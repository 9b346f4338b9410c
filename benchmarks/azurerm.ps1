# What the AzureRM surface costs on the emulator. Run by `make bench`, or:
#
#   pybridge emulate --port 0 -- pwsh -NoProfile -File benchmarks/azurerm.ps1
#
# Prints one table, the reach beside each figure; times in milliseconds. For the many VMs it starts an emulator of its own
# and, in that, itself: -Part Stream says for which figures.

param(
    [int] $Runs = 15,
    [int] $Warm = 1000,
    [int] $Machines = 5000,
    [ValidateSet('All', 'Stream')] [string] $Part = 'All'
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
. "$PSScriptRoot/timing.ps1"
$shell = (Get-Process -Id $PID).Path
$client = [System.Net.Http.HttpClient]::new()
$client.Timeout = [timespan]::FromMinutes(5)

function Read-Page([string] $Url, [string] $Token) {
    # One exchange with the emulator, by nothing but .NET's own client.
    $request = [System.Net.Http.HttpRequestMessage]::new('GET', $Url)
    $request.Headers.Authorization = [System.Net.Http.Headers.AuthenticationHeaderValue]::new('Bearer', $Token)
    $response = $client.SendAsync($request).GetAwaiter().GetResult()
    $null = $response.EnsureSuccessStatusCode()
    $response.Content.ReadAsStringAsync().GetAwaiter().GetResult()
}

function Get-ComputeUrl([string] $Path) {
    $subscription = (Get-AzureRmContext).Subscription.Id
    "$env:PYBRIDGE_ARM_ENDPOINT/subscriptions/$subscription$Path`?api-version=2024-07-01"
}

function Measure-Import {
    # Process after process, in turn, so that a drift of the machine meets both alike.
    $bare = @(); $import = @()
    for ($i = 0; $i -lt $Runs; $i++) {
        $bare += Measure-Duration { & $shell -NoProfile -NonInteractive -Command 1 | Out-Null }
        $import += Measure-Duration { & $shell -NoProfile -NonInteractive -Command 'Import-Module PyBridge; 1' | Out-Null }
    }
    @{ Bare = Get-Percentile $bare 0.5; Import = Get-Percentile $import 0.5 }
}

function Measure-OneMachine {
    # In turns of twenty, each warm; the first turns are not counted.
    Connect-AzureRmAccount -Identity | Out-Null
    $url = Get-ComputeUrl '/resourceGroups/myResourceGroup/providers/Microsoft.Compute/virtualMachines/myVM'
    $token = Get-MsiToken -AsPlainText
    $command = [System.Collections.Generic.List[double]]::new()
    $answer = [System.Collections.Generic.List[double]]::new()
    for ($turn = -4; $turn -lt $Warm / 20; $turn++) {
        for ($i = 0; $i -lt 20; $i++) {
            $time = Measure-Duration { $null = Get-AzureRmVM -ResourceGroupName myResourceGroup -Name myVM }
            if ($turn -ge 0) { $command.Add($time) }
        }
        for ($i = 0; $i -lt 20; $i++) {
            $time = Measure-Duration { $null = Read-Page $url $token }
            if ($turn -ge 0) { $answer.Add($time) }
        }
    }
    @{ Command = Get-Percentile $command 0.5; Answer = Get-Percentile $answer 0.5 }
}

function Measure-Completion {
    # What Tab waits for, with the names at hand in the backend.
    $times = [System.Collections.Generic.List[double]]::new()
    $found = 0
    foreach ($line in 'Get-AzureRmVM -ResourceGroupName ', 'Get-AzureRmVM -ResourceGroupName myResourceGroup -Name ') {
        for ($i = -10; $i -lt 100; $i++) {
            $time = Measure-Duration {
                $script:completed = [System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null)
            }
            if ($i -ge 0) { $times.Add($time) }
        }
        $found += $script:completed.CompletionMatches.Count
    }
    @{ Time = Get-Percentile $times 0.95; Found = $found }
}

function Measure-Stream {
    # All VMs by the command; all pages by .NET's client; all lines of the worker by ConvertFrom-Json alone. Warm: the
    # first turn is not counted. Each begins with what the one before has left collected: the pages are large objects, and
    # would be collected during the others.
    Connect-AzureRmAccount -Identity | Out-Null
    $token = Get-MsiToken -AsPlainText
    $first = Get-ComputeUrl '/providers/Microsoft.Compute/virtualMachines'
    $lines = Get-WorkerLine { Get-AzureRmVM | Out-Null }
    $stream = @(); $pages = @(); $parse = @()
    for ($i = 0; $i -lt 10; $i++) {
        [GC]::Collect()
        $pages += Measure-Duration {
            $url = $first
            while ($url) {
                $link = [regex]::Match((Read-Page $url $token), '"nextLink":\s*"([^"]+)"')
                $url = if ($link.Success) { $link.Groups[1].Value } else { $null }
            }
        }
        [GC]::Collect()
        $parse += Measure-Duration { foreach ($line in $lines) { $null = ConvertFrom-Json -InputObject $line } }
        [GC]::Collect()
        $stream += Measure-Duration { Get-AzureRmVM | Out-Null }
    }
    @{
        Stream = Get-Percentile ($stream | Select-Object -Skip 1) 0.5
        Pages  = Get-Percentile ($pages | Select-Object -Skip 1) 0.5
        Parse  = Get-Percentile ($parse | Select-Object -Skip 1) 0.5
        Lines  = $lines.Count
    }
}

function Get-WorkerLine([scriptblock] $Block) {
    # What the worker writes while a block runs: for that long, its reader is one that keeps what it reads.
    $keeper = [pscustomobject]@{ Reader = $null; Tasks = [System.Collections.Generic.List[object]]::new() }
    $keeper | Add-Member -MemberType ScriptMethod -Name ReadLineAsync -Value {
        $task = $this.Reader.ReadLineAsync()
        $this.Tasks.Add($task)
        $task
    }
    $module = Get-Module PyBridge
    & $module { param($Keeper) $Keeper.Reader = $script:Worker.Reader; $script:Worker.Reader = $Keeper } $keeper
    try { & $Block }
    finally { & $module { param($Keeper) $script:Worker.Reader = $Keeper.Reader } $keeper }
    foreach ($task in $keeper.Tasks) { if ($task.IsCompleted -and $null -ne $task.Result) { $task.Result } }
}

function Measure-ManyMachine {
    # An emulator with that many VMs, and in it the figures for them, in a process of its own; and what is measured of
    # memory in one that does nothing else, as PowerShell takes ten megabytes and more for anything that it does.
    $file = [System.IO.Path]::GetTempFileName()
    $names = 0..($Machines - 1) | ForEach-Object { '          vm{0:d5}:' -f $_ }
    $world = "subscriptions:`n  Many:`n    access: {Reader: [vm00000]}`n    groups:`n      rg:`n        vms:`n"
    [System.IO.File]::WriteAllText($file, $world + ($names -join "`n"))
    $python = & (Get-Module PyBridge) { $script:Interpreter }
    $options = '-m', 'pybridge', 'emulate', '--port', '0', '--state', $file, '--machine', 'vm00000', '--'
    $self = $shell, '-NoProfile', '-NonInteractive', '-File', $PSCommandPath, '-Part', 'Stream'
    $commands = 'Connect-AzureRmAccount -Identity | Out-Null; Get-AzureRmVM | Out-Null; ' +
        '[System.Diagnostics.Process]::GetCurrentProcess().PeakWorkingSet64 / 1MB'
    $small = $shell, '-NoProfile', '-NonInteractive', '-Command', $commands
    try {
        @{
            Stream = & $python @options @self | Select-Object -Last 1 | ConvertFrom-Json
            Memory = Get-Percentile @(1..5 | ForEach-Object { [double](& $python @options @small | Select-Object -Last 1) }) 0.5
        }
    }
    finally { [System.IO.File]::Delete($file) }
}

Import-Module PyBridge
if ($Part -eq 'Stream') {
    Measure-Stream | ConvertTo-Json -Compress
    return
}

$start = Measure-Import
$one = Measure-OneMachine
$tab = Measure-Completion
$many = Measure-ManyMachine
$stream = $many.Stream
$bare = $stream.Parse + $stream.Pages
$count = '{0:n0}' -f $Machines

function Get-Row([string] $Figure, [string] $Value, [string] $Reach) {
    [pscustomobject]@{ Figure = $Figure; Value = $Value; Reach = $Reach }
}

@(
    Get-Row 'bare shell, p50' ('{0:n0} ms' -f $start.Bare)
    Get-Row 'import over the bare shell, p50' ('{0:n0} ms' -f ($start.Import - $start.Bare)) '<= 80 ms'
    Get-Row 'the emulator answers with one VM, p50' ('{0:n2} ms' -f $one.Answer)
    Get-Row 'Get-AzureRmVM of one VM over that, p50' ('{0:n2} ms' -f ($one.Command - $one.Answer)) '<= 3 ms'
    Get-Row "the emulator's pages of $count VMs" ('{0:n0} ms' -f $stream.Pages)
    Get-Row "ConvertFrom-Json of the worker's $($stream.Lines) lines" ('{0:n0} ms' -f $stream.Parse)
    Get-Row "Get-AzureRmVM | Out-Null of $count VMs" ('{0:n0} ms' -f $stream.Stream)
    Get-Row 'which is, of the two before it' ('{0:n2}x' -f ($stream.Stream / $bare)) '<= 1.5x'
    Get-Row "pwsh's memory after that, at its peak" ('{0:n0} MB' -f $many.Memory) '<= 150 MB'
    Get-Row "completion, p95 ($($tab.Found) names)" ('{0:n1} ms' -f $tab.Time) '<= 50 ms'
) | Format-Table -AutoSize | Out-String -Width 120 | Write-Output
"PowerShell $($PSVersionTable.PSVersion), $([System.Runtime.InteropServices.RuntimeInformation]::OSDescription), $([Environment]::ProcessorCount) cores; $Runs processes, $Warm warm calls"
