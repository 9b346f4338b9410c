"""Windows hosts by WinRM beside pywinrm's Session and threads, and Ansible's `raw`: requests, time and memory.

Run by `make bench`, on an interpreter that has pywinrm and pyspnego (`PYBRIDGE_BENCH_PYTHON`). What is not there is
left out, and said. Tokens come from a test host that runs real PowerShell processes, with the emulator behind it.
Fleets and uploads meet stand-ins, which wait and answer in a process of their own and have no shell: what is measured
is the way there.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from remotesides import PYBRIDGE, PYWINRM, Program, ansible, run, run_ansible
from sides import ARM, ROOT, installed
from sides import environ as variables
from table import Row, print_table

from pybridge.emulator import Emulator

sys.path.insert(0, str(ROOT / "tests"))

#: Tokens of one host, one after the other.
TOKENS = 20
#: Hosts that take so many seconds each, so many at a time; how often it is done.
HOSTS, SECONDS, WORKERS, ROUNDS = 200, 0.5, 32, 3
#: Very many hosts.
MANY, THREADS = 1000, 64
#: Bytes of a script, and how often it is sent.
SCRIPT, UPLOADS = 1_000_000, 20

ANSIBLE = "Ansible raw"


class Standins:
    """Hosts that only wait, in a process of their own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        facts = self._line()
        self.urls = [f"http://127.0.0.1:{port}/wsman" for port in facts["ports"]]
        self.user, self.password = facts["user"], facts["password"]

    @property
    def access(self) -> dict[str, str]:
        return {"user": self.user, "password": self.password, "authentication": "negotiate"}

    def counted(self) -> dict[str, Any]:
        """Since the last look: `requests` by action, the most shells at once (`peak`); and those that are `open`."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return self._line()

    def _line(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        found: dict[str, Any] = json.loads(self._process.stdout.readline())
        return found


@contextmanager
def standins(hosts: int, seconds: float) -> Iterator[Standins]:
    command = [sys.executable, str(ROOT / "tests" / "wsman_standin.py"), "--hosts", str(hosts)]
    command += ["--seconds", str(seconds)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=variables(), stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdin is not None
        try:
            yield Standins(process)
        finally:
            process.stdin.close()


def ratio(ours: float, others: float) -> str:
    return f"{ours / others:.2f}x"


def rows() -> Iterator[Row]:
    yield from tokens()
    yield from fleets()
    yield from many()
    yield from uploads()


def tokens() -> Iterator[Row]:
    """Tokens of one host, which has PowerShell and an Azure."""
    shells, wsman_host = import_module("shells"), import_module("wsman_host")  # of the tests
    if not shells.SHELLS:
        yield Row("tokens of a host (not measured: no PowerShell here)", {})
        return
    served = shells.serve_azure(Emulator(), shells.SHELLS[0])
    azure = next(served)
    environ = {"AZURE_POD_IDENTITY_AUTHORITY_HOST": azure.url}  # else as on a VM: nothing says where to ask
    ways = {"Basic": ("basic", "https"), "NTLM": ("negotiate", "http")}
    # Where data and the end come in one answer: how few requests it can be.
    with wsman_host.running(wsman_host.WsmanHost(environ=environ, linger=5)) as host:
        counts = {}
        for program in (PYBRIDGE, PYWINRM):
            found = []
            for method in ("basic", "negotiate"):
                host.clear()
                access = {"url": host.https, "ca": host.ca, "user": "admin", "password": host.password()}
                run(program.tokens, count=1, resource=ARM, authentication=method, **access)
                found.append(len(host.requests))
            counts[program] = found
        reached = counts[PYBRIDGE][0] <= 5 and counts[PYBRIDGE][1] <= 7
        cells = {program.title: " / ".join(map(str, found)) for program, found in counts.items()}
        yield Row("requests for one token, https, Basic / NTLM", cells, "<= 5 / 7", reached=reached)
    with wsman_host.running(wsman_host.WsmanHost(environ=environ)) as host:
        more = {}
        for name, (method, scheme) in ways.items():
            requests, seconds = {}, {}
            for program in (PYBRIDGE, PYWINRM):
                host.clear()
                access = {"url": getattr(host, scheme), "user": "admin", "password": host.password()}
                access |= {"ca": host.ca} if scheme == "https" else {}
                done = run(program.tokens, count=TOKENS, resource=ARM, authentication=method, **access)
                requests[program.title], seconds[program.title] = float(len(host.requests)), done["seconds"]
                if program is PYBRIDGE:
                    host.clear()
                    run(program.tokens, count=TOKENS + 1, resource=ARM, authentication=method, **access)
                    more[name] = len(host.requests) - int(requests[program.title])
            yield halved(f"{TOKENS} tokens of one host, {name} over {scheme}: requests", requests, "{:.0f}")
            yield halved("  time", seconds, "{:.2f} s")
        cells = {PYBRIDGE.title: " / ".join(map(str, more.values()))}
        yield Row("requests for each further token, Basic / NTLM", cells, "<= 2", reached=max(more.values()) <= 2)
    served.close()


def halved(what: str, values: dict[str, float], form: str) -> Row:
    """A row of which pybridge is to take half at most."""
    ours, others = values[PYBRIDGE.title], values[PYWINRM.title]
    cells = {title: form.format(value) for title, value in values.items()}
    return Row(what, cells, "<= 0.50x", ratio(ours, others), ours <= others / 2)


def fleets() -> Iterator[Row]:
    """Hosts that wait, many at a time, in turns of who asks them."""
    ideal = HOSTS * SECONDS / WORKERS
    times: dict[str, list[float]] = {}
    whole: dict[str, list[float]] = {}
    with standins(HOSTS, SECONDS) as hosts:
        for _ in range(ROUNDS):
            for program in (PYBRIDGE, PYWINRM):
                done = run(program.fleet, urls=hosts.urls, workers=WORKERS, **hosts.access)
                times.setdefault(program.title, []).append(done["seconds"])
                whole.setdefault(program.title, []).append(done["whole"])
                check(hosts, program)
        if ansible() is not None:
            whole[ANSIBLE] = [run_ansible(hosts.urls, WORKERS, hosts.user, hosts.password)]
    medians = {title: statistics.median(found) for title, found in times.items()}
    ours, others = medians[PYBRIDGE.title], medians[PYWINRM.title]
    what = f"{HOSTS} stand-ins that take {SECONDS} s, {WORKERS} at a time, NTLM sealed"
    cells = {title: f"{found:.2f} s" for title, found in medians.items()}
    yield Row(what, cells, ratio=ratio(ours, others))
    cells = {title: ratio(found, ideal) for title, found in medians.items()}
    yield Row(f"  of the ideal, {ideal:.2f} s", cells, "<= 1.15x", reached=ours <= 1.15 * ideal)
    medians = {title: statistics.median(found) for title, found in whole.items()}
    cells = {title: f"{found:.2f} s" for title, found in medians.items()}
    yield Row("  with the start of the process", cells)
    if ANSIBLE in medians:
        ours, others = medians[PYBRIDGE.title], medians[ANSIBLE]
        cells = {title: f"{others / found:.1f}x" for title, found in medians.items()}
        cells[ANSIBLE] = f"{others / ideal:.1f}x for the ideal"
        yield Row("  so much faster than Ansible", cells, ">= 6x", reached=others >= 6 * ours)


def check(hosts: Standins, program: Program) -> None:
    """Nobody is to look quick by leaving shells open."""
    left = hosts.counted()["open"]
    assert left == 0, f"{program.title} left {left} shells open"


def many() -> Iterator[Row]:
    """So many hosts that what is not given back is seen."""
    with standins(MANY, SECONDS) as hosts:
        hosts.counted()
        done = run(PYBRIDGE.fleet, urls=hosts.urls, workers=THREADS, memory=True, **hosts.access)
        counted = hosts.counted()
    title = PYBRIDGE.title
    yield Row(
        f"{MANY:,} stand-ins, {THREADS} at a time",
        {title: f"{done['seconds']:.1f} s, ideal {MANY * SECONDS / THREADS:.1f} s"},
    )
    most, grown = done["most"], done["memory"][1] - done["memory"][0]
    yield Row("  memory of the client, at most", {title: f"{most:.0f} MB"}, "<= 150 MB", reached=most <= 150)
    yield Row(
        f"  memory, the last over that after {MANY // 2} hosts", {title: f"{grown:+.1f} MB"}, "flat", reached=grown < 5
    )
    left = counted["open"], done["threads"] - 1
    yield Row("  shells / threads left", {title: "{} / {}".format(*left)}, "0 / 0", reached=left == (0, 0))
    yield Row("  shells open at once, at most", {title: str(counted["peak"])})


def uploads() -> Iterator[Row]:
    """A large script, without what starting it takes. pywinrm's path is as Ansible's plugin goes it.

    The text is this project's own, as it matters that it can be deflated.
    """
    sources = sorted(
        path for folder in ("pybridge", "powershell", "tests") for path in (ROOT / folder).rglob("*.p[sy]*")
    )
    texts = (path.read_text(encoding="utf-8", errors="replace") for path in sources if path.suffix in (".ps1", ".py"))
    text = "".join(texts).encode("ascii", "ignore").decode()[:SCRIPT]
    assert len(text) == SCRIPT
    speeds, envelopes = {}, {}
    with standins(1, 0) as hosts:
        for program in (PYBRIDGE, PYWINRM):
            hosts.counted()
            done = run(program.upload, url=hosts.urls[0], script=text, count=UPLOADS, **hosts.access)
            speeds[program.title] = SCRIPT / 1e6 / statistics.median(done["seconds"])
            envelopes[program.title] = hosts.counted()["largest"]
    ours, others = speeds[PYBRIDGE.title], speeds[PYWINRM.title]
    cells = {title: f"{speed:.1f} MB/s" for title, speed in speeds.items()}
    yield Row("upload of a script of 1 MB, NTLM sealed", cells, ">= 1.00x", ratio(ours, others), ours >= others)
    cells = {title: f"{size / 1024:.0f} KB" for title, size in envelopes.items()}
    reached = envelopes[PYBRIDGE.title] <= 150 * 1024
    yield Row("  largest envelope", cells, "<= 150 KB", reached=reached)


def main() -> None:
    missing = [name for name in ("pywinrm", "pyspnego") if installed(name) is None]
    if missing:
        print(f"benchmarks/remote.py was not run: not installed: {', '.join(missing)}")
        return
    versions = ["pybridge", *(f"{name} {installed(name)}" for name in ("pywinrm", "requests", "pyspnego"))]
    versions.append(ansible() or "not installed: ansible")
    print(
        f"{', '.join(versions)}; Python {platform.python_version()}, {platform.platform()}, {os.cpu_count()} cores "
        "for both sides"
    )
    print_table(list(rows()), [PYBRIDGE.title, PYWINRM.title, ANSIBLE])


if __name__ == "__main__":
    main()
