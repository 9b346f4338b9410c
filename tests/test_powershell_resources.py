"""Resource groups, resources, roles, identities and plain requests, as PowerShell sees them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from shells import Azure, Shell, serve_azure

from pybridge.emulator import Emulator

VM = "Microsoft.Compute/virtualMachines"

#: As an application that may do everything. $answers is what a test looks at: a row for each thing that was tried.
SIGN_IN = """
Set-StrictMode -Version Latest
$secret = [securestring]::new()
foreach ($letter in $env:TEST_SECRET.ToCharArray()) { $secret.AppendChar($letter) }
$credential = [System.Management.Automation.PSCredential]::new($env:TEST_APPLICATION, $secret)
$in = Connect-AzureRmAccount -ServicePrincipal -Credential $credential -TenantId $env:TEST_TENANT
$group = "/subscriptions/$($in.Context.Subscription.Id)/resourceGroups/myResourceGroup"
$answers = [ordered]@{}
function Get-Outcome([scriptblock] $what) {
    try { @(& $what) } catch { "$($_.FullyQualifiedErrorId)|$($_.CategoryInfo.Category)" }
}
$ErrorActionPreference = 'Stop'
"""

TOLD = "\nConvertTo-Json -InputObject $answers -Depth 6 -Compress\n"


@pytest.fixture
def changes(request: pytest.FixtureRequest) -> Iterator[Azure]:
    """The default world on a port, for tests that change it."""
    yield from serve_azure(Emulator(page_size=2), request.getfixturevalue("shell"))


def run(shell: Shell, azure: Azure, script: str, folder: Path, *, answers: str | None = None) -> list[str]:
    """The lines that a script prints, which must not fail; with `answers` somebody answers what it asks."""
    world = azure.emulator.world
    application = world.applications["deployapp"]
    environ = {
        **azure.environ,
        "TEST_APPLICATION": application.principal.client_id,
        "TEST_SECRET": application.secret,
        "TEST_TENANT": world.tenant.id,
    }
    done = shell.run(SIGN_IN + script, environ, folder=folder, input=answers, asks=answers is not None)
    assert (done.stderr, done.code) == ("", 0)
    return done.lines


def answers(shell: Shell, azure: Azure, script: str, folder: Path) -> dict[str, Any]:
    """What the script has put into $answers."""
    found: dict[str, Any] = json.loads(run(shell, azure, script + TOLD, folder)[-1])
    return found


def asked_to_change(azure: Azure) -> list[str]:
    return [
        request.method
        for request in azure.emulator.requests
        if request.method not in ("GET", "HEAD") and "/oauth2/" not in request.url
    ]


# --- one call at least for each parameter set ---------------------------------------------------------

READS = f"""
$answers.groups = @(Get-AzureRmResourceGroup | ForEach-Object ResourceGroupName)
$answers.pattern = @(Get-AzureRmResourceGroup my* 'East US' -Tag @{{ environment = $null }} -Pre |
    ForEach-Object {{ "$_" }})
$answers.byId = (Get-AzureRmResourceGroup -Id $group).ResourceGroupName
$answers.tags = (Get-AzureRmResourceGroup myResourceGroup).Tags['ENVIRONMENT']
$answers.piped = @(Get-AzureRmResourceGroup other* | Get-AzureRmResourceGroup | ForEach-Object ResourceGroupName)

$answers.resources = @(Get-AzureRmResource my* -ResourceType {VM} | ForEach-Object Name)
$answers.tagged = @(Get-AzureRmResource -TagName role -TagValue web | ForEach-Object Name)
$answers.tag = @(Get-AzureRmResource -Tag @{{ role = 'web' }} -ResourceGroupName my* | ForEach-Object Name)
$one = Get-AzureRmResource -ResourceId "$group/providers/{VM}/myVM"
$answers.one = $one.Properties.hardwareProfile.vmSize, $one.Identity.Type, $one.Tags['Role'], $one.Type, "$one"
$answers.odata = (Get-AzureRmResource -ODataQuery "name eq 'otherVM'" -ExpandProperties).Properties.licenseType

$answers.role = (Get-AzureRmRoleDefinition Reader).Actions
$answers.roleById = (Get-AzureRmRoleDefinition -Id (Get-AzureRmRoleDefinition Reader).Id).Name
$answers.custom = @($group | Get-AzureRmRoleDefinition -Custom | ForEach-Object Name)

