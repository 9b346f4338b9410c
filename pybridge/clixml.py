"""What PowerShell writes to stderr: its streams as CLIXML, amid whatever native programs wrote there. No I/O here.

    #< CLIXML
    <Objs Version="1.1.0.1" xmlns="..."><S S="Error">bad_x000D__x000A_</S><Obj S="progress" RefId="0">...</Obj></Objs>

Native text stands before, after, between the header and the document, and anywhere between two elements of it, as both
write to one handle. So this is no XML parser: it looks for the elements that PowerShell writes, and keeps the rest.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

#: The most characters of one element; the rest of a longer one is taken for native text.
_MAX_ELEMENT = 1024 * 1024
#: The most characters of one line of native text; a longer one comes in pieces.
_MAX_LINE = 8 * 1024
#: How far one must look ahead to know whether a tag begins. PowerShell's own are much shorter.
_MAX_TAG = 600

_STREAMS = frozenset({"output", "error", "warning", "verbose", "debug", "information", "progress"})
_HEADER = "#< CLIXML"
_EVENT = re.compile(r"\n|#< CLIXML|</?[A-Za-z]")
#: A tag between elements, of less than `_MAX_TAG` characters, and one within an element. Both take linear time.
_TAG = re.compile(r"</?([A-Za-z]\w{0,40})(\s[^<>\n]{0,500})?>")
_ANY_TAG = re.compile(r"<(/?)([A-Za-z]\w*)((?:\s[^<>]*?)?)(/?)>")
_BLANK_LINES = re.compile(r"(?:[ \t\r]*\n)+")
_NOT_IN_TAG = re.compile(r"[<>\n]")
_STREAM = re.compile(r'\sS="(\w{1,20})"')
_CUT_TAG = re.compile(r"<[^<>]*\Z")
_REFERENCE = re.compile(r"&(?:#x([0-9A-Fa-f]{1,6})|#([0-9]{1,7})|(lt|gt|amp|quot|apos));", re.ASCII)
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}


class Record(NamedTuple):
    """One piece of a stream.

    Attributes:
        stream: `error`, `warning`, `verbose`, `debug`, `information`, `progress` or `output`; native text is `error`.
        text: As the host wrote it, but for line ends, which are `\\n`. Errors come line by line, each with its end.
            It may hold escape sequences: see `printable.screen`.
    """

    stream: str
    text: str


class Decoder:
    """Takes bytes as they come, cut anywhere, and gives records as soon as they are whole.

    It never raises, keeps about 1 MB at most, and gives the same records however the bytes were cut. Bytes that are not
    UTF-8 are taken for code page 437, in which consoles write.
    """

    def __init__(self) -> None:
        self._bytes = codecs.getincrementaldecoder("utf-8")(_CP437)
        self._text = ""
        self._at = 0  # what stands before is done
        self._inside = False  # of <Objs>
        self._element: _Element | None = None
        self._native = False  # whether native text came last, so that a blank line belongs to it
        self._after_header = False

    def feed(self, data: bytes) -> list[Record]:
        """The records that these bytes complete."""
        return self._take_in(self._bytes.decode(data), final=False)

    def end(self) -> list[Record]:
        """What is left, when nothing more comes: an unfinished element gives the text that it has."""
        return self._take_in(self._bytes.decode(b"", final=True), final=True)

    def _take_in(self, text: str, *, final: bool) -> list[Record]:
        self._text = self._text[self._at :] + text
        self._at = 0
        found: list[Record] = []
        before: object = None
        while self._at < len(self._text) and before != (self._at, self._element, self._after_header):
            before = self._at, self._element, self._after_header
            if self._element is not None:
                found.extend(self._in_element(self._element, final=final))
            elif self._after_header:
                self._skip_line_end(final=final)
            else:
                found.extend(self._between(final=final))
        return found

    def _skip_line_end(self, *, final: bool) -> None:
        """Leave out the line end behind a header, which may not be wholly there yet."""
        last = self._at + 1 == len(self._text)
        if last and not final and self._text.endswith("\r"):
            return
        self._after_header = False
        if self._text.startswith("\r\n", self._at):
            self._at += 2
        elif self._text[self._at] in "\r\n":
            self._at += 1

    def _between(self, *, final: bool) -> Iterator[Record]:
        """Native text up to the next line end, header or tag of PowerShell, and that header or tag."""
        blank = None if self._native else _BLANK_LINES.match(self._text, self._at)
        if blank is not None:
            self._at = blank.end()
            return
        start = self._at
        for event in _EVENT.finditer(self._text, start, start + _MAX_LINE + len(_HEADER)):
            at = event.start()
            if at >= start + _MAX_LINE:
                break
            if event[0] == "\n":
                yield from self._native_text(at + 1)
                return
            if event[0] == _HEADER:
                yield from self._native_text(at)
                self._at += len(_HEADER)
                self._after_header, self._native = True, False
                return
            tag = _TAG.match(self._text, at)
            if tag is None and not final and self._may_be_tag(at):
                return
            if tag is not None and self._is_ours(tag):
                yield from self._native_text(at)
                self._enter(tag)
                return
        rest = len(self._text) - start
        if final or rest >= _MAX_LINE + _MAX_TAG:
            yield from self._native_text(start + min(rest, _MAX_LINE))

    def _may_be_tag(self, at: int) -> bool:
        """Whether what begins there could yet become a tag: it has no end so far, and nothing against it."""
        return len(self._text) - at < _MAX_TAG and not _NOT_IN_TAG.search(self._text, at + 1)

    def _is_ours(self, tag: re.Match[str]) -> bool:
        """Whether it begins or ends a document, or, in one, an element of a stream."""
        if tag[1] == "Objs":
            return True
        return self._inside and not tag[0].startswith("</") and bool(_STREAM.search(tag[2] or ""))

    def _enter(self, tag: re.Match[str]) -> None:
        self._native = False
        if tag[1] == "Objs":
            self._inside = not tag[0].startswith("</") and not tag[0].endswith("/>")
            self._at += len(tag[0])
        else:
            stream = _STREAM.search(tag[2])
            self._element = _Element(stream[1].lower() if stream else "")

    def _in_element(self, element: _Element, *, final: bool) -> Iterator[Record]:
        start = self._at
        size = element.size_in(self._text, start)
        rest = len(self._text) - start
        if size is None and (final or rest >= _MAX_ELEMENT):
            size = min(rest, _MAX_ELEMENT)
        if size is not None:
            self._element = None
            self._at += size
            yield Record(element.stream, _text_of(self._text[start : self._at]))

    def _native_text(self, end: int) -> Iterator[Record]:
        text = self._text[self._at : end].replace("\r\n", "\n").lstrip("\ufeff")
        self._at = end
        if text.strip() or (text and self._native):
            self._native = True
            yield Record("error", text)


class _Element:
    """An element whose end is looked for, without looking at anything twice."""

    def __init__(self, stream: str) -> None:
        self.stream = stream if stream in _STREAMS else "error"
        self._depth = 0
        self._seen = 0

    def size_in(self, text: str, start: int) -> int | None:
        """How many characters it has, in a text where it begins at `start`; None while its end has not come."""
        for tag in _ANY_TAG.finditer(text, start + self._seen, start + _MAX_ELEMENT):
            self._seen = tag.end() - start
            self._depth += 0 if tag[4] else -1 if tag[1] else 1
            if self._depth <= 0:
                return self._seen
        unfinished = text.rfind("<", start + self._seen)
        self._seen = (len(text) if unfinished < 0 else unfinished) - start
        return None


def merged(records: Iterable[Record]) -> list[Record]:
    """The same with neighbouring errors in one: PowerShell cuts them into lines, which say nothing alone."""
    found: list[Record] = []
    for stream, group in groupby(records, key=lambda record: record.stream):
        if stream == "error":
            found.append(Record(stream, "".join(record.text for record in group)))
        else:
            found.extend(group)
    return found


def _text_of(element: str) -> str:
    """What an element says: the text of a scalar; of an object its `ToString`, of a progress record its parts."""
    opening = _ANY_TAG.match(element)
    if opening is None or opening[2] != "Obj":
        return _plain(_ANY_TAG.sub("", _CUT_TAG.sub("", element)))
    leaves = list(_leaves(element))
    named = {name: text.strip() for name, text, _ in reversed(leaves) if text.strip()}
    if "AV" in named:
        status = f": {named['SD']}" if "SD" in named else ""
        percent = f" ({named['PC']}%)" if named.get("PC", "-1") != "-1" else ""
        return f"{named['AV']}{status}{percent}"
    said = next((text for name, text, depth in leaves if name == "ToString" and depth == 2), None)
    return " ".join(text for name, text, _ in leaves if name == "S") if said is None else said


def _leaves(element: str) -> Iterator[tuple[str, str, int]]:
    """The name, the text and the depth of every element without others in it."""
    depth, start, name = 0, 0, ""
    for tag in _ANY_TAG.finditer(element):
        if tag[4]:
            continue
        if tag[1]:
            if name == tag[2]:
                yield name, _plain(element[start : tag.start()]), depth
            name = ""
            depth -= 1
        else:
            depth += 1
            name, start = tag[2], tag.end()


def _plain(text: str) -> str:
    """References and `_xHHHH_` resolved. A character beyond U+FFFF comes as two of the latter."""
    text = _REFERENCE.sub(_referred, text)
    return _whole(_ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), text)).replace("\r\n", "\n")


def _referred(reference: re.Match[str]) -> str:
    if reference[3]:
        return _NAMED[reference[3]]
    number = int(reference[1], 16) if reference[1] else int(reference[2])
    return chr(number) if number < 0x110000 else reference[0]


def _whole(text: str) -> str:
    """Surrogates in pairs are one character; a lone one, which nothing could print, becomes U+FFFD."""
    if not re.search("[\ud800-\udfff]", text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


_CP437 = "pybridge.cp437"


def _as_cp437(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp437"), error.end


codecs.register_error(_CP437, _as_cp437)
