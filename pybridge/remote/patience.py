"""How long a host may take, and who may end the wait before: every wait of the door looks here."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

from ..errors import CancelledError, HostTimedOutError

#: Seconds between two looks at whether somebody ends the wait.
LOOK = 0.25


class Stop(Protocol):
    """Says whether the caller has lost interest, as `threading.Event` does."""

    def is_set(self) -> bool:
        """Whether it is time to stop."""
        ...


_STOPS: ContextVar[tuple[Stop, ...]] = ContextVar("pybridge_stops", default=())


@contextmanager
def stopping(stop: Stop) -> Iterator[None]:
    """What this thread does with hosts inside of the block ends soon after `stop` is set, with a `CancelledError`.

    It is noticed within a quarter of a second, then a shell that is open is closed, as far as that takes little time.
    """
    token = _STOPS.set((*_STOPS.get(), stop))
    try:
        yield
    finally:
        _STOPS.reset(token)


_END: ContextVar[float] = ContextVar("pybridge_end", default=math.inf)


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """What this thread does with hosts inside of the block takes so many seconds at most, all together."""
    token = _END.set(min(_END.get(), time.monotonic() + seconds))
    try:
        yield
    finally:
        _END.reset(token)


class Patience:
    """A deadline, and the stops of the caller.

    Args:
        host: Whom errors name.
        seconds: From now.
        clock: Seconds that only go forward.
        stops: Who may end it; by default those of `stopping`.
        bounded: Whether `limited` counts.
    """

    __slots__ = ("_clock", "_end", "_host", "_limit", "_stops")

    def __init__(
        self,
        host: str,
        seconds: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        stops: tuple[Stop, ...] | None = None,
        bounded: bool = True,
    ) -> None:
        if bounded:
            seconds = min(seconds, max(_END.get() - time.monotonic(), 0.0))
        self._host = host
        self._clock = clock
        self._limit = seconds
        self._end = clock() + seconds
        self._stops = _STOPS.get() if stops is None else stops

    def within(self, seconds: float) -> Patience:
        """The same, but at most so many seconds from now."""
        other = Patience(self._host, seconds, clock=self._clock, stops=self._stops, bounded=False)
        if self._end <= other._end:
            other._end, other._limit = self._end, self._limit
        return other

    @property
    def left(self) -> float:
        """Seconds; 0 at the end."""
        return max(self._end - self._clock(), 0.0)

    def let_in(self) -> None:
        """Tell who may end it that the host has let its user in, where that is of interest."""
        for stop in self._stops:
            tell = getattr(stop, "let_in", None)
            if tell is not None:
                tell()

    def over(self) -> CancelledError | HostTimedOutError | None:
        """The error that says why it is over; None where it is not."""
        if any(stop.is_set() for stop in self._stops):
            return CancelledError(f"{self._host}: the caller no longer wants the answer", target=self._host)
        if self._end <= self._clock():
            return HostTimedOutError(
                f"{self._host} took too long ({self._limit:g} s)",
                target=self._host,
                remedy="Give it more time, or check that the host is well.",
            )
        return None

    def check(self) -> None:
        """Go on, unless it is over.

        Raises:
            CancelledError: Somebody has ended it.
            HostTimedOutError: The time is over.
        """
        error = self.over()
        if error is not None:
            raise error

    def moment(self) -> float:
        """Seconds to wait until the next look.

        Raises:
            CancelledError: Somebody has ended it.
            HostTimedOutError: The time is over.
        """
        self.check()
        return min(max(self._end - self._clock(), 0.001), LOOK)

    def sleep(self, seconds: float, sleep: Callable[[float], None]) -> None:
        """Wait, with looks in between."""
        while seconds > 0:
            part = min(seconds, self.moment())
            sleep(part)
            seconds -= part
        self.check()
