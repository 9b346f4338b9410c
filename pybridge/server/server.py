"""A server on loopback: a thread accepts, and each connection has a daemon thread.

Who is slow, talks no HTTP or holds too many connections costs the others nothing: see `Limits`.
"""

from __future__ import annotations

import selectors
import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any, cast

from ..errors import PyBridgeError, TransportError
from .connection import Admit, Answer, Limits, Service, converse

if TYPE_CHECKING:
    import ssl

_NO_LIMITS = Limits()
_CHUNK = 1 << 16
#: The first byte of a TLS connection: a handshake record.
_TLS_HANDSHAKE = b"\x16"
_TURNED_AWAY = (
    "HTTP/1.1 503 Service Unavailable\r\nServer: {name}\r\nRetry-After: 1\r\n"
    "Content-Length: 0\r\nConnection: close\r\n\r\n"
)


class Server:
    """Serves from `start`, or from the beginning of a `with` block, until `close`, or the end of the block.

    Args:
        answer: Answers a request; many threads call it.
        listeners: Listening sockets, which become the server's to close.
        name: What every answer says in its Server header.
        limits: What a client may take.
        admit: Says who is not welcome.
        tls: Makes the TLS context for connections that begin with a TLS handshake; None: they are not HTTP.

    Attributes:
        port: Where it listens.
        url: "http://127.0.0.1:PORT".
    """

    def __init__(
        self,
        answer: Answer,
        listeners: Sequence[socket.socket],
        *,
        name: str = "pybridge",
        limits: Limits = _NO_LIMITS,
        admit: Admit | None = None,
        tls: Callable[[], ssl.SSLContext] | None = None,
    ) -> None:
        host, self.port = listeners[0].getsockname()[:2]
        authority = f"{f'[{host}]' if ':' in host else host}:{self.port}"
        self.url = f"http://{authority}"
        self._listeners = listeners
        self._service = Service(answer, authority, name, limits, admit)
        self._tls = tls
        self._stopping = threading.Event()
        self._waker, self._wake_listener = socket.socketpair()
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._accept_all, name=name, daemon=True)
        self._full = _TURNED_AWAY.format(name=name).encode()

    def start(self) -> None:
        self._thread.start()

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop at once: answers under way are cut off. Then nothing listens and no connection is left."""
        self._stopping.set()
        self._waker.close()
        self._thread.join()
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            _cut(connection)

    def sleep(self, seconds: float) -> None:
        """Wait, but not past the end of the server.

        Raises:
            TransportError: The server ends.
        """
        if self._stopping.wait(seconds):
            raise TransportError("the server ends")

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
        with self._lock:
            most = self._service.limits.connections
            full = most is not None and len(self._connections) >= most
            if not full:
                self._connections.add(connection)
        if full:
            self._turn_away(connection)
            return
        connection.setblocking(True)
        try:
            threading.Thread(target=self._serve, args=(connection, address), daemon=True).start()
        except RuntimeError:  # No more threads.
            self._forget(connection)

    def _turn_away(self, connection: socket.socket) -> None:
        """Say that all connections are taken. It must not hold up who accepts, so nothing here waits."""
        connection.setblocking(False)
        with connection, suppress(OSError):
            with suppress(BlockingIOError):
                connection.recv(_CHUNK)  # Closing with unread bytes would reset, and eat the answer.
            connection.send(self._full)
            connection.shutdown(socket.SHUT_WR)

    def _serve(self, connection: socket.socket, address: Any) -> None:
        try:
            connection.settimeout(self._service.limits.request)
            if self._tls is not None and connection.recv(1, socket.MSG_PEEK) == _TLS_HANDSHAKE:
                connection = self._begin_tls(connection, self._tls())
                connection.do_handshake()
            converse(connection, address, self._service)
        except (OSError, PyBridgeError):  # The client went away, was cut off, is to see a reset; or there is no TLS.
            pass
        finally:
            self._forget(connection)

    def _begin_tls(self, connection: socket.socket, context: ssl.SSLContext) -> ssl.SSLSocket:
        """The connection's successor: the socket that is wrapped is no longer one."""
        wrapped = context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        with self._lock:
            self._connections.discard(connection)
            self._connections.add(wrapped)
        if self._stopping.is_set():  # `close` may have seen the old one only.
            _cut(wrapped)
        return wrapped

    def _forget(self, connection: socket.socket) -> None:
        with self._lock:
            self._connections.discard(connection)
        connection.close()


def _cut(connection: socket.socket) -> None:
    """End both directions, whichever thread waits in it: past TLS, whose own `shutdown` would confuse that thread."""
    with suppress(OSError):
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
