"""The token cache that processes share."""

from __future__ import annotations

import json
import logging
import os
import stat
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support import GUARD, Clock, environment

from pybridge.cachefile import CacheFile, Stored, cachefile, locate, locks
from pybridge.cachefile.folder import TokenFolder
from pybridge.errors import ConfigurationError, TokenThrottledError
from pybridge.models import AccessToken

filelock = pytest.importorskip(
    "filelock", reason="the token cache across processes: the Python package filelock is not installed"
)

NOW = 1_700_000_000.0
SECRET = "hush-this-is-a-token"
KEY = "machine|imds||https://vault.azure.net"


def stored(token: str = SECRET, *, received: float = NOW, lasts: int = 86400) -> Stored:
    expires_on = int(received) + lasts
    return Stored(AccessToken(token, expires_on, "https://vault.azure.net", "imds", "a-client"), received, lasts)


class Endpoint:
    """Gives tokens, and counts them."""

    def __init__(self, *answers: Stored | Exception, may_be_stored: bool = True) -> None:
        self._answers = list(answers)
        self._may_be_stored = may_be_stored
        self.asked = 0

    def __call__(self) -> tuple[Stored, bool]:
        self.asked += 1
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer, self._may_be_stored


def any_token(_: Stored) -> bool:
    return True


def not_asked() -> tuple[Stored, bool]:
    raise AssertionError("the endpoint was asked")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "tokens"


