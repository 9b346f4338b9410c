"""XML from a stranger: within limits, without a document type, so that no entity can grow or fetch anything."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import NoReturn
from xml.parsers import expat

from ..errors import MalformedError

#: The bytes of an answer. Requests ask for at most 150 KB (`w:MaxEnvelopeSize`); no host has a reason to send more.
MAX_ANSWER = 1024 * 1024
_MAX_DEPTH = 40
#: Elements, attributes and declarations of namespaces, all together.
_MAX_ELEMENTS = 20_000
#: The characters of a name, of a prefix and of a namespace. Those of Windows have less than 100.
_MAX_NAME = 256
#: The bytes of a tag, a comment or an instruction, and those that the parser gets at once. Expat copies the namespace
#: for each attribute of a tag before anybody may object, so it must not see the whole of a long tag.
_MAX_PIECE = 4096

_UTF_16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


class Element:
    """One element, its namespace resolved: whatever prefix it had, `tag` is `{namespace}name`.

    Attributes:
        tag: Its name, `{namespace}name`, or `name` outside of any namespace.
        attributes: By name; one with a prefix is `{namespace}name`.
        children: The elements in it, in order.
        text: What stands directly in it.
    """

    __slots__ = ("attributes", "children", "tag", "text")

    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag = tag
        self.attributes = attributes
        self.children: list[Element] = []
        self.text = ""

    def all(self, *path: str) -> Iterator[Element]:
        """Every element at the end of a path of tags that sets out from here."""
        if not path:
            yield self
            return
        for child in self.children:
            if child.tag == path[0]:
                yield from child.all(*path[1:])

    def find(self, *path: str) -> Element | None:
        """The first element at the end of a path, or None."""
        return next(self.all(*path), None)

    def value(self, *path: str) -> str | None:
        """The text of the first element at the end of a path, without blanks around it; None without one."""
        found = self.find(*path)
        return None if found is None else found.text.strip()

    def everything(self) -> Iterator[Element]:
        """This element and all below it, in the order of the document."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting.extend(reversed(element.children))


def malformed(what: str) -> MalformedError:
    """The error for an answer that is none. It holds no piece of it: that may be a secret, or an attack."""
    return MalformedError(
        f"the host's answer is not WS-Management: {what}",
        remedy="Check that WinRM listens at that address, and that no proxy answers in its place.",
    )


def parse(document: bytes) -> Element:
    """The root of a document.

    Raises:
        MalformedError: It is no well-formed XML in UTF-8 or UTF-16, has a document type, or is beyond the limits:
            1 MB, 20,000 elements and attributes, 40 levels, 256 characters of a name, 4 KB of a tag.
    """
    if len(document) > MAX_ANSWER:
        raise malformed(f"it has more than {MAX_ANSWER} bytes")
    encodings = {"utf-8", "utf8", "us-ascii"}
    kind = _UTF_16.get(document[:2])
    if kind is not None:
        encodings = {"utf-16", kind, kind.replace("16-", "16")}
        try:
            document = document[2:].decode(kind).encode("utf-8")
        except UnicodeError:
            # From None: the exception would hold the document.
            raise malformed("it is not UTF-16") from None
    if b"\0" in document:
        # Expat would take it for UTF-16, whatever it was told.
        raise malformed("it is in an encoding other than UTF-8 and UTF-16")
    return _Reader(encodings).read(document)


class _Reader:
    """The handlers of one parser, and the tree that they build."""

    def __init__(self, encodings: set[str]) -> None:
        self._encodings = encodings
        self._open: list[Element] = []
        self._texts: list[list[str]] = []
        self._root: Element | None = None
        self._count = 0
        self._tags: dict[str, str] = {}

    def read(self, document: bytes) -> Element:
        # The encoding is fixed here, whatever the document says of itself; what it says is checked in `_declaration`.
        # It keeps no names: `_tag` does.
        parser = expat.ParserCreate("utf-8", "}", None)
        parser.buffer_text = True
        parser.XmlDeclHandler = self._declaration
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartNamespaceDeclHandler = self._namespace
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        try:
            for end in range(_MAX_PIECE, len(document) + _MAX_PIECE, _MAX_PIECE):
                parser.Parse(document[end - _MAX_PIECE : end], False)
                if min(end, len(document)) - parser.CurrentByteIndex > _MAX_PIECE:
                    raise malformed(f"it has a piece of more than {_MAX_PIECE} bytes that is no text")
            parser.Parse(b"", True)
        except expat.ExpatError as exc:
            raise malformed(f"it is not XML (line {exc.lineno})") from None
        if self._root is None:
            raise malformed("it is empty")
        return self._root

    def _declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() not in self._encodings:
            raise malformed("it is in an encoding other than UTF-8 and UTF-16")

    def _doctype(self, *_: object) -> NoReturn:
        raise malformed("it has a document type, which may define entities")

    def _namespace(self, prefix: str | None, uri: str | None) -> None:
        self._counted(1)
        if max(len(prefix or ""), len(uri or "")) > _MAX_NAME:
            raise malformed(f"it has a namespace of more than {_MAX_NAME} characters")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._counted(1 + len(attributes))
        if len(self._open) >= _MAX_DEPTH:
            raise malformed(f"it is nested deeper than {_MAX_DEPTH} levels")
        named = {self._tag(key): value for key, value in attributes.items()} if attributes else attributes
        element = Element(self._tag(name), named)
        if self._open:
            self._open[-1].children.append(element)
        else:
            self._root = element
        self._open.append(element)
        self._texts.append([])

    def _end(self, _name: str) -> None:
        self._open.pop().text = "".join(self._texts.pop())

    def _characters(self, text: str) -> None:
        self._texts[-1].append(text)

    def _counted(self, more: int) -> None:
        self._count += more
        if self._count > _MAX_ELEMENTS:
            raise malformed(f"it has more than {_MAX_ELEMENTS} elements and attributes")

    def _tag(self, name: str) -> str:
        tag = self._tags.get(name)
        if tag is None:
            if len(name.rpartition("}")[2]) > _MAX_NAME:
                raise malformed(f"it has a name of more than {_MAX_NAME} characters")
            tag = self._tags[name] = "{" + name if "}" in name else name
        return tag
