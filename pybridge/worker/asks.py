"""Requests of the worker's own: what an operation wants of the PowerShell that has called it, and waits for."""

from __future__ import annotations

import threading
from collections.abc import Hashable
from typing import Any

from .. import protocol
from ..errors import CancelledError

#: What an answer is worth to a call that is over.
UNWANTED = "the caller no longer wants the answer"


class Ask:
    """One of them. It ends with its answer, or with the call that it belongs to.

    Args:
        id: Its number.
        call: The id of its call.
    """

    def __init__(self, id: int, call: Hashable) -> None:
        self.id = id
        self.call = call
        self.answer: protocol.Answer | None = None
        self.over = threading.Event()

    def wait(self) -> Any:
        """What was answered. It has no time limit of its own: the caller may be busy with other things for long.

        Raises:
            PyBridgeError: The error that was answered.
            CancelledError: The call has ended before.
        """
        self.over.wait()
        if self.answer is None:
            raise CancelledError(UNWANTED)
        if self.answer.error is not None:
            raise protocol.exception(self.answer.error)
        return self.answer.result


class Asks:
    """Those that wait for an answer. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0
        self._open: dict[int, Ask] = {}

    def begin(self, call: Hashable) -> Ask:
        """A new one, for a call."""
        with self._lock:
            self._last += 1
            ask = self._open[self._last] = Ask(self._last, call)
        return ask

    def take(self, answer: protocol.Answer) -> None:
        """An answer has come; one that nobody waits for any more is dropped."""
        with self._lock:
            ask = self._open.pop(answer.id, None)
        if ask is not None:
            ask.answer = answer
            ask.over.set()

    def end(self, call: Hashable) -> None:
        """A call is over: nobody answers what it has asked."""
        with self._lock:
            ended = [ask for ask in self._open.values() if ask.call == call]
            for ask in ended:
                del self._open[ask.id]
        for ask in ended:
            ask.over.set()

    def close(self) -> None:
        """Nobody is there any more who could answer."""
        with self._lock:
            ended = list(self._open.values())
            self._open.clear()
        for ask in ended:
            ask.over.set()
