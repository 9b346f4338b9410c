"""What `pybridge emulate` does: serve until told to stop, or for as long as a command runs."""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path, PureWindowsPath
from typing import TextIO

from .. import processes
from .emulator import Emulator
from .faults import parse_fault
from .server import Server, serve
from .state import load

#: Windows, and so `os.environ` there, has names of variables in capitals.
_MODULE_PATH = "PSMODULEPATH"
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def emulate(
    *,
    state: str | None,
    machine: str,
    port: int,
    faults: Sequence[str],
    page_size: int,
    command: Sequence[str],
    stdout: TextIO,
) -> int:
    """Serve an emulator.

    With a command: run it with the environment that leads to the emulator, and end with it.
    Without: print one line of JSON with the URLs, and serve until Ctrl+C or SIGTERM.

    Args:
        state: A YAML file with the world; the default world if None.
        port: 0 for any free one.
        faults: As `parse_fault` reads them.

    Returns:
        The exit code: the command's, 128 + N if signal N ended it, or 0.

    Raises:
        UsageError: The port is taken, the command or the machine is not there, a fault cannot be read.
        StateError: The file says something wrong.
    """
    emulator = Emulator(load(Path(state)) if state else None, machine=machine, page_size=page_size)
    for fault in faults:
        emulator.add_fault(parse_fault(fault))
    with serve(emulator, port) as server:
        if command:
            return processes.run(command, environ=environment(server.port, os.environ, command=command))
        _serve_until_stopped(server, stdout)
        return 0


def _serve_until_stopped(server: Server, stdout: TextIO) -> None:
    signals: queue.SimpleQueue[int] = queue.SimpleQueue()  # May be put to inside a signal handler; an Event not.
    with processes.signals_handled({signal.SIGINT, signal.SIGTERM}, signals.put):
        urls = {
            "port": server.port,
            "arm": server.url,
            "imds": f"{server.url}/metadata/identity/oauth2/token",
            "vm_extension": f"{server.url}/oauth2/token",
        }
        stdout.write(json.dumps(urls) + "\n")
        stdout.flush()
        while True:
            with suppress(queue.Empty):
                signals.get(timeout=0.5)  # Windows handles Ctrl+C only between waits.
                return


def environment(port: int, environ: Mapping[str, str], *, command: Sequence[str]) -> dict[str, str]:
    """The environment in which a command finds the emulator on this port instead of Azure.

    Args:
        environ: What to start from; it is not changed.
        command: What is to run; Windows PowerShell needs a PSModulePath of its own.
    """
    from ..module import module_root

    url = f"http://127.0.0.1:{port}"
    windows_powershell = bool(command) and PureWindowsPath(command[0]).stem.lower() == "powershell"
    no_proxy = _no_proxy(environ)
    return {
        **{name: value for name, value in environ.items() if name.upper() != _MODULE_PATH},
        "PYBRIDGE_ARM_ENDPOINT": url,
        "PYBRIDGE_VM_EXTENSION_ENDPOINT": f"{url}/oauth2/token",
        "AZURE_POD_IDENTITY_AUTHORITY_HOST": url,
        "PYBRIDGE_PYTHON": sys.executable,
        "NO_PROXY": no_proxy,
        "no_proxy": no_proxy,
        "PSModulePath": os.pathsep.join([str(module_root()), *_other_modules(environ, windows_powershell)]),
    }


def _no_proxy(environ: Mapping[str, str]) -> str:
    """Both spellings together, and the loopback addresses."""
    stated = f"{environ.get('NO_PROXY', '')},{environ.get('no_proxy', '')}".split(",")
    hosts = [host.strip() for host in stated if host.strip()]
    return "*" if "*" in hosts else ",".join(dict.fromkeys([*hosts, *_LOOPBACK]))


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
