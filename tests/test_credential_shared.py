"""The credential with the token cache that processes share."""

from __future__ import annotations

import json
import subprocess
import sys
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
from support import ARM, GUARD, Clock, Script, answer, environment, http, run, talking

from pybridge.cache import TokenCache
from pybridge.cachefile import locks
from pybridge.cachefile.folder import TokenFolder
from pybridge.credential import ManagedIdentityCredential
from pybridge.emulator import Emulator
from pybridge.emulator.server import serve
from pybridge.errors import TimedOutError
from pybridge.models import HERE, HttpRequest, HttpResponse

pytest.importorskip("filelock", reason="filelock is not installed")

GOOD = http("200 OK", json.dumps({"access_token": "abc.def.ghi", "expires_on": "4000000000"}).encode())


class Endpoint:
    """This machine's door, with these answers behind it."""

    place = HERE

    def __init__(self, *answers: HttpResponse) -> None:
        self._script = Script(*answers)

    def send(self, request: HttpRequest) -> HttpResponse:
        return self._script.send(request)

    @property
    def asked(self) -> int:
        return len(self._script.requests)


def lasting(clock: Clock, seconds: float, token: str, **headers: str) -> HttpResponse:
    return answer(200, {"access_token": token, "expires_on": int(clock.now + seconds)}, **headers)


def process(endpoint: Endpoint | Emulator, folder: Path, clock: Clock, **options: Any) -> ManagedIdentityCredential:
    """A credential as another process would have it: with a memory of its own."""
    return ManagedIdentityCredential(
        transport=endpoint,
        **{
            "environ": {"PYBRIDGE_TOKEN_CACHE": str(folder)},
            "clock": clock,
            "monotonic": clock,
            "sleep": clock.sleep,
            "tokens": TokenCache(),
            **options,
        },
    )


def kept(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.json"))


def test_one_process_asks_and_the_others_find_its_token(tmp_path: Path) -> None:
    folder, clock = tmp_path / "tokens", Clock()
    endpoint = Endpoint(lasting(clock, 86_400, "abc"))
    for _ in range(3):
        assert process(endpoint, folder, clock).get_token(ARM).token == "abc"
    assert endpoint.asked == 1
    assert len(kept(folder)) == 1


def test_commands_share_a_token(tmp_path: Path) -> None:
    folder = tmp_path / "tokens"
    with talking(GOOD) as server:
        env = environment(server.url, PYBRIDGE_TOKEN_CACHE=str(folder))
        command = [sys.executable, "-m", "pybridge", "token", "--source", "imds"]
        started = [
            subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            for _ in range(6)
        ]
        assert [child.communicate(timeout=GUARD) for child in started] == [("abc.def.ghi\n", "")] * 6
        assert len(server.received) == 1


def test_the_option_uses_the_users_own_folder(tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path), "LOCALAPPDATA": str(tmp_path)}
    with talking(GOOD) as server:
        env = environment(server.url, **home)
        for _ in range(2):
            done = run("token", "--source", "imds", "--cache", env=env)
            assert (done.stdout, done.stderr) == ("abc.def.ghi\n", "")
        assert len(server.received) == 1
    assert len(list(tmp_path.rglob("*.json"))) == 1


def test_nothing_is_kept_unless_it_is_asked_for(tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path), "LOCALAPPDATA": str(tmp_path)}
    with talking(GOOD) as server:
        for setting in ({}, {"PYBRIDGE_TOKEN_CACHE": ""}, {"PYBRIDGE_TOKEN_CACHE": "0"}):
            assert run("token", "--source", "imds", env=environment(server.url, **home, **setting)).returncode == 0
        assert len(server.received) == 3
    assert list(tmp_path.iterdir()) == []


def test_the_argument_wins_over_the_variable(tmp_path: Path) -> None:
    clock = Clock()
    endpoint = Endpoint(lasting(clock, 86_400, "abc"), lasting(clock, 86_400, "abc"))
    process(endpoint, tmp_path / "variable", clock, cache=str(tmp_path / "argument")).get_token(ARM)
    process(endpoint, tmp_path / "variable", clock, cache="0").get_token(ARM)
    assert [path.name for path in tmp_path.iterdir()] == ["argument"]


