"""sessions: what the worker asks a PSSession for, sealed; a real PowerShell is at the other end."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shells import Shell
from support import ARM, GUARD, Clock, environment, jwt, leaks, shown

from pybridge.cache import TokenCache
from pybridge.credential import ManagedIdentityCredential
from pybridge.emulator import Emulator
from pybridge.emulator.server import serve
from pybridge.errors import (
    CredentialError,
    HostInterruptedError,
    HostTimedOutError,
    LanguageModeError,
    RemoteScriptError,
    SessionUnavailableError,
    TokenRejectedError,
    UnsupportedError,
    UsageError,
)
from pybridge.models import HttpRequest
from pybridge.remote import forget
from pybridge.sessions import PSSession, Sessions, SessionTransport
from pybridge.sessions.exchange import Channel, sealed_script
from pybridge.sessions.sealing import Keys, public_key, received_keys

SESSION = PSSession("8f2c", "Runspace1", "vm01")
ECHO = "param($Question) '<' + $Question + '>'"

#: Carries scripts out as a session does, one after the other.
_LOOP = """
while ($null -ne ($line = [Console]::In.ReadLine())) {
    $asked = ConvertFrom-Json -InputObject $line
    $arguments = @($asked.arguments)
    try { $text = '=' + (& ([scriptblock]::Create($asked.script)) @arguments) }
    catch { $text = '!' + $_.Exception.Message }
    [Console]::Out.WriteLine($text)
    [Console]::Out.Flush()
}
"""


class FarEnd:
    """A PowerShell that carries out what its session is asked, and what passed its pipeline: logs could hold that."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._lock = threading.Lock()
        self.logged: list[str] = []

    def ask(self, method: str, params: Mapping[str, Any]) -> Any:
        assert (method, params["session"]) == ("use_session", SESSION.id)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._lock:
            line = json.dumps({"script": params["script"], "arguments": params["arguments"]})
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline().rstrip("\r\n")
        self.logged += [line, answer]
        assert answer.startswith("="), answer
        return {"text": answer[1:]}

    @property
    def asked(self) -> int:
        return len(self.logged) // 2


