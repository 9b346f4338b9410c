"""What to send for a VM that a script has changed in PowerShell: only what differs from the VM as it is. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .nouns import tag_texts

#: The members of AzureRM's object that are written, and what ARM calls them.
WRITTEN: Mapping[str, str] = {
    "HardwareProfile": "hardwareProfile",
    "StorageProfile": "storageProfile",
    "OSProfile": "osProfile",
    "NetworkProfile": "networkProfile",
    "DiagnosticsProfile": "diagnosticsProfile",
}

#: What tells the elements of a list of ARM's apart.
_KEYS = ("id", "name", "lun")


def machine_body(
    machine: Mapping[str, Any],
    wanted: Mapping[str, Any],
    *,
    tags: Mapping[str, Any] | None = None,
    write_accelerator: bool | None = None,
    ultra_ssd: bool | None = None,
) -> dict[str, Any]:
    """What a PATCH must say to make a VM as it is wanted; empty where it is so already.

    Args:
        machine: ARM's JSON of the VM as it is.
        wanted: Members of AzureRM's object. What it does not have, or has as null, stays.
        tags: All tags that the VM is to have; by default those of the object.
        write_accelerator: For the disk of the operating system.
        ultra_ssd: Whether disks of that kind can be attached.
    """
    there = machine.get("properties") or {}
    properties = {
        name: changed
        for member, name in WRITTEN.items()
        if (changed := _changed(wanted.get(member), there.get(name) or {})) is not None
    }
    license_type = wanted.get("LicenseType")
    if license_type and license_type != there.get("licenseType"):
        properties["licenseType"] = license_type
    if write_accelerator is not None:
        disk = (there.get("storageProfile") or {}).get("osDisk") or {}
        if write_accelerator is not bool(disk.get("writeAcceleratorEnabled")):
            storage = properties.setdefault("storageProfile", {})
            storage["osDisk"] = {**storage.get("osDisk", {}), "writeAcceleratorEnabled": write_accelerator}
    if ultra_ssd is not None:
        capabilities = there.get("additionalCapabilities") or {}
        if ultra_ssd is not bool(capabilities.get("ultraSSDEnabled")):
            properties["additionalCapabilities"] = {**capabilities, "ultraSSDEnabled": ultra_ssd}
    body: dict[str, Any] = {"properties": properties} if properties else {}
    named = wanted.get("Tags") if tags is None else tags
    texts = tag_texts(named if isinstance(named, Mapping) else None)
    if texts is not None and texts != (machine.get("tags") or {}):
        body["tags"] = texts
    return body


def _changed(wanted: Any, there: Mapping[str, Any]) -> dict[str, Any] | None:
    """The profile as it is wanted, in ARM's names; None where it is so already, or nothing is said of it."""
    if not isinstance(wanted, Mapping):  # none, or the text that is left of it after a job
        return None
    merged: dict[str, Any] = _merged(wanted, there)
    return None if merged == there else merged


def _merged(wanted: Any, there: Any) -> Any:
    """What is there, with what is wanted put over it."""
    if isinstance(wanted, Mapping):
        present = there if isinstance(there, Mapping) else {}
        names = {name.lower(): name for name in present}
        merged = dict(present)
        for member, value in _nested(wanted).items():
            if value is not None:
                name = names.get(member.lower(), member[:1].lower() + member[1:])
                merged[name] = _merged(value, present.get(name))
        return merged
    if isinstance(wanted, list):
        present_items = there if isinstance(there, list) else []
        return [_merged(item, _counterpart(item, present_items)) for item in wanted]
    return wanted


def _nested(wanted: Mapping[str, Any]) -> Mapping[str, Any]:
    """AzureRM has the properties of an interface beside its ID; ARM has them below it."""
    if "Primary" not in wanted or "Id" not in wanted:
        return wanted
    return {
        "Id": wanted["Id"],
        "Properties": {name: value for name, value in wanted.items() if name != "Id"},
    }


def _counterpart(item: Any, there: list[Any]) -> Any:
    """The element of a list that the wanted one is about."""
    if isinstance(item, Mapping):
        lowered = {name.lower(): value for name, value in item.items()}
        for key in _KEYS:
            if lowered.get(key) is not None:
                return next((one for one in there if isinstance(one, Mapping) and one.get(key) == lowered[key]), None)
    return None
