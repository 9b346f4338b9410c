"""cli: `pybridge token`, `whoami` and `doctor` for Windows hosts, as a user types them, against hosts that run them."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import daskcluster
import pytest
from hostlab import COMMAND, PASSWORD, Lab, on_terminal
from shells import SHELLS
from support import GUARD, leaks

from pybridge.cli import main, progress
from pybridge.cli.chosen import with_passwords
from pybridge.errors import UsageError
from pybridge.hosts import host
from pybridge.passwords import Keyring, Password, PasswordPrompt

pytestmark = [
    pytest.mark.skipif(not SHELLS, reason="no PowerShell for the hosts"),
    pytest.mark.xdist_group("hostlab"),
]
terminal_only = pytest.mark.skipif(os.name == "nt", reason="the tests make terminals as Unix does")


# --- one host ----------------------------------------------------------------------------------------


def test_the_token_of_a_host_is_printed_as_that_of_this_machine(lab: Lab) -> None:
    code, out, errors = lab.run("token", "--json", "keyvault", *lab.single("vm02"))
    assert (code, errors) == (0, "")
    token = json.loads(out)
    own = lab.emulators["vm02"].vm.system_assigned
    assert own is not None
    assert (token["resource"], token["client_id"]) == ("https://vault.azure.net", own.client_id)
    assert lab.hosts["vm02"].shells == []


def test_whoami_of_a_host(lab: Lab) -> None:
    code, out, errors = lab.run("whoami", *lab.single("vm02"))
    rows = dict(line.split(None, 1) for line in out.splitlines())
    assert (code, errors) == (0, "")
    assert (rows["ObjectId"], rows["Source"]) == (lab.object_id("vm02"), "vm_extension")


def test_the_doctor_goes_to_a_host(lab: Lab) -> None:
    code, out, errors = lab.run("doctor", "--json", *lab.single())
    found = json.loads(out)
    states = {check["name"]: check["state"] for check in found["checks"]}
    assert (code, errors, found["verdict"]) == (0, "", "ok")
    assert found["message"] == f"the managed identity of {lab.hosts['vm01'].https} works"
    assert (states["Token"], states["ARM"], states["Role"]) == ("ok", "ok", "ok")
    assert (states["Arc"], states["Clock"]) == ("skipped", "skipped")
    assert lab.hosts["vm01"].count("Create") == 1, "one shell for all of it"
    assert lab.hosts["vm01"].shells == []


def test_a_certificate_is_pinned_by_its_fingerprint(lab: Lab) -> None:
    host = lab.hosts["vm01"]
    options = [item for item in lab.single() if item not in ("--ca", host.ca)]
    code, _, errors = lab.run("whoami", *options, "--certificate", host.sha256)
    assert (code, errors) == (0, "")
    host.clear()
    code, out, errors = lab.run("whoami", *options, "--certificate", "0" * 64)
    assert (code, out) == (1, "")
    assert "certificate" in errors
    assert host.requests == [], "nothing is sent to a stranger"


# --- many hosts --------------------------------------------------------------------------------------


def test_each_host_has_a_line_of_json_as_its_own_identity(lab: Lab) -> None:
    code, found, errors = lab.lines("whoami", "--inventory", lab.inventory("vm03"), "--workers", "3")
    assert code == 1
    assert {name: line["ok"] for name, line in found.items()} == {"vm01": True, "vm02": True, "vm03": False}
    for name in ("vm01", "vm02"):
        assert found[name]["value"]["object_id"] == lab.object_id(name)
        assert found[name].keys() == {"host", "ok", "value", "seconds", "attempts"}
    assert found["vm03"].keys() == {"host", "ok", "error", "seconds", "attempts"}
    assert found["vm03"]["error"].keys() == {"code", "message", "remedy", "retryable"}
    assert (found["vm03"]["error"]["code"], found["vm03"]["error"]["retryable"]) == ("host_unreachable", True)
    assert re.fullmatch(r"pybridge: 2 of 3 hosts ok in [\d.]+ s; host_unreachable 1 \(vm03\)\n", errors)
    assert leaks(lab.secrets(), json.dumps(found), errors) == []


def test_two_hosts_by_name_are_many(lab: Lab) -> None:
    arguments = [*lab.single("vm01"), "--host", lab.hosts["vm02"].https, "--host", lab.hosts["vm01"].https]
    code, found, errors = lab.lines("token", *arguments)
    assert (code, errors.split(" in ")[0]) == (0, "pybridge: 2 of 2 hosts ok")
    assert {line["value"]["access_token"].count(".") for line in found.values()} == {2}
    assert set(found) == {host.https for host in lab.hosts.values()}


def test_a_host_of_the_inventory_by_name_is_one(lab: Lab) -> None:
    code, out, errors = lab.run("whoami", "--json", "--inventory", lab.inventory("vm03"), "--host", "vm02")
    assert (code, errors) == (0, "")
    assert json.loads(out)["object_id"] == lab.object_id("vm02")
    assert lab.hosts["vm01"].requests == []


def test_a_limit_leaves_the_others_alone(lab: Lab) -> None:
    code, found, _ = lab.lines("whoami", "--inventory", lab.inventory("vm03"), "--limit", "real:!vm01")
    assert (code, list(found)) == (0, ["vm02"])
    assert lab.hosts["vm01"].requests == []


def test_a_list_comes_by_stdin(lab: Lab) -> None:
    options = lab.single()[2:]
    code, out, _ = lab.run("whoami", "--inventory", "-", *options, input=f"{lab.hosts['vm02'].https} # the other\n")
    assert code == 0
    assert json.loads(out)["value"]["object_id"] == lab.object_id("vm02")


def test_the_doctor_tells_which_hosts_are_broken(lab: Lab) -> None:
    lab.emulators["vm02"].fail("/oauth2/token", status=400, times=None)
    lab.emulators["vm02"].fail("/metadata/identity", status=400, times=None)
    try:
        code, found, errors = lab.lines("doctor", "--inventory", lab.inventory())
    finally:
        lab.emulators["vm02"].clear_faults()
    assert code == 1
    assert (found["vm01"]["ok"], found["vm01"]["value"]["verdict"]) == (True, "ok")
    assert (found["vm02"]["ok"], found["vm02"]["value"]["verdict"]) == (False, "broken")
    assert found["vm02"]["error"]["code"] == "broken"
    assert "broken 1 (vm02)" in errors


def test_a_host_is_tried_again(lab: Lab) -> None:
    _, found, _ = lab.lines("whoami", "--inventory", lab.inventory("vm03"), "--limit", "vm03", "--retries", "1")
    assert found["vm03"]["attempts"] == 2


def test_fail_fast_leaves_the_others_out(lab: Lab) -> None:
    file = lab.inventory("vm03", "vm04", "vm05", "vm06")
    code, found, errors = lab.lines("whoami", "--inventory", file, "--limit", "gone", "--workers", "1", "--fail-fast")
    assert code == 1
    kinds = sorted(line["error"]["code"] for line in found.values())
    assert set(kinds) <= {"cancelled", "host_unreachable"}
    assert len(kinds) == 4
    assert "cancelled" in kinds
    assert "cancelled" in errors


# --- going on where an earlier run ended -------------------------------------------------------------


def test_hosts_that_are_done_are_left_out(lab: Lab, tmp_path: Path) -> None:
    before = tmp_path / "before.jsonl"
    lines = [
        {"host": "vm01", "ok": False, "error": {}},
        {"host": "vm01", "ok": True, "value": {}},
        {"host": "vm02", "ok": True},
        {"host": "vm02", "ok": False},
        {"host": "vm03", "ok": True},
    ]
    text = "\n".join(map(json.dumps, lines)) + '\n{"host": "vm02", "ok": tr'
    before.write_text(text, encoding="utf-8")
    code, found, errors = lab.lines("whoami", "--inventory", lab.inventory("vm03"), "--resume", str(before))
    assert (code, list(found)) == (0, ["vm02"])
    assert lab.hosts["vm01"].requests == []
    assert f"{before}:6: no whole line, so its host is asked again" in errors
    assert "pybridge: 1 of 1 hosts ok" in errors
    assert "2 were so before" in errors


def test_its_own_output_can_be_gone_on_with(lab: Lab, tmp_path: Path) -> None:
    file, before = lab.inventory("vm03"), tmp_path / "out.jsonl"
    _, out, _ = lab.run("whoami", "--inventory", file)
    before.write_text(out, encoding="utf-8")
    lab.reset()
    code, found, _ = lab.lines("whoami", "--inventory", file, "--resume", str(before))
    assert (code, list(found)) == (1, ["vm03"])
    code, found, errors = lab.lines("whoami", "--inventory", file, "--limit", "real", "--resume", str(before))
    assert (code, found) == (0, {})
    assert "pybridge: 0 of 0 hosts ok" in errors


def test_a_file_that_the_shell_has_emptied_is_not_gone_on_with(lab: Lab, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    with out.open("wb") as file:
        done = subprocess.run(
            [*COMMAND, "whoami", "--inventory", lab.inventory(), "--resume", str(out)],
            env=lab.env,
            stdout=file,
            stderr=subprocess.PIPE,
            text=True,
            timeout=GUARD,
        )
    assert done.returncode == 2
    assert "is empty, as the output goes to it" in done.stderr


# --- mistakes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["token", "--user", "x"], "--user is for --host or --inventory"),
        (["token", "--workers", "4"], "--workers is for --host or --inventory"),
        (["token", "--host", "vm01", "--user", "a", "--wait", "5"], "--wait is for this machine"),
        (["token", "--host", "vm01", "--user", "a", "--cache"], "--cache is for this machine"),
        (["token", "--host", "vm01", "--keyring"], "vm01: no user is named"),
        (["token", "--host", "vm 01", "--user", "a", "--keyring"], "'vm 01' is not the address of a host"),
        (["token", "--host", "vm01", "--user", "a", "--keyring", "--proxy", "http://a:b@c"], "proxy holds an @"),
        (["token", "--host", "a:b@vm01", "--user", "a", "--keyring"], "holds an @"),
        (["token", "--host", "vm01", "--user", "a", "--keyring", "--http", "--authentication", "basic"], "basic over"),
        (["token", "--host", "vm01", "--user", "a", "--keyring", "--authentication", "magic"], "no authentication"),
        (["token", "--host", "vm01", "--user", "a", "--keyring", "--certificate", "12"], "no fingerprint"),
        (["token", "--host", "vm01", "--user", "a", "--keyring", "--port", "0"], "there is no port 0"),
        (["token", "--host", "vm01", "--user", "a", "--keyring", "--workers", "0"], "'0' is not a whole number"),
        (["token", "--host", "vm01", "--user", "a", "--keyring", "--password-command", "x"], "not allowed with"),
        (["token", "--host", "vm01", "--user", "a", "--password-command", "'"], "--password-command: "),
        (["token", "--host", "vm01", "--limit", "x"], "--limit is for --inventory"),
        (["token", "--inventory", "nowhere.yaml"], "nowhere.yaml: it cannot be read"),
        (["token", "--host", "vm01", "--user", "a", "--keyring", "--resume", "nowhere"], "nowhere cannot be read"),
        (["run", "--script", "x.ps1"], "no host is named"),
    ],
)
def test_a_mistake_is_told_before_anybody_is_asked(
    arguments: list[str],
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert_told(arguments, words, capsys)


def assert_told(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The command, done in this process, says so, and ends as one that is misused."""
    try:
        code: object = main(arguments)
    except SystemExit as exc:  # argparse's
        code = exc.code
    written = capsys.readouterr()
    assert (code, written.out) == (2, "")
    assert words in written.err


