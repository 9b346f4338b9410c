"""WS-Management as a host reads and writes it. Made from recorded shapes, without pybridge.wsman."""

from __future__ import annotations

import re
import uuid
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

SOAP = "http://www.w3.org/2003/05/soap-envelope"
ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
WSMAN = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
MICROSOFT = "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd"
TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
FAULT = "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault"
CONFIG = "http://schemas.microsoft.com/wbem/wsman/1/config"
WMI_ERROR = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/MSFT_WmiError"
CMD = f"{SHELL}/cmd"
ANONYMOUS = f"{ADDRESSING}/role/anonymous"

#: The action's last word -> its URI.
ACTIONS = {
    **{name: f"{TRANSFER}/{name}" for name in ("Create", "Delete", "Get")},
    **{name: f"{SHELL}/{name}" for name in ("Command", "Receive", "Send", "Signal")},
}
_WORDS = {uri: word for word, uri in ACTIONS.items()}


class NotSoap(Exception):
    """It is not an envelope that the schema allows."""


@dataclass(frozen=True)
class Message:
    """A request. `action` is the last word of its URI, or the whole URI where a host knows none such."""

    action: str
    message_id: str
    resource: str
    shell_id: str | None
    options: Mapping[str, str]
    timeout: float  # seconds
    max_envelope: int  # bytes
    body: ET.Element = field(repr=False)

    def find(self, path: str) -> ET.Element | None:
        return self.body.find(path.replace("rsp:", f"{{{SHELL}}}"))

    def text(self, path: str) -> str | None:
        found = self.find(path)
        return None if found is None else (found.text or "")


def parse(data: bytes) -> Message:
    """Read a request, by namespaces and never by prefixes.

    Raises:
        NotSoap: It is none.
    """
    try:
        root = ET.fromstring(data)
    except ET.ParseError as exc:
        raise NotSoap(str(exc)) from exc
    header, body = root.find(f"{{{SOAP}}}Header"), root.find(f"{{{SOAP}}}Body")
    if root.tag != f"{{{SOAP}}}Envelope" or header is None or body is None:
        raise NotSoap("no envelope with a header and a body")

    def said(namespace: str, name: str) -> str:
        return (header.findtext(f"{{{namespace}}}{name}") or "").strip()

    selectors = {item.get("Name"): item.text for item in header.iter(f"{{{WSMAN}}}Selector")}
    options = {item.get("Name", ""): item.text or "" for item in header.iter(f"{{{WSMAN}}}Option")}
    action = said(ADDRESSING, "Action")
    size = said(WSMAN, "MaxEnvelopeSize")
    timeout = said(WSMAN, "OperationTimeout")
    return Message(
        _WORDS.get(action, action),
        said(ADDRESSING, "MessageID"),
        said(WSMAN, "ResourceURI"),
        selectors.get("ShellId"),
        options,
        min(seconds(timeout), 60) if timeout else 60,  # MaxTimeoutms
        int(size) if size.isdigit() else 153600,
        body,
    )


def seconds(duration: str) -> float:
    """An xs:duration of days at most: PT20S, P0DT2H0M0.5S.

    Raises:
        NotSoap: It is none.
    """
    found = re.fullmatch(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?", duration)
    if found is None or not any(found.groups()):
        raise NotSoap(f"{duration!r} is no duration")
    days, hours, minutes, rest = (float(part or 0) for part in found.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + rest


def envelope(action: str, relates_to: str, body: str) -> bytes:
    """An answer, with the header that Windows gives it."""
    return (
        f'<s:Envelope xml:lang="en-US" xmlns:s="{SOAP}" xmlns:a="{ADDRESSING}" xmlns:x="{TRANSFER}" '
        f'xmlns:w="{WSMAN}" xmlns:rsp="{SHELL}" xmlns:p="{MICROSOFT}"><s:Header>'
        f"<a:Action>{action}</a:Action><a:MessageID>uuid:{new_id()}</a:MessageID>"
        f"<a:To>{ANONYMOUS}</a:To><a:RelatesTo>{escape(relates_to)}</a:RelatesTo>"
        f"</s:Header><s:Body>{body}</s:Body></s:Envelope>"
    ).encode()


def new_id() -> str:
    return str(uuid.uuid4()).upper()


def created(shell_id: str, *, owner: str, idle: float, inputs: str, outputs: str) -> str:
    """The body of CreateResponse."""
    return (
        f"<x:ResourceCreated><a:Address>{ANONYMOUS}</a:Address><a:ReferenceParameters>"
        f'<w:ResourceURI>{CMD}</w:ResourceURI><w:SelectorSet><w:Selector Name="ShellId">{shell_id}</w:Selector>'
        "</w:SelectorSet></a:ReferenceParameters></x:ResourceCreated>"
        f"<rsp:Shell><rsp:ShellId>{shell_id}</rsp:ShellId><rsp:ResourceUri>{CMD}</rsp:ResourceUri>"
        f"<rsp:Owner>{escape(owner)}</rsp:Owner><rsp:ClientIP>127.0.0.1</rsp:ClientIP>"
        f"<rsp:IdleTimeOut>PT{idle:.3f}S</rsp:IdleTimeOut><rsp:InputStreams>{escape(inputs)}</rsp:InputStreams>"
        f"<rsp:OutputStreams>{escape(outputs)}</rsp:OutputStreams>"
        "<rsp:ShellRunTime>P0DT0H0M0S</rsp:ShellRunTime><rsp:ShellInactivity>P0DT0H0M0S</rsp:ShellInactivity>"
        "</rsp:Shell>"
    )


def received(command_id: str, streams: list[tuple[str, str]], ended: list[str], exit_code: int | None) -> str:
    """The body of ReceiveResponse.

    Args:
        streams: Name and base64 of each piece.
        ended: Names of those that end here.
        exit_code: None while it runs.
    """
    parts = [
        f'<rsp:Stream Name={quoteattr(name)} CommandId="{command_id}">{text}</rsp:Stream>' for name, text in streams
    ]
    parts += [f'<rsp:Stream Name="{name}" CommandId="{command_id}" End="true"></rsp:Stream>' for name in ended]
    state = f"{SHELL}/CommandState"
    if exit_code is None:
        parts.append(f'<rsp:CommandState CommandId="{command_id}" State="{state}/Running"></rsp:CommandState>')
    else:
        parts.append(
            f'<rsp:CommandState CommandId="{command_id}" State="{state}/Done">'
            f"<rsp:ExitCode>{exit_code}</rsp:ExitCode></rsp:CommandState>"
        )
    return f"<rsp:ReceiveResponse>{''.join(parts)}</rsp:ReceiveResponse>"


def configuration(max_envelope: int, quotas: Mapping[str, int]) -> str:
    """The body of the answer to a Get of the configuration."""
    shells = "".join(f"<cfg:{name}>{value}</cfg:{name}>" for name, value in quotas.items())
    return (
        f'<cfg:Config xmlns:cfg="{CONFIG}"><cfg:MaxEnvelopeSizekb>{max_envelope // 1024}</cfg:MaxEnvelopeSizekb>'
        "<cfg:MaxTimeoutms>60000</cfg:MaxTimeoutms><cfg:MaxBatchItems>32000</cfg:MaxBatchItems>"
        f"<cfg:Winrs><cfg:AllowRemoteShellAccess>true</cfg:AllowRemoteShellAccess>{shells}</cfg:Winrs></cfg:Config>"
    )
