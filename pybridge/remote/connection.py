"""The door to WinRM: one authenticated, encrypted connection. The only `import winrm`.

pywinrm signs in and seals; what goes over the line is ours, see `shell`. Of 0.3.0 (Debian 12) and 0.5.0 the same parts
are used: `Transport`, whose three methods below are those that touch the network.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from importlib import import_module
from typing import Any

import requests
from winrm.transport import Transport

from ..errors import PyBridgeError, RemoteError
from ..hosts import AUTHENTICATIONS, Host
from . import direct
from .adapter import Adapter, furnish
from .foreign import translated
from .line import LINE, Line, Lost
from .md4 import nt_hash
from .patience import Patience
from .refusals import lets_everybody_in, refusal
from .sockets import PATIENCE, hang_up
from .tickets import patiently

#: What these would log, at DEBUG, an eavesdropper could guess the password from.
_TALKATIVE = ("spnego", "ntlm_auth", "requests_ntlm", "requests_credssp", "requests_kerberos", "winrm")
_SEALED = "multipart/"

with suppress(ImportError):  # what NTLM seals with; else the first host of many loads it, and the others wait for that
    import_module("cryptography.hazmat.backends.openssl")


class _Door(Transport):  # type: ignore[misc, unused-ignore]
    """pywinrm's transport, which sends in our way."""

    def __init__(self, host: Host, password: str | None) -> None:
        way = AUTHENTICATIONS[host.authentication]
        options: dict[str, Any] = {
            "auth_method": way.method,
            "service": "HTTP",
            "message_encryption": "auto" if host.address.is_secure else "always",
            "server_cert_validation": "validate",  # "ignore" would silence warnings of the whole process; see `furnish`
            "ca_trust_path": None,
            "cert_pem": host.client_certificate,
            "cert_key_pem": host.client_key,
            "send_cbt": host.address.is_secure,
            **_secrets(host, password),
        }
        super().__init__(host.address.url, **options)
        self.session: Any
        # What counts is set by `furnish`. By default, 0.5.0 would warn of the environment's proxies. By None, requests
        # sets a variable of this process for a moment, and other threads meet it. 0.3.0 has no such thing.
        self.proxy = ""
        self._host = host
        self._adapter = Adapter(host)
        self._is_alike = False  # whether requests are prepared like the one that signed in

    def build_session(self) -> Any:
        """As the base does; what it took from the environment goes."""
        is_first = self.session is None
        built = super().build_session()
        self._furnish()
        if is_first and self._host.authentication == "credssp" and not self.encryption:
            # With nothing to carry out: a fault, in answer to a message, would be taken for a refusal of the sign-in.
            self._send_message_request(self.session.prepare_request(requests.Request("POST", self.endpoint)))
        return built

    def setup_encryption(self, *arguments: Any) -> None:
        """Sign in with an empty message. This is the first one; 0.3.0 hands in nothing, 0.5.0 the session."""
        self._furnish()
        super().setup_encryption(*arguments)
        # What a library seals with, if it calls it so, or whether the host has proved who it is.
        for name in ("session_security", "contexts", "auth_done"):
            if not getattr(self.session.auth, name, self):
                raise lets_everybody_in(self._host)

    def _furnish(self) -> None:
        furnish(self.session, self._host, self._adapter)
        auth = self.session.auth
        if self._host.authentication == "kerberos" and "generate_request_header" not in vars(auth):
            auth.generate_request_header = patiently(self._host, auth.generate_request_header)

    @property
    def _is_straight(self) -> bool:
        """Whether we are signed in, which is all that requests is for; with Kerberos, so is the host to us."""
        return self._adapter.is_straight and getattr(self.session.auth, "auth_done", True)

    def _send_message_request(self, *arguments: Any) -> requests.Response:
        request = next(one for one in arguments if isinstance(one, requests.PreparedRequest))
        host = self._host
        response: requests.Response
        if LINE.get().opened and self._is_straight:
            response = self._adapter.send(request)
        else:  # without a timeout: the times are ours to watch, see `sockets`
            response = self.session.send(request, timeout=None, stream=True, allow_redirects=False)
        content = response.content
        if not self._is_alike and self._is_straight:
            self._is_alike = True
            if host.authentication == "kerberos":
                request.headers.pop("Authorization", None)  # a ticket is shown once
            self.session.prepare_request = direct.like(request)
        if getattr(response.raw, "length_remaining", None):
            raise Lost("the answer was cut off", sent=True)
        if self.encryption and response.history and response.status_code != 200:
            # It had to sign in anew, and what it sent was sealed for the session before: nobody could read it.
            raise Lost("the host forgot the session", sent=False)
        if response.status_code not in (200, 500) or (response.status_code == 500 and not content):
            raise refusal(host, response.status_code, response.headers)
        return response

    def _get_message_response_text(self, response: requests.Response) -> bytes:
        if self.encryption and not response.headers.get("Content-Type", "").startswith(_SEALED):
            raise RemoteError(
                f"{self._host.name} answered in clear to a sealed message, so it may be somebody else",
                target=self._host.name,
                remedy="Use https (port 5986).",
                details={"carried_out": True},
            )
        text = super()._get_message_response_text(response)
        return text if isinstance(text, bytes) else str(text).encode()


def _secrets(host: Host, password: str | None) -> dict[str, Any]:
    username: Any = host.username
    secret: Any = password
    if secret is not None and host.authentication == "negotiate":
        # The hash is all that NTLM needs. Libraries of Debian 12 cannot make it any more; others take their time.
        secret = f"{'0' * 32}:{nt_hash(secret)}"
    elif secret is not None and host.authentication == "basic":
        username, secret = (username or "").encode(), secret.encode()  # requests would take Latin-1, and not all of it
    return {"username": username, "password": secret}


class Connection:
    """A connection to a host, for one thread at a time. It connects and signs in when it first sends.

    Once it has failed it is of no use any more: a sealed session cannot go on over another connection.
    """

    def __init__(self, host: Host, password: str | None) -> None:
        _quieten()
        self._host = host
        self._line = Line(host)
        self._door: _Door | None = None
        self._password = password
        self._signed_in = False

    def post(self, body: bytes, patience: Patience) -> bytes:
        """Send a message; the answer, which may be a fault.

        Raises:
            Lost: The connection failed.
            PyBridgeError: The host cannot be reached, refuses us, or is not WinRM.
        """
        line, limit = LINE.set(self._line), PATIENCE.set(patience)
        signed_in = self._signed_in
        failure: Exception
        try:
            if self._door is None:
                self._door = _Door(self._host, self._password)
            answer: bytes = self._door.send_message(body)
        except (PyBridgeError, Lost) as exc:
            failure = exc
        except Exception as exc:
            seals = self._door is not None and self._door.encryption
            signing_in = not (signed_in or seals)
            failure = patience.over() or translated(exc, self._host, sent=self._line.opened, signing_in=signing_in)
        else:
            if not signed_in:
                self._signed_in = True
                patience.let_in()
            return answer
        finally:
            LINE.reset(line)
            PATIENCE.reset(limit)
        # Out here: what requests raises has the request in it, with whatever was in that.
        failure.__cause__ = failure.__context__ = None
        raise failure

    def close(self) -> None:
        """Hang up."""
        session = None if self._door is None else self._door.session
        if session is not None:
            with suppress(Exception):
                session.close()
        hang_up(self._line.sock)  # urllib3 waits for whoever has not read his answer to the end
        self._line.close()


def _quieten() -> None:
    for name in _TALKATIVE:
        logger = logging.getLogger(name)
        if logger.level == logging.NOTSET:
            logger.setLevel(logging.INFO)
