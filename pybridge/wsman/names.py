"""The names of WS-Management: namespaces, URIs and actions, as Windows has them (MS-WSMV 2.2.1)."""

from __future__ import annotations

SOAP = "http://www.w3.org/2003/05/soap-envelope"
ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
WSMAN = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
MICROSOFT = "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd"
SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
FAULT = "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault"
WMI_ERROR = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/MSFT_WmiError"
CONFIG = "http://schemas.microsoft.com/wbem/wsman/1/config"

ANONYMOUS = f"{ADDRESSING}/role/anonymous"
CMD = f"{SHELL}/cmd"

#: What a request does -> its action. The answer's action is the same with `Response` behind it.
ACTIONS = {
    "Create": f"{TRANSFER}/Create",
    "Command": f"{SHELL}/Command",
    "Send": f"{SHELL}/Send",
    "Receive": f"{SHELL}/Receive",
    "Signal": f"{SHELL}/Signal",
    "Delete": f"{TRANSFER}/Delete",
    "Get": f"{TRANSFER}/Get",
}

TERMINATE = f"{SHELL}/signal/terminate"
