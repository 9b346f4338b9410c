"""-Session: hosts asked over PSSessions, by SSH remoting to this machine."""

from __future__ import annotations

import base64
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from shells import SHELLS, Azure, Run, Shell, serve_azure
from ssh_host import Computer, SshHost, needs_ssh, ssh_host
from support import NOWHERE
from test_powershell_worker import WORKER, wait_for_end, wait_for_request

from pybridge.emulator import Emulator
from pybridge.module import module_root

pytestmark = needs_ssh

#: A session configuration that lets nothing be done but what a role capability says.
_CONFINED = "@{\n    SchemaVersion = '2.0.0.0'\n    SessionType = 'RestrictedRemoteServer'\n    "
_MODULE = module_root() / "PyBridge"
_ROLE = _MODULE / "RoleCapabilities" / "MsiToken.psrc"
_WHOLE_MODULE = f"""ModulesToImport = '{_MODULE}/PyBridge.psd1'
    VisibleFunctions = 'Get-MsiToken'
    GUID = '7d3a2d2e-3b1f-4f0e-9d0a-2f6f3f1d1a01'
}}
"""
_PLAIN_TEXT = """FunctionDefinitions = @{ Name = 'Get-MsiToken'; ScriptBlock = { param($Resource) 'eyJsecret' } }
    VisibleFunctions = 'Get-MsiToken'
    GUID = '7d3a2d2e-3b1f-4f0e-9d0a-2f6f3f1d1a02'
}
"""
_ENDLESS = """FunctionDefinitions = @{ Name = 'Get-MsiToken'; ScriptBlock = { param($Resource) while ($true) { 'x' } } }
    VisibleFunctions = 'Get-MsiToken'
    GUID = '7d3a2d2e-3b1f-4f0e-9d0a-2f6f3f1d1a05'
}
"""
_HUGE = """FunctionDefinitions = @{
        Name = 'Get-MsiToken'
        ScriptBlock = { param($Resource, $ClientId)
            $text = 'x' * 200000
            if ($ClientId) { throw $text } else { [pscustomobject]@{ ClientId = $text } }
        }
    }
    VisibleFunctions = 'Get-MsiToken'
    GUID = '7d3a2d2e-3b1f-4f0e-9d0a-2f6f3f1d1a06'
}
"""
_NOTHING = "GUID = '7d3a2d2e-3b1f-4f0e-9d0a-2f6f3f1d1a03'\n}\n"
_CONSTRAINED = """@{
    SchemaVersion = '2.0.0.0'
    LanguageMode = 'ConstrainedLanguage'
    GUID = '7d3a2d2e-3b1f-4f0e-9d0a-2f6f3f1d1a04'
}
"""


