"""remote: who wants no more is free within a second, and the host is left as it was."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import wsman_host
from afar import host_of
from support import GUARD, environment
from wsman_faults import MAX_SHELLS
from wsman_host import Handle, WsmanHost

from pybridge.errors import CancelledError, HostTimedOutError
from pybridge.hosts import Host
from pybridge.hosts import host as make_host
from pybridge.models import HttpRequest
from pybridge.passwords import Password
from pybridge.remote import WinRMTransport, ask, run_script, stopping

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a script with a #! line")

#: Seconds; what is promised is a second.
SOON = 1.0


@pytest.fixture(scope="module")
def vm01(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Handle]:
    """A host whose PowerShell never says anything."""
    program = tmp_path_factory.mktemp("powershell") / "powershell"
    program.write_text("#!/bin/sh\nexec sleep 600\n")
    program.chmod(0o755)
    with wsman_host.running(WsmanHost(powershell=str(program))) as handle:
        yield handle


@pytest.fixture
def handle(vm01: Handle) -> Iterator[Handle]:
    vm01.clear()
    yield vm01
    until(lambda: vm01.shells == [])
    assert [process["running"] for process in vm01.processes if process["running"]] == []


def until(check: Callable[[], bool]) -> None:
    """Wait for what is bound to happen."""
    end = time.monotonic() + GUARD
    while not check():
        assert time.monotonic() < end
        time.sleep(0.02)


def ended(act: Callable[[], object], ready: Callable[[], bool], stop: Callable[[], None]) -> float:
    """Seconds from when it is stopped to when it is over: with a `CancelledError`."""
    outcome: list[BaseException] = []

    def go() -> None:
        try:
            act()
        except BaseException as exc:
            outcome.append(exc)

    thread = threading.Thread(target=go)
    thread.start()
    until(ready)
    began = time.monotonic()
    stop()
    thread.join(GUARD)
    took = time.monotonic() - began
    assert [type(exc) for exc in outcome] == [CancelledError], outcome
    return took


def test_who_waits_for_a_script_is_free_soon(handle: Handle) -> None:
    stop = threading.Event()

    def act() -> None:
        with stopping(stop):
            ask(host_of(handle), "http", {})

    assert ended(act, lambda: handle.count("Send") == 1, stop.set) < SOON


def test_so_is_who_runs_one(handle: Handle) -> None:
    stop = threading.Event()

    def act() -> None:
        with stopping(stop):
            run_script(host_of(handle), "x")

    assert ended(act, lambda: handle.count("Send") == 1, stop.set) < SOON


@pytest.mark.parametrize("end", ["cancel", "close"])
def test_a_transport_can_be_stopped_from_elsewhere(handle: Handle, end: str) -> None:
    transport = WinRMTransport(host_of(handle))
    request = HttpRequest("GET", "http://127.0.0.1/x")
    assert ended(lambda: transport.send(request), lambda: handle.count("Send") == 1, getattr(transport, end)) < SOON
    # And used again.
    before = handle.count("Send")
    assert ended(lambda: transport.send(request), lambda: handle.count("Send") > before, transport.cancel) < SOON


def test_who_waits_for_his_turn_is_free_as_well(handle: Handle) -> None:
    transport = WinRMTransport(host_of(handle))
    request = HttpRequest("GET", "http://127.0.0.1/x")
    first = threading.Thread(target=lambda: suppressed(lambda: transport.send(request)))
    first.start()
    until(lambda: handle.count("Send") == 1)
    stop = threading.Event()

    def act() -> None:
        with stopping(stop):
            transport.send(request)

    assert ended(act, lambda: True, stop.set) < SOON
    transport.cancel()
    first.join(GUARD)


def suppressed(act: Callable[[], object]) -> None:
    with suppress(CancelledError):
        act()


def test_who_waits_for_a_free_shell_is_free_soon(handle: Handle) -> None:
    handle.fault("Create", do="fault", code=MAX_SHELLS, times=0)
    stop = threading.Event()

    def act() -> None:
        with stopping(stop):
            ask(host_of(handle), "http", {})

    assert ended(act, lambda: handle.count("Create") == 1, stop.set) < SOON
    handle.clear()


@pytest.mark.parametrize("step", ["Create", "Command", "Send", "Delete"])
def test_at_whichever_step(handle: Handle, step: str) -> None:
    handle.fault(step, do="delay", seconds=1.5, carried_out=True)
    stop = threading.Event()

    def act() -> None:
        with stopping(stop):
            ask(host_of(handle), "http", {}, timeout=0.5 if step == "Delete" else None)

    if step == "Delete":
        with pytest.raises(HostTimedOutError):
            act()
        return
    # The host notes a request once it has answered.
    assert ended(act, lambda: bool(handle.stats()["connections"]), stop.set) < SOON


def silent(port: int) -> Host:
    return make_host("vm01", address=f"http://127.0.0.1:{port}", username="admin", password=Password("secret-word"))


def test_who_waits_for_a_host_that_says_nothing_is_free_soon() -> None:
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def act() -> None:
            with stopping(stop):
                ask(silent(server.getsockname()[1]), "http", {})

        assert ended(act, lambda: True, stop.set) < SOON


def test_who_waits_for_a_connection_is_free_soon() -> None:
    stop = threading.Event()
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(3)]
        for one in waiting:
            one.setblocking(False)
            with suppress(BlockingIOError):
                one.connect(full.getsockname())

        def act() -> None:
            with stopping(stop):
                ask(silent(full.getsockname()[1]), "http", {})

        try:
            assert ended(act, lambda: True, stop.set) < SOON
        finally:
            for one in waiting:
                one.close()


def test_what_was_stopped_before_does_not_begin(handle: Handle) -> None:
    stop = threading.Event()
    stop.set()
    with stopping(stop), pytest.raises(CancelledError):
        ask(host_of(handle), "http", {})
    assert handle.requests == []


def test_a_stop_is_that_of_its_block(handle: Handle) -> None:
    stop = threading.Event()
    stop.set()
    with stopping(stop):
        pass
    with pytest.raises(HostTimedOutError):
        ask(host_of(handle), "http", {}, timeout=0.5)


@pytest.mark.parametrize("number", [signal.SIGINT])
def test_ctrl_c_leaves_no_shell(handle: Handle, number: int) -> None:
    program = (
        "import sys\n"
        "from pybridge.hosts import host\n"
        "from pybridge.passwords import Password\n"
        "from pybridge.remote import ask\n"
        "url, ca, password = sys.stdin.read().split()\n"
        "ask(host('vm01', address=url, username='admin', password=Password(password), ca=ca, "
        "authentication='basic'), 'http', {})\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        text=True,
    )
    assert child.stdin is not None
    assert child.stderr is not None
    with child.stdin:
        child.stdin.write(f"{handle.https} {handle.ca} {handle.password()}")
    until(lambda: handle.count("Send") == 1)
    began = time.monotonic()
    child.send_signal(number)
    with child.stderr:
        errors = child.stderr.read()
    child.wait(GUARD)
    assert time.monotonic() - began < 3 * SOON
    assert errors.rstrip().endswith("KeyboardInterrupt")
    assert handle.password() not in errors


def test_no_thread_is_left(handle: Handle, tmp_path: Path) -> None:
    stop = threading.Event()
    before = set(threading.enumerate())

    def act() -> None:
        with stopping(stop):
            ask(host_of(handle), "http", {})

    ended(act, lambda: handle.count("Send") == 1, stop.set)
    until(lambda: set(threading.enumerate()) <= before)
