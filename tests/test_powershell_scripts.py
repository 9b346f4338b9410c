"""Whole scripts, as users have them."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from shells import ROOT, Azure, Shell, serve_azure

from pybridge.emulator import Emulator
from pybridge.errors import UsageError

#: Port 50342 is there once.
pytestmark = pytest.mark.xdist_group("port 50342")

ACCEPTANCE = ROOT.parent / "shared" / "acceptance" / "sign-in.ps1"
EXAMPLES = ROOT / "examples"


@pytest.fixture
def article(shell: Shell) -> Iterator[Mapping[str, str]]:
    """The variables for an emulator on port 50342: the one that scripts of 2017 have in their text.

    The system gives that port to connections too, to those of tests that run beside this one: it is waited for.
    """
    deadline = time.monotonic() + 60
    while True:
        running = serve_azure(Emulator(), shell, port=50342)
        try:
            azure = next(running)
            break
        except UsageError:
            assert time.monotonic() < deadline, "another program keeps port 50342"
            time.sleep(0.05)
    yield azure.environ
    next(running, None)


def principal_of(emulator: Emulator, name: str) -> str:
    return emulator.world.principal_id(name)


@pytest.mark.skipif(not ACCEPTANCE.is_file(), reason="no acceptance script beside the checkout")
def test_the_script_of_2017_runs_byte_for_byte(shell: Shell, article: Mapping[str, str], tmp_path: Path) -> None:
    run = shell.run(ACCEPTANCE, article, folder=tmp_path)
    assert run.code == 0, run.stderr
    assert run.stderr == ""
    assert run.lines[0].startswith("The MSI access token is eyJ")
    assert re.fullmatch(r"Account +SubscriptionName +TenantId +Environment", run.lines[1])
    assert re.fullmatch(r"MSI@50342 +Subscription1 +\S+ +AzureCloud", run.lines[3])
    assert run.lines[-1] == f"The MSI service principal ID is {principal_of(Emulator(), 'myVM')}"


def test_the_example_in_our_own_words(shell: Shell, article: Mapping[str, str], tmp_path: Path) -> None:
    run = shell.run(EXAMPLES / "sign-in.ps1", article, folder=tmp_path)
    assert (run.code, run.stderr) == (0, "")
    assert principal_of(Emulator(), "myVM") in run.stdout


def test_the_short_form(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    run = shell.run(EXAMPLES / "sign-in-short.ps1", azure.environ, folder=tmp_path)
    assert (run.code, run.stderr) == (0, "")
    assert principal_of(azure.emulator, "myVM") in run.stdout
    assert "eyJ" not in run.stdout


def test_a_vm_without_a_role_is_told_what_it_lacks(shell: Shell, tmp_path: Path) -> None:
    for azure in serve_azure(Emulator(machine="noRoleVM"), shell):
        run = shell.run(EXAMPLES / "sign-in-short.ps1", azure.environ, folder=tmp_path)
        assert "no subscription is visible" in run.stdout + run.stderr
        assert principal_of(azure.emulator, "noRoleVM") in run.stdout + run.stderr
        assert "-RoleDefinitionName Reader" in run.stdout + run.stderr


def test_a_vm_without_an_identity_is_told_where_to_look(shell: Shell, tmp_path: Path) -> None:
    for azure in serve_azure(Emulator(machine="msiOffVM"), shell):
        run = shell.run(EXAMPLES / "sign-in-short.ps1", azure.environ, folder=tmp_path)
        words = " ".join(run.stderr.replace("|", " ").split())
        assert "Identity not found" in words
        assert 'page Configuration (now: Identity), "Managed service identity" = Yes' in words


@pytest.mark.parametrize(("machine", "code"), [("myVM", 0), ("noRoleVM", 1), ("msiOffVM", 1)])
def test_the_python_example(machine: str, code: int) -> None:
    for azure in serve_azure(Emulator(machine=machine)):
        done = subprocess.run(
            [sys.executable, str(EXAMPLES / "sign_in.py")],
            env=azure.environ,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        assert "eyJ" not in done.stdout + done.stderr
        assert (principal_of(azure.emulator, "myVM") in done.stdout) is (code == 0)
