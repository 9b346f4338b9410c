"""The types of the spec: what is special in their members, and their views."""

from __future__ import annotations

import re
from collections.abc import Collection

from ..yamlfile import Node
from .entries import entries_of, flag, key, number, text, texts
from .nouns import COLUMNS, Column, Type


def read_type(name: str, node: Node, types: Collection[str]) -> Type:
    """One type; `types` are the keys of all."""
    known = {"name", "to_string", "maps", "hashtables", "nested", "aliases", "depth", "view"}
    entries = entries_of(node, known, required={"name"})
    nested = entries["nested"].mapping() if "nested" in entries else {}
    aliases = entries["aliases"].mapping() if "aliases" in entries else {}
    view = entries["view"].mapping({"table", "list", "tree"}) if "view" in entries else {}
    return Type(
        key=name,
        name=entries["name"].text(),
        to_string=_to_string(entries.get("to_string")),
        maps=texts(entries.get("maps")),
        hashtables=texts(entries.get("hashtables")),
        nested={member: key(item, types, what="type") for member, item in nested.items()},
        aliases={alias: item.text() for alias, item in aliases.items()},
        depth=number(entries.get("depth")),
        table=_columns(view.get("table")),
        list=_columns(view.get("list")),
        tree=flag(view.get("tree")),
    )


def _to_string(node: Node | None) -> str | None:
    if node is not None and not re.fullmatch(r"\w+( \w+)*|\{\w+( \w+)*\}", node.text()):
        node.fail(f"{node.value!r} is not the name of a member, or several with blanks, in braces or not")
    return text(node)


def _columns(node: Node | None) -> tuple[Column, ...]:
    return () if node is None else tuple(_column(item) for item in node.items())


def _column(node: Node) -> Column:
    entries = entries_of(node, {"label", "width", "optional", "wrap", "right", *COLUMNS}, required={"label"})
    kinds = [kind for kind in COLUMNS if kind in entries]
    if len(kinds) != 1:
        node.fail(f"a column has exactly one of {', '.join(COLUMNS)}")
    path = entries[kinds[0]]
    if not re.fullmatch(r"\w+(\.\w+)*", path.text()):
        path.fail(f"{path.value!r} is not a path of members")
    return Column(
        label=entries["label"].text(),
        kind=kinds[0],
        path=path.text(),
        width=number(entries.get("width")),
        optional=flag(entries.get("optional")),
        wrap=flag(entries.get("wrap")),
        right=flag(entries.get("right")),
    )
