"""What exists in the emulated Azure, and who holds which role where. `state` reads one from YAML.

A test builds a world by code or changes a running one:

    world = World()
    subscription = world.add_subscription("Subscription1")
    group = world.add_group(subscription, "myResourceGroup")
    vm = world.add_vm(group, "myVM")
    world.grant("Reader", to=vm, scope=group)

Threads may read while one writes: readers take snapshots, and only writers lock.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping

from ..errors import UsageError
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
from .roles import BUILT_IN, Role


class World:
    """One tenant with its subscriptions, groups, VMs, identities, roles and role assignments.

    Attributes:
        subscriptions: Keyed by ID in lower case.
        roles: Keyed by GUID.
    """

    def __init__(self, *, tenant: Tenant | None = None) -> None:
        self.tenant = tenant or Tenant(derived_id("tenant", "Contoso"), "Contoso", "contoso.onmicrosoft.com")
        self.subscriptions: dict[str, Subscription] = {}
        self.roles: dict[str, Role] = {role.guid: role for role in BUILT_IN}
        self._assignments: dict[str, tuple[RoleAssignment, ...]] = {}
        self._vms: dict[str, list[VirtualMachine]] = {}
        self._identities: dict[str, list[Principal]] = {}
        self._lock = threading.Lock()

    def add_subscription(self, name: str, *, subscription_id: str | None = None) -> Subscription:
        subscription = Subscription(name, subscription_id or derived_id("subscription", name), self.tenant.id)
        with self._lock:
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
        with self._lock:
            subscription.groups[name.lower()] = group
        return group

    def add_identity(
        self, group: ResourceGroup, name: str, *, object_id: str | None = None, client_id: str | None = None
    ) -> Principal:
        """Add a user-assigned identity."""
        resource_id = f"{group.id}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{name}"
        identity = self._principal(name, resource_id, object_id, client_id)
        with self._lock:
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
        object_id: str | None = None,
        client_id: str | None = None,
    ) -> VirtualMachine:
        """Add a VM.

        Args:
            system_assigned: Whether it has an identity of its own. `object_id`, `client_id`: that one's.
            with_msi_extension: Whether the extension that serves port 50342 is there; by default where the VM
                has an identity.
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
            vm.system_assigned = self._principal(name, vm.id, object_id, client_id)
        vm.user_assigned = list(user_assigned)
        if bool(vm.identities) if with_msi_extension is None else with_msi_extension:
            extensions = [msi_extension(os), *extensions]
        vm.extensions = {extension.name.lower(): extension for extension in extensions}
        with self._lock:
            group.vms[name.lower()] = vm
            self._vms.setdefault(name.lower(), []).append(vm)
        return vm

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
        """The object ID of a VM's own identity or of a user-assigned one; a GUID is taken for one.

        Raises:
            UsageError: Nobody is called that, or the VM has no identity of its own.
        """
        if isinstance(who, str):
            if is_guid(who):
                return who
            identities = self._identities.get(who.lower(), [])
            if len(identities) == 1:
                return identities[0].object_id
            who = self.vm(who)
        if isinstance(who, Principal):
            return who.object_id
        if who.system_assigned is None:
            raise UsageError(f"the VM {who.name} has no system-assigned identity")
        return who.system_assigned.object_id

    def role(self, name: str) -> Role:
        """A role by its name or GUID.

        Raises:
            UsageError: There is none.
        """
        wanted = name.lower()
        for role in list(self.roles.values()):
            if wanted in (role.name.lower(), role.guid):
                return role
        raise UsageError(
            f"there is no role {name!r}",
            remedy="Known: " + ", ".join(role.name for role in self.roles.values()),
        )

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
        with self._lock:
            held = self._assignments.get(principal_id.lower(), ())
            if all(other.name != name for other in held):
                self._assignments[principal_id.lower()] = (*held, assignment)
        return assignment

    def remove_role(
        self,
        who: VirtualMachine | Principal | str,
        scope: Subscription | ResourceGroup | VirtualMachine | str | None = None,
    ) -> int:
        """Take away all roles held at exactly this scope, or everywhere; how many there were."""
        principal = self.principal_id(who).lower()
        key = None if scope is None else scope_key(scope if isinstance(scope, str) else scope.id)
        with self._lock:
            held = self._assignments.get(principal, ())
            kept = tuple(assignment for assignment in held if key is not None and assignment.key != key)
            self._assignments[principal] = kept
        return len(held) - len(kept)

    def assignments(self, principal_id: str | None = None) -> list[RoleAssignment]:
        """The role assignments of one principal, or all."""
        if principal_id is not None:
            return list(self._assignments.get(principal_id.lower(), ()))
        return [assignment for held in list(self._assignments.values()) for assignment in held]

    def _principal(self, name: str, resource_id: str, object_id: str | None, client_id: str | None) -> Principal:
        return Principal(
            name,
            self.tenant.id,
            object_id or derived_id("object", resource_id),
            client_id or derived_id("client", resource_id),
            resource_id,
        )
