"""Which clouds of a context file may be taken over.

A cloud says to which URL tokens go, and which. So a file from somewhere else could have tokens for Azure, or for a key
vault, sent to its author. What anybody may name is refused here; Add-AzureRmEnvironment takes what its caller names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields

from .. import catalogue
from ..addresses import is_loopback, origin
from ..clouds import CLOUDS
from ..resources import Environment


def trusted(environments: Mapping[str, Environment], warn: Callable[[str], None]) -> dict[str, Environment]:
    """Those that are none of the built-in ones, and get only tokens that are for themselves."""
    return {name: one for name, one in environments.items() if not _is_built_in(one) and _is_trusted(one, warn)}


def _is_built_in(environment: Environment) -> bool:
    return environment.name.lower() in (name.lower() for name in catalogue.CLOUDS)


def _is_trusted(environment: Environment, warn: Callable[[str], None]) -> bool:
    url, audience = environment.resource_manager_url, environment.arm_resource
    place = origin(url)
    if place is None or (place[0] != "https" and not is_loopback(url)):
        warn(f"The environment '{environment.name}' was left out: {url!r} is not an https URL.")
        return False
    if _is_microsofts(audience) and place not in {origin(cloud.resource_manager_url) for cloud in CLOUDS.values()}:
        warn(
            f"The environment '{environment.name}' was left out: it would have tokens for {audience} sent to {url}. "
            "If that is what you want, add it yourself with Add-AzureRmEnvironment."
        )
        return False
    return True


def _is_microsofts(audience: str) -> bool:
    """Whether tokens for it are good for a service of a built-in cloud, or for anything but a URL."""
    place = origin(audience)
    return place is None or _domain(place[1]) in set(_domains())


def _domains() -> Iterator[str]:
    """The domains of the built-in clouds: windows.net, azure.com ..."""
    for cloud in CLOUDS.values():
        for field in fields(cloud):
            place = origin(value) if isinstance(value := getattr(cloud, field.name), str) else None
            if place is not None:
                yield _domain(place[1])
    for entry in catalogue.CATALOGUE:
        for resource_id in entry.resource_ids:
            place = origin((resource_id or "").replace("<", "").replace(">", ""))
            if place is not None:
                yield _domain(place[1])


def _domain(host: str) -> str:
    return ".".join(host.split(".")[-2:])
