"""The body of an HTTP request, by Content-Length or in chunks, and never more than `MAX_BODY` bytes."""

from __future__ import annotations

from email.message import Message
from http import HTTPStatus
from typing import BinaryIO

MAX_BODY = 1 << 20
_MAX_LINE = 1 << 16


class BadBody(Exception):
    """The body cannot be read; `status` is what to answer."""

    def __init__(self, status: HTTPStatus, why: str) -> None:
        super().__init__(why)
        self.status = status


def read_body(headers: Message, reader: BinaryIO) -> bytes:
    """Read a body to its end.

    Raises:
        BadBody: It is too long, ends early, or does not say where it ends.
    """
    encoding, length = headers.get("Transfer-Encoding"), headers.get("Content-Length")
    if encoding is not None:
        if encoding.strip().lower() != "chunked" or length is not None:
            raise BadBody(HTTPStatus.BAD_REQUEST, "the length of the body is not clear")
        return _read_chunks(reader)
    if length is None:
        return b""
    if not (length.isascii() and length.isdigit()):
        raise BadBody(HTTPStatus.BAD_REQUEST, "Content-Length is not a number")
    return _read_exactly(reader, _bounded(int(length)))


def _read_chunks(reader: BinaryIO) -> bytes:
    body = bytearray()
    while True:
        size_text = reader.readline(_MAX_LINE).split(b";", 1)[0].strip()
        try:
            size = int(size_text, 16)
        except ValueError as exc:
            raise BadBody(HTTPStatus.BAD_REQUEST, "a chunk has no size") from exc
        if size <= 0:
            break
        _bounded(len(body) + size)
        body += _read_exactly(reader, size)
        if reader.readline(3) not in (b"\r\n", b"\n"):
            raise BadBody(HTTPStatus.BAD_REQUEST, "a chunk is longer than its size")
    while reader.readline(_MAX_LINE) not in (b"\r\n", b"\n", b""):
        pass  # Trailers say nothing that matters here.
    return bytes(body)


def _bounded(length: int) -> int:
    if length > MAX_BODY:
        raise BadBody(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"the body is longer than {MAX_BODY} bytes")
    return length


def _read_exactly(reader: BinaryIO, length: int) -> bytes:
    body = reader.read(length)
    if len(body) < length:
        raise BadBody(HTTPStatus.BAD_REQUEST, "the body ended early")
    return body
