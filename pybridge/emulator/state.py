"""A world from a YAML file. `world.yaml` beside this file is the default world and an example of all of it.

    tenant: {name, id, domain}
    roles:                          own roles; Azure's common ones are there already
      NAME: {actions, not_actions, description, id}
    access: ...                     at the root, above all subscriptions
    applications:                   they sign in with a secret, which is worth nothing outside of the emulator
      NAME: {client_id, object_id, secret}
    subscriptions:
      NAME:
        id:                         a GUID
        access: {ROLE: [WHO, ...]}  who holds which role here: a VM (its own identity; group/vm where a name
                                    occurs twice), a user-assigned identity, an application, or any object ID
        groups:
          NAME:
            location, tags
            access: ...
            identities:             user-assigned
              NAME: {object_id, client_id, location, tags}
            vms:
              NAME:
                system_assigned     true where nothing is said
                user_assigned       [identity, ...]; resource IDs too
                msi_extension       true where the VM has an identity
                extensions          NAME: {publisher, type, version, settings}
                extensions_fail     [NAME or type, ...]: what cannot be installed here; so does any extension fail
                                    that is installed with the setting "fail": true
                os                  Windows or Linux
                power               running, stopped or deallocated
                location, size, image (publisher:offer:sku:version), tags, zones, license_type
                object_id, client_id
                access: ...

Nothing but names is needed: the rest is derived from them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from ..errors import StateError, UsageError
from ..yamlfile import Node, parse
from .nouns import (
    DEFAULT_IMAGES,
    DEFAULT_LOCATION,
    DEFAULT_SIZE,
    POWER_STATES,
    Extension,
    Principal,
    ResourceGroup,
    Subscription,
    Tenant,
    VirtualMachine,
    derived_id,
    is_guid,
)
from .roles import Role
from .world import World

_ROOT = frozenset({"tenant", "roles", "access", "applications", "subscriptions"})
_TENANT = frozenset({"name", "id", "domain"})
_ROLE = frozenset({"actions", "not_actions", "description", "id"})
_SUBSCRIPTION = frozenset({"id", "access", "groups"})
_GROUP = frozenset({"location", "tags", "access", "identities", "vms"})
_IDS = frozenset({"object_id", "client_id"})
_IDENTITY = _IDS | {"location", "tags"}
_APPLICATION = _IDS | {"secret"}
_EXTENSION = frozenset({"publisher", "type", "version", "settings"})
_VM = _IDS | {
    "system_assigned", "user_assigned", "msi_extension", "extensions", "extensions_fail", "os", "power",
    "location", "size", "image", "tags", "zones", "license_type", "access",
}  # fmt: skip


def load(path: Path) -> World:
    """Read a world from a file.

    Raises:
        StateError: The file cannot be read, or says something wrong; the message names the line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as exc:
        raise StateError(f"cannot be read ({getattr(exc, 'strerror', None) or exc})", file=str(path)) from exc
    return world_from(text, file=str(path))


def default_world() -> World:
    """The world of `world.yaml` beside this file."""
    return load(Path(__file__).with_name("world.yaml"))


def world_from(text: str, *, file: str) -> World:
    """Read a world from YAML text; `file` is its name in errors."""
    return _Reader(parse(text, file=file, error=StateError)).world


