"""Answers of WinRM in the shape that Windows gives them: its prefixes, its order, its headers, on one line."""

from __future__ import annotations

import base64
from collections.abc import Sequence

SHELL_ID = "6FD1C1B3-7A4E-4C0B-9C62-0A8D4E1B7F55"
COMMAND_ID = "0D93C4A7-52F8-4E77-8B1C-3C6A5D2E9F10"
MESSAGE_ID = "uuid:5A1E0C52-9A31-4D3F-A7C4-6D0B2F8E1C77"

_NAMESPACES = {
    "s": "http://www.w3.org/2003/05/soap-envelope",
    "a": "http://schemas.xmlsoap.org/ws/2004/08/addressing",
    "x": "http://schemas.xmlsoap.org/ws/2004/09/transfer",
    "w": "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd",
    "rsp": "http://schemas.microsoft.com/wbem/wsman/1/windows/shell",
    "p": "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd",
}
_TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer/"
_SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/"
FAULT_ACTION = "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault"
ADDRESSING_FAULT_ACTION = "http://schemas.xmlsoap.org/ws/2004/08/addressing/fault"


def envelope(action: str, body: str, *, relates_to: str | None = MESSAGE_ID) -> bytes:
    """A whole answer."""
    spaces = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in _NAMESPACES.items())
    related = "" if relates_to is None else f"<a:RelatesTo>{relates_to}</a:RelatesTo>"
    return (
        f'<s:Envelope xml:lang="en-US" {spaces}><s:Header><a:Action>{action}</a:Action>'
        "<a:MessageID>uuid:E2C8B1A0-3F5D-4B6E-8A79-1D2C3B4A5E6F</a:MessageID>"
        "<p:ActivityId>0E4A7C11-D2BA-0001-1671-301ABAD2D301</p:ActivityId>"
        "<a:To>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:To>"
        f"{related}</s:Header><s:Body>{body}</s:Body></s:Envelope>"
    ).encode()


def created(*, selector: str | None = SHELL_ID, inner: str | None = SHELL_ID, idle: str = "PT7200.000S") -> bytes:
    """The answer to Create; Windows names the shell both in the selector and in the shell."""
    named = "" if selector is None else f'<w:Selector Name="ShellId">{selector}</w:Selector>'
    shell = "" if inner is None else f"<rsp:ShellId>{inner}</rsp:ShellId>"
    return envelope(
        f"{_TRANSFER}CreateResponse",
        "<x:ResourceCreated><a:Address>https://vm01.contoso.com:5986/wsman</a:Address><a:ReferenceParameters>"
        f"<w:ResourceURI>{_SHELL}cmd</w:ResourceURI><w:SelectorSet>{named}</w:SelectorSet></a:ReferenceParameters>"
        f'</x:ResourceCreated><rsp:Shell xmlns:rsp="{_SHELL[:-1]}">{shell}'
        f"<rsp:ResourceUri>{_SHELL}cmd</rsp:ResourceUri><rsp:Owner>CONTOSO\\admin</rsp:Owner>"
        f"<rsp:ClientIP>10.0.0.4</rsp:ClientIP><rsp:IdleTimeOut>{idle}</rsp:IdleTimeOut>"
        "<rsp:InputStreams>stdin</rsp:InputStreams><rsp:OutputStreams>stdout stderr</rsp:OutputStreams>"
        "<rsp:ShellRunTime>P0DT0H0M0S</rsp:ShellRunTime><rsp:ShellInactivity>P0DT0H0M0S</rsp:ShellInactivity>"
        "</rsp:Shell>",
    )


def commanded(command_id: str = COMMAND_ID) -> bytes:
    """The answer to Command."""
    body = f"<rsp:CommandResponse><rsp:CommandId>{command_id}</rsp:CommandId></rsp:CommandResponse>"
    return envelope(f"{_SHELL}CommandResponse", body)


def received(
    pieces: Sequence[tuple[str, bytes]] = (),
    *,
    exit_code: int | str | None = None,
    state: str | None = None,
    command_id: str = COMMAND_ID,
) -> bytes:
    """The answer to Receive: pieces of streams, and if there is an exit code, the end of all streams and Done."""
    streams = "".join(
        f'<rsp:Stream Name="{name}" CommandId="{command_id}">{base64.b64encode(data).decode()}</rsp:Stream>'
        for name, data in pieces
    )
    code = ""
    if exit_code is not None:
        ends = (
            f'<rsp:Stream Name="{name}" CommandId="{command_id}" End="true"></rsp:Stream>'
            for name in ("stdout", "stderr")
        )
        streams += "".join(ends)
        code = f"<rsp:ExitCode>{exit_code}</rsp:ExitCode>"
    state = state or ("Running" if exit_code is None else "Done")
    body = (
        f'<rsp:ReceiveResponse>{streams}<rsp:CommandState CommandId="{command_id}" '
        f'State="{_SHELL}CommandState/{state}">{code}</rsp:CommandState></rsp:ReceiveResponse>'
    )
    return envelope(f"{_SHELL}ReceiveResponse", body)


