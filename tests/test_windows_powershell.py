"""Every PowerShell file that is shipped holds only what Windows PowerShell 5.1 has; and the check of it does see.

The check is windows_powershell/Check.ps1; any PowerShell runs it.
"""

from __future__ import annotations

import os
import re
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
from shells import ROOT, SHELLS, Shell

import pybridge
from pybridge.module import module_root

CHECK = ROOT / "tests" / "windows_powershell" / "Check.ps1"
KINDS = (".ps1", ".psm1", ".psd1", ".psrc")
#: Scripts as their users have them: they are run as they are.
ACCEPTANCE = {ROOT / "examples" / name for name in ("sign-in.ps1", "sign-in-short.ps1")}


def shipped_files() -> list[Path]:
    """What users get, and what their editors and CI read; templates are no PowerShell yet."""
    package = Path(pybridge.__file__).parent
    folders = [module_root(), package / "remote", package / "sessions", ROOT / "examples", CHECK.parent]
    files = [path for folder in folders for path in sorted(folder.rglob("*")) if path.suffix in KINDS]
    files += sorted(ROOT.glob("*.psd1"))
    return [path for path in files if path not in ACCEPTANCE and path.parent.name != "templates"]


def check(shell: Shell, folder: Path, *files: Path) -> tuple[int, list[str]]:
    run = shell.run(CHECK, os.environ, folder=folder, arguments=[str(file) for file in files])
    assert run.stderr == ""
    return run.code, run.lines


def test_shipped_files_have_only_what_5_1_has(shell: Shell, tmp_path: Path) -> None:
    files = shipped_files()
    assert {path.suffix for path in files} == set(KINDS)
    assert check(shell, tmp_path, *files) == (0, [])


