"""Install-PyBridgeModule: the module goes from this PowerShell to others, whole, and only where it is not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from computers import Computers, computers
from shells import Shell
from test_powershell_remote import BEGIN, MACHINES, ran

import pybridge
from pybridge.parcel import pack


@pytest.fixture
def there(shell: Shell) -> Iterator[Computers]:
    with computers(MACHINES, shell) as found:
        yield found


def folder_of(modules: Path) -> Path:
    return modules / "PyBridge" / pybridge.__version__


def installed(modules: Path) -> set[str]:
    folder = folder_of(modules)
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_it_is_put_on_several_computers_and_known_again(shell: Shell, there: Computers, tmp_path: Path) -> None:
    script = f"""
    $put = @(Install-PyBridgeModule vm01, vm02 @at -Path '{tmp_path / "Modules"}')
    $again = @('vm01', 'vm02' | Install-PyBridgeModule @at -Path '{tmp_path / "Modules"}')
    ConvertTo-Json -Compress -Depth 3 -InputObject @{{
        computers = @($put | ForEach-Object {{ $_.PSComputerName }} | Sort-Object)
        shown = "$($put[0])"
        version = "$($put[0].Name) $($put[0].Version)"
        put = @($put | ForEach-Object {{ $_.State }})
        again = @($again | ForEach-Object {{ $_.State }})
    }}
    """
    shown = json.loads(ran(shell, there, script, tmp_path).lines[-1])
    assert "Installed" in shown.pop("put")
    assert shown == {
        "computers": ["vm01", "vm02"],
        "shown": str(folder_of(tmp_path / "Modules")),
        "version": f"PyBridge {pybridge.__version__}",
        "again": ["AlreadyThere", "AlreadyThere"],
    }
    assert installed(tmp_path / "Modules") == set(pack().files)
    assert [path.name for path in (tmp_path / "Modules" / "PyBridge").iterdir()] == [pybridge.__version__]


def test_one_that_cannot_have_it_stops_no_other(shell: Shell, there: Computers, tmp_path: Path) -> None:
    there.hosts["vm02"].fault("Create", "fault", code=5, times=0)
    script = f"""
    $with = $at + @{{ Path = '{tmp_path / "Modules"}'; ErrorAction = 'SilentlyContinue'; ErrorVariable = 'failed' }}
    $put = @(Install-PyBridgeModule vm01, vm02 @with)
    "$($put.PSComputerName) $($put.State)"
    "$($failed.Count) $($failed[0].TargetObject) $($failed[0].CategoryInfo.Category)"
    """
    run = shell.run(BEGIN + script, there.environ, folder=tmp_path)
    assert (run.stderr, run.lines) == ("", ["vm01 Installed", "1 vm02 AuthenticationError"])


def test_what_if_puts_it_nowhere(shell: Shell, there: Computers, tmp_path: Path) -> None:
    script = f"Install-PyBridgeModule vm01, vm02 @at -Path '{tmp_path / 'Modules'}' -WhatIf"
    run = ran(shell, there, script, tmp_path)
    assert "vm01" in run.stdout
    assert not (tmp_path / "Modules").exists()
    assert there.first.requests == []


def test_a_folder_that_cannot_be_is_said_with_a_remedy(shell: Shell, there: Computers, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    script = f"""
    try {{ Install-PyBridgeModule vm01 @at -Path '{tmp_path / "file"}' -ErrorAction Stop }}
    catch {{ $_.FullyQualifiedErrorId; $_.Exception.Message }}
    """
    run = ran(shell, there, script, tmp_path)
    assert run.lines[0] == "PyBridge.RemoteScriptFailed,Install-PyBridgeModule"
    assert f"vm01: the module cannot be put into {folder_of(tmp_path / 'file')}" in run.lines[1]
