"""What Azure has, and who is signed in to it: frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

#: How a field travels to PowerShell (see wire.py), where its type does not say it.
SECRET = {"wire": "secret"}
ARM = {"wire": "arm"}
HIDDEN = {"wire": "hidden"}
EPOCH = {"wire": "epoch"}


@dataclass(frozen=True, slots=True)
class Tenant:
    """An Azure AD tenant; `directory` is its name, where ARM tells."""

    id: str
    directory: str | None = None


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription that the caller can see."""

    id: str
    name: str
    tenant_id: str | None = None
    state: str | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, metadata=HIDDEN)


@dataclass(frozen=True, slots=True)
class ResourceGroup:
    """A resource group; `raw` is ARM's own JSON."""

    resource_group_name: str
    location: str
    provisioning_state: str | None
    tags: Mapping[str, str] | None
    resource_id: str
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, metadata=HIDDEN)


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


@dataclass(frozen=True, slots=True)
class ResourceId:
    """What a token for a service is asked for, in one cloud: a row of the catalogue."""

    name: str
    resource_id: str
    title: str
    environment: str
    tested: bool
    documentation: str


@dataclass(frozen=True, slots=True)
class ManagedIdentity:
    """Whose tokens come here, as the claims of one tell it: for display, as nobody has checked them.

    Attributes:
        kind: "SystemAssigned", "UserAssigned" or "User" (Cloud Shell); None where the token does not tell.
        display_name: The name of the user, or of the application.
        object_id: What roles are granted to.
        resource_id: Of the identity: a system-assigned one has that of its machine.
        assigned_to: The resource ID of what it was asked on, such as the VM, where the token tells that beside it.
        source: The name of the source that gave the token; `source_title` is what a sentence calls it.
        why: Why it was this source.
        resource: What the token is for.
        expires_on: When it expires, in seconds since 1970 (UTC).
    """

    kind: str | None
    display_name: str | None
    tenant_id: str | None
    object_id: str | None
    client_id: str | None
    resource_id: str | None
    assigned_to: str | None
    source: str | None
    source_title: str | None
    why: str | None
    resource: str
    expires_on: int = field(metadata=EPOCH)


@dataclass(frozen=True, slots=True)
class Check:
    """One row of a checklist.

    Attributes:
        name: What was looked at; "Verdict" for the last row, which sums up.
        state: "ok", "warning", "broken" or "skipped".
        message: What was found.
        remedy: What to do now, or what is worth knowing.
    """

    name: str
    state: str
    message: str
    remedy: str | None = None


@dataclass(frozen=True, slots=True)
class Environment:
    """A cloud, in the words of AzureRM. What a cloud does not have, or does not tell, is None.

    Attributes:
        name: "AzureCloud", "AzureUSGovernment" ...
        resource_manager_url: Where ARM answers, with a trailing slash.
        active_directory_authority: Where people sign in.
        type: "Built-in", or "Discovered" where ARM told the rest.
        enable_adfs_authentication: Whether people sign in at an AD FS of the cloud's own, as on some Azure Stacks.
        active_directory_service_endpoint_resource_id: The audience that ARM names for itself.
        ad_tenant: The tenant to sign in to where none is named.
        ..._url: Where that service answers.
        ..._suffix: How the names of its accounts end; only that of SQL begins with a dot, as in AzureRM.
        ..._resource_id: What a token for it is asked for.
    """

    name: str
    resource_manager_url: str
    active_directory_authority: str
    type: str = "Built-in"
    enable_adfs_authentication: bool = False
    active_directory_service_endpoint_resource_id: str | None = None
    ad_tenant: str | None = None
    service_management_url: str | None = None
    management_portal_url: str | None = None
    gallery_url: str | None = None
    graph_url: str | None = None
    graph_endpoint_resource_id: str | None = None
    microsoft_graph_url: str | None = None
    storage_endpoint_suffix: str | None = None
    sql_database_dns_suffix: str | None = None
    traffic_manager_dns_suffix: str | None = None
    container_registry_endpoint_suffix: str | None = None
    azure_key_vault_dns_suffix: str | None = None
    azure_key_vault_service_endpoint_resource_id: str | None = None
    azure_data_lake_store_file_system_endpoint_suffix: str | None = None
    azure_data_lake_analytics_catalog_and_job_endpoint_suffix: str | None = None
    data_lake_endpoint_resource_id: str | None = None
    batch_endpoint_resource_id: str | None = None
    azure_operational_insights_endpoint_resource_id: str | None = None

    @property
    def arm_resource(self) -> str:
        """What a token for ARM is asked for: its own URL, but where a discovered ARM names another audience."""
        if self.type == "Discovered" and self.active_directory_service_endpoint_resource_id:
            return self.active_directory_service_endpoint_resource_id
        return self.resource_manager_url


@dataclass(frozen=True, slots=True)
class Account:
    """Who is signed in.

    Attributes:
        id: The name of the session: "MSI@50342" by default, or what the caller chose.
        type: "ManagedService" (tokens are fetched as they are needed) or "AccessToken" (the caller's one).
        tenants: The tenants that it can see.
        credential, tenant_map, certificate_thumbprint, extended_properties: AzureRM's further members, unused.
        access_token: The caller's token. `repr` leaves it out.
        endpoint: The managed identity endpoint that the caller named, if any.
        secret: The secret that this endpoint wants. `repr` leaves it out.
    """

    id: str
    type: str
    tenants: tuple[str, ...] = ()
    credential: str | None = None
    tenant_map: Mapping[str, str] = field(default_factory=dict)
    certificate_thumbprint: str | None = None
    extended_properties: Mapping[str, str] = field(default_factory=dict)
    access_token: str | None = field(default=None, repr=False, metadata=SECRET)
    endpoint: str | None = None
    secret: str | None = field(default=None, repr=False, metadata=SECRET)


@dataclass(frozen=True, slots=True)
class Context:
    """A signed-in caller: the account, and where its commands go.

    Attributes:
        name: "Subscription1 (guid)", AzureRM's name for it.
        subscription: None when the account sees no subscription.
        tenant: None when neither ARM nor the caller told.
        token_cache, version_profile, extended_properties: AzureRM's further members, unused.
    """

    name: str
    account: Account
    environment: Environment
    subscription: Subscription | None
    tenant: Tenant | None
    token_cache: str | None = None
    version_profile: str | None = None
    extended_properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Profile:
    """What a sign-in gives: the context, and the clouds that are known."""

    context: Context
    environments: Mapping[str, Environment]
