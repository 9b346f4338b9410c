"""A stand-in for IMDS on a port of 127.0.0.1, which counts: what all sides of a benchmark ask. It is no emulator.

python benchmarks/imds.py SECONDS    takes so long for each token; prints its URL; ends with its input
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

LIFETIME = 86400
ID = "00000000-0000-0000-0000-000000000000"


class Stub:
    """The stand-in, in a process of its own."""

    def __init__(self, url: str) -> None:
        self.url = url

    def requests(self) -> int:
        """How many tokens it was asked for since the last look."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{self.url}/requests") as answer:
            return int(answer.read())


@contextmanager
def started(seconds: float) -> Iterator[Stub]:
    """A stand-in that takes so long for each token."""
    command = [sys.executable, __file__, str(seconds)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield Stub(process.stdout.readline().strip())
        finally:
            process.stdin.close()


def _part(content: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def _token(resource: str) -> str:
    """As long as a real one, and as it looks like; its signature is none."""
    expires = int(time.time()) + LIFETIME
    ids = dict.fromkeys(("appid", "oid", "sub", "tid", "uti", "rh"), ID)
    claims = {"aud": resource, "exp": expires, "xms_mirid": f"/subscriptions/{'0' * 300}", **ids}
    return f"{_part({'typ': 'JWT', 'alg': 'RS256', 'kid': '0' * 27})}.{_part(claims)}.{'A' * 342}"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 2048  # a thousand may come at once; a full queue would cost a second
    seconds = 0.0
    count = 0
    lock = threading.Lock()

    def counted(self) -> None:
        with self.lock:
            self.count += 1

    def count_so_far(self) -> int:
        with self.lock:
            count, self.count = self.count, 0
        return count


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet
    server: _Server

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/requests":
            self._answer(str(self.server.count_so_far()).encode())
            return
        self.server.counted()
        time.sleep(self.server.seconds)
        resource = parse_qs(parts.query)["resource"][0]
        answer = {
            "access_token": _token(resource),
            "client_id": ID,
            "expires_in": str(LIFETIME),
            "expires_on": str(int(time.time()) + LIFETIME),
            "ext_expires_in": str(LIFETIME),
            "not_before": str(int(time.time())),
            "resource": resource,
            "token_type": "Bearer",
        }
        self._answer(json.dumps(answer).encode())

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


def main() -> None:
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.seconds = float(sys.argv[1])
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
        sys.stdin.read()
        server.shutdown()


if __name__ == "__main__":
    main()
