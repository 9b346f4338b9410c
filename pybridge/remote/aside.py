"""What cannot be interrupted, done in a thread, so that the caller can be: names and tickets are looked up so."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from .patience import Patience

_T = TypeVar("_T")


def aside(name: str, act: Callable[[], _T], patience: Patience) -> _T:
    """What comes of it, or its error. A thread that nobody waits for any more ends by itself.

    Args:
        name: Of the thread.

    Raises:
        CancelledError: Somebody has ended the wait.
        HostTimedOutError: The time is over.
    """
    found: list[_T] = []
    failed: list[Exception] = []
    ended = threading.Event()

    def run() -> None:
        try:
            found.append(act())
        except Exception as exc:
            failed.append(exc)
        finally:
            ended.set()

    threading.Thread(target=run, name=name, daemon=True).start()
    while not ended.wait(patience.moment()):
        pass
    if failed:
        raise failed[0]
    return found[0]
