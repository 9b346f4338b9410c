"""remote: the whole way. A credential here, WinRM, a real PowerShell process there, its metadata endpoint, and back."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import wsman_host
from afar import ARM, WAYS, azure_behind, host_of, imds_of, transport_to
from shells import SHELLS, Azure
from support import Clock
from test_cache import settle
from wsman_host import Handle, WsmanHost

from pybridge import ManagedIdentityCredential
from pybridge.cache import SHARED, TokenCache
from pybridge.emulator import Emulator
from pybridge.emulator.hosting import HOSTINGS
from pybridge.emulator.server import serve
from pybridge.errors import (
    ConfigurationError,
    HostTimedOutError,
    LanguageModeError,
    NoEndpointError,
    RemoteScriptError,
    SignInRefusedError,
    TokenRejectedError,
    UsageError,
)
from pybridge.identity import who_am_i
from pybridge.models import AccessToken, HttpRequest
from pybridge.passwords import Password
from pybridge.remote import Job, WinRMTransport, ask
from pybridge.sources import claims

pytestmark = pytest.mark.skipif(not SHELLS, reason="no PowerShell on this machine")

#: Seconds that output is held back to come together with the end, in one Receive.
LINGER = 20.0


@pytest.fixture(scope="module")
def behind() -> Iterator[Azure]:
    with azure_behind() as azure:
        yield azure


@pytest.fixture(scope="module")
def both(behind: Azure) -> Iterator[list[Handle]]:
    """One that gives output as soon as there is some, and one that waits for the end."""
    prompt, patient = WsmanHost(environ=imds_of(behind)), WsmanHost(name="vm02", environ=imds_of(behind), linger=LINGER)
    with wsman_host.running_all([prompt, patient]) as handles:
        yield handles


@pytest.fixture
def handle(both: list[Handle]) -> Handle:
    both[0].clear()
    return both[0]


@pytest.fixture
def patient(both: list[Handle]) -> Handle:
    both[1].clear()
    return both[1]


def credential(transport: WinRMTransport, **options: Any) -> ManagedIdentityCredential:
    return ManagedIdentityCredential(transport=transport, **{"tokens": TokenCache(), **options})


def whose(token: AccessToken) -> str:
    """The machine that the token is of."""
    return str(claims(token.token)["xms_mirid"]).rpartition("/")[2]


def skip_without_ntlm(authentication: str) -> None:
    if authentication == "negotiate" and not wsman_host.interpreter()[1]:
        pytest.skip(wsman_host.NO_NTLM)


@pytest.mark.parametrize(("authentication", "secure"), WAYS)
def test_a_token_of_a_host_takes_five_messages(
    patient: Handle, behind: Azure, authentication: str, secure: bool
) -> None:
    skip_without_ntlm(authentication)
    token = credential(transport_to(patient, authentication, secure)).get_token(ARM)
    assert (token.resource, token.source) == (ARM, "imds")
    assert whose(token) == behind.emulator.vm.name
    messages = {"Create": 1, "Command": 1, "Send": 1, "Receive": 1, "Delete": 1}
    signing_in = {"basic": {}, "negotiate": {"SignIn": 2} if secure else {"SignIn": 1, "Empty": 1}}[authentication]
    assert patient.counts == {**messages, **signing_in}
    assert patient.shells == []


@pytest.mark.parametrize(("authentication", "secure"), WAYS)
def test_each_further_request_takes_two(handle: Handle, authentication: str, secure: bool) -> None:
    skip_without_ntlm(authentication)
    with transport_to(handle, authentication, secure) as transport:
        subject = credential(transport)
        subject.get_token(ARM)
        for number in range(3):
            before = len(handle.requests)
            assert subject.get_token(ARM, force_refresh=True).resource == ARM, number
            assert len(handle.requests) == before + 2
        assert len(handle.shells) == len(handle.processes) == 1
    assert handle.shells == []
    assert [process["running"] for process in handle.processes] == [False]


def test_a_token_in_store_takes_none(handle: Handle) -> None:
    """Tokens are shared by place in the process's cache, whichever transport led there."""
    first = ManagedIdentityCredential(transport=transport_to(handle)).get_token(ARM)
    before = len(handle.requests)
    assert ManagedIdentityCredential(transport=transport_to(handle)).get_token(ARM) == first
    assert len(handle.requests) == before
    SHARED.clear()


