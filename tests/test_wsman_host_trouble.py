"""The test host makes trouble on request, restarts, and ends."""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import wsman_host
from support import GUARD
from wsman_client import Client
from wsman_commands import is_running
from wsman_host import Handle


@pytest.fixture(scope="module")
def started() -> Iterator[Handle]:
    with wsman_host.running() as handle:
        yield handle


@pytest.fixture
def host(started: Handle) -> Handle:
    started.reset()
    return started


@pytest.fixture
def client(host: Handle) -> Iterator[Client]:
    client = Client(host)
    yield client
    client.close()


CUT: dict[str, dict[str, Any]] = {
    "drop": {},
    "reset": {},
    "garbage": {"text": "what?\r\n\r\n"},
    "half": {},
    "reboot": {"seconds": 0.01},
}


@pytest.mark.parametrize(
    ("do", "carried_out"), [(do, late) for do in CUT for late in (False, True) if late or do != "half"]
)
def test_an_exchange_can_be_cut(client: Client, host: Handle, do: str, carried_out: bool) -> None:
    host.fault("Create", do, nth=2, carried_out=carried_out, **CUT[do])
    client.create()

    with pytest.raises((OSError, http.client.HTTPException)):
        client.create()

    assert [request["status"] for request in host.requests if request["action"] == "Create"] == [200, 0]
    assert len(host.shells) == (0 if do == "reboot" else 1 + carried_out)


SAID: list[tuple[str, dict[str, Any], tuple[int, str]]] = [
    ("status", {"status": 503, "text": "busy"}, (503, "^busy$")),
    ("status", {"status": 401}, (401, "^$")),
    ("fault", {"code": 2150859173}, (500, 'Code="2150859173"')),
    ("fault", {"code": 7, "reason": "\N{SNOWMAN}"}, (500, "\N{SNOWMAN}")),
    ("body", {"text": "<bomb/>"}, (200, "^<bomb/>$")),
    ("replace", {"old": "CreateResponse", "new": "Elsewhere"}, (200, "transfer/Elsewhere")),
    ("delay", {"seconds": 0.01}, (200, "CreateResponse")),
]


@pytest.mark.parametrize(("do", "more", "answer"), SAID, ids=[f"{row[0]}-{index}" for index, row in enumerate(SAID)])
def test_another_answer_can_be_given(
    client: Client, host: Handle, do: str, more: dict[str, Any], answer: tuple[int, str]
) -> None:
    host.fault("Any", do, **more)
    said = client.create()
    assert said.status == answer[0]
    assert re.search(answer[1], said.text)
    assert client.create().status == 200
    assert host.count("Create") == 2


def test_an_answer_can_be_without_end(client: Client, host: Handle) -> None:
    host.fault("Create", "endless", bytes=200_000)
    said = client.create()
    assert (said.status, len(said.text), said.text[:6]) == (200, 200_000, "<a><a>")


def test_trouble_comes_as_often_as_it_was_ordered(client: Client, host: Handle) -> None:
    host.fault("Create", "status", status=500, nth=2, times=2)
    assert [client.create().status for _ in range(4)] == [200, 500, 500, 200]
    host.fault("Delete", "status", times=0)
    assert {client.delete("x").status for _ in range(5)} == {400}
    with pytest.raises(ValueError, match="do must be one of"):
        host.fault("Create", "explode")


def test_after_a_reboot_nothing_is_known(client: Client, host: Handle) -> None:
    shell, command = client.start("sleep 600")
    pid = host.processes[0]["pid"]

    host.reboot(GUARD)
    with pytest.raises((OSError, http.client.HTTPException)):
        client.receive(shell, command)
    with pytest.raises(ConnectionRefusedError):
        client.receive(shell, command)

    assert not is_running(pid)
    host.reboot(0)
    while True:
        try:
            assert client.receive(shell, command).code == 2150858843
            break
        except ConnectionRefusedError:
            pass


def test_its_process_leaves_nothing_behind() -> None:
    with wsman_host.running() as host:
        client = Client(host)
        client.start("sleep 600")
        pid = host.processes[0]["pid"]
        assert is_running(pid)
        client.close()
    assert not is_running(pid)
    assert not is_running(host.pid)


def test_it_runs_by_hand() -> None:
    done = subprocess.run(
        [wsman_host.interpreter()[0] or sys.executable, str(Path(wsman_host.__file__))],
        input='{"hosts": []}\n{"host": "x", "ask": "stats"}\n{"stop": true}\n',
        capture_output=True,
        text=True,
        timeout=GUARD,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
    )
    assert done.stdout.splitlines() == ['{"result": []}', '{"error": "\'x\'"}']
    assert done.stderr == ""
