"""What every test gets: no way to this machine's own services, and each PowerShell that there is."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator

import hostlab
import pytest
import wsman_host
from hostlab import Lab
from shells import SHELLS, Azure, Shell, serve_azure

from pybridge.cache import SHARED
from pybridge.emulator import Emulator
from pybridge.remote import forget

#: Where the real services of a machine would be: no test may talk to them.
NOWHERE = "http://127.0.0.1:1"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "shell" in metafunc.fixturenames:
        marks = pytest.mark.skip(reason="no PowerShell on this machine")
        metafunc.parametrize(
            "shell",
            [pytest.param(shell, id=shell.name) for shell in SHELLS] or [pytest.param(None, id="none", marks=marks)],
        )


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in the last lines which PowerShell ran the tests, and what was not tested."""
    terminalreporter.section("PowerShell")
    for shell in SHELLS:
        terminalreporter.line(f"tested on {shell.name}: {shell.executable}")
    if not SHELLS:
        terminalreporter.line(
            "NOT TESTED: the PowerShell module. No pwsh or powershell on PATH, and no engine host, which needs dotnet."
        )
    elif all(shell.is_engine for shell in SHELLS):
        terminalreporter.line("NOT TESTED: a whole PowerShell. Only its engine was here; install pwsh for the rest.")
    reasons = Counter(_reason(report) for report in terminalreporter.stats.get("skipped", []))
    for reason, count in reasons.items():
        terminalreporter.line(f"NOT TESTED: {count} skipped: {reason}")


_MEANINGFUL = (
    "PYBRIDGE_",
    "IDENTITY_",
    "MSI_",
    "IMDS_",
    "AZURE_",
    "REQUESTS_CA",
    "CURL_CA",
    "HTTP",
    "ALL_PROXY",
    "NO_PROXY",
)


@pytest.fixture(autouse=True)
def _no_real_azure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what could lead a test to the machine's own services, or to somebody's settings."""
    for name in list(os.environ):
        if name.upper().startswith(_MEANINGFUL) and not name.startswith("PYBRIDGE_TEST_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", NOWHERE)
    monkeypatch.setenv("PYBRIDGE_VM_EXTENSION_ENDPOINT", f"{NOWHERE}/oauth2/token")
    monkeypatch.setenv("PYBRIDGE_ARM_ENDPOINT", NOWHERE)
    monkeypatch.setenv("PYBRIDGE_PYTHON", sys.executable)
    monkeypatch.setenv("PYBRIDGE_CONTEXTS", "0")


@pytest.fixture(autouse=True)
def _no_tokens() -> None:
    """No token of another test, and no host's variables: two emulators, or two hosts, may have had the same port."""
    SHARED.clear()
    forget()


def _reason(report: pytest.TestReport) -> str:
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return f"{report.nodeid.partition('::')[0]}: {text.removeprefix('Skipped: ')}"


@pytest.fixture
def azure(request: pytest.FixtureRequest) -> Iterator[Azure]:
    """The default world on a port. "This machine" is myVM."""
    shell = request.getfixturevalue("shell") if "shell" in request.fixturenames else None
    yield from serve_azure(Emulator(), shell)


@pytest.fixture
def owned(shell: Shell) -> Iterator[Azure]:
    """The default world on a port, in which this machine's identity may change everything."""
    emulator = Emulator()
    for subscription in emulator.world.subscriptions.values():
        emulator.world.grant("Owner", to=emulator.vm, scope=subscription)
    yield from serve_azure(emulator, shell)


@pytest.fixture(scope="session")
def opened_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """The hosts of `hostlab`, which its tests share."""
    with hostlab.open_lab(tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture
def lab(opened_lab: Lab) -> Lab:
    """Hosts that have noted nothing yet."""
    opened_lab.reset()
    return opened_lab


@pytest.fixture
def ntlm() -> None:
    """For tests that sign in to a `wsman_host` by NTLM: skipped where either side cannot."""
    if not wsman_host.interpreter()[1]:
        pytest.skip(wsman_host.NO_NTLM)
    if not wsman_host.let_clients_hash():
        pytest.skip("NTLM clients of requests-ntlm before 1.2 need MD4, which this OpenSSL has not")
