"""The commands of AzureRM.Profile: signing in and out, contexts, their files, clouds, subscriptions and tenants."""

from __future__ import annotations

import json
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from shells import Azure, Run, Shell, serve_azure

from pybridge.emulator import Emulator

#: Makes $credential and $tenant of the variables that `run` sets.
PRINCIPAL = """
$secret = [securestring]::new(); foreach ($sign in $env:TEST_SECRET.ToCharArray()) { $secret.AppendChar($sign) }
$credential = [System.Management.Automation.PSCredential]::new($env:TEST_CLIENT, $secret)
$tenant = $env:TEST_TENANT
"""
SIGN_IN = "$null = Connect-AzureRmAccount -Identity -AccountId $env:TEST_IDENTITY -ContextName first\n"

#: What a job or another computer makes of an object.
TRAVEL = """
function Send-Object($What) {
    $text = [System.Management.Automation.PSSerializer]::Serialize($What, 10)
    [System.Management.Automation.PSSerializer]::Deserialize($text)
}
"""


@pytest.fixture
def two(shell: Shell) -> Iterator[Azure]:
    """An Azure whose machine has an identity that reads both subscriptions."""
    emulator = Emulator(machine="twoIdentitiesVM")
    (first,) = [one for one in emulator.world.subscriptions.values() if one.name == "Subscription1"]
    emulator.world.grant("Reader", to=emulator.vm.user_assigned[1], scope=first)
    yield from serve_azure(emulator, shell)


def run(shell: Shell, azure: Azure, script: str, folder: Path, **environ: str) -> Run:
    world = azure.emulator.world
    (application,) = world.applications.values()
    return shell.run(
        script,
        {
            **azure.environ,
            "TEST_CLIENT": application.principal.client_id,
            "TEST_SECRET": application.secret,
            "TEST_TENANT": world.tenant.id,
            "TEST_IDENTITY": world.vm("twoIdentitiesVM").user_assigned[1].client_id,
            **environ,
        },
        folder=folder,
    )


def lines(shell: Shell, azure: Azure, script: str, folder: Path, **environ: str) -> list[str]:
    """What a script prints, which must run without an error."""
    done = run(shell, azure, script, folder, **environ)
    assert (done.stderr, done.code) == ("", 0)
    return done.lines


# --- signing in ------------------------------------------------------------------------------------------