class _Reader:
    """Reads things top down; who may do what comes last, as it may name what stands further below."""

    def __init__(self, root: Node) -> None:
        entries = root.mapping(_ROOT)
        self.world = World(tenant=_tenant(entries.get("tenant")))
        self._access: list[tuple[Node, str]] = []
        self._wanted_identities: list[tuple[Node, VirtualMachine]] = []
        for name, node in _named(entries.get("roles")):
            role = _role(name, node)
            self.world.roles[role.guid] = role
        for name, node in _named(entries.get("applications")):
            self._application(name, node)
        self._note_access(entries.get("access"), "/")
        for name, node in _named(entries.get("subscriptions")):
            self._subscription(name, node)
        for node, vm in self._wanted_identities:
            vm.user_assigned.append(self._identity(node, vm))
        for node, scope in self._access:
            self._grant(node, scope)

    def _application(self, name: str, node: Node) -> None:
        entries = node.mapping(_APPLICATION)
        self.world.add_application(
            name,
            client_id=_guid(entries.get("client_id")),
            object_id=_guid(entries.get("object_id")),
            secret=_text(entries.get("secret")),
        )

    def _subscription(self, name: str, node: Node) -> None:
        entries = node.mapping(_SUBSCRIPTION)
        subscription = self.world.add_subscription(name, subscription_id=_guid(entries.get("id")))
        self._note_access(entries.get("access"), subscription.id)
        for group_name, group_node in _named(entries.get("groups")):
            self._group(subscription, group_name, group_node)

    def _group(self, subscription: Subscription, name: str, node: Node) -> None:
        entries = node.mapping(_GROUP)
        group = self.world.add_group(
            subscription,
            name,
            location=_text(entries.get("location")) or DEFAULT_LOCATION,
            tags=_tags(entries.get("tags")),
        )
        self._note_access(entries.get("access"), group.id)
        for identity_name, identity_node in _named(entries.get("identities")):
            ids = identity_node.mapping(_IDENTITY)
            self.world.add_identity(
                group,
                identity_name,
                object_id=_guid(ids.get("object_id")),
                client_id=_guid(ids.get("client_id")),
                location=_text(ids.get("location")),
                tags=_tags(ids.get("tags")),
            )
        for vm_name, vm_node in _named(entries.get("vms")):
            self._vm(group, vm_name, vm_node)

    def _vm(self, group: ResourceGroup, name: str, node: Node) -> None:
        entries = node.mapping(_VM)
        wanted = list(_items(entries.get("user_assigned")))
        system_assigned = _flag(entries.get("system_assigned"), True)
        vm = self.world.add_vm(
            group,
            name,
            system_assigned=system_assigned,
            with_msi_extension=_flag(entries.get("msi_extension"), system_assigned or bool(wanted)),
            extensions=[_extension(key, item) for key, item in _named(entries.get("extensions"))],
            os=_choice(entries.get("os"), DEFAULT_IMAGES) or "Windows",
            power=_choice(entries.get("power"), POWER_STATES) or "running",
            image=_image(entries.get("image")),
            location=_text(entries.get("location")),
            size=_text(entries.get("size")) or DEFAULT_SIZE,
            tags=_tags(entries.get("tags")),
            zones=[str(zone.plain()) for zone in _items(entries.get("zones"))],
            license_type=_text(entries.get("license_type")),
            extensions_fail=[item.text() for item in _items(entries.get("extensions_fail"))],
            object_id=_guid(entries.get("object_id")),
            client_id=_guid(entries.get("client_id")),
        )
        self._wanted_identities.extend((item, vm) for item in wanted)
        self._note_access(entries.get("access"), vm.id)

    def _identity(self, node: Node, vm: VirtualMachine) -> Principal:
        """The user-assigned identity that a VM names: of its own group, or by resource ID."""
        wanted = node.text().lower()
        elsewhere = {
            identity.resource_id.lower(): identity
            for group in self.world.groups()
            for identity in group.identities.values()
        }
        identity = vm.group.identities.get(wanted) or elsewhere.get(wanted)
        if identity is None:
            node.fail(
                f"the group {vm.group.name} has no identity {node.text()!r}",
                remedy="Name one of `identities` of the same group, or a resource ID.",
            )
        return identity

    def _note_access(self, node: Node | None, scope: str) -> None:
        if node is not None:
            self._access.append((node, scope))

    def _grant(self, node: Node, scope: str) -> None:
        for role, holders in node.mapping().items():
            for holder in holders.items():
                try:
                    self.world.grant(role, to=holder.text(), scope=scope)
                except UsageError as exc:
                    holder.fail(exc.message, remedy=exc.remedy)


def _named(node: Node | None) -> Iterator[tuple[str, Node]]:
    """The entries of a mapping by name. Azure's names ignore case: two that differ in it only are one."""
    if node is None:
        return
    seen: set[str] = set()
    for name, item in node.mapping().items():
        if not name or "/" in name:
            item.fail(f"{name!r} is not a name")
        if name.lower() in seen:
            item.fail(f"the name {name!r} stands here twice, but for upper and lower case")
        seen.add(name.lower())
        yield name, item


def _items(node: Node | None) -> Iterable[Node]:
    return () if node is None else node.items()


def _text(node: Node | None) -> str | None:
    return None if node is None else node.text()


def _flag(node: Node | None, default: bool) -> bool:
    return default if node is None else node.flag()


def _guid(node: Node | None) -> str | None:
    if node is None:
        return None
    if not is_guid(node.text()):
        node.fail(f"{node.text()!r} is not a GUID")
    return node.text().lower()


def _choice(node: Node | None, choices: Collection[str]) -> str | None:
    if node is None:
        return None
    if node.text() not in choices:
        node.fail(f"{node.text()!r} is none of {', '.join(sorted(choices))}")
    return node.text()


def _tags(node: Node | None) -> dict[str, str]:
    return {} if node is None else {key: str(item.plain()) for key, item in node.mapping().items()}


def _image(node: Node | None) -> str | None:
    if node is not None and node.text().count(":") != 3:
        node.fail("expected publisher:offer:sku:version")
    return _text(node)


def _tenant(node: Node | None) -> Tenant:
    entries = {} if node is None else node.mapping(_TENANT)
    name = _text(entries.get("name")) or "Contoso"
    return Tenant(
        _guid(entries.get("id")) or derived_id("tenant", name),
        name,
        _text(entries.get("domain")) or f"{name.lower().replace(' ', '')}.onmicrosoft.com",
    )


def _role(name: str, node: Node) -> Role:
    entries = node.mapping(_ROLE)
    if "actions" not in entries:
        node.fail("a role needs `actions`")
    return Role(
        name,
        _guid(entries.get("id")) or derived_id("role", name),
        tuple(item.text() for item in entries["actions"].items()),
        tuple(item.text() for item in _items(entries.get("not_actions"))),
        _text(entries.get("description")) or "",
        built_in=False,
    )


def _extension(name: str, node: Node) -> Extension:
    entries = node.mapping(_EXTENSION)
    settings = entries["settings"].plain() if "settings" in entries else {}
    return Extension(
        name,
        _text(entries.get("publisher")) or "Microsoft.Compute",
        _text(entries.get("type")) or name,
        _text(entries.get("version")) or "1.0",
        settings or {},
    )
