"""A no, before a format has put it into its own words, and which one an error of the credential is."""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import (
    ConfigurationError,
    MalformedError,
    NoEndpointError,
    PyBridgeError,
    TimedOutError,
    TokenRejectedError,
    TokenThrottledError,
    TransportError,
    UsageError,
)
from ..printable import printable


class Refusal(Exception):
    """The answer is no.

    Args:
        status: The HTTP status.
        error: A short code, where the format has one.
        words: What the reader is told; never a secret.
        headers: What the answer says besides.
        body: The body's JSON, where it is not what the format makes of the others.
    """

    def __init__(
        self,
        status: int,
        error: str,
        words: str,
        headers: Mapping[str, str] | None = None,
        body: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(words)
        self.status = status
        self.error = error
        self.words = words
        self.headers = dict(headers or {})
        self.body = body


#: The first row that fits says which status and code an error becomes. Clients ask again after a 5xx, not after a 400.
_ERRORS: tuple[tuple[type[PyBridgeError], int, str], ...] = (
    (UsageError, 400, "invalid_request"),
    (TokenRejectedError, 400, "invalid_request"),
    (NoEndpointError, 503, "no_endpoint"),
    (TimedOutError, 504, "timed_out"),
    (MalformedError, 502, "malformed_answer"),
    (TransportError, 502, "unreachable"),
    (ConfigurationError, 500, "invalid_configuration"),
    (PyBridgeError, 500, "unknown"),
)


def refusal_for(exc: PyBridgeError) -> Refusal:
    """The refusal that an error of the credential becomes, with the words of the service where it spoke."""
    if isinstance(exc, TokenThrottledError):
        after = exc.details.get("retry_after")
        if after is None:
            return Refusal(503, "temporarily_unavailable", exc.message)
        return Refusal(429, "too_many_requests", exc.message, {"Retry-After": _header(after)})
    status, error = next((status, error) for kind, status, error in _ERRORS if isinstance(exc, kind))
    own = exc.details.get("error")
    if isinstance(exc, TokenRejectedError) and isinstance(own, str) and own:
        error = own
    return Refusal(status, error, exc.message)


def _header(value: object) -> str:
    return printable(str(value), 100).encode("ascii", "ignore").decode("ascii")
