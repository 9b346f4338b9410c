"""Resource groups, and whatever else ARM has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .travel import ARM, HIDDEN, JSON


@dataclass(frozen=True, slots=True)
class ResourceGroup:
    """A resource group.

    Attributes:
        tags: None where ARM tells none.
        tags_table: The same as AzureRM shows them.
        raw: ARM's own JSON.
    """

    resource_group_name: str
    location: str
    provisioning_state: str | None
    tags: Mapping[str, str] | None
    resource_id: str
    managed_by: str | None = None
    tags_table: str | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, metadata=HIDDEN)


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource of any type.

    Attributes:
        resource_id, id: Its resource ID, under both of AzureRM's names.
        resource_type, type: Its type, under both of AzureRM's names.
        parent_resource: "virtualMachines/vm01" for an extension of that VM; None for what has no parent.
        properties: ARM's own JSON; None in a list, which does not tell them.
        identity, plan, sku: ARM's JSON in PowerShell's spelling.
        raw: All of ARM's JSON.
    """

    name: str
    resource_group_name: str | None
    resource_type: str
    location: str | None
    resource_id: str
    id: str
    type: str
    parent_resource: str | None
    subscription_id: str | None
    kind: str | None
    managed_by: str | None
    tags: Mapping[str, str] | None
    identity: Mapping[str, Any] | None = field(metadata=ARM)
    plan: Mapping[str, Any] | None = field(metadata=ARM)
    sku: Mapping[str, Any] | None = field(metadata=ARM)
    properties: Mapping[str, Any] | None = field(default=None, metadata=JSON)
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, metadata=HIDDEN)


@dataclass(init=False, repr=False, eq=False)
class ArmObject(dict[str, Any]):
    """A JSON object of ARM, as it came."""


@dataclass(frozen=True, slots=True)
class RestResponse:
    """An answer of ARM.

    Attributes:
        status_code: 200 to 299; everything else is an error.
        method: What was asked: "GET".
        headers: As they came; none of them holds a secret of the caller.
        content: The body, as text.
        request_id: What Microsoft's support asks for.
    """

    status_code: int
    method: str
    headers: Mapping[str, str]
    content: str
    request_id: str | None