# Each with the word that must be in what the check says of its line.
BAD = [
    ("$x = if ($a) { 1 }; $y = $a ? 1 : 2", "? :"),
    ("$x = $a ?? 'b'", "??"),
    ("$a ??= 'b'", "??="),
    ("${a}?.Name", "?."),
    ("${a}?[0]", "?[]"),
    ("Get-Date && Get-Date", "&&"),
    ("Get-Date || Get-Date", "||"),
    ("Get-Date &", "background"),
    ("function F { process { 1 } clean { 2 } }", "clean"),
    ("Get-Date\n| Out-Null", "begins with a pipe"),
    ("[array]::Empty[int]()", "type arguments"),
    ("'a'..'c'", "range of letters"),
    ('"`u{1F600}"', "`u{...}"),
    ('"`e[0m"', "`e"),
    ("$x = 0b101", "binary"),
    ("$x = 5u", "suffix"),
    ("$x = 0x5uy", "suffix"),
    ("enum E : byte { A }", "enum"),
    ("#Requires -Version 7.0", "#Requires"),
    ("#Requires -PSEdition Core", "#Requires"),
    ("if ($IsWindows) { 1 }", "$IsWindows"),
    ("if ($global:IsLinux) { 1 }", "$IsLinux"),
    ("if ($IsMacOS -or $IsCoreCLR) { 1 }", "$IsMacOS"),
    ("$PSStyle.OutputRendering = 1", "$PSStyle"),
    ("Test-Json '{}'", "Test-Json"),
    ("Get-Error", "Get-Error"),
    ("Microsoft.PowerShell.Utility\\Join-String -Separator ','", "Join-String"),
    ("Get-Uptime; Remove-Alias x", "Remove-Alias"),
    ("'{}' | ConvertFrom-Json -AsHashtable", "-AsHashtable"),
    ("'{}' | ConvertFrom-Json -AsHash", "-AsHashtable"),
    ("ConvertFrom-Json '{}' -Depth 5", "-Depth"),
    ("ConvertFrom-Json '[]' -NoEnumerate", "-NoEnumerate"),
    ("ConvertFrom-Json '{}' -DateKind String", "-DateKind"),
    ("ConvertTo-Json 1 -AsArray", "-AsArray"),
    ("ConvertTo-Json 1 -EnumsAsStrings -EscapeHandling EscapeHtml", "-EscapeHandling"),
    ("Invoke-WebRequest http://x -NoProxy -UseBasicParsing", "-NoProxy"),
    ("Invoke-RestMethod http://x -UseBasicParsing -SkipHttpErrorCheck", "-SkipHttpErrorCheck"),
    ("$with = @{ UseBasicParsing = $true; NoProxy = $true }\nInvoke-WebRequest http://x @with", "-NoProxy"),
    ("$with = @{ UseBasicParsing = $true }\n$with['NoProxy'] = 1\niwr http://x @with", "-NoProxy"),
    ("Invoke-WebRequest http://x", "-UseBasicParsing"),
    ("ConvertFrom-SecureString $s -AsPlainText", "-AsPlainText"),
    ("ConvertTo-SecureString x -AsPlainText", "-Force"),
    ("Get-Content x -AsByteStream", "-AsByteStream"),
    ("Join-Path a b -AdditionalChildPath c", "-AdditionalChildPath"),
    ("Join-Path a b c", "positional"),
    ("Join-Path -Resolve a b c", "positional"),
    ("Split-Path x -LeafBase", "-LeafBase"),
    ("Split-Path x -Extension", "-Extension"),
    ("1, 2 | ForEach-Object -Parallel { $_ }", "-Parallel"),
    ("1, 2 | % -Parallel { $_ }", "-Parallel"),
    ("Start-Job { 1 } -WorkingDirectory x", "-WorkingDirectory"),
    ("'x' | Out-File y -Encoding utf8NoBOM", "utf8NoBOM"),
    ("Set-Content y 'x' -Encoding:utf8BOM", "utf8BOM"),
    ("Get-Date -ErrorAction Break", "Break"),
    ("Select-String x y -Raw", "-Raw"),
    ("Select-String x y -NoEmphasis", "-NoEmphasis"),
    ("Get-Date -AsUTC", "-AsUTC"),
    ("Start-Process x -Environment @{}", "-Environment"),
    ("[semver]'1.0.0'", "SemanticVersion"),
    ("[System.Text.Json.JsonDocument]::Parse('{}')", "System.Text.Json"),
    ("[System.Collections.Generic.PriorityQueue[string, int]]::new()", "PriorityQueue"),
    ("[System.Collections.Generic.List[System.DateOnly]]::new()", "DateOnly"),
    ("New-Object System.HashCode", "HashCode"),
    ("param([System.Index] $i)", "Index"),
    ("param([ArgumentCompletions('a')] $x)", "ArgumentCompletions"),
    ("param([ValidateSet('a', ErrorMessage = 'b')] $x)", "ErrorMessage"),
    ("param([ValidateNotNullOrWhiteSpace()] $x)", "ValidateNotNullOrWhiteSpace"),
    ("[System.IO.Path]::Join('a', 'b')", "Join"),
    ("[IO.Path]::GetRelativePath('a', 'b')", "GetRelativePath"),
    ("[System.IO.File]::ReadAllTextAsync('a')", "ReadAllTextAsync"),
    ("[System.IO.File]::Move('a', 'b', $true)", "Move with 3 arguments"),
    ("[math]::Clamp(1, 2, 3)", "Clamp"),
    ("[Convert]::ToHexString($bytes)", "ToHexString"),
    ("[System.Security.Cryptography.RandomNumberGenerator]::Fill($bytes)", "Fill"),
    ("[System.Security.Cryptography.SHA256]::HashData($bytes)", "HashData"),
    ("[Environment]::ProcessId", "ProcessId"),
    ("[System.Net.HttpStatusCode]::TooManyRequests", "TooManyRequests"),
    ("[System.Net.SecurityProtocolType]::Tls13", "Tls13"),
    ("$info = [System.Diagnostics.ProcessStartInfo]::new(); $info.ArgumentList.Add('x')", "ArgumentList"),
    ("function F($info) { $info.StandardInputEncoding = $null }", "StandardInputEncoding"),
    ("[System.Diagnostics.ProcessStartInfo]@{ ArgumentList = 'x' }", "ArgumentList"),
    ("$process.Kill($true)", "Kill with 1 argument"),
    ("$process.WaitForExitAsync()", "WaitForExitAsync"),
    ("$reader.ReadLineAsync($token)", "ReadLineAsync with 1 argument"),
    ("'abc'.Contains('B', [StringComparison]::OrdinalIgnoreCase)", "Contains with 2 arguments"),
    ("$text.Replace('a', 'b', [StringComparison]::Ordinal)", "Replace with 3 arguments"),
    ("$text.Split('ab')", "Split"),
    ("$text.Split($separator)", "Split"),
    ("$table = [System.Collections.Generic.Dictionary[string, int]]::new()\n$table.TryAdd('a', 1)", "TryAdd"),
    ("$queue = New-Object 'System.Collections.Generic.Queue[int]'\n$queue.TryDequeue([ref]$x)", "TryDequeue"),
    ("$x = @(\n1", "')'"),
    ("'a'\n# caf\u00e9", "ASCII"),
    ("'a'\r\n'b'\n", "mixed"),
]

