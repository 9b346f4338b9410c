"""What `pybridge module scan` prints."""

from __future__ import annotations

import sys
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from itertools import groupby

from .. import shims
from .. import spec as specs
from ..module import module_root
from ..operations import OPERATIONS
from ..scan import COVERED, NOT_COVERED, NOTE, TOKENIZER, UNKNOWN, Finding, Report, scan
from .output import print_json, width

_COUNTED = {COVERED: "covered", UNKNOWN: "with a parameter that is not known", NOT_COVERED: "not covered"}


def scan_scripts(names: Sequence[str], *, as_json: bool) -> int:
    """Scan scripts and print what was found.

    Returns:
        The exit code: 1 if something is not covered.
    """
    root = module_root()
    spec = specs.load(root, OPERATIONS)
    report = scan(names, spec, shims.load(root, spec))
    if report.parser == TOKENIZER:
        print(
            "pybridge: no pwsh or powershell could read the scripts. They were read word by word, which misses what "
            "only PowerShell's parser understands.",
            file=sys.stderr,
        )
    counts = Counter(finding.state for finding in report.findings)
    if as_json:
        for finding in report.findings:
            print_json(asdict(finding))
        totals = {state: counts[state] for state in (*_COUNTED, NOTE)}
        print_json({"scripts": len(report.files), "parser": report.parser, **totals})
    else:
        _print_report(report, counts)
    return 1 if any(finding.stands_in_the_way for finding in report.findings) else 0


def _print_report(report: Report, counts: Counter[str]) -> None:
    encoding = sys.stdout.encoding or "ascii"
    for file, findings in groupby(report.findings, key=lambda finding: finding.file):
        for line in (file, *_rows(list(findings)), ""):
            print(line.encode(encoding, "backslashreplace").decode(encoding))
    total = ", ".join(f"{counts[state]} {text}" for state, text in _COUNTED.items())
    print(f"{len(report.files)} script{'s' * (len(report.files) != 1)}; uses of AzureRM: {total}")


def _rows(findings: Sequence[Finding]) -> Iterator[str]:
    """One row for all uses of which the same is to be said: lines, name, state, and below what to know of it."""
    lines: dict[tuple[str, str, str, str], set[int]] = {}
    for item in findings:
        lines.setdefault((item.name, item.state, item.message, item.call or ""), set()).add(item.line)
    name_width = max(len(item.name) for item in findings)
    line_width = min(max(len(_numbers(found)) for found in lines.values()), 24)
    margin = " " * (line_width + 4)
    for (name, state, message, call), found in lines.items():
        yield f"  {_numbers(found):<{line_width}}  {name:<{name_width}}  {state.replace('_', ' ')}"
        if message:
            columns = max(width(), 60)
            yield textwrap.fill(
                message, columns, initial_indent=margin, subsequent_indent=margin, break_on_hyphens=False
            )
        if call:
            yield f"{margin}{call}"  # never folded: it is to be copied


def _numbers(lines: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(lines)))
