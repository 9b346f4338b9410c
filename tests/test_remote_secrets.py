"""remote: where passwords and tokens do not stand: command lines, environments, logs on either side, messages."""

from __future__ import annotations

import base64
import json
import logging
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import wsman_host
from afar import ARM, WAYS, azure_behind, host_of, imds_of, transport_to
from logged_shell import logged
from shells import SHELLS, Azure
from support import GUARD, environment, leaks, shown
from wsman_host import Handle, WsmanHost

from pybridge import ManagedIdentityCredential
from pybridge.cache import TokenCache
from pybridge.emulator import Emulator
from pybridge.emulator.server import serve
from pybridge.errors import PyBridgeError
from pybridge.passwords import Password
from pybridge.remote import Job, run_script

PWSH = next((shell for shell in SHELLS if shell.name == "pwsh"), None)
pytestmark = pytest.mark.skipif(PWSH is None, reason="no pwsh on this machine")


@pytest.fixture(scope="module")
def behind() -> Iterator[Azure]:
    with azure_behind() as azure:
        yield azure


def streams(bodies: list[str]) -> list[str]:
    """What went through stdin, stdout and stderr, as it was before base64."""
    found = re.findall(r"<(?:\w+:)?Stream[^>]*>([^<]+)<", "".join(bodies))
    return [base64.b64decode(data).decode("utf-8", "replace") for data in found]


