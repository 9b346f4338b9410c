"""The credential beside MSAL's and azure-identity's: cold and warm, for many threads and processes. By `make bench`.

All ask the same stand-ins for IMDS, in turns, so that a drift of the machine meets all of them alike.
What is not installed is left out, and said. `PYBRIDGE_BENCH_PYTHON` names an interpreter that has the others.
"""

from __future__ import annotations

import json
import os
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import imds
from sides import ARM, AZURE_IDENTITY, MSAL, PYBRIDGE, Side, environ, installed, run
from table import Row, print_table

#: Processes started of each kind; blocks of warm calls, and the calls in a block.
STARTS, BLOCKS, CALLS = 31, 60, 1000
#: Threads that ask at once: ours, and those of the others, each of which makes a request.
THREADS, THREADS_OF_OTHERS = 1000, 20
RESOURCES = (ARM, "https://vault.azure.net", "https://storage.azure.com")
PROCESSES, ROUNDS = 50, 4
#: Seconds that IMDS takes for a token where many ask at once.
LATENCY = 0.05
#: Seconds after which who has no deadline is stopped.
PATIENCE = 15


def compared(what: str, values: Mapping[Side, float], unit: str, reach: Mapping[Side, float]) -> Row:
    """A row of figures of which pybridge's is to be so small a part of the others'."""
    cells = {side.title: f"{value:.{2 if value < 10 else 1}f} {unit}" for side, value in values.items()}
    ratios = {side: values[PYBRIDGE] / value for side, value in values.items() if side is not PYBRIDGE}
    missed = [side for side, limit in reach.items() if side in ratios and ratios[side] > limit]
    return Row(
        what,
        cells,
        " / ".join(f"<= {limit}x" for limit in reach.values()),
        " / ".join(f"{ratio:.2f}x" for ratio in ratios.values()),
        None if not ratios or not reach else not missed,
    )


def starts(sides: Sequence[Side]) -> Iterator[Row]:
    """Whole processes, from start to end, in milliseconds."""
    bare, client, imported = "pass", "import http.client", "import pybridge"
    codes = [bare, client, imported, *(side.cold for side in sides)]
    times: dict[str, list[float]] = {code: [] for code in codes}
    with imds.started(0) as stub:
        variables = environ(stub.url)
        for turn in range(-2, STARTS):  # the first turns fill the caches of byte code and of files
            for code in codes:
                began = time.perf_counter()
                run(code, variables)
                if turn >= 0:
                    times[code].append((time.perf_counter() - began) * 1000)
    medians = {code: statistics.median(found) for code, found in times.items()}
    reach = {MSAL: 0.35, AZURE_IDENTITY: 0.25}
    yield compared("process start to token on stdout, p50", {side: medians[side.cold] for side in sides}, "ms", reach)
    for what, code in {"python -c pass": bare, "python -c 'import http.client'": client}.items():
        yield Row(f"  beside: {what}", {PYBRIDGE.title: f"{medians[code]:.1f} ms"})
    over = statistics.median(one - other for one, other in zip(times[imported], times[bare], strict=True))
    yield Row("import pybridge, over bare python", {PYBRIDGE.title: f"{over:.1f} ms"}, "<= 10 ms", reached=over <= 10)


WARM = """
import array, json, sys, time

calls = {}
for title, prepare in json.loads(sys.argv[1]).items():
    names = {}
    exec(prepare, names)
    calls[title] = names["bound"](sys.argv[2])
blocks, count = int(sys.argv[3]), int(sys.argv[4])
times = {title: array.array("q", bytes(8 * blocks * count)) for title in calls}
clock = time.perf_counter_ns
for turn in range(-2, blocks):
    for title, call in calls.items():
        found = times[title]
        for index in range(max(turn, 0) * count, max(turn, 0) * count + count):
            began = clock()
            call()
            found[index] = clock() - began
print(json.dumps({title: [sorted(found)[int(len(found) * share)] for share in (0.5, 0.99)]
                  for title, found in times.items()}))
"""


def warm(sides: Sequence[Side]) -> Iterator[Row]:
    """Calls in one process whose token is at hand, in microseconds; reading the clock is in all of them."""
    prepares = json.dumps({side.title: side.prepare for side in sides})
    with imds.started(0) as stub:
        times = json.loads(run(WARM, environ(stub.url), prepares, ARM, str(BLOCKS), str(CALLS)))
    for index, (share, reach) in enumerate({"p50": {MSAL: 0.2, AZURE_IDENTITY: 0.2}, "p99": {}}.items()):
        values = {side: times[side.title][index] / 1000 for side in sides}
        yield compared(f"warm get_token, {share}", values, "µs", reach)


