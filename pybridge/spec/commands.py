"""The commands of the spec."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from ..yamlfile import Node
from .entries import entries_of, flag, key, text, texts, word
from .nouns import CONTEXTS, VERBS, Command, Example, Home, Parameter
from .parameters import Shared, read_parameters, set_names

_REQUIRED = set("name context output synopsis description examples".split())
_KNOWN = _REQUIRED | set(
    "aliases operation local passes_parameter_set action actions target confirm as_job no_wait default_set "
    "parameters".split()
)

#: The parameters that the generator adds to a command that asks for them.
ADDED = {"as_job": "AsJob", "no_wait": "NoWait"}


def read_command(
    node: Node,
    *,
    types: Collection[str],
    shared: Shared,
    operations: Collection[str],
    home: Home | None,
) -> Command:
    """One command.

    Args:
        types: The keys of all types.
        shared: The parameters that commands may `use`.
        operations: The names of the operations that exist.
        home: The module of AzureRM that the commands of this part lived in.
    """
    entries = entries_of(node, _KNOWN, required=_REQUIRED)
    operation, local = entries.get("operation"), entries.get("local")
    if (operation is None) == (local is None):
        node.fail("a command has an 'operation', or is 'local'")
    parameters = read_parameters(entries.get("parameters"), shared)
    if set_names(parameters) and "default_set" not in entries:
        node.fail("'default_set' is missing, and there are parameter sets")
    return Command(
        name=_name(entries["name"]),
        aliases=texts(entries.get("aliases")),
        operation=None if operation is None else key(operation, operations, what="operation"),
        local=text(local),
        passes_parameter_set=flag(entries.get("passes_parameter_set")),
        context=word(entries["context"], CONTEXTS),
        action=text(entries.get("action")),
        target=_target(entries, parameters),
        confirm=_confirm(entries, parameters),
        as_job=_adds("as_job", entries, parameters),
        no_wait=_adds("no_wait", entries, parameters),
        output=tuple(key(item, types, what="type") for item in entries["output"].items()),
        default_set=text(entries.get("default_set")),
        synopsis=entries["synopsis"].text(),
        description=entries["description"].text(),
        parameters=parameters,
        examples=tuple(_example(item) for item in entries["examples"].items()),
        home=home,
        actions=_actions(entries, parameters),
    )


def _name(node: Node) -> str:
    verb, _, noun = node.text().partition("-")
    if verb not in VERBS:
        node.fail(f"{verb!r} is not an approved verb", remedy=f"Approved and used here: {', '.join(sorted(VERBS))}.")
    if not re.fullmatch(r"[A-Z][A-Za-z]+", noun):
        node.fail(f"{node.value!r} is not of the form Verb-Noun")
    return node.text()


def _target(entries: Mapping[str, Node], parameters: tuple[Parameter, ...]) -> tuple[str, ...]:
    if "target" not in entries:
        return ()
    if "action" not in entries:
        entries["target"].fail("only a command with an 'action' has a target")
    names = {item.name for item in parameters}
    return tuple(key(item, names, what="parameter") for item in entries["target"].items())


def _actions(entries: Mapping[str, Node], parameters: tuple[Parameter, ...]) -> dict[str, str]:
    if "actions" not in entries:
        return {}
    if "action" not in entries:
        entries["actions"].fail("only a command with an 'action' has others beside it")
    names = {item.name: item for item in parameters}
    actions = entries["actions"].mapping()
    for case, node in actions.items():
        name, _, value = case.partition("=")
        if name not in names or (value and value not in names[name].values):
            node.fail(f"there is no parameter {name!r}" if name not in names else f"-{name} does not take {value!r}")
    return {case: node.text() for case, node in actions.items()}


def _confirm(entries: Mapping[str, Node], parameters: tuple[Parameter, ...]) -> str | None:
    node = entries.get("confirm")
    if node is None:
        return None
    if "action" not in entries:
        node.fail("only a command with an 'action' has something to confirm")
    if not any(item.name == "Force" and item.type == "switch" for item in parameters):
        node.fail("a command that asks has a switch -Force, which answers")
    names = {item.name for item in parameters}
    for place in re.findall(r"\{(.*?)\}", node.text()):
        if place not in names:
            node.fail(f"there is no parameter {place!r}")
    return node.text()


def _adds(name: str, entries: Mapping[str, Node], parameters: tuple[Parameter, ...]) -> bool:
    """A flag that adds a parameter, which must not stand there by itself."""
    if not flag(entries.get(name)):
        return False
    if any(item.name == ADDED[name] for item in parameters):
        entries[name].fail(f"this adds -{ADDED[name]}, which stands among the parameters too")
    return True


def _example(node: Node) -> Example:
    entries = entries_of(node, {"code", "text"}, required={"code", "text"})
    return Example(entries["code"].text(), entries["text"].text())
