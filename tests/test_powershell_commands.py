"""The commands, one by one: their parameters, help, objects, views and errors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from shells import Azure, Shell, serve_azure

from pybridge import spec as specs
from pybridge.catalogue import CATALOGUE
from pybridge.emulator import Emulator
from pybridge.generate.functions import all_parameters
from pybridge.module import module_root
from pybridge.operations import OPERATIONS

SPEC = specs.load(module_root(), OPERATIONS)

SIGN_IN = "$null = Connect-AzureRmAccount -Identity\n"

DESCRIBE = """
Import-Module PyBridge
$aliases = @(Get-Command -Module PyBridge -CommandType Alias)
foreach ($command in Get-Command -Module PyBridge -CommandType Function) {
    $parameters = foreach ($parameter in $command.Parameters.Values) {
        $sets = foreach ($name in $parameter.ParameterSets.Keys) {
            $row = $parameter.ParameterSets[$name]
            @{
                Name = $name; Mandatory = $row.IsMandatory; Position = $row.Position
                Value = $row.ValueFromPipeline; Property = $row.ValueFromPipelineByPropertyName
            }
        }
        $values = foreach ($attribute in $parameter.Attributes) {
            if ($attribute -is [System.Management.Automation.ValidateSetAttribute]) { $attribute.ValidValues }
        }
        $completes = @($parameter.Attributes | Where-Object { $_.GetType().Name -eq 'ArgumentCompleterAttribute' })
        @{
            Name = $parameter.Name; Type = $parameter.ParameterType.Name; Aliases = @($parameter.Aliases)
            Sets = @($sets); Values = @($values); Completes = $completes.Count
        }
    }
    $described = @{
        Name = $command.Name; DefaultSet = $command.DefaultParameterSet; Parameters = @($parameters)
        Output = @($command.OutputType | ForEach-Object { $_.Name })
        Aliases = @(foreach ($one in $aliases) { if ($one.ReferencedCommand.Name -eq $command.Name) { $one.Name } })
    }
    ConvertTo-Json -InputObject $described -Depth 6 -Compress
}
"""

#: What a type of the spec is to .NET.
NET_TYPES = {
    "string": "String",
    "path": "String",
    "strings": "String[]",
    "int": "Int32",
    "bool": "Boolean",
    "switch": "SwitchParameter",
    "datetime": "DateTime",
    "hashtable": "Hashtable",
    "securestring": "SecureString",
    "guid": "Guid",
    "credential": "PSCredential",
    "object": "PSObject",
    "error_records": "ErrorRecord[]",
    "sessions": "PSSession[]",
}

#: The parameters that every function with [CmdletBinding()] has.
COMMON = set(
    "Verbose Debug ErrorAction WarningAction InformationAction ProgressAction ErrorVariable WarningVariable "
    "InformationVariable OutVariable OutBuffer PipelineVariable".split()
)


@pytest.fixture
def paged(shell: Shell) -> Iterator[Azure]:
    """An Azure whose lists have one item on a page."""
    yield from serve_azure(Emulator(page_size=1), shell)


def json_of(shell: Shell, azure: Azure, script: str, folder: Path) -> Any:
    """What the last line of a script's output says in JSON; the script must run without an error."""
    run = shell.run(script, azure.environ, folder=folder)
    assert (run.stderr, run.code) == ("", 0)
    return json.loads(run.lines[-1])


