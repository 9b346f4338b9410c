"""wsman: documents that are attacks. Each ends quickly, in little memory, in an error without a piece of it."""

from __future__ import annotations

import traceback
import tracemalloc
import uuid

import pytest
import windows_answers as windows
from windows_answers import COMMAND_ID, MESSAGE_ID, SHELL_ID

from pybridge.errors import MalformedError
from pybridge.wsman import MAX_ANSWER, Messages, Received
from pybridge.wsman.xmltree import parse

MESSAGES = Messages("https://vm01:5986/wsman", new_id=lambda: uuid.UUID(MESSAGE_ID[5:]))
DELETE = MESSAGES.delete(SHELL_ID)
RECEIVE = MESSAGES.receive(SHELL_ID, COMMAND_ID)

#: 500 KB, for what is copied again and again where nobody looks.
LONG = "u" * 500_000
NUMBERS = range(19_000)
PREFIXED = " ".join(f'p:n{number}=""' for number in NUMBERS)

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
SECRET = "ZG8tbm90LXNob3c"
BODY = windows.deleted().decode()

ATTACKS = {
    "a billion laughs": (f'<!DOCTYPE x [<!ENTITY l0 "{SECRET}">{LAUGHS}]><x>&l11;</x>', "document type"),
    "quadratic blow-up": (f'<!DOCTYPE x [<!ENTITY a "{SECRET * 9000}">]><x>{"&a;" * 9000}</x>', "document type"),
    "a file": (f'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/{SECRET}">]><x>&a;</x>', "document type"),
    "a URL": (f'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/{SECRET}"><x/>', "document type"),
    "parameters": (f'<!DOCTYPE x [<!ENTITY % a SYSTEM "http://127.0.0.1:9/{SECRET}"> %a;]><x/>', "document type"),
    "a document type alone": (f"<!DOCTYPE {SECRET}><x/>", "document type"),
    "an entity of nobody": (f"<x>&{SECRET};</x>", "not XML"),
    "deep nesting": (f"<{SECRET}>" * 50_000, "nested deeper"),
    "deep nesting, closed": ("<a>" * 41 + "</a>" * 41, "nested deeper"),
    "many elements": (f"<x>{'<a/>' * 20_000}</x>", "20000 elements"),
    "a long namespace of many elements": (f'<x xmlns="{LONG}">{"<a/>" * 19_000}</x>', "piece"),
    "a long namespace with > of many elements": (f'<x xmlns="{">" * 500_000}">{"<a/>" * 19_000}</x>', "piece"),
    "a long namespace of many attributes": (
        f'<x xmlns:p="{LONG}"><a {PREFIXED}/></x>',
        "piece",
    ),
    "a long namespace and its attributes in one tag": (
        f'<x {PREFIXED} xmlns:p="{LONG}"/>',
        "piece",
    ),
    "a namespace of 2,000 characters": (f'<x xmlns="{"u" * 2000}"><a/></x>', "namespace"),
    "a namespace of 2,000 characters, by a prefix": (f'<x xmlns:p="{"u" * 2000}"><p:a/></x>', "namespace"),
    "a prefix of 2,000 characters": (f'<{"p" * 2000}:x xmlns:{"p" * 2000}="u"/>', "namespace"),
    "a name of 2,000 characters": (f"<{'x' * 2000}/>", "name"),
    "an attribute with a name of 2,000 characters": (f'<x {"a" * 2000}=""/>', "name"),
    "a long comment": (f"<x><!--{LONG}--></x>", "piece"),
    "a long instruction": (f"<?x {LONG}?><x/>", "piece"),
    "a long attribute": (f'<x a="{LONG}"/>', "piece"),
    "many attributes": ("<x>" + "".join(f'<a n{number}=""/>' for number in NUMBERS), "20000 elements"),
    "many attributes of a namespace": (
        f'<x xmlns:p="{"u" * 250}">' + "".join(f'<a p:n{number}=""/>' for number in NUMBERS),
        "20000 elements",
    ),
    "many namespaces": ("<x>" + "".join(f'<a xmlns:n{number}="u"/>' for number in NUMBERS), "20000 elements"),
    "10 MB": (f"<x>{SECRET * 700_000}</x>", "bytes"),
    "an open tag": ("<x " + f'{SECRET}="' * 10_000, "not XML"),
    "the same attribute twice": (f'<x a="{SECRET}" a="{SECRET}"/>', "not XML"),
    "a prefix of nobody": (f"<{SECRET}:x/>", "not XML"),
    "two roots": (f"<x/><{SECRET}/>", "not XML"),
    "text behind the root": (f"{BODY}{SECRET}", "not XML"),
    "another encoding": (f'<?xml version="1.0" encoding="iso-8859-1"?><x>{SECRET}</x>', "encoding"),
    "UTF-7": (f'<?xml version="1.0" encoding="utf-7"?><x>+ADw-{SECRET}</x>', "encoding"),
    "UTF-16 that is UTF-8": (f'<?xml version="1.0" encoding="utf-16"?><x>{SECRET}</x>', "encoding"),
    "a control character": (f"<x>\x1b[31m{SECRET}</x>", "not XML"),
    "a control character as a reference": (f"<x>&#27;[31m{SECRET}</x>", "not XML"),
}


