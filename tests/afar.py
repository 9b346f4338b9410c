"""What the tests of `remote` share: the way to a test host, and to the emulator behind it."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import wsman_host
from shells import Azure, serve_azure
from wsman_host import Handle, WsmanHost

from pybridge.emulator import Emulator
from pybridge.errors import PyBridgeError
from pybridge.hosts import Host
from pybridge.hosts import host as make_host
from pybridge.passwords import Password
from pybridge.remote import Job, WinRMTransport
from pybridge.remote.patience import Patience
from pybridge.remote.shell import Shell

#: How a test host can be reached: a way to sign in, and whether by https.
WAYS = [("basic", True), ("negotiate", True), ("negotiate", False)]

ARM = "https://management.azure.com/"


def host_of(handle: Handle, authentication: str = "basic", secure: bool = True, **options: Any) -> Host:
    """A test host, as a user would name it."""
    given = {
        "address": handle.https if secure else handle.http,
        "username": "admin",
        "ca": handle.ca if secure else None,
        **options,
    }
    if "password" not in given:
        given["password"] = Password(handle.password(given["username"]))
    return make_host(handle.name, authentication=authentication, **given)


def transport_to(handle: Handle, authentication: str = "basic", secure: bool = True, **options: Any) -> WinRMTransport:
    """The transport to a test host."""
    return WinRMTransport(host_of(handle, authentication, secure, **options))


def imds_of(azure: Azure) -> dict[str, str]:
    """The variable by which a host's IMDS is the emulator."""
    name = "AZURE_POD_IDENTITY_AUTHORITY_HOST"
    return {name: azure.environ[name]}


@contextmanager
def azure_behind(emulator: Emulator | None = None) -> Iterator[Azure]:
    """The emulator on a port."""
    yield from serve_azure(emulator or Emulator(), None)


#: A PowerShell that takes no time to start: it knows nothing but the frames of the bootstrap, and runs no script.
_STAND_IN = """#!{python} -IS
import sys
stdin, stdout = sys.stdin.buffer, sys.stdout.buffer
while head := stdin.readline():
    nonce, first, second = head.split()
    stdin.read(int(first) + int(second))
    answer = b'{{"said": "yes"}}'
    stdout.write(nonce + b"+%d:" % len(answer) + answer + nonce + b"\\n")
    stdout.flush()
"""


def stand_in(folder: Path) -> str:
    """The program of such a PowerShell."""
    program = folder / "powershell"
    program.write_text(_STAND_IN.format(python=sys.executable), encoding="ascii")
    program.chmod(0o755)
    return str(program)


#: What the stand-in answers to each question.
SAID = {"said": "yes"}


def outcome(host: Host) -> object:
    """What comes of two questions, the second of which is long: the answers, or the error."""
    try:
        with Job(host, sleep=lambda seconds: None) as job:
            return [job.ask("http", {}), job.ask("http", {"long": "y" * 100_000})]
    except PyBridgeError as exc:
        return exc


def zeros(host: Host, size: int) -> bytes:
    """What a command says that is to say so many bytes."""
    shell, patience = Shell(host), Patience(host.name, 30.0)
    said = b""
    try:
        command = shell.start(f"head -c {size} /dev/zero", patience)
        while not command.done:
            said += shell.receive(command, patience).stdout
    finally:
        shell.close()
    return said


@contextmanager
def answering(folder: Path, **options: Any) -> Iterator[Handle]:
    """A test host whose PowerShell is the stand-in."""
    with wsman_host.running(WsmanHost(powershell=stand_in(folder), **options)) as handle:
        yield handle


class Relay:
    """A port before another one, whose connections can be cut at any moment.

    Attributes:
        port: Where it listens.
        connections: How many there were.
    """

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.connections = 0
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self._target))
            self.connections += 1
            self._open += [near, far]
            for source, target in ((near, far), (far, near)):
                threading.Thread(target=self._pass_on, args=(source, target), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        for one in (source, target):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def cut(self) -> None:
        """End the connections that there are."""
        for one in self._open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._listener.close()
        self.cut()
        for one in self._open:
            one.close()


@contextmanager
def relayed(port: int) -> Iterator[Relay]:
    """A relay to a port, until the block ends."""
    relay = Relay(port)
    try:
        yield relay
    finally:
        relay.close()
