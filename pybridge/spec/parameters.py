"""The parameters of a command."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ..wire import snake
from ..yamlfile import Node
from .entries import flag, key, number, text, texts, word
from .nouns import COMPLETERS, PIPELINES, TYPES, Parameter, ParameterSet

_KNOWN = set(
    "name type argument remote aliases pipeline position mandatory values values_hint completer members sets "
    "help".split()
)
_REQUIRED = {"name", "type", "help"}

#: What says what Tab suggests.
_SUGGESTING = {"values", "values_hint", "completer"}

#: What may differ from set to set.
_OF_SETS = {"mandatory", "position", "pipeline"}


class Shared(NamedTuple):
    """The parameters that many commands share, by key, and the groups of them that commands take over whole."""

    parameters: Mapping[str, Node]
    groups: Mapping[str, tuple[Node, ...]]


def read_shared(parameters: Node | None, groups: Node | None) -> Shared:
    """What commands share; each parameter could stand in a command as it is."""
    shared = {} if parameters is None else parameters.mapping()
    for item in shared.values():
        _parameter(item, item.mapping(_KNOWN))
    return Shared(
        shared,
        {
            name: tuple(shared[key(item, shared, what="shared parameter")] for item in node.items())
            for name, node in ({} if groups is None else groups.mapping()).items()
        },
    )


def read_parameters(node: Node | None, shared: Shared) -> tuple[Parameter, ...]:
    """The parameters of a command. Those of a group that it says itself, it says for itself.

    Raises:
        SpecError: One is wrong, or two have the same name.
    """
    found: list[tuple[Node, Parameter, bool]] = []
    for item in () if node is None else node.items():
        group = item.mapping().get("group")
        if group is None:
            found.append((item, _parameter(item, _entries(item, shared)), False))
        else:
            sets = {name: node for name, node in item.mapping({"group", "sets"}).items() if name == "sets"}
            members = shared.groups[key(group, shared.groups, what="group")]
            found += [(item, _parameter(member, {**member.mapping(), **sets}), True) for member in members]
    own = {parameter.name for _, parameter, of_group in found if not of_group}
    parameters: list[Parameter] = []
    seen: set[str] = set()
    for item, parameter, of_group in found:
        if of_group and parameter.name in own:
            continue
        for name in (parameter.name, *parameter.aliases):
            if name.lower() in seen:
                item.fail(f"the parameter {name!r} stands here twice")
            seen.add(name.lower())
        parameters.append(parameter)
    return tuple(parameters)


def _entries(node: Node, shared: Shared) -> dict[str, Node]:
    """What stands at a parameter, over what the shared one that it uses says."""
    entries = node.mapping({"use", *_KNOWN})
    used = entries.get("use")
    if used is None:
        return entries
    return {**shared.parameters[key(used, shared.parameters, what="shared parameter")].mapping(), **entries}


def _parameter(node: Node, entries: Mapping[str, Node]) -> Parameter:
    missing = sorted(_REQUIRED - set(entries))
    if missing:
        node.fail(f"{missing[0]!r} is missing")
    name, kind = entries["name"].text(), word(entries["type"], TYPES)
    completer, members, sets = entries.get("completer"), entries.get("members"), entries.get("sets")
    suggesting = [item for item in entries if item in _SUGGESTING]
    if len(suggesting) > 1:
        entries[suggesting[1]].fail(f"a parameter has {' or '.join(suggesting)}, not both")
    if members is not None and kind != "object":
        members.fail("only an object has members")
    argument = entries["argument"].text() if "argument" in entries else snake(name)
    everywhere = _set("", entries)
    return Parameter(
        name=name,
        type=kind,
        argument=None if argument == "none" else argument,
        help=entries["help"].text(),
        aliases=texts(entries.get("aliases")),
        values=texts(entries.get("values")),
        values_hint=texts(entries.get("values_hint")),
        completer=None if completer is None else word(completer, COMPLETERS),
        members=texts(members),
        remote=text(entries.get("remote")),
        sets=(everywhere,)
        if sets is None
        else tuple(_set(own, item.mapping(_OF_SETS), everywhere) for own, item in sets.mapping().items()),
    )


def _set(name: str, entries: Mapping[str, Node], otherwise: ParameterSet | None = None) -> ParameterSet:
    """A parameter in one set: what the set says, else what the parameter says for all."""
    otherwise = otherwise or ParameterSet(name)
    pipeline = entries.get("pipeline")
    return ParameterSet(
        name,
        mandatory=flag(entries["mandatory"]) if "mandatory" in entries else otherwise.mandatory,
        position=number(entries["position"]) if "position" in entries else otherwise.position,
        pipeline=otherwise.pipeline if pipeline is None else word(pipeline, PIPELINES),
    )


def set_names(parameters: tuple[Parameter, ...]) -> set[str]:
    """The names of the sets that parameters are in; those that are in all sets name none."""
    return {row.name for parameter in parameters for row in parameter.sets if row.name}
