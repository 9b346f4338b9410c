"""retry: when to ask again, by a clock that only the test moves."""

from __future__ import annotations

import pytest
from support import Clock, Script, answer

from pybridge import retry
from pybridge.errors import CutOffError, MalformedError, RefusedError, TimedOutError, TransportError, UnreachableError
from pybridge.models import HttpRequest, HttpResponse


def ask(policy: retry.Policy, *answers: HttpResponse | Exception) -> tuple[HttpResponse, Clock, Script]:
    clock, script = Clock(), Script(*answers)
    request = HttpRequest("GET", "http://127.0.0.1/")
    last = retry.attempts(policy, lambda: script.send(request), sleep=clock.sleep, clock=clock)
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


# --- answers that do not come ------------------------------------------------------------------------

POLICIES = [retry.IMDS, retry.ENDPOINT, retry.VM_EXTENSION, retry.APP_SERVICE, retry.ARM_READ]


@pytest.mark.parametrize("loss", [TimedOutError("x"), CutOffError("x")])
@pytest.mark.parametrize("policy", POLICIES)
def test_some_losses_are_forgiven(policy: retry.Policy, loss: TransportError) -> None:
    last, clock, _ = ask(policy, *[loss] * policy.losses, answer(200, {}))
    assert (last.status, len(clock.slept)) == (200, policy.losses)
    with pytest.raises(type(loss)) as caught:
        ask(policy, *[loss] * (policy.losses + 1))
    assert caught.value is loss


def test_losses_are_counted_in_all() -> None:
    late, busy = TimedOutError("x"), answer(503, {})
    with pytest.raises(TimedOutError):
        ask(retry.IMDS, late, busy, late, busy, late, late)
    last, _, _ = ask(retry.IMDS, late, busy, late, busy, late, answer(200, {}))
    assert last.status == 200


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("error", [RefusedError("x"), UnreachableError("x"), MalformedError("x"), ValueError("x")])
def test_any_other_error_is_told_at_once(policy: retry.Policy, error: Exception) -> None:
    with pytest.raises(type(error)) as caught:
        ask(policy, error)
    assert caught.value is error


@pytest.mark.parametrize("policy", POLICIES)
def test_no_policy_outlasts_its_deadline(policy: retry.Policy) -> None:
    clock, begun = Clock(), []
    started = clock()

    def busy() -> HttpResponse:
        begun.append(clock() - started)
        clock.now += 5
        return answer(429, {})

    assert retry.attempts(policy, busy, sleep=clock.sleep, clock=clock).status == 429
    assert len(begun) > 1
    assert begun[-1] < policy.deadline


@pytest.mark.parametrize(("deadline", "asked"), [(0.5, 1), (3, 2), (90, 7), (3600, 7)])
def test_the_caller_may_have_a_deadline_of_its_own(deadline: float, asked: int) -> None:
    clock, script = Clock(), Script(*[answer(503, {})] * 7)
    request = HttpRequest("GET", "http://127.0.0.1/")
    retry.attempts(retry.IMDS, lambda: script.send(request), sleep=clock.sleep, clock=clock, deadline=deadline)
    assert len(script.requests) == asked


def test_no_attempt_begins_with_no_time_left() -> None:
    last, clock, script = ask(retry.ARM_READ, answer(429, {}, Retry_After="30"), answer(200, {}))
    assert (last.status, clock.slept, len(script.requests)) == (429, [], 1)


def test_imds_may_be_gone_for_70_seconds() -> None:
    last, clock, _ = ask(retry.IMDS, *[answer(410, {})] * 7)
    assert last.status == 410
    assert 31 <= sum(clock.slept) < 70


def test_and_other_answers_have_the_whole_deadline() -> None:
    _, clock, _ = ask(retry.IMDS, *[answer(503, {})] * 7)
    assert 61 <= sum(clock.slept) < retry.IMDS.deadline


@pytest.mark.parametrize(
    ("policy", "final"),
    [
        (retry.ENDPOINT, {404, 410}),
        (retry.VM_EXTENSION, {404, 410}),
        (retry.APP_SERVICE, {404, 410}),
        (retry.IMDS, set()),
    ],
)
def test_a_404_is_final_but_for_imds(policy: retry.Policy, final: set[int]) -> None:
    assert {status for status in (404, 410, 429, 500, 503, 599) if not policy.wants(status)} == final
