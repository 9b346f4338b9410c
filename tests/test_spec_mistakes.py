"""spec: each mistake in commands.yaml and its parts is named with its line."""

from __future__ import annotations

import pytest
from samplespec import GOOD, PART, in_parts, parse

from pybridge.errors import SpecError


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
        ("        pipeline: property", "        pipeline: always", "'always' is not one of both, property, value"),
        ("pipeline: both", "pipeline: all", "'all' is not one of both, property, value"),
        ("        completer: resource_id", "        completer: planet", "'planet' is not one of"),
        ("        members: [Id]", "        members: Id", "expected a list"),
        (
            "        help: Another one.",
            "        values_hint: [a]\n        help: Another one.",
            "completer or values_hint",
        ),
        ("      - use: shared_size", "      - use: shared", "there is no shared parameter 'shared'"),
        ("  remote: [computer, session]", "  remote: [computer, room]", "there is no shared parameter 'room'"),
        ("  remote: [computer, session]", "  remote: computer", "expected a list"),
        ("        mandatory: true", "        mandatory: maybe", "expected true or false"),
        ("    target: [Where, Which]", "    target: [Where, Whence]", "there is no parameter 'Whence'"),
        ("    confirm: Remove {Which}?", "    confirm: Remove {Whose}?", "there is no parameter 'Whose'"),
        ("    as_job: true", "    as_job: perhaps", "expected true or false"),
        ("{Speed=Fast: remove at once}", "{Sped=Fast: remove at once}", "there is no parameter 'Sped'"),
        ("{Speed=Fast: remove at once}", "{Speed=Faster: remove at once}", "-Speed does not take 'Faster'"),
        ("{Speed=Fast: remove at once}", "{Speed=Fast: 5}", "expected text, found 5"),
        ("    action: look", "    actions: {Force: look}", "only a command with an 'action' has others beside it"),
        ("right: true", "right: maybe", "expected true or false"),
        ("    to_string: Name", "    to_string: $(Stop)", "'$(Stop)' is not the name of a member"),
        ("    local: Resolve-SampleThing", "    local: 5", "expected text, found 5"),
        ("    position: 2", "    places: 2", "unknown key"),
        ("    type: int", "    type: integer", "'integer' is not one of"),
        ("        position: 0", "        position: first", "expected a whole number, found 'first'"),
        ("    passes_parameter_set: true", "    passes_parameter_set: 1", "expected true or false, found 1"),
        ("    depth: 5", "    depth: deep", "expected a whole number"),
        ("    description: Removes a thing.", "    description: 5", "expected text, found 5"),
        ("    aliases: [Find-Thing]", "    aliases: Find-Thing", "expected a list"),
        ("    aliases: {Title: Name}", "    aliases: [Title]", "expected a mapping"),
        (
            "          One: {mandatory: true, position: 1, pipeline: both}",
            "          One: {mandatory: yes please}",
            "expected true or false",
        ),
        ("          One: {mandatory: true, position: 1,", "          One: {order: 1,", "unknown key"),
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
        ("    operation: remove_thing\n", "Remove-Thing", "a command has an 'operation', or is 'local'"),
        ("    context: session\n", "Remove-Thing", "'context' is missing"),
        ("    synopsis: Removes.\n", "Remove-Thing", "'synopsis' is missing"),
        ("        type: switch\n", "name: Force", "'type' is missing"),
        ("        help: Nothing.\n", "name: Force", "'help' is missing"),
        ("    default_set: All\n", "name: Get-Thing", "'default_set' is missing"),
        ("    name: Sample.Part\n", "  part:", "'name' is missing"),
        ("    type: int\n", "  shared_size:", "'type' is missing"),
        ("    local: Resolve-SampleThing\n", "Resolve-Thing", "a command has an 'operation', or is 'local'"),
        (
            "    action: remove\n    actions: {Speed=Fast: remove at once}\n",
            "target:",
            "only a command with an 'action' has a target",
        ),
        (
            "    action: remove\n    actions: {Speed=Fast: remove at once}\n    target: [Where, Which]\n",
            "confirm:",
            "something to confirm",
        ),
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


@pytest.mark.parametrize(
    ("right", "wrong", "near", "words"),
    [
        ("        type: object", "        type: string", "members: [Id]", "only an object has members"),
        ("[Where, Which]", "[Which]", "as_job", "this adds -AsJob, which stands among the parameters too"),
        ("[Where, Which]", "[Which]", "no_wait", "this adds -NoWait, which stands among the parameters too"),
        ("Force, type: switch, arg", "Rush, type: switch, arg", "confirm:", "a command that asks has a switch -Force"),
        ("Force, type: switch, arg", "Force, type: bool, arg", "confirm:", "a command that asks has a switch -Force"),
    ],
)
def test_a_mistake_of_two_lines_is_named_with_one_of_them(right: str, wrong: str, near: str, words: str) -> None:
    assert GOOD.count(right) == 1
    text = GOOD.replace(right, wrong)
    if near in {"as_job", "no_wait"}:
        text = text.replace("{name: Where,", "{name: AsJob," if near == "as_job" else "{name: NoWait,")
    with pytest.raises(SpecError) as caught:
        parse(text)
    assert words in str(caught.value)
    assert caught.value.line == min(number for number, line in enumerate(text.splitlines(), 1) if near in line)


@pytest.mark.parametrize(
    ("right", "wrong", "words"),
    [
        ("  whole:", "  thing:", "the type 'thing' stands in two parts"),
        ("  - name: Get-Whole", "  - name: Get-Thing", "the command 'Get-Thing' stands here twice"),
        ("      - use: shared_size", "      - use: shared", "there is no shared parameter 'shared'"),
        (', version: "1.2.3"}', "}", "'version' is missing"),
        ("nested: {Thing: thing}", "nested: {Thing: stuff}", "there is no type 'stuff'"),
    ],
)
def test_a_mistake_in_a_part_is_named_with_its_file_and_line(right: str, wrong: str, words: str) -> None:
    text = PART.replace(right, wrong)
    assert text != PART
    with pytest.raises(SpecError) as caught:
        in_parts(GOOD, wholes=text)
    assert words in str(caught.value)
    assert str(caught.value).startswith(f"wholes:{text[: text.index(wrong)].count(chr(10)) + 1}: ")


def test_a_part_that_is_not_there_is_named_where_the_root_names_it() -> None:
    text = f"{GOOD}parts: [nowhere]\n"
    with pytest.raises(SpecError, match=rf"commands.yaml:{text.count(chr(10))}: .*there is no file 'nowhere'"):
        parse(text)
