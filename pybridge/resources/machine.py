"""What this machine's managed identity is good for."""

from __future__ import annotations

from dataclasses import dataclass, field

from .travel import EPOCH


@dataclass(frozen=True, slots=True)
class ResourceId:
    """What a token for a service is asked for, in one cloud: a row of the catalogue."""

    name: str
    resource_id: str
    title: str
    environment: str
    tested: bool
    documentation: str


@dataclass(frozen=True, slots=True)
class ManagedIdentity:
    """Whose tokens come here, as the claims of one tell it: for display, as nobody has checked them.

    Attributes:
        kind: "SystemAssigned", "UserAssigned" or "User" (Cloud Shell); None where the token does not tell.
        display_name: The name of the user, or of the application.
        object_id: What roles are granted to.
        resource_id: Of the identity: a system-assigned one has that of its machine.
        assigned_to: The resource ID of what it was asked on, such as the VM, where the token tells that beside it.
        source: The name of the source that gave the token; `source_title` is what a sentence calls it.
        why: Why it was this source.
        resource: What the token is for.
        expires_on: When it expires, in seconds since 1970 (UTC).
    """

    kind: str | None
    display_name: str | None
    tenant_id: str | None
    object_id: str | None
    client_id: str | None
    resource_id: str | None
    assigned_to: str | None
    source: str | None
    source_title: str | None
    why: str | None
    resource: str
    expires_on: int = field(metadata=EPOCH)


@dataclass(frozen=True, slots=True)
class Check:
    """One row of a checklist.

    Attributes:
        name: What was looked at; "Verdict" for the last row, which sums up.
        state: "ok", "warning", "broken" or "skipped".
        message: What was found.
        remedy: What to do now, or what is worth knowing.
    """

    name: str
    state: str
    message: str
    remedy: str | None = None
