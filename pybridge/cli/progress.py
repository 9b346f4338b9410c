"""How far it is, on stderr: a bar where that is a terminal, plain lines without rich, and nothing where it is none.

Of one long operation, or of many hosts.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # what is not needed for hosts
    from ..arm import Progress


@contextmanager
def shown() -> Iterator[Callable[[Progress], None] | None]:
    """What to tell of each step; None where nobody looks. At the end the bar is taken away again."""
    if not sys.stderr.isatty():
        yield None
        return
    try:
        from rich.console import Console
        from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bar
    except ImportError:
        yield _plainly
        return
    what, state = (TextColumn(text, markup=False) for text in ("{task.description}", "{task.fields[status]}"))
    with Bar(what, BarColumn(), state, TimeElapsedColumn(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None, status="")

        def show(progress: Progress) -> None:
            total = None if progress.percent is None else 100  # without one the bar only moves
            bar.update(
                task, description=progress.activity, status=progress.status, completed=progress.percent, total=total
            )

        yield show


def _plainly(progress: Progress) -> None:
    percent = "" if progress.percent is None else f", {progress.percent} %"
    print(f"{progress.activity}: {progress.status}{percent}, {progress.seconds:.0f} s", file=sys.stderr)


# --- many hosts --------------------------------------------------------------------------------------


class FleetProgress:
    """Nobody looks: there are the lines on stdout, and that is all."""

    def step(self, host: str, done: int, failed: int, seconds: float, error: str | None) -> None:
        """A host has come to its end.

        Args:
            done, failed: How many have, this one too.
            error: Why it failed; None if it did not.
        """

    def print(self, line: str) -> None:
        """Print a line on stdout, now."""
        print(line, flush=True)


class _Plain(FleetProgress):
    """A line for each host: on a terminal without rich."""

    def __init__(self, activity: str, total: int) -> None:
        self._activity = activity
        self._total = total

    def step(self, host: str, done: int, failed: int, seconds: float, error: str | None) -> None:
        state = f"ok, {seconds:.1f} s" if error is None else error
        print(f"{self._activity} {done} of {self._total}, {failed} failed: {host}: {state}", file=sys.stderr)


@contextmanager
def fleet_shown(activity: str, total: int) -> Iterator[FleetProgress]:
    """What to tell of each host, and to print lines by. At the end the bar is taken away again."""
    if not sys.stderr.isatty():
        yield FleetProgress()
        return
    try:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bar
    except ImportError:
        yield _Plain(activity, total)
        return
    # Where both are terminals, the bar stands on stdout: then lines go above it and not through it.
    both = sys.stdout.isatty()
    console = Console(stderr=not both)
    what, state = (TextColumn(text, markup=False) for text in ("{task.description}", "{task.fields[status]}"))
    columns = (what, BarColumn(), MofNCompleteColumn(), state, TimeElapsedColumn())
    with Bar(*columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=both) as bar:
        task = bar.add_task(activity, total=total, status="")

        class Shown(FleetProgress):
            def step(self, host: str, done: int, failed: int, seconds: float, error: str | None) -> None:
                bar.update(task, completed=done, status=f"{failed} failed, last: {host}" if failed else f"last: {host}")

            def print(self, line: str) -> None:
                if both:
                    console.print(line, soft_wrap=True, markup=False, highlight=False, emoji=False)
                else:
                    super().print(line)

        yield Shown()
