"""The token cache of this process, which all credentials share, and its single flight: one request a token, however
many threads want it.

Two clocks, as either alone can lie: somebody sets the wall clock; the monotonic one stands still while the machine
sleeps. An entry counts the time by which both agree that it has passed at most.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Hashable
from contextlib import suppress
from copy import copy
from typing import NamedTuple

from .errors import PyBridgeError
from .models import AccessToken

#: A token with less than so many seconds left is stale, whatever its lifetime was.
STALE = 300
#: Seconds until a refresh in the background that failed is tried again.
PAUSE = 30
#: Entries that are kept; the oldest goes first.
MOST = 1000
#: Seconds between looks at a signal that came while a thread waits for another (Windows needs them).
_LOOK = 0.5


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
        received: When it came, by the wall clock.
        ends: When it expires: by the wall clock and by the monotonic one.
        stales: When it is worth renewing, likewise.
    """

    token: AccessToken
    received: float
    ends: tuple[float, float]
    stales: tuple[float, float]

    @classmethod
    def made(cls, token: AccessToken, left: float, wall: float, monotonic: float) -> Entry:
        """The entry for a token that lasts for so many seconds from now."""
        fresh_for = left - STALE
        if token.refresh_on is not None:
            fresh_for = min(fresh_for, token.refresh_on - wall)
        return cls(token, wall, (wall + left, monotonic + left), (wall + fresh_for, monotonic + fresh_for))

    def left(self, wall: float, monotonic: float) -> float:
        """Seconds that it still lasts."""
        return min(self.ends[0] - wall, self.ends[1] - monotonic)

    def fresh(self, wall: float, monotonic: float) -> bool:
        """Whether there is no reason to renew it yet."""
        return wall < self.stales[0] and monotonic < self.stales[1]


class _Flight:
    """A request under way, and how it ended."""

    def __init__(self) -> None:
        self.done = threading.Event()
        self.found: Entry | None = None
        self.error: PyBridgeError | None = None


class TokenCache:
    """Entries by key. Safe to share between threads, and to keep across a fork."""

    def __init__(self) -> None:
        self._entries: dict[Key, Entry] = {}
        self._reset()

    def _reset(self) -> None:
        """Forget what other threads do: after a fork there are none."""
        self._lock = threading.Lock()
        self._flights: dict[Hashable, _Flight] = {}
        self._pauses: dict[Key, float] = {}
        self._slots: dict[Hashable, threading.BoundedSemaphore] = {}

    def get(self, key: Key) -> Entry | None:
        return self._entries.get(key)

    def clear(self) -> None:
        """Forget all tokens."""
        with self._lock:
            self._entries.clear()
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
    ) -> Entry:
        """The entry: one that another thread has brought meanwhile, else what `obtain` gives, once for all who wait.

        Those who wait share its error too; the next caller asks anew.

        Args:
            usable: Whether an entry will do.
            variant: Tells requests apart that want a token for the same key, and cannot share one.
        """
        while True:
            with self._lock:
                found = self._entries.get(key)
                if found is not None and usable(found):
                    return found
                flight = self._flights.get((key, variant))
                if flight is None:
                    mine = self._flights[key, variant] = _Flight()
                    break
            while not flight.done.wait(_LOOK):
                pass
            if flight.found is not None:
                return flight.found
            if flight.error is not None:
                raise copy(flight.error) from flight.error
            # The thread that asked was interrupted: somebody else has to.
        return self._fly(mine, key, variant, obtain)

    def refresh(self, key: Key, obtain: Callable[[], Entry], monotonic: Callable[[], float] = time.monotonic) -> None:
        """Fetch in the background, unless that is being done, or failed within the last `PAUSE` seconds."""
        with self._lock:
            if (key, None) in self._flights or monotonic() < self._pauses.get(key, 0):
                return
            flight = self._flights[key, None] = _Flight()
            self._pauses[key] = monotonic() + PAUSE

        def fly() -> None:
            with suppress(PyBridgeError):  # whoever holds the old token goes on with it
                self._fly(flight, key, None, obtain)

        try:
            threading.Thread(target=fly, name="pybridge-refresh", daemon=True).start()
        except RuntimeError:  # no thread to be had, as when the interpreter ends
            self._land(flight, key, None)

    def _fly(self, flight: _Flight, key: Key, variant: Hashable, obtain: Callable[[], Entry]) -> Entry:
        try:
            flight.found = obtain()
        except PyBridgeError as exc:
            flight.error = exc
            raise
        finally:
            self._land(flight, key, variant)
        return flight.found

    def _land(self, flight: _Flight, key: Key, variant: Hashable) -> None:
        with self._lock:
            if flight.found is not None:
                self._entries.pop(key, None)
                self._entries[key] = flight.found
                self._pauses.pop(key, None)
                while len(self._entries) > MOST:
                    del self._entries[next(iter(self._entries))]
            self._flights.pop((key, variant), None)
        flight.done.set()


#: The one that credentials share unless they are given another.
SHARED = TokenCache()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=SHARED._reset)
