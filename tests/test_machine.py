"""What tells this machine from another one."""

from __future__ import annotations

import platform
import sys
import uuid
from pathlib import Path

import pytest

from pybridge.cachefile.machine import machine_id

linux_only = pytest.mark.skipif(sys.platform == "win32", reason="on Windows the registry tells the machine's id")


def system(root: Path, **files: str) -> Path:
    """A root folder with the files that tell a machine's id, by these short names."""
    places = {
        "installation": "etc/machine-id",
        "dbus": "var/lib/dbus/machine-id",
        "boot": "proc/sys/kernel/random/boot_id",
    }
    for name, text in files.items():
        path = root / places[name]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def test_it_stays_the_same() -> None:
    assert machine_id() == machine_id() != ""


@linux_only
def test_installation_and_boot(tmp_path: Path) -> None:
    assert machine_id(system(tmp_path, installation="abc\n", dbus="other\n", boot="first\n")) == "abc\nfirst"


@linux_only
def test_two_machines_of_one_image(tmp_path: Path) -> None:
    one = machine_id(system(tmp_path / "one", installation="abc\n", boot="first\n"))
    assert one != machine_id(system(tmp_path / "two", installation="abc\n", boot="second\n"))


@linux_only
@pytest.mark.parametrize("unset", ["", "\n", "uninitialized\n", "\N{SNOWMAN}"])
def test_another_place_where_the_first_is_unset(tmp_path: Path, unset: str) -> None:
    root = system(tmp_path, dbus="abc\n")
    (root / "etc").mkdir()
    (root / "etc/machine-id").write_text(unset, encoding="utf-8")
    assert machine_id(root) == "abc"


@linux_only
def test_two_containers_of_one_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = system(tmp_path, boot="first\n")
    names = iter(["one", "two"])
    monkeypatch.setattr(platform, "node", lambda: next(names))
    assert [machine_id(root), machine_id(root)] == ["one\nfirst", "two\nfirst"]


@linux_only
def test_the_network_tells_where_no_file_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "node", lambda: "mine")
    monkeypatch.setattr(uuid, "getnode", lambda: 0x00155D010203)
    assert machine_id(tmp_path) == "mine\n00155d010203"


@linux_only
def test_a_made_up_network_address_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "node", lambda: "mine")
    monkeypatch.setattr(uuid, "getnode", lambda: 0x01155D010203)
    assert machine_id(tmp_path) == "mine\n"
