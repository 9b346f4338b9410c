"""`pybridge emulate`."""

from __future__ import annotations

import argparse
import sys

from ..emulator.command import emulate
from ..emulator.hosting import HOSTINGS


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.usage = "pybridge emulate [options] [-- COMMAND ...]"
    parser.epilog = (
        "Without a command it prints one line of JSON: where it is, and what the world's applications sign in with: "
        "tenant, client ID and secret, for Connect-AzureRmAccount -ServicePrincipal. Around a command, --show prints "
        "it first. The secrets are the same in every run, and worth nothing outside of the emulator. deployApp of the "
        "default world may change what the machine's own identity may only read."
    )
    parser.add_argument("--port", type=int, default=50342, help="default: %(default)s; 0: any free one")
    parser.add_argument("--state", metavar="FILE", help="a YAML file that describes the world")
    parser.add_argument(
        "--machine", metavar="VM", default="myVM", help='which VM "this machine" is (default: %(default)s)'
    )
    parser.add_argument(
        "--as",
        dest="hosting",
        type=lambda name: name.replace("_", "-"),
        choices=HOSTINGS,
        metavar="NAME",
        help=f"be this hosting environment, and set its variables: {', '.join(HOSTINGS)} (default: vm, and the "
        "endpoints of all others answer too)",
    )
    parser.add_argument("--page-size", type=int, default=50, help="items on a page of a list (default: %(default)s)")
    parser.add_argument(
        "--polls",
        type=int,
        default=1,
        metavar="N",
        help="how many polls find a long operation still running (default: %(default)s)",
    )
    parser.add_argument(
        "--throttle", action="store_true", help="answer 429 to more requests than Azure allows (250 reads, 200 writes)"
    )
    parser.add_argument(
        "--show", action="store_true", help="before the command, print on stderr what is printed without one"
    )
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="ROUTE,KEY=VALUE...",
        help="make a route fail: status=500, delay=2, drop, stall, garbage, body=truncated, retry-after=3, times=2, "
        "operation=Failed",
    )


def run(options: argparse.Namespace) -> int:
    return emulate(
        state=options.state,
        machine=options.machine,
        port=options.port,
        faults=options.fault,
        page_size=options.page_size,
        command=options.command_line,
        stdout=sys.stdout,
        hosting=options.hosting,
        polls=options.polls,
        throttle=options.throttle,
        show=sys.stderr if options.show else None,
    )
