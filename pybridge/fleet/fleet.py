"""`Fleet`: hosts in, outcomes out."""

from __future__ import annotations

import queue
import random
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from concurrent import futures
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from weakref import WeakSet

from ..errors import CancelledError, PyBridgeError, UsageError
from .attempts import JobStop, Named, Report, Stop, attempt, stoppable
from .flights import LOOK, Air, Flight, Hosts, Later
from .signins import SignIns

T = TypeVar("T")

#: Seconds before a host is tried again: doubled each time, up to the most, and up to a quarter more by chance.
_FIRST, _MOST = 1.0, 30.0
#: Seconds between the first hosts of the fleet's own threads, one and all at most. Those that begin together, and then
#: take equally long, are in each other's way again at every further host.
_APART, _SPREAD = 0.005, 0.16
#: Seconds that jobs under way are given where nobody wants their outcomes any more.
_GRACE = 0.8


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """What came of one host.

    Attributes:
        host: Its name.
        value: What the job returned. There may be an error beside it: what `judge` found wrong with it.
        error: Why it failed; None if it did not.
        seconds: How long the job took: all attempts, without the waits between them.
        attempts: How often it was tried; 0 where it was not begun.
    """

    host: str
    value: T | None = None
    error: PyBridgeError | None = None
    seconds: float = 0.0
    attempts: int = 1

    @property
    def ok(self) -> bool:
        """Whether there is no error."""
        return self.error is None


class _Round:
    """One `map`."""

    def __init__(self, hosts: Hosts) -> None:
        self.hosts = hosts
        self.landed: queue.SimpleQueue[futures.Future[Report] | None] = queue.SimpleQueue()
        self.is_cancelled = False


