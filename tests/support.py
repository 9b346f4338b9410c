"""What the tests share: child processes, hostile servers, a scripted transport, a clock that only tests move."""

from __future__ import annotations

import base64
import json
import os
import queue
import re
import socket
import ssl
import struct
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pybridge
from pybridge import protocol
from pybridge.arm import ArmClient
from pybridge.credential import ManagedIdentityCredential
from pybridge.emulator import Emulator
from pybridge.errors import PyBridgeError
from pybridge.models import HttpRequest, HttpResponse

CLONE = Path(__file__).resolve().parents[1]
PACKAGE = Path(pybridge.__file__).resolve().parent

#: Seconds after which a test has hung. Nothing waits that long when all is well.
GUARD = 60

#: A loopback URL where nothing listens.
NOWHERE = "http://127.0.0.1:1"

ARM = "https://management.azure.com/"

_KEPT = "PATH HOME SYSTEMROOT SYSTEMDRIVE TEMP TMP TMPDIR USERPROFILE APPDATA LOCALAPPDATA PATHEXT COMSPEC".split()


def environment(url: str = NOWHERE, **changes: str) -> dict[str, str]:
    """The environment of a child process, whose Azure is at `url`: nothing in it leads to another machine."""
    return {
        **{name: os.environ[name] for name in _KEPT if name in os.environ},
        "PYTHONPATH": str(PACKAGE.parent),
        "PYTHONIOENCODING": "utf-8",
        "PYBRIDGE_ARM_ENDPOINT": url,
        "PYBRIDGE_VM_EXTENSION_ENDPOINT": f"{url}/oauth2/token",
        "AZURE_POD_IDENTITY_AUTHORITY_HOST": url,
        **changes,
    }


def run(
    *arguments: str, env: Mapping[str, str] | None = None, cwd: Path | None = None, input: str | None = None
) -> subprocess.CompletedProcess[str]:
    """`python -m pybridge ARGUMENTS` in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "pybridge", *arguments],
        env=environment() if env is None else dict(env),
        cwd=cwd,
        input=input or "",
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=GUARD,
    )


class WorkerProcess:
    """A worker in a process of its own, and what it has said so far."""

    def __init__(self, env: Mapping[str, str], *, program: str | None = None) -> None:
        command = ["-m", "pybridge", "worker"] if program is None else ["-c", program]
        self.process = subprocess.Popen(
            [sys.executable, *command],
            env=dict(env),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self._lines: queue.Queue[bytes] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._last = 0

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)
        self._lines.put(b"")

    def write(self, data: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def ask(self, method: str, **params: Any) -> int:
        """Send a request; its id."""
        self._last += 1
        frame = {"jsonrpc": "2.0", "id": self._last, "method": method, "params": params}
        self.write(json.dumps(frame).encode() + b"\n")
        return self._last

    def cancel(self, identifier: int) -> None:
        frame = {"jsonrpc": "2.0", "method": "cancel", "params": {"id": identifier}}
        self.write(json.dumps(frame).encode() + b"\n")

    def frame(self) -> dict[str, Any]:
        """The next frame; an empty one at the end."""
        line = self._lines.get(timeout=GUARD)
        assert line.isascii()
        assert not line or line.endswith(b"\n")
        frame: dict[str, Any] = json.loads(line) if line else {}
        return frame

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Ask, and the answer. Only for when nothing else is under way."""
        identifier = self.ask(method, **params)
        while (frame := self.frame()) and frame.get("id") != identifier:
            pass
        return frame

    def rest(self) -> list[dict[str, Any]]:
        """The frames up to the end of the output."""
        frames = []
        while frame := self.frame():
            frames.append(frame)
        return frames

    def end(self) -> tuple[int, str]:
        """Close its input and wait; its exit code, and what it wrote to stderr."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        with suppress(OSError):
            self.process.stdin.close()
        try:
            code = self.process.wait(GUARD)
        finally:
            self.process.kill()
        errors = self.process.stderr.read().decode()
        self._reader.join(GUARD)
        self.process.stdout.close()
        self.process.stderr.close()
        return code, errors


@contextmanager
def worker(env: Mapping[str, str] | None = None, *, program: str | None = None) -> Iterator[WorkerProcess]:
    """A worker that is gone when the block ends."""
    process = WorkerProcess(environment() if env is None else env, program=program)
    try:
        yield process
    finally:
        if process.process.stderr is not None and not process.process.stderr.closed:
            process.process.kill()
            process.end()


class Talker:
    """A TCP server on loopback that says what it is told to, over TLS if it is given a context.

    Attributes:
        url: Where it listens.
        received: The first request of each connection, as it came.
    """

    def __init__(self, talk: Callable[[socket.socket], None], tls: ssl.SSLContext | None = None) -> None:
        self._talk = talk
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._stopping = False
        self.port: int = self._listener.getsockname()[1]
        self.url = f"{'http' if tls is None else 'https'}://127.0.0.1:{self.port}"
        self.received: list[bytes] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            with suppress(OSError), connection:
                if self._stopping:
                    return
                connection.settimeout(GUARD)
                with connection if self._tls is None else self._tls.wrap_socket(connection, server_side=True) as line:
                    self.received.append(_request(line))
                    self._talk(line)

    def close(self) -> None:
        self._stopping = True
        socket.create_connection(self._listener.getsockname()).close()
        self._thread.join(GUARD)
        self._listener.close()


def _request(connection: socket.socket) -> bytes:
    """A request with its body; what has come of it where it ends early."""
    request, missing = b"", 1
    while missing > 0 and (data := connection.recv(65536)):
        request += data
        head, end, body = request.partition(b"\r\n\r\n")
        length = re.search(rb"\r\ncontent-length: *([0-9]+)", head, re.IGNORECASE)
        missing = (int(length[1]) if length else 0) - len(body) if end else 1
    return request


@contextmanager
def talking(talk: Callable[[socket.socket], None] | bytes, *, tls: ssl.SSLContext | None = None) -> Iterator[Talker]:
    """A server that talks so, or answers with these bytes and hangs up."""
    talker = Talker((lambda connection: connection.sendall(talk)) if isinstance(talk, bytes) else talk, tls)
    try:
        yield talker
    finally:
        talker.close()


def hold(connection: socket.socket) -> None:
    """Say nothing until the client gives up."""
    while connection.recv(65536):
        pass


def reset(connection: socket.socket) -> None:
    """Cut the connection."""
    shape = "hh" if os.name == "nt" else "ii"
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack(shape, 1, 0))


def http(status: str, body: bytes = b"", *headers: str) -> bytes:
    """An answer in HTTP/1.1, after which the connection ends."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