$answers.identities = @(Get-AzureRmUserAssignedIdentity | ForEach-Object Name)
$answers.identity = (Get-AzureRmUserAssignedIdentity -ResourceGroupName myResourceGroup -Name app*).Name
"""


def test_reads(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    assert answers(shell, azure, READS, tmp_path) == {
        "groups": ["myResourceGroup", "otherResourceGroup"],
        "pattern": ["myResourceGroup"],
        "byId": "myResourceGroup",
        "tags": "demo",
        "piped": ["otherResourceGroup"],
        "resources": ["myVM"],
        "tagged": ["myVM"],
        "tag": ["myVM"],
        "one": ["Standard_DS1_v2", "SystemAssigned", "web", VM, "myVM"],
        "odata": "Windows_Server",
        "role": ["*/read"],
        "roleById": "Reader",
        "custom": ["Virtual Machine Reader"],
        "identities": ["appIdentity", "jobIdentity"],
        "identity": "appIdentity",
    }


#: Parameters of Get-AzureRmRoleAssignment, one row a parameter set. $who is appIdentity, which has one role.
ASSIGNMENT_SETS = {
    "EmptyParameterSet": ("", "Owner, Reader, Virtual Machine Reader"),
    "ObjectId": ("-ObjectId $who.PrincipalId -ExpandPrincipalGroups", "Virtual Machine Reader"),
    "ResourceGroupWithObjectId": (
        "-ObjectId $who.PrincipalId -ResourceGroupName otherResourceGroup",
        "Virtual Machine Reader",
    ),
    "ResourceWithObjectId": (
        f"-PrincipalId $who.PrincipalId -ResourceGroupName otherResourceGroup -ResourceName otherVM -ResourceType {VM}",
        "Virtual Machine Reader",
    ),
    "ScopeWithObjectId": ("-ObjectId $who.PrincipalId -Scope $group", ""),
    "RoleIdWithScopeAndObjectId": ("-RoleDefinitionId acdd72a7-3385-48ef-bd42-f606fba81ae7 -Scope $group", "Reader"),
    "SPN": ("-ServicePrincipalName $who.ClientId", "Virtual Machine Reader"),
    "ResourceGroupWithSPN": ("-SPN $env:TEST_APPLICATION -ResourceGroupName myResourceGroup", "Owner"),
    "ResourceWithSPN": (
        f"-SPN $env:TEST_APPLICATION -ResourceGroupName myResourceGroup -ResourceName myVM -ResourceType {VM}",
        "Owner",
    ),
    "ScopeWithSPN": ("-SPN $env:TEST_APPLICATION -Scope $group -RoleDefinitionName Own*", "Owner"),
    "ResourceGroup": ("-ResourceGroupName myResourceGroup", "Owner, Reader"),
    "Resource": (
        f"-ResourceGroupName myResourceGroup -ResourceName BGInfo -ResourceType {VM}/extensions"
        " -ParentResource virtualMachines/myVM",
        "Owner, Reader",
    ),
    "Scope": ("-Scope $group -RoleDefinitionName Reader", "Reader"),
    "SignIn": ("-SignInName me@contoso.com", "PyBridge.NotSupported,Get-AzureRmRoleAssignment|NotImplemented"),
    "ResourceGroupWithSignInName": ("-Email me@contoso.com -ResourceGroupName myResourceGroup", None),
    "ResourceWithSignInName": (
        f"-UserPrincipalName me@contoso.com -ResourceGroupName myResourceGroup -ResourceName myVM -ResourceType {VM}",
        None,
    ),
    "ScopeWithSignInName": ("-SignInName me@contoso.com -Scope $group", None),
}  # fmt: skip


def test_every_way_to_ask_for_role_assignments(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    script = "$who = Get-AzureRmUserAssignedIdentity -ResourceGroupName myResourceGroup -Name appIdentity\n"
    for name, (parameters, _) in ASSIGNMENT_SETS.items():
        script += (
            f"$answers.{name} = @(Get-Outcome {{ Get-AzureRmRoleAssignment {parameters} }} | ForEach-Object {{ "
            "if ($_ -is [string]) { $_ } else { $_.RoleDefinitionName } }) -join ', '\n"
        )
    refused = ASSIGNMENT_SETS["SignIn"][1]
    assert answers(shell, azure, script, tmp_path) == {
        name: refused if expected is None else expected for name, (_, expected) in ASSIGNMENT_SETS.items()
    }


#: The scopes of New- and Remove-AzureRmRoleAssignment, each with every way to name a principal.
SCOPES = {
    "ResourceGroup": "-ResourceGroupName myResourceGroup",
    "Resource": f"-ResourceGroupName myResourceGroup -ResourceName myVM -ResourceType {VM}",
    "Scope": "-Scope $group",
}
NAMES = {"ObjectId": "-ObjectId", "SignInName": "-SignInName", "SPN": "-SPN"}


@pytest.mark.parametrize("verb", ["New", "Remove"])
def test_every_way_to_name_a_role_assignment_binds(shell: Shell, azure: Azure, tmp_path: Path, verb: str) -> None:
    """Asked for a principal that nobody knows, and a role that there is not: each set gets as far as that."""
    script = ""
    for where, scope in SCOPES.items():
        for way, name in NAMES.items():
            script += (
                f"$answers.{where}With{way} = @(Get-Outcome {{ {verb}-AzureRmRoleAssignment {name} "
                f"00000000-0000-4000-8000-000000000000 {scope} -RoleDefinitionName Reeder }})[0]\n"
            )
    refusals = {"ObjectId": "NotFound|ObjectNotFound"}
    expected = {
        f"{where}With{way}": refusals.get(way, "NotSupported|NotImplemented") for where in SCOPES for way in NAMES
    }
    found = answers(shell, azure, script, tmp_path)
    command = f",{verb}-AzureRmRoleAssignment"
    assert {name: text.removeprefix("PyBridge.").replace(command, "") for name, text in found.items()} == expected
    assert asked_to_change(azure) == []


TAGS = """
$bare = @(
    (Get-AzureRmResourceGroup otherResourceGroup)
    (Get-AzureRmResource -Name otherVM)
    (Get-AzureRmUserAssignedIdentity -ResourceGroupName myResourceGroup -Name appIdentity)
)
$answers.bare = @($bare | ForEach-Object { $null -eq $_.Tags })
$answers.noTable = $null -eq $bare[0].TagsTable
$answers.shown = @($bare | ForEach-Object { @($_ | Out-String -Stream | Where-Object { $_ -like 'Tags*' }).Count })
$answers.piped = @($bare[0] | Get-AzureRmVM | ForEach-Object Name)
$more = $bare[0].Tags + @{ a = 1 }
$made = New-AzureRmResourceGroup otherResourceGroup westeurope -Tag $more -Force
$answers.added = $made.Tags['A'], ($made.Tags + @{ b = 2 }).Count
$answers.types = ($made.Tags -is [hashtable]), (Get-AzureRmResource -Name myVM).Tags['ROLE']
$answers.table = $made.TagsTable
$answers.view = @($made | Out-String -Stream -Width 300 | ForEach-Object Trim | Where-Object { $_ })[3..6]
$own = New-AzureRmUserAssignedIdentity myResourceGroup newIdentity -Tag @{ a = 'b' }
$answers.own = $own.Tags['a'], @($own | Out-String -Stream -Width 300 | Where-Object { $_ -like 'Tags*' })[0]
"""


def test_what_has_no_tags_has_null_for_them(shell: Shell, changes: Azure, tmp_path: Path) -> None:
    assert answers(shell, changes, TAGS, tmp_path) == {
        "bare": [True, True, True],
        "noTable": True,
        "shown": [1, 0, 0],
        "piped": ["otherVM"],
        "added": ["1", 2],
        "types": [True, "web"],
        "table": "\nName  Value\n====  =====\na     1    \n",
        "view": ["Tags              :", "Name  Value", "====  =====", "a     1"],
        "own": ["b", "Tags              : {a=b}"],
    }


WRITES = f"""
$new = New-AzureRmResourceGroup newGroup 'West Europe' -Tags @{{ a = 1 }}
$answers.made = "$new", $new.Location, $new.Tags['a']
$answers.twice = @(Get-Outcome {{ New-AzureRmResourceGroup newGroup westeurope }})
$answers.forced = (New-AzureRmResourceGroup newGroup westeurope -Force).Tags['a']
$answers.unasked = @(Get-Outcome {{ Remove-AzureRmResourceGroup newGroup }})
$answers.removed = Get-AzureRmResourceGroup new* | Remove-AzureRmResourceGroup -Force
$answers.gone = @(Get-Outcome {{ Remove-AzureRmResourceGroup -Id "$group-x" -Force }})