def test_no_token_of_the_emulator_or_of_another_host_is_kept(tmp_path: Path) -> None:
    folder, clock = tmp_path / "tokens", Clock()
    with serve(Emulator()) as server:
        environ = {"AZURE_POD_IDENTITY_AUTHORITY_HOST": server.url, "PYBRIDGE_TOKEN_CACHE": str(folder)}
        ManagedIdentityCredential(environ=environ, tokens=TokenCache()).get_token(ARM)
    process(Emulator(), folder, clock).get_token(ARM)
    host = Endpoint(lasting(clock, 86_400, "abc"))
    host.place = "vm01:5986 as admin"
    process(host, folder, clock).get_token(ARM)
    assert kept(folder) == []


def test_what_others_keep_is_renewed_when_it_is_stale_and_replaced_when_it_is_dead(tmp_path: Path) -> None:
    folder, clock = tmp_path / "tokens", Clock()
    endpoint = Endpoint(lasting(clock, 3600, "one"), lasting(clock, 7000, "two"), lasting(clock, 90_000, "three"))
    assert process(endpoint, folder, clock).get_token(ARM).token == "one"
    clock.now += 3590
    assert process(endpoint, folder, clock).get_token(ARM).token == "two"
    clock.now += 3500
    assert process(endpoint, folder, clock).get_token(ARM).token == "three"
    assert endpoint.asked == 3


def test_half_of_a_life_is_that_of_the_token_not_of_the_process(tmp_path: Path) -> None:
    folder, clock = tmp_path / "tokens", Clock()
    endpoint = Endpoint(lasting(clock, 86_400, "one"), lasting(clock, 160_000, "two"))
    process(endpoint, folder, clock).get_token(ARM)
    clock.now += 43_000
    second = process(endpoint, folder, clock)
    assert second.get_token(ARM).token == "one"
    clock.now += 300
    assert second.get_token(ARM).token == "one"  # past its half: renewed in the background
    from test_cache import settle

    settle()
    assert second.get_token(ARM).token == "two"
    assert process(endpoint, folder, clock).get_token(ARM).token == "two"
    assert endpoint.asked == 2


@pytest.mark.parametrize(("hours", "asked"), [(-5, 2), (30, 2)])
def test_a_wrong_clock_neither_keeps_a_dead_token_nor_makes_each_process_ask(
    hours: int, asked: int, tmp_path: Path
) -> None:
    """The endpoint's clock is right, and its answers tell it; this machine's is not."""
    folder, clock, true = tmp_path / "tokens", Clock(), Clock()
    clock.now += hours * 3600

    class Dated(Endpoint):
        def send(self, request: HttpRequest) -> HttpResponse:
            response = super().send(request)
            return response._replace(headers={**response.headers, "Date": formatdate(true.now, usegmt=True)})

    endpoint = Dated(lasting(true, 86_400, "one"), lasting(true, 3 * 86_400, "two"))
    for _ in range(3):
        assert process(endpoint, folder, clock).get_token(ARM).token == "one"
    assert endpoint.asked == 1
    for each in (clock, true):
        each.now += 25 * 3600
    for _ in range(3):
        assert process(endpoint, folder, clock).get_token(ARM).token == "two"
    assert endpoint.asked == asked


def test_the_wait_for_another_process_ends_with_the_deadline(tmp_path: Path) -> None:
    folder, clock = tmp_path / "tokens", Clock()
    endpoint = Endpoint(lasting(clock, 86_400, "one"), lasting(clock, 86_400, "two"))
    process(endpoint, folder, clock).get_token(ARM)
    (lock,) = folder.glob("*.lock")
    started = clock.now
    release = locks.hold(TokenFolder(folder), lock.name, doubtful=False)
    assert release is not None
    try:
        with pytest.raises(TimedOutError, match="no time left"):
            process(endpoint, folder, clock, deadline=3).get_token(ARM, force_refresh=True)
    finally:
        release()
    assert clock.now - started < 4


def test_a_forced_token_replaces_the_one_that_others_find(tmp_path: Path) -> None:
    folder, clock = tmp_path / "tokens", Clock()
    endpoint = Endpoint(lasting(clock, 86_400, "one"), lasting(clock, 86_400, "two"))
    process(endpoint, folder, clock).get_token(ARM)
    assert process(endpoint, folder, clock).get_token(ARM, force_refresh=True).token == "two"
    assert process(endpoint, folder, clock).get_token(ARM).token == "two"


def test_what_makes_another_token_makes_another_file(tmp_path: Path) -> None:
    folder, clock = tmp_path / "tokens", Clock()
    endpoint = Endpoint(*[lasting(clock, 86_400, "abc")] * 4)
    for options in ({}, {"client_id": "c"}, {"object_id": "c"}, {"source": "vm_extension"}):
        process(endpoint, folder, clock, **options).get_token(ARM)
    assert len(kept(folder)) == 4
