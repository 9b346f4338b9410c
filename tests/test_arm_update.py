"""arm: read, merge, write, while others write too. What one adds, no other may lose."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from support import Clock

from pybridge.accounts import StaticCredential
from pybridge.arm import ArmClient
from pybridge.errors import ArmError, BadRequestError, ConflictError
from pybridge.models import HttpRequest, HttpResponse

VM = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/vm"


class Machine:
    """ARM with one VM, whose PATCH puts the identities that it is sent in the place of those that were there.

    Args:
        etags: Where the version of the VM is told: "header", "body", or "" for nowhere.
        refusal: The status and code of a write on an old version.
        before: Is called with each request before it counts: another may write then.
    """

    def __init__(
        self,
        *,
        etags: str = "header",
        refusal: tuple[int, str] = (412, "PreconditionFailed"),
        before: Callable[[HttpRequest], None] = lambda request: None,
    ) -> None:
        self.identities: list[str] = []
        self.version = 0
        self.requests: list[HttpRequest] = []
        self._etags, self._refusal, self._before = etags, refusal, before

    def write(self, identities: Sequence[str]) -> None:
        self.identities = list(identities)
        self.version += 1

    @property
    def etag(self) -> str:
        return f'W/"{self.version}"'

    def send(self, request: HttpRequest) -> HttpResponse:
        self.requests.append(request)
        self._before(request)
        if request.method == "PATCH":
            wanted = request.headers.get("If-Match")
            if wanted not in (None, self.etag):
                status, code = self._refusal
                return _json(status, {"error": {"code": code, "message": "It has changed."}})
            self.write(sorted(json.loads(request.body)["identity"]["userAssignedIdentities"]))
        value: dict[str, Any] = {"name": "vm", "identity": {"userAssignedIdentities": {x: {} for x in self.identities}}}
        if self._etags == "body":
            value["etag"] = self.etag
        return _json(200, value, **({"ETag": self.etag} if self._etags == "header" else {}))

    @property
    def writes(self) -> list[HttpRequest]:
        return [request for request in self.requests if request.method == "PATCH"]


def _json(status: int, value: object, **headers: str) -> HttpResponse:
    return HttpResponse(status, headers, json.dumps(value).encode())


def adding(name: str) -> Callable[[dict[str, Any]], dict[str, Any] | None]:
    def merge(state: dict[str, Any]) -> dict[str, Any] | None:
        known = state["identity"]["userAssignedIdentities"]
        if name in known:
            return None
        known[name] = {}  # the state is the merge's own
        return {"identity": {"userAssignedIdentities": known}}

    return merge


def removing(name: str) -> Callable[[dict[str, Any]], dict[str, Any] | None]:
    def merge(state: dict[str, Any]) -> dict[str, Any] | None:
        known = state["identity"]["userAssignedIdentities"]
        left = {key: value for key, value in known.items() if key != name}
        return None if left == known else {"identity": {"userAssignedIdentities": left}}

    return merge


def client(machine: Machine, clock: Clock | None = None) -> ArmClient:
    clock = clock or Clock()
    return ArmClient(
        StaticCredential("abc"), subscription_id="s", transport=machine, environ={}, clock=clock, sleep=clock.sleep
    )


def names(resource: dict[str, Any]) -> list[str]:
    return sorted(resource["identity"]["userAssignedIdentities"])


EVERY_WAY = pytest.mark.parametrize("etags", ["header", "body", ""])


@EVERY_WAY
def test_what_is_there_stays(etags: str) -> None:
    machine = Machine(etags=etags)
    machine.write(["a", "b"])
    assert names(client(machine).update(VM, "1", adding("c"))) == ["a", "b", "c"]
    assert names(client(machine).update(VM, "1", removing("a"))) == ["b", "c"]
    assert machine.identities == ["b", "c"]
    assert [request.headers.get("If-Match") for request in machine.writes] == (
        ['W/"1"', 'W/"2"'] if etags else [None, None]
    )


@EVERY_WAY
def test_nothing_to_do_is_not_written(etags: str) -> None:
    machine = Machine(etags=etags)
    machine.write(["a"])
    assert names(client(machine).update(VM, "1", adding("a"))) == ["a"]
    assert machine.writes == []


@pytest.mark.parametrize("refusal", [(412, "PreconditionFailed"), (409, "ConcurrentUpdateError")])
@pytest.mark.parametrize("etags", ["header", "body"])
def test_a_change_in_between_is_kept(etags: str, refusal: tuple[int, str]) -> None:
    others = iter(["x", "y"])

    def before(request: HttpRequest) -> None:
        other = next(others, None) if request.method == "PATCH" else None
        if other:
            machine.write([*machine.identities, other])

    machine, clock = Machine(etags=etags, refusal=refusal, before=before), Clock()
    assert names(client(machine, clock).update(VM, "1", adding("mine"))) == ["mine", "x", "y"]
    assert clock.slept == [0, 1]


@EVERY_WAY
def test_what_changes_all_the_time_is_given_up(etags: str) -> None:
    def before(request: HttpRequest) -> None:
        machine.write([f"x{len(machine.requests)}"])

    machine, clock = Machine(etags=etags, before=before), Clock()
    with pytest.raises(ConflictError, match="given up after 5 attempts") as caught:
        client(machine, clock).update(VM, "1", adding("mine"))
    assert caught.value.target == VM
    assert clock.slept == [0, 1, 2, 4]
    assert len(machine.writes) == (5 if etags else 0)


@pytest.mark.parametrize(
    ("refusal", "error"), [((409, "Conflict"), ConflictError), ((400, "PreconditionFailed"), BadRequestError)]
)
def test_other_refusals_are_told_at_once(refusal: tuple[int, str], error: type[ArmError]) -> None:
    machine = Machine(refusal=refusal, before=lambda request: machine.write(["x"]))
    with pytest.raises(error):
        client(machine).update(VM, "1", adding("mine"))
    assert len(machine.writes) == 1


def test_without_an_etag_a_change_while_reading_is_seen_before_the_write() -> None:
    def before(request: HttpRequest) -> None:
        if len(machine.requests) == 2:
            machine.write(["x"])

    machine = Machine(etags="", before=before)
    assert names(client(machine).update(VM, "1", adding("mine"))) == ["mine", "x"]
    assert len(machine.writes) == 1


def test_without_an_etag_a_change_that_got_lost_is_made_again() -> None:
    class Overwritten(Machine):
        lost = False

        def send(self, request: HttpRequest) -> HttpResponse:
            response = super().send(request)
            if request.method == "PATCH" and not self.lost:
                self.lost = True
                self.write(["x"])  # another one, who had read before
                return HttpResponse(200)
            return response

    machine = Overwritten(etags="")
    assert names(client(machine).update(VM, "1", adding("mine"))) == ["mine", "x"]
    assert len(machine.writes) == 2


def test_what_arm_does_not_take_as_it_is_sent_is_no_conflict() -> None:
    """This merge never says that it has nothing to do."""
    machine = Machine(etags="")
    machine.write(["a"])
    state = client(machine).update(VM, "1", lambda state: {"identity": {"userAssignedIdentities": {"a": {}, "b": {}}}})
    assert names(state) == ["a", "b"]
    assert len(machine.writes) == 1


def test_who_does_not_wait_is_not_checked() -> None:
    machine = Machine(etags="")
    assert names(client(machine).update(VM, "1", adding("a"), wait=False)) == ["a"]
    assert [request.method for request in machine.requests] == ["GET", "GET", "PATCH"]


# --- two at a time, in every order -------------------------------------------------------------------


class Turns:
    """Clients whose requests arrive in an order that the test chose.

    Each step runs one of them from its start, with the answers that it has had, until it has asked for one thing more.
    """

    def __init__(self, machine: Machine, *merges: Callable[[dict[str, Any]], dict[str, Any] | None]) -> None:
        self._machine = machine
        self._merges = merges
        self._had: list[list[HttpResponse]] = [[] for _ in merges]
        self.done = [False] * len(merges)

    def step(self, who: int) -> None:
        """Let one of them send its next request; then it stands still again."""
        had, machine = self._had[who], self._machine

        class Pausing:
            def __init__(self) -> None:
                self.sent = 0

            def send(self, request: HttpRequest) -> HttpResponse:
                self.sent += 1
                if self.sent > len(had) + 1:
                    raise Paused
                if self.sent == len(had) + 1:
                    had.append(machine.send(request))
                return had[self.sent - 1]

        arm = ArmClient(
            StaticCredential("abc"), subscription_id="s", transport=Pausing(), environ={}, sleep=lambda seconds: None
        )
        try:
            arm.update(VM, "1", self._merges[who])
        except Paused:
            return
        self.done[who] = True

    def run(self, order: Iterator[int]) -> None:
        while not all(self.done):
            who = next(order)
            if not self.done[who]:
                self.step(who)


class Paused(BaseException):
    """Nothing that the client would take for an answer."""


@pytest.mark.parametrize("etags", ["header", "body"])
@pytest.mark.parametrize("order", list(itertools.product((0, 1), repeat=6)), ids=lambda order: "".join(map(str, order)))
def test_no_order_of_two_loses_what_one_of_them_did(order: tuple[int, ...], etags: str) -> None:
    machine = Machine(etags=etags)
    machine.write(["old", "gone"])
    Turns(machine, adding("new"), removing("gone")).run(itertools.chain(order, itertools.cycle((0, 1))))
    assert machine.identities == ["new", "old"]


def test_a_write_that_does_not_say_what_it_rests_on_loses_it() -> None:
    """What `update` is for: two who have read write one after the other."""
    machine = Machine(etags="")
    machine.write(["old"])
    states = [client(machine).get(VM, "1") for _ in range(2)]
    for who in (0, 1):
        client(machine).send("PATCH", VM, "1", adding(f"new{who}")(states[who]))
    assert machine.identities == ["new1", "old"]
