"""`Address`: where WinRM listens, in every spelling."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

from ..errors import UsageError

#: WinRM's ports.
HTTP_PORT, HTTPS_PORT = 5985, 5986

_PATH = "/wsman"
_SCHEMES = {"http": HTTP_PORT, "https": HTTPS_PORT}
_NAME = re.compile(r"(?=.{1,253}\.?$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?", re.I)
_AUTHORITY = re.compile(r"(?:\[([^\[\]]*)\]|([^\[\]:]*))(?::([0-9]*))?")
_PATH_SIGNS = re.compile(r"/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*")


@dataclass(frozen=True, slots=True)
class Address:
    """Where WinRM listens.

    Attributes:
        scheme: https, or http.
        host: A name, or an IP address without brackets.
        port: 1 to 65535.
        path: It begins with a slash.
    """

    scheme: str
    host: str
    port: int
    path: str = _PATH

    @property
    def url(self) -> str:
        """The whole of it as a URL."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}{self.path}"

    @property
    def is_secure(self) -> bool:
        """Whether it is under TLS."""
        return self.scheme == "https"

    @classmethod
    def parse(cls, text: str, *, port: int | None = None, use_ssl: bool = True) -> Address:
        """The address that a text means: a name, an IPv4 or IPv6 address, with or without a port, or a whole URL.

        Args:
            port: The port, where the text names none.
            use_ssl: Whether it is https, where the text does not say. The port is 5986 then, else 5985.

        Raises:
            UsageError: It is none, or more than an address.
        """
        scheme, marker, rest = text.partition("://")
        if not marker:
            scheme, rest = ("https" if use_ssl else "http"), text
        authority, slash, path = rest.partition("/")
        if "@" in text:
            # Not quoted: there may be a password in it.
            raise UsageError(
                "the address of a host holds an @, as if there were a user name or a password in it",
                remedy="Give the user apart from it, and the password by a prompt, a command or the keyring.",
            )
        scheme = scheme.lower()
        if scheme not in _SCHEMES:
            raise _refused(text, f"WinRM has http and https, not {scheme!r}")
        if slash and not marker:
            raise _refused(text, "a path belongs to a URL")
        if "?" in rest or "#" in rest:
            raise _refused(text, "the URL of a host has neither a query nor a fragment")
        found, digits = _split(text, authority)
        if digits is not None and port is not None and int(digits) != port:
            raise _refused(text, f"it names another port than {port}")
        number = int(digits) if digits is not None else port if port is not None else _SCHEMES[scheme]
        if not 1 <= number <= 65535:
            raise _refused(text, f"there is no port {number}")
        whole = f"/{path}" if path else _PATH
        if not _PATH_SIGNS.fullmatch(whole):
            raise _refused(text, "its path holds signs that belong in no URL")
        return cls(scheme, found, number, whole)


def proxy_url(name: str, text: str) -> str:
    """The URL of a proxy, once it is seen to be one without user and password.

    Args:
        name: The host's, for errors.

    Raises:
        UsageError: It is none.
    """
    if "@" in text:
        # Not quoted: there may be a password in it, and it would stand in `repr`, on command lines and in pickles.
        raise UsageError(
            f"{name}: the URL of the proxy holds an @, as if there were a user name or a password in it",
            target=name,
            remedy="A proxy that wants a password cannot be used.",
        )
    scheme, _, authority = text.partition("://")
    try:
        if scheme.lower() in _SCHEMES and "/" not in authority.removesuffix("/"):
            Address.parse(text)
            return text
    except UsageError:
        pass
    raise UsageError(
        f"{name}: {text[:200]!r} is not the URL of a proxy",
        target=name,
        remedy="Scheme, host and port, as in http://proxy.contoso.com:3128.",
    )


def _split(text: str, authority: str) -> tuple[str, str | None]:
    """Host and port of what stands between a scheme and a path."""
    if authority.count(":") > 1 and not authority.startswith("["):
        return _ip6(text, authority), None
    match = _AUTHORITY.fullmatch(authority)
    if match is None:
        raise _refused(text, "it is neither a name nor an IP address")
    bracketed, plain, digits = match.groups()
    if digits is not None and not (digits and len(digits) <= 5):
        raise _refused(text, f"there is no port {digits!r}" if digits else "its port is missing")
    return (_ip6(text, bracketed) if bracketed is not None else _name(text, plain)), digits


def _ip6(text: str, address: str) -> str:
    if "%" in address:
        raise _refused(text, "an address with a zone (%) cannot be used; give the host a name, in the hosts file say")
    try:
        return str(ipaddress.IPv6Address(address))
    except ValueError:
        raise _refused(text, "it is no IPv6 address; a port stands behind brackets, as in [::1]:5986") from None


def _name(text: str, name: str) -> str:
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii")
        except UnicodeError:
            raise _refused(text, "it is no name of a host") from None
    if re.fullmatch(r"[0-9.]+", name):
        try:
            return str(ipaddress.IPv4Address(name))
        except ValueError:
            raise _refused(text, "it is no IPv4 address") from None
    if not _NAME.fullmatch(name):
        raise _refused(text, "it is no name of a host" if name else "it names no host")
    return name.lower()


def _refused(text: str, why: str) -> UsageError:
    return UsageError(
        f"{text[:200]!r} is not the address of a host: {why}",
        target=text[:200],
        remedy='Examples: "vm01", "vm01.contoso.com:5986", "10.0.0.4", "[2001:db8::4]", "https://vm01:5986/wsman".',
    )
