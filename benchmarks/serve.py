"""What `pybridge serve` holds: many keep-alive clients at once, all in one other process. Run by `make bench`.

The source behind it is the emulator, which is asked once: what is measured is the endpoint and its cache.
"""

from __future__ import annotations

import http.client
import json
import os
import platform
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

REQUESTS = 10_000
CLIENTS = 64

PYTHON = [sys.executable, "-m", "pybridge"]
PATHS = {
    "VM extension": ("vm_extension", "resource=https://management.azure.com/"),
    "IMDS": ("imds", "api-version=2018-02-01&resource=https://management.azure.com/"),
}


@contextmanager
def running(*arguments: str, **variables: str) -> Iterator[dict[str, str]]:
    """A pybridge command that prints its URLs, until the block ends."""
    process = subprocess.Popen(
        [*PYTHON, *arguments], env={**os.environ, **variables}, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        urls: dict[str, str] = json.loads(process.stdout.readline())
        yield urls
    finally:
        process.terminate()
        process.wait()


def clients(url: str) -> None:
    """Ask, and print what it took as JSON: seconds of each request, errors, seconds in all."""
    parts = urlsplit(url)
    shares = [REQUESTS // CLIENTS + (number < REQUESTS % CLIENTS) for number in range(CLIENTS)]
    taken: list[float] = []
    errors: list[str] = []
    barrier = threading.Barrier(CLIENTS + 1)

    def client(share: int) -> None:
        connection = http.client.HTTPConnection(parts.netloc, timeout=30)
        barrier.wait()
        for _ in range(share):
            begin = time.perf_counter()
            try:
                connection.request("GET", f"{parts.path}?{parts.query}", headers={"Metadata": "true"})
                response = connection.getresponse()
                body = response.read()
            except (OSError, http.client.HTTPException) as exc:
                errors.append(type(exc).__name__)
                connection.close()
                continue
            taken.append(time.perf_counter() - begin)
            if response.status != 200 or b"access_token" not in body:
                errors.append(str(response.status))
        connection.close()

    threads = [threading.Thread(target=client, args=(share,)) for share in shares]
    for thread in threads:
        thread.start()
    barrier.wait()
    begin = time.perf_counter()
    for thread in threads:
        thread.join()
    print(json.dumps({"taken": taken, "errors": errors, "seconds": time.perf_counter() - begin}))


def main() -> None:
    print(f"{'asked as':<16}{'p50':>10}{'p99':>10}{'requests/s':>12}{'errors':>8}")
    for name, (url, query) in PATHS.items():
        with (
            running("emulate", "--port", "0") as azure,
            running("serve", "--port", "0", PYBRIDGE_VM_EXTENSION_ENDPOINT=azure["vm_extension"]) as served,
        ):
            command = [sys.executable, __file__, f"{served[url]}?{query}"]
            result = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
        percentiles = statistics.quantiles(result["taken"], n=100)
        print(
            f"{name:<16}{percentiles[49] * 1000:>7.1f} ms{percentiles[98] * 1000:>7.1f} ms"
            f"{REQUESTS / result['seconds']:>12.0f}{len(result['errors']):>8}"
        )
    print(
        f"Python {platform.python_version()}, {platform.system()}; {REQUESTS:,} requests, {CLIENTS} connections; "
        f"server and clients share {os.cpu_count()} cores"
    )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        clients(sys.argv[1])
    else:
        main()