$identity = New-AzureRmUserAssignedIdentity myResourceGroup newIdentity
$answers.identity = "$identity", $identity.Location
$id = $identity.PrincipalId
$mine = @{{ ResourceGroupName = 'myResourceGroup' }}
$byName = New-AzureRmRoleAssignment -ObjectId $id -RoleDefinitionName reader @mine
$answers.assigned = $byName.DisplayName, $byName.RoleDefinitionName, ($byName.Scope -eq $group), $byName.CanDelegate
$answers.assignedTwice = @(Get-Outcome {{
    New-AzureRmRoleAssignment -ApplicationId $identity.ClientId -RoleDefinitionName Reader @mine
}})
$subscription = $group.Substring(0, $group.IndexOf('/resourceGroups'))
$atSubscription = New-AzureRmRoleAssignment -ObjectId $id -RoleDefinitionName Reader -Scope $subscription
$answers.atSubscription = $atSubscription.Scope.Split('/').Count
$row = [pscustomobject]@{{ ObjectId = $id; ResourceGroupName = 'myResourceGroup' }}
$answers.byRow = ($row | New-AzureRmRoleAssignment -RoleDefinitionName Contributor).Scope -eq $group
$null = New-AzureRmRoleAssignment -ObjectId $id -RoleDefinitionName Contributor -Scope $subscription
$answers.takenByRow = ($row | Remove-AzureRmRoleAssignment -RoleDefinitionName Contributor -PassThru).Scope -eq $group
$null = $row | New-AzureRmRoleAssignment -RoleDefinitionName Contributor
$typed = [pscustomobject]@{{ ObjectId = [guid]$id; ResourceGroupName = 'myResourceGroup' }}
$taken = $typed |
    Remove-AzureRmRoleAssignment -RoleDefinitionName Contributor -PassThru
