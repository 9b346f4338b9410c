"""Turning a managed identity on: the identity itself, and the role without which it sees nothing."""

from __future__ import annotations

from collections.abc import Iterator

from ..arm import ArmAnswer, ArmClient, roles
from ..arm.compute import change_identities, machine_path
from ..arm.identities import identity_path
from ..arm.machineidentity import IdentityChange
from ..backend import Call
from ..errors import ConflictError, MalformedError, UsageError
from ..resources import Context, EnabledIdentity, RoleDefinition, VirtualMachine


def enable_identity(
    call: Call,
    *,
    context: Context | None,
    resource_group_name: str,
    name: str,
    identity_id: list[str] | None = None,
    role: str | None = None,
    scope: str | None = None,
) -> Iterator[EnabledIdentity]:
    """Turn the system-assigned identity of a VM on, and grant it a role. What is there already stays as it is.

    Args:
        identity_id: User-assigned identities that the VM gets in place of that; the other identities stay.
        role: The name or GUID of a role; without one, none is granted.
        scope: Where; by default at the resource group of the VM.
    """
    if scope is not None and role is None:
        raise UsageError(
            "a scope is given, and no role to grant there",
            target=scope,
            remedy="Name the role too, as in -Role Reader. Without one, omit -Scope: only the identity is turned on.",
        )
    arm = call.arm(context)
    # What can be wrong is looked at first: half of it done would help nobody.
    place = arm.group_path(resource_group_name) if scope is None else roles.scope_path(scope)
    definition = None if role is None else roles.find_definition(arm, place, role)
    wanted = tuple(identity_path(one) for one in identity_id or ())
    change = IdentityChange(add=wanted) if wanted else IdentityChange(system_assigned=True)

    path = machine_path(arm, resource_group_name, name)
    changes: list[ArmAnswer] = []
    machine = change_identities(arm, path, change, progress=call.progress, answered=changes.append)
    for identity in wanted or ("SystemAssigned",):
        principal = _principal(machine, identity)
        granted = definition is not None and _grant(call, arm, place, definition, principal)
        yield EnabledIdentity(
            resource_group_name=machine.resource_group_name,
            name=machine.name,
            identity=identity,
            principal_id=principal,
            tenant_id=machine.identity.tenant_id if machine.identity else None,
            role=None if definition is None else definition.name,
            scope=None if definition is None else place or "/",
            changes=(*(["IdentityEnabled"] if changes else []), *(["RoleAssigned"] if granted else [])),
        )


def _principal(machine: VirtualMachine, identity: str) -> str:
    """The object ID of an identity of a VM."""
    block = machine.identity
    found = block.principal_id if block and identity == "SystemAssigned" else None
    if block and identity != "SystemAssigned":
        for resource_id, assigned in (block.user_assigned_identities or {}).items():
            if resource_id.lower() == identity.lower():
                found = assigned.principal_id
    if not found:
        raise MalformedError(f"ARM does not tell the object ID of the identity {identity} of {machine.id}")
    return found


def _grant(call: Call, arm: ArmClient, path: str, role: RoleDefinition, principal: str) -> bool:
    """Grant the role; False where the principal has it at that scope already."""
    if roles.existing(arm, path, role, principal) is not None:
        return False
    try:
        roles.assign_role(arm, path, role, principal, principal_type="ServicePrincipal", progress=call.progress)
    except ConflictError as exc:
        if exc.details.get("error") != "RoleAssignmentExists":
            raise
        return False
    return True
