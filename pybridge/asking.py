"""Asks the sources for a token: in turn, again where that helps, and never more at a time than a source takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import Semaphore
from typing import NamedTuple

from . import keyfiles, retry, sources
from .cache import LOOK
from .errors import (
    CutOffError,
    NoEndpointError,
    PyBridgeError,
    RefusedError,
    RemoteError,
    TimedOutError,
    TransportError,
    UnreachableError,
)
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
        clock: Seconds since 1970.
        monotonic: Seconds that only go forward.
        sleep: Waits for some seconds.
        slots: The slots of a source that takes so many requests at a time.
        read: Reads a key file, as `keyfiles.read` does.
        computer: What the user calls the other computer that is asked; None for this machine.
    """

    transport: Transport
    external: Transport
    environ: Mapping[str, str]
    clock: Callable[[], float]
    monotonic: Callable[[], float]
    sleep: Callable[[float], None]
    slots: Callable[[Source, int], Semaphore]
    read: Callable[[str, str | None], str] = keyfiles.read
    computer: str | None = None

    def ask(
        self,
        resource: str,
        identity: ManagedIdentityId,
        candidates: tuple[Candidate, ...],
        left: Callable[[], float],
        *,
        claims: str | None = None,
        revoked: AccessToken | None = None,
    ) -> Grant:
        """A token from the first candidate that is there.

        Args:
            left: How many seconds are left for it.
            claims: What a service demanded of the token.
            revoked: The token that it turned down.

        Raises:
            NoEndpointError: None is there.
            PyBridgeError: One is, and gives no token.
        """
        try:
            return self._ask_in_turn(resource, identity, candidates, left, claims, revoked)
        except PyBridgeError as exc:
            if self.computer is not None and not isinstance(exc, RemoteError):
                exc.on(self.computer)
            raise

    def _ask_in_turn(
        self,
        resource: str,
        identity: ManagedIdentityId,
        candidates: tuple[Candidate, ...],
        left: Callable[[], float],
        claims: str | None,
        revoked: AccessToken | None,
    ) -> Grant:
        digest = None if revoked is None else _sha256(revoked.token)
        failures: list[tuple[Candidate, PyBridgeError]] = []
        for candidate in candidates:
            source = candidate.source
            whose = source.identified(identity, self.environ)
            ask = Ask(resource, whose, self.environ, candidate.endpoint, self.read, claims, digest)
            try:
                return self._ask_one(source, ask, left)
            except (TransportError, NoEndpointError) as exc:
                if candidate.found or not isinstance(exc, _ABSENT):
                    exc.remedy = exc.remedy or source.absent
                    raise
                failures.append((candidate, exc))
        raise _no_endpoint(failures, self.computer) from failures[-1][1]

    def _ask_one(self, source: Source, ask: Ask, left: Callable[[], float]) -> Grant:
        transport = self.external if source.external else self.transport
        sent = HttpRequest("GET", "")

        def timed(request: HttpRequest) -> HttpRequest:
            seconds = left()
            if seconds <= 0:
                raise TimedOutError(f"{source.title} was not asked: there was no time left", target=source.name)
            return request._replace(timeout=min(_ATTEMPT, seconds))

        def send() -> HttpResponse:
            nonlocal sent
            with self._slot(source, left):
                sent = timed(source.request(ask))
                response = transport.send(sent)
                if source.challenged is not None and response.status in (200, 401):
                    sent = timed(source.challenged(ask, sent, response))
                    response = transport.send(sent)
            return response

        response = retry.attempts(source.policy, send, sleep=self.sleep, clock=self.monotonic, deadline=left())
        return sources.parse(source, ask, response, now=self.clock(), sent=sent.headers)

    @contextmanager
    def _slot(self, source: Source, left: Callable[[], float]) -> Iterator[None]:
        """Hold one of the slots of the source, if it has any."""
        if source.at_once is None:
            yield
            return
        slots = self.slots(source, source.at_once)
        while not slots.acquire(timeout=max(min(LOOK, left()), 0)):
            if left() <= 0:
                raise TimedOutError(
                    f"{source.title} takes {source.at_once} requests at a time, and none of them has ended in time",
                    target=source.name,
                )
        try:
            yield
        finally:
            slots.release()


def _sha256(token: str) -> str:
    from hashlib import sha256  # loads OpenSSL, and few need it

    return sha256(token.encode("ascii")).hexdigest()


def _no_endpoint(failures: list[tuple[Candidate, PyBridgeError]], computer: str | None) -> NoEndpointError:
    where = computer or "this machine"
    reasons = [exc.message.removesuffix(f", on {where}") for _, exc in failures]
    attempts = [{"source": tried.source.name, "code": exc.code, "message": exc.message} for tried, exc in failures]
    return NoEndpointError(
        f"no managed identity endpoint answers on {where}: {'; '.join(reasons)}",
        target=failures[-1][0].source.name,
        remedy="\n".join(exc.remedy or tried.source.absent for tried, exc in failures),
        details={"attempts": attempts},
    )
