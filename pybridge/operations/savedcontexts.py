"""Contexts in files: those that a caller names, and the one for the next session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from .. import contextfile, contexts, wire
from ..autosave import Autosave
from ..backend import Call, signed_in
from ..errors import ConflictError, UsageError
from ..resources import ContextAutosaveSettings, Profile, Session
from .choosing import environment_named, warn_of_state
from .keeping import keep


def save_context(
    call: Call, *, session: Session, path: str, profile: Mapping[str, Any] | None = None, force: bool = False
) -> None:
    """Write the contexts of the session, or the one that is given, into a file: no tokens, and no secrets."""
    if profile is not None:
        inner = profile.get("Context")
        context = wire.context(inner if isinstance(inner, Mapping) else profile)
        cloud = environment_named(session, context.environment.name)
        session = contexts.add(replace(session, contexts=(), current=None), replace(context, environment=cloud))
    else:
        signed_in(contexts.current(session))
    place = Path(path)
    if place.exists() and not force:
        raise ConflictError(
            f"there is a file {path!r} already",
            target=path,
            remedy="Name another file, or overwrite it with -Force.",
            details={"confirm": f"Overwrite the file '{path}'?"},
        )
    contextfile.write(place, session)


def import_context(
    call: Call,
    *,
    session: Session,
    path: str | None = None,
    azure_context: Mapping[str, Any] | None = None,
    scope: str | None = None,
) -> Profile:
    """Take over the contexts of a file in place of the session's own, or one that is given beside them."""
    if path is not None:
        found = contextfile.read(Path(path))
        taken = contexts.with_secrets_of(found.session, session)
        for warning in (*found.warnings, *contextfile.to_sign_in(taken)):
            call.warn(warning)
        kept = keep(call, session, lambda held: replace(taken, autosave=held.autosave), scope)
    elif azure_context is not None:
        inner = azure_context.get("Context")
        given = wire.context(inner if isinstance(inner, Mapping) else azure_context)
        given = replace(given, environment=environment_named(session, given.environment.name))
        given = replace(given, name=given.name or contexts.name_for(session, given))
        kept = keep(call, session, lambda held: contexts.add(held, given), scope)
    else:
        raise UsageError("there is nothing to import", remedy="Name a file (-Path) or a context (-AzureContext).")
    context = contexts.current(kept)
    if context is not None and context.subscription is not None:
        warn_of_state(call, context.subscription)
    return contexts.profile(kept, context)


def enable_context_autosave(call: Call, *, session: Session, scope: str | None = None) -> ContextAutosaveSettings:
    """Save contexts from now on, what this session holds among them."""
    autosave = Autosave(call.backend.environ)
    if scope != "Process":
        autosave.switch(True)

    def merged(saved: Session) -> Session:
        for context in session.contexts:
            saved = contexts.add(saved, context)
        return replace(saved, current=session.current or saved.current)

    autosave.change(merged)
    call.keep(replace(session, autosave=True))
    return autosave.settings(True)


def disable_context_autosave(call: Call, *, session: Session, scope: str | None = None) -> ContextAutosaveSettings:
    """Save contexts no longer, and remove those that were saved; for the scope of the process, leave them."""
    autosave = Autosave(call.backend.environ)
    if scope != "Process":
        autosave.switch(False)
        autosave.clear()
    call.keep(replace(session, autosave=False))
    return autosave.settings(False)


def get_context_autosave_setting(call: Call, *, session: Session, scope: str | None = None) -> ContextAutosaveSettings:
    """Whether contexts are saved, by this session or by those that the user begins."""
    autosave = Autosave(call.backend.environ)
    return autosave.settings(autosave.is_on if scope == "CurrentUser" else bool(session.autosave))
