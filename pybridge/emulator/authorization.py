"""ARM's role assignments and role definitions.

Wire format and filters: https://learn.microsoft.com/azure/role-based-access-control/role-assignments-list-rest
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .armcall import ArmCall, Refusal, filter_conditions
from .nouns import RoleAssignment, is_guid, scope_key
from .rbac import covers
from .roles import Role

READ_ASSIGNMENT = "Microsoft.Authorization/roleAssignments/read"
READ_DEFINITION = "Microsoft.Authorization/roleDefinitions/read"
_CREATED = "2017-11-23T09:41:12.3456789Z"


def list_assignments(arm: ArmCall) -> Any:
    """Those at, above and below the scope that the caller may read.

    Filters: `atScope()` leaves out what is below; `principalId eq` and `assignedTo()` are one person's.
    """
    scope = _scope(arm)
    key = scope_key(scope)
    wanted = filter_conditions(arm.call, ("atscope", "principalid", "assignedto"))
    principal = wanted.get("principalid", wanted.get("assignedto"))
    if principal is not None and not is_guid(principal):
        raise Refusal(400, "InvalidFilter", f"The principal ID '{principal}' is not a GUID.")
    allowed = arm.access.filter(READ_ASSIGNMENT)
    reads_here = allowed(scope)

    def keep(assignment: RoleAssignment) -> bool:
        above = covers(assignment.key, key)
        below = "atscope" not in wanted and covers(key, assignment.key)
        return (
            (above or below)
            and (principal is None or assignment.principal_id.lower() == principal.lower())
            and (reads_here or allowed(assignment.scope))
        )

    return arm.page(arm.world.assignments(), keep, _assignment)


def get_assignment(arm: ArmCall) -> Any:
    scope, name = _scope(arm), arm.names["name"]
    arm.require(READ_ASSIGNMENT, f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}")
    for assignment in arm.world.assignments():
        if assignment.name == name.lower() and assignment.key == scope_key(scope):
            return _assignment(assignment)
    raise Refusal(404, "RoleAssignmentNotFound", f"The role assignment '{name}' is not found.")


def list_definitions(arm: ArmCall) -> Any:
    """Filters: `roleName eq`, `type eq` (BuiltInRole or CustomRole), `atScopeAndBelow()`."""
    scope = _scope(arm)
    wanted = filter_conditions(arm.call, ("rolename", "type", "atscopeandbelow"))
    readable = arm.access.allows(READ_DEFINITION, scope)

    def keep(role: Role) -> bool:
        return (
            readable
            and wanted.get("rolename", role.name).lower() == role.name.lower()
            and wanted.get("type", _kind(role)).lower() == _kind(role).lower()
        )

    return arm.page(list(arm.world.roles.values()), keep, lambda role: _definition(role, scope))


def get_definition(arm: ArmCall) -> Any:
    scope, name = _scope(arm), arm.names["name"]
    arm.require(READ_DEFINITION, f"{scope}/providers/Microsoft.Authorization/roleDefinitions/{name}")
    role = arm.world.roles.get(name.lower())
    if role is None:
        raise Refusal(
            404,
            "RoleDefinitionDoesNotExist",
            f"The specified role definition with ID '{name}' does not exist.",
        )
    return _definition(role, scope)


def _scope(arm: ArmCall) -> str:
    """The scope in the path. Its subscription and group must be there; below that Azure does not look."""
    scope = arm.names["scope"].rstrip("/")
    parts = scope.split("/")
    if len(parts) > 2 and parts[1].lower() == "subscriptions":
        names = {"subscription": parts[2]}
        if len(parts) > 4 and parts[3].lower() == "resourcegroups":
            names["group"] = parts[4]
        place = replace(arm, names=names)
        place.group() if "group" in names else place.subscription()
    return scope


def _definition_id(role: Role, scope: str) -> str:
    """Definitions are named through the subscription that one looks at them from."""
    parts = scope.split("/")
    prefix = "/".join(parts[:3]) if len(parts) > 2 and parts[1].lower() == "subscriptions" else ""
    return f"{prefix}/providers/Microsoft.Authorization/roleDefinitions/{role.guid}"


def _kind(role: Role) -> str:
    return "BuiltInRole" if role.built_in else "CustomRole"


def _assignment(assignment: RoleAssignment) -> dict[str, Any]:
    scope = assignment.scope.rstrip("/")
    return {
        "id": f"{scope}/providers/Microsoft.Authorization/roleAssignments/{assignment.name}",
        "name": assignment.name,
        "type": "Microsoft.Authorization/roleAssignments",
        "properties": {
            "roleDefinitionId": _definition_id(assignment.role, assignment.scope),
            "principalId": assignment.principal_id,
            "principalType": "ServicePrincipal",
            "scope": assignment.scope,
            "condition": None,
            "conditionVersion": None,
            "createdOn": _CREATED,
            "updatedOn": _CREATED,
            "createdBy": None,
            "updatedBy": None,
            "delegatedManagedIdentityResourceId": None,
            "description": None,
        },
    }


def _definition(role: Role, scope: str) -> dict[str, Any]:
    return {
        "id": _definition_id(role, scope),
        "name": role.guid,
        "type": "Microsoft.Authorization/roleDefinitions",
        "properties": {
            "roleName": role.name,
            "type": _kind(role),
            "description": role.description,
            "assignableScopes": ["/"],
            "permissions": [
                {
                    "actions": list(role.actions),
                    "notActions": list(role.not_actions),
                    "dataActions": [],
                    "notDataActions": [],
                }
            ],
            "createdOn": _CREATED,
            "updatedOn": _CREATED,
            "createdBy": None,
            "updatedBy": None,
        },
    }
