"""remote: whatever fails at whichever step, there is an answer or an error that says so, and no shell is left there.

The PowerShell of these hosts is a stand-in, as it starts in no time; the host, and the client, are the real ones.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import wsman_host
from afar import SAID, answering, host_of, relayed
from wsman_faults import ABORTED, ACCESS_DENIED, BUSY, MAX_OPERATIONS, MAX_SHELLS, MAX_USERS, UNKNOWN_SELECTOR
from wsman_host import Handle, WsmanHost

from pybridge.errors import (
    ConfigurationError,
    HostInterruptedError,
    HostQuotaError,
    HostTimedOutError,
    HostUnreachableError,
    PyBridgeError,
    RemoteError,
    RemoteScriptError,
    SignInRefusedError,
)
from pybridge.remote import Job

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a script with a #! line")


@pytest.fixture(scope="module")
def vm01(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Handle]:
    with answering(tmp_path_factory.mktemp("powershell"), max_shells=3) as handle:
        yield handle


@pytest.fixture
def handle(vm01: Handle) -> Handle:
    vm01.reset()  # what one test has left is none of the others' business
    return vm01


class Waits:
    """A sleep that takes no time."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)


def outcome(handle: Handle, authentication: str = "basic", secure: bool = True, **options: Any) -> object:
    """What comes of two questions to a host: the answers, or the error."""
    host = host_of(handle, authentication, secure, **{"timeout": 30, **options})
    try:
        with Job(host, sleep=Waits()) as job:
            return [job.ask("http", {}), job.ask("http", {})]
    except PyBridgeError as exc:
        return exc


# --- everything, everywhere --------------------------------------------------------------------------

STEPS = ("Create", "Command", "Send", "Receive", "Signal", "Delete")

TROUBLES: tuple[dict[str, Any], ...] = (
    {"do": "drop"},
    {"do": "drop", "carried_out": True},
    {"do": "reset"},
    {"do": "reset", "carried_out": True},
    {"do": "garbage"},
    {"do": "garbage", "carried_out": True},
    {"do": "half"},
    {"do": "status", "status": 400},
    {"do": "status", "status": 404},
    {"do": "status", "status": 413},
    {"do": "status", "status": 500},
    {"do": "status", "status": 503},
    {"do": "status", "status": 502, "carried_out": True},
    {"do": "status", "status": 504, "carried_out": True},
    {"do": "status", "status": 302},
    {"do": "status", "status": 401},
    {"do": "body", "text": ""},
    {"do": "body", "text": "<html>It works!</html>"},
    {"do": "body", "text": "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"},
    {"do": "replace", "old": "RelatesTo>", "new": "RelatesTo>x"},
    {"do": "fault", "code": ABORTED},
    {"do": "fault", "code": ACCESS_DENIED},
    {"do": "fault", "code": UNKNOWN_SELECTOR},
    {"do": "fault", "code": 4711},
)

CASES = [
    pytest.param(way, step, trouble, id=f"{way[0]}{'' if way[1] else '-http'}-{step}-{number}")
    for way in (("basic", True), ("negotiate", False))
    for step in STEPS
    for number, trouble in enumerate(TROUBLES)
    if (step, trouble.get("code"))
    != ("Delete", UNKNOWN_SELECTOR)  # what a host says that has no such shell is believed
]


def test_there_are_more_than_200() -> None:
    assert len(CASES) > 200


@pytest.mark.parametrize(("way", "step", "trouble"), CASES)
def test_no_shell_is_left(handle: Handle, way: tuple[str, bool], step: str, trouble: dict[str, Any]) -> None:
    if way[0] == "negotiate" and not wsman_host.interpreter()[1]:
        pytest.skip(wsman_host.NO_NTLM)
    handle.fault(step, **trouble)
    found = outcome(handle, *way)
    assert handle.shells == []
    assert [process["running"] for process in handle.processes if process["running"]] == []
    if not isinstance(found, RemoteError):
        assert found == [SAID, SAID]
        return
    assert found.target == "vm01"
    assert found.message.startswith("vm01")
    assert found.message.isprintable()
    assert handle.password() not in f"{found!r} {vars(found)} {found.__cause__!r} {found.__context__!r}"


# --- what each of it comes to ------------------------------------------------------------------------


