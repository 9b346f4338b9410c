"""passwords: where they come from, and where they do not go."""

from __future__ import annotations

import copy
import pickle
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from support import Clock, leaks, shown

from pybridge.errors import ConfigurationError, UnsupportedError, UsageError
from pybridge.hosts import host
from pybridge.passwords import Keyring, Password, PasswordCommand, PasswordPrompt

SECRET = "Correct-Horse-Battery-1"


@pytest.fixture(autouse=True)
def _nothing_known() -> Iterator[None]:
    yield
    PasswordCommand._told.clear()


def test_a_password_in_memory_is_not_shown_and_stays_here() -> None:
    password = Password(SECRET)
    assert password.get("vm01", "admin") == SECRET
    assert SECRET not in repr(password) + str(password)
    assert copy.deepcopy(password) is copy.copy(password) is password
    assert password == Password(SECRET) != Password("other")
    assert len({password, Password(SECRET)}) == 1
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(UsageError, match="travels to no other process") as raised:
            pickle.dumps(password, protocol)
        assert SECRET not in str(raised.value)


Command = Callable[[str], PasswordCommand]


@pytest.fixture
def command(tmp_path: Path) -> Command:
    """A password command in Python; it is given host and user, and the file "log"."""

    def make(program: str) -> PasswordCommand:
        file = tmp_path / "program.py"
        file.write_text(f"import sys\nhost, user, log = sys.argv[1:]\n{program}\n", encoding="utf-8")
        return PasswordCommand((sys.executable, str(file), "{host}", "as-{user}", str(tmp_path / "log")))

    return make


def test_a_command_gives_what_it_prints(command: Command) -> None:
    asked = command("print(f'{host}/{user} gr\u00fc\u00df ', end='\\r\\n')\nsys.stdout.reconfigure(encoding='utf-8')")
    assert command("sys.stdout.reconfigure(encoding='utf-8'); print(host, user, '\u00fc ')").get("vm01", "bob") == (
        "vm01 as-bob \u00fc "
    )
    assert pickle.loads(pickle.dumps(asked)) == asked


def test_a_command_is_asked_once_for_hosts_with_one_password(command: Command, tmp_path: Path) -> None:
    asked = command("open(log, 'a').write('x'); print('one')")
    constant = PasswordCommand((*asked.command[:2], "all", "of them", str(tmp_path / "log")))
    assert {constant.get(f"vm{number}", "bob") for number in range(5)} == {"one"}
    assert (tmp_path / "log").read_text() == "x"
    asked.get("vm01", "bob")
    asked.get("vm02", "bob")
    assert (tmp_path / "log").read_text() == "xxx"


def test_hosts_with_passwords_of_their_own_do_not_wait_for_each_other(command: Command, tmp_path: Path) -> None:
    """Each program ends only once the other has begun."""
    program = """
import pathlib, time
here = pathlib.Path(log)
here.with_name(host).touch()
end = time.monotonic() + 60
while not all(here.with_name(name).exists() for name in ('vm01', 'vm02')) and time.monotonic() < end:
    time.sleep(0.01)
print(host)
"""
    asked = command(program)
    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(lambda name: asked.get(name, "bob"), ["vm01", "vm02"])) == ["vm01", "vm02"]


def test_all_who_want_the_same_wait_for_one(command: Command, tmp_path: Path) -> None:
    asked = command("open(log, 'a').write('x'); print('one')")
    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(lambda _: asked.get("vm01", "bob"), range(8))) == {"one"}
    assert (tmp_path / "log").read_text() == "x"


def test_a_command_that_failed_is_not_asked_for_each_host(command: Command, tmp_path: Path) -> None:
    asked = command("open(log, 'a').write('x'); sys.exit(1)")
    constant = PasswordCommand((*asked.command[:2], "all", "of them", str(tmp_path / "log")))
    for name in ("vm01", "vm02", "vm03"):
        with pytest.raises(ConfigurationError, match=f"failed, or printed nothing, for {name}"):
            constant.get(name, "bob")
    assert (tmp_path / "log").read_text() == "x"


