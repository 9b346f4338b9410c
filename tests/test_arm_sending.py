"""arm: what is sent again and what is not, what -Verbose tells of it, and paths that lead to ARM only."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support import Clock, Script, answer

from pybridge.accounts import StaticCredential
from pybridge.arm import ArmClient
from pybridge.errors import (
    ConflictError,
    CutOffError,
    MalformedError,
    PreconditionError,
    PyBridgeError,
    RefusedError,
    ServiceError,
    ThrottledError,
    TimedOutError,
    UnreachableError,
    UsageError,
)
from pybridge.models import AccessToken, HttpResponse

GROUP = "/subscriptions/s/resourceGroups/g"
OK = answer(200, {"name": "g"})


def scripted(*answers: HttpResponse | Exception, **options: Any) -> tuple[ArmClient, Script, Clock]:
    clock, script = Clock(), Script(*answers)
    options = {"credential": StaticCredential("abc"), "clock": clock, "sleep": clock.sleep, **options}
    return ArmClient(subscription_id="s", transport=script, environ={}, **options), script, clock


def refused(status: int, code: str = "Code", **headers: str) -> HttpResponse:
    return answer(status, {"error": {"code": code, "message": "Words"}}, **headers)


# --- one exchange ------------------------------------------------------------------------------------


def test_what_is_sent() -> None:
    client, script, _ = scripted(answer(201, {"id": 1}, ETag='"5"', x_ms_request_id="r"))
    told = client.send("PUT", GROUP, "2021-04-01", {"location": "x"}, if_match='"4"', query={"a b": "c d", "$top": "5"})
    (request,) = script.requests
    assert (request.method, request.body) == ("PUT", b'{"location": "x"}')
    assert request.url == f"https://management.azure.com{GROUP}?api-version=2021-04-01&a%20b=c%20d&$top=5"
    assert request.headers == {
        "Authorization": "Bearer abc",
        "Accept": "application/json",
        "If-Match": '"4"',
        "Content-Type": "application/json",
    }
    assert (told.status, told.body, told.request_id, told.etag) == (201, {"id": 1}, "r", '"5"')
    assert told.header("etag") == '"5"'


def test_a_body_may_be_anything_or_nothing() -> None:
    client, script, _ = scripted(HttpResponse(204), answer(200, [1]), HttpResponse(200, {}, b"<html>"))
    assert client.send("DELETE", GROUP, "1", if_none_match="*").body is None
    assert script.requests[0].headers["If-None-Match"] == "*"
    assert "Content-Type" not in script.requests[0].headers
    assert client.send("POST", GROUP, "1", []).body == [1]
    assert script.requests[1].body == b"[]"
    with pytest.raises(MalformedError):
        client.send("POST", GROUP, "1")


@pytest.mark.parametrize(
    ("headers", "body", "etag"),
    [
        ({}, {"etag": "b"}, "b"),
        ({"ETag": "h"}, {"etag": "b"}, "h"),
        ({}, {}, None),
        ({}, [], None),
        ({}, {"etag": 1}, None),
    ],
)
def test_an_etag_stands_in_a_header_or_in_the_body(headers: dict[str, str], body: object, etag: str | None) -> None:
    client, _, _ = scripted(answer(200, body, **headers))
    assert client.send("GET", GROUP, "1").etag == etag


@pytest.mark.parametrize(
    "path",
    [
        "",
        "subscriptions",
        "@evil.example/x",
        ".evil.example/",
        ":8443/",
        "/a?b",
        "/a#b",
        "/a b",
        "/a\nb",
        "\\a",
        "/a\\b",
    ],
)
def test_a_path_leads_to_arm_only(path: str) -> None:
    client, script, _ = scripted()
    for ask in (
        lambda: client.get(path, "1"),
        lambda: client.send("PUT", path, "1"),
        lambda: client.change("PUT", path, "1"),
        lambda: client.update(path, "1", lambda state: None),
        lambda: list(client.list(path, "1")),
    ):
        with pytest.raises(UsageError, match="not a path of ARM"):
            ask()
    assert script.requests == []


# --- what is sent again ------------------------------------------------------------------------------

SENT_AGAIN: dict[str, set[object]] = {
    "GET": {429, 500, 503},
    "HEAD": {429, 500, 503},
    "PUT": {429, 503, CutOffError, TimedOutError, RefusedError, UnreachableError},
    "DELETE": {429, 503, CutOffError, TimedOutError, RefusedError, UnreachableError},
    "POST": {429, RefusedError},
    "PATCH": {429, RefusedError},
}
OUTCOMES = [400, 409, 412, 429, 500, 503, CutOffError, TimedOutError, RefusedError, UnreachableError, MalformedError]


@pytest.mark.parametrize("method", SENT_AGAIN)
@pytest.mark.parametrize("outcome", OUTCOMES, ids=str)
def test_only_what_does_no_harm_is_sent_again(method: str, outcome: Any) -> None:
    client, script, clock = scripted(refused(outcome) if isinstance(outcome, int) else outcome("x"), OK)
    if outcome in SENT_AGAIN[method]:
        assert client.send(method, GROUP, "1").body == {"name": "g"}
        assert len(script.requests) == 2
        assert 1 <= clock.slept[0] <= 1.25
    else:
        with pytest.raises(PyBridgeError):
            client.send(method, GROUP, "1")
        assert len(script.requests) == 1


@pytest.mark.parametrize("method", ["PUT", "PATCH", "POST", "DELETE"])
@pytest.mark.parametrize(
    "conflict",
    [
        refused(409, "RetryableErrorDueToAnotherOperation"),
        refused(409, "AnotherOperationInProgress"),
        refused(409, "OperationNotAllowed", Retry_After="2"),
    ],
)
def test_a_change_that_another_operation_is_in_the_way_of_is_sent_again(method: str, conflict: HttpResponse) -> None:
    client, script, _ = scripted(conflict, conflict, OK)
    client.send(method, GROUP, "1")
    assert len(script.requests) == 3
    client, _, _ = scripted(*[conflict] * 7)
    with pytest.raises(ConflictError):
        client.send(method, GROUP, "1")


@pytest.mark.parametrize("status", [429, 503])
def test_the_wait_that_arm_names_is_kept_or_told(status: int) -> None:
    client, _, clock = scripted(refused(status, Retry_After="17"), OK)
    client.send("PUT", GROUP, "1")
    assert clock.slept == [17]
    client, _, clock = scripted(refused(status, Retry_After="3600"))
    with pytest.raises((ThrottledError, ServiceError)) as caught:
        client.send("PUT", GROUP, "1")
    assert caught.value.details["retry_after"] == "3600"
    assert clock.slept == []


def test_the_caller_may_have_a_deadline() -> None:
    client, script, _ = scripted(*[refused(429)] * 9, deadline=3)
    with pytest.raises(ThrottledError):
        client.send("PUT", GROUP, "1")
    assert len(script.requests) == 2


def test_a_conflict_and_a_precondition_have_their_classes() -> None:
    for status, error in ((409, ConflictError), (412, PreconditionError)):
        client, _, _ = scripted(refused(status))
        with pytest.raises(error) as caught:
            client.send("PUT", GROUP, "1")
        assert caught.value.remedy


class Renewed(StaticCredential):
    def get_token(self, resource: str, /, *, force_refresh: bool = False) -> AccessToken:
        return AccessToken("fresh" if force_refresh else "stale", 0, resource)


def test_a_token_that_is_turned_down_is_fetched_anew_once() -> None:
    client, script, _ = scripted(answer(401, {}), OK, credential=Renewed("x"))
    client.send("POST", GROUP, "1", {"a": 1})
    assert [request.headers["Authorization"] for request in script.requests] == ["Bearer stale", "Bearer fresh"]
    assert script.requests[0].body == script.requests[1].body
    client, script, _ = scripted(answer(401, {}))
    with pytest.raises(PyBridgeError):
        client.send("POST", GROUP, "1")
    assert len(script.requests) == 1


# --- what -Verbose tells -----------------------------------------------------------------------------


def test_each_request_is_told_with_its_answer_and_what_is_left() -> None:
    said: list[str] = []
    client, script, clock = scripted(
        refused(429, Retry_After="3"),
        answer(
            200,
            {"value": [], "nextLink": "https://management.azure.com/next?api-version=1&$skiptoken=eyJsecret"},
            x_ms_request_id="r",
            x_ms_ratelimit_remaining_subscription_reads="11999",
        ),
        CutOffError("lost"),
        verbose=said.append,
    )
    send = script.send

    def slowly(request: Any) -> HttpResponse:
        clock.now += 0.25
        return send(request)

    script.send = slowly  # type: ignore[method-assign]
    with pytest.raises(CutOffError):
        list(client.list("/subscriptions", "2022-12-01", **{"$filter": "name eq 'x'"}))
    what = "GET /subscriptions?api-version=2022-12-01&$filter=name eq 'x'"
    assert said == [
        f"{what}: 429 in 0.250 s",
        "ARM answered 429: asking again in 3.0 s, as it says",
        f"{what}: 200 in 0.250 s (request ID r; subscription-reads left: 11999)",
        "GET /next?api-version=1&$skiptoken=...: no answer after 0.250 s (cut_off)",
    ]


def test_a_fresh_token_is_told_and_no_token_is() -> None:
    said: list[str] = []
    client, _, _ = scripted(answer(401, {}), OK, credential=Renewed("x"), verbose=said.append)
    client.send("GET", GROUP, "1")
    assert "ARM turned the token down (401): asking again with a fresh one" in said
    assert "stale" not in json.dumps(said)


# --- pages -------------------------------------------------------------------------------------------


def test_what_a_list_is_asked_for_goes_along() -> None:
    link = "https://management.azure.com/next?page=2"
    client, script, _ = scripted(
        answer(200, {"value": [{"n": 1}], "nextLink": link}), answer(200, {"value": [{"n": 2}]})
    )
    found = client.list("/subscriptions/s/resources", "1", **{"$top": "1", "$filter": "x"})
    assert (next(found), len(script.requests)) == ({"n": 1}, 1)
    assert list(found) == [{"n": 2}]
    assert script.requests[0].url.endswith("/resources?api-version=1&$top=1&$filter=x")
    assert script.requests[1].url == link


def test_pages_come_as_they_are() -> None:
    pages = [{"value": [], "count": 1, "nextLink": "https://management.azure.com/next"}, {"value": []}]
    client, _, _ = scripted(*[answer(200, page) for page in pages])
    assert list(client.pages("/subscriptions", "1")) == pages
