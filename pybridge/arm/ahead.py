"""Makes items before they are wanted: the next pages of a list, while one is worked on."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Generic, NamedTuple, TypeAlias, TypeVar

_Item = TypeVar("_Item")
_Tell: TypeAlias = Callable[[str], None]

#: Items that may wait for whoever wants them. A second one, as both sides take now longer and now shorter.
_WAITING = 2
#: Seconds between two looks at whether anybody wants the next one; Windows heeds Ctrl+C only then.
_LOOK = 0.1


class _Told(NamedTuple):
    text: str


class _Ended(NamedTuple):
    error: BaseException | None


class Ahead(Generic[_Item]):
    """The items of an iterator that runs in a thread of its own from now on. They are for one who iterates once.

    As a context, it ends with that: the item that is being made is the last one.

    Args:
        make: Gives the iterator. What it is called with is to be told what `verbose` is told.
        verbose: Is called in the thread of whoever iterates; None where nobody wants to know.
        look: Is called before an item is waited for, and while it is. It may raise, and so end that.
    """

    def __init__(
        self, make: Callable[[_Tell | None], Iterator[_Item]], verbose: _Tell | None, look: Callable[[], None]
    ) -> None:
        self._verbose = verbose
        self._look = look
        self._made: queue.SimpleQueue[_Item | _Told | _Ended] = queue.SimpleQueue()
        # A queue, as a semaphore must not be released where it is just being acquired: by the garbage collector.
        self._room: queue.SimpleQueue[None] = queue.SimpleQueue()
        for _ in range(_WAITING - 1):
            self._room.put(None)
        self._unwanted = False
        self._here: Iterator[_Item] | None = None
        try:
            # A daemon: whoever ends the process does not want the items any more.
            threading.Thread(target=self._work, args=(make,), name="pybridge-ahead", daemon=True).start()
        except RuntimeError:  # there can be no more threads
            self._here = make(verbose)

    def __enter__(self) -> Ahead[_Item]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._unwanted = True
        self._made = queue.SimpleQueue()  # nobody takes what waits: an error would hold itself, by its frames
        self._room.put(None)

    def __iter__(self) -> Iterator[_Item]:
        if self._here is not None:
            yield from self._here
            return
        while not isinstance(found := self._next(), _Ended):
            if not isinstance(found, _Told):
                self._room.put(None)
                yield found
            elif self._verbose is not None:
                self._verbose(found.text)
        try:
            if found.error is not None:
                raise found.error
        finally:
            del found  # the error hangs on this frame: else it would hold itself

    def _next(self) -> _Item | _Told | _Ended:
        while True:
            if self._made.empty():
                self._look()
            try:
                return self._made.get(timeout=_LOOK)
            except queue.Empty:
                pass

    def _work(self, make: Callable[[_Tell | None], Iterator[_Item]]) -> None:
        """In the thread: make the items, as far as there is room for them."""
        error = None
        try:
            for item in make(self._verbose and (lambda text: self._made.put(_Told(text)))):
                self._made.put(item)
                self._room.get()
                if self._unwanted:
                    return
        except BaseException as exc:  # of whatever kind, it belongs to whoever wants the next item
            error = exc
        if not self._unwanted:
            self._made.put(_Ended(error))
        del error  # as above
