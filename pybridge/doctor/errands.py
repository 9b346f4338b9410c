"""Errands: whatever has to wait for others runs in a thread of its own, and nobody waits past one common end."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from ..computers import HostTransport
from ..errors import PyBridgeError, TimedOutError
from ..models import HttpRequest, HttpResponse, Transport

T = TypeVar("T")


class Patience:
    """How long all of it may still take.

    Args:
        seconds: From now.
        monotonic: Seconds that only go forward.
        sleep: Waits for some seconds.
    """

    def __init__(self, seconds: float, monotonic: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self._monotonic = monotonic
        self._sleep = sleep
        self._end = monotonic() + seconds

    def left(self) -> float:
        """Seconds; 0 when it has ended."""
        return max(self._end - self._monotonic(), 0.0)

    def sleep(self, seconds: float) -> None:
        """Wait, but not past the end."""
        self._sleep(min(seconds, self.left()))


class Hurried:
    """A transport that gives up when the patience ends.

    Args:
        most: Seconds for one request.
    """

    def __init__(self, transport: Transport, patience: Patience, most: float) -> None:
        self._transport = transport
        self._patience = patience
        self._most = most

    def send(self, request: HttpRequest) -> HttpResponse:
        left = min(self._patience.left(), self._most, request.timeout)
        if left <= 0:
            place = request.url.partition("?")[0]
            raise TimedOutError(f"{place} was not asked: there is no time left", target=request.url)
        return self._transport.send(request._replace(timeout=left))


class HurriedHost(Hurried):
    """The same for a transport to a host, which it is, too."""

    def __init__(self, transport: HostTransport, patience: Patience, most: float) -> None:
        super().__init__(transport, patience, most)
        self.name = transport.name
        self.environ = transport.environ
        self.exists = transport.exists
        self.read = transport.read
        self.expect = transport.expect


class Errand(Generic[T]):
    """A function that has begun to run, and what came of it.

    Args:
        what: What a sentence calls it, where it does not come back in time.
    """

    def __init__(self, what: str, run: Callable[[], T], patience: Patience) -> None:
        self._what = what
        self._run = run
        self._patience = patience
        self._ended = threading.Event()
        self._outcome: T | PyBridgeError
        self._defect: Exception | None = None
        # A daemon: one that hangs, in the resolver say, is left behind.
        threading.Thread(target=self._go, name=f"pybridge-doctor: {what}", daemon=True).start()

    def _go(self) -> None:
        try:
            self._outcome = self._run()
        except PyBridgeError as exc:
            self._outcome = exc
        except Exception as exc:
            self._defect = exc
        finally:
            self._ended.set()

    def outcome(self) -> T | PyBridgeError:
        """What it returned, or the error that it ended with; one of ours if it does not end in time."""
        if not self._ended.wait(self._patience.left()):
            return TimedOutError(f"{self._what}: no answer in time")
        if self._defect is not None:
            raise self._defect
        return self._outcome

    def result(self) -> T:
        """What it returned, for errands that need that of another.

        Raises:
            PyBridgeError: It ended with an error, or not in time.
        """
        found = self.outcome()
        if isinstance(found, PyBridgeError):
            raise found
        return found