class Site:
    """The computers of a test: vm01 is myVM and vm02 another one; the rest are endpoints of vm01's.

    The machine that the test itself runs on has no identity.
    """

    def __init__(self, shell: Shell, azure: Azure, other: Azure, host: SshHost, folder: Path) -> None:
        self.shell, self.azure, self.other, self.host, self.folder = shell, azure, other, host, folder
        self.environ = {
            **azure.environ,
            "AZURE_POD_IDENTITY_AUTHORITY_HOST": NOWHERE,
            "PYBRIDGE_VM_EXTENSION_ENDPOINT": f"{NOWHERE}/oauth2/token",
        }

    def script(self, script: str, *computers: str) -> str:
        """The script, which finds a session to each of those computers in a variable of its name."""
        return "".join(self.host.session(name, name) for name in computers) + script

    def run(self, script: str, *computers: str) -> Run:
        return self.shell.run(self.script(script, *computers), self.environ, folder=self.folder)

    def name(self, computer: str) -> str:
        """What a computer is called: its port is not the usual one, so there may be others of that name behind it."""
        return f"{computer}:{self.host.port}"

    def start(self, script: str, *computers: str) -> subprocess.Popen[str]:
        file = self.folder / "script.ps1"
        file.write_text(self.script(script, *computers), encoding="ascii")
        return subprocess.Popen(
            self.shell.command("-File", str(file)),
            env={**self.environ, "NO_COLOR": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )


@pytest.fixture(scope="module")
def _site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    shell = next(shell for shell in SHELLS if shell.name == "pwsh")
    with pytest.MonkeyPatch.context() as patch, ExitStack() as stack:
        for name in list(os.environ):
            if name.startswith(("IDENTITY_", "MSI_", "IMDS_", "AZURE_")):
                patch.delenv(name)
        served = contextmanager(serve_azure)
        azure = stack.enter_context(served(Emulator(), shell))
        other = stack.enter_context(served(Emulator(), shell))
        there = {"AZURE_POD_IDENTITY_AUTHORITY_HOST": azure.url, "PYBRIDGE_VM_EXTENSION_ENDPOINT": f"{NOWHERE}/x"}
        worker = {name: azure.environ[name] for name in ("PYBRIDGE_PYTHON",)} | {"PYBRIDGE_CONTEXTS": "0"}
        role = _ROLE.read_text(encoding="ascii").partition("\n@{\n")[2]
        computers = {
            "vm01": Computer(there),
            "vm02": Computer({**there, "AZURE_POD_IDENTITY_AUTHORITY_HOST": other.url}),
            "off": Computer({**there, "AZURE_POD_IDENTITY_AUTHORITY_HOST": NOWHERE}),
            "role": Computer(there, _CONFINED + role),
            "module": Computer({**there, **worker}, _CONFINED + _WHOLE_MODULE),
            "careless": Computer(there, _CONFINED + _PLAIN_TEXT),
            "endless": Computer(there, _CONFINED + _ENDLESS),
            "huge": Computer(there, _CONFINED + _HUGE),
            "bare": Computer(there, _CONFINED + _NOTHING),
            "constrained": Computer(there, _CONSTRAINED),
        }
        with ssh_host(tmp_path_factory.mktemp("ssh"), computers) as host:
            yield Site(shell, azure, other, host, Path())


@pytest.fixture
def site(_site: Site, tmp_path: Path) -> Site:
    for azure, name in ((_site.azure, "myVM"), (_site.other, "noRoleVM")):
        azure.emulator.clear_faults()
        azure.emulator.clear_requests()
        azure.emulator.vm = azure.emulator.world.vm(name)
    return Site(_site.shell, _site.azure, _site.other, _site.host, tmp_path)


def object_id(azure: Azure) -> str:
    identity = azure.emulator.vm.system_assigned
    assert identity is not None
    return identity.object_id


# --- tokens ----------------------------------------------------------------------------------------------


def test_a_token_of_the_computer_at_the_other_end(site: Site) -> None:
    script = """
    $token = Get-MsiToken -Session $vm01
    $token.PSComputerName, $token.Source, $token.Token.GetType().Name
    $who = Get-MsiIdentity -Session $vm01
    $who.PSComputerName, $who.ObjectId
    (Get-MsiToken KeyVault -Session $vm01).Resource
    """
    run = site.run(script, "vm01")
    assert (run.stderr, run.code) == ("", 0)
    name = site.name("vm01")
    assert run.lines == [name, "imds", "SecureString", name, object_id(site.azure), "https://vault.azure.net"]


def test_sessions_come_through_the_pipeline_and_are_asked_together(site: Site) -> None:
    script = """
    $vm01 | Get-MsiToken KeyVault | ForEach-Object { "$($_.PSComputerName) $($_.Resource)" }
    $found = $vm01, $vm02 | Get-MsiIdentity
    ($found | Sort-Object PSComputerName).ObjectId
    Get-PSSession | Where-Object ComputerName -eq vm02 | Test-Msi -Quiet
    """
    # Who is second is asked while the first one has not answered.
    site.azure.emulator.fail("/metadata/identity/oauth2/token", delay=1, times=1)
    run = site.run(script, "vm01", "vm02")
    assert (run.stderr, run.code) == ("", 0)
    ids = [object_id(site.azure), object_id(site.other)]
    assert run.lines == [f"{site.name('vm01')} https://vault.azure.net", *ids, "True"]


def test_what_would_be_done_is_only_said(site: Site) -> None:
    script = """
    Install-PyBridgeModule -Session $vm01, $vm02 -WhatIf
    Connect-AzureRmAccount -Identity -Session $vm01 -WhatIf
    """
    run = site.run(script, "vm01", "vm02")
    assert (run.stderr, run.code) == ("", 0)
    assert run.lines == [
        'What if: Performing the operation "install the module" on target "vm01 vm02".',
        'What if: Performing the operation "log in" on target "vm01".',
    ]
    assert site.azure.emulator.requests == []


def test_many_sessions_each_as_its_own_identity_and_one_that_fails(site: Site) -> None:
    script = """
    Remove-PSSession $role
    $who = Get-MsiIdentity -Session $vm01, $role, $vm02, $off -ErrorAction SilentlyContinue -ErrorVariable failed
    foreach ($one in $who | Sort-Object PSComputerName) { $one.PSComputerName + '=' + $one.ObjectId }
    foreach ($one in $failed | Sort-Object TargetObject) {
        "$($one.TargetObject) $($one.FullyQualifiedErrorId) $($one.CategoryInfo.Category)"
        $one.Exception.Message
    }
    """
    run = site.run(script, "vm01", "vm02", "role", "off")
    assert (run.stderr, run.code) == ("", 0)
    assert run.lines[:2] == [
        f"{site.name('vm01')}={object_id(site.azure)}",
        f"{site.name('vm02')}={object_id(site.other)}",
    ]
    assert run.lines[2] == f"{site.name('off')} PyBridge.NoEndpoint,Get-MsiIdentity ResourceUnavailable"
    assert "off" in run.lines[3]
    assert run.lines[4] == f"{site.name('role')} PyBridge.SessionUnavailable,Get-MsiIdentity ResourceUnavailable"
    assert "closed" in run.lines[5]
    assert "'" in run.lines[5]


def test_a_token_that_is_in_store_costs_no_round_trip(site: Site) -> None:
    script = """
    $first = Get-MsiToken -Session $vm01 -AsPlainText
    $null = Invoke-Command -Session $vm01 { $global:before = [System.Diagnostics.Process]::GetCurrentProcess().Id }
    $seen = 0
    $watch = Register-ObjectEvent -InputObject $vm01.Runspace -EventName AvailabilityChanged
    Get-MsiToken -Session $vm01 -AsPlainText | ForEach-Object { $_ -eq $first }
    @(Get-Event).Count
    """
    run = site.run(script, "vm01")
    assert (run.stderr, run.code) == ("", 0)
    assert run.lines == ["True", "0"]


def test_sessions_run_beside_each_other(site: Site) -> None:
    """Each is answered only when the other has asked."""
    site.azure.emulator.fail("/metadata/identity/oauth2/token", delay=2, times=1)
    script = """
    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    $order = Get-MsiToken -Session $vm01, $vm02 | ForEach-Object { $_.PSComputerName }
    $order -join ' '
    """
    run = site.run(script, "vm01", "vm02")
    assert (run.stderr, run.code) == ("", 0)
    assert run.lines == [f"{site.name('vm02')} {site.name('vm01')}"]


def test_calls_nest(site: Site) -> None:
    script = """
    Get-MsiToken -Session $vm01, $vm02 | ForEach-Object {
        $session = if ($_.PSComputerName -like 'vm01:*') { $vm02 } else { $vm01 }
        (Get-MsiToken KeyVault -Session $session).PSComputerName
    } | Sort-Object
    """
    run = site.run(script, "vm01", "vm02")
    assert (run.stderr, run.code) == ("", 0)
    assert run.lines == [site.name("vm01"), site.name("vm02")]


def test_an_inner_call_that_waits_for_what_the_outer_one_has_asked_for(site: Site) -> None:
    """Both want one token. Who asks for it is the outer call, whose frames nobody reads at that time."""
    site.other.emulator.fail("/metadata/identity/oauth2/token", delay=1, times=1)
    script = """
    Get-MsiToken -Session $vm01, $vm02 -ThrottleLimit 1 | ForEach-Object {
        $_.PSComputerName
        if ($_.PSComputerName -like 'vm01:*') { (Get-MsiToken -Session $vm02).PSComputerName }
    }
    """
    run = site.run(script, "vm01", "vm02")
    assert (run.stderr, run.code) == ("", 0)
    assert run.lines == [site.name("vm01"), site.name("vm02"), site.name("vm02")]
    assert len(site.other.emulator.requests) == 1


def test_a_session_that_is_busy_is_waited_for(site: Site) -> None:
    script = """
    Invoke-Command -Session $vm01 { 1; [System.Threading.Thread]::Sleep(500); 2 } | ForEach-Object {
        if ($_ -eq 1) { (Get-MsiToken -Session $vm01).PSComputerName }
    }
    $busy = Invoke-Command -Session $vm01 { while ($true) { [System.Threading.Thread]::Sleep(100) } } -AsJob
    Get-MsiToken KeyVault -Session $vm01 -TimeoutSec 4 -ErrorAction SilentlyContinue -ErrorVariable failed
    $failed[0].FullyQualifiedErrorId, $failed[0].Exception.Message
    """
    run = site.run(script, "vm01")
    assert (run.stderr, run.code) == ("", 0)
    assert run.lines[:2] == [site.name("vm01"), "PyBridge.HostTimedOut,Get-MsiToken"]
    assert "busy" in run.lines[2]


def test_a_session_is_free_again_when_its_time_is_over(site: Site) -> None:
    """It does not go on waiting there, as it would for half a minute."""
    site.azure.emulator.fail("/metadata/identity/oauth2/token", delay=60, times=None)
    script = """
    Get-MsiToken -Session $vm01 -TimeoutSec 4 -ErrorAction SilentlyContinue -ErrorVariable failed
    $failed[0].FullyQualifiedErrorId
    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    while ([string]$vm01.Availability -ne 'Available' -and $watch.Elapsed.TotalSeconds -lt 15) {
        [System.Threading.Thread]::Sleep(50)
    }
    [string]$vm01.Availability
    """
    run = site.run(script, "vm01")
    assert (run.stderr, run.code) == ("", 0)
    assert run.lines[0].split(",")[0] in ("PyBridge.HostTimedOut", "PyBridge.TimedOut")  # either clock may be the first
    assert run.lines[1] == "Available"


def test_a_session_that_breaks_in_the_middle(site: Site) -> None:
    site.azure.emulator.fail("/metadata/identity/oauth2/token", delay=60, times=1)
    there = "[System.Diagnostics.Process]::GetCurrentProcess().Id"
    script = f"""
    [Console]::Out.WriteLine((Invoke-Command -Session $vm01 {{ {there} }}))
    [Console]::Out.Flush()
    Get-MsiToken -Session $vm01 -ErrorAction SilentlyContinue -ErrorVariable failed
    $failed[0].FullyQualifiedErrorId, $failed[0].TargetObject
    Get-MsiToken -Session $vm01 -ErrorAction SilentlyContinue -ErrorVariable failed
    $failed[0].FullyQualifiedErrorId, $failed[0].Exception.Message
    """
    with site.start(script, "vm01") as process:
        assert process.stdout is not None
        far_process = int(process.stdout.readline())
        wait_for_request(site.azure, "oauth2/token")
        os.kill(far_process, signal.SIGKILL)
        output, errors = process.communicate(timeout=30)
    lines = output.splitlines()
    assert (errors, lines[:3]) == (
        "",
        ["PyBridge.HostInterrupted,Get-MsiToken", site.name("vm01"), "PyBridge.SessionUnavailable,Get-MsiToken"],
    )
    assert "broken" in lines[3]


def test_ctrl_c_while_a_session_is_asked(site: Site) -> None:
    site.azure.emulator.fail("/metadata/identity/oauth2/token", delay=60, times=None)
    script = f"""
    $null = Get-MsiResourceId
    [Console]::Out.WriteLine(({WORKER}))
    [Console]::Out.Flush()
    try {{ Get-MsiToken -Session $vm01 }}
    finally {{
        $watch = [System.Diagnostics.Stopwatch]::StartNew()
        [Console]::Out.WriteLine('finally')
    }}
    'not reached'
    """
    with site.start(script, "vm01") as process:
        assert process.stdout is not None
        worker = int(process.stdout.readline())
        wait_for_request(site.azure, "oauth2/token")
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=20)
    assert "finally" in output
    assert "not reached" not in output
    assert wait_for_end(worker)


