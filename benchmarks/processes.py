"""Fifty processes that want one token through the shared cache, and what a call costs by then. Run by `make bench`.

It is the cache alone; credential.py measures what a user calls. The processes import first and are then released
together. The endpoint is a stub that counts and takes its time.
"""

from __future__ import annotations

import os
import platform
import statistics
import tempfile
import time
from pathlib import Path

from credential import PROCESSES, released_together
from sides import environ

from pybridge.cachefile import CacheFile, Stored
from pybridge.models import AccessToken

ROUNDS = 5
CALLS = 5_000
#: Seconds that the endpoint takes for a token: IMDS has it in store, or not.
LATENCIES = (0.0, 0.05)

CHILD = """
import sys, time
from pathlib import Path
import filelock
from pybridge.cachefile import CacheFile, Stored
from pybridge.models import AccessToken

folder, log, latency = sys.argv[1:]

def obtain():
    with open(log, "ab", buffering=0) as file:
        file.write(b".")
    time.sleep(float(latency))
    now = time.time()
    return Stored(AccessToken("t" * 1500, int(now) + 86400, "https://management.azure.com/", "imds"), now, 86400), True

cache = CacheFile(Path(folder))
print("ready", flush=True)
sys.stdin.read()
started = time.perf_counter()
cache.through("key", lambda stored: True, obtain)
print((time.perf_counter() - started) * 1000)
"""


def of_one_call(folder: Path) -> float:
    """Microseconds of a call whose token is stored."""
    now = time.time()
    token = AccessToken("t" * 1500, int(now) + 86400, "https://management.azure.com/", "imds")
    cache = CacheFile(folder)

    def call() -> float:
        started = time.perf_counter()
        cache.through("key", lambda _: True, lambda: (Stored(token, now, 3600), True))
        return (time.perf_counter() - started) * 1e6

    return statistics.median([call() for _ in range(CALLS)])


def main() -> None:
    print(f"{PROCESSES} processes, one token{'requests':>12}{'p50':>9}{'p95':>9}{'max':>9}  reach: 1 request, 250 ms")
    for latency in LATENCIES:
        times: list[float] = []
        requests = []
        for _ in range(ROUNDS):
            with tempfile.TemporaryDirectory() as folder:
                log = Path(folder, "log")
                log.touch()
                cache = str(Path(folder, "tokens"))
                times += released_together(CHILD, cache, str(log), str(latency), variables=environ())
                requests.append(log.stat().st_size)
        figures = (statistics.median(times), statistics.quantiles(times, n=20)[-1], max(times))
        columns = "".join(f"{figure:>6.1f} ms" for figure in figures)
        print(f"endpoint takes {latency * 1000:>4.0f} ms{max(requests):>16}{columns}")
    with tempfile.TemporaryDirectory() as folder:
        print(f"a call whose token is stored: {of_one_call(Path(folder) / 'tokens'):.0f} µs")
    print(f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} cores; {ROUNDS} rounds each")


if __name__ == "__main__":
    main()
