"""remote.frames: what goes to the bootstrap and comes from it, in whichever pieces, and what is missing in between."""

from __future__ import annotations

import base64
import itertools
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pybridge.clixml import Record
from pybridge.errors import HostInterruptedError, LanguageModeError, RemoteScriptError
from pybridge.remote import frames

NONCE = "0123456789abcdef0123456789abcdef"


def framed(answer: dict[str, Any] | str, mark: str = "+") -> bytes:
    text = answer if isinstance(answer, str) else json.dumps(answer)
    return f"{NONCE}{mark}{len(text)}:{text}{NONCE}\n".encode()


def read(*pieces: bytes) -> Any:
    reader = frames.AnswerReader("vm01", NONCE)
    for piece in pieces:
        answer = reader.feed(piece)
        if answer is not None:
            return answer
    return reader


# --- the command line --------------------------------------------------------------------------------


def test_the_bootstrap_is_short_and_constant() -> None:
    for name in ("bootstrap", "runner"):
        assert len(frames.script(name)) < 2000
        assert frames.script(name).isascii()
    for name in ("bootstrap", "runner", "logged"):
        line = frames.command_line(name)
        assert len(line) < 8191, "cmd.exe would cut it off"
        assert line.startswith("powershell -NoProfile -NonInteractive ")
        assert line == frames.command_line(name)
        assert base64.b64decode(line.split(" ")[-1]).decode("utf-16-le") == frames.script(name)


@pytest.mark.parametrize("name", ["bootstrap", "runner", "http", "read", "run", "install", "logged"])
def test_every_script_is_there_in_ascii(name: str) -> None:
    assert frames.script(name).isascii()
    assert "# <json.ps1>" not in frames.script(name)


@pytest.mark.parametrize("text", ["", "plain", "gr\u00fc\u00df", "\U0001d11e"])
def test_a_question_tells_the_lengths_as_net_counts_them(text: str) -> None:
    head, _, rest = frames.question(NONCE, text, "{}").partition(b"\n")
    nonce, first, second = head.decode("ascii").split(" ")
    assert (nonce, int(first), int(second)) == (NONCE, len(text.encode("utf-16-le")) // 2, 2)
    assert rest.decode() == f"{text}{{}}"


# --- answers -----------------------------------------------------------------------------------------


@given(
    st.binary(max_size=100).filter(lambda noise: b"pybridge" not in noise),
    st.dictionaries(st.text(max_size=5), st.text(max_size=20), max_size=3),
    st.binary(max_size=20),
    st.lists(st.integers(0, 400), max_size=6),
)
def test_an_answer_is_found_in_whichever_pieces(
    noise: bytes, answer: dict[str, str], after: bytes, cuts: list[int]
) -> None:
    data = noise + framed(answer) + after
    places = sorted({0, *(min(cut, len(data)) for cut in cuts), len(data)})
    assert read(*(data[start:end] for start, end in itertools.pairwise(places))) == answer


def test_noise_is_not_kept() -> None:
    reader = frames.AnswerReader("vm01", NONCE)
    for _ in range(100):
        assert reader.feed(b"x" * 100_000) is None
    assert len(reader.noise) <= 4096
    assert reader.feed(framed({"a": 1})) == {"a": 1}


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (framed({"token": "secret"}).replace(b"secret", b"cret"), "a part of it is missing"),
        (NONCE.encode() + b"+999999999:", "more than"),
        (NONCE.encode() + b"what is this?", "its length is missing"),
        (framed("no json"), "not what was agreed"),
        (framed("[1]"), "not what was agreed"),
        (framed("***", "-"), "not what was agreed"),
    ],
)
def test_a_broken_answer_is_no_answer_and_not_quoted(data: bytes, why: str) -> None:
    with pytest.raises(RemoteScriptError, match=why) as raised:
        read(data + b" " * 100)
    assert "cret" not in raised.value.message
    assert raised.value.target == "vm01"


def test_an_error_of_the_script_comes_with_its_words_and_without_escapes() -> None:
    words = base64.b64encode("\x1b[31mno gr\u00fc\u00df\x1b]0;title\x07\r\nsecond".encode()).decode()
    with pytest.raises(RemoteScriptError, match=r"^the script failed on vm01: no gr\u00fc\u00df second$"):
        read(framed(words, "-"))


