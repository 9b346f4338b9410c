"""The folder that keeps others out: made so, and refused where it is not so."""

from __future__ import annotations

import errno
import os
import stat
import sys
from pathlib import Path

import pytest

from pybridge.cachefile import folder as tokenfolder
from pybridge.cachefile.folder import TokenFolder
from pybridge.errors import ConfigurationError

with_rights = pytest.mark.skipif(sys.platform == "win32", reason="on Windows no bits tell a file's rights")


def rights(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


@pytest.fixture
def folder(tmp_path: Path) -> TokenFolder:
    """A folder that is not there yet, nor is the one above it."""
    return TokenFolder(tmp_path / "above" / "tokens")


def test_what_is_written_is_read(folder: TokenFolder) -> None:
    folder.write("a", b"first")
    folder.write("a", b"second")
    assert folder.read("a") == b"second"
    assert [path.name for path in folder.path.iterdir()] == ["a"]


def test_nothing_is_made_by_reading(folder: TokenFolder) -> None:
    assert folder.read("a") is None
    assert not folder.path.parent.exists()


@with_rights
def test_only_its_owner_can_get_in(folder: TokenFolder) -> None:
    before = os.umask(0)
    try:
        folder.write("a", b"data")
        folder.touch("b")
    finally:
        os.umask(before)
    assert (rights(folder.path.parent), rights(folder.path)) == (0o700, 0o700)
    assert (rights(folder.path / "a"), rights(folder.path / "b")) == (0o600, 0o600)


@with_rights
@pytest.mark.parametrize("mode", [0o720, 0o702, 0o777])
def test_a_folder_that_others_can_write_to_is_refused(folder: TokenFolder, mode: int) -> None:
    folder.write("a", b"data")
    folder.path.chmod(mode)
    for act in (lambda: folder.read("a"), lambda: folder.write("a", b"more"), folder.make):
        with pytest.raises(ConfigurationError, match="tokens can be written to by other users") as caught:
            act()
        assert caught.value.target == str(folder.path)
        assert "chmod" in str(caught.value.remedy)


@with_rights
@pytest.mark.parametrize("mode", [0o620, 0o602])
def test_a_file_that_others_can_write_to_is_refused(folder: TokenFolder, mode: int) -> None:
    folder.write("a", b"data")
    (folder.path / "a").chmod(mode)
    with pytest.raises(ConfigurationError, match="can be written to by other users"):
        folder.read("a")


@with_rights
def test_what_others_can_read_is_no_danger(folder: TokenFolder) -> None:
    folder.path.mkdir(parents=True, mode=0o755)
    folder.write("a", b"data")
    assert folder.read("a") == b"data"
    assert rights(folder.path / "a") == 0o600


@with_rights
def test_somebody_elses_folder_is_refused(folder: TokenFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.write("a", b"data")
    owner = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    with pytest.raises(ConfigurationError, match="tokens belongs to another user"):
        folder.read("a")


@with_rights
def test_somebody_elses_file_is_refused(folder: TokenFolder) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    folder.write("a", b"data")
    os.chown(folder.path / "a", os.geteuid() + 1, -1)
    with pytest.raises(ConfigurationError, match="a belongs to another user"):
        folder.read("a")


@with_rights
@pytest.mark.parametrize("exists", [True, False])
def test_a_link_instead_of_the_folder_is_refused(folder: TokenFolder, tmp_path: Path, exists: bool) -> None:
    target = tmp_path / "target"
    if exists:
        target.mkdir(0o700)
    folder.path.parent.mkdir()
    folder.path.symlink_to(target)
    for act in (lambda: folder.read("a"), lambda: folder.write("a", b"data")):
        with pytest.raises(ConfigurationError, match="tokens is a link"):
            act()


@with_rights
@pytest.mark.parametrize("exists", [True, False])
def test_a_link_instead_of_a_file_is_refused(folder: TokenFolder, tmp_path: Path, exists: bool) -> None:
    target = tmp_path / "target"
    if exists:
        target.write_bytes(b"planted")
    folder.make()
    (folder.path / "a").symlink_to(target)
    with pytest.raises(ConfigurationError, match="a is a link"):
        folder.read("a")
    with pytest.raises(OSError, match=os.strerror(errno.ELOOP)):
        folder.touch("a")


@with_rights
def test_a_link_is_refused_without_the_systems_help(
    folder: TokenFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "target"
    target.write_bytes(b"planted")
    folder.make()
    (folder.path / "a").symlink_to(target)
    monkeypatch.delattr(os, "O_NOFOLLOW")
    with pytest.raises(ConfigurationError, match="a is a link"):
        folder.read("a")


def test_a_file_instead_of_the_folder_is_refused(folder: TokenFolder) -> None:
    folder.path.parent.mkdir()
    folder.path.write_bytes(b"")
    with pytest.raises(ConfigurationError, match="tokens is not a folder"):
        folder.read("a")


@with_rights
def test_a_pipe_or_a_folder_is_no_file(folder: TokenFolder) -> None:
    folder.make()
    os.mkfifo(folder.path / "pipe", 0o600)
    (folder.path / "folder").mkdir(0o700)
    assert (folder.read("pipe"), folder.read("folder")) == (b"", b"")


def test_a_large_file_is_not_read(folder: TokenFolder) -> None:
    folder.write("a", b"." * 300_000)
    assert folder.read("a") == b""


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    folder = TokenFolder(tmp_path / "file" / "below" / "tokens")
    assert folder.read("a") is None
    with pytest.raises(OSError, match="file"):
        folder.write("a", b"data")


def test_a_failed_write_leaves_nothing_behind(folder: TokenFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.write("a", b"first")

    def full(_self: Path, _target: Path) -> Path:
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="no space left"):
        folder.write("a", b"second")
    assert folder.read("a") == b"first"
    assert [path.name for path in folder.path.iterdir()] == ["a"]


def test_a_file_that_is_being_read_is_replaced_a_little_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    folder = TokenFolder(tmp_path / "tokens", sleep=slept.append)
    replace = Path.replace

    def busy(path: Path, target: Path) -> Path:
        if len(slept) < 2:
            raise PermissionError(errno.EACCES, "somebody reads it")
        return replace(path, target)

    monkeypatch.setattr(tokenfolder, "_REPLACE_ATTEMPTS", 5)
    monkeypatch.setattr(Path, "replace", busy)
    folder.write("a", b"data")
    assert folder.read("a") == b"data"
    assert len(slept) == 2
