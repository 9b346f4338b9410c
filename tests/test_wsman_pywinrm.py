"""wsman beside pywinrm's own messages, whichever version is here: both say the same."""

from __future__ import annotations

import uuid
import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any

import pytest
import windows_answers as windows
import winrm.protocol
from windows_answers import COMMAND_ID, SHELL_ID

from pybridge.wsman import Fault, Messages, Request

URL = "https://vm01.contoso.com:5986/wsman"
NUMBER = uuid.UUID(windows.MESSAGE_ID.removeprefix("uuid:"))
MESSAGES = Messages(URL, new_id=lambda: NUMBER)

S = "{http://www.w3.org/2003/05/soap-envelope}"
A = "{http://schemas.xmlsoap.org/ws/2004/08/addressing}"


def sent_by_pywinrm(call: Callable[[winrm.protocol.Protocol], object], monkeypatch: pytest.MonkeyPatch) -> bytes:
    """The message that pywinrm sends; answered as Windows would."""
    found: list[bytes] = []

    def send_message(_: object, message: str | bytes) -> bytes:
        found.append(message if isinstance(message, bytes) else message.encode())
        return ANSWERS[action_of(found[-1])]

    monkeypatch.setattr(winrm.protocol.Protocol, "send_message", send_message)
    monkeypatch.setattr("uuid.uuid4", lambda: NUMBER)
    trusted: Any = None
    call(winrm.protocol.Protocol(URL, "plaintext", "u", "p", ca_trust_path=trusted, operation_timeout_sec=20))
    return found[0]


def action_of(message: bytes) -> str:
    return (ET.fromstring(message).findtext(f"{S}Header/{A}Action") or "").rpartition("/")[2]


ANSWERS = {
    "Create": windows.created(),
    "Command": windows.commanded(),
    "Receive": windows.received([("stdout", b"x")], exit_code=0),
    "Send": windows.sent(),
    "Signal": windows.signalled(),
    "Delete": windows.deleted(),
}


def what_it_says(message: bytes) -> dict[str, object]:
    """Header and body without prefixes, order in the header, and where the address is said to be."""

    def plain(element: ET.Element) -> object:
        attributes = {name: value for name, value in element.items() if not name.endswith("mustUnderstand")}
        return element.tag, attributes, (element.text or "").strip(), [plain(child) for child in element]

    root = ET.fromstring(message)
    header = {child.tag: plain(child) for child in root[0]}
    del header[f"{A}To"]
    header[f"{A}MessageID"] = (root[0].findtext(f"{A}MessageID") or "").upper()
    return {**header, "body": plain(root[1])}


PYWINRM: dict[str, tuple[Request[Any], Callable[[Any], object]]] = {
    "Create": (
        MESSAGES.create(idle_timeout=60),
        lambda protocol: protocol.open_shell(codepage=65001, noprofile=True, idle_timeout="PT60S"),
    ),
    "Command": (
        MESSAGES.command(SHELL_ID, "powershell -"),
        lambda protocol: protocol.run_command(SHELL_ID, "powershell -", console_mode_stdin=False),
    ),
    "Receive": (
        MESSAGES.receive(SHELL_ID, COMMAND_ID),
        lambda protocol: protocol.get_command_output(SHELL_ID, COMMAND_ID),
    ),
    "Signal": (
        MESSAGES.signal(SHELL_ID, COMMAND_ID),
        lambda protocol: protocol.cleanup_command(SHELL_ID, COMMAND_ID),
    ),
    "Delete": (MESSAGES.delete(SHELL_ID), lambda protocol: protocol.close_shell(SHELL_ID)),
}


@pytest.mark.parametrize(("request_", "call"), PYWINRM.values(), ids=PYWINRM)
def test_pywinrm_says_the_same(
    request_: Request[Any], call: Callable[[Any], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert what_it_says(sent_by_pywinrm(call, monkeypatch)) == what_it_says(request_.body)
    answer = request_.read(ANSWERS[request_.action])
    assert not isinstance(answer, Fault)
