"""How calls of the worker end when the other side does not read, or is gone."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator

import pytest
from support import GUARD
from test_worker import Desk, wait_for
from test_worker_asks import Asked

from pybridge.backend import Backend, Call
from pybridge.resources import Tenant
from pybridge.worker.call import WorkerCall


class Stuck(Asked):
    """A desk that takes some frames, and then none until it is free again, as a full pipe does."""

    def __init__(self, room: int, /, **operations: object) -> None:
        self.room = room
        self.full, self.free = threading.Event(), threading.Event()
        super().__init__(**operations)  # type: ignore[arg-type]

    def write(self, frame: bytes) -> None:
        self.room -= 1
        if self.room < 0:
            self.full.set()
            assert self.free.wait(GUARD)
        super().write(frame)


def endless(call: Call) -> Iterator[Tenant]:
    number = 0
    while True:
        number += 1
        yield Tenant(str(number))


@pytest.mark.parametrize("method", ["cancel", "hello", "nonsense", "endless", "needs"])
def test_a_write_that_waits_for_powershell_stops_no_reading(method: str) -> None:
    """PowerShell may be writing what a call has asked for, and reads on when that is done."""
    answered = threading.Event()

    def ask(call: Call) -> Tenant:
        call.ask("use_session", {})
        answered.set()
        return Tenant("answered")

    def needs(call: Call, *, value: int) -> Tenant:
        return Tenant(str(value))

    desk = Stuck(3, ask=ask, endless=endless, needs=needs)
    desk.send("ask", 1)
    asked = desk.frame()
    desk.send("endless", 2)
    assert desk.full.wait(GUARD)
    # What follows has an answer, which cannot be written now.
    desk.send(method, 2 if method == "endless" else 3 if method != "cancel" else None, id=2)
    desk.answer(asked, "here")
    assert answered.wait(GUARD)
    desk.send("cancel", None, id=2)
    desk.free.set()
    desk.rest()


class Gone(Desk):
    """A desk that takes no frame."""

    def write(self, frame: bytes) -> None:
        raise BrokenPipeError


def test_who_is_at_work_elsewhere_has_a_moment_though_nobody_takes_its_items() -> None:
    told, clean = threading.Event(), threading.Event()

    def stream(call: Call) -> Iterator[Tenant]:
        call.on_end(told.set)
        try:
            yield from endless(call)
        finally:
            wait_for(told, call)
            clean.set()

    desk = Gone(stream=stream)
    desk.send("stream", 1)
    assert desk.has_ended()
    assert clean.is_set()


def test_at_the_end_of_the_input_nobody_waits_for_an_answer() -> None:
    over = threading.Event()

    def ask(call: Call) -> None:
        call.on_end(lambda: None)
        try:
            call.ask("use_session", {})
        finally:
            over.set()

    desk = Asked(ask=ask)
    desk.send("ask", 1)
    assert desk.frame()["method"] == "use_session"
    desk.rest()
    assert over.is_set()


def test_a_call_that_ends_twice_at_once_tells_everybody_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The thread that reads may end it, and one that begins something for it."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    problems: list[BaseException] = []
    told: list[int] = []

    def end(call: WorkerCall, ready: threading.Barrier) -> None:
        ready.wait(GUARD)
        try:
            call.end()
        except BaseException as exc:
            problems.append(exc)

    try:
        for _ in range(200):
            call = WorkerCall(1, Backend(environ={}), lambda *_: None)
            for number in range(20):
                call.on_end(lambda number=number: told.append(number))  # type: ignore[misc]
            ready = threading.Barrier(4)
            threads = [threading.Thread(target=end, args=(call, ready)) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(GUARD)
    finally:
        sys.setswitchinterval(before)
    assert problems == []
    assert len(told) == 200 * 20
