"""remote: what Kerberos says, in the words of its libraries, and what to do then; and that nobody waits too long."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from pybridge.errors import CancelledError, HostUnreachableError, RemoteError, SignInRefusedError, UnsupportedError
from pybridge.hosts import Host
from pybridge.hosts import host as make_host
from pybridge.remote.foreign import translated
from pybridge.remote.patience import Patience
from pybridge.remote.sockets import PATIENCE
from pybridge.remote.tickets import no_ticket, patiently, words_of

UNSPECIFIED = ("Unspecified GSS failure.  Minor code may provide more information", 851968)


class GSSError(Exception):
    """As pykerberos', which is known by its name."""


class KerberosExchangeError(OSError):
    """As requests-kerberos'."""


class MutualAuthenticationError(OSError):
    """As requests-kerberos'."""


def vm01(**options: Any) -> Host:
    return make_host("vm01", address="vm01.contoso.com", authentication="kerberos", **options)


def exchanged(said: str) -> KerberosExchangeError:
    """What the library raises once GSSAPI has said no."""
    error = KerberosExchangeError("authGSSClientStep() failed")
    error.__context__ = GSSError(UNSPECIFIED, (said, -1765328243))
    return error


@pytest.mark.parametrize(
    ("said", "remedy"),
    [
        ("No Kerberos credentials available (default cache: FILE:/tmp/krb5cc_0)", "kinit"),
        ("Ticket expired", "kinit"),
        ("Matching credential not found (filename: /tmp/krb5cc_0)", "kinit"),
        ("Can't find client principal eve@CONTOSO.COM in cache collection", "kinit"),
        ("Client 'eve@CONTOSO.COM' not found in Kerberos database", "kinit"),
        ("SSPI: InitializeSecurityContext: No credentials are available in the security package", "kinit"),
        ("Something that nobody has heard of", "kinit"),
        ("Server HTTP/vm01@CONTOSO.COM not found in Kerberos database", "full name"),
        ("SSPI: InitializeSecurityContext: The specified target is unknown or unreachable", "full name"),
        ("Clock skew too great", "clock"),
        ("Ticket not yet valid", "clock"),
    ],
)
def test_what_kerberos_says_is_told_with_what_to_do(said: str, remedy: str) -> None:
    found = translated(exchanged(said), vm01(), sent=False, signing_in=True)
    assert isinstance(found, SignInRefusedError)
    assert found.message == f"vm01: there is no ticket of Kerberos for HTTP/vm01.contoso.com: {said}"
    assert remedy in (found.remedy or "")


@pytest.mark.parametrize(
    "said",
    [
        "Cannot contact any KDC for realm 'CONTOSO.COM'",
        'Cannot find KDC for realm "CONTOSO.COM"',
        'Cannot resolve servers for KDC in realm "CONTOSO.COM"',
        "unable to reach any KDC in realm CONTOSO.COM",
    ],
)
def test_to_miss_a_kdc_is_no_refusal(said: str) -> None:
    found = translated(exchanged(said), vm01(), sent=False, signing_in=True)
    assert isinstance(found, HostUnreachableError)
    assert "krb5.conf" in (found.remedy or "")


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ((UNSPECIFIED, ("Ticket expired", -1)), "Ticket expired"),
        ((("Invalid token was supplied", 589824), ("Success", 0)), "Invalid token was supplied"),
        (("one", "two"), "two"),
        ((), "GSSError"),
        (((), ("", 1)), "()"),
    ],
)
def test_the_words_are_those_of_kerberos(args: tuple[Any, ...], words: str) -> None:
    assert words_of(GSSError(*args)) == words


def test_no_sign_of_a_terminal_gets_through() -> None:
    assert "\x1b" not in no_ticket(vm01(), "Ticket \x1b[31mexpired").message


def test_an_error_after_the_sign_in_is_one_of_the_seal() -> None:
    found = translated(GSSError(UNSPECIFIED, ("Invalid token", 1)), vm01(), sent=True, signing_in=False)
    assert isinstance(found, RemoteError)
    assert found.message == "vm01 sent a message that is not sealed as it should be (GSSError)"


def test_who_does_not_prove_who_it_is_may_be_somebody_else() -> None:
    found = translated(MutualAuthenticationError(), vm01(), sent=True, signing_in=True)
    assert isinstance(found, SignInRefusedError)
    assert found.message == "vm01 did not prove by Kerberos which host it is, so it may be somebody else"


def test_a_package_that_is_too_old_for_this_python_is_told() -> None:
    said = SystemError("PY_SSIZE_T_CLEAN macro must be defined for '#' formats")
    found = translated(said, vm01(), sent=True, signing_in=True)
    assert isinstance(found, UnsupportedError)
    assert found.message == "the package for kerberos that is installed is too old for this Python"
    assert found.details["carried_out"] is True
    other = translated(SystemError("unknown opcode"), vm01(), sent=True, signing_in=True)
    assert isinstance(other, RemoteError)


# --- waiting -----------------------------------------------------------------------------------------


def waiting(host: Host, get: Callable[..., str], patience: Patience) -> str:
    token = PATIENCE.set(patience)
    try:
        return patiently(host, get)("response", host="vm01")
    finally:
        PATIENCE.reset(token)


def test_a_ticket_comes_as_it_is_and_an_error_too() -> None:
    def refuse(*_: object, **__: object) -> str:
        raise exchanged("Ticket expired")

    patience = Patience("vm01", 30.0)
    assert waiting(vm01(), lambda *given, **named: f"{given} {named}", patience) == "('response',) {'host': 'vm01'}"
    with pytest.raises(KerberosExchangeError):
        waiting(vm01(), refuse, patience)


@pytest.fixture
def silent() -> Any:
    """A KDC that says nothing until the test is over."""
    ended = threading.Event()

    def get(*_: object, **__: object) -> str:
        ended.wait()
        return ""

    yield get
    ended.set()


def test_a_silent_kdc_is_given_up_by_the_limit_of_a_connection(silent: Callable[..., str]) -> None:
    with pytest.raises(HostUnreachableError, match=r"Cannot contact any KDC within 0\.01 s"):
        waiting(vm01(connect_timeout=0.01), silent, Patience("vm01", 30.0))


def test_whoever_wants_no_more_is_free(silent: Callable[..., str]) -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(CancelledError):
        waiting(vm01(), silent, Patience("vm01", 30.0, stops=(stop,)))
