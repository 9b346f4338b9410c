"""What holds between the spec, the operations, the models and the hand-written PowerShell."""

from __future__ import annotations

import re
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any

import pytest

from pybridge import errors, models, protocol, resources, sources, spec, wire
from pybridge.catalogue import CATALOGUE, is_pattern
from pybridge.clouds import CLOUDS
from pybridge.generate.functions import all_parameters
from pybridge.generate.tables import gathered
from pybridge.module import module_root
from pybridge.operations import OPERATIONS, Operation
from pybridge.reach import MEMBERS
from pybridge.spec import Command, Parameter, Type

ROOT = module_root()
README = Path(__file__).resolve().parent.parent / "README.md"
SPEC = spec.load(ROOT, OPERATIONS)
COMMANDS = pytest.mark.parametrize("command", SPEC.commands, ids=lambda command: command.name)

#: Types of objects that are made in PowerShell, and have no model here.
OF_LOCAL_COMMANDS = set(
    "azure_error_record azure_exception_record azure_rest_exception_record http_response_info http_request_info".split()
)
TYPES = pytest.mark.parametrize(
    "item", [item for item in SPEC.types if item.key not in OF_LOCAL_COMMANDS], ids=lambda item: item.key
)

MODELS: dict[str, Any] = {wire.snake(name): noun for name, noun in vars(resources).items() if is_dataclass(noun)}
MODELS["access_token"] = models.AccessToken

#: Parameters of operations that no parameter of a command is for: the module supplies them.
SUPPLIED = {"context", "session", "parameter_set", "no_wait", "reach"}

#: Operations that no command is for: the module asks them by itself.
OF_THE_MODULE = {"complete", "restore_session"}

#: Which types of parameters an annotation takes.
ACCEPTED = {
    "str": {"string", "securestring", "datetime", "path", "guid"},
    "str | None": {"string", "securestring", "datetime", "path", "guid"},
    "int | None": {"int"},
    "float | None": {"int"},
    "bool": {"switch", "bool"},
    "bool | None": {"switch", "bool"},
    "list[str] | None": {"strings"},
    "Mapping[str, Any]": {"hashtable", "object", "credential"},
    "Mapping[str, Any] | None": {"hashtable", "object", "credential"},
    "Mapping[str, Any] | str | None": {"object"},
    "Context | None": {"object"},
}

#: Parameters that commands have without saying so, and that examples use.
COMMON = {"WhatIf", "Confirm", "Verbose", "ErrorAction", "ErrorVariable"}

#: Codes that the PowerShell side raises by itself.
OF_POWERSHELL = {"python_not_found", "worker_failed", "protocol_mismatch", "not_confirmed"}

#: System.Management.Automation.ErrorCategory
CATEGORIES = set(
    "NotSpecified OpenError CloseError DeviceError DeadlockDetected InvalidArgument InvalidData InvalidOperation "
    "InvalidResult InvalidType MetadataError NotImplemented NotInstalled ObjectNotFound OperationStopped "
    "OperationTimeout SyntaxError ParserError PermissionDenied ResourceBusy ResourceExists ResourceUnavailable "
    "ReadError WriteError FromStdErr SecurityError ProtocolError ConnectionError AuthenticationError LimitsExceeded "
    "QuotaExceeded NotEnabled".split()
)


def every_error(root: type[errors.PyBridgeError] = errors.PyBridgeError) -> set[type[errors.PyBridgeError]]:
    return {root}.union(*(every_error(child) for child in root.__subclasses__()))


def core(name: str) -> str:
    return (ROOT / "PyBridge" / "Core" / name).read_text(encoding="ascii")


# --- commands and operations -------------------------------------------------------------------------


#: The commands that ask the worker.
ASKING = pytest.mark.parametrize(
    "command", [command for command in SPEC.commands if command.operation], ids=lambda command: command.name
)


def operation(command: Command) -> Operation:
    return OPERATIONS[command.operation or ""]


@ASKING
def test_every_argument_is_a_parameter_of_the_operation(command: Command) -> None:
    taken = operation(command).parameters
    for parameter in command.parameters:
        if parameter.argument is not None:
            assert parameter.type in ACCEPTED[taken[parameter.argument]], parameter.name


@COMMANDS
def test_no_two_parameters_are_one_argument(command: Command) -> None:
    arguments = [parameter.argument for parameter in command.parameters if parameter.argument]
    assert len(arguments) == len(set(arguments))


@pytest.mark.parametrize("name", sorted(set(OPERATIONS) - OF_THE_MODULE))
def test_every_parameter_of_an_operation_can_be_reached(name: str) -> None:
    reached = {
        parameter.argument for command in SPEC.commands if command.operation == name for parameter in command.parameters
    }
    assert set(OPERATIONS[name].parameters) - SUPPLIED == reached - {None}


