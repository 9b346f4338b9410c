"""Names on their way: snake_case in Python, PascalCase in PowerShell."""

from __future__ import annotations

import re
from functools import lru_cache

#: AzureRM's own spellings where the mechanical one differs.
_IRREGULAR = {"os_profile": "OSProfile", "vm_agent": "VMAgent", "vm_name": "VMName"}


@lru_cache(maxsize=4096)  # most of what travels is names, and they are always the same
def pascal(name: str) -> str:
    """`resource_group_name` -> `ResourceGroupName`; `vmSize` -> `VmSize`."""
    irregular = _IRREGULAR.get(name)
    if irregular is not None:
        return irregular
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


@lru_cache(maxsize=256)
def snake(name: str) -> str:
    """`VirtualMachine` -> `virtual_machine`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
