"""The PowerShell module's generated files, from its spec. `render` is pure; `write` and `check` touch the disk."""

from __future__ import annotations

import difflib
import re
import textwrap
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from . import spec as specs
from .errors import ConfigurationError
from .spec import TYPES, Command, Parameter, ParameterSet, Spec, Type
from .version import __version__
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
    functions = "\n".join(_function(command, spec, templates["function.ps1"]).rstrip("\n") for command in spec.commands)
    return {
        f"{spec.name}.psd1": _fill(
            templates["manifest.psd1"],
            name=spec.name,
            version=__version__,
            guid=spec.guid,
            description=_quoted_body(spec.description),
            functions=_lines(f"        {_quote(command.name)}" for command in spec.commands),
            aliases=_lines(f"        {_quote(alias)}" for command in spec.commands for alias in command.aliases),
        ),
        f"{GENERATED}/Commands.ps1": _fill(templates["commands.ps1"], functions=functions),
        f"{GENERATED}/Tables.ps1": _fill(
            templates["tables.ps1"],
            commands="\n".join(_command_row(command) for command in spec.commands),
            types="\n".join(_type_row(item) for item in spec.types),
        ),
        f"{GENERATED}/{spec.name}.types.ps1xml": _fill(
            templates["types.ps1xml"], types="\n".join(type_members(spec.types))
        ),
        f"{GENERATED}/{spec.name}.format.ps1xml": _fill(templates["format.ps1xml"], views="\n".join(views(spec.types))),
    }


def write(root: Path, operations: Collection[str]) -> list[Path]:
    """Write the generated files and remove those that are no longer generated.

    Args:
        root: The folder of commands.yaml.
        operations: The names of the operations that exist.

    Returns:
        The files that changed.
    """
    module, files = _wanted(root, operations)
    changed = []
    for path in _present(module):
        if path not in files:
            (module / path).unlink()
            changed.append(module / path)
    for path, text in files.items():
        target = module / path
        if not target.is_file() or target.read_bytes() != text.encode("ascii"):
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text.encode("ascii"))
            changed.append(target)
    return changed


def check(root: Path, operations: Collection[str]) -> str:
    """How the files on disk differ from what `write` would write, as a diff; empty when they do not."""
    module, files = _wanted(root, operations)
    present = _present(module)
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


def _wanted(root: Path, operations: Collection[str]) -> tuple[Path, dict[str, str]]:
    """The module's folder, and the files that belong into it."""
    file = root / "commands.yaml"
    if not file.is_file():
        raise ConfigurationError(
            f"there is no {file}",
            target=str(file),
            remedy="Run this in a clone, or name its powershell folder with --root.",
        )
    spec = specs.load(root, operations)
    templates = {path.name: path.read_text(encoding="ascii") for path in (root / "templates").iterdir()}
    return root / spec.name, render(spec, templates)


def _present(module: Path) -> dict[str, str]:
    """The generated files on disk: the manifest, and whatever stands in the generated folder."""
    paths = [*module.glob("*.psd1"), *(module / GENERATED).rglob("*")]
    return {
        path.relative_to(module).as_posix(): path.read_bytes().decode("utf-8", "replace")
        for path in paths
        if path.is_file()
    }


def _fill(template: str, **values: str) -> str:
    return re.sub(r"\{\{(\w+)\}\}", lambda match: values[match[1]], template)


def _lines(items: Iterable[str]) -> str:
    return ",\n".join(items)


def _quote(text: str) -> str:
    return f"'{_quoted_body(text)}'"


def _quoted_body(text: str) -> str:
    return text.replace("'", "''")


def _table(items: Mapping[str, str] | Iterable[tuple[str, str]]) -> str:
    """A hashtable literal of quoted values."""
    pairs = items.items() if isinstance(items, Mapping) else items
    inner = "; ".join(f"{key} = {_quote(value)}" for key, value in pairs)
    return f"@{{ {inner} }}" if inner else "@{}"


def _array(items: Iterable[str]) -> str:
    return f"@({', '.join(map(_quote, items))})"


# --- functions ---------------------------------------------------------------------------------------


