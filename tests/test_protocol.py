"""protocol: lines of JSON-RPC, however the bytes are cut."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pybridge import protocol
from pybridge.errors import FileError, NotFoundError, PyBridgeError, SpecError
from pybridge.protocol import INVALID_REQUEST, PARSE_ERROR, Answer, BadFrame, Decoder, Frame, Request


def decode(pieces: Iterable[bytes], max_frame: int = protocol.MAX_FRAME) -> list[Frame]:
    decoder = Decoder(max_frame=max_frame)
    return [frame for piece in pieces for frame in decoder.feed(piece)]


def line(**fields: object) -> bytes:
    return json.dumps({"jsonrpc": "2.0", **fields}).encode() + b"\n"


FIRST, SECOND = line(id=1, method="a", params={"x": "ü\U0001f600"}), line(method="b")
FRAMES = [Request(1, "a", {"x": "ü\U0001f600"}), Request(None, "b", {})]

STREAMS = {
    "plain": FIRST + SECOND,
    "byte order mark": b"\xef\xbb\xbf" + FIRST + SECOND,
    "CRLF": FIRST.replace(b"\n", b"\r\n") + SECOND.replace(b"\n", b"\r\n"),
    "empty lines": b"\n\r\n" + FIRST + b"  \n\n" + SECOND + b"\n",
    "raw UTF-8": '{"jsonrpc": "2.0", "id": 1, "method": "a", "params": {"x": "ü\U0001f600"}}\n'.encode() + SECOND,
    "the beginning of a third": FIRST + SECOND + b'{"jsonrpc": "2.0", "meth',
}


@pytest.mark.parametrize("stream", STREAMS.values(), ids=STREAMS)
def test_frames_come_out_whole(stream: bytes) -> None:
    assert decode([stream]) == FRAMES


@pytest.mark.parametrize("stream", STREAMS.values(), ids=STREAMS)
def test_frames_come_out_byte_by_byte(stream: bytes) -> None:
    assert decode(stream[index : index + 1] for index in range(len(stream))) == FRAMES


@settings(deadline=None)
@given(st.sampled_from(list(STREAMS.values())), st.lists(st.integers(0, 150)))
def test_frames_come_out_however_the_bytes_are_cut(stream: bytes, cuts: list[int]) -> None:
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    assert decode(stream[start:end] for start, end in pairwise(edges)) == FRAMES


@settings(deadline=None)
@given(st.lists(st.binary(max_size=60) | st.sampled_from([FIRST, SECOND, b"\n"])), st.integers(1, 40))
def test_any_bytes_give_the_same_frames_whole_and_in_pieces(pieces: list[bytes], size: int) -> None:
    stream = b"".join(pieces)
    whole = decode([stream], max_frame=100)
    assert decode((stream[at : at + size] for at in range(0, len(stream), size)), max_frame=100) == whole
    assert not any(isinstance(frame, BadFrame) for frame in whole[:-1])


@pytest.mark.parametrize("identifier", [0, -1, 7, 2**70])
def test_an_id_is_a_whole_number(identifier: int) -> None:
    assert decode([line(id=identifier, method="a")]) == [Request(identifier, "a", {})]


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (b"{\n", PARSE_ERROR),
        (b"\xff\n", PARSE_ERROR),
        pytest.param(b"[" * 100_000 + b"\n", PARSE_ERROR, id="deep"),
        pytest.param(b"1" * 5000 + b"\n", PARSE_ERROR, id="long number"),
        (b"[]\n", INVALID_REQUEST),
        (b"null\n", INVALID_REQUEST),
        (b'{"id": 1, "method": "a"}\n', INVALID_REQUEST),
        (b'{"jsonrpc": "1.0", "id": 1, "method": "a"}\n', INVALID_REQUEST),
        (b'{"jsonrpc": 2.0, "id": 1, "method": "a"}\n', INVALID_REQUEST),
        (line(id="1", method="a"), INVALID_REQUEST),
        (line(id=1.5, method="a"), INVALID_REQUEST),
        (line(id=True, method="a"), INVALID_REQUEST),
        (line(id=1), INVALID_REQUEST),
        (line(id=1, method=5), INVALID_REQUEST),
        (line(id=1, method="a", params=[1]), INVALID_REQUEST),
        (line(id=1, method="a", params=None), INVALID_REQUEST),
        (line(result=5), INVALID_REQUEST),
        (line(id=1, error="no"), INVALID_REQUEST),
        (line(id="1", result=5), INVALID_REQUEST),
    ],
)
def test_nothing_comes_after_a_bad_frame(bad: bytes, code: int) -> None:
    decoder = Decoder()
    good, broken = decoder.feed(FIRST + bad + SECOND)
    assert good == FRAMES[0]
    assert isinstance(broken, BadFrame)
    assert broken.code == code
    assert list(decoder.feed(SECOND)) == []


@pytest.mark.parametrize("end", [b"\n", b""])
def test_a_frame_that_is_too_long_is_given_up(end: bytes) -> None:
    (bad,) = decode([b"x" * 101 + end], max_frame=100)
    assert isinstance(bad, BadFrame)
    assert (bad.code, bad.message) == (INVALID_REQUEST, "a frame is longer than 100 bytes")


def test_the_longest_frame_passes() -> None:
    assert decode([FIRST], max_frame=len(FIRST) - 1) == FRAMES[:1]


@pytest.mark.parametrize("text", ["plain", "ü", "\U0001f600", "\ud800", "\u2028\n\r", "\x01D", '"\\'])
@pytest.mark.parametrize(
    "frame", [lambda text: protocol.result(1, text), lambda text: protocol.notification("m", {"text": text})]
)
def test_what_is_sent_is_one_ascii_line(text: str, frame: object) -> None:
    sent: bytes = frame(text)  # type: ignore[operator]
    assert sent.isascii()
    assert sent.index(b"\n") == len(sent) - 1
    assert b"\r" not in sent
    value = json.loads(sent)
    assert text in (value.get("result"), value.get("params", {}).get("text"))


def test_an_error_travels_with_its_facts() -> None:
    error = NotFoundError("gone", target="/x", remedy="look", details={"status": 404})
    assert json.loads(protocol.failure(3, error)) == {
        "jsonrpc": "2.0",
        "id": 3,
        "error": {
            "code": -32000,
            "message": "gone",
            "data": {
                "code": "not_found",
                "retryable": False,
                "target": "/x",
                "remedy": "look",
                "details": {"status": 404},
            },
        },
    }


def test_no_error_brings_escapes_to_a_terminal() -> None:
    evil = "a\x1b[2Jb\x1b]0;owned\x07c\u202e\x9b31m\r\n\td \ud800 \u3000\xa0."
    plain = "abc \n\td   \u3000\xa0."
    details = {evil: [evil, {"inner": (evil, 1, None, True, 0.5)}]}
    sent = protocol.failure(1, NotFoundError(evil, target=evil, remedy=evil, details=details))
    error = json.loads(sent)["error"]
    assert (error["message"], error["data"]["target"], error["data"]["remedy"]) == (plain, plain, plain)
    assert error["data"]["details"] == {plain: [plain, {"inner": [plain, 1, None, True, 0.5]}]}


def test_an_answer_to_nobody_has_a_null_id() -> None:
    assert json.loads(protocol.error(None, PARSE_ERROR, "no")) == {
        "jsonrpc": "2.0",
        "id": None,
        "error": {"code": PARSE_ERROR, "message": "no"},
    }


# --- questions of the worker's own ---------------------------------------------------------------------


def test_a_request_of_ours_begins_with_the_call_that_it_belongs_to() -> None:
    frame = protocol.request(3, "use_session", {"id": 7, "text": "\xfc"})
    assert frame.startswith(b'{"jsonrpc":"2.0","method":"use_session","params":{"id":7,')
    assert decode([frame]) == [Request(3, "use_session", {"id": 7, "text": "\xfc"})]


def test_answers_to_us_come_out_as_such() -> None:
    problem = {"code": -32000, "message": "no", "data": {"code": "not_found"}}
    stream = line(id=1, result=None) + line(id=2, error=problem) + FIRST
    assert decode([stream]) == [Answer(1, None, None), Answer(2, None, problem), FRAMES[0]]


def test_an_error_that_travelled_is_the_same_error() -> None:
    sent = NotFoundError("no such thing", target="x", remedy="look elsewhere", details={"status": 404})
    (frame,) = decode([protocol.failure(1, sent)])
    assert isinstance(frame, Answer)
    assert frame.error is not None
    raised = protocol.exception(frame.error)
    assert type(raised) is NotFoundError
    assert vars(raised) == vars(sent)


@pytest.mark.parametrize("code", ["of_a_later_version", FileError.code, SpecError.code, None, 5])
def test_an_error_of_another_kind_is_an_error_all_the_same(code: object) -> None:
    raised = protocol.exception({"message": "no", "data": {"code": code, "target": 5, "details": "?"}})
    assert (type(raised), raised.message, raised.target) == (PyBridgeError, "no", None)


def test_an_error_without_data_is_an_error_all_the_same() -> None:
    assert protocol.exception({"code": -32601}).message
