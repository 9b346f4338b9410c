"""Which identities a VM has, and what to send to change that without losing the others. Pure.

A PATCH of a VM takes what it says of the kinds of identity as the whole truth: {"type": "SystemAssigned"} turns the
system-assigned identity on and drops every user-assigned one. So what is sent is made from what is there.

https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/qs-configure-rest-vm
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import UsageError

#: AzureRM's names for what a VM may have.
IDENTITY_TYPES = ("SystemAssigned", "UserAssigned", "SystemAssignedUserAssigned", "None")


@dataclass(frozen=True, slots=True)
class IdentityChange:
    """What is to become of the identities of a VM. What is not named here stays.

    Attributes:
        system_assigned: True to turn the system-assigned identity on, False to take it away; None leaves it.
        add: The resource IDs of user-assigned identities that it gets.
        remove: Those of the ones that it loses.
        remove_all: Whether it loses every user-assigned one.
        needs_assigned: Whether it must have a user-assigned one in the end.
    """

    system_assigned: bool | None = None
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    remove_all: bool = False
    needs_assigned: bool = False


def change_to(kind: str, identity_ids: tuple[str, ...] = ()) -> IdentityChange:
    """The change that AzureRM's -IdentityType and -IdentityId ask for.

    A kind that is named is added, and drops nothing beside it, but for two that say what goes: UserAssigned takes the
    system-assigned identity away, None takes all of them.

    Raises:
        UsageError: There is no such kind, or the two do not go together.
    """
    known = {name.lower(): name for name in IDENTITY_TYPES}.get(kind.lower())
    if known is None:
        raise UsageError(f"{kind!r} is no type of identity: {', '.join(IDENTITY_TYPES)}", target=kind)
    if identity_ids and "UserAssigned" not in known:
        raise UsageError(
            f"the identity type {known} takes no user-assigned identities",
            target=identity_ids[0],
            remedy="Name the type SystemAssignedUserAssigned, or UserAssigned without a system-assigned one.",
        )
    if known == "None":
        return IdentityChange(False, remove_all=True)
    return IdentityChange(
        known.startswith("SystemAssigned"), add=identity_ids, needs_assigned=known.endswith("UserAssigned")
    )


def identity_body(machine: Mapping[str, Any], change: IdentityChange) -> dict[str, Any] | None:
    """The `identity` to send for a VM.

    Args:
        machine: ARM's JSON of the VM as it is.
        change: What is to become of it.

    Returns:
        The block; None where the VM is so already.

    Raises:
        UsageError: No user-assigned identity would be there, and one is needed.
    """
    block = machine.get("identity") or {}
    kinds = {kind.strip().lower() for kind in str(block.get("type") or "None").split(",")}
    present = {resource_id.lower(): resource_id for resource_id in block.get("userAssignedIdentities") or {}}
    system = "systemassigned" in kinds if change.system_assigned is None else change.system_assigned
    gone = set(present) if change.remove_all else {one.lower() for one in change.remove} & set(present)
    kept = {key: resource_id for key, resource_id in present.items() if key not in gone}
    for resource_id in change.add:
        kept.setdefault(resource_id.lower(), resource_id)
    if change.needs_assigned and not kept:
        raise UsageError(
            f"the VM {machine.get('name')} has no user-assigned identity, and none is named",
            target=machine.get("id"),
            remedy="Name one by its resource ID: -IdentityId (Get-AzureRmUserAssignedIdentity ...).Id",
        )
    if system is ("systemassigned" in kinds) and set(kept) == set(present):
        return None
    names = [*(["SystemAssigned"] if system else []), *(["UserAssigned"] if kept else [])]
    body: dict[str, Any] = {"type": ", ".join(names) or "None"}
    if kept:
        dropped = {present[key]: None for key in sorted(gone - set(kept))}
        body["userAssignedIdentities"] = {**{resource_id: {} for resource_id in kept.values()}, **dropped}
    return body
