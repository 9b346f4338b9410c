"""`pybridge vm`."""

from __future__ import annotations

import argparse

from ..arm import ArmClient
from ..credential import ManagedIdentityCredential
from .identity import source_argument
from .output import print_json


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("group", metavar="GROUP", help="its resource group")
    parser.add_argument("name", metavar="NAME", help="its name")
    parser.add_argument("--subscription", metavar="ID", help="its subscription (default: the first visible)")
    parser.add_argument("--json", action="store_true", help="print ARM's own JSON")
    source_argument(parser)


def run(options: argparse.Namespace) -> int:
    arm = ArmClient(ManagedIdentityCredential(source=options.source), subscription_id=options.subscription)
    machine = arm.virtual_machine(options.group, options.name)
    if options.json:
        print_json(dict(machine.raw))
        return 0
    identity = machine.identity
    rows = (
        ("Name", machine.name),
        ("ResourceGroup", machine.resource_group_name),
        ("Location", machine.location),
        ("VmSize", (machine.hardware_profile or {}).get("vmSize")),
        ("ProvisioningState", machine.provisioning_state),
        ("IdentityType", identity and identity.type),
        ("PrincipalId", identity and identity.principal_id),
        ("Id", machine.id),
    )
    for name, value in rows:
        if value:
            print(f"{name:<18}{value}")
    return 0