$answers.takenByTypedRow = $taken.Scope -eq $group
$null = $row | New-AzureRmRoleAssignment -RoleDefinitionName Contributor
$answers.ofNoGroup = @(Get-Outcome {{
    Remove-AzureRmRoleAssignment -ObjectId $id -RoleDefinitionName Contributor -ResourceName BGInfo
}})
$taken = Remove-AzureRmRoleAssignment -ObjectId $id -RoleDefinitionName Contributor @mine -PassThru
$answers.takenByNames = $taken.Scope -eq $group
$kept = Remove-AzureRmRoleAssignment -ObjectId $id -RoleDefinitionName Contributor -PassThru
$answers.keptByRow = $kept.Scope -eq $subscription
$answers.nowhere = @(Get-Outcome {{ New-AzureRmRoleAssignment -ObjectId $id -RoleDefinitionName Owner }})
$vm = "$group/providers/{VM}/myVM"
$null = New-AzureRmRoleAssignment -Id $id -RoleDefinitionId $byName.RoleDefinitionId -Scope $vm
$answers.atResource = (New-AzureRmRoleAssignment -SPN $identity.ClientId -RoleDefinitionName Owner @mine `
        -ResourceName BGInfo -ResourceType {VM}/extensions -ParentResource virtualMachines/myVM).Scope.Split('/')[-1]
$answers.all = @(Get-AzureRmRoleAssignment -ObjectId $id).Count
$answers.taken = (Remove-AzureRmRoleAssignment -ObjectId $id -RoleDefinitionName Reader -PassThru).DisplayName
$reader = $byName.RoleDefinitionId
$answers.takenById = @(Remove-AzureRmRoleAssignment -ObjectId $id -RoleDefinitionId $reader -Scope $vm).Count
$answers.takenAsObject = (Remove-AzureRmRoleAssignment $byName -PassThru).RoleAssignmentId -eq $byName.RoleAssignmentId
$answers.takenByPipeline = @(Get-AzureRmRoleAssignment -ObjectId $id | Remove-AzureRmRoleAssignment -PassThru).Count
$answers.takenTwice = @(Get-Outcome {{ Remove-AzureRmRoleAssignment -ObjectId $id -RoleDefinitionName Reader }})
$answers.nobody = @(Get-Outcome {{ Remove-AzureRmRoleAssignment -SPN nobody -RoleDefinitionName Reader }})

$answers.identityRemoved = $identity | Remove-AzureRmUserAssignedIdentity -Force
$answers.byRowOfId = [pscustomobject]@{{ ResourceId = $identity.Id }} | Remove-AzureRmUserAssignedIdentity -Force
$answers.byId = Remove-AzureRmUserAssignedIdentity -ResourceId $identity.Id -Force
$answers.byName = Remove-AzureRmUserAssignedIdentity myResourceGroup newIdentity -Force
$answers.left = @(Get-AzureRmUserAssignedIdentity).Count
"""


def test_writes(shell: Shell, changes: Azure, tmp_path: Path) -> None:
    assert answers(shell, changes, WRITES, tmp_path) == {
        "made": ["newGroup", "westeurope", "1"],
        "twice": ["PyBridge.Conflict,New-AzureRmResourceGroup|ResourceExists"],
        "forced": "1",
        "unasked": ["PyBridge.NotConfirmed,Remove-AzureRmResourceGroup|OperationStopped"],
        "removed": True,
        "gone": ["PyBridge.NotFound,Remove-AzureRmResourceGroup|ObjectNotFound"],
        "identity": ["newIdentity", "eastus"],
        "assigned": ["newIdentity", "Reader", True, False],
        "assignedTwice": ["PyBridge.Conflict,New-AzureRmRoleAssignment|ResourceExists"],
        "atSubscription": 3,
        "byRow": True,
        "takenByRow": True,
        "takenByTypedRow": True,
        "ofNoGroup": ["PyBridge.InvalidArgument,Remove-AzureRmRoleAssignment|InvalidArgument"],
        "takenByNames": True,
        "keptByRow": True,
        "nowhere": ["MissingMandatoryParameter,New-AzureRmRoleAssignment|InvalidArgument"],
        "atResource": "BGInfo",
        "all": 4,
        "taken": "newIdentity",
        "takenById": 0,
        "takenAsObject": True,
        "takenByPipeline": 1,
        "takenTwice": ["PyBridge.NotFound,Remove-AzureRmRoleAssignment|ObjectNotFound"],
        "nobody": ["PyBridge.NotSupported,Remove-AzureRmRoleAssignment|NotImplemented"],
        "identityRemoved": True,
        "byRowOfId": True,
        "byId": True,
        "byName": True,
        "left": 2,
    }


WHAT_IF = """
New-AzureRmResourceGroup newGroup eastus -WhatIf
Get-AzureRmResourceGroup | Remove-AzureRmResourceGroup -WhatIf
New-AzureRmUserAssignedIdentity myResourceGroup newIdentity -WhatIf
Get-AzureRmUserAssignedIdentity | Remove-AzureRmUserAssignedIdentity -WhatIf
$who = (Get-AzureRmVM myResourceGroup noRoleVM).Identity.PrincipalId
New-AzureRmRoleAssignment -ObjectId $who -RoleDefinitionName Reader -Scope $group -WhatIf
Get-AzureRmRoleAssignment | Remove-AzureRmRoleAssignment -WhatIf
Get-AzureRmVM myResourceGroup | Enable-Msi -Role Reader -WhatIf
Invoke-AzureRmRestMethod $group -Method DELETE -ApiVersion 2021-04-01 -WhatIf
$WhatIfPreference = $true
Remove-AzureRmResourceGroup myResourceGroup
"""


ASKED = """
$was = (Get-AzureRmResourceGroup myResourceGroup).Tags.Count
$made = @(New-AzureRmResourceGroup myResourceGroup eastus -Tag @{ a = 1 } -Force:$false)
$answers.made = @($made | ForEach-Object { $_.Tags.Keys })
$answers.now = @((Get-AzureRmResourceGroup myResourceGroup).Tags.Keys)
"""

QUESTION = (
    "The resource group 'myResourceGroup' exists already, in eastus. Its tags would be replaced, and these would be "
    "lost: environment=demo. Do you want to continue?"
)


@pytest.mark.skipif(sys.platform == "win32", reason="a console of Windows reads no answers from a pipe")
@pytest.mark.parametrize(("answer", "made", "now"), [("Y", ["a"], ["a"]), ("N", [], ["environment"])])
def test_a_group_that_is_there_is_asked_about(
    shell: Shell, changes: Azure, tmp_path: Path, answer: str, made: list[str], now: list[str]
) -> None:
    if shell.is_engine:
        pytest.skip("the engine alone has no console")
    lines = run(shell, changes, ASKED + TOLD, tmp_path, answers=f"{answer}\n")
    assert QUESTION in " ".join(lines)
    assert json.loads(lines[-1]) == {"made": made, "now": now}
    assert asked_to_change(changes) == (["PUT"] if made else [])


def test_nobody_is_asked_about_a_group_by_what_if(shell: Shell, changes: Azure, tmp_path: Path) -> None:
    lines = run(shell, changes, "New-AzureRmResourceGroup myResourceGroup eastus -Tag @{ a = 1 } -WhatIf", tmp_path)
    assert [line.partition(":")[0] for line in lines] == ["What if"]
    assert asked_to_change(changes) == []


def test_what_if_changes_nothing_and_says_what(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    before = len(asked_to_change(azure))
    lines = run(shell, azure, WHAT_IF, tmp_path)
    assert asked_to_change(azure)[before:] == []
    assert len(lines) == 16
    text = "\n".join(lines)
    assert all(line.startswith("What if:") for line in lines)
    for said in (
        "newGroup",
        "otherResourceGroup",
        "myResourceGroup/newIdentity",
        "appIdentity",
        "myResourceGroup/msiOffVM",
    ):
        assert f'"{said}"' in text
    assert "turn the managed identity on, and grant it the role Reader" in text
    assert 'send a DELETE request to Azure Resource Manager" on target "/subscriptions/' in text


MSI = f"""
$off = (Get-AzureRmVM myResourceGroup msiOffVM).Identity
$answers.before = $null -eq $off
$done = Enable-Msi -ResourceGroupName myResourceGroup -VMName msiOffVM -Role Reader
$answers.done = $done.Name, $done.Identity, $done.Role, ($done.Scope -eq $group), ($done.Changes -join ' ')
$answers.printed = "$done" -eq (Get-AzureRmVM myResourceGroup msiOffVM).Identity.PrincipalId
$again = Get-AzureRmVM -ResourceGroupName myResourceGroup -Name msiOffVM | Enable-Msi -Role Reader
$answers.again = @($again.Changes).Count
$ids = @(Get-AzureRmUserAssignedIdentity | ForEach-Object Id)
$two = @(Enable-Msi myResourceGroup msiOffVM -IdentityId $ids -Role Reader -Scope "$group/providers/{VM}/myVM")
$answers.two = $two.Count, ($two[0].Changes -join ' '), ($two[1].Identity -eq $ids[1])
$answers.type = (Get-AzureRmVM myResourceGroup msiOffVM).Identity.Type
$answers.wrong = @(Get-Outcome {{ Enable-Msi myResourceGroup msiOffVM -Scope $group }})
"""


def test_an_identity_is_turned_on_with_a_role(shell: Shell, changes: Azure, tmp_path: Path) -> None:
    assert answers(shell, changes, MSI, tmp_path) == {
        "before": True,
        "done": ["msiOffVM", "SystemAssigned", "Reader", True, "IdentityEnabled RoleAssigned"],
        "printed": True,
        "again": 0,
        "two": [2, "IdentityEnabled RoleAssigned", True],
        "type": "SystemAssignedUserAssigned",
        "wrong": ["PyBridge.InvalidArgument,Enable-Msi|InvalidArgument"],
    }


REST = f"""
$path = "$($group.Substring(0, $group.LastIndexOf('/')))"
$plain = Invoke-AzureRmRestMethod "$path`?api-version=2021-04-01"
$answers.plain = $plain.StatusCode, $plain.Method, ($plain.RequestId -eq $plain.Headers['X-MS-request-id'])
$answers.content = ($plain.Content | ConvertFrom-Json).value.Count
$answers.items = @(Invoke-AzureRmRestMethod -Path $path -ApiVersion 2021-04-01 -FollowNextLink | ForEach-Object name)
$answers.first = (Invoke-AzureRmRestMethod "$group/providers/{VM}" -ApiVersion 2023-07-01 -FollowNextLink |
    Select-Object -First 1).name
$patch = @{{ Path = $group; Method = 'PATCH'; ApiVersion = '2021-04-01'; AsObject = $true }}
$answers.object = (Invoke-AzureRmRestMethod $group -ApiVersion 2021-04-01 -AsObject).tags.environment
$answers.patched = (Invoke-AzureRmRestMethod @patch -Payload @{{ tags = @{{ a = 'b' }} }}).tags.a
$answers.text = (Invoke-AzureRmRestMethod @patch -Payload '{{"tags": {{"a": "c"}}}}').tags.a
$answers.typed = (Invoke-AzureRmRestMethod @patch -Payload ([pscustomobject]@{{ tags = @{{ a = 'd' }} }})).tags.a
$restart = @{{ Path = "$group/providers/{VM}/myVM/restart"; Method = 'POST'; ApiVersion = '2023-07-01' }}
$answers.waited = (Invoke-AzureRmRestMethod @restart).StatusCode
$answers.unwaited = (Invoke-AzureRmRestMethod @restart -NoWait).Headers.ContainsKey('Azure-AsyncOperation')
$answers.elsewhere = @(Get-Outcome {{ Invoke-AzureRmRestMethod -Uri https://evil.example/x -ApiVersion 2021-04-01 }})
$answers.noVersion = @(Get-Outcome {{ Invoke-AzureRmRestMethod $group }})
$answers.noSuch = @(Get-Outcome {{ Invoke-AzureRmRestMethod "$group-x" -ApiVersion 2021-04-01 }})
$object = Invoke-AzureRmRestMethod $group -ApiVersion 2021-04-01 -AsObject
$answers.types = $plain.PSObject.TypeNames[0], $object.PSObject.TypeNames[0]
"""


def test_any_request(shell: Shell, changes: Azure, tmp_path: Path) -> None:
    assert answers(shell, changes, REST, tmp_path) == {
        "plain": [200, "GET", True],
        "content": 2,
        "items": ["myResourceGroup", "otherResourceGroup"],
        "first": "myVM",
        "object": "demo",
        "patched": "b",
        "text": "c",
        "typed": "d",
        "waited": 202,
        "unwaited": True,
        "elsewhere": ["PyBridge.UnsafeRequest,Invoke-AzureRmRestMethod|SecurityError"],
        "noVersion": ["PyBridge.InvalidArgument,Invoke-AzureRmRestMethod|InvalidArgument"],
        "noSuch": ["PyBridge.NotFound,Invoke-AzureRmRestMethod|ObjectNotFound"],
        "types": ["PyBridge.RestResponse", "PyBridge.ArmObject"],
    }


# --- views ---------------------------------------------------------------------------------------------

VIEWS = """
$answers.group = Get-AzureRmResourceGroup myResourceGroup | Out-String -Width 300
$answers.resource = Get-AzureRmResource -Name otherVM | Out-String -Width 300
$answers.role = Get-AzureRmRoleDefinition Reader | Out-String -Width 300
$answers.assignment = Get-AzureRmRoleAssignment -RoleDefinitionName Owner | Out-String -Width 300
$identity = Get-AzureRmUserAssignedIdentity -ResourceGroupName myResourceGroup -Name appIdentity
$answers.identity = $identity | Out-String -Width 300
"""


def test_views(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    printed = answers(shell, azure, VIEWS, tmp_path)
    assert "environment  demo" in printed["group"]
    labels = {
        name: [line.partition(" : ")[0].strip() for line in text.splitlines() if " : " in line]
        for name, text in printed.items()
    }
    assert labels == {
        "group": ["ResourceGroupName", "Location", "ProvisioningState", "Tags", "ResourceId"],
        "resource": ["Name", "ResourceGroupName", "ResourceType", "Location", "ResourceId"],
        "role": "Name Id IsCustom Description Actions NotActions DataActions NotDataActions AssignableScopes".split(),
        "assignment": (
            "RoleAssignmentId Scope DisplayName SignInName RoleDefinitionName RoleDefinitionId ObjectId ObjectType "
            "CanDelegate"
        ).split(),
        "identity": "Id ResourceGroupName Name Location TenantId PrincipalId ClientId Type".split(),
    }
