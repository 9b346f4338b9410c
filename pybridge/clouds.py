"""Azure's clouds, in the words of AzureRM (facts: Azure/azure-powershell-common, AzureEnvironmentConstants)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from .errors import ConfigurationError, UsageError
from .models import Environment

DEFAULT = "AzureCloud"

CLOUDS: Mapping[str, Environment] = {
    cloud.name: cloud
    for cloud in (
        Environment(DEFAULT, "https://management.azure.com/", "https://login.microsoftonline.com/"),
        Environment("AzureChinaCloud", "https://management.chinacloudapi.cn/", "https://login.chinacloudapi.cn/"),
        Environment("AzureUSGovernment", "https://management.usgovcloudapi.net/", "https://login.microsoftonline.us/"),
    )
}

#: Names another ARM endpoint, for the emulator. Loopback only: whoever can set a variable must not be
#: able to have tokens sent to another machine.
ARM_ENDPOINT = "PYBRIDGE_ARM_ENDPOINT"

_LOOPBACK = {"localhost", "127.0.0.1", "[::1]"}

#: The plain form only: parsers of URLs differ on what "http://one\\@two" and its like lead to.
_ORIGIN = re.compile(r"(https?)://([a-z0-9._-]+|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?(?=[/?#]|$)", re.IGNORECASE)


def cloud(name: str | None) -> Environment:
    """The cloud of that name, whatever its case; the public one for None.

    Raises:
        UsageError: There is no such cloud.
    """
    if name is None:
        return CLOUDS[DEFAULT]
    for known, found in CLOUDS.items():
        if known.lower() == name.lower():
            return found
    raise UsageError(
        f"there is no environment named {name!r}",
        target=name,
        remedy=f"Known environments: {', '.join(CLOUDS)}.",
    )


def origin(url: str) -> tuple[str, str, int] | None:
    """Scheme, host and port of an http(s) URL in plain form; None for any other text."""
    match = _ORIGIN.match(url)
    if match is None:
        return None
    scheme, host = match[1].lower(), match[2].lower()
    port = int(match[3] or (443 if scheme == "https" else 80))
    return (scheme, host, port) if port <= 65535 else None


def is_loopback(url: str) -> bool:
    """Whether the URL points at this machine by a loopback name or address."""
    place = origin(url)
    return place is not None and place[1] in _LOOPBACK


def arm_endpoint(environment: Environment, environ: Mapping[str, str]) -> str:
    """Where ARM is asked, without a trailing slash.

    Raises:
        ConfigurationError: PYBRIDGE_ARM_ENDPOINT names something else than a loopback address.
    """
    override = environ.get(ARM_ENDPOINT)
    if not override:
        return environment.resource_manager_url.rstrip("/")
    if not is_loopback(override):
        raise ConfigurationError(
            f"{ARM_ENDPOINT} is {override!r}, which is not an http(s) URL of a loopback address",
            target=ARM_ENDPOINT,
            remedy="Unset it. It exists for the emulator only: tokens are never sent to another machine by it.",
        )
    return override.rstrip("/")
