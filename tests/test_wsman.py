"""wsman: what is sent. The requests byte by byte, and their limits."""

from __future__ import annotations

import base64
import pickle
import uuid
import xml.etree.ElementTree as ET
from typing import Any

import pytest
import windows_answers as windows
from hypothesis import example, given, settings
from hypothesis import strategies as st
from windows_answers import COMMAND_ID, SHELL_ID

from pybridge.errors import UsageError
from pybridge.wsman import MAX_ENVELOPE, Messages, Request

URL = "https://vm01.contoso.com:5986/wsman"
NUMBER = uuid.UUID("5a1e0c52-9a31-4d3f-a7c4-6d0b2f8e1c77")
MESSAGES = Messages(URL, new_id=lambda: NUMBER)

S = "{http://www.w3.org/2003/05/soap-envelope}"
W = "{http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd}"
RSP = "{http://schemas.microsoft.com/wbem/wsman/1/windows/shell}"

TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
SELECTOR = f'<w:SelectorSet><w:Selector Name="ShellId">{SHELL_ID}</w:Selector></w:SelectorSet>'


def whole(action: str, rest: str, body: str, resource: str = f"{SHELL}/cmd", timeout: str = "PT20S") -> bytes:
    """A request as it must be, whatever its action."""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
        'xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" '
        'xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" '
        'xmlns:p="http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd" '
        f'xmlns:rsp="{SHELL}"><s:Header><a:To>{URL}</a:To><a:ReplyTo><a:Address s:mustUnderstand="true">'
        "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address></a:ReplyTo>"
        '<w:MaxEnvelopeSize s:mustUnderstand="true">153600</w:MaxEnvelopeSize>'
        "<a:MessageID>uuid:5A1E0C52-9A31-4D3F-A7C4-6D0B2F8E1C77</a:MessageID>"
        '<w:Locale s:mustUnderstand="false" xml:lang="en-US"/><p:DataLocale s:mustUnderstand="false" xml:lang="en-US"/>'
        f'<w:OperationTimeout>{timeout}</w:OperationTimeout><w:ResourceURI s:mustUnderstand="true">{resource}'
        f'</w:ResourceURI><a:Action s:mustUnderstand="true">{action}</a:Action>{rest}</s:Header>'
        f"<s:Body>{body}</s:Body></s:Envelope>"
    ).encode("ascii")


REQUESTS: dict[str, tuple[Request[Any], bytes]] = {
    "Create": (
        MESSAGES.create(),
        whole(
            f"{TRANSFER}/Create",
            '<w:OptionSet><w:Option Name="WINRS_NOPROFILE">TRUE</w:Option>'
            '<w:Option Name="WINRS_CODEPAGE">65001</w:Option></w:OptionSet>',
            "<rsp:Shell><rsp:InputStreams>stdin</rsp:InputStreams><rsp:OutputStreams>stdout stderr</rsp:OutputStreams>"
            "</rsp:Shell>",
        ),
    ),
    "Create with everything": (
        MESSAGES.create(
            no_profile=False,
            idle_timeout=180,
            shell_id=SHELL_ID,
        ),
        whole(
            f"{TRANSFER}/Create",
            '<w:OptionSet><w:Option Name="WINRS_NOPROFILE">FALSE</w:Option>'
            '<w:Option Name="WINRS_CODEPAGE">65001</w:Option></w:OptionSet>',
            f'<rsp:Shell ShellId="{SHELL_ID}"><rsp:InputStreams>stdin</rsp:InputStreams>'
            "<rsp:OutputStreams>stdout stderr</rsp:OutputStreams>"
            "<rsp:IdleTimeOut>PT180S</rsp:IdleTimeOut></rsp:Shell>",
        ),
    ),
    "Command": (
        MESSAGES.command(SHELL_ID, 'powershell.exe -NoProfile "ü" <nul & ver\n'),
        whole(
            f"{SHELL}/Command",
            f'{SELECTOR}<w:OptionSet><w:Option Name="WINRS_CONSOLEMODE_STDIN">FALSE</w:Option>'
            '<w:Option Name="WINRS_SKIP_CMD_SHELL">FALSE</w:Option></w:OptionSet>',
            "<rsp:CommandLine><rsp:Command>powershell.exe -NoProfile &quot;&#252;&quot; &lt;nul &amp; ver\n"
            "</rsp:Command></rsp:CommandLine>",
        ),
    ),
    "Send": (
        MESSAGES.send(SHELL_ID, COMMAND_ID, b"\x00\xffab"),
        whole(
            f"{SHELL}/Send",
            SELECTOR,
            f'<rsp:Send><rsp:Stream Name="stdin" CommandId="{COMMAND_ID}" End="false">AP9hYg==</rsp:Stream></rsp:Send>',
        ),
    ),
    "Send, the end": (
        MESSAGES.send(SHELL_ID, COMMAND_ID, b"", end=True),
        whole(
            f"{SHELL}/Send",
            SELECTOR,
            f'<rsp:Send><rsp:Stream Name="stdin" CommandId="{COMMAND_ID}" End="true"></rsp:Stream></rsp:Send>',
        ),
    ),
    "Receive": (
        MESSAGES.within(1.5).receive(SHELL_ID, COMMAND_ID),
        whole(
            f"{SHELL}/Receive",
            SELECTOR,
            f'<rsp:Receive><rsp:DesiredStream CommandId="{COMMAND_ID}">stdout stderr</rsp:DesiredStream></rsp:Receive>',
            timeout="PT1.500S",
        ),
    ),
    "Signal": (
        MESSAGES.signal(SHELL_ID, COMMAND_ID),
        whole(
            f"{SHELL}/Signal",
            SELECTOR,
            f'<rsp:Signal CommandId="{COMMAND_ID}"><rsp:Code>{SHELL}/signal/terminate</rsp:Code></rsp:Signal>',
        ),
    ),
    "Delete": (MESSAGES.delete(SHELL_ID), whole(f"{TRANSFER}/Delete", SELECTOR, "")),
    "Get": (
        MESSAGES.config(),
        whole(f"{TRANSFER}/Get", "", "", resource="http://schemas.microsoft.com/wbem/wsman/1/config"),
    ),
}


