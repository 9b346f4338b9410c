"""The things of the emulated Azure.

IDs that nobody gives are derived from names, so they are the same in every run.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from .roles import Role

_NAMESPACE = uuid.UUID("5ac9e0a5-26a7-4e54-8f38-06e6d9b1c1f3")
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)

MSI_EXTENSION_PUBLISHER = "Microsoft.ManagedIdentity"
DEFAULT_LOCATION = "eastus"
DEFAULT_SIZE = "Standard_DS1_v2"


def derived_id(*names: str) -> str:
    """The GUID that belongs to these names."""
    return str(uuid.uuid5(_NAMESPACE, "/".join(names).lower()))


def is_guid(text: str) -> bool:
    return _GUID.fullmatch(text) is not None


def scope_key(scope: str) -> str:
    """A scope in the form that compares: lower case, no slash at its end; the root is ""."""
    return scope.rstrip("/").lower()


@dataclass(frozen=True, slots=True)
class Tenant:
    id: str
    name: str
    domain: str


@dataclass(frozen=True, slots=True)
class Principal:
    """A managed identity.

    Attributes:
        resource_id: A user-assigned identity's own ID; for a system-assigned one, the VM's.
    """

    name: str
    tenant_id: str
    object_id: str
    client_id: str
    resource_id: str


@dataclass(slots=True, eq=False)
class Subscription:
    """A subscription: `id` is its scope, `subscription_id` the bare GUID; `groups` by name in lower case."""

    name: str
    subscription_id: str
    tenant_id: str
    groups: dict[str, ResourceGroup] = field(default_factory=dict)
    id: str = field(init=False)

    def __post_init__(self) -> None:
        self.id = f"/subscriptions/{self.subscription_id}"


@dataclass(slots=True, eq=False)
class ResourceGroup:
    """A resource group: `vms` and `identities` by name in lower case."""

    name: str
    subscription: Subscription
    location: str
    tags: dict[str, str] = field(default_factory=dict)
    vms: dict[str, VirtualMachine] = field(default_factory=dict)
    identities: dict[str, Principal] = field(default_factory=dict)
    id: str = field(init=False)

    def __post_init__(self) -> None:
        self.id = f"{self.subscription.id}/resourceGroups/{self.name}"


@dataclass(frozen=True, slots=True)
class Extension:
    """A VM extension."""

    name: str
    publisher: str
    type: str
    version: str = "1.0"
    settings: Mapping[str, object] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class VirtualMachine:
    """A VM. Tests may set any of these.

    Attributes:
        os: "Windows" or "Linux".
        image: publisher:offer:sku:version.
        power: "running", "stopped" or "deallocated".
        system_assigned: Its own identity; None where MSI is off.
        extensions: Keyed by name in lower case.
    """

    name: str
    group: ResourceGroup
    vm_id: str
    location: str
    size: str
    os: str
    image: str
    tags: dict[str, str]
    zones: tuple[str, ...]
    license_type: str | None
    power: str
    system_assigned: Principal | None = None
    user_assigned: list[Principal] = field(default_factory=list)
    extensions: dict[str, Extension] = field(default_factory=dict)
    id: str = field(init=False)

    def __post_init__(self) -> None:
        self.id = f"{self.group.id}/providers/Microsoft.Compute/virtualMachines/{self.name}"

    @property
    def identities(self) -> list[Principal]:
        """All its managed identities, its own one first."""
        own = self.system_assigned
        return [*([own] if own else []), *self.user_assigned]

    @property
    def has_msi_extension(self) -> bool:
        return any(extension.publisher == MSI_EXTENSION_PUBLISHER for extension in list(self.extensions.values()))

    def turn_msi_off(self) -> None:
        """Take away every identity and the MSI extension. Role assignments stay, as they do in Azure."""
        self.system_assigned = None
        self.user_assigned = []
        self.extensions = {
            key: extension
            for key, extension in self.extensions.items()
            if extension.publisher != MSI_EXTENSION_PUBLISHER
        }


@dataclass(frozen=True, slots=True)
class RoleAssignment:
    """A principal holds a role at a scope, and at everything below it.

    Attributes:
        name: A GUID.
        scope: As Azure spells it; "/" is the root.
        key: The scope in the form that compares, see `scope_key`.
    """

    name: str
    role: Role
    principal_id: str
    scope: str
    key: str


#: Images by OS: what a VM gets whose image is not given.
DEFAULT_IMAGES = {
    "Windows": "MicrosoftWindowsServer:WindowsServer:2016-Datacenter:latest",
    "Linux": "Canonical:UbuntuServer:16.04-LTS:latest",
}
POWER_STATES = frozenset({"running", "stopped", "deallocated"})


def msi_extension(os: str) -> Extension:
    """The extension that serves port 50342 on a VM with this OS."""
    kind = f"ManagedIdentityExtensionFor{os}"
    return Extension(kind, MSI_EXTENSION_PUBLISHER, kind, "1.0", {"port": 50342})
