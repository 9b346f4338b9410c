"""Roles, and who has which where.

Wire format: https://learn.microsoft.com/rest/api/authorization/role-assignments
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from ..errors import ArmError, BadRequestError, ConflictError, ForbiddenError, NotFoundError, UsageError
from ..resources import RoleAssignment, RoleDefinition
from .client import ArmClient
from .ids import as_path
from .longrunning import Progress
from .paths import segment

ASSIGNMENTS = "2022-04-01"
DEFINITIONS = "2022-04-01"

_PROVIDER = "/providers/Microsoft.Authorization"

#: Seconds to wait before each further attempt where a new principal is not known everywhere yet: two minutes in all.
_PATIENCE = (2.0, 4.0, 8.0, 15.0, 15.0, 15.0, 15.0, 15.0, 15.0, 15.0)


def scope_path(scope: str) -> str:
    """A scope as a user gave it, as the beginning of a path; "/" is that of the tenant, and empty there.

    Raises:
        UsageError: It is none.
    """
    if scope.strip() == "/":
        return ""
    if not scope.strip().lower().startswith(("/subscriptions/", "/providers/")):
        raise UsageError(
            f"{scope!r} is not a scope",
            target=scope,
            remedy="A scope begins with /subscriptions/<subscription ID>; the ID of a resource group or a resource, "
            "such as a VM's Id, is one too.",
        )
    return as_path(scope, "scope")


def list_definitions(arm: ArmClient, path: str, condition: str | None = None) -> Iterator[RoleDefinition]:
    """The roles that can be assigned at the scope at `path`.

    Args:
        condition: ARM's `$filter`: "type eq 'CustomRole'".
    """
    query = {"$filter": condition} if condition else {}
    return map(role_definition_from, arm.list(f"{path}{_PROVIDER}/roleDefinitions", DEFINITIONS, **query))


def get_definition(arm: ArmClient, path: str, guid: str) -> RoleDefinition:
    """One role, by its GUID."""
    return role_definition_from(arm.get(f"{path}{_PROVIDER}/roleDefinitions/{segment(guid, 'role')}", DEFINITIONS))


def find_definition(arm: ArmClient, path: str, role: str) -> RoleDefinition:
    """The role of that name or GUID.

    Raises:
        NotFoundError: There is none that can be assigned at the scope.
    """
    if is_guid(role):
        return get_definition(arm, path, role)
    for found in list_definitions(arm, path, f"roleName eq '{quoted(role)}'"):
        if found.name.lower() == role.lower():
            return found
    raise NotFoundError(
        f"there is no role {role!r} at {path or '/'}",
        target=role,
        remedy="Get-AzureRmRoleDefinition lists the roles; common ones are Reader, Contributor and Owner.",
    )


def list_assignments(arm: ArmClient, path: str, condition: str | None = None) -> Iterator[RoleAssignment]:
    """The role assignments at the scope at `path`, above it and below it. The names of roles are not filled in.

    Args:
        condition: ARM's `$filter`: "atScope()" leaves out what is below, "principalId eq '<object ID>'" is one
            principal's, "assignedTo('<object ID>')" one's and those of its groups.
    """
    query = {"$filter": condition} if condition else {}
    return map(role_assignment_from, arm.list(f"{path}{_PROVIDER}/roleAssignments", ASSIGNMENTS, **query))


def assign_role(
    arm: ArmClient,
    path: str,
    role: RoleDefinition,
    object_id: str,
    *,
    principal_type: str | None = None,
    told: Callable[[], str | None] = lambda: None,
    progress: Callable[[Progress], None] | None = None,
) -> RoleAssignment:
    """Give a principal a role at the scope at `path`.

    A principal that was made just now is not known everywhere yet. That is waited for.

    Args:
        principal_type: "ServicePrincipal" for what surely is one: ARM then does not look whether it is there.
        told: Finds out the type, where ARM does not know the principal and `principal_type` does not tell.

    Raises:
        ConflictError: It has it already; the error names the assignment.
        BadRequestError: There is no such principal.
    """
    from uuid import uuid4  # takes 5 ms of the worker's start

    name = str(uuid4())
    target = f"{path}{_PROVIDER}/roleAssignments/{name}"
    definition = f"{_subscription_of(path)}{_PROVIDER}/roleDefinitions/{role.id}"
    properties: dict[str, Any] = {"roleDefinitionId": definition, "principalId": object_id}
    waited = 0.0
    for pause in (*_PATIENCE, None):
        if principal_type is not None:
            properties["principalType"] = principal_type
        try:
            made = role_assignment_from(arm.change("PUT", target, ASSIGNMENTS, {"properties": properties}))
            return named(made, {role.id.lower(): role.name})
        except ConflictError as exc:
            if exc.details.get("error") != "RoleAssignmentExists":
                raise
            found = existing(arm, path, role, object_id)
            if found is not None and found.role_assignment_id.lower().endswith(name):
                return found  # our own: the answer got lost, and it was sent again
            raise _there_already(exc, found, role, object_id, path) from exc
        except BadRequestError as exc:
            if exc.details.get("error") != "PrincipalNotFound" or pause is None:
                exc.remedy = _explained(exc, object_id)
                raise
        if principal_type is None:
            principal_type = told()
        if progress is not None:
            progress(Progress(f"Granting {role.name}", "Waiting for the new principal", None, waited))
        arm.pause(pause, f"the principal {object_id} is not known to ARM yet")
        waited += pause
    raise AssertionError("the last attempt returns or raises")


def find_assignment(arm: ArmClient, path: str, role: RoleDefinition, object_id: str) -> RoleAssignment | None:
    """The assignment of that role to that principal at this very scope; None without one."""
    for found in list_assignments(arm, path, f"principalId eq '{quoted(object_id)}'"):
        if found.role_definition_id.lower() == role.id.lower() and same_scope(found.scope, path):
            return named(found, {role.id.lower(): role.name})
    return None


def existing(arm: ArmClient, path: str, role: RoleDefinition, object_id: str) -> RoleAssignment | None:
    """The same; None also where the caller may assign roles, and not read them."""
    try:
        return find_assignment(arm, path, role, object_id)
    except ForbiddenError:
        return None


def remove_assignment(arm: ArmClient, assignment_id: str) -> None:
    """Remove an assignment, by its resource ID. One that is gone already is well."""
    arm.change("DELETE", as_path(assignment_id, "role assignment"), ASSIGNMENTS)


def role_names(arm: ArmClient, path: str) -> dict[str, str]:
    """The names of the roles at a scope, by lower-case GUID; none where the caller may not read them."""
    try:
        return {role.id.lower(): role.name for role in list_definitions(arm, path)}
    except ArmError:
        return {}


def named(assignment: RoleAssignment, names: Mapping[str, str]) -> RoleAssignment:
    """The assignment with the name of its role, where that is among these."""
    return replace(assignment, role_definition_name=names.get(assignment.role_definition_id.lower()))


def role_assignment_from(item: Mapping[str, Any]) -> RoleAssignment:
    """An assignment, from its JSON."""
    properties = item.get("properties") or {}
    return RoleAssignment(
        role_assignment_id=str(item.get("id", "")),
        scope=str(properties.get("scope", "")),
        display_name=None,
        sign_in_name=None,
        role_definition_name=None,
        role_definition_id=_guid_of(properties.get("roleDefinitionId")),
        object_id=str(properties.get("principalId", "")),
        object_type=properties.get("principalType"),
    )


def role_definition_from(item: Mapping[str, Any]) -> RoleDefinition:
    """A role, from its JSON."""
    properties = item.get("properties") or {}
    permissions = properties.get("permissions") or ()

    def patterns(name: str) -> tuple[str, ...]:
        return tuple(pattern for permission in permissions for pattern in permission.get(name) or ())

    return RoleDefinition(
        name=str(properties.get("roleName", "")),
        id=_guid_of(item.get("id")),
        is_custom=properties.get("type") == "CustomRole",
        description=properties.get("description"),
        actions=patterns("actions"),
        not_actions=patterns("notActions"),
        data_actions=patterns("dataActions"),
        not_data_actions=patterns("notDataActions"),
        assignable_scopes=tuple(properties.get("assignableScopes") or ()),
    )


def same_scope(one: str, other: str) -> bool:
    """Whether two scopes are the same place."""
    return one.rstrip("/").lower() == other.rstrip("/").lower()


def below(scope: str, other: str) -> bool:
    """Whether a scope is inside of the other. Management groups are inside of nothing: their IDs do not tell."""
    inside = f"{scope.rstrip('/').lower()}/".startswith(f"{other.rstrip('/').lower()}/")
    return inside and not same_scope(scope, other)


def is_guid(text: str) -> bool:
    """Whether it is written as a GUID."""
    return _GUID.fullmatch(text) is not None


_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def quoted(text: str) -> str:
    """Text for between the quotes of a `$filter`."""
    return text.replace("'", "''")


def _guid_of(resource_id: object) -> str:
    return str(resource_id or "").rstrip("/").rpartition("/")[2]


def _subscription_of(path: str) -> str:
    """Roles are named through the subscription of the scope; above subscriptions they have none."""
    steps = path.split("/")
    return "/".join(steps[:3]) if len(steps) > 2 and steps[1].lower() == "subscriptions" else ""


def _there_already(
    error: ConflictError, found: RoleAssignment | None, role: RoleDefinition, object_id: str, path: str
) -> ConflictError:
    where = found.role_assignment_id if found is not None else None
    details = {**error.details, **({"role_assignment_id": where} if where else {})}
    return ConflictError(
        f"the role assignment already exists: the principal {object_id} has the role {role.name} at {path or '/'}",
        target=where or path,
        remedy="There is nothing to do."
        + (f" Its assignment is {where}." if where else " Get-AzureRmRoleAssignment -ObjectId shows it."),
        details=details,
    )


def _explained(error: BadRequestError, object_id: str) -> str | None:
    """What to do about a refusal."""
    if error.details.get("error") != "PrincipalNotFound":
        return error.remedy
    return (
        f"Nobody in this tenant has the object ID {object_id}. Check that it is the object ID (principal ID) and not "
        "the client ID or application ID. A principal that was made just now may take minutes to be known."
    )
