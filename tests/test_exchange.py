"""exchange: HTTP/1.1 without I/O, however the bytes are cut."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pybridge.models import HttpRequest, HttpResponse
from pybridge.transport.exchange import EndedEarly, Garbled, read_response, request_bytes

HEAD = b"HTTP/1.1 200 OK\r\n"


def source(data: bytes, size: int) -> Callable[[], bytes]:
    """Gives the bytes in pieces of that size, then none, for ever."""
    pieces: Iterator[bytes] = iter([data[start : start + size] for start in range(0, len(data), size)])
    return lambda: next(pieces, b"")


def read(data: bytes, *, most: int = 1000) -> HttpResponse:
    """The answer in these bytes: the same all at once, one byte at a time, and in pieces."""
    answers = [read_response(source(data, size), most) for size in (len(data) or 1, 1, 7)]
    assert answers[0] == answers[1] == answers[2]
    return answers[0]


@pytest.mark.parametrize(
    ("rest", "body"),
    [
        (b"Content-Length: 5\r\n\r\nhello", b"hello"),
        (b"content-length:5\r\n\r\nhello and more", b"hello"),
        (b"Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", b"hello"),
        (b"Content-Length: 0\r\n\r\n", b""),
        (b"\r\nhello", b"hello"),
        (b"Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n", b"hello"),
        (b"Transfer-Encoding: Chunked\r\n\r\n5 \nhello\n0\nTrailer: x\n\n", b"hello"),
    ],
)
def test_bodies_end_in_three_ways(rest: bytes, body: bytes) -> None:
    assert read(HEAD + rest).body == body


def test_a_head_is_read_as_it_stands() -> None:
    answer = read(b"HTTP/1.0 404\r\nServer: x\r\nOdd:\t a b \t\r\nEmpty:\r\nLatin: \xe9\r\n\r\n")
    assert answer.status == 404
    assert answer.headers == {"Server": "x", "Odd": "a b", "Empty": "", "Latin": "\xe9"}


def test_what_only_says_to_wait_is_passed_over() -> None:
    assert read(b"HTTP/1.1 100 Continue\r\n\r\n" + HEAD + b"Content-Length: 2\r\n\r\nok").body == b"ok"


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
def test_some_answers_have_no_body(status: bytes) -> None:
    assert read(b"HTTP/1.1 " + status + b"\r\nContent-Length: 5\r\n\r\n").body == b""


@pytest.mark.parametrize(
    "framing", [b"Content-Length: 99\r\n\r\n", b"\r\n", b"Transfer-Encoding: chunked\r\n\r\n63\r\n"]
)
def test_of_a_body_that_is_too_long_one_byte_too_many_is_read(framing: bytes) -> None:
    assert read(HEAD + framing + b"x" * 99, most=10).body == b"x" * 11


@pytest.mark.parametrize(
    "data",
    [
        b"220 smtp.example ESMTP\r\n\r\n",
        b"HTTP/2 200 OK\r\n\r\n",
        b"HTTP/1.1 999 No\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1  200 OK\r\n\r\n",
        HEAD + b"no colon\r\n\r\n",
        HEAD + b"Blank : x\r\n\r\n",
        HEAD + b" Folded: x\r\n\r\n",
        HEAD + b": x\r\n\r\n",
        HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        HEAD + b"Content-Length: -5\r\n\r\n",
        HEAD + b"Content-Length: 5, 5\r\n\r\nhello",
        HEAD + b"Content-Length: \xb2\r\n\r\n",
        HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nnonsense\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n+5\r\nhello\r\n0\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n0\r\n\r\n",
        HEAD + b"X: y\r\n" * 101 + b"\r\n",
        HEAD + b"X: " + b"y" * 70_000,
    ],
)
def test_what_is_not_http_is_refused(data: bytes) -> None:
    for size in (len(data), 1):
        with pytest.raises(Garbled) as caught:
            read_response(source(data, size), 1000)
        assert caught.value.args == ()


WHOLE = HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n"


@given(st.integers(min_value=0, max_value=len(WHOLE) - 1))
def test_half_an_answer_is_none(length: int) -> None:
    if WHOLE[:length].endswith(b"\r\n0"):
        return  # a line that lacks its end alone
    with pytest.raises(EndedEarly):
        read_response(source(WHOLE[:length], 3), 1000)


@given(st.binary(max_size=200), st.integers(min_value=1, max_value=9))
def test_whatever_comes_is_an_answer_or_one_of_two_errors(data: bytes, size: int) -> None:
    for start in (b"", HEAD, HEAD + b"Transfer-Encoding: chunked\r\n\r\n"):
        try:
            answer = read_response(source(start + data, size), 50)
        except (Garbled, EndedEarly):
            continue
        assert len(answer.body) <= 51


def test_a_request_is_one_of_its_own() -> None:
    request = HttpRequest("GET", "http://localhost:5/x?y=1", {"Metadata": "true"})
    assert request_bytes(request, "localhost:5", "/x?y=1") == (
        b"GET /x?y=1 HTTP/1.1\r\nHost: localhost:5\r\nAccept-Encoding: identity\r\nConnection: close\r\n"
        b"Metadata: true\r\n\r\n"
    )


@pytest.mark.parametrize("body", [b"", b"a=b"])
def test_a_request_that_posts_tells_how_much(body: bytes) -> None:
    sent = request_bytes(HttpRequest("POST", "http://h/", {}, body), "h", "/")
    assert f"\r\nContent-Length: {len(body)}\r\n".encode() in sent
    assert sent.endswith(b"\r\n\r\n" + body)
