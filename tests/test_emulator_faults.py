"""Faults on request, in process."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pybridge.emulator import Emulator
from pybridge.emulator.faults import Fault, parse_fault
from pybridge.errors import TimedOutError, UnreachableError, UsageError
from pybridge.models import HttpRequest, HttpResponse

TOKEN = "http://localhost:50342/oauth2/token?resource=https://management.azure.com/"
LIST = "https://management.azure.com/subscriptions/x/providers/Microsoft.Compute/virtualMachines?api-version=2023-07-01"


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def emulator(slept: list[float]) -> Emulator:
    return Emulator(sleep=slept.append)


def ask(emulator: Emulator, url: str = TOKEN, timeout: float = 30) -> HttpResponse:
    return emulator.send(HttpRequest("GET", url, {"Metadata": "true"}, timeout=timeout))


def test_status_n_times_then_the_truth(emulator: Emulator) -> None:
    emulator.fail("/oauth2/token", status=500, times=2)
    assert [ask(emulator).status for _ in range(3)] == [500, 500, 200]


def test_always(emulator: Emulator) -> None:
    emulator.fail("/oauth2/token", status=503, times=None)
    assert [ask(emulator).status for _ in range(5)] == [503] * 5
    emulator.clear_faults()
    assert ask(emulator).status == 200


def test_faults_follow_each_other(emulator: Emulator) -> None:
    emulator.fail("/oauth2/token", status=429)
    emulator.fail("/oauth2", garbage=True)
    assert [ask(emulator).status for _ in range(3)] == [429, 200, 200]


@pytest.mark.parametrize(
    ("route", "hit"),
    [
        ("/oauth2/token", True),
        ("/OAUTH2", True),
        ("/", True),
        ("...Token", True),
        ("/metadata", False),
        ("...virtualMachines", False),
    ],
)
def test_routes(emulator: Emulator, route: str, hit: bool) -> None:
    emulator.fail(route, status=418)
    assert (ask(emulator).status == 418) is hit


def test_retry_after_means_throttled(emulator: Emulator) -> None:
    emulator.fail(".../virtualMachines", retry_after="3")
    answer = ask(emulator, LIST)
    assert (answer.status, answer.header("retry-after")) == (429, "3")
    assert json.loads(answer.body)["error"]["code"] == "TooManyRequests"


def test_each_service_refuses_in_its_own_shape(emulator: Emulator) -> None:
    emulator.fail("/", status=500, times=2)
    assert json.loads(ask(emulator).body)["error"] == "InternalServerError"
    assert json.loads(ask(emulator, LIST).body)["error"]["code"] == "InternalServerError"


def test_garbage_is_a_200_that_is_not_json(emulator: Emulator) -> None:
    emulator.fail("/oauth2/token", garbage=True)
    answer = ask(emulator)
    assert answer.status == 200
    with pytest.raises(ValueError, match="Expecting value"):
        json.loads(answer.body)


def test_drop(emulator: Emulator) -> None:
    emulator.fail("/oauth2/token", drop=True)
    with pytest.raises(UnreachableError):
        ask(emulator)
    assert ask(emulator).status == 200


def test_delay_then_the_truth(emulator: Emulator, slept: list[float]) -> None:
    emulator.fail("/oauth2/token", delay=2)
    assert ask(emulator).status == 200
    assert slept == [2]


def test_delay_past_the_timeout(emulator: Emulator, slept: list[float]) -> None:
    emulator.fail("/oauth2/token", delay=60)
    with pytest.raises(TimedOutError):
        ask(emulator, timeout=1.5)
    assert slept == [1.5]


def test_delay_then_a_fault(emulator: Emulator, slept: list[float]) -> None:
    emulator.fail("/oauth2/token", delay=1, status=500)
    assert (ask(emulator).status, slept) == (500, [1])


def test_requests_that_went_wrong_are_recorded_too(emulator: Emulator) -> None:
    emulator.fail("/oauth2/token", drop=True)
    with pytest.raises(UnreachableError):
        ask(emulator)
    assert [request.url for request in emulator.requests] == [TOKEN]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/oauth2/token,status=500,times=2", {"route": "/oauth2/token", "status": 500, "times": 2}),
        (
            ".../virtualMachines,retry-after=3,status=429",
            {"route": ".../virtualMachines", "status": 429, "retry_after": "3"},
        ),
        ("/metadata,delay=0.5,times=always", {"route": "/metadata", "delay": 0.5, "times": None}),
        ("/metadata,drop", {"route": "/metadata", "drop": True}),
        ("/metadata, garbage=true", {"route": "/metadata", "garbage": True}),
    ],
)
def test_the_command_line_form(text: str, expected: dict[str, Any]) -> None:
    fault = parse_fault(text)
    assert {name: getattr(fault, name) for name in Fault.__slots__} == {
        name: getattr(Fault(**expected), name) for name in Fault.__slots__
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("oauth2,status=500", "begins with neither / nor ..."),
        ("/oauth2", "it says no fault"),
        ("/oauth2,times=3", "it says no fault"),
        ("/oauth2,status=99", "the status is not between"),
        ("/oauth2,status=teapot", "'teapot' is no value for status"),
        ("/oauth2,state=500", "no option 'state'"),
        ("/oauth2,delay=-1", "not a number of seconds"),
        ("/oauth2,delay=nan", "not a number of seconds"),
        ("/oauth2,drop=no", "'no' is no value for drop"),
        ("/oauth2,drop,times=0", "less than once"),
        ("", "begins with neither"),
    ],
)
def test_bad_faults_teach(text: str, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_fault(text)
    assert words in str(caught.value)
    assert "/oauth2/token,status=500,times=2" in str(caught.value.remedy)
