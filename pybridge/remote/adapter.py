"""The HTTP below pywinrm, by requests: patient sockets, one connection, answers of a bounded size, pinned certificates.

pywinrm makes a session of requests; `furnish` gives it this adapter, and takes away what would look at the environment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from ..errors import HostTimedOutError, RemoteError
from ..hosts import Host
from ..wsman import MAX_ANSWER
from . import direct
from .line import LINE, Line, Lost, no_tls
from .refusals import check_challenge, check_step, check_ticket
from .sockets import PATIENCE
from .trust import context_for

#: Bytes of an answer: a message, sealed and cut into pieces.
_MOST = MAX_ANSWER + MAX_ANSWER // 8
_CHUNK = 65536


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
            RemoteError: It does not go on with the sign-in.
        """
        line = LINE.get()
        if line.has_ended:
            raise Lost("the connection was closed", sent=False)
        if self.is_straight:
            return self._straight(line, request)
        response = super().send(request, *arguments, **more)
        self._check(line, request, response)
        raw: Any = response.raw
        raw.stream = _bounded(raw.stream, self._host.name)
        line.answer = raw
        return response

    def _straight(self, line: Line, request: Any) -> requests.Response:
        host = self._host
        if line.sock is None:
            line.sock = line.open(host.address.host, host.address.port)
            if host.authentication == "negotiate" and "Authorization" not in request.headers:
                # What every host says to that: to ask for it would be a request for nothing.
                line.awaits_challenge = True
                return self._kept(line, direct.unauthorized(request))
        response = direct.exchange(line.sock, request, _MOST)
        line.ended = direct.ends(response)
        if len(response.content) > _MOST:
            raise _endless(host.name)
        if line.awaits_challenge:
            line.awaits_challenge = False
            check_challenge(host, response.status_code, response.headers, is_empty=not response.content)
        self._check(line, request, response)
        return self._kept(line, response)

    def _check(self, line: Line, request: Any, response: requests.Response) -> None:
        says_who = "Authorization" in request.headers
        if response.status_code == 401 and line.answer is not None and not says_who:
            # Signed in anew over this connection, it could not read what was sealed before; and has not read this.
            raise Lost("the host forgot the session", sent=False)
        if self._host.authentication == "credssp":
            check_step(self._host, says_who, response.status_code, response.headers)
        elif says_who and self._host.authentication == "kerberos":
            is_bound = line.answer is not None or not self._host.address.is_secure
            check_ticket(self._host, response.status_code, response.headers, is_bound=is_bound)

    def _kept(self, line: Line, response: requests.Response) -> requests.Response:
        """An answer in whose name the sign-in goes on."""
        line.answer = line.answer or response.raw
        response.connection = self
        return response


#: The ways to sign in that look at nothing of an answer but its headers, once there was a first one.
_DIRECT = frozenset({"basic", "certificate", "credssp", "kerberos", "negotiate"})


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
