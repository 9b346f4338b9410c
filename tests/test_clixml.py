"""clixml: what PowerShell writes to stderr, amid what others write there, however it is cut."""

from __future__ import annotations

import base64
import subprocess
import tracemalloc
from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from shells import Shell

from pybridge.clixml import Decoder, Record, merged
from pybridge.printable import screen

HEADER = "#< CLIXML\r\n"
OPEN = '<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">'

PROGRESS = (
    '<Obj S="progress" RefId="0"><TN RefId="0"><T>System.Management.Automation.PSCustomObject</T><T>System.Object</T>'
    '</TN><MS><I64 N="SourceId">1</I64><PR N="Record"><AV>Preparing modules for first use.</AV><AI>0</AI><Nil />'
    "<PI>-1</PI><PC>{percent}</PC><T>Completed</T><SR>-1</SR><SD>{status}</SD></PR></MS></Obj>"
)
INFORMATION = (
    '<Obj S="information" RefId="2"><TN RefId="1"><T>System.Management.Automation.InformationRecord</T></TN>'
    '<ToString>h &lt;1&gt;</ToString><Props><Obj N="MessageData" RefId="3"><ToString>inner</ToString><Props>'
    '<S N="Message">h</S><B N="NoNewLine">false</B></Props></Obj><S N="Source">Write-Host</S>'
    '<Obj N="Tags" RefId="4"><TNRef RefId="1" /><LST><S>PSHOST</S></LST></Obj></Props></Obj>'
)


def document(*elements: str) -> str:
    return f"{HEADER}{OPEN}{''.join(elements)}</Objs>"


def s(stream: str, text: str) -> str:
    return f'<S S="{stream}">{text}</S>'


ERROR = Record("error", "bad\n")

CASES: dict[str, tuple[str | bytes, list[Record]]] = {
    "nothing": ("", []),
    "native text": ("one\r\ntwo\n\nlast", [Record("error", text) for text in ("one\n", "two\n", "\n", "last")]),
    "an error": (document(s("Error", "bad_x000D__x000A_")), [ERROR]),
    "every stream": (
        document(*(s(name, name) for name in ("Error", "warning", "verbose", "debug", "information", "output"))),
        [
            Record("error", "Error"),
            *(Record(name, name) for name in ("warning", "verbose", "debug", "information", "output")),
        ],
    ),
    "a stream of nobody": (document(s("zebra", "x")), [Record("error", "x")]),
    "progress": (
        document(PROGRESS.format(percent=-1, status=" "), PROGRESS.format(percent=40, status="40 of 100")),
        [
            Record("progress", "Preparing modules for first use."),
            Record("progress", "Preparing modules for first use.: 40 of 100 (40%)"),
        ],
    ),
    "information": (document(INFORMATION), [Record("information", "h <1>")]),
    "an object of nobody": (
        document('<Obj S="Error" RefId="0"><Props><S N="A">a</S><I32 N="B">1</I32><S N="C">c</S></Props></Obj>'),
        [Record("error", "a c")],
    ),
    "an empty element": (document('<S S="warning" />', s("debug", "")), [Record("warning", ""), Record("debug", "")]),
    "native text all around": (
        f"before\n{HEADER}between\r\n{OPEN}inside one{s('Error', 'bad_x000A_')}\ninside two\n{s('debug', 'd')}</Objs>"
        "after",
        [
            Record("error", "before\n"),
            Record("error", "between\n"),
            Record("error", "inside one"),
            ERROR,
            Record("error", "inside two\n"),
            Record("debug", "d"),
            Record("error", "after"),
        ],
    ),
    "native text that ends without a line": (
        f"before{document(s('debug', 'd'))}",
        [Record("error", "before"), Record("debug", "d")],
    ),
    "native text in angle brackets": (
        f"<Objs of mine\n<a href='x'>b</a> a < b\n{OPEN}<b S='x'>no</b><S>no</S></x></Objs>",
        [
            Record("error", "<Objs of mine\n"),
            Record("error", "<a href='x'>b</a> a < b\n"),
            Record("error", "<b S='x'>no</b><S>no</S></x>"),
        ],
    ),
    "two documents": (
        f"{document(s('Error', 'bad_x000A_'))}{document(s('Error', 'bad_x000A_'))}\r\n{document(s('debug', 'd'))}",
        [ERROR, ERROR, Record("debug", "d")],
    ),
    "a document without a header": (f"{OPEN}{s('debug', 'd')}</Objs>", [Record("debug", "d")]),
    "a header alone": (HEADER, []),
    "a header and text": (f"{HEADER}text", [Record("error", "text")]),
    "half a header": ("#< CLIX", [Record("error", "#< CLIX")]),
    "a header, ended by \\r": ("#< CLIXML\r", []),
    "a byte order mark": (f"\ufeff{document(s('debug', 'd'))}", [Record("debug", "d")]),
    "byte order marks in between": (
        f"\ufeffnative\n\ufeff{document(s('debug', 'd'))}\ufeff{document(s('debug', 'd'))}",
        [Record("error", "native\n"), Record("debug", "d"), Record("debug", "d")],
    ),
    "laid out in lines": (
        f"{HEADER}{OPEN}\r\n    {s('debug', 'd')}\r\n\r\n    {s('debug', 'e')}\r\n</Objs>\r\n",
        [Record("debug", "d"), Record("debug", "e")],
    ),
    "escapes": (
        document(s("Error", "_x001B_[31m_x0009_&lt;&amp;&gt;&quot;&apos;&#252;&#xFC; _x005F_x000D_ _xZZZZ_ _x00e9_")),
        [Record("error", "\x1b[31m\t<&>\"'üü _x000D_ _xZZZZ_ é")],
    ),
    "characters of two escapes": (
        document(s("debug", "_xD83D__xDE00_|_xD83D_|_xDE00__xD83D_|")),
        [Record("debug", "\U0001f600|\ufffd|\ufffd\ufffd|")],
    ),
    "references that are none": (
        document(s("debug", "&#1114112; &nope; &#xD800; & &#; &#x110000;")),
        [Record("debug", "&#1114112; &nope; \ufffd & &#; &#x110000;")],
    ),
    "cut in a text": (
        f'{HEADER}{OPEN}{s("debug", "d")}<S S="Error">half a',
        [Record("debug", "d"), Record("error", "half a")],
    ),
    "cut in an end tag": (f'{HEADER}{OPEN}<S S="Error">text</', [Record("error", "text")]),
    "cut in a tag": (f"{HEADER}{OPEN}<S S=", [Record("error", "<S S=")]),
    "cut in an object": (f"{HEADER}{OPEN}{INFORMATION[:150]}", [Record("information", "h <1>")]),
    "cut in the document's tag": (f"{HEADER}{OPEN[:20]}", [Record("error", OPEN[:20])]),
    "code page 437": (
        document(s("Error", "@")).encode().replace(b"@", b"M\x81ller \xe1") + b"na\x8bve\n",
        [Record("error", "Müller ß"), Record("error", "naïve\n")],
    ),
    "UTF-8 cut short": (b"a\xe3\x81", [Record("error", "aπü")]),
}
BYTES = {name: text if isinstance(text, bytes) else text.encode() for name, (text, _) in CASES.items()}


