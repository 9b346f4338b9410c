"""The identity block of a VM that is changed. A PATCH that leaves user-assigned identities out of the type drops them.

Rules: https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/qs-configure-rest-vm
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from ..nouns import Principal, VirtualMachine
from ..world import World
from .call import ArmCall, Refusal, invalid_content

WRITE_VM = "Microsoft.Compute/virtualMachines/write"
ASSIGN = "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action"
_ID = re.compile(
    r"/subscriptions/(?P<subscription>[^/]+)/resourceGroups/(?P<group>[^/]+)"
    r"/providers/Microsoft\.ManagedIdentity/userAssignedIdentities/(?P<name>[^/]+)",
    re.IGNORECASE,
)
_TYPES = frozenset({"systemassigned", "userassigned", "none"})


class Wish(NamedTuple):
    """What a VM's identities are to be."""

    own: bool
    assigned: list[Principal]

    def apply(self, world: World, vm: VirtualMachine) -> None:
        if not self.own:
            vm.system_assigned = None
        elif vm.system_assigned is None:
            vm.system_assigned = world.own_identity(vm)
        vm.user_assigned = self.assigned


def identity_wish(arm: ArmCall, vm: VirtualMachine, sent: Mapping[str, Any], *, merge: bool) -> Wish | None:
    """What a request wants of a VM's identities; None if it says nothing of them.

    Args:
        merge: Whether user-assigned identities that are not named stay, as a PATCH has it, or go.

    Raises:
        Refusal: It cannot be, or the caller may not.
    """
    block = sent.get("identity")
    if block is None:
        return None
    if not isinstance(block, dict):
        raise invalid_content("'identity' is not an object.")
    types = _types(block)
    named = _named(block)
    if "userassigned" not in types:
        if any(wanted for wanted in named.values()):
            raise Refusal(
                400,
                "InvalidParameter",
                f"The identity type '{block.get('type')}' does not go with user-assigned identities.",
            )
        return Wish("systemassigned" in types, [])
    present = {identity.resource_id.lower(): identity for identity in vm.user_assigned}
    kept = present if merge and "identityIds" not in block else {}
    wanted = {key: identity for key, identity in kept.items() if named.get(key, True)}
    for key, is_wanted in named.items():
        if is_wanted:
            wanted[key] = present.get(key) or _find(arm, vm, key)
    if not wanted:
        raise Refusal(
            400,
            "MissingIdentityIds",
            f"The identity ids must not be null or empty for '{block.get('type')}' identity type.",
        )
    return Wish("systemassigned" in types, list(wanted.values()))


def _types(block: Mapping[str, Any]) -> set[str]:
    text = block.get("type")
    types = {one.strip().lower() for one in text.split(",")} if isinstance(text, str) else set()
    if not types or not types <= _TYPES or ("none" in types and len(types) > 1):
        raise Refusal(
            400,
            "InvalidParameter",
            f"The value '{text}' of parameter 'identity.type' is not allowed. Allowed values are: SystemAssigned, "
            "UserAssigned, 'SystemAssigned, UserAssigned', None.",
        )
    return types


def _named(block: Mapping[str, Any]) -> dict[str, bool]:
    """The resource IDs that a request names, in lower case, and whether it wants them: null is for what is to go."""
    older = block.get("identityIds")
    named = block.get("userAssignedIdentities")
    if named is None:
        named = {key: {} for key in older} if isinstance(older, list) else {}
    if not isinstance(named, dict):
        raise invalid_content("'userAssignedIdentities' is not an object.")
    return {str(key).lower(): value is not None for key, value in named.items()}


def _find(arm: ArmCall, vm: VirtualMachine, resource_id: str) -> Principal:
    """An identity that is to be assigned, which the caller must be allowed to."""
    match = _ID.fullmatch(resource_id)
    if match is None:
        raise Refusal(
            400,
            "LinkedInvalidPropertyId",
            f"Property id '{resource_id}' at path 'identity.userAssignedIdentities' is invalid. Expect fully "
            "qualified resource Id that start with '/subscriptions/{subscriptionId}' or "
            "'/providers/{resourceProviderNamespace}/'.",
        )
    subscription = arm.world.subscriptions.get(match["subscription"])
    group = subscription.groups.get(match["group"]) if subscription else None
    identity = group.identities.get(match["name"]) if group else None
    arm.require_linked(WRITE_VM, vm.id, ASSIGN, identity.resource_id if identity else resource_id)
    if identity is None:
        raise Refusal(
            400,
            "FailedIdentityOperation",
            f"Identity operation for resource '{vm.id}' failed with error 'Resource '{resource_id}' was not found.'.",
        )
    return identity
