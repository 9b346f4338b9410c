"""What all commands do alike: they stream, tell what they do, heed preferences, and ask before they change."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from shells import Azure, Run, Shell

SIGN_IN = "$null = Connect-AzureRmAccount -Identity\n"
GROUP = "myResourceGroup"


def ran(shell: Shell, azure: Azure, script: str, folder: Path) -> Run:
    """A script that must run without an error."""
    run = shell.run(f"Set-StrictMode -Version Latest\n{SIGN_IN}{script}", azure.environ, folder=folder)
    assert (run.stderr, run.code) == ("", 0)
    return run


def changes(azure: Azure) -> list[str]:
    """The requests to ARM that changed something."""
    return [
        f"{request.method} {request.url.partition('?')[0].rpartition('/')[2]}"
        for request in azure.emulator.requests
        if request.method not in ("GET", "HEAD") and "/subscriptions/" in request.url
    ]


def test_verbose_tells_what_azure_was_asked_and_only_on_request(shell: Shell, owned: Azure, tmp_path: Path) -> None:
    script = f"""
    @(Get-AzureRmVM {GROUP} myVM -Verbose 4>&1 | ForEach-Object {{ "$_" }})[0]
    & {{ $VerbosePreference = 'Continue'; @(Get-AzureRmVM {GROUP} myVM 4>&1).Count }}
    & {{ $VerbosePreference = 'Continue'; @(Get-AzureRmVM {GROUP} myVM -Verbose:$false 4>&1).Count }}
    @(Get-AzureRmVM {GROUP} myVM 4>&1).Count
    """
    lines = ran(shell, owned, script, tmp_path).lines
    assert lines[0].startswith("GET /subscriptions/")
    assert "request ID" in lines[0]
    assert [int(count) > 1 for count in lines[1:]] == [True, False, False]


def test_progress_is_shown_and_taken_away(shell: Shell, owned: Azure, tmp_path: Path) -> None:
    if shell.is_engine:
        pytest.skip("a further session of the engine host has no stand-ins")
    script = f"""
    foreach ($preference in 'Continue', 'SilentlyContinue') {{
        $session = [powershell]::Create()
        $command = 'param($in, $preference) $ProgressPreference = $preference; ' +
            'Stop-AzureRmVM {GROUP} myVM -Force -DefaultProfile $in'
        $null = $session.AddScript($command).AddArgument((Get-AzureRmContext)).AddArgument($preference).Invoke()
        $records = @($session.Streams.Progress | Where-Object {{ $_.Activity -like '*myVM*' }})
        $records.Count
        if ($records.Count) {{
            @($records | ForEach-Object {{ $_.ActivityId }} | Sort-Object -Unique).Count
            [string]$records[0].RecordType; [string]$records[-1].RecordType
        }}
        $session.Runspace.Close()
    }}
    """
    lines = ran(shell, owned, script, tmp_path).lines
    assert int(lines[0]) >= 2
    assert lines[1:] == ["1", "Processing", "Completed", "0"]


def test_what_changes_something_asks_first(shell: Shell, owned: Azure, tmp_path: Path) -> None:
    script = f"""
    Stop-AzureRmVM {GROUP} myVM -WhatIf
    & {{ $WhatIfPreference = $true; Stop-AzureRmVM {GROUP} myVM -Force }}
    try {{ Stop-AzureRmVM {GROUP} myVM -ErrorAction Stop }} catch {{ $_.FullyQualifiedErrorId; "$($_.TargetObject)" }}
    """
    lines = ran(shell, owned, script, tmp_path).lines
    assert lines[:2] == [f'What if: Performing the operation "Stop" on target "{GROUP}/myVM".'] * 2
    assert lines[2:] == ["PyBridge.NotConfirmed,Stop-AzureRmVM", f"{GROUP}/myVM"]
    assert changes(owned) == []


def test_thousands_of_machines_stream(shell: Shell, owned: Azure, tmp_path: Path) -> None:
    world = owned.emulator.world
    group = world.vm("myVM").group
    for number in range(5000):
        world.add_vm(group, f"filler{number}")
    script = """
    $seen = 0
    $memory = @()
    Get-AzureRmVM | ForEach-Object {
        $seen++
        if ($seen % 1500 -eq 0) { $memory += [System.GC]::GetTotalMemory($true) }
    }
    $seen
    $memory[2] - $memory[0] -lt 20MB
    (Get-AzureRmVM | Select-Object -First 1).Name
    """
    lines = ran(shell, owned, script, tmp_path).lines
    assert lines == ["5005", "True", "myVM"]
    pages = sum("virtualMachines?" in request.url for request in owned.emulator.requests)
    assert pages < 51 + 20, "whoever wants one machine must not be sent for all"


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
def test_ctrl_c_ends_a_long_change_and_leaves_it_to_azure(shell: Shell, owned: Azure, tmp_path: Path) -> None:
    owned.emulator.fail("...operations", delay=60, times=None)
    file = tmp_path / "script.ps1"
    file.write_text(
        f"{SIGN_IN}try {{ Stop-AzureRmVM {GROUP} myVM -Force }}\n"
        "finally { [Console]::Out.WriteLine('finally') }\n'on'",
        encoding="ascii",
    )
    with subprocess.Popen(
        shell.command("-File", str(file)),
        env={**owned.environ, "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        deadline = time.monotonic() + 60
        while changes(owned) == []:
            assert time.monotonic() < deadline, "nothing was asked"
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the shell and its children
        output, _ = process.communicate(timeout=20)
    assert "finally" in output
    assert "on" not in output.split()
    assert changes(owned) == ["POST deallocate"]