@pytest.mark.parametrize(("left", "waits"), [(200, False), (20, True)])
def test_a_token_that_is_about_to_expire_is_renewed_there(left: int, waits: bool) -> None:
    """With minutes left it is still handed out, and renewed meanwhile; with seconds left, the caller waits."""
    clock = Clock(time.time())
    emulator = Emulator(token_lifetime=3600, clock=clock)
    with azure_behind(emulator) as azure, wsman_host.running(WsmanHost(environ=imds_of(azure))) as handle:
        subject = credential(transport_to(handle), clock=clock, monotonic=clock)
        old = subject.get_token(ARM)
        clock.now += 3600 - left
        assert (subject.get_token(ARM) != old) is waits
        settle()
        new = subject.get_token(ARM)
        assert new.expires_on == old.expires_on + 3600 - left
        assert len(emulator.requests) == handle.count("Create") == handle.count("Delete") == 2
        assert handle.shells == []


def test_a_renewal_that_fails_fails_nobody_whose_token_lasts() -> None:
    clock = Clock(time.time())
    emulator = Emulator(token_lifetime=3600, clock=clock)
    with azure_behind(emulator) as azure, wsman_host.running(WsmanHost(environ=imds_of(azure))) as handle:
        subject = credential(transport_to(handle), clock=clock, monotonic=clock)
        old = subject.get_token(ARM)
        handle.fault("Any", do="status", status=401, times=0)
        for left in (200, 20):
            clock.now = old.expires_on - float(left)
            before = len(handle.requests)
            assert subject.get_token(ARM) == old
            settle()
            assert len(handle.requests) > before
        clock.now = old.expires_on + 1.0
        with pytest.raises(SignInRefusedError, match="vm01"):
            subject.get_token(ARM)


@pytest.mark.parametrize("options", [{"password": Password("wrong-word")}, {"ca": None, "certificate": "ignore"}])
def test_another_way_there_gets_none_from_the_store(handle: Handle, options: dict[str, Any]) -> None:
    """Who does not know the password gets no token of others; nor is believed what an unchecked host has said."""
    first = ManagedIdentityCredential(transport=transport_to(handle)).get_token(ARM)
    subject = ManagedIdentityCredential(transport=transport_to(handle, **options))
    if "password" in options:
        with pytest.raises(SignInRefusedError):
            subject.get_token(ARM)
    else:
        assert subject.get_token(ARM) != first
    SHARED.clear()


def test_the_deadline_of_a_credential_is_that_of_all(handle: Handle) -> None:
    handle.fault("Any", do="delay", seconds=1.0, times=0)
    began = time.monotonic()
    with pytest.raises(HostTimedOutError, match="vm01"):
        credential(transport_to(handle), deadline=1.5).get_token(ARM)
    assert time.monotonic() - began < 5
    handle.clear()


def test_a_host_s_token_is_in_no_file(handle: Handle, tmp_path: Path) -> None:
    credential(transport_to(handle), cache=str(tmp_path / "cache")).get_token(ARM)
    assert not (tmp_path / "cache").exists()


def test_whoami_asks_once(handle: Handle) -> None:
    found = who_am_i(credential(transport_to(handle)), ARM)
    assert (found.kind, found.source) == ("SystemAssigned", "imds")
    assert handle.count("Create") == handle.count("Receive") == 1


def test_a_user_assigned_identity_is_asked_for_there(handle: Handle, behind: Azure) -> None:
    with pytest.raises(TokenRejectedError, match=r"on vm01$"):
        credential(transport_to(handle), client_id="11111111-1111-4111-8111-111111111111").get_token(ARM)
    assert handle.count("Create") == 1


@pytest.mark.parametrize("hosting", HOSTINGS)
def test_every_source_is_found_there(hosting: str, tmp_path: Path) -> None:
    """Its variables and key files count, and this machine's do not: the whole of a job stays in one shell."""
    emulator = Emulator(hosting=hosting)
    with serve(emulator) as server:
        variables = emulator.variables(hosting, server.url)
        with wsman_host.running(WsmanHost(environ={k: v for k, v in variables.items() if v}, linger=0.3)) as handle:
            assert credential(transport_to(handle)).get_token(ARM).resource == ARM
            assert len(emulator.requests) == (2 if hosting == "arc" else 1)
            assert handle.count("Create") == handle.count("Delete") == 1
            assert handle.shells == []


