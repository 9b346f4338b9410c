"""A small spec that has a bit of everything."""

from __future__ import annotations

from pybridge import spec

GOOD = """\
module:
  name: Sample
  guid: 00000000-0000-0000-0000-000000000000
  description: A sample.
parameters:
  shared_size:
    name: Size
    type: int
    position: 2
    help: How large.
  computer:
    name: ComputerName
    type: strings
    argument: none
    remote: computer_name
    sets:
      ComputerName: {mandatory: true, pipeline: value}
    help: Where.
  session:
    name: Session
    type: sessions
    argument: none
    remote: sessions
    sets:
      Session: {mandatory: true}
    help: Through what.
groups:
  remote: [computer, session]
types:
  thing:
    name: Sample.Thing
    to_string: Name
    maps: [Tags]
    hashtables: [Labels]
    nested: {Part: part}
    aliases: {Title: Name}
    depth: 5
    view:
      table:
        - {label: Name, path: Name, width: 20}
        - {label: Size, path: Part.Size, right: true}
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
          One: {mandatory: true, position: 1, pipeline: both}
        help: The name.
      - name: Force
        type: switch
        argument: none
        help: Nothing.
      - use: shared_size
        mandatory: true
      - name: Like
        type: object
        members: [Id]
        completer: resource_id
        help: Another one.
    examples:
      - {code: Get-Thing, text: All of them.}
  - name: Remove-Thing
    operation: remove_thing
    context: session
    action: remove
    actions: {Speed=Fast: remove at once}
    target: [Where, Which]
    confirm: Remove {Which}?
    as_job: true
    no_wait: true
    output: [part]
    synopsis: Removes.
    description: Removes a thing.
    parameters:
      - {name: Where, type: strings, help: Where it is.}
      - {name: Speed, type: string, values: [Fast, Slow], help: How fast.}
      - {name: Which, type: hashtable, help: Which one.}
      - {name: Force, type: switch, argument: none, help: Does not ask.}
    examples:
      - {code: Remove-Thing, text: It is gone.}
  - name: Resolve-Thing
    local: Resolve-SampleThing
    context: none
    output: []
    synopsis: Resolves.
    description: Resolves things.
    examples:
      - {code: Resolve-Thing, text: It is solved.}
"""

PART = """\
azurerm: {module: AzureRM.Sample, version: "1.2.3"}
types:
  whole:
    name: Sample.Whole
    nested: {Thing: thing}
commands:
  - name: Get-Whole
    operation: list_things
    context: none
    output: [whole, part]
    synopsis: Gets wholes.
    description: Gets wholes.
    default_set: Here
    parameters:
      - use: computer
        help: Where else.
      - use: shared_size
      - group: remote
    examples:
      - {code: Get-Whole, text: All of them.}
"""

OPERATIONS = {"list_things", "remove_thing"}


def parse(text: str) -> spec.Spec:
    return spec.parse(text, file="commands.yaml", operations=OPERATIONS)


def in_parts(root: str, **parts: str) -> spec.Spec:
    """The spec of a root that names those parts."""

    def read(file: str) -> str:
        if file not in parts:
            raise FileNotFoundError(file)
        return parts[file]

    names = "\n".join(f"  - {name}" for name in parts)
    return spec.parse(f"{root}parts:\n{names}\n", file="commands.yaml", operations=OPERATIONS, read=read)
