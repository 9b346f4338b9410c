"""What runs where the executor runs things, and what comes back from there."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from concurrent import futures
from pickle import PickleError
from typing import Any, NamedTuple, Protocol

from ..errors import CancelledError, ExecutorError, InternalError, PyBridgeError, UsageError

#: Exceptions of executors whose process has died, which are no `BrokenExecutor`. By name: Dask takes long to import.
_LOST = frozenset({"KilledWorker", "CommClosedError"})


class Named(Protocol):
    """A host, or what else is done one by one: a session, say."""

    @property
    def name(self) -> str:
        """What its user calls it."""
        ...


class Report(NamedTuple):
    """What one attempt came to, as it travels back: the error as a value, as not every exception survives the way."""

    value: Any
    error: PyBridgeError | None
    seconds: float


def attempt(job: Callable[..., Any], host: Named, arguments: Mapping[str, Any]) -> Report:
    """Do a job once. It runs where the executor runs things."""
    started = time.monotonic()
    value, error = None, None
    try:
        value = job(host, **arguments)
    except PyBridgeError as exc:
        # Its frames hold passwords and whole answers, and an outcome may be kept for long.
        error = exc.with_traceback(None)
        error.__cause__ = error.__context__ = None
    except Exception as exc:
        error = _defect(exc, host.name)
    return Report(value, error, time.monotonic() - started)


class Stop:
    """Tells the jobs under way in this process that nobody wants their outcomes any more.

    Attributes:
        is_heeded: Whether a job has asked for it.
    """

    def __init__(self) -> None:
        self._event = threading.Event()
        self.is_heeded = False

    def set(self) -> None:
        """Tell them."""
        self._event.set()

    def is_set(self) -> bool:
        """Whether nobody wants them any more."""
        return self._event.is_set()


class JobStop:
    """A `Stop` as one job sees it.

    Attributes:
        let_in: To be called once the host has let its user in: until one has, others may wait.
    """

    def __init__(self, stop: Stop, let_in: Callable[[], None]) -> None:
        self._stop = stop
        self.let_in = let_in

    def is_set(self) -> bool:
        """Whether nobody wants the outcome any more."""
        self._stop.is_heeded = True
        return self._stop.is_set()


_HERE = threading.local()


def current_stop() -> JobStop:
    """For a job that takes long: what to look at again and again. Once it is set, end within a second.

    Only threads of the fleet's own are told so; elsewhere it is never set.
    """
    stop: JobStop = getattr(_HERE, "stop", None) or JobStop(Stop(), lambda: None)
    stop.is_set()  # who asks for it heeds it
    return stop


def stoppable(stop: JobStop, job: Callable[..., Any], host: Named, arguments: Mapping[str, Any]) -> Report:
    """`attempt`, in a thread of the fleet's own."""
    _HERE.stop = stop
    try:
        return attempt(job, host, arguments)
    finally:
        del _HERE.stop


def reported(future: futures.Future[Report], name: str, seconds: float) -> Report:
    """What a future that is done came to."""
    if future.cancelled():
        return Report(None, CancelledError(f"{name}: it was cancelled before it had an outcome", target=name), 0.0)
    exc = future.exception(timeout=0)
    return future.result(timeout=0) if exc is None else Report(None, _translated(exc, name), seconds)


def _translated(exc: BaseException, name: str) -> PyBridgeError:
    """One of ours, for what came from the executor instead of a report."""
    if isinstance(exc, PyBridgeError):
        return exc
    if isinstance(exc, futures.BrokenExecutor) or type(exc).__name__ in _LOST:
        return ExecutorError(
            f"{name}: the process that was to do it has died",
            target=name,
            remedy="What it has done there is not known. Look for why it died: out of memory, or killed.",
        )
    if isinstance(exc, futures.CancelledError):
        return CancelledError(f"{name}: it was cancelled before it had an outcome", target=name)
    if isinstance(exc, PickleError) or "pickle" in str(exc):
        return UsageError(
            f"{name}: the job, what it takes or what it returned cannot travel to another process",
            target=name,
            remedy="Take a function at the top of a module, and plain values; or an executor of threads.",
        )
    if isinstance(exc, RuntimeError) and "shutdown" in str(exc):
        return ExecutorError(f"{name}: the executor takes no more jobs, as it has been shut down", target=name)
    return _defect(exc, name)


def _defect(exc: BaseException, name: str) -> InternalError:
    """A job raised what is no error of ours. The type only: the text of a foreign exception may hold anything."""
    trace, place = exc.__traceback__, ""
    while trace is not None:
        code = trace.tb_frame.f_code
        place = f" in {code.co_name}, line {trace.tb_lineno}"
        trace = trace.tb_next
    error = InternalError(f"{name}: the job failed with {type(exc).__name__}{place}", target=name)
    error.__cause__ = exc.with_traceback(None)  # its frames, and those of its own causes, hold what the job knew
    exc.__cause__ = exc.__context__ = None
    return error
