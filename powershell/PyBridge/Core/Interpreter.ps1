# Which Python runs the worker.

function script:Get-PyBridgeInterpreter {
    # The full path of a Python that can import pybridge, looked for once in a session.
    if ($null -ne $script:Interpreter) { return $script:Interpreter }

    $recorded = [System.IO.Path]::Combine([System.IO.Path]::GetDirectoryName($PSScriptRoot), 'interpreter.txt')
    # In JSON, which is ASCII: the two sides may disagree on code pages.
    $import = '-c "import json, sys, pybridge; print(json.dumps(sys.executable))"'
    if ($env:PYBRIDGE_PYTHON) {
        # Named by the user: this one, or an error about this one.
        $candidates = @(, @('$env:PYBRIDGE_PYTHON', $env:PYBRIDGE_PYTHON, $import))
    }
    else {
        $candidates = @(
            if ([System.IO.File]::Exists($recorded)) {
                , @('recorded by "pybridge module install"', [System.IO.File]::ReadAllText($recorded).Trim(), $import)
            }
            , @('on PATH', 'pybridge', 'module interpreter')
            , @('on PATH', 'python3', $import)
            , @('on PATH', 'py', "-3 $import")
        )
    }
    $tried = @()
    foreach ($candidate in $candidates) {
        $origin, $name, $arguments = $candidate
        $found = Resolve-PyBridgeInterpreter $name $arguments
        if ($found.Path) {
            $script:Interpreter = $found.Path
            return $found.Path
        }
        $tried += "$name ($origin): $($found.Reason)"
    }
    throw (New-PyBridgeError -Code 'python_not_found' -Message "No Python that can import pybridge was found. Tried: $($tried -join '; ')." -Remedy @'
Install it with "python3 -m pip install pybridge" (on Windows "py -3 -m pip install pybridge"), then run "pybridge module install".
Or name an interpreter that has it: $env:PYBRIDGE_PYTHON = '<path of python>'.
'@)
}

function script:Resolve-PyBridgeInterpreter {
    # Asks a candidate for its own path: a launcher or shim is not what we want to start and stop.
    param([string] $Name, [string] $Arguments)

    $path = $Name
    if (-not [System.IO.Path]::IsPathRooted($Name)) {
        $command = @($ExecutionContext.InvokeCommand.GetCommands($Name, 'Application', $false))
        if ($command.Count -eq 0) { return @{ Path = $null; Reason = 'not found' } }
        $path = $command[0].Source
    }
    try {
        $process = [System.Diagnostics.Process]::Start((New-PyBridgeStartInfo $path $Arguments))
    }
    catch {
        return @{ Path = $null; Reason = 'cannot be started' }
    }
    try {
        $process.StandardInput.Close()
        $output = $process.StandardOutput.ReadToEndAsync()
        $errors = $process.StandardError.ReadToEndAsync()
        # Short waits, so that Ctrl+C is heeded between two of them.
        for ($i = 0; $i -lt 200 -and -not $process.WaitForExit(100); $i++) { }
        if (-not $process.HasExited) { return @{ Path = $null; Reason = 'did not answer within 20 s' } }
        if ($process.ExitCode -ne 0) { return @{ Path = $null; Reason = Get-LastLine $errors.Result } }
        return @{ Path = ConvertFrom-Json -InputObject $output.Result; Reason = $null }
    }
    catch [System.ArgumentException] {
        return @{ Path = $null; Reason = "answered '$(Get-LastLine $output.Result)', which is not the path of a Python" }
    }
    finally {
        try { if (-not $process.HasExited) { $process.Kill() } } catch { $null = $_ }
    }
}

function script:New-PyBridgeStartInfo {
    param([string] $Path, [string] $Arguments)

    $info = [System.Diagnostics.ProcessStartInfo]::new($Path, $Arguments)
    $info.UseShellExecute = $false
    $info.CreateNoWindow = $true
    $info.RedirectStandardInput = $true
    $info.RedirectStandardOutput = $true
    $info.RedirectStandardError = $true
    # Python imports from its working directory first. In the module's own folder nobody has planted anything.
    $info.WorkingDirectory = [System.IO.Path]::GetDirectoryName($PSScriptRoot)
    $info
}

function script:Get-LastLine {
    param([string] $Text)

    $lines = @($Text.Split([char[]]"`r`n", [System.StringSplitOptions]::RemoveEmptyEntries))
    if ($lines.Count -eq 0) { 'failed without a word' } else { $lines[-1].Trim() }
}
