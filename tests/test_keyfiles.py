"""keyfiles: only a key file right in its folder is read, and nothing of any file is told."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

import pytest
from support import leaks, shown

from pybridge import keyfiles
from pybridge.errors import ConfigurationError

KEY = "hush-this-is-the-key-of-the-challenge"

links = pytest.mark.skipif(os.name == "nt", reason="links need a right that Windows gives to few")
pipes = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes in folders here")
not_root = pytest.mark.skipif(
    hasattr(os, "geteuid") and os.geteuid() == 0, reason="root reads every file; another test simulates the refusal"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "tokens"
    made.mkdir()
    return made.resolve()


def write(path: Path, content: bytes | str = KEY) -> str:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(path)


def refused(path: str, folder: Path | None) -> ConfigurationError:
    """The error for this path. It and all it carries tell nothing of the key."""
    with pytest.raises(ConfigurationError) as caught:
        keyfiles.read(path, None if folder is None else str(folder))
    assert leaks({KEY}, *shown(caught.value)) == []
    assert caught.value.target == path
    return caught.value


# --- where it may be ---------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [KEY, f"{KEY}\n", f"  {KEY}\r\n"])
def test_a_key_file_is_read_without_blanks_around_its_text(folder: Path, content: str) -> None:
    assert keyfiles.read(write(folder / "a.key", content), str(folder)) == KEY


@pytest.mark.parametrize("ending", ["", "/"])
def test_the_folder_may_be_written_with_a_slash_at_its_end(folder: Path, ending: str) -> None:
    assert keyfiles.read(write(folder / "a.key"), f"{folder}{ending}") == KEY


@pytest.mark.parametrize(
    "name",
    [
        "../a.key",
        "nested/a.key",
        "nested/../a.key",
        "../tokens/a.key",
        "./a.key",
        "/a.key",
        "a.key/",
        "a.key/.",
        "a.txt",
        "a.key.txt",
        "a.KEY",
        "akey",
        "a",
        ".key",
        "",
        ".",
        "..",
        "a.key\0",
        "a\n.key",
    ],
)
def test_what_is_not_right_in_the_folder_is_not_read(folder: Path, name: str) -> None:
    (folder / "nested").mkdir()
    for path in (folder / "a.key", folder / "a.txt", folder / ".key", folder / "nested/a.key", folder.parent / "a.key"):
        write(path)
    error = refused(f"{folder}/{name}", folder)
    assert "which is not a .key file in" in error.message
    assert "Nothing was read" in (error.remedy or "")


@pytest.mark.parametrize(
    "path", ["", "a.key", "tokens/a.key", "/etc/passwd", "/proc/self/environ", "C:\\a.key", "~/a.key"]
)
def test_a_file_elsewhere_is_not_read(folder: Path, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.parent)
    write(folder / "a.key")
    assert "which is not a .key file in" in refused(path, folder).message


def test_nothing_is_opened_before_the_place_is_checked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[object] = []
    monkeypatch.setattr(os, "open", lambda *arguments: opened.append(arguments))
    refused(str(folder.parent / "a.key"), folder)
    assert opened == []


@links
def test_a_link_out_of_the_folder_is_not_followed(folder: Path) -> None:
    secret = write(folder.parent / "secret.key")
    (folder / "a.key").symlink_to(secret)
    assert "which is not a .key file in" in refused(str(folder / "a.key"), folder).message


@links
@pytest.mark.parametrize("target", ["real.key", "../tokens/real.key", "real.txt"])
def test_a_link_to_a_file_of_the_folder_is_not_followed_either(folder: Path, target: str) -> None:
    write(folder / "real.key")
    write(folder / "real.txt")
    (folder / "a.key").symlink_to(target)
    refused(str(folder / "a.key"), folder)


@links
def test_a_link_that_is_made_after_the_check_is_not_followed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret, path = write(folder.parent / "secret.key"), folder / "a.key"
    opening = os.open

    def late(name: str, flags: int) -> int:
        path.symlink_to(secret)
        return opening(name, flags)

    monkeypatch.setattr(os, "open", late)
    assert "cannot be read" in refused(str(path), folder).message


@links
def test_links_in_a_circle_are_an_error_of_ours(folder: Path) -> None:
    (folder / "a.key").symlink_to(folder / "a.key")
    refused(str(folder / "a.key"), folder)


@links
def test_the_folder_itself_may_be_a_link(folder: Path) -> None:
    write(folder / "a.key")
    linked = folder.parent / "linked"
    linked.symlink_to(folder)
    assert keyfiles.read(f"{linked}/a.key", str(linked)) == KEY
    refused(f"{folder}/a.key", linked)  # the same file, but not as the folder is called


WINDOWS = r"C:\ProgramData\AzureConnectedMachineAgent\Tokens"
LINUX = "/var/opt/azcmagent/tokens"


@pytest.mark.parametrize(
    ("path", "within"),
    [
        (rf"{WINDOWS}\a.key", True),
        (rf"{WINDOWS}\8a30-b.key".upper().replace(".KEY", ".key"), True),
        (rf"{WINDOWS}\..\Tokens\a.key", False),
        (rf"{WINDOWS}\..\a.key", False),
        (rf"{WINDOWS}\nested\a.key", False),
        (rf"{WINDOWS}\\a.key", False),
        (rf"{WINDOWS}\.\a.key", False),
        (rf"{WINDOWS}\a.key:stream", False),
        (rf"{WINDOWS}\a.key ", False),
        (rf"{WINDOWS}\a.key.", False),
        (rf"{WINDOWS}/a.key", False),
        (WINDOWS.replace("\\", "/") + "/a.key", False),
        (r"C:\ProgramData\a.key", False),
        (r"D:\ProgramData\AzureConnectedMachineAgent\Tokens\a.key", False),
        (r"C:ProgramData\AzureConnectedMachineAgent\Tokens\a.key", False),
        (r"\ProgramData\AzureConnectedMachineAgent\Tokens\a.key", False),
        (rf"\\?\{WINDOWS}\a.key", False),
        (r"\\server\share\AzureConnectedMachineAgent\Tokens\a.key", False),
        (rf"{WINDOWS}\a" + "\x1b[2J.key", False),
        ("", False),
    ],
)
def test_names_of_key_files_on_windows(path: str, within: bool) -> None:
    assert keyfiles.names_key_file(PureWindowsPath(path), path, PureWindowsPath(WINDOWS)) is within


@pytest.mark.parametrize("kind", [PureWindowsPath, PurePosixPath])
def test_one_systems_path_is_not_the_others(kind: type[PurePath]) -> None:
    folder, other = (WINDOWS, f"{LINUX}/a.key") if kind is PureWindowsPath else (LINUX, rf"{WINDOWS}\a.key")
    assert not keyfiles.names_key_file(kind(other), other, kind(folder))


# --- what it may be ----------------------------------------------------------------------------------


def test_a_key_may_have_4096_bytes_and_not_one_more(folder: Path) -> None:
    assert keyfiles.read(write(folder / "a.key", "k" * 4096), str(folder)) == "k" * 4096
    assert "up to 4096 bytes" in refused(write(folder / "b.key", "k" * 4097), folder).message


def test_blanks_count_too(folder: Path) -> None:
    refused(write(folder / "a.key", KEY + " " * 4096), folder)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b" \r\n",
        KEY.encode() + b"\nX-Injected: 1",
        KEY.encode() + b"\x00",
        KEY.encode() + b"\x1b[2J",
        b"\xff\xfe" + KEY.encode("utf-16-le"),
        b"\xef\xbb\xbf" + KEY.encode(),
        KEY.encode() + "\u00fc".encode(),
        bytes(range(256)),
    ],
)
def test_what_fits_no_header_is_refused_and_not_shown(folder: Path, content: bytes) -> None:
    error = refused(write(folder / "a.key", content), folder)
    assert "does not hold one line of text" in error.message
    refused(write(folder / "token", content), None)


def test_a_folder_is_not_a_key_and_does_not_stay_open(folder: Path) -> None:
    path = folder / "a.key"
    path.mkdir()
    refused(str(path), folder)  # whatever is loaded for the first time
    before = descriptors()
    for _ in range(5):
        refused(str(path), folder)
    assert descriptors() == before


def descriptors() -> int | None:
    """How many are open; None where the system does not tell."""
    listing = Path("/proc/self/fd")
    return len(list(listing.iterdir())) if listing.is_dir() else None


@pipes
def test_a_pipe_is_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "a.key")
    assert "does not hold one line" in refused(str(folder / "a.key"), folder).message
    refused(str(folder / "a.key"), None)


def test_a_file_that_is_not_there(folder: Path) -> None:
    error = refused(str(folder / "a.key"), folder)
    assert "cannot be read" in error.message
    assert "Check that the file is there" in (error.remedy or "")


@pytest.fixture
def forbidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbid(path: str, flags: int) -> int:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(os, "open", forbid)


@pytest.mark.usefixtures("forbidden")
def test_who_may_not_read_a_key_is_told_which_group_to_join(folder: Path) -> None:
    remedy = refused(str(folder / "a.key"), folder).remedy or ""
    for word in ("himds", "sign in anew", "Hybrid Agent Extension Applications", "Administrators"):
        assert word in remedy


@pytest.mark.usefixtures("forbidden")
def test_other_files_have_no_such_group(folder: Path) -> None:
    assert "himds" not in (refused(str(folder / "token"), None).remedy or "")


@pytest.fixture
def unreadable(folder: Path) -> Iterator[str]:
    path = folder / "a.key"
    write(path)
    path.chmod(0)
    yield str(path)
    path.chmod(stat.S_IRWXU)


@not_root
@pytest.mark.skipif(os.name == "nt", reason="rights of files as POSIX has them")
def test_a_real_file_that_may_not_be_read(folder: Path, unreadable: str) -> None:
    assert "himds" in (refused(unreadable, folder).remedy or "")


# --- files that are not keys -------------------------------------------------------------------------


@pytest.mark.parametrize("size", [4097, 65536])
def test_a_clusters_token_may_be_longer_and_anywhere(folder: Path, size: int) -> None:
    assert keyfiles.read(write(folder / "azure-identity-token", "t" * size), None) == "t" * size


def test_but_not_of_any_length(folder: Path) -> None:
    assert "up to 65536 bytes" in refused(write(folder / "token", "t" * 65537), None).message


@links
def test_kubernetes_puts_it_behind_links(folder: Path) -> None:
    (folder / "..data").mkdir()
    write(folder / "..data/token")
    (folder / "token").symlink_to("..data/token")
    assert keyfiles.read(str(folder / "token"), None) == KEY


def test_a_file_that_changes_is_read_anew(folder: Path) -> None:
    path = folder / "token"
    assert [keyfiles.read(write(path, text), None) for text in ("first", "second")] == ["first", "second"]