def test_the_checklist_of_a_host(site: Site) -> None:
    script = """
    $checks = Test-Msi -Session $vm01
    ($checks.PSComputerName | Select-Object -Unique), $checks[-1].State
    $works = Test-Msi -Session $vm01, $off -Quiet | Sort-Object PSComputerName
    foreach ($one in $works) { "$($one.PSComputerName) $one" }
    """
    run = site.run(script, "vm01", "off")
    assert (run.stderr, run.code) == ("", 0)
    assert run.lines == [site.name("vm01"), "ok", f"{site.name('off')} False", f"{site.name('vm01')} True"]


# --- sign-ins ----------------------------------------------------------------------------------------------


def test_a_sign_in_renews_while_its_session_is_open(site: Site) -> None:
    script = f"""
    $in = Connect-AzureRmAccount -Identity -Session $vm01
    $in.Context.Account.Id
    (Get-AzureRmVM -ResourceGroupName myResourceGroup -Name myVM).Name
    Stop-Process -Id ({WORKER}) -Force
    (Get-AzureRmVM -ResourceGroupName myResourceGroup -Name myVM).Name
    (Get-AzureRmResourceGroup | Get-AzureRmVM).Count -gt 1
    Remove-PSSession $vm01
    Stop-Process -Id ({WORKER}) -Force
    Get-AzureRmVM -ErrorAction SilentlyContinue -ErrorVariable failed
    $failed[-1].FullyQualifiedErrorId, $failed[-1].TargetObject, $failed[-1].Exception.Message
    $failed[-1].ErrorDetails.RecommendedAction
    """
    run = site.run(script, "vm01")
    assert (run.stderr, run.code) == ("", 0)
    assert run.lines[:6] == [
        f"MSI@{site.name('vm01')}",
        "myVM",
        "myVM",
        "True",
        "PyBridge.SessionUnavailable,Get-AzureRmVM",
        site.name("vm01"),
    ]
    assert "closed" in run.lines[6]
    assert "New-PSSession" in run.lines[7]