AT_ONCE = """
import sys, threading

exec(sys.argv[1])
count, resources = int(sys.argv[2]), sys.argv[3:]
barrier = threading.Barrier(count)

def ask(resource):
    barrier.wait()
    bound(resource)()

threads = [threading.Thread(target=ask, args=(resources[index % len(resources)],)) for index in range(count)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


def threads(sides: Sequence[Side]) -> Iterator[Row]:
    """Threads of one cold process that ask at once for three resources: the requests that they make."""
    cells = {}
    with imds.started(LATENCY) as stub:
        for side in sides:
            count = THREADS if side is PYBRIDGE else THREADS_OF_OTHERS
            run(AT_ONCE, environ(stub.url), side.prepare, str(count), *RESOURCES)
            asked = stub.requests()
            cells[side.title] = f"{asked} by {count:,}"
            if side is PYBRIDGE:
                reached = asked == len(RESOURCES)
    yield Row("requests by threads at once, cold, 3 resources", cells, "3", reached=reached)


@contextmanager
def black_hole() -> Iterator[str | None]:
    """The URL of an address whose packets are dropped; None where that cannot be had.

    It is on the loopback interface, so nothing leaves the machine: Linux drops who knocks at a full queue.
    """
    with ExitStack() as stack:
        hole = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(8):
            knocking = stack.enter_context(socket.socket())
            knocking.settimeout(0.5)
            try:
                knocking.connect(hole.getsockname())
            except TimeoutError:
                yield f"http://127.0.0.1:{hole.getsockname()[1]}"
                return
            except OSError:
                break
        yield None


VERDICT = """
import sys, time

exec(sys.argv[1])
call = bound(sys.argv[2])
began = time.perf_counter()
try:
    call()
except Exception:
    print(time.perf_counter() - began)
"""


def verdicts(sides: Sequence[Side]) -> Iterator[Row]:
    """The time until it is said that nobody answers. All wait at the same time: waiting costs nothing."""
    what = "endpoint that drops packets: time to the verdict"
    with black_hole() as url:
        if url is None:
            yield Row(f"{what} (no such endpoint can be had here)", {})
            return
        children = {
            side: subprocess.Popen(
                [sys.executable, "-c", VERDICT, side.prepare, ARM],
                env=environ(url),
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # azure-identity warns there
                text=True,
            )
            for side in sides
        }
        until = time.monotonic() + PATIENCE + 1
        cells = {}
        for side, child in children.items():
            try:
                taken = float(child.communicate(timeout=max(until - time.monotonic(), 0.1))[0])
            except subprocess.TimeoutExpired:
                child.kill()
                child.communicate()
                taken = float("inf")
            cells[side.title] = f"{taken:.1f} s" if taken < PATIENCE else f"> {PATIENCE} s, stopped"
            if side is PYBRIDGE:
                reached = taken <= 3.5
    yield Row(what, cells, "<= 3.5 s", reached=reached)


SHARING = """
import sys, time
import filelock
import pybridge.cachefile

exec(sys.argv[1])
call = bound(sys.argv[2])
print("ready", flush=True)
sys.stdin.read()
began = time.perf_counter()
call()
print((time.perf_counter() - began) * 1000)
"""


def processes(_: Sequence[Side]) -> Iterator[Row]:
    """Processes that share the cache, released together after all have imported. The others have no such cache."""
    what = f"{PROCESSES} processes share the cache"
    if installed("filelock") is None:
        yield Row(f"{what} (not installed: filelock)", {})
        return
    requests, times = [], []
    with imds.started(LATENCY) as stub:
        for _round in range(ROUNDS):
            with tempfile.TemporaryDirectory() as folder:
                variables = environ(stub.url, PYBRIDGE_TOKEN_CACHE=str(Path(folder, "tokens")))
                times += released_together(SHARING, PYBRIDGE.prepare, ARM, variables=variables)
            requests.append(stub.requests())
    half, most = statistics.median(times), statistics.quantiles(times, n=20)[-1]
    yield Row(f"{what}: requests", {PYBRIDGE.title: str(max(requests))}, "1", reached=max(requests) == 1)
    yield Row("  time inside get_token, p50", {PYBRIDGE.title: f"{half:.0f} ms"})
    yield Row("  time inside get_token, p95", {PYBRIDGE.title: f"{most:.0f} ms"}, "<= 250 ms", reached=most <= 250)


def released_together(code: str, *arguments: str, variables: dict[str, str]) -> list[float]:
    """How long each of the processes took, in milliseconds, which it prints at its end.

    Args:
        code: Prints a line as soon as it is ready, and begins at the end of its input.
        arguments, variables: Those of each process.
    """
    gate, opener = os.pipe()
    children = [
        subprocess.Popen(
            [sys.executable, "-c", code, *arguments],
            env=variables,
            stdin=gate,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(PROCESSES)
    ]
    os.close(gate)
    for child in children:
        assert child.stdout is not None
        child.stdout.readline()
    os.close(opener)  # the end of the input of all of them
    return [float(child.communicate()[0]) for child in children]


def main() -> None:
    found = {PYBRIDGE: run("import pybridge; print(pybridge.__version__)", environ()).strip()}
    for side in (MSAL, AZURE_IDENTITY):
        release = installed(side.title.lower())
        if release is None:
            print(f"not installed: {side.title.lower()}")
        else:
            found[side] = release
    versions = ", ".join(f"{side.title} {release}" for side, release in found.items())
    print(f"{versions}; Python {platform.python_version()}, {platform.platform()}, {os.cpu_count()} cores")
    sides = tuple(found)
    rows = [row for measure in (starts, warm, threads, verdicts, processes) for row in measure(sides)]
    print_table(rows, [side.title for side in sides])


if __name__ == "__main__":
    main()
