"""Arguments that several commands share: which source, which identity."""

from __future__ import annotations

import argparse


def source_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--source", metavar="NAME", help="imds or vm_extension (default: both in turn)")


def identity_arguments(parser: argparse.ArgumentParser) -> None:
    """--client-id, --object-id and --resource-id, one of which may be given."""
    which = parser.add_mutually_exclusive_group()
    for name in ("client", "object", "resource"):
        which.add_argument(f"--{name}-id", metavar="ID", help=f"a user-assigned identity, by its {name} ID")