# --- endpoints where no scripts run ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["role", "module"])
def test_the_command_that_a_jea_endpoint_exposes(site: Site, name: str) -> None:
    script = f"""
    $token = Get-MsiToken -Session ${name}
    $token.PSComputerName, $token.Token.GetType().Name, ($token.ExpiresOn -gt (Get-Date).AddHours(1))
    (Get-MsiIdentity -Session ${name}).ObjectId
    $null = Connect-AzureRmAccount -Identity -Session ${name}
    (Get-AzureRmVM -ResourceGroupName myResourceGroup -Name myVM).Name
    $nobody = '00000000-0000-0000-0000-000000000001'
    Get-MsiToken -Session ${name} -ClientId $nobody -ErrorAction SilentlyContinue -ErrorVariable no
    $no[0].FullyQualifiedErrorId, $no[0].TargetObject
    """
    run = site.run(script, name)
    assert (run.stderr, run.code) == ("", 0)
    assert run.lines == [
        site.name(name),
        "SecureString",
        "True",
        object_id(site.azure),
        "myVM",
        "PyBridge.TokenRejected,Get-MsiToken",
        site.name(name),
    ]


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("bare", "LanguageMode", "exposes no Get-MsiToken"),
        ("constrained", "LanguageMode", "ConstrainedLanguage"),
        ("careless", "RemoteScriptFailed", "SecureString"),
    ],
)
def test_an_endpoint_that_exposes_nothing_of_use(site: Site, name: str, code: str, words: str) -> None:
    script = f"""
    Get-MsiToken -Session ${name} -ErrorAction SilentlyContinue -ErrorVariable failed
    $failed[0].FullyQualifiedErrorId, $failed[0].TargetObject, $failed[0].Exception.Message
    $failed[0].ErrorDetails.RecommendedAction
    """
    run = site.run(script, name)
    assert (run.stderr, run.code) == ("", 0)
    assert run.lines[:2] == [f"PyBridge.{code},Get-MsiToken", site.name(name)]
    assert words in run.lines[2]
    assert "eyJsecret" not in run.stdout
    assert ("about_PyBridge" if code == "LanguageMode" else "DateTime") in run.lines[3]


