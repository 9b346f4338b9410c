"""The doors to HTTP: `MetadataTransport` for this machine's endpoints, `HttpsTransport` for ARM.

Foreign exceptions end here: whoever sends sees a `TransportError`.
"""

from __future__ import annotations

import http.client
import io
import re
import socket
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .addresses import is_loopback, origin
from .errors import (
    ConfigurationError,
    MalformedError,
    RefusedError,
    TimedOutError,
    TransportError,
    UnreachableError,
    UnsafeError,
)
from .models import HttpRequest, HttpResponse

if TYPE_CHECKING:
    import requests

_CHUNK = 65536
_CUT_OFF = (http.client.RemoteDisconnected, http.client.IncompleteRead)
_WRITABLE = re.compile(r"[!-~]+")
_HEADER = re.compile(r"[ -~]*")


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
        place = origin(request.url)
        if place is None or place[0] != "http" or not _WRITABLE.fullmatch(request.url):
            raise ConfigurationError(
                f"{request.url!r} is not an http URL",
                target=request.url,
                remedy="Metadata endpoints speak plain http.",
            )
        _check_headers(request)
        parts = urlsplit(request.url)
        deadline = self._clock() + request.timeout
        connection = http.client.HTTPConnection(
            place[1].strip("[]"), place[2], timeout=min(self._connect_timeout, request.timeout)
        )
        try:
            connection.connect()
            connection.sock = _DeadlineSocket(connection.sock, deadline, self._clock)
            path = parts.path or "/"
            target = f"{path}?{parts.query}" if parts.query else path
            connection.request(request.method, target, body=request.body or None, headers=dict(request.headers))
            with connection.getresponse() as answer:
                body = answer.read(self._max_body + 1)
                if answer.length and len(body) <= self._max_body:
                    raise http.client.IncompleteRead(b"", answer.length)
                response = HttpResponse(answer.status, dict(answer.headers.items()), body)
        except (OSError, http.client.HTTPException) as exc:
            failure = exc
        except UnicodeError as exc:  # from the codec for host names: "a..b"
            raise ConfigurationError(f"{_place(request)} has no valid host name", target=request.url) from exc
        else:
            return _checked(response, request, self._max_body)
        finally:
            connection.close()
        # Out here, as what was read before a cut may be half a token: it must not hang on the error.
        raise _socket_error(failure, request) from (
            None if isinstance(failure, http.client.IncompleteRead) else failure
        )


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
        """Answer the request. `request.timeout` bounds each wait; the whole is looked at between pieces of 64 KiB."""
        import requests  # takes 80 ms: only when ARM is asked

        place, loopback = origin(request.url), is_loopback(request.url)
        if place is None or (place[0] != "https" and not loopback):
            raise UnsafeError(
                f"{request.url} is not a plain https URL, so no token is sent there",
                target=request.url,
                remedy="ARM endpoints are https; plain http is for the emulator, on a loopback address.",
            )
        _check_headers(request)
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
                proxies=_NO_PROXY if loopback else None,
                stream=True,
            ) as answer:
                body = bytearray()  # bytes would be copied whole for each chunk
                for chunk in answer.iter_content(_CHUNK):
                    body += chunk
                    if len(body) > self._max_body:
                        break
                    if self._clock() > deadline:
                        raise requests.Timeout("the deadline has passed")
                if getattr(answer.raw, "length_remaining", None) and len(body) <= self._max_body:
                    raise requests.exceptions.ChunkedEncodingError("the body is shorter than announced")
                response = HttpResponse(answer.status_code, dict(answer.headers), bytes(body))
        except requests.Timeout as exc:
            raise _timed_out(request) from exc
        except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError) as exc:
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


#: What a loopback address is asked with: a token for it must not pass through a proxy in plain text.
_NO_PROXY = {"no_proxy": "localhost,127.0.0.1,::1"}


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


def _check_headers(request: HttpRequest) -> None:
    """Refuse what the libraries would refuse too, and quote: a header may be a secret."""
    for name, value in request.headers.items():
        if not _HEADER.fullmatch(value):
            raise ConfigurationError(
                f"the {name} header for {_place(request)} cannot be sent: it holds line breaks or is not ASCII",
                target=request.url,
            )


def _socket_error(exc: Exception, request: HttpRequest) -> TransportError:
    if isinstance(exc, TimeoutError):
        return _timed_out(request)
    if isinstance(exc, ConnectionRefusedError):
        return _refused(request)
    if isinstance(exc, http.client.HTTPException) and not isinstance(exc, _CUT_OFF):
        return MalformedError(f"{_place(request)} did not answer in HTTP ({type(exc).__name__})", target=request.url)
    return _unreachable(request, exc)


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
