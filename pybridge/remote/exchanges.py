"""One HTTP exchange from a host: as a question to http.ps1, and what its answer means. No I/O here."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from ..addresses import origin
from ..errors import ConfigurationError, RemoteScriptError, TransportError, UnsafeError
from ..models import HttpRequest, HttpResponse
from ..printable import printable
from ..transport.checks import check_headers, checked, cut_off, not_http, refused, timed_out, unreachable, where
from ..transport.exchange import EndedEarly, Garbled, read_response, request_bytes, split

#: Seconds for a connection there, and bytes of an answer: as for those of this machine.
CONNECT_TIMEOUT, MAX_BODY = 3.0, 1 << 20


def exchange(request: HttpRequest) -> dict[str, Any]:
    """The question for a request.

    Raises:
        ConfigurationError: Its URL, or a header of it, cannot be.
    """
    server = origin(request.url)
    url = request.url
    pinned = request.pin is not None
    if server is None or (pinned and server[0] != "https") or not (url.isascii() and url.isprintable()) or " " in url:
        raise ConfigurationError(f"{url!r} is not an http URL", target=url)
    check_headers(request)
    scheme, host, port = server
    return {
        "host": host.strip("[]"),
        "port": port,
        "tls": request.pin or ("ca" if scheme == "https" else ""),
        "data": base64.b64encode(request_bytes(request, *split(url))).decode("ascii"),
        "connect": min(CONNECT_TIMEOUT, request.timeout),
        "total": request.timeout,
        "most": MAX_BODY + (1 << 17),
    }


_REFUSED = {"ConnectionRefused"}
_LATE = {"late", "TimedOut"}
_CUT = {"ConnectionReset", "ConnectionAborted", "Shutdown", "Disconnecting"}
_NO_WAY = {
    "late_connection": f"no connection within {CONNECT_TIMEOUT:g} s",
    "HostNotFound": "there is no such name",
    "NoData": "there is no such name",
    "TryAgain": "the resolver does not answer",
    "NetworkUnreachable": "there is no route",
    "HostUnreachable": "there is no route",
    "NetworkDown": "the network is down",
}


def response(request: HttpRequest, told: object, name: str) -> HttpResponse:
    """The answer that a host has got to a request.

    Raises:
        TransportError: It got none, or none that is usable.
        RemoteScriptError: It does not tell.
    """
    try:
        return _response(request, told, name)
    except TransportError as exc:
        exc.on(name)
        raise


def _response(request: HttpRequest, told: object, name: str) -> HttpResponse:
    if not isinstance(told, dict):
        raise RemoteScriptError(f"the answer of {name} has no answer in it", target=name)
    data = told.get("data")
    if not isinstance(data, str):
        raise _failure(request, str(told.get("failed")), printable(str(told.get("text", "")), 200))
    pieces = iter([from_base64(data, name)])
    try:
        found = read_response(lambda: next(pieces, b""), MAX_BODY)
    except Garbled as exc:
        raise not_http(request, exc) from None
    except EndedEarly:
        raise cut_off(request) from None
    return checked(found, request, MAX_BODY)


def _failure(request: HttpRequest, failed: str, text: str) -> TransportError:
    """The error for what the script says."""
    if failed in _REFUSED:
        return refused(request)
    if failed in _LATE:
        return timed_out(request)
    if failed in _CUT:
        return cut_off(request)
    if failed == "other_certificate":
        return UnsafeError(
            f"{where(request)} shows a certificate with another thumbprint than the one that is expected",
            target=request.url,
            remedy="Nothing was sent. Something else may listen there, or the certificate was renewed.",
        )
    return unreachable(request, _NO_WAY.get(failed) or text or printable(failed, 60))


def is_imds(request: HttpRequest) -> bool:
    """Whether a request goes to IMDS at its own address."""
    return origin(request.url) == ("http", "169.254.169.254", 80)


def same(one: HttpRequest, other: HttpRequest) -> bool:
    """Whether two requests are the same but for how long they may take."""
    if one._replace(url="", timeout=0.0) != other._replace(url="", timeout=0.0):
        return False
    return origin(one.url) == origin(other.url) and split(one.url)[1] == split(other.url)[1]


def from_base64(text: str, name: str) -> bytes:
    """The bytes that a script has sent.

    Raises:
        RemoteScriptError: They are none.
    """
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise RemoteScriptError(f"the answer of {name} is not what was agreed", target=name) from None
