"""The commands of AzureRM.Compute, in a real PowerShell and in its engine."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from shells import Azure, Run, Shell

HEAD = """
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$null = Connect-AzureRmAccount -Identity -Subscription Subscription1
function Show($Value) { ConvertTo-Json -InputObject $Value -Depth 6 -Compress }
"""

MODELS = "Microsoft.Azure.Commands.Compute.Models"
GROUP = "myResourceGroup"
SECRET = "storage-key-of-nobody"


def ran(shell: Shell, azure: Azure, script: str, folder: Path) -> Run:
    """A script that must run without an error."""
    run = shell.run(HEAD + script, azure.environ, folder=folder)
    assert (run.stderr, run.code) == ("", 0)
    return run


def shown(shell: Shell, azure: Azure, script: str, folder: Path) -> Any:
    """What the last line of a script's output says in JSON."""
    return json.loads(ran(shell, azure, script, folder).lines[-1])


def test_each_parameter_set_of_get(shell: Shell, owned: Azure, tmp_path: Path) -> None:
    script = f"""
    $found = @{{}}
    foreach ($case in @{{
            all = {{ Get-AzureRmVM }}; status = {{ Get-AzureRmVM -Status }}; group = {{ Get-AzureRmVM {GROUP} }}
            one = {{ Get-AzureRmVM {GROUP} myVM }}; view = {{ Get-AzureRmVM {GROUP} -VMName myVM -Status }}
            place = {{ Get-AzureRmVM -Location 'West Europe' }}; wild = {{ Get-AzureRmVM * *identities* -Status }}
            page = {{ Get-AzureRmVM -NextLink ($link) }}
        }}.GetEnumerator()) {{
        $id = (Get-AzureRmSubscription)[0].Id
        $link = [uri]"https://anywhere/subscriptions/$id/providers/Microsoft.Compute/virtualMachines?api-version=2024-07-01"
        $vms = @(& $case.Value)
        $found[$case.Key] = @($vms[0].PSObject.TypeNames[0]) + @($vms | ForEach-Object {{ $_.Name }})
    }}
    Show $found
    """
    every = ["myVM", "twoIdentitiesVM", "msiOffVM", "noRoleVM"]
    assert shown(shell, owned, script, tmp_path) == {
        "all": [f"{MODELS}.PSVirtualMachineList", *every, "otherVM"],
        "status": [f"{MODELS}.PSVirtualMachineListStatus", *every, "otherVM"],
        "group": [f"{MODELS}.PSVirtualMachineList", *every],
        "one": [f"{MODELS}.PSVirtualMachine", "myVM"],
        "view": [f"{MODELS}.PSVirtualMachineInstanceView", "myVM"],
        "place": [f"{MODELS}.PSVirtualMachineList", "otherVM"],
        "wild": [f"{MODELS}.PSVirtualMachineListStatus", "twoIdentitiesVM"],
        "page": [f"{MODELS}.PSVirtualMachineList", *every, "otherVM"],
    }


