"""Tokens of managed identities, of this machine's and of hosts': what they are for, whose, and why there is none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from .. import catalogue
from ..backend import Call, FromHost
from ..clouds import resource_ids
from ..credential import ManagedIdentityCredential
from ..identity import who_am_i
from ..models import AccessToken, ManagedIdentityId
from ..resources import Check, ManagedIdentity, ResourceId
from .fanout import each, flattened

if TYPE_CHECKING:  # few reach for hosts, and it takes a while
    from ..hosts import Host
    from ..reach import Reach
    from ..sessions import PSSession


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
    reach: Reach | None = None,
) -> AccessToken | str | Iterator[FromHost[AccessToken | str]]:
    """A token of this machine's managed identity, or one each of those of hosts.

    `resource` may be a name of the catalogue, which is looked up in the cloud `environment`.
    """
    wanted = catalogue.resource_named(resource, environment)

    def obtain(host: Host | PSSession | None) -> AccessToken | str:
        credential = _credential(call, host, client_id, object_id, resource_id, source)
        token = credential.get_token(wanted, force_refresh=force_refresh)
        return token.token if as_plain_text else token

    return obtain(None) if reach is None else each(call, reach, obtain, activity="Getting tokens")


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
    reach: Reach | None = None,
) -> ManagedIdentity | Iterator[FromHost[ManagedIdentity]]:
    """Whose tokens come here, or to hosts, and from which source: read off a token, see `get_token`."""
    wanted = catalogue.resource_named(resource, environment)

    def identify(host: Host | PSSession | None) -> ManagedIdentity:
        return who_am_i(_credential(call, host, client_id, object_id, resource_id, source), wanted)

    return identify(None) if reach is None else each(call, reach, identify, activity="Asking for identities")


def check_identity(
    call: Call,
    *,
    environment: str | None = None,
    client_id: str | None = None,
    object_id: str | None = None,
    resource_id: str | None = None,
    source: str | None = None,
    quiet: bool = False,
    reach: Reach | None = None,
) -> Iterator[Check] | bool | Iterator[FromHost[Check]] | Iterator[FromHost[bool]]:
    """The checklist of why there is no token, the verdict last; with `quiet` only whether nothing in it is broken.

    For hosts, it is gone through for each of them.
    """
    from .. import doctor  # few ask for it

    def examine(machine: doctor.Machine) -> Iterator[Check]:
        return doctor.examine(
            machine,
            source=source,
            identity=ManagedIdentityId(client_id, object_id, resource_id),
            cloud=environment,
        )

    def works(checks: Iterable[Check]) -> bool:
        return all(check.state != "broken" for check in checks)

    def examine_at(host: Host | PSSession) -> tuple[Check, ...]:
        with call.opened(host) as there:
            machine = doctor.machine_at(
                there,
                https=call.backend.https,
                environ=call.backend.environ,
                limit=host.timeout,
            )
            return tuple(examine(machine))

    if reach is None:
        call.backend.before_waiting()  # the checks wait in threads of their own, which nobody hears of
        checks = examine(doctor.Machine(call.backend.metadata, call.backend.https, call.backend.environ))
        return works(checks) if quiet else checks
    activity = "Examining"
    if quiet:
        return each(call, reach, lambda host: works(examine_at(host)), activity=activity)
    return flattened(each(call, reach, examine_at, activity=activity))


def _credential(
    call: Call,
    host: Host | PSSession | None,
    client_id: str | None,
    object_id: str | None,
    resource_id: str | None,
    source: str | None,
) -> ManagedIdentityCredential:
    """The credential of this machine, or of a host."""
    make = call.backend.credential if host is None else partial(call.credential_at, host)
    credential: ManagedIdentityCredential = make(
        ManagedIdentityCredential,
        client_id=client_id,
        object_id=object_id,
        resource_id=resource_id,
        source=source,
    )
    return credential