@contextmanager
def closed_port() -> Iterator[int]:
    """A port that is ours and where nobody listens."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


class Clock:
    """A clock that only the test, and sleeping by it, moves."""

    def __init__(self, now: float = 1_700_000_000.0) -> None:
        self.now = now
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


class Script:
    """A transport that gives these answers, or raises these errors, in order."""

    def __init__(self, *answers: HttpResponse | Exception) -> None:
        self._answers = list(answers)
        self.requests: list[HttpRequest] = []

    def send(self, request: HttpRequest) -> HttpResponse:
        self.requests.append(request)
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def answer(status: int, value: object, **headers: str) -> HttpResponse:
    """An answer whose body is JSON; `Retry_After=1` becomes the header Retry-After."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return HttpResponse(status, {"Content-Type": "application/json", **named}, json.dumps(value).encode())


def shown(error: BaseException) -> list[str]:
    """All that can be seen of an error: its traceback, what it and its causes carry, its frame on the wire."""
    seen = ["".join(traceback.format_exception(error))]
    if isinstance(error, PyBridgeError):
        seen.append(protocol.failure(1, error).decode())
    causes: list[BaseException | None] = [error]
    while causes:
        cause = causes.pop()
        if cause is not None:
            seen.append(f"{cause!s} {cause!r} {cause.args!r} {vars(cause)!r}")
            causes += [cause.__cause__, cause.__context__]
    return seen


def leaks(secrets: Iterable[str], *texts: str) -> list[str]:
    """What of the secrets stands in the texts: the whole, or a part of a token that matters."""
    parts = {part for secret in secrets for part in [secret, *secret.split(".")[1:]] if len(part) > 20}
    return sorted({part[:30] for part in parts for text in texts if part in text})


def jwt(**claims: object) -> str:
    """A token with these claims that nobody signed."""
    parts = [json.dumps({"alg": "none"}), json.dumps(claims), "signature"]
    return ".".join(base64.urlsafe_b64encode(part.encode()).rstrip(b"=").decode() for part in parts)


def credential(emulator: Emulator, **options: Any) -> ManagedIdentityCredential:
    """The credential of the emulator's machine, without a socket."""
    return ManagedIdentityCredential(transport=emulator, **{"environ": {}, **options})


def arm(emulator: Emulator, **options: Any) -> ArmClient:
    """ARM as the emulator's machine sees it, without a socket."""
    return ArmClient(credential(emulator), transport=emulator, environ={}, **options)
