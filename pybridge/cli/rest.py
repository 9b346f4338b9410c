"""`pybridge rest`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from ..arm import ArmClient
from ..arm.paths import address
from ..arm.payload import read
from ..credential import ManagedIdentityCredential
from ..errors import UsageError
from ..printable import screen
from .identity import identity_arguments, source_argument
from .output import print_json
from .progress import shown

METHODS = ("GET", "HEAD", "PUT", "PATCH", "POST", "DELETE")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("method", metavar="METHOD", type=str.upper, choices=METHODS, help=", ".join(METHODS))
    parser.add_argument(
        "path", metavar="PATH", help='such as "/subscriptions?api-version=2022-12-01"; {subscription} is put in'
    )
    parser.add_argument("--api-version", metavar="VERSION", help="where the path does not say it")
    parser.add_argument("--body", metavar="JSON", help="what to send: JSON, @FILE, or - for stdin")
    parser.add_argument("--follow", action="store_true", help="print the items of all pages, one JSON object a line")
    parser.add_argument("--no-wait", action="store_true", help="do not wait for the end of what takes long")
    parser.add_argument("--subscription", metavar="ID", help="its subscription (default: the first visible)")
    parser.add_argument("--verbose", action="store_true", help="tell on stderr what is asked, and why it waits")
    identity_arguments(parser)
    source_argument(parser)


def run(options: argparse.Namespace) -> int:
    body = _body(options.body)
    if options.follow and (options.method != "GET" or body is not None):
        raise UsageError("--follow is for lists: GET, and no body")
    credential = ManagedIdentityCredential(
        source=options.source,
        client_id=options.client_id,
        object_id=options.object_id,
        resource_id=options.resource_id,
    )
    verbose = _to_stderr if options.verbose else None
    arm = ArmClient(credential, subscription_id=options.subscription, verbose=verbose)
    path, version, query = address(options.path, options.api_version, lambda: arm.subscription_id)
    if options.follow:
        for item in arm.list(path, version, **query):
            print_json(item)
        return 0
    if options.method in ("GET", "HEAD"):
        answer = arm.send(options.method, path, version, body, query=query).body
    else:
        with shown() as progress:
            answer = arm.change(
                options.method, path, version, body, wait=not options.no_wait, progress=progress, query=query
            )
    if answer is not None:
        print_json(answer)
    return 0


def _body(text: str | None) -> Any:
    if text is None:
        return None
    name = text
    if text == "-":
        text = sys.stdin.read()
    elif text.startswith("@"):
        try:
            text = Path(text[1:]).read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as exc:
            raise UsageError(f"{name[1:]} cannot be read: {exc}", target=name[1:]) from exc
    return read(text, "body", target="--body", remedy="Quote it for your shell, or use @FILE.")


def _to_stderr(text: str) -> None:
    print(screen(text), file=sys.stderr)
