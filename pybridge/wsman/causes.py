"""The table of faults: what each number means, and what to do about it.

The numbers are those of Windows' `wsmerror.h` and `winerror.h`. A number of Win32 comes as it is or as an HRESULT
(0x8007xxxx), so each row holds both.
"""

from __future__ import annotations

from typing import NamedTuple


class FaultRow(NamedTuple):
    """One cause of faults.

    Attributes:
        kind: One word for programs; several rows may share it.
        meaning: What happened, to be read behind "the host says that".
        remedy: What the reader can do now.
        codes: The numbers that mean it.
        subcodes: The names that mean it, where there is no number that is known; without a subcode, the code's own.
        retryable: Whether the same request may succeed later.
    """

    kind: str
    meaning: str
    remedy: str
    codes: tuple[int, ...] = ()
    subcodes: tuple[str, ...] = ()
    retryable: bool = False


_HRESULT = 0x80070000
_RAISE = "winrm set winrm/config/winrs"


def _win32(*codes: int) -> tuple[int, ...]:
    return (*codes, *(_HRESULT | code for code in codes))


FAULTS = (
    FaultRow(
        "timed_out",
        "nothing happened within OperationTimeout",
        "Nothing is wrong: ask for the output again.",
        (0x80338029, *_win32(1460)),
        ("TimedOut",),
        retryable=True,
    ),
    FaultRow(
        "quota_shells",
        "this user has as many shells open as are allowed",
        "Close those that nobody uses: `winrm enumerate shell` lists them there, and a restart of the service WinRM "
        f'ends all. Or raise the limit: {_RAISE} @{{MaxShellsPerUser="30"}}',
        (0x803381A5, 0x803381E4, 0x803381E6),
        retryable=True,
    ),
    FaultRow(
        "quota_operations",
        "this user has as many operations under way as are allowed",
        "Close the shell and open a new one: Windows does not count down within a shell. If that does not help, raise "
        'the limit there: winrm set winrm/config/service @{MaxConcurrentOperationsPerUser="4294967295"}',
        (0x803381A6, 0x803381E7, 0x803381E8, 0x803381E9),
        retryable=True,
    ),
    FaultRow(
        "quota",
        "as many users have shells there as are allowed",
        f'Try again later, or raise the limit there: {_RAISE} @{{MaxConcurrentUsers="100"}}',
        (0x803381AB, 0x803381E5),
        retryable=True,
    ),
    FaultRow(
        "quota",
        "it has no memory left for the shell",
        f'Send less at once, or raise the limit there: {_RAISE} @{{MaxMemoryPerShellMB="2048"}}',
        _win32(8, 14, 1450, 1816),
        retryable=True,
    ),
    FaultRow(
        "quota",
        "a limit of its WinRM service is reached",
        "Try again later, with fewer requests at once; `winrm get winrm/config` there shows the limits.",
        (0x8033803F, 0x803381A7, 0x803381A8, 0x803381EA),
        ("QuotaLimit", "Concurrency"),
        retryable=True,
    ),
    FaultRow(
        "no_shell",
        "it knows no such shell or command (any more)",
        "The shell was closed there: it was idle too long, WinRM was restarted, or the command has ended. Run it anew.",
        (
            *(0x8033805B, 0x80338000, 0x8033803D, 0x8033805D),
            *(0x8033814A, 0x8033814C, 0x8033814D, 0x8033814F, 0x8033816E, 0x803381C4),
        ),
        ("InvalidSelectors",),
    ),
    FaultRow(
        "profile",
        "the profile of the user was unloaded there",
        "Another session of the same user has ended. Run it anew: a new shell loads the profile again.",
        _win32(1018),
    ),
    FaultRow(
        "denied",
        "the user may not do this",
        "Only Administrators and Remote Management Users may use WinRM. For local accounts other than Administrator, "
        "see LocalAccountTokenFilterPolicy.",
        (*_win32(5, 1314, 1326), 0x80338036, 0x803381A9, 0x803381DF, 0x80338104, 0x80338105, 0x80338106),
        ("AccessDenied", "FailedAuthentication"),
    ),
    FaultRow(
        "shells_disabled",
        "remote shells are turned off there",
        f'Turn them on there: {_RAISE} @{{AllowRemoteShellAccess="true"}}, or the policy "Allow Remote Shell Access".',
        (0x803381AC, 0x803381DD, 0x803381E3),
    ),
    FaultRow(
        "busy",
        "it is still busy with the request before",
        "Ask again in a moment.",
        (*_win32(170), 0x80338127),
        retryable=True,
    ),
    FaultRow(
        "aborted",
        "the operation was ended there before it was done",
        "The command was stopped, or the host shuts down. Run it anew.",
        (*_win32(995, 1115, 1717), 0x803381CC, 0x803381DE),
    ),
    FaultRow(
        "schema",
        "the request is not what its schema wants",
        "Its version of WinRM may be too old: Windows Server 2008 R2 needs WMF 3.0 or later.",
        (0x80338041, 0x80338043, 0x80338027, 0x80338056, 0x80338057, 0x80338058, 0x80338059),
        ("SchemaValidationError", "InvalidXmlFragment"),
    ),
    FaultRow(
        "invalid",
        "it does not know the code page of the shell",
        "Its version of WinRM may be too old: Windows Server 2008 R2 needs WMF 3.0 or later.",
        (0x80338140,),
    ),
    FaultRow(
        "invalid",
        "a header, an option or a parameter of the request is wrong",
        "Check the timeouts: OperationTimeout and IdleTimeout have limits there (`winrm get winrm/config`).",
        (
            *_win32(87),
            *(0x8033800F, 0x80338010, 0x80338011, 0x8033803A, 0x80338039, 0x8033800C, 0x80338081),
            *(0x80338051, 0x80338052, 0x80338053, 0x8033811B, 0x80338184, 0x803381F2),
        ),
        ("InvalidParameter", "InvalidOptions", "InvalidMessageInformationHeader", "MustUnderstand"),
    ),
    FaultRow(
        "not_found",
        "there is no such program",
        "Check that powershell.exe is in the PATH there.",
        _win32(2, 3),
    ),
    FaultRow(
        "envelope",
        "the request, or its answer, is too long",
        'Raise the limit there: winrm set winrm/config @{MaxEnvelopeSizekb="500"}',
        (0x80338026, 0x80338035, 0x80338048, 0x80338049, 0x80338111),
        ("EncodingLimit",),
    ),
    FaultRow(
        "unsupported",
        "it does not have what was asked for",
        "Check that it is Windows with WinRM, and that the path of its address is /wsman.",
        (0x80338001, 0x80338002, 0x80338012, 0x80338013, 0x80338014, 0x8033803B, 0x80338042),
        ("ActionNotSupported", "DestinationUnreachable", "EndpointUnavailable", "InvalidResourceURI"),
    ),
)

_OTHER = FaultRow(
    "other",
    "it cannot do this",
    "Look at the event log Microsoft-Windows-WinRM/Operational there.",
)

_BY_CODE = {code: row for row in FAULTS for code in row.codes}
_BY_SUBCODE = {name: row for row in FAULTS for name in row.subcodes}


def row_of(code: int | None, name: str) -> FaultRow:
    """The row for a fault: by its number where that is known, else by its name."""
    by_name = _BY_SUBCODE.get(name, _OTHER)
    return by_name if code is None else _BY_CODE.get(code, by_name)


def is_known(code: int) -> bool:
    """Whether a row has this number."""
    return code in _BY_CODE