class Fleet:
    """Hosts that are to do the same thing.

    Args:
        hosts: They are taken as they are needed, so a generator of very many will do, for one `map`.
        executor: Runs the jobs; threads of the fleet's own where there is none. It is not shut down.
        workers: How many hosts at a time. At most twice as many are with the executor.
        retries: How often a host is tried again after an error that may pass (`error.retryable`).
        fail_fast: Begin no further host after one has failed; those under way come to their end.
        judge: Tells what is wrong with a value, where that makes its host a failed one.
        sleep: Waits for some seconds before a host is tried again. By default that ends early at `cancel`.
        space: Waits for some milliseconds between the first hosts.
        monotonic: Seconds that only go forward.

    Raises:
        UsageError: No workers, or less than no retries.
    """

    def __init__(
        self,
        hosts: Iterable[Named],
        *,
        executor: futures.Executor | None = None,
        workers: int = 32,
        retries: int = 0,
        fail_fast: bool = False,
        judge: Callable[[Any], PyBridgeError | None] | None = None,
        sleep: Callable[[float], None] | None = None,
        space: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        if workers < 1:
            raise UsageError(f"a fleet cannot have {workers} workers", target="workers")
        if retries < 0:
            raise UsageError(f"a host cannot be tried again {retries} times", target="retries")
        self._hosts = hosts
        self._executor = executor
        self._workers = workers
        self._retries = retries
        self._fail_fast = fail_fast
        self._judge = judge
        self._sleep = sleep
        self._space = space
        self._monotonic = monotonic
        self._rounds: WeakSet[_Round] = WeakSet()
        self._used_up = False

    def map(self, job: Callable[..., T], /, **arguments: Any) -> Generator[Outcome[T], None, None]:
        """Do `job(host, **arguments)` for each host, once for each that the fleet was given.

        Where hosts have a user and a password, and the first three refuse it, the others of that user are not asked.

        Returns:
            The outcomes as they come, in any order. Closing the iterator ends it all: what has not begun never does. It
            raises what the iterable of the hosts did, after the outcomes of those that it gave.

        Raises:
            UsageError: The hosts were an iterator, and an earlier `map` has had them.
        """
        if self._used_up:
            raise UsageError(
                "the hosts of this fleet were an iterator, which an earlier map has used up",
                remedy="Give the fleet a list, or make another fleet.",
            )
        self._used_up = iter(self._hosts) is self._hosts
        turn = _Round(Hosts(self._hosts))
        self._rounds.add(turn)
        return (
            self._threads(turn, job, arguments)
            if self._executor is None
            else self._outcomes(turn, self._executor, lambda host: (attempt, job, host, arguments), SignIns())
        )

    def cancel(self) -> None:
        """End each `map` from another thread: its iterator has no more outcomes, what has not begun never does."""
        for turn in list(self._rounds):
            turn.is_cancelled = True
            turn.landed.put(None)

    def _threads(
        self, turn: _Round, job: Callable[..., T], arguments: Mapping[str, Any]
    ) -> Generator[Outcome[T], None, None]:
        stop, signins = Stop(), SignIns()
        executor = futures.ThreadPoolExecutor(self._workers, thread_name_prefix="pybridge-fleet")
        ended = False

        def task(host: Named) -> tuple[Any, ...]:
            def let_in() -> None:
                if signins.let_in(host):
                    turn.landed.put(None)  # others may have waited for that

            return stoppable, JobStop(stop, let_in), job, host, arguments

        try:
            yield from self._outcomes(turn, executor, task, signins, stop)
            ended = not turn.is_cancelled
        finally:
            executor.shutdown(wait=ended, cancel_futures=True)

    def _outcomes(
        self,
        turn: _Round,
        executor: futures.Executor,
        task: Callable[[Named], tuple[Any, ...]],
        signins: SignIns,
        stop: Stop | None = None,
    ) -> Generator[Outcome[T], None, None]:
        air: Air[T] = Air(executor, task, 2 * self._workers, turn.landed)
        later = Later[T](self._monotonic)
        failed: str | None = None  # the host because of which no further one begins
        together = 0 if stop is None else self._workers  # that might begin in one moment
        apart = min(_APART, _SPREAD / self._workers)

        def may_begin(host: Named) -> bool:
            return signins.may_begin(host, self._monotonic())

        try:
            while not turn.is_cancelled:
                while air.has_room and (flight := later.due() or (turn.hosts.take(may_begin) if not failed else None)):
                    refusal = signins.refusal(flight.host)
                    if refusal is not None:
                        yield Outcome(flight.host.name, None, refusal, flight.seconds, flight.attempts)
                        continue
                    if 0 < together < self._workers:
                        self._space(apart)
                    together -= 1
                    air.begin(flight, self._monotonic())
                    signins.begun(flight)
                    if air.has_landed:  # with an executor that does it at once: one by one
                        break
                if not air.is_empty:
                    flight = air.land(later.wait if air.has_room else None, self._monotonic)
                elif (wait := later.wait) is not None:
                    self._pause(turn, wait)
                    continue
                else:
                    break
                if flight is None:
                    continue
                signins.landed(flight)
                if failed is None and self._again(flight):
                    later.add(flight, _delay(flight.attempts))
                    continue
                outcome = self._outcome(flight)
                yield outcome
                if self._fail_fast and failed is None and not outcome.ok:
                    failed = outcome.host
                    air.cancel()
                    yield from map(self._outcome, later.all())
            if failed is not None:
                yield from self._unbegun(turn, failed)
        finally:
            air.cancel()
            if stop is not None and not air.is_empty:
                stop.set()
                air.wait(_GRACE if stop.is_heeded else 0.0)  # while they leave their hosts tidy
        if turn.hosts.broken is not None and not turn.is_cancelled:
            raise turn.hosts.broken

    def _unbegun(self, turn: _Round, failed: str) -> Iterator[Outcome[T]]:
        for host in turn.hosts.rest():
            if turn.is_cancelled:
                break
            yield Outcome(host.name, error=_unwanted(host.name, failed), attempts=0)

    def _pause(self, turn: _Round, seconds: float) -> None:
        if self._sleep is not None:
            self._sleep(seconds)
            return
        with suppress(queue.Empty):
            turn.landed.get(timeout=min(seconds, LOOK))  # nobody is under way: only `cancel` can be heard

    def _again(self, flight: Flight[T]) -> bool:
        error = flight.report.error
        return error is not None and error.retryable and flight.attempts <= self._retries

    def _outcome(self, flight: Flight[T]) -> Outcome[T]:
        report = flight.report
        error = report.error
        if error is None and self._judge is not None:
            error = self._judge(report.value)
        return Outcome(flight.host.name, report.value, error, flight.seconds, flight.attempts)


def _unwanted(name: str, failed: str) -> CancelledError:
    return CancelledError(
        f"{name} was not begun, as {failed} had failed",
        target=name,
        remedy="Mend that, and begin again; or go on after a failure (no --fail-fast).",
    )


def _delay(attempts: int) -> float:
    """Seconds to wait after so many attempts."""
    return min(_FIRST * 2.0 ** (attempts - 1), _MOST) * (1 + random.random() / 4)