def test_a_checklist_where_no_scripts_run(site: Site) -> None:
    script = """
    $checks = Test-Msi -Session $role
    foreach ($name in 'Endpoint', 'Token', 'Identity', 'Role') { ($checks | Where-Object Name -eq $name).State }
    Test-Msi -Session $role, $bare -Quiet | Sort-Object
    """
    run = site.run(script, "role", "bare")
    assert (run.stderr, run.code) == ("", 0)
    assert run.lines == ["warning", "ok", "ok", "ok", "False", "True"]


def test_what_logs_there_may_record_is_asked_only_if_that_is_allowed(site: Site) -> None:
    script = """
    Get-MsiToken -Session $constrained -ErrorAction SilentlyContinue -ErrorVariable failed
    $failed[0].ErrorDetails.RecommendedAction -like '*-AllowLogged*'
    (Get-MsiIdentity -Session $constrained -AllowLogged).ObjectId
    $null = Connect-AzureRmAccount -Identity -Session $constrained -AllowLogged
    (Get-AzureRmVM -ResourceGroupName myResourceGroup -Name myVM).Name
    """
    run = site.run(script, "constrained")
    assert (run.stderr, run.code) == ("", 0)
    assert run.lines == ["True", object_id(site.azure), "myVM"]


def test_an_endpoint_that_never_ends(site: Site) -> None:
    script = """
    Get-MsiToken -Session $endless -ErrorAction SilentlyContinue -ErrorVariable failed
    $failed[0].FullyQualifiedErrorId, $failed[0].Exception.Message
    """
    run = site.run(script, "endless")
    assert (run.stderr, run.code) == ("", 0)
    assert run.lines[0] == "PyBridge.RemoteScriptFailed,Get-MsiToken"
    assert "more than it was asked for" in run.lines[1]


