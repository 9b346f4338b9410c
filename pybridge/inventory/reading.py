"""A file, and which of the two formats it has."""

from __future__ import annotations

import sys
from pathlib import Path

from .. import yamlfile
from ..errors import InventoryError
from . import ansible, listing
from .inventory import Inventory

_YAML = (".yaml", ".yml", ".json")
_VAULT = "$ANSIBLE_VAULT;"


def load(path: str | Path) -> Inventory:
    """The inventory in a file; "-" for stdin.

    Raises:
        InventoryError: It cannot be read, or says something wrong; the message names the line.
    """
    name = str(path)
    try:
        text = sys.stdin.read() if name == "-" else Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as exc:
        raise InventoryError("it is not UTF-8", file=name) from exc
    except OSError as exc:
        raise InventoryError(f"it cannot be read: {exc.strerror}", file=name) from exc
    return read(text, file="stdin") if name == "-" else read(text, file=name, beside=Path(path).parent)


def read(text: str, *, file: str, beside: Path | None = None) -> Inventory:
    """The inventory in a text: Ansible's YAML if it is a mapping, else a list.

    Args:
        file: Its name, for errors. What ends with .txt is a list, what ends with .yaml, .yml or .json is YAML.
        beside: The folder where Ansible's `group_vars` and `host_vars` may be.

    Raises:
        InventoryError: It says something wrong; the message names the line.
    """
    if text.startswith(_VAULT):
        raise InventoryError(
            "it is in Ansible's vault, which pybridge does not open",
            file=file,
            line=1,
            remedy=f"Give it what is inside:\n  ansible-vault view {file} | pybridge ... --inventory -",
        )
    suffix = Path(file).suffix.lower()
    if suffix == ".txt":
        return listing.read(text, file=file)
    try:
        root = yamlfile.parse(text, file=file, error=InventoryError, tags=ansible.TAGS, any_key=True, discreet=True)
    except InventoryError:
        if suffix in _YAML:
            raise
        return listing.read(text, file=file)
    if isinstance(root.value, dict):
        return ansible.read(root, beside)
    if isinstance(root.value, list) and all(isinstance(item.value, str) for item in root.value):
        return listing.read("\n".join(item.text() for item in root.items()), file=file)
    if suffix in _YAML and root.value is not None and not isinstance(root.value, str):
        root.fail("expected groups of hosts, or a list of them")
    return listing.read(text, file=file)