def test_a_machine_has_the_members_that_scripts_read(shell: Shell, owned: Azure, tmp_path: Path) -> None:
    script = f"""
    $vm = Get-AzureRmVM {GROUP} myVM
    $two = Get-AzureRmVM {GROUP} twoIdentitiesVM
    $list = @(Get-AzureRmVM -Status)
    $view = Get-AzureRmVM {GROUP} myVM -Status
    Show @{{
        text = "$vm|$($list[0])|$view"; size = $vm.HardwareProfile.VmSize; os = $vm.StorageProfile.OsDisk.OsType
        admin = $vm.OSProfile.AdminUsername; tag = $vm.Tags['ROLE']; tags = $two.Tags.Count
        tagtype = $vm.Tags -is [System.Collections.IDictionary]
        type = $vm.Identity.Type; two = $two.Identity.Type; ids = @($two.Identity.IdentityIds).Count
        client = @($two.Identity.UserAssignedIdentities.Values)[0].ClientId
        primary = $vm.NetworkProfile.NetworkInterfaces[0].Primary
        extension = @($vm.Extensions | ForEach-Object {{ $_.VirtualMachineExtensionType }})
        code = $vm.StatusCode; request = $vm.RequestId.Length; states = @($list | ForEach-Object {{ $_.PowerState }})
        power = @($view.Statuses | Where-Object {{ $_.Code -like 'PowerState/*' }})[0].DisplayStatus
        time = $view.Statuses[0].Time.GetType().Name; agent = $view.VMAgent.VmAgentVersion
        missing = $null -eq $view.PSObject.Properties['Id']; zones = @($two.Zones)
    }}
    """
    found = shown(shell, owned, script, tmp_path)
    identity = owned.emulator.world.vm("twoIdentitiesVM").user_assigned[0]
    assert found == {
        "text": "myVM|myVM|myVM",
        "size": "Standard_DS1_v2",
        "os": "Windows",
        "admin": "azureuser",
        "tag": "web",
        "tags": 0,
        "tagtype": True,
        "type": "SystemAssigned",
        "two": "UserAssigned",
        "ids": 2,
        "client": identity.client_id,
        "primary": True,
        "extension": ["ManagedIdentityExtensionForWindows", "BGInfo"],
        "code": "OK",
        "request": 36,
        "states": ["VM running", "VM running", "VM deallocated", "VM running", "VM running"],
        "power": "VM running",
        "time": "DateTime",
        "agent": "2.7.1198.822",
        "missing": True,
        "zones": ["1"],
    }


TABLE = """\
ResourceGroupName             Name   Location          VmSize  OsType     PowerState                 NIC ProvisioningState Zone
-----------------             ----   --------          ------  ------     ----------                 --- ----------------- ----
myResourceGroup               myVM     eastus Standard_DS1_v2 Windows     VM running            myVM-nic         Succeeded
myResourceGroup    twoIdentitiesVM     eastus Standard_DS1_v2   Linux     VM running twoIdentitiesVM-nic         Succeeded  {1}
myResourceGroup           msiOffVM     eastus Standard_DS1_v2 Windows VM deallocated        msiOffVM-nic         Succeeded
myResourceGroup           noRoleVM     eastus Standard_DS1_v2   Linux     VM running        noRoleVM-nic         Succeeded
otherResourceGroup         otherVM westeurope Standard_DS1_v2 Windows     VM running         otherVM-nic         Succeeded
"""  # noqa: E501

COMPACT = """\
ResourceGroupName  : otherResourceGroup
Id                 : {id}
VmId               : {vm_id}
Name               : otherVM
Type               : Microsoft.Compute/virtualMachines
Location           : westeurope
LicenseType        : Windows_Server
Tags               : {{}}
DiagnosticsProfile : {{BootDiagnostics}}
Extensions         : {{ManagedIdentityExtensionForWindows}}
HardwareProfile    : {{VmSize}}
Identity           : {{PrincipalId, TenantId, Type, IdentityIds, UserAssignedIdentities}}
NetworkProfile     : {{NetworkInterfaces}}
OSProfile          : {{ComputerName, AdminUsername, WindowsConfiguration, Secrets, AllowExtensionOperations}}
ProvisioningState  : Succeeded
StorageProfile     : {{ImageReference, OsDisk, DataDisks}}
"""

EXPANDED = """\
StorageProfile                    :
  ImageReference                  :
    Publisher                     : Canonical
    Offer                         : UbuntuServer
    Sku                           : 16.04-LTS
    Version                       : latest
"""

STATE = """\
ResourceGroupName : myResourceGroup
Name              : msiOffVM
BootDiagnostics   :
Disks[0]          :
  Name            : {disk}
  Statuses[0]     :
    Code          : ProvisioningState/succeeded
    Level         : Info
    DisplayStatus : Provisioning succeeded
    Time          : {time}
HyperVGeneration  : V1
Statuses[0]       :
  Code            : ProvisioningState/succeeded
  Level           : Info
  DisplayStatus   : Provisioning succeeded
  Time            : {time}
Statuses[1]       :
  Code            : PowerState/deallocated
  Level           : Info
  DisplayStatus   : VM deallocated
"""


