"""`pybridge clouds`."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from ..clouds import CLOUDS, cloud, discover
from ..transport import HttpsTransport
from .output import print_json

#: What is shown of one cloud; --json has the rest.
_SHOWN = {
    "Name": "name",
    "ResourceManager": "resource_manager_url",
    "Audience": "active_directory_service_endpoint_resource_id",
    "Login": "active_directory_authority",
    "Portal": "management_portal_url",
    "MicrosoftGraph": "microsoft_graph_url",
    "AzureADGraph": "graph_url",
    "KeyVaultSuffix": "azure_key_vault_dns_suffix",
    "StorageSuffix": "storage_endpoint_suffix",
    "SqlSuffix": "sql_database_dns_suffix",
    "RegistrySuffix": "container_registry_endpoint_suffix",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    which = parser.add_mutually_exclusive_group()
    which.add_argument("name", nargs="?", metavar="NAME", help="show only this cloud")
    which.add_argument("--arm-endpoint", metavar="URL", help="ask the ARM there which cloud it is, an Azure Stack say")
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")


def run(options: argparse.Namespace) -> int:
    if options.arm_endpoint:
        transport = HttpsTransport()
        try:
            found = [discover(options.arm_endpoint, transport)]
        finally:
            transport.close()
    else:
        found = [cloud(options.name)] if options.name else list(CLOUDS.values())
    for number, environment in enumerate(found):
        if options.json:
            print_json(asdict(environment))
            continue
        if number:
            print()
        for label, member in _SHOWN.items():
            value = getattr(environment, member)
            if value:
                print(f"{label:<18}{value}")
    return 0