@ASKING
def test_what_an_operation_requires_is_always_given(command: Command) -> None:
    supplied = {"parameter_set"} if command.passes_parameter_set else set()
    supplied |= {"context"} if command.context == "required" else set()
    supplied |= {"session"} if command.context == "session" else set()
    supplied |= {"no_wait"} if command.no_wait else set()
    supplied |= {"reach"} if any(item.remote for item in command.parameters) else set()
    mandatory = {parameter.argument for parameter in command.parameters if all(row.mandatory for row in parameter.sets)}
    assert operation(command).required <= supplied | mandatory
    assert SUPPLIED & set(operation(command).parameters) == supplied


REMOTE = pytest.mark.parametrize(
    "command",
    [command for command in SPEC.commands if any(item.remote for item in command.parameters)],
    ids=lambda command: command.name,
)


@REMOTE
def test_what_says_where_to_ask_is_the_same_everywhere(command: Command) -> None:
    """Each of them is told by a parameter, in the sets ComputerName and Session only; a sign-in has one set for all."""
    said = {item.remote: item for item in command.parameters if item.remote}
    in_sets = {name: {row.name: row.mandatory for row in item.sets} for name, item in said.items()}
    if command.operation == "connect_account":
        assert set(said) == MEMBERS - {"throttle_limit"}
        assert {sets["ManagedServiceLogin"] for sets in in_sets.values()} == {False}
        assert gathered(command) == ()
        return
    # What is asked of a host where a module is put there is no token.
    assert set(said) == MEMBERS - ({"allow_logged"} if command.operation == "install_module" else set())
    assert in_sets["computer_name"] == {"ComputerName": True}
    assert in_sets["sessions"] == {"Session": True}
    for name in {"timeout_sec", "allow_logged", "throttle_limit"} & set(said):
        assert in_sets[name] == {"ComputerName": False, "Session": False}, name
    for name in ("credential", "authentication", "port", "use_ssl", "certificate_thumbprint"):
        assert in_sets[name]["ComputerName"] is False, name
        assert "Session" not in in_sets[name], name
    assert gathered(command) == ("ComputerName", "Session")


@ASKING
def test_what_an_operation_returns_is_the_output_of_its_command(command: Command) -> None:
    returned = operation(command).function.__annotations__["return"]
    named = {wire.snake(word) for word in re.findall(r"\w+", returned)} & set(MODELS)
    assert named <= set(command.output)
    for key in set(command.output) - named:
        assert any(issubclass(MODELS[key], MODELS[name]) for name in named), key


@COMMANDS
def test_every_command_and_parameter_has_help(command: Command) -> None:
    assert len(command.examples) >= 2
    texts = [command.synopsis, command.description, *(parameter.help for parameter in command.parameters)]
    texts += [example.text for example in command.examples]
    assert [text for text in texts if not text.strip().endswith(".")] == []


@COMMANDS
def test_examples_use_parameters_that_exist(command: Command) -> None:
    for example in command.examples:
        for line in example.code.splitlines():
            for other in SPEC.commands:
                match = re.search(rf"(?:{'|'.join([other.name, *other.aliases])})\b([^|)]*)", line)
                if match:
                    used = re.findall(r" -(\w+)", match[1])
                    known = {name for item in all_parameters(other) for name in (item.name, *item.aliases)}
                    assert set(used) <= known | COMMON, line


@COMMANDS
def test_parameters_of_one_set_have_positions_of_their_own(command: Command) -> None:
    for name in {row.name for parameter in command.parameters for row in parameter.sets}:
        positions = [
            row.position
            for parameter in command.parameters
            for row in parameter.sets
            if row.name in {name, ""} and row.position is not None
        ]
        assert len(positions) == len(set(positions)), name


def parameter(command: str, name: str) -> Parameter:
    (found,) = [item for one in SPEC.commands if one.name == command for item in one.parameters if item.name == name]
    return found


def test_sources_and_clouds_are_those_of_the_backend() -> None:
    for command in SPEC.commands:
        for item in command.parameters:
            assert item.name != "Source" or item.values == tuple(sources.SOURCES)
            assert item.name != "Environment" or set(item.values_hint) == set(CLOUDS)


def test_what_completes_resources_is_the_catalogue() -> None:
    public = {entry.name: str(entry.resource_ids[0]) for entry in CATALOGUE}
    askable = {name: found for name, found in public.items() if not is_pattern(found)}
    assert parameter("Get-MsiResourceId", "Name").values_hint == tuple(public)
    for command in ("Get-MsiToken", "Get-MsiIdentity"):
        assert parameter(command, "Resource").values_hint == (*askable, *askable.values())


