"""User-assigned identities.

Wire format: https://learn.microsoft.com/rest/api/managedidentity/user-assigned-identities
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..nouns import Principal
from .call import ArmCall, Reply, not_found
from .locations import location_of, tags_of

KIND = "Microsoft.ManagedIdentity/userAssignedIdentities"
READ, WRITE, DELETE = f"{KIND}/read", f"{KIND}/write", f"{KIND}/delete"


def list_all(arm: ArmCall) -> Any:
    groups = list(arm.subscription().groups.values())
    return _page(arm, [identity for group in groups for identity in list(group.identities.values())])


def list_in_group(arm: ArmCall) -> Any:
    return _page(arm, list(arm.group().identities.values()))


def get_identity(arm: ArmCall) -> Any:
    arm.require(READ, _scope(arm))
    return _view(_identity(arm))


def put_identity(arm: ArmCall) -> Any:
    """Made at once: there is no long operation. Of one that is there, only the tags may change."""
    arm.require(WRITE, _scope(arm))
    group, sent, name = arm.writable_group(), arm.body(), arm.names["identity"]
    identity = group.identities.get(name.lower())
    location = location_of(sent, identity.location if identity else None, "LocationNotAvailable")
    tags = tags_of(sent) or {}
    if identity is None:
        return Reply(201, _view(arm.world.add_identity(group, name, location=location, tags=tags)))
    _retag(identity, tags)
    return _view(identity)


def patch_identity(arm: ArmCall) -> Any:
    arm.require(WRITE, _scope(arm))
    arm.writable_group()
    identity, tags = _identity(arm), tags_of(arm.body())
    if tags is not None:
        _retag(identity, tags)
    return _view(identity)


def delete_identity(arm: ArmCall) -> Any:
    """Its principal ends; what VMs and role assignments say of it stays."""
    arm.require(DELETE, _scope(arm))
    identity = arm.writable_group().identities.get(arm.names["identity"].lower())
    if identity is None:
        return Reply(204)
    arm.world.remove_identity(identity)
    return Reply(200)


def _page(arm: ArmCall, identities: Sequence[Principal]) -> Any:
    allowed = arm.access.filter(READ)
    return arm.page(identities, lambda identity: allowed(identity.resource_id), _view)


def _identity(arm: ArmCall) -> Principal:
    name = arm.names["identity"]
    identity = arm.group().identities.get(name.lower())
    if identity is None:
        raise not_found(f"{KIND}/{name}", arm.names["group"])
    return identity


def _scope(arm: ArmCall) -> str:
    return f"{arm.group_scope()}/providers/{KIND}/{arm.names['identity']}"


def _retag(identity: Principal, tags: dict[str, str]) -> None:
    identity.tags.clear()
    identity.tags.update(tags)


def _view(identity: Principal) -> dict[str, Any]:
    return {
        "id": identity.resource_id,
        "name": identity.name,
        "type": KIND,
        "location": identity.location,
        "tags": dict(identity.tags),
        "properties": {
            "tenantId": identity.tenant_id,
            "principalId": identity.object_id,
            "clientId": identity.client_id,
        },
    }
