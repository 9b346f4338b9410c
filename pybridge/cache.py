"""The token cache of this process, which all credentials share, and its single flight: one request a token, however
many threads want it.

Two clocks, as either alone can lie: somebody sets the wall clock; the monotonic one stands still while the machine
sleeps. An entry counts the time by which both agree that it has passed at most.
"""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Callable, Hashable
from contextlib import suppress
from typing import NamedTuple
from weakref import WeakSet, WeakValueDictionary

from .errors import CancelledError, PyBridgeError, TimedOutError
from .models import AccessToken

#: A token with less than so many seconds left is stale, whatever its lifetime was.
STALE = 300
#: Seconds from the beginning of a refresh in the background to that of the next one.
PAUSE = 30
#: Entries that are kept; the oldest goes first.
MOST = 1000
#: Seconds between looks at a signal that came while a thread waits (Windows needs them).
LOOK = 0.5


class Key(NamedTuple):
    """What makes a token another one.

    Attributes:
        place: Where the request sets out from: this machine, a host and its user, an emulator.
        route: The sources that would be asked, each with its endpoint.
        cloud: The cloud.
        identity: The way and the value that name the identity; None for the default one.
        resource: What it is for.
    """

    place: Hashable
    route: tuple[tuple[str, str], ...]
    cloud: str
    identity: tuple[str, str] | None
    resource: str


class Entry(NamedTuple):
    """A token, and how long it is good by either clock (seconds).

    Attributes:
        received: When it came, by either clock.
        ends: When it expires: by the wall clock and by the monotonic one.
        stales: When it is worth renewing, likewise.
    """

    token: AccessToken
    received: tuple[float, float]
    ends: tuple[float, float]
    stales: tuple[float, float]

    @classmethod
    def made(cls, token: AccessToken, left: float, wall: float, monotonic: float) -> Entry:
        """The entry for a token that lasts for so many seconds from now."""
        fresh_for = left - STALE
        if token.refresh_on is not None:
            fresh_for = min(fresh_for, token.refresh_on - wall)
        return cls(token, (wall, monotonic), (wall + left, monotonic + left), (wall + fresh_for, monotonic + fresh_for))

    def left(self, wall: float, monotonic: float) -> float:
        """Seconds that it still lasts."""
        return min(self.ends[0] - wall, self.ends[1] - monotonic)

    def fresh(self, wall: float, monotonic: float) -> bool:
        """Whether there is no reason to renew it yet."""
        return wall < self.stales[0] and monotonic < self.stales[1]


