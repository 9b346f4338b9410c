"""spec: commands.yaml as values, and each mistake in it with its line."""

from __future__ import annotations

import pytest

from pybridge import spec
from pybridge.errors import SpecError

GOOD = """\
module:
  name: Sample
  guid: 00000000-0000-0000-0000-000000000000
  description: A sample.
types:
  thing:
    name: Sample.Thing
    to_string: Name
    maps: [Tags]
    nested: {Part: part}
    aliases: {Title: Name}
    depth: 5
    view:
      table:
        - {label: Name, path: Name, width: 20}
        - {label: Size, path: Part.Size}
        - {label: Text, path: Text, wrap: true}
  part:
    name: Sample.Part
commands:
  - name: Get-Thing
    aliases: [Find-Thing]
    operation: list_things
    passes_parameter_set: true
    context: required
    action: look
    output: [thing]
    default_set: All
    synopsis: Gets things.
    description: Gets things, one by one.
    parameters:
      - name: ThingName
        aliases: [Name]
        type: string
        pipeline: property
        position: 0
        values: [a, b]
        sets:
          All: {}
          One: {mandatory: true, position: 1}
        help: The name.
      - name: Force
        type: switch
        argument: none
        help: Nothing.
    examples:
      - {code: Get-Thing, text: All of them.}
  - name: Remove-Thing
    operation: remove_thing
    context: none
    output: [part]
    synopsis: Removes.
    description: Removes a thing.
    examples:
      - {code: Remove-Thing, text: It is gone.}
"""

OPERATIONS = {"list_things", "remove_thing"}


def parse(text: str) -> spec.Spec:
    return spec.parse(text, file="commands.yaml", operations=OPERATIONS)


def test_a_good_spec_is_read() -> None:
    found = parse(GOOD)
    assert (found.name, [item.key for item in found.types]) == ("Sample", ["thing", "part"])
    thing = found.types[0]
    assert (thing.to_string, thing.maps, dict(thing.nested), dict(thing.aliases), thing.depth) == (
        "Name",
        ("Tags",),
        {"Part": "part"},
        {"Title": "Name"},
        5,
    )
    assert thing.table[1] == spec.Column("Size", "path", "Part.Size", None, optional=False)
    assert [column.wrap for column in thing.table] == [False, False, True]
    command = found.commands[0]
    assert (command.name, command.aliases, command.operation, command.context) == (
        "Get-Thing",
        ("Find-Thing",),
        "list_things",
        "required",
    )
    name, force = command.parameters
    assert (name.argument, name.sets) == (
        "thing_name",
        (spec.ParameterSet("All", False, 0), spec.ParameterSet("One", True, 1)),
    )
    assert (force.argument, force.sets) == (None, (spec.ParameterSet("", False, None),))
    assert found.commands[1].parameters == ()


