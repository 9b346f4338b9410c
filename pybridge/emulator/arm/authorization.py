"""ARM's role assignments and role definitions.

Wire format and filters: https://learn.microsoft.com/azure/role-based-access-control/role-assignments-list-rest
Rules: https://learn.microsoft.com/azure/role-based-access-control/troubleshooting
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .. import dates
from ..nouns import RoleAssignment, covers, is_guid, scope_key
from ..roles import Role
from .call import ArmCall, Refusal, Reply
from .conditions import filter_conditions

READ_ASSIGNMENT = "Microsoft.Authorization/roleAssignments/read"
WRITE_ASSIGNMENT = "Microsoft.Authorization/roleAssignments/write"
DELETE_ASSIGNMENT = "Microsoft.Authorization/roleAssignments/delete"
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

    return arm.page(arm.world.assignments(), keep, lambda assignment: _assignment(arm, assignment))


def get_assignment(arm: ArmCall) -> Any:
    scope, name = _scope(arm), arm.names["name"]
    arm.require(READ_ASSIGNMENT, f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}")
    assignment = _find(arm, scope, name)
    if assignment is None:
        raise Refusal(404, "RoleAssignmentNotFound", f"The role assignment '{name}' is not found.")
    return _assignment(arm, assignment)


def put_assignment(arm: ArmCall) -> Any:
    """Give a role. An assignment never changes afterwards; to send the same one again is no mistake."""
    scope, name = _scope(arm), arm.names["name"].lower()
    arm.require(WRITE_ASSIGNMENT, f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}")
    if not is_guid(name):
        raise Refusal(
            400,
            "InvalidRoleAssignmentId",
            f"The role assignment ID '{name}' is not valid. The role assignment ID must be a GUID.",
        )
    wanted = _wanted(arm, scope, name)
    for other in arm.world.assignments():
        same = (other.principal_id.lower(), other.role.guid, other.key) == (
            wanted.principal_id.lower(),
            wanted.role.guid,
            wanted.key,
        )
        if same and other.name == name:
            return _assignment(arm, other)
        if same:
            raise Refusal(
                409,
                "RoleAssignmentExists",
                f"The role assignment already exists. The ID of the existing role assignment is "
                f"{other.name.replace('-', '')}.",
            )
        if other.name == name:
            raise Refusal(
                400,
                "RoleAssignmentUpdateNotPermitted",
                "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
            )
    arm.world.assign(wanted)
    return Reply(201, _assignment(arm, wanted))


def delete_assignment(arm: ArmCall) -> Any:
    """Take a role away; the answer is what there was."""
    scope, name = _scope(arm), arm.names["name"]
    arm.require(DELETE_ASSIGNMENT, f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}")
    assignment = _find(arm, scope, name)
    if assignment is None:
        return Reply(204)
    arm.world.unassign(assignment)
    return _assignment(arm, assignment)


def _find(arm: ArmCall, scope: str, name: str) -> RoleAssignment | None:
    for assignment in arm.world.assignments():
        if assignment.name == name.lower() and assignment.key == scope_key(scope):
            return assignment
    return None


def _wanted(arm: ArmCall, scope: str, name: str) -> RoleAssignment:
    """The assignment that a request asks for."""
    sent = arm.body()
    inner = sent.get("properties")
    properties: Mapping[str, Any] = inner if isinstance(inner, dict) else sent
    principal_id = properties.get("principalId")
    if not isinstance(principal_id, str) or not is_guid(principal_id):
        raise Refusal(400, "InvalidPrincipalId", f"A valid principal ID must be provided for role assignment '{name}'.")
    definition = str(properties.get("roleDefinitionId") or "").rstrip("/").rpartition("/")[2].lower()
    role = arm.world.roles.get(definition)
    if role is None:
        raise Refusal(
            400,
            "RoleDefinitionDoesNotExist",
            f"The specified role definition with ID '{definition}' does not exist.",
        )
    principal = arm.world.principal(principal_id)
    if principal is None:
        raise Refusal(
            400,
            "PrincipalNotFound",
            f"Principal {principal_id.replace('-', '')} does not exist in the directory {arm.world.tenant.id}.",
        )
    kind, stated = _principal_type(arm, principal.object_id), properties.get("principalType")
    if stated and str(stated).lower() != kind.lower():
        raise Refusal(
            400,
            "UnmatchedPrincipalType",
            f"The PrincipalId '{principal_id}' has type '{kind}', which is different from specified PrincipalType "
            f"'{stated}'.",
        )
    now = dates.iso(arm.call.now)
    remarks = {
        **{key: properties.get(key) for key in ("description", "condition", "conditionVersion")},
        "createdOn": now,
        "updatedOn": now,
        "createdBy": arm.access.object_id,
        "updatedBy": arm.access.object_id,
    }
    return RoleAssignment(name, role, principal.object_id, scope or "/", scope_key(scope), remarks)


def _principal_type(arm: ArmCall, principal_id: str) -> str:
    return "User" if principal_id.lower() == arm.world.user.object_id else "ServicePrincipal"


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


def _assignment(arm: ArmCall, assignment: RoleAssignment) -> dict[str, Any]:
    scope = assignment.scope.rstrip("/")
    return {
        "id": f"{scope}/providers/Microsoft.Authorization/roleAssignments/{assignment.name}",
        "name": assignment.name,
        "type": "Microsoft.Authorization/roleAssignments",
        "properties": {
            "roleDefinitionId": _definition_id(assignment.role, assignment.scope),
            "principalId": assignment.principal_id,
            "principalType": _principal_type(arm, assignment.principal_id),
            "scope": assignment.scope,
            "condition": None,
            "conditionVersion": None,
            "createdOn": _CREATED,
            "updatedOn": _CREATED,
            "createdBy": None,
            "updatedBy": None,
            "delegatedManagedIdentityResourceId": None,
            "description": None,
            **assignment.remarks,
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