def decode(pieces: Iterable[bytes]) -> list[Record]:
    decoder = Decoder()
    return [record for piece in pieces for record in decoder.feed(piece)] + decoder.end()


@pytest.mark.parametrize("name", CASES)
def test_streams_are_told_apart(name: str) -> None:
    assert decode([BYTES[name]]) == CASES[name][1]


@pytest.mark.parametrize("name", CASES)
def test_records_come_out_byte_by_byte(name: str) -> None:
    assert decode(bytes([byte]) for byte in BYTES[name]) == CASES[name][1]


@pytest.mark.parametrize("name", CASES)
def test_records_come_out_wherever_the_bytes_are_cut(name: str) -> None:
    data = BYTES[name]
    for at in range(len(data) + 1):
        assert decode([data[:at], data[at:]]) == CASES[name][1]


@pytest.mark.parametrize("name", CASES)
def test_whatever_is_missing_at_the_end_nothing_is_raised(name: str) -> None:
    data = BYTES[name]
    whole = "".join(record.text for record in decode([data]))
    for end in range(len(data)):
        found = decode([data[:end]])
        assert len("".join(record.text for record in found)) <= len(whole) + 100


def test_a_record_comes_as_soon_as_it_is_whole() -> None:
    decoder = Decoder()
    assert decoder.feed(f'{HEADER}{OPEN}<S S="Error">bad_x000A_</S'.encode()) == []
    assert decoder.feed(b">") == [ERROR]
    assert decoder.feed(b"native") == []
    assert decoder.feed(b"\n") == [Record("error", "native\n")]
    assert decoder.end() == []


PIECES = [
    HEADER,
    OPEN,
    "</Objs>",
    s("Error", "bad_x000A_"),
    '<S S="debug">',
    "</S>",
    PROGRESS,
    "\n",
    "\r",
    "\ufeff",
    "<",
]
PIECES += ["#< CL", "<Objs", "_xD83D_", "_xDE00_", "&#", "</", ">", "x" * 9000, '<Obj S="Error">', "<Obj>", "</Obj>"]


@settings(deadline=None, max_examples=300)
@given(
    st.lists(st.binary(max_size=5) | st.sampled_from(PIECES).map(str.encode), max_size=20).map(b"".join),
    st.lists(st.integers(0, 12_000), max_size=6),
)
@example(b"x" * 8192 + HEADER.encode(), [8191, 8192, 8193, 8200])
@example(b"x" * 8191 + HEADER.encode() + b"y", [8191, 8192, 8193, 8200])
@example(b"x" * 8190 + OPEN.encode() + s("debug", "d").encode(), [8190, 8191, 8192])
@example(b"x" * 8190 + b"<Objs " + b"y" * 700, [8190, 8191, 8192, 8700])
@example(b"x" * 8190 + b"\r\n" + b"y", [8190, 8191, 8192])
def test_any_bytes_give_the_same_records_whole_and_in_pieces(data: bytes, cuts: list[int]) -> None:
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    whole = decode([data])
    assert decode(data[start:end] for start, end in pairwise(edges)) == whole
    for record in whole:
        assert record.stream in {"output", "error", "warning", "verbose", "debug", "information", "progress"}
        record.text.encode()


