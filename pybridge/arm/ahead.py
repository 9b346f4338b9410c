"""Asks for something before it is wanted: for a page of a list, while the one before it is worked on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..models import HttpRequest, HttpResponse, Transport

if TYPE_CHECKING:
    from concurrent.futures import Future

#: Seconds between two looks at whether anybody wants the answer; Windows heeds Ctrl+C only then.
_LOOK = 0.1


class Ahead:
    """A transport that may have begun one exchange already. For one thread.

    Args:
        inner: The transport that asks, in a thread of its own if it is to go ahead.
        look: Is called while the answer is waited for. It may raise, and so end that.
    """

    def __init__(self, inner: Transport, look: Callable[[], None]) -> None:
        self._inner = inner
        self._look = look
        self._begun: tuple[HttpRequest, Future[HttpResponse]] | None = None

    @property
    def is_back(self) -> bool:
        """Whether what was begun has come to its end."""
        return self._begun is not None and self._begun[1].done()

    def begin(self, request: HttpRequest) -> None:
        """Send a request in a thread. What comes of it is for whoever sends the same one next."""
        from concurrent.futures import Future  # takes some milliseconds, and most lists have one page

        future: Future[HttpResponse] = Future()
        # A daemon: whoever ends the process does not want the answer any more.
        threading.Thread(target=self._have, args=(request, future), name="pybridge-ahead", daemon=True).start()
        self._begun = request, future

    def send(self, request: HttpRequest) -> HttpResponse:
        """Answer the request, as the transport does."""
        begun, self._begun = self._begun, None
        if begun is None or begun[0] != request:
            return self._inner.send(request)
        from concurrent.futures import wait

        future = begun[1]
        try:
            while not wait([future], _LOOK).done:
                self._look()
            return future.result()
        finally:
            del future, begun  # an error hangs on this frame: else it would hold itself, and the token

    def _have(self, request: HttpRequest, future: Future[HttpResponse]) -> None:
        try:
            future.set_result(self._inner.send(request))
        except BaseException as exc:  # of whatever kind, it belongs to whoever waits for the answer
            future.set_exception(exc)
        finally:
            del request, future
