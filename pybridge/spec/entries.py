"""Small readers that the others share."""

from __future__ import annotations

from collections.abc import Collection

from ..yamlfile import Node


def entries_of(node: Node, known: set[str], *, required: set[str]) -> dict[str, Node]:
    """The entries of a mapping.

    Raises:
        SpecError: A key is unknown, or a required one is missing.
    """
    entries = node.mapping(known)
    missing = sorted(required - set(entries))
    if missing:
        node.fail(f"{missing[0]!r} is missing")
    return entries


def texts(node: Node | None) -> tuple[str, ...]:
    return () if node is None else tuple(item.text() for item in node.items())


def text(node: Node | None) -> str | None:
    return None if node is None else node.text()


def flag(node: Node | None) -> bool:
    return node is not None and node.flag()


def number(node: Node | None) -> int | None:
    return None if node is None else node.number()


def word(node: Node, known: Collection[str]) -> str:
    """A text that is one of those."""
    if node.text() not in known:
        node.fail(f"{node.value!r} is not one of {', '.join(sorted(known))}")
    return node.text()


def key(node: Node, known: Collection[str], *, what: str) -> str:
    """A text that names something that there is."""
    if node.text() not in known:
        node.fail(f"there is no {what} {node.value!r}", remedy=f"There are: {', '.join(sorted(known)) or 'none'}.")
    return node.text()
