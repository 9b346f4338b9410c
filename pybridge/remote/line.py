"""The one connection of a session, and how it ends."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from urllib3.util.wait import wait_for_read

from ..errors import CertificateError, HostUnreachableError, RemoteError
from ..hosts import HTTP_PORT, HTTPS_PORT, Host
from .sockets import connected


class Lost(Exception):
    """The connection failed.

    Attributes:
        sent: Whether the host may have seen the request.
        error: What to say of it where nothing was begun yet; None for that the host was interrupted.
    """

    def __init__(self, reason: str, *, sent: bool, error: RemoteError | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.sent = sent
        self.error = error


class Line:
    """The one connection that a session may open.

    Attributes:
        opened: Whether it has been.
        sock: The socket, under TLS where there is TLS.
        answer: The last one of urllib3, or what stands for it.
        awaits_challenge: Whether the next answer is the first one of the host, to a sign-in that begins.
        ended: Whether the host has said that it is over.
    """

    def __init__(self, host: Host) -> None:
        self.host = host
        self.opened = False
        self.sock: Any = None
        self.answer: Any = None
        self.awaits_challenge = False
        self.ended = False

    @property
    def has_ended(self) -> bool:
        """Whether the connection is over: the host has said so, or there is something to read before it was asked."""
        return self.ended or (self.sock is not None and (self.sock.fileno() < 0 or wait_for_read(self.sock, 0.0)))

    @property
    def is_free(self) -> bool:
        """Whether the next exchange may go straight over the socket: nothing is left of one of urllib3 on it."""
        return self.sock is not None and self.answer is not None and self.answer.closed and self.sock.fileno() >= 0

    def open(self, host: str, port: int) -> Any:
        """Connect.

        Raises:
            Lost: It was open before: to begin anew means to sign in anew, which requests does not know.
            HostUnreachableError: There is no way.
        """
        if self.opened:
            raise Lost("the connection was closed", sent=False)
        sock = connected(self.host.name, host, port, self.host.connect_timeout)
        self.opened = True
        return sock

    def close(self) -> None:
        """Hang up, also where an answer was not read to its end."""
        for held in (self.answer, self.sock):
            if held is not None:
                held.close()

    def check_certificate(self, shown: bytes) -> None:
        """Compare the certificate that the host has shown with the pinned one. Nothing has been sent yet.

        Raises:
            CertificateError: It is another one.
        """
        pinned = self.host.fingerprint
        if pinned is None:
            return
        make: Callable[..., Any] = hashlib.sha1 if len(pinned) == 40 else hashlib.sha256
        found = make(shown, usedforsecurity=False).hexdigest()
        if found != pinned:
            raise CertificateError(
                f"{self.host.name} shows the certificate {found}, not {pinned}",
                target=self.host.name,
                remedy="Nothing was sent. If the certificate was renewed, give the new fingerprint; "
                "else something else answers there.",
                details={"fingerprint": found},
            )


def no_tls(host: Host, reason: str) -> HostUnreachableError:
    """The error for whoever listens there, and does not shake hands with us."""
    plain = f" Port {HTTP_PORT} is the one without TLS; {HTTPS_PORT} has it." if host.address.port == HTTP_PORT else ""
    return HostUnreachableError(
        f"{host.name} does not speak TLS as we do at {host.address.host}:{host.address.port}: {reason}",
        target=host.name,
        remedy=f"Check the port, and that WinRM has a listener for HTTPS there.{plain}",
        details={"refused": False},
    )


#: That of the exchange that is under way in this thread.
LINE: ContextVar[Line] = ContextVar("pybridge_line")
