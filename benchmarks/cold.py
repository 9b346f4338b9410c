"""What a cold start costs: `pybridge token` and `import pybridge`, beside bare Python. Run by `make bench`.

Whole processes, in turns, so that a drift of the machine meets all of them alike; medians, in milliseconds.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

RUNS = 41

PYTHON = [sys.executable]
#: The command as it is installed; `python -m` would add the cost of runpy.
PYBRIDGE = str(Path(sys.executable).with_name("pybridge"))
COMMANDS: Mapping[str, Sequence[str]] = {
    "python -c pass": [*PYTHON, "-c", "pass"],
    "python -c 'import http.client'": [*PYTHON, "-c", "import http.client"],
    "python -c 'import pybridge'": [*PYTHON, "-c", "import pybridge"],
    "pybridge token": [PYBRIDGE, "token"],
}
REACH = {"python -c 'import pybridge'": "<= 10 ms", "pybridge token": "<= 55 ms"}


def milliseconds(command: Sequence[str], environ: Mapping[str, str]) -> float:
    """How long a process takes; it must succeed."""
    started = time.perf_counter()
    subprocess.run(command, env=environ, stdout=subprocess.DEVNULL, check=True)
    return (time.perf_counter() - started) * 1000


def main() -> None:
    emulator = subprocess.Popen(
        [*PYTHON, "-m", "pybridge", "emulate", "--port", "0"], stdout=subprocess.PIPE, text=True
    )
    assert emulator.stdout is not None
    try:
        urls = json.loads(emulator.stdout.readline())
        # Byte code is cached, as it is for every installed package.
        environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environ["PYBRIDGE_VM_EXTENSION_ENDPOINT"] = urls["vm_extension"]
        times: dict[str, list[float]] = {name: [] for name in COMMANDS}
        for run in range(-2, RUNS):
            for name, command in COMMANDS.items():
                taken = milliseconds(command, environ)
                if run >= 0:
                    times[name].append(taken)
    finally:
        emulator.terminate()
        emulator.wait()
    bare = statistics.median(times["python -c pass"])
    print(f"{'process':<34}{'median':>9}{'over bare':>12}  reach")
    for name in COMMANDS:
        median = statistics.median(times[name])
        print(f"{name:<34}{median:>6.1f} ms{median - bare:>9.1f} ms  {REACH.get(name, '')}")
    print(f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} cores; {RUNS} processes each")


if __name__ == "__main__":
    main()
