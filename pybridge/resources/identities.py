"""User-assigned identities, and what turning an identity on has done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .travel import HIDDEN


@dataclass(frozen=True, slots=True)
class IdentityResource:
    """A user-assigned identity, as ARM keeps it.

    Attributes:
        principal_id: Its object ID: what roles are granted to.
        client_id: What a token is asked for by.
        client_secret_url: Only early versions of ARM told it.
    """

    id: str
    resource_group_name: str
    name: str
    location: str
    tenant_id: str | None
    principal_id: str | None
    client_id: str | None
    client_secret_url: str | None
    tags: Mapping[str, str] | None
    type: str
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, metadata=HIDDEN)


@dataclass(frozen=True, slots=True)
class EnabledIdentity:
    """An identity that a VM has now, and the role that it has.

    Attributes:
        resource_group_name, name: The VM.
        identity: "SystemAssigned", or the resource ID of a user-assigned one.
        principal_id: Its object ID.
        role, scope: What was granted where; None where nothing was asked for.
        changes: What this call has done: "IdentityEnabled", "RoleAssigned". Empty where all was there already.
    """

    resource_group_name: str
    name: str
    identity: str
    principal_id: str
    tenant_id: str | None
    role: str | None
    scope: str | None
    changes: tuple[str, ...]
