"""A Kerberos realm for tests: a real krb5kdc on a loopback port, in a folder of its own, for as long as a block runs.

    with kdc.realm(folder) as realm:
        keytab = realm.principal("HTTP/localhost")
        realm.sign_in("admin", realm.principal("admin"))
        ...
        assert realm.asked_for == ["HTTP/localhost@PYBRIDGE.TEST"]

Nothing of this machine's own Kerberos is read or changed: variables of this process lead libraries and children there.
"""

from __future__ import annotations

import importlib.util
import os
import queue
import re
import secrets
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

REALM = "PYBRIDGE.TEST"

#: Seconds after which a KDC has hung.
_GUARD = 60
_PROGRAMS = ("krb5kdc", "kdb5_util", "kadmin.local", "kinit")

_CONFIG = """
[libdefaults]
    default_realm = {realm}
    dns_lookup_kdc = false
    dns_lookup_realm = false
    dns_canonicalize_hostname = false
    rdns = false
[realms]
    {realm} = {{
        kdc = 127.0.0.1:{port}
    }}
"""
_KDC = """
[kdcdefaults]
    kdc_listen = 127.0.0.1:{port}
    kdc_tcp_listen = 127.0.0.1:{port}
[realms]
    {realm} = {{
        database_name = {folder}/principals
        key_stash_file = {folder}/stash
        acl_file = {folder}/acl
    }}
[logging]
    kdc = STDERR
"""
_ASKED = re.compile(r"TGS_REQ .* for (?P<service>[^\s,]+)")


def program(name: str) -> str | None:
    """The path of one of Kerberos' programs, of which Debian keeps some where only root looks."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")


def missing() -> str | None:
    """What there is not, of all that a realm takes, and how to get it; None where nothing is missing."""
    for name in _PROGRAMS:
        if program(name) is None:
            return f"no {name}, so no realm of Kerberos (apt-get install krb5-kdc krb5-admin-server krb5-user)"
    return None


def client_or_skip(*, seals: bool = False) -> None:
    """Skip where pywinrm finds no package for Kerberos, or none that can seal messages."""
    from winrm import transport

    if not transport.HAVE_KERBEROS:
        pytest.skip("no package for Kerberos that pywinrm finds (pip install pywinrm[kerberos])")
    if seals and not can_seal():
        pytest.skip("the package for Kerberos is too old to seal messages (pip install --upgrade pywinrm[kerberos])")


def can_seal() -> bool:
    """Whether the package for Kerberos that is here knows how to seal messages of WinRM."""
    if importlib.util.find_spec("kerberos") is None:
        return importlib.util.find_spec("winkerberos") is not None
    import kerberos

    return hasattr(kerberos, "authGSSWinRMEncryptMessage")


def can_bind() -> bool:
    """Whether the package for Kerberos knows channel bindings."""
    if importlib.util.find_spec("kerberos") is None:
        return importlib.util.find_spec("winkerberos") is not None
    import kerberos

    return hasattr(kerberos, "channelBindings")


class Realm:
    """A realm that runs.

    Attributes:
        folder: Where all of it is.
        environ: The variables that lead there.
        port: Where the KDC listens, by TCP and UDP.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.port = 0
        self.environ = {
            "KRB5_CONFIG": str(folder / "krb5.conf"),
            "KRB5_KDC_PROFILE": str(folder / "kdc.conf"),
            "KRB5CCNAME": f"FILE:{folder / 'tickets'}",
            "KRB5RCACHEDIR": str(folder),
        }
        self._log: list[str] = []
        self._process = self._started()

    def _run(self, name: str, *arguments: str, input: str = "") -> None:
        path = program(name)
        assert path is not None
        done = subprocess.run(
            [path, *arguments],
            env={**os.environ, **self.environ},
            input=input,
            capture_output=True,
            text=True,
            timeout=_GUARD,
        )
        assert done.returncode == 0, f"{name}: {done.stderr}"

    def _configure(self) -> None:
        for name, text in (("krb5.conf", _CONFIG), ("kdc.conf", _KDC)):
            said = text.format(realm=REALM, port=self.port, folder=self.folder)
            (self.folder / name).write_text(said, encoding="ascii")

    def _started(self) -> subprocess.Popen[str]:
        for attempt in range(5):
            self.port = _free_port()  # which somebody else may take before the KDC does
            self._configure()
            if not attempt:
                master = secrets.token_hex(16)
                self._run("kdb5_util", "create", "-s", "-r", REALM, input=f"{master}\n{master}\n")
            process = self._listening()
            if process is not None:
                return process
        raise RuntimeError(f"krb5kdc does not start: {self._log}")

    def _listening(self) -> subprocess.Popen[str] | None:
        """The KDC, once it listens; None where it has ended instead."""
        path = program("krb5kdc")
        assert path is not None
        process = subprocess.Popen(
            [path, "-n"], env={**os.environ, **self.environ}, stderr=subprocess.PIPE, text=True, errors="replace"
        )
        ready: queue.Queue[bool] = queue.Queue()

        def read() -> None:
            assert process.stderr is not None
            with process.stderr as lines:
                for line in lines:
                    self._log.append(line.rstrip())
                    if "commencing operation" in line:
                        ready.put(True)
            ready.put(False)

        threading.Thread(target=read, daemon=True).start()
        if ready.get(timeout=_GUARD):
            return process
        process.wait(_GUARD)
        return None

    def principal(self, name: str) -> str:
        """Make one up, with a key that nobody knows; the path of a keytab that holds it."""
        path = self.folder / f"{re.sub('[^a-z0-9]', '-', name.lower())}.keytab"
        self._run("kadmin.local", "-r", REALM, "addprinc", "-randkey", name)
        self._run("kadmin.local", "-r", REALM, "ktadd", "-k", str(path), name)
        return str(path)

    def sign_in(self, name: str, keytab: str) -> None:
        """What `kinit` does for a user: a ticket, where all programs of this user find it."""
        self._run("kinit", "-k", "-t", keytab, name)

    def sign_out(self) -> None:
        """No ticket any more."""
        (self.folder / "tickets").unlink(missing_ok=True)

    @property
    def asked_for(self) -> list[str]:
        """The services for which somebody wanted a ticket, known or not."""
        found = (_ASKED.search(line) for line in list(self._log))
        return [match["service"] for match in found if match is not None]

    def forget(self) -> None:
        """Forget who asked for what."""
        self._log.clear()

    def close(self) -> None:
        """End the KDC."""
        self._process.terminate()
        try:
            self._process.wait(_GUARD)
        finally:
            self._process.kill()
            self._process.wait()

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        port: int = one.getsockname()[1]
    return port


@contextmanager
def realm(folder: Path) -> Iterator[Realm]:
    """A realm, until the block ends."""
    one = Realm(folder)
    try:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in one.environ.items():
                patch.setenv(name, value)
            yield one
    finally:
        one.close()
