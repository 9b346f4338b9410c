"""How a host finds out who asks: Basic, a client certificate, tickets of Kerberos, pyspnego's acceptors of NTLM and
CredSSP. And seals.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import re
import struct
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from wsman_certificates import principal_of
from wsman_http import Answer, Connection, Request
from wsman_kerberos import Acceptor, is_ticket

try:
    import spnego
    import spnego.channel_bindings
    import spnego.exceptions
    from spnego._ntlm_raw.crypto import ntowfv1
except ImportError:  # a host without NTLM; `wsman_host` says so to whoever wants it
    spnego = None  # type: ignore[assignment]

_BROKEN = (ValueError, struct.error, *(() if spnego is None else (spnego.exceptions.SpnegoError,)))

MUTUAL = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"
#: What a sealed message is called: in one piece or several, and by what it is sealed.
_SEALED = 'multipart/{};protocol="application/HTTP-{}-session-encrypted";boundary="Encrypted Boundary"'

_OFFERS = {"negotiate": "Negotiate", "kerberos": "Kerberos", "credssp": "CredSSP", "basic": 'Basic realm="WSMAN"'}
_HANDSHAKES = {"negotiate": "negotiate", "ntlm": "negotiate", "credssp": "credssp", "kerberos": "kerberos"}
#: What seals calls itself by the name of the way in. Kerberos inside of Negotiate is called as that is.
_SEALERS = {"credssp": "CredSSP", "kerberos": "Kerberos"}
_BOUNDARY = b"--Encrypted Boundary"
_OCTETS = b"\r\n\tContent-Type: application/octet-stream\r\n"
_PIECE = 16384  # of a message that CredSSP seals: what fits into a record of TLS
_environment = threading.Lock()  # pyspnego reads its users from a file that a variable of the process names


class Refused(Exception):
    """This is the answer: sign in, or sign in otherwise."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


class CannotUnseal(Exception):
    """It was sealed for another context, or changed on its way."""


class Gate:
    """Who may come in to a host, and by which ways.

    Args:
        options: The host's; see `wsman_host.WsmanHost`.
        users_file: Where pyspnego reads the users.
        certificate: The host's own, in DER, for channel bindings.
    """

    def __init__(self, options: Mapping[str, Any], users_file: Path, certificate: bytes) -> None:
        self.users: Mapping[str, str] = options["users"]
        self.ways: Sequence[str] = options["authentication"]
        self.principals: Mapping[str, str] = options["certificate_users"]
        self.allow_unencrypted: bool = options["allow_unencrypted"]
        self.keytab: str | None = options["keytab"]
        self.users_file = users_file
        if spnego is not None:
            # With hashes, as in smbpasswd: a password may then hold a colon, and is hashed only once.
            lines = [f"{user}:0:{'F' * 32}:{ntowfv1(text).hex()}:[U]:\n" for user, text in self.users.items()]
            users_file.write_text("".join(lines), encoding="utf-8")
        self.bindings: Any = None
        self.strict = options["channel_bindings"] == "strict"
        self.binding: bytes | None = None
        if options["channel_bindings"] != "none":
            self.binding = b"tls-server-end-point:" + hashlib.sha256(certificate).digest()
        if spnego is not None and self.binding is not None:
            self.bindings = spnego.channel_bindings.GssChannelBindings(application_data=self.binding)

    def offers(self, secure: bool) -> list[tuple[str, str]]:
        """The headers of a 401. Without TLS there is no Basic, unless the host allows what is not encrypted."""
        ways = [way for way in self.ways if way != "basic" or secure or self.allow_unencrypted]
        return [("WWW-Authenticate", _OFFERS[way]) for way in ways if way in _OFFERS]

    def acceptor(self, way: str, token: bytes, secure: bool) -> Any:
        """What goes on with a sign-in that begins with this token.

        Raises:
            ValueError: Nothing does.
        """
        if is_ticket(token):
            if "kerberos" not in self.ways or self.keytab is None:
                raise ValueError("no Kerberos")
            seen = self.users_file.with_suffix(".tickets")
            return Acceptor(self.keytab, seen, self.binding if secure else None, strict=self.strict)
        if spnego is None or way == "kerberos":
            raise ValueError("no NTLM")
        with _environment:
            os.environ["NTLM_USER_FILE"] = str(self.users_file)
            return spnego.server(protocol="ntlm" if token.startswith(b"NTLMSSP\0") else way)


