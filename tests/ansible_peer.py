"""What Ansible itself makes of an inventory; run by Ansible's own Python. JSON in, JSON out.

{"file": PATH, "limits": [...]}  ->  {"hosts": {NAME: VARIABLES}, "groups": {NAME: [HOST]}, "limits": {LIMIT: [HOST]}}
"""

from __future__ import annotations

import json
import sys


def main() -> None:
    from ansible.inventory.manager import InventoryManager  # type: ignore[import-not-found,unused-ignore]
    from ansible.parsing.dataloader import DataLoader  # type: ignore[import-not-found,unused-ignore]
    from ansible.vars.manager import VariableManager  # type: ignore[import-not-found,unused-ignore]

    asked = json.load(sys.stdin)
    loader = DataLoader()
    inventory = InventoryManager(loader=loader, sources=[asked["file"]])
    manager = VariableManager(loader=loader, inventory=inventory)
    hosts = {}
    for host in inventory.get_hosts():
        found = manager.get_vars(host=host, include_hostvars=False)
        hosts[host.name] = {name: value for name, value in found.items() if name.startswith(("ansible_port", "x_"))}
    limits: dict[str, object] = {}
    for limit in asked["limits"]:
        try:
            limits[limit] = sorted(host.name for host in inventory.get_hosts(limit))
        except Exception as exc:
            limits[limit] = str(exc)
    groups = {name: sorted(host.name for host in group.get_hosts()) for name, group in inventory.groups.items()}
    json.dump({"hosts": hosts, "groups": groups, "limits": limits}, sys.stdout, default=str)


if __name__ == "__main__":
    main()
