"""`pybridge doctor`."""

from __future__ import annotations

import argparse
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict

from ..doctor import VERDICT, examine
from ..errors import BrokenError, PyBridgeError
from ..models import ManagedIdentityId
from ..resources import Check
from . import hosts
from .identity import identity_arguments, identity_options, source_argument
from .output import print_json, width

#: The exit code for each state of the verdict.
_CODES = {"ok": 0, "warning": 1, "broken": 2}

#: What stands in front of a row, where the terminal can show it, and where it cannot.
_MARKS: Mapping[str, tuple[str, str]] = {
    "ok": ("\N{CHECK MARK}", "ok"),
    "warning": ("!", "!"),
    "broken": ("\N{BALLOT X}", "X"),
    "skipped": ("-", "-"),
}
_NAMES = 12


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = "Exit code: 0 all is well, 1 there are warnings, 2 it is broken."
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    identity_arguments(parser)
    source_argument(parser)
    parser.add_argument("--cloud", metavar="NAME", help="which cloud's Resource Manager to ask (default: AzureCloud)")
    hosts.host_arguments(parser)


def run(options: argparse.Namespace) -> int:
    if hosts.given(options):
        from .. import hostjobs
        from .fanout import Task, ask_hosts

        task = Task(
            "Examining",
            hostjobs.examine,
            identity_options(options),
            lambda rows: _show(options, rows),
            _encoded,
            judge=_judged,
        )
        return ask_hosts(options, task)
    rows = examine(
        source=options.source,
        identity=ManagedIdentityId(options.client_id, options.object_id, options.resource_id),
        cloud=options.cloud,
    )
    return _show(options, rows)


def _show(options: argparse.Namespace, rows: Iterable[Check]) -> int:
    if options.json:
        rows = tuple(rows)
        verdict = rows[-1]
        print_json(_encoded(rows))
    else:
        verdict = _print_rows(rows)
    return _CODES[verdict.state]


def _encoded(rows: Sequence[Check]) -> dict[str, object]:
    *checks, verdict = rows
    return {
        "verdict": verdict.state,
        "message": verdict.message,
        "remedy": verdict.remedy,
        "checks": [asdict(check) for check in checks],
    }


def _judged(rows: Sequence[Check]) -> PyBridgeError | None:
    """Of many hosts, one where something is broken has failed, though it did answer."""
    verdict = rows[-1]
    return None if verdict.state != "broken" else BrokenError(verdict.message, remedy=verdict.remedy)


def _print_rows(rows: Iterable[Check]) -> Check:
    """Print each row as it comes; a remedy stands where it is due, and once: that of what is broken at the end.

    Returns:
        The last row.
    """
    encoding = sys.stdout.encoding or "ascii"
    plain = int(not _can_show("".join(mark for mark, _ in _MARKS.values()), encoding))
    told: set[str | None] = {None}
    broken = False
    row = None
    for row in rows:
        if row.name == VERDICT:
            print()
        remedy = row.remedy
        if row.state == "broken" and row.name != VERDICT and not broken:
            broken, remedy = True, None
        lines = _lines(row, _MARKS[row.state][plain], None if remedy in told else remedy)
        told.add(remedy)
        print("\n".join(lines).encode(encoding, "backslashreplace").decode(encoding), flush=True)
    assert row is not None
    return row


def _lines(row: Check, mark: str, remedy: str | None) -> Iterator[str]:
    """A row: its mark, name and message, and below it the remedy. What begins with blanks there is a command, which is
    never folded: it is to be copied."""
    margin = " " * (_NAMES + 3)
    yield _folded(f"{mark:<3}{row.name:<{_NAMES}}{row.message}", margin)
    for line in (remedy or "").splitlines():
        yield f"  {line}" if line.startswith("  ") else _folded(f"{margin}{line}", margin)


def _folded(text: str, margin: str) -> str:
    return textwrap.fill(
        text, max(width(), 40), subsequent_indent=margin, break_long_words=False, break_on_hyphens=False
    )


def _can_show(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
