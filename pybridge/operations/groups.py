"""Resource groups, and the resources in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ..arm import ArmClient, groups
from ..arm.ids import parts
from ..arm.nouns import plain_location, tag_texts
from ..arm.roles import quoted
from ..arm.wildcards import fits, is_pattern
from ..backend import Call
from ..errors import UsageError
from ..resources import Context, Resource, ResourceGroup


def list_resource_groups(
    call: Call,
    *,
    context: Context | None,
    name: str | None = None,
    location: str | None = None,
    tag: Mapping[str, Any] | None = None,
    group_id: str | None = None,
    api_version: str | None = None,
) -> Iterator[ResourceGroup]:
    """The resource groups of the subscription: all, those whose name fits, or the one of that name or ID.

    Args:
        location: Of this location only; "East US" is eastus.
        tag: With these tags only; a name without a value takes any value.
    """
    arm = call.arm(context)
    place = location and plain_location(location)
    wanted = _wanted(tag)
    if group_id is not None:
        found = iter([groups.group_at(arm, groups.group_path(group_id), api_version)])
    elif name is None or is_pattern(name):
        found = groups.list_groups(arm, api_version)
    else:
        found = iter([groups.get_group(arm, name, api_version)])
    for group in found:
        fitting = group_id is not None or name is None or fits(group.resource_group_name, name)
        if fitting and (place is None or group.location.lower() == place) and _has_tags(group.tags, wanted):
            yield group


def create_resource_group(
    call: Call,
    *,
    context: Context | None,
    name: str,
    location: str,
    tag: Mapping[str, Any] | None = None,
    force: bool = False,
    api_version: str | None = None,
) -> ResourceGroup:
    """Make a resource group. One that exists already is an error, but with `force`: then its tags are replaced."""
    return groups.put_group(call.arm(context), name, location, tag_texts(tag), replace=force, api_version=api_version)


def remove_resource_group(
    call: Call,
    *,
    context: Context | None,
    name: str | None = None,
    group_id: str | None = None,
    api_version: str | None = None,
) -> bool:
    """Remove the resource group of that name or ID, with all that is in it; True once it is gone."""
    arm = call.arm(context)
    if (name is None) == (group_id is None):
        raise UsageError("a resource group to remove is named by its name or its ID", target=name or group_id)
    path = arm.group_path(name) if name is not None else groups.group_path(group_id or "")
    groups.remove_group(arm, path, api_version, call.progress)
    return True


def list_resources(
    call: Call,
    *,
    context: Context | None,
    name: str | None = None,
    resource_type: str | None = None,
    resource_group_name: str | None = None,
    tag_name: str | None = None,
    tag_value: str | None = None,
    tag: Mapping[str, Any] | None = None,
    odata_query: str | None = None,
    resource_id: str | None = None,
    expand_properties: bool = False,
    api_version: str | None = None,
    pre: bool = False,
) -> Iterator[Resource]:
    """The resources of the subscription or of a resource group that fit, or the one of that ID.

    Args:
        odata_query: A condition of ARM's own, beside the others.
        expand_properties: Whether to ask for each one's properties too: a request each.
        api_version: Of the resource's own API; of the list itself where that is all that is asked.
        pre: Whether an api-version that is not final yet will do.
    """
    arm = call.arm(context)
    if resource_id is not None:
        yield groups.get_resource(arm, resource_id, api_version, preview=pre)
        return
    wanted = _wanted(tag)
    if tag_name is not None or tag_value is not None:
        wanted = [*wanted, (tag_name, tag_value)]
    one_group = resource_group_name if resource_group_name and not is_pattern(resource_group_name) else None
    condition = _condition(name, resource_type, odata_query)
    versions: dict[str, str] = {}
    for item in groups.list_resources(arm, one_group, condition, None if expand_properties else api_version):
        if (
            fits(item.name, name)
            and fits(item.resource_type, resource_type)
            and (one_group is not None or fits(item.resource_group_name, resource_group_name))
            and _has_tags(item.tags, wanted)
        ):
            yield _expanded(arm, item, api_version, versions, pre) if expand_properties else item


def _condition(name: str | None, resource_type: str | None, odata_query: str | None) -> str | None:
    """What ARM itself can look for. Not tags: looking for one, it leaves the tags out of its answer."""
    conditions = [
        f"{member} eq '{quoted(value)}'"
        for member, value in (("resourceType", resource_type), ("name", name))
        if value is not None and not is_pattern(value)
    ]
    return " and ".join([*conditions, *([odata_query] if odata_query else [])]) or None


def _expanded(
    arm: ArmClient, item: Resource, api_version: str | None, versions: dict[str, str], preview: bool
) -> Resource:
    """A resource of a list with its properties. `versions` remembers the api-version of each type."""
    kind = item.resource_type.lower()
    if kind not in versions:
        versions[kind] = api_version or groups.newest_version(arm, parts(item.resource_id), preview=preview)
    whole = groups.get_resource(arm, item.resource_id, versions[kind])
    return replace(whole, tags=whole.tags or item.tags, location=whole.location or item.location)


def _wanted(tag: Mapping[str, Any] | None) -> list[tuple[str | None, str | None]]:
    """Names and values of the tags that are looked for.

    AzureRM's first form, @{Name = 'environment'; Value = 'demo'}, means one tag.
    """
    if not tag:
        return []
    keys = {key.lower(): key for key in tag}
    if set(keys) == {"name", "value"}:
        return [(str(tag[keys["name"]]), _text(tag[keys["value"]]))]
    return [(key, _text(value)) for key, value in tag.items()]


def _has_tags(tags: Mapping[str, str] | None, wanted: list[tuple[str | None, str | None]]) -> bool:
    """Whether each wanted tag is there. The case of names does not count, that of values does."""
    return all(
        any(
            (name is None or key.lower() == name.lower()) and (value is None or found == value)
            for key, found in (tags or {}).items()
        )
        for name, value in wanted
    )


def _text(value: Any) -> str | None:
    return None if value is None or value == "" else str(value)
