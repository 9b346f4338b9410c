"""How ARM's JSON of VMs and extensions becomes one of our nouns. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from ..resources import (
    UserAssignedIdentity,
    VirtualMachine,
    VirtualMachineExtension,
    VirtualMachineIdentity,
    VirtualMachineInstanceView,
    VirtualMachineListStatus,
)

_VM = TypeVar("_VM", bound=VirtualMachine)

#: AzureRM's word for a state that ARM does not tell.
UNKNOWN_POWER = "Info Not Available"


def virtual_machine_from(kind: type[_VM], item: Mapping[str, Any], **further: Any) -> _VM:
    """A VM, of that class, from its JSON.

    Args:
        kind: The class.
        item: ARM's JSON.
        further: Fields that do not stand in it.
    """
    properties = item.get("properties") or {}
    resource_id = str(item.get("id", ""))
    zones = item.get("zones")
    extensions = item.get("resources")
    return kind(
        resource_group_name=group_of(resource_id),
        id=resource_id,
        vm_id=properties.get("vmId"),
        name=str(item.get("name", "")),
        type=str(item.get("type", "")),
        location=str(item.get("location", "")),
        license_type=properties.get("licenseType"),
        tags=item.get("tags"),
        availability_set_reference=properties.get("availabilitySet"),
        diagnostics_profile=properties.get("diagnosticsProfile"),
        extensions=tuple(map(_nested_extension, extensions)) if extensions else (),
        hardware_profile=properties.get("hardwareProfile"),
        instance_view=properties.get("instanceView"),
        network_profile=_network_profile(properties.get("networkProfile")),
        os_profile=properties.get("osProfile"),
        plan=item.get("plan"),
        provisioning_state=properties.get("provisioningState"),
        storage_profile=properties.get("storageProfile"),
        identity=_identity_from(item.get("identity")),
        zones=tuple(zones) if zones else None,
        raw=item,
        **further,
    )


def list_status_from(item: Mapping[str, Any]) -> VirtualMachineListStatus:
    """A VM of a list with states."""
    view = (item.get("properties") or {}).get("instanceView") or {}
    return virtual_machine_from(
        VirtualMachineListStatus,
        item,
        power_state=_power_state(view.get("statuses") or ()),
        maintenance_redeploy_status=view.get("maintenanceRedeployStatus"),
    )


def instance_view_from(group: str, name: str, view: Mapping[str, Any]) -> VirtualMachineInstanceView:
    """The state of one VM, from the JSON of its instance view."""
    return VirtualMachineInstanceView(
        resource_group_name=group,
        name=name,
        boot_diagnostics=view.get("bootDiagnostics"),
        computer_name=view.get("computerName"),
        disks=tuple(view.get("disks") or ()),
        extensions=tuple(view.get("extensions") or ()),
        hyper_v_generation=view.get("hyperVGeneration"),
        maintenance_redeploy_status=view.get("maintenanceRedeployStatus"),
        os_name=view.get("osName"),
        os_version=view.get("osVersion"),
        platform_fault_domain=view.get("platformFaultDomain"),
        platform_update_domain=view.get("platformUpdateDomain"),
        remote_desktop_thumbprint=view.get("rdpThumbPrint"),
        vm_agent=view.get("vmAgent"),
        statuses=tuple(view.get("statuses") or ()),
        raw=view,
    )


def extension_from(group: str, machine: str, item: Mapping[str, Any]) -> VirtualMachineExtension:
    """An extension of a VM, from its JSON."""
    properties = item.get("properties") or {}
    view = properties.get("instanceView")
    settings = properties.get("settings")
    return VirtualMachineExtension(
        resource_group_name=group,
        vm_name=machine,
        name=str(item.get("name", "")),
        location=item.get("location"),
        etag=json.dumps(item.get("tags")),
        publisher=properties.get("publisher"),
        extension_type=properties.get("type"),
        type_handler_version=properties.get("typeHandlerVersion"),
        id=str(item.get("id", "")),
        public_settings=None if settings is None else json.dumps(settings, indent=2),
        protected_settings=None,
        provisioning_state=properties.get("provisioningState"),
        statuses=None if view is None else tuple(view.get("statuses") or ()),
        sub_statuses=None if view is None else tuple(view.get("substatuses") or ()),
        auto_upgrade_minor_version=properties.get("autoUpgradeMinorVersion"),
        force_update_tag=properties.get("forceUpdateTag"),
        raw=item,
    )


def group_of(resource_id: str) -> str:
    """The resource group in an ARM ID, in the spelling of the ID; of 5,000 in a row, so without much ado."""
    parts = resource_id.split("/", 5)
    if len(parts) == 6 and parts[3].lower() == "resourcegroups":
        return parts[4]
    return ""


def _power_state(statuses: Sequence[Mapping[str, Any]]) -> str:
    for status in reversed(statuses):
        if str(status.get("code", "")).lower().startswith("powerstate/"):
            return str(status.get("displayStatus") or UNKNOWN_POWER)
    return UNKNOWN_POWER


def _network_profile(profile: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """The profile with AzureRM's shape of interfaces, which have Primary beside Id."""
    interfaces = profile and profile.get("networkInterfaces")
    if not profile or not interfaces:
        return profile
    return {**profile, "networkInterfaces": [_flat(item) for item in interfaces]}


def _nested_extension(item: Mapping[str, Any]) -> dict[str, Any]:
    """An extension in AzureRM's shape, which has its properties beside its name, and its own type beside ARM's."""
    properties = dict(item.get("properties") or {})
    kind = properties.pop("type", None)
    return {
        **properties,
        **({"virtualMachineExtensionType": kind} if kind else {}),
        **{name: value for name, value in item.items() if name != "properties"},
    }


def _flat(item: Mapping[str, Any]) -> dict[str, Any]:
    """An object with its properties beside its ID."""
    flat = {**item, **(item.get("properties") or {})}
    flat.pop("properties", None)
    return flat


def _identity_from(item: Mapping[str, Any] | None) -> VirtualMachineIdentity | None:
    if not item:
        return None
    assigned = item.get("userAssignedIdentities") or {}
    return VirtualMachineIdentity(
        principal_id=item.get("principalId"),
        tenant_id=item.get("tenantId"),
        type=_without_gap(item.get("type")),
        identity_ids=tuple(assigned),
        user_assigned_identities={
            resource_id: UserAssignedIdentity((value or {}).get("principalId"), (value or {}).get("clientId"))
            for resource_id, value in assigned.items()
        }
        or None,
    )


def _without_gap(kind: str | None) -> str | None:
    """AzureRM's name for a kind of identity: ARM writes "SystemAssigned, UserAssigned"."""
    return kind and kind.replace(", ", "").replace(",", "")