class Caches:
    """Makes caches of one folder, as processes would, with one clock."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = Clock(NOW)

    def __call__(self, machine: str = "this", folder: Path | None = None) -> CacheFile:
        return CacheFile(
            folder or self.folder, machine=machine, clock=self.clock, sleep=self.clock.sleep, monotonic=self.clock
        )

    def files(self, ending: str) -> list[Path]:
        return sorted(self.folder.glob(f"*.{ending}"))


@pytest.fixture
def caches(folder: Path) -> Caches:
    return Caches(folder)


# --- one process after another ----------------------------------------------------------------------------------------


def test_the_second_process_finds_the_token_of_the_first(caches: Caches) -> None:
    first = caches().through(KEY, any_token, Endpoint(stored()))
    assert first == stored()
    assert caches().through(KEY, any_token, not_asked) == first
    assert caches().get(KEY) == first
    assert caches.clock.slept == []


def test_there_is_nothing_before(caches: Caches) -> None:
    assert caches().get(KEY) is None
    assert not caches.folder.exists()


def test_a_token_that_will_not_do_is_replaced(caches: Caches) -> None:
    caches().through(KEY, any_token, Endpoint(stored("old")))
    new = caches().through(KEY, lambda found: found.token.token != "old", Endpoint(stored("new")))
    assert new.token.token == "new"
    assert caches().get(KEY) == new


def test_the_caller_judges_the_age(caches: Caches) -> None:
    caches().through(KEY, any_token, Endpoint(stored(lasts=10)))
    caches.clock.now += 3600
    assert caches().get(KEY) == stored(lasts=10)


def test_keys_have_nothing_to_do_with_each_other(caches: Caches) -> None:
    caches().through("one", any_token, Endpoint(stored("token-one")))
    assert caches().get("another") is None

    def in_the_middle() -> tuple[Stored, bool]:
        inner = caches().through("third", any_token, Endpoint(stored("token-three")))
        assert inner.token.token == "token-three"
        return stored("token-two"), True

    caches().through("another", any_token, in_the_middle)
    assert caches.clock.slept == []
    assert [str(found and found.token.token) for found in map(caches().get, ["one", "another", "third"])] == [
        "token-one",
        "token-two",
        "token-three",
    ]


def test_another_machines_tokens_are_not_found(caches: Caches) -> None:
    caches("this").through(KEY, any_token, Endpoint(stored()))
    assert caches("that").get(KEY) is None
    caches("that").through(KEY, any_token, Endpoint(stored("of-that")))
    assert caches("this").get(KEY) == stored()


def test_a_failure_is_passed_on_and_not_kept(caches: Caches) -> None:
    endpoint = Endpoint(TokenThrottledError("slow down"), stored())
    with pytest.raises(TokenThrottledError) as caught:
        caches().through(KEY, any_token, endpoint)
    assert caught.value.__context__ is None
    assert caches.files("json") == []
    assert caches().through(KEY, any_token, endpoint) == stored()
    assert caches.clock.slept == []


def test_what_may_not_be_stored_is_not(caches: Caches) -> None:
    endpoint = Endpoint(stored(), stored("second"), may_be_stored=False)
    assert caches().through(KEY, any_token, endpoint) == stored()
    assert caches().get(KEY) is None
    assert caches().through(KEY, any_token, endpoint) == stored("second")


def test_a_clock_that_was_set_back(caches: Caches) -> None:
    caches().through(KEY, any_token, Endpoint(stored()))
    caches.clock.now -= 1
    assert caches().get(KEY) == stored()
    caches.clock.now -= 3600
    assert caches().get(KEY) is None
    again = stored("again", received=caches.clock.now)
    assert caches().through(KEY, any_token, Endpoint(again)) == again
    assert caches().get(KEY) == again


def test_expired_tokens_are_deleted_when_another_is_written(caches: Caches) -> None:
    caches().through("short", any_token, Endpoint(stored(lasts=10)))
    caches().through("long", any_token, Endpoint(stored(lasts=90_000)))
    caches.clock.now += 3600
    assert len(caches.files("json")) == 2
    caches().through("third", any_token, Endpoint(stored("third", received=caches.clock.now)))
    assert len(caches.files("json")) == 2
    assert caches().get("short") is None
    assert caches().get("long") == stored(lasts=90_000)


def test_what_is_left_lying_is_deleted_and_nothing_else(caches: Caches) -> None:
    caches().through(KEY, any_token, Endpoint(stored()))
    name = "0" * 64
    old = [f"{name}.json", f"{name}.lock", f"{name}.corrupt", f"{name}.json.{'1' * 16}.tmp"]
    kept = ["notes.json", f"{name}.txt", f"{name}x.json"]
    for file in old + kept:
        (caches.folder / file).write_bytes(b"")
        os.utime(caches.folder / file, (NOW - 3 * 86400,) * 2)
    caches().through("another", any_token, Endpoint(stored()))
    present = {path.name for path in caches.folder.iterdir()}
    assert present.isdisjoint(old)
    assert present.issuperset(kept)


# --- a file that is not as it was written -----------------------------------------------------------------------------


def changed(**changes: object) -> Callable[[bytes], bytes]:
    """Changes the file's JSON; the fields of the token by their own names."""

    def change(data: bytes) -> bytes:
        content = json.loads(data)
        for name, value in changes.items():
            (content["token"] if name in content["token"] else content)[name] = value
        return json.dumps(content).encode()

    return change


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "truncated": lambda data: data[: len(data) // 2],
    "truncated in the token": lambda data: data[: data.index(SECRET.encode()) + 8],
    "twice": lambda data: data * 2,
    "not text": lambda data: b"\xff" + data,
    "nested": lambda _: b"[" * 100_000,
    "large": lambda data: data + b" " * 300_000,
    "a list": lambda _: b"[]",
    "no token": changed(token=None),
    "another token's file": changed(name="0" * 64),
    "a token with a line break": lambda data: data.replace(SECRET.encode(), SECRET.encode() + rb"\r\nX: 1"),
    "an expiry that is text": changed(expires_on="1700003600"),
    "an expiry that is a fraction": changed(expires_on=1700003600.5),
    "an object for a source": changed(source={"a": 1}),
    "no time of receipt": changed(received=None),
    "no number": changed(received=float("nan")),
    "before 1970": changed(received=-1),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
@pytest.mark.skipif(sys.platform == "win32", reason="on Windows the file is encrypted: any change damages it whole")
def test_a_damaged_file_is_set_aside(
    caches: Caches, damage: Callable[[bytes], bytes], caplog: pytest.LogCaptureFixture
) -> None:
    caches().through(KEY, any_token, Endpoint(stored()))
    (file,) = caches.files("json")
    for _ in range(2):
        damaged = damage(file.read_bytes())
        file.write_bytes(damaged)
        assert caches().get(KEY) is None
        assert caches().through(KEY, any_token, Endpoint(stored())) == stored()
        assert caches().get(KEY) == stored()
        (aside,) = caches.files("corrupt")
        assert aside.read_bytes() == damaged
    assert "damaged" in caplog.text
    assert "hush" not in caplog.text


def test_fields_of_other_versions_are_ignored(caches: Caches) -> None:
    caches().through(KEY, any_token, Endpoint(stored()))
    (file,) = caches.files("json")
    content = json.loads(cachefile.unprotect(file.read_bytes()))
    content["token"] |= {"not_yet_invented": [1, 2]}
    del content["token"]["client_id"]
    file.write_bytes(cachefile.protect(json.dumps(content).encode()))
    found = caches().get(KEY)
    assert found is not None
    assert found.token == stored().token._replace(client_id=None)


def test_a_file_that_this_user_cannot_decrypt(caches: Caches, monkeypatch: pytest.MonkeyPatch) -> None:
    caches().through(KEY, any_token, Endpoint(stored()))

    def refuse(_: bytes) -> bytes:
        raise OSError("key not valid for use in specified state")

    with monkeypatch.context() as patch:
        patch.setattr(cachefile, "unprotect", refuse)
        assert caches().get(KEY) is None
    assert caches().get(KEY) == stored()


# --- a place that does not serve --------------------------------------------------------------------------------------


def test_a_folder_that_cannot_be_made_costs_no_token(
    caches: Caches, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_bytes(b"")
    cache = caches(folder=tmp_path / "file" / "tokens")
    endpoint = Endpoint(stored(), stored("second"))
    assert cache.get(KEY) is None
    assert cache.through(KEY, any_token, endpoint) == stored()
    assert cache.through(KEY, any_token, endpoint) == stored("second")
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("pybridge", logging.WARNING)
    assert "fetched without it" in caplog.text
    assert "hush" not in caplog.text


def test_a_full_disk_costs_no_token(
    caches: Caches, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(_: bytes) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(cachefile, "protect", full)
    assert caches().through(KEY, any_token, Endpoint(stored())) == stored()
    assert caches().get(KEY) is None
    assert "cannot be written (No space left on device)" in caplog.text


@pytest.mark.parametrize("error", [OSError(37, "No locks available"), NotImplementedError()])
def test_a_file_system_without_locks_costs_no_time(
    caches: Caches, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(filelock.FileLock, "acquire", refuse)
    assert caches().through(KEY, any_token, Endpoint(stored())) == stored()
    assert caches().through(KEY, any_token, not_asked) == stored()
    assert caches.clock.slept == []
    assert "cannot be locked" in caplog.text


def test_nor_much_if_filelock_says_that_each_lock_is_held(
    caches: Caches, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(lock: object, **_: object) -> None:
        raise filelock.Timeout(lock.lock_file)  # type: ignore[attr-defined]

    monkeypatch.setattr(filelock.FileLock, "acquire", refuse)
    assert caches().through(KEY, any_token, Endpoint(stored())) == stored()
    assert 0.5 <= sum(caches.clock.slept) <= 1.5
    assert "cannot be locked" in caplog.text
    assert caches().get(KEY) == stored()


def test_without_filelock(caches: Caches, monkeypatch: pytest.MonkeyPatch) -> None:
    caches().through(KEY, any_token, Endpoint(stored()))
    monkeypatch.setitem(sys.modules, "filelock", None)
    assert caches().through(KEY, any_token, not_asked) == stored()
    with pytest.raises(ConfigurationError, match="filelock") as caught:
        caches().through("another", any_token, not_asked)
    assert "pybridge[cache]" in str(caught.value.remedy)


@pytest.mark.skipif(sys.platform == "win32", reason="on Windows no bits tell a file's rights")
def test_a_folder_that_others_can_write_to_is_refused_before_the_endpoint_is_asked(caches: Caches) -> None:
    caches().through(KEY, any_token, Endpoint(stored()))
    caches.folder.chmod(0o777)
    with pytest.raises(ConfigurationError, match="can be written to by other users"):
        caches().get(KEY)
    with pytest.raises(ConfigurationError, match="can be written to by other users"):
        caches().through(KEY, any_token, not_asked)


@pytest.mark.skipif(sys.platform == "win32", reason="on Windows no bits tell a file's rights")
def test_every_file_is_its_owners_alone(caches: Caches) -> None:
    before = os.umask(0)
    try:
        caches().through(KEY, any_token, Endpoint(stored()))
    finally:
        os.umask(before)
    assert {path.suffix: stat.S_IMODE(path.stat().st_mode) for path in caches.folder.iterdir()} == {
        ".json": 0o600,
        ".lock": 0o600,
    }
    assert stat.S_IMODE(caches.folder.stat().st_mode) == 0o700


def test_neither_key_nor_machine_nor_token_is_shown(caches: Caches, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    machine = "the-machines-id"
    cache = caches(machine)
    with pytest.raises(TokenThrottledError) as caught:
        cache.through(KEY, any_token, Endpoint(TokenThrottledError("slow down")))
    cache.through(KEY, any_token, Endpoint(stored()))
    names = [path.name for path in caches.folder.iterdir()]
    seen = "".join([caplog.text, *traceback.format_exception(caught.value), repr(cache), repr(cache.get(KEY)), *names])
    assert not any(secret in seen for secret in (SECRET, machine, KEY))


# --- processes at the same time ---------------------------------------------------------------------------------------


def test_who_waits_too_long_asks(caches: Caches) -> None:
    """The lock is held throughout: the second process asks while the first still waits for its answer."""

    def hang() -> tuple[Stored, bool]:
        assert caches().through(KEY, any_token, Endpoint(stored("second"))) == stored("second")
        return stored("first"), True

    caches().through(KEY, any_token, hang)
    assert 100 <= sum(caches.clock.slept) < 101
    assert all(0.010 <= seconds <= 0.030 for seconds in caches.clock.slept)
    assert caches().get(KEY) == stored("first")


@pytest.fixture
def held(caches: Caches) -> Iterator[tuple[Path, bytes, Callable[[], None]]]:
    """Another process asks for the token: the file where it will be, its bytes, and what ends the asking."""
    caches().through(KEY, any_token, Endpoint(stored()))
    (file,) = caches.files("json")
    data = file.read_bytes()
    file.unlink()
    release = locks.hold(TokenFolder(caches.folder), f"{file.stem}.lock", doubtful=False)
    assert release is not None
    yield file, data, release
    release()


def test_who_waits_takes_what_the_other_brings(caches: Caches, held: tuple[Path, bytes, Callable[[], None]]) -> None:
    file, data, _ = held

    def bring(seconds: float) -> None:
        caches.clock.sleep(seconds)
        if len(caches.clock.slept) == 3:
            file.write_bytes(data)
            file.chmod(0o600)

    cache = CacheFile(caches.folder, machine="this", clock=caches.clock, sleep=bring, monotonic=caches.clock)
    assert cache.through(KEY, any_token, not_asked) == stored()
    assert len(caches.clock.slept) == 3


def test_who_has_waited_in_vain_asks_and_lets_others_ask(
    caches: Caches, held: tuple[Path, bytes, Callable[[], None]]
) -> None:
    _, _, release = held

    def fail(seconds: float) -> None:
        caches.clock.sleep(seconds)
        release()

    def third() -> tuple[Stored, bool]:
        assert caches().through(KEY, any_token, Endpoint(stored("third"))) == stored("third")
        return stored("second"), True

    second = CacheFile(caches.folder, machine="this", clock=caches.clock, sleep=fail, monotonic=caches.clock)
    assert second.through(KEY, any_token, third) == stored("second")
    assert sum(caches.clock.slept) < 0.2


CHILD = """
import sys, time
from pathlib import Path
import filelock
from pybridge.cachefile import CacheFile, Stored
from pybridge.models import AccessToken

folder, log, act = sys.argv[1:]

def obtain():
    with open(log, "ab", buffering=0) as file:
        file.write(b"asked\\n")
    if act == "hang":
        print("holding", flush=True)
        sys.stdin.read()
    now = time.time()
    return Stored(AccessToken("token-of-the-one", int(now) + 86400, "resource"), now, 86400), True

cache = CacheFile(Path(folder))
if act == "run":
    print("ready", flush=True)
    sys.stdin.read()
print(cache.through("key", lambda stored: True, obtain).token.token, flush=True)
"""


def start(folder: Path, log: Path, act: str, stdin: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, str(folder), str(log), act],
        env=environment(),
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_fifty_processes_make_one_request(folder: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    gate, opener = os.pipe()
    processes = [start(folder, log, "run", gate) for _ in range(50)]
    os.close(gate)
    try:
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        os.close(opener)  # The end of input of all of them at once.
        outcomes = [process.communicate(timeout=GUARD) for process in processes]
    finally:
        for process in processes:
            process.kill()
    assert outcomes == [("token-of-the-one\n", "")] * 50
    assert log.read_text() == "asked\n"


def test_a_killed_process_holds_nobody_up(folder: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with start(folder, log, "hang", subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "holding\n"
        process.kill()
    clock = Clock(NOW)
    cache = CacheFile(folder, clock=clock, sleep=clock.sleep, monotonic=clock)
    assert cache.through("key", any_token, Endpoint(stored())) == stored()
    assert clock.slept == []
    assert log.read_text() == "asked\n"


# --- where it is ------------------------------------------------------------------------------------------------------

HOME, ELSEWHERE = (str(Path(name).absolute()) for name in ("home", "elsewhere"))


@pytest.mark.parametrize(
    ("platform", "environ", "folder"),
    [
        ("linux", {"HOME": HOME}, f"{HOME}/.cache/pybridge/tokens"),
        ("linux", {"HOME": HOME, "XDG_CACHE_HOME": ELSEWHERE}, f"{ELSEWHERE}/pybridge/tokens"),
        ("linux", {"HOME": HOME, "XDG_CACHE_HOME": "relative"}, f"{HOME}/.cache/pybridge/tokens"),
        ("darwin", {"HOME": HOME, "XDG_CACHE_HOME": ELSEWHERE}, f"{HOME}/Library/Caches/pybridge/tokens"),
        ("win32", {"HOME": HOME, "LOCALAPPDATA": ELSEWHERE}, f"{ELSEWHERE}/pybridge/tokens"),
    ],
)
@pytest.mark.parametrize("setting", ["1", "true", " TRUE "])
def test_the_usual_place(platform: str, environ: dict[str, str], folder: str, setting: str) -> None:
    assert locate(setting, environ, platform=platform) == Path(folder)
    assert locate(None, {**environ, "PYBRIDGE_TOKEN_CACHE": setting}, platform=platform) == Path(folder)


@pytest.mark.parametrize("setting", ["", "0", "false", " "])
def test_no_cache(setting: str) -> None:
    assert locate(setting, {"HOME": HOME, "PYBRIDGE_TOKEN_CACHE": "1"}) is None
    assert locate(None, {"HOME": HOME, "PYBRIDGE_TOKEN_CACHE": setting}) is None
    assert locate(None, {"HOME": HOME}) is None


def test_a_folder_of_the_users_choice() -> None:
    assert locate(ELSEWHERE, {"PYBRIDGE_TOKEN_CACHE": HOME}) == Path(ELSEWHERE)
    assert locate(None, {"PYBRIDGE_TOKEN_CACHE": HOME}) == Path(HOME)


def test_a_relative_folder_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="'tokens': it is not an absolute path") as caught:
        locate("tokens", {"HOME": HOME})
    assert "PYBRIDGE_TOKEN_CACHE" in str(caught.value.remedy)


@pytest.mark.parametrize(
    ("platform", "variable"), [("linux", "HOME"), ("darwin", "HOME"), ("win32", "LOCALAPPDATA"), ("freebsd14", "HOME")]
)
@pytest.mark.parametrize("value", [None, "", "relative"])
def test_no_home(platform: str, variable: str, value: str | None) -> None:
    with pytest.raises(ConfigurationError, match=f"the variable {variable} names no folder"):
        locate("1", {} if value is None else {variable: value}, platform=platform)
