"""HTTP/1.1 for the test hosts: a listener that can go away and come back, requests, answers in one write."""

from __future__ import annotations

import http.client
import os
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

_LIMIT = 64 * 1024 * 1024


class Hangup(Exception):
    """The connection ends here."""


@dataclass(frozen=True)
class Request:
    """What a client asked."""

    method: str
    path: str
    headers: Mapping[str, str]  # names in lower case
    body: bytes


@dataclass
class Answer:
    """What it is told."""

    status: int = 200
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    def encode(self) -> bytes:
        lines = [f"HTTP/1.1 {self.status} {http.client.responses.get(self.status, '')}"]
        lines += ["Server: Microsoft-HTTPAPI/2.0", f"Content-Length: {len(self.body)}"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + self.body


class Connection:
    """One client's connection, which is kept alive."""

    def __init__(self, line: socket.socket, number: int) -> None:
        self.number = number
        self.secure = isinstance(line, ssl.SSLSocket)
        self._line = line
        self._read = b""

    @property
    def certificate(self) -> bytes | None:
        """The client's certificate in DER, which TLS has verified."""
        return self._line.getpeercert(binary_form=True) if isinstance(self._line, ssl.SSLSocket) else None

    def request(self) -> Request | None:
        """The next request; None at the end.

        Raises:
            Hangup: What came is not HTTP, or ends early.
        """
        while b"\r\n\r\n" not in self._read:
            if len(self._read) > 65536 or not self._more():
                if self._read:
                    raise Hangup
                return None
        head, _, self._read = self._read.partition(b"\r\n\r\n")
        first, *rest = head.decode("latin-1").split("\r\n")
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
        method, _, target = first.partition(" ")
        try:
            length = int(headers.get("content-length", "0"))
        except ValueError as exc:
            raise Hangup from exc
        if not 0 <= length <= _LIMIT or "transfer-encoding" in headers:
            raise Hangup
        while len(self._read) < length:
            if not self._more():
                raise Hangup
        body, self._read = self._read[:length], self._read[length:]
        return Request(method, target.partition(" ")[0], headers, body)

    def _more(self) -> bool:
        data = self._line.recv(262144)
        self._read += data
        return bool(data)

    def send(self, data: bytes) -> None:
        self._line.sendall(data)

    def reset(self) -> None:
        """End it as a machine does that is switched off."""
        with suppress(OSError):
            shape = "hh" if os.name == "nt" else "ii"
            self._line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack(shape, 1, 0))

    def cut(self) -> None:
        """End it from another thread than its own."""
        self.reset()
        with suppress(OSError):
            self._line.shutdown(socket.SHUT_RDWR)


class Listener:
    """A port on loopback, IPv4 and where there is one IPv6, and the threads of its connections.

    Args:
        talk: Called for each connection, in a thread of its own; the connection ends when it returns.
        tls: What makes it HTTPS.
    """

    def __init__(self, talk: Callable[[Connection], None], tls: ssl.SSLContext | None = None) -> None:
        self._talk = talk
        self.tls = tls  # for the connections to come
        self._lock = threading.Lock()
        self._open: dict[int, Connection] = {}
        self._holders = _holders()
        self.port: int = self._holders[0].getsockname()[1]
        self.ipv6 = len(self._holders) > 1
        self._sockets: list[socket.socket] = []
        self.connections = 0
        self.refused_by_client = 0  # handshakes that failed, as where a client does not like the certificate
        self.reopen()

    def _serve(self, listener: socket.socket) -> None:
        while True:
            try:
                line, _ = listener.accept()
            except OSError:  # closed
                return
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._connection, args=(line,), daemon=True).start()

    def _connection(self, line: socket.socket) -> None:
        with self._lock:
            self.connections += 1
            number = self.connections
        try:
            if self.tls is not None:
                line = self.tls.wrap_socket(line, server_side=True)
        except OSError:
            with self._lock:
                self.refused_by_client += 1
            line.close()
            return
        connection = Connection(line, number)
        with self._lock:
            self._open[number] = connection
        try:
            with line, suppress(OSError, Hangup):
                self._talk(connection)
        finally:
            with self._lock:
                del self._open[number]

    def close(self) -> None:
        """Refuse connections, and cut those that there are. The port stays ours."""
        for listener in self._sockets:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)  # wakes `accept`, which closing alone does not do everywhere
            listener.close()
        with self._lock:
            cut = list(self._open.values())
        for connection in cut:
            connection.cut()

    def reopen(self) -> None:
        """Listen, on the same port as before."""
        self._sockets = []
        for holder in self._holders:
            listener = _bind(holder.family, self.port)
            listener.listen(512)
            self._sockets.append(listener)
            threading.Thread(target=self._serve, args=(listener,), daemon=True).start()


def _bind(family: int, port: int) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if hasattr(socket, "SO_REUSEPORT"):
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        listener.bind(("::1" if family == socket.AF_INET6 else "127.0.0.1", port))
    except OSError:
        listener.close()
        raise
    return listener


def _holders() -> list[socket.socket]:
    """Sockets that keep a free port of both loopback addresses, or of the first where there is no IPv6, and refuse."""
    for _ in range(20):
        first = _bind(socket.AF_INET, 0)
        try:
            return [first, _bind(socket.AF_INET6, first.getsockname()[1])]
        except OSError:
            if not _has_ipv6():
                return [first]
            first.close()
    raise OSError("no port is free on both loopback addresses")


def _has_ipv6() -> bool:
    try:
        _bind(socket.AF_INET6, 0).close()
    except OSError:
        return False
    return True
