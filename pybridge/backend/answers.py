"""Answers that are good for a while."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Any

#: Answers that are kept; the oldest goes first.
_MOST = 200


class _Making:
    """An answer that is being made, and the error of that, where it came to one."""

    def __init__(self) -> None:
        self.over = threading.Event()
        self.error: BaseException | None = None


class Answers:
    """Answers that are good for a while, each asked for once however many want it."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[Hashable, tuple[float, Any]] = {}
        self._making: dict[Hashable, _Making] = {}

    def get(self, key: Hashable, seconds: float, make: Callable[[], Any], before_waiting: Callable[[], None]) -> Any:
        """What `make` gives, or has given; see `Call.cached`."""
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
                while len(self._kept) > _MOST:
                    del self._kept[next(iter(self._kept))]
        except BaseException as exc:
            making.error = exc
            raise
        finally:
            with self._lock:
                del self._making[key]
            making.over.set()
        return answer
