"""The same question to many hosts at a time: answers go out as they come, and one that fails stops no other."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar, cast

from ..arm import Progress
from ..backend import Call, FromHost
from ..errors import PyBridgeError

if TYPE_CHECKING:  # few reach for hosts, and it takes a while
    from ..hosts import Host
    from ..reach import Reach
    from ..sessions import PSSession

T = TypeVar("T")


def each(call: Call, reach: Reach, job: Callable[[Host | PSSession], T], *, activity: str) -> Iterator[FromHost[T]]:
    """What the job returns for each host, as they come to an end.

    The error of one is told to the caller, as that of this one; and for -Verbose, how each was reached. Closing the
    iterator ends it all; so does the caller who wants no more, from whatever thread that is heard.

    Args:
        job: It runs in a thread of its own.
        activity: What is being done, for people.
    """
    from ..fleet import Fleet, current_stop
    from ..remote import stopping

    def run(host: Host | PSSession) -> T:
        with stopping(current_stop()):
            return job(host)

    for name, refusal in reach.refused:
        call.fail(name, refusal)
    if not reach.hosts:
        return
    many = len(reach.hosts)
    named = {host.name: host for host in reach.hosts}
    fleet = Fleet(reach.hosts, workers=min(reach.throttle_limit, many))
    call.on_end(fleet.cancel)
    for warning in dict.fromkeys(filter(None, (getattr(host, "warning", None) for host in reach.hosts))):
        call.warn(f"{warning[0].upper()}{warning[1:]}.")
    outcomes = fleet.map(run)
    ended = 0
    told = -1
    while True:
        percent = 100 * ended // many
        if many > 1 and percent != told:
            told = percent
            call.progress(Progress(activity, f"{ended} of {many}", percent, 0.0))
        call.backend.before_waiting()
        outcome = next(outcomes, None)
        if outcome is None:
            return
        ended += 1
        call.verbose(way(named[outcome.host], outcome.seconds, outcome.error, attempts=outcome.attempts))
        if outcome.error is not None:
            call.fail(outcome.host, outcome.error)
        else:
            yield FromHost(outcome.host, cast("T", outcome.value))


@contextmanager
def stoppable(call: Call, host: Host | PSSession) -> Iterator[None]:
    """What the block does on a host ends when the caller wants no more; how it was reached is told."""
    from ..remote import stopping

    stop = threading.Event()
    call.on_end(stop.set)
    began = time.monotonic()
    try:
        with stopping(stop):
            yield
    except PyBridgeError as exc:
        call.verbose(way(host, time.monotonic() - began, exc))
        raise
    call.verbose(way(host, time.monotonic() - began))


def way(host: Host | PSSession, seconds: float, error: PyBridgeError | None = None, *, attempts: int = 1) -> str:
    """How a host was reached, in a line, and what it took.

    Args:
        seconds: How long the job took.
        error: What it ended with.
        attempts: How often it was tried; 0 where it was not begun.
    """
    from ..sessions import PSSession

    by = "over a PSSession" if isinstance(host, PSSession) else f"{host.address.url} by {host.authentication}"
    took = f"{seconds:.2f} s" if attempts else "not asked"
    again = f" at attempt {attempts}" if attempts > 1 else ""
    return f"{host.name}: {by}, {took}{again}{f' ({error.code})' if error is not None else ''}"


def flattened(items: Iterator[FromHost[Iterable[T]]]) -> Iterator[FromHost[T]]:
    """One item each for what came many at a time."""
    for item in items:
        for value in item.value:
            yield FromHost(item.host, value)
