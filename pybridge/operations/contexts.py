"""The contexts of a session: which there are, which one is current, what they are called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from .. import contexts, wire
from ..arm import no_subscription
from ..autosave import Autosave
from ..backend import Call, signed_in
from ..errors import ConflictError, UsageError
from ..resources import Context, Session
from .choosing import choose_subscription, environment_named, of_tenant, warn_of_state
from .keeping import CURRENT_USER, keep


def get_context(
    call: Call, *, session: Session, name: str | None = None, list_available: bool = False
) -> Context | Iterator[Context]:
    """The current context, the one of that name, or all."""
    current = signed_in(contexts.current(session))
    if list_available:
        return iter(session.contexts)
    return current if name is None else contexts.find(session, name)


def set_context(
    call: Call,
    *,
    session: Session,
    context_object: Mapping[str, Any] | str | None = None,
    tenant_object: Mapping[str, Any] | None = None,
    subscription_object: Mapping[str, Any] | None = None,
    subscription: str | None = None,
    tenant: str | None = None,
    extended_property: Mapping[str, Any] | None = None,
    name: str | None = None,
    force: bool = False,
    scope: str | None = None,
) -> Context:
    """Make another subscription or tenant current, or a context that came from somewhere else.

    `context_object` may be a subscription or a tenant, too: whatever came through the pipeline.
    """
    if name is not None and not force:
        contexts.check_free(session, name)
    whole, place, tenant_id = _meant(context_object, subscription_object, tenant_object)
    place, tenant_id = subscription or place, tenant or tenant_id
    if whole is not None:
        chosen = _taken_over(session, whole)
    elif place or tenant_id:
        chosen = _elsewhere(call, session, place, tenant_id)
    else:
        raise UsageError(
            "there is nothing to set the context to",
            remedy="Name a subscription (-Subscription), a tenant (-Tenant) or a context (-Context).",
        )
    if extended_property is not None:
        own = {key: str(value) for key, value in extended_property.items()}
        chosen = replace(chosen, extended_properties={**chosen.extended_properties, **own})
    chosen = replace(chosen, name=name or contexts.name_for(session, chosen))
    keep(call, session, lambda held: contexts.add(held, chosen), scope)
    return chosen


def _meant(
    context: Mapping[str, Any] | str | None,
    subscription: Mapping[str, Any] | None,
    tenant: Mapping[str, Any] | None,
) -> tuple[Mapping[str, Any] | None, str | None, str | None]:
    """A context, or the ID of a subscription, or that of a tenant."""
    if isinstance(context, str):
        return None, context, None
    if context is not None:
        inner = context.get("Context")
        if isinstance(inner, Mapping) or "Account" in context:  # what Connect-AzureRmAccount returns holds the context
            return (inner if isinstance(inner, Mapping) else context), None, None
        if "State" in context or "TenantId" in context:
            subscription = context
        else:
            tenant = context
    if subscription is not None:
        return None, _words(subscription, "Id", "Name"), _words(subscription, "TenantId")
    return None, None, _words(tenant, "Id", "Directory") if tenant else None


def _words(holder: Mapping[str, Any], *names: str) -> str | None:
    return next((value for name in names if isinstance(value := holder.get(name), str) and value), None)


def _taken_over(session: Session, value: Mapping[str, Any]) -> Context:
    """A context object, in the cloud of its name: its URLs count for nothing."""
    context = wire.context(value)
    context = replace(context, environment=environment_named(session, context.environment.name))
    alone = contexts.add(Session(), context)
    if not context.account.secret and not context.account.access_token:
        alone = contexts.with_secrets_of(alone, session)
    return alone.contexts[0]


def _elsewhere(call: Call, session: Session, place: str | None, tenant_id: str | None) -> Context:
    """The current account in another subscription, or in the first one of a tenant."""
    base = signed_in(contexts.current(session))
    account = base.account
    if tenant_id and account.type == "ServicePrincipal":
        account = replace(account, tenants=(tenant_id,))
    arm = call.arm_as(account, environment_named(session, base.environment.name))
    found = choose_subscription(of_tenant(arm.subscriptions(), tenant_id), place)
    if found is not None:
        warn_of_state(call, found)
        account = replace(account, subscriptions=tuple(dict.fromkeys((*account.subscriptions, found.id))))
    else:
        call.warn(f"No subscription of the tenant {tenant_id} is visible. {no_subscription(None).remedy}")
    told = found.tenant_id if found else None
    there = contexts.tenant(tenant_id, told or (base.tenant.id if base.tenant else None))
    return contexts.in_subscription(replace(base, account=account), subscription=found, tenant=there)


def select_context(
    call: Call,
    *,
    session: Session,
    name: str | None = None,
    input_object: Mapping[str, Any] | None = None,
    scope: str | None = None,
) -> Context:
    """Make another context of the session the current one."""
    wanted = contexts.find(session, _name_of(name, input_object))
    keep(call, session, lambda held: contexts.select(held, wanted.name), scope)
    return wanted


def rename_context(
    call: Call,
    *,
    session: Session,
    target_name: str,
    source_name: str | None = None,
    input_object: Mapping[str, Any] | None = None,
    force: bool = False,
    pass_thru: bool = False,
    scope: str | None = None,
) -> Context | None:
    """Give a context another name."""
    source = _name_of(source_name, input_object)
    renamed = keep(call, session, lambda held: contexts.rename(held, source, target_name, overwrite=force), scope)
    return contexts.find(renamed, target_name) if pass_thru else None


def remove_context(
    call: Call,
    *,
    session: Session,
    name: str | None = None,
    input_object: Mapping[str, Any] | None = None,
    force: bool = False,
    pass_thru: bool = False,
    scope: str | None = None,
) -> Context | None:
    """Forget a context; whoever is signed in elsewhere stays so."""
    gone = contexts.find(session, _name_of(name, input_object))
    if not force and gone.name == session.current:
        raise ConflictError(
            f"{gone.name!r} is the current context",
            target=gone.name,
            remedy="Make another one current with Select-AzureRmContext, or remove it with -Force.",
            details={"confirm": f"Remove the current context '{gone.name}'?"},
        )
    keep(call, session, lambda held: contexts.remove(held, gone.name), scope)
    return gone if pass_thru else None


def clear_contexts(
    call: Call, *, session: Session, scope: str | None = None, force: bool = False, pass_thru: bool = False
) -> bool | None:
    """Forget all contexts and added clouds; those that were saved too, for the scope of the user."""
    if scope == CURRENT_USER:
        autosave = Autosave(call.backend.environ)
        if autosave.has_saved and not force:
            raise ConflictError(
                "there are saved contexts, and other sessions would begin without them",
                remedy="Remove them with -Force, or clear only this session with -Scope Process.",
                details={"confirm": "Remove all saved contexts of this user?"},
            )
        autosave.clear()
    call.keep(contexts.clear(session))
    return True if pass_thru else None


def _name_of(name: str | None, context: Mapping[str, Any] | None) -> str:
    found = name or (context and _words(context, "Name"))
    if not found:
        raise UsageError(
            "a context without a name cannot be found",
            remedy="Get-AzureRmContext -ListAvailable shows the names of this session's contexts.",
        )
    return found
