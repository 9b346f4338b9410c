"""The body of an HTTP request, by Content-Length or in chunks, and never more than so many bytes."""

from __future__ import annotations

import re
from email.message import Message
from http import HTTPStatus
from typing import BinaryIO

MAX_BODY = 1 << 20
_MAX_LINE = 1 << 16
_MAX_TRAILERS = 100
_SIZE = re.compile(rb"[0-9A-Fa-f]{1,8}")


class BadBody(Exception):
    """The body cannot be read; `status` is what to answer."""

    def __init__(self, status: HTTPStatus, why: str) -> None:
        super().__init__(why)
        self.status = status


def read_body(headers: Message, reader: BinaryIO, limit: int = MAX_BODY) -> bytes:
    """Read a body to its end.

    Args:
        limit: The most bytes it may have.

    Raises:
        BadBody: It is too long, ends early, or does not say where it ends.
    """
    encodings, length = headers.get_all("Transfer-Encoding", []), headers.get_all("Content-Length", [])
    if encodings:
        if [encoding.strip().lower() for encoding in encodings] != ["chunked"] or length:
            raise BadBody(HTTPStatus.BAD_REQUEST, "the length of the body is not clear")
        return _read_chunks(reader, limit)
    if not length:
        return b""
    if len(set(length)) > 1 or not (length[0].isascii() and length[0].isdigit() and len(length[0]) < 20):
        raise BadBody(HTTPStatus.BAD_REQUEST, "Content-Length is not a number")
    return _read_exactly(reader, _bounded(int(length[0]), limit))


def _read_chunks(reader: BinaryIO, limit: int) -> bytes:
    body = bytearray()
    while True:
        size_text = reader.readline(_MAX_LINE).split(b";", 1)[0].strip()
        if not _SIZE.fullmatch(size_text):
            raise BadBody(HTTPStatus.BAD_REQUEST, "a chunk has no size")
        size = int(size_text, 16)
        if not size:
            break
        _bounded(len(body) + size, limit)
        body += _read_exactly(reader, size)
        if reader.readline(3) not in (b"\r\n", b"\n"):
            raise BadBody(HTTPStatus.BAD_REQUEST, "a chunk is longer than its size")
    for _ in range(_MAX_TRAILERS):  # They say nothing that matters here.
        if reader.readline(_MAX_LINE) in (b"\r\n", b"\n", b""):
            return bytes(body)
    raise BadBody(HTTPStatus.BAD_REQUEST, "the body has too many trailers")


def _bounded(length: int, limit: int) -> int:
    if length > limit:
        raise BadBody(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"the body is longer than {limit} bytes")
    return length


def _read_exactly(reader: BinaryIO, length: int) -> bytes:
    body = reader.read(length)
    if len(body) < length:
        raise BadBody(HTTPStatus.BAD_REQUEST, "the body ended early")
    return body