def test_mistakes_in_an_inventory_are_told_before_anybody_is_asked(
    lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    for changes, words in (
        ({"ansible_user": "{{ user }}"}, "hosts.yaml:1: all.vars.ansible_user: it is a template"),
        ({"ansible_connection": "ssh"}, "reached by ssh is not reached by WinRM"),
        ({"ansible_psrp_proxy": "http://a:b@c", "ansible_connection": "psrp"}, "proxy holds an @"),
    ):
        assert_told(["whoami", "--inventory", lab.inventory(**changes)], words, capsys)
    for limit, words in (("wbe", "no host or group 'wbe'"), ("real:!real", "leaves no host")):
        assert_told(["whoami", "--inventory", lab.inventory(), "--limit", limit], words, capsys)
    assert_told(["whoami", "--inventory", lab.inventory(), "--host", "vm1"], "Do you mean", capsys)
    assert lab.hosts["vm01"].requests == []


def test_without_a_terminal_nobody_can_type_a_password(lab: Lab) -> None:
    done = subprocess.run(
        [*COMMAND, "whoami", "--inventory", lab.inventory(pybridge_password_command=None)],
        env=lab.env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=GUARD,
        start_new_session=True,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "there is no terminal to ask for the password of admin" in done.stderr
    assert "Traceback" not in done.stderr
    assert lab.hosts["vm01"].requests == []


def test_a_password_command_that_fails_is_told_once(lab: Lab) -> None:
    command = f'"{sys.executable}" -c "raise SystemExit(1)"'
    code, out, errors = lab.run("whoami", "--inventory", lab.inventory(), "--password-command", command)
    assert (code, out) == (1, "")
    assert "the password command" in errors
    assert errors.count("pybridge: ") == 1
    assert lab.hosts["vm01"].requests == []


def test_help_tells_the_options(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("token", "whoami", "doctor", "run"):
        with pytest.raises(SystemExit, match=r"^0$"):
            main([command, "--help"])
        shown = capsys.readouterr().out
        words = ["--host", "--inventory", "--limit", "--password-command", "--keyring", "--resume", "--scheduler"]
        assert [word for word in words if word not in shown] == []


# --- passwords ---------------------------------------------------------------------------------------


@terminal_only
def test_a_password_is_typed_and_not_shown(lab: Lab) -> None:
    arguments = lab.single()[:-2]
    with on_terminal("whoami", "--json", *arguments, "--certificate", "ignore", env=lab.env) as terminal:
        terminal.wait_for("Password of admin for")
        terminal.type(f"{PASSWORD}\n")
        code, out = terminal.end()
    assert code == 0
    assert json.loads(out)["object_id"] == lab.object_id("vm01")
    assert PASSWORD not in terminal.shown
    assert terminal.shown.count("pybridge: the certificate of") == 1
    warned, asked = (terminal.shown.index(words) for words in ("is not checked", "Password of admin"))
    assert warned < asked, "who types a password knows by then what is not checked"


def test_a_prompt_says_for_how_many_hosts_a_password_is(monkeypatch: pytest.MonkeyPatch) -> None:
    prompts: list[str] = []

    def getpass(text: str) -> str:
        prompts.append(text)
        return text

    monkeypatch.setattr("getpass.getpass", getpass)
    prompt = PasswordPrompt()
    named = [
        host("vm01", username="ann", password=prompt),
        host("vm02", username="bob", password=prompt),
        host("vm03", username="ann", password=prompt),
        host("vm04", username="ann", password=prompt, authentication="kerberos"),
        host("vm05", username="ann", password=Keyring()),
    ]
    ready = with_passwords(named, travels=False)
    assert prompts == ["Password of ann for 2 hosts: ", "Password of bob for vm02: "]
    assert [each.password for each in ready] == [
        *(Password(prompts[index]) for index in (0, 1, 0)),
        None,
        Keyring(),
    ]
    with pytest.raises(UsageError, match="stays here"):
        with_passwords(named, travels=True)


@terminal_only
def test_a_password_for_many_is_typed_once(lab: Lab) -> None:
    file = lab.inventory(pybridge_password_command=None)
    with on_terminal("whoami", "--inventory", file, env=lab.env) as terminal:
        terminal.wait_for("Password of admin for 2 hosts: ")
        terminal.type(f"{PASSWORD}\n")
        code, out = terminal.end()
    assert (code, out.count("\n")) == (0, 2)
    assert terminal.shown.count("Password") == 1


def started() -> list[Path]:
    """The folders in /proc of all processes that this one, or one that it has started, has started."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parent = (folder / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()[1]
            children.setdefault(int(parent), []).append(int(folder.name))
    found, left = [], [os.getpid()]
    while left:
        new = children.get(left.pop(), [])
        found += new
        left += new
    return [Path("/proc", str(number)) for number in found]


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="there is no /proc")
def test_no_argument_and_no_variable_of_a_process_holds_a_secret(lab: Lab) -> None:
    host = lab.hosts["vm01"]
    host.fault("Receive", "delay", seconds=2.0)
    process = subprocess.Popen(
        [*COMMAND, "token", *lab.single()], env=lab.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    seen: list[str] = []
    while process.returncode is None:
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.05)
        for folder in started():
            with suppress(OSError):
                seen.append((folder / "cmdline").read_text("utf-8", "replace"))
                seen.append((folder / "environ").read_text("utf-8", "replace"))
    token, errors = process.communicate(timeout=GUARD)
    assert (process.returncode, errors) == (0, "")
    assert re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+\n", token)
    assert any("pybridge" in text for text in seen)
    assert leaks([PASSWORD, token.strip()], *set(seen)) == []


# --- a terminal, and Ctrl+C --------------------------------------------------------------------------


@terminal_only
def test_a_terminal_shows_how_far_it_is(lab: Lab) -> None:
    pytest.importorskip("rich", reason="the bar needs rich")
    with on_terminal("whoami", "--inventory", lab.inventory(), env=lab.env) as terminal:
        code, out = terminal.end()
    assert code == 0
    assert {json.loads(line)["host"] for line in out.splitlines()} == {"vm01", "vm02"}
    assert "Asking who they are" in terminal.shown
    assert "/2" in terminal.shown
    assert "2 of 2 hosts ok" in terminal.shown


def test_a_terminal_without_rich_gets_lines(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setitem(sys.modules, "rich.console", None)
    with progress.fleet_shown("Asking", 3) as shown:
        shown.step("vm01", 1, 0, 1.25, None)
        shown.step("vm02", 2, 1, 9.0, "vm02 cannot be reached")
        shown.print("{}")
    written = capsys.readouterr()
    assert (
        written.err
        == "Asking 1 of 3, 0 failed: vm01: ok, 1.2 s\nAsking 2 of 3, 1 failed: vm02: vm02 cannot be reached\n"
    )
    assert written.out == "{}\n"


def test_nobody_looks_and_nothing_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.fleet_shown("Asking", 3) as shown:
        shown.step("vm01", 1, 0, 1.25, None)
    assert capsys.readouterr() == ("", "")


@terminal_only
def test_lines_on_a_terminal_are_whole(lab: Lab) -> None:
    with on_terminal("whoami", "--inventory", lab.inventory(), env=lab.env, stdout=None) as terminal:
        code, _ = terminal.end()
    assert code == 0
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", terminal.shown).replace("\r", "\n")
    found = [json.loads(line) for line in plain.split("\n") if line.startswith("{")]
    assert {line["host"] for line in found} == {"vm01", "vm02"}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT between processes")
def test_ctrl_c_ends_it_with_what_is_done(lab: Lab) -> None:
    lab.hosts["vm02"].fault("Receive", "delay", seconds=30.0, times=0)
    process = subprocess.Popen(
        [*COMMAND, "whoami", "--inventory", lab.inventory()],
        env=lab.env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        first = json.loads(process.stdout.readline())
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=15)
    finally:
        process.kill()
        process.communicate()
    assert (process.returncode, first["host"], first["ok"], rest) == (130, "vm01", True, "")
    assert re.fullmatch(r"pybridge: 1 of 2 hosts ok in [\d.]+ s; 1 not asked, or not to their end\n", errors)
    assert lab.hosts["vm02"].shells == []


# --- Dask --------------------------------------------------------------------------------------------


def test_a_cluster_asks_the_hosts(lab: Lab) -> None:
    pytest.importorskip("distributed", reason="Dask is not installed")
    with daskcluster.running(workers=2, threads=1) as cluster:
        file = lab.inventory("vm03")
        code, found, errors = lab.lines("whoami", "--inventory", file, "--scheduler", cluster.address)
        typed = lab.inventory(pybridge_password_command=None)
        refused = lab.run("whoami", "--inventory", typed, "--scheduler", cluster.address)
        held = lab.inventory(pybridge_password_command=None, ansible_password=PASSWORD)
        kept = lab.lines("whoami", "--inventory", held, "--scheduler", cluster.address)
    assert code == 1
    assert {name: line["ok"] for name, line in found.items()} == {"vm01": True, "vm02": True, "vm03": False}
    assert found["vm02"]["value"]["object_id"] == lab.object_id("vm02")
    assert "2 of 3 hosts ok" in errors
    assert errors.count("\n") == 1, "Dask has its say elsewhere"
    assert (refused[0], refused[1]) == (2, "")
    assert "a password that is typed here stays here" in refused[2]
    assert {line["error"]["code"] for line in kept[1].values()} == {"invalid_argument"}
    assert leaks([PASSWORD], json.dumps(kept[1]), kept[2]) == []