@pytest.mark.parametrize(("document", "message"), ATTACKS.values(), ids=ATTACKS)
def test_attacks_end_in_an_error(document: str, message: str) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(MalformedError, match=message) as caught:
            DELETE.read(document.encode())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    told = "".join(traceback.format_exception(caught.value)) + repr(vars(caught.value))
    assert SECRET not in told.replace(repr(document), "")
    assert peak < 12 * len(document) + 16 * 1024 * 1024


@pytest.mark.parametrize(
    "answer",
    [
        b"\xff\xfe" + BODY.encode("utf-16-le")[:-1],
        b"\xff\xfe\x00\xd8" + BODY.encode("utf-16-le"),
        b"\xfe\xff" + BODY.encode("utf-16-le"),
        BODY.encode("utf-16-le"),
        BODY.encode("utf-32"),
        BODY.replace("en-US", "\xe9").encode("latin-1"),
        b"\xef\xbb\xbf" * 2 + BODY.encode(),
    ],
    ids=["half a unit", "a lone surrogate", "swapped", "no byte order mark", "UTF-32", "Latin-1", "two marks"],
)
def test_bytes_in_no_known_encoding(answer: bytes) -> None:
    with pytest.raises(MalformedError) as caught:
        DELETE.read(answer)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_the_largest_answer_is_read() -> None:
    room = MAX_ANSWER - len(windows.received([("stdout", b"")]))
    data = b"x" * (room // 4 * 3)
    answer = windows.received([("stdout", data)])
    assert MAX_ANSWER - 4 < len(answer) <= MAX_ANSWER
    assert RECEIVE.read(answer) == Received(data, b"", False, None)
    with pytest.raises(MalformedError, match=f"more than {MAX_ANSWER} bytes"):
        RECEIVE.read(answer + b"    ")


def test_names_are_kept_once() -> None:
    names = "".join(f'<p:element p:attribute="{number}"/>' for number in range(9000))
    document = f'<x xmlns:p="{"u" * 256}">{names}</x>'.encode()
    tracemalloc.start()
    try:
        root = parse(document)
        kept, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len({id(child.tag) for child in root.children}) == 1
    assert len({id(name) for child in root.children for name in child.attributes}) == 1
    assert kept < 9000 * 1000
    assert peak < 9000 * 1000


def test_many_small_pieces_are_read() -> None:
    answer = windows.received([("stdout", b"x")] * 5000)
    assert RECEIVE.read(answer) == Received(b"x" * 5000, b"", False, None)


def test_comments_instructions_and_foreign_elements_change_nothing() -> None:
    answer = BODY.replace("<s:Body>", "<?php no?><!-- <s:Body> --><s:Body>").replace(
        "<a:To>", '<z:New xmlns:z="urn:z" z:mustUnderstand="1"><a:RelatesTo>uuid:0</a:RelatesTo></z:New><a:To>'
    )
    assert DELETE.read(answer.encode()) is None