def test_views_are_those_of_azurerm(shell: Shell, owned: Azure, tmp_path: Path) -> None:
    script = f"""
    foreach ($case in {{ Get-AzureRmVM -Status }}, {{ Get-AzureRmVM otherResourceGroup otherVM }},
        {{ Get-AzureRmVM {GROUP} twoIdentitiesVM -DisplayHint Expand }},
        {{ Get-AzureRmVM {GROUP} msiOffVM -Status }}) {{
        & $case | Out-String -Width 200 | Write-Output
        '====='
    }}
    "$((Get-AzureRmVM {GROUP} msiOffVM -Status).Statuses[0].Time)"
    """
    text = "\n".join(ran(shell, owned, script, tmp_path).lines)
    table, compact, expanded, state, time = (part.strip("\n") + "\n" for part in text.split("====="))
    other, off = owned.emulator.world.vm("otherVM"), owned.emulator.world.vm("msiOffVM")
    assert table == TABLE
    assert compact == COMPACT.format(id=other.id, vm_id=other.vm_id)
    assert EXPANDED in expanded
    assert f"{'  IdentityIds[1]':34}: /subscriptions/" in expanded
    disk = f"msiOffVM_OsDisk_1_{off.vm_id.replace('-', '')}"
    assert state == STATE.format(disk=disk, time=time.strip())


def test_the_pipeline_names_machines_and_groups(shell: Shell, owned: Azure, tmp_path: Path) -> None:
    script = f"""
    (Get-AzureRmResourceGroup | Get-AzureRmVM | ForEach-Object {{ $_.Name }}) -join ' '
    (Get-AzureRmVM {GROUP} myVM | Get-AzureRmVM -Status).Statuses[1].Code
    (Get-AzureRmVM {GROUP} no* | Stop-AzureRmVM -Force).Status
    (Get-AzureRmVM -Status | Where-Object {{ $_.PowerState -eq 'VM deallocated' }} | Start-AzureRmVM).Status -join ' '
    (Get-AzureRmVM {GROUP} noRoleVM | Restart-AzureRmVM).Status
    (Get-AzureRmVMExtension {GROUP} myVM BGInfo | Remove-AzureRmVMExtension -Force).StatusCode
    """
    assert ran(shell, owned, script, tmp_path).lines == [
        "myVM twoIdentitiesVM msiOffVM noRoleVM otherVM",
        "PowerState/running",
        "Succeeded",
        "Succeeded Succeeded",
        "Succeeded",
        "OK",
    ]
    world = owned.emulator.world
    assert {world.vm(name).power for name in ("myVM", "twoIdentitiesVM", "msiOffVM", "noRoleVM")} == {"running"}


def test_power_by_id_and_without_waiting(shell: Shell, owned: Azure, tmp_path: Path) -> None:
    script = f"""
    $vm = Get-AzureRmVM {GROUP} noRoleVM
    $row = [pscustomobject]@{{ Id = $vm.Id; Name = $vm.Name }}
    $again = $row | Restart-AzureRmVM
    $done = Stop-AzureRmVM -Id $vm.Id noRoleVM -StayProvisioned -Force
    $begun = Start-AzureRmVM -Name noRoleVM -Id $vm.Id -NoWait
    $others = @([pscustomobject]@{{ Id = $vm.Id; Name = 'msiOffVM' }} | Start-AzureRmVM; $row | Stop-AzureRmVM -Force)
    Show @{{
        type = $done.PSObject.TypeNames[0]; states = @($done.Status, $begun.Status); error = $done.Error
        times = $done.StartTime -is [datetime] -and $done.EndTime -ge $done.StartTime -and $null -eq $begun.EndTime
        id = $done.OperationId.Length; lines = @($done | Out-String -Stream | Where-Object {{ $_ }}).Count
        again = $again.Status; others = @($others | ForEach-Object {{ $_.Status }})
    }}
    """
    found = shown(shell, owned, script, tmp_path)
    assert found == {
        "type": f"{MODELS}.PSComputeLongRunningOperation",
        "states": ["Succeeded", "InProgress"],
        "error": None,
        "times": True,
        "id": 36,
        "lines": 5,
        "again": "Succeeded",
        "others": ["Succeeded", "Succeeded"],
    }
    world = owned.emulator.world
    assert (world.vm("msiOffVM").power, world.vm("noRoleVM").power) == ("running", "deallocated")


