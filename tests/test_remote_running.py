"""remote.run_script: any script, in a PowerShell of its own; what it says comes as it comes, each stream by itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import wsman_host
from afar import host_of
from shells import SHELLS
from wsman_host import Handle, WsmanHost

from pybridge.clixml import Record
from pybridge.errors import HostInterruptedError, HostTimedOutError, LanguageModeError, UsageError
from pybridge.remote import ScriptResult, run_script

PWSH = next((shell.executable for shell in SHELLS if not shell.is_engine), None)
pytestmark = pytest.mark.skipif(PWSH is None, reason="no whole PowerShell on this machine")


@pytest.fixture(scope="module")
def vm01() -> Iterator[Handle]:
    with wsman_host.running(WsmanHost(powershell=PWSH)) as handle:
        yield handle


@pytest.fixture
def handle(vm01: Handle) -> Iterator[Handle]:
    vm01.clear()
    yield vm01
    assert vm01.shells == []


def run(handle: Handle, script: str, **arguments: str) -> ScriptResult:
    return run_script(host_of(handle), script, arguments=arguments)


def test_each_stream_by_itself(handle: Handle) -> None:
    found = run(
        handle,
        """
        'output'
        Write-Warning 'warning'
        Write-Verbose 'verbose' -Verbose
        Write-Debug 'debug' -Debug
        Write-Information 'information'
        Write-Host 'host'
        Write-Error 'error'
        Write-Progress -Activity 'activity' -Status 'status' -PercentComplete 50
        [Console]::WriteLine('raw output')
        [Console]::Error.WriteLine('raw error')
        """,
    )
    texts = {stream: found.text(stream) for stream in {record.stream for record in found.records}}
    assert set(texts) == {"output", "warning", "verbose", "debug", "information", "error", "progress"}
    assert texts["output"] == "output\nraw output\n"
    assert (texts["warning"], texts["verbose"], texts["debug"]) == ("warning\n", "verbose\n", "debug\n")
    assert texts["information"] == "information\nhost\n"
    assert "error" in texts["error"]
    assert "raw error\n" in texts["error"]
    assert "$pybridge" not in texts["error"]
    assert "\x1b" not in texts["error"]
    assert texts["progress"] == "activity: status (50%)\n"
    assert found.exit_code == 0


def test_what_is_written_comes_in_order_and_at_once(handle: Handle) -> None:
    came: list[Record] = []
    found = run_script(host_of(handle), '1..50 | % { "line $_"; Write-Warning "at $_" }', on_record=came.append)
    assert found.records == tuple(came)
    assert [record.text for record in came] == [f"{word} {n}" for n in range(1, 51) for word in ("line", "at")]


def test_objects_come_as_a_console_shows_them(handle: Handle) -> None:
    found = run(handle, "[pscustomobject]@{ Name = 'a'; Size = 1 }; [pscustomobject]@{ Name = 'b'; Size = 22 }")
    lines = [line.split() for line in found.text().splitlines() if line]
    assert lines == [["Name", "Size"], ["----", "----"], ["a", "1"], ["b", "22"]]


def test_long_lines_and_other_scripts_stay_whole(handle: Handle) -> None:
    found = run(handle, "'x' * 5000; 'gr\u00fc\u00df \u65e5\u672c \U0001d11e'; \"a`r`nb\"; ''")
    assert [record.text for record in found.records] == [
        "x" * 5000,
        "gr\u00fc\u00df \u65e5\u672c \U0001d11e",
        "a\r\nb",
        "",
    ]


def test_arguments_are_texts(handle: Handle) -> None:
    odd = 'it\'s "$HOME" `1; exit 9\n2024-01-01T00:00:00 \u00e4'
    found = run(handle, "param($One, [int] $Two) $One; $Two + 1", One=odd, Two="41")
    assert [record.text for record in found.records] == [odd, "42"]


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("'fine'", 0),
        ("exit", 0),
        ("exit 3", 3),
        ("exit -1", 255),
        ("throw 'bad'", 1),
        ("$ErrorActionPreference = 'Stop'; Write-Error 'bad'", 1),
        ("Write-Error 'bad'; 'and on'", 0),
        ("this is (", 1),
        ("Get-Nonsense; 1 / 0; [int] 'x'; 'and on'", 0),
        ("exit 0", 0),
        ("/bin/sh -c 'exit 7'", 0),
        ("/bin/sh -c 'exit 7'; exit $LASTEXITCODE", 7),
        ("[Environment]::Exit(5)", 5),
        ("[Environment]::Exit(0)", 0),
    ],
)
def test_the_exit_code_is_that_of_powershell_file(handle: Handle, script: str, code: int) -> None:
    assert run(handle, script).exit_code == code


def test_an_error_that_ends_it_is_the_last_record(handle: Handle) -> None:
    found = run(handle, "'before'; throw 'it is broken'; 'after'")
    assert [record.stream for record in found.records] == ["output", "error"]
    assert "it is broken" in found.records[-1].text


def test_a_script_that_cannot_be_read_says_where(handle: Handle) -> None:
    found = run(handle, "'a'\nthis is (\n")
    assert "line:2" in found.text("error")
    assert found.text() == ""


def test_programs_may_say_what_they_like(handle: Handle) -> None:
    """Even where errors stop the script: to write to stderr is no error."""
    found = run(handle, "$ErrorActionPreference = 'Stop'; /bin/sh -c 'echo one; echo two >&2'; 'on'")
    assert (found.text(), found.text("error"), found.exit_code) == ("one\non\n", "two\n", 0)


def test_its_stdin_is_at_its_end(handle: Handle) -> None:
    assert run(handle, "/bin/cat; 'done'; [Console]::In.ReadToEnd().Length").text() == "done\n0\n"


def test_a_script_of_a_megabyte(handle: Handle) -> None:
    script = "".join(f"$x{n} = '{n} gr\u00fc\u00df'\n" for n in range(45_000)) + "$x44999"
    assert len(script.encode()) > 1_000_000
    assert run(handle, script).text() == "44999 gr\u00fc\u00df\n"
    assert handle.stats()["largest"] <= 153_600


def test_an_output_of_ten_megabytes(handle: Handle) -> None:
    found = run_script(host_of(handle), "1..100 | % { 'x' * 100000 }", keep=20_000_000)
    assert [len(record.text) for record in found.records] == [100_000] * 100


def test_what_does_not_fit_is_told_and_not_kept(handle: Handle) -> None:
    came: list[Record] = []
    found = run_script(host_of(handle), "1..9 | % { 'x' * 1000 }; exit 3", keep=2500, on_record=came.append)
    assert [record.text for record in found.records] == ["x" * 1000] * 2 + ["... there was more, which is cut off\n"]
    assert found.exit_code == 3
    assert len(came) == 9


def test_neither_script_nor_argument_is_on_a_command_line(handle: Handle) -> None:
    found = run(handle, "param($Word) (Get-Process -Id $PID).CommandLine; $Word", Word="correct-horse")
    (process,) = handle.processes
    assert found.text().endswith("correct-horse\n")
    assert "correct-horse" not in json.dumps([process["argv"], process["environ"]])
    assert "Get-Process" not in json.dumps(process["argv"])


def test_each_run_is_a_process_of_its_own(handle: Handle) -> None:
    run(handle, "$global:kept = 1")
    assert run(handle, '"$global:kept"').text() == "\n"
    assert len(handle.processes) == 2


def test_the_profile_of_the_user_is_there(handle: Handle) -> None:
    run(handle, "1")
    created = next(body for body in handle.bodies if "transfer/Create<" in body and "CreateResponse" not in body)
    assert '<w:Option Name="WINRS_NOPROFILE">FALSE</w:Option>' in created
    assert '<w:Option Name="WINRS_CODEPAGE">65001</w:Option>' in created


def test_a_deadline_ends_it_there_too(handle: Handle, tmp_path: Path) -> None:
    said: list[str] = []
    with pytest.raises(HostTimedOutError, match="vm01 took too long"):
        run_script(
            host_of(handle),
            "'began'; Start-Sleep 600",
            timeout=15,
            on_record=lambda record: said.append(record.text),
        )
    assert said == ["began"]
    assert [process["running"] for process in handle.processes] == [False]


@pytest.mark.parametrize("script", ["1..5 | % { $_; Start-Sleep -Milliseconds 100 }", "'a'; exit 0"])
def test_a_part_that_is_missing_is_an_error(handle: Handle, script: str) -> None:
    handle.fault("Receive", do="drop", carried_out=True)
    with pytest.raises(HostInterruptedError, match="missing"):
        run(handle, script)


def test_a_nul_in_a_script_is_refused(handle: Handle) -> None:
    with pytest.raises(UsageError, match="NUL"):
        run(handle, "a\0b")
    assert handle.requests == []


def test_constrained_language_is_told(tmp_path: Path) -> None:
    program = tmp_path / "powershell"
    program.write_text("#!/bin/sh\necho 'pybridge-language-mode: ConstrainedLanguage'\nexit 3\n")
    program.chmod(0o755)
    with wsman_host.running(WsmanHost(powershell=str(program))) as handle:
        with pytest.raises(LanguageModeError, match="ConstrainedLanguage"):
            run(handle, "'a'")
        assert handle.shells == []
