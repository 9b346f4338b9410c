"""cli: `pybridge rest`, as a user types it, and the progress that it shows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import environment, run

from pybridge.arm import Progress
from pybridge.cli import progress
from pybridge.emulator import Emulator
from pybridge.emulator.server import Server, serve

VERSION = "2023-07-01"


@pytest.fixture
def emulator() -> Emulator:
    return Emulator(page_size=1)


@pytest.fixture
def server(emulator: Emulator) -> Iterator[Server]:
    with serve(emulator) as running:
        yield running


def rest(server: Server, *arguments: str, input: str | None = None) -> tuple[int, list[object], str]:
    """The exit code, the JSON lines on stdout, and stderr."""
    done = run("rest", *arguments, env=environment(server.url), input=input)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def test_get_prints_what_arm_says(server: Server, emulator: Emulator) -> None:
    code, answers, errors = rest(server, "get", f"{emulator.vm.id}?api-version={VERSION}")
    assert (code, errors) == (0, "")
    assert [answer["id"] for answer in answers if isinstance(answer, dict)] == [emulator.vm.id]


def test_the_first_visible_subscription_is_put_into_the_path(server: Server, emulator: Emulator) -> None:
    path = "/subscriptions/{subscription}/resourceGroups/myResourceGroup/providers/Microsoft.Compute/virtualMachines"
    code, answers, errors = rest(server, "GET", path, "--api-version", VERSION, "--follow")
    assert (code, errors) == (0, "")
    assert len(answers) == len(emulator.vm.group.vms), "all pages, an item a line"


def test_a_change_is_waited_for(server: Server, emulator: Emulator) -> None:
    emulator.world.grant("Contributor", to="myVM", scope=emulator.vm.group.id)
    code, answers, errors = rest(server, "POST", f"{emulator.vm.id}/deallocate?api-version={VERSION}")
    assert (code, answers, errors) == (0, [], "")
    assert emulator.vm.power == "deallocated"


@pytest.mark.parametrize("way", ["argument", "file", "stdin"])
def test_a_body_comes_by_three_ways(server: Server, emulator: Emulator, tmp_path: Path, way: str) -> None:
    emulator.world.grant("Contributor", to="myVM", scope=emulator.vm.group.id)
    text = json.dumps({"tags": {"way": way}})
    (tmp_path / "body.json").write_text(text, encoding="utf-8")
    body = {"argument": text, "file": f"@{tmp_path / 'body.json'}", "stdin": "-"}[way]
    path = f"{emulator.vm.id}?api-version={VERSION}"
    code, _, errors = rest(server, "PATCH", path, "--body", body, input=text if way == "stdin" else None)
    assert (code, errors) == (0, "")
    assert emulator.vm.tags == {"way": way}


def test_verbose_tells_on_stderr_and_shows_no_token(server: Server, emulator: Emulator) -> None:
    code, answers, errors = rest(server, "GET", f"{emulator.vm.id}?api-version={VERSION}", "--verbose")
    assert (code, len(answers)) == (0, 1)
    assert f"GET {emulator.vm.id}" in errors
    assert "eyJ" not in errors


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["GET", "subscriptions"], "is not a path"),
        (["GET", "https://example.org/subscriptions"], "is not a path"),
        (["GET", "/subscriptions"], "the api-version for /subscriptions is missing"),
        (["GET", "/subscriptions/../x?api-version=1"], "is not a path"),
        (["GET", "/subscriptions?api-version=1", "--api-version", "2"], "two api-versions"),
        (["PUT", "/x?api-version=1", "--body", "{secret"], "the body is not JSON"),
        (["PUT", "/x?api-version=1", "--body", "@/nowhere"], "/nowhere cannot be read"),
        (["POST", "/x?api-version=1", "--follow"], "--follow is for lists"),
    ],
)
def test_mistakes_are_told_before_anything_is_asked(
    server: Server, emulator: Emulator, arguments: list[str], words: str
) -> None:
    code, answers, errors = rest(server, *arguments)
    assert (code, answers) == (2, [])
    assert words in errors
    assert "secret" not in errors
    assert emulator.requests == []


def test_a_refusal_is_arms_own(server: Server, emulator: Emulator) -> None:
    code, answers, errors = rest(server, "DELETE", f"{emulator.vm.id}?api-version={VERSION}")
    assert (code, answers) == (1, [])
    assert "AuthorizationFailed" in errors


def test_nobody_looks_and_nothing_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.shown() as show:
        assert show is None
    assert capsys.readouterr().err == ""


def test_a_terminal_gets_a_bar(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("rich", reason="the bar needs rich")
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    with progress.shown() as show:
        assert show is not None
        show(Progress("Changing myVM", "InProgress", 40, 2.0))
    written = capsys.readouterr()
    assert "Changing myVM" in written.err
    assert written.out == ""


def test_a_terminal_without_rich_gets_lines(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setitem(__import__("sys").modules, "rich.console", None)
    with progress.shown() as show:
        assert show is not None
        show(Progress("Changing myVM", "InProgress", 40, 2.0))
    assert capsys.readouterr().err == "Changing myVM: InProgress, 40 %, 2 s\n"
