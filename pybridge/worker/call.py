"""One request in progress: what its operation says goes out as frames, in the order in which it is said."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Mapping
from types import MappingProxyType
from typing import Any, TypeVar

from .. import wire
from ..arm import Progress
from ..backend import Backend, Call
from ..errors import CancelledError
from ..resources import Environment, Session

_Answer = TypeVar("_Answer")

#: Items of a stream that travel together: a line costs PowerShell as much as several items of it. With more of them, a
#: line of virtual machines would be one of .NET's large objects (85 kB), which stay in memory for long.
_BATCH = 15


class WorkerCall(Call):
    """One request in progress.

    Items wait until there are enough of them, or until the call waits for something, or ends. The first one does not.

    Args:
        identifier: The id of the request.
        backend: The caches and doors that the operations use.
        notify: Sends a notification, unless the call is over: its method, and its params.
        verbose: Whether the caller wants to know it all.
        environments: The clouds that the caller's session has added.
    """

    def __init__(
        self,
        identifier: int,
        backend: Backend,
        notify: Callable[[WorkerCall, str, Mapping[str, Any]], None],
        *,
        verbose: bool = False,
        environments: Mapping[str, Environment] = MappingProxyType({}),
    ) -> None:
        super().__init__(backend, environments=environments)
        self._notify = notify
        self._ended = threading.Event()
        self._kind = ""
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
        """It has had its last frame: whoever sleeps for it wakes."""
        self._ended.set()

    def warn(self, message: str) -> None:
        self._tell("warning", message=message)

    def verbose(self, message: str) -> None:
        if self.wants_verbose:
            self._tell("verbose", message=message)

    def progress(self, progress: Progress | None) -> None:
        told, self._told = progress or self._told, progress
        if told is not None:
            frame = told._asdict()
            if progress is None:
                frame["completed"] = frame.pop("seconds")
            self._tell("progress", **frame)

    def keep(self, session: Session) -> None:
        self._tell("session", **typed(session))

    def sleep(self, seconds: float) -> None:
        self.backend.before_waiting()
        if self._outlived:
            time.sleep(seconds)
        elif self._ended.wait(seconds):
            raise CancelledError(_UNWANTED)

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
            raise CancelledError(_UNWANTED)
        kind, encoded, tagged = typed(value).values()
        if kind != self._kind:
            self.flush()
            self._kind = kind
        self._batch.append(encoded)
        self._tagged.append(tagged)
        if not self._streams or len(self._batch) >= _BATCH:
            self._streams = True
            self._send()

    def flush(self) -> None:
        """Send the items that wait."""
        if self._batch:
            frame = {"id": self.id, "type": self._kind, "values": self._batch, "tagged": self._tagged}
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

    def _tell(self, method: str, **params: Any) -> None:
        self._send()
        self._notify(self, method, {"id": self.id, **params})


_UNWANTED = "the caller no longer wants the answer"


def typed(value: Any) -> dict[str, Any]:
    """A value as it stands in a frame, with its class and where its tagged texts are."""
    # A bare text is a token, never a date.
    encoded, tagged = (value, wire.tagged(value)) if isinstance(value, str) else wire.packed(value)
    return {"type": wire.type_name(value), "value": encoded, "tagged": tagged}
