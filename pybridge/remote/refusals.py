"""What a status of HTTP means that is no answer of WS-Management."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..errors import HostUnreachableError, RemoteError, SignInRefusedError
from ..hosts import Host
from .line import Lost

#: A sign-in that goes on.
_CHALLENGE = re.compile(r"\bNegotiate +[\w+/]", re.IGNORECASE)
_CREDSSP, _CREDSSP_STEP = re.compile(r"\bCredSSP\b", re.IGNORECASE), re.compile(r"\bCredSSP +[\w+/]", re.IGNORECASE)


def check_challenge(host: Host, status: int, headers: Mapping[str, str], *, is_empty: bool) -> None:
    """Go on, if that is what a host has to say to the first message of a sign-in by negotiate.

    Raises:
        RemoteError: It is not.
        Lost: It may be, later.
    """
    if status == 200:
        raise lets_everybody_in(host)
    if status == 401 and _CHALLENGE.search(headers.get("WWW-Authenticate", "")):
        return
    if status != 401:
        raise refusal(host, status, headers, is_empty=is_empty)
    if "Negotiate" in _offers(headers):
        raise SignInRefusedError(
            f"{host.name} does not go on with NTLM, so the password was not looked at",
            target=host.name,
            remedy="NTLM may be forbidden there. Sign in by kerberos.",
            details={"offered": _offers(headers)},
        )
    raise denied(host, headers, {"Negotiate"})


def check_step(host: Host, says_who: bool, status: int, headers: Mapping[str, str]) -> None:
    """Go on with CredSSP. Of whatever else a host says, its library knows only that it is no step.

    Args:
        says_who: Whether the request was a step.

    Raises:
        RemoteError: The host does not go on.
        Lost: It may, later.
    """
    if status == 401:
        goes_on = bool((_CREDSSP_STEP if says_who else _CREDSSP).search(headers.get("WWW-Authenticate", "")))
    else:
        goes_on = status == 200 or not says_who
    if not goes_on:
        raise refusal(host, status, headers)


def check_ticket(host: Host, status: int, headers: Mapping[str, str], *, is_bound: bool) -> None:
    """Go on with a sign-in by Kerberos, whose library would show three tickets to a host that refuses the first, and
    takes all else for an answer in which the host should have proved who it is.

    Args:
        is_bound: Whether there is no more to show: the first ticket, under TLS, is not bound to that yet.

    Raises:
        RemoteError: The host does not go on.
        Lost: It may, later.
    """
    if status not in (200, 401, 500) or (status == 401 and is_bound):
        raise refusal(host, status, headers)


def lets_everybody_in(host: Host) -> SignInRefusedError:
    """The error for a host with which messages cannot be sealed."""
    return SignInRefusedError(
        f"{host.name} lets in whoever comes, so there is nothing to seal messages with",
        target=host.name,
        remedy="Something else than WinRM listens there, or https is to be used (port 5986).",
    )


def refusal(host: Host, status: int, headers: Mapping[str, str], *, is_empty: bool = True) -> RemoteError | Lost:
    """The error for an HTTP status that is no answer of WS-Management.

    Args:
        is_empty: Whether nothing else came, as far as anybody has looked.
    """
    if status == 401:
        return denied(host, headers)
    if status == 413:
        return RemoteError(
            f"{host.name} takes no message of that length",
            target=host.name,
            remedy='Raise the limit there: winrm set winrm/config @{MaxEnvelopeSizekb="500"}',
        )
    if status == 500 and is_empty:
        return RemoteError(
            f"{host.name} answered HTTP 500 without a word",
            target=host.name,
            remedy="It may refuse what is not encrypted (AllowUnencrypted=false): use https, or negotiate.",
        )
    if status == 404:
        return RemoteError(
            f"{host.name} has nothing at {host.address.path} (HTTP 404)",
            target=host.name,
            remedy="WinRM is at the path /wsman; check the port, too.",
        )
    if status in (502, 503, 504):
        # A gateway may have passed it on, and lost the answer.
        error = HostUnreachableError(
            f"{host.name} answered HTTP {status}: it, or a gateway before it, is not ready",
            target=host.name,
            remedy="Try again later.",
            details={"status": status},
        )
        return Lost(f"HTTP {status}", sent=True, error=error)
    follow = ", a redirect, which is never followed" if 300 <= status < 400 else ""
    return RemoteError(
        f"{host.name} answered HTTP {status}{follow}",
        target=host.name,
        remedy="Check that WinRM listens at that address, and that no proxy answers in its place.",
        details={"status": status},
    )


_SCHEMES = ("Negotiate", "Kerberos", "NTLM", "CredSSP", "Basic", "Digest", "Bearer")
_WANTED: Mapping[str, set[str]] = {
    "basic": {"Basic"},
    "credssp": {"CredSSP"},
    "kerberos": {"Kerberos", "Negotiate"},
    "negotiate": {"Negotiate", "NTLM"},
}

_PASSWORD = (
    "Check the name and the password. A user of the host itself is `user` or `.\\user`, one of a domain "
    "`DOMAIN\\user`; only Basic is for users of the host alone."
)
_TICKET = (
    "Check that this user may come in there, that the clocks agree, and that the host's name is registered for it "
    "alone (setspn -Q HTTP/name, on Windows). A ticket may be of a key that the host has no more: kdestroy, then kinit."
)


def _offers(headers: Mapping[str, str]) -> list[str]:
    """The ways to sign in that a host offers."""
    words = set(re.findall(r"[a-z]+", headers.get("WWW-Authenticate", "").lower()))
    return [scheme for scheme in _SCHEMES if scheme.lower() in words]


def denied(host: Host, headers: Mapping[str, str], takes: set[str] | None = None) -> SignInRefusedError:
    """The error for a sign-in that the host refuses.

    Args:
        takes: What it would have to offer; by default any name of the way that was gone.
    """
    offers = _offers(headers)
    ours = _WANTED.get(host.authentication, set()) if takes is None else takes
    listed = ", ".join(offers)
    if offers and ours and not ours & set(offers):
        message = f"{host.name} does not take {host.authentication}; it offers {listed}"
        remedy = "Sign in in one of these ways, or turn yours on there (winrm/config/service/auth)."
    else:
        message = f"{host.name} refused the sign-in of {host.username or 'this user'} by {host.authentication}"
        remedy = _TICKET if host.authentication == "kerberos" else _PASSWORD
        remedy += f" It offers {listed}." if listed else ""
    return SignInRefusedError(message, target=host.name, remedy=remedy, details={"offered": offers})
