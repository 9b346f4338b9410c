"""Ansible's YAML inventory: groups of hosts and of groups, with variables that count from the general to the special.

https://docs.ansible.com/ansible/latest/inventory_guide/intro_inventory.html

    all:
      vars: {ansible_connection: winrm}
      children:
        web:
          hosts:
            web[01:20].contoso.com:
            web21.contoso.com: {ansible_port: 5986}
          vars: {ansible_user: CONTOSO\\admin}

A variable of a child counts before that of its parent, and one of a host before all. Between groups that are as deep,
the one counts whose `ansible_group_priority` is higher, else whose name comes later: that is Ansible's order. What
stands in `group_vars` and `host_vars` counts before what the file says of groups, and of the host.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ..yamlfile import Node
from .folders import Folders
from .inventory import Inventory
from .names import MOST, expand

#: The tags that Ansible has for scalars.
TAGS = frozenset({"!vault", "!vault-encrypted", "!unsafe"})

_SECTIONS = ("hosts", "children", "vars")
_ALL = "all"


@dataclass(eq=False, slots=True)
class _Group:
    """A group, put together from all places where it stands."""

    name: str
    node: Node
    vars: dict[str, Node] = field(default_factory=dict)
    hosts: dict[str, None] = field(default_factory=dict)
    children: dict[str, _Group] = field(default_factory=dict)
    is_child: bool = False
    depth: int = 0

    @property
    def rank(self) -> tuple[int, int, str]:
        """What orders the variables of groups: a later one's counts."""
        node = self.vars.get("ansible_group_priority")
        return (self.depth, 1 if node is None else node.number(), self.name)


class _Reader:
    def __init__(self) -> None:
        self.groups: dict[str, _Group] = {}
        self.names: dict[str, dict[str, Node]] = {}
        self.notes: list[str] = []

    def group(self, name: str, node: Node) -> _Group:
        """Read what stands at one place about a group."""
        group = self.groups.setdefault(name, _Group(name, node))
        entries = node.mapping()
        for key, entry in entries.items():
            if key not in _SECTIONS:
                self.pass_over(entry, "a group has only hosts, children and vars")
        if "vars" in entries:
            group.vars.update(entries["vars"].mapping())
        for pattern, entry in _section(entries, "hosts"):
            self._hosts(group, pattern, entry)
        for child, entry in _section(entries, "children"):
            group.children[child] = self.group(child, entry)
            group.children[child].is_child = True
        return group

    def pass_over(self, node: Node, why: str) -> None:
        """Ansible warns of it, and goes on."""
        self.notes.append(f"{node.file}:{node.line}: {node.path} is passed over: {why}")

    def _hosts(self, group: _Group, pattern: str, entry: Node) -> None:
        try:
            names, port = expand(pattern)
        except ValueError as exc:
            entry.fail(str(exc))
        variables = entry.mapping()
        for name in names:
            if name not in self.names and len(self.names) >= MOST:
                entry.fail(f"there are more than {MOST} hosts")
            group.hosts[name] = None
            known = self.names.setdefault(name, {})
            if port is not None:
                known["ansible_port"] = Node(port, file=entry.file, line=entry.line, path=entry.path, error=entry.error)
            known.update(variables)


def _section(entries: dict[str, Node], name: str) -> Iterator[tuple[str, Node]]:
    """What stands below `hosts` or `children`; the name of a single one will do."""
    node = entries.get(name)
    if node is None or node.value is None:
        return
    if isinstance(node.value, str):
        yield node.value, Node(None, file=node.file, line=node.line, path=node.path, error=node.error)
        return
    if isinstance(node.value, list):
        node.fail(
            "expected a mapping, not a list", remedy="Write each name with a colon behind it: `web01:`, not `- web01`."
        )
    yield from node.mapping().items()


def read(root: Node, beside: Path | None = None) -> Inventory:
    """The inventory that a document says.

    Args:
        beside: The folder where `group_vars` and `host_vars` may be.

    Raises:
        InventoryError: It says something wrong; the message names file and line.
    """
    entries = root.mapping()
    if "plugin" in entries:
        entries["plugin"].fail(
            "this tells a plugin of Ansible where to find hosts, and names none",
            remedy="Let Ansible ask it:\n  ansible-inventory -i FILE --list --yaml --output hosts.yaml",
        )
    reader = _Reader()
    for name, node in entries.items():
        if isinstance(node.value, dict | None):
            reader.group(name, node)
        else:
            reader.pass_over(node, "it is not a group")
    top = reader.groups.setdefault(_ALL, _Group(_ALL, root))
    for group in reader.groups.values():
        if group is not top and not group.is_child:
            top.children[group.name] = group
    _sink(top, 0, ())
    for group in reader.groups.values():
        if group is not top and not group.depth:  # nobody's child but its own descendants'
            _sink(group, 1, ())
    members = {group.name: tuple(dict.fromkeys(_members(group))) for group in reader.groups.values()}
    members[_ALL] = tuple(reader.names)
    grouped = {name for group in reader.groups.values() if group is not top for name in group.hosts}
    members.setdefault("ungrouped", tuple(name for name in reader.names if name not in grouped))
    folders = Folders(beside, TAGS)
    return Inventory(_variables(reader, top, folders), members, notes=(*reader.notes, *folders.notes))


def _sink(group: _Group, depth: int, path: tuple[_Group, ...]) -> None:
    """Give each group its depth: that of the longest way to it."""
    if group in path:
        group.node.fail(f"the group {group.name} is within itself: {' > '.join(one.name for one in (*path, group))}")
    group.depth = max(group.depth, depth)
    for child in group.children.values():
        _sink(child, depth + 1, (*path, group))


def _members(group: _Group) -> Iterator[str]:
    yield from group.hosts
    for child in group.children.values():
        yield from _members(child)


def _variables(reader: _Reader, top: _Group, folders: Folders) -> dict[str, dict[str, Node]]:
    """The variables of each host, those of its groups included: the file's before those of the folders beside it."""
    groups: dict[str, dict[str, _Group]] = {name: {top.name: top} for name in reader.names}

    def descend(group: _Group, above: tuple[_Group, ...]) -> None:
        lineage = (*above, group)
        for name in group.hosts:
            groups[name].update({one.name: one for one in lineage})
        for child in group.children.values():
            descend(child, lineage)

    descend(top, ())
    whole = {}
    for name, found in groups.items():
        ranked = sorted(found.values(), key=lambda one: one.rank)
        whole[name] = {
            **{key: node for one in ranked for key, node in one.vars.items()},
            **{key: node for one in ranked for key, node in folders.group(one.name).items()},
            **reader.names[name],
            **folders.host(name),
        }
    return whole
