"""The module's commands on other computers, whole: module, worker, WinRM, a PowerShell there, its endpoint, and back.

Each computer runs the PowerShell that is tested, too.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from computers import Computers, computers
from logged_shell import logged
from shells import Run, Shell
from support import GUARD, leaks

PASSWORD = "Correct-Horse-Battery-1"

#: $cred is who signs in to the computers, $at how. Basic needs no NTLM, which not every test machine has.
BEGIN = f"""
Set-StrictMode -Version Latest
$secret = [securestring]::new()
foreach ($character in '{PASSWORD}'.ToCharArray()) {{ $secret.AppendChar($character) }}
$cred = [System.Management.Automation.PSCredential]::new('admin', $secret)
$at = @{{ Credential = $cred; Authentication = 'Basic' }}
"""

#: vm01 may read its group, vm02 sees nothing, vm03 has no identity.
MACHINES = {"vm01": "myVM", "vm02": "noRoleVM", "vm03": "msiOffVM"}

posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for one process group")


@pytest.fixture(scope="module")
def running() -> Iterator[dict[str, tuple[Computers, object]]]:
    """Computers by the shell that they run; they end with the module."""
    found: dict[str, tuple[Computers, object]] = {}
    yield found
    for _, block in found.values():
        block.__exit__(None, None, None)  # type: ignore[attr-defined]


@pytest.fixture
def there(shell: Shell, running: dict[str, tuple[Computers, object]]) -> Computers:
    """Computers that have noted nothing yet."""
    if shell.name not in running:
        block = computers(MACHINES, shell)
        running[shell.name] = block.__enter__(), block
    found = running[shell.name][0]
    for host in found.hosts.values():
        host.reset()
    return found


def ran(shell: Shell, there: Computers, script: str, folder: Path) -> Run:
    """A script that must run without an error, show no secret, and leave no shell behind."""
    run = shell.run(BEGIN + script, there.environ, folder=folder)
    assert (run.stderr, run.code) == ("", 0), run.stdout
    assert "eyJ" not in run.stdout
    assert PASSWORD not in run.stdout
    assert there.open_shells == 0
    return run


# --- tokens ------------------------------------------------------------------------------------------


def test_each_computer_answers_as_itself(shell: Shell, there: Computers, tmp_path: Path) -> None:
    script = """
    $found = @(Get-MsiIdentity -ComputerName vm01, vm02, vm03 @at -ErrorAction SilentlyContinue -ErrorVariable failed)
    $tokens = @(Get-MsiToken -ComputerName vm01, vm02 @at)
    ConvertTo-Json -Compress -Depth 3 -InputObject @{
        identities = @($found | Sort-Object PSComputerName | ForEach-Object { $_.PSComputerName + ' ' + $_.ObjectId })
        tokens = @($tokens | ForEach-Object { $_.PSComputerName } | Sort-Object)
        secret = $tokens[0].Token.GetType().Name
        failed = $failed[0].FullyQualifiedErrorId, $failed[0].TargetObject, [string]$failed[0].CategoryInfo.Category
    }
    """
    shown = json.loads(ran(shell, there, script, tmp_path).lines[-1])
    assert shown == {
        "identities": [f"{name} {there.object_id(name)}" for name in ("vm01", "vm02")],
        "tokens": ["vm01", "vm02"],
        "secret": "SecureString",
        "failed": ["PyBridge.TokenRejected,Get-MsiIdentity", "vm03", "AuthenticationError"],
    }


def test_a_token_costs_five_requests_then_none(shell: Shell, there: Computers, tmp_path: Path) -> None:
    script = """
    $first = Get-MsiToken -ComputerName vm01 @at
    $again = Get-MsiToken -ComputerName vm01 @at
    $first.ExpiresOn -eq $again.ExpiresOn
    (Get-MsiToken -ComputerName vm01 @at -ForceRefresh).PSComputerName
    (Get-MsiToken -ComputerName vm01 @at -AsPlainText).Split('.').Count
    """
    assert ran(shell, there, script, tmp_path).lines == ["True", "vm01", "3"]
    assert len(there.first.requests) == 10


@pytest.mark.usefixtures("ntlm")
def test_the_usual_way_is_ntlm_over_https(shell: Shell, there: Computers, tmp_path: Path) -> None:
    run = ran(shell, there, "(Get-MsiToken -ComputerName vm01 -Credential $cred).PSComputerName", tmp_path)
    assert run.lines == ["vm01"]
    requests = there.first.requests
    assert len(requests) == 7
    assert all(request["secure"] for request in requests)


@pytest.mark.usefixtures("ntlm")
def test_http_carries_messages_that_are_sealed(shell: Shell, there: Computers, tmp_path: Path) -> None:
    script = "(Get-MsiToken -ComputerName vm01 -Credential $cred -UseSSL:$false).PSComputerName"
    assert ran(shell, there, script, tmp_path).lines == ["vm01"]
    assert {request["sealed"] for request in there.first.requests if request["action"] == "Send"} == {True}
    assert not any(request["secure"] for request in there.first.requests)


def test_names_come_through_the_pipeline_and_are_asked_together(shell: Shell, there: Computers, tmp_path: Path) -> None:
    script = """
    $found = @('vm01', 'vm02' | Get-MsiToken KeyVault @at)
    @($found | ForEach-Object { "$($_.PSComputerName) $($_.Resource)" } | Sort-Object)
    $rows = [pscustomobject]@{ ComputerName = 'vm01'; Room = 1 }, [pscustomobject]@{ ComputerName = 'vm02'; Room = 2 }
    @($rows | Get-MsiIdentity @at | Get-MsiToken KeyVault @at | ForEach-Object { $_.PSComputerName } | Sort-Object)
    @(@() | Get-MsiToken @at).Count
    """
    # Who is second is asked while the first one has not answered: both of them.
    for host in there.hosts.values():
        host.fault("Receive", "delay", seconds=1)
    began = time.monotonic()
    assert ran(shell, there, script, tmp_path).lines == [
        "vm01 https://vault.azure.net",
        "vm02 https://vault.azure.net",
        "vm01",
        "vm02",
        "0",
    ]
    assert time.monotonic() - began < GUARD
    spans = [[request["action"] for request in there.hosts[name].requests].count("Create") for name in ("vm01", "vm02")]
    assert spans == [2, 2]


def test_where_an_object_came_from_is_shown_and_kept(shell: Shell, there: Computers, tmp_path: Path) -> None:
    script = """
    Get-MsiToken -ComputerName vm01 @at | Out-String -Width 200 | Write-Output
    'second'
    Test-Msi -ComputerName vm01 @at | Out-String -Width 200 | Write-Output
    'third'
    Get-MsiToken -ComputerName vm01 @at | Export-Clixml ./token.xml
    $read = Import-Clixml ./token.xml
    "$($read.PSComputerName) $($read.PSObject.TypeNames[0])"
    """
    text = ran(shell, there, script, tmp_path).stdout
    first, second, third = text.replace("second", "\0").replace("third", "\0").split("\0")
    assert [line.split(":")[0].strip() for line in first.splitlines() if line.strip()] == [
        "Resource",
        "Source",
        "ClientId",
        "ExpiresOn",
        "PSComputerName",
    ]
    table = [line.split() for line in second.splitlines() if line.strip()]
    assert (table[0], table[-1][:2], table[-1][-1]) == (
        ["State", "Name", "Message", "PSComputerName"],
        ["ok", "Verdict"],
        "vm01",
    )
    assert third.split() == ["vm01", "Deserialized.PyBridge.AccessToken"]


def test_the_verdict_names_the_computer(shell: Shell, there: Computers, tmp_path: Path) -> None:
    script = """
    $rows = Test-Msi -ComputerName vm01, vm02, vm03 @at | Where-Object Name -eq 'Verdict'
    ($rows | Sort-Object PSComputerName).Message
    """
    assert ran(shell, there, script, tmp_path).lines == [
        "the managed identity of vm01 works",
        "the identity of vm02 works, but look at: Role",
        "the identity of vm03 does not work: Token",
    ]


def test_only_whether_it_works(shell: Shell, there: Computers, tmp_path: Path) -> None:
    script = """
    foreach ($name in 'vm01', 'vm03') { if (Test-Msi -ComputerName $name @at -Quiet) { 'yes' } else { 'no' } }
    $works = @(Test-Msi -ComputerName vm01, vm03 @at -Quiet | Sort-Object PSComputerName)
    foreach ($one in $works) { "$($one.PSComputerName) $one $($one.GetType().Name)" }
    ($works | Where-Object { -not $_ }).PSComputerName
    """
    lines = ran(shell, there, script, tmp_path).lines
    assert lines == ["yes", "no", "vm01 True Boolean", "vm03 False Boolean", "vm03"]


def test_whose_a_bare_token_is(shell: Shell, there: Computers, tmp_path: Path) -> None:
    script = """
    $tokens = @(Get-MsiToken -ComputerName vm01, vm02 @at -AsPlainText | Sort-Object PSComputerName)
    foreach ($token in $tokens) {
        $claims = $token.Split('.')[1].Replace('-', '+').Replace('_', '/')
        $claims = [System.Convert]::FromBase64String($claims + '=' * ((4 - $claims.Length % 4) % 4))
        $oid = ([System.Text.Encoding]::UTF8.GetString($claims) | ConvertFrom-Json).oid
        "$($token.PSComputerName) $oid $($token.GetType().Name) $(('Bearer ' + $token).Length - $token.Length)"
    }
    """
    expected = [f"{name} {there.object_id(name)} String 7" for name in ("vm01", "vm02")]
    assert ran(shell, there, script, tmp_path).lines == expected


def test_how_far_it_is(shell: Shell, there: Computers, tmp_path: Path) -> None:
    if shell.is_engine:
        pytest.skip("the engine host has no second runspace, whose progress could be looked at")
    script = """
    $shell = [powershell]::Create()
    $null = $shell.AddScript('param($cred) Import-Module PyBridge
    Get-MsiToken -ComputerName vm01, vm02 -Credential $cred -Authentication Basic').AddArgument($cred)
    $found = @($shell.Invoke())
    $found.Count
    foreach ($record in $shell.Streams.Progress) {
        "$($record.Activity)|$($record.StatusDescription)|$($record.RecordType)"
    }
    """
    lines = ran(shell, there, script, tmp_path).lines
    assert lines == [
        "2",
        "Getting tokens|0 of 2|Processing",
        "Getting tokens|1 of 2|Processing",
        "Getting tokens|2 of 2|Processing",
        "Getting tokens|2 of 2|Completed",
    ]


# --- errors ------------------------------------------------------------------------------------------

FAILED = """
foreach ($one in $failed) {
    "$($one.FullyQualifiedErrorId)|$($one.CategoryInfo.Category)|$($one.TargetObject)"
}
"""


def test_what_can_be_wrong_on_the_way(shell: Shell, there: Computers, tmp_path: Path) -> None:
    script = f"""
    $wrong = [System.Management.Automation.PSCredential]::new('nobody', $secret)
    $options = @{{ ErrorAction = 'SilentlyContinue'; ErrorVariable = '+failed' }}
    $failed = @()
    Get-MsiToken -ComputerName vm01 -Credential $wrong -Authentication Basic @options
    Get-MsiToken -ComputerName vm01 @at -CertificateThumbprint {"a" * 40} @options
    Get-MsiToken -ComputerName vm01 @at -Port 1 @options
    Get-MsiToken -ComputerName 'no such host' @at @options
    Get-MsiToken -ComputerName vm01 @options
    Get-MsiToken -ComputerName vm01 @at -UseSSL:$false @options
    {FAILED}
    """
    assert ran(shell, there, script, tmp_path).lines == [
        "PyBridge.HostDenied,Get-MsiToken|AuthenticationError|vm01",
        "PyBridge.HostCertificate,Get-MsiToken|SecurityError|vm01",
        "PyBridge.HostUnreachable,Get-MsiToken|ConnectionError|vm01",
        "PyBridge.InvalidArgument,Get-MsiToken|InvalidArgument|no such host",
        "PyBridge.InvalidArgument,Get-MsiToken|InvalidArgument|Credential",
        "PyBridge.InvalidArgument,Get-MsiToken|InvalidArgument|vm01",
    ]
    # Nobody who shows another certificate gets to see a password, and no password goes out in clear.
    assert {request["user"] for request in there.first.requests if request.get("authorization")} <= {"nobody", None}


def test_one_that_fails_can_be_made_to_stop_all(shell: Shell, there: Computers, tmp_path: Path) -> None:
    script = """
    try { Get-MsiToken -ComputerName vm03 @at -ErrorAction Stop; 'not reached' }
    catch { $_.FullyQualifiedErrorId; $_.TargetObject }
    """
    assert ran(shell, there, script, tmp_path).lines == ["PyBridge.TokenRejected,Get-MsiToken", "vm03"]


def test_a_certificate_that_is_not_checked_is_warned_of(shell: Shell, there: Computers, tmp_path: Path) -> None:
    script = """
    $token = Get-MsiToken -ComputerName vm01 @at -CertificateThumbprint ignore -WarningVariable said 3>$null
    $token.PSComputerName
    [string]$said[0]
    """
    lines = ran(shell, there, script, tmp_path).lines
    assert lines[0] == "vm01"
    assert "certificate of vm01 is not checked" in lines[1]


def test_verbose_tells_how_each_was_reached(shell: Shell, there: Computers, tmp_path: Path) -> None:
    """A line for each, whatever became of it; and no word of it to whom has not asked."""
    script = """
    filter told { if ($_ -is [System.Management.Automation.VerboseRecord] -and "$_" -like '*wsman*') { "$_" } }
    $quiet = @{ ErrorAction = 'SilentlyContinue' }
    Get-MsiToken -ComputerName vm01, vm03 @at @quiet -Verbose 4>&1 | told | Sort-Object
    Login-AzureRmAccount -Identity -ComputerName vm01 @at -Verbose 4>&1 | told
    Connect-AzureRmAccount -Identity -ComputerName vm03 @at @quiet -Verbose 4>&1 | told
    @(Get-MsiToken -ComputerName vm01, vm03 @at @quiet 4>&1 | told).Count
    """
    lines = ran(shell, there, script, tmp_path).lines
    assert [re.sub(r"\b\d+\.\d\d s", "# s", line) for line in lines] == [
        "vm01: https://vm01:5986/wsman by basic, # s",
        "vm03: https://vm03:5986/wsman by basic, # s (token_rejected)",
        "vm01: https://vm01:5986/wsman by basic, # s",
        "vm03: https://vm03:5986/wsman by basic, # s (token_rejected)",
        "0",
    ]


# --- stopping ----------------------------------------------------------------------------------------


def wait_until_no_shell_is_open(there: Computers) -> None:
    end = time.monotonic() + GUARD
    while there.open_shells:
        assert time.monotonic() < end
        time.sleep(0.05)


@contextmanager
def started(shell: Shell, there: Computers, script: Path) -> Iterator[Any]:
    with subprocess.Popen(
        shell.command("-File", str(script)),
        env={**there.environ, "NO_COLOR": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()  # it may wait for a test that has failed


def test_who_has_enough_waits_for_nobody(shell: Shell, there: Computers, tmp_path: Path) -> None:
    """The pipeline goes on at once; meanwhile, the one that was waited for is left in order."""
    there.hosts["vm02"].fault("Receive", "delay", seconds=300)
    file = tmp_path / "script.ps1"
    file.write_text(
        BEGIN
        + """
        (Get-MsiToken -ComputerName vm01, vm02 @at | Select-Object -First 1).PSComputerName
        (Get-MsiToken -ComputerName vm01 @at).PSComputerName
        [Console]::Out.Flush()
        $null = [Console]::In.ReadLine()
        """,
        encoding="ascii",
    )
    with started(shell, there, file) as process:
        assert [process.stdout.readline().strip() for _ in range(2)] == ["vm01", "vm01"]
        wait_until_no_shell_is_open(there)
        assert process.communicate("\n", timeout=GUARD) == ("", "")


def test_the_end_of_the_script_leaves_computers_in_order(shell: Shell, there: Computers, tmp_path: Path) -> None:
    """It is the last line, and one of them takes its time to be left."""
    slow = there.hosts["vm02"]
    slow.fault("Receive", "delay", seconds=300)
    slow.fault("Signal", "delay", seconds=1.5)
    script = "(Get-MsiToken -ComputerName vm01, vm02 @at | Select-Object -First 1).PSComputerName"
    assert ran(shell, there, script, tmp_path).lines == ["vm01"]


@posix
def test_ctrl_c_stops_all_and_leaves_no_shell(shell: Shell, there: Computers, tmp_path: Path) -> None:
    for host in there.hosts.values():
        host.fault("Receive", "delay", seconds=300)
    file = tmp_path / "script.ps1"
    file.write_text(
        BEGIN
        + """
        try { Get-MsiToken -ComputerName vm01, vm02, vm03 @at -ThrottleLimit 2 }
        finally { [Console]::Out.WriteLine('finally'); [Console]::Out.Flush() }
        'not reached'
        """,
        encoding="ascii",
    )
    with started(shell, there, file) as process:
        end = time.monotonic() + GUARD
        while not all(there.hosts[name].count("Send") for name in ("vm01", "vm02")):
            assert time.monotonic() < end
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)
        pressed = time.monotonic()
        said = process.stdout.readline()
        took = time.monotonic() - pressed
        output, _ = process.communicate(timeout=GUARD)
    assert said.strip() == "finally"
    assert took < 1, "the pipeline stops within a second"
    wait_until_no_shell_is_open(there)
    assert "not reached" not in output
    assert there.hosts["vm03"].requests == []


# --- signing in --------------------------------------------------------------------------------------

HELD = "& (Get-Module PyBridge) { if ($null -ne $script:Hosts) { $script:Hosts.Keys } }"


def test_a_sign_in_as_another_computer(shell: Shell, there: Computers, tmp_path: Path) -> None:
    script = f"""
    $in = Login-AzureRmAccount -Identity -ComputerName vm01 @at
    "$($in.Context.Account) $($in.Context.Account.Type) $($in.Context.Account.ComputerName)"
    (Get-AzureRmVM -ResourceGroupName myResourceGroup -Name myVM).Name
    @(Get-AzureRmContext -ListAvailable).Count
    {HELD}
    $out = Disconnect-AzureRmAccount
    "$out"
    @({HELD}).Count
    Get-AzureRmVM -DefaultProfile $in -ErrorAction SilentlyContinue -ErrorVariable failed
    {FAILED}
    $failed[0].ErrorDetails.RecommendedAction
    """
    assert ran(shell, there, script, tmp_path).lines == [
        "MSI@vm01 ManagedService vm01",
        "myVM",
        "1",
        "vm01",
        "MSI@vm01",
        "0",
        "PyBridge.NotSignedIn,Get-AzureRmVM|AuthenticationError|MSI@vm01",
        "Sign in again: Connect-AzureRmAccount -Identity -ComputerName vm01 -Credential <it>, or -Session <it>",
    ]
    assert len(there.first.requests) == 5, "ARM is asked from here"


def test_two_computers_are_two_contexts(shell: Shell, there: Computers, tmp_path: Path) -> None:
    script = f"""
    $one = (Login-AzureRmAccount -Identity -ComputerName vm01 @at).Context
    $two = (Login-AzureRmAccount -Identity -ComputerName vm02 @at 3>$null).Context
    @(Get-AzureRmContext -ListAvailable | ForEach-Object {{ "$($_.Account)" }} | Sort-Object)
    "$((Get-AzureRmContext).Account)"
    (Get-AzureRmVM -ResourceGroupName myResourceGroup -Name myVM -DefaultProfile $one).Name
    @(Get-AzureRmSubscription -DefaultProfile $two).Count
    $null = Select-AzureRmContext -InputObject $one
    (Get-AzureRmVM -ResourceGroupName myResourceGroup -Name myVM).Name
    $null = Disconnect-AzureRmAccount -Username MSI@vm02
    {HELD}
    Login-AzureRmAccount -Identity -ComputerName vm01, vm02 @at -ErrorAction SilentlyContinue -ErrorVariable failed
    {FAILED}
    """
    assert ran(shell, there, script, tmp_path).lines == [
        "MSI@vm01",
        "MSI@vm02",
        "MSI@vm02",
        "myVM",
        "0",
        "myVM",
        "vm01",
        "PyBridge.InvalidArgument,Connect-AzureRmAccount|InvalidArgument|vm01, vm02",
    ]


def test_what_is_for_another_computer_wants_to_know_which(shell: Shell, there: Computers, tmp_path: Path) -> None:
    script = f"""
    $said = @{{ ErrorAction = 'SilentlyContinue'; ErrorVariable = '+failed' }}
    $failed = @()
    Connect-AzureRmAccount -Identity -Credential $cred @said
    Connect-AzureRmAccount -Identity -Port 5986 @said
    Connect-AzureRmAccount -Identity:$false -ComputerName vm01 @at @said
    {FAILED}
    $failed[0].Exception.Message, $failed[0].ErrorDetails.RecommendedAction
    $in = 'Subscription1' | Connect-AzureRmAccount -Identity -ComputerName vm01 @at
    $in.Context.Subscription.Name
    """
    assert ran(shell, there, script, tmp_path).lines == [
        "PyBridge.InvalidArgument,Connect-AzureRmAccount|InvalidArgument|ComputerName",
        "PyBridge.InvalidArgument,Connect-AzureRmAccount|InvalidArgument|ComputerName",
        "PyBridge.NotSupported,Connect-AzureRmAccount|NotImplemented|ManagedServiceLogin",
        "No host is named",
        "Name one: -ComputerName vm01.",
        "Subscription1",
    ]


def test_a_sign_in_renews_by_itself(shell: Shell, there: Computers, tmp_path: Path) -> None:
    """A worker that has been killed has no tokens: the next one asks the computer, as whoever signed in."""
    script = """
    $null = Login-AzureRmAccount -Identity -ComputerName vm01 @at
    & (Get-Module PyBridge) { $script:Worker.Process.Kill(); $script:Worker.Process.WaitForExit() }
    (Get-AzureRmVM -ResourceGroupName myResourceGroup -Name myVM).Name
    """
    assert ran(shell, there, script, tmp_path).lines == ["myVM"]
    assert len(there.first.requests) == 10


def test_nothing_tells_how_a_computer_is_reached(shell: Shell, there: Computers, tmp_path: Path) -> None:
    """Not a file, not JSON, not a job: whoever has that must sign in again."""
    script = f"""
    $null = Login-AzureRmAccount -Identity -ComputerName vm01 @at
    $context = Get-AzureRmContext
    $context | Export-Clixml ./context.xml
    [System.IO.File]::WriteAllText("$PWD/context.json", (ConvertTo-Json -Depth 9 -InputObject $context))
    Save-AzureRmContext -Path ./saved.json
    $null = Start-AzureRmVM myResourceGroup myVM -AsJob -ErrorAction SilentlyContinue -ErrorVariable failed
    {FAILED}
    $null = Disconnect-AzureRmAccount
    $null = Import-AzureRmContext -Path ./saved.json -WarningVariable said 3>$null
    [string]$said[0]
    Get-AzureRmVM -ErrorAction SilentlyContinue -ErrorVariable failed
    {FAILED}
    $read = Import-Clixml ./context.xml
    Get-AzureRmVM -DefaultProfile $read -ErrorAction SilentlyContinue -ErrorVariable failed
    {FAILED}
    """
    not_signed_in = "PyBridge.NotSignedIn,Get-AzureRmVM|AuthenticationError|MSI@vm01"
    lines = ran(shell, there, script, tmp_path).lines
    assert lines[0] == "PyBridge.NotSupported,Start-AzureRmVM|NotImplemented|vm01"
    assert "must sign in again" in lines[1]
    assert lines[2:] == [not_signed_in, not_signed_in]
    for name in ("context.xml", "context.json", "saved.json"):
        text = (tmp_path / name).read_text(encoding="utf-8", errors="replace").replace("\0", "")
        assert leaks([PASSWORD], text) == []
        assert "Basic" not in text
        assert "vm01" in text


def test_a_job_is_told_to_sign_in(shell: Shell, there: Computers, tmp_path: Path) -> None:
    if shell.is_engine:
        pytest.skip("the engine host has no jobs")
    script = """
    $null = Login-AzureRmAccount -Identity -ComputerName vm01 @at
    $context = Get-AzureRmContext
    $said = @(Start-Job { Get-AzureRmVM -DefaultProfile $using:context } | Receive-Job -Wait 2>&1)
    $said[0].FullyQualifiedErrorId
    """
    assert ran(shell, there, script, tmp_path).lines == ["PyBridge.NotSignedIn,Get-AzureRmVM"]


def test_what_would_be_done_is_only_said(shell: Shell, there: Computers, tmp_path: Path) -> None:
    run = ran(shell, there, "Login-AzureRmAccount -Identity -ComputerName vm01 @at -WhatIf", tmp_path)
    assert run.lines == ['What if: Performing the operation "log in" on target "vm01".']
    assert there.first.requests == []


# --- secrets -----------------------------------------------------------------------------------------


def test_nothing_here_shows_a_secret(shell: Shell, there: Computers, tmp_path: Path) -> None:
    """A transcript of everything, verbose, with errors of every kind."""
    if shell.is_engine:
        pytest.skip("the engine host has no transcripts")
    script = f"""
    $null = Start-Transcript ./transcript.txt
    $VerbosePreference = 'Continue'
    $wrong = [System.Management.Automation.PSCredential]::new('nobody', $secret)
    Get-MsiToken -ComputerName vm01, vm02, vm03 @at
    Get-MsiToken -ComputerName vm01 -Credential $wrong -Authentication Basic
    Get-MsiToken -ComputerName vm01 @at -CertificateThumbprint {"a" * 40}
    Login-AzureRmAccount -Identity -ComputerName vm01 @at
    Get-AzureRmContext | Format-List *
    (Get-AzureRmContext).Account | Format-List *
    Test-Msi -ComputerName vm01, vm03 @at
    foreach ($one in $Error) {{ $one | Format-List * -Force; $one.Exception.Data.Values }}
    $null = Stop-Transcript
    """
    run = shell.run(BEGIN + script, there.environ, folder=tmp_path)
    transcript = (tmp_path / "transcript.txt").read_text(encoding="utf-8")
    assert "PSComputerName" in transcript
    for text in (run.stdout, run.stderr, transcript):
        assert "eyJ" not in text
        assert PASSWORD not in text


def test_no_process_shows_a_secret(shell: Shell, there: Computers, tmp_path: Path) -> None:
    script = """
    $null = Login-AzureRmAccount -Identity -ComputerName vm01 @at
    $null = Get-MsiToken -ComputerName vm01, vm02 @at -ForceRefresh
    & (Get-Module PyBridge) { [System.IO.File]::ReadAllText("/proc/$($script:Worker.Process.Id)/environ") }
    & (Get-Module PyBridge) { [System.IO.File]::ReadAllText("/proc/$($script:Worker.Process.Id)/cmdline") }
    """
    if not Path("/proc/self/environ").exists():
        pytest.skip("there is no /proc to look into")
    ran(shell, there, script, tmp_path)
    started = [process for host in there.hosts.values() for process in host.processes]
    assert len(started) == 3
    for process in started:
        shown = json.dumps([process["argv"], process["environ"]])
        assert PASSWORD not in shown
        assert "eyJ" not in shown


def test_the_logs_there_hold_no_token(shell: Shell, tmp_path: Path) -> None:
    """Script blocks, parameters of cmdlets, pipelines, transcripts: all that the computer can be made to write down."""
    there = tmp_path / "there"
    there.mkdir()
    witness = logged(shell, there)
    subprocess.run([witness.executable, "-NoProfile", "-Command", "'marker' | Write-Output"], check=True, timeout=GUARD)
    assert 'value="marker"' in witness.texts()["events"]
    assert "\nmarker\n" in witness.texts()["transcripts"]
    script = """
    $null = Login-AzureRmAccount -Identity -ComputerName vm01 @at -ManagedServiceSecret $secret
    (Get-MsiToken -ComputerName vm01 @at).PSComputerName
    @(Test-Msi -ComputerName vm01 @at)[-1].State
    """
    with computers({"vm01": "myVM"}, powershell=witness.executable) as found:
        assert ran(shell, found, script, tmp_path).lines == ["vm01", "ok"]
    texts = witness.texts()
    assert "param([string] $Question)" in texts["events"]
    assert texts["transcripts"].count("PowerShell transcript start") > 1
    for text in texts.values():
        assert "eyJ" not in text
        assert PASSWORD not in text
