"""How a change of the session is kept: in PowerShell, and for the next session where its user wants that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..autosave import Autosave
from ..backend import Call
from ..errors import PyBridgeError
from ..resources import Session

#: The scope of a change that is to outlast the session.
CURRENT_USER = "CurrentUser"


def keep(
    call: Call,
    session: Session,
    change: Callable[[Session], Session],
    scope: str | None = None,
    *,
    saved: Callable[[Session], Session] | None = None,
) -> Session:
    """Make a change to the session and, where contexts are saved, to what was saved; the session as it is then.

    Args:
        scope: "CurrentUser" for a change that is saved in any case, "Process" for one that is not; None for as the
            session does.
        saved: The change to what was saved, where that is another one.
    """
    changed = change(session)
    if scope == CURRENT_USER or (scope is None and session.autosave):
        Autosave(call.backend.environ).change(saved or change)
    call.keep(changed)
    return changed


def restore_session(call: Call, *, session: Session) -> None:
    """What a session begins with: the saved contexts, where its user wants contexts to be saved."""
    begun = replace(session, autosave=False)
    try:
        autosave = Autosave(call.backend.environ)
        if autosave.is_on:
            begun = replace(autosave.load(call.warn), autosave=True)
    except PyBridgeError as exc:
        call.warn(f"Saved contexts are not used: {exc.message}. {exc.remedy or ''}".rstrip())
    call.keep(begun)
