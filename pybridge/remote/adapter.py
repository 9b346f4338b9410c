"""The HTTP below pywinrm, by requests: patient sockets, one connection, answers of a bounded size, pinned certificates.

pywinrm makes a session of requests; `furnish` gives it this adapter, and takes away what would look at the environment.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util.wait import wait_for_read

from ..errors import CertificateError, HostTimedOutError, HostUnreachableError, RemoteError
from ..hosts import HTTP_PORT, HTTPS_PORT, Host
from ..wsman import MAX_ANSWER
from . import direct
from .sockets import PATIENCE, connected
from .trust import context_for

#: Bytes of an answer: a message, sealed and cut into pieces.
_MOST = MAX_ANSWER + MAX_ANSWER // 8
_CHUNK = 65536


class Lost(Exception):
    """The connection failed.

    Attributes:
        sent: Whether the host may have seen the request.
        error: What to say of it where nothing was begun yet; None for that the host was interrupted.
    """

    def __init__(self, reason: str, *, sent: bool, error: RemoteError | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.sent = sent
        self.error = error


class Line:
    """The one connection that a session may open.

    Attributes:
        opened: Whether it has been.
        sock: The socket, under TLS where there is TLS.
        answer: The last one of urllib3, or what stands for it.
        ended: Whether the host has said that it is over.
    """

    def __init__(self, host: Host) -> None:
        self.host = host
        self.opened = False
        self.sock: Any = None
        self.answer: Any = None
        self.ended = False

    @property
    def has_ended(self) -> bool:
        """Whether the connection is over: the host has said so, or there is something to read before it was asked."""
        return self.ended or (self.sock is not None and (self.sock.fileno() < 0 or wait_for_read(self.sock, 0.0)))

    @property
    def is_free(self) -> bool:
        """Whether the next exchange may go straight over the socket: nothing is left of one of urllib3 on it."""
        return self.sock is not None and self.answer is not None and self.answer.closed and self.sock.fileno() >= 0

    def open(self, host: str, port: int) -> Any:
        """Connect.

        Raises:
            Lost: It was open before: to begin anew means to sign in anew, which requests does not know.
            HostUnreachableError: There is no way.
        """
        if self.opened:
            raise Lost("the connection was closed", sent=False)
        sock = connected(self.host.name, host, port, self.host.connect_timeout)
        self.opened = True
        return sock

    def close(self) -> None:
        """Hang up, also where an answer was not read to its end."""
        for held in (self.answer, self.sock):
            if held is not None:
                held.close()

    def check_certificate(self, shown: bytes) -> None:
        """Compare the certificate that the host has shown with the pinned one. Nothing has been sent yet.

        Raises:
            CertificateError: It is another one.
        """
        pinned = self.host.fingerprint
        if pinned is None:
            return
        make: Callable[..., Any] = hashlib.sha1 if len(pinned) == 40 else hashlib.sha256
        found = make(shown, usedforsecurity=False).hexdigest()
        if found != pinned:
            raise CertificateError(
                f"{self.host.name} shows the certificate {found}, not {pinned}",
                target=self.host.name,
                remedy="Nothing was sent. If the certificate was renewed, give the new fingerprint; "
                "else something else answers there.",
                details={"fingerprint": found},
            )


def no_tls(host: Host, reason: str) -> HostUnreachableError:
    """The error for whoever listens there, and does not shake hands with us."""
    plain = f" Port {HTTP_PORT} is the one without TLS; {HTTPS_PORT} has it." if host.address.port == HTTP_PORT else ""
    return HostUnreachableError(
        f"{host.name} does not speak TLS as we do at {host.address.host}:{host.address.port}: {reason}",
        target=host.name,
        remedy=f"Check the port, and that WinRM has a listener for HTTPS there.{plain}",
        details={"refused": False},
    )


#: That of the exchange that is under way in this thread.
LINE: ContextVar[Line] = ContextVar("pybridge_line")


class _Connection(HTTPConnection):
    def _new_conn(self) -> Any:
        return LINE.get().open(self._dns_host, self.port)

    def connect(self) -> None:
        super().connect()
        LINE.get().sock = self.sock


class _SecureConnection(HTTPSConnection):
    def _new_conn(self) -> Any:
        return LINE.get().open(self._dns_host, self.port)

    def connect(self) -> None:
        line, patience = LINE.get(), PATIENCE.get()
        limit = PATIENCE.set(patience.within(line.host.connect_timeout))
        try:
            super().connect()
        except HostTimedOutError:
            patience.check()
            raise no_tls(line.host, f"no handshake within {line.host.connect_timeout:g} s") from None
        finally:
            PATIENCE.reset(limit)
        sock: Any = self.sock
        LINE.get().check_certificate(sock.getpeercert(binary_form=True) or b"")
        LINE.get().sock = sock


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection

    def _validate_conn(self, conn: Any) -> None:
        # Without urllib3's warning about a certificate that it did not check: the user was told, or it is pinned.
        if conn.sock is None:
            conn.connect()


_POOLS = {"http": _Pool, "https": _SecurePool}


class Adapter(HTTPAdapter):
    """Sends over one line."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._context = context_for(host)
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **more: Any) -> None:
        super().init_poolmanager(connections, maxsize, block=block, **self._tls(), **more)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: Any, **more: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **self._tls(), **more)
        manager.pool_classes_by_scheme = _POOLS
        return manager

    def _tls(self) -> Mapping[str, Any]:
        return {} if self._context is None else {"ssl_context": self._context}

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Say what to check. All files are in the context already: see `trust`."""
        conn.cert_reqs = "CERT_REQUIRED" if self._host.certificate == "validate" else "CERT_NONE"
        conn.ca_certs = conn.ca_cert_dir = conn.cert_file = conn.key_file = None

    @property
    def is_straight(self) -> bool:
        """Whether the next request goes straight over the connection."""
        host = self._host
        direct = host.proxy is None and host.authentication in _DIRECT
        return direct and (LINE.get().is_free or not host.address.is_secure)

    def send(self, request: Any, *arguments: Any, **more: Any) -> requests.Response:
        """Under TLS, the first request goes by urllib3, which connects; those after it straight over the connection.

        Raises:
            Lost: The connection is over, or the host has forgotten who is at its other end.
        """
        line = LINE.get()
        if line.has_ended:
            raise Lost("the connection was closed", sent=False)
        if self.is_straight:
            return self._straight(line, request)
        response = super().send(request, *arguments, **more)
        raw: Any = response.raw
        raw.stream = _bounded(raw.stream, self._host.name)
        line.answer = raw
        return response

    def _straight(self, line: Line, request: Any) -> requests.Response:
        if line.sock is None:
            line.sock = line.open(self._host.address.host, self._host.address.port)
        response = direct.exchange(line.sock, request, _MOST)
        line.ended = direct.ends(response)
        if len(response.content) > _MOST:
            raise _endless(self._host.name)
        if response.status_code == 401 and line.answer is not None and not request.headers.get("Authorization"):
            # Signed in anew over this connection, it could not read what was sealed before; and has not read this.
            raise Lost("the host forgot the session", sent=False)
        line.answer = line.answer or response.raw
        response.connection = self
        return response


#: The ways to sign in that look at nothing of an answer but its headers, once there was a first one.
_DIRECT = frozenset({"basic", "certificate", "negotiate"})


def _bounded(stream: Callable[..., Iterator[bytes]], name: str) -> Callable[..., Iterator[bytes]]:
    """What reads a body, but not a longer one than there can be. Whoever reads it: the sign-in reads some, too."""

    def read(size: int = _CHUNK, decode_content: bool | None = None) -> Iterator[bytes]:
        total = 0
        for chunk in stream(_CHUNK, decode_content=False):
            total += len(chunk)
            if total > _MOST:
                raise _endless(name)
            yield chunk

    return read


def _endless(name: str) -> RemoteError:
    return RemoteError(
        f"{name} answers with more than {_MOST} bytes, which no host has a reason to",
        target=name,
        remedy="Check that WinRM listens at that address, and nothing else.",
        details={"carried_out": True},
    )


def furnish(session: requests.Session, host: Host, adapter: Adapter) -> None:
    """Give pywinrm's session this adapter, and take the environment away: proxies, ~/.netrc, authorities."""
    session.trust_env = False
    session.proxies = {} if host.proxy is None else {"http": host.proxy, "https": host.proxy}
    session.verify = host.certificate == "validate"
    session.adapters.clear()
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    session.headers["Accept-Encoding"] = "identity"
    session.headers["Connection"] = "Keep-Alive"
