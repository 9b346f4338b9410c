"""What operations share."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Hashable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from ..accounts import account_credential
from ..arm import ArmClient
from ..models import Credential, HttpRequest, HttpResponse, Transport
from ..resources import Account, Environment
from ..transport import HttpsTransport, MetadataTransport
from .answers import Answers

if TYPE_CHECKING:
    from ..hosts import Host
    from ..sessions import Sessions
    from .doors import Door, Doors

_Answer = TypeVar("_Answer")


class Backend:
    """What operations share: the doors, and one credential for each identity that was asked for.

    Args:
        metadata: The door to the metadata endpoints.
        arm: The door to ARM.
        environ: The variables; the process's own by default.
        clock: Seconds; only differences count.

    Attributes:
        metadata, https: The doors: to the metadata endpoints, and to ARM.
        before_waiting: To be called by whoever is about to wait; the doors here do so before every request.
    """

    def __init__(
        self,
        *,
        metadata: Transport | None = None,
        arm: Transport | None = None,
        environ: Mapping[str, str] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.before_waiting: Callable[[], None] = _nothing
        self.metadata = _Announced(metadata or MetadataTransport(), self)
        self.https = _Announced(arm or HttpsTransport(), self)
        self.environ = os.environ if environ is None else environ
        self._credentials: dict[tuple[object, ...], Any] = {}
        self._lock = threading.Lock()
        self._doors: Doors | None = None
        self._sessions: Sessions | None = None
        self._clock = clock
        self._answers = Answers(clock)

    def credential(self, make: Callable[..., Any], **options: str | None) -> Any:
        """`make(**options)`, the same object for the same options, so that its cache is shared."""
        key = (make, *sorted(options.items()))
        with self._lock:
            if key not in self._credentials:
                self._credentials[key] = make(
                    **options, transport=self.metadata, external=self.https, environ=self.environ
                )
            return self._credentials[key]

    def account_credential(self, account: Account, environment: Environment | None = None) -> Credential:
        """The credential of an account that is signed in to that cloud, by default the public one."""
        return account_credential(account, environment, self.credential)

    def arm(
        self,
        credential: Credential,
        environment: Environment,
        subscription_id: str | None = None,
        *,
        sleep: Callable[[float], None] = time.sleep,
        verbose: Callable[[str], None] | None = None,
    ) -> ArmClient:
        """ARM, asked with that credential."""
        return ArmClient(
            credential,
            subscription_id=subscription_id,
            environment=environment,
            transport=self.https,
            environ=self.environ,
            sleep=sleep,
            verbose=verbose,
        )

    def door(self, host: Host) -> Door:
        """The door to a host; the same for the same way there, so that its cache is shared."""
        with self._lock:
            if self._doors is None:
                from .doors import Doors  # few reach for other computers

                self._doors = Doors(lambda: self.before_waiting())
            doors = self._doors
        return doors.to(host)

    def sessions(self) -> Sessions:
        """What is remembered of the PSSessions of callers."""
        with self._lock:
            if self._sessions is None:
                from ..sessions import Sessions  # few have one

                self._sessions = Sessions(self._clock)
            return self._sessions

    def cached(self, key: Hashable, seconds: float, make: Callable[[], _Answer]) -> _Answer:
        """See `Call.cached`."""
        answer: _Answer = self._answers.get(key, seconds, make, self.before_waiting)
        return answer


class _Announced:
    """A transport that tells its backend before it waits."""

    def __init__(self, transport: Transport, backend: Backend) -> None:
        self._transport = transport
        self._backend = backend
        self.place: object = getattr(transport, "place", transport)

    def send(self, request: HttpRequest) -> HttpResponse:
        self._backend.before_waiting()
        return self._transport.send(request)


def _nothing() -> None:
    pass