@pytest.mark.parametrize("verb", ["Start", "Stop", "Restart"])
def test_an_id_does_not_do_without_a_name(shell: Shell, owned: Azure, tmp_path: Path, verb: str) -> None:
    script = f"""
    $vm = Get-AzureRmVM {GROUP} noRoleVM
    foreach ($case in {{ {verb}-AzureRmVM -Id $vm.Id -WhatIf }}, {{ $vm | {verb}-AzureRmVM -WhatIf }}) {{
        try {{ & $case }} catch {{ $_.FullyQualifiedErrorId }}
    }}
    """
    first, second = ran(shell, owned, script, tmp_path).lines
    assert first == f"MissingMandatoryParameter,{verb}-AzureRmVM"
    assert second.endswith(f'"{GROUP}/noRoleVM".')


def test_update_keeps_what_is_not_named(shell: Shell, owned: Azure, tmp_path: Path) -> None:
    script = f"""
    $two = Get-AzureRmVM {GROUP} twoIdentitiesVM
    $answers = @(
        (Update-AzureRmVM -ResourceGroupName {GROUP} -VM $two -AssignIdentity)
        ($two | Update-AzureRmVM -IdentityType SystemAssigned)
        ($two | Update-AzureRmVM -RemoveIdentityId $two.Identity.IdentityIds[0])
    )
    $vm = Get-AzureRmVM {GROUP} myVM
    $vm.Tags['owner'] = 'web'
    $vm.HardwareProfile.VmSize = 'Standard_D2s_v3'
    $vm | Update-AzureRmVM | Out-Null
    $ids = $two.Identity.IdentityIds
    Update-AzureRmVM {GROUP} -VM $vm -IdentityType SystemAssignedUserAssigned -IdentityId $ids | Out-Null
    Update-AzureRmVM -Id $vm.Id -VMProfile $vm -Tag @{{ only = 1 }} | Out-Null
    Show @{{
        codes = @($answers | ForEach-Object {{ $_.StatusCode -eq 200 -and $_.StatusCode -eq 'OK' }})
        text = "$($answers[0].StatusCode)"; kind = $answers[0].StatusCode.GetType().FullName
        type = $answers[0].PSObject.TypeNames[0]
        table = @($answers[0] | Out-String -Stream -Width 200 | Where-Object {{ $_ }})[0].Trim() -split ' +'
        two = (Get-AzureRmVM {GROUP} twoIdentitiesVM).Identity.Type; my = (Get-AzureRmVM {GROUP} myVM).Identity.Type
    }}
    """
    found = shown(shell, owned, script, tmp_path)
    assert found == {
        "codes": [True, True, True],
        "text": "OK",
        "kind": "System.Net.HttpStatusCode",
        "type": f"{MODELS}.PSAzureOperationResponse",
        "table": ["RequestId", "IsSuccessStatusCode", "StatusCode", "ReasonPhrase"],
        "two": "SystemAssignedUserAssigned",
        "my": "SystemAssignedUserAssigned",
    }
    two, mine = owned.emulator.world.vm("twoIdentitiesVM"), owned.emulator.world.vm("myVM")
    assert [identity.name for identity in two.user_assigned] == ["jobIdentity"]
    assert sorted(identity.name for identity in mine.user_assigned) == ["appIdentity", "jobIdentity"]
    assert (mine.size, mine.tags) == ("Standard_D2s_v3", {"only": "1"})