@pytest.mark.parametrize(("authentication", "secure"), WAYS)
def test_a_token_is_in_the_answer_and_nowhere_else(
    behind: Azure,
    authentication: str,
    secure: bool,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    if authentication == "negotiate" and not wsman_host.interpreter()[1]:
        pytest.skip(wsman_host.NO_NTLM)
    caplog.set_level(logging.DEBUG)
    with wsman_host.running(WsmanHost(environ=imds_of(behind))) as handle:
        transport = transport_to(handle, authentication, secure)
        subject = ManagedIdentityCredential(transport=transport, tokens=TokenCache())
        token = subject.get_token(ARM).token
        secrets = [token, handle.password()]
        processes = json.dumps([[process["argv"], process["environ"]] for process in handle.processes])
        bodies = handle.bodies
        through = streams(bodies)
    answered = re.findall(r'"data":"([A-Za-z0-9+/=]+)"', "".join(through))
    assert [data for data in answered if token.encode() in base64.b64decode(data)], "it came in another way"
    out, err = capfd.readouterr()
    seen = [processes, caplog.text, out, err, *bodies, repr(transport), repr(subject), repr(transport.host)]
    assert leaks(secrets, *seen) == []
    assert leaks([handle.password()], *through) == []


def test_the_secret_of_a_source_goes_by_stdin_alone() -> None:
    emulator = Emulator(hosting="app-service")
    with serve(emulator) as server:
        variables = emulator.variables("app-service", server.url)
        with wsman_host.running(WsmanHost(environ=variables)) as handle:
            ManagedIdentityCredential(transport=transport_to(handle), tokens=TokenCache()).get_token(ARM)
            secret = variables["IDENTITY_HEADER"]
            assert leaks([secret], json.dumps([process["argv"] for process in handle.processes]), *handle.bodies) == []


def test_the_logs_of_the_host_hold_no_token(behind: Azure, tmp_path: Path) -> None:
    """Script blocks, parameters of cmdlets, pipelines and transcripts: all that an administrator can have logged."""
    assert PWSH is not None
    diary = logged(PWSH, tmp_path)
    with wsman_host.running(WsmanHost(environ=imds_of(behind), powershell=diary.executable)) as handle:
        with transport_to(handle) as transport:
            subject = ManagedIdentityCredential(transport=transport, tokens=TokenCache())
            tokens = [subject.get_token(ARM).token, subject.get_token(ARM, force_refresh=True).token]
        (tmp_path / "a.key").write_text("the-key-of-the-agent-of-azure-arc")
        with Job(host_of(handle)) as job:
            job.ask("read", {"path": str(tmp_path / "a.key"), "most": 4096, "link": ""}, last=True)
    texts = diary.texts()
    assert "Invoke-Exchange" in texts["events"], "nothing was logged, so that nothing was looked at"
    assert leaks([*tokens, "the-key-of-the-agent-of-azure-arc"], *texts.values()) == []
    assert "access_token" not in texts["transcripts"] + texts["events"]


def test_arguments_of_a_script_are_in_no_log_of_ours(tmp_path: Path) -> None:
    """What the script itself does with them is its own."""
    assert PWSH is not None
    diary = logged(PWSH, tmp_path)
    with wsman_host.running(WsmanHost(powershell=diary.executable)) as handle:
        words = {"Word": "correct-horse-word-xx"}
        found = run_script(host_of(handle), "param($Word) $null = $Word; 'done'", arguments=words)
        assert found.text() == "done\n"
        processes = json.dumps([[process["argv"], process["environ"]] for process in handle.processes])
    assert leaks(["correct-horse-word-xx"], processes, *diary.texts().values()) == []


def test_no_process_shows_a_password(behind: Azure, tmp_path: Path) -> None:
    """Every process of this user is looked at while one asks a host, with a password command."""
    if not Path("/proc/self/cmdline").exists():
        pytest.skip("needs /proc")
    with wsman_host.running(WsmanHost(environ=imds_of(behind))) as handle:
        (tmp_path / "word").write_text(handle.password())
        program = (
            "import sys\n"
            "from pybridge import ManagedIdentityCredential\n"
            "from pybridge.remote import WinRMTransport\n"
            "from pybridge.passwords import PasswordCommand\n"
            "url, ca, word = sys.argv[1:]\n"
            "transport = WinRMTransport('vm01', address=url, username='admin', ca=ca, authentication='basic',\n"
            "    password=PasswordCommand(('cat', word)))\n"
            "print(ManagedIdentityCredential(transport=transport).get_token('https://management.azure.com/').token)\n"
        )
        child = subprocess.Popen(
            [sys.executable, "-c", program, handle.https, handle.ca, str(tmp_path / "word")],
            stdout=subprocess.PIPE,
            env=environment(),
            text=True,
        )
        seen: list[str] = []
        over = threading.Event()
        watcher = threading.Thread(target=watch, args=(seen, over))
        watcher.start()
        assert child.stdout is not None
        with child.stdout:
            token = child.stdout.read().strip()
        assert child.wait(GUARD) == 0
        over.set()
        watcher.join(GUARD)
    assert any("EncodedCommand" in text for text in seen), "the process on the host was not seen"
    assert leaks([token, handle.password()], *seen) == []


def watch(seen: list[str], over: threading.Event) -> None:
    """Note command line and environment of all processes of this user, again and again."""
    known: set[str] = set()
    while not over.wait(0.01):
        for folder in Path("/proc").iterdir():
            if not folder.name.isdigit() or folder.name == str(os.getpid()):
                continue
            for name in ("cmdline", "environ"):
                try:
                    text = (folder / name).read_bytes().decode("utf-8", "replace")
                except OSError:
                    continue
                if text not in known:
                    known.add(text)
                    seen.append(text)
        time.sleep(0)


@pytest.mark.parametrize("trouble", ["drop", "garbage", "half", "status", "body"])
@pytest.mark.parametrize("step", ["Create", "Command", "Send", "Receive"])
@pytest.mark.parametrize(("authentication", "secure"), WAYS)
def test_no_error_shows_a_secret(
    failing: Handle, step: str, trouble: str, authentication: str, secure: bool, caplog: pytest.LogCaptureFixture
) -> None:
    if authentication == "negotiate" and not wsman_host.interpreter()[1]:
        pytest.skip(wsman_host.NO_NTLM)
    caplog.set_level(logging.DEBUG)
    failing.clear()
    failing.fault(step, do=trouble, times=0, **({"text": "<a/>"} if trouble == "body" else {}))
    host = host_of(failing, authentication, secure, password=Password(failing.password()), timeout=20)
    secret = "the-secret-of-the-app-service-endpoint"
    with pytest.raises(PyBridgeError) as raised, Job(host, sleep=lambda seconds: None) as job:
        job.ask("http", {"exchange": {"host": "127.0.0.1", "port": 1, "data": secret}})
    error = raised.value
    error.__traceback__ = None  # frames hold what they hold; what is printed of them are lines of code
    encoded = base64.b64encode(f"admin:{failing.password()}".encode()).decode()
    assert leaks([failing.password(), encoded, secret], *shown(error), caplog.text) == []


@pytest.fixture(scope="module")
def failing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Handle]:
    from afar import stand_in

    with wsman_host.running(WsmanHost(powershell=stand_in(tmp_path_factory.mktemp("powershell")))) as handle:
        yield handle
