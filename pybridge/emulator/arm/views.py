"""The JSON of a VM and of its parts, as ARM's answers have it."""

from __future__ import annotations

from typing import Any

from ..nouns import Extension, VirtualMachine

_CREATED = "2017-11-23T09:41:12.3456789+00:00"
#: The first api-version whose VMs name their user-assigned identities in a mapping, and the first that has ETags.
_MAPPING_VERSION, _ETAG_VERSION = "2018-06-01", "2024-03-01"


def vm_view(vm: VirtualMachine, version: str, *, with_instance_view: bool = False) -> dict[str, Any]:
    """A VM, its status included on demand."""
    properties: dict[str, Any] = {
        "vmId": vm.vm_id,
        "hardwareProfile": {"vmSize": vm.size},
        "storageProfile": _storage_profile(vm),
        "osProfile": _os_profile(vm),
        "networkProfile": {"networkInterfaces": [{"id": nic_id(vm), "properties": {"primary": True}}]},
        "diagnosticsProfile": {"bootDiagnostics": {"enabled": True}},
        "provisioningState": vm.provisioning,
        "timeCreated": _CREATED,
    }
    if vm.license_type:
        properties["licenseType"] = vm.license_type
    if with_instance_view:
        properties["instanceView"] = instance_view(vm)
    view: dict[str, Any] = {
        "id": vm.id,
        "name": vm.name,
        "type": "Microsoft.Compute/virtualMachines",
        "location": vm.location,
        "properties": properties,
    }
    if version >= _ETAG_VERSION:
        view["etag"] = vm.etag
    identity = identity_view(vm, version)
    if identity:
        view["identity"] = identity
    if vm.tags:
        view["tags"] = dict(vm.tags)
    if vm.zones:
        view["zones"] = list(vm.zones)
    if vm.extensions:
        view["resources"] = [extension_view(vm, extension) for extension in list(vm.extensions.values())]
    return view


def extension_view(vm: VirtualMachine, extension: Extension, *, with_instance_view: bool = False) -> dict[str, Any]:
    """An extension of a VM, its status included on demand."""
    view: dict[str, Any] = {
        "id": f"{vm.id}/extensions/{extension.name}",
        "name": extension.name,
        "type": "Microsoft.Compute/virtualMachines/extensions",
        "location": vm.location,
        "properties": {
            "autoUpgradeMinorVersion": extension.auto_upgrade,
            "provisioningState": extension.provisioning,
            "publisher": extension.publisher,
            "type": extension.type,
            "typeHandlerVersion": extension.version,
            "settings": dict(extension.settings),
        },
    }
    if with_instance_view:
        view["properties"]["instanceView"] = _extension_status(extension)
    if extension.tags:
        view["tags"] = dict(extension.tags)
    return view


def instance_view(vm: VirtualMachine) -> dict[str, Any]:
    """The status of a VM. The agent and the extensions report only while it runs."""
    view: dict[str, Any] = {
        "hyperVGeneration": "V1",
        "disks": [{"name": disk_name(vm), "statuses": [_status("ProvisioningState/succeeded")]}],
        "bootDiagnostics": {},
        "statuses": [
            _status(f"ProvisioningState/{vm.provisioning.lower()}", f"Provisioning {vm.provisioning.lower()}"),
            {"code": f"PowerState/{vm.power}", "level": "Info", "displayStatus": f"VM {vm.power}"},
        ],
    }
    if vm.power != "running":
        return view
    extensions = list(vm.extensions.values())
    ready = _status("ProvisioningState/succeeded", "Ready")
    view |= {
        "computerName": _computer_name(vm),
        "osName": "Windows Server 2016 Datacenter" if vm.os == "Windows" else "ubuntu",
        "osVersion": "10.0.14393.1884" if vm.os == "Windows" else "16.04",
        "vmAgent": {
            "vmAgentVersion": "2.7.1198.822",
            "statuses": [ready],
            "extensionHandlers": [
                {
                    "type": f"{extension.publisher}.{extension.type}",
                    "typeHandlerVersion": extension.version,
                    "status": ready,
                }
                for extension in extensions
            ],
        },
        "extensions": [_extension_status(extension) for extension in extensions],
    }
    return view


def _extension_status(extension: Extension) -> dict[str, Any]:
    state = extension.provisioning.lower()
    status = _status(f"ProvisioningState/{state}", f"Provisioning {state}")
    if extension.message:
        status |= {"code": f"ProvisioningState/{state}/1", "level": "Error", "message": extension.message}
    return {
        "name": extension.name,
        "type": f"{extension.publisher}.{extension.type}",
        "typeHandlerVersion": extension.version,
        "statuses": [status],
    }


def _status(code: str, words: str = "Provisioning succeeded") -> dict[str, str]:
    return {"code": code, "level": "Info", "displayStatus": words, "time": _CREATED}


def identity_view(vm: VirtualMachine, version: str) -> dict[str, Any] | None:
    """The identity block of a VM; None where it has no identity."""
    own, assigned = vm.system_assigned, list(vm.user_assigned)
    kinds = [*(["SystemAssigned"] if own else []), *(["UserAssigned"] if assigned else [])]
    if not kinds:
        return None
    identity: dict[str, Any] = {"type": ", ".join(kinds)}
    if own:
        identity |= {"principalId": own.object_id, "tenantId": own.tenant_id}
    if assigned and version < _MAPPING_VERSION:
        identity["identityIds"] = [other.resource_id for other in assigned]
    elif assigned:
        identity["userAssignedIdentities"] = {
            other.resource_id: {"principalId": other.object_id, "clientId": other.client_id} if other.object_id else {}
            for other in assigned
        }
    return identity


def _storage_profile(vm: VirtualMachine) -> dict[str, Any]:
    publisher, offer, sku, version = vm.image.split(":")
    name = disk_name(vm)
    return {
        "imageReference": {"publisher": publisher, "offer": offer, "sku": sku, "version": version},
        "osDisk": {
            "osType": vm.os,
            "name": name,
            "createOption": "FromImage",
            "caching": "ReadWrite",
            "managedDisk": {"storageAccountType": "Premium_LRS", "id": disk_id(vm)},
            "diskSizeGB": disk_size(vm),
        },
        "dataDisks": [],
    }


def _os_profile(vm: VirtualMachine) -> dict[str, Any]:
    profile: dict[str, Any] = {"computerName": _computer_name(vm), "adminUsername": "azureuser"}
    if vm.os == "Windows":
        profile["windowsConfiguration"] = {"provisionVMAgent": True, "enableAutomaticUpdates": True}
    else:
        profile["linuxConfiguration"] = {"disablePasswordAuthentication": True, "provisionVMAgent": True}
    return {**profile, "secrets": [], "allowExtensionOperations": True}


def _computer_name(vm: VirtualMachine) -> str:
    return vm.name[:15] if vm.os == "Windows" else vm.name


def disk_name(vm: VirtualMachine) -> str:
    return f"{vm.name}_OsDisk_1_{vm.vm_id.replace('-', '')}"


def disk_id(vm: VirtualMachine) -> str:
    return f"{vm.group.id}/providers/Microsoft.Compute/disks/{disk_name(vm)}"


def disk_size(vm: VirtualMachine) -> int:
    """In GB."""
    return 127 if vm.os == "Windows" else 30


def nic_id(vm: VirtualMachine) -> str:
    return f"{vm.group.id}/providers/Microsoft.Network/networkInterfaces/{vm.name}-nic"
