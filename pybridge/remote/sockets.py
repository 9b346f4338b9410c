"""Sockets that wait only as long as somebody wants them to: every wait is cut into moments, with a look in between.

So a deadline is a deadline of the whole, however slowly a hostile host trickles, and Ctrl+C of another thread counts.
"""

from __future__ import annotations

import errno
import ipaddress
import os
import selectors
import socket
import ssl
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, TypeVar

from ..errors import HostTimedOutError, HostUnreachableError
from .aside import aside
from .patience import LOOK, Patience

#: That of the exchange that is under way in this thread.
PATIENCE: ContextVar[Patience] = ContextVar("pybridge_patience")

_T = TypeVar("_T")


def _patiently(sock: socket.socket, act: Callable[..., _T], *arguments: Any) -> _T:
    """Do what may wait, again after each moment in which nothing happened."""
    patience = PATIENCE.get()
    while True:
        moment = patience.moment()
        if sock.gettimeout() != moment:  # to set it is a call of the system, and lets other threads in
            sock.settimeout(moment)
        try:
            return act(*arguments)
        except TimeoutError:
            continue


class PatientSocket(socket.socket):
    """A TCP socket with patience."""

    def recv_into(self, buffer: Any, nbytes: int = 0, flags: int = 0, /) -> int:
        return _patiently(self, super().recv_into, buffer, nbytes, flags)

    def sendall(self, data: Any, flags: int = 0, /) -> None:
        with memoryview(data) as view, view.cast("B") as left:
            sent = 0
            while sent < len(left):
                sent += _patiently(self, super().send, left[sent:], flags)


class PatientTLS(ssl.SSLSocket):
    """The same under TLS. `sendall` of the base sends by `send`."""

    def recv_into(self, buffer: Any, nbytes: int | None = None, flags: int = 0) -> int:
        return _patiently(self, super().recv_into, buffer, nbytes, flags)

    def send(self, data: Any, flags: int = 0) -> int:
        return _patiently(self, super().send, data, flags)

    def do_handshake(self, block: bool = False) -> None:
        try:
            _patiently(self, super().do_handshake)
        except BaseException:
            self.close()  # whoever wraps a socket has let go of it, and this one he has not got yet
            raise


def connected(name: str, host: str, port: int, seconds: float) -> PatientSocket:
    """A connection.

    Args:
        name: What errors call the host.
        seconds: For all of its addresses together.

    Raises:
        HostUnreachableError: There is none, and why. `details["refused"]` tells that somebody said no at once.
    """
    deadline = PATIENCE.get().within(seconds)
    addresses = _resolved(name, host, port, deadline)
    code = _NOT_YET
    for index, (family, kind, protocol, _, address) in enumerate(addresses):
        sock = PatientSocket(family, kind, protocol)
        try:
            code = _connect(sock, address, deadline.within(deadline.left / (len(addresses) - index)))
            if code == 0:
                sock.settimeout(LOOK)  # TLS shakes hands on no other
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return sock
        except OSError as exc:
            code = exc.errno or _NOT_YET
        finally:
            if code != 0:
                sock.close()
    PATIENCE.get().check()
    refused = code in _REFUSED
    if refused:
        reason = "nothing listens there"
    else:
        reason = f"no connection within {seconds:g} s" if code in _LATE else os.strerror(code)
    raise unreachable(name, f"{host}:{port}", reason, refused=refused)


def unreachable(name: str, place: str, reason: str, *, refused: bool = False) -> HostUnreachableError:
    """The error for a host to which there is no way."""
    return HostUnreachableError(
        f"{name} cannot be reached at {place}: {reason}",
        target=name,
        remedy="Check its name and port, that it is up, that WinRM is on there (winrm quickconfig), and the firewall.",
        details={"refused": refused},
    )


_NOT_YET = -1
_LATE = {_NOT_YET, errno.ETIMEDOUT}
_REFUSED = {errno.ECONNREFUSED, errno.ECONNRESET}


def _connect(sock: socket.socket, address: Any, deadline: Patience) -> int:
    """The number of the error; 0 for none, `_NOT_YET` where nobody answers."""
    sock.setblocking(False)
    code = sock.connect_ex(address)
    if code == 0:
        return 0
    with selectors.DefaultSelector() as selector:
        selector.register(sock, selectors.EVENT_WRITE)
        while not selector.select(min(deadline.left, LOOK)):
            PATIENCE.get().check()
            if not deadline.left:
                return _NOT_YET
    return sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)


def _resolved(name: str, host: str, port: int, deadline: Patience) -> list[Any]:
    """The addresses of a host. A name is looked up in a thread: a resolver cannot be interrupted."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        pass
    else:
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)

    def look_up() -> list[Any]:
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)

    try:
        found = aside(f"pybridge: name of {name}", look_up, deadline)
    except HostTimedOutError:
        PATIENCE.get().check()
        raise unreachable(name, f"{host}:{port}", "its name was not looked up in time") from None
    except (OSError, UnicodeError):
        found = []
    if not found:
        raise unreachable(name, f"{host}:{port}", "there is no such name, or the resolver cannot be asked")
    return found


def hang_up(sock: socket.socket | None) -> None:
    """Close a connection, whatever still reads from it."""
    if sock is not None and sock.fileno() >= 0:
        socket.close(sock.detach())
