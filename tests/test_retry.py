"""retry: when to ask again, by a clock that only the test moves."""

from __future__ import annotations

import pytest
from support import Clock, Script, answer

from pybridge import retry
from pybridge.models import HttpRequest, HttpResponse


def ask(policy: retry.Policy, *answers: HttpResponse) -> tuple[HttpResponse, Clock, Script]:
    clock, script = Clock(), Script(*answers)
    request = HttpRequest("GET", "http://127.0.0.1/")
    last = retry.attempts(policy, lambda _: script.send(request), sleep=clock.sleep, clock=clock)
    return last, clock, script


@pytest.mark.parametrize("status", [200, 400, 401, 403, 405])
def test_a_final_answer_is_not_asked_for_twice(status: int) -> None:
    last, clock, script = ask(retry.IMDS, answer(status, {}))
    assert (last.status, clock.slept, len(script.requests)) == (status, [], 1)


@pytest.mark.parametrize("status", [404, 410, 429, 500, 503, 599])
def test_imds_is_asked_again_after_at_least_a_second(status: int) -> None:
    last, clock, script = ask(retry.IMDS, answer(status, {}), answer(200, {}))
    assert (last.status, len(script.requests)) == (200, 2)
    assert 1 <= clock.slept[0] <= 1.25


@pytest.mark.parametrize(("status", "asked"), [(404, 1), (410, 1), (429, 2), (500, 2)])
def test_arm_is_asked_again_when_it_is_busy_only(status: int, asked: int) -> None:
    _, _, script = ask(retry.ARM_READ, answer(status, {}), answer(200, {}))
    assert len(script.requests) == asked


def test_waits_grow_and_the_last_answer_is_kept() -> None:
    last, clock, _ = ask(retry.IMDS, *[answer(503, number) for number in range(7)])
    assert last.body == b"6"
    planned = (1, 2, 4, 8, 16, 30)
    assert all(wait <= slept <= wait * 1.25 for wait, slept in zip(planned, clock.slept, strict=True))
    assert clock.now - 1_700_000_000 <= retry.IMDS.deadline


def test_retry_after_is_heeded() -> None:
    _, clock, _ = ask(retry.ARM_READ, answer(429, {}, Retry_After="17"), answer(200, {}))
    assert clock.slept == [17]


@pytest.mark.parametrize("value", ["31", pytest.param("9" * 500, id="huge")])
def test_a_wait_past_the_deadline_is_not_begun(value: str) -> None:
    last, clock, _ = ask(retry.ARM_READ, answer(429, {}, Retry_After=value))
    assert (last.status, clock.slept) == (429, [])


@pytest.mark.parametrize("value", ["soon", "-5", "1.5", "", "²", "Wed, 21 Oct 2015 07:28:00 GMT"])
def test_an_odd_retry_after_counts_as_none(value: str) -> None:
    _, clock, _ = ask(retry.ARM_READ, answer(429, {}, Retry_After=value), answer(200, {}))
    assert 1 <= clock.slept[0] <= 1.25
