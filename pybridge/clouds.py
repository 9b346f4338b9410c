"""Azure's clouds, in the words of AzureRM (facts: Azure/azure-powershell-common, AzureEnvironmentConstants)."""

from __future__ import annotations

from collections.abc import Mapping

from .addresses import is_loopback
from .errors import ConfigurationError, UsageError
from .resources import Environment

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
