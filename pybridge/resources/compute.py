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
        type: "SystemAssigned", "UserAssigned" or, as AzureRM spells it, "SystemAssignedUserAssigned".
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
    """A VM. The parts that ARM nests (`storage_profile` ...) are its JSON as it came; `raw` is all of it.

    Attributes:
        display_hint: "Compact", or "Expand" where PowerShell is to print every part to the bottom.
        fully_qualified_domain_name: AzureRM's member, unused.
        request_id: Of the answer that it came with; None for one of a list.
        status_code: Of that answer, in .NET's word.
    """

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
    zones: tuple[str, ...] | None
    display_hint: str = "Compact"
    fully_qualified_domain_name: str | None = None
    request_id: str | None = None
    status_code: str = "OK"
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, metadata=HIDDEN)


@dataclass(frozen=True, slots=True)
class VirtualMachineListItem(VirtualMachine):
    """A VM as a list has it; PowerShell shows it as a row of a table."""


@dataclass(frozen=True, slots=True)
class VirtualMachineListStatus(VirtualMachineListItem):
    """A VM as a list with states has it.

    Attributes:
        power_state: "VM running", "VM deallocated" ..., or "Info Not Available" where ARM does not tell.
        maintenance_redeploy_status: Of a maintenance that Azure has planned.
    """

    power_state: str = "Info Not Available"
    maintenance_redeploy_status: Mapping[str, Any] | None = field(default=None, metadata=ARM)


@dataclass(frozen=True, slots=True)
class VirtualMachineInstanceView:
    """The state of one VM, which is no VM: it has neither ID nor location. The nested parts are ARM's JSON."""

    resource_group_name: str
    name: str
    boot_diagnostics: Mapping[str, Any] | None = field(metadata=ARM)
    computer_name: str | None
    disks: tuple[Mapping[str, Any], ...] = field(metadata=ARM)
    extensions: tuple[Mapping[str, Any], ...] = field(metadata=ARM)
    hyper_v_generation: str | None
    maintenance_redeploy_status: Mapping[str, Any] | None = field(metadata=ARM)
    os_name: str | None
    os_version: str | None
    platform_fault_domain: int | None
    platform_update_domain: int | None
    remote_desktop_thumbprint: str | None
    vm_agent: Mapping[str, Any] | None = field(metadata=ARM)
    statuses: tuple[Mapping[str, Any], ...] = field(metadata=ARM)
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, metadata=HIDDEN)


@dataclass(frozen=True, slots=True)
class VirtualMachineExtension:
    """An extension of a VM.

    Attributes:
        etag: AzureRM's member, which it fills with the tags, as JSON.
        public_settings: JSON.
        protected_settings: Always None: ARM takes them, and never gives them back.
        statuses, sub_statuses: None unless they were asked for.
    """

    resource_group_name: str
    vm_name: str
    name: str
    location: str | None
    etag: str | None
    publisher: str | None
    extension_type: str | None
    type_handler_version: str | None
    id: str
    public_settings: str | None
    protected_settings: None
    provisioning_state: str | None
    statuses: tuple[Mapping[str, Any], ...] | None = field(metadata=ARM)
    sub_statuses: tuple[Mapping[str, Any], ...] | None = field(metadata=ARM)
    auto_upgrade_minor_version: bool | None
    force_update_tag: str | None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, metadata=HIDDEN)