def test_two_hosts_are_two_identities(behind: Azure) -> None:
    with azure_behind(Emulator(machine="otherVM")) as other:
        hosts = [
            WsmanHost(name="vm01", environ=imds_of(behind)),
            WsmanHost(name="vm02", environ=imds_of(other)),
        ]
        with wsman_host.running_all(hosts) as handles, ThreadPoolExecutor(2) as threads:
            tokens = list(threads.map(lambda handle: credential(transport_to(handle)).get_token(ARM), handles))
    assert [whose(token) for token in tokens] == ["myVM", "otherVM"]


def test_threads_take_turns_in_one_shell(handle: Handle, behind: Azure) -> None:
    """One connection and one shell a host, however many ask."""
    resources = [f"https://{name}.example/" for name in "abcdef"]
    with transport_to(handle) as transport, ThreadPoolExecutor(6) as threads:
        subject = credential(transport)
        assert [token.resource for token in threads.map(subject.get_token, resources)] == resources
    assert handle.count("Create") == handle.count("Command") == handle.count("Delete") == 1
    assert len({request["connection"] for request in handle.requests}) == 1


def test_nobody_answers_there(handle: Handle) -> None:
    """It is that host's IMDS that is missing, and the error says so; nothing was found out about this machine."""
    nowhere = {
        "AZURE_POD_IDENTITY_AUTHORITY_HOST": "http://127.0.0.1:1",
        "PYBRIDGE_VM_EXTENSION_ENDPOINT": "http://127.0.0.1:1/x",
    }
    with wsman_host.running(WsmanHost(environ=nowhere)) as handle:
        with pytest.raises(NoEndpointError, match="no managed identity endpoint answers on vm01") as raised:
            credential(transport_to(handle)).get_token(ARM)
        assert handle.count("Create") == handle.count("Delete") == 1
        assert handle.shells == []
    assert "169.254.169.254" in (raised.value.remedy or "")


# --- a transport by itself ---------------------------------------------------------------------------


def instance(behind: Azure) -> HttpRequest:
    return HttpRequest("GET", f"{behind.url}/metadata/instance?api-version=2021-02-01", {"Metadata": "true"})


def test_outside_of_a_with_block_each_request_is_a_job(handle: Handle, behind: Azure) -> None:
    transport = transport_to(handle)
    for number in range(1, 3):
        response = transport.send(instance(behind))
        assert (response.status, response.header("content-type")) == (200, "application/json; charset=utf-8")
        assert (handle.count("Create"), handle.count("Delete"), handle.shells) == (number, number, [])


