"""`pybridge generate`."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..generate import check, write
from ..module import module_root
from ..operations import OPERATIONS


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--check", action="store_true", help="only show how they differ; exit code 1 if so")
    parser.add_argument("--root", metavar="DIR", help="the folder of commands.yaml (default: the clone's)")


def run(options: argparse.Namespace) -> int:
    root = Path(options.root) if options.root else module_root()
    if not options.check:
        for path in write(root, OPERATIONS):
            print(path)
        return 0
    difference = check(root, OPERATIONS)
    print(difference or "the generated files are up to date", end="" if difference else "\n")
    return 1 if difference else 0
