"""Subscriptions and tenants, as the signed-in account sees them."""

from __future__ import annotations

from collections.abc import Iterator

from ..arm import ArmClient
from ..backend import Call
from ..contexts import is_guid
from ..errors import NotFoundError
from ..resources import Context, Subscription, Tenant


def list_subscriptions(
    call: Call,
    *,
    context: Context | None,
    subscription_id: str | None = None,
    subscription_name: str | None = None,
    tenant_id: str | None = None,
) -> Iterator[Subscription]:
    """The subscriptions that the account sees: all, or the one of that ID or name; of one tenant, if it is given."""
    arm = call.arm(context)
    tenant = None if tenant_id is None else _tenant_id(arm, tenant_id)
    listed = arm.subscriptions() if subscription_id is None else iter([arm.subscription(subscription_id)])
    found = False
    for item in listed:
        if _fits(item.name, subscription_name) and _fits(item.tenant_id or "", tenant):
            found = True
            yield item if context is None else item.seen_by(context.account.id, context.environment.name)
    if subscription_name and not found:
        raise NotFoundError(
            f"there is no subscription {subscription_name!r} that this account sees"
            + ("" if tenant is None else f" in the tenant {tenant_id}"),
            target=subscription_name,
            remedy="Get-AzureRmSubscription lists those that it sees.",
        )


def list_tenants(call: Call, *, context: Context | None, tenant_id: str | None = None) -> Iterator[Tenant]:
    """The tenants that the account sees: all, or the one of that ID or domain."""
    for item in call.arm(context).tenants():
        if tenant_id is None or _is(item, tenant_id):
            yield item


def _tenant_id(arm: ArmClient, wanted: str) -> str:
    """The ID of a tenant that is named by its ID or its domain."""
    if is_guid(wanted):
        return wanted
    for item in arm.tenants():
        if _is(item, wanted):
            return item.id
    raise NotFoundError(
        f"the tenant {wanted!r} is not visible to this account",
        target=wanted,
        remedy="Get-AzureRmTenant lists those that are.",
    )


def _is(tenant: Tenant, wanted: str) -> bool:
    return wanted.lower() in (tenant.id.lower(), (tenant.directory or "").lower())


def _fits(value: str, wanted: str | None) -> bool:
    return not wanted or value.lower() == wanted.lower()