def test_what_if_changes_nothing(shell: Shell, owned: Azure, tmp_path: Path) -> None:
    script = f"""
    $vm = Get-AzureRmVM {GROUP} myVM
    $vm | Update-AzureRmVM -AssignIdentity -WhatIf
    $vm | Update-AzureRmVM -IdentityType None -WhatIf
    Start-AzureRmVM {GROUP} msiOffVM -WhatIf
    Stop-AzureRmVM {GROUP} myVM -WhatIf
    Stop-AzureRmVM -Id $vm.Id -Name $vm.Name -Force -WhatIf
    Restart-AzureRmVM {GROUP} myVM -WhatIf
    Restart-AzureRmVM -ResourceGroupName {GROUP} -Name myVM -PerformMaintenance -WhatIf
    Restart-AzureRmVM -Id $vm.Id -Name $vm.Name -PerformMaintenance -WhatIf
    Set-AzureRmVMExtension {GROUP} myVM -Publisher p -ExtensionType t -ProtectedSettings @{{ key = '{SECRET}' }} -WhatIf
    Remove-AzureRmVMExtension {GROUP} myVM BGInfo -WhatIf
    """
    run = ran(shell, owned, script, tmp_path)
    told = [line for line in run.lines if line.startswith("What if:")]
    assert len(told) == 10
    assert [f'on target "{owned.emulator.world.vm("myVM").id}".' in line for line in told].count(True) == 2
    assert SECRET not in run.stdout
    assert {request.method for request in owned.emulator.requests if "/virtualMachines" in request.url} == {"GET"}


def test_extensions_come_and_go(shell: Shell, owned: Azure, tmp_path: Path) -> None:
    script = f"""
    $key = [securestring]::new(); 'abc'.ToCharArray() | ForEach-Object {{ $key.AppendChar($_) }}
    $set = Set-AzureRmVMExtension -ResourceGroupName {GROUP} -VMName twoIdentitiesVM -Name script `
        -Publisher Microsoft.Azure.Extensions -Type CustomScript -Version 2.0 -Location eastus `
        -Settings @{{ fileUris = @(); nested = @{{ a = 1 }} }} -ProtectedSettings @{{ storageAccountKey = $key }}
    $again = Set-AzureRmVMExtension {GROUP} twoIdentitiesVM -ExtensionName script -ForceRerun 2 `
        -Publisher Microsoft.Azure.Extensions -ExtensionType CustomScript -TypeHandlerVersion 2.0 `
        -SettingString '{{"fileUris":[]}}' -ProtectedSettingString '{{"key":"{SECRET}"}}'
    $found = Get-AzureRmVMExtension {GROUP} twoIdentitiesVM script -Status
    $plain = Get-AzureRmVMExtension {GROUP} twoIdentitiesVM script
    Show @{{
        codes = @("$($set.StatusCode)", "$($again.StatusCode)"); type = $found.PSObject.TypeNames[0]; text = "$found"
        kind = $found.ExtensionType; state = $found.ProvisioningState; vm = $found.VMName
        settings = ($found.PublicSettings | ConvertFrom-Json).fileUris.Count
        hidden = $null -eq $found.ProtectedSettings
        status = $found.Statuses[0].Code; plain = $null -eq $plain.Statuses
    }}
    """
    found = shown(shell, owned, script, tmp_path)
    assert found == {
        "codes": ["OK", "OK"],
        "type": f"{MODELS}.PSVirtualMachineExtension",
        "text": "script",
        "kind": "CustomScript",
        "state": "Succeeded",
        "vm": "twoIdentitiesVM",
        "settings": 0,
        "hidden": True,
        "status": "ProvisioningState/succeeded",
        "plain": True,
    }
    first, second = (json.loads(one.body) for one in owned.emulator.requests if one.method == "PUT")
    assert first["properties"]["settings"] == {"fileUris": [], "nested": {"a": 1}}
    assert first["properties"]["protectedSettings"] == {"storageAccountKey": "abc"}
    assert second["properties"]["protectedSettings"] == {"key": SECRET}


