"""One HTTP/1.1 connection to its end: any method, one function that answers, and no patience with bad clients."""

from __future__ import annotations

import io
import json
import math
import os
import socket
import struct
import sys
import time
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Any, BinaryIO, NamedTuple, cast

from ..errors import TransportError
from ..models import HttpRequest, HttpResponse
from .body import MAX_BODY, BadBody, read_body

_MAX_LINE = 1 << 16
#: Seconds to wait for a client's end of a connection that we ended.
_LINGER = 1.0
#: On, and 0 seconds: closing sends a reset instead of an orderly end. Windows has the struct in shorts.
_RESET_ON_CLOSE = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
_NO_BODY = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})
_PHRASES = {int(status): status.phrase for status in HTTPStatus}


class Limits(NamedTuple):
    """What a client may take. None: as much as it likes.

    Attributes:
        connections: How many at a time; the next one is answered 503.
        request: Seconds from a connection's or a request's first sign of life to the request's last byte, and for
            taking in the answer.
        idle: Seconds between an answer and the next request of its connection.
        head: Bytes of a request besides its body.
        body: Bytes of a request's body.
    """

    connections: int | None = None
    request: float | None = None
    idle: float | None = None
    head: int | None = None
    body: int = MAX_BODY


class Peer(NamedTuple):
    """Both ends of a connection.

    Attributes:
        client: Address and port of who asks.
        server: Address and port that it asked.
    """

    client: tuple[str, int]
    server: tuple[str, int]


#: Answers a request. A TransportError from it resets the connection, as if nobody had listened.
Answer = Callable[[HttpRequest, Peer], HttpResponse]
#: The refusal for a connection that is not welcome, before any of its requests is read.
Admit = Callable[[Peer], "HttpResponse | None"]


class Service(NamedTuple):
    """What is served.

    Attributes:
        answer: Answers a request; many threads call it.
        authority: "127.0.0.1:PORT": the host of a request that names none.
        name: What every answer says in its Server header.
        limits: What a client may take.
        admit: Says who is not welcome.
    """

    answer: Answer
    authority: str
    name: str
    limits: Limits
    admit: Admit | None


def converse(connection: socket.socket, address: Any, service: Service) -> None:
    """Answer the requests of a connection, in turn, until either side ends it. It stays open for the caller to close.

    Args:
        address: The client's, as `accept` told it.

    Raises:
        OSError: The client went away in the middle, was cut off, or is to see a reset.
    """
    _Handler(connection, address, cast(Any, service))
    _linger(connection)


def _linger(connection: socket.socket) -> None:
    """End our side and drop what still comes: closing with unread bytes would reset, and eat the answer."""
    connection.shutdown(socket.SHUT_WR)
    deadline = time.monotonic() + _LINGER
    while (remaining := deadline - time.monotonic()) > 0:
        connection.settimeout(remaining)
        if not connection.recv(_MAX_LINE):
            break


class _HeadTooLong(Exception):
    """The request has more bytes than it may have before its body."""


class _Reader(io.RawIOBase):
    """What a connection says, until its time or its bytes are used up.

    A timeout for each `recv` would let a client in that sends a byte now and then.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._deadline = math.inf
        self._left = sys.maxsize

    def allow(self, seconds: float | None, size: int | None = None) -> None:
        """From now on, wait so long and read so much; None for no end."""
        self._deadline = math.inf if seconds is None else time.monotonic() + seconds
        self._left = sys.maxsize if size is None else size

    def allow_any_size(self) -> None:
        self._left = sys.maxsize

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._left <= 0:
            raise _HeadTooLong
        if self._deadline != math.inf:
            remaining = self._deadline - time.monotonic()
            if remaining <= 0:
                raise TimeoutError
            self._connection.settimeout(remaining)
        count = self._connection.recv_into(buffer, min(len(buffer), self._left))
        self._left -= count
        return count


class _Handler(BaseHTTPRequestHandler):
    """One connection. Any method is answered, each answer is one write."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Any
    command = ""  # Until the first request line is read.

    def setup(self) -> None:
        super().setup()
        self._service: Service = self.server
        self._peer = Peer(self.client_address[:2], self.connection.getsockname()[:2])
        self._scheme = "https" if hasattr(self.connection, "cipher") else "http"
        self._reader = _Reader(self.connection)
        self.rfile = io.BufferedReader(self._reader)

    def handle(self) -> None:
        refusal = self._service.admit(self._peer) if self._service.admit else None
        if refusal is not None:
            self.close_connection = True
            self._write(refusal)
            return
        limits = self._service.limits
        self.close_connection = False
        self._reader.allow(limits.request, limits.head)
        self.handle_one_request()
        while not self.close_connection:
            self._reader.allow(limits.idle)
            if not cast(io.BufferedReader, self.rfile).peek(1):
                return
            self._reader.allow(limits.request, limits.head)
            self.handle_one_request()

    def handle_one_request(self) -> None:
        try:
            self.raw_requestline = self.rfile.readline(_MAX_LINE + 1)
            if not self.raw_requestline:
                self.close_connection = True
            elif len(self.raw_requestline) > _MAX_LINE:
                self.send_error(HTTPStatus.REQUEST_URI_TOO_LONG)
            elif self.parse_request():
                self._exchange()
        except _HeadTooLong:
            self.send_error(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def _exchange(self) -> None:
        # The parser ends at a line that it does not understand, and would leave the rest for a request's body.
        if self.headers.defects or len(self.headers.get_all("Host", [])) > 1:
            self.send_error(HTTPStatus.BAD_REQUEST, "the head of the request is not proper HTTP")
            return
        self._reader.allow_any_size()
        try:
            body = read_body(self.headers, cast(BinaryIO, self.rfile), self._service.limits.body)
        except BadBody as exc:
            self.send_error(exc.status, str(exc))
            return
        headers = {name: ", ".join(self.headers.get_all(name, ())) for name in self.headers.keys()}  # noqa: SIM118
        url = self.path
        if not url.startswith(("http://", "https://")):
            host = headers.get("Host") or self._service.authority
            url = f"{self._scheme}://{host}/{url.lstrip('/')}"
        request = HttpRequest(self.command, url, headers, body, timeout=math.inf)
        try:
            response = self._service.answer(request, self._peer)
        except TransportError:
            self._reset()
            return
        self._write(response)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """An answer to what is not proper HTTP; the connection ends, as its next byte is anybody's guess."""
        self.close_connection = True
        self._write(_error(code, message))

    def _write(self, response: HttpResponse) -> None:
        status = response.status
        lines = [f"HTTP/1.1 {status} {_PHRASES.get(status, '')}"]
        lines += [f"Server: {self._service.name}", f"Date: {self.date_time_string()}"]
        lines += [f"{name}: {value}" for name, value in response.headers.items()]
        if status not in _NO_BODY:
            lines.append(f"Content-Length: {len(response.body)}")
        if self.close_connection:
            lines.append("Connection: close")
        head = "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")
        has_body = self.command != "HEAD" and status not in _NO_BODY
        self.connection.settimeout(self._service.limits.request)
        self.wfile.write(head + response.body if has_body else head)

    def _reset(self) -> None:
        """End the connection without an answer, as if nobody had listened."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        raise ConnectionAbortedError

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: a URL may hold what should not be printed."""


def _error(status: int, message: str | None = None) -> HttpResponse:
    known = HTTPStatus(status)
    error = {"code": known.name, "message": message or known.phrase}
    body = json.dumps({"error": error}, separators=(",", ":")).encode()
    return HttpResponse(status, {"Content-Type": "application/json; charset=utf-8"}, body)