@pytest.mark.parametrize(("request_", "expected"), REQUESTS.values(), ids=REQUESTS)
def test_requests_byte_by_byte(request_: Request[Any], expected: bytes) -> None:
    assert request_.body == expected
    assert request_.message_id == windows.MESSAGE_ID


def test_each_message_has_an_id_of_its_own() -> None:
    messages = Messages(URL)
    found = {messages.delete(SHELL_ID).message_id for _ in range(10)}
    assert len(found) == 10
    assert {uuid.UUID(name.removeprefix("uuid:")).version for name in found} == {4}


@pytest.mark.parametrize(
    ("seconds", "duration"),
    [(20, "PT20S"), (0.5, "PT0.500S"), (1, "PT1S"), (0.0001, "PT0.001S"), (59.9999, "PT60S"), (7200.25, "PT7200.250S")],
)
def test_timeouts_are_durations(seconds: float, duration: str) -> None:
    root = ET.fromstring(MESSAGES.within(seconds).create(idle_timeout=seconds).body)
    assert root.findtext(f"{S}Header/{W}OperationTimeout") == duration
    assert root.findtext(f"{S}Body/{RSP}Shell/{RSP}IdleTimeOut") == duration


@pytest.mark.parametrize("seconds", [0, -1, float("inf"), float("nan"), 1e12])
def test_a_timeout_that_cannot_be_is_refused(seconds: float) -> None:
    with pytest.raises(UsageError, match="timeout"):
        MESSAGES.within(seconds).delete(SHELL_ID)


@pytest.mark.parametrize("text", ["\x00", "a\x1b[31m", "\ud800", "\uffff"])
def test_what_xml_cannot_hold_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"U\+"):
        MESSAGES.command(SHELL_ID, text)


@settings(deadline=None)
@given(
    st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffe\uffff")),
    st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffe\uffff")),
)
@example("\t\r\n", "a\t\r\nb")
@example('"a b" <&> ]]>', '"<&>')
def test_any_text_arrives_as_it_was(text: str, name: str) -> None:
    body = MESSAGES.command(SHELL_ID, text).body
    assert [one.text or "" for one in ET.fromstring(body).iter(f"{RSP}Command")] == [text]
    assert body.isascii()
    create = ET.fromstring(MESSAGES.create(shell_id=name).body)
    assert [one.get("ShellId") for one in create.iter(f"{RSP}Shell")] == [name]


def test_room_is_what_fits_and_not_a_byte_less() -> None:
    room = MESSAGES.room(SHELL_ID, COMMAND_ID)
    assert room > 110_000
    assert len(MESSAGES.send(SHELL_ID, COMMAND_ID, bytes(room)).body) <= MAX_ENVELOPE
    with pytest.raises(UsageError, match="too many for one message") as caught:
        MESSAGES.send(SHELL_ID, COMMAND_ID, bytes(room + 1))
    assert caught.value.remedy == f"Send at most {room} bytes at once."


@pytest.mark.parametrize("size", [0, 1, 114_000, 300_000, 1_048_576])
def test_chunks_hold_all_of_the_data(size: int) -> None:
    data = bytes(range(256)) * (size // 256 + 1)
    requests = list(MESSAGES.chunks(SHELL_ID, COMMAND_ID, data[:size]))
    streams = [ET.fromstring(one.body).find(f"{S}Body/{RSP}Send/{RSP}Stream") for one in requests]
    assert b"".join(base64.b64decode(one.text or "") for one in streams if one is not None) == data[:size]
    assert [one.get("End") for one in streams if one is not None] == ["false"] * (len(streams) - 1) + ["true"]
    assert max(len(one.body) for one in requests) <= MAX_ENVELOPE


def test_chunks_may_leave_stdin_open() -> None:
    (request,) = MESSAGES.chunks(SHELL_ID, COMMAND_ID, b"x", end=False)
    assert b'End="false"' in request.body


def test_what_is_sent_shows_in_no_repr() -> None:
    request = MESSAGES.send(SHELL_ID, COMMAND_ID, b"top secret")
    assert repr(request) == f"Request('Send', '{windows.MESSAGE_ID}', {len(request.body)} bytes)"


def test_a_builder_travels_to_other_processes() -> None:
    messages = Messages(URL, 3)
    assert pickle.loads(pickle.dumps(messages)) == messages