# All of it is there in 5.1.
GOOD = textwrap.dedent(r"""
    #Requires -Version 5.1
    Set-StrictMode -Version Latest
    class Sample { [string] $Name; Sample([string] $name) { $this.Name = $name } }
    enum Colour { Red; Green }
    $set = 1..3
    $text = "a``u{41} `t $($set[0]) 0b1 ?? && $env:OS"
    $null = $text.Split(',') + $text.Split([char[]]"`r`n", [System.StringSplitOptions]::RemoveEmptyEntries)
    $null = $text.Replace('a', 'b').Contains('b'), ($text -split 'ab'), [regex]::Replace($text, 'a', 'b', 'IgnoreCase')
    $pattern = [regex]'a'
    $null = $pattern.Replace($text, 'b', 1), $pattern.Split($text)
    $queue = [System.Collections.Concurrent.ConcurrentQueue[string]]::new()
    $null = $queue.TryDequeue([ref]$null)
    $null = '{}' | ConvertFrom-Json | ConvertTo-Json -Depth 5 -Compress
    $with = @{ Uri = 'http://x'; UseBasicParsing = $true }
    if ($false) { Invoke-WebRequest @with }
    $null = Join-Path -Path a -ChildPath b
    $null = Join-Path a b
    $secret = ConvertTo-SecureString 'x' -AsPlainText -Force
    $null = [System.IO.Path]::Combine('a', 'b', 'c'), 0x1F, 5kb, 1e3, 7L, 2d
    $null = Get-Date |
        Select-Object -Property Year -First 1
    $table = [ordered]@{ ArgumentList = 1; Kill = 2 }
    $null = $table.Keys, $table['ArgumentList'], $secret.Length, [System.IO.StringReader]::new('a').ReadLineAsync()
    'x' | Out-File -FilePath ([System.IO.Path]::GetTempFileName()) -Encoding utf8
    """).lstrip()


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Shell], list[str]]:
    """What the check says of the samples, all in one run a shell."""
    folder = tmp_path_factory.mktemp("samples")
    files = [folder / f"bad{index}.ps1" for index in range(len(BAD))]
    for file, (text, _) in zip(files, BAD, strict=True):
        file.write_bytes(text.encode())
    lines: dict[str, list[str]] = {}

    def of(shell: Shell) -> list[str]:
        if shell.name not in lines:
            code, lines[shell.name] = check(shell, folder, *files)
            assert code == 1
        return lines[shell.name]

    return of


@pytest.mark.parametrize("index", range(len(BAD)), ids=[text.partition("\n")[0] for text, _ in BAD])
def test_bad_sample_is_refused_with_file_line_and_reason(
    shell: Shell, said: Callable[[Shell], list[str]], index: int
) -> None:
    text, word = BAD[index]
    found = [re.split(rf"bad{index}\.ps1:(\d+): ", line)[1:] for line in said(shell) if f"bad{index}.ps1:" in line]
    if shell.name == "powershell" and not any(word in reason for _, reason in found):
        assert found, "the parser of 5.1 refuses it in words of its own"
        return
    last = text.rstrip("\r\n").count("\n") + 1
    assert [int(number) for number, reason in found if word in reason] == [last], found


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_good_sample_passes(shell: Shell, tmp_path: Path, newline: str) -> None:
    (tmp_path / "good.ps1").write_bytes(GOOD.replace("\n", newline).encode())
    assert check(shell, tmp_path, tmp_path / "good.ps1") == (0, [])


def test_every_faulty_file_of_a_run_is_named(tmp_path: Path) -> None:
    """A clean one before it hides nothing."""
    if not SHELLS:
        pytest.skip("no PowerShell on this machine")
    for name, text in {"a.ps1": "1", "b.psm1": "$a ?? 1", "c.psd1": "@{ a = 'b' ? 1 : 2 }"}.items():
        (tmp_path / name).write_text(text, encoding="ascii")
    code, lines = check(SHELLS[0], tmp_path, *sorted(tmp_path.glob("*.ps*")))
    assert code == 1
    assert [re.search(r"(\w\.psm?d?1):1", line)[1] for line in lines] == ["b.psm1", "c.psd1"]  # type: ignore[index]
