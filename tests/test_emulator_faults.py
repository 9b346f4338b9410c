"""Faults on request, in process."""

from __future__ import annotations

import http.client
import json
from typing import Any

import pytest

from pybridge.emulator import Emulator
from pybridge.emulator.faults import Fault, parse_fault
from pybridge.emulator.server import serve
from pybridge.emulator.spoilers import HUGE, SPOILERS
from pybridge.errors import CutOffError, TimedOutError, UsageError
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
    with pytest.raises(CutOffError):
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


@pytest.mark.parametrize(
    ("body", "status", "expected"),
    [
        ("html", 200, b"<html><body>Sign in to the network</body></html>"),
        ("empty", 200, b""),
        ("redirect", 302, b""),
    ],
)
def test_other_bodies(emulator: Emulator, body: str, status: int, expected: bytes) -> None:
    emulator.fail("/oauth2/token", body=body)
    answer = ask(emulator)
    assert (answer.status, answer.body) == (status, expected)
    assert ask(emulator).status == 200


def test_who_follows_a_redirect_is_seen(emulator: Emulator) -> None:
    emulator.fail("/oauth2/token", body="redirect")
    assert ask(emulator).header("Location") == "/redirected"


def test_half_an_answer(emulator: Emulator) -> None:
    emulator.fail("/oauth2/token", body="truncated")
    half = ask(emulator).body
    assert half.startswith(b'{"access_token":"')
    with pytest.raises(ValueError, match="Unterminated string"):
        json.loads(half)


def test_a_wrong_content_type(emulator: Emulator) -> None:
    emulator.fail("/oauth2/token", body="wrong-type")
    answer = ask(emulator)
    assert answer.header("Content-Type") == "text/html"
    assert json.loads(answer.body)["token_type"] == "Bearer"


def test_a_token_that_never_says_when_it_expires(emulator: Emulator) -> None:
    emulator.fail("/oauth2/token", body="no-expiry")
    answer = json.loads(ask(emulator).body)
    assert sorted(answer) == ["access_token", "refresh_token", "resource", "token_type"]
    assert "." not in answer["access_token"]


def test_an_absurd_expiry(emulator: Emulator) -> None:
    emulator.fail("/oauth2/token", body="absurd-expiry")
    answer = json.loads(ask(emulator).body)
    assert (answer["expires_in"], answer["expires_on"]) == ("-1", "the day after tomorrow")
    assert "." not in answer["access_token"]


def test_control_characters_in_a_token(emulator: Emulator) -> None:
    emulator.fail("/oauth2/token", body="control-characters")
    assert json.loads(ask(emulator).body)["access_token"].endswith("\r\nX-Injected: 1\x00")


def test_no_token(emulator: Emulator) -> None:
    emulator.fail("/oauth2/token", body="no-token")
    assert "access_token" not in json.loads(ask(emulator).body)


def test_an_old_agent_does_not_say_whose_token_it_gives(emulator: Emulator) -> None:
    url = (
        "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://vault.azure.net"
    )
    emulator.fail("/metadata", body="no-echo")
    assert "client_id" not in json.loads(ask(emulator, url).body)
    assert "client_id" in json.loads(ask(emulator, url).body)


def test_a_huge_body(emulator: Emulator) -> None:
    emulator.fail("/oauth2/token", body="huge")
    assert len(ask(emulator).body) == HUGE == 100 << 20


def test_a_status_with_another_body(emulator: Emulator) -> None:
    emulator.fail("/oauth2/token", status=502, body="html")
    answer = ask(emulator)
    assert (answer.status, answer.header("Content-Type")) == (502, "text/html")


@pytest.mark.parametrize("body", [name for name in SPOILERS if "-" in name and name != "wrong-type"])
def test_what_has_no_token_is_left_alone(emulator: Emulator, body: str) -> None:
    truth = ask(emulator, LIST)
    emulator.fail(".../virtualMachines", body=body)
    assert ask(emulator, LIST).body == truth.body
    emulator.fail(".../virtualMachines", status=500, body="html")
    emulator.fail(".../virtualMachines", body=body)
    assert ask(emulator, LIST).status == 500


def test_some_requests_pass_first(emulator: Emulator) -> None:
    emulator.fail("/oauth2/token", status=500, skip=2, times=2)
    emulator.fail("/oauth2/token", status=503)
    assert [ask(emulator).status for _ in range(5)] == [503, 200, 500, 500, 200]


def test_stalling_lasts_as_long_as_the_client_waits(emulator: Emulator, slept: list[float]) -> None:
    emulator.fail("/oauth2/token", stall=True)
    with pytest.raises(TimedOutError):
        ask(emulator, timeout=7)
    assert slept == [7]
    assert ask(emulator).status == 200


def test_stalling_on_a_port(emulator: Emulator) -> None:
    emulator.fail("/oauth2/token", stall=True)
    with serve(emulator) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=0.2)
        connection.request("GET", "/oauth2/token")
        with pytest.raises(TimeoutError):
            connection.getresponse()
        connection.close()


def test_a_huge_body_on_a_port(emulator: Emulator) -> None:
    emulator.fail("/oauth2/token", body="huge")
    with serve(emulator) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
        connection.request("GET", "/oauth2/token?resource=https://vault.azure.net", headers={"Metadata": "true"})
        answer = connection.getresponse()
        assert (answer.status, answer.length) == (200, HUGE)
        assert answer.read(4) == bytes(4)
        connection.close()


def test_requests_that_went_wrong_are_recorded_too(emulator: Emulator) -> None:
    emulator.fail("/oauth2/token", drop=True)
    with pytest.raises(CutOffError):
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
        ("/arc,body=no-echo,skip=1", {"route": "/arc", "body": "no-echo", "skip": 1}),
        ("/arc,stall", {"route": "/arc", "stall": True}),
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
        ("/oauth2,body=nonsense", "no body 'nonsense'"),
        ("/oauth2,body", "no body ''"),
        ("/oauth2,drop,skip=-1", "less than no request"),
        ("/oauth2,skip=3", "it says no fault"),
    ],
)
def test_bad_faults_teach(text: str, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_fault(text)
    assert words in str(caught.value)
    assert "/oauth2/token,status=500,times=2" in str(caught.value.remedy)
