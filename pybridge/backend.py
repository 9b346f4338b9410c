"""What operations stand on: the doors, the credentials, and the call that they run in."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Hashable, Mapping
from types import MappingProxyType
from typing import Any, TypeVar

from .accounts import account_credential
from .arm import ArmClient, Progress
from .clouds import CLOUDS, cloud
from .errors import NotSignedInError
from .models import Credential, HttpRequest, HttpResponse, Transport
from .resources import Account, Context, Environment, Session
from .transport import HttpsTransport, MetadataTransport

_Answer = TypeVar("_Answer")
_NO_CLOUDS: Mapping[str, Environment] = MappingProxyType({})


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
        self._answers = _Answers(clock)

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
        account: Account,
        environment: Environment,
        subscription_id: str | None = None,
        *,
        sleep: Callable[[float], None] = time.sleep,
        verbose: Callable[[str], None] | None = None,
    ) -> ArmClient:
        """ARM, asked as that account."""
        return ArmClient(
            self.account_credential(account, environment),
            subscription_id=subscription_id,
            environment=environment,
            transport=self.https,
            environ=self.environ,
            sleep=sleep,
            verbose=verbose,
        )

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


class _Making:
    """An answer that is being made, and the error of that, where it came to one."""

    def __init__(self) -> None:
        self.over = threading.Event()
        self.error: BaseException | None = None


class _Answers:
    """Answers that are good for a while, each asked for once however many want it."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[Hashable, tuple[float, Any]] = {}
        self._making: dict[Hashable, _Making] = {}

    def get(self, key: Hashable, seconds: float, make: Callable[[], Any], before_waiting: Callable[[], None]) -> Any:
        while True:
            with self._lock:
                until, answer = self._kept.get(key, (0.0, None))
                if key in self._kept and self._clock() < until:
                    return answer
                others = self._making.get(key)
                if others is None:
                    making = self._making[key] = _Making()
                    break
            before_waiting()
            others.over.wait()
            if others.error is not None:
                raise others.error
        try:
            answer = make()
            with self._lock:
                self._kept[key] = (self._clock() + seconds, answer)
                while len(self._kept) > _MOST_ANSWERS:
                    del self._kept[next(iter(self._kept))]
        except BaseException as exc:
            making.error = exc
            raise
        finally:
            with self._lock:
                del self._making[key]
            making.over.set()
        return answer


#: Answers that are kept; the oldest goes first.
_MOST_ANSWERS = 200


class Call:
    """One call of an operation: what it may use, and whom it may tell.

    Attributes:
        environments: The clouds that the caller's session has added, by name.
        wants_verbose: Whether `verbose` is heard by anybody.
    """

    def __init__(self, backend: Backend, *, environments: Mapping[str, Environment] = _NO_CLOUDS) -> None:
        self.backend = backend
        self.environments = environments
        self.wants_verbose = False

    def warn(self, message: str) -> None:
        """Tell the caller something that is not an error."""

    def verbose(self, message: str) -> None:
        """Tell a caller who wants to know it all what is being done."""

    def progress(self, progress: Progress | None) -> None:
        """Tell how far it is; None when it is over."""

    def keep(self, session: Session) -> None:
        """Tell the caller what its session holds from now on."""

    def sleep(self, seconds: float) -> None:
        """Wait.

        Raises:
            CancelledError: Nobody wants the answer any more.
        """
        self.backend.before_waiting()
        time.sleep(seconds)

    def cached(self, key: Hashable, seconds: float, make: Callable[[], _Answer]) -> _Answer:
        """What `make` gives, or has given within so many seconds.

        It is made once for all who ask at the same time, and goes on being made where its caller has gone. An error
        is for those who wait for it, and is not kept.

        Args:
            key: Tells answers apart: who asks must be in it, and for what.
        """
        return self.backend.cached(key, seconds, make)

    def environment(self, name: str | None) -> Environment:
        """The cloud of that name: a built-in one, else one that the session has added.

        Raises:
            UsageError: There is none.
        """
        wanted = (name or "").lower()
        if wanted not in (built_in.lower() for built_in in CLOUDS):
            for added, environment in self.environments.items():
                if added.lower() == wanted:
                    return environment
        return cloud(name)

    def arm(self, context: Context | None) -> ArmClient:
        """ARM, asked as the signed-in account, in its subscription.

        Raises:
            NotSignedInError: There is no context.
        """
        context = signed_in(context)
        subscription = context.subscription
        # By its name: a context may come from a file or another machine, and its URLs must not lead tokens astray.
        environment = self.environment(context.environment.name)
        return self.arm_as(context.account, environment, subscription.id if subscription else None)

    def arm_as(self, account: Account, environment: Environment, subscription_id: str | None = None) -> ArmClient:
        """ARM of a cloud, asked as an account that is being signed in."""
        return self.backend.arm(
            account,
            environment,
            subscription_id,
            sleep=self.sleep,
            verbose=self.verbose if self.wants_verbose else None,
        )


def signed_in(context: Context | None) -> Context:
    """The context.

    Raises:
        NotSignedInError: There is none.
    """
    if context is None:
        # AzureRM's own words: scripts compare them.
        raise NotSignedInError(
            "Run Connect-AzureRmAccount to login.", remedy="On an Azure VM: Connect-AzureRmAccount -Identity"
        )
    return context
