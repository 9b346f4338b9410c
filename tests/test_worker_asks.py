"""What the worker asks the PowerShell that has called it: requests in the other direction."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from support import GUARD
from test_worker import Desk

from pybridge import protocol
from pybridge.backend import Backend, Call
from pybridge.errors import CancelledError, NotFoundError, UnsupportedError
from pybridge.resources import Tenant


class Asked(Desk):
    """A desk that answers what it is asked."""

    def answer(self, frame: dict[str, Any], result: object = None, **other: object) -> None:
        """Answer a request of the worker's."""
        answer = {"jsonrpc": "2.0", "id": frame["id"], **(other or {"result": result})}
        self._sent.put(json.dumps(answer).encode() + b"\n")


def ask(call: Call, *, name: str = "x") -> Tenant:
    return Tenant(str(call.ask("use_session", {"name": name})))


def test_a_call_asks_and_goes_on_with_the_answer() -> None:
    desk = Asked(ask=ask)
    desk.send("ask", 7, name="n")
    asked = desk.frame()
    assert (asked["method"], asked["params"]) == ("use_session", {"id": 7, "name": "n"})
    desk.answer(asked, "done")
    answer = desk.frame()
    assert (answer["id"], answer["result"]["value"]["Id"]) == (7, "done")
    assert desk.rest() == []


def test_an_error_that_is_answered_is_raised() -> None:
    desk = Asked(ask=ask)
    desk.send("ask", 1)
    sent = json.loads(protocol.failure(1, NotFoundError("no such thing", target="t", remedy="r")))
    desk.answer(desk.frame(), error=sent["error"])
    assert desk.frame()["error"] == sent["error"]
    assert desk.rest() == []


def test_calls_ask_at_the_same_time_and_are_answered_in_any_order() -> None:
    desk = Asked(ask=ask)
    for number in (1, 2, 3):
        desk.send("ask", number, name=str(number))
    asked = [desk.frame() for _ in range(3)]
    assert len({frame["id"] for frame in asked}) == 3
    for frame in reversed(asked):
        desk.answer(frame, f"for {frame['params']['name']}")
    answers = {frame["id"]: frame["result"]["value"]["Id"] for frame in (desk.frame() for _ in range(3))}
    assert answers == {1: "for 1", 2: "for 2", 3: "for 3"}
    assert desk.rest() == []


def test_a_call_that_waits_for_its_answer_lets_others_be_answered() -> None:
    desk = Asked(ask=ask, quick=lambda call: Tenant("quick"))
    desk.send("ask", 1)
    asked = desk.frame()
    desk.send("quick", 2)
    assert desk.frame()["id"] == 2
    desk.answer(asked, "late")
    assert desk.frame()["result"]["value"]["Id"] == "late"


def test_items_that_wait_go_out_before_a_question() -> None:
    def stream(call: Call) -> Iterator[Tenant]:
        for number in range(3):
            yield Tenant(str(number))
        yield Tenant(call.ask("use_session", {}))

    desk = Asked(stream=stream)
    desk.send("stream", 1)
    seen = []
    while (frame := desk.frame())["method"] == "items":
        seen += [item["Id"] for item in frame["params"]["values"]]
    assert (seen, frame["method"]) == (["0", "1", "2"], "use_session")
    desk.answer(frame, "3")
    assert desk.frame()["params"]["values"][0]["Id"] == "3"


@pytest.mark.parametrize("threads", [0, 2])
def test_a_cancelled_call_waits_for_no_answer(threads: int) -> None:
    ended: list[str] = []
    over = threading.Event()

    def wait(call: Call) -> None:
        try:
            call.ask("use_session", {})
        except CancelledError as exc:
            ended.append(exc.code)
        if len(ended) == max(threads, 1):
            over.set()

    def many(call: Call) -> None:
        call.backend.before_waiting()
        each = [threading.Thread(target=wait, args=(call,)) for _ in range(threads)]
        for thread in each:
            thread.start()
        for thread in each:
            thread.join(GUARD)

    desk = Asked(many=many if threads else wait)
    desk.send("many", 1)
    asked = [desk.frame() for _ in range(max(threads, 1))]
    desk.send("cancel", None, id=1)
    assert desk.frame()["error"]["data"]["code"] == "cancelled"
    assert over.wait(GUARD)
    desk.answer(asked[0], "too late")
    assert desk.rest() == []


def test_a_call_that_is_over_asks_nobody() -> None:
    """As a renewal in the background would, that outlives the call which has begun it."""
    kept: list[Call] = []
    desk = Asked(keep=lambda call: kept.append(call))
    desk.send("keep", 1)
    assert desk.frame()["id"] == 1
    with pytest.raises(CancelledError):
        kept[0].ask("use_session", {})
    assert desk.rest() == []


def test_answers_that_nobody_waits_for_are_dropped() -> None:
    desk = Asked(quick=lambda call: Tenant("quick"))
    desk.answer({"id": 99}, "what?")
    desk.send("quick", 1)
    assert desk.frame()["id"] == 1
    assert desk.rest() == []


def test_a_caller_that_is_no_powershell_cannot_be_asked() -> None:
    with pytest.raises(UnsupportedError):
        Call(Backend(environ={})).ask("use_session", {})
