"""`pybridge token`."""

from __future__ import annotations

import argparse

from ..credential import ManagedIdentityCredential
from .identity import identity_arguments, source_argument
from .output import print_json


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "resource",
        nargs="?",
        metavar="RESOURCE",
        default="https://management.azure.com/",
        help="what the token is for (default: %(default)s)",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object, with the expiry")
    identity_arguments(parser)
    parser.add_argument("--endpoint", metavar="URL", help="an MSI endpoint other than the source's own")
    source_argument(parser)


def run(options: argparse.Namespace) -> int:
    credential = ManagedIdentityCredential(
        client_id=options.client_id,
        object_id=options.object_id,
        resource_id=options.resource_id,
        source=options.source,
        endpoint=options.endpoint,
    )
    token = credential.get_token(options.resource)
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