def test_the_commands_are_what_the_spec_says(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    run = shell.run(DESCRIBE, azure.environ, folder=tmp_path)
    described = {command["Name"]: command for command in map(json.loads, run.lines)}
    assert sorted(described) == sorted(command.name for command in SPEC.commands)
    types = {item.key: item.name for item in SPEC.types}
    for command in SPEC.commands:
        found = described[command.name]
        assert (found["DefaultSet"] or None) in (command.default_set, "__AllParameterSets")
        assert found["Output"] == [types[key] for key in command.output]
        assert sorted(found["Aliases"]) == sorted(command.aliases)
        parameters = {parameter["Name"]: parameter for parameter in found["Parameters"]}
        for parameter in all_parameters(command):
            shown = parameters.pop(parameter.name)
            assert shown["Type"] == NET_TYPES[parameter.type]
            assert tuple(shown["Aliases"]) == parameter.aliases
            assert tuple(shown["Values"]) == parameter.values
            assert shown["Completes"] == (1 if parameter.values_hint or parameter.completer else 0)
            sets = {row["Name"]: row for row in shown["Sets"]}
            assert set(sets) == {row.name or "__AllParameterSets" for row in parameter.sets}
            for row in parameter.sets:
                actual = sets[row.name or "__AllParameterSets"]
                assert actual["Mandatory"] is row.mandatory
                assert (actual["Position"] if actual["Position"] >= 0 else None) == row.position
                assert actual["Value"] is (row.pipeline in {"value", "both"})
                assert actual["Property"] is (row.pipeline in {"property", "both"})
        assert ("WhatIf" in parameters) is ("Confirm" in parameters) is (command.action is not None)
        assert set(parameters) <= COMMON | {"WhatIf", "Confirm"}


def test_all_ways_to_sign_in_bind(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    script = """
    $word = [securestring]::new(); $word.AppendChar('x'); $word.MakeReadOnly()
    $who = [System.Management.Automation.PSCredential]::new('who', $word)
    Connect-AzureRmAccount
    Connect-AzureRmAccount -Credential $who
    Connect-AzureRmAccount -ServicePrincipal -CertificateThumbprint c -ApplicationId a -TenantId t
    Login-AzureRmAccount -Identity:$false
    Add-AzureRmAccount -MSI -WhatIf
    $global:Error.Count
    foreach ($e in $global:Error) {
        "$($e.FullyQualifiedErrorId)|$($e.TargetObject)|$($e.ErrorDetails.RecommendedAction)"
    }
    (Connect-AzureRmAccount -ManagedService).Context.Account.Type
    (Connect-AzureRmAccount -AccessToken (Get-MsiToken -AsPlainText) -AccountId me).Context.Account.Type
    """
    run = shell.run(script, azure.environ, folder=tmp_path)
    lines = [line for line in run.lines if not line.startswith("What if")]
    assert lines[0] == "4"
    assert all(line.startswith("PyBridge.NotSupported,Connect-AzureRmAccount|") for line in lines[1:5])
    assert all("Connect-AzureRmAccount -Identity" in line for line in lines[1:5])
    assert [line.split("|")[1] for line in lines[1:5]] == [
        "ManagedServiceLogin",
        "ServicePrincipalCertificateWithSubscriptionId",
        "UserWithSubscriptionId",
        "UserWithSubscriptionId",
    ]
    assert lines[5:] == ["ManagedService", "AccessToken"]


def test_a_token_hides_itself(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    script = """
    $token = Get-MsiToken
    $plain = Get-MsiToken -AsPlainText
    $token | Out-String | Write-Output
    "$token"
    $token.Token.GetType().Name
    $token.ExpiresOn.GetType().Name
    $token.ExpiresOn.Kind
    [System.Net.NetworkCredential]::new('', $token.Token).Password -ceq $plain
    $token.PSObject.TypeNames[0]
    """
    run = shell.run(script, azure.environ, folder=tmp_path)
    assert (run.stderr, run.code) == ("", 0)
    assert "eyJ" not in run.stdout
    assert "vm_extension" in run.stdout
    assert run.lines[-6:] == [
        "https://management.azure.com/",
        "SecureString",
        "DateTime",
        "Local",
        "True",
        "PyBridge.AccessToken",
    ]


def test_a_token_for_each_way_to_name_an_identity(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    world = azure.emulator.world
    two = world.vm("twoIdentitiesVM")
    identity = two.user_assigned[0]
    azure.emulator.vm = two
    script = f"""
    Get-MsiToken -ErrorAction SilentlyContinue -ErrorVariable failed
    $failed[0].FullyQualifiedErrorId
    $failed[0].Exception.Message
    (Get-MsiToken -ClientId {identity.client_id}).ClientId
    (Get-MsiToken -ObjectId {identity.object_id} -Source imds).ClientId
    (Get-MsiToken https://vault.azure.net -ResourceId {identity.resource_id}).Resource
    """
    run = shell.run(script, azure.environ, folder=tmp_path)
    assert run.lines[0] == "PyBridge.TokenRejected,Get-MsiToken"
    assert "Multiple user assigned identities exist" in run.lines[1]
    assert run.lines[2:] == [identity.client_id, identity.client_id, "https://vault.azure.net"]


def test_a_token_for_a_name(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    script = """
    (Get-MsiToken KeyVault).Resource
    (Get-MsiToken -Resource storage -Environment AzureUSGovernment).Resource
    (Get-MsiToken https://vault.azure.net/).Resource
    (Get-MsiToken (Get-MsiResourceId sql)).Resource
    (Get-MsiToken).Resource
    """
    run = shell.run(script, azure.environ, folder=tmp_path)
    assert (run.stderr, run.code) == ("", 0)
    assert run.lines == [
        "https://vault.azure.net",
        "https://storage.azure.com/",
        "https://vault.azure.net",
        "https://database.windows.net/",
        "https://management.azure.com/",
    ]


def test_resource_ids_are_found_by_name(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    script = """
    $all = @(Get-MsiResourceId)
    $keys = @(Get-MsiResourceId *key* -Environment azurechinacloud)
    ConvertTo-Json -Compress -InputObject @{
        count = $all.Count; none = @(Get-MsiResourceId zz*).Count; text = "$($all[0])"
        type = $all[0].PSObject.TypeNames[0]; tested = @($all | Where-Object { $_.Tested -eq $true }).Count
        keys = @($keys | ForEach-Object { $_.ResourceId }); key = $keys[0]
    }
    """
    shown = json_of(shell, azure, script, tmp_path)
    assert (shown["count"], shown["none"]) == (len(CATALOGUE), 0)
    assert (shown["type"], shown["text"]) == ("PyBridge.ResourceId", "https://management.azure.com/")
    assert shown["tested"] == sum(entry.tested for entry in CATALOGUE)
    assert shown["keys"] == ["https://vault.azure.cn", "https://managedhsm.azure.cn"]
    assert shown["key"] == {
        "Name": "KeyVault",
        "ResourceId": "https://vault.azure.cn",
        "Title": "Azure Key Vault",
        "Environment": "AzureChinaCloud",
        "Tested": True,
        "Documentation": CATALOGUE[1].documentation,
    }
    assert azure.emulator.requests == []


def test_a_context_knows_the_endpoints_of_its_cloud(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    script = f"""{SIGN_IN}
    $environment = (Get-AzureRmContext).Environment
    $environment.StorageEndpointSuffix
    $environment.SqlDatabaseDnsSuffix
    $environment.EnableAdfsAuthentication
    """
    run = shell.run(script, azure.environ, folder=tmp_path)
    assert (run.stderr, run.lines) == ("", ["core.windows.net", ".database.windows.net", "False"])


VIEWS = {
    "Get-MsiResourceId": ["Name", "ResourceId", "Tested"],
    "Connect-AzureRmAccount -Identity": ["Account", "SubscriptionName", "TenantId", "Environment"],
    "Get-AzureRmContext": ["Name", "Account", "SubscriptionName", "Environment", "TenantId"],
    "Get-AzureRmSubscription": ["Name", "Id", "TenantId", "State"],
    "Get-AzureRmVM": ["ResourceGroupName", "Name", "Location", "VmSize", "OsType", "NIC", "ProvisioningState", "Zone"],
}


@pytest.mark.parametrize("command", VIEWS)
def test_tables_have_the_columns_of_azurerm(shell: Shell, azure: Azure, tmp_path: Path, command: str) -> None:
    run = shell.run(f"{SIGN_IN}{command} | Out-String -Width 300 | Write-Output", azure.environ, folder=tmp_path)
    assert (run.stderr, run.code) == ("", 0)
    assert run.lines[0].split() == VIEWS[command]


def test_one_vm_is_a_list(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    run = shell.run(
        f"{SIGN_IN}Get-AzureRmVM myResourceGroup myVM | Out-String -Width 300 | Write-Output",
        azure.environ,
        folder=tmp_path,
    )
    shown = dict(line.split(" : ", 1) for line in (" ".join(line.split()) for line in run.lines) if " : " in line)
    assert shown["Name"] == "myVM"
    assert shown["HardwareProfile"] == "{VmSize}"
    assert shown["StorageProfile"] == "{ImageReference, OsDisk, DataDisks}"
    assert shown["Tags"] == "{role=web}"
    assert "Zones" not in shown


def test_a_vm_has_the_members_of_azurerm(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    azure.emulator.world.vm("myVM").tags["built"] = "2019-05-04T03:02:01Z"
    script = f"""{SIGN_IN}
    $vm = Get-AzureRmVM -ResourceGroupName myresourcegroup -VMName MYVM
    $listed = Get-AzureRmVM myResourceGroup | Where-Object {{ $_.Name -eq 'myVM' }}
    $two = Get-AzureRmVM myResourceGroup twoIdentitiesVM
    ConvertTo-Json -Compress -InputObject @{{
        types = @($vm.PSObject.TypeNames[0], $listed.PSObject.TypeNames[0], $vm.Identity.PSObject.TypeNames[0])
        text = "$vm"; group = $vm.ResourceGroupName; size = $vm.HardwareProfile.VmSize
        os = $vm.StorageProfile.OsDisk.OsType; nic = $vm.NetworkProfile.NetworkInterfaces[0].Id.Split('/')[-1]
        role = $vm.Tags['role']; built = $vm.Tags['built']; builtType = $vm.Tags['built'].GetType().Name
        kinds = @($vm.Identity.Type, $two.Identity.Type); ids = @($two.Identity.IdentityIds).Count
        clients = @($two.Identity.UserAssignedIdentities.Values | ForEach-Object {{ $_.ClientId }}).Count
        zones = @($two.Zones)
    }}"""
    shown = json_of(shell, azure, script, tmp_path)
    model = "Microsoft.Azure.Commands.Compute.Models"
    assert shown == {
        "types": [
            f"{model}.PSVirtualMachine",
            f"{model}.PSVirtualMachineList",
            "Microsoft.Azure.Management.Compute.Models.VirtualMachineIdentity",
        ],
        "text": "myVM",
        "group": "myResourceGroup",
        "size": "Standard_DS1_v2",
        "os": "Windows",
        "nic": "myVM-nic",
        "role": "web",
        "built": "2019-05-04T03:02:01Z",
        "builtType": "String",
        "kinds": ["SystemAssigned", "UserAssigned"],
        "ids": 2,
        "clients": 2,
        "zones": ["1"],
    }


def test_a_context_prints_and_travels(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    script = """
    $in = Connect-AzureRmAccount -Identity
    "$in"
    "$($in.Context.Account) $($in.Context.Environment)"
    $in.Environments['AzureChinaCloud'].Name
    $null = Disconnect-AzureRmAccount
    (Get-AzureRmVM myResourceGroup myVM -DefaultProfile $in).Name
    (Get-AzureRmVM myResourceGroup myVM -AzureRmContext $in.Context).Name
    Get-AzureRmContext
    """
    run = shell.run(script, azure.environ, folder=tmp_path)
    subscription = azure.emulator.world.vm("myVM").group.subscription.subscription_id
    assert run.lines == [
        f"Subscription1 ({subscription})",
        "MSI@50342 AzureCloud",
        "AzureChinaCloud",
        "myVM",
        "myVM",
    ]
    assert "Run Connect-AzureRmAccount to login." in run.stderr


def test_pipelines_nest_and_stop_early(shell: Shell, paged: Azure, tmp_path: Path) -> None:
    script = f"""{SIGN_IN}
    function Get-Worker {{ & (Get-Module PyBridge) {{ $script:Worker.Process.Id }} }}
    $before = Get-Worker
    @(Get-AzureRmResourceGroup | Get-AzureRmVM).Count
    (Get-AzureRmVM | ForEach-Object {{ Get-AzureRmVM $_.ResourceGroupName $_.Name }} | Select-Object -First 1).Name
    (Get-AzureRmVM | Select-Object -First 1).Name
    @(Get-AzureRmVM).Count
    $before -eq (Get-Worker)
    """
    run = shell.run(script, paged.environ, folder=tmp_path)
    assert (run.stderr, run.code) == ("", 0)
    assert run.lines == ["4", "myVM", "myVM", "4", "True"]


ERRORS = {
    "Get-AzureRmVM": ("PyBridge.NotSignedIn,Get-AzureRmVM", "AuthenticationError"),
    f"{SIGN_IN}; Get-AzureRmVM myResourceGroup nope": ("PyBridge.NotFound,Get-AzureRmVM", "ObjectNotFound"),
    f"{SIGN_IN}; Get-AzureRmVM otherResourceGroup otherVM": (
        "PyBridge.AuthorizationFailed,Get-AzureRmVM",
        "PermissionDenied",
    ),
    "Get-MsiToken 'not a resource'": ("PyBridge.InvalidArgument,Get-MsiToken", "InvalidArgument"),
    "Get-MsiToken KeyVualt": ("PyBridge.InvalidArgument,Get-MsiToken", "InvalidArgument"),
    "Get-MsiToken urn:nonsense": ("PyBridge.TokenRejected,Get-MsiToken", "AuthenticationError"),
    "Get-MsiToken Redis -Environment AzureChinaCloud": ("PyBridge.InvalidArgument,Get-MsiToken", "InvalidArgument"),
    "Get-MsiResourceId KeyVualt": ("PyBridge.InvalidArgument,Get-MsiResourceId", "InvalidArgument"),
    "Connect-AzureRmAccount -Identity -Environment Mars": (
        "PyBridge.InvalidArgument,Connect-AzureRmAccount",
        "InvalidArgument",
    ),
    "Connect-AzureRmAccount -Identity -Subscription nope": (
        "PyBridge.NotFound,Connect-AzureRmAccount",
        "ObjectNotFound",
    ),
    "Connect-AzureRmAccount -AccessToken nonsense -AccountId me": (
        "PyBridge.Unauthorized,Connect-AzureRmAccount",
        "AuthenticationError",
    ),
}


@pytest.mark.parametrize("command", ERRORS)
def test_errors_have_an_id_a_category_and_a_way_out(shell: Shell, azure: Azure, tmp_path: Path, command: str) -> None:
    script = f"""
    & {{ {command} }} 2>&1 | ForEach-Object {{
        $_.FullyQualifiedErrorId; [string]$_.CategoryInfo.Category; [bool]$_.ErrorDetails.RecommendedAction
    }}
    'goes on'
    $ErrorActionPreference = 'Stop'
    try {{ {command}; 'not reached' }} catch {{ 'stopped' }}
    """
    run = shell.run(script, azure.environ, folder=tmp_path)
    assert run.lines == [*ERRORS[command], "True", "goes on", "stopped"], run.stderr


@pytest.mark.parametrize("case", ["expired", "forged", "for another resource"])
def test_a_bad_token_does_not_sign_in(shell: Shell, azure: Azure, tmp_path: Path, case: str) -> None:
    emulator = azure.emulator
    token = {
        "expired": lambda: emulator.mint(expires_in=-60),
        "forged": lambda: emulator.mint(key=b"another key"),
        "for another resource": lambda: emulator.mint(resource="https://vault.azure.net"),
    }[case]()
    script = f"""
    Login-AzureRmAccount -AccessToken '{token}' -AccountId me -ErrorVariable failed -ErrorAction SilentlyContinue
    $failed[0].Exception.Message
    $failed[0].ErrorDetails.RecommendedAction
    """
    run = shell.run(script, azure.environ, folder=tmp_path)
    assert token not in run.stdout + run.stderr
    assert "-Identity" in run.lines[1]
    assert ("expired" in run.lines[0]) is (case == "expired")


def test_garbage_from_the_endpoint_is_named_as_such(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    azure.emulator.fail("/oauth2/token", garbage=True, times=None)
    run = shell.run("Get-MsiToken 2>&1 | ForEach-Object { $_.FullyQualifiedErrorId }", azure.environ, folder=tmp_path)
    assert run.lines == ["PyBridge.MalformedAnswer,Get-MsiToken"]


def test_a_caller_in_strict_mode_sees_no_difference(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    script = f"""
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    {SIGN_IN}
    (Get-MsiToken).Resource
    (Get-AzureRmVM -ResourceGroupName myResourceGroup -Name msiOffVM).Name
    @(Get-AzureRmSubscription -SubscriptionName Subscription1).Count
    (Get-AzureRmResourceGroup myResourceGroup).Tags['environment']
    (Disconnect-AzureRmAccount).Id
    """
    run = shell.run(script, azure.environ, folder=tmp_path)
    assert (run.stderr, run.code) == ("", 0)
    assert run.lines == ["https://management.azure.com/", "msiOffVM", "1", "demo", "MSI@50342"]


def test_whatif_changes_nothing(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    script = f"""
    Connect-AzureRmAccount -Identity -WhatIf
    {SIGN_IN}
    Disconnect-AzureRmAccount -WhatIf
    (Get-AzureRmContext).Account.Id
    """
    run = shell.run(script, azure.environ, folder=tmp_path)
    assert run.lines[-1] == "MSI@50342"
    assert sum(line.startswith("What if:") for line in run.lines) == 2


def test_the_preferences_of_a_script_count(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    script = """
    & { $WhatIfPreference = $true; Connect-AzureRmAccount -Identity }
    & { $WhatIfPreference = $true; $null = Connect-AzureRmAccount -Identity -WhatIf:$false }
    (Get-AzureRmContext).Account.Id
    & { $ErrorActionPreference = 'Stop'; try { Get-AzureRmVM nope nope } catch { 'stopped' } }
    & { $ErrorActionPreference = 'SilentlyContinue'; Get-AzureRmVM nope nope; 'went on' }
    """
    run = shell.run(script, azure.environ, folder=tmp_path)
    assert run.lines[0].startswith("What if:")
    assert (run.stderr, run.lines[1:]) == ("", ["MSI@50342", "stopped", "went on"])


def test_signing_out_another_context_keeps_the_current_one(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    script = """
    $first = Connect-AzureRmAccount -Identity -ContextName first
    $null = Connect-AzureRmAccount -Identity -ContextName second
    $null = Disconnect-AzureRmAccount -DefaultProfile $first
    (Get-AzureRmContext).Name
    (Get-AzureRmContext -DefaultProfile $null).Name
    (Get-AzureRmContext -DefaultProfile $first).Name
    """
    run = shell.run(script, azure.environ, folder=tmp_path)
    assert (run.stderr, run.lines) == ("", ["second", "second", "first"])


def test_a_context_does_not_say_where_tokens_go(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    environ = {**azure.environ, "PYBRIDGE_ARM_ENDPOINT": azure.url}
    script = """
    $in = Connect-AzureRmAccount -Identity
    $in.Context.Environment.ResourceManagerUrl = 'https://127.0.0.1:1/'
    (Get-AzureRmVM myResourceGroup myVM -DefaultProfile $in).Name
    """
    run = shell.run(script, environ, folder=tmp_path)
    assert (run.stderr, run.lines) == ("", ["myVM"])


def test_a_context_works_in_a_job(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    if shell.is_engine:
        pytest.skip("the engine host has no jobs")
    script = """
    $in = Connect-AzureRmAccount -AccessToken (Get-MsiToken -AsPlainText) -AccountId me
    $job = { param($context) (Get-AzureRmVM myResourceGroup myVM -DefaultProfile $context).Name; "$context" }
    Start-Job $job -ArgumentList $in.Context | Receive-Job -Wait
    """
    run = shell.run(script, azure.environ, folder=tmp_path)
    assert run.stderr == ""
    assert run.lines[0] == "myVM"
    assert run.lines[1].startswith("Subscription1 (")  # the job knows the type once it has the module


def test_tags_that_differ_in_case_only_are_one(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    azure.emulator.world.vm("myVM").tags.update({"env": "1", "ENV": "2"})
    script = f"{SIGN_IN}(Get-AzureRmVM myResourceGroup myVM).Tags['Env']"
    run = shell.run(script, azure.environ, folder=tmp_path)
    assert (run.stderr, run.lines) == ("", ["2"])


def test_members_that_powershell_cannot_tell_apart_are_an_error(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    if shell.is_engine:
        pytest.skip("the engine host's ConvertFrom-Json keeps the last of such names")
    script = f"""{SIGN_IN}
    & (Get-Module PyBridge) {{
        $worker = $script:Worker
        $call = @{{ Id = 0; Worker = $worker; Patience = -1; Frames = [System.Collections.Queue]::new() }}
        $worker.Calls[0] = $call
        $line = '{{"jsonrpc":"2.0","id":0,"result":{{"env":1,"ENV":2}}}}'
        $worker.Pending = [System.Threading.Tasks.Task]::FromResult($line)
        try {{ Receive-PyBridgeFrame $call }} catch {{ $_.FullyQualifiedErrorId }}
    }}
    """
    run = shell.run(script, azure.environ, folder=tmp_path)
    assert (run.stderr, run.lines) == ("", ["PyBridge.WorkerFailed"])


def test_completion_suggests_resources(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    script = """
    Import-Module PyBridge
    $lines = @(
        'Get-MsiToken https://v', 'Get-MsiToken keyv', 'Get-MsiResourceId data'
        'Get-MsiToken -Environment AzureCh', 'Login-AzureRmAccount -Environment AzureU'
    )
    foreach ($line in $lines) {
        [System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null).CompletionMatches |
            ForEach-Object { $_.CompletionText }
    }
    """
    run = shell.run(script, azure.environ, folder=tmp_path)
    assert run.lines == [
        "https://vault.azure.net",
        "KeyVault",
        "DataLake",
        "DataExplorer",
        "AzureChinaCloud",
        "AzureUSGovernment",
    ]
    assert azure.emulator.requests == []