def test_jobs(shell: Shell, owned: Azure, tmp_path: Path) -> None:
    if shell.is_engine:
        pytest.skip("the engine alone has no jobs")
    script = f"""
    $vm = Get-AzureRmVM {GROUP} msiOffVM
    $jobs = @(
        Start-AzureRmVM {GROUP} msiOffVM -AsJob
        $vm | Update-AzureRmVM -AssignIdentity -AsJob
    )
    $results = @($jobs | Wait-Job | Receive-Job)
    $plain = Start-Job {{ $using:vm }} | Receive-Job -Wait
    Show @{{
        power = $results[0].Status; update = $results[1].StatusCode -eq 200
        types = @($results[0].PSObject.TypeNames[0], $plain.PSObject.TypeNames[0])
        text = "$plain"; size = $plain.HardwareProfile.VmSize; os = $plain.StorageProfile.OsDisk.OsType
        view = @($plain | Out-String -Stream -Width 200)[1]
    }}
    """
    found = shown(shell, owned, script, tmp_path)
    assert (found["power"], found["update"]) == ("Succeeded", True)
    assert found["types"] == [
        f"Deserialized.{MODELS}.PSComputeLongRunningOperation",
        f"Deserialized.{MODELS}.PSVirtualMachine",
    ]
    assert (found["text"], found["size"], found["os"]) == ("msiOffVM", "Standard_DS1_v2", "Windows")
    assert found["view"] == f"ResourceGroupName  : {GROUP}"
    machine = owned.emulator.world.vm("msiOffVM")
    assert (machine.power, machine.system_assigned is None) == ("running", False)


ERRORS = {
    f"Get-AzureRmVM {GROUP} nobody": ("NotFound", "ObjectNotFound", "Get-AzureRmVM"),
    "Start-AzureRmVM -Id /subscriptions/x -Name y": ("InvalidArgument", "InvalidArgument", "Start-AzureRmVM"),
    f"Set-AzureRmVMExtension {GROUP} twoIdentitiesVM -Publisher p -Type bad -Version 1.0 "
    "-ProtectedSettings @{ a = $secret }": ("OperationFailed", "InvalidResult", "Set-AzureRmVMExtension"),
    f"Set-AzureRmVMExtension {GROUP} myVM -Publisher p -Type t -ProtectedSettingString $secret": (
        "InvalidArgument",
        "InvalidArgument",
        "Set-AzureRmVMExtension",
    ),
    f"Update-AzureRmVM {GROUP} -VM myVM": ("InvalidArgument", "InvalidArgument", "Update-AzureRmVM"),
    # Nobody is there to be asked.
    f"Stop-AzureRmVM {GROUP} noRoleVM": ("NotConfirmed", "OperationStopped", "Stop-AzureRmVM"),
    f"Remove-AzureRmVMExtension {GROUP} myVM BGInfo": (
        "NotConfirmed",
        "OperationStopped",
        "Remove-AzureRmVMExtension",
    ),
}


def test_errors_have_an_id_a_category_and_no_secret(shell: Shell, owned: Azure, tmp_path: Path) -> None:
    owned.emulator.world.vm("twoIdentitiesVM").extensions_fail = frozenset({"bad"})
    tries = "\n".join(
        f"try {{ {command} }} catch {{ $_.FullyQualifiedErrorId + ' ' + $_.CategoryInfo.Category; "
        "($_ | Out-String) -replace '\\s', ''; Resolve-AzureRmError $_ | Out-String }"
        for command in ERRORS
    )
    run = shell.run(f"{HEAD}$secret = '{SECRET}'\n{tries}", owned.environ, folder=tmp_path)
    assert run.code == 0
    for code, category, command in ERRORS.values():
        assert f"PyBridge.{code},{command} {category}" in run.lines
    assert SECRET not in run.stdout + run.stderr
    assert owned.emulator.world.vm("noRoleVM").power == "running"


@pytest.mark.skipif(sys.platform == "win32", reason="a console of Windows is there though its input has ended")
def test_a_console_whose_input_has_ended_is_nobody(shell: Shell, owned: Azure, tmp_path: Path) -> None:
    """As under cron: the shell believes that it may ask."""
    if shell.is_engine:
        pytest.skip("the engine alone has no console")
    script = f"try {{ Stop-AzureRmVM {GROUP} noRoleVM }} catch {{ $_.FullyQualifiedErrorId }}"
    file = tmp_path / "script.ps1"
    file.write_text(HEAD + script, encoding="ascii")
    done = subprocess.run(
        [shell.executable, "-NoProfile", "-File", str(file)],
        env={**owned.environ, "NO_COLOR": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )
    assert done.stdout.rstrip().endswith("PyBridge.NotConfirmed,Stop-AzureRmVM")
    assert owned.emulator.world.vm("noRoleVM").power == "running"
