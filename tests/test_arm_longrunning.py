"""arm: long operations, from ARM's first answer to their end, by a clock that only the test moves."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import pytest
from support import Clock, Script, answer, leaks, shown

from pybridge.accounts import StaticCredential
from pybridge.arm import ArmClient, Progress
from pybridge.errors import (
    ArmError,
    CancelledError,
    CutOffError,
    ForbiddenError,
    MalformedError,
    NotFoundError,
    OperationFailedError,
    PyBridgeError,
    RefusedError,
    ServiceError,
    TokenRejectedError,
    TokenThrottledError,
    UnsafeError,
)
from pybridge.models import AccessToken, HttpResponse

ARM = "https://management.azure.com"
VM = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/vm"
OPERATION = f"{ARM}/subscriptions/s/providers/Microsoft.Compute/locations/eastus/operations/o?api-version=1&t=5&s=sig"
RESULT = f"{ARM}/subscriptions/s/providers/Microsoft.Compute/locations/eastus/results/o?api-version=1"


class Run:
    """One change against these answers: what it gave, what was asked, and how long it slept."""

    def __init__(self, method: str, *answers: HttpResponse | Exception, path: str = VM, **options: Any) -> None:
        self.clock, self.script = Clock(), Script(*answers)
        self.told: list[Progress] = []
        self.said: list[str] = []
        self.client = ArmClient(
            options.pop("credential", StaticCredential("abc")),
            subscription_id="s",
            transport=self.script,
            environ={},
            clock=self.clock,
            sleep=self.clock.sleep,
            verbose=self.said.append,
        )
        self._change = partial(self.client.change, method, path, "1", progress=self.told.append, **options)

    def begin(self) -> Any:
        return self._change()

    @property
    def paths(self) -> list[tuple[str, str]]:
        return [(request.method, request.url.partition("?")[0]) for request in self.script.requests]


def accepted(status: int = 202, value: object = None, /, **headers: str) -> HttpResponse:
    response = answer(status, value, **headers)
    return response._replace(body=b"") if value is None else response


def state(status: str, **more: object) -> HttpResponse:
    return answer(200, {"status": status, **more})


DONE = answer(200, {"name": "vm", "properties": {"provisioningState": "Succeeded"}})


# --- which way it is told ----------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_the_state_is_asked_until_it_ends_then_the_resource(method: str) -> None:
    first = accepted(201, {"name": "vm"}, Azure_AsyncOperation=OPERATION, Location=RESULT)
    run = Run(method, first, state("InProgress"), state("InProgress", percentComplete=50), state("Succeeded"), DONE)
    assert run.begin()["name"] == "vm"
    state_url, resource = ("GET", OPERATION.partition("?")[0]), f"{ARM}{VM}"
    assert run.paths == [(method, resource), state_url, state_url, state_url, ("GET", resource)]
    assert run.script.requests[1].url == OPERATION
    assert run.clock.slept == [1, 2, 4, 0]


def test_waits_grow_to_half_a_minute() -> None:
    run = Run("PUT", accepted(Azure_AsyncOperation=OPERATION), *[state("InProgress")] * 7, state("Succeeded"), DONE)
    run.begin()
    assert run.clock.slept == [1, 2, 4, 8, 15, 30, 30, 30, 0]


def test_arm_says_how_long_to_wait() -> None:
    first = accepted(Azure_AsyncOperation=OPERATION, Retry_After="10")
    polls = [answer(200, {"status": "InProgress"}, Retry_After=seconds) for seconds in ("0", "7")]
    run = Run("DELETE", first, *polls, state("InProgress"), state("Succeeded"))
    assert run.begin() is None
    assert run.clock.slept == [10, 0, 7, 8]
    run = Run("DELETE", accepted(Azure_AsyncOperation=OPERATION, Retry_After="9" * 400), state("Succeeded"))
    run.begin()
    assert run.clock.slept == [600]


@pytest.mark.parametrize(
    ("last", "result"),
    [(answer(200, {"output": 1}), {"output": 1}), (HttpResponse(204), None), (HttpResponse(200), None)],
)
def test_a_location_answers_with_the_result_at_the_end(last: HttpResponse, result: object) -> None:
    run = Run("POST", accepted(Location=RESULT), accepted(), accepted(), last, path=f"{VM}/start")
    assert run.begin() == result
    assert [url for _, url in run.paths[1:]] == [RESULT.partition("?")[0]] * 3


def test_a_location_may_move() -> None:
    moved = f"{ARM}/elsewhere?api-version=1"
    run = Run("DELETE", accepted(Location=RESULT), accepted(Location=moved), HttpResponse(204))
    assert run.begin() is None
    assert [request.url for request in run.script.requests[1:]] == [RESULT, moved]


def test_the_state_counts_before_the_location_and_the_result_comes_from_there() -> None:
    first = accepted(Azure_AsyncOperation=OPERATION, Location=RESULT)
    run = Run("POST", first, state("Succeeded"), answer(200, {"value": 1}), path=f"{VM}/runCommand")
    assert run.begin() == {"value": 1}
    assert run.script.requests[-1].url == RESULT


def test_a_result_that_is_gone_is_nothing() -> None:
    first = accepted(Azure_AsyncOperation=OPERATION, Location=RESULT)
    run = Run("POST", first, state("Succeeded"), answer(404, {}), path=f"{VM}/start")
    assert run.begin() is None


def test_without_a_location_the_state_has_the_result() -> None:
    run = Run("POST", accepted(Azure_AsyncOperation=OPERATION), state("Succeeded", properties={"output": [1]}))
    assert run.begin() == [1]


def test_a_resource_tells_by_itself_where_nothing_else_does() -> None:
    under_way = answer(200, {"properties": {"provisioningState": "Updating"}})
    run = Run("PUT", under_way, under_way, DONE)
    assert run.begin() == json.loads(DONE.body)
    assert {url for _, url in run.paths} == {f"{ARM}{VM}"}
    assert [told.status for told in run.told] == ["Updating", "Updating"]


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_202_without_a_way_is_asked_at_the_resource(method: str) -> None:
    run = Run(method, accepted(), answer(404, {}), DONE)
    assert run.begin()["name"] == "vm"


@pytest.mark.parametrize(
    ("method", "first", "result"),
    [
        ("PUT", answer(200, {"name": "vm"}), {"name": "vm"}),
        ("PUT", accepted(201, {"name": "vm"}, Location=f"{ARM}{VM}"), {"name": "vm"}),
        ("PUT", answer(200, [1]), [1]),
        ("PATCH", DONE, json.loads(DONE.body)),
        ("POST", answer(200, {"token": 1}), {"token": 1}),
        ("POST", HttpResponse(204), None),
        ("DELETE", HttpResponse(204), None),
        ("DELETE", accepted(), None),
    ],
)
def test_what_is_done_at_once_is_not_waited_for(method: str, first: HttpResponse, result: object) -> None:
    run = Run(method, first)
    assert run.begin() == result
    assert (run.clock.slept, run.told) == ([], [])


def test_who_does_not_want_to_wait_gets_the_first_answer() -> None:
    run = Run("PUT", accepted(201, {"name": "vm"}, Azure_AsyncOperation=OPERATION), wait=False)
    assert run.begin() == {"name": "vm"}


# --- how it ends badly -------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["Failed", "Canceled", "failed"])
def test_a_failure_is_told_in_arms_words(status: str) -> None:
    error = {
        "code": "VMExtensionProvisioningError",
        "message": "The extension failed.",
        "details": [{"code": "Inner", "message": "Exit code 5.", "details": [{"code": "Deep", "message": "Why."}]}],
    }
    poll = answer(200, {"status": status, "error": error}, x_ms_request_id="r", x_ms_correlation_request_id="c")
    run = Run("PUT", accepted(201, {}, Azure_AsyncOperation=OPERATION), poll)
    with pytest.raises(
        OperationFailedError, match=f"ended as {status}: VMExtensionProvisioningError: The ext"
    ) as caught:
        run.begin()
    details = caught.value.details
    assert caught.value.target == VM
    assert "Inner: Exit code 5." in caught.value.message
    assert (details["error"], details["request_id"], details["correlation_id"]) == (error["code"], "r", "c")
    assert details["errors"] == [
        {"code": "Inner", "message": "Exit code 5.", "target": None},
        {"code": "Deep", "message": "Why.", "target": None},
    ]
    assert "sig" not in json.dumps(details)


def test_a_failure_without_a_reason_says_so() -> None:
    failed = answer(200, {"properties": {"provisioningState": "Failed"}})
    for answers in ([failed], [answer(200, {"properties": {"provisioningState": "Creating"}}), failed]):
        with pytest.raises(OperationFailedError, match="gives no reason"):
            Run("PUT", *answers).begin()


def test_a_resource_may_tell_the_reason() -> None:
    properties = {"provisioningState": "FAILED", "error": {"code": "Code", "message": "Words"}}
    with pytest.raises(OperationFailedError, match="ended as FAILED: Code: Words"):
        Run("PUT", answer(200, {"properties": properties})).begin()


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_after_a_location_the_resource_tells_how_it_went(method: str) -> None:
    for last, failed in ((DONE, False), (answer(200, {"properties": {"provisioningState": "Failed"}}), True)):
        run = Run(method, accepted(Location=RESULT), accepted(), HttpResponse(200), last)
        if failed:
            with pytest.raises(OperationFailedError, match="ended as Failed"):
                run.begin()
        else:
            assert run.begin()["name"] == "vm"
    # But where the operation has told, an older failure of the resource does not count.
    first = accepted(Azure_AsyncOperation=OPERATION, Location=RESULT)
    broken = answer(200, {"properties": {"provisioningState": "Failed"}})
    assert Run(method, first, state("Succeeded"), broken).begin() == json.loads(broken.body)


def test_a_secret_of_the_change_is_not_quoted() -> None:
    secret = 'Pa55"w\u00f6rd'
    error = {"code": "Bad", "message": f"The value {secret} is too short.", "details": [{"message": f"{secret}!"}]}
    body = {"properties": {"settings": {"name": "DbPassword", "value": secret}}}
    polls = [state("Failed", error=error), answer(403, {"error": error})]
    for poll in polls:
        with pytest.raises(ArmError) as caught:
            Run("PUT", accepted(Azure_AsyncOperation=OPERATION), poll, body=body).begin()
        assert leaks([secret], *shown(caught.value)) == []
        assert "The value (hidden) is too short." in caught.value.message


@pytest.mark.parametrize("status", [400, 409])
def test_a_location_that_refuses_tells_that_the_change_failed(status: int) -> None:
    run = Run("DELETE", accepted(Location=RESULT), accepted(), answer(status, REFUSED))
    with pytest.raises(OperationFailedError, match="Failed: Code: Words"):
        run.begin()


REFUSED = {"error": {"code": "Code", "message": "Words"}}


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_refusal_that_passes_does_not_end_it(status: int) -> None:
    run = Run(
        "DELETE",
        accepted(Azure_AsyncOperation=OPERATION),
        *[answer(status, REFUSED)] * 8,  # each question is put four times by itself
        state("Succeeded"),
    )
    assert run.begin() is None


def test_lost_answers_do_not_end_it() -> None:
    losses = [CutOffError("lost"), RefusedError("nobody")]
    run = Run(
        "DELETE", accepted(Azure_AsyncOperation=OPERATION), *losses, state("InProgress"), *losses, state("Succeeded")
    )
    assert run.begin() is None


@pytest.mark.parametrize(
    ("poll", "error", "asked"),
    [
        (answer(500, REFUSED), ServiceError, 24),
        (answer(404, REFUSED), NotFoundError, 6),
        (answer(403, REFUSED), ForbiddenError, 1),
        (CutOffError("lost"), CutOffError, 6),
    ],
)
def test_what_does_not_pass_ends_the_asking(poll: Any, error: type[PyBridgeError], asked: int) -> None:
    run = Run("DELETE", accepted(Azure_AsyncOperation=OPERATION), *[poll] * 24)
    with pytest.raises(error) as caught:
        run.begin()
    assert len(run.script.requests) == 1 + asked
    assert "may still be going on" in (caught.value.remedy or "")


def test_what_is_over_and_cannot_be_read_is_over() -> None:
    refusal = answer(403, REFUSED)
    run = Run("PUT", accepted(Azure_AsyncOperation=OPERATION), state("Succeeded"), refusal)
    with pytest.raises(ForbiddenError) as caught:
        run.begin()
    assert (caught.value.remedy or "").startswith("The change is over: ARM only does not show")


class Tokens:
    """A credential that gives these, one after the other, and raises what is an error."""

    def __init__(self, *tokens: str | PyBridgeError) -> None:
        self.tokens = list(tokens)

    def get_token(self, resource: str, /, *, force_refresh: bool = False) -> AccessToken:
        token = "fresh" if force_refresh else self.tokens.pop(0)
        if isinstance(token, PyBridgeError):
            raise token
        return AccessToken(token, 0, resource)


def test_a_token_that_is_late_does_not_end_it() -> None:
    credential = Tokens("first", TokenThrottledError("wait"), "second")
    assert Run("DELETE", accepted(Location=RESULT), HttpResponse(204), credential=credential).begin() is None


def test_without_a_token_the_change_goes_on_unseen() -> None:
    expired = TokenRejectedError("expired", remedy="Sign in again.")
    with pytest.raises(TokenRejectedError) as caught:
        Run("DELETE", accepted(Location=RESULT), credential=Tokens("first", expired)).begin()
    assert "may still be going on" in (caught.value.remedy or "")
    assert (caught.value.remedy or "").endswith("Sign in again.")


def test_an_operation_may_be_unknown_for_an_instant_only() -> None:
    run = Run("DELETE", accepted(Azure_AsyncOperation=OPERATION), answer(404, {}), state("Succeeded"))
    assert run.begin() is None
    run = Run("DELETE", accepted(Azure_AsyncOperation=OPERATION), state("InProgress"), answer(404, REFUSED))
    with pytest.raises(NotFoundError):
        run.begin()


@pytest.mark.parametrize("header", ["Azure_AsyncOperation", "Location"])
@pytest.mark.parametrize(
    "url", ["https://evil.example/o", "http://management.azure.com/o", "//evil.example/o", "o", "", "https://["]
)
def test_a_token_does_not_follow_an_operation_to_another_host(header: str, url: str) -> None:
    run = Run("DELETE", accepted(**{header: url}))
    with pytest.raises(UnsafeError, match="another host"):
        run.begin()
    good = accepted(**{header: RESULT})
    moved = answer(202, {"status": "InProgress"}, **{header: url})
    run = Run("DELETE", good, moved)
    with pytest.raises(UnsafeError):
        run.begin()
    assert len(run.script.requests) == 2


@pytest.mark.parametrize("header", ["Azure_AsyncOperation", "Location"])
def test_a_path_alone_is_one_of_arms(header: str) -> None:
    run = Run("DELETE", accepted(**{header: "/o?api-version=1"}), state("Succeeded"))
    assert run.begin() is None
    assert run.script.requests[-1].url == f"{ARM}/o?api-version=1"


def test_where_a_thing_is_that_a_put_has_made_is_nobodys_business() -> None:
    elsewhere = "https://data.example/thing"
    assert Run("PUT", accepted(201, {"name": "vm"}, Location=elsewhere)).begin() == {"name": "vm"}
    first = accepted(202, Azure_AsyncOperation=OPERATION, Location=elsewhere)
    assert Run("PUT", first, state("Succeeded"), DONE).begin()["name"] == "vm"


def test_urls_may_be_as_long_as_arm_makes_them() -> None:
    long = f"{OPERATION}&c={'x' * (4096 - len(OPERATION))}"
    run = Run("DELETE", accepted(Azure_AsyncOperation=long), state("Succeeded"))
    assert run.begin() is None
    with pytest.raises(MalformedError, match="longer"):
        Run("DELETE", accepted(Azure_AsyncOperation=long * 10)).begin()


@pytest.mark.parametrize(
    "poll", [answer(200, {}), answer(200, []), HttpResponse(200, {}, b"<html>"), HttpResponse(200)]
)
def test_a_state_that_is_none_is_malformed(poll: HttpResponse) -> None:
    with pytest.raises(MalformedError):
        Run("DELETE", accepted(Azure_AsyncOperation=OPERATION), poll).begin()


# --- on the way --------------------------------------------------------------------------------------


def test_progress_is_told_before_each_question() -> None:
    first = accepted(Azure_AsyncOperation=OPERATION)
    run = Run("PATCH", first, state("InProgress", percentComplete=40.5), state("Updating"), state("Succeeded"), DONE)
    run.begin()
    assert run.told == [
        Progress("Changing vm", "InProgress", None, 0),
        Progress("Changing vm", "InProgress", 40, 1),
        Progress("Changing vm", "Updating", 40, 3),
        Progress("Changing vm", "Succeeded", 40, 7),
    ]


@pytest.mark.parametrize(
    ("method", "path", "activity"),
    [
        ("POST", f"{VM}/start", "start of vm"),
        ("DELETE", "/subscriptions/s/resourceGroups/my%20group", "Removing my group"),
        ("PUT", VM, "Writing vm"),
    ],
)
def test_an_activity_names_what_is_done_to_what(method: str, path: str, activity: str) -> None:
    first = accepted(Azure_AsyncOperation=OPERATION)
    run = Run(method, first, state("Succeeded"), DONE, path=path)
    run.begin()
    assert run.told[0].activity == activity
    assert f"{activity}: InProgress: waiting 1.0 s" in run.said


@pytest.mark.parametrize("percent", [-1, 101, "50", True, None])
def test_an_odd_percentage_is_none(percent: object) -> None:
    run = Run(
        "DELETE", accepted(Azure_AsyncOperation=OPERATION), state("A", percentComplete=percent), state("Succeeded")
    )
    run.begin()
    assert run.told[-1].percent is None


def test_a_wait_that_nobody_wants_any_more_ends_it() -> None:
    run = Run("DELETE", accepted(Azure_AsyncOperation=OPERATION, Retry_After="0"), *[state("InProgress")] * 9)

    def sleep(seconds: float) -> None:
        if len(run.script.requests) == 3:
            raise CancelledError("over")

    client = ArmClient(StaticCredential("abc"), subscription_id="s", transport=run.script, environ={}, sleep=sleep)
    with pytest.raises(CancelledError):
        client.change("DELETE", VM, "1")
    assert len(run.script.requests) == 3


def test_a_token_that_expires_meanwhile_is_renewed() -> None:
    first, credential = accepted(Azure_AsyncOperation=OPERATION), Tokens("first", "first", "second", "second")
    run = Run("DELETE", first, state("InProgress"), answer(401, {}), state("Succeeded"), credential=credential)
    run.begin()
    sent = [request.headers["Authorization"].split()[1] for request in run.script.requests]
    assert sent == ["first", "first", "second", "fresh"]