@pytest.mark.parametrize("trouble", TROUBLES[:6], ids=lambda trouble: "-".join(map(str, trouble.values())))
@pytest.mark.parametrize("step", ["Create", "Receive"])
def test_what_does_no_harm_twice_is_sent_twice(handle: Handle, step: str, trouble: dict[str, Any]) -> None:
    handle.fault(step, **trouble)
    assert outcome(handle) == [SAID, SAID]


@pytest.mark.parametrize("trouble", TROUBLES[:6], ids=lambda trouble: "-".join(map(str, trouble.values())))
@pytest.mark.parametrize(("step", "doing"), [("Command", "starting PowerShell"), ("Send", "sending the script")])
def test_what_may_have_been_done_is_not_done_again(
    handle: Handle, step: str, doing: str, trouble: dict[str, Any]
) -> None:
    handle.fault(step, **trouble)
    found = outcome(handle)
    assert isinstance(found, HostInterruptedError)
    assert f"vm01 was cut off while {doing} ({step})" in found.message
    assert found.details["step"] == step
    assert handle.count(step) == 1


@pytest.mark.parametrize("status", [502, 503, 504])
@pytest.mark.parametrize("step", ["Command", "Send"])
def test_what_a_gateway_may_have_passed_on_is_not_done_again(handle: Handle, step: str, status: int) -> None:
    handle.fault(step, do="status", status=status, carried_out=True)
    found = outcome(handle)
    assert isinstance(found, HostInterruptedError)
    assert f"HTTP {status}" in found.message
    assert handle.count(step) == 1
    assert len(handle.processes) == 1


def test_a_gateway_that_is_not_ready_may_be_later(handle: Handle) -> None:
    handle.fault("Create", do="status", status=503, times=0)
    found = outcome(handle)
    assert isinstance(found, HostUnreachableError)
    assert found.retryable


@pytest.mark.parametrize("status", [400, 403, 404, 413, 302])
def test_a_refusal_is_final_and_nothing_is_swept_after_it(handle: Handle, status: int) -> None:
    handle.fault("Any", do="status", status=status, times=0)
    assert isinstance(outcome(handle), RemoteError)
    assert len(handle.requests) == 1


def test_a_shell_that_the_host_has_closed_meanwhile_is_opened_anew(handle: Handle) -> None:
    """As after three minutes in which nobody asked."""
    with Job(host_of(handle), sleep=Waits()) as job:
        assert job.ask("http", {}) == SAID
        handle.reboot(0)
        with Job(host_of(handle)) as other:
            assert other.ask("http", {}, last=True) == SAID, "it is up again"
        assert job.ask("http", {}) == SAID


@pytest.mark.parametrize("step", ["Signal", "Delete"])
def test_who_has_his_answer_does_not_wait_for_the_end(handle: Handle, step: str) -> None:
    handle.fault(step, do="delay", seconds=5.0, carried_out=True)
    began = time.monotonic()
    assert outcome(handle, timeout=10) == [SAID, SAID]
    assert time.monotonic() - began < 4


def test_a_password_is_asked_for_once_whatever_fails(handle: Handle) -> None:
    asked: list[str] = []

    class Asked:
        def get(self, host: str, username: str | None, /) -> str:
            asked.append(host)
            raise ConfigurationError("there is none")

    assert str(outcome(handle, password=Asked())) == "there is none"
    assert asked == ["vm01"]
    assert handle.requests == []


@pytest.mark.parametrize("step", ["Send", "Delete"])
def test_a_connection_that_was_closed_in_between_is_opened_anew(handle: Handle, step: str) -> None:
    """Nothing was sent over it, so that is safe at any step."""
    with relayed(handle.https_port) as relay:
        with Job(host_of(handle, address=f"https://127.0.0.1:{relay.port}/wsman"), sleep=Waits()) as job:
            assert job.ask("http", {}) == SAID
            relay.cut()
            if step == "Send":
                assert job.ask("http", {}) == SAID
        assert relay.connections == 2
    assert handle.shells == []


def test_a_host_that_reboots_is_an_error_that_says_where_it_was(handle: Handle) -> None:
    handle.fault("Receive", do="reboot", seconds=0.3)
    found = outcome(handle)
    assert isinstance(found, HostInterruptedError)
    assert "vm01 was cut off while waiting for the script (Receive)" in found.message
    assert "may have been restarted" in (found.remedy or "")


def test_a_host_that_comes_back_before_anything_was_begun_is_waited_for(handle: Handle) -> None:
    handle.fault("Create", do="reboot", seconds=0.3)
    with Job(host_of(handle)) as job:
        assert job.ask("http", {}) == SAID


