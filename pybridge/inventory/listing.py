"""A plain list: a host on each line, `#` before a comment. A host is a name, an IP address or a URL; ranges do too."""

from __future__ import annotations

import re

from ..errors import InventoryError, UsageError
from ..hosts import Address
from ..yamlfile import Node
from .inventory import Inventory
from .names import MOST, expand

#: Ansible's older format: `[group]`, or variables behind a name.
_INI = re.compile(r"\[[\w.-]+(:\w+)?\]|\S+\s+\w+\s*=.*|\w+\s*=.*")


def read(text: str, *, file: str) -> Inventory:
    """The inventory that a list says.

    Raises:
        InventoryError: A line is no host; the message names it.
    """
    names: dict[str, dict[str, Node]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        entry = line.partition("#")[0].strip() if not line.lstrip().startswith("#") else ""
        if not entry:
            continue
        try:
            found, port = ([entry], None) if "://" in entry else expand(entry)
            for name in found:
                Address.parse(name)
        except (ValueError, UsageError) as exc:
            raise _refused(entry, exc, file, number) from exc
        said = (
            {} if port is None else {"ansible_port": Node(port, file=file, line=number, path="", error=InventoryError)}
        )
        names.update(dict.fromkeys(found, said))
        if len(names) > MOST:
            raise InventoryError(f"there are more than {MOST} hosts", file=file, line=number)
    return Inventory(names, {"all": tuple(names)})


def _refused(entry: str, exc: ValueError | UsageError, file: str, line: int) -> InventoryError:
    if _INI.fullmatch(entry):
        return InventoryError(
            "this is Ansible's INI format; pybridge reads its YAML",
            file=file,
            line=line,
            remedy=f"Let Ansible write it anew:\n  ansible-inventory -i {file} --list --yaml --output hosts.yaml",
        )
    if isinstance(exc, UsageError):
        return InventoryError(exc.message, file=file, line=line, remedy=exc.remedy)
    return InventoryError(f"{entry[:200]!r} is not a host: {exc}", file=file, line=line)
