"""Who is signed in, and to which cloud."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .travel import HIDDEN, SECRET


@dataclass(frozen=True, slots=True)
class Tenant:
    """An Azure AD tenant; `directory` is its name, where ARM tells. `extended_properties`: AzureRM's, unused."""

    id: str
    directory: str | None = None
    extended_properties: Mapping[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription that the caller can see.

    Attributes:
        current_storage_account, current_storage_account_name: AzureRM's further members, unused.
        extended_properties: Whose it is, and where; AzureRM's words. See `seen_by`.
    """

    id: str
    name: str
    tenant_id: str | None = None
    state: str | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, metadata=HIDDEN)
    current_storage_account: str | None = field(default=None, init=False, repr=False)
    current_storage_account_name: str | None = field(default=None, init=False, repr=False)
    extended_properties: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    def seen_by(self, account: str, environment: str) -> Subscription:
        """The same, with the account that sees it, and the cloud that it is in."""
        known = {"Account": account, "Environment": environment}
        if self.tenant_id:
            known["Tenants"] = self.tenant_id
        return replace(self, extended_properties=known)


#: What AzureRM and Az keep among the extended properties of a cloud, and what it is called there.
EXTENDED: Mapping[str, str] = {
    "azure_operational_insights_endpoint": "OperationalInsightsEndpoint",
    "azure_operational_insights_endpoint_resource_id": "OperationalInsightsEndpointResourceId",
    "azure_analysis_services_endpoint_suffix": "AzureAnalysisServicesEndpointSuffix",
    "microsoft_graph_url": "MicrosoftGraphUrl",
    "container_registry_endpoint_suffix": "ContainerRegistryEndpointSuffix",
}


@dataclass(frozen=True, slots=True)
class Environment:
    """A cloud, in the words of AzureRM. What a cloud does not have, or does not tell, is None.

    Attributes:
        name: "AzureCloud", "AzureUSGovernment" ...
        resource_manager_url: Where ARM answers, with a trailing slash.
        active_directory_authority: Where people sign in.
        type: "Built-in", "Discovered" where ARM told the rest, or "User-defined".
        enable_adfs_authentication: Whether people sign in at an AD FS of the cloud's own, as on some Azure Stacks.
        active_directory_service_endpoint_resource_id: The audience that ARM names for itself.
        ad_tenant: The tenant to sign in to where none is named.
        ..._url: Where that service answers.
        ..._suffix: How the names of its accounts end; only that of SQL begins with a dot, as in AzureRM.
        ..._resource_id: What a token for it is asked for.
        version_profiles: AzureRM's further member, unused.
        extended_properties: Some of the above, as AzureRM keeps them: see EXTENDED.
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
    azure_operational_insights_endpoint: str | None = None
    azure_analysis_services_endpoint_suffix: str | None = None
    publish_settings_file_url: str | None = None
    version_profiles: tuple[str, ...] = field(default=(), init=False, repr=False, compare=False)
    extended_properties: Mapping[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        known = {key: value for name, key in EXTENDED.items() if (value := getattr(self, name)) is not None}
        object.__setattr__(self, "extended_properties", known)

    @property
    def arm_resource(self) -> str:
        """What a token for ARM is asked for: its own URL, but where a cloud of the user's names another audience."""
        if self.type != "Built-in" and self.active_directory_service_endpoint_resource_id:
            return self.active_directory_service_endpoint_resource_id
        return self.resource_manager_url


@dataclass(frozen=True, slots=True)
class Account:
    """Who is signed in.

    Attributes:
        id: The name of the session: "MSI@50342" by default, or what the caller chose.
        type: "ManagedService" and "ServicePrincipal" (tokens are fetched as they are needed) or "AccessToken" (the
            caller's one); from a context file also "User" and "Certificate", which cannot be used here.
        tenants: The tenants that it can see.
        subscriptions: The IDs of subscriptions that it has had contexts for.
        credential, tenant_map, certificate_thumbprint: AzureRM's further members, unused.
        extended_properties: Some of these, as AzureRM keeps them; not the secrets, which AzureRM keeps there too.
        access_token: The caller's token. `repr` leaves it out.
        computer_name: Whose managed identity it is, if not this machine's: what the caller calls that computer. How it
            is reached, and as whom, only PowerShell's session knows.
        endpoint: The managed identity endpoint that the caller named, if any.
        secret: What that endpoint wants; of a service principal, its password. `repr` leaves it out.
    """

    id: str
    type: str
    tenants: tuple[str, ...] = ()
    credential: str | None = None
    tenant_map: Mapping[str, str] = field(default_factory=dict)
    certificate_thumbprint: str | None = None
    extended_properties: Mapping[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)
    computer_name: str | None = None
    access_token: str | None = field(default=None, repr=False, metadata=SECRET)
    endpoint: str | None = None
    secret: str | None = field(default=None, repr=False, metadata=SECRET)
    subscriptions: tuple[str, ...] = field(default=(), repr=False, compare=False, metadata=HIDDEN)

    def __post_init__(self) -> None:
        known = {
            "Tenants": ",".join(self.tenants),
            "Subscriptions": ",".join(self.subscriptions),
            "CertificateThumbprint": self.certificate_thumbprint,
            "MSILoginUri": self.endpoint,
        }
        object.__setattr__(self, "extended_properties", {key: value for key, value in known.items() if value})


@dataclass(frozen=True, slots=True)
class Context:
    """A signed-in caller: the account, and where its commands go.

    Attributes:
        name: "Subscription1 (guid)", AzureRM's name for it.
        subscription: None when the account sees no subscription.
        tenant: None when neither ARM nor the caller told.
        token_cache, version_profile: AzureRM's further members, unused.
        extended_properties: What the caller has said of it.
    """

    name: str
    account: Account
    environment: Environment
    subscription: Subscription | None
    tenant: Tenant | None
    token_cache: str | None = None
    version_profile: str | None = None
    extended_properties: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.subscription is not None:
            seen = self.subscription.seen_by(self.account.id, self.environment.name)
            object.__setattr__(self, "subscription", seen)


@dataclass(frozen=True, slots=True)
class Session:
    """What a PowerShell session holds: who is signed in, and the clouds that were added.

    Attributes:
        contexts: In the order in which they came; their names differ.
        current: The name of the one that commands use; None where nobody is signed in.
        environments: Clouds beside the built-in ones, by name.
        autosave: Whether changes are saved for the user's next session; None for as the user's setting says.
    """

    contexts: tuple[Context, ...] = ()
    current: str | None = None
    environments: Mapping[str, Environment] = field(default_factory=dict)
    autosave: bool | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """What a sign-in gives: the context, and the clouds that are known. An imported one may have no context."""

    context: Context | None
    environments: Mapping[str, Environment]


@dataclass(frozen=True, slots=True)
class ContextAutosaveSettings:
    """Whether contexts are saved for the next session, and where; AzureRM's words.

    Attributes:
        mode: "CurrentUser" where they are, "Process" where they are not.
        context_directory, context_file: Where; "None" for nowhere.
        cache_directory, cache_file: "None": tokens are not saved.
    """

    mode: str
    context_directory: str = "None"
    context_file: str = "None"
    cache_directory: str = "None"
    cache_file: str = "None"
    settings: Mapping[str, str] = field(default_factory=dict)
