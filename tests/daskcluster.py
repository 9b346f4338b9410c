"""A Dask cluster of several processes on loopback, for tests: `python tests/daskcluster.py WORKERS THREADS`.

Prints one line of JSON: {"address"}. A line on stdin changes the number of workers; its end ends it all.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from support import CLONE, GUARD, environment

TESTS = Path(__file__).resolve().parent


class Cluster:
    """A cluster in processes of its own.

    Attributes:
        address: Of its scheduler.
    """

    def __init__(self, workers: int, threads: int) -> None:
        # What is imported on the workers has to be found there.
        path = os.pathsep.join([environment()["PYTHONPATH"], str(TESTS)])
        self.process = subprocess.Popen(
            [sys.executable, __file__, str(workers), str(threads)],
            env=environment(PYTHONPATH=path),
            cwd=CLONE,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.address: str = self._read()["address"]

    def scale(self, workers: int) -> None:
        """Have so many workers."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{workers}\n")
        self.process.stdin.flush()
        assert self._read() == {"workers": workers}

    def _read(self) -> Any:
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())


@contextmanager
def running(workers: int = 3, threads: int = 2) -> Iterator[Cluster]:
    """A cluster that is gone when the block ends."""
    cluster = Cluster(workers, threads)
    try:
        yield cluster
    finally:
        try:
            cluster.process.communicate(timeout=GUARD)
        finally:
            cluster.process.kill()
            cluster.process.wait()


def main() -> None:
    from distributed import LocalCluster

    workers, threads = map(int, sys.argv[1:])
    with LocalCluster(
        n_workers=workers,
        threads_per_worker=threads,
        processes=True,
        host="127.0.0.1",
        dashboard_address=None,
    ) as cluster:
        print(json.dumps({"address": cluster.scheduler_address}), flush=True)
        for line in sys.stdin:
            cluster.scale(int(line))
            cluster.wait_for_workers(int(line)) if int(line) else cluster.sync(cluster._correct_state)
            print(json.dumps({"workers": int(line)}), flush=True)


if __name__ == "__main__":
    main()
