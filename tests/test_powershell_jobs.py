"""Commands in the background, and contexts that come from elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from shells import Azure, Run, Shell

TOKEN = "$in = Connect-AzureRmAccount -AccessToken (Get-MsiToken -AsPlainText) -AccountId me\n"


def ran(shell: Shell, azure: Azure, script: str, folder: Path) -> Run:
    """A script that must run without an error, and show no token."""
    run = shell.run(script, azure.environ, folder=folder)
    assert (run.stderr, run.code) == ("", 0)
    assert "eyJ" not in run.stdout
    return run


def needs_jobs(shell: Shell) -> None:
    if shell.is_engine:
        pytest.skip("the engine host has no jobs")


def test_a_job_runs_as_whoever_is_signed_in(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    needs_jobs(shell)
    script = f"""{TOKEN}
    $job = Get-AzureRmSubscription -SubscriptionName Subscription1 -AsJob
    $job.Name
    $job.Command, $job.ChildJobs[0].Command | Out-String
    $found = $job | Receive-Job -Wait
    $found.PSObject.TypeNames[0]
    "$found" -eq $in.Context.Subscription.Id
    @($found | Out-String -Stream -Width 200)[1] -split ' +' -join ','
    $failed = @(Get-AzureRmSubscription -SubscriptionId nope -AsJob | Receive-Job -Wait 2>&1)
    $failed[0].FullyQualifiedErrorId
    [string]$failed[0].CategoryInfo.Category
    & (Get-Module PyBridge) {{ $script:Session.Context.Account.AccessToken.GetType().Name }}
    """
    lines = ran(shell, azure, script, tmp_path).lines
    assert lines[0] == "Get-AzureRmSubscription"
    assert lines[-6:] == [
        "Deserialized.Microsoft.Azure.Commands.Profile.Models.PSAzureSubscription",
        "True",
        "Name,Id,TenantId,State",
        "PyBridge.NotFound,Get-AzureRmSubscription",
        "ObjectNotFound",
        "SecureString",
    ]


def test_what_a_job_is_given_arrives_whole(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    needs_jobs(shell)
    script = """
    $null = Connect-AzureRmAccount -Identity
    $deep = @{ a = @{ b = @{ c = @{ d = @(1, @{ e = 'end' }) } } }; list = 'x', 'y' }
    $word = [securestring]::new(); $word.AppendChar('x')
    $who = [System.Management.Automation.PSCredential]::new('who', $word)
    function Show($Deep, $Who) {
        $sent = & (Get-Module PyBridge) { param($d, $w) ConvertTo-WireValue $d; ConvertTo-WireValue $w } $Deep $Who
        $word = $sent[1].Password
        "$($sent[0].a.b.c.d[1].e) $($sent[0].list) $($sent[1].UserName) $([int]$word[0]) $($word.Length)"
    }
    Show $deep $who
    $back = Start-Job { $using:deep; $using:who } | Receive-Job -Wait
    Show $back[0] $back[1]
    """
    assert ran(shell, azure, script, tmp_path).lines == ["end x y who 1 3"] * 2


def test_whether_it_may_run_is_asked_before_the_job(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    needs_jobs(shell)
    script = """
    $null = Connect-AzureRmAccount -Identity
    Start-AzureRmVM myResourceGroup myVM -AsJob -WhatIf
    @(Get-Job).Count
    Stop-AzureRmVM myResourceGroup myVM -AsJob -ErrorAction SilentlyContinue -ErrorVariable failed
    @(Get-Job).Count
    $job = Stop-AzureRmVM myResourceGroup myVM -AsJob -Force
    @($job | Receive-Job -Wait 2>&1)[0].FullyQualifiedErrorId
    """
    run = shell.run(script, azure.environ, folder=tmp_path)
    assert run.lines[0].startswith("What if: ")
    assert run.lines[1] == "0"
    assert run.lines[-1] == "PyBridge.AuthorizationFailed,Stop-AzureRmVM"


def test_a_plain_job_is_given_a_context(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    needs_jobs(shell)
    script = f"""{TOKEN}
    $context = Get-AzureRmContext
    $work = {{
        (Get-AzureRmVM myResourceGroup myVM -DefaultProfile $using:context).Name
        (Get-AzureRmVM myResourceGroup myVM -AzureRmContext $using:in).Name
        Get-AzureRmContext -DefaultProfile $using:context
    }}
    $names = @(Start-Job $work | Receive-Job -Wait)
    $back = $names[2]
    $null = Disconnect-AzureRmAccount
    "$($names[0..1]) $back $($back.Account) $($back.PSObject.TypeNames[0])"
    (Get-AzureRmVM myResourceGroup myVM -DefaultProfile $back).Name
    @($back | Out-String -Stream -Width 200)[1] -split ' +' -join ','
    """
    subscription = azure.emulator.world.vm("myVM").group.subscription.subscription_id
    kind = "Deserialized.Microsoft.Azure.Commands.Profile.Models.PSAzureContext"
    assert ran(shell, azure, script, tmp_path).lines == [
        f"myVM myVM Subscription1 ({subscription}) me {kind}",
        "myVM",
        "Name,Account,SubscriptionName,Environment,TenantId",
    ]


def test_a_context_in_a_file_or_from_another_computer(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    script = f"""{TOKEN}
    $in | Export-Clixml ./profile.xml
    $null = Disconnect-AzureRmAccount
    $read = Import-Clixml ./profile.xml
    "$read|$($read.Context.Account)|$($read.Context.Account.AccessToken.GetType().Name)"
    (Get-AzureRmVM myResourceGroup myVM -DefaultProfile $read).Name
    (Get-AzureRmVM myResourceGroup myVM -DefaultProfile $read.Context).Name
    (Get-AzureRmContext -DefaultProfile $read.Context).Account.Id
    """
    subscription = azure.emulator.world.vm("myVM").group.subscription.subscription_id
    assert ran(shell, azure, script, tmp_path).lines == [
        f"Subscription1 ({subscription})|me|SecureString",
        "myVM",
        "myVM",
        "me",
    ]


#: A context as AzureRM itself exported it, but for what nobody reads.
EXPORTED = """<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04"><Obj RefId="0">
<TN RefId="0"><T>Microsoft.Azure.Commands.Profile.Models.PSAzureContext</T><T>System.Object</T></TN>
<ToString>mine</ToString><Props><S N="Name">mine</S>
<Obj N="Account" RefId="1"><ToString>MSI@50342</ToString><Props><S N="Id">MSI@50342</S><S N="Type">ManagedService</S>
<Obj N="Tenants" RefId="2"><TN RefId="1"><T>System.Collections.ArrayList</T></TN><LST><S>{tenant}</S></LST></Obj>
<Nil N="Credential" /><Obj N="TenantMap" RefId="3"><TN RefId="2"><T>System.Collections.Hashtable</T></TN><DCT /></Obj>
<Nil N="CertificateThumbprint" /></Props></Obj>
<Obj N="Environment" RefId="4"><ToString>AzureCloud</ToString><Props><S N="Name">AzureCloud</S>
<B N="EnableAdfsAuthentication">false</B><S N="ActiveDirectoryAuthority">https://login.microsoftonline.com/</S>
<S N="ResourceManagerUrl">https://management.azure.com/</S></Props></Obj>
<Obj N="Subscription" RefId="5"><ToString>{subscription}</ToString><Props><S N="Id">{subscription}</S>
<S N="Name">Subscription1</S><S N="State">Enabled</S><S N="TenantId">{tenant}</S></Props></Obj>
<Obj N="Tenant" RefId="6"><ToString>{tenant}</ToString><Props><S N="Id">{tenant}</S><Nil N="Directory" /></Props></Obj>
<Obj N="TokenCache" RefId="7"><Props><BA N="CacheData">AgAAAAAAAAA=</BA></Props></Obj><Nil N="VersionProfile" />
<Obj N="ExtendedProperties" RefId="8"><TNRef RefId="2" /><DCT /></Obj></Props></Obj></Objs>"""


def test_a_context_that_azurerm_exported(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    world = azure.emulator.world
    text = EXPORTED.format(tenant=world.tenant.id, subscription=world.vm("myVM").group.subscription.subscription_id)
    (tmp_path / "context.xml").write_text(text, encoding="ascii")
    script = """
    $read = Import-Clixml ./context.xml
    Import-Module PyBridge
    "$read|$($read.Account)"
    @($read | Out-String -Stream -Width 200)[1] -split ' +' -join ','
    (Get-AzureRmVM myResourceGroup myVM -DefaultProfile $read).Name
    (Get-AzureRmContext -DefaultProfile $read).Subscription.Name
    """
    assert ran(shell, azure, script, tmp_path).lines == [
        "mine|MSI@50342",
        "Name,Account,SubscriptionName,Environment,TenantId",
        "myVM",
        "Subscription1",
    ]


@pytest.mark.parametrize(
    "what", ["'me'", "5", "@{ Name = 'x' }", "(Get-Module PyBridge)", "([pscustomobject]@{ Context = 'x' })"]
)
def test_what_is_no_context_is_refused(shell: Shell, azure: Azure, tmp_path: Path, what: str) -> None:
    if shell.is_engine:
        pytest.skip("once is enough")
    script = f"""
    Import-Module PyBridge
    Get-AzureRmVM -DefaultProfile {what} -ErrorAction SilentlyContinue -ErrorVariable one
    Get-AzureRmContext -DefaultProfile {what} -ErrorAction SilentlyContinue -ErrorVariable two
    $one[0].FullyQualifiedErrorId
    $two[0].FullyQualifiedErrorId
    """
    lines = ran(shell, azure, script, tmp_path).lines
    assert lines == ["PyBridge.InvalidArgument,Get-AzureRmVM", "PyBridge.InvalidArgument,Get-AzureRmContext"]
