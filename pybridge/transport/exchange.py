"""One HTTP/1.1 exchange, as far as metadata endpoints need it: bytes in, bytes out, no I/O of its own.

`http.client` could do it, but to import it, and `email` and `ssl` with it, takes longer than all else that a cold
`pybridge token` does, and the one request is all that there is to it. Whoever needs more has `HttpsTransport`.
Grammar: RFC 9112.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ..models import HttpRequest, HttpResponse

_MAX_HEAD = 1 << 16
_MAX_HEADERS = 100
_VERSIONS = (b"HTTP/1.0", b"HTTP/1.1")
#: What a header's name is made of.
_TOKEN = b"!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SIZE = rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?"
_NO_BODY = (204, 304)


class Garbled(Exception):
    """The answer is not HTTP. Nothing of it is in here: it may be a token."""


class EndedEarly(Exception):
    """The connection ended before the answer did."""


def split(url: str) -> tuple[str, str]:
    """Host and port, path and query of a plain URL, which `addresses.origin` has seen."""
    rest = url.partition("://")[2].partition("#")[0]
    end = min(index for index in (rest.find("/"), rest.find("?"), len(rest)) if index >= 0)
    target = rest[end:]
    return rest[:end], target if target.startswith("/") else f"/{target}"


def request_bytes(request: HttpRequest, host: str, target: str) -> bytes:
    """The request as it goes over the line. The connection is for it alone.

    Args:
        host: Host and port, as the Host header has them.
        target: Path and query.
    """
    headers = {"Host": host, "Accept-Encoding": "identity", "Connection": "close", **request.headers}
    if request.body or request.method != "GET":
        headers["Content-Length"] = str(len(request.body))
    lines = [f"{request.method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode("ascii") + request.body


def read_response(receive: Callable[[], bytes], max_body: int) -> HttpResponse:
    """The answer.

    Args:
        receive: Gives the next bytes, none at the end.
        max_body: Bytes of the body that are wanted; one more is read, where there is one, to tell that it is too long.

    Raises:
        Garbled: It is not HTTP.
        EndedEarly: It is not whole.
    """
    status, headers, body = read_answer(receive, max_body)
    return HttpResponse(status, dict(headers), body)


def read_answer(
    receive: Callable[[], bytes], max_body: int, *, goes_on: bool = False
) -> tuple[int, list[tuple[str, str]], bytes]:
    """The same, with headers as they came: status, headers, body.

    Args:
        goes_on: Whether the connection does: all that belongs to the answer is read, what stands behind chunks, too.
    """
    source = _Source(receive)
    status, headers = _read_head(source)
    while 100 <= status < 200:  # "wait for it"
        status, headers = _read_head(source)
    lower = [(name.lower(), value) for name, value in headers]
    encodings = [value.lower() for name, value in lower if name == "transfer-encoding"]
    lengths = {value for name, value in lower if name == "content-length"}
    if status in _NO_BODY:
        body = b""
    elif encodings:
        if encodings != ["chunked"]:
            raise Garbled
        body = _read_chunks(source, max_body)
        while goes_on and len(body) <= max_body and source.line():
            pass
    elif lengths:
        (length, *others) = lengths
        if others or not (length.isascii() and length.isdigit() and len(length) <= 18):
            raise Garbled
        body = source.exactly(min(int(length), max_body + 1))
    else:
        body = source.rest(max_body + 1)
    return status, headers, body


class _Source:
    """Bytes as they come, in the pieces that are asked for."""

    def __init__(self, receive: Callable[[], bytes]) -> None:
        self._receive = receive
        self._buffer = bytearray()

    def _more(self) -> bool:
        data = self._receive()
        self._buffer += data
        return bool(data)

    def _take(self, count: int) -> bytes:
        piece = bytes(self._buffer[:count])
        del self._buffer[:count]
        return piece

    def line(self) -> bytes:
        """The next line, without its end."""
        while (end := self._buffer.find(b"\n")) < 0:
            if len(self._buffer) > _MAX_HEAD:
                raise Garbled
            if not self._more():
                raise EndedEarly
        return self._take(end + 1).removesuffix(b"\n").removesuffix(b"\r")

    def exactly(self, count: int) -> bytes:
        while len(self._buffer) < count:
            if not self._more():
                raise EndedEarly
        return self._take(count)

    def rest(self, most: int) -> bytes:
        """All that comes, up to so many bytes."""
        while len(self._buffer) < most and self._more():
            pass
        return self._take(most)


def _read_head(source: _Source) -> tuple[int, list[tuple[str, str]]]:
    version, _, rest = source.line().partition(b" ")
    status = rest.partition(b" ")[0]
    if version not in _VERSIONS or len(status) != 3 or not status.isdigit() or not b"100" <= status < b"600":
        raise Garbled
    headers: list[tuple[str, str]] = []
    size = 0
    while line := source.line():
        name, colon, value = line.partition(b":")
        size += len(line)
        if not name or not colon or name.translate(None, _TOKEN) or len(headers) == _MAX_HEADERS or size > _MAX_HEAD:
            raise Garbled
        headers.append((name.decode("ascii"), value.strip(b" \t").decode("latin-1")))
    return int(status), headers


def _read_chunks(source: _Source, max_body: int) -> bytes:
    body = bytearray()
    while len(body) <= max_body:
        match = re.fullmatch(_SIZE, source.line())
        if match is None:
            raise Garbled
        size = int(match[1], 16)
        if not size:
            break  # trailers tell nothing that matters here
        body += source.exactly(min(size, max_body + 1))
        if size <= max_body and source.line():
            raise Garbled
    return bytes(body[: max_body + 1])
