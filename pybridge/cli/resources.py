"""`pybridge resources`."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from .. import catalogue
from ..clouds import resource_ids
from .output import print_json, print_table


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "pattern", nargs="?", metavar="PATTERN", help="a part of a name, title or ID, or a pattern with * and ?"
    )
    parser.add_argument("--cloud", metavar="NAME", help=f"{', '.join(catalogue.CLOUDS)} (default: the first)")
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")


def run(options: argparse.Namespace) -> int:
    pattern = options.pattern
    if pattern is None or any(sign in pattern for sign in "*?["):
        rows = list(resource_ids(pattern, options.cloud))
    else:
        rows = list(resource_ids(f"*{pattern}*", options.cloud)) or list(resource_ids(pattern, options.cloud))
    if not rows:
        raise catalogue.unknown(pattern, options.cloud)
    if options.json:
        for row in rows:
            print_json(asdict(row))
    else:
        print_table(
            ("Name", "ResourceId", "Tested", "Docs"),
            [(row.name, row.resource_id, "yes" if row.tested else "-", row.documentation) for row in rows],
        )
    return 0