@pytest.mark.parametrize(
    ("right", "wrong", "words"),
    [
        ("    synopsis: Removes.", "    synopsys: Removes.", "unknown key"),
        ("        help: Nothing.", "        halp: Nothing.", "unknown key"),
        ("    maps: [Tags]", "    mapz: [Tags]", "unknown key"),
        ("  guid: 0", "  gluid: 0", "unknown key"),
        ("label: Size, path", "label: Size, poth", "unknown key"),
        ("    action: look", "    operation: list_things", "the key 'operation' stands here twice"),
        ("  part:", "  thing:", "the key 'thing' stands here twice"),
        ("  - name: Remove-Thing", "  - name: Get-Thing #2", "the command 'Get-Thing' stands here twice"),
        (
            "  - name: Remove-Thing",
            "  - name: Remove-Thing\n    aliases: [find-thing]",
            "'find-thing' stands here twice",
        ),
        ("      - name: Force", "      - name: Name", "the parameter 'Name' stands here twice"),
        ("      - name: Force", "      - name: thingname", "the parameter 'thingname' stands here twice"),
        ("  - name: Remove-Thing", "  - name: Delete-Thing", "'Delete' is not an approved verb"),
        ("  - name: Remove-Thing", "  - name: remove-Thing", "'remove' is not an approved verb"),
        ("  - name: Remove-Thing", "  - name: Remove", "not of the form Verb-Noun"),
        ("  - name: Remove-Thing", "  - name: Remove-thing", "not of the form Verb-Noun"),
        ("    operation: remove_thing", "    operation: remove_things", "there is no operation 'remove_things'"),
        ("    output: [part]", "    output: [parts]", "there is no type 'parts'"),
        ("    nested: {Part: part}", "    nested: {Part: bit}", "there is no type 'bit'"),
        ("    context: none", "    context: maybe", "'maybe' is not one of"),
        ("        type: switch", "        type: boolean", "'boolean' is not one of"),
        ("        pipeline: property", "        pipeline: always", "expected 'value' or 'property'"),
        ("        position: 0", "        position: first", "expected a whole number, found 'first'"),
        ("    passes_parameter_set: true", "    passes_parameter_set: 1", "expected true or false, found 1"),
        ("    depth: 5", "    depth: deep", "expected a whole number"),
        ("    description: Removes a thing.", "    description: 5", "expected text, found 5"),
        ("    aliases: [Find-Thing]", "    aliases: Find-Thing", "expected a list"),
        ("    aliases: {Title: Name}", "    aliases: [Title]", "expected a mapping"),
        (
            "          One: {mandatory: true, position: 1}",
            "          One: {mandatory: yes please}",
            "expected true or false",
        ),
        ("          One: {mandatory: true, position: 1}", "          One: {order: 1}", "unknown key"),
        ("path: Part.Size", "path: Part..Size", "is not a path of members"),
        ("path: Part.Size", "path: '$(Stop)'", "is not a path of members"),
        ("path: Part.Size", "path: A, map: B", "a column has exactly one of"),
        ("        help: Nothing.", "        help: N\u00f6thing.", "not ASCII"),
    ],
)
def test_a_mistake_is_named_with_its_line(right: str, wrong: str, words: str) -> None:
    assert GOOD.count(right) == 1
    text = GOOD.replace(right, wrong)
    with pytest.raises(SpecError) as caught:
        parse(text)
    assert words in str(caught.value)
    where = text[: text.rindex(wrong)].count("\n") + 1
    assert str(caught.value).startswith(f"commands.yaml:{where}: ")


@pytest.mark.parametrize(
    ("removed", "near", "words"),
    [
        ("    operation: remove_thing\n", "Remove-Thing", "'operation' is missing"),
        ("    synopsis: Removes.\n", "Remove-Thing", "'synopsis' is missing"),
        ("        type: switch\n", "name: Force", "'type' is missing"),
        ("        help: Nothing.\n", "name: Force", "'help' is missing"),
        ("    default_set: All\n", "name: Get-Thing", "'default_set' is missing"),
        ("    name: Sample.Part\n", "  part:", "'name' is missing"),
        ("  guid: 00000000-0000-0000-0000-000000000000\n", "module:", "'guid' is missing"),
        (", path: Name, width: 20", "{label: Name}", "a column has exactly one of"),
        (", text: It is gone.", "Remove-Thing}", "'text' is missing"),
    ],
)
def test_what_is_missing_is_named_with_the_line_of_its_owner(removed: str, near: str, words: str) -> None:
    text = GOOD.replace(removed, "")
    assert text != GOOD
    with pytest.raises(SpecError) as caught:
        parse(text)
    assert words in str(caught.value)
    first = min(number for number, line in enumerate(text.splitlines(), 1) if near in line)
    assert caught.value.line == first


@pytest.mark.parametrize("text", ["", "module:\n", "- a\n", "module: {}\ntypes: {}\ncommands: []\n", "\ufeff" + GOOD])
def test_what_is_no_spec_is_refused(text: str) -> None:
    with pytest.raises(SpecError):
        parse(text)


def test_an_unapproved_verb_is_answered_with_the_approved_ones() -> None:
    with pytest.raises(SpecError) as caught:
        parse(GOOD.replace("Remove-Thing", "Delete-Thing"))
    assert "Remove" in (caught.value.remedy or "")
