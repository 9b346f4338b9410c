"""The door to the metadata endpoints of this machine."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from typing import Any

from ..addresses import origin
from ..errors import ConfigurationError, TransportError, UnsafeError
from ..models import HERE, HttpRequest, HttpResponse
from .checks import check_headers, checked, cut_off, not_http, refused, timed_out, unreachable, where
from .exchange import EndedEarly, Garbled, read_response, request_bytes, split

_CHUNK = 65536


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
        url = request.url
        if server is None or server[0] != scheme or not (url.isascii() and url.isprintable()) or " " in url:
            raise ConfigurationError(
                f"{request.url!r} is not an {scheme} URL",
                target=request.url,
                remedy="Metadata endpoints speak plain http, all but Service Fabric's.",
            )
        check_headers(request)
        deadline = self._clock() + request.timeout
        sock = _connected(server, request, min(self._connect_timeout, request.timeout))
        try:
            sock.settimeout(max(deadline - self._clock(), 0.001))
            if request.pin is not None:
                sock = _secured(sock, request, request.pin)
            response = self._exchange(sock, request, deadline)
        except (OSError, Garbled, EndedEarly) as exc:
            failure = exc
        else:
            return checked(response, request, self._max_body)
        finally:
            sock.close()
        raise _lost(failure, request) from failure

    def _exchange(self, sock: socket.socket, request: HttpRequest, deadline: float) -> HttpResponse:
        """Every wait counts against the one deadline, so that a trickle of bytes cannot hold us."""

        def arm() -> None:
            left = deadline - self._clock()
            if left <= 0:
                raise TimeoutError("the deadline has passed")
            sock.settimeout(left)

        def receive() -> bytes:
            arm()
            return sock.recv(_CHUNK)

        arm()
        sock.sendall(request_bytes(request, *split(request.url)))
        return read_response(receive, self._max_body)


def _connected(server: tuple[str, str, int], request: HttpRequest, patience: float) -> socket.socket:
    _, host, port = server
    try:
        sock = socket.create_connection((_address(host), port), timeout=patience)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except ConnectionRefusedError as exc:
        raise refused(request) from exc
    except TimeoutError as exc:
        raise unreachable(request, f"no connection within {patience:g} s") from exc
    except OSError as exc:
        raise unreachable(request, exc.strerror or str(exc)) from exc
    except UnicodeError as exc:  # from the codec for host names: "a..b"
        raise ConfigurationError(f"{where(request)} has no valid host name", target=request.url) from exc
    return sock


def _address(host: str) -> Any:
    """An address as bytes: for a text, `socket` imports all that is known of international names."""
    plain = host.strip("[]")
    is_address = ":" in plain or plain.replace(".", "").isdigit() or plain == "localhost"
    return plain.encode("ascii") if is_address else plain


def _secured(sock: socket.socket, request: HttpRequest, pin: str) -> socket.socket:
    """The connection under TLS, with the server known by its certificate alone. Nothing has been sent yet."""
    import hashlib
    import ssl  # takes 10 ms, and one source needs it

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


def _lost(exc: Exception, request: HttpRequest) -> TransportError:
    """The error for an exchange that failed once there was a connection."""
    if isinstance(exc, TimeoutError):
        return timed_out(request)
    if isinstance(exc, EndedEarly | ConnectionError):
        return cut_off(request)
    return not_http(request, exc)  # garbled, or TLS that is none
