"""remote: Kerberos, by tickets of a real KDC: it signs in and seals; whoever gets no ticket is told what to do."""

from __future__ import annotations

import json
import logging
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import kdc
import pytest
import winrm
import wsman_host
from afar import ARM, SAID, azure_behind, host_of, imds_of, outcome, stand_in, transport_to, zeros
from kdc import Realm
from shells import SHELLS
from support import http, talking
from wsman_faults import MAX_SHELLS
from wsman_host import Handle, WsmanHost

from pybridge import ManagedIdentityCredential
from pybridge.cache import TokenCache
from pybridge.errors import (
    HostInterruptedError,
    HostQuotaError,
    HostUnreachableError,
    RemoteError,
    SignInRefusedError,
    UnsupportedError,
)
from pybridge.hosts import Host
from pybridge.remote import run_script

USER = f"admin@{kdc.REALM}"
SERVICE = f"HTTP/localhost@{kdc.REALM}"


def realm_or_skip() -> None:
    reason = kdc.missing() or (None if wsman_host.kerberos_interpreter() else wsman_host.NO_KERBEROS)
    if reason is not None:
        pytest.skip(reason)
    kdc.client_or_skip()


@pytest.fixture(scope="module")
def keytabs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Realm, str, str]]:
    """A realm, the keys of the host, and those of the user."""
    realm_or_skip()
    with kdc.realm(tmp_path_factory.mktemp("realm")) as one:
        yield one, one.principal("HTTP/localhost"), one.principal("admin")


@pytest.fixture
def realm(keytabs: tuple[Realm, str, str]) -> Realm:
    """A realm in which the user has just signed in, and asked for nothing."""
    one, _, user = keytabs
    one.sign_out()
    one.sign_in("admin", user)
    one.forget()
    return one


def options(keytab: str, program: str | None, **more: Any) -> WsmanHost:
    given = {"authentication": ["negotiate", "kerberos"], "users": {USER: "never asked for"}, **more}
    return WsmanHost(powershell=program, keytab=keytab, **given)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> str:
    if sys.platform == "win32":
        pytest.skip("the stand-in is a script with a #! line")
    return stand_in(tmp_path_factory.mktemp("powershell"))


@pytest.fixture(scope="module")
def vm01(keytabs: tuple[Realm, str, str], program: str) -> Iterator[Handle]:
    with wsman_host.running(options(keytabs[1], program)) as handle:
        yield handle


@pytest.fixture
def handle(vm01: Handle, realm: Realm) -> Handle:
    vm01.reset()
    return vm01


@pytest.fixture(params=[True, False], ids=["https", "http"])
def secure(request: pytest.FixtureRequest) -> bool:
    """Whether it goes by https. Over http all is sealed, for which the package has to be new enough."""
    by_https: bool = request.param
    if not by_https:
        kdc.client_or_skip(seals=True)
    return by_https


def named(handle: Handle, secure: bool, name: str = "localhost", **more: Any) -> Host:
    """The host by a name, as tickets are for names."""
    address = (handle.https if secure else handle.http).replace("127.0.0.1", name)
    return host_of(handle, "kerberos", secure, **{"address": address, "username": None, "password": None, **more})


# --- signing in and sealing --------------------------------------------------------------------------


@pytest.mark.parametrize("username", [None, USER, "admin"])
def test_a_ticket_is_shown_once_for_each_connection(
    handle: Handle, realm: Realm, secure: bool, username: str | None
) -> None:
    for _ in range(2):
        assert outcome(named(handle, secure, username=username)) == [SAID, SAID]
    half = len(handle.requests) // 2
    first, rest = handle.requests[0], handle.requests[1:half]
    assert (first["action"], first["authorization"]) == ("Create" if secure else "Empty", "Negotiate")
    assert {request["authorization"] for request in rest} == {""}
    assert {request["sealed"] for request in rest} == {not secure}
    assert {request["user"] for request in handle.requests} == {USER}
    assert {request["status"] for request in handle.requests} == {200}
    assert len({request["connection"] for request in handle.requests}) == 2
    assert handle.stats()["largest"] > 100_000
    assert handle.shells == []
    assert realm.asked_for == [SERVICE]


