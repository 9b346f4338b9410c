"""The things of the emulated Azure.

IDs that nobody gives are derived from names, so they are the same in every run.
"""

from __future__ import annotations

import base64
import hashlib
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


def derived_secret(*names: str) -> str:
    """The secret that belongs to these names. Everybody can tell it: it opens nothing but an emulator."""
    digest = hashlib.sha256("/".join([_NAMESPACE.hex, *names]).lower().encode()).digest()
    return f"emulated~{base64.urlsafe_b64encode(digest).decode().rstrip('=')[:31]}"


def is_guid(text: str) -> bool:
    return _GUID.fullmatch(text) is not None


def scope_key(scope: str) -> str:
    """A scope in the form that compares: lower case, no slash at its end; the root is ""."""
    return scope.rstrip("/").lower()


def covers(outer: str, inner: str) -> bool:
    """Whether one scope is the other or holds it. Both are keys, see `scope_key`."""
    return inner == outer or inner.startswith(outer + "/")


@dataclass(frozen=True, slots=True)
class Tenant:
    id: str
    name: str
    domain: str


@dataclass(frozen=True, slots=True)
class Principal:
    """Who may hold roles: a managed identity, an application, a user.

    Attributes:
        object_id: Empty for what is left of a user-assigned identity on a VM once the identity is deleted.
        resource_id: A user-assigned identity's own ID; for a system-assigned one, the VM's; else empty.
        location: Of a user-assigned identity.
        tags: Of a user-assigned identity; they may change.
    """

    name: str
    tenant_id: str
    object_id: str
    client_id: str
    resource_id: str
    location: str = field(default="", compare=False)
    tags: dict[str, str] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Application:
    """An application, and the secret that it signs in with. The emulator's secrets are worth nothing elsewhere."""

    principal: Principal
    secret: str = field(repr=False)


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
    """A resource group: `vms` and `identities` by name in lower case; `provisioning` is Deleting before its end."""

    name: str
    subscription: Subscription
    location: str
    tags: dict[str, str] = field(default_factory=dict)
    provisioning: str = "Succeeded"
    vms: dict[str, VirtualMachine] = field(default_factory=dict)
    identities: dict[str, Principal] = field(default_factory=dict)
    id: str = field(init=False)

    def __post_init__(self) -> None:
        self.id = f"{self.subscription.id}/resourceGroups/{self.name}"


#: What does not count as a change of a VM's state: how far a change is carried out.
_NO_CHANGE = frozenset({"provisioning", "revision"})
#: Provisioning states in which an extension does its work.
_AT_WORK = frozenset({"Succeeded", "Updating", "Deleting"})


@dataclass(frozen=True, slots=True)
class Extension:
    """A VM extension.

    Attributes:
        provisioning: Creating, Updating, Deleting, Succeeded, Failed or Canceled.
        message: Why it failed.
    """

    name: str
    publisher: str
    type: str
    version: str = "1.0"
    settings: Mapping[str, object] = field(default_factory=dict)
    auto_upgrade: bool = True
    tags: Mapping[str, str] = field(default_factory=dict)
    provisioning: str = "Succeeded"
    message: str = ""


@dataclass(slots=True, eq=False)
class VirtualMachine:
    """A VM. Tests may set any of these; to set one changes the ETag.

    Attributes:
        os: "Windows" or "Linux".
        image: publisher:offer:sku:version.
        power: "running", "stopped" or "deallocated"; on the way there "starting", "stopping" or "deallocating".
        system_assigned: Its own identity; None where MSI is off.
        user_assigned: With what is left of deleted ones.
        extensions: Keyed by name in lower case.
        extensions_fail: Names and types of extensions, in lower case, whose installation fails.
        provisioning: Creating, Updating, Deleting, Succeeded, Failed or Canceled.
        revision: How often it was changed.
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
    extensions_fail: frozenset[str] = frozenset()
    provisioning: str = "Succeeded"
    id: str = field(init=False)
    revision: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self.id = f"{self.group.id}/providers/Microsoft.Compute/virtualMachines/{self.name}"

    def __setattr__(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)
        if name not in _NO_CHANGE:
            object.__setattr__(self, "revision", getattr(self, "revision", 0) + 1)

    @property
    def etag(self) -> str:
        """Names the state that it is in, as the header ETag does."""
        return f'"{self.revision}"'

    @property
    def identities(self) -> list[Principal]:
        """All its managed identities that there are, its own one first."""
        own = self.system_assigned
        return [*([own] if own else []), *(other for other in self.user_assigned if other.object_id)]

    @property
    def has_msi_extension(self) -> bool:
        return any(
            extension.publisher == MSI_EXTENSION_PUBLISHER and extension.provisioning in _AT_WORK
            for extension in list(self.extensions.values())
        )

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
        remarks: What else Azure keeps of it, in its JSON's words: description, condition, createdOn, createdBy.
    """

    name: str
    role: Role
    principal_id: str
    scope: str
    key: str
    remarks: Mapping[str, object] = field(default_factory=dict, compare=False)


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
