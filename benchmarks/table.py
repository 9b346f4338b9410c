"""The table of a benchmark: what each side took, what pybridge is to reach, and whether it does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Row(NamedTuple):
    """A line of the table.

    Attributes:
        what: What was measured.
        cells: What each side took, by its title.
        reach: What pybridge is to reach; empty for no more than to be seen.
        ratio: pybridge's share of what each of the others takes.
        reached: Whether it is reached; None where there is nothing to compare with.
    """

    what: str
    cells: Mapping[str, str]
    reach: str = ""
    ratio: str = ""
    reached: bool | None = None


def print_table(rows: Sequence[Row], titles: Sequence[str]) -> None:
    lines = [("what", *titles, "ratio", "reach", "")]
    for row in rows:
        cells = [row.cells.get(title, "") for title in titles]
        mark = {True: "yes", False: "NO", None: ""}[row.reached]
        lines.append((row.what, *cells, row.ratio, row.reach, mark))
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        first, *others = (cell.rjust(width) for cell, width in zip(line, widths, strict=True))
        print("  ".join([line[0].ljust(len(first)), *others]).rstrip())
