"""What Core needs to know of commands and types at run time: a row each. What is not said is not so."""

from __future__ import annotations

from ..spec import Command, Type
from .literals import array, literal_table, quoted, table


def command_row(command: Command) -> str:
    """The row of a command that asks the worker."""
    row: dict[str, str] = {}
    if command.operation:
        row["Operation"] = quoted(command.operation)
    if command.context != "none":
        row["Context"] = quoted(command.context)
    if command.action:
        row["Action"] = quoted(command.action)
    if command.actions:
        row["Actions"] = (
            f"@{{ {'; '.join(f'{quoted(case)} = {quoted(text)}' for case, text in command.actions.items())} }}"
        )
    if command.target:
        row["Target"] = array(command.target)
    if command.confirm:
        row["Confirm"] = quoted(command.confirm)
    if command.action and command.context == "required":
        row["Once"] = "$true"  # it changes something in Azure: not to be asked a second time
    if command.passes_parameter_set:
        row["PassesParameterSet"] = "$true"
    members = {item.name: array(item.members) for item in command.parameters if item.members}
    if members:
        row["Members"] = literal_table(members)
    paths = [item.name for item in command.parameters if item.type == "path"]
    if paths:
        row["Paths"] = array(paths)
    remote = {item.name: item.remote for item in command.parameters if item.remote}
    if remote:
        row["Remote"] = table(remote)
        row["RemoteSets"] = array(_remote_sets(command))
    if gathered(command):
        row["Gathered"] = array(gathered(command))
    arguments = {item.name: item.argument for item in command.parameters if item.argument}
    if command.no_wait:
        arguments["NoWait"] = "no_wait"
    row["Arguments"] = table(arguments)
    return f"    {quoted(command.name)} = {literal_table(row)}"


def _remote_sets(command: Command) -> list[str]:
    """The parameter sets in which hosts can be named."""
    named = [item for item in command.parameters if item.remote in {"computer_name", "sessions"}]
    return list(dict.fromkeys(row.name for item in named for row in item.sets))


def gathered(command: Command) -> tuple[str, ...]:
    """The parameters whose values are gathered from the pipeline: names of hosts, and sessions to them."""
    return tuple(item.name for item in command.parameters if item.remote and any(row.pipeline for row in item.sets))


def type_row(item: Type) -> str:
    """The row of a type, by what the wire calls it."""
    row = {"Name": quoted(item.name)}
    if item.maps:
        row["Maps"] = array(item.maps)
    if item.hashtables:
        row["Hashtables"] = array(item.hashtables)
    if item.nested:
        row["Nested"] = table(item.nested)
    if not item.maps and not item.hashtables and not item.nested:
        row["Simple"] = "$true"
    return f"    {item.key} = {literal_table(row)}"
