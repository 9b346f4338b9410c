"""wsman: refusals, in the shapes of real Windows, and what they mean."""

from __future__ import annotations

import uuid

import pytest
import windows_answers as windows
from hypothesis import given
from hypothesis import strategies as st
from windows_answers import MESSAGE_ID, SHELL_ID

from pybridge.errors import MalformedError
from pybridge.wsman import FAULTS, Fault, Messages

REQUEST = Messages("https://vm01:5986/wsman", new_id=lambda: uuid.UUID(MESSAGE_ID[5:])).delete(SHELL_ID)

TIMED_OUT = "The WS-Management service cannot complete the operation within the time specified in OperationTimeout."
NO_COMMAND = (
    "The Windows Remote Shell received a request to perform an operation on a command identifier that does not exist."
)
DETAILS = "http://schemas.dmtf.org/wbem/wsman/1/wsman/faultDetail/"
PLUGIN = '<f:ProviderFault provider="Shell cmd plugin" path="%systemroot%\\system32\\winrscmd.dll">{}</f:ProviderFault>'
SHELLS = "This user is allowed a maximum number of 5 concurrent shells, which has been exceeded."


def answered(answer: bytes) -> Fault:
    fault = REQUEST.read(answer)
    assert isinstance(fault, Fault)
    return fault


RECORDED = {
    "timed out": (
        windows.fault(2150858793, subcode="w:TimedOut", reason=f"{TIMED_OUT}  ", message=f"{TIMED_OUT}  "),
        Fault(2150858793, "Receiver", "TimedOut", TIMED_OUT, TIMED_OUT, None, "vm01.contoso.com"),
        "timed_out",
    ),
    "no such command": (
        windows.fault(
            2150858843,
            value="s:Sender",
            subcode="w:InvalidSelectors",
            reason="The request contained invalid selectors for the resource. ",
            detail=f"{DETAILS}UnexpectedSelectors",
            message=NO_COMMAND,
        ),
        Fault(
            2150858843,
            "Sender",
            "InvalidSelectors",
            "The request contained invalid selectors for the resource.",
            NO_COMMAND,
            None,
            "vm01.contoso.com",
        ),
        "no_shell",
    ),
    "no such shell, from inside the provider": (
        windows.fault(
            2150858843,
            value="s:Sender",
            subcode="w:InvalidSelectors",
            message='<f:ProviderFault provider="Shell provider" path="%systemroot%\\system32\\WsmSvc.dll">'
            '<f:WSManFault xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault" Code="2150858843" '
            'Machine="127.0.0.1"><f:Message>Invalid selectors. </f:Message></f:WSManFault></f:ProviderFault>',
        ),
        Fault(2150858843, "Sender", "InvalidSelectors", "", "Invalid selectors.", "Shell provider", "vm01.contoso.com"),
        "no_shell",
    ),
    "a wrong parameter": (
        windows.fault(
            87,
            value="s:Sender",
            subcode="w:InvalidParameter",
            reason="The parameter is incorrect. ",
            detail=f"{DETAILS}InvalidValue",
            message=PLUGIN.format("The parameter is incorrect. "),
        ),
        Fault(
            87,
            "Sender",
            "InvalidParameter",
            "The parameter is incorrect.",
            "The parameter is incorrect.",
            "Shell cmd plugin",
            "vm01.contoso.com",
        ),
        "invalid",
    ),
    "no such program": (
        windows.fault(
            2147942402,
            reason="The system cannot find the file specified. ",
            message=PLUGIN.format("The system cannot find the file specified. "),
        ),
        Fault(
            2147942402,
            "Receiver",
            "InternalError",
            "The system cannot find the file specified.",
            "The system cannot find the file specified.",
            "Shell cmd plugin",
            "vm01.contoso.com",
        ),
        "not_found",
    ),
    "a wrong header": (
        windows.fault(
            2150858767,
            value="s:Sender",
            subcode="a:InvalidMessageInformationHeader",
            action=windows.ADDRESSING_FAULT_ACTION,
        ),
        Fault(2150858767, "Sender", "InvalidMessageInformationHeader", "", "", None, "vm01.contoso.com"),
        "invalid",
    ),
    "a schema": (
        windows.fault(2150858817, value="s:Sender", subcode="w:SchemaValidationError"),
        Fault(2150858817, "Sender", "SchemaValidationError", "", "", None, "vm01.contoso.com"),
        "schema",
    ),
    "too many shells": (
        windows.fault(2150859173, value="s:Sender", subcode="w:QuotaLimit", message=SHELLS),
        Fault(2150859173, "Sender", "QuotaLimit", "", SHELLS, None, "vm01.contoso.com"),
        "quota_shells",
    ),
    "too many operations, as an error of WMI": (
        windows.wmi_fault(2150859174),
        Fault(
            2150859174,
            "Receiver",
            "InternalError",
            "The service cannot process the request.",
            "The maximum number of operations has been exceeded.",
            None,
            None,
        ),
        "quota_operations",
    ),
    "a header that must be understood": (
        windows.fault(
            value="s:MustUnderstand",
            subcode=None,
            reason="No.",
            action=windows.ADDRESSING_FAULT_ACTION,
            relates_to=None,
        ),
        Fault(None, "MustUnderstand", "", "No.", "", None, None),
        "invalid",
    ),
    "nothing but a code": (
        windows.fault(value="s:Unknown", subcode=None),
        Fault(None, "Unknown", "", "", "", None, None),
        "other",
    ),
    "a detail without a message": (
        windows.fault(subcode="w:InternalError", detail=f"{DETAILS}OperationTimeout"),
        Fault(None, "Receiver", "InternalError", "", "OperationTimeout", None, None),
        "other",
    ),
}


