"""Kerberos for a test host: an acceptor by python-gssapi, which shows itself as pyspnego's acceptors do."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

try:
    import gssapi
    from gssapi import raw
except ImportError:  # a host without Kerberos; `wsman_host` says so to whoever wants it
    gssapi = None  # type: ignore[assignment]

#: The name of the mechanism, in DER: with it begins what is Kerberos without SPNEGO around it.
_MECHANISM = bytes.fromhex("06092a864886f712010202")


class Sealed(NamedTuple):
    """A sealed message: what proves it, and what is to be read."""

    header: bytes
    data: bytes


def is_ticket(token: bytes) -> bool:
    """Whether a token of Negotiate is one of Kerberos, as pywinrm sends it."""
    return token.startswith(b"\x60") and _MECHANISM in token[:20]


class Acceptor:
    """Lets in who shows a ticket for this host. Its errors are ValueErrors.

    Args:
        keytab: The file of this host's keys.
        seen: Where it notes which tickets were shown before.
        bindings: What a client's channel bindings are held against, if it has sent any.
        strict: Whether it must have sent some.
    """

    protocol = "kerberos"

    def __init__(self, keytab: str, seen: Path, bindings: bytes | None, *, strict: bool) -> None:
        if gssapi is None:
            raise ValueError("no gssapi")
        store: dict[Any, Any] = {"keytab": f"FILE:{keytab}", "rcache": f"file2:{seen}"}
        held = None if bindings is None else raw.ChannelBindings(application_data=bindings)
        try:
            credentials = gssapi.Credentials(usage="accept", store=store)
        except gssapi.exceptions.GSSError as exc:
            raise ValueError(str(exc)) from exc
        self._context: Any = gssapi.SecurityContext(creds=credentials, usage="accept", channel_bindings=held)
        self._strict = strict and bindings is not None

    @property
    def complete(self) -> bool:
        return bool(self._context.complete)

    @property
    def client_principal(self) -> str:
        """Who has come in: admin@PYBRIDGE.TEST."""
        return str(self._context.initiator_name)

    def step(self, token: bytes, **_: object) -> bytes:
        """The answer to a token."""
        try:
            answer: bytes | None = self._context.step(token)
            self._context.complete  # noqa: B018 - raises what went wrong, where there is something to tell the client
        except gssapi.exceptions.GSSError as exc:
            raise ValueError(str(exc)) from exc
        if self._strict and not self._context.actual_flags & raw.RequirementFlag.channel_bound:
            raise ValueError("no channel bindings")
        return answer or b""

    def wrap_winrm(self, plain: bytes) -> Sealed:
        """Seal a message."""
        kind = raw.IOVBufferType
        pieces: Any = raw.IOV(kind.header, plain, kind.padding, std_layout=False)
        raw.wrap_iov(self._context, pieces, confidential=True)
        return Sealed(pieces[0].value, pieces[1].value + (pieces[2].value or b""))

    def unwrap_winrm(self, header: bytes, data: bytes) -> bytes:
        """Unseal one."""
        kind = raw.IOVBufferType
        pieces: Any = raw.IOV((kind.header, False, header), data, std_layout=False)
        try:
            done = raw.unwrap_iov(self._context, pieces)
        except gssapi.exceptions.GSSError as exc:
            raise ValueError(str(exc)) from exc
        if not done.encrypted:
            raise ValueError("it was signed, and not sealed")
        plain: bytes = pieces[1].value
        return plain
