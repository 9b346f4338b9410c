"""The modules by AzureRM's names: PyBridge under another name, and a way out for what it does not cover."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
from shells import Azure, Run, Shell

from pybridge import generate, shims, spec
from pybridge.errors import SpecError
from pybridge.generate.shims import SHIMS, render_shims
from pybridge.module import module_root
from pybridge.operations import OPERATIONS
from pybridge.shims import NotCovered, az_name
from pybridge.spec import Command

ROOT = module_root()
SPEC = spec.load(ROOT, OPERATIONS)
FILES = shims.load(ROOT, SPEC)
REFUSED = [item for shim in FILES for item in shim.not_covered]

HEAD = "module: AzureRM.Test\nversion: '1.2.3'\nguid: f8c1f7ac-4c5e-4d06-9f0b-5f0d5f1c2aff\ndescription: A test.\n"


def parse(text: str) -> shims.Shim:
    return shims.parse(HEAD + text, file="test.yaml", spec=SPEC)


# --- the lists ---------------------------------------------------------------------------------------


def test_the_modules_have_the_versions_of_the_last_azurerm() -> None:
    assert {shim.module: shim.version for shim in FILES} == {
        "AzureRM": "6.13.2",
        "AzureRM.Compute": "5.9.2",
        "AzureRM.ManagedServiceIdentity": "1.0.6",
        "AzureRM.Profile": "5.8.4",
        "AzureRM.Resources": "6.7.4",
    }
    assert len({shim.guid for shim in FILES} | {SPEC.guid}) == len(FILES) + 1


def test_every_command_of_azurerm_is_in_a_module_that_there_is() -> None:
    assert {item.home.module for item in SPEC.commands if item.home} <= {shim.module for shim in FILES}


def test_nothing_that_is_covered_is_in_a_list() -> None:
    covered = {name.lower() for item in SPEC.commands for name in (item.name, *item.aliases)}
    listed = [name.lower() for item in REFUSED for name in (item.name, *item.aliases)]
    assert not covered & set(listed)
    assert len(listed) == len(set(listed))


def test_every_entry_says_what_to_use() -> None:
    for item in REFUSED:
        assert re.fullmatch(r"[A-Z][A-Za-z]+-(Az\w+|Feedback)", item.az), item
        if item.path:
            assert re.fullmatch(r"(/|\{scope\}/|\{resourceId\})[\w/{}.$?=&-]+", item.path), item
            assert not {"{group}", "{subscription}"} & set(re.findall(r"\{\w+\}", item.path)), item
        assert item.remedy.endswith(f"In Az it is {item.az}.")
        assert item.remedy.isascii()


@pytest.mark.parametrize(
    ("name", "az"),
    [
        ("Get-AzureRmVM", "Get-AzVM"),
        ("get-azurermvm", "get-Azvm"),
        ("Get-AzureKeyVaultSecret", "Get-AzKeyVaultSecret"),
        ("Send-Feedback", "Send-AzFeedback"),
    ],
)
def test_az_names_follow_a_rule(name: str, az: str) -> None:
    assert az_name(name) == az


def test_a_call_is_written_out_and_other_names_are_left_to_the_reader() -> None:
    (item,) = parse(
        "paths: {disks: '{group}/providers/D'}\n"
        "not_covered: {New-AzureRmThing: {rest: 'PUT {disks}/{name}?api-version=1', instead: Get-AzureRmVM}}\n"
    ).not_covered
    path = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/D/{name}?api-version=1"
    assert item.remedy.splitlines() == [
        "Use Get-AzureRmVM, which is covered.",
        f"Use Invoke-AzureRmRestMethod -Method PUT -Path '{path}' -Payload $json",
        "In Az it is New-AzThing.",
    ]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("not_covered: {Get-AzureRmVM: {}}", r"test\.yaml:5: .*Get-AzureRmVM is covered"),
        ("not_covered: {Get-AzureRmX: {aliases: [login-azurermaccount]}}", "login-azurermaccount is covered"),
        ("not_covered: {Get-AzureRmX: {rest: '/a?api-version=1'}}", "expected a method, a path"),
        ("not_covered: {Get-AzureRmX: {rest: GET /a}}", "expected a method, a path"),
        ("not_covered: {Get-AzureRmX: {path: x}}", "unknown key"),
        ("more: x", "unknown key"),
    ],
)
def test_a_mistake_is_named_with_its_line(text: str, complaint: str) -> None:
    with pytest.raises(SpecError, match=complaint):
        parse(text)


def test_a_list_has_a_head() -> None:
    with pytest.raises(SpecError, match="'guid' is missing"):
        shims.parse("module: x\nversion: '1'\ndescription: y\n", file="test.yaml", spec=SPEC)


def test_both_places_name_one_version() -> None:
    with pytest.raises(SpecError, match=r"says that it is from version 5\.9\.2"):
        shims.parse(HEAD.replace("Test", "Compute"), file="test.yaml", spec=SPEC)


# --- the files ---------------------------------------------------------------------------------------


def rendered(*items: shims.Shim) -> dict[str, str]:
    templates = {path.name: path.read_text(encoding="ascii") for path in (ROOT / "templates").iterdir()}
    return render_shims(SPEC, items, templates)


def test_a_shim_exports_its_commands_and_what_is_not_covered() -> None:
    shim = replace(
        next(shim for shim in FILES if shim.module == "AzureRM.Compute"),
        not_covered=(NotCovered("Get-AzureRmOld", aliases=("Get-AzureRmOlder",), az="Get-AzOld's"),),
    )
    files = rendered(shim)
    manifest = files["AzureRM.Compute/AzureRM.Compute.psd1"]
    assert "'Get-AzureRmVM'," in manifest
    assert "'Get-AzureRmOld'" in manifest
    assert "'Get-AzureRmOlder'" in manifest
    assert "'Connect-AzureRmAccount'" not in manifest
    module = files["AzureRM.Compute/AzureRM.Compute.psm1"]
    assert "'Get-AzureRmOld' = 'In Az it is Get-AzOld''s.'" in module
    assert "'Get-AzureRmOlder' = 'Get-AzureRmOld'" in module


def test_azurerm_itself_only_brings_the_others() -> None:
    manifest = (ROOT / SHIMS / "AzureRM" / "AzureRM.psd1").read_text(encoding="ascii")
    assert "RootModule" not in manifest
    assert re.findall(r"ModuleName = '([^']+)'; ModuleVersion = '([^']+)'", manifest) == [
        ("AzureRM.Profile", "5.8.4"),
        ("AzureRM.Compute", "5.9.2"),
        ("AzureRM.Resources", "6.7.4"),
    ]


def test_a_file_too_many_is_an_orphan(tmp_path: Path) -> None:
    orphan = tmp_path / SHIMS / "AzureRM.Old" / "AzureRM.Old.psd1"
    orphan.parent.mkdir(parents=True)
    orphan.write_text("@{}\n")
    (tmp_path / "commands.yaml").write_text(
        "module: {name: PyBridge, guid: 6f1d0a57-9c0b-4f7e-8a43-2d5d7f4c9b1e, description: x}\n"
    )
    (tmp_path / "templates").mkdir()
    for path in (ROOT / "templates").iterdir():
        (tmp_path / "templates" / path.name).write_bytes(path.read_bytes())
    assert f"--- {SHIMS}/AzureRM.Old/AzureRM.Old.psd1 (on disk)" in generate.check(tmp_path, OPERATIONS)
    assert orphan in generate.write(tmp_path, OPERATIONS)
    assert not orphan.exists()


# --- in PowerShell -----------------------------------------------------------------------------------


def run(shell: Shell, azure: Azure, folder: Path, script: str) -> Run:
    """Run a script with PyBridge and the shims on PSModulePath, without an error."""
    paths = os.pathsep.join([str(ROOT / SHIMS), azure.environ["PSModulePath"]])
    done = shell.run(script, {**azure.environ, "PSModulePath": paths}, folder=folder)
    assert (done.code, done.stderr) == (0, ""), done.stdout
    return done


def names(text: str) -> list[str]:
    """Which of ours are in a list of names."""
    return [name for name in text.split(",") if name.startswith(("AzureRM", "PyBridge"))]


def test_a_script_of_azurerm_runs_by_the_old_names(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    """Under any name a command is the same: one sign-in, one worker, one help; -WhatIf, preferences and completers."""
    done = run(
        shell,
        azure,
        tmp_path,
        "#Requires -Modules AzureRM.Profile\n"
        "#Requires -Modules @{ModuleName='AzureRM.Compute';ModuleVersion='5.0'}\n"
        "Import-Module AzureRM.Compute -MinimumVersion 5.0\n"
        "Disable-AzureRmDataCollection\n"
        "AzureRM.Profile\\Enable-AzureRmDataCollection -DefaultProfile $null -Confirm:$false\n"
        "$null = AzureRM.Profile\\Connect-AzureRmAccount -Identity\n"
        "(Get-AzureRmVM -ResourceGroupName myResourceGroup -Name myVM).Name\n"
        "& (Get-Module PyBridge) { $script:Worker.Process.Id }\n"
        "(AzureRM.Compute\\Get-AzureRmVM -ResourceGroupName myResourceGroup -Name myVM).Name\n"
        "(PyBridge\\Get-AzureRmContext).Subscription.Name\n"
        "(AzureRM.Resources\\Get-AzureRmResourceGroup | AzureRM.Compute\\Get-AzureRmVM | Select-Object -First 1).Name\n"
        "& (Get-Module PyBridge) { $script:Worker.Process.Id }\n"
        "(Get-Module).Name -join ','\n"
        "Import-Module AzureRM\n"
        "$null = AzureRM.Profile\\Add-AzureRmAccount -Identity -WhatIf\n"
        "$WhatIfPreference = $true\n"
        "$null = AzureRM.Profile\\Connect-AzureRmAccount -Identity\n"
        "$WhatIfPreference = $false\n"
        "(AzureRM.Profile\\Get-AzureRmContext).Account.Id\n"
        "(Get-Help AzureRM.Compute\\Get-AzureRmVM).Synopsis -eq (Get-Help PyBridge\\Get-AzureRmVM).Synopsis\n"
        "(Get-Command AzureRM.Compute\\Get-AzureRmVM).Parameters.Keys -contains 'ResourceGroupName'\n"
        "$line = 'AzureRM.Profile\\Connect-AzureRmAccount -Environment AzureU'\n"
        "$found = [System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null)\n"
        "$found.CompletionMatches[0].CompletionText\n",
    )
    whatif = [line for line in done.lines if line.startswith("What if:")]
    assert len(whatif) == 2
    name, worker, *answers, same_worker, loaded, account, same_help, known, completed = [
        line for line in done.lines if line not in whatif
    ]
    assert [name, *answers] == ["myVM", "myVM", "Subscription1", "myVM"]
    assert worker == same_worker
    assert sorted(names(loaded)) == ["AzureRM.Compute", "AzureRM.Profile", "AzureRM.Resources", "PyBridge"]
    assert (account, same_help, known, completed) == ("MSI@50342", "True", "True", "AzureUSGovernment")


def test_modules_come_and_go_and_the_session_stays(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    done = run(
        shell,
        azure,
        tmp_path,
        "$ErrorActionPreference = 'Stop'\n"
        "Import-Module PyBridge\n"
        "$null = Connect-AzureRmAccount -Identity\n"
        "Import-Module AzureRM.Profile, AzureRM.Compute\n"
        "Remove-Module AzureRM.Compute\n"
        "(Get-AzureRmContext).Account.Id\n"
        "(Get-AzureRmVM -ResourceGroupName myResourceGroup -Name myVM).Name\n"
        "Import-Module AzureRM.Compute -Force\n"
        "Import-Module PyBridge\n"
        "(AzureRM.Compute\\Get-AzureRmVM -ResourceGroupName myResourceGroup -Name myVM).Name\n"
        "Remove-Module AzureRM.Profile, AzureRM.Compute\n"
        "(Get-Module).Name -join ','\n"
        "(Get-AzureRmContext).Account.Id\n",
    )
    assert done.lines[:3] == ["MSI@50342", "myVM", "myVM"]
    assert names(done.lines[3]) == ["PyBridge"]
    assert done.lines[4] == "MSI@50342"


def test_what_is_exported_and_what_is_not_covered(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    """Every export is there, and nothing else; what is not covered says what to use."""
    exports = "".join(
        f"Import-Module {shim.module}\n"
        f"$m = Get-Module {shim.module}\n"
        "@($m.Name, $m.Version, $m.Guid, $m.ExportedFunctions.Count, $m.ExportedAliases.Count) -join ','\n"
        for shim in FILES
    )
    done = run(
        shell,
        azure,
        tmp_path,
        "try { Import-Module AzureRM.Compute -MinimumVersion 6.0 -ErrorAction Stop }\n"
        "catch { $_.FullyQualifiedErrorId }\n"
        f"{exports}"
        "try { 1, 2 | Get-AzureRmDisk -ResourceGroupName rg -Nonsense 1 more -Force:$true } catch {\n"
        '    $_.FullyQualifiedErrorId; "$($_.CategoryInfo.Category)"; $_.Exception.Message\n'
        "    $_.ErrorDetails.RecommendedAction\n"
        "}\n"
        "$ErrorActionPreference = 'SilentlyContinue'\n"
        "Repair-AzureRmVmssServiceFabricUD -ResourceGroupName rg\n"
        "$Error[0].FullyQualifiedErrorId\n"
        "(Get-Help New-AzureRmVM).Synopsis\n",
    )
    too_old, *lines = done.lines
    assert too_old.startswith("Modules_ModuleWithVersionNotFound")
    expected = []
    for shim in FILES:
        commands = [item for item in SPEC.commands if item.home and item.home.module == shim.module]
        listed: list[Command | NotCovered] = [*commands, *shim.not_covered]
        counts = len(listed), sum(len(item.aliases) for item in listed)
        expected.append(",".join(map(str, (shim.module, shim.version, shim.guid, *counts))))
    assert lines[: len(FILES)] == expected
    path = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/disks/"
    assert lines[len(FILES) :] == [
        "PyBridge.NotSupported,Get-AzureRmDisk",
        "NotImplemented",
        "Get-AzureRmDisk is not covered by PyBridge",
        f"Use Invoke-AzureRmRestMethod -Method GET -Path '{path}{{diskName}}?api-version=2023-04-02'",
        "In Az it is Get-AzDisk.",
        "PyBridge.NotSupported,Repair-AzureRmVmssServiceFabricUpdateDomain",
        "A command of AzureRM that PyBridge does not cover.",
    ]
