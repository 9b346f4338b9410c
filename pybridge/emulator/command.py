"""What `pybridge emulate` does: serve until told to stop, or for as long as a command runs."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path, PureWindowsPath
from typing import TextIO

from .. import processes
from ..addresses import no_proxy
from ..sources import VARIABLES
from .arm.throttling import AZURE
from .emulator import Emulator
from .faults import parse_fault
from .hosting import vm_variables
from .server import Server, serve
from .state import load

#: Windows, and so `os.environ` there, has names of variables in capitals.
_MODULE_PATH = "PSMODULEPATH"
#: What an environment that we inherit must not say: by any of these, a program would take another endpoint than ours.
_MISLEADING = VARIABLES | {"AZURE_AUTHORITY_HOST", "AZURE_TENANT_ID", "AZURE_CLIENT_ID", _MODULE_PATH}


def emulate(
    *,
    state: str | None,
    machine: str,
    port: int,
    faults: Sequence[str],
    page_size: int,
    command: Sequence[str],
    stdout: TextIO,
    hosting: str | None = None,
    polls: int = 1,
    throttle: bool = False,
    show: TextIO | None = None,
) -> int:
    """Serve an emulator.

    With a command: run it with the environment that leads to the emulator, and end with it.
    Without: print one line of JSON with the URLs and with what applications sign in with, and serve until Ctrl+C or
    SIGTERM.

    Args:
        state: A YAML file with the world; the default world if None.
        port: 0 for any free one.
        faults: As `parse_fault` reads them.
        hosting: The hosting environment to be, a key of `HOSTINGS`; None to serve all, and to tell of the VM's.
        polls: How many times who looks finds a long operation still at work.
        throttle: Whether a principal may ask no more of ARM than Azure allows.
        show: Where that line is printed before a command, too; not at all if None.

    Returns:
        The exit code: the command's, 128 + N if signal N ended it, or 0.

    Raises:
        UsageError: The port is taken, the command, the machine or the hosting environment is not there, a fault
            cannot be read.
        StateError: The file says something wrong.
    """
    world = load(Path(state)) if state else None
    made = Emulator(
        world,
        machine=machine,
        hosting=hosting,
        page_size=page_size,
        polls=polls,
        rates=AZURE if throttle else None,
    )
    with closing(made) as emulator:
        for fault in faults:
            emulator.add_fault(parse_fault(fault))
        with serve(emulator, port) as server:
            variables = None if hosting is None else emulator.variables(hosting, server.url)
            if not command:
                processes.until_stopped(lambda: _print(_places(server, variables), stdout))
                return 0
            if show is not None:
                _print(_places(server, variables), show)
            environ = environment(server.port, os.environ, command=command, variables=variables)
            return processes.run(command, environ=environ)


def _print(found: Mapping[str, object], stream: TextIO) -> None:
    stream.write(json.dumps(found) + "\n")
    stream.flush()


def _places(server: Server, variables: Mapping[str, str] | None) -> dict[str, object]:
    """Where the emulator is, and what leads there and in."""
    found: dict[str, object] = {
        "port": server.port,
        "arm": server.url,
        "imds": f"{server.url}/metadata/identity/oauth2/token",
        "vm_extension": f"{server.url}/oauth2/token",
        "sign_in": _sign_in(server),
    }
    return found if variables is None else {**found, "variables": variables}


def _sign_in(server: Server) -> dict[str, object]:
    """What the applications of the world sign in with."""
    world = server.emulator.world
    return {
        "authority": server.url,
        "tenant_id": world.tenant.id,
        "applications": {
            one.principal.name: {"client_id": one.principal.client_id, "client_secret": one.secret}
            for one in world.applications.values()
        },
        "note": "These secrets are worth nothing outside of the emulator.",
    }


def environment(
    port: int, environ: Mapping[str, str], *, command: Sequence[str], variables: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The environment in which a command finds the emulator on this port instead of Azure.

    Args:
        environ: What to start from; it is not changed. What tells of another hosting environment is left out.
        command: What is to run; Windows PowerShell needs a PSModulePath of its own.
        variables: What tells of the hosting environment; a VM's if None.
    """
    from ..module import module_root

    url = f"http://127.0.0.1:{port}"
    windows_powershell = bool(command) and PureWindowsPath(command[0]).stem.lower() == "powershell"
    hosts = no_proxy(environ)
    return {
        **{name: value for name, value in environ.items() if name.upper() not in _MISLEADING},
        "PYBRIDGE_ARM_ENDPOINT": url,
        **(vm_variables(None, url) if variables is None else variables),
        "PYBRIDGE_PYTHON": sys.executable,
        "NO_PROXY": hosts,
        "no_proxy": hosts,
        "PSModulePath": os.pathsep.join([str(module_root()), *_other_modules(environ, windows_powershell)]),
    }


def _other_modules(environ: Mapping[str, str], windows_powershell: bool) -> list[str]:
    """The folders of PSModulePath after our own.

    PowerShell 7 adds its own folders to whatever it finds: in front, unless its personal one is there already.
    Windows PowerShell adds none once the variable is set, and breaks on those of PowerShell 7, which a shell
    of that kind hands down to us.
    """
    stated = next((value for name, value in environ.items() if name.upper() == _MODULE_PATH), "")
    folders = [folder for folder in stated.split(os.pathsep) if folder]
    if not windows_powershell:
        personal = _personal_folder(environ)
        return folders if personal is None or personal in folders else [personal, *folders]
    kept = [folder for folder in folders if not _is_powershell_7(folder)]
    present = {PureWindowsPath(folder) for folder in kept}
    return kept + [folder for folder in _windows_powershell_folders(environ) if PureWindowsPath(folder) not in present]


def _personal_folder(environ: Mapping[str, str]) -> str | None:
    """The folder of the user's own modules in PowerShell 7."""
    if os.name == "nt":
        home = environ.get("USERPROFILE")
        return home and rf"{home}\Documents\PowerShell\Modules"
    data = environ.get("XDG_DATA_HOME") or ("HOME" in environ and f"{environ['HOME']}/.local/share")
    return f"{data}/powershell/Modules" if data else None


def _is_powershell_7(folder: str) -> bool:
    """Whether a module folder is PowerShell 7's: installed, from the store, a dotnet tool, or unpacked somewhere."""
    names = [part.lower() for part in PureWindowsPath(folder).parts]
    return "windowspowershell" not in names and any(
        name == "powershell" or name.startswith(("powershell-7", "pwsh", "microsoft.powershell_")) for name in names
    )


def _windows_powershell_folders(environ: Mapping[str, str]) -> list[str]:
    """Windows PowerShell's own module folders."""
    places = (
        ("USERPROFILE", r"Documents\WindowsPowerShell\Modules"),
        ("ProgramFiles", r"WindowsPowerShell\Modules"),
        ("SystemRoot", r"System32\WindowsPowerShell\v1.0\Modules"),
    )
    upper = {name.upper(): value for name, value in environ.items()}
    return [rf"{upper[name.upper()]}\{rest}" for name, rest in places if name.upper() in upper]
