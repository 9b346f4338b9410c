"""What libraries raise below the door, as our errors: one table, by the names of classes.

By names, as which libraries there are depends on the way to sign in. No error keeps what it was made of: a request
hangs on those of requests, and with it whatever was in that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from ..errors import (
    CertificateError,
    HostUnreachableError,
    RemoteError,
    SignInRefusedError,
    UnsupportedError,
)
from ..hosts import AUTHENTICATIONS, Host
from ..printable import printable
from .line import Lost, no_tls
from .refusals import denied
from .tickets import no_ticket, words_of

_Made = RemoteError | UnsupportedError | Lost


class Trouble(NamedTuple):
    """What went wrong, for the maker of an error.

    Attributes:
        host: With whom.
        found: The exception that the row is for.
        sent: Whether the host may have seen the request.
    """

    host: Host
    found: BaseException
    sent: bool

    @property
    def words(self) -> str:
        """What the exception says, for a sentence."""
        return printable(str(self.found), 200) or type(self.found).__name__


def _untrusted(trouble: Trouble) -> RemoteError:
    host = trouble.host
    why = getattr(trouble.found, "verify_message", None) or trouble.words
    return CertificateError(
        f"the certificate of {host.name} is not trusted: {printable(str(why), 200)}",
        target=host.name,
        remedy="Give the authority that signed it (a CA bundle), or the fingerprint of the host's certificate. "
        "The name must be the one that the certificate is for.",
    )


def _no_tls(trouble: Trouble) -> _Made:
    return no_tls(trouble.host, trouble.words)


def _no_proxy(trouble: Trouble) -> _Made:
    host = trouble.host
    return HostUnreachableError(
        f"{host.name} cannot be reached through the proxy: {trouble.words}",
        target=host.name,
        remedy="Check the proxy, or leave it out.",
        details={"refused": False},
    )


def _cut(trouble: Trouble) -> _Made:
    return Lost("the connection was cut off", sent=trouble.sent)


def _missing(trouble: Trouble) -> _Made | None:
    """pywinrm without what a way to sign in takes."""
    host = trouble.host
    if "'always'" in trouble.words:
        return UnsupportedError(
            f"the package for {host.authentication} that is installed cannot seal messages",
            target=host.name,
            remedy=f"Use https (port 5986), or a newer one: pip install --upgrade pywinrm[{host.authentication}]",
        )
    found = re.search(r"auth method is (\w+), but ([\w-]+) is not installed", str(trouble.found))
    if found is None:
        return None
    return UnsupportedError(
        f"{found[1]} needs a package that is not installed: {found[2]}",
        target=host.name,
        remedy=f"Install it: pip install pywinrm[{found[1]}]"
        if found[1] in ("kerberos", "credssp")
        else f"Install it: pip install {found[2]}",
    )


def _denied(trouble: Trouble) -> _Made:
    return denied(trouble.host, {})


def _broken_seal(trouble: Trouble) -> _Made:
    return RemoteError(
        f"{trouble.host.name} sent a message that is not sealed as it should be ({type(trouble.found).__name__})",
        target=trouble.host.name,
        remedy="Something changes messages on the way. Use https (port 5986).",
        details={"carried_out": True},
    )


def _refused(trouble: Trouble) -> _Made:
    host = trouble.host
    what = "ticket (klist)" if host.authentication == "kerberos" else "name and the password"
    return SignInRefusedError(
        f"{host.name}: the sign-in by {host.authentication} did not come to an end ({type(trouble.found).__name__})",
        target=host.name,
        remedy=f"Check that the host offers {host.authentication}, and the user's {what}.",
    )


def _ticketless(trouble: Trouble) -> _Made:
    return no_ticket(trouble.host, words_of(trouble.found))


def _unproven(trouble: Trouble) -> _Made:
    name = trouble.host.name
    return SignInRefusedError(
        f"{name} did not prove by Kerberos which host it is, so it may be somebody else",
        target=name,
        remedy="Check the address, and that WinRM listens there, and no gateway that signs in by itself.",
        details={"carried_out": True},
    )


def _outdated(trouble: Trouble) -> _Made | None:
    """pykerberos before 1.2.4, as of Python 3.10."""
    host = trouble.host
    if "PY_SSIZE_T_CLEAN" not in str(trouble.found):
        return None
    return UnsupportedError(
        f"the package for {host.authentication} that is installed is too old for this Python",
        target=host.name,
        remedy=f"Install a newer one: pip install --upgrade pywinrm[{host.authentication}] pykerberos",
        details={"carried_out": True},
    )


#: What is looked for first stands first. A maker that gives None leaves it to the rows below.
TABLE: tuple[tuple[frozenset[str], Callable[[Trouble], _Made | None]], ...] = tuple(
    (frozenset(names.split()), maker)
    for names, maker in (
        ("BadMICError", _broken_seal),
        ("NTStatusException", _denied),  # of CredSSP: what the host has against it, in a number
        # CredSSP signs in and seals by a TLS of its own, whose errors say nothing of the connection's.
        ("SpnegoError AuthenticationException", _refused),
        ("SpnegoError", _broken_seal),
        ("SSLCertVerificationError CertificateError", _untrusted),
        ("ProxyError InvalidProxyURL", _no_proxy),
        ("ConnectionResetError BrokenPipeError ConnectionAbortedError RemoteDisconnected IncompleteRead", _cut),
        ("SSLEOFError SSLZeroReturnError", _cut),
        ("SSLError", _no_tls),
        ("ProtocolError ChunkedEncodingError BadStatusLine LineTooLong HTTPException ConnectionError", _cut),
        ("WinRMError", _missing),
        ("NtlmAuthException NativeError FeatureMissingError NoAuthContextError", _refused),
        ("MutualAuthenticationError", _unproven),
        ("GSSError", _ticketless),
        ("KerberosExchangeError", _refused),
        ("GSSError", _broken_seal),
        ("SystemError", _outdated),
        ("PermissionError KeyError StopIteration AttributeError IndexError ValueError TypeError", _refused),
    )
)

#: What only comes up during a sign-in.
_AT_THE_DOOR = (_refused, _ticketless)


def translated(exc: BaseException, host: Host, *, sent: bool, signing_in: bool) -> _Made:
    """Our error for what a library has raised.

    Args:
        sent: Whether the host may have seen the request.
        signing_in: Whether the sign-in was under way.
    """
    chain = list(_causes(exc))
    for names, maker in TABLE:
        if maker in _AT_THE_DOOR and not (signing_in and AUTHENTICATIONS[host.authentication].seals):
            continue
        for one in chain:
            if names & {cls.__name__ for cls in type(one).__mro__}:
                made = maker(Trouble(host, one, sent))
                if made is not None:
                    return made
    return RemoteError(
        f"{host.name} answered in a way that nobody understands ({type(exc).__name__})",
        target=host.name,
        remedy="Check that WinRM listens at that address, and nothing else.",
        details={"carried_out": True},
    )


def _causes(exc: BaseException) -> Iterator[BaseException]:
    """The exception, what it was made from, and what it holds: requests and urllib3 wrap in all of these ways."""
    waiting, seen = [exc], set[int]()
    while waiting:
        one = waiting.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        held = [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
        waiting += [other for other in held if isinstance(other, BaseException)]
