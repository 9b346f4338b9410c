"""HTTP and tokens as frozen values, and the one shape of everything that talks, `Transport`.

No value here shows a token in its `repr`. They are named tuples, not dataclasses: to import `dataclasses` takes about
10 ms, a sixth of a cold `pybridge token`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple, Protocol

from .errors import UsageError

_NO_HEADERS: Mapping[str, str] = MappingProxyType({})


class HttpRequest(NamedTuple):
    """One HTTP request.

    Attributes:
        method: The verb in capitals.
        url: Absolute, query included.
        headers: May hold secrets, so `repr` leaves them out.
        body: The bytes to send; empty for none.
        timeout: Seconds for the whole exchange, the body of the answer included.
        pin: The SHA-1 thumbprint (40 hex digits) of the one certificate that the server may show, whoever signed it.
    """

    method: str
    url: str
    headers: Mapping[str, str] = _NO_HEADERS
    body: bytes = b""
    timeout: float = 30.0
    pin: str | None = None

    def __repr__(self) -> str:
        return f"HttpRequest({self.method!r}, {self.url!r}, timeout={self.timeout})"


class HttpResponse(NamedTuple):
    """One HTTP answer, read to its end.

    Attributes:
        status: The status code.
        headers: As they came; read one with `header`, which ignores case.
        body: The bytes of the body. It may be a token, so `repr` leaves it out.
    """

    status: int
    headers: Mapping[str, str] = _NO_HEADERS
    body: bytes = b""

    def __repr__(self) -> str:
        return f"HttpResponse({self.status})"

    def header(self, name: str) -> str | None:
        """The value of a header, whatever its case, or None."""
        wanted = name.lower()
        return next((value for key, value in self.headers.items() if key.lower() == wanted), None)


#: The `place` of a transport whose requests set out from this machine.
HERE = "this machine"


class Transport(Protocol):
    """Anything that answers HTTP requests: this machine's metadata endpoint, ARM, the emulator.

    It may have an attribute `place`: where its requests set out from, `HERE` or a host, port and user. Transports of
    one place share cached tokens. One without is a place of its own.
    """

    def send(self, request: HttpRequest) -> HttpResponse:
        """Answer the request.

        Raises:
            TransportError: No usable answer came back.
        """
        ...


class ManagedIdentityId(NamedTuple):
    """Which managed identity: the default one of the machine, or one named in one of three ways.

    Attributes:
        client_id: The application ID of a user-assigned identity.
        object_id: The ID of its service principal.
        resource_id: Its ARM resource ID.
    """

    client_id: str | None = None
    object_id: str | None = None
    resource_id: str | None = None

    @property
    def selector(self) -> tuple[str, str] | None:
        """The name and the value of the one that is given; None for the machine's default identity.

        Raises:
            UsageError: More than one of them is given, or one that cannot be.
        """
        given = [(name, value) for name, value in zip(self._fields, self, strict=True) if value is not None]
        for name, value in given:
            if not value or " " in value or not value.isprintable():
                raise UsageError(
                    f"the {name} is empty, or holds blanks", remedy="Check the variable that it was taken from."
                )
        if len(given) > 1:
            raise UsageError(
                "more than one of client_id, object_id and resource_id is given",
                remedy="Name the identity in one way; for the machine's default identity name none.",
            )
        return given[0] if given else None


class AccessToken(NamedTuple):
    """A bearer token.

    Attributes:
        token: The bearer string. `repr` leaves it out.
        expires_on: When it expires, in seconds since 1970 (UTC).
        resource: What it is for, as it was asked.
        source: The source that handed it out; None for a token that the caller brought.
        client_id: The application ID of its identity, where the source tells.
        refresh_on: When it is worth renewing, in seconds since 1970 (UTC); None for shortly before it expires.
    """

    token: str
    expires_on: int
    resource: str
    source: str | None = None
    client_id: str | None = None
    refresh_on: int | None = None

    @property
    def token_type(self) -> str:
        """How the Authorization header calls it."""
        return "Bearer"

    def __repr__(self) -> str:
        return f"AccessToken(resource={self.resource!r}, expires_on={self.expires_on}, source={self.source!r})"


class Credential(Protocol):
    """Anything that gives tokens."""

    def get_token(self, resource: str, /, *, force_refresh: bool = False) -> AccessToken:
        """A token for the resource; with `force_refresh` not one that it has had in store.

        Raises:
            CredentialError: There is none.
        """
        ...
