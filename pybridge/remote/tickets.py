"""Tickets of Kerberos: to get one takes as long as it takes, and there are many reasons for which there is none."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from typing import Any

from ..errors import HostTimedOutError, HostUnreachableError, RemoteError, SignInRefusedError
from ..hosts import Host
from ..printable import printable
from .aside import aside
from .sockets import PATIENCE


def patiently(host: Host, get: Callable[..., str]) -> Callable[..., str]:
    """What gets tickets, but no longer than a connection may take: to ask a KDC that is silent takes a minute."""

    def got(*arguments: Any, **more: Any) -> str:
        patience = PATIENCE.get()
        try:
            limit = patience.within(host.connect_timeout)
            return aside(f"pybridge: ticket for {host.name}", lambda: get(*arguments, **more), limit)
        except HostTimedOutError:
            patience.check()
            raise no_ticket(host, f"Cannot contact any KDC within {host.connect_timeout:g} s") from None

    return got


def no_ticket(host: Host, reason: str) -> RemoteError:
    """The error for whoever gets no ticket. The host was not asked.

    Args:
        reason: In the words of Kerberos.
    """
    reason = printable(reason, 300)
    message = f"{host.name}: there is no ticket of Kerberos for HTTP/{host.address.host}: {reason}"
    remedy = next((remedy for pattern, remedy in _REMEDIES if pattern.search(reason)), _KINIT)
    if remedy is _NO_KDC:
        return HostUnreachableError(message, target=host.name, remedy=remedy, details={"refused": False})
    if remedy is _UNKNOWN and _is_address(host.address.host):
        remedy = f"Kerberos knows hosts by their names, and not by IP addresses. {_UNKNOWN}"
    user = host.username if host.username and "@" in host.username else "user@REALM"
    return SignInRefusedError(message, target=host.name, remedy=remedy.format(user=user))


def words_of(found: BaseException) -> str:
    """What Kerberos says in an error of GSSAPI, which holds the words of that, and then its own, each with a number."""
    said = [one[0] if isinstance(one, tuple) and one else one for one in found.args]
    words = [str(one) for one in said if str(one) not in ("", "Success")]
    return words[-1] if words else type(found).__name__


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


_KINIT = "Get one first: kinit {user}. `klist` shows those that there are, and their users as they are to be named."
_UNKNOWN = (
    "Give the host's full name as its address, as in vm01.contoso.com: by that its domain knows it. "
    "`setspn -L vm01`, on Windows, lists the names of a computer."
)
_NO_KDC = (
    "A domain controller must be reachable from here. Check the realm's name, which is in capitals, the network, "
    "and [realms] in krb5.conf (KRB5_CONFIG); without that the DNS of the domain must be asked."
)
_CLOCK = "Set this computer's clock: it may differ by five minutes at most from that of the domain."

#: What is looked for in the words of MIT's library, Heimdal's and Windows'.
_REMEDIES = tuple(
    (re.compile(pattern, re.IGNORECASE), remedy)
    for pattern, remedy in (
        (r"clock skew|not yet valid", _CLOCK),
        (r"cannot (find|contact|resolve|locate)\b.*\b(kdc|realm)|unable to reach any kdc|no logon servers", _NO_KDC),
        (r"credential|ccache|cache|expired|client\b.*not found", _KINIT),
        (r"server\b.*(not found|unknown)|target.*unknown|unknown.*target", _UNKNOWN),
    )
)
