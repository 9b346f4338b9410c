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
from ..resources import Context, ContextAutosaveSettings, Environment, Profile, Session
from .choosing import environment_named, warn_of_state
from .keeping import keep


def save_context(
    call: Call, *, session: Session, path: str, profile: Mapping[str, Any] | None = None, force: bool = False
) -> None:
    """Write the contexts of the session, or the one that is given, into a file: no tokens, and no secrets."""
    if profile is not None:
        context = _context(profile)
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
    """Take over the contexts of a file, or the one that is given, in place of the session's own.

    What is saved for the next session stays, and these are added to it.
    """
    if path is not None:
        found = contextfile.read(Path(path))
        taken = contexts.with_secrets_of(found.session, session)
        for warning in found.warnings:
            call.warn(warning)
    elif azure_context is not None:
        taken = _given(call, session, azure_context)
    else:
        raise UsageError("there is nothing to import", remedy="Name a file (-Path) or a context (-AzureContext).")
    for warning in contextfile.to_sign_in(taken):
        call.warn(warning)

    def replaced(held: Session) -> Session:
        return replace(taken, autosave=held.autosave)

    kept = keep(call, session, replaced, scope, saved=lambda held: contexts.merge(held, taken))
    context = contexts.current(kept)
    if context is not None and context.subscription is not None:
        warn_of_state(call, context.subscription)
    return contexts.profile(kept, context)


def _context(value: Mapping[str, Any]) -> Context:
    """The context of a profile, or the one that it is."""
    inner = value.get("Context")
    return wire.context(inner if isinstance(inner, Mapping) else value)


def _given(call: Call, session: Session, value: Mapping[str, Any]) -> Session:
    """The session that a profile or a context makes. A cloud that this session has added stays as it has it."""
    context = _context(value)
    clouds = wire.environments(value.get("Environments"))
    brought = contextfile.trusted({name: _added(cloud) for name, cloud in clouds.items()}, call.warn).values()
    wanted = {name.lower() for name in (context.environment.name, *(cloud.name for cloud in brought))}
    own = [cloud for cloud in session.environments.values() if cloud.name.lower() in wanted]
    taken = Session()
    for cloud in (*brought, *own):
        taken = contexts.add_environment(taken, cloud)
    context = replace(context, environment=environment_named(taken, context.environment.name))
    taken = contexts.add(taken, replace(context, name=context.name or contexts.name_for(taken, context)))
    has_secrets = context.account.secret or context.account.access_token
    return taken if has_secrets else contexts.with_secrets_of(taken, session)


def _added(cloud: Environment) -> Environment:
    """A cloud of somebody else, who may have said that it is built in."""
    return replace(cloud, type="Discovered" if cloud.type == "Discovered" else "User-defined")


def enable_context_autosave(call: Call, *, session: Session, scope: str | None = None) -> ContextAutosaveSettings:
    """Save contexts from now on, what this session holds among them."""
    autosave = Autosave(call.backend.environ)
    if scope != "Process":
        autosave.switch(True)
    autosave.change(lambda saved: contexts.merge(saved, session))
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
