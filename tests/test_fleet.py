"""fleet: each host has exactly one outcome, over any executor, whatever happens to its job."""

from __future__ import annotations

import pickle
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NoReturn

import fleetjobs
import pytest
from fleetjobs import Place, places
from support import GUARD, Clock, leaks, shown

from pybridge.errors import (
    CancelledError,
    ExecutorError,
    HostUnreachableError,
    InternalError,
    InventoryError,
    NoEndpointError,
    PyBridgeError,
    RemoteScriptError,
    SignInRefusedError,
    UsageError,
)
from pybridge.fleet import Fleet, Outcome, current_stop
from pybridge.hosts import host
from pybridge.passwords import Password


class Inline(Executor):
    """Does it at once, in the thread that asks."""

    def __init__(self) -> None:
        self.submitted = 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.submitted += 1
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as exc:
            future.set_exception(exc)
        return future


class Held(Executor):
    """Does nothing until it is told to."""

    def __init__(self) -> None:
        self.futures: list[Future[Any]] = []
        self._calls: list[Callable[[], Any]] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.futures.append(Future())
        self._calls.append(lambda: fn(*args, **kwargs))
        return self.futures[-1]

    def do(self, number: int) -> None:
        self.futures[number].set_result(self._calls[number]())

    @property
    def waiting(self) -> list[int]:
        return [number for number, future in enumerate(self.futures) if not future.done()]