def test_a_full_host_is_waited_for(handle: Handle) -> None:
    waits = Waits()
    handle.fault("Create", do="fault", code=MAX_SHELLS, times=2)
    with Job(host_of(handle), sleep=waits) as job:
        assert job.ask("http", {}) == SAID
    assert sum(waits.slept) == pytest.approx(3)
    assert handle.count("Create") == 3


def test_a_host_that_stays_full_is_an_error_with_the_way_out(handle: Handle) -> None:
    handle.fault("Create", do="fault", code=MAX_SHELLS, times=0)
    found = outcome(handle)
    assert isinstance(found, HostQuotaError)
    assert "MaxShellsPerUser" in (found.remedy or "")
    assert found.details["kind"] == "quota_shells"
    assert handle.count("Delete") == 0


def test_too_many_operations_are_worth_one_new_shell(handle: Handle) -> None:
    handle.fault("Command", do="fault", code=MAX_OPERATIONS)
    assert outcome(handle) == [SAID, SAID]
    assert handle.count("Create") == handle.count("Delete") == 2
    handle.clear()
    handle.fault("Command", do="fault", code=MAX_OPERATIONS, times=0)
    assert isinstance(outcome(handle), HostQuotaError)
    assert handle.count("Create") == 2
    assert handle.shells == []


def test_too_many_users_are_an_error_at_once(handle: Handle) -> None:
    handle.fault("Create", do="fault", code=MAX_USERS)
    assert isinstance(outcome(handle), HostQuotaError)
    assert handle.count("Create") == 1


def test_a_busy_host_is_asked_again_in_a_moment(handle: Handle) -> None:
    handle.fault("Send", do="fault", code=BUSY, times=2)
    assert outcome(handle) == [SAID, SAID]
    assert handle.count("Send") == 4


def test_a_user_without_rights_is_told_so(handle: Handle) -> None:
    handle.fault("Create", do="fault", code=ACCESS_DENIED)
    found = outcome(handle)
    assert isinstance(found, SignInRefusedError)
    assert "Remote Management Users" in (found.remedy or "")


def test_nothing_listens_there(handle: Handle) -> None:
    waits = Waits()
    with (
        Job(host_of(handle, address="https://127.0.0.1:1/wsman"), sleep=waits) as job,
        pytest.raises(HostUnreachableError, match=r"^vm01 cannot be reached at 127\.0\.0\.1:1: nothing listens there$"),
    ):
        job.ask("http", {})
    assert len([pause for pause in waits.slept if pause]) > 2


def test_no_such_name(handle: Handle) -> None:
    found = outcome(handle, address="no-such-host.invalid")
    assert isinstance(found, HostUnreachableError)
    assert "there is no such name" in found.message


@pytest.mark.parametrize("step", STEPS[:4])
def test_a_host_that_takes_too_long_is_left(handle: Handle, step: str) -> None:
    """The deadline is that of all; whatever was begun is ended, on another connection."""
    handle.fault(step, do="delay", seconds=2.0, carried_out=True)
    found = outcome(handle, timeout=0.5)
    assert isinstance(found, HostTimedOutError)
    assert f"({step})" in found.message
    assert handle.shells == []


def test_a_script_that_takes_too_long_is_ended(handle: Handle, tmp_path: Path) -> None:
    """The host answers in time, again and again, that nothing has happened."""
    slow = tmp_path / "slow"
    slow.write_text("#!/bin/sh\nexec sleep 60\n")
    slow.chmod(0o755)
    with wsman_host.running(WsmanHost(powershell=str(slow))) as handle:
        found = outcome(handle, timeout=1.0, operation_timeout=0.3)
        assert isinstance(found, HostTimedOutError)
        assert handle.count("Receive") > 1
        assert (handle.shells, [process["running"] for process in handle.processes]) == ([], [False])


@pytest.mark.parametrize("said", ["", "You may not.\n"])
def test_a_powershell_that_ends_without_an_answer_is_no_success(tmp_path: Path, said: str) -> None:
    program = tmp_path / "powershell"
    program.write_text(f"#!/bin/sh\nprintf '{said}' >&2\nexit 0\n")
    program.chmod(0o755)
    with wsman_host.running(WsmanHost(powershell=str(program))) as handle:
        found = outcome(handle)
        assert isinstance(found, RemoteScriptError)
        assert found.message.startswith("PowerShell on vm01 ended without an answer")
        assert said.strip() in found.message
        assert handle.shells == []
