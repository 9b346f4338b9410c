"""YAML that remembers lines, so that an error can name the one at fault."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn

import yaml

from .errors import FileError


class Node:
    """A value in a YAML file, with the place where it stands.

    Attributes:
        value: A dict of `Node`s by key, a list of `Node`s, or a scalar.
        line: The line it begins on, counted from 1.
    """

    __slots__ = ("error", "file", "line", "path", "value")

    def __init__(self, value: Any, *, file: str, line: int, path: str, error: type[FileError]) -> None:
        self.value = value
        self.file = file
        self.line = line
        self.path = path
        self.error = error

    def fail(self, message: str, *, remedy: str | None = None) -> NoReturn:
        """Raise the file's kind of error for this place."""
        where = f"{self.path}: " if self.path else ""
        raise self.error(f"{where}{message}", file=self.file, line=self.line, remedy=remedy)

    def mapping(self, known: frozenset[str] | set[str] | None = None) -> dict[str, Node]:
        """The entries of a mapping; a key outside of `known` fails and names its line."""
        if self.value is None:
            return {}
        if not isinstance(self.value, dict):
            self.fail("expected a mapping of keys to values")
        entries: dict[str, Node] = self.value
        if known is not None:
            for key, node in entries.items():
                if key not in known:
                    node.fail("unknown key", remedy=f"Known keys here: {', '.join(sorted(known))}.")
        return entries

    def items(self) -> Iterator[Node]:
        """The items of a list."""
        if self.value is None:
            return
        if not isinstance(self.value, list):
            self.fail("expected a list")
        yield from self.value

    def text(self) -> str:
        """A non-empty string."""
        if not isinstance(self.value, str) or not self.value:
            self.fail(f"expected text, found {self.value!r}")
        return self.value

    def flag(self) -> bool:
        """true or false."""
        if not isinstance(self.value, bool):
            self.fail(f"expected true or false, found {self.value!r}")
        return self.value

    def number(self) -> int:
        """A whole number."""
        if not isinstance(self.value, int) or isinstance(self.value, bool):
            self.fail(f"expected a whole number, found {self.value!r}")
        return self.value

    def plain(self) -> Any:
        """The value without its lines: dicts, lists and scalars."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value


def parse(text: str, *, file: str, error: type[FileError]) -> Node:
    """Read one YAML document.

    Args:
        text: The document.
        file: Its name, for errors.
        error: The class to raise, here and from `Node.fail`.

    Raises:
        FileError: Not YAML, a duplicate key, or a key that is not text.
    """
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        if root is None:
            return Node(None, file=file, line=1, path="", error=error)
        return _build(root, "", file, error, yaml.SafeLoader(""))
    except yaml.MarkedYAMLError as exc:
        mark = exc.problem_mark or exc.context_mark
        raise error(f"not YAML: {exc.problem}", file=file, line=mark.line + 1 if mark else None) from exc
    except yaml.YAMLError as exc:
        raise error(f"not YAML: {exc}", file=file) from exc
    except RecursionError as exc:
        raise error("nested too deeply, or within itself", file=file) from exc


def _build(node: Any, path: str, file: str, error: type[FileError], loader: Any) -> Node:
    line = node.start_mark.line + 1
    value: Any
    if isinstance(node, yaml.MappingNode):
        value = {}
        for key_node, value_node in node.value:
            key = _scalar(key_node, file, error, loader)
            key_line = key_node.start_mark.line + 1
            if not isinstance(key, str):
                raise error(f"{path or 'document'}: the key {key!r} is not text; quote it", file=file, line=key_line)
            if key in value:
                raise error(f"{path or 'document'}: the key {key!r} stands here twice", file=file, line=key_line)
            value[key] = _build(value_node, f"{path}.{key}" if path else key, file, error, loader)
            value[key].line = key_line
    elif isinstance(node, yaml.SequenceNode):
        value = [_build(item, f"{path}[{index}]", file, error, loader) for index, item in enumerate(node.value)]
    else:
        value = _scalar(node, file, error, loader)
    return Node(value, file=file, line=line, path=path, error=error)


def _scalar(node: Any, file: str, error: type[FileError], loader: Any) -> Any:
    try:
        return loader.construct_object(node)
    except ValueError as exc:  # 2017-99-99 looks like a date
        raise error(f"not YAML: {exc}", file=file, line=node.start_mark.line + 1) from exc
