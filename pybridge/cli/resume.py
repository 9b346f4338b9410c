"""What an earlier run over many hosts has printed, and which of them are done."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from ..errors import UsageError


def finished(name: str) -> tuple[set[str], list[str]]:
    """The hosts that are ok in a file of JSON Lines, and what is odd about the file. Nothing else is read off it.

    The last line of a host counts. One that is no whole line counts for nothing: the run may have been cut off.

    Raises:
        UsageError: It cannot be read, or is no such file.
    """
    done: set[str] = set()
    odd: list[int] = []
    lines = 0
    try:
        with Path(name).open(encoding="utf-8", errors="replace") as file:
            _refuse_own_output(name, file.fileno())
            for lines, line in enumerate(file, 1):
                host, ok = _read(line)
                if host is None:
                    odd.append(lines)
                elif ok:
                    done.add(host)
                else:
                    done.discard(host)
    except OSError as exc:
        raise UsageError(f"{name} cannot be read: {exc.strerror}", target=name) from exc
    if lines and len(odd) == lines and lines > 1:
        raise UsageError(
            f"{name} is not what a run over hosts has printed",
            target=name,
            remedy="Name the file that its stdout went to: JSON Lines.",
        )
    return done, [f"{name}:{number}: no whole line, so its host is asked again" for number in odd]


def _read(line: str) -> tuple[str | None, bool]:
    """The host of a line, and whether it is ok; None if it is no such line."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None, False
    if not isinstance(found, dict) or not isinstance(found.get("host"), str) or not isinstance(found.get("ok"), bool):
        return None, False
    return found["host"], found["ok"]


def _refuse_own_output(name: str, file: int) -> None:
    """`--resume out.jsonl > out.jsonl`: the shell has emptied it before we could read it."""
    try:
        ours, theirs = os.fstat(sys.stdout.fileno()), os.fstat(file)
    except (OSError, ValueError, AttributeError):
        return
    if os.path.samestat(ours, theirs) and not theirs.st_size:
        raise UsageError(
            f"{name} is empty, as the output goes to it",
            target=name,
            remedy=f"Append to it: --resume {name} >> {name}, or write to another file.",
        )
