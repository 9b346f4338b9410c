"""parcel: the module as a zip, which is the same each time and holds what a session needs, no more."""

from __future__ import annotations

import hashlib
import io
import shutil
import zipfile
from pathlib import Path

import pytest

import pybridge
from pybridge.errors import ConfigurationError
from pybridge.module import module_root
from pybridge.parcel import pack


def copy(folder: Path) -> Path:
    return Path(shutil.copytree(module_root() / "PyBridge", folder / "PyBridge"))


def test_it_holds_the_module_file_by_file() -> None:
    parcel = pack()
    folder = module_root() / "PyBridge"
    with zipfile.ZipFile(io.BytesIO(parcel.data)) as archive:
        assert archive.testzip() is None
        packed = {name: archive.read(name) for name in archive.namelist()}
    assert packed == {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }
    assert {name: hashlib.sha256(content).hexdigest() for name, content in packed.items()} == dict(parcel.files)
    assert parcel.sha256 == hashlib.sha256(parcel.data).hexdigest()
    assert parcel.version == pybridge.__version__
    assert parcel.guid in packed["PyBridge.psd1"].decode()


def test_the_same_module_is_the_same_zip(tmp_path: Path) -> None:
    """Wherever it stands, whenever it was written, and whatever else lies there."""
    other = copy(tmp_path)
    (other / "interpreter.txt").write_text("/usr/bin/python3\n")
    (other / "Core" / "Invoke.ps1~").write_text("an editor's")
    (other / "PyBridge.psd1").touch()
    assert pack(other) == pack()


def test_another_file_is_another_module(tmp_path: Path) -> None:
    other = copy(tmp_path)
    with (other / "Core" / "Invoke.ps1").open("a") as file:
        file.write("# more\n")
    first, second = pack(), pack(other)
    assert {name for name in first.files if first.files[name] != second.files[name]} == {"Core/Invoke.ps1"}
    assert first.sha256 != second.sha256


def test_a_folder_without_a_manifest_is_refused(tmp_path: Path) -> None:
    other = copy(tmp_path)
    (other / "PyBridge.psd1").unlink()
    with pytest.raises(ConfigurationError, match="names no ModuleVersion"):
        pack(other)
