"""What exists in the emulated Azure, and who holds which role where. `state` reads one from YAML.

A test builds a world by code or changes a running one:

    world = World()
    subscription = world.add_subscription("Subscription1")
    group = world.add_group(subscription, "myResourceGroup")
    vm = world.add_vm(group, "myVM")
    world.grant("Reader", to=vm, scope=group)

Threads may read while one writes: readers take snapshots, and only writers lock. What changes several things
at once holds `World.lock` from its first look to its last change, as ARM does.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from ..errors import UsageError
from .directory import Directory
from .nouns import (
    DEFAULT_IMAGES,
    DEFAULT_LOCATION,
    DEFAULT_SIZE,
    Extension,
    Principal,
    ResourceGroup,
    RoleAssignment,
    Subscription,
    Tenant,
    VirtualMachine,
    derived_id,
    is_guid,
    msi_extension,
    scope_key,
)


class World(Directory):
    """One tenant: its directory, and its subscriptions with groups, VMs and identities.

    Attributes:
        subscriptions: Keyed by ID in lower case.
        key: What tokens are signed with: emulators of one world, each another machine, know each other's.
    """

    def __init__(self, *, tenant: Tenant | None = None) -> None:
        super().__init__(tenant or Tenant(derived_id("tenant", "Contoso"), "Contoso", "contoso.onmicrosoft.com"))
        self.subscriptions: dict[str, Subscription] = {}
        self.key = secrets.token_bytes(32)
        self._vms: dict[str, list[VirtualMachine]] = {}
        self._identities: dict[str, list[Principal]] = {}

    def add_subscription(self, name: str, *, subscription_id: str | None = None) -> Subscription:
        subscription = Subscription(name, subscription_id or derived_id("subscription", name), self.tenant.id)
        with self.lock:
            self.subscriptions[subscription.subscription_id.lower()] = subscription
        return subscription

    def add_group(
        self,
        subscription: Subscription,
        name: str,
        *,
        location: str = DEFAULT_LOCATION,
        tags: Mapping[str, str] | None = None,
    ) -> ResourceGroup:
        group = ResourceGroup(name, subscription, location, dict(tags or {}))
        with self.lock:
            subscription.groups[name.lower()] = group
        return group

    def add_identity(
        self,
        group: ResourceGroup,
        name: str,
        *,
        object_id: str | None = None,
        client_id: str | None = None,
        location: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> Principal:
        """Add a user-assigned identity."""
        resource_id = f"{group.id}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{name}"
        identity = replace(
            self._principal(name, resource_id, object_id, client_id),
            location=location or group.location,
            tags=dict(tags or {}),
        )
        with self.lock:
            group.identities[name.lower()] = identity
            self._identities.setdefault(name.lower(), []).append(identity)
        return identity

    def add_vm(
        self,
        group: ResourceGroup,
        name: str,
        *,
        system_assigned: bool = True,
        user_assigned: Iterable[Principal] = (),
        with_msi_extension: bool | None = None,
        extensions: Iterable[Extension] = (),
        location: str | None = None,
        size: str = DEFAULT_SIZE,
        os: str = "Windows",
        image: str | None = None,
        tags: Mapping[str, str] | None = None,
        zones: Iterable[str] = (),
        license_type: str | None = None,
        power: str = "running",
        extensions_fail: Iterable[str] = (),
        object_id: str | None = None,
        client_id: str | None = None,
    ) -> VirtualMachine:
        """Add a VM.

        Args:
            system_assigned: Whether it has an identity of its own. `object_id`, `client_id`: that one's.
            with_msi_extension: Whether the extension that serves port 50342 is there; by default where the VM
                has an identity.
            extensions_fail: Names and types of extensions whose installation fails.
        """
        vm = VirtualMachine(
            name,
            group,
            derived_id("vm", group.id, name),
            location or group.location,
            size,
            os,
            image or DEFAULT_IMAGES[os],
            dict(tags or {}),
            tuple(zones),
            license_type,
            power,
        )
        if system_assigned:
            vm.system_assigned = self.own_identity(vm, object_id, client_id)
        vm.user_assigned = list(user_assigned)
        vm.extensions_fail = frozenset(name.lower() for name in extensions_fail)
        if bool(vm.identities) if with_msi_extension is None else with_msi_extension:
            extensions = [msi_extension(os), *extensions]
        vm.extensions = {extension.name.lower(): extension for extension in extensions}
        with self.lock:
            group.vms[name.lower()] = vm
            self._vms.setdefault(name.lower(), []).append(vm)
        return vm

    def own_identity(self, vm: VirtualMachine, object_id: str | None = None, client_id: str | None = None) -> Principal:
        """A new identity of a VM's own. Each time it is another principal."""
        return self._principal(vm.name, vm.id, object_id, client_id)

    def remove_vm(self, vm: VirtualMachine) -> None:
        """Delete a VM; its own identity ends with it."""
        with self.lock:
            vm.turn_msi_off()
            vm.group.vms.pop(vm.name.lower(), None)
            self._vms[vm.name.lower()] = [other for other in self._vms.get(vm.name.lower(), ()) if other is not vm]
            self._assignments.remove_below(scope_key(vm.id))

    def remove_identity(self, identity: Principal) -> None:
        """Delete a user-assigned identity. VMs keep naming it, and its role assignments stay, as they do in Azure."""
        left = replace(identity, object_id="", client_id="")
        with self.lock:
            for group in self.groups():
                if group.identities.get(identity.name.lower()) is identity:
                    del group.identities[identity.name.lower()]
                for vm in list(group.vms.values()):
                    if identity in vm.user_assigned:
                        vm.user_assigned = [left if other == identity else other for other in vm.user_assigned]
            same_name = self._identities.get(identity.name.lower(), [])
            self._identities[identity.name.lower()] = [other for other in same_name if other is not identity]
            self._assignments.remove_below(scope_key(identity.resource_id))

    def remove_group(self, group: ResourceGroup) -> None:
        """Delete a group, everything in it, and the role assignments at it and below."""
        with self.lock:
            for vm in list(group.vms.values()):
                self.remove_vm(vm)
            for identity in list(group.identities.values()):
                self.remove_identity(identity)
            group.subscription.groups.pop(group.name.lower(), None)
            self._assignments.remove_below(scope_key(group.id))

    def groups(self) -> Iterator[ResourceGroup]:
        """All resource groups."""
        for subscription in list(self.subscriptions.values()):
            yield from list(subscription.groups.values())

    def principal(self, object_id: str) -> Principal | None:
        """Whoever has that object ID: an identity that there is, an application, the user."""
        wanted = object_id.lower()
        return next((one for one in self._principals() if one.object_id.lower() == wanted), None)

    def _principals(self) -> Iterator[Principal]:
        yield self.user
        for application in list(self.applications.values()):
            yield application.principal
        for group in self.groups():
            yield from list(group.identities.values())
            for vm in list(group.vms.values()):
                own = vm.system_assigned
                if own is not None:
                    yield own

    def vm(self, name: str) -> VirtualMachine:
        """A VM by its name, by group/name, or by its resource ID.

        Raises:
            UsageError: No VM, or more than one, is called that.
        """
        parts = name.lower().split("/")
        found = [
            vm
            for vm in self._vms.get(parts[-1], ())
            if len(parts) == 1
            or (len(parts) == 2 and parts[0] == vm.group.name.lower())
            or name.lower() == vm.id.lower()
        ]
        if len(found) == 1:
            return found[0]
        if found:
            raise UsageError(
                f"{len(found)} VMs are called {name!r}",
                remedy="Say which: " + ", ".join(vm.id for vm in found),
            )
        known = [vm.name for vms in list(self._vms.values()) for vm in vms]
        shown = ", ".join(known[:10]) + (" ..." if len(known) > 10 else "")
        raise UsageError(f"the emulator's world has no VM {name!r}", remedy=f"It has: {shown or 'no VM at all'}.")

    def principal_id(self, who: VirtualMachine | Principal | str) -> str:
        """The object ID of an application, of a user-assigned identity or of a VM's own one; a GUID is taken for one.

        Raises:
            UsageError: Nobody is called that, or the VM has no identity of its own.
        """
        if isinstance(who, str):
            if is_guid(who):
                return who
            application = self.applications.get(who.lower())
            if application is not None:
                return application.principal.object_id
            identities = self._identities.get(who.lower(), [])
            if len(identities) == 1:
                return identities[0].object_id
            who = self.vm(who)
        if isinstance(who, Principal):
            return who.object_id
        if who.system_assigned is None:
            raise UsageError(f"the VM {who.name} has no system-assigned identity")
        return who.system_assigned.object_id

    def grant(
        self,
        role: str,
        *,
        to: VirtualMachine | Principal | str,
        scope: Subscription | ResourceGroup | VirtualMachine | str,
    ) -> RoleAssignment:
        """Give a role to somebody at a scope; a second time changes nothing.

        Raises:
            UsageError: No such role, or nobody is called that.
        """
        definition, principal_id = self.role(role), self.principal_id(to)
        where = scope if isinstance(scope, str) else scope.id
        key = scope_key(where)
        name = derived_id("assignment", key, definition.guid, principal_id)
        assignment = RoleAssignment(name, definition, principal_id, where, key)
        self._assignments.add(assignment)
        return assignment

    def remove_role(
        self,
        who: VirtualMachine | Principal | str,
        scope: Subscription | ResourceGroup | VirtualMachine | str | None = None,
    ) -> int:
        """Take away all roles held at exactly this scope, or everywhere; how many there were."""
        key = None if scope is None else scope_key(scope if isinstance(scope, str) else scope.id)
        return self._assignments.remove_held(self.principal_id(who), key)
