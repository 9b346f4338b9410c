"""Roles, and who has which where."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RoleAssignment:
    """A role that a principal has at a scope and below it.

    Attributes:
        role_assignment_id: Its resource ID.
        scope: Where it holds: the ID of a subscription, a resource group or a resource.
        display_name: Of the principal, where ARM tells it: that is of user-assigned identities only.
        sign_in_name: Of a user. ARM never tells it.
        role_definition_name: "Reader"; None where the caller may not read roles.
        role_definition_id: The GUID of the role.
        object_id: Whose role it is.
        object_type: "User", "Group", "ServicePrincipal" (applications and managed identities) ...
        can_delegate: Always False: Azure has no such assignments any more.
    """

    role_assignment_id: str
    scope: str
    display_name: str | None
    sign_in_name: str | None
    role_definition_name: str | None
    role_definition_id: str
    object_id: str
    object_type: str | None
    can_delegate: bool = False


@dataclass(frozen=True, slots=True)
class RoleDefinition:
    """A role: what it permits, by patterns of operations.

    Attributes:
        id: Its GUID.
        not_actions, not_data_actions: What is taken out of the patterns before. They forbid nothing.
        assignable_scopes: Where it may be assigned.
    """

    name: str
    id: str
    is_custom: bool
    description: str | None
    actions: tuple[str, ...]
    not_actions: tuple[str, ...]
    data_actions: tuple[str, ...]
    not_data_actions: tuple[str, ...]
    assignable_scopes: tuple[str, ...]
