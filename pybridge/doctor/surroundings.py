"""The checks that ask nobody: variables, proxies, the shell, the keys of Azure Arc."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping

from ..addresses import no_proxy, origin
from ..errors import PyBridgeError
from ..sources import IMDS_HOST, SOURCES
from ..sources.arc import ARC, key_folder
from ..sources.virtual_machine import VM_EXTENSION_ENDPOINT
from .access import GROUP
from .case import Case, Finding

# --- variables ---------------------------------------------------------------------------------------

#: The variables that matter, and whether they hold a URL, which is shown. Of all others the name is enough.
_VARIABLES: Mapping[str, bool] = {
    "IDENTITY_ENDPOINT": True,
    "IDENTITY_HEADER": False,
    "IDENTITY_SERVER_THUMBPRINT": False,
    "IDENTITY_API_VERSION": False,
    "IMDS_ENDPOINT": True,
    "MSI_ENDPOINT": True,
    "MSI_SECRET": False,
    "AUTOMATION_ASSET_ACCOUNTID": False,
    "AUTOMATION_ASSET_SANDBOX_ID": False,
    "AZUREPS_HOST_ENVIRONMENT": False,
    "DEFAULT_IDENTITY_CLIENT_ID": False,
    "AZURE_AUTHORITY_HOST": True,
    "AZURE_TENANT_ID": False,
    "AZURE_CLIENT_ID": False,
    "AZURE_FEDERATED_TOKEN_FILE": False,
    IMDS_HOST: True,
    VM_EXTENSION_ENDPOINT: True,
    "PYBRIDGE_ARM_ENDPOINT": True,
    "PYBRIDGE_ARC_KEY_FOLDER": False,
    "PYBRIDGE_TOKEN_CACHE": False,
}

#: What a variable is worth nothing without: one of these.
_NEEDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("IDENTITY_ENDPOINT", ("IDENTITY_HEADER", "IMDS_ENDPOINT")),
    ("IDENTITY_HEADER", ("IDENTITY_ENDPOINT",)),
    ("IDENTITY_SERVER_THUMBPRINT", ("IDENTITY_ENDPOINT",)),
    ("IDENTITY_SERVER_THUMBPRINT", ("IDENTITY_HEADER",)),
    ("IMDS_ENDPOINT", ("IDENTITY_ENDPOINT",)),
    ("MSI_SECRET", ("MSI_ENDPOINT",)),
    ("AZURE_FEDERATED_TOKEN_FILE", ("AZURE_AUTHORITY_HOST",)),
    ("AZURE_FEDERATED_TOKEN_FILE", ("AZURE_TENANT_ID",)),
)
_TWO_TALES = ("IDENTITY_ENDPOINT", "IDENTITY_HEADER", "IMDS_ENDPOINT")


def variables(case: Case) -> Finding:
    """Which variables are set, which source they choose, and what does not fit together."""
    environ = case.machine.environ
    chosen = case.candidates[0]
    titles = ", then ".join(candidate.source.title for candidate in case.candidates)
    seen = [_shown(name, environ[name], url) for name, url in _VARIABLES.items() if environ.get(name)]
    message = f"asks {titles}: {chosen.why}." + (f" Set: {', '.join(seen)}" if seen else "")
    problems = list(_problems(environ))
    if not problems:
        return Finding("ok", message)
    return Finding(
        "warning",
        f"{'; '.join(problems)}; {message}",
        "A hosting environment sets its variables together. Set what is missing, or unset what is left over.",
    )


def _shown(name: str, value: str, is_url: bool) -> str:
    if not is_url:
        return name
    return f"{name}={value.partition('?')[0]}" if origin(value) is not None else f"{name} (no plain http(s) URL)"


def _problems(environ: Mapping[str, str]) -> list[str]:
    empty = [f"{name} is empty, which counts as not set" for name in _VARIABLES if environ.get(name) == ""]
    halves = [
        f"{name} is set, and {' or '.join(others)} is not"
        for name, others in _NEEDS
        if environ.get(name) and not any(environ.get(other) for other in others)
    ]
    both = all(environ.get(name) for name in _TWO_TALES)
    tales = ["IDENTITY_HEADER tells of App Service and IMDS_ENDPOINT of Azure Arc, and the first one counts"]
    return [*empty, *halves, *(tales if both else [])]


# --- proxies -----------------------------------------------------------------------------------------

_PROXIES = ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")


def proxy(case: Case) -> Finding:
    """Whether other tools would send what is for a metadata endpoint to a proxy."""
    environ = case.machine.environ
    named = [name for name in _PROXIES if environ.get(name)]
    if not named:
        return Finding("ok", "no variable names a proxy for http")
    taken = [host for host in _hosts(case) if not _bypassed(host, environ)]
    if not taken:
        return Finding("ok", f"{named[0]} is set, and NO_PROXY leaves the metadata endpoint out")
    return Finding(
        "warning",
        f"{named[0]} is set, and NO_PROXY does not name {', '.join(taken)}: other tools would send requests for tokens "
        "to the proxy. pybridge never does",
        f"For other tools, set:\n  NO_PROXY={no_proxy(environ)},{','.join(taken)}",
    )


def _hosts(case: Case) -> list[str]:
    """Where tokens are asked for over plain http."""
    hosts = []
    for candidate in case.candidates:
        try:
            place = origin(candidate.source.place(candidate.endpoint, case.machine.environ))
        except PyBridgeError:  # the check of the endpoint tells
            continue
        if place is not None and place[0] == "http":
            hosts.append(place[1].strip("[]"))
    return list(dict.fromkeys(hosts))


def _bypassed(host: str, environ: Mapping[str, str]) -> bool:
    entries = f"{environ.get('NO_PROXY', '')},{environ.get('no_proxy', '')}".split(",")
    return any(_covers(entry.strip().lower(), host) for entry in entries)


def _covers(entry: str, host: str) -> bool:
    """Whether an entry of NO_PROXY is for a host: its name, the end of it, or a network that it is in."""
    if "/" in entry:
        try:
            return ipaddress.ip_address(host) in ipaddress.ip_network(entry, strict=False)
        except ValueError:
            return False
    name = entry.strip("[]").removeprefix("*").removeprefix(".")
    return entry == "*" or (bool(name) and f".{host}".endswith(f".{name}"))


# --- Windows PowerShell ------------------------------------------------------------------------------


def powershell(case: Case) -> Finding:
    """The security question of `Invoke-WebRequest`, which stops scripts that nobody watches."""
    if case.machine.platform != "win32":
        return Finding("skipped", "there is no Windows PowerShell here")
    return Finding(
        "ok",
        "since the updates of December 2025, Invoke-WebRequest in Windows PowerShell 5.1 stops at a security question, "
        "unless -UseBasicParsing is given",
        "For scripts that do not give it:\n  $PSDefaultParameterValues['Invoke-WebRequest:UseBasicParsing'] = $true",
    )


# --- Azure Arc ---------------------------------------------------------------------------------------


def arc(case: Case) -> Finding:
    """Whether this user may read the keys that the agent of Azure Arc asks for."""
    if case.candidates[0].source is not ARC:
        return Finding("skipped", f"tokens do not come from {SOURCES['arc'].title}")
    if case.machine.host is not None:
        return Finding(
            "skipped", f"whether the user may read the agent's keys is seen on {case.machine.host.name} only"
        )
    try:
        folder = key_folder(case.machine.environ)
    except PyBridgeError as exc:
        return Finding("broken", exc.message, exc.remedy)
    access = case.machine.look(folder)
    if access.readable:
        return Finding("ok", f"this user may read the agent's keys in {folder}")
    if not access.there:
        return Finding(
            "broken", f"there is no folder {folder} with the agent's keys", "Check the agent: azcmagent show."
        )
    if case.machine.platform == "win32":
        return Finding(
            "broken",
            f"this user may not read the agent's keys in {folder}",
            'Join the group "Hybrid Agent Extension Applications", or run as an administrator; then sign in anew.',
        )
    if access.member:
        return Finding(
            "broken",
            f"this user is in the group {GROUP}, but this session began before that",
            "Sign in anew. A service has to be restarted.",
        )
    return Finding(
        "broken",
        f"this user may not read the agent's keys in {folder}, as it is not in the group {GROUP}",
        f"Join it, then sign in anew:\n  sudo usermod -aG {GROUP} $USER",
    )
