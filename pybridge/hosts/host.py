"""`Host`: a Windows computer, and how it is reached."""

from __future__ import annotations

import math
import re
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

from ..errors import UsageError
from ..passwords import PasswordSource, mark
from .address import Address, proxy_url
from .authentication import AUTHENTICATIONS, SPELLINGS, Authentication

#: Seconds: for the connection, for one wait of the host, and for all of a job.
CONNECT_TIMEOUT, OPERATION_TIMEOUT, TIMEOUT = 10.0, 20.0, 120.0

_FINGERPRINT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Host:
    """A Windows computer, and how it is reached. It holds no secret, unless its password is one in memory.

    Attributes:
        name: What the user calls it. Errors and output name it so.
        address: Where WinRM listens.
        username: `DOMAIN\\user`, `user@domain`, or `user` of the host itself.
        authentication: One of `AUTHENTICATIONS`.
        password: Where the password comes from.
        ca: A file, or folder, of certificate authorities; by default those of this system.
        certificate: What the host's certificate must be: "validate" by authorities and name; or a fingerprint in hex,
            SHA-1 or SHA-256, of exactly that one; or "ignore", which lets anybody pose as the host.
        client_certificate: The file of a certificate to sign in with, in PEM.
        client_key: The file of its key.
        proxy: The URL of a proxy, without user and password; none by default, whatever the environment says.
        connect_timeout: Seconds for the connection.
        operation_timeout: Seconds after which the host answers in any case, if only to say that nothing happened.
        timeout: Seconds for all of a job.
        allow_logged: Whether a token may come in a way that the host's logs record, where its PowerShell runs in
            constrained language mode and knows no other.

    Raises:
        UsageError: Something of it cannot be, or would give a password away.
    """

    name: str
    address: Address
    username: str | None = None
    authentication: str = "negotiate"
    password: PasswordSource | None = None
    ca: str | None = None
    certificate: str = "validate"
    client_certificate: str | None = None
    client_key: str | None = None
    proxy: str | None = None
    connect_timeout: float = CONNECT_TIMEOUT
    operation_timeout: float = OPERATION_TIMEOUT
    timeout: float = TIMEOUT
    allow_logged: bool = False

    def __post_init__(self) -> None:
        if not (self.name and self.name.isprintable()):
            raise UsageError("a host has an empty name, or one that cannot be printed")
        object.__setattr__(self, "authentication", _authentication(self.name, self.authentication))
        object.__setattr__(self, "certificate", _certificate(self.name, self.certificate))
        if self.proxy is not None:
            object.__setattr__(self, "proxy", proxy_url(self.name, self.proxy))
        way = AUTHENTICATIONS[self.authentication]
        if not self.address.is_secure:
            self._check_plain(way)
        for name in ("connect_timeout", "operation_timeout", "timeout"):
            value = getattr(self, name)
            if not 0 < value < math.inf:
                raise UsageError(f"{self.name}: {value} is not a number of seconds for {name}", target=self.name)
        if (self.authentication == "certificate") != (self.client_certificate is not None):
            raise UsageError(
                f"{self.name}: a client certificate and the authentication by certificate go together",
                target=self.name,
                remedy="Give the files of the certificate and its key, in PEM, and the authentication certificate.",
            )
        if (self.client_certificate is None) != (self.client_key is None):
            raise UsageError(f"{self.name}: a client certificate needs the file of its key, too", target=self.name)
        if way.password and not self.username:
            raise UsageError(
                f"{self.name}: no user is named, and {self.authentication} needs one",
                target=self.name,
                remedy="Name a user, as DOMAIN\\user, user@domain, or user for one of the host itself.",
            )
        if self.username is not None and not self.username.isprintable():
            raise UsageError(f"{self.name}: the name of the user cannot be printed", target=self.name)
        if way.password and self.password is None:
            raise UsageError(
                f"{self.name}: there is no password for {self.username}",
                target=self.name,
                remedy="Give it by a prompt, by a command that prints it, or by the keyring.",
            )
        try:
            hash(self.password)
        except TypeError:
            raise UsageError(
                f"{self.name}: the source of the password cannot be told from others",
                target=self.name,
                remedy="Its class needs __hash__ beside __eq__; a frozen dataclass has both.",
            ) from None

    def _check_plain(self, way: Authentication) -> None:
        if not way.seals:
            raise UsageError(
                f"{self.name}: {self.authentication} over http would show the password, or the answers, to the network",
                target=self.name,
                remedy="Use https (port 5986), or negotiate or kerberos, which encrypt messages.",
            )
        if self.certificate != "validate" or self.ca is not None:
            raise UsageError(
                f"{self.name}: over http there is no certificate that could be checked",
                target=self.name,
                remedy="Use https (port 5986), or leave the certificate out.",
            )

    @property
    def place(self) -> Hashable:
        """What tells this host, and whoever asks there, from others: the key of caches. See `models.Transport`.

        All that decides who is asked, and as whom, is in it, and no secret: who gives a wrong password, or wants the
        certificate checked, gets nothing that came by another way.
        """
        return (
            "winrm",
            self.address.url.lower(),
            self.username,
            self.authentication,
            None if self.password is None else mark(self.password),
            self.ca,
            self.certificate,
            self.client_certificate,
            self.client_key,
            self.proxy,
        )

    @property
    def fingerprint(self) -> str | None:
        """The pinned fingerprint, in hex; None where none is pinned."""
        return None if self.certificate in ("validate", "ignore") else self.certificate

    @property
    def warning(self) -> str | None:
        """What the user should be told before this host is asked, or None."""
        if self.certificate != "ignore":
            return None
        return (
            f"the certificate of {self.name} is not checked: whoever answers in its place gets to see what is sent. "
            "Better give its fingerprint"
        )


def _authentication(name: str, text: str) -> str:
    word = SPELLINGS.get(text.lower())
    if word is None:
        raise UsageError(
            f"{name}: there is no authentication {text!r}", target=name, remedy=f"One of {', '.join(AUTHENTICATIONS)}."
        )
    return word


def _certificate(name: str, text: str) -> str:
    word = re.sub(r"[:\s]", "", text).lower()
    if word in ("validate", "ignore") or _FINGERPRINT.fullmatch(word):
        return word
    raise UsageError(
        f"{name}: {text[:100]!r} is no fingerprint of a certificate",
        target=name,
        remedy='Give 40 (SHA-1) or 64 (SHA-256) hex digits, or the word "validate" or "ignore".',
    )


def host(
    name: str, *, address: str | None = None, port: int | None = None, use_ssl: bool = True, **options: Any
) -> Host:
    """A host from what a user writes.

    Args:
        name: What the user calls it; its address too, unless one is given.
        address: See `Address.parse`.
        port: The port, where the address names none.
        use_ssl: Whether it is https, where the address does not say.
        options: What else `Host` has.

    Raises:
        UsageError: Something of it cannot be, or would give a password away.
    """
    return Host(name, Address.parse(address or name, port=port, use_ssl=use_ssl), **options)
