"""The nouns: frozen values, and the one shape of everything that talks, `Transport`.

No value here shows a token in its `repr`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from .errors import UsageError

#: How a field travels to PowerShell (see wire.py), where its type does not say it.
SECRET = {"wire": "secret"}
EPOCH = {"wire": "epoch"}
ARM = {"wire": "arm"}
HIDDEN = {"wire": "hidden"}


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One HTTP request.

    Attributes:
        method: The verb in capitals.
        url: Absolute, query included.
        headers: May hold secrets, so `repr` leaves them out.
        body: The bytes to send; empty for none.
        timeout: Seconds for the whole exchange, the body of the answer included.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    timeout: float = 30.0


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """One HTTP answer, read to its end.

    Attributes:
        status: The status code.
        headers: As they came; read one with `header`, which ignores case.
        body: The bytes of the body. It may be a token, so `repr` leaves it out.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)

    def header(self, name: str) -> str | None:
        """The value of a header, whatever its case, or None."""
        wanted = name.lower()
        return next((value for key, value in self.headers.items() if key.lower() == wanted), None)


class Transport(Protocol):
    """Anything that answers HTTP requests: this machine's metadata endpoint, ARM, the emulator."""

    def send(self, request: HttpRequest) -> HttpResponse:
        """Answer the request.

        Raises:
            TransportError: No usable answer came back.
        """
        ...


@dataclass(frozen=True, slots=True)
class ManagedIdentityId:
    """Which managed identity: the default one of the machine, or one named in one of three ways.

    Attributes:
        client_id: The application ID of a user-assigned identity.
        object_id: The ID of its service principal.
        resource_id: Its ARM resource ID.

    Raises:
        UsageError: More than one of them is given.
    """

    client_id: str | None = None
    object_id: str | None = None
    resource_id: str | None = None

    def __post_init__(self) -> None:
        if sum(value is not None for value in (self.client_id, self.object_id, self.resource_id)) > 1:
            raise UsageError(
                "more than one of client_id, object_id and resource_id is given",
                remedy="Name the identity in one way; for the machine's default identity name none.",
            )

    @property
    def selector(self) -> tuple[str, str] | None:
        """The name and the value of the one that is given; None for the machine's default identity."""
        for name in ("client_id", "object_id", "resource_id"):
            value = getattr(self, name)
            if value is not None:
                return name, value
        return None


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A bearer token.

    Attributes:
        token: The bearer string. `repr` leaves it out.
        expires_on: When it expires, in seconds since 1970 (UTC).
        resource: What it is for, as it was asked.
        source: The source that handed it out; None for a token that the caller brought.
        client_id: The application ID of its identity, where the source tells.
    """

    token: str = field(repr=False, metadata=SECRET)
    expires_on: int = field(metadata=EPOCH)
    resource: str
    source: str | None = None
    client_id: str | None = None


class Credential(Protocol):
    """Anything that gives tokens."""

    def get_token(self, resource: str) -> AccessToken:
        """A token for the resource.

        Raises:
            CredentialError: There is none.
        """
        ...


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
class Environment:
    """A cloud, in the words of AzureRM.

    Attributes:
        name: "AzureCloud", "AzureUSGovernment" ...
        resource_manager_url: Where ARM answers, with a trailing slash.
        active_directory_authority: Where people sign in.
    """

    name: str
    resource_manager_url: str
    active_directory_authority: str


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
