"""Hosts from a file: Ansible's YAML inventory as it is, or a plain list.

    for host in load("hosts.yaml").hosts("web:!web03", password=Keyring()):
        ...

inventory.py   `Inventory`: names, groups and variables, and the `Host`s that they make
ansible.py     Ansible's YAML: groups, children, vars
folders.py     group_vars and host_vars beside it
listing.py     a plain list
names.py       `web[01:20]`: many names in one
patterns.py    what `--limit` means
variables.py   the variables that say how a host is reached, Ansible's and ours
"""

from .inventory import Inventory
from .reading import load, read

__all__ = ["Inventory", "load", "read"]