def test_what_a_command_said_is_good_for_a_while(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    monkeypatch.setattr("pybridge.passwords.time", SimpleNamespace(monotonic=clock))
    asked = command("open(log, 'a').write('x'); print('one')")
    for seconds, runs in ((0, 1), (59, 1), (2, 2)):
        clock.sleep(seconds)
        asked.get("vm01", "bob")
        assert (tmp_path / "log").read_text() == "x" * runs


@pytest.mark.parametrize("program", ["sys.exit(1)", "print('secret'); sys.exit('secret')", "pass", "print()"])
def test_a_command_that_fails_is_an_error_without_its_words(command: Command, program: str) -> None:
    with pytest.raises(ConfigurationError, match="failed, or printed nothing, for vm01") as raised:
        command(program).get("vm01", "bob")
    assert "secret" not in str(raised.value)


def test_a_command_that_is_not_there_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match="no-such-program"):
        PasswordCommand(("no-such-program",)).get("vm01", None)


@pytest.mark.parametrize("command", [(), ("",), "pass show x"])
def test_a_command_is_a_program_and_its_arguments(command: tuple[str, ...]) -> None:
    with pytest.raises(UsageError, match="one by one"):
        PasswordCommand(command)


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was prompted for, each of which is answered by the secret."""
    prompts: list[str] = []

    def getpass(prompt: str) -> str:
        prompts.append(prompt)
        return SECRET

    monkeypatch.setattr("getpass.getpass", getpass)
    return prompts


def test_a_prompt_asks_once_for_each_user(typed: list[str]) -> None:
    prompt = PasswordPrompt()
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda number: prompt.get(f"vm{number}", "ann"), range(8)))
    found.append(prompt.get("vm1", "bob"))
    assert set(found) == {SECRET}
    assert [text.split(" for ")[0] for text in typed] == ["Password of ann", "Password of bob"]
    assert SECRET not in repr(prompt)
    PasswordPrompt().get("vm1", "bob")
    assert len(typed) == 3, "another one asks again"


def test_what_is_typed_stays_here(typed: list[str]) -> None:
    prompt = PasswordPrompt()
    prompt.get("vm01", "ann")
    with pytest.raises(UsageError, match="typed here travels to no other process") as raised:
        pickle.dumps(prompt)
    assert leaks([SECRET], *shown(raised.value)) == []


def test_without_a_terminal_a_prompt_says_so_each_time_and_asks_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def getpass(prompt: str) -> str:
        asked.append(prompt)
        raise EOFError

    monkeypatch.setattr("getpass.getpass", getpass)
    prompt = PasswordPrompt()
    for name in ("vm01", "vm02"):
        with pytest.raises(UsageError, match="there is no terminal to ask for the password of ann"):
            prompt.get(name, "ann")
    assert len(asked) == 1


def test_to_type_nothing_is_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getpass", lambda prompt: "")
    with pytest.raises(UsageError, match="no password was given for ann"):
        PasswordPrompt().get("vm01", "ann")


class Ring(ModuleType):
    """Stands in for the package keyring, which is not here."""

    def __init__(self, entries: dict[tuple[str, str], str]) -> None:
        super().__init__("keyring")
        self.entries = entries
        self.errors = ModuleType("keyring.errors")
        self.errors.KeyringError = type("KeyringError", (Exception,), {})  # type: ignore[attr-defined]
        self.locked = False

    def get_password(self, service: str, user: str) -> str | None:
        if self.locked:
            raise self.errors.KeyringError("locked")
        return self.entries.get((service, user))


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> Ring:
    ring = Ring({("pybridge/vm01", "bob"): "of vm01", ("pybridge", "bob"): "of all"})
    monkeypatch.setitem(sys.modules, "keyring", ring)
    monkeypatch.setitem(sys.modules, "keyring.errors", ring.errors)
    return ring


def test_the_keyring_knows_a_host_or_all(ring: Ring) -> None:
    assert Keyring().get("vm01", "bob") == "of vm01"
    assert Keyring().get("vm02", "bob") == "of all"
    with pytest.raises(ConfigurationError, match="no password for eve at vm02") as raised:
        Keyring().get("vm02", "eve")
    assert "keyring set pybridge/vm02 eve" in (raised.value.remedy or "")


def test_a_locked_keyring_is_an_error(ring: Ring) -> None:
    ring.locked = True
    with pytest.raises(ConfigurationError, match="cannot be read"):
        Keyring().get("vm01", "bob")


def test_without_the_package_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(UnsupportedError) as raised:
        Keyring().get("vm01", "bob")
    assert "pybridge[keyring]" in (raised.value.remedy or "")


def test_a_host_with_such_a_source_travels() -> None:
    found = host("vm01", username="bob", password=PasswordCommand(("pass", "show", "{host}")))
    assert pickle.loads(pickle.dumps(found)) == found
