"""What the spec consists of, and the words that it may use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

#: The verbs that commands may begin with, of those that PowerShell approves. `Get-Verb` lists them all.
VERBS = frozenset(
    "Add Clear Connect Disable Disconnect Enable Get Import Install Invoke New Remove Rename Resolve Restart Save "
    "Select Set Start Stop Test Update".split()
)

#: Parameter types, and what they are in PowerShell.
TYPES: Mapping[str, str] = {
    "string": "string",
    "guid": "guid",
    "path": "string",
    "strings": "string[]",
    "int": "int",
    "bool": "bool",
    "switch": "switch",
    "datetime": "datetime",
    "hashtable": "hashtable",
    "securestring": "securestring",
    "credential": "System.Management.Automation.PSCredential",
    "object": "psobject",
    "error_records": "System.Management.Automation.ErrorRecord[]",
    "sessions": "System.Management.Automation.Runspaces.PSSession[]",
}

CONTEXTS = frozenset({"none", "required", "session"})
PIPELINES = frozenset({"value", "property", "both"})
COLUMNS = ("path", "members", "leaf", "map", "type")

#: What a completer may look for; operation `complete` knows them.
COMPLETERS = frozenset(
    "resource_group virtual_machine location subscription environment resource_id role resource_type extension "
    "identity context".split()
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a view.

    Attributes:
        kind: One of COLUMNS; says what is shown of `path`.
        wrap: No text is cut off.
        right: It stands at the right side of its column.
    """

    label: str
    kind: str
    path: str
    width: int | None
    optional: bool
    wrap: bool = False
    right: bool = False


@dataclass(frozen=True, slots=True)
class Type:
    """A type of objects that commands return; the comments of commands.yaml say what each part means."""

    key: str
    name: str
    to_string: str | None
    maps: tuple[str, ...]
    hashtables: tuple[str, ...]
    nested: Mapping[str, str]
    aliases: Mapping[str, str]
    depth: int | None
    table: tuple[Column, ...]
    list: tuple[Column, ...]
    tree: bool = False


@dataclass(frozen=True, slots=True)
class ParameterSet:
    """How a parameter stands in one parameter set; an empty name means all sets."""

    name: str
    mandatory: bool = False
    position: int | None = None
    pipeline: str | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a command.

    Attributes:
        argument: What the operation calls it; None when the operation does not get it.
        values: All that it takes.
        values_hint: What is suggested for it, beside anything else.
        completer: What kind of thing the backend is asked for, to suggest its names.
        members: Of an object, those that travel; empty for all.
        remote: What it says of hosts to ask: the name of that in a `Reach`.
    """

    name: str
    type: str
    argument: str | None
    help: str
    aliases: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    values_hint: tuple[str, ...] = ()
    completer: str | None = None
    members: tuple[str, ...] = ()
    sets: tuple[ParameterSet, ...] = (ParameterSet(""),)
    remote: str | None = None


@dataclass(frozen=True, slots=True)
class Example:
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Home:
    """The module of AzureRM 6.13 that a command lived in."""

    module: str
    version: str


@dataclass(frozen=True, slots=True)
class Command:
    """A command of the module.

    Attributes:
        operation: What the worker is asked; None for a command that is done in PowerShell, by the function `local`.
        action: What it does, for ShouldProcess; None where there is nothing to ask for.
        actions: What it does instead where a parameter is given, or has a value: "Kind" or "Kind=None".
        target: The parameters whose values say to what it does so.
        confirm: What is asked in any case but -Force; {Name} stands for the value of a parameter.
        as_job, no_wait: Whether it has -AsJob and -NoWait.
        home: None for a command of our own.
    """

    name: str
    aliases: tuple[str, ...]
    operation: str | None
    local: str | None
    passes_parameter_set: bool
    context: str
    action: str | None
    target: tuple[str, ...]
    confirm: str | None
    as_job: bool
    no_wait: bool
    output: tuple[str, ...]
    default_set: str | None
    synopsis: str
    description: str
    parameters: tuple[Parameter, ...]
    examples: tuple[Example, ...]
    home: Home | None = None
    actions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Spec:
    """All of commands.yaml."""

    name: str
    guid: str
    description: str
    types: tuple[Type, ...]
    commands: tuple[Command, ...]
