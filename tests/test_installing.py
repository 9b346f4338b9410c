"""installing: the module is asked for first, and sent only where it is not; over WinRM, and through the command."""

from __future__ import annotations

import base64
import json
import shlex
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import wsman_host
from shells import Shell
from support import run
from wsman_host import Handle, WsmanHost

from pybridge.errors import MalformedError, RemoteScriptError
from pybridge.fleet import Fleet
from pybridge.hosts import Host, host
from pybridge.installing import install, install_module
from pybridge.parcel import pack
from pybridge.passwords import Password
from pybridge.resources import InstalledModule

PARCEL = pack()


class There:
    """A computer that gives these answers, in order."""

    def __init__(self, *answers: Mapping[str, Any]) -> None:
        self._answers = list(answers)
        self.questions: list[dict[str, Any]] = []

    def __call__(self, script: str, question: Mapping[str, Any], /) -> Mapping[str, Any]:
        assert script == "install"
        self.questions.append(dict(question))
        return self._answers.pop(0)


def test_what_is_there_is_not_sent() -> None:
    there = There({"state": "there", "path": "C:\\M"})
    found = install(there, "vm01", PARCEL)
    assert found == InstalledModule("PyBridge", PARCEL.version, "AlreadyThere", "C:\\M")
    (question,) = there.questions
    assert question["files"] == PARCEL.files
    assert (question["scope"], question["modules"]) == ("CurrentUser", "")
    assert "package" not in question


def test_what_is_not_there_is_sent_with_its_sum() -> None:
    there = There({"state": "absent", "path": "D:\\M"}, {"state": "installed", "path": "D:\\M"})
    found = install(there, "vm01", PARCEL, scope="AllUsers", path="D:\\")
    assert found == InstalledModule("PyBridge", PARCEL.version, "Installed", "D:\\M")
    first, second = there.questions
    assert {name: second[name] for name in first} == first
    assert (first["scope"], first["modules"]) == ("AllUsers", "D:\\")
    assert base64.b64decode(second["package"]) == PARCEL.data
    assert second["sha256"] == PARCEL.sha256


@pytest.mark.parametrize(
    ("failed", "remedy"),
    [
        ("foreign", "another folder"),
        ("checksum", "Try again"),
        ("no_folder", "for all users"),
        ("UnauthorizedAccessException", "as an administrator"),
        ("IOException", "Close the PowerShell sessions"),
        ("OutOfMemoryException", None),
    ],
)
def test_a_refusal_says_where_why_and_what_to_do(failed: str, remedy: str | None) -> None:
    there = There({"state": "absent", "path": "C:\\M", "failed": failed, "text": "no \x1b[31mway"})
    with pytest.raises(RemoteScriptError) as caught:
        install(there, "vm01", PARCEL)
    assert caught.value.message == "vm01: the module cannot be put into C:\\M: no way"
    assert caught.value.target == "vm01"
    if remedy is None:
        assert caught.value.remedy is None
    else:
        assert remedy in (caught.value.remedy or "")


@pytest.mark.parametrize("answer", [{}, {"state": "maybe"}, {"state": "absent", "path": ""}])
def test_no_clear_answer_is_no_success(answer: Mapping[str, Any]) -> None:
    with pytest.raises(MalformedError, match="did not say how it ended"):
        install(There(answer, answer), "vm01", PARCEL)


# --- over WinRM --------------------------------------------------------------------------------------


@pytest.fixture
def windows(shell: Shell) -> Iterator[list[Handle]]:
    options = [WsmanHost(name=name, powershell=shell.executable) for name in ("vm01", "vm02")]
    with wsman_host.running_all(options) as hosts:
        yield hosts


def reached(handle: Handle) -> Host:
    password = Password(handle.password())
    return host(
        handle.name, address=handle.https, username="admin", password=password, authentication="basic", ca=handle.ca
    )


def test_it_is_put_there_in_one_shell_and_found_there_in_one_round_trip(windows: list[Handle], tmp_path: Path) -> None:
    vm01 = windows[0]
    target = tmp_path / "PyBridge" / PARCEL.version
    sent: list[tuple[int, int]] = []
    found = install_module(reached(vm01), path=str(tmp_path), on_sent=lambda done, total: sent.append((done, total)))
    assert found == InstalledModule("PyBridge", PARCEL.version, "Installed", str(target))
    assert {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()} == set(PARCEL.files)
    assert (vm01.count("Create"), vm01.count("Command")) == (1, 1)
    assert sent[-1][0] == sent[-1][1] > len(PARCEL.data)
    assert vm01.stats()["largest"] <= 150 * 1024
    size = sum(request["size"] for request in vm01.requests)

    vm01.clear()
    found = install_module(reached(vm01), path=str(tmp_path))
    assert found == InstalledModule("PyBridge", PARCEL.version, "AlreadyThere", str(target))
    assert (vm01.count("Create"), vm01.count("Send"), vm01.shells) == (1, 1, [])
    assert sum(request["size"] for request in vm01.requests) < size - len(PARCEL.data)


def test_several_hosts_each_have_their_own_outcome(windows: list[Handle], tmp_path: Path) -> None:
    windows[1].fault("Create", "fault", code=5, times=0)
    hosts = [reached(handle) for handle in windows]
    outcomes = {outcome.host: outcome for outcome in Fleet(hosts).map(install_module, path=str(tmp_path))}
    assert outcomes["vm01"].value is not None
    assert outcomes["vm01"].value.state == "Installed"
    assert outcomes["vm02"].error is not None
    assert outcomes["vm02"].error.target == "vm02"


def arguments(handle: Handle, folder: Path) -> list[str]:
    command = [sys.executable, "-c", f"print({handle.password()!r})"]
    given = ["--user", "admin", "--password-command", shlex.join(command)]
    given += ["--authentication", "basic", "--ca", handle.ca, "--path", str(folder)]
    return ["module", "install", "--host", handle.https, *given]


def test_the_command_installs_on_a_host(windows: list[Handle], tmp_path: Path) -> None:
    target = tmp_path / "PyBridge" / PARCEL.version
    for word in ("installed", "already in"):
        done = run(*arguments(windows[0], tmp_path))
        assert (done.returncode, done.stdout, done.stderr) == (0, f"{word} {target}\n", "")


def test_the_command_tells_of_each_of_many_hosts_in_a_line(windows: list[Handle], tmp_path: Path) -> None:
    windows[1].fault("Create", "fault", code=5, times=0)
    done = run(*arguments(windows[0], tmp_path), "--host", windows[1].https)
    lines = {line["host"]: line for line in map(json.loads, done.stdout.splitlines())}
    assert done.returncode == 1
    path = str(tmp_path / "PyBridge" / PARCEL.version)
    value = {"name": "PyBridge", "version": PARCEL.version, "state": "Installed", "path": path}
    assert lines[windows[0].https]["value"] == value
    assert lines[windows[1].https]["error"]["code"] == "host_denied"


def test_the_names_of_azurerm_are_for_this_machine(windows: list[Handle], tmp_path: Path) -> None:
    done = run(*arguments(windows[0], tmp_path), "--azurerm")
    assert done.returncode == 2
    assert "--azurerm is for this machine" in done.stderr
    assert windows[0].requests == []
