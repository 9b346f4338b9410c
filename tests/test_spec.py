"""spec: commands.yaml as values."""

from __future__ import annotations

import pytest
from samplespec import GOOD, PART, in_parts, parse

from pybridge import spec
from pybridge.errors import SpecError


def test_a_good_spec_is_read() -> None:
    found = parse(GOOD)
    assert (found.name, [item.key for item in found.types]) == ("Sample", ["thing", "part"])
    thing = found.types[0]
    assert (thing.to_string, thing.maps, thing.hashtables, dict(thing.nested), dict(thing.aliases), thing.depth) == (
        "Name",
        ("Tags",),
        ("Labels",),
        {"Part": "part"},
        {"Title": "Name"},
        5,
    )
    assert thing.table[1] == spec.Column("Size", "path", "Part.Size", None, optional=False, right=True)
    assert [column.wrap for column in thing.table] == [False, False, True]
    command = found.commands[0]
    assert (command.name, command.aliases, command.operation, command.context) == (
        "Get-Thing",
        ("Find-Thing",),
        "list_things",
        "required",
    )
    name, force, size, like = command.parameters
    assert (name.argument, name.sets) == (
        "thing_name",
        (spec.ParameterSet("All", False, 0, "property"), spec.ParameterSet("One", True, 1, "both")),
    )
    assert (force.argument, force.sets) == (None, (spec.ParameterSet(""),))
    assert (size.name, size.type, size.sets) == ("Size", "int", (spec.ParameterSet("", True, 2),))
    assert (like.members, like.completer) == (("Id",), "resource_id")
    remove, resolve = found.commands[1:]
    assert (remove.action, remove.target, remove.confirm) == ("remove", ("Where", "Which"), "Remove {Which}?")
    assert dict(remove.actions) == {"Speed=Fast": "remove at once"}
    assert (remove.as_job, remove.no_wait, remove.context) == (True, True, "session")
    assert (resolve.operation, resolve.local, resolve.parameters) == (None, "Resolve-SampleThing", ())
    assert {item.home for item in found.commands} == {None}


def test_parts_share_types_and_parameters_and_have_a_home_of_their_own() -> None:
    found = in_parts(GOOD, wholes=PART)
    assert [item.key for item in found.types] == ["thing", "part", "whole"]
    whole = found.commands[-1]
    assert (whole.name, whole.home) == ("Get-Whole", spec.Home("AzureRM.Sample", "1.2.3"))
    assert [(item.name, item.help, item.remote, item.argument) for item in whole.parameters] == [
        ("ComputerName", "Where else.", "computer_name", None),  # what it says itself goes first
        ("Size", "How large.", None, "size"),
        ("Session", "Through what.", "sessions", None),
    ]


@pytest.mark.parametrize("text", ["", "module:\n", "- a\n", "module: {}\ntypes: {}\ncommands: []\n", "\ufeff" + GOOD])
def test_what_is_no_spec_is_refused(text: str) -> None:
    with pytest.raises(SpecError):
        parse(text)


def test_an_unapproved_verb_is_answered_with_the_approved_ones() -> None:
    with pytest.raises(SpecError) as caught:
        parse(GOOD.replace("Remove-Thing", "Delete-Thing"))
    assert "Remove" in (caught.value.remedy or "")
