"""Listening sockets on loopback: opened here, or handed over by systemd."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from typing import cast

from ..errors import UsageError

_BACKLOG = 512
#: The first file descriptor that systemd hands over.
_FIRST_INHERITED = 3
#: What systemd tells a socket-activated process, and no child of it should believe.
INHERITED_NAMES = ("LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES")


def listen(port: int) -> list[socket.socket]:
    """The listening sockets: IPv4 and, on the same port, IPv6 where this machine has it.

    Args:
        port: 0 for any free one.

    Raises:
        UsageError: The port is taken, or is none.
    """
    if not 0 <= port <= 65535:
        raise UsageError(
            f"{port} is not a port",
            target=str(port),
            remedy="Ports go from 1 to 65535; 0 takes any free one.",
        )
    for _ in range(20):
        ipv4 = _bind(socket.AF_INET, "127.0.0.1", port)
        if ipv4 is None:
            break
        try:
            ipv6 = _bind(socket.AF_INET6, "::1", ipv4.getsockname()[1])
        except OSError:  # No IPv6 here.
            return [ipv4]
        if ipv6 is not None:
            return [ipv4, ipv6]
        ipv4.close()
        if port:
            break
    raise UsageError(
        f"port {port} is taken: another program listens there",
        target=str(port),
        remedy="Use --port 0 for any free port, or stop the other program.",
    )


def _bind(family: socket.AddressFamily, host: str, port: int) -> socket.socket | None:
    """A listening socket, or None if the port is taken."""
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        if os.name == "nt":  # There SO_REUSEADDR would let two programs share the port.
            listener.setsockopt(socket.SOL_SOCKET, cast(int, getattr(socket, "SO_EXCLUSIVEADDRUSE")), 1)  # noqa: B009
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
        listener.setblocking(False)
    except OSError as exc:
        listener.close()
        if exc.errno in (errno.EADDRINUSE, errno.EACCES):
            return None
        raise
    return listener


def inherited(environ: Mapping[str, str], pid: int) -> list[socket.socket]:
    """The sockets that systemd opened for this process; none if it opened none.

    Raises:
        UsageError: One of them is not a listening socket on a loopback address.
    """
    count = environ.get("LISTEN_FDS", "")
    if environ.get("LISTEN_PID") != str(pid) or not count.isdecimal():
        return []
    found: list[socket.socket] = []
    try:
        for descriptor in range(_FIRST_INHERITED, _FIRST_INHERITED + int(count)):
            found.append(_adopt(descriptor))
    except UsageError:
        for listener in found:
            listener.close()
        raise
    return found


def _adopt(descriptor: int) -> socket.socket:
    refusal = UsageError(
        f"file descriptor {descriptor} is not a listening TCP socket on a loopback address",
        target=str(descriptor),
        remedy="In the .socket unit: ListenStream=127.0.0.1:50342, and nothing that other machines can reach.",
    )
    try:
        listener = socket.socket(fileno=descriptor)
    except OSError as exc:
        raise refusal from exc
    if not _listens_on_loopback(listener):
        listener.close()
        raise refusal
    listener.set_inheritable(False)
    listener.setblocking(False)
    return listener


def _listens_on_loopback(listener: socket.socket) -> bool:
    if listener.family not in (socket.AF_INET, socket.AF_INET6) or listener.type != socket.SOCK_STREAM:
        return False
    with suppress(OSError):  # Not every system can tell.
        if not listener.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            return False
    host = str(listener.getsockname()[0])
    return host == "::1" if listener.family == socket.AF_INET6 else host.startswith("127.")
