"""The PowerShells of this machine, and an Azure that they can be pointed at."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pybridge.emulator import Emulator
from pybridge.emulator.command import environment
from pybridge.emulator.server import serve

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Azure:
    """An emulator on a port, and the variables that lead a process there."""

    emulator: Emulator
    url: str
    environ: Mapping[str, str]


@dataclass(frozen=True)
class Run:
    """How a process ended."""

    stdout: str
    stderr: str
    code: int

    @property
    def lines(self) -> list[str]:
        return [line.rstrip() for line in self.stdout.splitlines() if line.strip()]


@dataclass(frozen=True)
class Shell:
    """A PowerShell."""

    name: str
    executable: str

    @property
    def is_engine(self) -> bool:
        return self.name == "engine"

    def command(self, *arguments: str, asks: bool = False) -> list[str]:
        return [self.executable, "-NoProfile", *([] if asks else ["-NonInteractive"]), *arguments]

    def run(
        self,
        script: str | Path,
        environ: Mapping[str, str],
        *,
        folder: Path,
        arguments: Sequence[str] = (),
        input: str | None = None,
        asks: bool = False,
    ) -> Run:
        """Run a script, given as a file or as its text, in a folder. One that asks is answered by `input`."""
        if isinstance(script, str):
            file = folder / "script.ps1"
            file.write_text(script, encoding="ascii")
            script = file
        done = subprocess.run(
            self.command("-File", str(script), *arguments, asks=asks),
            env={**environ, "NO_COLOR": "1"},
            cwd=folder,
            input=input,
            capture_output=True,
            encoding="utf-8",
            errors="replace",  # what Windows' shells print beyond ASCII is in the code page of their console
            timeout=120,
        )
        return Run(done.stdout, done.stderr, done.returncode)


def _engine() -> str | None:
    folder = Path(os.environ.get("PYBRIDGE_TEST_ENGINE") or ROOT / "tests" / "engine" / "bin")
    for name in ("engine.exe", "engine"):
        if (folder / name).is_file():
            return str(folder / name)
    return None


def find_shells(environ: Mapping[str, str]) -> list[Shell]:
    """The PowerShells of this machine; PYBRIDGE_TEST_SHELLS, with commas, leaves only those it names."""
    found = {"pwsh": shutil.which("pwsh"), "powershell": shutil.which("powershell"), "engine": _engine()}
    wanted = environ.get("PYBRIDGE_TEST_SHELLS")
    names = [name.strip() for name in wanted.split(",")] if wanted else list(found)
    return [Shell(name, path) for name in names if (path := found.get(name)) is not None]


SHELLS = find_shells(os.environ)


def serve_azure(emulator: Emulator, shell: Shell | None = None, *, port: int = 0) -> Iterator[Azure]:
    """That emulator on a port, until the iterator is closed; its variables are made for that shell."""
    command = [shell.executable] if shell else []
    with serve(emulator, port=port) as server:
        yield Azure(emulator, server.url, environment(server.port, os.environ, command=command))
