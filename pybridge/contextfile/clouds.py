"""How a context file names what belongs to a cloud."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from ..resources import EXTENDED, Environment
from ..wire import pascal

#: Fields whose names in files are not their own; those of EXTENDED stand below ExtendedProperties there.
_NAMES: Mapping[str, str] = {"enable_adfs_authentication": "OnPremise"}
_PLAIN: Mapping[str, str] = {
    field.name: _NAMES.get(field.name, pascal(field.name))
    for field in fields(Environment)
    if field.init and field.name not in EXTENDED
}

#: The endpoints of AzureRM 3, where they are not called as they are now.
_OLD: Mapping[str, str] = {
    "ActiveDirectory": "ActiveDirectoryAuthority",
    "Gallery": "GalleryUrl",
    "Graph": "GraphUrl",
    "ResourceManager": "ResourceManagerUrl",
    "ServiceManagement": "ServiceManagementUrl",
}


def mapping(holder: Any, name: str) -> Mapping[str, Any]:
    """A member that is an object; an empty one for anything else."""
    value = holder.get(name) if isinstance(holder, Mapping) else None
    return value if isinstance(value, dict) else {}


def words(holder: Mapping[str, Any], name: str) -> str | None:
    """A member that is a text with something in it; None for anything else."""
    value = holder.get(name)
    return value if isinstance(value, str) and value else None


def environment_from(name: str, item: Mapping[str, Any]) -> Environment:
    """A cloud, in the layout of today."""
    more = mapping(item, "ExtendedProperties")
    found: dict[str, Any] = {field: words(item, key) for field, key in _PLAIN.items()}
    found |= {field: words(more, key) for field, key in EXTENDED.items()}
    url, authority = found["resource_manager_url"] or "", found["active_directory_authority"] or ""
    return Environment(
        **{
            **found,
            "name": name,
            "resource_manager_url": url and f"{url.rstrip('/')}/",
            "active_directory_authority": authority and f"{authority.rstrip('/')}/",
            "type": "Discovered" if item.get("Type") == "Discovered" else "User-defined",
            "enable_adfs_authentication": item.get("OnPremise") is True,
        }
    )


def old_environment_from(name: str, item: Mapping[str, Any]) -> Environment:
    """A cloud, in the layout of AzureRM 3."""
    endpoints = {_OLD.get(key, key): value for key, value in mapping(item, "Endpoints").items()}
    return environment_from(name, {**endpoints, "OnPremise": item.get("OnPremise")})


def written(environment: Environment) -> dict[str, Any]:
    """The JSON of a cloud."""
    plain = {key: getattr(environment, field) for field, key in _PLAIN.items()}
    return {**plain, "VersionProfiles": [], "ExtendedProperties": dict(environment.extended_properties)}
