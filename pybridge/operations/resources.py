"""What Azure Resource Manager has, as the signed-in account sees it."""

from __future__ import annotations

from collections.abc import Iterator

from ..backend import Call
from ..errors import UsageError
from ..resources import Context, ResourceGroup, Subscription, VirtualMachine


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
    found = arm.subscriptions() if subscription_id is None else iter([arm.subscription(subscription_id)])
    for item in found:
        if _fits(item.name, subscription_name) and _fits(item.tenant_id or "", tenant_id):
            yield item


def list_resource_groups(
    call: Call, *, context: Context | None, name: str | None = None, location: str | None = None
) -> Iterator[ResourceGroup]:
    """The resource groups of the subscription: all, or the one of that name; of one location, if it is given."""
    arm = call.arm(context)
    place = location and location.replace(" ", "")  # "East US" is eastus
    for group in arm.resource_groups() if name is None else iter([arm.resource_group(name)]):
        if _fits(group.location, place):
            yield group


def _fits(value: str, wanted: str | None) -> bool:
    return wanted is None or value.lower() == wanted.lower()


def list_virtual_machines(
    call: Call,
    *,
    context: Context | None,
    resource_group_name: str | None = None,
    name: str | None = None,
) -> Iterator[VirtualMachine]:
    """The VMs of the subscription, of a resource group, or the one of that name in it."""
    arm = call.arm(context)
    if name is None:
        yield from arm.virtual_machines(resource_group_name)
    elif resource_group_name is not None:
        yield arm.virtual_machine(resource_group_name, name)
    else:
        raise UsageError("a VM is named by its resource group and its name", target=name)
