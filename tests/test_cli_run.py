"""cli: `pybridge run`, a script on Windows hosts, as a user types it, against hosts that run it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from pathlib import Path

import pytest
from hostlab import COMMAND, Lab, on_terminal
from shells import SHELLS
from support import GUARD

from pybridge.cli.run import exit_code
from pybridge.errors import RemoteScriptError
from pybridge.remote import ScriptResult

pytestmark = [
    pytest.mark.skipif(not SHELLS, reason="no PowerShell for the hosts"),
    pytest.mark.xdist_group("hostlab"),
]

STREAMS = r"""
param([string] $Name = 'nobody')
Write-Output "out $Name"
Write-Warning 'look'
Write-Error 'broken'
[Console]::Error.WriteLine('native')
Write-Verbose -Verbose 'detail'
Write-Output 'end'
exit 3
"""


def script(folder: Path, text: str) -> str:
    file = folder / "fix.ps1"
    file.write_text(text, encoding="utf-8")
    return str(file)


def test_a_script_on_one_host_is_as_if_it_ran_here(lab: Lab, tmp_path: Path) -> None:
    file = script(tmp_path, STREAMS)
    code, out, errors = lab.run("run", "--script", file, "--argument", "Name=ann", *lab.single())
    assert (code, out) == (3, "out ann\nend\n")
    assert "WARNING: look\n" in errors
    assert "broken" in errors
    assert "native\n" in errors
    assert "VERBOSE: detail\n" in errors
    assert lab.hosts["vm01"].shells == []


def test_the_streams_of_many_hosts_are_apart(lab: Lab, tmp_path: Path) -> None:
    file = script(tmp_path, STREAMS)
    code, found, errors = lab.lines("run", "--script", file, "--inventory", lab.inventory("vm03"))
    assert code == 1
    for name in ("vm01", "vm02"):
        value = found[name]["value"]
        assert (found[name]["ok"], value["exit_code"], value["output"]) == (False, 3, "out nobody\nend\n")
        assert (value["warning"], value["verbose"]) == ("look\n", "detail\n")
        assert "broken" in value["error"]
        assert "native\n" in value["error"]
        assert found[name]["error"]["code"] == "remote_script_failed"
        assert found[name]["error"]["message"] == "the script ended with exit code 3"
    assert "value" not in found["vm03"]
    assert re.search(r"0 of 3 hosts ok in .*; remote_script_failed 2 \(vm0\d, vm0\d\); host_unreachable 1", errors)


def test_a_script_that_goes_well_on_all(lab: Lab, tmp_path: Path) -> None:
    file = script(tmp_path, "Write-Host said; 'é €'")
    code, found, errors = lab.lines("run", "--script", file, "--inventory", lab.inventory())
    assert (code, errors.split(" in ")[0]) == (0, "pybridge: 2 of 2 hosts ok")
    assert {name: line["value"] for name, line in found.items()} == {
        name: {"exit_code": 0, "output": "é €\n", "information": "said\n"} for name in ("vm01", "vm02")
    }


def test_a_script_comes_by_stdin(lab: Lab) -> None:
    code, out, errors = lab.run("run", "--script", "-", *lab.single(), input="Write-Host said\n6 * 7\n")
    assert (code, out, errors) == (0, "said\n42\n", "")


@pytest.mark.skipif(os.name == "nt", reason="Windows has exit codes of 32 bits")
@pytest.mark.parametrize(("code", "ours"), [(0, 0), (255, 255), (256, 1), (4294967295, 1)])
def test_an_exit_code_that_a_shell_cannot_see_is_no_success(code: int, ours: int) -> None:
    assert exit_code(ScriptResult(code, ())) == ours


def test_an_exit_code_that_nobody_knows_is_a_failure() -> None:
    with pytest.raises(RemoteScriptError, match="its exit code did not come"):
        exit_code(ScriptResult(None, ()))


def test_an_error_that_ends_the_script_fails(lab: Lab) -> None:
    code, out, errors = lab.run("run", "--script", "-", *lab.single(), input="'begun'; throw 'no way'; 'never'")
    assert (code, out) == (1, "begun\n")
    assert "no way" in errors


def test_a_hosts_text_writes_no_escapes_to_the_terminal(lab: Lab, tmp_path: Path) -> None:
    text = '$e = [char]27; "a$e[31mred$e[0m$e]0;title$([char]7)b"; [Console]::Error.WriteLine("$e[2Jgone")'
    file = script(tmp_path, text)
    code, out, errors = lab.run("run", "--script", file, *lab.single())
    assert (code, out) == (0, "aredb\n")
    assert errors == "gone\n"
    code, found, _ = lab.lines("run", "--script", file, "--inventory", lab.inventory(), "--limit", "vm02")
    assert (code, found["vm02"]["value"]) == (0, {"exit_code": 0, "output": "aredb\n", "error": "gone\n"})


def test_a_long_script_arrives_whole(lab: Lab, tmp_path: Path) -> None:
    text = "$sum = 0\n" + "".join(f"$sum += {number}\n" for number in range(20_000)) + "$sum"
    code, out, errors = lab.run("run", "--script", script(tmp_path, text), *lab.single())
    assert (code, out.strip(), errors) == (0, str(sum(range(20_000))), "")


def test_neither_the_script_nor_its_arguments_stand_on_the_hosts_command_line(lab: Lab, tmp_path: Path) -> None:
    file = script(tmp_path, "param($Word) $Word")
    code, out, _ = lab.run("run", "--script", file, "--argument", "Word=shibboleth", *lab.single())
    assert (code, out) == (0, "shibboleth\n")
    processes = lab.hosts["vm01"].processes
    assert processes
    assert "shibboleth" not in json.dumps(processes)


@pytest.mark.skipif(os.name == "nt", reason="the tests make terminals as Unix does")
def test_output_comes_while_the_script_runs(lab: Lab, tmp_path: Path) -> None:
    file = script(tmp_path, "'begun'; while (-not (Test-Path $args[0])) { Start-Sleep -Milliseconds 50 }; 'ended'")
    gate = tmp_path / "gate"
    text = Path(file).read_text(encoding="utf-8").replace("$args[0]", f"'{gate}'")
    Path(file).write_text(text, encoding="utf-8")
    with on_terminal("run", "--script", file, *lab.single(), env=lab.env, stdout=None) as terminal:
        terminal.wait_for("begun")
        assert "ended" not in terminal.shown
        gate.touch()
        code, _ = terminal.end()
    assert (code, terminal.shown.replace("\r", "")) == (0, "begun\nended\n")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT between processes")
def test_ctrl_c_ends_the_script(lab: Lab, tmp_path: Path) -> None:
    file = script(tmp_path, "'begun'; Start-Sleep 300; 'ended'")
    process = subprocess.Popen(
        [*COMMAND, "run", "--script", file, *lab.single()],
        env=lab.env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=GUARD)
    finally:
        process.kill()
        process.communicate()
    assert (process.returncode, rest, errors) == (130, "", "")
    assert lab.hosts["vm01"].shells == []


def test_who_reads_no_more_ends_the_script(lab: Lab, tmp_path: Path) -> None:
    file = script(tmp_path, "while ($true) { 'y'; Start-Sleep -Milliseconds 20 }")
    process = subprocess.Popen(
        [*COMMAND, "run", "--script", file, *lab.single()],
        env=lab.env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "y\n"
        process.stdout.close()
        errors = process.stderr.read()
        process.wait(GUARD)
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdout, process.stderr):
            assert pipe is not None
            pipe.close()
    assert (process.returncode, errors) == (1, "")
    assert lab.hosts["vm01"].shells == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--script", "nowhere.ps1"], "nowhere.ps1 cannot be read"),
        (["--script", "-", "--argument", "x"], "--argument 'x' is not NAME=VALUE"),
        ([], "--script"),
    ],
)
def test_a_mistake_is_told_before_the_host_is_asked(lab: Lab, arguments: list[str], words: str) -> None:
    code, out, errors = lab.run("run", *arguments, *lab.single(), input="1")
    assert (code, out) == (2, "")
    assert words in errors
    assert lab.hosts["vm01"].requests == []
