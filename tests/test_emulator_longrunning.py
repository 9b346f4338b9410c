"""The emulator's long operations: how they are told of, how they go on and end. And the power of VMs."""

from __future__ import annotations

import json
from typing import Any

import pytest
from armtalk import COMPUTE, CORE, Azure, error, names

from pybridge.emulator import Emulator
from pybridge.emulator.faults import parse_fault
from pybridge.errors import UsageError
from pybridge.models import HttpResponse


def power(azure: Azure, name: str = "myVM") -> str:
    code: str = azure.get(f"{azure.vm(name)}/instanceView")["statuses"][1]["code"]
    return code.removeprefix("PowerState/")


def tag(azure: Azure) -> HttpResponse:
    return azure.ask("PATCH", azure.vm(), body={"tags": {"a": "b"}})


def state(azure: Azure) -> str:
    found: str = azure.get(azure.vm())["properties"]["provisioningState"]
    return found


# Styles


def test_a_change_of_a_vm_is_told_by_azure_asyncoperation() -> None:
    azure = Azure()
    answer = tag(azure)
    assert answer.status == 200
    assert (answer.header("Location"), answer.header("Retry-After")) == (None, "0")
    url = answer.header("Azure-AsyncOperation") or ""
    place = f"https://management.azure.com{azure.subscription}/providers/Microsoft.Compute/locations/eastus/operations/"
    assert url.startswith(place)
    assert url.endswith(f"?api-version={COMPUTE}")
    first = azure.ask("GET", url)
    assert (first.header("Retry-After"), json.loads(first.body)) == (
        "0",
        {
            "name": url[len(place) :].partition("?")[0],
            "status": "InProgress",
            "startTime": "2023-11-14T22:13:20.0000000+00:00",
            "percentComplete": 50,
        },
    )
    azure.now += 1.5
    last = azure.get(url)
    assert (last["status"], last["endTime"], last["percentComplete"]) == (
        "Succeeded",
        "2023-11-14T22:13:21.5000000+00:00",
        100,
    )
    assert azure.get(url) == last


def test_an_action_is_told_by_both_headers() -> None:
    azure = Azure()
    answer = azure.ask("POST", f"{azure.vm()}/powerOff")
    assert (answer.status, answer.body) == (202, b"")
    location = answer.header("Location") or ""
    first = azure.ask("GET", location)
    assert (first.status, first.body, first.header("Location")) == (202, b"", location)
    second = azure.ask("GET", location)
    assert (second.status, second.body) == (200, b"")
    assert azure.poll(answer)["status"] == "Succeeded"


def test_the_end_of_a_group_is_told_by_location_only() -> None:
    azure = Azure()
    answer = azure.ask("DELETE", azure.group, CORE)
    assert (answer.status, answer.header("Azure-AsyncOperation")) == (202, None)
    location = answer.header("Location") or ""
    assert location.startswith(f"https://management.azure.com{azure.subscription}/operationresults/")
    assert azure.get(azure.group, CORE)["properties"]["provisioningState"] == "Deleting"
    assert azure.ask("GET", location).status == 200
    assert error(azure.ask("GET", azure.group, CORE))[0] == 404


def test_the_headers_lead_to_where_one_asks() -> None:
    azure = Azure()
    answer = azure.ask("POST", f"http://127.0.0.1:4711{azure.vm()}/start?api-version={COMPUTE}")
    for header in ("Azure-AsyncOperation", "Location"):
        assert (answer.header(header) or "").startswith("http://127.0.0.1:4711/subscriptions/")


def test_an_operation_that_is_not_there() -> None:
    azure = Azure()
    path = f"{azure.subscription}/providers/Microsoft.Compute/locations/eastus/operations/nope"
    assert error(azure.ask("GET", path)) == (404, "OperationNotFound")


def test_who_has_the_url_of_an_operation_needs_no_role() -> None:
    azure = Azure()
    answer = tag(azure)
    azure.who = "noRoleVM"
    assert azure.poll(answer)["status"] == "Succeeded"


# How they go on


@pytest.mark.parametrize("polls", [0, 1, 3])
def test_an_operation_ends_after_so_many_looks(polls: int) -> None:
    azure = Azure(polls=polls, retry_after=7)
    answer = tag(azure)
    assert answer.header("Retry-After") == "7"
    url = answer.header("Azure-AsyncOperation") or ""
    found = [azure.get(url)["status"] for _ in range(polls + 1)]
    assert found == [*["InProgress"] * polls, "Succeeded"]


def test_who_waits_for_the_provisioning_state_gets_there_too() -> None:
    azure = Azure()
    assert json.loads(tag(azure).body)["properties"]["provisioningState"] == "Updating"
    assert [state(azure), state(azure)] == ["Updating", "Succeeded"]


def test_lists_are_looks() -> None:
    azure = Azure()
    azure.ask("POST", f"{azure.vm()}/deallocate")
    path = f"{azure.group}/providers/Microsoft.Compute/virtualMachines"
    seen = []
    for _ in range(2):
        listed = azure.get(path, expand="instanceView")["value"]
        seen.append(listed[0]["properties"]["instanceView"]["statuses"][1]["displayStatus"])
    assert seen == ["VM deallocating", "VM deallocated"]
    azure.ask("DELETE", azure.vm())
    assert ["myVM" in names(azure.get(path)) for _ in range(2)] == [True, False]


def test_the_clock_moves_nothing() -> None:
    azure = Azure()
    answer = tag(azure)
    azure.now += 3_000
    assert azure.get(answer.header("Azure-AsyncOperation") or "")["status"] == "InProgress"


