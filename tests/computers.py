"""Several computers of one Azure, each with its own identity, and each reached by WinRM."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import wsman_host
from shells import Shell
from support import NOWHERE
from wsman_host import Handle, WsmanHost
from wsman_names import named

from pybridge.emulator import Emulator
from pybridge.emulator.command import environment
from pybridge.emulator.server import serve
from pybridge.emulator.state import default_world
from pybridge.emulator.world import World

#: What leads a process to the IMDS of its computer, and to the VM extension there.
_IMDS, _EXTENSION = "AZURE_POD_IDENTITY_AUTHORITY_HOST", "PYBRIDGE_VM_EXTENSION_ENDPOINT"


@dataclass(frozen=True)
class Computers:
    """Computers that run.

    Attributes:
        emulators: Each one's Azure, by its name. They know each other's tokens.
        hosts: Each one as a host, by its name.
        environ: The variables of the machine from which they are reached: it has no identity, and finds them by name.
    """

    emulators: Mapping[str, Emulator]
    hosts: Mapping[str, Handle]
    environ: Mapping[str, str]

    @property
    def first(self) -> Handle:
        return next(iter(self.hosts.values()))

    @property
    def address(self) -> str:
        """Where the first one is, for those who do not find it by name."""
        return f"127.0.0.1:{self.first.https_port}"

    def object_id(self, name: str) -> str:
        """That of the computer's identity."""
        own = self.emulators[name].vm.system_assigned
        assert own is not None
        return own.object_id

    @property
    def open_shells(self) -> int:
        return sum(len(host.shells) for host in self.hosts.values())


@contextmanager
def computers(
    machines: Mapping[str, str],
    shell: Shell | None = None,
    *,
    world: World | None = None,
    home: Path | None = None,
    **options: Any,
) -> Iterator[Computers]:
    """Computers by name, each with the virtual machine of the world that it is.

    Args:
        shell: What runs there; the first PowerShell of this machine by default.
        world: The default one if None.
        home: A folder for those of who signs in there; by default they are at this user's home.
        options: Of the hosts.
    """
    world = world or default_world()
    with ExitStack() as stack:
        emulators: dict[str, Emulator] = {}
        hosts = []
        environs: dict[str, dict[str, str]] = {}
        for name, machine in machines.items():
            emulator = Emulator(world, machine=machine)
            emulators[name] = emulator
            server = stack.enter_context(serve(emulator, port=0))
            environs[name] = environment(server.port, os.environ, command=[] if shell is None else [shell.executable])
            there = {_IMDS: environs[name][_IMDS]}
            if home is not None:
                own = home / name
                own.mkdir()
                there |= dict.fromkeys(("HOME", "USERPROFILE"), str(own))
            powershell = None if shell is None else shell.executable
            hosts.append(WsmanHost(name=name, **{"environ": there, "powershell": powershell, **options}))
        handles = stack.enter_context(wsman_host.running_all(hosts))
        here = {**next(iter(environs.values())), _IMDS: NOWHERE, _EXTENSION: f"{NOWHERE}/oauth2/token"}
        here |= named(handles)
        yield Computers(emulators, {handle.name: handle for handle in handles}, here)
