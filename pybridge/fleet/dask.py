"""A Dask cluster as the executor of a fleet: past what one machine can do. Needs `pybridge[dask]`.

    with dask.connect("tcp://scheduler:8786") as executor:
        for outcome in Fleet(hosts, executor=executor, workers=executor.threads).map(hostjobs.whoami): ...

A job and what it takes travel as bytes that only a worker opens, so the scheduler knows of no host and no argument. A
password in memory travels nowhere: a command or a keyring is asked on the worker. pybridge has to be installed on the
scheduler and on the workers. Whoever may connect to a cluster may run anything on it, and over tcp:// everybody on the
way reads along, tokens too: use tls://, as Dask's own documentation shows.
"""

from __future__ import annotations

import gc
import math
import pickle
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent import futures
from contextlib import contextmanager, suppress
from typing import Any, TypeVar
from uuid import uuid4

from ..errors import ExecutorError, UnsupportedError
from ..version import __version__
from .attempts import Report

try:
    import distributed
except ImportError as exc:
    raise UnsupportedError(
        "the package distributed is not installed", remedy="Install it: pip install pybridge[dask]"
    ) from exc

T = TypeVar("T")

#: Half of it has types.
_DASK: Any = distributed
#: Seconds to find the scheduler, and for which a cluster without any worker is given time to get one.
_CONNECT, _BARE = 10, 30
#: Seconds for which the scheduler remembers that a job had begun, after its end.
_KEPT = 60.0
#: Seconds between looks at whether there are workers.
_LOOK = 2.0


class DaskExecutor(futures.Executor):
    """Runs jobs on the workers of a cluster. Make it by `connect`.

    Attributes:
        threads: How many jobs its workers do at a time.

    Args:
        once: Never do a job a second time. Else, where a worker dies, Dask gives its jobs to another one.
    """

    def __init__(self, client: Any, *, once: bool, bare: float = _BARE) -> None:
        self._client = client
        self._once = once
        self._inner = client.get_executor(pure=False)
        self._open: set[futures.Future[Any]] = set()
        self._past: deque[tuple[float, str]] = deque()
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._bare = bare
        self.threads: int = sum(client.nthreads().values())
        threading.Thread(target=self._watch, name="pybridge-dask", daemon=True).start()

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> futures.Future[T]:
        """Hand a function at the top of a module to a worker.

        Raises:
            UsageError: It, or what it takes, travels nowhere.
        """
        parcel = pickle.dumps((fn, args, kwargs))
        key = f"pybridge-{uuid4().hex}"
        job = (_do_once, key, parcel) if self._once else (_do, parcel)
        future: futures.Future[T] = self._inner.submit(*job, key=key)
        with self._lock:
            self._open.add(future)
        future.add_done_callback(lambda done: self._ended(done, key))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more jobs. Those under way are forgotten unless they are waited for."""
        if wait and not cancel_futures:
            futures.wait(self._outstanding())
        self._closed.set()
        with suppress(Exception):  # the scheduler may be gone
            self._inner.shutdown(wait=False)
        self._forget(math.inf)

    def _outstanding(self) -> list[futures.Future[Any]]:
        with self._lock:
            return list(self._open)

    def _ended(self, future: futures.Future[Any], key: str) -> None:
        with self._lock:
            self._open.discard(future)
            if self._once:
                self._past.append((time.monotonic(), key))

    def _forget(self, until: float) -> None:
        """Let the scheduler forget which jobs had begun that ended before then.

        Not at once: a value may be lost with the worker that has it even then, and Dask would do the job again.
        """
        keys = []
        with self._lock:
            while self._past and self._past[0][0] < until:
                keys.append(self._past.popleft()[1])
        if keys and self._client.status == "running":
            with suppress(Exception):  # all that comes of it is a scheduler that remembers more than it needs to
                self._client.sync(_cleared, self._client, keys, callback_timeout=1)

    def _watch(self) -> None:
        """Give up all jobs when the cluster has no workers, and gets none: they would wait for ever."""
        without = 0.0
        while not self._closed.wait(_LOOK):
            self._forget(time.monotonic() - _KEPT)
            bare = self._client.status != "running" or not self._client.scheduler_info().get("workers")
            without = without + _LOOK if bare and self._outstanding() else 0.0
            if without >= self._bare:
                for future in self._outstanding():
                    future.cancel()


@contextmanager
def connect(address: str, *, once: bool = False, bare: float = _BARE) -> Iterator[DaskExecutor]:
    """The cluster behind a scheduler, for as long as the block lasts. What is under way at its end is forgotten.

    Args:
        address: Such as "tcp://scheduler:8786", or tls://.
        once: See `DaskExecutor`.
        bare: Seconds for which a cluster that has lost all workers may be without any.

    Raises:
        ExecutorError: Nobody answers there, it has no workers, or they cannot do what is asked of them.
    """
    client = _client(address)
    if client is None:
        # Now, and not whenever: what is left of it, collected while another client is made, would hang that one.
        gc.collect()
        raise ExecutorError(
            f"no Dask scheduler answers at {address}",
            target=address,
            remedy="Start one, and workers: dask scheduler; dask worker ADDRESS --nthreads 32. Give tls:// its "
            "certificates by Dask's own configuration.",
        )
    try:
        _check(client, address)
        executor = DaskExecutor(client, once=once, bare=bare)
        try:
            yield executor
        finally:
            executor.shutdown(wait=False)
    finally:
        client.close(timeout=1)


def _client(address: str) -> Any:
    """A client; None where there is no scheduler, or none that can be talked to."""
    try:
        return _DASK.Client(address, timeout=_CONNECT, set_as_default=False)
    except (OSError, ValueError, ImportError, futures.TimeoutError):
        return None


def _check(client: Any, address: str) -> None:
    try:
        versions = client.run(_version)
    except Exception as exc:
        raise ExecutorError(
            f"the workers of {address} cannot run pybridge: {type(exc).__name__}",
            target=address,
            remedy=f"Install pybridge {__version__} on the scheduler and on each worker.",
        ) from exc
    if not versions:
        raise ExecutorError(
            f"the Dask cluster at {address} has no workers",
            target=address,
            remedy=f"Start some: dask worker {address} --nthreads 32",
        )
    others = sorted({version for version in versions.values() if version != __version__})
    if others:
        raise ExecutorError(
            f"workers of {address} have pybridge {', '.join(others)}, and this is {__version__}",
            target=address,
            remedy="Install the same version everywhere.",
        )


def _version() -> str:
    return __version__


def _do(parcel: bytes) -> Any:
    """What a worker does."""
    fn, args, kwargs = pickle.loads(parcel)
    return fn(*args, **kwargs)


def _do_once(key: str, parcel: bytes) -> Any:
    """`_do`, unless another worker had begun with it: that one has died, or cannot be reached any more."""
    begun = _DASK.Event(key)
    if not begun.is_set():
        begun.set()
        return _do(parcel)
    _, (_, host, _), _ = pickle.loads(parcel)
    error = ExecutorError(
        f"{host.name}: the worker that had begun with it has died",
        target=host.name,
        remedy="What it has done there is not known, so it is not done a second time.",
    )
    return Report(None, error, 0.0)  # not raised: the worker would log all that it was given


async def _cleared(client: Any, keys: list[str]) -> None:
    """Events that are cleared are gone."""
    for key in keys:
        await client.scheduler.event_clear(name=key)
