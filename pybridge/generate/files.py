"""The generated files: what they are, and whether those on disk are so."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from .. import shims
from .. import spec as specs
from ..errors import ConfigurationError
from ..spec import Spec
from ..version import __version__
from .functions import function
from .literals import body, fill, quoted
from .shims import SHIMS, render_shims
from .tables import command_row, type_row
from .views import type_members, views

#: The folder, below the module's, that holds nothing but generated files.
GENERATED = "Generated"


def render(spec: Spec, templates: Mapping[str, str]) -> dict[str, str]:
    """The generated files.

    Args:
        spec: What to generate.
        templates: The text of each template, by file name.

    Returns:
        Text by path below the module's folder.
    """
    names = {item.key: item.name for item in spec.types}
    functions = (function(command, names, templates["function.ps1"]).rstrip("\n") for command in spec.commands)
    return {
        f"{spec.name}.psd1": fill(
            templates["manifest.psd1"],
            name=spec.name,
            version=__version__,
            guid=spec.guid,
            description=body(spec.description),
            functions=_lines(f"        {quoted(command.name)}" for command in spec.commands),
            aliases=_lines(f"        {quoted(alias)}" for command in spec.commands for alias in command.aliases),
        ),
        f"{spec.name}.psm1": fill(templates["module.psm1"], functions="\n".join(functions)),
        f"{GENERATED}/Tables.ps1": fill(
            templates["tables.ps1"],
            commands="\n".join(command_row(command) for command in spec.commands if command.operation),
            types="\n".join(type_row(item) for item in spec.types),
        ),
        f"{GENERATED}/{spec.name}.types.ps1xml": fill(
            templates["types.ps1xml"], types="\n".join(type_members(spec.types))
        ),
        f"{GENERATED}/{spec.name}.format.ps1xml": fill(templates["format.ps1xml"], views="\n".join(views(spec.types))),
    }


def write(root: Path, operations: Collection[str]) -> list[Path]:
    """Write the generated files and remove those that are no longer generated.

    Args:
        root: The folder of commands.yaml.
        operations: The names of the operations that exist.

    Returns:
        The files that changed.
    """
    files, present = _wanted_and_present(root, operations)
    changed = []
    for path in present:
        if path not in files:
            (root / path).unlink()
            changed.append(root / path)
    for path, text in files.items():
        target = root / path
        if not target.is_file() or target.read_bytes() != text.encode("ascii"):
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text.encode("ascii"))
            changed.append(target)
    return changed


def check(root: Path, operations: Collection[str]) -> str:
    """How the files on disk differ from what `write` would write, as a diff; empty when they do not."""
    files, present = _wanted_and_present(root, operations)
    difference: list[str] = []
    for path in sorted(files.keys() | present.keys()):
        old = f"{path} (on disk)" if path in present else "/dev/null"
        new = f"{path} (generated)" if path in files else "/dev/null"
        lines = present.get(path, "").splitlines(keepends=True), files.get(path, "").splitlines(keepends=True)
        changes = list(difflib.unified_diff(*lines, old, new))
        if not changes and "/dev/null" in (old, new):
            changes = [f"--- {old}\n", f"+++ {new}\n"]  # an empty file too many
        difference += changes
    return "".join(difference)


def _wanted_and_present(root: Path, operations: Collection[str]) -> tuple[dict[str, str], dict[str, str]]:
    """The generated files as they should be, and as they are on disk; text by path below that folder."""
    file = root / "commands.yaml"
    if not file.is_file():
        raise ConfigurationError(
            f"there is no {file}",
            target=str(file),
            remedy="Run this in a clone, or name its powershell folder with --root.",
        )
    spec = specs.load(root, operations)
    templates = {path.name: path.read_text(encoding="ascii") for path in (root / "templates").iterdir()}
    trees = {spec.name: render(spec, templates), SHIMS: render_shims(spec, shims.load(root, spec), templates)}
    wanted = {f"{folder}/{path}": text for folder, files in trees.items() for path, text in files.items()}
    module = root / spec.name
    paths = [*module.glob("*.ps[dm]1"), *(module / GENERATED).rglob("*"), *(root / SHIMS).rglob("*")]
    present = {
        path.relative_to(root).as_posix(): path.read_bytes().decode("utf-8", "replace")
        for path in paths
        if path.is_file()
    }
    return wanted, present


def _lines(items: Iterable[str]) -> str:
    return ",\n".join(items)
