"""The modules by AzureRM's names: a manifest each, and a file that brings PyBridge's functions under that name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..shims import NotCovered, Shim
from ..spec import Command, Spec
from ..version import __version__
from .literals import body, fill, quoted

#: The folder, beside the module's, that holds nothing but generated files.
SHIMS = "AzureRM"


def render_shims(spec: Spec, shims: Sequence[Shim], templates: Mapping[str, str]) -> dict[str, str]:
    """Their files.

    Args:
        spec: What is covered.
        shims: Which modules there are, and what of them is not covered.
        templates: The text of each template, by file name.

    Returns:
        Text by path below their folder.
    """
    versions = {shim.module: shim for shim in shims}
    files = {}
    for shim in shims:
        commands = [item for item in spec.commands if item.home is not None and item.home.module == shim.module]
        listed: list[Command | NotCovered] = [*commands, *shim.not_covered]
        folder = f"{shim.module}/{shim.module}"
        required = [_module(name, versions[name].version, versions[name].guid) for name in shim.requires]
        files[f"{folder}.psd1"] = fill(
            templates["shim.psd1"],
            root="" if shim.requires else f"    RootModule           = '{shim.module}.psm1'\n",
            version=shim.version,
            guid=shim.guid,
            description=body(shim.description),
            requires=_rows(required or [_module(spec.name, __version__, spec.guid)], 8),
            functions=_list(quoted(item.name) for item in listed),
            aliases=_list(quoted(alias) for item in listed for alias in item.aliases),
        )
        if not shim.requires:
            files[f"{folder}.psm1"] = _module_file(commands, shim.not_covered, templates["shim.psm1"])
    return files


def _module_file(commands: Sequence[Command], refused: Sequence[NotCovered], template: str) -> str:
    listed: list[Command | NotCovered] = [*commands, *refused]
    return fill(
        template,
        functions=_list(quoted(item.name) for item in commands),
        not_covered=_table((item.name, item.remedy) for item in refused),
        aliases=_table((alias, item.name) for item in listed for alias in item.aliases),
    )


def _module(name: str, version: str, guid: str) -> str:
    return f"@{{ ModuleName = {quoted(name)}; ModuleVersion = {quoted(version)}; GUID = {quoted(guid)} }}"


def _rows(items: Iterable[str], indent: int) -> str:
    return ",\n".join(f"{' ' * indent}{item}" for item in items)


def _table(pairs: Iterable[tuple[str, str]]) -> str:
    """What stands between the braces of a hashtable, a pair a line; nothing if there are none."""
    rows = "".join(f"    {quoted(key)} = {quoted(value)}\n" for key, value in pairs)
    return f"\n{rows}" if rows else ""


def _list(items: Iterable[str]) -> str:
    """Items of an array, one a line; nothing if there are none."""
    rows = _rows(items, 8)
    return f"\n{rows}\n    " if rows else ""
