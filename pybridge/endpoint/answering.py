"""A request on its way to an answer: rate, origin, format, allow-lists, credential."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from ..errors import PyBridgeError
from ..models import AccessToken, HttpRequest, HttpResponse, ManagedIdentityId
from ..server import Peer
from .formats import Format
from .gate import AllowLists, Origins, Rate, SameUser
from .refusals import Refusal, refusal_for

#: Writes a line about a request: (method, path, status, milliseconds).
Log = Callable[[str, str, int, float], None]


class Gate(NamedTuple):
    """What a request must pass.

    Attributes:
        same_user: None: every user may ask.
    """

    rate: Rate
    origins: Origins
    allowed: AllowLists
    same_user: SameUser | None = None


class Answering:
    """Answers in some formats with tokens from elsewhere.

    Args:
        formats: What is served; the first one's words are used where a path is nobody's.
        gate: What a request must pass.
        token: Gives a token: (resource, identity).
        log: Is told of every request; None: nobody is.
        clock: Seconds since 1970.

    Attributes:
        secret: What App Service's format wants in its header.
    """

    def __init__(
        self,
        formats: Sequence[Format],
        gate: Gate,
        token: Callable[[str, ManagedIdentityId], AccessToken],
        *,
        log: Log | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.secret = secrets.token_hex(32)
        self._formats = {served.path: served for served in formats}
        self._words = formats[0]
        self._gate = gate
        self._token = token
        self._log = log
        self._clock = clock

    def admit(self, peer: Peer) -> HttpResponse | None:
        """The refusal for the connection of another user, where those may not ask."""
        try:
            if self._gate.same_user is not None:
                self._gate.same_user.check(peer)
        except Refusal as refusal:
            return self._words.refusal(refusal)
        return None

    def answer(self, request: HttpRequest, peer: Peer) -> HttpResponse:
        """Answer, whatever happens."""
        began = time.perf_counter()
        authority, path, query = _parts(request.url)
        served = self._formats.get(path)
        try:
            response = self._grant(request, authority, served, query)
        except Refusal as refusal:
            response = (served or self._words).refusal(refusal)
        except PyBridgeError as exc:
            response = (served or self._words).refusal(refusal_for(exc))
        except Exception as exc:  # Its text could be anything: a secret too.
            words = f"pybridge has a defect: {type(exc).__name__}"
            response = (served or self._words).refusal(Refusal(500, "internal_error", words))
        if self._log is not None:
            self._log(request.method, path, response.status, (time.perf_counter() - began) * 1000)
        return response

    def _grant(self, request: HttpRequest, authority: str, served: Format | None, query: str) -> HttpResponse:
        headers: Mapping[str, str] = {name.lower(): value for name, value in request.headers.items()}
        self._gate.rate.check()
        self._gate.origins.check(authority, headers)
        if served is None:
            raise Refusal(404, "not_found", "Not found. Tokens are at " + " and ".join(self._formats))
        served.check(request.method, headers, self.secret)
        asked = served.read(query, request.body if request.method == "POST" else b"")
        self._gate.allowed.check(asked)
        return served.token(self._token(*asked), asked, self._clock())


def _parts(url: str) -> tuple[str, str, str]:
    """Authority, path and query of a URL; empty where it is none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", "", ""
    return parts.netloc, parts.path.rstrip("/").lower(), parts.query
