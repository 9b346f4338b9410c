"""remote: CredSSP, for which the client needs requests-credssp, signs in and seals; what else a host says is told."""

from __future__ import annotations

import importlib.util
import socket
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import wsman_host
from afar import SAID, host_of, outcome, stand_in, zeros
from support import http, shown, talking
from wsman_faults import MAX_SHELLS
from wsman_host import Handle, WsmanHost

from pybridge.errors import (
    HostInterruptedError,
    HostQuotaError,
    RemoteError,
    SignInRefusedError,
    UnsupportedError,
)
from pybridge.hosts import Host
from pybridge.hosts import host as make_host
from pybridge.passwords import Password
from pybridge.remote.foreign import translated

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a script with a #! line")

both = pytest.mark.parametrize("secure", [True, False], ids=["https", "http"])

#: Requests of a sign-in before the one that is let in: the question, TLS twice, NTLM, the proof that binds both.
STEPS = 5


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> str:
    return stand_in(tmp_path_factory.mktemp("powershell"))


@pytest.fixture(scope="module")
def vm01(program: str) -> Iterator[Handle]:
    credssp_or_skip()
    with wsman_host.running(WsmanHost(powershell=program, authentication=["negotiate", "credssp"])) as handle:
        yield handle


@pytest.fixture
def handle(vm01: Handle) -> Handle:
    vm01.reset()
    return vm01


def credssp_or_skip() -> None:
    if importlib.util.find_spec("requests_credssp") is None:
        pytest.skip("no requests-credssp, without which there is no CredSSP (pip install pywinrm[credssp])")
    if not wsman_host.interpreter()[1]:
        pytest.skip(wsman_host.NO_NTLM)


def reach(port: int) -> Host:
    """Whoever listens at a port over http."""
    password = Password("Correct-Horse-Battery-1")
    address = f"http://127.0.0.1:{port}/wsman"
    return make_host("vm01", address=address, authentication="credssp", username="admin", password=password)


# --- signing in and sealing --------------------------------------------------------------------------


@both
def test_it_signs_in_before_there_is_anything_to_carry_out(handle: Handle, secure: bool) -> None:
    assert outcome(host_of(handle, "credssp", secure)) == [SAID, SAID]
    first, rest = handle.requests[: STEPS + 1], handle.requests[STEPS + 1 :]
    assert [(request["action"], request["size"]) for request in first] == [*[("SignIn", 0)] * STEPS, ("Empty", 0)]
    assert {request["sealed"] for request in rest} == {not secure}
    assert {request["user"] for request in rest} == {"admin"}
    assert {request["status"] for request in rest} == {200}
    assert handle.stats()["largest"] > 100_000
    assert len({request["connection"] for request in handle.requests}) == 1
    assert handle.shells == []


@pytest.mark.parametrize("size", [1, 12_000, 100_000])
@both
def test_an_answer_of_any_length_comes_as_it_was(handle: Handle, secure: bool, size: int) -> None:
    """What is sealed is cut into pieces of 16 KB; the envelope is longer than what is in it."""
    assert zeros(host_of(handle, "credssp", secure), size) == bytes(size)
    assert handle.shells == []


@pytest.mark.parametrize(
    ("user", "password"),
    [("CONTOSO\\admin", "p:a\\s'\"&<"), ("\u00fcser", "gr\u00fc\u00dfe"), ("admin", "\u65e5\u672c\u8a9e")],
)
def test_users_and_passwords_of_all_kinds(program: str, user: str, password: str) -> None:
    credssp_or_skip()
    with wsman_host.running(
        WsmanHost(powershell=program, authentication=["credssp"], users={user: password})
    ) as handle:
        host = host_of(handle, "credssp", False, username=user, password=Password(password))
        assert outcome(host) == [SAID, SAID]


def test_an_answer_in_clear_to_a_sealed_message_is_not_believed(handle: Handle) -> None:
    handle.fault("Receive", do="status", status=200, text="<s:Envelope/>")
    found = outcome(host_of(handle, "credssp", False))
    assert isinstance(found, RemoteError)
    assert found.message == "vm01 answered in clear to a sealed message, so it may be somebody else"
    assert handle.shells == []


def test_a_broken_seal_is_no_trouble_of_the_connection(handle: Handle) -> None:
    """It is one of TLS to the library. To ask again would be to wait for what has been said already."""
    handle.fault("Receive", do="fault", code=MAX_SHELLS, carried_out=True)  # it seals twice, of which one gets lost
    found = outcome(host_of(handle, "credssp", False))
    assert isinstance(found, RemoteError)
    assert found.message == "vm01 sent a message that is not sealed as it should be (SpnegoError)"
    assert handle.shells == []


# --- refusals ----------------------------------------------------------------------------------------


@both
def test_a_wrong_password_is_told_once(handle: Handle, secure: bool) -> None:
    """Once: a second attempt might lock the account."""
    found = outcome(host_of(handle, "credssp", secure, password=Password("wrong-word")))
    assert isinstance(found, SignInRefusedError)
    assert found.message == "vm01 refused the sign-in of admin by credssp"
    assert not any("wrong-word" in text for text in shown(found))
    assert [request["action"] for request in handle.requests] == ["SignIn"] * STEPS
    assert handle.shells == []


