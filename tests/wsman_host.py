"""Windows hosts for tests: WS-Management on loopback, which runs real processes.

    with wsman_host.running(WsmanHost(environ=azure.environ)) as host:
        WinRMTransport(host.https, username="admin", password=host.password("admin"), ca=host.ca)
        assert host.count("Create") == 1

The hosts live in one process of their own, as NTLM needs pyspnego, which not every environment has. It takes one line
of JSON with the options on stdin, says one when it is ready, then answers each line; it ends with its stdin.
"""

from __future__ import annotations

import ctypes
import functools
import hashlib
import importlib.util
import json
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

_HERE = Path(__file__).resolve().parent
_KEPT = "PATH HOME SYSTEMROOT SYSTEMDRIVE TEMP TMP TMPDIR USERPROFILE APPDATA LOCALAPPDATA PATHEXT COMSPEC".split()

#: Made by `.ci/setup test` where the tests' own interpreter has no pyspnego.
_PREPARED = _HERE.parent / ".venv-host"

NO_NTLM = "no interpreter with pyspnego for the test host's NTLM (.ci/setup test makes one)"
NO_KERBEROS = "no interpreter with gssapi for the test host's Kerberos (apt-get install python3-gssapi)"

#: Seconds after which a host has hung.
_GUARD = 60


@dataclass(frozen=True)
class WsmanHost:
    """How a host is set up.

    Attributes:
        users: Passwords by user: `admin`, `CONTOSO\\admin`, `admin@contoso.example`.
        authentication: What it offers: `negotiate`, `basic`, `certificate`, `credssp`, `kerberos`.
        keytab: The file of its keys, for Kerberos; see `kdc`.
        environ: What its processes see, besides PATH, HOME and the folders for temporary files.
        powershell: The program behind `powershell`; by default the first of this machine's.
        certificate: `good`, `self-signed`, `expired` or `other-name`.
        certificate_users: Users by the principal name in their client's certificate.
        channel_bindings: `relaxed`, `strict` or `none`.
        max_operations: Commands per user, counted until their shell is gone.
        denied: Users who sign in and are refused everything.
        linger: Seconds that Receive holds output back to give it together with the end.
        overlong: What cmd.exe does with more than 8,191 characters: `refuse`, or `silent`.
        faults: Orders as for `Handle.fault`, from the beginning.
    """

    name: str = "vm01"
    users: Mapping[str, str] = field(default_factory=lambda: {"admin": "Correct-Horse-Battery-1"}, repr=False)
    authentication: Sequence[str] = ("negotiate", "basic", "certificate")
    keytab: str | None = None
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    powershell: str | None = None
    path: str = "/wsman"
    allow_unencrypted: bool = False
    channel_bindings: str = "relaxed"
    certificate: str = "good"
    certificate_users: Mapping[str, str] = field(default_factory=lambda: {"admin@localhost": "admin"})
    max_envelope: int = 153600
    max_shells: int = 30
    max_processes: int = 25
    max_operations: int = 1500
    max_users: int = 10
    denied: Sequence[str] = ()
    linger: float = 0.0
    overlong: str = "refuse"
    keep_bodies: bool = True
    faults: Sequence[Mapping[str, Any]] = ()


class Handle:
    """A host that runs.

    Attributes:
        http, https: Its endpoints, on 127.0.0.1.
        http_port, https_port: Also on ::1, where `ipv6`.
        ca: The authority's certificate, a file.
        sha1, sha256: Its own certificate's fingerprints, in hex.
        client: Files of the certificate and the key of each user in `certificate_users`, by principal name.
    """

    def __init__(self, process: _Process, options: WsmanHost, facts: Mapping[str, Any]) -> None:
        self._process = process
        self.options = options
        self.name = options.name
        self.http_port: int = facts["http_port"]
        self.https_port: int = facts["https_port"]
        self.http = f"http://127.0.0.1:{self.http_port}{options.path}"
        self.https = f"https://127.0.0.1:{self.https_port}{options.path}"
        self.ipv6: bool = facts["ipv6"]
        self.ca: str = facts["ca"]
        self.sha1: str = facts["sha1"]
        self.sha256: str = facts["sha256"]
        self.client: dict[str, tuple[str, str]] = {name: (pair[0], pair[1]) for name, pair in facts["client"].items()}
        self.pid = process.pid

    def password(self, user: str = "admin") -> str:
        return self.options.users[user]

    def stats(self) -> dict[str, Any]:
        """All that it noted: requests, connections, refused_by_client, shells, processes, largest."""
        stats: dict[str, Any] = self._process.ask(host=self.name, ask="stats")
        return stats

    @property
    def requests(self) -> list[dict[str, Any]]:
        """Each HTTP request: action, status, fault, user, secure, sealed, size, path, connection, authorization.

        The action is SignIn for one that was answered by a 401, Empty for one without a body.
        """
        requests: list[dict[str, Any]] = self.stats()["requests"]
        return requests

    @property
    def counts(self) -> Counter[str]:
        return Counter(request["action"] for request in self.requests)

    def count(self, action: str) -> int:
        return self.counts[action]

    @property
    def shells(self) -> list[dict[str, Any]]:
        """Those that are open: id, owner, codepage, idle, commands."""
        shells: list[dict[str, Any]] = self.stats()["shells"]
        return shells

    @property
    def processes(self) -> list[dict[str, Any]]:
        """All that were started: pid, argv, environ, running."""
        processes: list[dict[str, Any]] = self.stats()["processes"]
        return processes

    @property
    def bodies(self) -> list[str]:
        """Every envelope both ways, unsealed."""
        bodies: list[str] = self._process.ask(host=self.name, ask="bodies")
        return bodies

    def fault(self, action: str, do: str, **more: Any) -> None:
        """Order trouble; `wsman_trouble.Trouble` says what there is."""
        self._process.ask(host=self.name, fault={"action": action, "do": do, **more})

    def certify(self, kind: str = "good") -> None:
        """Give it another certificate, for the connections to come."""
        facts = self._process.ask(host=self.name, certify=kind)
        self.sha1, self.sha256 = facts["sha1"], facts["sha256"]

    def clear(self) -> None:
        """Forget notes and orders; shells stay."""
        self._process.ask(host=self.name, clear="notes")

    def reset(self) -> None:
        """Forget all, and end what runs: what a test wants that shares the host."""
        self._process.ask(host=self.name, clear="all")

    def reboot(self, seconds: float = 0.2) -> None:
        """Restart it; it refuses connections for that long."""
        self._process.ask(host=self.name, reboot=seconds)


