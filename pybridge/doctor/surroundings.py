"""The checks that ask nobody: variables, proxies, the shell, the keys of Azure Arc."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping

from ..addresses import no_proxy, origin
from ..errors import PyBridgeError
from ..remote.surroundings import DECISIVE, PROXIES
from ..sources import SOURCES
from ..sources.arc import ARC, key_folder
from .access import GROUP
from .case import Case, Finding

# --- variables ---------------------------------------------------------------------------------------

#: The variables that matter. A host has no use for the last one: its tokens are kept in no file.
_VARIABLES = (*sorted(DECISIVE), "PYBRIDGE_TOKEN_CACHE")

#: How the names of those end that hold a URL, which is shown. Of all others the name is enough.
_URLS = ("_ENDPOINT", "_HOST")

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
    seen = [_shown(name, environ[name]) for name in _VARIABLES if environ.get(name)]
    message = f"asks {titles}: {chosen.why}." + (f" Set: {', '.join(seen)}" if seen else "")
    problems = list(_problems(environ))
    if not problems:
        return Finding("ok", message)
    return Finding(
        "warning",
        f"{'; '.join(problems)}; {message}",
        "A hosting environment sets its variables together. Set what is missing, or unset what is left over.",
    )


def _shown(name: str, value: str) -> str:
    if not name.endswith(_URLS):
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


def proxy(case: Case) -> Finding:
    """Whether other tools would send what is for a metadata endpoint to a proxy."""
    environ = case.machine.environ
    named = [name for name in PROXIES if environ.get(name)]
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
