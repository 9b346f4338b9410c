"""The faults of a Windows host, by their code: a table, and their text on the wire."""

from __future__ import annotations

from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from wsman_soap import FAULT, WMI_ERROR, envelope

TIMED_OUT = 2150858793
UNKNOWN_SELECTOR = 2150858843
SCHEMA = 2150858817
BAD_HEADER = 2150858767
NO_RESOURCE = 2150858752
NO_ACTION = 2150858753
BAD_PARAMETER = 87
FILE_NOT_FOUND = 2147942402
BAD_FOLDER = 2147942667
ACCESS_DENIED = 5
BUSY = 170
BROKEN_PIPE = 109
ABORTED = 995
MAX_SHELLS = 2150859173
MAX_OPERATIONS = 2150859174
MAX_USERS = 2150859179
MAX_PROCESSES = 2150859176

_WSMAN_FAULT = "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault"
_ADDRESSING_FAULT = "http://schemas.xmlsoap.org/ws/2004/08/addressing/fault"
_DETAIL = "http://schemas.dmtf.org/wbem/wsman/1/wsman/faultDetail"


@dataclass(frozen=True)
class Row:
    """How a fault looks. `provider` is set where a plug-in reports it."""

    value: str
    subcode: str
    reason: str
    detail: str | None = None
    provider: bool = False
    wmi: bool = False


_START = "The WS-Management service cannot process the request. "
_QUOTA = "Close existing shells or raise the quota for this user."

ROWS = {
    TIMED_OUT: Row(
        "s:Receiver",
        "w:TimedOut",
        "The WS-Management service cannot complete the operation within the time specified in OperationTimeout.  ",
    ),
    UNKNOWN_SELECTOR: Row(
        "s:Sender",
        "w:InvalidSelectors",
        f"{_START}The request contains selectors that are not valid for the resource. ",
        f"{_DETAIL}/UnexpectedSelectors",
    ),
    SCHEMA: Row("s:Sender", "w:SchemaValidationError", f"{_START}The SOAP packet did not match the schema. "),
    BAD_HEADER: Row("s:Sender", "a:InvalidMessageInformationHeader", f"{_START}The SOAP header is not valid. "),
    NO_RESOURCE: Row(
        "s:Sender",
        "a:DestinationUnreachable",
        "The service cannot find the resource identified by the resource URI and selectors. ",
        f"{_DETAIL}/InvalidResourceURI",
    ),
    NO_ACTION: Row("s:Sender", "a:ActionNotSupported", "The action is not supported by the service. "),
    BAD_PARAMETER: Row(
        "s:Sender", "w:InvalidParameter", "The parameter is incorrect. ", f"{_DETAIL}/InvalidValue", True
    ),
    FILE_NOT_FOUND: Row("s:Receiver", "w:InternalError", "The system cannot find the file specified. ", provider=True),
    BAD_FOLDER: Row("s:Receiver", "w:InternalError", "The directory name is invalid. ", provider=True),
    ACCESS_DENIED: Row("s:Sender", "w:AccessDenied", "Access is denied. "),
    BUSY: Row("s:Receiver", "w:InternalError", "The requested resource is in use. ", provider=True),
    BROKEN_PIPE: Row("s:Receiver", "w:InternalError", "The pipe has been ended. ", provider=True),
    ABORTED: Row(
        "s:Receiver",
        "w:InternalError",
        "The I/O operation has been aborted because of either a thread exit or an application request. ",
        provider=True,
    ),
    MAX_SHELLS: Row(
        "s:Receiver",
        "w:QuotaLimit",
        f"{_START}This user is allowed a maximum number of {{}} concurrent shells, which has been exceeded. {_QUOTA} ",
    ),
    MAX_OPERATIONS: Row(
        "s:Receiver",
        "w:InternalError",
        f"{_START}The maximum number of concurrent operations for this user has been exceeded. "
        "Close existing operations for this user, or raise the quota for this user. ",
        wmi=True,
    ),
    MAX_USERS: Row(
        "s:Receiver",
        "w:QuotaLimit",
        f"{_START}The maximum number of users executing shell operations has been exceeded. "
        "Retry after sometime or raise the quota for concurrent shell users. ",
    ),
    MAX_PROCESSES: Row(
        "s:Receiver", "w:QuotaLimit", f"{_START}The maximum number of processes of this shell has been exceeded. "
    ),
}


class WsmanFault(Exception):
    """An answer of the host that is a fault.

    Args:
        code: As in the table; any other is a generic one.
        fill: What stands in the reason's gap.
        reason: Another reason than the table's.
    """

    def __init__(self, code: int, fill: object = "", reason: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self._row = ROWS.get(code, Row("s:Receiver", "w:InternalError", f"Error {code}. "))
        self._reason = reason if reason is not None else self._row.reason.format(fill)

    def render(self, relates_to: str, machine: str) -> bytes:
        row, reason = self._row, escape(self._reason)
        action = _ADDRESSING_FAULT if row.subcode.startswith("a:") else _WSMAN_FAULT
        detail = f"<w:FaultDetail>{row.detail}</w:FaultDetail>" if row.detail else ""
        if row.wmi:
            detail += (
                f'<p:MSFT_WmiError xmlns:p="{WMI_ERROR}" b:IsCIM_Error="true" '
                'xmlns:b="http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd">'
                f"<p:error_Category>30</p:error_Category><p:error_Code>{self.code}</p:error_Code>"
                f"<p:error_Type>HRESULT</p:error_Type><p:error_WindowsErrorMessage>{reason}"
                "</p:error_WindowsErrorMessage></p:MSFT_WmiError>"
            )
        else:
            message = reason
            if row.provider:
                message = (
                    f'<f:ProviderFault provider="Shell cmd plugin" path="%systemroot%\\system32\\winrscmd.dll">{reason}'
                    "</f:ProviderFault>"
                )
            detail += (
                f'<f:WSManFault xmlns:f="{FAULT}" Code="{self.code}" Machine={quoteattr(machine)}>'
                f"<f:Message>{message}</f:Message></f:WSManFault>"
            )
        return envelope(
            action,
            relates_to,
            f"<s:Fault><s:Code><s:Value>{row.value}</s:Value><s:Subcode><s:Value>{row.subcode}</s:Value></s:Subcode>"
            f'</s:Code><s:Reason><s:Text xml:lang="en-US">{reason}</s:Text></s:Reason>'
            f"<s:Detail>{detail}</s:Detail></s:Fault>",
        )
