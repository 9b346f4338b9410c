"""Where a command asks, if not on this machine: hosts reached by WinRM, or sessions that PowerShell holds.

PowerShell says it as one object beside the arguments of an operation; so it also says how the host is reached whose
managed identity is signed in. The password in it never stands in a value that is printed, kept or passed on.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from .errors import UsageError
from .hosts import Address, Host, host
from .passwords import Password
from .sessions import PSSession

#: As many are asked at the same time unless the caller says how many.
THROTTLE = 32


@dataclass(frozen=True, slots=True)
class Reach:
    """Hosts to ask.

    Attributes:
        hosts: Each of them, one time: as a host, or as a session to one. Each has a `name`, what its user calls it.
        throttle_limit: How many at the same time.
        refused: Names that lead nowhere, each with what is wrong with it: no reason not to ask the others.
    """

    hosts: tuple[Host | PSSession, ...]
    throttle_limit: int = THROTTLE
    refused: tuple[tuple[str, UsageError], ...] = ()

    def only(self) -> Host | PSSession:
        """The one host that it is.

        Raises:
            UsageError: They are several, or its name is none.
        """
        for _, error in self.refused:
            raise error
        if len(self.hosts) != 1:
            names = ", ".join(host.name for host in self.hosts)
            raise UsageError(
                f"a sign-in is as one host, not as {len(self.hosts)}: {names}",
                target=names,
                remedy="Sign in once for each: every one has a context of its own, and Select-AzureRmContext goes from "
                "one to the other. Get-MsiToken and Get-MsiIdentity take many at once.",
            )
        return self.hosts[0]


def parse(value: Mapping[str, Any]) -> Reach:
    """What PowerShell says of where to ask.

    Raises:
        UsageError: It names no host, or what all of them have in common is wrong.
    """
    known = {name: item for name, item in value.items() if item is not None}
    unknown = sorted(set(known) - MEMBERS)
    if unknown:
        raise UsageError(f"there is no parameter {unknown[0]!r}", target=unknown[0])
    limit = _whole(known, "throttle_limit", least=0) or THROTTLE
    if "sessions" in known and "computer_name" in known:
        raise UsageError(
            "hosts are named by -ComputerName, or by sessions to them, not by both",
            target="Session",
            remedy="Leave one of them out.",
        )
    hosts: dict[Hashable, Host | PSSession] = {}
    for session in _list(known.get("sessions")):
        found = PSSession.parse(
            session, timeout=_whole(known, "timeout_sec"), allow_logged=bool(known.get("allow_logged"))
        )
        hosts.setdefault(found.place, found)
    refused: dict[str, UsageError] = {}
    names = [str(one).strip() for one in _list(known.get("computer_name"))]
    options = _options(known) if names else {}
    for name in names:
        try:
            one = _host(name, options)
        except UsageError as exc:
            refused.setdefault(name, exc)
        else:
            hosts.setdefault(one.place, one)
    if not hosts and not refused:
        raise UsageError("no host is named", target="ComputerName", remedy="Name one: -ComputerName vm01.")
    return Reach(tuple(hosts.values()), limit, tuple(refused.items()))


def _host(name: str, options: Mapping[str, Any]) -> Host:
    """A host by its name.

    Raises:
        UsageError: It cannot be reached so: what is wrong may be of this one only.
    """
    if name == ".":  # PowerShell's own commands take it for this machine, which needs no WinRM
        raise UsageError(
            "'.' is this machine, which is not reached by WinRM",
            target=name,
            remedy="Leave -ComputerName out: without it, this machine is asked. To ask it over WinRM, say localhost.",
        )
    return host(name, **options)


def _options(known: Mapping[str, Any]) -> dict[str, Any]:
    """What the hosts have in common.

    Raises:
        UsageError: Nobody is named who signs in.
    """
    options = {name: read(known) for name, read in _OPTIONS.items()}
    if options["username"] is None and str(options["authentication"]).lower() != "kerberos":
        raise UsageError(
            "nobody is named who signs in to the hosts",
            target="Credential",
            remedy="Name an administrator there: -Credential (Get-Credential). With -Authentication Kerberos, the "
            "ticket of the current user is enough.",
        )
    return {name: item for name, item in options.items() if item is not None}


def label(host: Host | PSSession) -> str:
    """What a context calls the host whose identity it is: its name, with the port and the path where they are not
    those that its scheme has anyhow. For behind one name there may be many hosts, each with another identity.

    Another session to the same host and port leads to the same identity, and so takes the place of the first.
    """
    if isinstance(host, PSSession):
        return host.name
    address = host.address
    usual = Address.parse(address.host, use_ssl=address.is_secure)
    if address.path != usual.path:
        return address.url
    name = host.name if host.name.lower() == address.host else address.host
    if address.port == usual.port:
        return name
    return f"[{name}]:{address.port}" if ":" in name else f"{name}:{address.port}"


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _whole(known: Mapping[str, Any], name: str, least: int = 1) -> int | None:
    found = known.get(name)
    if found is not None and (not isinstance(found, int) or isinstance(found, bool) or found < least):
        raise UsageError(f"{found!r} is not a whole number of at least {least}", target=name)
    return found


def _username(known: Mapping[str, Any]) -> str | None:
    # Get-Credential of Windows PowerShell puts a backslash before a name without a domain.
    return str((known.get("credential") or {}).get("UserName") or "").lstrip("\\") or None


def _password(known: Mapping[str, Any]) -> Password | None:
    credential = known.get("credential")
    return None if credential is None else Password(str(credential.get("Password") or ""))


#: The options of a host, and where they come from.
_OPTIONS: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "username": _username,
    "password": _password,
    "authentication": lambda known: known.get("authentication"),
    "port": lambda known: _whole(known, "port"),
    "use_ssl": lambda known: known.get("use_ssl"),
    "certificate": lambda known: known.get("certificate_thumbprint"),
    "timeout": lambda known: _whole(known, "timeout_sec"),
    "allow_logged": lambda known: known.get("allow_logged"),
}

#: What the object may have.
MEMBERS = frozenset(
    "computer_name credential authentication port use_ssl certificate_thumbprint sessions throttle_limit timeout_sec "
    "allow_logged".split()
)
