"""Puts the PowerShell module onto a host: asked first, and sent only if it is not there."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Protocol

from .errors import MalformedError, RemoteScriptError
from .fleet import current_stop
from .hosts import Host
from .parcel import Parcel, pack
from .printable import printable
from .remote import Job, stopping
from .resources import InstalledModule

#: Whose folder of modules.
SCOPES = ("CurrentUser", "AllUsers")

#: The script that runs there, and the states that it ends with.
_SCRIPT = "install"
_STATES: Mapping[str, str] = {"there": "AlreadyThere", "installed": "Installed"}

#: What to do about a failure, by the word that the script has for it: one of its own, or the type of an exception.
_REMEDIES: Mapping[str, str] = {
    "checksum": "Try again. If it stays so, something on the way changes what is sent.",
    "foreign": "Remove that module there if it is no longer needed, or choose another folder of modules.",
    "no_folder": "Install for all users, or choose a folder of modules.",
    "UnauthorizedAccessException": "Install for the user who signs in, choose another folder, or sign in as an "
    "administrator. A folder on a third machine cannot be written to: the sign-in ends here.",
    "IOException": "Close the PowerShell sessions there that use the module, and try again.",
}


class Ask(Protocol):
    """Runs a script of `remote/scripts` there."""

    def __call__(self, script: str, question: Mapping[str, Any], /) -> Mapping[str, Any]:
        """What it answers."""
        ...


def install_module(
    host: Host,
    *,
    scope: str = "CurrentUser",
    path: str | None = None,
    on_sent: Callable[[int, int], None] | None = None,
) -> InstalledModule:
    """Put the module of this package onto a host: a job for a fleet. See `install`.

    Args:
        on_sent: Told how much has been sent of what is to be sent, in bytes.
    """
    # Without the profile, Documents is another user's.
    with stopping(current_stop()), Job(host, profile=True, total=host.timeout) as job:
        return install(partial(job.ask, on_sent=on_sent), host.name, pack(), scope=scope, path=path)


def install(
    ask: Ask, name: str, parcel: Parcel, *, scope: str = "CurrentUser", path: str | None = None
) -> InstalledModule:
    """Put a module onto a host, beside its other versions. It is sent only if it is not there with these files.

    Args:
        ask: The way there.
        name: What its user calls the host.
        scope: One of `SCOPES`: whose folder of modules.
        path: A folder of modules there, instead of the scope's own.

    Raises:
        RemoteError: The host is not reached, or the module cannot be put there.
    """
    question: dict[str, Any] = {
        "name": parcel.name,
        "version": parcel.version,
        "guid": parcel.guid,
        "files": dict(parcel.files),
        "scope": scope,
        "modules": path or "",
    }
    state, folder = _told(ask(_SCRIPT, question), name)
    if state == "absent":
        package = {"sha256": parcel.sha256, "package": base64.b64encode(parcel.data).decode()}
        state, folder = _told(ask(_SCRIPT, {**question, **package}), name)
    if state not in _STATES:
        raise MalformedError(f"{name}: the script that installs the module did not say how it ended", target=name)
    return InstalledModule(parcel.name, parcel.version, _STATES[state], folder)


def _told(answer: Mapping[str, Any], name: str) -> tuple[str, str]:
    state, folder, failed = (printable(str(answer.get(key, ""))) for key in ("state", "path", "failed"))
    if failed:
        raise RemoteScriptError(
            f"{name}: the module cannot be put into {folder or 'its folder'}: {printable(str(answer.get('text')))}",
            target=name,
            remedy=_REMEDIES.get(failed),
        )
    return state, folder
