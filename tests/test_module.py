"""module: where the PowerShell module is, and how it gets onto PSModulePath and off it again."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from support import environment, run

from pybridge import module
from pybridge.errors import ConfigurationError, UsageError


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def install(folder: Path) -> Path:
    (target,) = module.install("user", str(folder))
    return target


def uninstall(folder: Path) -> list[Path]:
    return list(module.uninstall("user", str(folder)))


def test_the_module_is_found_beside_the_package_or_in_it() -> None:
    root = module.module_root()
    assert (root / "PyBridge" / "PyBridge.psd1").is_file()
    assert (root / "PyBridge" / "Core" / "Invoke.ps1").is_file()
    assert (root / "commands.yaml").is_file()


def test_a_package_without_its_module_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "__file__", str(tmp_path / "pybridge" / "module.py"))
    with pytest.raises(ConfigurationError, match="the PowerShell module is missing"):
        module.module_root()


def test_install_copies_the_module_and_records_this_interpreter(tmp_path: Path) -> None:
    target = install(tmp_path)
    assert target == tmp_path.resolve() / "PyBridge"
    installed = tree(target)
    assert installed.pop("interpreter.txt").decode().strip() == sys.executable
    assert installed == tree(module.module_root() / "PyBridge")
    assert [path.name for path in tmp_path.iterdir()] == ["PyBridge"]


def test_a_second_install_leaves_the_same(tmp_path: Path) -> None:
    target = install(tmp_path)
    first = tree(target)
    assert install(tmp_path) == target
    assert tree(target) == first


def test_install_replaces_what_an_older_version_left(tmp_path: Path) -> None:
    target = install(tmp_path)
    fresh = tree(target)
    (target / "Core" / "Old.ps1").write_text("old")
    (target / "Core" / "Invoke.ps1").write_text("old")
    (target / "interpreter.txt").write_text("/old/python\n")
    (tmp_path / ".PyBridge.new").mkdir()
    install(tmp_path)
    assert tree(target) == fresh
    assert [path.name for path in tmp_path.iterdir()] == ["PyBridge"]


def test_install_makes_the_folder_that_it_needs(tmp_path: Path) -> None:
    assert install(tmp_path / "a b" / "Modules").is_dir()


def test_somebody_elses_module_is_left_alone(tmp_path: Path) -> None:
    foreign = tmp_path / "PyBridge" / "PyBridge.psd1"
    foreign.parent.mkdir()
    foreign.write_text("@{}")
    for act in (install, uninstall):
        with pytest.raises(UsageError, match="was not put there") as caught:
            act(tmp_path)
        assert "--path" in (caught.value.remedy or "")
    assert tree(tmp_path) == {"PyBridge/PyBridge.psd1": b"@{}"}


def test_uninstall_removes_the_module_and_nothing_else(tmp_path: Path) -> None:
    target = install(tmp_path)
    (tmp_path / "Other").mkdir()
    assert uninstall(tmp_path) == [target]
    assert [path.name for path in tmp_path.iterdir()] == ["Other"]
    assert uninstall(tmp_path) == []


def test_a_place_that_cannot_be_written_is_refused_with_another(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be written") as caught:
        install(tmp_path / "file")
    assert "--scope user" in (caught.value.remedy or "")


# --- the modules by AzureRM's names ------------------------------------------------------------------

SHIMS = ["AzureRM", "AzureRM.Compute", "AzureRM.ManagedServiceIdentity", "AzureRM.Profile", "AzureRM.Resources"]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of modules that is on PSModulePath, and a user who has no others."""
    folder = tmp_path / "Modules"
    monkeypatch.setenv("PSModulePath", os.pathsep.join([str(tmp_path / "none"), str(folder)]))
    monkeypatch.setattr(module, "_unix_folder", lambda scope, environ: tmp_path / scope)
    monkeypatch.setattr(module, "_documents", lambda: tmp_path)
    monkeypatch.setenv("ProgramFiles", str(tmp_path))
    return folder


def install_azurerm(folder: Path) -> list[str]:
    return [path.name for path in module.install("user", str(folder), azurerm=True)]


def manifest(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding=encoding)
    return path


def test_the_old_names_are_installed_when_asked_for_and_only_then(home: Path) -> None:
    assert [path.name for path in module.install("user", str(home))] == ["PyBridge"]
    assert install_azurerm(home) == ["PyBridge", *SHIMS]
    for name in SHIMS:
        assert tree(home / name) == tree(module.module_root() / module.SHIMS / name)
    assert sorted(path.name for path in home.iterdir()) == [*SHIMS, "PyBridge"]


