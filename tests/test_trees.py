"""generate.trees, and what the spec says for it: views that print to the bottom, and words for what is done."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from pybridge import spec
from pybridge.errors import SpecError
from pybridge.generate.tables import command_row
from pybridge.generate.views import views

TEXT = """\
module: {name: Sample, guid: 00000000-0000-0000-0000-000000000000, description: A sample.}
types:
  short:
    name: Sample.Short
    view:
      list:
        - {label: Name, path: Name}
        - {label: Parts, members: Parts.Inner, optional: true}
      tree: true
  deep:
    name: Sample.Deep
    view: {tree: true}
  row:
    name: Sample.Row
    view:
      table:
        - {label: Name, path: Name}
        - {label: Size, path: Size, width: 9, right: true}
commands:
  - name: Update-Thing
    operation: update_thing
    context: required
    action: Update
    actions:
      Name: "Update {Name}"
      Kind=None: Empty
    output: []
    synopsis: Updates.
    description: Updates.
    parameters:
      - {name: Name, type: string, help: The name.}
      - {name: Kind, type: string, values: [One, None], help: The kind.}
    examples:
      - {code: Update-Thing, text: It is done.}
"""


def parse(text: str) -> spec.Spec:
    return spec.parse(text, file="commands.yaml", operations={"update_thing"})


def test_a_view_that_prints_to_the_bottom() -> None:
    text = "\n".join(views(parse(TEXT).types))
    short, deep, row = ElementTree.fromstring(f"<views>{text}</views>")
    script = short.findtext(".//ScriptBlock") or ""
    assert script.count("$_.DisplayHint -eq 'Expand'") == script.count("& $walk $_ 0") == 1
    assert "if ($_.Parts) {" in script
    assert "DisplayHint" not in (deep.findtext(".//ScriptBlock") or "")
    assert [node.tag for node in row.findall(".//TableColumnHeader")[1]] == ["Label", "Width", "Alignment"]
    assert row.findtext(".//Alignment") == "Right"


def test_words_for_what_is_done_depend_on_parameters() -> None:
    (command,) = parse(TEXT).commands
    assert command.actions == {"Name": "Update {Name}", "Kind=None": "Empty"}
    assert "Actions = @{ 'Name' = 'Update {Name}'; 'Kind=None' = 'Empty' }" in command_row(command)


@pytest.mark.parametrize(
    ("right", "wrong", "words"),
    [
        ("Kind=None:", "Sort:", "there is no parameter 'Sort'"),
        ("Kind=None:", "Kind=Two:", "-Kind does not take 'Two'"),
        ("    action: Update\n", "", "only a command with an 'action' has others beside it"),
    ],
)
def test_words_for_nothing_are_refused(right: str, wrong: str, words: str) -> None:
    with pytest.raises(SpecError, match=words):
        parse(TEXT.replace(right, wrong))