class _Process:
    """The process of the hosts."""

    def __init__(self, python: str, options: Mapping[str, Any], program: str = "wsman_host.py") -> None:
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(
            [python, str(_HERE / program)], stdin=pipe, stdout=pipe, text=True, encoding="utf-8"
        )
        self.pid = self._process.pid
        self._lock = threading.Lock()
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        self.ready = self._exchange(options)

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                self._lines.put(line)
        self._lines.put("")

    def _exchange(self, question: Mapping[str, Any]) -> Any:
        assert self._process.stdin is not None
        with self._lock:
            self._process.stdin.write(json.dumps(question) + "\n")
            self._process.stdin.flush()
            line = self._lines.get(timeout=_GUARD)
        if not line:
            raise RuntimeError("the test hosts' process has ended")
        answer = json.loads(line)
        if "error" in answer:
            raise ValueError(answer["error"])
        return answer["result"]

    def ask(self, **question: Any) -> Any:
        return self._exchange(question)

    def close(self) -> None:
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(_GUARD)
        finally:
            self._process.kill()
            self._process.wait()


def interpreter() -> tuple[str, bool]:
    """The Python for the hosts, and whether it has NTLM."""
    if importlib.util.find_spec("spnego") is not None:
        return sys.executable, True
    for path in (_PREPARED / "bin" / "python", _PREPARED / "Scripts" / "python.exe"):
        if path.is_file():
            return str(path), True
    return sys.executable, False


@functools.lru_cache(maxsize=1)
def kerberos_interpreter() -> str | None:
    """The Python for hosts with Kerberos: this one, or the distribution's; None where neither has it."""
    if importlib.util.find_spec("gssapi") is not None:
        return sys.executable
    path = shutil.which("python3", path="/usr/bin")
    if path is None:
        return None
    tried = subprocess.run([path, "-c", "import gssapi, cryptography"], capture_output=True, timeout=_GUARD)
    return path if tried.returncode == 0 else None


def let_clients_hash() -> bool:
    """Whether NTLM clients can make their hash, MD4. OpenSSL 3 has it in a module that is not loaded by itself.

    requests-ntlm before 1.2, as in Debian 12, takes it from there; newer ones bring their own.
    """
    if importlib.util.find_spec("spnego") is not None or _has_md4():
        return True
    with suppress(OSError, AttributeError):
        library = ctypes.CDLL("libcrypto.so.3")
        library.OSSL_PROVIDER_load.restype = ctypes.c_void_p
        # Asking for one by name ends the default one's being there unasked.
        for provider in (b"legacy", b"default"):
            library.OSSL_PROVIDER_load(None, provider)
    return _has_md4()


def _has_md4() -> bool:
    try:
        hashlib.new("md4")
    except ValueError:
        return False
    return True


@contextmanager
def running_all(hosts: Sequence[WsmanHost]) -> Iterator[list[Handle]]:
    """These hosts, in one process, until the block ends. Each needs a name of its own."""
    from shells import SHELLS

    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    options = []
    for host in hosts:
        row = asdict(host)
        row["environ"] = {**kept, **host.environ}
        row["powershell"] = host.powershell or (SHELLS[0].executable if SHELLS else None)
        options.append(row)
    has_tickets = any(host.keytab is not None for host in hosts)
    process = _Process((kerberos_interpreter() if has_tickets else None) or interpreter()[0], {"hosts": options})
    try:
        yield [Handle(process, host, facts) for host, facts in zip(hosts, process.ready, strict=True)]
    finally:
        process.close()


@contextmanager
def running(host: WsmanHost | None = None) -> Iterator[Handle]:
    """One host."""
    with running_all([host or WsmanHost()]) as handles:
        yield handles[0]


def main() -> None:
    """The process itself."""
    from wsman_control import serve

    with tempfile.TemporaryDirectory() as folder:
        serve(sys.stdin, sys.stdout, Path(folder))


if __name__ == "__main__":
    main()
