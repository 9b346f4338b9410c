"""What PowerShell itself writes down where the commands run: parameters of cmdlets, texts of scripts, transcripts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from computers import Computers, computers
from logged_shell import logged
from shells import Azure, Shell
from test_powershell_remote import BEGIN, PASSWORD

#: A text of a script is in the logs, and so would be a password in it.
SIGN_IN = BEGIN.replace(f"'{PASSWORD}'", "[System.Environment]::GetEnvironmentVariable('PASSWORD_OF_THE_TEST')")

LOCAL = """
$token = Get-MsiToken -AsPlainText
$again = Get-MsiToken KeyVault
$token.Length -gt 100
$null = Connect-AzureRmAccount -Identity
(Get-AzureRmVM myResourceGroup myVM).Name
$null = Get-AzureRmContext
"""

THERE = """
$tokens = Get-MsiToken -ComputerName vm01, vm02 @at -AsPlainText
$token = Get-MsiToken -ComputerName vm01 @at -AsPlainText -ForceRefresh
$tokens.Count -eq 2 -and $token.Length -gt 100
$objects = Get-MsiToken KeyVault -ComputerName vm01, vm02 @at
$null = Connect-AzureRmAccount -Identity -ComputerName vm01 @at
(Get-AzureRmVM myResourceGroup myVM).Name
"""


@pytest.fixture(scope="module")
def there() -> Iterator[Computers]:
    with computers({"vm01": "myVM", "vm02": "noRoleVM"}) as found:
        yield found


@pytest.fixture
def environ(there: Computers) -> dict[str, str]:
    return {**there.environ, "PASSWORD_OF_THE_TEST": PASSWORD}


def events(shell: Shell, script: str, environ: Mapping[str, str], folder: Path) -> str:
    """What an administrator can have logged of the script; and it must print nothing but what is expected of it."""
    witness = logged(shell, folder)
    run = Shell(shell.name, witness.executable).run(script, environ, folder=folder)
    assert (run.stderr, run.lines) == ("", ["True", "myVM"])
    texts = witness.texts()
    assert "PowerShell transcript start" in texts["transcripts"]
    assert "eyJ" not in texts["transcripts"]
    assert PASSWORD not in texts["transcripts"]
    return texts["events"]


def trace(shell: Shell, script: str, environ: Mapping[str, str], folder: Path) -> str:
    """A trace of all parameters that cmdlets and functions get while the script runs."""
    if shell.is_engine:
        pytest.skip("the engine host traces nothing")
    traced = f"$act = {{ {script} }}\nTrace-Command -Name ParameterBinding -FilePath ./trace.txt -Expression $act"
    run = shell.run(traced, environ, folder=folder)
    assert (run.stderr, run.lines) == ("", ["True", "myVM"])
    return (folder / "trace.txt").read_text(encoding="utf-8")


WITNESSES = pytest.mark.parametrize("witness", [events, trace])


@WITNESSES
def test_nothing_shows_a_token_of_this_machine(
    shell: Shell, azure: Azure, tmp_path: Path, witness: Callable[..., str]
) -> None:
    text = witness(shell, LOCAL, azure.environ, tmp_path)
    assert any(shown in text for shown in ('name="Worker"', "to parameter [Worker]"))
    assert "eyJ" not in text


@WITNESSES
def test_nothing_shows_what_came_from_other_computers(
    shell: Shell, environ: dict[str, str], tmp_path: Path, witness: Callable[..., str]
) -> None:
    text = witness(shell, SIGN_IN + THERE, environ, tmp_path)
    assert any(shown in text for shown in ('name="Frame"', "to parameter [Frame]"))
    assert "eyJ" not in text
    assert PASSWORD not in text