def test_an_endpoint_that_says_too_much_harms_no_other_call(site: Site) -> None:
    script = f"""
    $null = Get-MsiResourceId
    $worker = {WORKER}
    $nobody = '00000000-0000-0000-0000-000000000001'
    Get-MsiToken -Session $huge, $vm01 -ErrorAction SilentlyContinue -ErrorVariable failed |
        ForEach-Object {{ $_.PSComputerName -like 'vm01*' }}
    $failed[0].FullyQualifiedErrorId, $failed[0].Exception.Message
    Get-MsiToken -Session $huge -ClientId $nobody -ErrorAction SilentlyContinue -ErrorVariable failed
    $failed[0].FullyQualifiedErrorId, $failed[0].Exception.Message.Length
    $worker -eq ({WORKER})
    """
    run = site.run(script, "huge", "vm01")
    assert (run.stderr, run.code) == ("", 0)
    assert run.lines[:2] == ["True", "PyBridge.RemoteScriptFailed,Get-MsiToken"]
    assert "more than it was asked for" in run.lines[2]
    assert run.lines[3] == "PyBridge.RemoteScriptFailed,Get-MsiToken"
    assert int(run.lines[4]) < 10000
    assert run.lines[5] == "True"


def test_the_module_is_put_there_over_a_session(site: Site) -> None:
    script = f"""
    $there = Install-PyBridgeModule -Session $vm01 -Path '{site.folder / "modules"}'
    $there.PSComputerName, $there.State
    (Install-PyBridgeModule -Session $vm01 -Path '{site.folder / "modules"}').State
    Install-PyBridgeModule -Session $role -ErrorAction SilentlyContinue -ErrorVariable failed
    $failed[0].FullyQualifiedErrorId
    """
    run = site.run(script, "vm01", "role")
    assert (run.stderr, run.code) == ("", 0)
    assert run.lines[0] == site.name("vm01")
    assert run.lines[3] == "PyBridge.LanguageMode,Install-PyBridgeModule"
    assert len(list((site.folder / "modules").rglob("MsiToken.psrc"))) == 1


# --- secrets ------------------------------------------------------------------------------------------------


def test_no_token_is_in_a_transcript_there_or_here(site: Site) -> None:
    there, here = site.folder / "there.txt", site.folder / "here.txt"
    script = f"""
    $null = Start-Transcript -Path '{here}'
    $VerbosePreference = 'Continue'; $DebugPreference = 'Continue'
    Invoke-Command -Session $vm01 {{ $null = Start-Transcript -Path '{there}' }}
    $token = Get-MsiToken -Session $vm01
    $token
    $token = Get-MsiToken KeyVault -Session $vm01
    foreach ($session in $vm01, $role) {{
        $ask = {{ $null = Get-MsiToken -Session $session -ForceRefresh }}
        Trace-Command -Name ParameterBinding -PSHost -Expression $ask 5>&1
    }}
    Invoke-Command -Session $vm01 {{ 'the end'; $null = Stop-Transcript }}
    $null = Stop-Transcript
    $global:Error | ForEach-Object {{ $_ | Out-String }}
    """
    run = site.run(script, "vm01", "role")
    assert run.code == 0
    assert "vm01" in run.stdout
    texts = [run.stdout, run.stderr, there.read_text(), here.read_text()]
    begins = base64.b64encode(b'{"typ":"JWT","alg"')[
        :20
    ].decode()  # as each token does; fewer letters, sealed text may have
    assert begins not in "".join(texts)
    assert "the end" in texts[2]
