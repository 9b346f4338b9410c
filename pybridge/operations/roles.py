"""Roles, and who has which where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ..arm import ArmClient, roles
from ..arm.identities import principals
from ..arm.ids import resource_path
from ..arm.wildcards import fits, is_pattern
from ..backend import Call
from ..errors import NotFoundError, UsageError
from ..resources import Context, IdentityResource, RoleAssignment, RoleDefinition
from .principals import principal_of


def list_role_definitions(
    call: Call,
    *,
    context: Context | None,
    name: str | None = None,
    role_id: str | None = None,
    scope: str | None = None,
    custom: bool = False,
) -> Iterator[RoleDefinition]:
    """The roles that can be assigned at a scope, by default the subscription: all, those whose name fits, or one."""
    arm = call.arm(context)
    path = _path(arm, scope)
    if role_id is not None:
        yield roles.get_definition(arm, path, _guid(role_id, "role"))
        return
    condition = "type eq 'CustomRole'" if custom else None
    if name is not None and not is_pattern(name):
        condition = f"roleName eq '{roles.quoted(name)}'"
    for role in roles.list_definitions(arm, path, condition):
        if fits(role.name, name) and (role.is_custom or not custom):
            yield role


def list_role_assignments(
    call: Call,
    *,
    context: Context | None,
    object_id: str | None = None,
    sign_in_name: str | None = None,
    service_principal_name: str | None = None,
    role_definition_name: str | None = None,
    role_definition_id: str | None = None,
    scope: str | None = None,
    resource_group_name: str | None = None,
    resource_name: str | None = None,
    resource_type: str | None = None,
    parent_resource: str | None = None,
    expand_principal_groups: bool = False,
    include_classic_administrators: bool = False,
) -> Iterator[RoleAssignment]:
    """The assignments of the subscription; with a scope, what counts there: those made at it, and above it.

    Args:
        object_id, sign_in_name, service_principal_name: Whose. The latter two only where ARM tells who that is.
        scope, resource_group_name, resource_name, resource_type, parent_resource: Where.
        expand_principal_groups: Whether to look at the principal's groups too.
    """
    arm = call.arm(context)
    if include_classic_administrators:
        call.warn("Azure has had no classic administrators since 31 August 2024: there are none to include.")
    named_scope = scope is not None or resource_group_name is not None
    path = _place(arm, scope, resource_group_name, resource_name, resource_type, parent_resource)
    principal = principal_of(call, context, object_id, sign_in_name, service_principal_name)
    condition = "atScope()" if named_scope else None
    if principal is not None:
        principal = _guid(principal, "principal")
        condition = f"assignedTo('{principal}')" if expand_principal_groups else f"principalId eq '{principal}'"
    teller = _Teller(arm, path)
    for found in roles.list_assignments(arm, path, condition):
        if named_scope and roles.below(found.scope, path):
            continue
        if role_definition_id is not None and found.role_definition_id.lower() != role_definition_id.lower():
            continue
        told = teller.tell(found)
        if role_definition_name is None or fits(told.role_definition_name, role_definition_name):
            yield told


def assign_role(
    call: Call,
    *,
    context: Context | None,
    object_id: str | None = None,
    sign_in_name: str | None = None,
    service_principal_name: str | None = None,
    role_definition_name: str | None = None,
    role_definition_id: str | None = None,
    scope: str | None = None,
    resource_group_name: str | None = None,
    resource_name: str | None = None,
    resource_type: str | None = None,
    parent_resource: str | None = None,
    allow_delegation: bool = False,
) -> RoleAssignment:
    """Give a principal a role at a scope, by default the subscription; it is waited for where the principal is new."""
    arm = call.arm(context)
    if allow_delegation:
        call.warn("-AllowDelegation is left out: Azure no longer has role assignments that can be passed on.")
    path = _place(arm, scope, resource_group_name, resource_name, resource_type, parent_resource)
    principal = principal_of(call, context, object_id, sign_in_name, service_principal_name)
    role = _role(arm, path, role_definition_name, role_definition_id)
    principal = _guid(principal or "", "principal")
    teller = _Teller(arm, path)

    def kind() -> str | None:
        # The user-assigned identities are asked about once: a new one is in ARM before the directory tells of it.
        return "ServicePrincipal" if teller.identity(principal) else None

    made = roles.assign_role(arm, path, role, principal, told=kind, progress=call.progress)
    return teller.tell(made)


def remove_role_assignment(
    call: Call,
    *,
    context: Context | None,
    object_id: str | None = None,
    sign_in_name: str | None = None,
    service_principal_name: str | None = None,
    role_definition_name: str | None = None,
    role_definition_id: str | None = None,
    scope: str | None = None,
    resource_group_name: str | None = None,
    resource_name: str | None = None,
    resource_type: str | None = None,
    parent_resource: str | None = None,
    input_object: Mapping[str, Any] | None = None,
    pass_thru: bool = False,
) -> Iterator[RoleAssignment]:
    """Take a role from a principal, where it was given at this very scope; with `pass_thru` what was removed.

    Raises:
        NotFoundError: There is no such assignment.
    """
    arm = call.arm(context)
    if input_object is not None:
        found = _given(input_object)
    else:
        path = _place(arm, scope, resource_group_name, resource_name, resource_type, parent_resource)
        principal = principal_of(call, context, object_id, sign_in_name, service_principal_name)
        principal = _guid(principal or "", "principal")
        role = _role(arm, path, role_definition_name, role_definition_id)
        assignment = roles.find_assignment(arm, path, role, principal)
        if assignment is None:
            raise NotFoundError(
                f"the principal {principal} has not been given the role {role.name} at {path or '/'}",
                target=path,
                remedy="A role that it has from above is removed where it was given: "
                f"Get-AzureRmRoleAssignment -ObjectId {principal} shows where that is.",
            )
        found = _Teller(arm, path).tell(assignment) if pass_thru else assignment
    roles.remove_assignment(arm, found.role_assignment_id)
    if pass_thru:
        yield found


class _Teller:
    """Fills in what an assignment does not tell by itself; each list is asked for once, and only if it is wanted."""

    def __init__(self, arm: ArmClient, path: str) -> None:
        self._arm = arm
        self._path = path
        self._names: dict[str, str] = {}
        self._asked: set[str] = set()
        self._identities: dict[str, IdentityResource] | None = None

    def tell(self, assignment: RoleAssignment) -> RoleAssignment:
        name, display_name = assignment.role_definition_name, None
        if name is None:
            name = self._name(assignment)
        if assignment.object_type == "ServicePrincipal":
            identity = self.identity(assignment.object_id)
            display_name = identity.name if identity else None
        return replace(assignment, role_definition_name=name, display_name=display_name)

    def _name(self, assignment: RoleAssignment) -> str | None:
        """The name of its role: as it is called where was asked, else where the role was given.

        A role may be made for a place below only, and one who has a role there only reads no others above.
        """
        role = assignment.role_definition_id.lower()
        for path in (self._path, assignment.scope.rstrip("/")):
            if role not in self._names and path.lower() not in self._asked:
                self._asked.add(path.lower())
                self._names.update(roles.role_names(self._arm, path))
        return self._names.get(role)

    def identity(self, object_id: str) -> IdentityResource | None:
        """The user-assigned identity with that object ID, if the caller can see one."""
        if self._identities is None:
            self._identities = principals(self._arm)
        return self._identities.get(object_id.lower())


def _path(arm: ArmClient, scope: str | None) -> str:
    return arm.subscription_path() if scope is None else roles.scope_path(scope)


def _place(
    arm: ArmClient, scope: str | None, group: str | None, name: str | None, kind: str | None, parent: str | None
) -> str:
    """The scope that is meant, as the beginning of a path; by default that of the subscription."""
    if scope is None and group is None and (name or kind or parent):
        raise UsageError(
            "the resource group of the resource is not said", target=name, remedy="Add -ResourceGroupName."
        )
    if scope is not None or group is None:
        return _path(arm, scope)
    path = arm.group_path(group)
    return path if name is None else resource_path(path, kind or "", name, parent)


def _role(arm: ArmClient, path: str, name: str | None, guid: str | None) -> RoleDefinition:
    if guid is not None:
        return roles.get_definition(arm, path, _guid(guid, "role"))
    if not name:
        raise UsageError("which role it is about is not said", remedy="Name it: -RoleDefinitionName Reader.")
    return roles.find_definition(arm, path, name)


def _guid(text: str, thing: str) -> str:
    """The GUID of a role or a principal; a resource ID of a role has it at its end."""
    found = text.strip().rstrip("/").rpartition("/")[2].lower()
    if not roles.is_guid(found):
        raise UsageError(
            f"{text!r} is not the ID of a {thing}",
            target=text,
            remedy="It is a GUID. Of a VM's identity: (Get-AzureRmVM -ResourceGroupName <group> -Name <VM>)"
            ".Identity.PrincipalId; of this machine's: (Get-MsiIdentity).ObjectId."
            if thing == "principal"
            else "It is a GUID: (Get-AzureRmRoleDefinition Reader).Id.",
        )
    return found


def _given(item: Mapping[str, Any]) -> RoleAssignment:
    """The assignment that came as an object."""
    if not item.get("RoleAssignmentId"):
        raise UsageError(
            "this is not a role assignment: it has no RoleAssignmentId",
            remedy="Pass what Get-AzureRmRoleAssignment returned.",
        )
    text = {name: None if value is None else str(value) for name, value in item.items()}
    return RoleAssignment(
        role_assignment_id=str(item["RoleAssignmentId"]),
        scope=text.get("Scope") or "",
        display_name=text.get("DisplayName"),
        sign_in_name=text.get("SignInName"),
        role_definition_name=text.get("RoleDefinitionName"),
        role_definition_id=text.get("RoleDefinitionId") or "",
        object_id=text.get("ObjectId") or "",
        object_type=text.get("ObjectType"),
    )