# --- types and models --------------------------------------------------------------------------------


def members(item: Type) -> dict[str, str]:
    """The members of a type as PowerShell sees them, with the annotations of their fields."""
    noun = MODELS[item.key]
    return {wire.pascal(name): annotation(noun, name) for name, kind in wire.kinds(noun).items() if kind != "hidden"}


def annotation(noun: type, field: str) -> str:
    return next(str(cls.__annotations__[field]) for cls in noun.__mro__ if field in getattr(cls, "__annotations__", {}))


@TYPES
def test_every_type_is_a_model(item: Type) -> None:
    assert item.key in MODELS


@TYPES
def test_every_member_that_is_named_exists(item: Type) -> None:
    named = {*item.maps, *item.hashtables, *item.nested, *item.aliases.values(), *(item.to_string or "").split()}
    named |= {column.path.split(".")[0] for column in (*item.table, *item.list)}
    assert named <= set(members(item))
    assert not set(item.aliases) & set(members(item))


@TYPES
def test_paths_of_columns_lead_through_nested_types(item: Type) -> None:
    types = {one.key: one for one in SPEC.types}
    for column in (*item.table, *item.list):
        first, _, rest = column.path.partition(".")
        if rest and first in item.nested:
            head, *further = rest.split(".")
            inner = types[item.nested[first]]
            assert head in members(inner), column.path
            if further:
                assert further[0] in members(types[inner.nested[head]]), column.path


@TYPES
def test_members_that_need_a_second_look_are_listed(item: Type) -> None:
    nested, maps = {}, set()
    noun = MODELS[item.key]
    for name, kind in wire.kinds(noun).items():
        if kind:
            continue
        words = [wire.snake(word) for word in re.findall(r"\w+", annotation(noun, name))]
        for key in set(words) & set(MODELS):
            nested[wire.pascal(name)] = key
        if "mapping" in words:
            maps.add(wire.pascal(name))
    assert dict(item.nested) == nested
    assert {*item.maps, *item.hashtables} == maps
    assert not set(item.maps) & set(item.hashtables)


def test_whatever_a_command_can_return_has_a_type() -> None:
    keys = {item.key for item in SPEC.types}
    assert {key for command in SPEC.commands for key in command.output} <= keys


# --- hand-written PowerShell -------------------------------------------------------------------------


def test_every_error_code_has_a_category() -> None:
    table = core("Errors.ps1").split("$categories = @{")[1].split("\n    }")[0]
    rows = re.findall(r"^\s+(\w+)\s*= '(\w+)'", table, re.M)
    codes = [code for code, _ in rows]
    assert len(codes) == len(set(codes))
    real = {cls.code for cls in every_error() if cls.__module__ == errors.__name__}
    assert set(codes) == real | OF_POWERSHELL
    assert {category for _, category in rows} <= CATEGORIES


def test_codes_of_powershell_are_raised_there() -> None:
    text = "".join(path.read_text(encoding="ascii") for path in (ROOT / "PyBridge" / "Core").glob("*.ps1"))
    assert {code for code in OF_POWERSHELL if f"-Code '{code}'" in text} == OF_POWERSHELL


def test_both_sides_speak_the_same_protocol() -> None:
    assert f"$script:ProtocolVersion = {protocol.VERSION}\n" in core("Worker.ps1")


def test_core_knows_no_command_by_name() -> None:
    for path in (ROOT / "PyBridge" / "Core").glob("*.ps1"):
        text = re.sub(r"#.*", "", path.read_text(encoding="ascii"))
        assert [command.name for command in SPEC.commands if command.name in text] == [], path.name


# --- README ------------------------------------------------------------------------------------------


def test_readme_lists_the_commands_and_their_aliases() -> None:
    table = README.read_text(encoding="utf-8").partition("| about | commands")[2].partition("\n\n")[0]
    names = re.findall(r"`([A-Z][a-z]+-\w+)`(?: \(([^)]*)\))?", table)
    listed = {name: tuple(re.findall(r"`([^`]+)`", aliases)) for name, aliases in names}
    assert listed == {command.name: command.aliases for command in SPEC.commands}


def test_readme_names_the_codes_that_users_meet() -> None:
    named = set(re.findall(r"`PyBridge\.(\w+)`", README.read_text(encoding="utf-8")))
    assert "NoEndpoint" in named
    assert named <= {wire.pascal(code) for code in {error.code for error in every_error()} | OF_POWERSHELL}
