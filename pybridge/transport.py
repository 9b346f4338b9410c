"""The doors to HTTP: `MetadataTransport` for this machine's endpoints, `HttpsTransport` for ARM.

Foreign exceptions end here: whoever sends sees a `TransportError`.
"""

from __future__ import annotations

import http.client
import io
import socket
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import urlsplit

from .clouds import is_loopback
from .errors import (
    ConfigurationError,
    MalformedError,
    RefusedError,
    TimedOutError,
    UnreachableError,
    UnsafeError,
)
from .models import HttpRequest, HttpResponse

if TYPE_CHECKING:
    import requests

_CHUNK = 65536
_CUT_OFF = (http.client.RemoteDisconnected, http.client.IncompleteRead)


class MetadataTransport:
    """Asks the metadata endpoints of this machine: never through a proxy, never after a redirect.

    Proxy variables are not read at all: a token request that reaches a proxy has left the machine.

    Args:
        connect_timeout: Seconds for the connection. Off Azure, packets to 169.254.169.254 are dropped.
        max_body: Bytes after which an answer is given up.
        clock: Seconds of a monotonic clock.
    """

    def __init__(
        self,
        *,
        connect_timeout: float = 2.0,
        max_body: int = 1 << 20,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._connect_timeout = connect_timeout
        self._max_body = max_body
        self._clock = clock

    def send(self, request: HttpRequest) -> HttpResponse:
        """Answer the request over plain HTTP, within `request.timeout` seconds in all."""
        parts = urlsplit(request.url)
        try:
            host, port = parts.hostname, parts.port
        except ValueError as exc:
            raise ConfigurationError(f"{request.url!r} has no valid port", target=request.url) from exc
        if parts.scheme != "http" or not host:
            raise ConfigurationError(
                f"{request.url!r} is not an http URL",
                target=request.url,
                remedy="Metadata endpoints speak plain http.",
            )
        deadline = self._clock() + request.timeout
        connection = http.client.HTTPConnection(host, port, timeout=min(self._connect_timeout, request.timeout))
        try:
            connection.connect()
            connection.sock = _DeadlineSocket(connection.sock, deadline, self._clock)
            path = parts.path or "/"
            target = f"{path}?{parts.query}" if parts.query else path
            connection.request(request.method, target, body=request.body or None, headers=dict(request.headers))
            with connection.getresponse() as answer:
                body = answer.read(self._max_body + 1)
                response = HttpResponse(answer.status, dict(answer.headers.items()), body)
        except (OSError, http.client.HTTPException) as exc:
            _raise_socket_error(exc, request)
        finally:
            connection.close()
        return _checked(response, request, self._max_body)


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
        return io.BufferedReader(_DeadlineReader(self._sock, self._arm))

    def close(self) -> None:
        self._sock.close()


class _DeadlineReader(io.RawIOBase):
    def __init__(self, sock: socket.socket, arm: Callable[[], None]) -> None:
        self._sock = sock
        self._arm = arm

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._arm()
        return self._sock.recv_into(buffer)


class HttpsTransport:
    """Asks Azure Resource Manager: one pooled session; CA and proxy variables count as everywhere else.

    A bearer token leaves over https only; plain http to a loopback address is the one exception, for the
    emulator.

    Args:
        connect_timeout: Seconds for the connection.
        max_body: Bytes after which an answer is given up.
        clock: Seconds of a monotonic clock.
    """

    def __init__(
        self,
        *,
        connect_timeout: float = 10.0,
        max_body: int = 64 << 20,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._connect_timeout = connect_timeout
        self._max_body = max_body
        self._clock = clock
        self._session: requests.Session | None = None

    def send(self, request: HttpRequest) -> HttpResponse:
        """Answer the request, within `request.timeout` seconds in all."""
        import requests  # takes 80 ms: only when ARM is asked

        if urlsplit(request.url).scheme != "https" and not is_loopback(request.url):
            raise UnsafeError(
                f"{request.url} is not https, so no token is sent there",
                target=request.url,
                remedy="ARM endpoints are https; plain http is for the emulator, on a loopback address.",
            )
        if self._session is None:
            self._session = requests.Session()
        deadline = self._clock() + request.timeout
        try:
            with self._session.request(
                request.method,
                request.url,
                headers=dict(request.headers),
                data=request.body or None,
                timeout=(min(self._connect_timeout, request.timeout), request.timeout),
                allow_redirects=False,
                auth=_keep_headers,
                stream=True,
            ) as answer:
                body = b""
                for chunk in answer.iter_content(_CHUNK):
                    body += chunk
                    if len(body) > self._max_body:
                        break
                    if self._clock() > deadline:
                        raise requests.Timeout("the deadline has passed")
                response = HttpResponse(answer.status_code, dict(answer.headers), body)
        except requests.Timeout as exc:
            raise _timed_out(request) from exc
        except requests.ConnectionError as exc:
            if "Connection refused" in str(exc) or "10061" in str(exc):  # WSAECONNREFUSED
                raise _refused(request) from exc
            raise _unreachable(request, exc) from exc
        except requests.RequestException as exc:
            raise MalformedError(
                f"{_place(request)} did not answer in HTTP ({type(exc).__name__})", target=request.url
            ) from exc
        return _checked(response, request, self._max_body)

    def close(self) -> None:
        """Close the pooled connections."""
        if self._session is not None:
            self._session.close()


def _keep_headers(request: Any) -> Any:
    """An "auth" that does nothing: without one, requests puts a ~/.netrc entry over our Authorization header."""
    return request


def _checked(response: HttpResponse, request: HttpRequest, max_body: int) -> HttpResponse:
    if len(response.body) > max_body:
        raise MalformedError(f"{_place(request)} answered with more than {max_body} bytes", target=request.url)
    if 300 <= response.status < 400:
        raise MalformedError(
            f"{_place(request)} answered with a redirect ({response.status}), which is never followed",
            target=request.url,
            remedy="The real service does not redirect: something else, perhaps a proxy, answers there.",
        )
    return response


def _raise_socket_error(exc: Exception, request: HttpRequest) -> NoReturn:
    if isinstance(exc, TimeoutError):
        raise _timed_out(request) from exc
    if isinstance(exc, ConnectionRefusedError):
        raise _refused(request) from exc
    if isinstance(exc, http.client.HTTPException) and not isinstance(exc, _CUT_OFF):
        raise MalformedError(
            f"{_place(request)} did not answer in HTTP ({type(exc).__name__})", target=request.url
        ) from exc
    raise _unreachable(request, exc) from exc


def _place(request: HttpRequest) -> str:
    """The URL without its query, for sentences."""
    return request.url.partition("?")[0]


def _timed_out(request: HttpRequest) -> TimedOutError:
    return TimedOutError(f"{_place(request)} did not answer in time", target=request.url)


def _refused(request: HttpRequest) -> RefusedError:
    return RefusedError(f"{_place(request)} refused the connection: nothing listens there", target=request.url)


def _unreachable(request: HttpRequest, exc: Exception) -> UnreachableError:
    reason = "the connection was cut off" if isinstance(exc, (*_CUT_OFF, ConnectionError)) else str(exc)
    return UnreachableError(f"{_place(request)} cannot be reached ({reason})", target=request.url)
