"""Resource groups, and the resources in them.

Wire format: https://learn.microsoft.com/rest/api/resources/
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..errors import ConflictError, ForbiddenError, NotFoundError, UsageError
from ..resources import Resource, ResourceGroup
from .compute import COMPUTE
from .ids import ResourceParts, as_path, parts
from .longrunning import Progress
from .nouns import plain_location, resource_group_from
from .paths import segment

if TYPE_CHECKING:
    from .client import ArmClient

RESOURCE_GROUPS = PROVIDERS = "2021-04-01"

#: What is asked of these types; the version of another is looked up, which not everybody may.
_VERSIONS: Mapping[str, str] = {
    "microsoft.compute/virtualmachines": COMPUTE,
    "microsoft.compute/virtualmachines/extensions": COMPUTE,
    "microsoft.managedidentity/userassignedidentities": "2023-01-31",
    "microsoft.authorization/roleassignments": "2022-04-01",
    "microsoft.authorization/roledefinitions": "2022-04-01",
}


def list_groups(arm: ArmClient, api_version: str | None = None) -> Iterator[ResourceGroup]:
    """The resource groups of the subscription that the caller may read."""
    path = f"{arm.subscription_path()}/resourcegroups"
    return map(resource_group_from, arm.list(path, api_version or RESOURCE_GROUPS))


def get_group(arm: ArmClient, name: str, api_version: str | None = None) -> ResourceGroup:
    """One resource group."""
    return group_at(arm, arm.group_path(name), api_version)


def group_at(arm: ArmClient, path: str, api_version: str | None = None) -> ResourceGroup:
    """The resource group at a path."""
    return resource_group_from(arm.get(path, api_version or RESOURCE_GROUPS))


def group_path(group_id: str) -> str:
    """The path of the resource group that an ID names, in whichever subscription it is.

    Raises:
        UsageError: It is the ID of something else.
    """
    found = parts(group_id)
    if found.subscription is None or found.group is None or found.type:
        raise UsageError(
            f"{group_id!r} is not the ID of a resource group",
            target=group_id,
            remedy="It reads /subscriptions/<subscription ID>/resourceGroups/<name>.",
        )
    return as_path(group_id, "resource group")


def put_group(
    arm: ArmClient,
    name: str,
    location: str,
    tags: Mapping[str, str] | None = None,
    *,
    replace: bool = False,
    api_version: str | None = None,
) -> ResourceGroup:
    """Make a resource group.

    Args:
        tags: None leaves those of an existing group as they are.
        replace: Whether there may be such a group already, whose tags are replaced then.

    Raises:
        ConflictError: There is one, and `replace` does not say that this is well.
    """
    version = api_version or RESOURCE_GROUPS
    found = _existing(arm, name, version)
    if found is not None and not replace:
        raise ConflictError(
            f"the resource group {found.resource_group_name!r} exists already, in {found.location}",
            target=found.resource_id,
            remedy=f"To {'write it once more' if tags is None else 'replace its tags'}, add -Force. "
            "To work with it as it is: Get-AzureRmResourceGroup.",
            details={"confirm": _question(found, tags)},
        )
    body: dict[str, Any] = {"location": plain_location(location)}
    kept = found.tags if found is not None and tags is None else tags
    if kept is not None:
        body["tags"] = dict(kept)
    return resource_group_from(arm.change("PUT", arm.group_path(name), version, body))


def _existing(arm: ArmClient, name: str, version: str) -> ResourceGroup | None:
    try:
        return get_group(arm, name, version)
    except NotFoundError:
        return None


def _question(group: ResourceGroup, tags: Mapping[str, str] | None) -> str:
    """What is asked before a group that is there is written over."""
    there = f"The resource group {group.resource_group_name!r} exists already, in {group.location}."
    wanted = {name.lower(): value for name, value in ((group.tags if tags is None else tags) or {}).items()}
    lost = [f"{name}={value}" for name, value in (group.tags or {}).items() if wanted.get(name.lower()) != value]
    if lost:
        return (
            f"{there} Its tags would be replaced, and these would be lost: {', '.join(lost)}. Do you want to continue?"
        )
    return f"{there} No tag is lost. Do you want to write it once more?"


def remove_group(
    arm: ArmClient, path: str, api_version: str | None = None, progress: Callable[[Progress], None] | None = None
) -> None:
    """Remove the resource group at a path, and all that is in it. It may take many minutes."""
    arm.change("DELETE", path, api_version or RESOURCE_GROUPS, progress=progress)


def list_resources(
    arm: ArmClient, group: str | None = None, condition: str | None = None, api_version: str | None = None
) -> Iterator[Resource]:
    """The resources of a resource group, or of the whole subscription, that the caller may read.

    Args:
        condition: ARM's `$filter`: "resourceType eq 'Microsoft.Compute/virtualMachines'".
    """
    scope = arm.subscription_path() if group is None else arm.group_path(group)
    query = {"$filter": condition} if condition else {}
    return map(resource_from, arm.list(f"{scope}/resources", api_version or RESOURCE_GROUPS, **query))


def get_resource(
    arm: ArmClient, resource_id: str, api_version: str | None = None, *, preview: bool = False
) -> Resource:
    """One resource, with its properties.

    Args:
        api_version: The version of its type's API; by default the newest, see `newest_version`.
    """
    path = as_path(resource_id, "resource")
    found = parts(resource_id)
    if not api_version:
        api_version = newest_version(arm, found, preview=preview) if found.type else RESOURCE_GROUPS
    return resource_from(arm.get(path, api_version))


def newest_version(arm: ArmClient, what: ResourceParts, *, preview: bool = False) -> str:
    """The newest api-version of a resource type, as the resource provider tells it.

    Args:
        preview: Whether one that is not final yet will do.

    Raises:
        UsageError: There is no such type.
        ForbiddenError: The caller may not read resource providers.
    """
    known = _VERSIONS.get(what.type.lower())
    if known is not None and not preview:
        return known
    scope = f"/subscriptions/{segment(what.subscription, 'subscription')}" if what.subscription else ""
    path = f"{scope}/providers/{segment(what.namespace or '', 'resource provider')}"
    try:
        provider = arm.get(path, PROVIDERS)
    except ForbiddenError as exc:
        exc.remedy = (
            f"The api-version of {what.type} was to be looked up, which needs a role at the subscription. "
            "Name one with -ApiVersion instead: Microsoft's REST reference lists them."
        )
        raise
    kinds = "/".join(what.kinds).lower()
    for kind in provider.get("resourceTypes") or ():
        if str(kind.get("resourceType", "")).lower() == kinds:
            versions = sorted(str(version) for version in kind.get("apiVersions") or ())
            final = [version for version in versions if "-preview" not in version]
            if versions:
                return versions[-1] if preview or not final else final[-1]
    raise UsageError(
        f"there is no resource type {what.type!r}",
        target=what.type,
        remedy="Check the ID. Where it is right, name the version of its API with -ApiVersion.",
    )


def resource_from(item: Mapping[str, Any]) -> Resource:
    """A resource, from its JSON."""
    resource_id, kind = str(item.get("id", "")), str(item.get("type", ""))
    where = parts(resource_id)
    return Resource(
        name=str(item.get("name", "")),
        resource_group_name=where.group,
        resource_type=kind or where.type,
        location=item.get("location"),
        resource_id=resource_id,
        id=resource_id,
        type=kind or where.type,
        parent_resource=where.parent,
        subscription_id=where.subscription,
        kind=item.get("kind"),
        managed_by=item.get("managedBy"),
        tags=item.get("tags"),
        identity=item.get("identity"),
        plan=item.get("plan"),
        sku=item.get("sku"),
        properties=item.get("properties"),
        raw=item,
    )