@pytest.mark.parametrize(("answer", "fault", "kind"), RECORDED.values(), ids=RECORDED)
def test_faults_of_windows(answer: bytes, fault: Fault, kind: str) -> None:
    assert answered(answer) == fault
    assert fault.kind == kind


@pytest.mark.parametrize(
    ("code", "kind", "retryable"),
    [
        (5, "denied", False),
        (2147942405, "denied", False),
        (1326, "denied", False),
        (170, "busy", True),
        (2147942570, "busy", True),
        (995, "aborted", False),
        (2147943395, "aborted", False),
        (87, "invalid", False),
        (2, "not_found", False),
        (2147943418, "profile", False),
        (2150858752, "no_shell", False),
        (2150858790, "envelope", False),
        (2150858815, "quota", True),
        (2150858824, "envelope", False),
        (2150859072, "invalid", False),
        (2150859175, "quota", True),
        (2150859179, "quota", True),
        (2150859180, "shells_disabled", False),
        (2150859236, "quota_shells", True),
        (2150859237, "quota", True),
        (2150859238, "quota_shells", True),
        (2150859239, "quota_operations", True),
        (2150859240, "quota_operations", True),
        (2150859241, "quota_operations", True),
        (2150859250, "invalid", False),
        (2147942414, "quota", True),
        (123456, "other", False),
    ],
)
def test_codes_and_their_kinds(code: int, kind: str, retryable: bool) -> None:
    fault = answered(windows.fault(code))
    assert (fault.code, fault.kind, fault.retryable) == (code, kind, retryable)


@pytest.mark.parametrize(
    ("subcode", "kind"),
    [
        ("w:TimedOut", "timed_out"),
        ("wsman:AccessDenied", "denied"),
        ("QuotaLimit", "quota"),
        ("w:InvalidSelectors", "no_shell"),
        ("w:EncodingLimit", "envelope"),
        ("w:SchemaValidationError", "schema"),
        ("a:DestinationUnreachable", "unsupported"),
        ("w:Nonsense", "other"),
    ],
)
def test_a_fault_without_a_known_number_goes_by_its_name(subcode: str, kind: str) -> None:
    assert answered(windows.fault(subcode=subcode)).kind == kind
    assert answered(windows.fault(123456, subcode=subcode)).kind == kind


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2150859173", 2150859173),
        ("-2144108123", 2150859173),
        ("0x803381A5", 2150859173),
        ("4294967296", None),
        ("x", None),
        ("9" * 5000, None),
        ("\u0661", None),
        ("", None),
    ],
)
def test_numbers_of_32_bits(text: str, code: int | None) -> None:
    assert answered(windows.fault(text)).code == code


def test_the_number_that_says_something_counts() -> None:
    inner = '<f:WSManFault xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault" Code="5" Machine="x"/>'
    fault = answered(windows.fault(2150858755, message=f"<f:ProviderFault>{inner}</f:ProviderFault>"))
    assert (fault.code, fault.kind) == (5, "denied")
    assert answered(windows.fault(7777)).code == 7777


def test_a_fault_may_not_know_its_request_but_must_not_name_another() -> None:
    assert answered(windows.fault(5, relates_to=None)).kind == "denied"
    with pytest.raises(MalformedError, match="another request"):
        REQUEST.read(windows.fault(5, relates_to="uuid:0"))


def test_a_fault_reads_as_a_sentence() -> None:
    fault = answered(windows.fault(2150859173, message=SHELLS))
    assert str(fault) == (
        "this user has as many shells open as are allowed (code 2150859173, 0x803381A5): "
        "This user is allowed a maximum number of 5 concurrent shells, which has been exceeded."
    )
    assert "MaxShellsPerUser" in fault.remedy
    assert str(answered(windows.fault(subcode="w:TimedOut"))) == "nothing happened within OperationTimeout"
    assert str(answered(windows.fault(subcode=None, reason="No."))) == "it cannot do this: No."


def test_a_hosts_words_are_printable_and_short() -> None:
    words = "\u202eevil&#x9b;31m " + "x" * 100_000
    long = words + PLUGIN.format(words)
    fault = answered(windows.fault(1, reason=words, message=long, machine=words[:3000], value=words, subcode=words))
    texts = [text for text in fault if isinstance(text, str)]
    assert len(texts) == 6
    assert all(text.isprintable() and len(text) <= 300 for text in texts)
    assert len(str(fault)) < 500


@given(st.sampled_from(["reason", "message", "machine"]), st.text())
def test_any_words_become_printable(where: str, words: str) -> None:
    escaped = "".join(f"&#{ord(sign)};" for sign in words if sign.isprintable() or sign in "\x85\x9b\u202e\t\r\n")
    fault = answered(windows.fault(1, **{where: escaped}))  # type: ignore[arg-type]
    assert str(fault).isprintable()


def test_the_table_is_whole() -> None:
    codes = [code for row in FAULTS for code in row.codes]
    assert len(codes) == len(set(codes))
    names = [name for row in FAULTS for name in row.subcodes]
    assert len(names) == len(set(names))
    assert all(row.kind.isidentifier() and row.kind != "other" for row in FAULTS)
    assert all(row.meaning and row.remedy.endswith((".", "}", '"')) for row in FAULTS)
    assert all(0 <= code < 2**32 for code in codes)