def test_many_sign_in_at_a_time_by_one_ticket(handle: Handle, realm: Realm, secure: bool) -> None:
    assert outcome(named(handle, secure)) == [SAID, SAID]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(outcome, [named(handle, secure)] * 16))
    assert found == [[SAID, SAID]] * 16
    assert realm.asked_for == [SERVICE]
    assert handle.shells == []


@pytest.mark.parametrize("size", [1, 12_000, 100_000])
def test_an_answer_of_any_length_comes_as_it_was(handle: Handle, secure: bool, size: int) -> None:
    assert zeros(named(handle, secure), size) == bytes(size)
    assert handle.shells == []


def test_a_token_of_a_host_takes_five_messages(keytabs: tuple[Realm, str, str], realm: Realm, secure: bool) -> None:
    if not SHELLS:
        pytest.skip("no PowerShell on this machine")
    with (
        azure_behind() as azure,
        wsman_host.running(options(keytabs[1], None, environ=imds_of(azure), linger=20.0)) as handle,
    ):
        host = named(handle, secure)
        transport = transport_to(handle, "kerberos", secure, address=host.address.url, username=None, password=None)
        token = ManagedIdentityCredential(transport=transport, tokens=TokenCache()).get_token(ARM)
        assert (token.resource, token.source) == (ARM, "imds")
        messages = {"Create": 1, "Command": 1, "Send": 1, "Receive": 1, "Delete": 1}
        assert handle.counts == ({} if secure else {"Empty": 1}) | messages
        assert handle.shells == []


def test_a_script_runs_there(keytabs: tuple[Realm, str, str], realm: Realm, secure: bool) -> None:
    powershell = next((shell.executable for shell in SHELLS if not shell.is_engine), None)
    if powershell is None:
        pytest.skip("no whole PowerShell on this machine")
    with wsman_host.running(options(keytabs[1], powershell, environ={"WHO": "vm01"})) as handle:
        found = run_script(named(handle, secure), "'{0} {1}' -f $env:WHO, (6 * 7); exit 3")
        assert (found.text("output"), found.exit_code) == ("vm01 42\n", 3)
        assert handle.shells == []


@pytest.mark.parametrize("bindings", ["relaxed", "strict", "none"])
def test_channel_bindings_are_sent(keytabs: tuple[Realm, str, str], realm: Realm, program: str, bindings: str) -> None:
    """The library learns them from the first answer. Before 1.2 it cannot send them."""
    if bindings == "strict" and not kdc.can_bind():
        pytest.skip("the package for Kerberos is too old for channel bindings (pip install --upgrade pykerberos)")
    with wsman_host.running(options(keytabs[1], program, channel_bindings=bindings)) as handle:
        assert outcome(named(handle, True)) == [SAID, SAID]
        assert handle.count("SignIn") == (1 if bindings == "strict" else 0)
        assert handle.count("Create") == 1


def test_what_cannot_seal_is_told_before_anything_is_sent(handle: Handle, monkeypatch: pytest.MonkeyPatch) -> None:
    kerberos = pytest.importorskip("kerberos", reason="winkerberos, as on Windows, seals in any case")
    monkeypatch.delattr(kerberos, "authGSSWinRMEncryptMessage", raising=False)  # as before 1.2
    found = outcome(named(handle, False))
    assert isinstance(found, UnsupportedError)
    assert found.message == "the package for kerberos that is installed cannot seal messages"
    assert handle.requests == []


def test_an_answer_in_clear_to_a_sealed_message_is_not_believed(handle: Handle) -> None:
    kdc.client_or_skip(seals=True)
    handle.fault("Receive", do="status", status=200, text="<s:Envelope/>")
    found = outcome(named(handle, False))
    assert isinstance(found, RemoteError)
    assert found.message == "vm01 answered in clear to a sealed message, so it may be somebody else"
    assert handle.shells == []


