"""One HTTP exchange over a connection that is open already, without requests.

What requests, urllib3 and http.client do for a request takes several times as long as all else that a message costs
here; and each message is like the one before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import requests
from requests.structures import CaseInsensitiveDict

from ..transport.exchange import EndedEarly, Garbled, read_answer, split

_PIECE = 1 << 14


class _Raw:
    """In the place of urllib3's answer: nothing is to be read from it any more."""

    closed = True

    def close(self) -> None:
        """There is nothing to close."""

    release_conn = close


def exchange(sock: Any, request: requests.PreparedRequest, most: int) -> requests.Response:
    """The answer to a request.

    Args:
        sock: The connection. It must not be used again where the answer says so: see `ends`.
        most: Bytes of the body; one more is read where there are more.

    Raises:
        OSError: The connection is gone, or what comes is not HTTP.
    """
    body = request.body or b""
    host, target = split(str(request.url))
    lines = [f"{request.method} {target} HTTP/1.1", f"Host: {host}"]
    lines += [f"{name}: {_text(value)}" for name, value in request.headers.items()]
    # In one piece: head and body apart would be two packets, which wake the host twice.
    sock.sendall("\r\n".join([*lines, "", ""]).encode("latin-1") + (body.encode() if isinstance(body, str) else body))
    try:
        status, headers, content = read_answer(_receiver(sock), most, goes_on=True)
    except (EndedEarly, Garbled):
        raise ConnectionAbortedError("the answer is not whole, or not HTTP") from None
    found: CaseInsensitiveDict[str] = CaseInsensitiveDict()
    for name, value in headers:
        before = found.get(name)
        found[name] = value if before is None else f"{before}, {value}"
    return _response(request, status, found, content)


def _response(
    request: requests.PreparedRequest, status: int, headers: CaseInsensitiveDict[str], content: bytes
) -> requests.Response:
    response = requests.Response()
    response.status_code, response.headers = status, headers
    response.url, response.request = str(request.url), request
    response.raw = _Raw()
    response._content, response._content_consumed = content, True  # type: ignore[attr-defined]
    return response


def unauthorized(request: requests.PreparedRequest) -> requests.Response:
    """What a host would say to whoever does not say who he is."""
    return _response(request, 401, CaseInsensitiveDict({"WWW-Authenticate": "Negotiate"}), b"")


def like(first: requests.PreparedRequest) -> Callable[[requests.Request], requests.PreparedRequest]:
    """What prepares requests that differ from the first one in their bodies only, as a session would.

    Bodies are bytes.
    """
    method, url, hooks, headers = first.method, first.url, first.hooks, first.headers.copy()  # and not its body

    def prepare(request: requests.Request) -> requests.PreparedRequest:
        prepared = requests.PreparedRequest()
        prepared.method, prepared.url, prepared.hooks = method, url, hooks
        prepared.headers = headers.copy()
        prepared.headers["Content-Length"] = str(len(request.data))
        prepared.body = request.data
        return prepared

    return prepare


def ends(response: requests.Response) -> bool:
    """Whether the connection ends with this answer."""
    return "close" in response.headers.get("Connection", "").lower()


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode("latin-1")


def _receiver(sock: Any) -> Callable[[], bytes]:
    buffer = bytearray(_PIECE)
    view = memoryview(buffer)

    def receive() -> bytes:
        return bytes(view[: sock.recv_into(view)])

    return receive
