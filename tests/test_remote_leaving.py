"""remote: when a host is left, and how: deadlines, shells that nobody used, and hosts that are told nothing more."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import pytest
from afar import SAID, answering, host_of, relayed
from wsman_host import Handle

from pybridge.errors import (
    CertificateError,
    HostInterruptedError,
    HostTimedOutError,
    RemoteScriptError,
    SignInRefusedError,
)
from pybridge.models import HttpRequest
from pybridge.remote import Job, WinRMTransport
from pybridge.remote.surroundings import surroundings

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a script with a #! line")


@pytest.fixture(scope="module")
def vm01(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Handle]:
    with answering(tmp_path_factory.mktemp("powershell")) as handle:
        yield handle


@pytest.fixture
def handle(vm01: Handle) -> Iterator[Handle]:
    vm01.clear()
    vm01.certify()
    yield vm01
    vm01.reset()


@pytest.mark.parametrize("carried_out", [False, True])
def test_a_shell_that_was_left_alone_may_lose_its_next_question(handle: Handle, carried_out: bool) -> None:
    """As where something in between has forgotten the connection. Nothing is left of the shell before."""
    with Job(host_of(handle)) as job:
        assert job.ask("http", {}) == SAID
        handle.fault("Send", do="reset", carried_out=carried_out)
        assert job.ask("http", {}) == SAID
        assert len(handle.shells) == 1
        handle.fault("Send", do="reset", times=0)
        with pytest.raises(HostInterruptedError, match=r"\(Send\)"):
            job.ask("http", {})
    assert handle.count("Send") == 5
    assert handle.shells == []


def test_who_shows_another_certificate_in_between_is_told_nothing(handle: Handle) -> None:
    with relayed(handle.https_port) as relay:
        job = Job(host_of(handle, address=f"https://127.0.0.1:{relay.port}/wsman"))
        assert job.ask("http", {}) == SAID
        told = len(handle.requests)
        handle.certify("self-signed")
        relay.cut()
        with pytest.raises(CertificateError):
            job.ask("http", {})
        job.close()
        assert relay.connections == 2
        assert len(handle.requests) == told


def test_a_sign_in_that_is_refused_is_not_tried_again_and_again(handle: Handle) -> None:
    """Each attempt counts against the user, whom the host may lock out."""
    handle.fault("Command", do="status", status=401, times=0)
    handle.fault("Any", do="status", status=401, times=0, nth=2)
    with Job(host_of(handle)) as job, pytest.raises(SignInRefusedError):
        job.ask("http", {})
    assert len(handle.requests) == 3


@pytest.mark.parametrize("step", ["Create", "Command", "Send", "Receive", "Signal", "Delete"])
def test_no_step_outlasts_the_deadline(handle: Handle, step: str) -> None:
    handle.fault(step, do="delay", seconds=30.0, times=0)
    handle.fault("Delete", do="delay", seconds=30.0, times=0)
    is_known_by_then = step in ("Signal", "Delete")
    late: AbstractContextManager[Any] = (
        nullcontext() if is_known_by_then else pytest.raises(HostTimedOutError, match=rf"\({step}\)")
    )
    began = time.monotonic()
    with late, WinRMTransport(host_of(handle, timeout=1.0)) as transport:
        assert transport.ask("http", {}) == SAID
    assert time.monotonic() - began < 5.0


def test_a_visit_has_one_deadline_for_all_that_is_asked(handle: Handle) -> None:
    handle.fault("Receive", do="delay", seconds=0.7, times=0)
    transport = WinRMTransport(host_of(handle))
    began = time.monotonic()
    with transport.visit(1.0):
        assert transport.ask("http", {}) == SAID
        with pytest.raises(HostTimedOutError):
            transport.ask("http", {})
    assert time.monotonic() - began < 5.0
    assert transport.ask("http", {}) == SAID


def test_a_job_has_one_deadline_too_if_it_is_given_one(handle: Handle) -> None:
    handle.fault("Receive", do="delay", seconds=0.7, times=0)
    with Job(host_of(handle), total=1.0) as job:
        assert job.ask("http", {}) == SAID
        with pytest.raises(HostTimedOutError):
            job.ask("http", {})


def test_a_request_takes_not_much_longer_than_it_may_take_there(handle: Handle) -> None:
    handle.fault("Receive", do="delay", seconds=30.0, times=0)
    transport = WinRMTransport(host_of(handle, connect_timeout=0.5, operation_timeout=0.5))
    began = time.monotonic()
    with pytest.raises(HostTimedOutError):
        transport.send(HttpRequest("GET", "http://127.0.0.1/", timeout=0.2))
    assert time.monotonic() - began < 5.0


class Slow:
    """A password that takes its time."""

    def __init__(self) -> None:
        self.asked = 0

    def get(self, host: str, username: str | None, /) -> str:
        self.asked += 1
        return "Correct-Horse-Battery-1"


def test_the_password_may_be_got_beforehand(handle: Handle) -> None:
    source = Slow()
    transport = WinRMTransport(host_of(handle, password=source))
    transport.sign_in()
    assert (source.asked, handle.requests) == (1, [])
    with transport.visit(30.0):
        assert transport.ask("http", {}) == SAID
    assert source.asked == 1
    assert handle.counts == {"Create": 1, "Command": 1, "Send": 1, "Receive": 1, "Delete": 1}


def test_what_a_host_tells_about_itself_is_bounded() -> None:
    answer = {
        "platform": "win32",
        "environ": {"IDENTITY_HEADER": "x" * 40_000, "IDENTITY_ENDPOINT": "http://localhost/", "PATH": "nobody asked"},
        "exists": {f"C:\\{number}": True for number in range(1000)},
    }
    found = surroundings(answer, "vm01")
    assert found.environ == {"IDENTITY_ENDPOINT": "http://localhost/"}
    assert len(found.exists) == 16
    with pytest.raises(RemoteScriptError, match="vm01 does not tell its variables"):
        surroundings({**answer, "platform": "plan9"}, "vm01")
