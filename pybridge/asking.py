"""Asks the sources for a token: in turn, again where that helps, and never more at a time than a source takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import NamedTuple

from . import keyfiles, retry, sources
from .errors import CutOffError, NoEndpointError, PyBridgeError, RefusedError, TransportError, UnreachableError
from .models import AccessToken, HttpRequest, HttpResponse, ManagedIdentityId, Transport
from .sources import Ask, Candidate, Grant, Source

#: Seconds for one attempt.
_ATTEMPT = 30

#: What says that nobody is there, so that the next source is worth a try.
_ABSENT = (RefusedError, UnreachableError, CutOffError, NoEndpointError)


class Asking(NamedTuple):
    """How sources are asked.

    Attributes:
        transport: The door to those on this machine.
        external: The door to those beyond it.
        environ: The variables, read before each request: App Service changes its secret there.
        deadline: Seconds for a token, all attempts at a source together.
        clock: Seconds since 1970.
        monotonic: Seconds that only go forward.
        sleep: Waits for some seconds.
        slots: What a request must hold, for a source that takes so many at a time.
    """

    transport: Transport
    external: Transport
    environ: Mapping[str, str]
    deadline: float
    clock: Callable[[], float]
    monotonic: Callable[[], float]
    sleep: Callable[[float], None]
    slots: Callable[[Source, int], AbstractContextManager[object]]

    def ask(
        self,
        resource: str,
        identity: ManagedIdentityId,
        candidates: tuple[Candidate, ...],
        *,
        claims: str | None = None,
        revoked: AccessToken | None = None,
    ) -> Grant:
        """A token from the first candidate that is there.

        Args:
            claims: What a service demanded of the token.
            revoked: The token that it turned down.

        Raises:
            NoEndpointError: None is there.
            PyBridgeError: One is, and gives no token.
        """
        digest = None if revoked is None else _sha256(revoked.token)
        failures: list[tuple[Candidate, PyBridgeError]] = []
        for candidate in candidates:
            source = candidate.source
            whose = source.identified(identity, self.environ)
            ask = Ask(resource, whose, self.environ, candidate.endpoint, keyfiles.read, claims, digest)
            try:
                return self._ask_one(source, ask)
            except (TransportError, NoEndpointError) as exc:
                if candidate.found or not isinstance(exc, _ABSENT):
                    exc.remedy = exc.remedy or source.absent
                    raise
                failures.append((candidate, exc))
        raise _no_endpoint(failures) from failures[-1][1]

    def _ask_one(self, source: Source, ask: Ask) -> Grant:
        transport = self.external if source.external else self.transport
        slots = nullcontext() if source.at_once is None else self.slots(source, source.at_once)
        sent = HttpRequest("GET", "")

        def send(left: float) -> HttpResponse:
            nonlocal sent
            sent = source.request(ask)._replace(timeout=min(_ATTEMPT, left))
            with slots:
                response = transport.send(sent)
                if source.challenged is not None and response.status in (200, 401):
                    sent = source.challenged(ask, sent, response)
                    response = transport.send(sent)
            return response

        response = retry.attempts(source.policy, send, sleep=self.sleep, clock=self.monotonic, deadline=self.deadline)
        return sources.parse(source, ask, response, now=self.clock(), sent=sent.headers)


def _sha256(token: str) -> str:
    from hashlib import sha256  # loads OpenSSL, and few need it

    return sha256(token.encode("ascii")).hexdigest()


def _no_endpoint(failures: list[tuple[Candidate, PyBridgeError]]) -> NoEndpointError:
    attempts = [{"source": tried.source.name, "code": exc.code, "message": exc.message} for tried, exc in failures]
    return NoEndpointError(
        f"no managed identity endpoint answers on this machine: {'; '.join(exc.message for _, exc in failures)}",
        target=failures[-1][0].source.name,
        remedy="\n".join(exc.remedy or tried.source.absent for tried, exc in failures),
        details={"attempts": attempts},
    )
