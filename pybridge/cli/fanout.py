"""Ask hosts: one as if it were this machine, many with a line of JSON for each as it finishes.

    {"host": "vm01", "ok": true, "value": ..., "seconds": 1.234, "attempts": 1}
    {"host": "vm02", "ok": false, "error": {"code", "message", "remedy", "retryable"}, "seconds": 10.001, "attempts": 3}

Where a host did answer, but with something bad, there is a value beside the error.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import closing, contextmanager
from typing import Any, NamedTuple

from ..errors import PyBridgeError
from ..fleet import Fleet, Outcome
from ..printable import printable
from .chosen import Chosen, chosen, with_passwords
from .progress import FleetProgress, fleet_shown

_LOOPBACK = re.compile(r"tcp://(127\.[0-9.]+|\[::1\]|localhost)(:|$)")
#: How many hosts are named where many failed in the same way.
_NAMED = 5


class Task(NamedTuple):
    """What is to be done on each host.

    Attributes:
        activity: What it is called while it goes on.
        job: A function of `hostjobs`.
        arguments: What it takes beside the host.
        show: Shows the value of a single host; the exit code.
        encode: The value for a line of JSON.
        judge: What is wrong with a value, of many hosts.
        once: Whether it must not be done twice, whatever happens.
        is_secret: Whether a value must not be seen on its way.
    """

    activity: str
    job: Callable[..., Any]
    arguments: Mapping[str, Any]
    show: Callable[[Any], int]
    encode: Callable[[Any], object]
    judge: Callable[[Any], PyBridgeError | None] | None = None
    once: bool = False
    is_secret: bool = False


def ask_hosts(options: argparse.Namespace, task: Task) -> int:
    """Do it.

    Returns:
        The exit code.
    """
    found = chosen(options)
    for warning in found.warnings:  # before a password is typed
        print(f"pybridge: {printable(warning)}", file=sys.stderr)
    hosts = with_passwords(found.hosts, travels=options.scheduler is not None)
    with _executor(options, task) as (executor, threads):
        fleet = Fleet(
            hosts,
            executor=executor,
            workers=min(options.workers or threads, max(len(hosts), 1)),
            retries=options.retries or 0,
            fail_fast=options.fail_fast,
            judge=None if found.single else task.judge,
        )
        with closing(fleet.map(task.job, **task.arguments)) as outcomes:
            return _one(task, outcomes) if found.single else _many(task, found, outcomes)


def _one(task: Task, outcomes: Iterator[Outcome[Any]]) -> int:
    outcome = next(outcomes)
    if outcome.error is not None:
        raise outcome.error
    return task.show(outcome.value)


def _many(task: Task, found: Chosen, outcomes: Iterator[Outcome[Any]]) -> int:
    summary = _Summary(len(found.hosts), found.resumed)
    try:
        with fleet_shown(task.activity, len(found.hosts)) as progress:
            for outcome in outcomes:
                summary.add(outcome)
                _tell(progress, summary, outcome)
                progress.print(json.dumps(_line(task, outcome)))
    finally:
        print(summary.text(), file=sys.stderr)
    return 1 if summary.failed else 0


def _tell(progress: FleetProgress, summary: _Summary, outcome: Outcome[Any]) -> None:
    error = None if outcome.error is None else printable(outcome.error.message)
    progress.step(outcome.host, summary.done, summary.failed, outcome.seconds, error)


def _line(task: Task, outcome: Outcome[Any]) -> dict[str, object]:
    line: dict[str, object] = {"host": outcome.host, "ok": outcome.ok}
    if outcome.value is not None:
        line["value"] = task.encode(outcome.value)
    error = outcome.error
    if error is not None:
        line["error"] = {
            "code": error.code,
            "message": error.message,
            "remedy": error.remedy,
            "retryable": error.retryable,
        }
    return {**line, "seconds": round(outcome.seconds, 3), "attempts": outcome.attempts}


class _Summary:
    """How many went well, and how the others failed."""

    def __init__(self, total: int, resumed: int) -> None:
        self._total = total
        self._resumed = resumed
        self._began = time.monotonic()
        self._kinds: dict[str, list[str]] = {}
        self._counts: dict[str, int] = {}
        self.done = 0
        self.failed = 0

    def add(self, outcome: Outcome[Any]) -> None:
        self.done += 1
        if outcome.error is not None:
            self.failed += 1
            code = outcome.error.code
            self._counts[code] = self._counts.get(code, 0) + 1
            names = self._kinds.setdefault(code, [])
            if len(names) < _NAMED:
                names.append(outcome.host)

    def text(self) -> str:
        """One line."""
        seconds = time.monotonic() - self._began
        parts = [f"pybridge: {self.done - self.failed} of {self._total} hosts ok in {seconds:.1f} s"]
        if self._resumed:
            parts.append(f"{self._resumed} were so before")
        if self.done < self._total:
            parts.append(f"{self._total - self.done} not asked, or not to their end")
        for code, count in sorted(self._counts.items(), key=lambda item: -item[1]):
            names = ", ".join(self._kinds[code]) + (" ..." if count > _NAMED else "")
            parts.append(f"{code} {count} ({names})")
        return "; ".join(parts)


@contextmanager
def _executor(options: argparse.Namespace, task: Task) -> Iterator[tuple[Executor | None, int]]:
    """What the jobs run on, if not on threads of this process, and how many at a time."""
    if options.scheduler is None:
        yield None, 32
        return
    import logging

    from ..fleet import dask

    for name in ("distributed", "concurrent.futures", "tornado"):  # what matters comes as an outcome
        logging.getLogger(name).setLevel(logging.CRITICAL)
    if task.is_secret and options.scheduler.startswith("tcp://") and not _LOOPBACK.match(options.scheduler):
        print("pybridge: over tcp:// whoever is on the way sees the tokens: give Dask tls://", file=sys.stderr)
    with dask.connect(options.scheduler, once=task.once) as executor:
        yield executor, executor.threads
