"""What Tab suggests in PowerShell: names of what there is, as far as the signed-in account may see it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from ..arm import ArmClient, identities
from ..arm.client import SUBSCRIPTIONS
from ..arm.compute import COMPUTE, MACHINES, machine_path
from ..arm.groups import PROVIDERS, RESOURCE_GROUPS
from ..arm.roles import DEFINITIONS
from ..backend import Call
from ..errors import PyBridgeError
from ..resources import Context

#: Seconds for which what was found is suggested again.
KEPT = 60.0

#: The most that is suggested at once.
MOST = 500


class Found(NamedTuple):
    """Something that can be named; `id` is its ID, where it has one that a parameter may want."""

    name: str
    id: str = ""


class Place(NamedTuple):
    """What the command line says already, and what narrows down the search."""

    group: str | None
    machine: str | None


def complete(
    call: Call,
    *,
    context: Context | None,
    kind: str,
    parameter: str,
    word: str,
    bound: Mapping[str, Any],
) -> list[str]:
    """The completions of what was typed, in order; none where they cannot be found out.

    What was found is kept for a minute, also where nobody waited for it any more.

    Args:
        kind: Of what: a key of FINDERS.
        parameter: The parameter's name: one that ends in Id is given IDs.
        word: What was typed: the beginning of the name, or of the ID.
        bound: The texts that other parameters of the command line have.
    """
    find = FINDERS.get(kind)
    if context is None or find is None:
        return []
    place = _place(bound)
    account = context.account
    who = (account.id, account.type, account.computer_name, account.endpoint, account.access_token)
    where = (context.environment.name, context.subscription and context.subscription.id)
    try:
        arm = call.arm(context)
        found = call.cached((complete, kind, place, who, where), KEPT, lambda: _sorted(find(arm, place)))
    except PyBridgeError:
        return []
    begins = word.lower()
    wants_id = parameter.lower().endswith("id")
    fitting = [item for item in found if item.name.lower().startswith(begins) or item.id.lower().startswith(begins)]
    return [item.id if wants_id and item.id else item.name for item in fitting[:MOST]]


def _place(bound: Mapping[str, Any]) -> Place:
    names = {str(name).lower(): value for name, value in bound.items() if isinstance(value, str) and value}
    return Place(names.get("resourcegroupname"), names.get("vmname"))


def _sorted(found: Iterator[Found]) -> tuple[Found, ...]:
    return tuple(sorted(set(found), key=lambda item: (item.name.lower(), item.id)))


def _subscriptions(arm: ArmClient, place: Place) -> Iterator[Found]:
    return (Found(item.name, item.id) for item in arm.subscriptions())


def _locations(arm: ArmClient, place: Place) -> Iterator[Found]:
    return _named(arm, f"{arm.subscription_path()}/locations", SUBSCRIPTIONS)


def _groups(arm: ArmClient, place: Place) -> Iterator[Found]:
    return _named(arm, f"{arm.subscription_path()}/resourcegroups", RESOURCE_GROUPS)


def _machines(arm: ArmClient, place: Place) -> Iterator[Found]:
    return _of_group(arm, place, MACHINES, COMPUTE)


def _identities(arm: ArmClient, place: Place) -> Iterator[Found]:
    return _of_group(arm, place, identities.TYPE, identities.IDENTITIES)


def _extensions(arm: ArmClient, place: Place) -> Iterator[Found]:
    if place.group is None or place.machine is None:
        return iter(())
    return _named(arm, f"{machine_path(arm, place.group, place.machine)}/extensions", COMPUTE)


def _resources(arm: ArmClient, place: Place) -> Iterator[Found]:
    return _named(arm, f"{arm.subscription_path()}/resources", RESOURCE_GROUPS)


def _roles(arm: ArmClient, place: Place) -> Iterator[Found]:
    scope = arm.subscription_path() if place.group is None else arm.group_path(place.group)
    found = list(_roles_at(arm, scope))
    if not found and place.group is None:
        # Who has a role in a group only reads no roles above it.
        group = next(arm.resource_groups(), None)
        found = [] if group is None else list(_roles_at(arm, group.resource_id))
    return iter(found)


def _roles_at(arm: ArmClient, scope: str) -> Iterator[Found]:
    for item in arm.list(f"{scope}/providers/Microsoft.Authorization/roleDefinitions", DEFINITIONS):
        yield Found(str((item.get("properties") or {}).get("roleName", "")), str(item.get("name", "")))


def _types(arm: ArmClient, place: Place) -> Iterator[Found]:
    for provider in arm.list(f"{arm.subscription_path()}/providers", PROVIDERS):
        for kind in provider.get("resourceTypes") or ():
            yield Found(f"{provider.get('namespace', '')}/{kind.get('resourceType', '')}")


def _of_group(arm: ArmClient, place: Place, kind: str, api_version: str) -> Iterator[Found]:
    scope = arm.subscription_path() if place.group is None else arm.group_path(place.group)
    return _named(arm, f"{scope}/providers/{kind}", api_version)


def _named(arm: ArmClient, path: str, api_version: str) -> Iterator[Found]:
    return (Found(str(item.get("name", "")), str(item.get("id", ""))) for item in arm.list(path, api_version))


#: How names of each kind are found. Those of contexts and clouds PowerShell has itself.
FINDERS: Mapping[str, Callable[[ArmClient, Place], Iterator[Found]]] = {
    "subscription": _subscriptions,
    "location": _locations,
    "resource_group": _groups,
    "virtual_machine": _machines,
    "identity": _identities,
    "extension": _extensions,
    "resource_id": _resources,
    "role": _roles,
    "resource_type": _types,
}
