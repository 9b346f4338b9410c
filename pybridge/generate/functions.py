"""A function for each command: help, parameters and one call."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping

from ..spec import TYPES, Command, Parameter, ParameterSet
from .literals import fill, quoted
from .tables import gathered

#: The parameters that the spec does not spell out, because every command that has them has the same.
_DEFAULT_PROFILE = Parameter(
    name="DefaultProfile",
    type="object",
    argument=None,
    aliases=("AzureRmContext", "AzureCredential"),
    help="The context to use instead of the current one: what Connect-AzureRmAccount or Get-AzureRmContext returned, "
    "in this session or in another.",
)
_AS_JOB = Parameter(
    name="AsJob",
    type="switch",
    argument=None,
    help="Runs in the background and returns the job at once. Receive-Job -Wait gets what the command returns.",
)
_NO_WAIT = Parameter(
    name="NoWait",
    type="switch",
    argument="no_wait",
    help="Returns as soon as Azure has accepted the request, and does not wait until it is carried out.",
)


def all_parameters(command: Command) -> tuple[Parameter, ...]:
    """The parameters of a command, those that come with its properties last."""
    return (
        *command.parameters,
        *([_NO_WAIT] if command.no_wait else []),
        *([_AS_JOB] if command.as_job else []),
        *([_DEFAULT_PROFILE] if command.context != "none" else []),
    )


def function(command: Command, names: Mapping[str, str], template: str) -> str:
    """The function of a command; `names` are those of the types, by key."""
    parameters = all_parameters(command)
    # Without it, parameters of a function have positions where no parameter says one; those of AzureRM do not.
    binding = ["PositionalBinding = $false"]
    if command.default_set:
        binding.append(f"DefaultParameterSetName = {quoted(command.default_set)}")
    if command.action:
        binding.append("SupportsShouldProcess = $true")
    return fill(
        template,
        name=command.name,
        synopsis=_indented(command.synopsis),
        description=_indented(command.description),
        help=_help(command, parameters, names),
        binding=", ".join(binding),
        output=", ".join(quoted(names[key]) for key in command.output),
        aliases=f"    [Alias({', '.join(map(quoted, command.aliases))})]\n" if command.aliases else "",
        parameters=",\n\n".join(_parameter(item) for item in parameters),
        call=f"{command.local}" if command.local else f"Invoke-PyBridge {quoted(command.name)}",
        end=_END.replace("NAME", quoted(command.name)) if gathered(command) else "",
    )


#: What a command does that gathers its input before it asks: many are asked at the same time.
_END = """

    end {
        if ($null -ne $script:Gathered) { Invoke-PyBridgeGathered NAME $PSCmdlet $PSBoundParameters }
    }"""


def _indented(text: str) -> str:
    return textwrap.fill(text, 100, initial_indent="    ", subsequent_indent="    ", break_on_hyphens=False)


def _help(command: Command, parameters: Iterable[Parameter], names: Mapping[str, str]) -> str:
    blocks = [f"    .PARAMETER {item.name}\n{_indented(item.help)}\n" for item in parameters]
    for example in command.examples:
        code = textwrap.indent(example.code, "    ")
        blocks.append(f"    .EXAMPLE\n{code}\n\n{_indented(example.text)}\n")
    blocks += [f"    .OUTPUTS\n    {names[key]}\n" for key in command.output]
    return "".join(blocks)


def _parameter(item: Parameter) -> str:
    bindings = [", ".join(_binding(row)) for row in item.sets]
    lines = [f"[Parameter({binding})]" for binding in bindings if binding]
    if item.aliases:
        lines.append(f"[Alias({', '.join(map(quoted, item.aliases))})]")
    if item.values:
        lines.append(f"[ValidateSet({', '.join(map(quoted, item.values))})]")
    if item.values_hint:
        hints = ", ".join(map(quoted, item.values_hint))
        lines.append(f'[ArgumentCompleter({{ param($c, $p, $word) {hints} -like "$word*" }})]')
    if item.completer:
        lines.append(f"[ArgumentCompleter({{ & (Get-Module PyBridge) Complete-PyBridge {item.completer} @args }})]")
    lines.append(f"[{TYPES[item.type]}] ${item.name}")
    return textwrap.indent("\n".join(lines), "        ")


def _binding(row: ParameterSet) -> Iterable[str]:
    if row.name:
        yield f"ParameterSetName = {quoted(row.name)}"
    if row.mandatory:
        yield "Mandatory = $true"
    if row.position is not None:
        yield f"Position = {row.position}"
    if row.pipeline in {"value", "both"}:
        yield "ValueFromPipeline = $true"
    if row.pipeline in {"property", "both"}:
        yield "ValueFromPipelineByPropertyName = $true"
