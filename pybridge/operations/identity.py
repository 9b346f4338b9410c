"""Tokens of this machine's managed identity: what they are for, whose they are, and why there is none."""

from __future__ import annotations

from collections.abc import Iterator

from .. import catalogue
from ..backend import Call
from ..clouds import resource_ids
from ..credential import ManagedIdentityCredential
from ..identity import who_am_i
from ..models import AccessToken, ManagedIdentityId
from ..resources import Check, ManagedIdentity, ResourceId


def get_token(
    call: Call,
    *,
    resource: str = "ResourceManager",
    environment: str | None = None,
    client_id: str | None = None,
    object_id: str | None = None,
    resource_id: str | None = None,
    source: str | None = None,
    force_refresh: bool = False,
    as_plain_text: bool = False,
) -> AccessToken | str:
    """A token of this machine's managed identity.

    `resource` may be a name of the catalogue, which is looked up in the cloud `environment`.
    """
    credential = _credential(call, client_id, object_id, resource_id, source)
    token = credential.get_token(catalogue.resource_named(resource, environment), force_refresh=force_refresh)
    return token.token if as_plain_text else token


def list_resource_ids(call: Call, *, name: str | None = None, environment: str | None = None) -> Iterator[ResourceId]:
    """What tokens can be asked for in a cloud: the whole catalogue, or what fits a name, which may have wildcards."""
    return resource_ids(name, environment)


def get_identity(
    call: Call,
    *,
    resource: str = "ResourceManager",
    environment: str | None = None,
    client_id: str | None = None,
    object_id: str | None = None,
    resource_id: str | None = None,
    source: str | None = None,
) -> ManagedIdentity:
    """Whose tokens come here, and from which source: read off a token for `resource`, see `get_token`."""
    credential = _credential(call, client_id, object_id, resource_id, source)
    return who_am_i(credential, catalogue.resource_named(resource, environment))


def check_identity(
    call: Call,
    *,
    environment: str | None = None,
    client_id: str | None = None,
    object_id: str | None = None,
    resource_id: str | None = None,
    source: str | None = None,
    quiet: bool = False,
) -> Iterator[Check] | bool:
    """The checklist of why there is no token, the verdict last; with `quiet` only whether nothing in it is broken."""
    from .. import doctor  # few ask for it

    call.backend.before_waiting()  # the checks wait in threads of their own, which nobody hears of
    checks = doctor.examine(
        doctor.Machine(call.backend.metadata, call.backend.https, call.backend.environ),
        source=source,
        identity=ManagedIdentityId(client_id, object_id, resource_id),
        cloud=environment,
    )
    return all(check.state != "broken" for check in checks) if quiet else checks


def _credential(
    call: Call, client_id: str | None, object_id: str | None, resource_id: str | None, source: str | None
) -> ManagedIdentityCredential:
    credential: ManagedIdentityCredential = call.backend.credential(
        ManagedIdentityCredential,
        client_id=client_id,
        object_id=object_id,
        resource_id=resource_id,
        source=source,
    )
    return credential