def _function(command: Command, spec: Spec, template: str) -> str:
    names = {item.key: item.name for item in spec.types}
    parameters = _all_parameters(command)
    binding = []
    if command.default_set:
        binding.append(f"DefaultParameterSetName = {_quote(command.default_set)}")
    if command.action:
        binding.append("SupportsShouldProcess = $true")
    return _fill(
        template,
        name=command.name,
        synopsis=_indented(command.synopsis),
        description=_indented(command.description),
        help=_help(command, parameters, names),
        binding=", ".join(binding),
        output=", ".join(_quote(names[key]) for key in command.output),
        aliases=f"    [Alias({', '.join(map(_quote, command.aliases))})]\n" if command.aliases else "",
        parameters=",\n\n".join(_parameter(item) for item in parameters),
    )


def _all_parameters(command: Command) -> tuple[Parameter, ...]:
    if command.context == "none":
        return command.parameters
    profile = Parameter(
        name="DefaultProfile",
        type="object",
        argument=None,
        aliases=("AzureRmContext", "AzureCredential"),
        pipeline=None,
        values=(),
        values_hint=(),
        sets=(ParameterSet("", mandatory=False, position=None),),
        help="The context to use instead of the current one: what Connect-AzureRmAccount or "
        "Get-AzureRmContext returned.",
    )
    return (*command.parameters, profile)


def _indented(text: str) -> str:
    return textwrap.fill(text, 100, initial_indent="    ", subsequent_indent="    ", break_on_hyphens=False)


def _help(command: Command, parameters: Iterable[Parameter], names: Mapping[str, str]) -> str:
    blocks = [f"    .PARAMETER {item.name}\n{_indented(item.help)}\n" for item in parameters]
    for example in command.examples:
        code = textwrap.indent(example.code, "    ")
        blocks.append(f"    .EXAMPLE\n{code}\n\n{_indented(example.text)}\n")
    blocks += [f"    .OUTPUTS\n    {names[key]}\n" for key in command.output]
    return "".join(blocks)


def _parameter(item: Parameter) -> str:
    lines = []
    for row in item.sets:
        parts = []
        if row.name:
            parts.append(f"ParameterSetName = {_quote(row.name)}")
        if row.mandatory:
            parts.append("Mandatory = $true")
        if row.position is not None:
            parts.append(f"Position = {row.position}")
        if item.pipeline:
            name = "ValueFromPipeline" if item.pipeline == "value" else "ValueFromPipelineByPropertyName"
            parts.append(f"{name} = $true")
        lines.append(f"[Parameter({', '.join(parts)})]")
    if item.aliases:
        lines.append(f"[Alias({', '.join(map(_quote, item.aliases))})]")
    if item.values:
        lines.append(f"[ValidateSet({', '.join(map(_quote, item.values))})]")
    if item.values_hint:
        hints = ", ".join(map(_quote, item.values_hint))
        lines.append(f'[ArgumentCompleter({{ param($c, $p, $word) {hints} -like "$word*" }})]')
    lines.append(f"[{TYPES[item.type]}] ${item.name}")
    return textwrap.indent("\n".join(lines), "        ")


# --- tables ------------------------------------------------------------------------------------------


def _command_row(command: Command) -> str:
    rows = [
        f"Operation = {_quote(command.operation)}",
        f"Context = {_quote(command.context)}",
        f"Action = {_quote(command.action) if command.action else '$null'}",
        f"NeedsContext = {'$true' if command.context in ('required', 'sign_out') else '$false'}",
        f"Repeatable = {'$false' if command.action and command.context == 'required' else '$true'}",
        f"PassesParameterSet = {'$true' if command.passes_parameter_set else '$false'}",
        f"Arguments = {_table((item.name, item.argument) for item in command.parameters if item.argument)}",
    ]
    body = "\n".join(f"        {row}" for row in rows)
    return f"    {_quote(command.name)} = @{{\n{body}\n    }}"


def _type_row(item: Type) -> str:
    simple = "$false" if item.maps or item.nested else "$true"
    parts = f"Name = {_quote(item.name)}; Maps = {_array(item.maps)}; Nested = {_table(item.nested)}; Simple = {simple}"
    return f"    {item.key} = @{{ {parts} }}"
