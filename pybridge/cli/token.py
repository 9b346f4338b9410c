"""`pybridge token`."""

from __future__ import annotations

import argparse
import math
import os
import sys

from ..catalogue import resource_named
from ..credential import DEADLINE, ManagedIdentityCredential
from ..errors import PyBridgeError
from ..models import AccessToken
from . import hosts
from .identity import identity_arguments, identity_options, resource_argument, source_argument
from .output import print_json


def arguments(parser: argparse.ArgumentParser) -> None:
    resource_argument(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object, with the expiry")
    identity_arguments(parser)
    source_argument(parser)
    parser.add_argument("--endpoint", metavar="URL", help="a token endpoint other than the source's own")
    parser.add_argument(
        "--wait", type=_seconds, metavar="SECONDS", help="keep asking for so long while nobody answers yet"
    )
    parser.add_argument(
        "--cache",
        action="store_true",
        help="share the token with other processes of this user, in the folder that PYBRIDGE_TOKEN_CACHE names or "
        "in the user's own",
    )
    hosts.host_arguments(parser)


def run(options: argparse.Namespace) -> int:
    resource = resource_named(options.resource, options.cloud)
    if hosts.given(options):
        return _ask_hosts(options, resource)

    def ask(deadline: float) -> AccessToken:
        credential = ManagedIdentityCredential(
            client_id=options.client_id,
            object_id=options.object_id,
            resource_id=options.resource_id,
            source=options.source,
            endpoint=options.endpoint,
            cloud=options.cloud,
            cache=_cache() if options.cache else None,
            deadline=deadline,
        )
        return credential.get_token(resource)

    if options.wait is None:
        token = ask(DEADLINE)
    else:
        from ..waiting import wait_for_token

        token = wait_for_token(ask, options.wait, tell=_tell)
    return _show(options, token)


def _show(options: argparse.Namespace, token: AccessToken) -> int:
    if options.json:
        print_json(_encoded(token))
    else:
        print(token.token)
    return 0


def _encoded(token: AccessToken) -> dict[str, object]:
    return {
        "access_token": token.token,
        "expires_on": token.expires_on,
        "resource": token.resource,
        "source": token.source,
        "client_id": token.client_id,
    }


def _ask_hosts(options: argparse.Namespace, resource: str) -> int:
    from .. import hostjobs
    from .fanout import Task, ask_hosts

    hosts.refuse(options, "endpoint", "wait", "cache")
    arguments = {"resource": resource, **identity_options(options)}
    task = Task(
        "Getting tokens",
        hostjobs.token,
        arguments,
        lambda token: _show(options, token),
        _encoded,
        is_secret=True,
    )
    return ask_hosts(options, task)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds")
    return seconds


def _cache() -> str:
    """The folder that the variable names; the user's own where it names none."""
    named = os.environ.get("PYBRIDGE_TOKEN_CACHE", "")
    return named if os.path.isabs(named) else "1"  # noqa: PTH117 - pathlib takes milliseconds of a cold token


def _tell(error: PyBridgeError, left: float) -> None:
    from ..printable import printable  # an error may quote whoever answers

    print(f"pybridge: waiting, for {left:.0f} s more: {printable(error.message)}", file=sys.stderr)
