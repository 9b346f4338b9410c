"""The whole path of the MSI article, from nothing, in one script.

https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-sign-in
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from shells import Azure, Shell, serve_azure

from pybridge.emulator import Emulator

ARTICLE = """
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$answers = [ordered]@{}
$port = [int]$env:TEST_PORT
$secret = [securestring]::new()
foreach ($letter in $env:TEST_SECRET.ToCharArray()) { $secret.AppendChar($letter) }
$credential = [System.Management.Automation.PSCredential]::new($env:TEST_APPLICATION, $secret)

# On the VM: nobody listens at the port, and IMDS knows of no identity.
try { Connect-AzureRmAccount -Identity -ManagedServicePort $port } catch { $answers.before = $_.FullyQualifiedErrorId }

# Somebody who may prepares the VM.
$null = Connect-AzureRmAccount -ServicePrincipal -Credential $credential -TenantId $env:TEST_TENANT
$null = New-AzureRmResourceGroup -Name articleGroup -Location eastus
$null = Start-AzureRmVM -ResourceGroupName myResourceGroup -Name msiOffVM
$answers.identity = (Enable-Msi -ResourceGroupName myResourceGroup -Name msiOffVM).Changes -join ' '
$vm = Get-AzureRmVM -ResourceGroupName myResourceGroup -Name msiOffVM
$null = Set-AzureRmVMExtension -ResourceGroupName myResourceGroup -VMName msiOffVM -Location $vm.Location `
    -Name ManagedIdentityExtensionForWindows -Publisher Microsoft.ManagedIdentity `
    -ExtensionType ManagedIdentityExtensionForWindows -TypeHandlerVersion '1.0' -Settings @{ port = 50342 }

# On the VM: it gets tokens, and sees nothing with them yet.
$null = Connect-AzureRmAccount -Identity -ManagedServicePort $port -WarningVariable warnings -WarningAction Ignore
$answers.unseen = "$warnings" -like '*no subscription is visible*'

$null = Connect-AzureRmAccount -ServicePrincipal -Credential $credential -TenantId $env:TEST_TENANT
$assigned = New-AzureRmRoleAssignment -ObjectId $vm.Identity.PrincipalId -RoleDefinitionName Reader -Scope $vm.Id
$answers.assigned = $assigned.Scope -eq $vm.Id

# On the VM: the article's own way in, and the way that renews its tokens.
if (Get-Command Invoke-WebRequest -ErrorAction SilentlyContinue) {
    $response = Invoke-WebRequest -Uri "http://127.0.0.1:$port/oauth2/token" -Method GET -UseBasicParsing `
        -Body @{ resource = 'https://management.azure.com/' } -Headers @{ Metadata = 'true' }
    $token = ($response.Content | ConvertFrom-Json).access_token
}
else { $token = Get-MsiToken -Source vm_extension -AsPlainText }
$null = Login-AzureRmAccount -AccessToken $token -AccountId 'MSI@50342'
$answers.byToken = (Get-AzureRmVM -ResourceGroupName myResourceGroup -Name msiOffVM).Name
$in = Connect-AzureRmAccount -Identity -ManagedServicePort $port
$answers.byIdentity = @(Get-AzureRmVM | ForEach-Object { "$_" })
$answers.subscription = $in.Context.Subscription.Name
$answers.who = (Get-MsiIdentity -Source vm_extension).ObjectId -eq $vm.Identity.PrincipalId

# And back again.
$null = Connect-AzureRmAccount -ServicePrincipal -Credential $credential -TenantId $env:TEST_TENANT
Get-AzureRmRoleAssignment -ObjectId $vm.Identity.PrincipalId | Remove-AzureRmRoleAssignment
$answers.roles = @(Get-AzureRmRoleAssignment -ObjectId $vm.Identity.PrincipalId).Count
$answers.removed = Remove-AzureRmResourceGroup -Name articleGroup -Force
ConvertTo-Json -InputObject $answers -Compress
"""


@pytest.fixture
def machine(shell: Shell) -> Iterator[Azure]:
    """An Azure in which this machine is a VM that is off, and has no identity."""
    yield from serve_azure(Emulator(machine="msiOffVM"), shell)


def test_the_whole_path_of_the_article(shell: Shell, machine: Azure, tmp_path: Path) -> None:
    world = machine.emulator.world
    application = world.applications["deployapp"]
    environ = {
        **machine.environ,
        "TEST_APPLICATION": application.principal.client_id,
        "TEST_SECRET": application.secret,
        "TEST_TENANT": world.tenant.id,
        "TEST_PORT": str(urlsplit(machine.url).port),
    }
    run = shell.run(ARTICLE, environ, folder=tmp_path)
    assert (run.stderr, run.code) == ("", 0)
    assert "eyJ" not in run.stdout
    assert json.loads(run.lines[-1]) == {
        "before": "PyBridge.TokenRejected,Connect-AzureRmAccount",
        "identity": "IdentityEnabled",
        "unseen": True,
        "assigned": True,
        "byToken": "msiOffVM",
        "byIdentity": ["msiOffVM"],
        "subscription": "Subscription1",
        "who": True,
        "roles": 0,
        "removed": True,
    }
