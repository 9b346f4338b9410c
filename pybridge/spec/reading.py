"""The spec's file and its parts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path

from .. import yamlfile
from ..errors import SpecError
from ..yamlfile import Node
from .commands import read_command
from .entries import entries_of
from .nouns import Command, Home, Spec
from .parameters import read_shared
from .types import read_type


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
        text: The YAML of the root; types and commands may stand in it, and in the parts that it names.
        file: Its name, for errors.
        operations: The names of the operations that exist.
        read: Gives the text of a part.

    Raises:
        SpecError: Something is wrong; the message names the line.
    """
    root = entries_of(
        _document(text, file), {"module", "parts", "parameters", "groups", "types", "commands"}, required={"module"}
    )
    module = entries_of(root["module"], {"name", "guid", "description"}, required={"name", "guid", "description"})
    shared = read_shared(root.get("parameters"), root.get("groups"))
    parts: list[Mapping[str, Node]] = [root]
    parts += [_part(item, read) for item in (root["parts"].items() if "parts" in root else ())]
    types = _types(parts)
    nodes: list[Node] = []
    commands: list[Command] = []
    for part in parts:
        home = _home(part.get("azurerm"))
        for node in part["commands"].items() if "commands" in part else ():
            nodes.append(node)
            commands.append(read_command(node, types=types, shared=shared, operations=operations, home=home))
    _refuse_duplicates(nodes, commands)
    return Spec(
        name=module["name"].text(),
        guid=module["guid"].text(),
        description=module["description"].text(),
        types=tuple(read_type(key, node, types) for key, node in types.items()),
        commands=tuple(commands),
    )


def _document(text: str, file: str) -> Node:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.isascii():
            raise SpecError("text that is not ASCII; Windows PowerShell 5.1 would garble it", file=file, line=number)
    return yamlfile.parse(text, file=file, error=SpecError)


def _part(name: Node, read: Callable[[str], str] | None) -> dict[str, Node]:
    file = name.text()
    try:
        text = read(file) if read else None
    except OSError:
        text = None
    if text is None:
        name.fail(f"there is no file {file!r}")
    return _document(text, file).mapping({"azurerm", "types", "commands"})


def _home(node: Node | None) -> Home | None:
    if node is None:
        return None
    entries = entries_of(node, {"module", "version"}, required={"module", "version"})
    return Home(entries["module"].text(), entries["version"].text())


def _types(parts: Iterable[Mapping[str, Node]]) -> dict[str, Node]:
    """The types of all parts, by key."""
    found: dict[str, Node] = {}
    for part in parts:
        for key, node in part["types"].mapping().items() if "types" in part else ():
            if key in found:
                node.fail(f"the type {key!r} stands in two parts")
            found[key] = node
    return found


def _refuse_duplicates(nodes: Iterable[Node], commands: Iterable[Command]) -> None:
    seen: set[str] = set()
    for item, command in zip(nodes, commands, strict=True):
        for name in (command.name, *command.aliases):
            if name.lower() in seen:
                item.fail(f"the command {name!r} stands here twice")
            seen.add(name.lower())
