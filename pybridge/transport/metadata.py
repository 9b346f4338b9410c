"""The door to the metadata endpoints of this machine."""

from __future__ import annotations

import hashlib
import http.client
import io
import re
import socket
import ssl
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from ..addresses import origin
from ..errors import ConfigurationError, TransportError, UnsafeError
from ..models import HERE, HttpRequest, HttpResponse
from .checks import CUT_OFF, check_headers, checked, cut_off, not_http, refused, timed_out, unreachable, where

_WRITABLE = re.compile(r"[!-~]+")


class MetadataTransport:
    """Asks the metadata endpoints of this machine: never through a proxy, never after a redirect.

    Proxy variables are not read at all: a token request that reaches a proxy has left the machine.

    Args:
        connect_timeout: Seconds for the connection. Off Azure, packets to 169.254.169.254 are dropped.
        max_body: Bytes after which an answer is given up.
        clock: Seconds of a monotonic clock.
    """

    #: Where requests set out from, see `Transport`.
    place = HERE

    def __init__(
        self,
        *,
        connect_timeout: float = 3.0,
        max_body: int = 1 << 20,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._connect_timeout = connect_timeout
        self._max_body = max_body
        self._clock = clock

    def send(self, request: HttpRequest) -> HttpResponse:
        """Answer the request within `request.timeout` seconds in all: over plain HTTP, or with a pin over TLS."""
        server = origin(request.url)
        scheme = "http" if request.pin is None else "https"
        if server is None or server[0] != scheme or not _WRITABLE.fullmatch(request.url):
            raise ConfigurationError(
                f"{request.url!r} is not an {scheme} URL",
                target=request.url,
                remedy="Metadata endpoints speak plain http, all but Service Fabric's.",
            )
        check_headers(request)
        deadline = self._clock() + request.timeout
        patience = min(self._connect_timeout, request.timeout)
        connection = http.client.HTTPConnection(server[1].strip("[]"), server[2], timeout=patience)
        try:
            _connect(connection, request, patience)
            connection.sock.settimeout(max(deadline - self._clock(), 0.001))
            if request.pin is not None:
                connection.sock = _secured(connection.sock, request, request.pin)
            connection.sock = _DeadlineSocket(connection.sock, deadline, self._clock)
            response = _exchange(connection, request, self._max_body)
        except (OSError, http.client.HTTPException) as exc:
            failure = exc
        else:
            return checked(response, request, self._max_body)
        finally:
            connection.close()
        # Out here, as what was read may be a token, or half of one: it must not hang on the error.
        cause = None if isinstance(failure, http.client.HTTPException) else failure
        raise _lost(failure, request) from cause


def _connect(connection: http.client.HTTPConnection, request: HttpRequest, patience: float) -> None:
    try:
        connection.connect()
    except ConnectionRefusedError as exc:
        raise refused(request) from exc
    except TimeoutError as exc:
        raise unreachable(request, f"no connection within {patience:g} s") from exc
    except OSError as exc:
        raise unreachable(request, exc.strerror or str(exc)) from exc
    except UnicodeError as exc:  # from the codec for host names: "a..b"
        raise ConfigurationError(f"{where(request)} has no valid host name", target=request.url) from exc


def _secured(sock: socket.socket, request: HttpRequest, pin: str) -> ssl.SSLSocket:
    """The connection under TLS, with the server known by its certificate alone. Nothing has been sent yet."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # self-signed, and pinned below
    secured = context.wrap_socket(sock)
    certificate = secured.getpeercert(binary_form=True) or b""
    if hashlib.sha1(certificate, usedforsecurity=False).hexdigest() != pin.lower():
        secured.close()
        raise UnsafeError(
            f"{where(request)} shows a certificate with another thumbprint than the one that is expected",
            target=request.url,
            remedy="Nothing was sent. Something else may listen there, or the certificate was renewed: "
            "restart the program, so that it gets the new thumbprint.",
        )
    return secured


def _exchange(connection: http.client.HTTPConnection, request: HttpRequest, max_body: int) -> HttpResponse:
    parts = urlsplit(request.url)
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    connection.request(request.method, target, body=request.body or None, headers=dict(request.headers))
    with connection.getresponse() as answer:
        body = answer.read(max_body + 1)
        if answer.length and len(body) <= max_body:
            raise http.client.IncompleteRead(b"", answer.length)
        return HttpResponse(answer.status, dict(answer.headers.items()), body)


def _lost(exc: Exception, request: HttpRequest) -> TransportError:
    """The error for an exchange that failed once there was a connection."""
    if isinstance(exc, TimeoutError):
        return timed_out(request)
    if (isinstance(exc, http.client.HTTPException) and not isinstance(exc, CUT_OFF)) or isinstance(exc, ssl.SSLError):
        return not_http(request, exc)
    return cut_off(request)


class _DeadlineSocket:
    """A socket whose every wait counts against one deadline, so that a trickle of bytes cannot hold us."""

    def __init__(self, sock: Any, deadline: float, clock: Callable[[], float]) -> None:
        self._sock = sock
        self._deadline = deadline
        self._clock = clock

    def _arm(self) -> None:
        left = self._deadline - self._clock()
        if left <= 0:
            raise TimeoutError("the deadline has passed")
        self._sock.settimeout(left)

    def sendall(self, data: bytes) -> None:
        self._arm()
        self._sock.sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_DeadlineReader(self._sock.makefile("rb", buffering=0), self._arm))

    def close(self) -> None:
        self._sock.close()


class _DeadlineReader(io.RawIOBase):
    """Keeps the connection open after its socket is closed, which http.client does early."""

    def __init__(self, raw: socket.SocketIO, arm: Callable[[], None]) -> None:
        self._raw = raw
        self._arm = arm

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._arm()
        return self._raw.readinto(buffer) or 0

    def close(self) -> None:
        self._raw.close()
        super().close()
