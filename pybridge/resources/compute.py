"""Virtual machines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .travel import ARM, HIDDEN


@dataclass(frozen=True, slots=True)
class UserAssignedIdentity:
    """A user-assigned identity as it hangs on a VM."""

    principal_id: str | None = None
    client_id: str | None = None


@dataclass(frozen=True, slots=True)
class VirtualMachineIdentity:
    """The identities of a VM.

    Attributes:
        principal_id: The object ID of the system-assigned identity; None without one.
        tenant_id: The tenant of the system-assigned identity.
        type: "SystemAssigned", "UserAssigned" or "SystemAssigned, UserAssigned".
        identity_ids: The resource IDs of the user-assigned identities.
        user_assigned_identities: The same with their principal and client IDs.
    """

    principal_id: str | None
    tenant_id: str | None
    type: str | None
    identity_ids: tuple[str, ...] = ()
    user_assigned_identities: Mapping[str, UserAssignedIdentity] | None = None


@dataclass(frozen=True, slots=True)
class VirtualMachine:
    """A VM. The parts that ARM nests (`storage_profile` ...) are its JSON as it came; `raw` is all of it."""

    resource_group_name: str
    id: str
    vm_id: str | None
    name: str
    type: str
    location: str
    license_type: str | None
    tags: Mapping[str, str] | None
    availability_set_reference: Mapping[str, Any] | None = field(metadata=ARM)
    diagnostics_profile: Mapping[str, Any] | None = field(metadata=ARM)
    extensions: tuple[Mapping[str, Any], ...] = field(metadata=ARM)
    hardware_profile: Mapping[str, Any] | None = field(metadata=ARM)
    instance_view: Mapping[str, Any] | None = field(metadata=ARM)
    network_profile: Mapping[str, Any] | None = field(metadata=ARM)
    os_profile: Mapping[str, Any] | None = field(metadata=ARM)
    plan: Mapping[str, Any] | None = field(metadata=ARM)
    provisioning_state: str | None
    storage_profile: Mapping[str, Any] | None = field(metadata=ARM)
    identity: VirtualMachineIdentity | None
    zones: tuple[str, ...]
    display_hint: str = "Compact"
    fully_qualified_domain_name: str | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, metadata=HIDDEN)


@dataclass(frozen=True, slots=True)
class VirtualMachineListItem(VirtualMachine):
    """A VM as a list has it; PowerShell shows it as a row of a table."""
