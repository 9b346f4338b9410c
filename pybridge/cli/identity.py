"""Arguments that several commands share: which resource, which source, which identity."""

from __future__ import annotations

import argparse


def resource_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "resource",
        nargs="?",
        metavar="RESOURCE",
        default="ResourceManager",
        help="what the token is for: a URL, or a name from `pybridge resources` (default: %(default)s)",
    )
    parser.add_argument("--cloud", metavar="NAME", help="where a name is looked up (default: AzureCloud)")


def source_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--source",
        metavar="NAME",
        help="app-service, arc, imds ... (default: the one that is found here; pybridge doctor tells)",
    )


def identity_options(options: argparse.Namespace) -> dict[str, str | None]:
    """What the jobs for hosts take of these."""
    return {name: getattr(options, name) for name in ("client_id", "object_id", "resource_id", "source", "cloud")}


def identity_arguments(parser: argparse.ArgumentParser) -> None:
    """--client-id, --object-id and --resource-id, one of which may be given."""
    which = parser.add_mutually_exclusive_group()
    for name in ("client", "object", "resource"):
        which.add_argument(f"--{name}-id", metavar="ID", help=f"a user-assigned identity, by its {name} ID")
