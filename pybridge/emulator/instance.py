"""What IMDS tells a VM about itself: `/metadata/instance`."""

from __future__ import annotations

import uuid
from typing import Any

from .nouns import VirtualMachine


def instance_tree(vm: VirtualMachine) -> dict[str, Any]:
    """The whole tree. All leaves are text."""
    publisher, offer, sku, version = vm.image.split(":")
    number = uuid.UUID(vm.vm_id).int
    return {
        "compute": {
            "azEnvironment": "AzurePublicCloud",
            "licenseType": vm.license_type or "",
            "location": vm.location,
            "name": vm.name,
            "offer": offer,
            "osType": vm.os,
            "placementGroupId": "",
            "platformFaultDomain": "0",
            "platformUpdateDomain": "0",
            "provider": "Microsoft.Compute",
            "publisher": publisher,
            "resourceGroupName": vm.group.name,
            "resourceId": vm.id,
            "sku": sku,
            "subscriptionId": vm.group.subscription.subscription_id,
            "tags": ";".join(f"{name}:{value}" for name, value in vm.tags.items()),
            "tagsList": [{"name": name, "value": value} for name, value in vm.tags.items()],
            "version": version,
            "vmId": vm.vm_id,
            "vmScaleSetName": "",
            "vmSize": vm.size,
            "zone": vm.zones[0] if vm.zones else "",
        },
        "network": {
            "interface": [
                {
                    "ipv4": {
                        "ipAddress": [
                            {
                                "privateIpAddress": f"10.0.{number >> 8 & 255}.{number & 255}",
                                "publicIpAddress": "",
                            }
                        ],
                        "subnet": [{"address": "10.0.0.0", "prefix": "16"}],
                    },
                    "ipv6": {"ipAddress": []},
                    "macAddress": f"000D3A{number & 0xFFFFFF:06X}",
                }
            ]
        },
    }


def instance_text(node: Any) -> str:
    """format=text: a leaf as it is, otherwise what the path can go on with, one a line."""
    if isinstance(node, dict):
        return "\n".join(name + ("/" if isinstance(value, dict | list) else "") for name, value in node.items())
    if isinstance(node, list):
        return "\n".join(f"{index}/" for index in range(len(node)))
    return str(node)
