"""How far a long operation is, on stderr: a bar where that is a terminal, and nothing else where it is not."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

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
