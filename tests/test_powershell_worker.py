"""The worker behind the module: how it is found, started, replaced and ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from shells import ROOT, Azure, Shell

WORKER = "& (Get-Module PyBridge) { $script:Worker.Process.Id }"
posix = pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals and scripts")


def alive(pid: int) -> bool:
    """Whether the process still runs; one that has ended and waits for its parent does not."""
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"


def wait_for_end(pid: int) -> bool:
    """Whether the process ends within five seconds."""
    deadline = time.monotonic() + 5
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    return not alive(pid)


def python_stub(folder: Path, body: str) -> Path:
    """An executable that stands in for Python."""
    stub = folder / "python-stub"
    stub.write_text(f"#!/bin/sh\n{body}\n", encoding="ascii")
    stub.chmod(0o755)
    return stub


@posix
def test_a_killed_worker_is_replaced_and_the_sign_in_stays(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    script = f"""
    $null = Connect-AzureRmAccount -AccessToken (Get-MsiToken -AsPlainText) -AccountId me
    $first = {WORKER}
    Stop-Process -Id $first -Force
    (Get-AzureRmVM myResourceGroup myVM).Name
    $second = {WORKER}
    $first -ne $second
    (Get-AzureRmContext).Account.Id
    """
    run = shell.run(script, azure.environ, folder=tmp_path)
    assert (run.stderr, run.code) == ("", 0)
    assert run.lines == ["myVM", "True", "me"]


@posix
def test_a_worker_killed_before_its_answer_is_asked_again(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    azure.emulator.fail("...virtualMachines", delay=60, times=1)
    script = f"""
    $null = Connect-AzureRmAccount -Identity
    [Console]::Out.WriteLine(({WORKER}))
    [Console]::Out.Flush()
    (Get-AzureRmVM).Name -join ' '
    """
    file = tmp_path / "script.ps1"
    file.write_text(script, encoding="ascii")
    with subprocess.Popen(
        shell.command("-File", str(file)),
        env={**azure.environ, "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        worker = int(process.stdout.readline())
        wait_for_request(azure, "virtualMachines")
        os.kill(worker, signal.SIGKILL)
        output, errors = process.communicate(timeout=60)
    # The call had no answer yet, and reading may be repeated: nobody noticed.
    assert (errors, process.returncode) == ("", 0)
    assert output.splitlines()[-1] == "myVM twoIdentitiesVM msiOffVM noRoleVM"


@posix
def test_a_worker_killed_in_the_middle_of_a_stream_is_an_error(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    script = f"""
    $null = Connect-AzureRmAccount -Identity
    Get-AzureRmVM -ErrorAction SilentlyContinue -ErrorVariable failed | ForEach-Object {{
        if ($_.Name -eq 'myVM') {{ Stop-Process -Id ({WORKER}) -Force }}
        $seen = $_.Name
    }}
    $failed[0].FullyQualifiedErrorId
    @(Get-AzureRmVM).Count -gt 100
    """
    world = azure.emulator.world
    for number in range(1500):  # more than the pipe holds, so that the stream is open when the worker dies
        world.add_vm(world.vm("myVM").group, f"filler{number}")
    run = shell.run(script, azure.environ, folder=tmp_path)
    assert (run.stderr, run.code) == ("", 0)
    assert run.lines == ["PyBridge.WorkerFailed,Get-AzureRmVM", "True"]


def wait_for_request(azure: Azure, part: str) -> None:
    """Return once the emulator has been asked for something whose URL holds `part`."""
    wait_until(lambda: any(part in request.url for request in azure.emulator.requests), f"nobody asked for {part}")


def wait_until(condition: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.01)


def test_removing_the_module_ends_the_worker(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    script = f"""
    $null = Get-MsiToken
    $process = & (Get-Module PyBridge) {{ $script:Worker.Process }}
    Remove-Module PyBridge
    $process.WaitForExit(5000)
    $null = Get-MsiToken
    {WORKER}
    """
    run = shell.run(script, azure.environ, folder=tmp_path)
    assert (run.stderr, run.code) == ("", 0)
    assert run.lines[0] == "True"
    assert wait_for_end(int(run.lines[1])), "the end of the shell must end the worker"


@posix
@pytest.mark.parametrize("command", ["Get-AzureRmVM", "Get-AzureRmResourceGroup | Get-AzureRmVM"])
def test_ctrl_c_stops_at_once(shell: Shell, azure: Azure, tmp_path: Path, command: str) -> None:
    azure.emulator.fail("...virtualMachines", delay=60, times=None)
    file = tmp_path / "script.ps1"
    file.write_text(
        f"""
        $null = Connect-AzureRmAccount -Identity
        [Console]::Out.WriteLine(({WORKER}))
        [Console]::Out.Flush()
        try {{ {command} }} finally {{ [Console]::Out.WriteLine('finally') }}
        'not reached'
        """,
        encoding="ascii",
    )
    with subprocess.Popen(
        shell.command("-File", str(file)),
        env={**azure.environ, "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        worker = int(process.stdout.readline())
        wait_for_request(azure, "virtualMachines")
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the shell and its children
        output, _ = process.communicate(timeout=20)
    assert "finally" in output
    assert "not reached" not in output
    assert wait_for_end(worker)


CAUGHT = """
try { Get-MsiToken }
catch { $_.FullyQualifiedErrorId; $_.Exception.Message; $_.ErrorDetails.RecommendedAction }
"""


def test_no_python_names_what_was_tried(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    environ = {name: value for name, value in azure.environ.items() if name != "PYBRIDGE_PYTHON"}
    environ["PATH"] = str(tmp_path)
    run = shell.run(CAUGHT, environ, folder=tmp_path)
    assert run.lines[0] == "PyBridge.PythonNotFound,Get-MsiToken"
    for name in ("pybridge", "python3", "py"):
        assert f"{name} (on PATH): not found" in run.lines[1]
    text = " ".join(run.lines[2:])
    assert "pip install pybridge" in text
    assert "$env:PYBRIDGE_PYTHON" in text


@posix
@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("exit 1", "failed without a word"),
        ("echo nonsense", "answered 'nonsense'"),
        ("echo No module named pybridge >&2; exit 1", "No module named pybridge"),
    ],
)
def test_a_named_python_that_does_not_fit_is_an_error(
    shell: Shell, azure: Azure, tmp_path: Path, body: str, reason: str
) -> None:
    environ = {**azure.environ, "PYBRIDGE_PYTHON": str(python_stub(tmp_path, body))}
    run = shell.run("try { Get-MsiToken } catch { $_.Exception.Message }", environ, folder=tmp_path)
    assert "$env:PYBRIDGE_PYTHON" in run.stdout
    assert reason in run.stdout


@posix
def test_another_protocol_version_is_refused(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    body = """if [ "$1" = "-c" ]; then echo "\\"$0\\""; exit; fi
    read line; echo '{"jsonrpc":"2.0","id":1,"result":{"protocol":99,"version":"9.9"}}'; read line"""
    environ = {**azure.environ, "PYBRIDGE_PYTHON": str(python_stub(tmp_path, body))}
    run = shell.run(CAUGHT, environ, folder=tmp_path)
    assert run.lines[0] == "PyBridge.ProtocolMismatch,Get-MsiToken"
    assert "protocol 1" in run.lines[1]
    assert "9.9" in run.lines[1]
    assert "pybridge module install" in run.lines[2]


@posix
def test_a_backend_that_dies_at_once_is_an_error_with_its_words(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    body = 'if [ "$1" = "-c" ]; then echo "\\"$0\\""; exit; fi\necho broken installation >&2; exit 3'
    environ = {**azure.environ, "PYBRIDGE_PYTHON": str(python_stub(tmp_path, body))}
    run = shell.run("try { Get-MsiToken } catch { $_.Exception.Message }", environ, folder=tmp_path)
    assert "broken installation" in run.stdout


def test_nothing_planted_in_the_current_folder_runs(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    trap = "open({!r}, 'w').close()\nraise SystemExit('planted')\n".format(str(tmp_path / "sprung"))
    (tmp_path / "json.py").write_text(trap, encoding="utf-8")
    for package in ("requests", "pybridge", "yaml"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text(trap, encoding="utf-8")
    environ = {**azure.environ, "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])}
    script = "$null = Connect-AzureRmAccount -Identity; (Get-AzureRmVM myResourceGroup myVM).Name"
    run = shell.run(script, environ, folder=tmp_path)
    assert (run.stderr, run.lines) == ("", ["myVM"])
    assert not (tmp_path / "sprung").exists()


def test_an_installed_module_starts_the_python_that_installed_it(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    folder = tmp_path / "m\xf6dules with blanks"
    install = [sys.executable, "-m", "pybridge", "module", "install", "--path", str(folder)]
    subprocess.run(install, check=True, capture_output=True, cwd=ROOT)
    environ = {name: value for name, value in azure.environ.items() if name != "PYBRIDGE_PYTHON"}
    environ["PSModulePath"] = os.pathsep.join([str(folder), environ["PSModulePath"]])
    environ["PATH"] = str(tmp_path)
    script = "(Get-MsiToken).Resource; (Get-Module PyBridge).ModuleBase.EndsWith('dules with blanks' + "
    script += "[System.IO.Path]::DirectorySeparatorChar + 'PyBridge')"
    run = shell.run(script, environ, folder=tmp_path)
    assert (run.stderr, run.code) == ("", 0)
    assert run.lines == ["https://management.azure.com/", "True"]


@posix
def test_a_python_in_a_folder_beyond_ascii(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    folder = tmp_path / "J\xfcrgen"
    folder.mkdir()
    link = python_stub(folder, f'exec "{sys.executable}" "$@"')
    environ = {**azure.environ, "PYBRIDGE_PYTHON": str(link), "PYTHONIOENCODING": "latin-1"}
    run = shell.run("(Get-MsiToken).Resource", environ, folder=tmp_path)
    assert (run.stderr, run.lines) == ("", ["https://management.azure.com/"])


def test_closing_a_session_ends_its_worker(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    if shell.is_engine:
        pytest.skip("a further session of the engine host has no stand-ins")
    script = f"""
    $session = [powershell]::Create()
    $id = $session.AddScript('$null = Get-MsiToken; {WORKER}').Invoke()[0]
    $session.Runspace.Close()
    $id
    [Console]::Out.Flush()
    """
    run = shell.run(script, azure.environ, folder=tmp_path)
    assert (run.stderr, run.code) == ("", 0)
    assert not alive(int(run.lines[0]))


@posix
def test_ctrl_c_while_python_is_looked_for(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    mark = tmp_path / "asked"
    stub = python_stub(tmp_path, f'echo $$ > "{mark}"; exec sleep 60')
    file = tmp_path / "script.ps1"
    file.write_text("try { Get-MsiToken } finally { [Console]::Out.WriteLine('finally') }", encoding="ascii")
    with subprocess.Popen(
        shell.command("-File", str(file)),
        env={**azure.environ, "PYBRIDGE_PYTHON": str(stub), "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        wait_until(lambda: mark.exists() and bool(mark.read_text()), "Python was not asked")
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=10)
    assert "finally" in output
    assert wait_for_end(int(mark.read_text()))


def test_no_token_is_seen_where_nobody_asked_for_it(shell: Shell, azure: Azure, tmp_path: Path) -> None:
    script = """
    $VerbosePreference = 'Continue'; $DebugPreference = 'Continue'
    $token = Get-MsiToken
    $token; $token | Out-String; ConvertTo-Json -InputObject $token -Depth 3
    $in = Connect-AzureRmAccount -AccessToken (Get-MsiToken -AsPlainText) -AccountId me
    $in; $in.Context; $in.Context.Account; ConvertTo-Json -InputObject $in -Depth 6
    Get-AzureRmVM nope nope
    Get-MsiToken nonsense
    Disconnect-AzureRmAccount
    if (Get-Command Trace-Command -ErrorAction SilentlyContinue) {
        Trace-Command -Name ParameterBinding -Expression { $null = Get-MsiToken } -PSHost 5>&1
    }
    $global:Error | ForEach-Object { $_ | Out-String; $_.Exception.ToString() }
    """
    run = shell.run(script, azure.environ, folder=tmp_path)
    assert "eyJ" not in run.stdout + run.stderr
    assert "me" in run.stdout