class SignIn:
    """Who asks on one connection. The context of NTLM, CredSSP or Kerberos belongs to the connection, so this does."""

    def __init__(self, gate: Gate, connection: Connection) -> None:
        self._gate = gate
        self._connection = connection
        self._context: Any = None
        self._sealer = "SPNEGO"
        self._user: str | None = None
        self._last_token: list[tuple[str, str]] = []

    def last_token(self) -> list[tuple[str, str]]:
        """The header that goes with the answer once SPNEGO is through; NTLM by itself has none."""
        token, self._last_token = self._last_token, []
        return token

    def forget(self) -> None:
        self._context, self._user = None, None

    def check(self, request: Request) -> str:
        """The user.

        Raises:
            Refused: With what the client is told.
        """
        header = request.headers.get("authorization", "")
        scheme, _, value = header.partition(" ")
        secure = self._connection.secure
        if header == MUTUAL and secure and "certificate" in self._gate.ways:
            return self._certificate()
        offered = [offer.partition(" ")[0].lower() for _, offer in self._gate.offers(secure)]
        if scheme.lower() == "basic" and "basic" in offered:
            return self._basic(value)
        if (way := _HANDSHAKES.get(scheme.lower())) is not None and way in offered:
            return self._handshake(scheme, way, value)
        if self._user is not None and not header:
            return self._user
        raise self._refusal()

    def _refusal(self) -> Refused:
        self.forget()
        return Refused(Answer(401, self._gate.offers(self._connection.secure)))

    def _certificate(self) -> str:
        der = self._connection.certificate
        user = self._gate.principals.get(principal_of(der) or "") if der else None
        if user is None:
            raise self._refusal()
        return user

    def _basic(self, value: str) -> str:
        try:
            user, _, password = base64.b64decode(value, validate=True).decode("utf-8").partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise self._refusal() from None
        known = {name.lower(): name for name in self._gate.users}
        name = known.get(user.lower())
        if name is None or self._gate.users[name] != password:
            raise self._refusal()
        return name

    def _handshake(self, scheme: str, way: str, value: str) -> str:
        try:
            token = base64.b64decode(value, validate=True)
            if self._context is None or self._context.complete:
                self.forget()
                self._context = self._gate.acceptor(way, token, self._connection.secure)
                self._sealer = _SEALERS.get(scheme.lower(), "SPNEGO")
            with _environment:
                os.environ["NTLM_USER_FILE"] = str(self._gate.users_file)
                answer = self._context.step(token, channel_bindings=self._bindings(token))
        except _BROKEN:
            raise self._refusal() from None
        if not (answer or self._context.complete):
            raise self._refusal()  # CredSSP has told why before
        token_header = [("WWW-Authenticate", f"{scheme} {base64.b64encode(answer or b'').decode()}")]
        if not self._context.complete:
            raise Refused(Answer(401, token_header))
        self._last_token = token_header if answer else []
        principal = self._context.client_principal.lower()
        self._user = next((name for name in self._gate.users if name.lower() == principal), principal)
        return self._user

    def _bindings(self, token: bytes) -> Any:
        """What the client's are held against; where the host is relaxed, only if it sent any."""
        if not self._connection.secure or self._gate.bindings is None:
            return None
        # An NTLM token carries them as the attribute 10 with 16 bytes; all zero means none.
        found = re.search(rb"\x0a\x00\x10\x00(.{16})", token, re.DOTALL)
        sent = found is not None and found[1] != bytes(16)
        return self._gate.bindings if sent or self._gate.strict else None

    def unseal(self, request: Request) -> bytes:
        """A sealed request's envelope.

        Raises:
            CannotUnseal: This connection cannot.
        """
        parts = request.body.split(_BOUNDARY)
        if parts.pop() != b"--\r\n" or self._context is None or not self._context.complete:
            raise CannotUnseal
        if f"/HTTP-{self._sealer}-session-encrypted" not in request.headers["content-type"]:
            raise CannotUnseal
        try:
            return b"".join(self._unsealed(*piece) for piece in zip(parts[1::2], parts[2::2], strict=True))
        except _BROKEN as exc:
            raise CannotUnseal from exc

    def _unsealed(self, head: bytes, payload: bytes) -> bytes:
        length = re.search(rb"Length=(\d+)", head)
        payload = payload.removeprefix(_OCTETS)
        (size,) = struct.unpack_from("<I", payload)
        plain: bytes = self._context.unwrap_winrm(payload[4 : 4 + size], payload[4 + size :])
        if length is None or len(plain) != int(length[1]):
            raise CannotUnseal
        return plain

    def seal(self, plain: bytes) -> Answer:
        """An answer's envelope, sealed."""
        protocol, size = self._sealer, _PIECE if self._sealer == "CredSSP" else len(plain)
        pieces = [self._sealed(protocol, plain[i : i + size]) for i in range(0, len(plain), size)]
        kind = _SEALED.format("x-multi-encrypted" if len(pieces) > 1 else "encrypted", protocol)
        return Answer(200, [("Content-Type", kind)], b"".join([*pieces, _BOUNDARY, b"--\r\n"]))

    def _sealed(self, protocol: str, plain: bytes) -> bytes:
        sealed = self._context.wrap_winrm(plain)
        return b"".join(
            [
                _BOUNDARY,
                b"\r\n\tContent-Type: application/HTTP-%s-session-encrypted\r\n" % protocol.encode(),
                b"\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=%d\r\n" % len(plain),
                _BOUNDARY,
                _OCTETS,
                struct.pack("<I", len(sealed.header)),
                sealed.header,
                sealed.data,
            ]
        )
