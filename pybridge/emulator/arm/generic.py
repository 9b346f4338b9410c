"""Resources of all kinds: in one list, and those of other providers that hang on a VM, one by one.

Wire format: https://learn.microsoft.com/rest/api/resources/resources
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..nouns import ResourceGroup, VirtualMachine
from .call import ArmCall, not_found
from .conditions import filter_conditions
from .groups import has_tag
from .views import disk_id, disk_name, disk_size, identity_view, nic_id

DISKS, NICS = "Microsoft.Compute/disks", "Microsoft.Network/networkInterfaces"
_CREATED = "2017-11-23T09:41:12.3456789Z"
_FILTERS = (
    "resourcetype", "name", "name contains", "resourcegroup", "location", "tagname", "tagvalue",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Resource:
    """What every kind of resource has. `more`: what this one has beside it, in ARM's JSON."""

    id: str
    type: str
    name: str
    group: ResourceGroup
    location: str
    tags: dict[str, str]
    state: str = "Succeeded"
    more: dict[str, Any] = field(default_factory=dict)


def list_all(arm: ArmCall) -> Any:
    return _page(arm, list(arm.subscription().groups.values()))


def list_in_group(arm: ArmCall) -> Any:
    return _page(arm, [arm.group()])


def list_disks(arm: ArmCall) -> Any:
    return _parts(arm, DISKS)


def get_disk(arm: ArmCall) -> Any:
    return _part(arm, DISKS)


def list_nics(arm: ArmCall) -> Any:
    return _parts(arm, NICS)


def get_nic(arm: ArmCall) -> Any:
    return _part(arm, NICS)


def _page(arm: ArmCall, groups: Iterable[ResourceGroup]) -> Any:
    """Filters: `resourceType eq`, `name eq`, `substringof('...', name)`, `resourceGroup eq`, `location eq`, tags."""
    wanted = filter_conditions(arm.call, _FILTERS)
    extras = {one.strip().lower() for one in (arm.call.parameter("$expand") or "").split(",")}
    kinds: dict[str, Any] = {}

    def keep(resource: Resource) -> bool:
        if not _fits(resource, wanted):
            return False
        allowed = kinds.setdefault(resource.type, arm.access.filter(f"{resource.type}/read"))
        return bool(allowed(resource.id))

    return arm.page(
        [resource for group in groups for resource in _resources(group)], keep, lambda one: _view(one, extras)
    )


def _fits(resource: Resource, wanted: dict[str, str]) -> bool:
    return (
        wanted.get("resourcetype", resource.type).lower() == resource.type.lower()
        and wanted.get("name", resource.name).lower() == resource.name.lower()
        and wanted.get("name contains", "").lower() in resource.name.lower()
        and wanted.get("resourcegroup", resource.group.name).lower() == resource.group.name.lower()
        and wanted.get("location", resource.location).lower() == resource.location.lower()
        and has_tag(resource.tags, wanted)
    )


def _view(resource: Resource, extras: set[str]) -> dict[str, Any]:
    view: dict[str, Any] = {
        "id": resource.id,
        "name": resource.name,
        "type": resource.type,
        "location": resource.location,
        **resource.more,
    }
    if resource.tags:
        view["tags"] = dict(resource.tags)
    if "createdtime" in extras:
        view["createdTime"] = _CREATED
    if "changedtime" in extras:
        view["changedTime"] = _CREATED
    if "provisioningstate" in extras:
        view["provisioningState"] = resource.state
    return view


def _resources(group: ResourceGroup) -> Iterator[Resource]:
    """Everything in a group, one kind after the other."""
    vms = list(group.vms.values())
    for vm in vms:
        yield _disk(vm)
    for vm in vms:
        identity = identity_view(vm, "2018-06-01")
        more = {"identity": identity} if identity else {}
        kind = "Microsoft.Compute/virtualMachines"
        yield Resource(vm.id, kind, vm.name, group, vm.location, vm.tags, vm.provisioning, more)
        for extension in list(vm.extensions.values()):
            yield Resource(
                f"{vm.id}/extensions/{extension.name}",
                f"{kind}/extensions",
                f"{vm.name}/{extension.name}",
                group,
                vm.location,
                dict(extension.tags),
                extension.provisioning,
            )
    for one in list(group.identities.values()):
        kind = "Microsoft.ManagedIdentity/userAssignedIdentities"
        yield Resource(one.resource_id, kind, one.name, group, one.location, one.tags)
    for vm in vms:
        yield _nic(vm)


def _disk(vm: VirtualMachine) -> Resource:
    more = {"managedBy": vm.id, "sku": {"name": "Premium_LRS", "tier": "Premium"}}
    return Resource(disk_id(vm), DISKS, disk_name(vm), vm.group, vm.location, {}, more=more)


def _nic(vm: VirtualMachine) -> Resource:
    return Resource(nic_id(vm), NICS, f"{vm.name}-nic", vm.group, vm.location, {})


def _disk_properties(vm: VirtualMachine) -> dict[str, Any]:
    return {
        "osType": vm.os,
        "diskSizeGB": disk_size(vm),
        "diskState": "Attached" if vm.power == "running" else "Reserved",
        "creationData": {"createOption": "FromImage"},
    }


def _nic_properties(vm: VirtualMachine) -> dict[str, Any]:
    return {"primary": True, "enableIPForwarding": False, "virtualMachine": {"id": vm.id}}


#: What hangs on a VM, by its type: the resource, and its properties.
_HANGING: Mapping[str, tuple[Callable[[VirtualMachine], Resource], Callable[[VirtualMachine], dict[str, Any]]]] = {
    DISKS: (_disk, _disk_properties),
    NICS: (_nic, _nic_properties),
}


def _parts(arm: ArmCall, kind: str) -> Any:
    """Those in the group that the path names, or in the whole subscription."""
    groups = [arm.group()] if "group" in arm.names else list(arm.subscription().groups.values())
    allowed, make = arm.access.filter(f"{kind}/read"), _HANGING[kind][0]
    vms = [vm for group in groups for vm in list(group.vms.values())]
    return arm.page(vms, lambda vm: allowed(make(vm).id), lambda vm: _hanging(vm, kind))


def _part(arm: ArmCall, kind: str) -> Any:
    name = arm.names["resource"]
    arm.require(f"{kind}/read", f"{arm.group_scope()}/providers/{kind}/{name}")
    for vm in arm.group().vms.values():
        if _HANGING[kind][0](vm).name.lower() == name.lower():
            return _hanging(vm, kind)
    raise not_found(f"{kind}/{name}", arm.names["group"])


def _hanging(vm: VirtualMachine, kind: str) -> dict[str, Any]:
    make, properties = _HANGING[kind]
    return {**_view(make(vm), set()), "properties": {**properties(vm), "provisioningState": "Succeeded"}}
