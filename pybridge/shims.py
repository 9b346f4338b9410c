"""AzureRM's modules that ours stand in for, from powershell/shims: what they are, and what of them is not covered."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from . import yamlfile
from .errors import SpecError
from .spec import Spec
from .yamlfile import Node

#: The folder of the files, below that of commands.yaml.
FOLDER = "shims"

#: The command that sends a call to Azure Resource Manager.
CALLER = "Invoke-AzureRmRestMethod"

_PATHS: Mapping[str, str] = {
    "subscription": "/subscriptions/{subscriptionId}",
    "group": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}",
}
_METHODS = ("GET", "PUT", "PATCH", "POST", "DELETE")
_WITH_BODY = frozenset({"PUT", "PATCH"})


@dataclass(frozen=True, slots=True)
class NotCovered:
    """A command of AzureRM that is none of ours.

    Attributes:
        az: What Az calls it.
        method, path: The call to Azure Resource Manager that does it; None where it takes more than one, or none.
        instead: A command of ours that does it too.
    """

    name: str
    aliases: tuple[str, ...] = ()
    az: str = ""
    method: str | None = None
    path: str | None = None
    instead: str | None = None

    @property
    def call(self) -> str | None:
        """The call as one would type it; names in braces are to be filled in."""
        if self.path is None:
            return None
        payload = " -Payload $json" if self.method in _WITH_BODY else ""
        return f"{CALLER} -Method {self.method} -Path '{self.path}'{payload}"

    @property
    def remedy(self) -> str:
        """The ways out, one a line."""
        lines = []
        if self.instead:
            lines.append(f"Use {self.instead}, which is covered.")
        if self.call:
            lines.append(f"Use {self.call}")
        lines.append(f"In Az it is {self.az}.")
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Shim:
    """A module of ours under the name of one of AzureRM's.

    Attributes:
        version: That of AzureRM's module.
        requires: Other shims that it brings along. One that has any has no commands of its own.
    """

    module: str
    version: str
    guid: str
    description: str
    requires: tuple[str, ...]
    not_covered: tuple[NotCovered, ...]


def load(root: Path, spec: Spec) -> tuple[Shim, ...]:
    """The shims of a powershell folder, checked against the spec.

    Raises:
        SpecError: Something is wrong; the message names the line.
    """
    files = sorted((root / FOLDER).glob("*.yaml"))
    return tuple(parse(file.read_text(encoding="utf-8"), file=str(file), spec=spec) for file in files)


def parse(text: str, *, file: str, spec: Spec) -> Shim:
    """Read and check one shim.

    Args:
        text: The YAML.
        file: Its name, for errors.
        spec: What is covered: a command of it may not stand here too.

    Raises:
        SpecError: Something is wrong; the message names the line.
    """
    root = yamlfile.parse(text, file=file, error=SpecError)
    required = {"module", "version", "guid", "description"}
    entries = root.mapping({*required, "requires", "paths", "not_covered"})
    for key in sorted(required - set(entries)):
        root.fail(f"{key!r} is missing")
    module, version = entries["module"].text(), entries["version"]
    for command in spec.commands:
        if command.home and command.home.module == module and command.home.version != version.text():
            version.fail(f"{command.name} says that it is from version {command.home.version}")
    paths = dict(_PATHS)
    for name, node in entries["paths"].mapping().items() if "paths" in entries else ():
        paths[name] = _expanded(node.text(), paths)
    covered = {name.lower() for command in spec.commands for name in (command.name, *command.aliases)}
    listed = entries["not_covered"].mapping() if "not_covered" in entries else {}
    return Shim(
        module=module,
        version=version.text(),
        guid=entries["guid"].text(),
        description=entries["description"].text(),
        requires=tuple(item.text() for item in entries["requires"].items()) if "requires" in entries else (),
        not_covered=tuple(_not_covered(name, node, covered, paths) for name, node in listed.items()),
    )


def _not_covered(name: str, node: Node, covered: Collection[str], paths: Mapping[str, str]) -> NotCovered:
    entries = node.mapping({"aliases", "az", "rest", "instead"})
    aliases = tuple(item.text() for item in entries["aliases"].items()) if "aliases" in entries else ()
    for item in (name, *aliases):
        if item.lower() in covered:
            node.fail(f"{item} is covered: the spec has it", remedy="Take it out of this list.")
    method = path = None
    if "rest" in entries:
        method, _, path = _expanded(entries["rest"].text(), paths).partition(" ")
        if method not in _METHODS or "?" not in path or "api-version=" not in path:
            entries["rest"].fail("expected a method, a path and its api-version")
    return NotCovered(
        name=name,
        aliases=aliases,
        az=entries["az"].text() if "az" in entries else az_name(name),
        method=method,
        path=path,
        instead=entries["instead"].text() if "instead" in entries else None,
    )


def _expanded(text: str, paths: Mapping[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda match: paths.get(match[1], match[0]), text)


def az_name(name: str) -> str:
    """What Az calls a command of AzureRM, by the rule that Az follows for nearly all of them."""
    verb, dash, noun = name.partition("-")
    return f"{verb}{dash}Az{re.sub('^Azure(?:Rm)?', '', noun, flags=re.IGNORECASE)}"
