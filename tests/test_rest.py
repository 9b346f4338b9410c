"""Any request to ARM: what may be asked, and what comes back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from office import Office
from support import leaks

from pybridge import wire
from pybridge.emulator import Emulator
from pybridge.errors import ForbiddenError, NotFoundError, OperationFailedError, UnsafeError, UsageError
from pybridge.resources import ArmObject, RestResponse

CORE, COMPUTE = "2021-04-01", "2023-07-01"


@pytest.fixture
def office() -> Office:
    return Office()


def test_an_answer_has_status_headers_content_and_request_id(office: Office) -> None:
    (answer,) = office.call("invoke_rest", path=f"{office.group}?api-version={CORE}")
    assert isinstance(answer, RestResponse)
    assert (answer.status_code, answer.method) == (200, "GET")
    assert json.loads(answer.content)["name"] == "myResourceGroup"
    assert answer.request_id == answer.headers["x-ms-request-id"]
    assert leaks([office.emulator.mint("deployApp")], repr(answer), json.dumps(wire.encode(answer))) == []


def test_the_version_is_in_the_path_or_beside_it(office: Office) -> None:
    for arguments in (
        {"path": office.group, "api_version": CORE},
        {"path": f"{office.group}?API-VERSION={CORE}"},
        {"path": f"{office.group}?api-version={CORE}", "api_version": CORE},
        {"uri": f"https://management.azure.com{office.group}?api-version={CORE}"},
        {"uri": f"HTTPS://management.azure.com:443{office.group}", "api_version": CORE},
    ):
        (found,) = office.call("invoke_rest", as_object=True, **arguments)
        assert found["name"] == "myResourceGroup"
    with pytest.raises(UsageError, match="is missing"):
        office.call("invoke_rest", path=office.group)
    with pytest.raises(UsageError, match="two api-versions"):
        office.call("invoke_rest", path=f"{office.group}?api-version={CORE}", api_version=COMPUTE)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "subscriptions",
        "//evil.example/x",
        "https://management.azure.com/subscriptions",
        "@evil.example/",
        ".evil.example/",
        "/subscriptions/../x",
        "/subscriptions\r\nHost: evil",
    ],
)
def test_what_is_no_path_is_refused_unsent(office: Office, path: str) -> None:
    with pytest.raises(UsageError, match="not a path"):
        office.call("invoke_rest", path=path, api_version=CORE)
    assert office.emulator.requests == []


@pytest.mark.parametrize(
    "uri",
    [
        "https://evil.example/subscriptions",
        "http://management.azure.com/subscriptions",
        "https://management.azure.com@evil.example/subscriptions",
        "https://management.azure.com.evil.example/subscriptions",
        "https://management.azure.com:444/subscriptions",
        "/subscriptions",
        "file:///etc/passwd",
    ],
)
def test_the_token_goes_to_arm_only(office: Office, uri: str) -> None:
    with pytest.raises(UnsafeError):
        office.call("invoke_rest", uri=uri, api_version=CORE)
    assert office.emulator.requests == []


def test_the_subscription_is_put_in(office: Office) -> None:
    (found,) = office.call("invoke_rest", path="/subscriptions/{subscription}", api_version=CORE, as_object=True)
    assert found["displayName"] == "Subscription1"


def test_a_place_that_is_not_filled_in_is_told(office: Office) -> None:
    with pytest.raises(UsageError, match=r"\{name\} in the path is not filled in"):
        office.call("invoke_rest", path="/subscriptions/{subscription}/resourceGroups/{name}", api_version=CORE)
    assert office.emulator.requests == []


def test_a_payload_that_is_no_json_is_not_told(office: Office) -> None:
    with pytest.raises(UsageError) as caught:
        office.call(
            "invoke_rest", path=office.group, api_version=CORE, method="PUT", payload='{"password": hunter2hunter2}'
        )
    assert caught.value.__context__ is None
    assert "hunter2" not in f"{caught.value.message}{caught.value.details}{caught.value.target}"


def test_letters_of_a_path_are_kept(office: Office) -> None:
    with pytest.raises(NotFoundError):
        office.call("invoke_rest", path="/subscriptions/a b/x%20y/z#q", api_version=CORE)
    assert office.emulator.requests[-1].url.startswith("https://management.azure.com/subscriptions/a%20b/x%20y/z%23q?")


def test_pages_are_followed_item_by_item() -> None:
    office = Office(Emulator(page_size=1))
    machines = f"{office.subscription}/providers/Microsoft.Compute/virtualMachines"
    found = office.call("invoke_rest", path=machines, api_version=COMPUTE, follow_next_link=True)
    assert [item["name"] for item in found][:2] == ["myVM", "twoIdentitiesVM"]
    assert all(isinstance(item, ArmObject) for item in found)
    assert len(office.emulator.requests) == len(found) == 5


def test_what_is_no_list_is_one_item(office: Office) -> None:
    (found,) = office.call("invoke_rest", path=office.group, api_version=CORE, follow_next_link=True)
    assert found["name"] == "myResourceGroup"
    with pytest.raises(UsageError, match="GET"):
        office.call("invoke_rest", path=office.group, api_version=CORE, follow_next_link=True, method="PUT")


@pytest.mark.parametrize("payload", ['{"tags": {"a": "b"}}', {"tags": {"a": "b"}}])
def test_a_payload_is_json_or_becomes_it(office: Office, payload: Any) -> None:
    (found,) = office.call(
        "invoke_rest", path=office.group, api_version=CORE, method="patch", payload=payload, as_object=True
    )
    assert found["tags"] == {"a": "b"}


@pytest.mark.parametrize(
    ("method", "payload", "message"),
    [("PUT", "{tags", "not JSON"), ("GET", "{}", "no payload"), ("HEAD", {}, "no payload")],
)
def test_a_wrong_payload_is_refused_unsent(office: Office, method: str, payload: Any, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        office.call("invoke_rest", path=office.group, api_version=CORE, method=method, payload=payload)
    assert office.emulator.requests == []


def test_a_change_is_waited_for(office: Office) -> None:
    path = f"{office.group}/providers/Microsoft.Compute/virtualMachines/myVM"
    (answer,) = office.call(
        "invoke_rest", path=path, api_version=COMPUTE, method="PATCH", payload={"tags": {"role": "db"}}
    )
    assert answer.status_code in (200, 202)
    assert json.loads(answer.content)["tags"] == {"role": "db"}
    assert json.loads(answer.content)["properties"]["provisioningState"] == "Succeeded"
    assert office.told


def test_or_not() -> None:
    office = Office(Emulator(polls=3))
    path = f"{office.group}/providers/Microsoft.Compute/virtualMachines/msiOffVM/start"
    (answer,) = office.call("invoke_rest", path=path, api_version=COMPUTE, method="POST", no_wait=True)
    assert (answer.status_code, answer.content) == (202, "")
    assert answer.headers["Azure-AsyncOperation"]
    assert len(office.emulator.requests) == 1


def test_a_change_that_fails_is_an_error(office: Office) -> None:
    office.emulator.fail("...virtualMachines/msiOffVM/start", operation="Failed")
    path = f"{office.group}/providers/Microsoft.Compute/virtualMachines/msiOffVM/start"
    with pytest.raises(OperationFailedError):
        office.call("invoke_rest", path=path, api_version=COMPUTE, method="POST")


def test_an_empty_answer_is_no_object(office: Office) -> None:
    assert office.call("invoke_rest", path=office.group, api_version=CORE, method="HEAD", as_object=True) == []
    (answer,) = office.call("invoke_rest", path=office.group, api_version=CORE, method="HEAD")
    assert (answer.status_code, answer.content) == (204, "")


def test_refusals_are_errors() -> None:
    office = Office(who="myVM")
    with pytest.raises(ForbiddenError):
        office.call("invoke_rest", path=office.group, api_version=CORE, method="DELETE")


def test_an_object_of_arm_travels_as_it_is() -> None:
    value = ArmObject({"name": "x", "vmSize": 1, "created": "2020-01-01T00:00:00Z"})
    assert wire.type_name(value) == "arm_object"
    assert wire.encode(value) == {"name": "x", "vmSize": 1, "created": "\x01S2020-01-01T00:00:00Z"}
