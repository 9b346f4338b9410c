"""`Inventory`: names, groups and variables, and the `Host`s that they make."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from ..hosts import Host
from ..yamlfile import Node
from . import variables
from .patterns import select

_NOTHING: Mapping[str, Node] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Inventory:
    """What an inventory says, with the variables of each host as they count for it.

    Attributes:
        names: The hosts and their variables, in the order of the file.
        groups: The hosts of each group, those of its children included; "all" has all.
        notes: What was passed over in the file: one sentence each.
    """

    names: Mapping[str, Mapping[str, Node]]
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def select(self, limit: str | None = None) -> list[str]:
        """The names of the hosts that a limit leaves.

        Args:
            limit: Names and groups, as Ansible's --limit has them: `web,db01,!web03`; wildcards; `&group`; all if None.

        Raises:
            UsageError: A part of it is the name of nothing, or nothing is left.
        """
        return list(self.names) if limit is None else select(limit, list(self.names), self.groups)

    def hosts(
        self, names: Iterable[str], *, defaults: Mapping[str, Any] = MappingProxyType({}), **options: Any
    ) -> Iterator[Host]:
        """The hosts of these names.

        Args:
            defaults: What counts where neither the inventory nor the options say.
            options: What `hosts.host` takes. It counts instead of what the inventory says, which then need not be
                readable: a password in Ansible's vault, say.

        Raises:
            InventoryError: A variable cannot be used; the message names file and line.
            UsageError: The host cannot be reached so.
        """
        for name in names:
            yield variables.host(name, self.names.get(name, _NOTHING), options, defaults)

    def warnings(self, names: Iterable[str]) -> list[str]:
        """What is said of these hosts and is not heeded: one sentence each, with file and line."""
        found = dict.fromkeys(self.notes)
        for name in names:
            found.update(dict.fromkeys(variables.unheeded(self.names.get(name, _NOTHING))))
        return list(found)