@contextmanager
def far_end(shell: Shell, environ: Mapping[str, str], folder: Path) -> Iterator[FarEnd]:
    file = folder / "loop.ps1"
    file.write_text(_LOOP, encoding="ascii")
    with subprocess.Popen(
        shell.command("-File", str(file)),
        env={**environ, "NO_COLOR": "1"},
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield FarEnd(process)
        finally:
            process.kill()


@pytest.fixture
def far(shell: Shell, tmp_path: Path) -> Iterator[FarEnd]:
    with far_end(shell, environment(), tmp_path) as end:
        yield end


@pytest.fixture(autouse=True)
def _no_computer_is_known() -> None:
    forget()


# --- the seal ------------------------------------------------------------------------------------------


@given(st.text())
def test_what_is_sealed_comes_back(text: str) -> None:
    keys = Keys(b"k" * 32, b"a" * 32)
    assert keys.unseal(keys.seal(text)) == text
    assert keys.seal(text) != keys.seal(text)


@given(st.integers(0), st.integers(1, 255))
def test_a_changed_seal_is_seen(place: int, change: int) -> None:
    keys = Keys(b"k" * 32, b"a" * 32)
    sealed = bytearray(base64.b64decode(keys.seal("a question")))
    sealed[place % len(sealed)] ^= change
    with pytest.raises(ValueError, match="broken"):
        keys.unseal(base64.b64encode(sealed).decode())


@pytest.mark.parametrize("text", ["", "AAAA", "no base64", "A" * 344])
def test_keys_that_are_not_for_us_are_no_keys(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        received_keys(text)


def test_keys_are_not_shown() -> None:
    assert repr(Keys(b"k" * 32, b"a" * 32)) == "Keys()"


def test_the_public_key_is_one_of_2048_bits() -> None:
    found = re.fullmatch("<RSAKeyValue><Modulus>(.+)</Modulus><Exponent>AQAB</Exponent></RSAKeyValue>", public_key())
    assert found is not None
    assert len(base64.b64decode(found[1])) == 256
    assert public_key() == found[0]


# --- the channel -----------------------------------------------------------------------------------------


def test_a_question_and_its_answer(far: FarEnd) -> None:
    channel = Channel(SESSION)
    for number in range(3):
        text = f"q{number} \xfc\U0001f600\r\n'\"$x"
        assert channel.run(far.ask, ECHO, text, is_public=True, timeout=GUARD) == f"<{text}>"
    assert far.asked == 3, "each question is one exchange, the first one too"


def test_no_log_there_can_hold_what_is_secret(far: FarEnd) -> None:
    channel = Channel(SESSION)
    question, answer = "question-" + "q" * 30, "answer-" + "a" * 30
    script = f"param($Question) '{answer[:10]}' + '{answer[10:]}' + $Question"
    for _ in range(2):
        assert channel.run(far.ask, script, question, is_public=False, timeout=GUARD) == answer + question
    logged = "\n".join(far.logged)
    for secret in (question, answer):
        assert secret not in logged
        for shift in range(3):  # nor in base64, wherever it begins
            assert base64.b64encode((" " * shift + secret).encode())[6:40].decode() not in logged
    assert far.asked == 3, "a first question that is not for logs is preceded by one that is empty"


def test_large_questions_and_answers(far: FarEnd) -> None:
    text = "x" * 300_000
    assert Channel(SESSION).run(far.ask, ECHO, text, is_public=False, timeout=GUARD) == f"<{text}>"


def test_a_script_that_fails_is_an_error_with_its_words(far: FarEnd) -> None:
    channel = Channel(SESSION)
    with pytest.raises(RemoteScriptError, match="vm01 failed: no such luck") as caught:
        channel.run(far.ask, 'throw "no such `e[31mluck`n"', "", is_public=True, timeout=GUARD)
    assert caught.value.target == "vm01"
    assert channel.run(far.ask, ECHO, "again", is_public=False, timeout=GUARD) == "<again>"


def test_another_process_at_the_other_end_gets_a_channel_of_its_own(shell: Shell, tmp_path: Path, far: FarEnd) -> None:
    channel = Channel(SESSION)
    assert channel.run(far.ask, ECHO, "one", is_public=False, timeout=GUARD) == "<one>"
    with far_end(shell, environment(), tmp_path) as other:
        assert channel.run(other.ask, ECHO, "two", is_public=False, timeout=GUARD) == "<two>"
        assert "two" not in "\n".join(other.logged)


def test_threads_open_one_channel(far: FarEnd) -> None:
    channel, answers = Channel(SESSION), []
    threads = [
        threading.Thread(target=lambda: answers.append(channel.run(far.ask, ECHO, "x", is_public=True, timeout=GUARD)))
        for _ in range(5)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(GUARD)
    assert answers == ["<x>"] * 5
    assert sum("RSAKeyValue" in line for line in far.logged) == 1


@pytest.mark.parametrize("text", ["", "nonsense", "AAAA.BBBB", "unknown", "=", "."])
def test_answers_that_are_none(text: str) -> None:
    with pytest.raises(RemoteScriptError) as caught:
        Channel(SESSION).run(lambda *_: {"text": text}, ECHO, "", is_public=True, timeout=1)
    assert "gave no answer" in str(caught.value)


@pytest.mark.parametrize("answer", [None, 5, {}, {"failure": {}}, {"text": None}])
def test_answers_that_no_powershell_of_ours_gives(answer: object) -> None:
    with pytest.raises(RemoteScriptError):
        Channel(SESSION).run(lambda *_: answer, ECHO, "", is_public=True, timeout=1)


def test_the_script_is_ascii_and_runs_no_cmdlet() -> None:
    """Logs of modules hold what cmdlets are given."""
    text = sealed_script()
    assert text.isascii()
    code = "\n".join(line.partition("#")[0] for line in text.splitlines())
    assert not re.search(r"\b[A-Z][a-z]+-[A-Z][a-z]+", code)


# --- as a transport ----------------------------------------------------------------------------------------


def transport(end: FarEnd) -> SessionTransport:
    return Sessions().transport(SESSION, end.ask)


@pytest.fixture
def at_another(shell: Shell, tmp_path: Path) -> Iterator[Callable[[str], tuple[Emulator, FarEnd]]]:
    """Computers elsewhere in a hosting environment, for as long as the test runs."""
    with ExitStack() as stack:

        def start(hosting: str) -> tuple[Emulator, FarEnd]:
            emulator = Emulator(hosting=hosting)
            server = stack.enter_context(serve(emulator))
            variables = environment() | emulator.variables(hosting, server.url)
            del variables["PYBRIDGE_VM_EXTENSION_ENDPOINT"]  # new machines have none
            return emulator, stack.enter_context(far_end(shell, variables, tmp_path))

        yield start


def test_a_token_is_one_exchange_and_the_next_one_another(
    at_another: Callable[[str], tuple[Emulator, FarEnd]],
) -> None:
    emulator, far = at_another("vm")
    credential = ManagedIdentityCredential(transport=transport(far))
    token = credential.get_token(ARM)
    assert (token.source, far.asked) == ("imds", 1)
    assert credential.get_token(ARM) is token
    assert credential.get_token("https://vault.azure.net").token != token.token
    assert far.asked == 2
    assert leaks([token.token], *far.logged) == []
    assert len(emulator.requests) == 2


@pytest.mark.parametrize(("hosting", "source"), [("app-service", "app_service"), ("arc", "arc")])
def test_no_secret_of_an_endpoint_is_in_a_log_there(
    at_another: Callable[[str], tuple[Emulator, FarEnd]], hosting: str, source: str
) -> None:
    emulator, far = at_another(hosting)
    token = ManagedIdentityCredential(transport=transport(far)).get_token(ARM)
    assert token.source == source
    sent = [value for request in emulator.requests for value in request.headers.values() if len(value) > 20]
    secrets = [value.removeprefix("Basic ") for value in sent]
    assert secrets, "the endpoint wants one"
    logged = "\n".join(far.logged)
    plain = [base64.b64decode(text, validate=False) for text in re.findall("[A-Za-z0-9+/]{40,}={0,2}", logged)]
    assert leaks([token.token, *secrets], logged, *(text.decode("latin-1") for text in plain)) == []


def test_a_stale_token_is_renewed_while_its_caller_waits(at_another: Callable[[str], tuple[Emulator, FarEnd]]) -> None:
    emulator, far = at_another("vm")
    clock = Clock(time.time())
    there = transport(far)
    options: dict[str, Any] = {"transport": there, "clock": clock, "monotonic": clock, "tokens": TokenCache()}
    first = ManagedIdentityCredential(**options).get_token(ARM)
    clock.now = first.expires_on - 100
    second = ManagedIdentityCredential(**options).get_token(ARM)
    assert second is not first
    assert len(emulator.requests) == 2
    assert not [thread for thread in threading.enumerate() if thread.name == "pybridge-refresh"]


def test_a_stale_token_lasts_where_it_cannot_be_renewed(at_another: Callable[[str], tuple[Emulator, FarEnd]]) -> None:
    _, far = at_another("vm")
    clock, sessions, tokens = Clock(time.time()), Sessions(), TokenCache()

    def credential(ask: Callable[[str, Mapping[str, Any]], Any]) -> ManagedIdentityCredential:
        there = sessions.transport(SESSION, ask)
        return ManagedIdentityCredential(transport=there, clock=clock, monotonic=clock, tokens=tokens)

    first = credential(far.ask).get_token(ARM)
    closed = answering(failure={"why": "closed", "state": "Closed"})
    clock.now = first.expires_on - 100
    assert credential(closed).get_token(ARM) is first
    clock.now = first.expires_on + 1
    with pytest.raises(SessionUnavailableError, match="Runspace1"):
        credential(closed).get_token(ARM)


# --- what else may become of a question ------------------------------------------------------------------------


def answering(**answers: object) -> Callable[[str, Mapping[str, Any]], Any]:
    """A PowerShell that answers so, whatever it is asked."""
    return lambda method, params: answers


FAILURES = {
    "unknown": ({"why": "unknown", "state": None}, SessionUnavailableError, "not one of this PowerShell"),
    "closed": ({"why": "closed", "state": "Closed"}, SessionUnavailableError, "is closed, not open"),
    "disconnected": ({"why": "closed", "state": "Disconnected"}, SessionUnavailableError, "is disconnected, not open"),
    "late": ({"why": "timed_out", "busy": False}, HostTimedOutError, "no answer within 120 s"),
    "busy": ({"why": "timed_out", "busy": True}, HostTimedOutError, "busy with something else"),
    "broken": ({"why": "broken", "message": "the line is\x1b[31m dead"}, HostInterruptedError, "the line is dead"),
    "endless": ({"why": "endless"}, RemoteScriptError, "more than it was asked for"),
    "silent": ({"why": "silent"}, RemoteScriptError, "nothing at all"),
    "refused": ({"why": "refused", "message": "no"}, RemoteScriptError, "vm01 said no: no"),
    "nonsense": ({}, RemoteScriptError, "vm01 said no"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_says_what_happened_and_to_which_session(name: str) -> None:
    failure, kind, words = FAILURES[name]
    with pytest.raises(kind, match=words) as caught:
        Sessions().transport(SESSION, answering(failure=failure)).send(IMDS)
    assert caught.value.target == "vm01"
    assert "vm01" in caught.value.message
    assert caught.value.message.isprintable()


IMDS = HttpRequest(
    "GET",
    "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01"
    "&resource=https%3A%2F%2Fmanagement.azure.com%2F&client_id=abc",
    {"Metadata": "true"},
)


class Endpoint:
    """An endpoint that runs no scripts, and answers to its command so."""

    def __init__(self, mode: str = "", **answer: object) -> None:
        self._mode, self._answer = mode, answer
        self.asked: list[Mapping[str, Any]] = []

    def ask(self, method: str, params: Mapping[str, Any]) -> Any:
        self.asked.append(params)
        if "script" not in params:
            return self._answer
        if self._mode:
            return {"text": f"language:{self._mode}"}
        return {"failure": {"why": "refused", "error_id": "ScriptsNotAllowed", "kind": "ParseException"}}


def test_the_command_of_an_endpoint_without_scripts_is_an_imds() -> None:
    token = jwt(exp=2_000_000_000)
    end = Endpoint(members={"ExpiresOn": "2033-05-18T03:33:20Z", "ClientId": "abc"}, secrets={"Token": token})
    sessions = Sessions()
    there = sessions.transport(SESSION, end.ask)
    assert dict(there.environ) == {}
    assert not there.exists("/somewhere")
    response = there.send(IMDS)
    assert json.loads(response.body) == {
        "access_token": token,
        "token_type": "Bearer",
        "resource": ARM,
        "expires_on": "2000000000",
        "client_id": "abc",
    }
    assert end.asked[-1]["command"] == "Get-MsiToken"
    assert end.asked[-1]["parameters"] == {"Resource": ARM, "ClientId": "abc"}
    sessions.transport(SESSION, end.ask).send(IMDS)
    assert len(end.asked) == 3, "that no scripts run is remembered"


def test_a_token_without_a_time_lasts_as_long_as_it_says_itself() -> None:
    end = Endpoint(members={}, secrets={"Token": jwt(exp=2_000_000_000)})
    token = ManagedIdentityCredential(transport=Sessions().transport(SESSION, end.ask)).get_token(ARM)
    assert token.expires_on == 2_000_000_000


REFUSALS = {
    "no command": (
        "", {"message": "not recognized", "error_id": "CommandNotFoundException"}, LanguageModeError, "runs no scripts"
    ),
    "constrained": (
        "ConstrainedLanguage",
        {"message": "?", "error_id": "CommandNotFoundException"},
        LanguageModeError,
        "is in ConstrainedLanguage",
    ),
    "an error of PyBridge's": (
        "", {"message": "denied", "error_id": "PyBridge.TokenRejected,Get-MsiToken"}, TokenRejectedError, "denied"
    ),
    "nobody there": (
        "", {"message": "gone", "error_id": "PyBridge.NoEndpoint,Get-MsiToken"}, CredentialError, "gone"
    ),
    "a code of a later version": (
        "", {"message": "new", "error_id": "PyBridge.SomethingNew,Get-MsiToken"}, RemoteScriptError, "new"
    ),
    "any other": ("", {"message": "no parameter", "error_id": "NamedParameterNotFound"}, RemoteScriptError, "no para"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSALS)
def test_what_the_command_says_in_place_of_a_token(name: str) -> None:
    mode, failure, kind, words = REFUSALS[name]
    end = Endpoint(mode, failure={"why": "refused", "remedy": "do this", **failure})
    with pytest.raises(kind, match=words) as caught:
        ManagedIdentityCredential(transport=Sessions().transport(SESSION, end.ask)).get_token(ARM)
    assert type(caught.value) is kind
    assert caught.value.target == "vm01"
    assert ("about_PyBridge" if kind is LanguageModeError else "do this") in str(caught.value.remedy)


@pytest.mark.parametrize("answer", [{"members": {}, "secrets": {}}, {"members": {"Token": "eyJ"}}, {"text": "eyJ"}])
def test_a_command_that_returns_no_secure_string(answer: dict[str, Any]) -> None:
    end = Endpoint(**answer)
    with pytest.raises(RemoteScriptError, match="SecureString") as caught:
        Sessions().transport(SESSION, end.ask).send(IMDS)
    assert not [text for text in shown(caught.value) if "eyJ" in text]


@pytest.mark.parametrize("mode", ["", "ConstrainedLanguage"])
def test_what_takes_a_script_says_so_where_none_runs(mode: str) -> None:
    there = Sessions().transport(SESSION, Endpoint(mode).ask)
    for _ in range(2):
        with pytest.raises(LanguageModeError, match=mode or "runs no scripts") as caught:
            there.ask("install", {"name": "PyBridge"})
        assert caught.value.target == "vm01"
        with pytest.raises(LanguageModeError):
            there.read("/x", None)


def test_an_endpoint_without_scripts_gives_tokens_only() -> None:
    there = Sessions().transport(SESSION, Endpoint().ask)
    with pytest.raises(UnsupportedError, match="tokens only"):
        there.send(IMDS._replace(url="http://169.254.169.254/metadata/instance?api-version=2021-02-01"))


@pytest.mark.parametrize(
    "value", [None, "vm01", {}, {"id": "x", "name": "y"}, {"id": "x", "name": "y", "computer_name": 5}]
)
def test_what_is_no_session(value: object) -> None:
    with pytest.raises(UsageError, match="not a PSSession"):
        PSSession.parse(value)


def test_a_session() -> None:
    told = {"id": "8f2c", "name": "Runspace1", "computer_name": "vm01"}
    session = PSSession.parse(told, timeout=5, allow_logged=True)
    assert (session.name, session.timeout, session.allow_logged) == ("vm01", 5, True)
    assert session.place == SESSION.place
    assert str(session) == "the session 'Runspace1' to vm01"
    assert "Runspace1" in repr(Sessions().transport(session, answering()))


@pytest.mark.parametrize(
    ("computer", "port", "name"),
    [
        ("vm01", None, "vm01"),
        ("vm01", 22, "vm01"),
        ("vm01", 5986, "vm01"),
        ("vm01", 0, "vm01"),
        ("vm01", -1, "vm01"),
        ("localhost", 2201, "localhost:2201"),
        ("::1", 22, "::1"),
        ("::1", 2201, "[::1]:2201"),
    ],
)
def test_hosts_behind_a_tunnel_are_told_apart(computer: str, port: int | None, name: str) -> None:
    session = PSSession.parse({"id": "8f2c", "name": "Runspace1", "computer_name": computer, "port": port})
    assert session.name == name
    assert str(session) == f"the session 'Runspace1' to {name}"
