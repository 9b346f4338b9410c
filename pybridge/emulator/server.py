"""The emulator on a port: HTTP/1.1 on 127.0.0.1 and, where there is one, on [::1]."""

from __future__ import annotations

import errno
import math
import os
import selectors
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Any, BinaryIO, cast

from ..errors import TransportError, UsageError
from ..models import HttpRequest, HttpResponse
from .body import MAX_BODY, BadBody, read_body
from .emulator import Emulator
from .exchange import json_answer

_MAX_LINE = 1 << 16
_BACKLOG = 512
#: Seconds to wait for a client's end of a connection that we ended.
_LINGER = 1.0
#: On, and 0 seconds: closing sends a reset instead of an orderly end. Windows has the struct in shorts.
_RESET_ON_CLOSE = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
_NO_BODY = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})


@contextmanager
def serve(emulator: Emulator, port: int = 0) -> Iterator[Server]:
    """Serve until the block ends; then nothing listens and no connection is left.

    Args:
        port: 0 for any free one.

    Raises:
        UsageError: The port is taken, or is none.
    """
    server = Server(emulator, port)
    try:
        yield server
    finally:
        server.close()


class Server:
    """A thread that accepts, and a daemon thread for each connection.

    Attributes:
        port: Where it listens.
        url: "http://127.0.0.1:PORT".
    """

    def __init__(self, emulator: Emulator, port: int = 0) -> None:
        self.emulator = emulator
        self._listeners = _listen(port)
        self.port: int = self._listeners[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._stopping = threading.Event()
        self._waker, self._wake_listener = socket.socketpair()
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._accept_all, name="pybridge-emulator", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop at once: answers under way, a delay fault's included, are cut off."""
        self._stopping.set()
        self._waker.close()
        self._thread.join()
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def sleep(self, seconds: float) -> None:
        """Wait, but not past the end of the server.

        Raises:
            TransportError: The server ends.
        """
        if self._stopping.wait(seconds):
            raise TransportError("the emulator ends")

    def _accept_all(self) -> None:
        with selectors.DefaultSelector() as selector:
            for waiting in (*self._listeners, self._wake_listener):
                selector.register(waiting, selectors.EVENT_READ)
            while not self._stopping.is_set():
                for key, _ in selector.select():
                    if key.fileobj is not self._wake_listener:
                        self._accept(cast(socket.socket, key.fileobj))
        for waiting in (*self._listeners, self._wake_listener):
            waiting.close()

    def _accept(self, listener: socket.socket) -> None:
        try:
            connection, address = listener.accept()
        except BlockingIOError:  # The client left again.
            return
        except OSError:  # Too many open files, say: let some be closed first.
            self._stopping.wait(0.05)
            return
        connection.setblocking(True)
        with self._lock:
            self._connections.add(connection)
        threading.Thread(target=self._serve, args=(connection, address), daemon=True).start()

    def _serve(self, connection: socket.socket, address: Any) -> None:
        try:
            _Handler(connection, address, cast(Any, self))
            _linger(connection)
        except OSError:  # The client went away in the middle, or is to see a reset.
            pass
        finally:
            with self._lock:
                self._connections.discard(connection)
            connection.close()


def _linger(connection: socket.socket) -> None:
    """End our side and drop what still comes: closing with unread bytes would reset, and eat the answer."""
    connection.shutdown(socket.SHUT_WR)
    connection.settimeout(_LINGER)
    dropped = 0
    while dropped <= MAX_BODY and (chunk := connection.recv(_MAX_LINE)):
        dropped += len(chunk)


def _listen(port: int) -> list[socket.socket]:
    """The listening sockets: IPv4 and, on the same port, IPv6 where this machine has it."""
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


class _Handler(BaseHTTPRequestHandler):
    """One connection. Any method is answered, each answer is one write."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server_version = "pybridge-emulator"
    sys_version = ""
    server: Any
    command = ""  # Until the first request line is read.

    def handle_one_request(self) -> None:
        self.raw_requestline = self.rfile.readline(_MAX_LINE + 1)
        if not self.raw_requestline:
            self.close_connection = True
        elif len(self.raw_requestline) > _MAX_LINE:
            self.send_error(HTTPStatus.REQUEST_URI_TOO_LONG)
        elif self.parse_request():
            self._exchange()

    def _exchange(self) -> None:
        server: Server = self.server
        try:
            body = read_body(self.headers, cast(BinaryIO, self.rfile))
        except BadBody as exc:
            self.send_error(exc.status, str(exc))
            return
        headers = {name: ", ".join(self.headers.get_all(name, ())) for name in self.headers.keys()}  # noqa: SIM118
        url = self.path
        if not url.startswith("http://"):
            url = f"http://{headers.get('Host') or f'127.0.0.1:{server.port}'}/{url.lstrip('/')}"
        request = HttpRequest(self.command, url, headers, body, timeout=math.inf)
        try:
            response = server.emulator.answer(request, server.sleep)
        except TransportError:
            self._reset()
            return
        self._write(response)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """An answer to what is not proper HTTP; the connection ends, as its next byte is anybody's guess."""
        self.close_connection = True
        status = HTTPStatus(code)
        self._write(json_answer(code, {"error": {"code": status.name, "message": message or status.phrase}}))

    def _write(self, response: HttpResponse) -> None:
        status = response.status
        lines = [f"HTTP/1.1 {status} {_PHRASES.get(status, '')}", f"Date: {self.date_time_string()}"]
        lines += [f"{name}: {value}" for name, value in response.headers.items()]
        if status not in _NO_BODY:
            lines.append(f"Content-Length: {len(response.body)}")
        if self.close_connection:
            lines.append("Connection: close")
        head = "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")
        has_body = self.command != "HEAD" and status not in _NO_BODY
        self.wfile.write(head + response.body if has_body else head)

    def _reset(self) -> None:
        """End the connection without an answer, as if nobody had listened."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        raise ConnectionAbortedError

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: a URL may hold what should not be printed."""


_PHRASES = {int(status): status.phrase for status in HTTPStatus}