def test_the_old_names_are_replaced_and_removed(home: Path) -> None:
    install_azurerm(home)
    (home / "AzureRM.Compute" / "old.ps1").write_text("old")
    assert install_azurerm(home) == ["PyBridge", *SHIMS]
    assert not (home / "AzureRM.Compute" / "old.ps1").exists()
    assert [path.name for path in uninstall(home)] == ["PyBridge", *SHIMS]
    assert list(home.iterdir()) == []


@pytest.mark.parametrize(
    "place", ["AzureRM.profile/5.8.4/AzureRM.Profile.psd1", "AzureRM.Compute/AzureRM.Compute.psd1"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_beside_azurerm_itself_the_old_names_are_refused(home: Path, tmp_path: Path, place: str, encoding: str) -> None:
    text = "@{\n# it\nGUID = '342714fc-4009-4863-8afb-a9067e3db04b'\n}\n"
    real = manifest(home / place, text, encoding)
    with pytest.raises(UsageError, match="AzureRM itself is installed") as caught:
        install_azurerm(tmp_path / "elsewhere")
    assert caught.value.target == str(real.parent)
    assert "--azurerm" in (caught.value.remedy or "")
    assert not (tmp_path / "elsewhere").exists()
    assert [path.name for path in module.install("user", str(home))] == ["PyBridge"]
    assert [path.name for path in uninstall(home)] == ["PyBridge"]
    assert real.read_text(encoding) == text


def test_a_file_by_an_old_name_is_no_module(home: Path, tmp_path: Path) -> None:
    home.mkdir()
    (home / "AzureRM").write_text("")
    assert install_azurerm(tmp_path / "elsewhere") == ["PyBridge", *SHIMS]


def test_a_manifest_without_an_identity_is_not_ours(home: Path) -> None:
    manifest(home / "AzureRM" / "AzureRM.psd1", "@{ ModuleVersion = '1.0' }")
    with pytest.raises(UsageError, match="AzureRM itself is installed"):
        install_azurerm(home)


def test_another_thing_by_an_old_name_is_left_alone(home: Path) -> None:
    (home / "AzureRM.Profile").mkdir(parents=True)
    with pytest.raises(UsageError, match="was not put there"):
        install_azurerm(home)
    assert [path.name for path in home.iterdir()] == ["AzureRM.Profile"]


def test_the_command_installs_the_old_names_too(home: Path) -> None:
    done = run("module", "install", "--azurerm", "--path", str(home), env=environment(PSModulePath=str(home)))
    assert (done.returncode, done.stderr) == (0, "")
    folder = home.resolve()
    lines = [f"installed {folder / name}" for name in SHIMS]
    assert done.stdout.splitlines() == [f"installed {folder / 'PyBridge'} for {sys.executable}", *lines]


# --- folders and the command -------------------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="the folders of Windows are asked of Windows")
@pytest.mark.parametrize(
    ("scope", "variables", "folder"),
    [
        ("user", {}, ".local/share/powershell/Modules"),
        ("user", {"XDG_DATA_HOME": ""}, ".local/share/powershell/Modules"),
        ("user", {"XDG_DATA_HOME": "data"}, "data/powershell/Modules"),
    ],
)
def test_the_users_folder_is_where_powershell_looks(
    tmp_path: Path, scope: str, variables: dict[str, str], folder: str
) -> None:
    given = {name: str(tmp_path / value) if value else "" for name, value in variables.items()}
    done = run("module", "install", env=environment(**{"HOME": str(tmp_path), **given}))
    target = (tmp_path / folder).resolve() / "PyBridge"
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"installed {target} for {sys.executable}\n"
    assert (target / "PyBridge.psm1").is_file()


def test_the_command_installs_and_uninstalls(tmp_path: Path) -> None:
    target = tmp_path.resolve() / "PyBridge"
    for _ in range(2):
        done = run("module", "install", "--path", str(tmp_path))
        assert (done.returncode, done.stdout) == (0, f"installed {target} for {sys.executable}\n")
        assert f"$env:PSModulePath = '{target.parent}{os.pathsep}' + $env:PSModulePath" in done.stderr
    assert (target / "interpreter.txt").read_text(encoding="utf-8").strip() == sys.executable
    done = run("module", "uninstall", "--path", str(tmp_path))
    assert (done.returncode, done.stdout) == (0, f"removed {target}\n")
    done = run("module", "uninstall", "--path", str(tmp_path))
    assert (done.returncode, done.stdout) == (0, "nothing to remove\n")


def test_the_command_refuses_somebody_elses_module(tmp_path: Path) -> None:
    (tmp_path / "PyBridge").mkdir()
    done = run("module", "install", "--path", str(tmp_path))
    assert (done.returncode, done.stdout) == (2, "")
    assert "was not put there" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_command_tells_the_folder_and_the_interpreter() -> None:
    assert run("module", "path").stdout == f"{module.module_root()}\n"
    assert json.loads(run("module", "interpreter").stdout) == sys.executable
