"""What a caller means by the name of a cloud, a tenant or a subscription."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .. import contexts
from ..backend import Call
from ..clouds import cloud
from ..errors import NotFoundError, UsageError
from ..resources import Environment, Session, Subscription


def environment_named(session: Session, name: str | None) -> Environment:
    """The cloud of that name: a built-in one, else one that the session has added; the public one for None.

    Raises:
        UsageError: There is none.
    """
    known = {key.lower(): one for key, one in contexts.known(session).items()}
    try:
        return cloud(name)
    except UsageError as exc:
        if name is not None and name.lower() in known:
            return known[name.lower()]
        if session.environments:
            exc.remedy = f"Known environments: {', '.join(contexts.known(session))}."
        raise


def of_tenant(found: Iterable[Subscription], tenant_id: str | None) -> list[Subscription]:
    """The subscriptions of one tenant, where its ID is given."""
    if not tenant_id or not contexts.is_guid(tenant_id):
        return list(found)
    return [item for item in found if (item.tenant_id or "").lower() == tenant_id.lower()]


def choose_subscription(visible: list[Subscription], wanted: str | None) -> Subscription | None:
    """The subscription of that ID or name; the first one for None.

    Raises:
        NotFoundError: It is not visible.
    """
    if wanted is None:
        return visible[0] if visible else None
    for item in visible:
        if wanted.lower() in (item.id.lower(), item.name.lower()):
            return item
    names = ", ".join(f"{item.name} ({item.id})" for item in visible) or "none"
    raise NotFoundError(
        f"the subscription {wanted!r} is not visible to this account",
        target=wanted,
        remedy=f"Visible subscriptions: {names}.",
    )


def warn_of_state(call: Call, subscription: Subscription) -> None:
    """Say so where nothing can be changed in a subscription."""
    if subscription.state is not None and subscription.state.lower() != "enabled":
        call.warn(
            f"The subscription '{subscription.name}' is in the state {subscription.state}: "
            f"{_STATES.get(subscription.state.lower(), 'what it allows may be little')}."
        )


_STATES: Mapping[str, str] = {
    "disabled": "nothing in it can be changed until it is enabled again",
    "warned": "it will be disabled soon",
    "pastdue": "a payment is due, and it will be disabled",
    "deleted": "it is gone",
}