def test_a_service_principal_signs_in_and_its_secret_is_nowhere(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    script = f"""{PRINCIPAL}
    $in = Connect-AzureRmAccount -ServicePrincipal -Credential $credential -TenantId $tenant -Subscription Subscription1
    $in.Context.Account.Type
    $in.Context.Account.Id -eq $credential.UserName
    $in.Context.Account.Secret.GetType().Name
    $in.Context.Account | Out-String | Write-Output
    @(Get-AzureRmResourceGroup).Count
    $null = Save-AzureRmContext -Path ./saved.json -Force
    (Login-AzureRmAccount $credential -ServicePrincipal -Tenant $tenant -ContextName app -Verbose).Context.Name
    (Disconnect-AzureRmAccount -ApplicationId $credential.UserName -TenantId $tenant).Type
    """
    done = run(shell, azure, script, tmp_path)
    (application,) = azure.emulator.world.applications.values()
    assert done.stderr == ""
    assert done.lines[:3] == ["ServicePrincipal", "True", "SecureString"]
    told = [line for line in done.lines if line.startswith("VERBOSE")]
    assert [line for line in done.lines if line not in told][-3:] == ["2", "app", "ServicePrincipal"]
    assert told
    assert application.secret not in done.stdout + (tmp_path / "saved.json").read_text(encoding="utf-8")


PRINCIPALS: dict[str, tuple[str, str, str]] = {
    "$credential -TenantId no.such.example": ("AADSTS90002", "PyBridge.TokenRejected", "-TenantId"),
    "$wrong -TenantId $tenant": ("AADSTS7000215", "PyBridge.TokenRejected", "value of the secret"),
    "$nobody -TenantId $tenant": ("AADSTS700016", "PyBridge.TokenRejected", "application ID"),
    "$credential -TenantId 'a b'": ("tenant", "PyBridge.InvalidArgument", "GUID"),
}


def test_a_service_principal_that_is_refused_is_told_why(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    script = f"""{PRINCIPAL}
    $other = [securestring]::new(); $other.AppendChar('x')
    $wrong = [System.Management.Automation.PSCredential]::new($env:TEST_CLIENT, $other)
    $nobody = [System.Management.Automation.PSCredential]::new('00000000-0000-4000-8000-000000000000', $secret)
    $ErrorActionPreference = 'Continue'
    """
    for arguments in PRINCIPALS:
        script += f"""
    Connect-AzureRmAccount -ServicePrincipal -Credential {arguments} -ErrorVariable e -ErrorAction SilentlyContinue
    "$($e[-1].Exception.Message)|$($e[-1].FullyQualifiedErrorId)|$($e[-1].ErrorDetails.RecommendedAction)"
    """
    done = run(shell, azure, script, tmp_path)
    assert len(done.lines) == len(PRINCIPALS)
    for line, (words, code, remedy) in zip(done.lines, PRINCIPALS.values(), strict=True):
        message, identifier, action = line.split("|")
        assert (words in message, identifier) == (True, f"{code},Connect-AzureRmAccount"), line
        assert remedy in action, line
    assert azure.emulator.world.applications["deployapp"].secret not in done.stdout + done.stderr


def test_the_first_sign_in_makes_a_context_for_each_subscription(shell: Shell, two: Azure, tmp_path: Path) -> None:
    script = """
    $null = Connect-AzureRmAccount -Identity -AccountId $env:TEST_IDENTITY -Subscription Subscription2
    @(Get-AzureRmContext -ListAvailable | ForEach-Object { $_.Subscription.Name }) -join ' '
    Clear-AzureRmContext
    $null = 'Subscription2' | Connect-AzureRmAccount -Identity -AccountId $env:TEST_IDENTITY -SkipContextPopulation
    @(Get-AzureRmContext -ListAvailable | ForEach-Object { $_.Subscription.Name }) -join ' '
    """
    assert lines(shell, two, script, tmp_path) == ["Subscription2 Subscription1", "Subscription2"]


# --- contexts --------------------------------------------------------------------------------------------


def test_contexts_are_selected_renamed_and_removed(shell: Shell, two: Azure, tmp_path: Path) -> None:
    script = f"""{SIGN_IN}
    function Show-Context {{
        "$((Get-AzureRmContext).Name): $(@(Get-AzureRmContext -ListAvailable | ForEach-Object {{ $_.Name }}) -join ' ')"
    }}
    Rename-AzureRmContext -SourceName 'Subscription2*' -TargetName x -ErrorAction SilentlyContinue -ErrorVariable e
    $e[-1].CategoryInfo.Category
    foreach ($context in Get-AzureRmContext -ListAvailable) {{
        if ($context.Name -ne 'first') {{ $context | Rename-AzureRmContext -TargetName second }}
    }}
    Show-Context
    (Select-AzureRmContext second).Name
    (Get-AzureRmContext first | Select-AzureRmContext -Scope Process).Name
    (Rename-AzureRmContext FIRST uno -PassThru).Name
    Show-Context
    Select-AzureRmContext -Name second -WhatIf
    Rename-AzureRmContext uno dos -WhatIf
    Remove-AzureRmContext uno -WhatIf
    Clear-AzureRmContext -WhatIf
    Show-Context
    Remove-AzureRmContext uno -ErrorAction SilentlyContinue -ErrorVariable e
    "$($e[-1].FullyQualifiedErrorId) $($e[-1].CategoryInfo.Category)"
    (Remove-AzureRmContext uno -Force -PassThru).Name
    Rename-AzureRmContext second third
    (Get-AzureRmContext | Remove-AzureRmContext -Force -PassThru).Name
    Clear-AzureRmContext -PassThru
    Get-AzureRmContext -ErrorAction SilentlyContinue -ErrorVariable e
    $e[-1].Exception.Message
    """
    shown = [line for line in lines(shell, two, script, tmp_path) if not line.startswith("What if")]
    assert shown == [
        "ObjectNotFound",
        "first: first second",
        "second",
        "first",
        "uno",
        "uno: uno second",
        "uno: uno second",
        "PyBridge.Conflict,Remove-AzureRmContext ResourceExists",
        "uno",
        "third",
        "True",
        "Run Connect-AzureRmAccount to login.",
    ]


def test_a_context_is_set_by_all_that_names_one(shell: Shell, two: Azure, tmp_path: Path) -> None:
    script = f"""{SIGN_IN}{TRAVEL}
    function Show-Place {{ (Get-AzureRmContext).Subscription.Name }}
    $second = Get-AzureRmSubscription -SubscriptionName Subscription2
    $tenantObject = Get-AzureRmTenant
    $context = Get-AzureRmContext
    $ways = @(
        {{ Select-AzureRmSubscription 'Subscription2' }}
        {{ Set-AzureRmContext -SubscriptionId $second.Id -TenantId $tenantObject.Id }}
        {{ Set-AzureRmContext -SubscriptionName subscription2 -Domain $tenantObject.Directory }}
        {{ Set-AzureRmContext 'Subscription2' -Tenant $tenantObject.Id }}
        {{ Set-AzureRmContext -SubscriptionObject $second }}
        {{ $second | Set-AzureRmContext }}
        {{ Send-Object $second | Set-AzureRmContext -Scope Process }}
        {{ Set-AzureRmContext $second }}
        {{ Set-AzureRmContext -Context (Get-AzureRmContext -ListAvailable | Where-Object {{ $_.Name -ne 'first' }}) }}
    )
    foreach ($way in $ways) {{ $null = Select-AzureRmContext first; $null = & $way; Show-Place }}
    $ways = @(
        {{ Set-AzureRmContext -Tenant $tenantObject.Id }}
        {{ Set-AzureRmContext -TenantObject $tenantObject }}
        {{ $tenantObject | Set-AzureRmContext }}
        {{ Send-Object $context | Set-AzureRmContext }}
        {{ Set-AzureRmContext -Context $context }}
    )
    foreach ($way in $ways) {{ $null = Set-AzureRmContext $second; $null = & $way; Show-Place }}
    Set-AzureRmContext $second -WhatIf
    Show-Place
    (Set-AzureRmContext $second -Name named -ExtendedProperty @{{ Team = 'blue' }}).ExtendedProperties['team']
    Set-AzureRmContext 'Subscription1' -Name named -ErrorAction SilentlyContinue -ErrorVariable e
    $e[-1].ErrorDetails.RecommendedAction
    (Set-AzureRmContext 'Subscription1' -Name named -Force).Name
    """
    shown = [line for line in lines(shell, two, script, tmp_path) if not line.startswith("What if")]
    assert shown[:9] == ["Subscription2"] * 9
    assert shown[9:15] == ["Subscription1"] * 6
    assert shown[15:] == ["blue", "Choose another name, or replace it with -Force.", "named"]


def test_an_account_is_signed_out_by_all_that_names_it(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    script = f"""{TRAVEL}
    $ways = @(
        {{ Disconnect-AzureRmAccount }}
        {{ Logout-AzureRmAccount -Username 'msi@50342' }}
        {{ Remove-AzureRmAccount 'MSI@50342' }}
        {{ Disconnect-AzureRmAccount ('MSI@50342' | Write-Output) }}
        {{ Disconnect-AzureRmAccount -ContextName mine -Scope Process }}
        {{ Disconnect-AzureRmAccount -InputObject (Get-AzureRmContext).Account }}
        {{ (Get-AzureRmContext).Account | Disconnect-AzureRmAccount }}
        {{ Get-AzureRmContext | Disconnect-AzureRmAccount }}
        {{ Send-Object (Get-AzureRmContext) | Disconnect-AzureRmAccount }}
        {{ Disconnect-AzureRmAccount -AzureContext (Get-AzureRmContext) }}
        {{ Disconnect-AzureRmAccount (Get-AzureRmContext) }}
        {{ Disconnect-AzureRmAccount (Get-AzureRmContext).Account; Disconnect-AzureRmAccount }}
    )
    foreach ($way in $ways) {{
        $null = Connect-AzureRmAccount -Identity -ContextName mine
        $account = & $way
        Get-AzureRmContext -ErrorAction SilentlyContinue -ErrorVariable e
        "$($account.Id) $($account.Type) $($e.Count)"
    }}
    """
    assert lines(shell, azure, script, tmp_path) == ["MSI@50342 ManagedService 1"] * 12


def test_what_is_passed_as_a_profile_is_changed_alone(shell: Shell, two: Azure, tmp_path: Path) -> None:
    script = f"""{SIGN_IN}
    $first = Get-AzureRmContext
    (Set-AzureRmContext 'Subscription2' -DefaultProfile $first).Subscription.Name
    (Get-AzureRmContext).Subscription.Name
    (Disconnect-AzureRmAccount -DefaultProfile $first).Type
    (Get-AzureRmContext).Name
    """
    assert lines(shell, two, script, tmp_path) == ["Subscription2", "Subscription1", "ManagedService", "first"]


# --- files -----------------------------------------------------------------------------------------------


def test_contexts_go_into_a_file_and_out_again(shell: Shell, two: Azure, tmp_path: Path) -> None:
    script = f"""{SIGN_IN}{PRINCIPAL}
    $null = Connect-AzureRmAccount -ServicePrincipal -Credential $credential -TenantId $tenant -ContextName app
    $token = Get-MsiToken -ClientId $env:TEST_IDENTITY -AsPlainText
    $in = Connect-AzureRmAccount -AccessToken $token -AccountId me -ContextName token
    $null = Select-AzureRmContext first
    Save-AzureRmContext -Path all.json -WhatIf
    [System.IO.File]::Exists("$PWD/all.json")
    Save-AzureRmContext -Path ./all.json
    Save-AzureRmProfile $in one.json
    $in | Save-AzureRmContext -Path one.json -ErrorAction SilentlyContinue -ErrorVariable e
    $e[-1].FullyQualifiedErrorId
    $in | Save-AzureRmContext -Path one.json -Force
    $names = @(Get-AzureRmContext -ListAvailable | ForEach-Object {{ $_.Name }}) -join ' '
    Clear-AzureRmContext
    Import-AzureRmContext ./all.json -WhatIf
    $out = Import-AzureRmContext -Path all.json -WarningAction SilentlyContinue -WarningVariable w
    "$($out.Context)"
    $names -eq (@(Get-AzureRmContext -ListAvailable | ForEach-Object {{ $_.Name }}) -join ' ')
    $w.Count
    @(Get-AzureRmResourceGroup).Count
    $null = Import-AzureRmContext ./one.json -WarningAction SilentlyContinue
    Get-AzureRmResourceGroup -ErrorAction SilentlyContinue -ErrorVariable e
    $e[-1].Exception.Message
    (Import-AzureRmContext -AzureContext $in).Context.Name
    (Import-AzureRmContext -Profile $in.Context -Scope Process).Context.Name
    @(Get-AzureRmContext -ListAvailable).Count
    @(Get-AzureRmResourceGroup).Count
    Import-AzureRmContext nothing.json -ErrorAction SilentlyContinue -ErrorVariable e
    "$($e[-1].FullyQualifiedErrorId) $($e[-1].CategoryInfo.Category)"
    """
    done = run(shell, two, script, tmp_path)
    assert done.stderr == ""
    assert [line for line in done.lines if not line.startswith("What if")] == [
        "False",
        "PyBridge.Conflict,Save-AzureRmContext",
        "first",
        "True",
        "2",
        "2",
        "'me' is not signed in here: contexts that were saved hold no secrets and no tokens",
        "token",
        "token",
        "1",
        "2",
        "PyBridge.NotFound,Import-AzureRmContext ObjectNotFound",
    ]
    text = (tmp_path / "all.json").read_text(encoding="utf-8") + (tmp_path / "one.json").read_text(encoding="utf-8")
    assert ("eyJ" in text, two.emulator.world.applications["deployapp"].secret in text) == (False, False)
    if sys.platform != "win32":
        assert stat.S_IMODE((tmp_path / "all.json").stat().st_mode) == 0o600


def test_a_file_of_az_serves_this_machine_at_once(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    world = azure.emulator.world
    (first,) = [one for one in world.subscriptions.values() if one.name == "Subscription1"]
    file = json.loads((Path(__file__).parent / "contextfiles" / "az.json").read_text(encoding="utf-8"))
    context: dict[str, Any] = file["Contexts"][file["DefaultContextKey"]]
    context["Subscription"]["Id"] = first.subscription_id
    (tmp_path / "az.json").write_text(json.dumps(file), encoding="utf-8-sig")
    script = """
    $null = Import-AzureRmContext ./az.json -WarningAction SilentlyContinue
    (Get-AzureRmVM myResourceGroup myVM).Name
    """
    assert lines(shell, azure, script, tmp_path) == ["myVM"]


# --- autosave --------------------------------------------------------------------------------------------


def test_contexts_are_saved_for_other_sessions_if_that_is_asked_for(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    where = {"PYBRIDGE_CONTEXTS": str(tmp_path / "contexts")}
    first = f"""{PRINCIPAL}
    (Get-AzureRmContextAutosaveSetting).Mode
    Enable-AzureRmContextAutosave -WhatIf
    (Get-AzureRmContextAutosaveSetting -Scope CurrentUser).Mode
    (Enable-AzureRmContextAutosave).ContextFile
    $null = Connect-AzureRmAccount -Identity -ContextName saved -Scope CurrentUser
    $quiet = @{{ WarningVariable = 'w'; WarningAction = 'SilentlyContinue' }}
    $null = Connect-AzureRmAccount -ServicePrincipal -Credential $credential -TenantId $tenant -ContextName app @quiet
    $w.Count
    """
    shown = [line for line in lines(shell, azure, first, tmp_path, **where) if not line.startswith("What if")]
    assert shown == ["Process", "Process", "AzureRmContext.json", "1"]
    second = """
    (Get-AzureRmVM myResourceGroup myVM).Name
    (Get-AzureRmContext).Name
    (Get-AzureRmContextAutosaveSetting).Mode
    (Disconnect-AzureRmAccount -Scope Process).Id
    Get-AzureRmContext -ErrorAction SilentlyContinue -ErrorVariable e
    $e.Count
    """
    assert lines(shell, azure, second, tmp_path, **where) == ["myVM", "saved", "CurrentUser", "MSI@50342", "1"]
    third = """
    (Get-AzureRmContext).Name
    Clear-AzureRmContext -Scope CurrentUser -ErrorAction SilentlyContinue -ErrorVariable e
    $e[-1].FullyQualifiedErrorId
    Clear-AzureRmContext -Scope CurrentUser -Force -PassThru
    (Disable-AzureRmContextAutosave -Scope Process).Mode
    (Disable-AzureRmContextAutosave).Mode
    """
    assert lines(shell, azure, third, tmp_path, **where) == [
        "saved",
        "PyBridge.Conflict,Clear-AzureRmContext",
        "True",
        "Process",
        "Process",
    ]
    kept = "".join(file.read_text(encoding="utf-8") for file in (tmp_path / "contexts").iterdir())
    assert azure.emulator.world.applications["deployapp"].secret not in kept


def test_a_plain_job_begins_with_the_saved_contexts(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    if shell.is_engine:
        pytest.skip("the engine host has no jobs")
    script = """
    $null = Enable-AzureRmContextAutosave
    $null = Connect-AzureRmAccount -Identity
    Start-Job { (Get-AzureRmVM myResourceGroup myVM).Name } | Receive-Job -Wait
    (Get-AzureRmSubscription -AsJob | Receive-Job -Wait).Name
    """
    environ = {"PYBRIDGE_CONTEXTS": str(tmp_path / "contexts")}
    assert lines(shell, azure, script, tmp_path, **environ) == ["myVM", "Subscription1"]


def test_saved_contexts_that_are_damaged_are_a_warning(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    folder = tmp_path / "contexts"
    folder.mkdir(0o700)
    (folder / "autosave.json").write_text("{}", encoding="ascii")
    (folder / "AzureRmContext.json").write_text("{", encoding="ascii")
    script = """
    Get-AzureRmEnvironment AzureCloud -WarningVariable w -WarningAction SilentlyContinue | ForEach-Object { $_.Name }
    $w.Count
    $null = Connect-AzureRmAccount -Identity
    (Get-AzureRmContext).Account.Id
    """
    environ = {"PYBRIDGE_CONTEXTS": str(folder)}
    assert lines(shell, azure, script, tmp_path, **environ) == ["AzureCloud", "1", "MSI@50342"]


# --- clouds, subscriptions, tenants ----------------------------------------------------------------------


def test_clouds_are_added_used_changed_and_removed(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    script = f"""
    @(Get-AzureRmEnvironment).Count
    $endpoints = @{{
        ResourceManagerUrl = 'https://management.local.example'; ActiveDirectory = 'https://login.local.example'
    }}
    $null = Add-AzureRmEnvironment Local http://127.0.0.1/settings @endpoints -OnPremise -WhatIf
    @(Get-AzureRmEnvironment).Count
    $local = Add-AzureRmEnvironment Local @endpoints -OnPremise
    "$($local.ResourceManagerUrl) $($local.EnableAdfsAuthentication) $($local.Type)"
    (Set-AzureRmEnvironment -Name local -StorageEndpointSuffix local.example).StorageEndpointSuffix
    (Add-AzureRmEnvironment -Name Mine -ARMEndpoint {azure.url}).Type
    (Add-AzureRmEnvironment Cloud -ArmUrl https://management.azure.com).Type
    (Connect-AzureRmAccount -Identity -Environment mine).Environments.Keys -contains 'Mine'
    "$((Get-AzureRmContext).Environment)"
    @(Get-AzureRmResourceGroup).Count
    (Get-AzureRmEnvironment -Name LOCAL | Remove-AzureRmEnvironment).Name
    Remove-AzureRmEnvironment Mine -WhatIf
    $null = Remove-AzureRmEnvironment Mine -Scope Process
    $ways = @(
        {{ Get-AzureRmResourceGroup }}
        {{ Remove-AzureRmEnvironment AzureCloud }}
        {{ Get-AzureRmEnvironment Mars }}
        {{ Add-AzureRmEnvironment X -ResourceManagerEndpoint http://arm.example }}
    )
    foreach ($way in $ways) {{
        & $way 2>&1 | ForEach-Object {{ $_.FullyQualifiedErrorId }}
    }}
    """
    shown = [line for line in lines(shell, azure, script, tmp_path) if not line.startswith("What if")]
    assert shown == [
        "3",
        "3",
        "https://management.local.example/ True User-defined",
        "local.example",
        "Discovered",
        "Discovered",
        "True",
        "Mine",
        "1",
        "local",
        "PyBridge.InvalidArgument,Get-AzureRmResourceGroup",
        "PyBridge.InvalidArgument,Remove-AzureRmEnvironment",
        "PyBridge.InvalidArgument,Get-AzureRmEnvironment",
        "PyBridge.InvalidArgument,Add-AzureRmEnvironment",
    ]


def test_subscriptions_and_tenants_are_found(shell: Shell, two: Azure, tmp_path: Path) -> None:
    script = f"""{SIGN_IN}
    @(Get-AzureRmSubscription).Count
    $one = Get-AzureRmSubscription -SubscriptionName subscription1
    "$one" -eq $one.SubscriptionId
    (Get-AzureRmSubscription -SubscriptionId $one.Id -TenantId $one.TenantId).Name
    ($one | Get-AzureRmSubscription).Name
    @(Get-AzureRmTenant).Count
    (Get-AzureRmTenant $one.TenantId).TenantId -eq $one.TenantId
    (Get-AzureRmTenant -Domain (Get-AzureRmTenant).Directory).Id -eq $one.TenantId
    """
    assert lines(shell, two, script, tmp_path) == ["2", "True", "Subscription1", "Subscription1", "1", "True", "True"]


TYPES = {
    "$in": "PSAzureProfile",
    "$in.Context": "PSAzureContext",
    "$in.Context.Account": "PSAzureRmAccount",
    "$in.Context.Environment": "PSAzureEnvironment",
    "$in.Environments['azurecloud']": "PSAzureEnvironment",
    "$in.Context.Subscription": "PSAzureSubscription",
    "$in.Context.Tenant": "PSAzureTenant",
    "(Get-AzureRmContext)": "PSAzureContext",
    "(Get-AzureRmEnvironment AzureCloud)": "PSAzureEnvironment",
    "(Get-AzureRmSubscription -SubscriptionName Subscription1)": "PSAzureSubscription",
    "(Get-AzureRmTenant)": "PSAzureTenant",
}


def test_objects_have_the_types_of_azurerm(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    script = "$in = Connect-AzureRmAccount -Identity\n"
    script += "".join(f"{what}.PSObject.TypeNames[0]\n" for what in TYPES)
    shown = lines(shell, azure, script, tmp_path)
    assert shown == [f"Microsoft.Azure.Commands.Profile.Models.{name}" for name in TYPES.values()]


#: What is further known of each object, under the names of AzureRM.
KNOWN = """
function Show-Known($Name, $Of) {
    $known = $Of.ExtendedProperties
    $pairs = @(foreach ($key in $known.Keys | Sort-Object) { "$key=$($known[$key.ToUpperInvariant()])" })
    "$Name $($known -is [System.Collections.IDictionary]) $($pairs -join ' ')"
}
"""


def test_objects_have_the_further_members_of_azurerm(shell: Shell, two: Azure, tmp_path: Path) -> None:
    script = f"""Set-StrictMode -Version Latest{KNOWN}
    $in = Connect-AzureRmAccount -Identity -AccountId $env:TEST_IDENTITY -Subscription Subscription1
    $listed = Get-AzureRmSubscription -SubscriptionName Subscription1
    foreach ($context in $in.Context, (Get-AzureRmContext)) {{
        Show-Known account $context.Account
        Show-Known subscription $context.Subscription
        Show-Known tenant $context.Tenant
        Show-Known environment $context.Environment
    }}
    Show-Known subscription $listed
    Show-Known tenant (Get-AzureRmTenant)
    foreach ($one in $listed, (Get-AzureRmContext).Subscription) {{
        "$($null -eq $one.CurrentStorageAccount) $($null -eq $one.CurrentStorageAccountName)"
    }}
    $cloud = Get-AzureRmEnvironment AzureCloud
    "$($cloud.OnPremise.GetType().Name) $($cloud.OnPremise) $($cloud.VersionProfiles.Count)"
    (Add-AzureRmEnvironment Local -ResourceManagerUrl https://arm.local.example -OnPremise).OnPremise
    """
    world = two.emulator.world
    identity = world.vm("twoIdentitiesVM").user_assigned[1].client_id
    first, second = (
        next(one.subscription_id for one in world.subscriptions.values() if one.name == name)
        for name in ("Subscription1", "Subscription2")
    )
    logs = "https://api.loganalytics.io"
    tenant = "tenant True "
    environment = (
        "environment True AzureAnalysisServicesEndpointSuffix=asazure.windows.net "
        "ContainerRegistryEndpointSuffix=azurecr.io MicrosoftGraphUrl=https://graph.microsoft.com "
        f"OperationalInsightsEndpoint={logs}/v1 OperationalInsightsEndpointResourceId={logs}"
    )
    subscription = f"subscription True Account={identity} Environment=AzureCloud Tenants={world.tenant.id}"
    account = f"account True Subscriptions={first},{second} Tenants={world.tenant.id}"
    assert lines(shell, two, script, tmp_path) == [
        *[account, subscription, tenant.rstrip(), environment] * 2,
        subscription,
        tenant.rstrip(),
        *["True True"] * 2,
        "Boolean False 0",
        "True",
    ]


def test_what_is_known_of_a_context_stays_with_it(shell: Shell, two: Azure, tmp_path: Path) -> None:
    script = f"""{SIGN_IN}{KNOWN}{TRAVEL}
    $null = Set-AzureRmContext Subscription2 -Name second -ExtendedProperty @{{ Team = 'blue' }}
    $null = Select-AzureRmContext first
    $null = Select-AzureRmContext second
    Show-Known context (Get-AzureRmContext)
    Show-Known context (Get-AzureRmContext -DefaultProfile (Send-Object (Get-AzureRmContext)))
    (Get-AzureRmContext).Account.ExtendedProperties['Subscriptions'].Split(',').Count
    """
    assert lines(shell, two, script, tmp_path) == ["context True Team=blue"] * 2 + ["2"]


VIEWS = {
    "Get-AzureRmContext -ListAvailable": ["Name", "Account", "SubscriptionName", "Environment", "TenantId"],
    "Import-AzureRmContext -AzureContext (Get-AzureRmContext)": [
        "Account",
        "SubscriptionName",
        "TenantId",
        "Environment",
    ],
    "(Get-AzureRmContext).Account": ["Id", "Type", "Tenants"],
    "Get-AzureRmTenant": ["Id", "Directory"],
    "Get-AzureRmEnvironment": ["Name", "Resource Manager Url", "ActiveDirectory Authority"],
}


def test_tables_have_the_columns_of_azurerm(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    script = "$null = Connect-AzureRmAccount -Identity\n"
    for command in VIEWS:
        script += f"({command} | Out-String -Width 300).Trim().Split([char]10)[0]\n"
    script += "Get-AzureRmContextAutosaveSetting | Out-String -Width 300 | Write-Output\n"
    shown = lines(shell, azure, script, tmp_path)
    assert [" ".join(line.split()) for line in shown[: len(VIEWS)]] == [" ".join(columns) for columns in VIEWS.values()]
    assert [line.split(":")[0].strip() for line in shown[len(VIEWS) :]] == [
        "Mode",
        "ContextDirectory",
        "ContextFile",
        "CacheDirectory",
        "CacheFile",
    ]
