"""The demo behind `make demo`: sign-in scripts against the emulator, in PowerShell and in Python, and what goes wrong.

Takes the PowerShell that it finds: pwsh, else powershell, else the engine host of the tests.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from pybridge import processes

EXAMPLES = Path(__file__).resolve().parent


def find_powershell() -> list[str] | None:
    """The command line of a PowerShell up to the script's name, or None."""
    engine = EXAMPLES.parent / "tests" / "engine" / "bin" / ("engine.exe" if os.name == "nt" else "engine")
    for path in (shutil.which("pwsh"), shutil.which("powershell"), str(engine) if engine.is_file() else None):
        if path is not None:
            return [path, "-NoProfile", "-NonInteractive", "-File"]
    return None


def show(title: str, machine: str, command: list[str]) -> int:
    """Run one command as if on that VM of the emulator; returns its exit code."""
    print(f"\n=== {title}\n", flush=True)
    emulate = [sys.executable, "-m", "pybridge", "emulate", "--machine", machine, "--", *command]
    return processes.run(emulate, environ=os.environ)


def main() -> int:
    powershell = find_powershell()
    python = [sys.executable, str(EXAMPLES / "sign_in.py")]
    if powershell is None:
        print("No PowerShell here: the PowerShell half is left out. Install pwsh (or the .NET SDK) to see it.")
        failed = show("Python: sign in, and read a VM", "myVM", python)
    else:
        print(f"PowerShell: {powershell[0]}")
        long = [*powershell, str(EXAMPLES / "sign-in.ps1")]
        short = [*powershell, str(EXAMPLES / "sign-in-short.ps1")]
        failed = show("A script of 2017, unchanged: token from port 50342, sign-in, Get-AzureRmVM", "myVM", long)
        failed |= show("The same without a token in the script", "myVM", short)
        failed |= show("The same from Python", "myVM", python)
        show("The VM's role is taken away: what the user is told", "noRoleVM", short)
        show("The VM's managed identity is off: what the user is told", "msiOffVM", short)
    if powershell is None:
        show("The VM's role is taken away: what the user is told", "noRoleVM", python)
        show("The VM's managed identity is off: what the user is told", "msiOffVM", python)
    end = "Something failed that should not have." if failed else "Try your own script: pybridge emulate -- COMMAND"
    print(f"\n{end}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
