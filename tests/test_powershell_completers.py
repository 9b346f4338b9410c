"""What Tab suggests: names of what there is, soon or not at all, and never an error."""

from __future__ import annotations

from pathlib import Path

from shells import Azure, Run, Shell

from pybridge.clouds import CLOUDS

#: Tab, once, and until there is something: a busy machine may take longer than Tab waits.
HEAD = """
Import-Module PyBridge
function Tab($Line) {
    $found = [System.Management.Automation.CommandCompletion]::CompleteInput($Line, $Line.Length, $null)
    foreach ($one in $found.CompletionMatches) { if ($one.ResultType -eq 'ParameterValue') { $one.CompletionText } }
}
function TabTab($Line) {
    for ($i = 0; $i -lt 50; $i++) {
        $found = @(Tab $Line)
        if ($found.Count) { return $found }
    }
}
function Show($Found) { @($Found) -join '|' }
function Get-Worker { & (Get-Module PyBridge) { $script:Worker } }
"""
SIGN_IN = "$null = Connect-AzureRmAccount -Identity\n"


def ran(shell: Shell, azure: Azure, script: str, folder: Path) -> Run:
    """A script that must run without an error."""
    # Where there is nothing to suggest PowerShell looks for files, for which the engine host has no cmdlets.
    errors = "@($global:Error | Where-Object { \"$_\" -notlike '*Microsoft.PowerShell.Management*' }).Count"
    run = shell.run(f"{HEAD}{script}\n{errors}", azure.environ, folder=folder)
    assert (run.stderr, run.code) == ("", 0)
    assert run.lines[-1] == "0", "Tab must leave no error behind"
    return run


def asked(azure: Azure, part: str) -> int:
    """How often the emulator was asked for something whose URL holds `part`."""
    return sum(part in request.url for request in azure.emulator.requests)


def test_names_of_what_the_caller_may_see(shell: Shell, owned: Azure, tmp_path: Path) -> None:
    script = f"""{SIGN_IN}
    Show (TabTab 'Get-AzureRmVM -ResourceGroupName my')
    Show (TabTab "Get-AzureRmVM -ResourceGroupName 'my")
    Show (TabTab 'Get-AzureRmVM myResourceGroup -Name m')
    Show (TabTab 'Get-AzureRmVM -Location westeu')
    Show (TabTab 'Get-AzureRmRoleDefinition -Name "virtual machine c')
    Show (TabTab 'Set-AzureRmContext -Subscription subscription1')
    @(Tab 'Select-AzureRmContext -Name sub').Count
    @(Tab 'Select-AzureRmContext -Name sub')[0].StartsWith("'Subscription1 (")
    """
    assert ran(shell, owned, script, tmp_path).lines[:-1] == [
        "myResourceGroup",
        "myResourceGroup",
        "msiOffVM|myVM",
        "westeurope",
        "'Virtual Machine Contributor'",
        "Subscription1",
        str(len(owned.emulator.world.subscriptions)),
        "True",
    ]
    before = asked(owned, "virtualMachines?")
    assert before == 1


def test_what_powershell_knows_needs_no_worker(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    script = """
    Show (Tab 'Get-AzureRmEnvironment ')
    Show (Tab 'Get-AzureRmEnvironment azureu')
    Show (Tab 'Select-AzureRmContext ')
    Show (Tab 'Get-AzureRmVM -ResourceGroupName ')
    $null -eq (Get-Worker)
    $in = Connect-AzureRmAccount -Identity -ContextName "it's mine"
    Show (Tab 'Select-AzureRmContext it')
    $null = Disconnect-AzureRmAccount
    Show (Tab 'Get-AzureRmVM -ResourceGroupName ')
    """
    run = ran(shell, azure, script, tmp_path)
    assert run.stdout.splitlines()[:7] == ["|".join(CLOUDS), "AzureUSGovernment", "", "", "True", "'it''s mine'", ""]


def test_clouds_that_were_added_are_suggested(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    script = """
    $null = Add-AzureRmEnvironment -Name Mars -ActiveDirectoryEndpoint https://login.mars/ -ResourceManagerEndpoint https://arm.mars/
    Show (Tab 'Get-AzureRmEnvironment m')
    """
    assert ran(shell, azure, script, tmp_path).lines[0] == "Mars"


def test_a_slow_answer_is_given_up_and_serves_the_next_tab(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    azure.emulator.fail("...virtualMachines", delay=1.5, times=1)
    script = f"""{SIGN_IN}
    $worker = Get-Worker
    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    Show (Tab 'Get-AzureRmVM myResourceGroup m')
    $watch.ElapsedMilliseconds -lt 1400
    Show (TabTab 'Get-AzureRmVM myResourceGroup m')
    $worker.Process.Id -eq (Get-Worker).Process.Id
    $worker.Calls.Count
    (Get-AzureRmVM myResourceGroup myVM).Name
    """
    run = ran(shell, azure, script, tmp_path)
    assert run.stdout.splitlines()[:6] == ["", "True", "msiOffVM|myVM", "True", "0", "myVM"]
    assert asked(azure, "/virtualMachines?") == 1


def test_what_goes_wrong_is_no_suggestion(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    azure.emulator.fail("...resourcegroups", garbage=True, times=1)
    azure.emulator.fail("...virtualMachines", status=403, times=1)
    script = f"""{SIGN_IN}
    Show (Tab 'Get-AzureRmResourceGroup m')
    Show (Tab 'Get-AzureRmVM myResourceGroup m')
    Show (Tab 'Get-AzureRmVM nope m')
    (Get-Worker).Process.Kill()
    $null = (Get-Worker).Process.WaitForExit(5000)
    Show (Tab 'Get-AzureRmVM myResourceGroup m')
    (Get-AzureRmVM myResourceGroup myVM).Name
    Show (TabTab 'Get-AzureRmVM myResourceGroup m')
    """
    run = ran(shell, azure, script, tmp_path)
    assert run.stdout.splitlines()[:6] == ["", "", "", "", "myVM", "msiOffVM|myVM"]