def test_variables_and_files_are_those_of_the_host(handle: Handle, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("IDENTITY_ENDPOINT", "http://localhost:1/here")
    (tmp_path / "there.key").write_text("the key\n")
    with transport_to(handle) as transport:
        assert set(transport.environ) == {"AZURE_POD_IDENTITY_AUTHORITY_HOST"}
        assert "IDENTITY_ENDPOINT" not in transport.environ
        assert transport.exists(str(tmp_path)) is True
        assert transport.exists(str(tmp_path / "nope")) is False
        assert transport.read(str(tmp_path / "there.key"), str(tmp_path)) == "the key"
        assert transport.read(str(tmp_path / "there.key"), None) == "the key"


@pytest.mark.parametrize(
    "name", ["../out.key", "below/x.key", "link.key", "folder.key", "long.key", "nope.key", "x.txt"]
)
def test_only_a_key_file_right_in_its_folder_is_read(handle: Handle, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "keys"
    (folder / "below").mkdir(parents=True)
    for path in (tmp_path / "out.key", folder / "below" / "x.key", folder / "x.txt"):
        path.write_text("secret-of-another")
    (folder / "link.key").symlink_to(tmp_path / "out.key")
    (folder / "folder.key").mkdir()
    (folder / "long.key").write_text("x" * 5000)
    with pytest.raises(ConfigurationError, match="vm01") as raised:
        transport_to(handle).read(str(folder / name), str(folder))
    assert "secret" not in raised.value.message


def test_a_host_or_its_name_but_not_both(handle: Handle) -> None:
    host = host_of(handle)
    assert WinRMTransport(host).place == host.place == WinRMTransport(host_of(handle)).place
    with pytest.raises(UsageError, match="has its user"):
        WinRMTransport(host, username="x")
    other = WinRMTransport("vm01", username="u", password="secret-word")
    assert "secret-word" not in f"{other!r} {other.place!r}"
    with pytest.warns(UserWarning, match="not checked"):
        WinRMTransport("vm01", username="u", password="p", certificate="ignore")


# --- questions to other scripts ----------------------------------------------------------------------


def test_a_job_asks_as_often_as_it_likes(handle: Handle, tmp_path: Path) -> None:
    with Job(host_of(handle)) as job:
        for _ in range(2):
            answer = job.ask("http", {"paths": [str(tmp_path)], "variables": ["PATH"]})
            assert answer["exists"] == {str(tmp_path): True}
            assert list(answer["environ"]) == ["PATH"]
    assert handle.counts == {"Create": 1, "Command": 1, "Send": 2, "Receive": 2, "Signal": 1, "Delete": 1}


def test_a_question_of_a_megabyte_goes_in_pieces(handle: Handle) -> None:
    told: list[tuple[int, int]] = []
    with Job(host_of(handle)) as job:
        question = {"paths": ["/"], "ballast": "x" * 1_000_000}
        assert job.ask("http", question, on_sent=lambda sent, total: told.append((sent, total)))["exists"] == {
            "/": True
        }
    assert handle.stats()["largest"] <= 153_600
    assert handle.count("Send") == len(told) >= 9
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1] > 1_000_000


def test_a_script_that_fails_says_why_and_leaves_no_shell(handle: Handle) -> None:
    exchange = {"host": "127.0.0.1", "port": 1, "data": "no base64!"}
    with pytest.raises(RemoteScriptError, match=r"the script failed on vm01: .") as raised:
        ask(host_of(handle), "http", {"exchange": exchange, "instead": "AZURE_POD_IDENTITY_AUTHORITY_HOST"})
    assert raised.value.target == "vm01"
    assert handle.shells == []


# --- constrained language mode -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def constrained(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A PowerShell as a policy has it that trusts nobody."""
    pwsh = next((shell.executable for shell in SHELLS if shell.name == "pwsh"), None)
    if pwsh is None:
        pytest.skip("only pwsh can be told to constrain its language")
    folder = tmp_path_factory.mktemp("constrained")
    (folder / "mode.pssc").write_text(
        "@{ SchemaVersion = '2.0.0.0'; GUID = '6a2b0f0a-8a0c-4c4b-9d6b-2c2f7d1b0001'; SessionType = 'Default'; "
        "LanguageMode = 'ConstrainedLanguage' }"
    )
    program = folder / "powershell"
    program.write_text(f'#!/bin/sh\nexec "{pwsh}" -ConfigurationFile "{folder}/mode.pssc" "$@"\n')
    program.chmod(0o755)
    return str(program)


@pytest.fixture(scope="module")
def limited(behind: Azure, constrained: str) -> Iterator[Handle]:
    with wsman_host.running(WsmanHost(environ=imds_of(behind), powershell=constrained, linger=LINGER)) as handle:
        yield handle


def test_no_token_where_logs_would_record_it(limited: Handle, behind: Azure) -> None:
    limited.clear()
    behind.emulator.clear_requests()
    with pytest.raises(LanguageModeError, match="ConstrainedLanguage") as raised:
        credential(transport_to(limited)).get_token(ARM)
    assert "-AllowLogged" in (raised.value.remedy or "")
    assert behind.emulator.requests == []
    assert limited.shells == []


def test_a_token_where_the_user_allows_that(limited: Handle, behind: Azure) -> None:
    limited.clear()
    token = credential(transport_to(limited, allow_logged=True)).get_token(ARM)
    assert whose(token) == behind.emulator.vm.name
    assert limited.counts == {"Create": 1, "Command": 2, "Send": 2, "Receive": 2, "Delete": 1}


def test_a_refusal_comes_whole_in_that_way_too(limited: Handle) -> None:
    subject = credential(transport_to(limited, allow_logged=True), client_id="11111111-1111-4111-8111-111111111111")
    with pytest.raises(TokenRejectedError, match=r"Identity not found, on vm01$"):
        subject.get_token(ARM)
