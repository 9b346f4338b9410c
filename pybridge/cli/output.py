"""What commands print: JSON for machines, tables for people."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence


def print_json(value: object) -> None:
    """One line of JSON, which is ASCII: the reader may use another code page."""
    print(json.dumps(value))


def width() -> int:
    """The columns of the terminal; 80 where there is none. (`shutil` would take long to import.)"""
    try:
        return int(os.environ.get("COLUMNS") or os.get_terminal_size().columns)
    except (OSError, ValueError):
        return 80


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns that are as wide as they must be. Where the last one does not fit, it goes onto lines of its own."""
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    folds = sum(widths) + 2 * (len(widths) - 1) > width()
    for row in (header, *rows):
        cells = [cell.ljust(size) for cell, size in zip(row, widths, strict=True)]
        if folds:
            print("  ".join(cells[:-1]).rstrip())
            print(f"    {row[-1]}")
        else:
            print("  ".join(cells).rstrip())