class _Flight:
    """A request under way, and how it ended; `number` counts them as they begin."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.done = threading.Event()
        self.found: Entry | None = None
        self.error: PyBridgeError | None = None


class TokenCache:
    """Entries by key. Safe to share between threads, and to keep across a fork.

    Args:
        most: How many entries are kept; the oldest goes first.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._entries: dict[Key, Entry] = {}
        self._origins: dict[Key, int] = {}  # the number of the flight that brought each
        self._begun = 0
        self.forget_threads()
        _CACHES.add(self)

    def forget_threads(self) -> None:
        """Forget what other threads do: after a fork there are none."""
        self._lock = threading.Lock()
        self._flights: dict[Hashable, _Flight] = {}
        self._pauses: dict[Key, float] = {}
        self._slots: WeakValueDictionary[Hashable, threading.BoundedSemaphore] = WeakValueDictionary()

    def get(self, key: Key) -> Entry | None:
        return self._entries.get(key)

    def clear(self) -> None:
        """Forget all tokens, but those that a credential has handed out and remembers."""
        with self._lock:
            self._entries.clear()
            self._origins.clear()
            self._pauses.clear()

    def slots(self, what: Hashable, at_once: int) -> threading.BoundedSemaphore:
        """The slots for requests to something that takes so many at a time."""
        with self._lock:
            return self._slots.setdefault(what, threading.BoundedSemaphore(at_once))

    def fetch(
        self,
        key: Key,
        obtain: Callable[[], Entry],
        usable: Callable[[Entry], bool],
        *,
        variant: Hashable = None,
        left: Callable[[], float] = lambda: math.inf,
    ) -> Entry:
        """The entry: one that another thread has brought meanwhile, else what `obtain` gives, once for all who wait.

        Those who wait share its error too; the next caller asks anew.

        Args:
            usable: Whether an entry will do.
            variant: Tells requests apart that want a token for the same key, and cannot share one.
            left: How many seconds to wait for another thread.

        Raises:
            TimedOutError: The other thread has not got it in time.
        """
        while True:
            mine = None
            try:
                with self._lock:
                    found = self._entries.get(key)
                    if found is not None and usable(found):
                        return found
                    flight = self._flights.get((key, variant))
                    if flight is None:
                        flight = mine = self._begin(key, variant)
                if mine is not None:
                    return self._fly(mine, obtain)
            finally:
                if mine is not None:
                    self._land(mine, key, variant)
            while not flight.done.wait(max(min(LOOK, left()), 0)):
                if left() <= 0:
                    raise TimedOutError(
                        f"another thread is asking for a token for {key.resource}, and has got none yet"
                    )
            if flight.found is not None:
                return flight.found
            if flight.error is not None:
                raise _copy(flight.error) from flight.error
            # The thread that asked was interrupted: somebody else has to.

    def refresh(
        self,
        key: Key,
        obtain: Callable[[], Entry],
        *,
        variant: Hashable = None,
        monotonic: Callable[[], float] = time.monotonic,
        in_background: bool = True,
    ) -> None:
        """Fetch in the background, unless that is being done, or was begun within the last `PAUSE` seconds.

        Args:
            in_background: Else the caller waits for it: some can only be asked as long as somebody waits.
        """
        with self._lock:
            if (key, variant) in self._flights or monotonic() < self._pauses.get(key, -math.inf):
                return
            flight = self._begin(key, variant)
            self._pauses[key] = monotonic() + PAUSE

        def fly() -> None:
            try:
                with suppress(PyBridgeError):  # whoever holds the old token goes on with it
                    self._fly(flight, obtain)
            finally:
                self._land(flight, key, variant)

        if not in_background:
            fly()
            return
        try:
            threading.Thread(target=fly, name="pybridge-refresh", daemon=True).start()
        except RuntimeError:  # no thread to be had, as when the interpreter ends
            self._land(flight, key, variant)

    def _begin(self, key: Key, variant: Hashable) -> _Flight:
        self._begun += 1
        flight = self._flights[key, variant] = _Flight(self._begun)
        return flight

    @staticmethod
    def _fly(flight: _Flight, obtain: Callable[[], Entry]) -> Entry:
        try:
            flight.found = obtain()
        except CancelledError:  # only who asked wants it no more: somebody else has to
            raise
        except PyBridgeError as exc:
            flight.error = exc
            raise
        return flight.found

    def _land(self, flight: _Flight, key: Key, variant: Hashable) -> None:
        with self._lock:
            # What began before a later flight that has landed knows less: it may be the token that was turned down.
            if flight.found is not None and flight.number > self._origins.get(key, 0):
                self._entries.pop(key, None)
                self._entries[key], self._origins[key] = flight.found, flight.number
                while len(self._entries) > self._most:
                    oldest = next(iter(self._entries))
                    del self._entries[oldest], self._origins[oldest]
                    self._pauses.pop(oldest, None)
            self._flights.pop((key, variant), None)
        flight.done.set()


def _copy(error: PyBridgeError) -> PyBridgeError:
    """For a thread of its own: to raise one exception in many would mix up their traces."""
    from copy import copy

    return copy(error)


_CACHES: WeakSet[TokenCache] = WeakSet()


def _forget_threads() -> None:
    for cache in list(_CACHES):
        cache.forget_threads()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_threads)

#: The one that credentials share unless they are given another.
SHARED = TokenCache()
