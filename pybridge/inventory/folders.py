"""The folders `group_vars` and `host_vars` beside an inventory, as Ansible reads them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from .. import yamlfile
from ..errors import InventoryError
from ..yamlfile import Node

#: What a file of variables may end with; the first one that is there counts.
_SUFFIXES = ("", ".yml", ".yaml", ".json")


class Folders:
    """The variables that stand in files of their own.

    Args:
        beside: The folder of the inventory; None if it has none.
        tags: Those that scalars may have.

    Attributes:
        notes: What was passed over.
    """

    def __init__(self, beside: Path | None, tags: frozenset[str]) -> None:
        self._tags = tags
        self._groups = _there(beside, "group_vars")
        self._hosts = _there(beside, "host_vars")
        self._known: dict[str, dict[str, Node]] = {}
        self.notes: list[str] = []

    def group(self, name: str) -> dict[str, Node]:
        """The variables of a group."""
        if name not in self._known:
            self._known[name] = self._read(self._groups, name)
        return self._known[name]

    def host(self, name: str) -> dict[str, Node]:
        """The variables of a host."""
        return self._read(self._hosts, name)

    def _read(self, folder: Path | None, name: str) -> dict[str, Node]:
        found: dict[str, Node] = {}
        if folder is not None and not set(name) & set('/\\:*?"<>|\0') and name not in (".", ".."):
            for file in _files(folder, name):
                found.update(self._variables(file))
        return found

    def _variables(self, file: Path) -> dict[str, Node]:
        try:
            text = file.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as exc:
            why = exc.strerror if isinstance(exc, OSError) else "it is not UTF-8"
            raise InventoryError(f"it cannot be read: {why}", file=str(file)) from exc
        if text.startswith("$ANSIBLE_VAULT;"):
            # What is in it may be needless here. If it is not, a template names it, and that is refused.
            self.notes.append(f"{file}: it is in Ansible's vault, and passed over")
            return {}
        root = yamlfile.parse(text, file=str(file), error=InventoryError, tags=self._tags, any_key=True, discreet=True)
        return root.mapping()


def _there(beside: Path | None, name: str) -> Path | None:
    folder = None if beside is None else beside / name
    return folder if folder is not None and folder.is_dir() else None


def _files(folder: Path, name: str) -> Iterator[Path]:
    """The files of a name: one, or all of a folder of that name."""
    for suffix in _SUFFIXES:
        path = folder / f"{name}{suffix}"
        if path.is_dir():
            yield from _all(path)
            return
        if path.exists():
            yield path
            return


def _all(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name.endswith("~"):
            continue
        if path.is_dir() and not path.suffix:
            yield from _all(path)
        elif path.suffix in _SUFFIXES and path.is_file():
            yield path
