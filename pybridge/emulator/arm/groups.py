"""ARM's resource groups.

Wire format: https://learn.microsoft.com/rest/api/resources/resource-groups
"""

from __future__ import annotations

import re
from typing import Any

from ..nouns import ResourceGroup
from . import longrunning
from .call import ArmCall, Refusal, Reply
from .conditions import filter_conditions
from .locations import location_of, tags_of

READ = "Microsoft.Resources/subscriptions/resourceGroups/read"
WRITE = "Microsoft.Resources/subscriptions/resourceGroups/write"
DELETE = "Microsoft.Resources/subscriptions/resourceGroups/delete"
_NAME = re.compile(r"[-\w.()]{0,89}[-\w()]")


def list_groups(arm: ArmCall) -> Any:
    """Filters: `tagName eq`, `tagValue eq`."""
    groups = list(arm.subscription().groups.values())
    wanted = filter_conditions(arm.call, ("tagname", "tagvalue"))
    allowed = arm.access.filter(READ)
    for group in groups:
        arm.operations.look(group.id, arm.call.now)
    return arm.page(
        [group for group in groups if group.name.lower() in group.subscription.groups],
        lambda group: allowed(group.id) and has_tag(group.tags, wanted),
        _group,
    )


def get_group(arm: ArmCall) -> Any:
    arm.require(READ, arm.group_scope())
    arm.operations.look(arm.group_scope(), arm.call.now)
    return _group(arm.group())


def head_group(arm: ArmCall) -> Any:
    """Whether it is there: 204 or 404."""
    arm.require(READ, arm.group_scope())
    arm.group()
    return Reply(204)


def put_group(arm: ArmCall) -> Any:
    arm.require(WRITE, arm.group_scope())
    subscription, name, sent = arm.subscription(), arm.names["group"], arm.body()
    group = subscription.groups.get(name.lower())
    if group is None:
        if not _NAME.fullmatch(name):
            raise Refusal(400, "InvalidResourceGroup", f"The provided resource group name '{name}' has wrong letters.")
        location = location_of(sent, None, "LocationNotAvailableForResourceGroup")
        return Reply(201, _group(arm.world.add_group(subscription, name, location=location, tags=tags_of(sent))))
    group = arm.writable_group()
    try:
        location_of(sent, group.location, "LocationNotAvailableForResourceGroup")
    except Refusal as refusal:
        if refusal.status != 409:
            raise
        raise Refusal(
            409,
            "InvalidResourceGroupLocation",
            f"Invalid resource group location '{sent['location']}'. The Resource group already exists in location "
            f"'{group.location}'.",
        ) from None
    group.tags = tags_of(sent) or {}
    return _group(group)


def patch_group(arm: ArmCall) -> Any:
    arm.require(WRITE, arm.group_scope())
    group, tags = arm.writable_group(), tags_of(arm.body())
    if tags is not None:
        group.tags = tags
    return _group(group)


def delete_group(arm: ArmCall) -> Any:
    """Everything below goes along, in the end."""
    arm.require(DELETE, arm.group_scope())
    group, world, now = arm.writable_group(), arm.world, arm.call.now
    group.provisioning = "Deleting"

    def end(status: str) -> None:
        if status != "Succeeded":
            group.provisioning = "Succeeded"
            return
        for vm in list(group.vms.values()):
            arm.operations.preempt(vm.id, now)
        world.remove_group(group)

    operation = arm.operations.begin(arm.call, group.id, end=end)
    return Reply(
        202,
        None,
        arm.operations.headers(
            arm.call,
            operation,
            longrunning.LOCATION_ONLY,
            subscription=group.subscription.subscription_id,
            location=group.location,
        ),
    )


def has_tag(tags: dict[str, str], wanted: dict[str, str]) -> bool:
    """Names of tags ignore case, their values do not."""
    if "tagname" not in wanted and "tagvalue" not in wanted:
        return True
    found = {name.lower(): value for name, value in tags.items()}
    value = found.get(wanted.get("tagname", "").lower())
    return value is not None and wanted.get("tagvalue", value) == value


def _group(group: ResourceGroup) -> dict[str, Any]:
    view: dict[str, Any] = {
        "id": group.id,
        "name": group.name,
        "type": "Microsoft.Resources/resourceGroups",
        "location": group.location,
        "properties": {"provisioningState": group.provisioning},
    }
    if group.tags:
        view["tags"] = dict(group.tags)
    return view
