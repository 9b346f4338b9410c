# What the benchmarks of the module share. Times are in milliseconds.

function Get-Percentile([double[]] $Values, [double] $Share) {
    $sorted = [double[]]$Values.Clone()
    [array]::Sort($sorted)
    $sorted[[math]::Min($sorted.Count - 1, [int][math]::Floor($Share * $sorted.Count))]
}

function Measure-Duration([scriptblock] $Block) {
    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    & $Block
    $watch.Elapsed.TotalMilliseconds
}
