"""How the JSON of Azure Resource Manager becomes one of our nouns, and how places and tags are written in it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..resources import ResourceGroup, Subscription


def subscription_from(item: Mapping[str, Any]) -> Subscription:
    """A subscription, from its JSON."""
    return Subscription(
        id=str(item.get("subscriptionId", "")),
        name=str(item.get("displayName", "")),
        tenant_id=item.get("tenantId"),
        state=item.get("state"),
        raw=item,
    )


def resource_group_from(item: Mapping[str, Any]) -> ResourceGroup:
    """A resource group, from its JSON."""
    return ResourceGroup(
        resource_group_name=str(item.get("name", "")),
        location=str(item.get("location", "")),
        provisioning_state=(item.get("properties") or {}).get("provisioningState"),
        tags=item.get("tags"),
        resource_id=str(item.get("id", "")),
        tags_table=tags_table(item.get("tags")),
        raw=item,
    )


def plain_location(location: str) -> str:
    """ "East US" is eastus."""
    return "".join(location.split()).lower()


def tags_table(tags: Mapping[str, Any] | None) -> str | None:
    """Tags as AzureRM shows those of a resource group: below an empty line, in two columns. None for none."""
    texts = tag_texts(tags)
    if not texts:
        return None
    name_width, value_width = (max(map(len, column)) for column in (("Name", *texts), ("Value", *texts.values())))
    rows = [("Name", "Value"), ("=" * name_width, "=" * value_width), *texts.items()]
    return "\n" + "".join(f"{name:{name_width}}  {value:{value_width}}\n" for name, value in rows)


def tag_texts(tags: Mapping[str, Any] | None) -> dict[str, str] | None:
    """The tags of a PowerShell hashtable, as ARM wants them: a name without a value gets an empty one."""
    return None if tags is None else {name: "" if value is None else str(value) for name, value in tags.items()}