@settings(deadline=None)
@given(st.text(max_size=40))
def test_any_text_comes_out_as_powershell_wrote_it(text: str) -> None:
    # As [PSSerializer] writes it: `_x` is shielded, what XML cannot hold is an escape of each UTF-16 unit.
    units = text.encode("utf-16-le")
    written = "".join(f"_x{int.from_bytes(units[at : at + 2], 'little'):04X}_" for at in range(0, len(units), 2))
    assert decode([document(s("debug", written)).encode()]) == [Record("debug", text.replace("\r\n", "\n"))]


SIZE = 2_000_000
FLOODS = {
    "empty lines": b"\n" * SIZE,
    "short lines": b"a\n" * (SIZE // 2),
    "one long line": b"x" * SIZE,
    "beginnings of tags": b"<a" * (SIZE // 2),
    "one long tag": b"<" + b"a" * SIZE,
    "beginnings of documents": b"<Objs " * (SIZE // 6),
    "headers": b"#< CLIXML" * (SIZE // 9),
    "one long element": f'{HEADER}{OPEN}<S S="Error">'.encode() + b"x" * SIZE,
    "an element full of tags": f'{HEADER}{OPEN}<S S="Error">'.encode() + b"<a " * (SIZE // 3),
    "an element with a long tag": f'{HEADER}{OPEN}<S S="Error"><'.encode() + b"a" * SIZE,
    "deep objects": f'{HEADER}{OPEN}<Obj S="Error">'.encode() + b"<Obj>" * (SIZE // 5),
    "many records": f"{HEADER}{OPEN}".encode() + b'<S S="Error">a</S>' * (SIZE // 18),
    "references without an end": f'{HEADER}{OPEN}<S S="Error">'.encode() + b"&#x" * (SIZE // 3),
    "escapes without an end": f'{HEADER}{OPEN}<S S="Error">'.encode() + b"_x00" * (SIZE // 4),
}


def pour(flood: bytes) -> int:
    """The most characters of one record, where nobody keeps any."""
    decoder = Decoder()
    longest = 0
    for start in range(0, len(flood), 65_536):
        longest = max([longest, *(len(record.text) for record in decoder.feed(flood[start : start + 65_536]))])
    return max([longest, *(len(record.text) for record in decoder.end())])


@pytest.mark.parametrize("flood", FLOODS.values(), ids=FLOODS)
def test_a_flood_comes_through_in_pieces(flood: bytes) -> None:
    assert pour(flood) <= 1024 * 1024


@pytest.mark.parametrize("name", ["one long line", "one long element", "one long tag"])
def test_a_flood_takes_little_memory(name: str) -> None:
    flood = FLOODS[name] * 4
    tracemalloc.start()
    try:
        pour(flood)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < len(flood)


def test_a_decoder_keeps_little() -> None:
    decoder = Decoder()
    decoder.feed(f'{HEADER}{OPEN}<S S="Error">'.encode())
    tracemalloc.start()
    try:
        pieces = [len(record.text) for _ in range(100) for record in decoder.feed(b"x" * 100_000)]
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert sum(pieces) > 8_000_000
    assert kept < 4 * 1024 * 1024


def test_errors_are_put_together() -> None:
    lines = [Record("error", "a\n"), Record("error", "b\n"), Record("debug", "d"), Record("debug", "e"), ERROR]
    assert merged(lines) == [Record("error", "a\nb\n"), Record("debug", "d"), Record("debug", "e"), ERROR]
    assert merged([]) == []


SCRIPT = r"""
[Console]::Error.WriteLine('native before')
Write-Warning ("w`t" + [char]0xfc + ' <&> _x000D_ ' + [char]::ConvertFromUtf32(0x1F600))
Write-Verbose v -Verbose
Write-Progress -Activity act -Status st -PercentComplete 40
Write-Host host
[Console]::Error.WriteLine('native middle')
Write-Error "bad"
throw 'thrown'
"""


def test_a_real_powershell(shell: Shell) -> None:
    encoded = base64.b64encode(SCRIPT.encode("utf-16-le")).decode()
    command = shell.command("-EncodedCommand", encoded)
    run = subprocess.run(command, capture_output=True, timeout=120, stdin=subprocess.DEVNULL)
    found = [Record(stream, screen(text)) for stream, text in merged(decode([run.stderr]))]
    errors = "".join(text for stream, text in found if stream == "error")
    assert "native before\n" in errors.replace("\r", "")
    assert "native middle\n" in errors.replace("\r", "")
    assert "bad" in errors
    assert "thrown" in errors
    if shell.is_engine:  # which writes no CLIXML: all of it is native text
        return
    assert "CLIXML" not in errors
    assert "</" not in errors
    assert Record("warning", "w\tü <&> _x000D_ \U0001f600") in found
    assert Record("verbose", "v") in found
    assert Record("progress", "act: st (40%)") in found
