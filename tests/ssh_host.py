"""Computers that are reached by SSH remoting: a real sshd on loopback whose subsystems are real PowerShells.

Each subsystem is one computer, or one endpoint of a computer, with variables of its own. It needs no more rights than
its user has; root needs the folder that sshd wants.
"""

from __future__ import annotations

import functools
import os
import shlex
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from shells import SHELLS
from support import GUARD

_PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])


@functools.lru_cache(maxsize=1)
def missing() -> str | None:
    """Why there is no SSH remoting on this machine; None where there is."""
    if os.name == "nt":
        return "SSH remoting to this machine is set up for POSIX systems only"
    lacks = [name for name in ("sshd", "ssh", "ssh-keygen") if shutil.which(name, path=_PATH) is None]
    if lacks:
        return f"SSH remoting (no {', '.join(lacks)}: install openssh-server)"
    if not any(shell.name == "pwsh" for shell in SHELLS):
        return "SSH remoting (no whole PowerShell 7: install pwsh)"
    return None


needs_ssh = pytest.mark.skipif(missing() is not None, reason=missing() or "")


@dataclass(frozen=True)
class Computer:
    """A computer, or an endpoint of it.

    Attributes:
        environ: What its PowerShell finds in its environment, beside PATH and HOME.
        configuration: The text of a session configuration file; None for an endpoint without restrictions.
    """

    environ: Mapping[str, str] = field(default_factory=dict)
    configuration: str | None = None


@dataclass(frozen=True)
class SshHost:
    """Where they listen."""

    folder: Path
    port: int
    names: tuple[str, ...]

    def session(self, name: str, variable: str = "s") -> str:
        """PowerShell that opens a session to that computer, in a variable. The session has the computer's name."""
        options = "; ".join(f"{option} = '{value}'" for option, value in self._options.items())
        return (
            f"${variable} = New-PSSession -HostName {name} -Port {self.port} -UserName {_user()} "
            f"-KeyFilePath '{self.folder / 'user'}' -Subsystem {name} -Options @{{ {options} }} -ErrorAction Stop\n"
        )

    @property
    def _options(self) -> Mapping[str, str]:
        return {
            "HostName": "127.0.0.1",
            "UserKnownHostsFile": str(self.folder / "known"),
            "GlobalKnownHostsFile": "none",
            "IdentitiesOnly": "yes",
            "LogLevel": "ERROR",
        }


@contextmanager
def ssh_host(folder: Path, computers: Mapping[str, Computer]) -> Iterator[SshHost]:
    """Those computers, by their names, until the block ends."""
    folder.chmod(0o700)
    for name in ("host", "user"):
        subprocess.run(
            [_program("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)],
            check=True,
            timeout=GUARD,
        )
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
    host_key = (folder / "host.pub").read_text()
    (folder / "known").write_text(
        f"[127.0.0.1]:{port} {host_key}" + "".join(f"[{name}]:{port} {host_key}" for name in computers)
    )
    (folder / "config").write_text(_configuration(folder, port, computers))
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    with subprocess.Popen(
        [_program("sshd"), "-D", "-e", "-f", str(folder / "config")],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    ) as process:
        try:
            assert process.stderr is not None
            said = []
            for line in process.stderr:
                said.append(line)
                if "listening" in line:
                    break
            else:
                pytest.fail(f"sshd does not start: {''.join(said)}")
            threading.Thread(target=process.stderr.read, daemon=True).start()  # a full pipe would stop it
            yield SshHost(folder, port, tuple(computers))
        finally:
            process.terminate()


def _configuration(folder: Path, port: int, computers: Mapping[str, Computer]) -> str:
    lines = [
        f"Port {port}",
        "ListenAddress 127.0.0.1",
        f"HostKey {folder / 'host'}",
        f"PidFile {folder / 'pid'}",
        f"AuthorizedKeysFile {folder / 'user.pub'}",
        "AuthenticationMethods publickey",
        "PermitRootLogin prohibit-password",
        "StrictModes no",
        "UsePAM no",
        "MaxStartups 100",
        "PrintMotd no",
    ]
    for name, computer in computers.items():
        arguments = [_pwsh(), "-sshs", "-NoLogo"]
        if computer.configuration is not None:
            file = folder / f"{name}.pssc"
            file.write_text(computer.configuration, encoding="ascii")
            arguments += ["-ConfigurationFile", str(file)]
        start = folder / f"{name}.sh"
        variables = {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], "NO_COLOR": "1", **computer.environ}
        settings = [f"{variable}={shlex.quote(value)}" for variable, value in variables.items()]
        start.write_text(f"#!/bin/sh\nexec env -i {' '.join(settings)} {shlex.join(arguments)}\n", encoding="utf-8")
        start.chmod(0o700)
        lines.append(f"Subsystem {name} {start}")
    return "\n".join(lines) + "\n"


def _program(name: str) -> str:
    return shutil.which(name, path=_PATH) or name


def _pwsh() -> str:
    return next(shell.executable for shell in SHELLS if shell.name == "pwsh")


def _user() -> str:
    import pwd

    return pwd.getpwuid(os.geteuid()).pw_name
