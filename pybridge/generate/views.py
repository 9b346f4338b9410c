"""The XML in which PowerShell wants to be told of types and views. Pure: spec in, lines out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from xml.sax.saxutils import escape

from ..spec import Column, Type
from .trees import tree_control

#: How deep an object is kept on its way through a job, a remote session or a file. PowerShell's own 1 or 2 would turn
#: what is nested into texts.
DEPTH = 10


def _both(types: Iterable[Type]) -> Iterator[tuple[str, Type]]:
    """Each type under its own name, and under the name that it has after a job or a remote session."""
    for item in types:
        yield item.name, item
        yield f"Deserialized.{item.name}", item


def type_members(types: Iterable[Type]) -> Iterator[str]:
    """The types file: further names of members, how an object prints, how deep it is serialized."""
    for name, item in _both(types):
        yield from _type(name, item)


def _type(name: str, item: Type) -> Iterator[str]:
    members = [
        f"      <AliasProperty><Name>{alias}</Name>"
        f"<ReferencedMemberName>{member}</ReferencedMemberName></AliasProperty>"
        for alias, member in item.aliases.items()
    ]
    if item.to_string:
        text = re.sub(r"\w+", r"$($this.\g<0>)", item.to_string)
        members.append(f'      <ScriptMethod><Name>ToString</Name><Script>"{text}"</Script></ScriptMethod>')
    members += [
        "      <MemberSet><Name>PSStandardMembers</Name><Members>",
        f"        <NoteProperty><Name>SerializationDepth</Name><Value>{item.depth or DEPTH}</Value></NoteProperty>",
        "      </Members></MemberSet>",
    ]
    yield from (f"  <Type><Name>{name}</Name>", "    <Members>", *members, "    </Members>", "  </Type>")


def views(types: Iterable[Type]) -> Iterator[str]:
    """The format file: the default views."""
    for item in types:
        if item.table:
            yield from _view(item.name, _table_control(item.table))
        if item.tree:
            yield from _view(item.name, tree_control(item.list, _expression))
        elif item.list:
            yield from _view(item.name, _list_control(item.list))


def _view(name: str, control: Iterable[str]) -> Iterator[str]:
    yield f"    <View><Name>{name}</Name>"
    yield (
        f"      <ViewSelectedBy><TypeName>{name}</TypeName><TypeName>Deserialized.{name}</TypeName></ViewSelectedBy>"
    )
    yield from control
    yield "    </View>"


def _table_control(columns: Sequence[Column]) -> Iterator[str]:
    headers, items = [], []
    wrap = "<Wrap/>" if any(column.wrap for column in columns) else ""
    for column in columns:
        width = f"<Width>{column.width}</Width>" if column.width else ""
        side = "<Alignment>Right</Alignment>" if column.right else ""
        header = f"<Label>{escape(column.label)}</Label>{width}{side}"
        headers.append(f"          <TableColumnHeader>{header}</TableColumnHeader>")
        items.append(f"          <TableColumnItem>{_value(column)}</TableColumnItem>")
    yield from ("      <TableControl>", "        <TableHeaders>", *headers, "        </TableHeaders>")
    yield from (f"        <TableRowEntries><TableRowEntry>{wrap}<TableColumnItems>", *items)
    yield from ("        </TableColumnItems></TableRowEntry></TableRowEntries>", "      </TableControl>")


def _list_control(columns: Iterable[Column]) -> Iterator[str]:
    yield "      <ListControl><ListEntries><ListEntry><ListItems>"
    for column in columns:
        wanted = f"[bool]$_.{column.path}"
        condition = (
            f"<ItemSelectionCondition><ScriptBlock>{wanted}</ScriptBlock></ItemSelectionCondition>"
            if column.optional
            else ""
        )
        yield f"        <ListItem><Label>{escape(column.label)}</Label>{condition}{_value(column)}</ListItem>"
    yield "      </ListItems></ListEntry></ListEntries></ListControl>"


def _value(column: Column) -> str:
    if column.kind == "path" and "." not in column.path:
        return f"<PropertyName>{column.path}</PropertyName>"
    return f"<ScriptBlock>{escape(_expression(column))}</ScriptBlock>"


def _expression(column: Column) -> str:
    return _EXPRESSIONS[column.kind].replace("PATH", column.path)


#: What a column of each kind shows of the member at PATH.
_EXPRESSIONS: Mapping[str, str] = {
    "path": "$_.PATH",
    "members": '"{$(@(foreach ($p in $_.PATH.PSObject.Properties)'
    " { if ($null -ne $p.Value) { $p.Name } }) -join ', ')}\"",
    "type": "$_.PATH.PSObject.TypeNames[0]",
    "leaf": "@(foreach ($id in $_.PATH) { ([string]$id).Split('/')[-1] }) -join ', '",
    "map": "\"{$(@(foreach ($pair in $_.PATH.GetEnumerator()) { $pair.Key + '=' + $pair.Value }) -join ', ')}\"",
}
