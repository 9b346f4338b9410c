"""The help: complete for each command, and each of its examples runs as it stands against the emulator's own world."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from computers import computers
from shells import Azure, Shell
from wsman_host import NO_NTLM, interpreter
from wsman_names import named

from pybridge import spec as specs
from pybridge.generate.functions import all_parameters
from pybridge.module import module_root
from pybridge.operations import OPERATIONS
from pybridge.spec import Command

SPEC = specs.load(module_root(), OPERATIONS)

#: Of the administrator of the hosts.
PASSWORD = "Correct-Horse-Battery-1"

#: What PowerShell itself adds to a command that changes something; it describes them elsewhere.
ADDED = {"WhatIf", "Confirm"}


def flat(text: str) -> str:
    """Words, whatever the lines: PowerShell breaks and trims the texts of help."""
    return " ".join(text.split())


def test_help_is_complete(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    script = """
    Import-Module PyBridge
    foreach ($command in Get-Command -Module PyBridge -CommandType Function) {
        $help = Get-Help $command.Name -Full
        $parameters = @{}
        foreach ($parameter in $help.parameters.parameter) {
            $parameters[$parameter.name] = -join @($parameter.description | ForEach-Object { $_.Text })
        }
        $examples = foreach ($example in $help.examples.example) {
            $example.code + ' ' + (-join @($example.remarks | ForEach-Object { $_.Text }))
        }
        ConvertTo-Json -Compress -Depth 4 -InputObject @{
            name = $command.Name; synopsis = [string]$help.Synopsis; parameters = $parameters; examples = @($examples)
            description = -join @($help.description | ForEach-Object { $_.Text })
            outputs = @($help.returnValues.returnValue | ForEach-Object { [string]$_.type.name })
        }
    }
    """
    run = shell.run(script, azure.environ, folder=tmp_path)
    assert run.stderr == ""
    pages = {page["name"]: page for page in map(json.loads, run.lines)}
    assert sorted(pages) == sorted(command.name for command in SPEC.commands)
    names = {item.key: item.name for item in SPEC.types}
    for command in SPEC.commands:
        page = pages[command.name]
        assert flat(page["synopsis"]) == flat(command.synopsis), command.name
        assert flat(page["description"]) == flat(command.description), command.name
        shown = {name: flat(text) for name, text in page["parameters"].items() if name not in ADDED}
        assert shown == {item.name: flat(item.help) for item in all_parameters(command)}, command.name
        assert len(command.examples) >= 2, command.name
        assert [flat(text) for text in page["examples"]] == [
            flat(f"{example.code} {example.text}") for example in command.examples
        ], command.name
        assert flat(" ".join(page["outputs"])) == " ".join(names[key] for key in command.output), command.name


def credential(name: str, user: str, password: str) -> str:
    """A variable of that name with the credential."""
    return f"""
    $secret = [securestring]::new()
    foreach ($character in '{password}'.ToCharArray()) {{ $secret.AppendChar($character) }}
    ${name} = [System.Management.Automation.PSCredential]::new('{user}', $secret)
    """


@contextmanager
def others(azure: Azure, shell: Shell, folder: Path, script: str) -> Iterator[Mapping[str, str]]:
    """The computers that a script names, vm01 and vm02, and the variables with which they are found."""
    if "-ComputerName" not in script and "'vm01'" not in script:
        yield {}
        return
    if not interpreter()[1]:
        pytest.skip(NO_NTLM)
    world = azure.emulator.world
    world.grant("Reader", to=world.vm("webVM1"), scope=next(iter(world.subscriptions.values())))
    home = folder / "home"
    home.mkdir()
    with computers({"vm01": "myVM", "vm02": "webVM1"}, shell, world=world, home=home) as there:
        yield named(list(there.hosts.values()))


@pytest.mark.parametrize("command", SPEC.commands, ids=lambda command: command.name)
def test_every_example_of_the_help_runs(shell: Shell, azure: Azure, tmp_path: Path, command: Command) -> None:
    """One after the other in one session, as somebody would try them; an error of any kind ends the script."""
    world = azure.emulator.world
    application = world.applications["deployapp"]
    script = f"""
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    {credential("credential", application.principal.client_id, application.secret)}
    {credential("cred", "admin", PASSWORD)}
    $tenant = '{world.tenant.id}'
    """
    for number, example in enumerate(command.examples, 1):
        script += f"'<{number}>'\n{example.code}\n'<{number} is done>'\n"
    with others(azure, shell, tmp_path, script) as environ:
        environ = {**azure.environ, "PYBRIDGE_CONTEXTS": str(tmp_path / "contexts"), **environ}
        run = shell.run(script, environ, folder=tmp_path)
    assert (run.stderr, run.code) == ("", 0), run.stdout
    for number in range(1, len(command.examples) + 1):
        printed = re.search(rf"<{number}>(.*)<{number} is done>", run.stdout, re.DOTALL)
        assert printed is not None, run.stdout
        # Whoever tries an example wants to see something, and a silent one might do nothing at all.
        assert printed[1].strip(), f"example {number} prints nothing"


def test_the_module_has_a_page_of_its_own(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    page = module_root() / "PyBridge" / "en-US" / "about_PyBridge.help.txt"
    text = page.read_text(encoding="ascii")
    assert max(map(len, text.splitlines())) <= 80
    run = shell.run("Import-Module PyBridge; Get-Help about_PyBridge", azure.environ, folder=tmp_path)
    assert run.stderr == ""
    assert flat(run.stdout) == flat(text)
    commands = {command.name for command in SPEC.commands} | {
        alias for command in SPEC.commands for alias in command.aliases
    }
    named = set(re.findall(r"\b[A-Z][a-z]+-(?:AzureRm|Msi)\w*", text))
    assert named <= commands | {"Get-AzureRmVM"}, named - commands


def test_the_page_has_the_role_that_errors_send_people_to() -> None:
    module = module_root() / "PyBridge"
    text = (module / "en-US" / "about_PyBridge.help.txt").read_text(encoding="ascii")
    assert "RoleCapabilities = 'MsiToken'" in text
    assert (module / "RoleCapabilities" / "MsiToken.psrc").is_file()
    for word in ("Just Enough Administration", "New-PSSessionConfigurationFile", "-Scope AllUsers"):
        assert word in text
