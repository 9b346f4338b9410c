"""`pybridge whoami`."""

from __future__ import annotations

import argparse
import time
from dataclasses import asdict

from ..catalogue import resource_named
from ..credential import ManagedIdentityCredential
from ..identity import who_am_i
from ..resources import ManagedIdentity
from . import hosts
from .identity import identity_arguments, identity_options, resource_argument, source_argument
from .output import print_json

#: What is shown, in order; --json has it all.
_SHOWN = {
    "Identity": "kind",
    "Name": "display_name",
    "ObjectId": "object_id",
    "ClientId": "client_id",
    "TenantId": "tenant_id",
    "ResourceId": "resource_id",
    "AssignedTo": "assigned_to",
    "Source": "source",
    "Why": "why",
    "Resource": "resource",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    resource_argument(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    identity_arguments(parser)
    source_argument(parser)
    hosts.host_arguments(parser)


def run(options: argparse.Namespace) -> int:
    resource = resource_named(options.resource, options.cloud)
    if hosts.given(options):
        from .. import hostjobs
        from .fanout import Task, ask_hosts

        arguments = {"resource": resource, **identity_options(options)}
        task = Task("Asking who they are", hostjobs.whoami, arguments, lambda found: _show(options, found), asdict)
        return ask_hosts(options, task)
    credential = ManagedIdentityCredential(
        client_id=options.client_id,
        object_id=options.object_id,
        resource_id=options.resource_id,
        source=options.source,
        cloud=options.cloud,
    )
    return _show(options, who_am_i(credential, resource))


def _show(options: argparse.Namespace, found: ManagedIdentity) -> int:
    if options.json:
        print_json(asdict(found))
        return 0
    for label, member in _SHOWN.items():
        value = getattr(found, member)
        if value:
            print(f"{label:<12}{value}")
    print(f"{'ExpiresOn':<12}{time.strftime('%Y-%m-%d %H:%M:%S UTC', time.gmtime(found.expires_on))}")
    return 0
