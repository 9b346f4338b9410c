"""The commands Get-MsiIdentity and Test-Msi."""

from __future__ import annotations

import json
from pathlib import Path

from shells import Azure, Shell


def test_who_this_machine_is(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    own = azure.emulator.vm.system_assigned
    assert own is not None
    script = """
    $who = Get-MsiIdentity
    ConvertTo-Json -Compress -InputObject @{
        text = "$who"; kind = $who.Kind; client = $who.ClientId; tenant = $who.TenantId; resource = $who.ResourceId
        source = $who.Source; why = $who.Why; type = $who.PSObject.TypeNames[0]; expires = $who.ExpiresOn.GetType().Name
        vault = (Get-MsiIdentity KeyVault -Source imds).Resource; members = @($who.PSObject.Properties.Name)
    }
    """
    run = shell.run(script, azure.environ, folder=tmp_path)
    assert (run.stderr, run.code) == ("", 0)
    shown = json.loads(run.lines[-1])
    assert "Token" not in shown.pop("members")
    assert shown == {
        "text": own.object_id,
        "kind": "SystemAssigned",
        "client": own.client_id,
        "tenant": own.tenant_id,
        "resource": azure.emulator.vm.id,
        "source": "vm_extension",
        "why": "PYBRIDGE_VM_EXTENSION_ENDPOINT is set",
        "type": "PyBridge.ManagedIdentity",
        "expires": "DateTime",
        "vault": "https://vault.azure.net",
    }


def test_an_identity_is_a_list(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    run = shell.run("Get-MsiIdentity | Out-String -Width 300 | Write-Output", azure.environ, folder=tmp_path)
    labels = [line.split(" : ")[0].strip() for line in run.lines]
    assert labels == [
        "Kind",
        "ObjectId",
        "ClientId",
        "TenantId",
        "ResourceId",
        "Source",
        "Why",
        "Resource",
        "ExpiresOn",
    ]


def test_each_way_to_name_an_identity(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    azure.emulator.vm = azure.emulator.world.vm("twoIdentitiesVM")
    who = azure.emulator.vm.user_assigned[0]
    script = f"""
    (Get-MsiIdentity -ClientId {who.client_id}).Kind
    (Get-MsiIdentity -ObjectId {who.object_id}).ObjectId
    (Get-MsiIdentity -ResourceId {who.resource_id}).ResourceId
    Get-MsiIdentity -ErrorAction SilentlyContinue -ErrorVariable failed
    $failed[0].FullyQualifiedErrorId
    Test-Msi -Quiet
    Test-Msi -Quiet -ClientId {who.client_id}
    """
    run = shell.run(script, azure.environ, folder=tmp_path)
    assert run.lines == [
        "UserAssigned",
        who.object_id,
        who.resource_id,
        "PyBridge.TokenRejected,Get-MsiIdentity",
        "False",
        "True",
    ]


def test_the_checklist_of_a_machine_that_works(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    script = """
    $checks = Test-Msi
    $checks.Count
    $checks.State -contains 'broken'
    $checks[-1].Name
    $checks[-1].State
    $checks[0].PSObject.TypeNames[0]
    (Test-Msi -Quiet).GetType().Name
    Test-Msi -Quiet
    (Test-Msi | Select-Object -First 1).Name
    """
    run = shell.run(script, azure.environ, folder=tmp_path)
    assert (run.stderr, run.code) == ("", 0)
    assert run.lines == ["12", "False", "Verdict", "ok", "PyBridge.Check", "Boolean", "True", "Variables"]


def test_the_checklist_of_one_that_does_not(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    azure.emulator.vm = azure.emulator.world.vm("msiOffVM")
    script = """
    $checks = Test-Msi
    $checks.State -contains 'broken'
    $checks[-1].State
    Test-Msi -Quiet
    $checks[-1].Remedy
    """
    run = shell.run(script, azure.environ, folder=tmp_path)
    assert (run.stderr, run.code) == ("", 0)
    assert run.lines[:3] == ["True", "broken", "False"]
    for words in ("Configuration", "Extensions", "redeploy"):
        assert words in run.stdout


def test_checks_are_a_table_whose_messages_are_whole(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    run = shell.run("Test-Msi | Out-String -Width 60 | Write-Output", azure.environ, folder=tmp_path)
    assert (run.stderr, run.code) == ("", 0)
    assert run.lines[0].split() == ["State", "Name", "Message"]
    text = "".join(run.stdout.split())
    assert f"{azure.url}/oauth2/token" in text
    assert "managedidentityofthismachineworks" in text


def test_a_source_that_is_not_there(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    script = """
    $checks = Test-Msi -Source app_service
    ($checks | Where-Object Name -eq Endpoint).Message
    Test-Msi -Source mars
    """
    run = shell.run(script, azure.environ, folder=tmp_path)
    assert run.lines[0] == "IDENTITY_ENDPOINT is not set, so App Service is not to be asked here"
    assert "Source" in run.stderr