def test_language_mode_is_told() -> None:
    with pytest.raises(LanguageModeError, match="vm01 runs in ConstrainedLanguage mode"):
        read(b"pybridge-language-", b"mode: ConstrainedLanguage\r\n")


@pytest.mark.parametrize("cut", [1, 20, 33, 40, 50])
def test_an_end_in_the_middle_is_told(cut: int) -> None:
    reader = read(framed({"a": "b" * 10})[:cut])
    assert isinstance(reader, frames.AnswerReader)
    error = reader.ended(1, "")
    assert ("in the middle of" if cut >= 32 else "without") in error.message
    assert "exit code 1" in error.message


def test_what_stderr_said_is_told() -> None:
    reader = read(b"noise")
    assert reader.ended(None, "\x1b[31mNot allowed.\n").message == (
        "PowerShell on vm01 ended without an answer: Not allowed."
    )


def test_an_answer_by_the_pipeline_may_be_broken_into_lines() -> None:
    reader = frames.AnswerReader("vm01", NONCE, wrapped=True)
    data = framed({"a": "b" * 200})
    wrapped = b"\r\n".join(data[start : start + 80] for start in range(0, len(data), 80))
    assert reader.feed(wrapped) == {"a": "b" * 200}


# --- records -----------------------------------------------------------------------------------------


def record(number: int, stream: str, text: str) -> bytes:
    return f"{NONCE} {number} {stream} {base64.b64encode(text.encode()).decode()}\n".encode()


def lost() -> HostInterruptedError:
    return HostInterruptedError("lost")


def records(*pieces: bytes) -> tuple[list[Record], bool]:
    reader = frames.RecordReader(NONCE, lost)
    found = [one for piece in pieces for one in reader.feed(piece)]
    return [*found, *reader.rest()], reader.ended


def joined(found: list[Record]) -> list[Record]:
    """Neighbours of one stream as one: what programs wrote comes in any pieces."""
    runs = itertools.groupby(found, key=lambda one: one.stream)
    return [Record(stream, "".join(one.text for one in run)) for stream, run in runs]


WHOLE = (
    b"raw before\n"
    + record(0, "output", "gr\u00fc\u00df")
    + record(1, "warning", "")
    + b"raw \xc3\xa4 between\nraw without an end"
    + record(2, "error", "a\nb")
    + record(3, "end", "")
)
EXPECTED = [
    Record("output", "raw before\n"),
    Record("output", "gr\u00fc\u00df"),
    Record("warning", ""),
    Record("output", "raw \u00e4 between\nraw without an end"),
    Record("error", "a\nb"),
]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 30, 31, 32, 33, 64, 1000])
def test_records_are_found_in_whichever_pieces(size: int) -> None:
    found, ended = records(*(WHOLE[start : start + size] for start in range(0, len(WHOLE), size)))
    assert joined(found) == joined(EXPECTED)
    assert ended


@pytest.mark.parametrize(
    "data",
    [
        record(1, "output", "the first is missing"),
        record(0, "output", "a") + record(2, "output", "c"),
        record(0, "output", "a") + record(0, "output", "a"),
        NONCE.encode() + b" 0 output ***\n",
        NONCE.encode() + b" x output \n",
        NONCE.encode() + b" \n",
    ],
)
def test_a_gap_is_an_error(data: bytes) -> None:
    with pytest.raises(HostInterruptedError):
        records(data)


def test_a_record_without_an_end_does_not_grow_for_ever() -> None:
    reader = frames.RecordReader(NONCE, lost)
    reader.feed(NONCE.encode() + b" 0 output " + b"A" * (15 << 20))
    with pytest.raises(HostInterruptedError):
        reader.feed(b"A" * (2 << 20))


def test_an_output_that_never_ends_a_line_is_passed_on() -> None:
    reader = frames.RecordReader(NONCE, lost)
    total = sum(len(one.text) for _ in range(40) for one in reader.feed(b"x" * 50_000))
    assert total > 1_800_000


def test_old_consoles_write_in_their_own_code_page() -> None:
    assert records(b"gr\x81\xe1e\n")[0] == [Record("output", "gr\u00fc\u00dfe\n")]


def test_no_end_is_seen() -> None:
    found, ended = records(record(0, "output", "a"))
    assert (found, ended) == ([Record("output", "a")], False)
