"""User-assigned identities.

Wire format: https://learn.microsoft.com/rest/api/managedidentity/user-assigned-identities
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..errors import ArmError, ForbiddenError, NotFoundError
from ..resources import IdentityResource
from .client import ArmClient
from .groups import get_group
from .ids import parts, path_of
from .nouns import plain_location
from .paths import segment

IDENTITIES = "2023-01-31"

TYPE = "Microsoft.ManagedIdentity/userAssignedIdentities"


def list_identities(arm: ArmClient, group: str | None = None) -> Iterator[IdentityResource]:
    """The user-assigned identities of a resource group, or of the whole subscription, that the caller may read."""
    scope = arm.subscription_path() if group is None else arm.group_path(group)
    return map(identity_from, arm.list(f"{scope}/providers/{TYPE}", IDENTITIES))


def get_identity(arm: ArmClient, group: str, name: str) -> IdentityResource:
    """One user-assigned identity."""
    return identity_from(arm.get(named_path(arm, group, name), IDENTITIES))


def put_identity(
    arm: ArmClient, group: str, name: str, location: str | None = None, tags: Mapping[str, str] | None = None
) -> IdentityResource:
    """Make a user-assigned identity, or change the tags of one.

    Args:
        location: By default that of its resource group.
        tags: None leaves those of an existing one as they are.
    """
    path = named_path(arm, group, name)
    where = plain_location(location) if location else get_group(arm, group).location
    body: dict[str, Any] = {"location": where}
    kept = _tags(arm, path) if tags is None else tags
    if kept:
        body["tags"] = dict(kept)
    return identity_from(arm.change("PUT", path, IDENTITIES, body))


def _tags(arm: ArmClient, path: str) -> Mapping[str, str] | None:
    """The tags of an identity that may be there: what a PUT does not send is gone."""
    try:
        return identity_from(arm.get(path, IDENTITIES)).tags
    except (NotFoundError, ForbiddenError):
        return None


def remove_identity(arm: ArmClient, path: str) -> None:
    """Remove the user-assigned identity at a path. One that is gone already is well."""
    arm.change("DELETE", path, IDENTITIES)


def named_path(arm: ArmClient, group: str, name: str) -> str:
    """The path of a user-assigned identity, by its name."""
    return f"{arm.group_path(group)}/providers/{TYPE}/{segment(name, 'user-assigned identity')}"


def identity_path(resource_id: str) -> str:
    """The path of the user-assigned identity that an ID names.

    Raises:
        UsageError: It is the ID of something else.
    """
    remedy = "Get-AzureRmUserAssignedIdentity shows them as Id."
    return path_of(resource_id, TYPE, "user-assigned identity", remedy)


def principals(arm: ArmClient) -> dict[str, IdentityResource]:
    """The user-assigned identities that the caller may see, by object ID; none where ARM does not tell."""
    try:
        return {item.principal_id.lower(): item for item in list_identities(arm) if item.principal_id}
    except ArmError:
        return {}


def identity_from(item: Mapping[str, Any]) -> IdentityResource:
    """A user-assigned identity, from its JSON."""
    properties = item.get("properties") or {}
    resource_id = str(item.get("id", ""))
    return IdentityResource(
        id=resource_id,
        resource_group_name=parts(resource_id).group or "",
        name=str(item.get("name", "")),
        location=str(item.get("location", "")),
        tenant_id=properties.get("tenantId"),
        principal_id=properties.get("principalId"),
        client_id=properties.get("clientId"),
        client_secret_url=properties.get("clientSecretUrl"),
        tags=item.get("tags") or None,  # of one without tags, ARM tells an empty object
        type=str(item.get("type", TYPE)),
        raw=item,
    )
