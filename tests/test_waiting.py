"""waiting: asks again while that may help, by a clock that only the test moves."""

from __future__ import annotations

import pytest
from support import ARM, Clock

from pybridge.errors import (
    MalformedError,
    NoEndpointError,
    PyBridgeError,
    RefusedError,
    TimedOutError,
    TokenRejectedError,
    TokenThrottledError,
)
from pybridge.models import AccessToken
from pybridge.waiting import wait_for_token

TOKEN = AccessToken("abc", 2_000_000_000, ARM)


class Attempts:
    """Raises these errors, then gives the token; and what each attempt was told to have left."""

    def __init__(self, *errors: PyBridgeError) -> None:
        self._errors = list(errors)
        self.left: list[float] = []

    def __call__(self, left: float) -> AccessToken:
        self.left.append(left)
        if self._errors:
            raise self._errors.pop(0)
        return TOKEN


@pytest.mark.parametrize("kind", [NoEndpointError, RefusedError, TimedOutError, TokenThrottledError])
def test_it_asks_again_after_what_may_pass(kind: type[PyBridgeError]) -> None:
    clock, attempts, told = Clock(), Attempts(*[kind("not yet")] * 4), []
    found = wait_for_token(
        attempts, 60, tell=lambda error, left: told.append((error.message, left)), monotonic=clock, sleep=clock.sleep
    )
    assert found is TOKEN
    assert clock.slept == [1, 2, 4, 8]
    assert attempts.left == [60, 59, 57, 53, 45]
    assert told == [("not yet", left) for left in (60, 59, 57, 53)]


@pytest.mark.parametrize("kind", [TokenRejectedError, MalformedError])
def test_what_will_not_pass_is_told_at_once(kind: type[PyBridgeError]) -> None:
    clock = Clock()
    with pytest.raises(kind):
        wait_for_token(Attempts(kind("never")), 60, monotonic=clock, sleep=clock.sleep)
    assert clock.slept == []


def test_it_ends_with_its_time_and_the_last_error() -> None:
    clock = Clock()
    started = clock.now
    errors = [NoEndpointError(str(number)) for number in range(100)]
    with pytest.raises(NoEndpointError):
        wait_for_token(Attempts(*errors), 30, monotonic=clock, sleep=clock.sleep)
    assert clock.now - started <= 30
