"""commands.yaml as frozen values, checked: what is wrong is named with its line."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from . import yamlfile
from .errors import SpecError
from .wire import snake
from .yamlfile import Node

#: The verbs that commands may begin with, of those that PowerShell approves. `Get-Verb` lists them all.
VERBS = frozenset(
    "Add Clear Connect Disable Disconnect Enable Get Import Install Invoke New Remove Rename Resolve Restart Save "
    "Select Set Start Stop Test Update".split()
)

#: Parameter types, and what they are in PowerShell.
TYPES: Mapping[str, str] = {
    "string": "string",
    "int": "int",
    "switch": "switch",
    "securestring": "securestring",
    "credential": "System.Management.Automation.PSCredential",
    "object": "psobject",
}

CONTEXTS = frozenset({"none", "required", "sign_in", "sign_out"})
COLUMNS = ("path", "members", "leaf", "map")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a view: `kind` is one of COLUMNS and says what is shown of `path`; `wrap`: no text is cut off."""

    label: str
    kind: str
    path: str
    width: int | None
    optional: bool
    wrap: bool = False


@dataclass(frozen=True, slots=True)
class Type:
    """A type of objects that commands return; the comments of commands.yaml say what each part means."""

    key: str
    name: str
    to_string: str | None
    maps: tuple[str, ...]
    nested: Mapping[str, str]
    aliases: Mapping[str, str]
    depth: int | None
    table: tuple[Column, ...]
    list: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class ParameterSet:
    """How a parameter stands in one parameter set; an empty name means all sets."""

    name: str
    mandatory: bool
    position: int | None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a command; `argument` is None when the operation does not get it."""

    name: str
    type: str
    argument: str | None
    aliases: tuple[str, ...]
    pipeline: str | None
    values: tuple[str, ...]
    values_hint: tuple[str, ...]
    sets: tuple[ParameterSet, ...]
    help: str


@dataclass(frozen=True, slots=True)
class Example:
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Command:
    """A command of the module."""

    name: str
    aliases: tuple[str, ...]
    operation: str
    passes_parameter_set: bool
    context: str
    action: str | None
    output: tuple[str, ...]
    default_set: str | None
    synopsis: str
    description: str
    parameters: tuple[Parameter, ...]
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Spec:
    """All of commands.yaml."""

    name: str
    guid: str
    description: str
    types: tuple[Type, ...]
    commands: tuple[Command, ...]


def load(root: Path, operations: Collection[str]) -> Spec:
    """The spec in a folder: commands.yaml, and the parts that it names.

    Raises:
        SpecError: A file is missing, or something in it is wrong; the message names the line.
    """
    file = root / "commands.yaml"
    return parse(
        file.read_text(encoding="utf-8"),
        file=str(file),
        operations=operations,
        read=lambda part: (root / part).read_text(encoding="utf-8"),
    )


def parse(text: str, *, file: str, operations: Collection[str], read: Callable[[str], str] | None = None) -> Spec:
    """Read and check the spec.

    Args:
        text: The YAML; it may be a part itself.
        file: Its name, for errors.
        operations: The names of the operations that exist.
        read: Gives the text of a part.

    Raises:
        SpecError: Something is wrong; the message names the line.
    """
    root = _root(text, file)
    entries = _entries(root, {"module", "parts", "types", "commands"}, required={"module"})
    module = _entries(entries["module"], {"name", "guid", "description"}, required={"name", "guid", "description"})
    parts = [{key: entries[key] for key in ("types", "commands") if key in entries}]
    for item in entries["parts"].items() if "parts" in entries else ():
        try:
            part = _root(read(item.text()) if read else "", item.text())
        except OSError:
            item.fail(f"there is no file {item.value!r}")
        parts.append(part.mapping({"azurerm", "types", "commands"}))
    keys = {key for part in parts if "types" in part for key in part["types"].mapping()}
    nodes = [node for part in parts if "commands" in part for node in part["commands"].items()]
    commands = tuple(_command(node, keys, operations) for node in nodes)
    _refuse_duplicates(nodes, commands)
    return Spec(
        name=module["name"].text(),
        guid=module["guid"].text(),
        description=module["description"].text(),
        types=tuple(
            _type(key, node, keys) for part in parts if "types" in part for key, node in part["types"].mapping().items()
        ),
        commands=commands,
    )


def _root(text: str, file: str) -> Node:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.isascii():
            raise SpecError("text that is not ASCII; Windows PowerShell 5.1 would garble it", file=file, line=number)
    return yamlfile.parse(text, file=file, error=SpecError)


def _entries(node: Node, known: set[str], *, required: set[str]) -> dict[str, Node]:
    entries = node.mapping(known)
    missing = sorted(required - set(entries))
    if missing:
        node.fail(f"{missing[0]!r} is missing")
    return entries


def _texts(node: Node | None) -> tuple[str, ...]:
    return () if node is None else tuple(item.text() for item in node.items())


def _optional(node: Node | None) -> str | None:
    return None if node is None else node.text()


def _type(key: str, node: Node, keys: set[str]) -> Type:
    known = {"name", "to_string", "maps", "nested", "aliases", "depth", "view"}
    entries = _entries(node, known, required={"name"})
    nested = entries["nested"].mapping() if "nested" in entries else {}
    for item in nested.values():
        if item.text() not in keys:
            item.fail(f"there is no type {item.value!r}")
    view = entries["view"].mapping({"table", "list"}) if "view" in entries else {}
    return Type(
        key=key,
        name=entries["name"].text(),
        to_string=_optional(entries.get("to_string")),
        maps=_texts(entries.get("maps")),
        nested={member: item.text() for member, item in nested.items()},
        aliases={name: item.text() for name, item in entries["aliases"].mapping().items()}
        if "aliases" in entries
        else {},
        depth=entries["depth"].number() if "depth" in entries else None,
        table=_columns(view.get("table")),
        list=_columns(view.get("list")),
    )


def _columns(node: Node | None) -> tuple[Column, ...]:
    return () if node is None else tuple(_column(item) for item in node.items())


def _column(node: Node) -> Column:
    entries = _entries(node, {"label", "width", "optional", "wrap", *COLUMNS}, required={"label"})
    kinds = [kind for kind in COLUMNS if kind in entries]
    if len(kinds) != 1:
        node.fail(f"a column has exactly one of {', '.join(COLUMNS)}")
    path = entries[kinds[0]]
    if not re.fullmatch(r"\w+(\.\w+)*", path.text()):
        path.fail(f"{path.value!r} is not a path of members")
    return Column(
        label=entries["label"].text(),
        kind=kinds[0],
        path=path.text(),
        width=entries["width"].number() if "width" in entries else None,
        optional="optional" in entries and entries["optional"].flag(),
        wrap="wrap" in entries and entries["wrap"].flag(),
    )


def _command(node: Node, types: set[str], operations: Collection[str]) -> Command:
    required = {"name", "operation", "context", "output", "synopsis", "description", "examples"}
    known = required | {"aliases", "passes_parameter_set", "action", "default_set", "parameters"}
    entries = _entries(node, known, required=required)
    name, operation, context = entries["name"], entries["operation"], entries["context"]
    verb, _, noun = name.text().partition("-")
    if verb not in VERBS:
        name.fail(f"{verb!r} is not an approved verb", remedy=f"Approved and used here: {', '.join(sorted(VERBS))}.")
    if not re.fullmatch(r"[A-Z][A-Za-z]+", noun):
        name.fail(f"{name.value!r} is not of the form Verb-Noun")
    if operation.text() not in operations:
        operation.fail(
            f"there is no operation {operation.value!r}",
            remedy=f"Operations: {', '.join(sorted(operations))}.",
        )
    if context.text() not in CONTEXTS:
        context.fail(f"{context.value!r} is not one of {', '.join(sorted(CONTEXTS))}")
    for item in entries["output"].items():
        if item.text() not in types:
            item.fail(f"there is no type {item.value!r}")
    parameters = _parameters(entries.get("parameters"))
    default_set = entries.get("default_set")
    sets = {row.name for parameter in parameters for row in parameter.sets if row.name}
    if sets and default_set is None:
        node.fail("'default_set' is missing, and there are parameter sets")
    return Command(
        name=name.text(),
        aliases=_texts(entries.get("aliases")),
        operation=operation.text(),
        passes_parameter_set="passes_parameter_set" in entries and entries["passes_parameter_set"].flag(),
        context=context.text(),
        action=_optional(entries.get("action")),
        output=_texts(entries["output"]),
        default_set=_optional(default_set),
        synopsis=entries["synopsis"].text(),
        description=entries["description"].text(),
        parameters=parameters,
        examples=tuple(_example(item) for item in entries["examples"].items()),
    )


def _parameters(node: Node | None) -> tuple[Parameter, ...]:
    if node is None:
        return ()
    parameters: list[Parameter] = []
    seen: set[str] = set()
    for item in node.items():
        parameter = _parameter(item)
        for name in (parameter.name, *parameter.aliases):
            if name.lower() in seen:
                item.fail(f"the parameter {name!r} stands here twice")
            seen.add(name.lower())
        parameters.append(parameter)
    return tuple(parameters)


def _parameter(node: Node) -> Parameter:
    known = {
        *("name", "type", "argument", "aliases", "pipeline", "position", "mandatory"),
        *("values", "values_hint", "sets", "help"),
    }
    entries = _entries(node, known, required={"name", "type", "help"})
    name, kind = entries["name"].text(), entries["type"]
    if kind.text() not in TYPES:
        kind.fail(f"{kind.value!r} is not one of {', '.join(TYPES)}")
    pipeline = entries.get("pipeline")
    if pipeline is not None and pipeline.text() not in {"value", "property"}:
        pipeline.fail("expected 'value' or 'property'")
    argument = entries["argument"].text() if "argument" in entries else snake(name)
    everywhere = _set("", entries.get("mandatory"), entries.get("position"))
    sets = entries.get("sets")
    return Parameter(
        name=name,
        type=kind.text(),
        argument=None if argument == "none" else argument,
        aliases=_texts(entries.get("aliases")),
        pipeline=_optional(pipeline),
        values=_texts(entries.get("values")),
        values_hint=_texts(entries.get("values_hint")),
        sets=(everywhere,)
        if sets is None
        else tuple(_own(key, item, everywhere) for key, item in sets.mapping().items()),
        help=entries["help"].text(),
    )


def _own(name: str, node: Node, everywhere: ParameterSet) -> ParameterSet:
    """A parameter in one set: what the set says, else what the parameter says for all."""
    entries = node.mapping({"mandatory", "position"})
    own = _set(name, entries.get("mandatory"), entries.get("position"))
    return ParameterSet(
        name,
        own.mandatory or everywhere.mandatory,
        everywhere.position if own.position is None else own.position,
    )


def _set(name: str, mandatory: Node | None, position: Node | None) -> ParameterSet:
    return ParameterSet(
        name,
        mandatory is not None and mandatory.flag(),
        None if position is None else position.number(),
    )


def _example(node: Node) -> Example:
    entries = _entries(node, {"code", "text"}, required={"code", "text"})
    return Example(entries["code"].text(), entries["text"].text())


def _refuse_duplicates(nodes: Iterable[Node], commands: tuple[Command, ...]) -> None:
    seen: set[str] = set()
    for item, command in zip(nodes, commands, strict=True):
        for name in (command.name, *command.aliases):
            if name.lower() in seen:
                item.fail(f"the command {name!r} stands here twice")
            seen.add(name.lower())