class Cancelling(Executor):
    """Cancels what it is given."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.cancel()
        return future


def processes(workers: int = 2) -> ProcessPoolExecutor:
    # Not by fork: the tests have threads.
    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"))


@pytest.fixture(params=["threads of its own", "threads", "processes", "inline"])
def executor(request: pytest.FixtureRequest) -> Iterator[Executor | None]:
    if request.param == "threads of its own":
        yield None
        return
    made: dict[str, Callable[[], Executor]] = {
        "threads": lambda: ThreadPoolExecutor(3),
        "processes": processes,
        "inline": Inline,
    }
    with made[request.param]() as executor:
        yield executor


def once_each(outcomes: Iterable[Outcome[Any]], hosts: Iterable[Place]) -> dict[str, Outcome[Any]]:
    """The outcomes by host; each has one."""
    found = list(outcomes)
    assert sorted(outcome.host for outcome in found) == sorted(host.name for host in hosts)
    return {outcome.host: outcome for outcome in found}


# --- outcomes ----------------------------------------------------------------------------------------


def test_each_host_has_one_outcome(executor: Executor | None) -> None:
    hosts = places(7)
    found = once_each(Fleet(hosts, executor=executor, workers=2).map(fleetjobs.greet, word="hi"), hosts)
    assert {outcome.value for outcome in found.values()} == {f"hi {host.name}" for host in hosts}
    assert all(outcome.ok and outcome.error is None and outcome.attempts == 1 for outcome in found.values())
    assert all(0 <= outcome.seconds < GUARD for outcome in found.values())


@pytest.mark.parametrize(
    ("job", "arguments", "kind", "words"),
    [
        (fleetjobs.refuse, {"error": SignInRefusedError("no", remedy="ask")}, SignInRefusedError, "no"),
        (fleetjobs.at_a_line, {}, InventoryError, "hosts.yaml:7: wrong"),
        (fleetjobs.defective, {"secret": "hush"}, InternalError, "vm00: the job failed with ValueError in defective"),
        (fleetjobs.leave, {}, InternalError, "vm00: the job failed with SystemExit"),
    ],
)
def test_whatever_a_job_raises_is_an_error_of_ours(
    executor: Executor | None, job: Callable[..., Any], arguments: dict[str, Any], kind: type[PyBridgeError], words: str
) -> None:
    (outcome,) = Fleet(places(1), executor=executor).map(job, **arguments)
    assert (outcome.ok, outcome.value, type(outcome.error)) == (False, None, kind)
    assert outcome.error is not None
    assert outcome.error.message.startswith(words)


def test_the_text_of_a_foreign_exception_is_not_ours_to_tell() -> None:
    (outcome,) = Fleet(places(1)).map(fleetjobs.defective, secret="hush-this-is-a-long-secret")
    assert outcome.error is not None
    told = f"{outcome.error.message} {outcome.error.remedy} {outcome.error.details}"
    assert leaks(["hush-this-is-a-long-secret"], told) == []
    cause = outcome.error.__cause__
    assert isinstance(cause, ValueError), "whoever wrote the job finds it here"
    assert (cause.__traceback__, cause.__cause__, cause.__context__) == (None, None, None)


def test_an_error_drops_the_frames_that_it_came_through() -> None:
    (outcome,) = Fleet(places(1)).map(fleetjobs.unreachable)
    error = outcome.error
    assert error is not None
    assert (error.__traceback__, error.__cause__, error.__context__) == (None, None, None)


@pytest.mark.parametrize("kind", PyBridgeError.__subclasses__())
def test_an_error_survives_the_way_to_another_process(kind: type[PyBridgeError]) -> None:
    if kind.__name__ == "FileError":
        error: PyBridgeError = InventoryError("what", file="f", line=3, remedy="how")
    else:
        error = kind("what", target="f:3", remedy="how", details={"status": 1})
    found = pickle.loads(pickle.dumps(error))
    assert type(found) is type(error)
    assert (str(found), vars(found)) == (str(error), vars(error))


def test_a_process_that_dies_fails_all_that_were_in_its_pool(tmp_path: Path) -> None:
    hosts = places(9)
    with processes() as executor:
        found = once_each(
            Fleet(hosts, executor=executor, workers=2).map(fleetjobs.die, victim="vm03", trace=str(tmp_path)), hosts
        )
    lost = [outcome for outcome in found.values() if not outcome.ok]
    assert "vm03" in [outcome.host for outcome in lost]
    assert {type(outcome.error) for outcome in lost} == {ExecutorError}


def test_what_cannot_travel_is_told(tmp_path: Path) -> None:
    host = Place("vm01", Password("hush-this-is-a-long-secret"))
    with processes(1) as executor:
        (refused,) = Fleet([host], executor=executor).map(fleetjobs.greet)
        (kept,) = Fleet(places(1), executor=executor).map(fleetjobs.keep)
        (local,) = Fleet(places(1), executor=executor).map(lambda host: host.name)
    assert isinstance(refused.error, UsageError)
    assert "travels to no other process" in refused.error.message
    assert "password_command" in (refused.error.remedy or "")
    assert leaks(["hush-this-is-a-long-secret"], *shown(refused.error)) == []
    for outcome in (kept, local):
        assert isinstance(outcome.error, UsageError)
        assert "cannot travel" in outcome.error.message


def test_an_executor_that_takes_no_more_has_an_outcome_for_each() -> None:
    executor = ThreadPoolExecutor(1)
    executor.shutdown()
    hosts = places(5)
    found = once_each(Fleet(hosts, executor=executor, workers=1).map(fleetjobs.greet), hosts)
    assert {type(outcome.error) for outcome in found.values()} == {ExecutorError}


def test_a_future_that_somebody_else_cancels_is_an_outcome() -> None:
    hosts = places(3)
    found = once_each(Fleet(hosts, executor=Cancelling()).map(fleetjobs.greet), hosts)
    assert {type(outcome.error) for outcome in found.values()} == {CancelledError}


def test_a_value_may_be_judged() -> None:
    def judge(value: str) -> PyBridgeError | None:
        return SignInRefusedError("too short") if len(value) < 11 else None

    hosts = [Place("vm1"), Place("vm100000")]
    found = once_each(Fleet(hosts, judge=judge).map(fleetjobs.greet), hosts)
    assert (found["vm1"].ok, found["vm1"].value) == (False, "hello vm1")
    assert (found["vm100000"].ok, found["vm100000"].value) == (True, "hello vm100000")


def test_outcomes_come_as_they_finish() -> None:
    release = threading.Event()

    def job(host: Place) -> None:
        assert host.name != "vm00" or release.wait(GUARD)

    outcomes = Fleet(places(3), workers=3).map(job)
    first = [next(outcomes).host, next(outcomes).host]
    release.set()
    assert sorted(first) == ["vm01", "vm02"]
    assert [outcome.host for outcome in outcomes] == ["vm00"]


@pytest.mark.parametrize(("arguments", "words"), [({"workers": 0}, "0 workers"), ({"retries": -1}, "-1 times")])
def test_a_fleet_that_cannot_be_is_refused(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        Fleet(places(1), **arguments)


# --- how many at a time ------------------------------------------------------------------------------


def test_hosts_are_taken_as_they_are_needed() -> None:
    taken = 0

    def endless() -> Iterator[Place]:
        nonlocal taken
        while True:
            taken += 1
            yield Place(f"vm{taken}")

    with closing(Fleet(endless(), workers=4).map(fleetjobs.greet)) as outcomes:
        for number, _ in enumerate(outcomes, 1):
            assert taken <= number + 2 * 4
            if number == 500:
                break


@pytest.mark.parametrize(("count", "workers", "pauses"), [(10, 4, 3), (1, 4, 0), (3, 4, 2), (700, 600, 599)])
def test_the_first_ones_begin_one_after_another(count: int, workers: int, pauses: int) -> None:
    # Many that sign in at one moment, and then take equally long, would be in each other's way again and again.
    spaces: list[float] = []
    hosts = places(count)
    once_each(Fleet(hosts, workers=workers, space=spaces.append).map(fleetjobs.greet, word="hi"), hosts)
    assert len(spaces) == pauses
    assert all(spaces)
    assert sum(spaces) < 0.2


def test_an_executor_of_ones_own_is_not_held_up() -> None:
    spaces: list[float] = []
    list(Fleet(places(4), executor=Inline(), workers=4, space=spaces.append).map(fleetjobs.greet, word="hi"))
    assert not spaces


def test_no_more_than_twice_the_workers_are_with_the_executor() -> None:
    executor = Held()
    outcomes = Fleet(places(50), executor=executor, workers=3).map(fleetjobs.greet)
    thread = threading.Thread(target=_do_all, args=(executor, 50))
    thread.start()
    seen = []
    for _ in outcomes:
        seen.append(len(executor.waiting))
    thread.join(GUARD)
    assert len(seen) == 50
    assert max(seen) <= 6


def _do_all(executor: Held, many: int) -> None:
    done = 0
    while done < many:
        for number in executor.waiting[:1]:
            executor.do(number)
            done += 1


def test_memory_is_flat_however_many_hosts() -> None:
    def peak(many: int) -> int:
        tracemalloc.start()
        for outcome in Fleet((Place(f"vm{number}") for number in range(many)), workers=8).map(_big):
            del outcome
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    peak(50)
    assert peak(2000) < 2 * peak(200)


def _big(host: Place) -> bytes:
    return bytes(100_000)


def test_no_thread_is_left() -> None:
    before = set(threading.enumerate())
    list(Fleet(places(20), workers=8).map(fleetjobs.greet))
    assert set(threading.enumerate()) - before == set()


# --- trying again ------------------------------------------------------------------------------------


class Flaky:
    """Fails so many times for each host."""

    def __init__(self, times: int, error: PyBridgeError | None = None) -> None:
        self._times = times
        self._error = error or HostUnreachableError("away")
        self._seen: dict[str, int] = {}

    def __call__(self, host: Place) -> str:
        self._seen[host.name] = self._seen.get(host.name, 0) + 1
        if self._seen[host.name] <= self._times:
            raise self._error
        return "there"


@pytest.mark.parametrize(("times", "retries", "attempts"), [(2, 3, 3), (9, 3, 4), (1, 0, 1), (0, 3, 1)])
def test_a_host_is_tried_again_after_what_may_pass(times: int, retries: int, attempts: int) -> None:
    clock = Clock()
    fleet = Fleet(places(1), retries=retries, sleep=clock.sleep, monotonic=clock)
    (outcome,) = fleet.map(Flaky(times))
    assert outcome.attempts == attempts
    assert outcome.ok == (times < attempts)
    assert len(clock.slept) == attempts - 1


def test_what_will_not_pass_is_not_tried_again() -> None:
    (outcome,) = Fleet(places(1), retries=5, sleep=_never).map(Flaky(1, SignInRefusedError("no")))
    assert (outcome.attempts, type(outcome.error)) == (1, SignInRefusedError)


def _never(seconds: float) -> None:
    raise AssertionError("nothing is to be waited for")


def test_the_waits_grow_up_to_half_a_minute() -> None:
    clock = Clock()
    list(Fleet(places(1), retries=9, sleep=clock.sleep, monotonic=clock).map(Flaky(99)))
    assert len(clock.slept) == 9
    assert all(
        least <= wait <= least * 1.25 for least, wait in zip([1, 2, 4, 8, 16, *[30] * 4], clock.slept, strict=True)
    )


def test_others_do_not_wait_for_one_that_is_tried_again() -> None:
    failed = threading.Event()
    hosts = places(40)

    def job(host: Place) -> str:
        if host.name == "vm00" and not failed.is_set():
            failed.set()
            raise HostUnreachableError("away")
        return host.name

    found = list(Fleet(hosts, workers=1, retries=1).map(job))
    assert found[-1].host == "vm00"
    assert (found[-1].attempts, found[-1].ok) == (2, True)
    once_each(found, hosts)


# --- ending early ------------------------------------------------------------------------------------


def test_fail_fast_begins_no_further_host() -> None:
    begun: list[str] = []
    hosts = places(30)

    def job(host: Place) -> None:
        begun.append(host.name)
        if host.name == "vm02":
            raise SignInRefusedError("no")

    found = once_each(Fleet(hosts, executor=Inline(), workers=2, fail_fast=True).map(job), hosts)
    assert begun == ["vm00", "vm01", "vm02"]
    assert [name for name, outcome in found.items() if outcome.ok] == ["vm00", "vm01"]
    unbegun = found["vm29"]
    assert (type(unbegun.error), unbegun.attempts) == (CancelledError, 0)
    assert "as vm02 had failed" in str(unbegun.error)


def test_fail_fast_waits_for_those_under_way_and_takes_back_the_others() -> None:
    second, release = threading.Event(), threading.Event()
    hosts = places(10)

    def job(host: Place) -> str:
        if host.name == "vm00":
            assert second.wait(GUARD)
            raise SignInRefusedError("no")
        second.set()
        assert release.wait(GUARD)
        return "done"

    outcomes = Fleet(hosts, workers=2, fail_fast=True).map(job)
    first = next(outcomes)
    release.set()
    found = once_each([first, *outcomes], hosts)
    assert (first.host, type(first.error)) == ("vm00", SignInRefusedError)
    assert found["vm01"].ok
    assert {type(found[host.name].error) for host in hosts[4:]} == {CancelledError}


def test_closing_ends_those_under_way_and_begins_no_other() -> None:
    two_more, begun, ended = threading.Semaphore(0), list[str](), list[str]()

    def job(host: Place) -> None:
        begun.append(host.name)
        if host.name == "quick":
            assert two_more.acquire(timeout=GUARD)
            assert two_more.acquire(timeout=GUARD)
        else:
            fleetjobs.patient(host, begun=two_more, ended=ended)

    outcomes = Fleet([Place("quick"), *places(20)], workers=3).map(job)
    assert next(outcomes).host == "quick"
    outcomes.close()
    assert len(ended) >= 2, "close() waits a moment for those that heed it"
    assert sorted(begun) == sorted([*ended, "quick"])
    assert len(begun) <= 4


def test_a_job_that_heeds_nothing_does_not_hold_closing_up() -> None:
    release = threading.Event()

    def job(host: Place) -> None:
        if host.name == "vm01":
            release.wait(GUARD)

    outcomes = Fleet(places(2), workers=2).map(job)
    assert next(outcomes).host == "vm00"
    began = time.monotonic()
    outcomes.close()
    assert time.monotonic() - began < GUARD / 2
    release.set()


def test_another_thread_can_end_it() -> None:
    begun, ended = threading.Semaphore(0), list[str]()
    fleet = Fleet(places(20), workers=3)

    def cancel() -> None:
        for _ in range(3):
            begun.acquire(timeout=GUARD)
        fleet.cancel()

    thread = threading.Thread(target=cancel)
    thread.start()
    assert list(fleet.map(fleetjobs.patient, begun=begun, ended=ended)) == []
    thread.join(GUARD)
    assert sorted(ended) == ["vm00", "vm01", "vm02"]


def test_it_ends_while_it_waits_to_try_again() -> None:
    fleet = Fleet(places(1), retries=9)
    seen = threading.Event()

    def job(host: Place) -> None:
        seen.set()
        raise HostUnreachableError("away")

    def cancel() -> None:
        seen.wait(GUARD)
        fleet.cancel()

    thread = threading.Thread(target=cancel)
    thread.start()
    assert list(fleet.map(job)) == []
    thread.join(GUARD)


def test_hosts_that_cannot_be_told_are_an_error_after_the_others_outcomes() -> None:
    def hosts() -> Iterator[Place]:
        yield from places(3)
        raise OSError("the list is gone")

    found: list[str] = []
    with pytest.raises(OSError, match="the list is gone"):
        found.extend(outcome.host for outcome in Fleet(hosts()).map(fleetjobs.greet))
    assert found == [] or sorted(found) == ["vm00", "vm01", "vm02"]


# --- the same fleet, more than once ------------------------------------------------------------------


def test_a_fleet_does_more_than_one_thing() -> None:
    fleet = Fleet(places(3))
    for word in ("hi", "bye"):
        once_each(fleet.map(fleetjobs.greet, word=word), places(3))
    one, other = fleet.map(fleetjobs.greet), fleet.map(fleetjobs.greet)
    found = [next(one), next(other), *one, *other]
    assert sorted(outcome.host for outcome in found) == sorted(2 * [host.name for host in places(3)])


def test_an_iterator_of_hosts_is_used_up() -> None:
    fleet = Fleet(iter(places(3)))
    once_each(fleet.map(fleetjobs.greet), places(3))
    with pytest.raises(UsageError, match="an earlier map has used up"):
        fleet.map(fleetjobs.greet)


def test_a_fleet_that_was_cancelled_goes_on_with_the_next() -> None:
    fleet = Fleet(places(3))
    outcomes = fleet.map(fleetjobs.greet)
    fleet.cancel()
    assert list(outcomes) == []
    once_each(fleet.map(fleetjobs.greet), places(3))


# --- a wrong password --------------------------------------------------------------------------------


def users(many: int, name: str = "vm", user: str = "ann") -> list[Any]:
    return [host(f"{name}{number:02}", username=user, password=Password(user)) for number in range(many)]


def test_a_wrong_password_goes_to_three_hosts() -> None:
    asked = []

    def job(host: Any) -> NoReturn:
        asked.append(host.name)
        raise SignInRefusedError(f"{host.name}: no", target=host.name)

    found = once_each(Fleet(users(100), workers=32).map(job), users(100))
    assert len(asked) == 3
    others = [outcome for outcome in found.values() if outcome.host not in asked]
    assert {type(outcome.error) for outcome in others} == {CancelledError}
    assert {outcome.attempts for outcome in others} == {0}
    told = others[0].error
    assert told is not None
    assert told.message == f"{others[0].host} was not asked: 3 hosts have refused ann, and none has let this user in"


def test_another_user_is_asked_all_the_same() -> None:
    def job(host: Any) -> str:
        if host.username == "ann":
            raise SignInRefusedError("no")
        return str(host.username)

    hosts = [*users(20), *users(20, "db", "bob")]
    found = once_each(Fleet(hosts, workers=8).map(job), hosts)
    assert [outcome.ok for outcome in found.values()].count(True) == 20
    assert [outcome.attempts for outcome in found.values()].count(0) == 17


@pytest.mark.parametrize("inside", [None, RemoteScriptError("it failed"), NoEndpointError("none")])
def test_a_user_whom_one_host_lets_in_is_asked_everywhere(inside: PyBridgeError | None) -> None:
    def job(host: Any) -> None:
        if host.name != "vm00":
            raise SignInRefusedError("no")
        if inside is not None:
            raise inside

    outcomes = list(Fleet(users(20), workers=1).map(job))
    assert {outcome.attempts for outcome in outcomes} == {1}


def test_hosts_that_are_away_say_nothing_of_a_user() -> None:
    outcomes = list(Fleet(users(20), workers=8).map(fleetjobs.unreachable))
    assert {type(outcome.error) for outcome in outcomes} == {HostUnreachableError}


def test_hosts_that_take_long_hold_the_others_back_for_a_moment_only() -> None:
    """Here the clock leaps by as much for each look at it."""
    clock, begun = Clock(), threading.Semaphore(0)
    release = threading.Event()

    def monotonic() -> float:
        clock.sleep(0.1)
        return clock()

    def job(host: Any) -> None:
        begun.release()
        assert release.wait(GUARD)

    outcomes = Fleet(users(8), workers=8, monotonic=monotonic).map(job)

    def free() -> None:
        for _ in range(8):
            begun.acquire(timeout=GUARD)
        release.set()

    thread = threading.Thread(target=free)
    thread.start()
    assert len(list(outcomes)) == 8
    thread.join(GUARD)


def test_a_host_that_has_let_its_user_in_holds_nobody_back_however_long_it_takes() -> None:
    """Here the clock stands still, so none of them is in doubt."""
    together = threading.Barrier(8)

    def job(host: Any) -> None:
        current_stop().let_in()
        together.wait(GUARD)

    outcomes = list(Fleet(users(8), workers=8, monotonic=Clock()).map(job))
    assert [outcome.error for outcome in outcomes] == [None] * 8


def test_a_host_that_is_tried_again_is_not_asked_once_its_user_is_refused() -> None:
    asked: list[str] = []

    def job(host: Any) -> NoReturn:
        asked.append(host.name)
        raise HostUnreachableError("away") if host.name == "vm00" else SignInRefusedError("no")

    found = once_each(Fleet(users(9), workers=1, retries=5, sleep=lambda _: None).map(job), users(9))
    assert asked.count("vm00") == 1
    assert isinstance(found["vm00"].error, CancelledError)
    assert found["vm00"].attempts == 1
