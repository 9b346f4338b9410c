"""remote/scripts/install.ps1: puts the module into a folder of modules, whole or not at all."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from shells import Shell

from pybridge.parcel import Parcel, pack
from pybridge.remote import script

Ask = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def parcel() -> Parcel:
    return pack()


def look(parcel: Parcel, modules: Path) -> dict[str, Any]:
    """The question without the module."""
    return {
        "name": parcel.name,
        "version": parcel.version,
        "guid": parcel.guid,
        "files": dict(parcel.files),
        "modules": str(modules),
    }


def put(parcel: Parcel, modules: Path, **changes: object) -> dict[str, Any]:
    """The question with it."""
    package = base64.b64encode(parcel.data).decode()
    return {**look(parcel, modules), "sha256": parcel.sha256, "package": package, **changes}


@pytest.fixture
def ask(shell: Shell, tmp_path: Path) -> Ask:
    """Runs the script once for each question, in one process; the last answer."""

    def run(*questions: Mapping[str, Any], **variables: str) -> dict[str, Any]:
        folder = tmp_path / "questions"
        folder.mkdir(exist_ok=True)
        lines = [json.dumps(question) for question in questions]
        (folder / "lines").write_text("\n".join(lines), encoding="utf-8")
        (folder / "install.ps1").write_text(script("install"), encoding="ascii")
        text = f"""
            $script = [scriptblock]::Create([System.IO.File]::ReadAllText('{folder / "install.ps1"}'))
            foreach ($line in [System.IO.File]::ReadAllLines('{folder / "lines"}')) {{ & $script $line }}
            """
        done = shell.run(text, {**os.environ, **variables}, folder=folder)
        assert (done.code, done.stderr) == (0, "")
        assert done.stdout.isascii()
        assert len(done.lines) == len(questions)
        answer: dict[str, Any] = json.loads(done.lines[-1])
        return answer

    return run


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_it_is_put_there_and_found_there(ask: Ask, parcel: Parcel, tmp_path: Path) -> None:
    modules = tmp_path / "Modules \u00e4"
    target = modules / parcel.name / parcel.version
    path = str(target)
    assert ask(look(parcel, modules)) == {"state": "absent", "path": path}
    assert not modules.exists()
    assert ask(put(parcel, modules)) == {"state": "installed", "path": path}
    assert set(tree(target)) == set(parcel.files)
    assert [entry.name for entry in target.parent.iterdir()] == [parcel.version]
    assert ask(look(parcel, modules)) == {"state": "there", "path": path}


def test_powershell_finds_it_by_its_name(shell: Shell, ask: Ask, parcel: Parcel, tmp_path: Path) -> None:
    ask(put(parcel, tmp_path / "Modules"))
    run = shell.run(
        "Import-Module PyBridge; (Get-Module PyBridge).Version.ToString(); (Get-Command Get-MsiToken).Source",
        {**os.environ, "PSModulePath": str(tmp_path / "Modules")},
        folder=tmp_path,
    )
    assert (run.lines, run.stderr) == ([parcel.version, "PyBridge"], "")


def test_what_is_damaged_is_mended_and_the_interpreter_kept(ask: Ask, parcel: Parcel, tmp_path: Path) -> None:
    modules = tmp_path / "Modules"
    target = modules / parcel.name / parcel.version
    ask(put(parcel, modules))
    whole = tree(target)
    (target / "Core" / "Invoke.ps1").write_text("# not ours")
    (target / "Core" / "Old.ps1").write_text("# of old")
    (target / "interpreter.txt").write_text("/usr/bin/python3\n")
    assert ask(look(parcel, modules))["state"] == "absent"
    assert ask(put(parcel, modules))["state"] == "installed"
    assert tree(target) == {**whole, "interpreter.txt": b"/usr/bin/python3\n"}


def test_another_version_stays_beside_it(ask: Ask, parcel: Parcel, tmp_path: Path) -> None:
    other = tmp_path / "Modules" / parcel.name / "0.0.1" / "PyBridge.psd1"
    other.parent.mkdir(parents=True)
    other.write_text("@{}")
    assert ask(put(parcel, tmp_path / "Modules"))["state"] == "installed"
    assert other.read_text() == "@{}"


def test_another_module_of_that_name_is_left_alone(ask: Ask, parcel: Parcel, tmp_path: Path) -> None:
    foreign = tmp_path / "Modules" / parcel.name / parcel.version / "PyBridge.psd1"
    foreign.parent.mkdir(parents=True)
    foreign.write_text("@{ GUID = '00000000-0000-0000-0000-000000000000' }")
    for question in (look, put):
        assert ask(question(parcel, tmp_path / "Modules"))["failed"] == "foreign"
    assert set(tree(tmp_path / "Modules")) == {f"PyBridge/{parcel.version}/PyBridge.psd1"}


def test_leftovers_go_when_they_are_old(ask: Ask, parcel: Parcel, tmp_path: Path) -> None:
    """One that is young may be of an installation that is under way."""
    base = tmp_path / "Modules" / parcel.name
    for name, seconds in {".pybridge-1-new": 1, ".pybridge-2-old": 1, "another": 1, ".pybridge-3-new": None}.items():
        (base / name / "Core").mkdir(parents=True)
        if seconds is not None:
            os.utime(base / name, (seconds, seconds))
    ask(put(parcel, tmp_path / "Modules"))
    assert sorted(entry.name for entry in base.iterdir()) == [".pybridge-3-new", parcel.version, "another"]


@pytest.mark.parametrize(
    "changes",
    [{"sha256": "0" * 64}, {"package": base64.b64encode(b"cut off").decode()}, {"files": {"PyBridge.psd1": "0" * 64}}],
    ids=["sum", "bytes", "file"],
)
def test_what_came_damaged_is_not_installed(
    ask: Ask, parcel: Parcel, tmp_path: Path, changes: dict[str, object]
) -> None:
    answer = ask(put(parcel, tmp_path / "Modules", **changes))
    assert answer["failed"] == "checksum"
    left = [path.name for path in (tmp_path / "Modules").rglob("*")]
    assert set(left) <= {parcel.name}


def test_a_zip_that_is_none_is_said(ask: Ask, parcel: Parcel, tmp_path: Path) -> None:
    data = b"PK no zip"
    changes = {"sha256": hashlib.sha256(data).hexdigest(), "package": base64.b64encode(data).decode()}
    answer = ask(put(parcel, tmp_path / "Modules", **changes))
    assert answer["failed"] == "InvalidDataException"
    assert list((tmp_path / "Modules" / parcel.name).iterdir()) == []


def test_a_folder_that_cannot_be_made_is_said(ask: Ask, parcel: Parcel, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    answer = ask(put(parcel, tmp_path / "file"))
    assert answer["failed"] in ("IOException", "DirectoryNotFoundException")
    assert str(tmp_path / "file") in answer["text"]


@pytest.mark.skipif(os.name == "nt", reason="the folders of Windows are asked of Windows")
@pytest.mark.parametrize(
    ("scope", "folder"),
    [("CurrentUser", "data/powershell/Modules"), ("AllUsers", "/usr/local/share/powershell/Modules")],
)
def test_the_folder_is_the_one_of_the_scope(ask: Ask, parcel: Parcel, tmp_path: Path, scope: str, folder: str) -> None:
    question = {**look(parcel, tmp_path), "scope": scope, "modules": ""}
    answer = ask(question, XDG_DATA_HOME=str(tmp_path / "data"), HOME=str(tmp_path))
    assert answer["path"] == str(tmp_path / folder / parcel.name / parcel.version)
