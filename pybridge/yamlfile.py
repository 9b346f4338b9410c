"""YAML that remembers lines, so that an error can name the one at fault."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Mapping
from typing import Any, NamedTuple, NoReturn

import yaml

from .errors import FileError


class Tagged(NamedTuple):
    """A scalar whose tag is the reader's business, such as Ansible's `!vault`."""

    tag: str
    text: str


class Node:
    """A value in a YAML file, with the place where it stands.

    Attributes:
        value: A dict of `Node`s by key, a list of `Node`s, or a scalar: `Tagged` where it has a tag of the reader's.
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
        for key, node in entries.items():
            if not isinstance(key, str):
                node.fail("the key is not text; quote it")
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


def parse(
    text: str,
    *,
    file: str,
    error: type[FileError],
    tags: Collection[str] = (),
    any_key: bool = False,
    discreet: bool = False,
) -> Node:
    """Read one YAML document. Merge keys (`<<`) are understood.

    Args:
        text: The document.
        file: Its name, for errors.
        error: The class to raise, here and from `Node.fail`.
        tags: Those that scalars may have, beside YAML's own.
        any_key: Whether keys that are not text are refused only where `Node.mapping` meets them.
        discreet: Whether there may be secrets in it, so that errors here quote no value.

    Raises:
        FileError: Not YAML, a duplicate key, or a key that is not text.
    """
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        if root is None:
            return Node(None, file=file, line=1, path="", error=error)
        return _Builder(file, error, tags, any_key, discreet).build(root, "")
    except yaml.MarkedYAMLError as exc:
        mark = exc.problem_mark or exc.context_mark
        problem = _KINDS.get(type(exc), "it cannot be read") if discreet else exc.problem
        raise error(f"not YAML: {problem}", file=file, line=mark.line + 1 if mark else None) from _cause(exc, discreet)
    except yaml.YAMLError as exc:
        raise error(f"not YAML: {_UNREADABLE if discreet else exc}", file=file) from _cause(exc, discreet)
    except RecursionError as exc:
        raise error("nested too deeply, or within itself", file=file) from exc


#: What may be wrong, where the library's words would quote the file.
_UNREADABLE = "there are signs in it that no text has"
_KINDS: Mapping[type, str] = {
    yaml.scanner.ScannerError: "a quote or bracket is not closed, or a sign stands where it means something else; "
    "put texts with such signs between quotes",
    yaml.parser.ParserError: "it ends early, or something stands where nothing may; look at the lines before it, too",
    yaml.composer.ComposerError: "a * stands for an anchor that is not there, or there is more than one document; put "
    "a text that begins with * or & between quotes",
    yaml.constructor.ConstructorError: "a ! stands before a kind that is not known, or the value is not of that kind; "
    "put a text that begins with ! between quotes",
}


def _cause(exc: Exception, discreet: bool) -> Exception | None:
    """What an error may keep of the one that it comes from."""
    return None if discreet else exc


class _Builder:
    def __init__(self, file: str, error: type[FileError], tags: Collection[str], any_key: bool, discreet: bool) -> None:
        self._file = file
        self._error = error
        self._tags = tags
        self._any_key = any_key
        self._discreet = discreet
        self._loader = yaml.SafeLoader("")

    def build(self, node: Any, path: str) -> Node:
        value: Any
        if isinstance(node, yaml.MappingNode):
            value = self._mapping(node, path)
        elif isinstance(node, yaml.SequenceNode):
            value = [self.build(item, f"{path}[{index}]") for index, item in enumerate(node.value)]
        else:
            value = self._scalar(node)
        return Node(value, file=self._file, line=node.start_mark.line + 1, path=path, error=self._error)

    def _mapping(self, node: Any, path: str) -> dict[str, Node]:
        own: dict[str, Node] = {}
        merged: dict[str, Node] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if key_node.tag == _MERGE:
                merged = {**self._merged(value_node, path, line), **merged}
                continue
            key = self._scalar(key_node)
            if not isinstance(key, str) and not (self._any_key and _is_plain(key_node, key)):
                shown = "" if self._discreet else f" {key!r}"
                self._fail(f"{path or 'document'}: the key{shown} is not text; quote it", line)
            if key in own:
                self._fail(f"{path or 'document'}: the key {key!r} stands here twice", line)
            own[key] = self.build(value_node, f"{path}.{key}" if path else key)
            own[key].line = line
        return {**merged, **own}

    def _merged(self, node: Any, path: str, line: int) -> dict[str, Node]:
        """What `<<` brings: the entries of a mapping, or of several, of which the first one that has a key counts."""
        found = self.build(node, path).value
        merged: dict[str, Node] = {}
        for each in [entry.value for entry in found] if isinstance(found, list) else [found]:
            if not isinstance(each, dict):
                self._fail(f"{path or 'document'}: << takes a mapping, or a list of them", line)
            merged = {**each, **merged}
        return merged

    def _scalar(self, node: Any) -> Any:
        if node.tag in self._tags and isinstance(node, yaml.ScalarNode):
            return Tagged(node.tag, node.value)
        try:
            return self._loader.construct_object(node)
        except (ValueError, LookupError, AttributeError, TypeError) as exc:  # 2017-99-99 looks like a date
            problem = "it looks like a number or a date, and is none; quote it" if self._discreet else exc
            line = node.start_mark.line + 1
            raise self._error(f"not YAML: {problem}", file=self._file, line=line) from _cause(exc, self._discreet)

    def _fail(self, message: str, line: int) -> NoReturn:
        raise self._error(message, file=self._file, line=line)


def _is_plain(node: Any, key: object) -> bool:
    """Whether it can be the key of a mapping of ours: `!!omap x` is a list."""
    return isinstance(node, yaml.ScalarNode) and isinstance(key, Hashable)


_MERGE = "tag:yaml.org,2002:merge"
