"""module scan: what scripts use of AzureRM, read by PowerShell's parser and, where there is none, word by word."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from shells import SHELLS, Shell
from support import environment, run

from pybridge import scan, shims, spec
from pybridge.errors import UsageError
from pybridge.module import module_root
from pybridge.operations import OPERATIONS
from pybridge.processes import ask
from pybridge.scan import COVERED, NOT_COVERED, NOTE, TOKENIZER, UNKNOWN, Finding, files, shell
from pybridge.scan.nouns import Script
from pybridge.scan.words import read_script

SPEC = spec.load(module_root(), OPERATIONS)
SHIMS = shims.load(module_root(), SPEC)
PARSERS = [item for item in SHELLS if not item.is_engine]

#: Reads many scripts at once.
Reader = Callable[[list[str]], list[Script]]


def by_powershell(item: Shell) -> Reader:
    def read(texts: list[str]) -> list[Script]:
        scripts = shell.read_scripts(item.executable, texts)
        assert scripts is not None
        return scripts

    return read


def word_by_word(texts: list[str]) -> list[Script]:
    return [read_script(text) for text in texts]


READERS = [pytest.param(word_by_word, id=TOKENIZER)]
READERS += [pytest.param(by_powershell(item), id=item.name) for item in PARSERS]


@pytest.fixture(scope="module", params=READERS)
def found(request: pytest.FixtureRequest) -> dict[str, list[Finding]]:
    """What is said of each text, by either reader, which is started once."""
    scripts = request.param(TEXTS)
    return {text: findings(script) for text, script in zip(TEXTS, scripts, strict=True)}


def findings(script: Script) -> list[Finding]:
    return list(scan.Judge(SPEC, SHIMS, script.defined).findings("a.ps1", script))


# --- what is found, by either reader -----------------------------------------------------------------

#: Pieces of scripts, and what is found in them: name, state.
SAMPLES = {
    "Get-AzureRmVM": [("Get-AzureRmVM", COVERED)],
    "get-azurermvm -RESOURCEGROUPNAME x": [("Get-AzureRmVM", COVERED)],
    "Login-AzureRmAccount -Identity": [("Connect-AzureRmAccount", COVERED)],
    "$x = Get-AzureRmVM | Where-Object { $_.Name -like 'a*' }": [("Get-AzureRmVM", COVERED)],
    "[void](Get-AzureRmVM)": [("Get-AzureRmVM", COVERED)],
    "[array]$x = [array] (Get-AzureRmVM)": [("Get-AzureRmVM", COVERED)],
    "if (-not (Get-AzureRmVM)) { Get-AzureRmContext } else { Get-AzureRmVM }": [
        ("Get-AzureRmVM", COVERED),
        ("Get-AzureRmContext", COVERED),
        ("Get-AzureRmVM", COVERED),
    ],
    "foreach ($vm in Get-AzureRmVM) { $vm }": [("Get-AzureRmVM", COVERED)],
    "return Get-AzureRmVM": [("Get-AzureRmVM", COVERED)],
    "Get-AzureRmVM; Get-AzureRmContext": [("Get-AzureRmVM", COVERED), ("Get-AzureRmContext", COVERED)],
    "@{ vm = Get-AzureRmVM; n = 1 }": [("Get-AzureRmVM", COVERED)],
    "\"there are $((Get-AzureRmVM).Count) of $(Get-AzureRmDisk -Name 'a')\"": [
        ("Get-AzureRmVM", COVERED),
        ("Get-AzureRmDisk", NOT_COVERED),
    ],
    '@"\n$(Get-AzureRmVM)\n"@': [("Get-AzureRmVM", COVERED)],
    "& 'Get-AzureRmVM'": [("Get-AzureRmVM", COVERED)],
    "& { Get-AzureRmVM }": [("Get-AzureRmVM", COVERED)],
    "Start-Job -ScriptBlock { Get-AzureRmVM }": [("Get-AzureRmVM", COVERED)],
    "Invoke-Command $x { Get-AzureRmVM }": [("Get-AzureRmVM", COVERED)],
    "function Get-Mine { Get-AzureRmVM }; Get-Mine": [("Get-AzureRmVM", COVERED)],
    "switch (1) { 1 { Get-AzureRmVM } }": [("Get-AzureRmVM", COVERED)],
    "try { Get-AzureRmVM } catch { Get-AzureRmContext }": [
        ("Get-AzureRmVM", COVERED),
        ("Get-AzureRmContext", COVERED),
    ],
    "AzureRM.Compute\\Get-AzureRmVM": [("Get-AzureRmVM", COVERED)],
    "Get-AzureRmVM -Resourceg x -na y": [("Get-AzureRmVM", COVERED)],
    "Get-AzureRmVM -ErrorAction Stop -ov all": [("Get-AzureRmVM", COVERED)],
    "Get-AzureRmVM `\n  -Name x `\n  -Nonsense y": [("Get-AzureRmVM", UNKNOWN)],
    "Get-AzureRmVM -Name:x -Nonsense:$true": [("Get-AzureRmVM", UNKNOWN)],
    "Get-AzureRmVM -WhatIf": [("Get-AzureRmVM", UNKNOWN)],
    "$a = @{ Name = 'x'; Nonsense = @{ Inner = 1 } }\nGet-AzureRmVM @a": [("Get-AzureRmVM", UNKNOWN)],
    "$a = @{}\n$a.Nonsense = 1\nGet-AzureRmVM @a": [("Get-AzureRmVM", UNKNOWN)],
    "$a = @{}\n$a['Nonsense'] = 1\nGet-AzureRmVM @a": [("Get-AzureRmVM", UNKNOWN)],
    "$a = @{}\n$a.Add('Nonsense', 1)\nGet-AzureRmVM @a": [("Get-AzureRmVM", UNKNOWN)],
    "$a = @{ 'Name' = 'x' }\nGet-AzureRmVM @a": [("Get-AzureRmVM", COVERED)],
    "Get-AzureRmDisk -Anything": [("Get-AzureRmDisk", NOT_COVERED)],
    "Get-AzureRmStorageAccount": [("Get-AzureRmStorageAccount", NOT_COVERED)],
    "Get-AzureKeyVaultSecret": [("Get-AzureKeyVaultSecret", NOT_COVERED)],
    "#Requires -Modules AzureRM.Profile, AzureRM.Network": [
        ("AzureRM.Profile", COVERED),
        ("AzureRM.Network", NOT_COVERED),
    ],
    "#requires -modules @{ModuleName='AzureRM.Compute';ModuleVersion='5.0'}": [("AzureRM.Compute", COVERED)],
    "#Requires -Modules @{ModuleName='AzureRM.Compute';RequiredVersion='5.9.2'}, AzureRM.Profile": [
        ("AzureRM.Compute", COVERED),
        ("AzureRM.Profile", COVERED),
    ],
    "#Requires -Modules @{ModuleName='AzureRM.Compute';ModuleVersion='6.0'}": [("AzureRM.Compute", NOT_COVERED)],
    '#Requires -Modules @{ ModuleName = "AzureRM.Compute"; RequiredVersion = "5.0.0" }': [
        ("AzureRM.Compute", NOT_COVERED)
    ],
    "#Requires -Modules @{ModuleName='AzureRM.Compute';MaximumVersion='5.0'}": [("AzureRM.Compute", NOT_COVERED)],
    "Import-Module AzureRM, azurerm.network": [("AzureRM", COVERED), ("azurerm.network", NOT_COVERED)],
    "using module AzureRM.Compute": [("AzureRM.Compute", COVERED)],
    "Install-Module -Name AzureRM -Force": [("AzureRM", NOTE)],
    "Connect-AzAccount -Identity": [("Connect-AzAccount", NOTE)],
    "Invoke-WebRequest http://x": [("Invoke-WebRequest", NOTE)],
    "irm -Uri http://x -UseBasicParsing; iwr http://x -UseB": [],
    "$a = @{ UseBasicParsing = $true }\nInvoke-RestMethod @a": [],
    "Invoke-RestMethod 'http://localhost:50342/oauth2/token' -UseBasicParsing": [("localhost:50342", NOTE)],
    '$u = "http://localhost:50342/oauth2/token"': [("localhost:50342", NOTE)],
    "# Get-AzureRmDisk http://localhost:50342": [],
    "<# Get-AzureRmDisk\n#>": [],
    "'Get-AzureRmDisk'": [],
    "@'\nGet-AzureRmDisk\n'@": [],
    "Write-Output Get-AzureRmDisk": [],
    "Get-Help -Name Get-AzureRmDisk -Full": [],
    "$x.'Get-AzureRmDisk' = 1; @{ 'Get-AzureRmDisk' = 1 }": [],
    "function Get-AzureRmOwn { }; Get-AzureRmOwn": [],
    "configuration Lab { Import-DscResource -ModuleName X; Node 'a' { File f { Ensure = 'Present' } } }": [],
    "": [],
}


SPLATS = (
    "$a = @{ Name = 'x'; Tag = @{ Inner = 1 } }\n[hashtable] $b = [ordered] @{ Status = $true }\n"
    "Get-AzureRmVM @a @B -Location x"
)
PLACES = (
    "using module AzureRM.Compute\n\n  $a = Get-AzureRmVM\n'\u20ac'; Get-AzureRmDisk\n$x = 'http://localhost:50342'\n"
)
ADVICE = (
    "AzureRM.Compute\\Get-AzureRmVM -Resource x -Nonsense 1 @unseen\nGet-AzureRmDisk -Name x\n"
    "Get-AzureRmVMDscExtension\nConnect-AzureRmAccount -WhatIf\nConnect-AzureRmAccount -Certif $x"
)
TEXTS = [*SAMPLES, SPLATS, PLACES, ADVICE]


def test_what_a_script_uses_is_found(found: dict[str, list[Finding]]) -> None:
    for text, expected in SAMPLES.items():
        assert [(item.name, item.state) for item in found[text]] == expected, text


def test_what_is_splatted_counts_as_given(found: dict[str, list[Finding]]) -> None:
    (use,) = found[SPLATS]
    assert use.parameters == ("Location", "Name", "Tag", "Status")


def test_places_are_those_of_the_script(found: dict[str, list[Finding]]) -> None:
    assert [(item.name, item.line, item.column) for item in found[PLACES]] == [
        ("AzureRM.Compute", 1, 1),
        ("Get-AzureRmVM", 3, 8),
        ("Get-AzureRmDisk", 4, 6),
        ("localhost:50342", 5, 6),
    ]


def test_what_to_know_is_told(found: dict[str, list[Finding]]) -> None:
    vm, disk, extension, plain, refused = found[ADVICE]
    assert vm.message.split(". ") == [
        "-Resource may be any of -ResourceGroupName, -Name",
        "-Nonsense is not known",
        "What @unseen holds was not found",
        "The module in front of its name needs: pybridge module install --azurerm",
    ]
    assert vm.parameters == ("Resource", "Nonsense")
    assert (disk.az, disk.message, disk.parameters) == ("Get-AzDisk", "In Az it is Get-AzDisk.", ("Name",))
    assert disk.call is not None
    assert disk.call.startswith("Invoke-AzureRmRestMethod -Method GET -Path '/subscriptions/")
    assert extension.message == "Use Get-AzureRmVMExtension, which is covered. In Az it is Get-AzVMDscExtension."
    assert (plain.state, plain.message) == (COVERED, "")
    assert refused.state == NOT_COVERED
    assert refused.message == (
        "-CertificateThumbprint is not supported. Use -Identity, or -ServicePrincipal with -Credential. With "
        "-ComputerName it is something else: the thumbprint (SHA-1 or SHA-256) of the certificate that the host shows, "
        "where nobody vouches for it, or the word ignore, which is not safe."
    )


@pytest.mark.parametrize("item", [pytest.param(item, id=item.name) for item in PARSERS])
def test_nothing_of_a_script_runs_and_a_mistake_is_told_once(item: Shell, tmp_path: Path) -> None:
    """Not even what a parser would load runs. What follows a mistake is read as far as it can be."""
    witness = tmp_path / "ran.txt"
    planted = tmp_path / "Planted"
    planted.mkdir()
    write = f"[System.IO.File]::WriteAllText('{witness}', 'x')\n"
    (planted / "Planted.psm1").write_text(write, encoding="ascii")
    text = (
        f"using module '{planted}'\n{write}$x = \"$({write})\"\n"
        f"configuration C {{ Import-DscResource -ModuleName '{planted}' }}\n& {{ {write} }}\n"
    )
    _, wrong = by_powershell(item)([text, "Get-AzureRmVM\nif (\n}\n)\n"])
    assert not witness.exists()
    assert len(wrong.problems) > 1
    assert [(one.name, one.state) for one in findings(wrong)] == [("Get-AzureRmVM", COVERED), ("syntax", NOTE)]


def test_what_the_parser_would_load_is_put_otherwise_in_the_same_length() -> None:
    text = "  Using  module x; using namespace y\nconfiguration A {\n$configuration = 1; my-configuration a {"
    changed = files.harmless(text)
    assert len(changed) == len(text)
    assert (
        changed == "  usin_  module x; using namespace y\nfunction      A {\n$configuration = 1; my-configuration a {"
    )


# --- which scripts, and their text -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "bom"),
    [
        ("utf-8", b""),
        ("utf-8", b"\xef\xbb\xbf"),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b"\xfe\xff"),
        ("cp1252", b""),
    ],
)
def test_a_script_may_be_in_any_of_powershells_encodings(tmp_path: Path, encoding: str, bom: bytes) -> None:
    text = "Write-Output 'f\xfcnf'\r\nGet-AzureRmVM\r\n"
    (tmp_path / "a.ps1").write_bytes(bom + text.encode(encoding))
    assert files.read(tmp_path / "a.ps1") == text


def test_files_folders_and_patterns_are_taken_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "deep").mkdir()
    for name in ("a.ps1", "B.PSM1", "c.txt", "deep/d.ps1"):
        (tmp_path / name).write_text("")
    monkeypatch.chdir(tmp_path)
    assert [path.as_posix() for path in files.find(["a.ps1", "*.ps1", "c.txt", "."])] == [
        "a.ps1",
        "c.txt",
        "B.PSM1",
        "deep/d.ps1",
    ]


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("none.ps1", "there is no file or folder 'none.ps1'"),
        ("*.ps1", "no script fits the pattern"),
        ("e*", "no script fits the pattern"),
        ("empty", "the folder 'empty' holds no script"),
    ],
)
def test_no_script_at_all_is_a_mistake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, complaint: str
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=re.escape(complaint)) as caught:
        list(files.find([name]))
    assert ".psm1" in (caught.value.remedy or "")


def test_a_program_is_no_script(tmp_path: Path) -> None:
    (tmp_path / "a.ps1").write_bytes(b"MZ\x90\0\x03\0\n")
    with pytest.raises(UsageError, match=r"a\.ps1 is no script"):
        files.read(tmp_path / "a.ps1")


# --- who reads ---------------------------------------------------------------------------------------


def test_all_scripts_are_read_in_one_go(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}.ps1").write_text("Get-AzureRmVM\n" * number)
    report = scan.scan([str(tmp_path)], SPEC, SHIMS)
    assert [Path(name).name for name in report.files] == ["0.ps1", "1.ps1", "2.ps1"]
    assert [(Path(item.file).name, item.line) for item in report.findings] == [
        ("1.ps1", 1),
        ("2.ps1", 1),
        ("2.ps1", 2),
    ]


def test_what_one_script_defines_another_may_use(tmp_path: Path) -> None:
    (tmp_path / "a.ps1").write_text("function Get-AzureRmOwn { }")
    (tmp_path / "b.ps1").write_text("Get-AzureRmOwn")
    assert scan.scan([str(tmp_path)], SPEC, SHIMS, shell=lambda: None).findings == ()


@pytest.mark.parametrize("found", [None, sys.executable, str(Path("no", "such", "shell"))])
def test_without_a_powershell_that_works_scripts_are_read_word_by_word(tmp_path: Path, found: str | None) -> None:
    (tmp_path / "a.ps1").write_text("Get-AzureRmVM")
    report = scan.scan([str(tmp_path)], SPEC, SHIMS, shell=lambda: found)
    assert report.parser == TOKENIZER
    assert [item.state for item in report.findings] == [COVERED]


def test_the_shell_is_looked_for_on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert shell.find_shell() is None
    program = tmp_path / ("pwsh.exe" if os.name == "nt" else "pwsh")
    program.write_text("")
    program.chmod(0o755)
    found = shell.find_shell()
    assert found is not None
    assert Path(found).samefile(program)


def test_a_program_is_asked_with_a_text() -> None:
    program = "import sys; print(sys.stdin.read().upper())"
    assert ask([sys.executable, "-c", program], "f\xfcnf", timeout=60) is not None
    assert ask([sys.executable, "-c", "import sys; sys.exit(3)"], "", timeout=60) is None


# --- the command -------------------------------------------------------------------------------------


def without_shells() -> dict[str, str]:
    return {**environment(), "PATH": ""}


def test_the_command_says_what_is_covered(tmp_path: Path) -> None:
    script = tmp_path / "job.ps1"
    script.write_text("Get-AzureRmVM\nGet-AzureRmVM\nGet-AzureRmContext\n")
    done = run("module", "scan", str(script))
    assert (done.returncode, done.stderr) == (0, "" if PARSERS else done.stderr)
    lines = done.stdout.splitlines()
    assert lines[0] == str(script)
    assert lines[1].split() == ["1,", "2", "Get-AzureRmVM", "covered"]
    assert lines[2].split() == ["3", "Get-AzureRmContext", "covered"]
    assert lines[-1] == ("1 script; uses of AzureRM: 3 covered, 0 with a parameter that is not known, 0 not covered")


def test_the_command_fails_where_something_is_not_covered(tmp_path: Path) -> None:
    (tmp_path / "job.ps1").write_text("Get-AzureRmVM -Nonsense\nNew-AzureRmDisk\n")
    done = run("module", "scan", str(tmp_path), env=without_shells())
    assert done.returncode == 1
    assert "They were read word by word" in done.stderr
    assert "-Nonsense is not known." in done.stdout
    (call,) = [line for line in done.stdout.splitlines() if "Invoke-AzureRmRestMethod" in line]
    assert call.endswith("-Payload $json")


def test_the_command_answers_in_json_lines(tmp_path: Path) -> None:
    (tmp_path / "j\xf6b.ps1").write_text("Get-AzureRmDisk -Name x\nGet-AzureRmVM\n")
    done = run("module", "scan", "--json", str(tmp_path), env=without_shells())
    assert done.stdout.isascii()
    disk, vm, total = map(json.loads, done.stdout.splitlines())
    assert Path(disk["file"]).name == "j\xf6b.ps1"
    assert (disk["name"], disk["state"], disk["az"], disk["line"]) == (
        "Get-AzureRmDisk",
        "not_covered",
        "Get-AzDisk",
        1,
    )
    assert (vm["state"], vm["call"]) == ("covered", None)
    assert total == {
        "scripts": 1,
        "parser": TOKENIZER,
        "covered": 1,
        "parameter_not_known": 0,
        "not_covered": 1,
        "note": 0,
    }


def test_a_note_alone_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "a.ps1").write_text("Invoke-WebRequest http://localhost:50342/oauth2/token\n")
    done = run("module", "scan", str(tmp_path), env=without_shells())
    assert done.returncode == 0
    assert "-UseBasicParsing" in done.stdout
    assert "pybridge serve" in done.stdout


def test_a_script_that_is_not_there_is_a_mistake_of_the_command_line() -> None:
    done = run("module", "scan", "no-such.ps1")
    assert (done.returncode, done.stdout) == (2, "")
    assert "there is no file or folder 'no-such.ps1'" in done.stderr
