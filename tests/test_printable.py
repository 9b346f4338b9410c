"""printable: words of strangers, on the terminal of somebody else."""

from __future__ import annotations

from unicodedata import category

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pybridge.printable import printable, screen

SEQUENCES = {
    "colours": "\x1b[31;1mred\x1b[0m",
    "a cursor move": "\x1b[2J\x1b[10;10Hred",
    "a private mode": "\x1b[?1049hred",
    "a title": "\x1b]0;evil\x07red",
    "a link": "\x1b]8;;http://evil\x1b\\red\x1b]8;;\x1b\\",
    "a device string": "\x1bP+q544e\x1b\\red",
    "C1 colours": "\x9b31mred",
    "a C1 title": "\x9d0;evil\x9cred",
    "a reset": "\x1bcred",
    "a character set": "\x1b(0red",
    "a charset and a colour": "\x1b(B\x1b[mred",
}


@pytest.mark.parametrize("text", SEQUENCES.values(), ids=SEQUENCES)
def test_escape_sequences_go_as_a_whole(text: str) -> None:
    assert printable(text) == "red"
    assert screen(text) == "red"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a\r\nb\tc\x00d", "a b c d"),
        ("  a  \n\n b ", "a b"),
        ("\u202eabc\u2066", "abc"),
        ("\x1b", ""),
        ("\x1b]0;no end", "]0;no end"),
        ("a\x7fb\x85c\u2028d", "a b c d"),
        ("\ud800x", "x"),
        ("ü 日本 \U0001f600", "ü 日本 \U0001f600"),
    ],
)
def test_a_message_is_one_line(text: str, line: str) -> None:
    assert printable(text) == line


def test_a_message_is_cut_where_that_shows() -> None:
    assert printable("x" * 300) == "x" * 300
    assert printable("x" * 301) == "x" * 296 + " ..."
    assert printable("word " * 100, 19) == "word word word ..."
    assert printable(" " * 10_000_000 + "x") == " ..."
    assert printable("abcdef", 3) == " ..."


def test_lines_and_tabs_stay_on_the_screen() -> None:
    assert screen("a\r\n\tb\x1b[0m\x00\rc\n") == "a\n\tb  c\n"
    assert screen("plain") == "plain"
    assert screen("\u3000a\xa0b\u2009c\u2028d") == "\u3000a\xa0b\u2009c d"


@pytest.mark.parametrize(
    "text",
    ["\x1b]" * 500_000, "\x1b[" * 500_000, "\x9d" * 1_000_000, "\x1b[" + "0" * 1_000_000, "\x1b" * 1_000_000],
    ids=["titles", "colours", "C1 titles", "a long number", "escapes"],
)
def test_beginnings_without_an_end_take_no_time(text: str) -> None:
    assert "\x1b" not in screen(text)
    assert len(printable(text)) <= 300


@given(st.text(), st.integers(10, 50))
@example("\x1b[\x1b[31m31mx", 20)
@example("\x1b\x1b]0;\x07]0;x\x07", 20)
def test_whatever_comes_is_printable(text: str, limit: int) -> None:
    line = printable(text, limit)
    assert line.isprintable()
    assert len(line) <= limit
    assert all(sign.isprintable() or sign in "\n\t" or category(sign) == "Zs" for sign in screen(text))
