"""The steps of a job on a host, and the errors that say at which of them something went wrong."""

from __future__ import annotations

from ..errors import (
    CancelledError,
    HostInterruptedError,
    HostQuotaError,
    HostTimedOutError,
    RemoteError,
    SignInRefusedError,
)
from ..wsman import Fault

#: What each action is, for sentences.
STEPS = {
    "Create": "opening a shell",
    "Command": "starting PowerShell",
    "Send": "sending the script",
    "Receive": "waiting for the script",
    "Signal": "ending PowerShell",
    "Delete": "closing the shell",
}

_ERRORS: dict[str, type[RemoteError]] = {
    "timed_out": HostTimedOutError,
    "quota_shells": HostQuotaError,
    "quota_operations": HostQuotaError,
    "quota": HostQuotaError,
    "denied": SignInRefusedError,
    "no_shell": HostInterruptedError,
    "aborted": HostInterruptedError,
    "profile": HostInterruptedError,
}


def refused(name: str, action: str, fault: Fault) -> RemoteError:
    """The error for a fault of a host, by its kind."""
    kind = _ERRORS.get(fault.kind, RemoteError)
    if kind is HostInterruptedError:
        error: RemoteError = interrupted(name, action, str(fault))
    else:
        error = kind(f"{name} refused while {STEPS[action]}: {fault}", target=name, remedy=fault.remedy)
    error.details.update(code=fault.code, kind=fault.kind, step=action)
    return error


def interrupted(name: str, action: str, reason: str, *, lost: bool = False) -> HostInterruptedError:
    """The error for a host that is gone in the middle.

    Args:
        lost: Whether only an answer got lost, as far as anybody knows.
    """
    return HostInterruptedError(
        f"{name} was cut off while {STEPS[action]} ({action}): {reason}",
        target=name,
        remedy="It, or its WinRM, may have been restarted. What the script had done by then is done; "
        "check that, then try again.",
        details={"step": action, "lost": lost},
    )


def late(name: str, action: str) -> HostTimedOutError:
    """The error for a host that does not come to an end."""
    return HostTimedOutError(
        f"{name} took too long, while {STEPS[action]} ({action})",
        target=name,
        remedy="Give it more time, or check that the host is well.",
        details={"step": action},
    )


def in_a_hurry(exc: BaseException) -> bool:
    """Whether whoever gets this error has waited long enough: it was ended, or is late."""
    return isinstance(exc, CancelledError | HostTimedOutError) or not isinstance(exc, Exception)
