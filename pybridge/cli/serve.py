"""`pybridge serve`."""

from __future__ import annotations

import argparse
import os
import sys

from ..endpoint import command
from ..endpoint.formats import SERVED
from .identity import source_argument

_DEFAULT = command.Options()


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.usage = "pybridge serve [options] [-- COMMAND ...]"
    parser.add_argument("--port", type=int, default=_DEFAULT.port, help="default: %(default)s; 0: any free one")
    parser.add_argument(
        "--as",
        dest="served",
        choices=sorted(SERVED, reverse=True),
        default=_DEFAULT.served,
        help="vm: as the VM extension and as IMDS; app-service: as App Service, with a secret (default: %(default)s)",
    )
    source_argument(parser)
    parser.add_argument(
        "--allow-resource",
        action="append",
        default=[],
        metavar="URL",
        help="give tokens for this resource only; may be repeated",
    )
    parser.add_argument(
        "--allow-identity",
        action="append",
        default=[],
        metavar="ID",
        help='give tokens of this identity only, as its client, object or resource ID; "default": the one that is '
        "given when none is named; may be repeated",
    )
    parser.add_argument(
        "--any-user",
        action="store_true",
        help="let every user of this machine ask, where the source itself would not",
    )
    parser.add_argument(
        "--max-connections",
        type=_positive,
        default=_DEFAULT.limits.connections,
        metavar="N",
        help="at a time (default: %(default)s)",
    )
    parser.add_argument(
        "--rate",
        type=_positive,
        default=_DEFAULT.rate,
        metavar="N",
        help="requests a second, of all clients together (default: %(default)s)",
    )
    parser.add_argument("--verbose", action="store_true", help="a line about each request on stderr, without its query")


def run(options: argparse.Namespace) -> int:
    chosen = command.Options(
        port=options.port,
        served=options.served,
        source=options.source,
        any_user=options.any_user,
        resources=options.allow_resource,
        identities=options.allow_identity,
        limits=_DEFAULT.limits._replace(connections=options.max_connections),
        rate=options.rate,
        verbose=options.verbose,
    )
    return command.run(chosen, options.command_line, environ=os.environ, stdout=sys.stdout, stderr=sys.stderr)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not 1 or more")
    return number