def test_a_broken_seal_is_told(handle: Handle, monkeypatch: pytest.MonkeyPatch) -> None:
    kdc.client_or_skip(seals=True)
    kerberos = pytest.importorskip("kerberos", reason="winkerberos, as on Windows, has errors of another kind")
    unsealed = kerberos.authGSSWinRMDecryptMessage

    def changed(context: object, data: bytes, header: bytes) -> object:
        return unsealed(context, data[:-1] + bytes([data[-1] ^ 1]), header)

    monkeypatch.setattr(kerberos, "authGSSWinRMDecryptMessage", changed)
    found = outcome(named(handle, False))
    assert isinstance(found, RemoteError)
    assert found.message == "vm01 sent a message that is not sealed as it should be (GSSError)"
    assert handle.shells == []


def test_nobody_logs_a_ticket(handle: Handle, secure: bool, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    assert outcome(named(handle, secure)) == [SAID, SAID]
    assert "Negotiate " not in caplog.text


# --- no ticket ---------------------------------------------------------------------------------------


def test_whoever_has_no_ticket_is_told_to_get_one(handle: Handle, realm: Realm, secure: bool) -> None:
    realm.sign_out()
    found = outcome(named(handle, secure))
    assert isinstance(found, SignInRefusedError)
    assert found.message.startswith("vm01: there is no ticket of Kerberos for HTTP/localhost: No Kerberos credentials")
    assert "kinit user@REALM" in (found.remedy or "")
    assert handle.requests == []


@pytest.mark.parametrize(("username", "named_so"), [(f"eve@{kdc.REALM}", f"eve@{kdc.REALM}"), ("X\\eve", "user@REALM")])
def test_the_ticket_of_somebody_else_is_not_taken(handle: Handle, secure: bool, username: str, named_so: str) -> None:
    found = outcome(named(handle, secure, username=username))
    assert isinstance(found, SignInRefusedError)
    assert f"kinit {named_so}." in (found.remedy or "")
    assert handle.requests == []


def test_a_host_that_the_realm_does_not_know_is_told(handle: Handle, realm: Realm, secure: bool) -> None:
    found = outcome(named(handle, secure, "127.0.0.1"))
    assert isinstance(found, SignInRefusedError)
    assert found.message.startswith("vm01: there is no ticket of Kerberos for HTTP/127.0.0.1: Server HTTP/127.0.0.1@")
    assert (found.remedy or "").startswith("Kerberos knows hosts by their names, and not by IP addresses.")
    assert f"HTTP/127.0.0.1@{kdc.REALM}" in realm.asked_for
    assert handle.requests == []


def test_a_ticket_of_a_key_that_the_host_does_not_have_is_refused(
    keytabs: tuple[Realm, str, str], realm: Realm, program: str, secure: bool
) -> None:
    """Shown once over http; under TLS once more, bound to that: a host may want that."""
    with kdc.realm(realm.folder / f"other-{secure}") as other:
        keytab = other.principal("HTTP/localhost")
    with wsman_host.running(options(keytab, program)) as handle:
        found = outcome(named(handle, secure))
        assert isinstance(found, SignInRefusedError)
        assert found.message == "vm01 refused the sign-in of this user by kerberos"
        assert "setspn -Q" in (found.remedy or "")
        assert dict(handle.counts) == {"SignIn": 2 if secure else 1}


def test_a_realm_whose_kdc_is_gone_is_told(handle: Handle, tmp_path: Path, secure: bool) -> None:
    with kdc.realm(tmp_path) as gone:
        keytab = gone.principal("admin")
        gone.sign_in("admin", keytab)
        assert gone.is_running
        gone.close()
        assert not gone.is_running
        found = outcome(named(handle, secure))
    assert isinstance(found, HostUnreachableError)
    assert "Cannot contact any KDC for realm" in found.message
    assert "KRB5_CONFIG" in (found.remedy or "")
    assert handle.requests == []


def test_a_silent_kdc_is_not_waited_for_longer_than_for_a_connection(
    handle: Handle, tmp_path: Path, secure: bool
) -> None:
    with kdc.realm(tmp_path) as gone, socket.socket(type=socket.SOCK_DGRAM) as silent, socket.socket() as deaf:
        gone.sign_in("admin", gone.principal("admin"))
        gone.close()
        for one in (silent, deaf):
            one.bind(("127.0.0.1", gone.port))
        deaf.listen()
        found = outcome(named(handle, secure, connect_timeout=0.5))
    assert isinstance(found, HostUnreachableError)
    assert "Cannot contact any KDC within 0.5 s" in found.message


# --- whoever else is there ---------------------------------------------------------------------------


def test_a_host_that_does_not_offer_it_is_told_with_what_it_does(
    keytabs: tuple[Realm, str, str], realm: Realm, program: str, secure: bool
) -> None:
    ways = {"authentication": ["basic"], "allow_unencrypted": True}
    with wsman_host.running(options(keytabs[1], program, **ways)) as handle:
        found = outcome(named(handle, secure))
        assert isinstance(found, SignInRefusedError)
        assert found.message == "vm01 does not take kerberos; it offers Basic"
        assert len(handle.requests) == 1


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (http("200 OK", b"It works!"), "did not prove by Kerberos which host it is"),
        (http("200 OK", b"", "WWW-Authenticate: Negotiate AAAA"), "did not prove by Kerberos which host it is"),
        (http("401 No"), "refused the sign-in"),
        (http("401 No", b"", "WWW-Authenticate: Negotiate"), "refused the sign-in"),
        (http("302 Found", b"", "Location: http://127.0.0.1:1/"), "a redirect, which is never followed"),
        (http("500 Oops", b"the pool is stopped"), "lets in whoever comes"),
        (http("503 Busy"), "not ready"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "vm01"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_whoever_else_listens_there_is_told_nothing(handle: Handle, answer: bytes, words: str) -> None:
    kdc.client_or_skip(seals=True)
    with talking(answer) as talker:
        found = outcome(named(handle, False, address=f"http://localhost:{talker.port}/wsman", timeout=20))
    assert isinstance(found, RemoteError)
    assert words in found.message
    assert all(b"Envelope" not in request and b"multipart" not in request for request in talker.received)


# --- once it is in -----------------------------------------------------------------------------------

TROUBLES: tuple[dict[str, Any], ...] = (
    {"do": "drop"},
    {"do": "drop", "carried_out": True},
    {"do": "status", "status": 400},
    {"do": "status", "status": 401},
    {"do": "status", "status": 503},
    {"do": "fault", "code": 4711},
)
STEPS = ["Create", "Command", "Send", "Receive", "Signal", "Delete"]


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: "-".join(map(str, trouble.values())))
@pytest.mark.parametrize("step", STEPS)
def test_no_shell_is_left(handle: Handle, secure: bool, step: str, trouble: dict[str, Any]) -> None:
    handle.fault(step, **trouble)
    found = outcome(named(handle, secure, timeout=30))
    assert handle.shells == []
    if isinstance(found, RemoteError):
        assert found.message.startswith("vm01")
    else:
        assert found == [SAID, SAID]


@pytest.mark.parametrize("step", STEPS[1:])
def test_a_host_that_forgot_the_session_is_signed_in_to_again(
    handle: Handle, realm: Realm, secure: bool, step: str
) -> None:
    handle.fault(step, do="status", status=401)
    assert outcome(named(handle, secure)) == [SAID, SAID]
    assert len([request for request in handle.requests if request["authorization"]]) == 2
    assert realm.asked_for == [SERVICE]
    assert handle.shells == []


def test_a_fault_that_answers_the_first_message_is_no_refusal_of_the_sign_in(handle: Handle, secure: bool) -> None:
    handle.fault("Create", do="fault", code=MAX_SHELLS, times=0)
    assert isinstance(outcome(named(handle, secure, timeout=30)), HostQuotaError)


def test_what_may_have_been_done_is_not_done_again(handle: Handle, secure: bool) -> None:
    handle.fault("Send", do="drop", carried_out=True)
    assert isinstance(outcome(named(handle, secure)), HostInterruptedError)
    assert handle.count("Send") == 1
    assert handle.shells == []


# --- a client that is not ours -----------------------------------------------------------------------


def test_pywinrm_itself_comes_in(handle: Handle, secure: bool) -> None:
    url = (handle.https if secure else handle.http).replace("127.0.0.1", "localhost")
    session = winrm.Session(url, auth=(USER, ""), transport="kerberos", ca_trust_path=handle.ca)
    session.protocol.transport.endpoint = url  # a Session loses the port of a URL
    try:
        answer = session.run_cmd("echo", ["to you; exit 7"])
    finally:
        if session.protocol.transport.session is not None:
            session.protocol.transport.session.close()
    assert (answer.std_out, answer.status_code) == (b"to you\n", 7)
    assert {request["user"] for request in handle.requests} == {USER}
    assert {request["sealed"] for request in handle.requests if request["action"] != "Empty"} == {not secure}
    once = {name: count for name, count in handle.counts.items() if name != "Receive"}
    messages = dict.fromkeys(("Create", "Command", "Signal", "Delete"), 1)
    assert once == ({} if secure else {"Empty": 1}) | messages


#: What Windows' own clients do where only Kerberos is offered. A fault is an answer, too.
BY_ITS_OWN_NAME = """
import base64, gssapi, http.client, json, struct, sys
from gssapi import raw
port, line = json.loads(sys.stdin.read()), "--Encrypted Boundary"
name = gssapi.Name("HTTP@localhost", gssapi.NameType.hostbased_service)
context = gssapi.SecurityContext(name=name, usage="initiate", mech=gssapi.MechType.kerberos)
client, kind = http.client.HTTPConnection("localhost", port, timeout=60), raw.IOVBufferType
token = {"Authorization": "Kerberos " + base64.b64encode(context.step()).decode()}
client.request("POST", "/wsman", b"", token)
answer = client.getresponse()
answer.read()
context.step(base64.b64decode(answer.headers["WWW-Authenticate"].removeprefix("Kerberos ")))
pieces = raw.IOV(kind.header, b"<no/>", kind.padding, std_layout=False)
raw.wrap_iov(context, pieces, confidential=True)
sealer = "application/HTTP-Kerberos-session-encrypted"
head = f"{line}\\r\\n\\tContent-Type: {sealer}\\r\\n\\tOriginalContent: type=application/soap+xml;Length=5"
body = f"{head}\\r\\n{line}\\r\\n\\tContent-Type: application/octet-stream\\r\\n".encode()
body += struct.pack("<I", len(pieces[0].value)) + pieces[0].value + pieces[1].value + f"{line}--\\r\\n".encode()
content = f'multipart/encrypted;protocol="{sealer}";boundary="Encrypted Boundary"'
client.request("POST", "/wsman", body, {"Content-Type": content})
answer = client.getresponse()
print(answer.status, answer.headers["Content-Type"] == content, len(answer.read()) > 500)
"""


def test_kerberos_by_its_own_name_seals_by_its_own_name(handle: Handle) -> None:
    python = wsman_host.kerberos_interpreter()
    assert python is not None
    done = subprocess.run(
        [python, "-c", BY_ITS_OWN_NAME], input=json.dumps(handle.http_port), capture_output=True, text=True, timeout=60
    )
    assert (done.stdout, done.stderr) == ("500 True True\n", "")
    assert [(request["user"], request["sealed"]) for request in handle.requests] == [(USER, False), (USER, True)]