def sent() -> bytes:
    """The answer to Send."""
    return envelope(f"{_SHELL}SendResponse", "<rsp:SendResponse/>")


def signalled() -> bytes:
    """The answer to Signal."""
    return envelope(f"{_SHELL}SignalResponse", "<rsp:SignalResponse/>")


def deleted() -> bytes:
    """The answer to Delete."""
    return envelope(f"{_TRANSFER}DeleteResponse", "")


def config(**values: object) -> bytes:
    """The answer to Get of the configuration, as a host has it from the beginning but for these values."""

    def one(name: str, value: object) -> str:
        return f"<cfg:{name}>{values.get(name, value)}</cfg:{name}>"

    body = (
        '<cfg:Config xmlns:cfg="http://schemas.microsoft.com/wbem/wsman/1/config">'
        + one("MaxEnvelopeSizekb", 500)
        + one("MaxTimeoutms", 60000)
        + "<cfg:MaxBatchItems>32000</cfg:MaxBatchItems><cfg:Client><cfg:AllowUnencrypted>false</cfg:AllowUnencrypted>"
        + "</cfg:Client><cfg:Service>"
        + one("MaxConcurrentOperations", 4294967295)
        + one("MaxConcurrentOperationsPerUser", 1500)
        + one("MaxConnections", 300)
        + "</cfg:Service><cfg:Winrs>"
        + one("AllowRemoteShellAccess", "true")
        + one("IdleTimeout", 7200000)
        + one("MaxConcurrentUsers", 10)
        + one("MaxProcessesPerShell", 25)
        + one("MaxMemoryPerShellMB", 1024)
        + one("MaxShellsPerUser", 30)
        + "</cfg:Winrs></cfg:Config>"
    )
    return envelope(f"{_TRANSFER}GetResponse", body)


def fault(
    code: int | str | None = None,
    *,
    value: str = "s:Receiver",
    subcode: str | None = "w:InternalError",
    reason: str | None = None,
    detail: str | None = None,
    message: str = "",
    machine: str = "vm01.contoso.com",
    action: str = FAULT_ACTION,
    relates_to: str | None = MESSAGE_ID,
) -> bytes:
    """A fault; without a code it has no WSManFault in it."""
    named = "" if subcode is None else f"<s:Subcode><s:Value>{subcode}</s:Value></s:Subcode>"
    said = "" if reason is None else f'<s:Reason><s:Text xml:lang="en-US">{reason}</s:Text></s:Reason>'
    about = "" if detail is None else f"<w:FaultDetail>{detail}</w:FaultDetail>"
    if code is not None:
        about += (
            '<f:WSManFault xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault" '
            f'Code="{code}" Machine="{machine}"><f:Message>{message}</f:Message></f:WSManFault>'
        )
    about = f"<s:Detail>{about}</s:Detail>" if about else ""
    body = f"<s:Fault><s:Code><s:Value>{value}</s:Value>{named}</s:Code>{said}{about}</s:Fault>"
    return envelope(action, body, relates_to=relates_to)


def wmi_fault(code: int) -> bytes:
    """The other kind of fault: the quota of operations comes as an error of WMI, without a WSManFault."""
    error = (
        '<p:MSFT_WmiError b:IsCIM_Error="true" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xmlns:b="http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd" '
        'xmlns:p="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/MSFT_WmiError" '
        'xmlns:cim="http://schemas.dmtf.org/wbem/wscim/1/common" xsi:type="p:MSFT_WmiError_Type">'
        '<p:CIMStatusCode xsi:type="cim:cimUnsignedInt">27</p:CIMStatusCode>'
        '<p:CIMStatusCodeDescription xsi:type="cim:cimString" xsi:nil="true" />'
        '<p:Message xsi:type="cim:cimString">The maximum number of operations has been exceeded. </p:Message>'
        f'<p:MessageID xsi:type="cim:cimString">HRESULT 0x{code:08x}</p:MessageID>'
        f'<p:error_Code xsi:type="cim:cimUnsignedInt">{code}</p:error_Code>'
        '<p:error_Type xsi:type="cim:cimString">HRESULT</p:error_Type></p:MSFT_WmiError>'
    )
    body = (
        "<s:Fault><s:Code><s:Value>s:Receiver</s:Value><s:Subcode><s:Value>w:InternalError</s:Value></s:Subcode>"
        '</s:Code><s:Reason><s:Text xml:lang="en-US">The service cannot process the request. </s:Text></s:Reason>'
        f"<s:Detail>{error}</s:Detail></s:Fault>"
    )
    return envelope(FAULT_ACTION, body)


def with_prefixes(answer: bytes, **prefixes: str) -> bytes:
    """The same answer with other prefixes in its elements."""
    text = answer.decode()
    for old, new in prefixes.items():
        text = text.replace(f"<{old}:", f"<{new}:").replace(f"</{old}:", f"</{new}:")
        text = text.replace(f"xmlns:{old}=", f"xmlns:{new}=")
    return text.encode()
