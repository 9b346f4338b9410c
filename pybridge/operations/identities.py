"""User-assigned identities: resources of their own, which live as long as nobody removes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..arm import identities
from ..arm.nouns import tag_texts
from ..arm.wildcards import fits, is_pattern
from ..backend import Call
from ..errors import UsageError
from ..resources import Context, IdentityResource


def list_identities(
    call: Call, *, context: Context | None, resource_group_name: str | None = None, name: str | None = None
) -> Iterator[IdentityResource]:
    """The user-assigned identities of the subscription or of a resource group, or the one of that name in it."""
    arm = call.arm(context)
    if name is None or is_pattern(name):
        for found in identities.list_identities(arm, resource_group_name):
            if fits(found.name, name):
                yield found
    elif resource_group_name is not None:
        yield identities.get_identity(arm, resource_group_name, name)
    else:
        raise UsageError("an identity is named by its resource group and its name", target=name)


def create_identity(
    call: Call,
    *,
    context: Context | None,
    resource_group_name: str,
    name: str,
    location: str | None = None,
    tag: Mapping[str, Any] | None = None,
) -> IdentityResource:
    """Make a user-assigned identity, in the location of its group where none is named; or change the tags of one."""
    return identities.put_identity(call.arm(context), resource_group_name, name, location, tag_texts(tag))


def remove_identity(
    call: Call,
    *,
    context: Context | None,
    resource_group_name: str | None = None,
    name: str | None = None,
    resource_id: str | None = None,
    input_object: Mapping[str, Any] | None = None,
) -> bool:
    """Remove the user-assigned identity of that name or ID, or that is given as an object; True once it is gone."""
    arm = call.arm(context)
    given = input_object or {}
    wanted = resource_id or str(given.get("Id") or given.get("ResourceId") or "")
    if wanted:
        path = identities.identity_path(wanted)
    elif resource_group_name is not None and name is not None:
        path = identities.named_path(arm, resource_group_name, name)
    else:
        raise UsageError("the identity to remove is not named: it takes a resource group and a name, or an ID")
    identities.remove_identity(arm, path)
    return True
