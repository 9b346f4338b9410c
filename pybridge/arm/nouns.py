"""How the JSON of Azure Resource Manager becomes one of our nouns. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from ..resources import ResourceGroup, Subscription, UserAssignedIdentity, VirtualMachine, VirtualMachineIdentity

_VM = TypeVar("_VM", bound=VirtualMachine)


def subscription_from(item: Mapping[str, Any]) -> Subscription:
    """A subscription, from its JSON."""
    return Subscription(
        id=str(item.get("subscriptionId", "")),
        name=str(item.get("displayName", "")),
        tenant_id=item.get("tenantId"),
        state=item.get("state"),
        raw=item,
    )


def resource_group_from(item: Mapping[str, Any]) -> ResourceGroup:
    """A resource group, from its JSON."""
    return ResourceGroup(
        resource_group_name=str(item.get("name", "")),
        location=str(item.get("location", "")),
        provisioning_state=(item.get("properties") or {}).get("provisioningState"),
        tags=item.get("tags"),
        resource_id=str(item.get("id", "")),
        raw=item,
    )


def virtual_machine_from(kind: type[_VM], item: Mapping[str, Any]) -> _VM:
    """A VM, of that class, from its JSON."""
    properties = item.get("properties") or {}
    resource_id = str(item.get("id", ""))
    return kind(
        resource_group_name=_group_of(resource_id),
        id=resource_id,
        vm_id=properties.get("vmId"),
        name=str(item.get("name", "")),
        type=str(item.get("type", "")),
        location=str(item.get("location", "")),
        license_type=properties.get("licenseType"),
        tags=item.get("tags"),
        availability_set_reference=properties.get("availabilitySet"),
        diagnostics_profile=properties.get("diagnosticsProfile"),
        extensions=tuple(item.get("resources") or ()),
        hardware_profile=properties.get("hardwareProfile"),
        instance_view=properties.get("instanceView"),
        network_profile=properties.get("networkProfile"),
        os_profile=properties.get("osProfile"),
        plan=item.get("plan"),
        provisioning_state=properties.get("provisioningState"),
        storage_profile=properties.get("storageProfile"),
        identity=_identity_from(item.get("identity")),
        zones=tuple(item.get("zones") or ()),
        raw=item,
    )


def _identity_from(item: Mapping[str, Any] | None) -> VirtualMachineIdentity | None:
    if not item:
        return None
    assigned = item.get("userAssignedIdentities") or {}
    return VirtualMachineIdentity(
        principal_id=item.get("principalId"),
        tenant_id=item.get("tenantId"),
        type=item.get("type"),
        identity_ids=tuple(assigned),
        user_assigned_identities={
            resource_id: UserAssignedIdentity((value or {}).get("principalId"), (value or {}).get("clientId"))
            for resource_id, value in assigned.items()
        }
        or None,
    )


def _group_of(resource_id: str) -> str:
    """The resource group in an ARM ID, in the spelling of the ID."""
    parts = resource_id.split("/")
    keys = [part.lower() for part in parts]
    return parts[keys.index("resourcegroups") + 1] if "resourcegroups" in keys[:-1] else ""