def test_a_second_change_meets_the_first() -> None:
    azure = Azure()
    tag(azure)
    assert error(azure.ask("DELETE", f"{azure.vm()}/extensions/BGInfo")) == (409, "Conflict")
    assert tag(azure).status == 200  # to ask again helps


def test_a_newer_action_takes_the_place_of_an_older_one() -> None:
    azure = Azure()
    older = azure.ask("POST", f"{azure.vm()}/deallocate")
    newer = azure.ask("POST", f"{azure.vm()}/restart")
    assert azure.poll(older) == {**azure.poll(older), "status": "Canceled"}
    assert azure.poll(older)["error"]["code"] == "OperationPreempted"
    assert error(azure.ask("GET", older.header("Location") or "")) == (409, "OperationPreempted")
    azure.done(newer)
    assert power(azure) == "running"


def test_numbers_that_cannot_be() -> None:
    with pytest.raises(UsageError, match="cannot take -1 polls"):
        Emulator(polls=-1)
    with pytest.raises(UsageError, match="nobody can wait for -1 s"):
        Emulator(retry_after=-1)


# How they end


@pytest.mark.parametrize(("ending", "code"), [("Failed", "InternalExecutionError"), ("Canceled", "OperationPreempted")])
def test_an_operation_told_to_end_badly(ending: str, code: str) -> None:
    azure = Azure()
    azure.emulator.fail(azure.vm(), operation=ending)
    azure.get(azure.vm())  # begins no operation
    status = azure.poll(tag(azure))
    assert (status["status"], status["error"]["code"]) == (ending, code)
    assert state(azure) == ending
    azure.done(tag(azure))
    assert state(azure) == "Succeeded"


@pytest.mark.parametrize("method", ["powerOff", "deallocate"])
def test_a_failed_action_leaves_the_power_as_it_was(method: str) -> None:
    azure = Azure()
    azure.emulator.fail(f"...{method}", operation="Failed")
    answer = azure.ask("POST", f"{azure.vm()}/{method}")
    assert azure.poll(answer)["status"] == "Failed"
    assert power(azure) == "running"
    assert error(azure.ask("GET", answer.header("Location") or "")) == (409, "InternalExecutionError")


def test_what_failed_to_be_deleted_is_still_there() -> None:
    azure = Azure()
    azure.emulator.fail("/subscriptions", operation="Failed", times=3)
    assert azure.poll(azure.ask("DELETE", azure.vm()))["status"] == "Failed"
    assert azure.poll(azure.ask("DELETE", f"{azure.vm()}/extensions/BGInfo"))["status"] == "Failed"
    location = azure.ask("DELETE", azure.group, CORE).header("Location") or ""
    assert azure.ask("GET", location).status == 202
    assert error(azure.ask("GET", location)) == (409, "InternalExecutionError")
    assert azure.get(azure.group, CORE)["properties"]["provisioningState"] == "Succeeded"
    assert state(azure) == "Failed"
    assert azure.get(f"{azure.vm()}/extensions/BGInfo")["properties"]["provisioningState"] == "Failed"


def test_such_a_fault_on_the_command_line() -> None:
    assert parse_fault(".../virtualMachines,operation=Canceled,times=2").operation == "Canceled"
    for text, words in (
        ("/x,operation=Maybe", "no operation ends 'Maybe'"),
        ("/x,operation=Failed,status=500", "behind an answer that is as it should be"),
    ):
        with pytest.raises(UsageError, match=words):
            parse_fault(text)


# Power


@pytest.mark.parametrize(
    ("action", "meanwhile", "after"),
    [
        ("powerOff", "stopping", "stopped"),
        ("deallocate", "deallocating", "deallocated"),
        ("start", "starting", "running"),
        ("restart", "running", "running"),
    ],
)
def test_power(action: str, meanwhile: str, after: str) -> None:
    azure = Azure()
    answer = azure.ask("POST", f"{azure.vm()}/{action}")
    assert power(azure) == meanwhile
    azure.done(answer)
    assert power(azure) == after


def test_power_where_it_is_off_already() -> None:
    azure = Azure()
    azure.done(azure.ask("POST", f"{azure.vm('msiOffVM')}/powerOff"))
    assert power(azure, "msiOffVM") == "deallocated"
    assert error(azure.ask("POST", f"{azure.vm('msiOffVM')}/restart")) == (409, "OperationNotAllowed")
    azure.done(azure.ask("POST", f"{azure.vm('msiOffVM')}/start"))
    assert power(azure, "msiOffVM") == "running"


def test_a_vm_on_its_way_out_takes_no_action() -> None:
    azure = Azure()
    answer = azure.ask("DELETE", azure.vm())
    for method, path in (("POST", f"{azure.vm()}/start"), ("PATCH", azure.vm())):
        assert error(azure.ask(method, path, body={"tags": {"a": "b"}})) == (409, "Conflict")
    assert azure.poll(answer)["status"] == "Succeeded"
    assert error(azure.ask("POST", f"{azure.vm()}/start")) == (404, "ResourceNotFound")


def test_actions_have_rights_of_their_own() -> None:
    azure = Azure()
    azure.who = "myVM"
    for action in ("start", "powerOff", "deallocate", "restart"):
        answer = azure.ask("POST", f"{azure.vm()}/{action}")
        words: Any = json.loads(answer.body)["error"]["message"]
        assert error(answer) == (403, "AuthorizationFailed")
        assert f"'Microsoft.Compute/virtualMachines/{action}/action'" in words
