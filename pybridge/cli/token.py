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
from .identity import identity_arguments, resource_argument, source_argument
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


def run(options: argparse.Namespace) -> int:
    resource = resource_named(options.resource, options.cloud)

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
    if options.json:
        print_json(
            {
                "access_token": token.token,
                "expires_on": token.expires_on,
                "resource": token.resource,
                "source": token.source,
                "client_id": token.client_id,
            }
        )
    else:
        print(token.token)
    return 0


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
    print(f"pybridge: waiting, for {left:.0f} s more: {error.message}", file=sys.stderr)
