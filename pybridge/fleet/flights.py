"""Hosts under way, and those that are to be tried again."""

from __future__ import annotations

import heapq
import itertools
import queue
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent import futures
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from .attempts import Named, Report, reported

T = TypeVar("T")

#: Seconds; Windows handles Ctrl+C only between waits.
LOOK = 0.5
#: How many hosts wait at most for others to begin; if there are more, they wait for these.
_HELD = 1000


@dataclass(eq=False, slots=True)
class Flight(Generic[T]):
    """A host on its way."""

    host: Named
    attempts: int = 0
    seconds: float = 0.0
    began: float = 0.0
    report: Report = field(default=Report(None, None, 0.0))


class Hosts:
    """The hosts that have not been begun.

    Attributes:
        broken: What their iterable raised.
    """

    def __init__(self, hosts: Iterable[Named]) -> None:
        self._iterator = iter(hosts)
        self._held: deque[Named] = deque()
        self.broken: Exception | None = None

    def take(self, may_begin: Callable[[Named], bool]) -> Flight[Any] | None:
        """The first one that may begin; None if there is none by now."""
        for index, host in enumerate(self._held):
            if may_begin(host):
                del self._held[index]
                return Flight(host)
        while len(self._held) < _HELD and (taken := self._next()) is not None:
            if may_begin(taken):
                return Flight(taken)
            self._held.append(taken)
        return None

    def rest(self) -> Iterator[Named]:
        """All of them."""
        while self._held:
            yield self._held.popleft()
        while (host := self._next()) is not None:
            yield host

    def _next(self) -> Named | None:
        if self.broken is not None:
            return None
        try:
            return next(self._iterator, None)
        except Exception as exc:
            self.broken = exc
            return None


class Later(Generic[T]):
    """Those that wait to be tried again."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._heap: list[tuple[float, int, Flight[T]]] = []
        self._order = itertools.count()

    def add(self, flight: Flight[T], seconds: float) -> None:
        heapq.heappush(self._heap, (self._monotonic() + seconds, next(self._order), flight))

    @property
    def wait(self) -> float | None:
        """Seconds until the next one is due; None if none waits."""
        return max(self._heap[0][0] - self._monotonic(), 0.0) if self._heap else None

    def due(self) -> Flight[T] | None:
        """One that has waited long enough."""
        return heapq.heappop(self._heap)[2] if self.wait == 0 else None

    def all(self) -> Iterator[Flight[T]]:
        """All of them, which are not tried again: the errors that they had are final."""
        while self._heap:
            yield heapq.heappop(self._heap)[2]


class Air(Generic[T]):
    """Those that the executor has.

    Args:
        task: What to submit for a host.
        most: How many at a time.
        landed: Where those that are done are put.
    """

    def __init__(
        self,
        executor: futures.Executor,
        task: Callable[[Named], tuple[Any, ...]],
        most: int,
        landed: queue.SimpleQueue[futures.Future[Report] | None],
    ) -> None:
        self._executor = executor
        self._task = task
        self._most = most
        self._landed = landed
        self._flights: dict[futures.Future[Report], Flight[T]] = {}

    @property
    def has_room(self) -> bool:
        return len(self._flights) < self._most

    @property
    def is_empty(self) -> bool:
        return not self._flights

    @property
    def has_landed(self) -> bool:
        return not self._landed.empty()

    def begin(self, flight: Flight[T], now: float) -> None:
        flight.attempts += 1
        flight.began = now
        future: futures.Future[Report]
        try:
            future = self._executor.submit(*self._task(flight.host))
        except Exception as exc:  # it is broken or shut down, or the host cannot travel
            future = futures.Future()
            future.set_exception(exc)
        self._flights[future] = flight
        future.add_done_callback(self._landed.put)

    def cancel(self) -> None:
        """Take back what has not begun."""
        for future in list(self._flights):
            future.cancel()

    def wait(self, seconds: float) -> None:
        """Wait for all of them, for so long."""
        futures.wait(list(self._flights), timeout=seconds)

    def land(self, wait: float | None, monotonic: Callable[[], float]) -> Flight[T] | None:
        """The next one whose attempt has ended; None if it is time to look for other things."""
        try:
            future = self._landed.get(timeout=LOOK if wait is None else min(wait, LOOK))
        except queue.Empty:
            return None
        flight = None if future is None else self._flights.pop(future, None)  # one of an earlier `map` is not
        if future is not None and flight is not None:
            flight.report = reported(future, flight.host.name, monotonic() - flight.began)
            flight.seconds += flight.report.seconds
        return flight
