"""One request in progress: what its operation says goes out as frames, in the order in which it is said."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from .. import protocol, wire
from ..arm import Progress
from ..backend import Backend, Call, FromHost
from ..errors import CancelledError, PyBridgeError
from ..printable import screen
from ..resources import Environment, Session
from .asks import UNWANTED

if TYPE_CHECKING:
    from ..reach import Reach

_Answer = TypeVar("_Answer")

#: Items of a stream that travel together: a line costs PowerShell as much as several items of it. With more of them, a
#: line of virtual machines would be longer than 32,768 characters, and .NET would read it into one of its large objects
#: (85 kB), which stay in memory for long.
_BATCH = 12


class WorkerCall(Call):
    """One request in progress.

    Items wait until there are enough of them, or until the call waits for something, or ends. The first one does not.

    Args:
        identifier: The id of the request.
        backend: The caches and doors that the operations use.
        notify: Sends a notification, unless the call is over: its method, and its params.
        verbose: Whether the caller wants to know it all.
        environments: The clouds that the caller's session has added.
        reaches: How to reach the computers whose identities are signed in.
        ask: Asks the caller for something: a method, and its params.

    Attributes:
        parting: Set when nothing of it is at work any more; None where that leaves nothing behind.
    """

    def __init__(
        self,
        identifier: int,
        backend: Backend,
        notify: Callable[[WorkerCall, str, Mapping[str, Any]], None],
        *,
        verbose: bool = False,
        environments: Mapping[str, Environment] = MappingProxyType({}),
        reaches: Mapping[str, Reach] = MappingProxyType({}),
        ask: Callable[[WorkerCall, str, Mapping[str, Any]], Any] | None = None,
    ) -> None:
        super().__init__(backend, environments=environments, reaches=reaches)
        self._ask = ask
        self._endings: list[Callable[[], None]] = []
        self.parting: threading.Event | None = None
        self._notify = notify
        self._ended = threading.Event()
        self._kind: tuple[str, str | None] = ("", None)
        self._batch: list[Any] = []
        self._tagged: list[Any] = []
        self._streams = False
        self._told: Progress | None = None
        self._outlived = False  # what is being made now is for others, too
        self.id = identifier
        self.wants_verbose = verbose

    @property
    def over(self) -> bool:
        """Whether its last frame has been written."""
        return self._ended.is_set()

    def end(self) -> None:
        """It has had its last frame: whoever sleeps or works for it is told."""
        self._ended.set()
        while True:
            try:
                act = self._endings.pop()
            except IndexError:  # not asked before: another thread may be here, too
                return
            act()

    def on_end(self, act: Callable[[], None]) -> None:
        self.parting = self.parting or threading.Event()
        self._endings.append(act)
        if self.over:  # it may have ended just before
            self.end()

    def warn(self, message: str) -> None:
        self._say("warning", message=message)

    def verbose(self, message: str) -> None:
        if self.wants_verbose:
            self._say("verbose", message=message)

    def progress(self, progress: Progress | None) -> None:
        told, self._told = progress or self._told, progress
        if told is not None:
            frame = told._asdict()
            if progress is None:
                frame["completed"] = frame.pop("seconds")
            self._say("progress", **frame)

    def fail(self, host: str, error: PyBridgeError) -> None:
        told = protocol.error_of(error)
        told["data"]["target"] = host
        self._tell("failure", host=host, error=told)

    def keep(self, session: Session) -> None:
        self._tell("session", **typed(session))

    def ask(self, method: str, params: Mapping[str, Any]) -> Any:
        if self._ask is None:
            return super().ask(method, params)
        self.backend.before_waiting()  # whoever reads has to read the answer
        return self._ask(self, method, params)

    def sleep(self, seconds: float) -> None:
        self.backend.before_waiting()
        if self._outlived:
            time.sleep(seconds)
        elif self._ended.wait(seconds):
            raise CancelledError(UNWANTED)

    def cached(self, key: Hashable, seconds: float, make: Callable[[], _Answer]) -> _Answer:
        before, self._outlived = self._outlived, True
        try:
            return super().cached(key, seconds, make)
        finally:
            self._outlived = before

    def item(self, value: Any) -> None:
        """Send one item of a stream, soon.

        Raises:
            CancelledError: Nobody wants it any more.
        """
        if self.over:
            raise CancelledError(UNWANTED)
        host = None
        if isinstance(value, FromHost):
            host, value = value.host, value.value
        kind, encoded, tagged = typed(value).values()
        if (kind, host) != self._kind:
            self.flush()
            self._kind = (kind, host)
        self._batch.append(encoded)
        self._tagged.append(tagged)
        if not self._streams or len(self._batch) >= _BATCH:
            self._streams = True
            self._send()

    def flush(self) -> None:
        """Send the items that wait."""
        if self._batch:
            kind, host = self._kind
            frame = {"id": self.id, "type": kind, "values": self._batch, "tagged": self._tagged}
            if host is not None:
                frame["host"] = host
            self._batch, self._tagged = [], []
            self._notify(self, "items", frame)

    def close(self) -> None:
        """Send what belongs before the answer."""
        if self._batch:
            self._send()
        self.progress(None)

    def _send(self) -> None:
        self.backend.before_waiting()  # the pipe may be full
        self.flush()

    def _say(self, method: str, **params: Any) -> None:
        """Tell what PowerShell shows as it is. It may quote a host or Azure: nothing is left that a terminal obeys."""
        texts = {name: screen(value) for name, value in params.items() if isinstance(value, str)}
        self._tell(method, **{**params, **texts})

    def _tell(self, method: str, **params: Any) -> None:
        self._send()
        self._notify(self, method, {"id": self.id, **params})


def typed(value: Any) -> dict[str, Any]:
    """A value as it stands in a frame, with its class and where its tagged texts are."""
    # A bare text is a token, never a date.
    encoded, tagged = (value, wire.tagged(value)) if isinstance(value, str) else wire.packed(value)
    return {"type": wire.type_name(value), "value": encoded, "tagged": tagged}