@both
def test_a_host_that_refuses_without_a_number_refuses(handle: Handle, secure: bool) -> None:
    handle.fault("SignIn", do="status", status=401, nth=STEPS + 1, times=0)
    found = outcome(host_of(handle, "credssp", secure))
    assert isinstance(found, SignInRefusedError)
    assert found.message == "vm01 refused the sign-in of admin by credssp"
    assert "CredSSP" in str(found.details["offered"])
    assert len(handle.requests) == STEPS + 1


@pytest.mark.parametrize("step", range(1, STEPS + 2))
@pytest.mark.parametrize(("status", "words"), [(400, "HTTP 400"), (404, "nothing at /wsman"), (503, "not ready")])
def test_what_is_no_step_of_a_sign_in_is_told(handle: Handle, step: int, status: int, words: str) -> None:
    handle.fault("SignIn", do="status", status=status, nth=step, times=0)
    found = outcome(host_of(handle, "credssp"))
    assert isinstance(found, RemoteError)
    assert words in found.message


@both
def test_a_way_that_the_host_does_not_offer_is_told_with_those_that_it_does(program: str, secure: bool) -> None:
    credssp_or_skip()
    with wsman_host.running(WsmanHost(powershell=program, authentication=["negotiate"])) as handle:
        found = outcome(host_of(handle, "credssp", secure))
        assert isinstance(found, SignInRefusedError)
        assert found.message == "vm01 does not take credssp; it offers Negotiate"
        assert len(handle.requests) == 1


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (http("200 OK", b"It works!"), "lets in whoever comes"),
        (http("401 No"), "refused the sign-in"),
        (http("302 Found", b"", "Location: http://127.0.0.1:1/"), "a redirect, which is never followed"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_whoever_else_listens_there_is_told_nothing(answer: bytes, words: str) -> None:
    credssp_or_skip()
    with talking(answer) as talker:
        found = outcome(reach(talker.port))
    assert isinstance(found, RemoteError)
    assert words in found.message
    assert len(talker.received) == 1


def test_who_does_not_shake_hands_is_no_trouble_of_the_connection() -> None:
    def talk(line: socket.socket) -> None:
        said = b"HTTP/1.1 401 No\r\nContent-Length: 0\r\nWWW-Authenticate: CredSSP AAAA\r\n\r\n"
        line.sendall(said)
        while line.recv(65536):
            line.sendall(said)

    credssp_or_skip()
    with talking(talk) as talker:
        found = outcome(reach(talker.port))
    assert isinstance(found, SignInRefusedError)
    assert found.message.startswith("vm01: the sign-in by credssp did not come to an end")


# --- once it is in -----------------------------------------------------------------------------------

TROUBLES: tuple[dict[str, Any], ...] = (
    {"do": "drop"},
    {"do": "drop", "carried_out": True},
    {"do": "status", "status": 400},
    {"do": "status", "status": 401},
    {"do": "status", "status": 503},
    {"do": "fault", "code": 4711},
)


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: "-".join(map(str, trouble.values())))
@pytest.mark.parametrize("step", ["Create", "Command", "Send", "Receive", "Signal", "Delete"])
@both
def test_no_shell_is_left(handle: Handle, secure: bool, step: str, trouble: dict[str, Any]) -> None:
    handle.fault(step, **trouble)
    found = outcome(host_of(handle, "credssp", secure, timeout=30))
    assert handle.shells == []
    if not isinstance(found, RemoteError):
        assert found == [SAID, SAID]
        return
    assert not isinstance(found, SignInRefusedError)
    assert found.message.startswith("vm01")
    assert not any(handle.password() in text for text in shown(found))


@pytest.mark.parametrize("step", ["Create", "Command", "Send", "Receive", "Signal", "Delete"])
@both
def test_a_host_that_forgot_the_session_is_signed_in_to_again(handle: Handle, secure: bool, step: str) -> None:
    handle.fault(step, do="status", status=401)
    assert outcome(host_of(handle, "credssp", secure)) == [SAID, SAID]
    assert handle.counts["Empty"] == 2
    assert handle.shells == []


@both
def test_a_fault_that_answers_the_first_message_is_no_refusal_of_the_sign_in(handle: Handle, secure: bool) -> None:
    handle.fault("Create", do="fault", code=MAX_SHELLS, times=0)
    found = outcome(host_of(handle, "credssp", secure, timeout=30))
    assert isinstance(found, HostQuotaError)


@both
def test_what_may_have_been_done_is_not_done_again(handle: Handle, secure: bool) -> None:
    handle.fault("Send", do="drop", carried_out=True)
    found = outcome(host_of(handle, "credssp", secure))
    assert isinstance(found, HostInterruptedError)
    assert handle.count("Send") == 1
    assert handle.shells == []


# --- packages ----------------------------------------------------------------------------------------


class WinRMError(Exception):
    """As pywinrm's, which is known by its name."""


@pytest.mark.parametrize("authentication", ["credssp", "kerberos"])
def test_a_package_that_is_too_old_to_seal_is_told(authentication: str) -> None:
    host = make_host("vm01", authentication=authentication, username="admin", password=Password("Secret-1"))
    said = f"message encryption is set to 'always' but the selected auth method {authentication} does not support it"
    found = translated(WinRMError(said), host, sent=False, signing_in=True)
    assert isinstance(found, UnsupportedError)
    assert found.message == f"the package for {authentication} that is installed cannot seal messages"
    assert f"pywinrm[{authentication}]" in (found.remedy or "")
