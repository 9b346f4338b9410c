"""Servers that are connected by Azure Arc: the agent proves by a file that the caller may read its tokens' keys.

Wire format: https://learn.microsoft.com/azure/azure-arc/servers/managed-identity-authentication
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping

from .. import retry
from ..errors import MalformedError, UnsupportedError
from ..models import HttpRequest, HttpResponse
from .source import Ask, Source, get, loopback_only, variables_set

#: Names another folder for the key files, where the endpoint is on a loopback address. For the emulator.
KEY_FOLDER = "PYBRIDGE_ARC_KEY_FOLDER"

#: The agent, by platform. What stands between percent signs is a variable.
AGENTS: Mapping[str, str] = {
    "win32": r"%PROGRAMFILES%\AzureConnectedMachineAgent\himds.exe",
    "linux": "/opt/azcmagent/bin/himds",
}

_DEFAULT_ENDPOINT = "http://localhost:40342/metadata/identity/oauth2/token"
_REALM = r'\s*Basic\s+realm="?([^"]+?)"?\s*'
_by_variables = variables_set("IDENTITY_ENDPOINT", "IMDS_ENDPOINT")


def _detect(environ: Mapping[str, str], exists: Callable[[str], bool]) -> str | None:
    found = _by_variables(environ, exists)
    if found is None:
        agent = _agent(environ)
        found = f"the agent of Azure Arc is installed: {agent}" if agent and exists(agent) else None
    return found


def _platform(environ: Mapping[str, str]) -> str:
    """The platform that the variables are of: a host's tell theirs."""
    platform: str = getattr(environ, "platform", sys.platform)
    return platform


def _agent(environ: Mapping[str, str]) -> str | None:
    path = AGENTS.get(_platform(environ))
    return path and path.replace("%PROGRAMFILES%", environ.get("PROGRAMFILES", r"C:\Program Files"))


def _request(ask: Ask) -> HttpRequest:
    url = loopback_only(
        "IDENTITY_ENDPOINT",
        ARC.place(ask.endpoint, ask.environ),
        "The agent of Azure Arc listens on the machine itself; its key is sent nowhere else.",
    )
    query = {"api-version": "2020-06-01", "resource": ask.resource, **ARC.selected(ask.identity)}
    return get(url, query, {"Metadata": "true"})


def _challenged(ask: Ask, request: HttpRequest, response: HttpResponse) -> HttpRequest:
    """The request once more, with the contents of the file that the challenge names."""
    match = re.fullmatch(_REALM, response.header("WWW-Authenticate") or "", re.IGNORECASE)
    if match is None:
        raise MalformedError(
            f"{ARC.title} did not name a key file in its challenge",
            target=ARC.name,
            remedy="Something else may listen at that address. Restart the agent: azcmagent show tells its state.",
        )
    key = ask.read(match[1], key_folder(ask.environ))
    return request._replace(headers={**request.headers, "Authorization": f"Basic {key}"})


def key_folder(environ: Mapping[str, str]) -> str:
    """The one folder that holds key files."""
    if environ.get(KEY_FOLDER):
        return environ[KEY_FOLDER]
    platform = _platform(environ)
    if platform == "win32":
        return environ.get("PROGRAMDATA", r"C:\ProgramData") + r"\AzureConnectedMachineAgent\Tokens"
    if platform == "linux":
        return "/var/opt/azcmagent/tokens"
    raise UnsupportedError(
        f"{ARC.title} is not known to run on {platform}", target=ARC.name, remedy="Use it on Linux or Windows."
    )


ARC = Source(
    "arc",
    "the agent of Azure Arc",
    _detect,
    lambda environ: environ.get("IDENTITY_ENDPOINT") or _DEFAULT_ENDPOINT,
    _request,
    {"client_id": "client_id", "object_id": "object_id", "resource_id": "msi_res_id"},
    retry.ENDPOINT,
    "The agent of Azure Arc does not answer. Check that it runs and is connected: azcmagent show.",
    challenged=_challenged,
    # An old agent answers with the system-assigned identity, whatever it was asked for.
    echoes={
        "client_id": ("client_id",),
        "object_id": ("object_id", "principal_id"),
        "resource_id": ("msi_res_id", "mi_res_id"),
    },
)
