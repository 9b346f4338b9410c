"""arm against the emulator: operations that take time, identities that others change too, buckets that run out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from armtalk import ASSIGNMENTS, COMPUTE, CORE, DEFINITIONS, ROLES, Azure
from support import Clock

from pybridge.arm import ArmClient, Progress
from pybridge.emulator.arm.throttling import Rate
from pybridge.errors import ConflictError, NotFoundError, OperationFailedError
from pybridge.models import AccessToken, HttpRequest, HttpResponse


class Signed:
    """The credential of one who may do everything."""

    def __init__(self, azure: Azure) -> None:
        self._azure = azure

    def get_token(self, resource: str, /, *, force_refresh: bool = False) -> AccessToken:
        return AccessToken(self._azure.emulator.mint(self._azure.who), 0, resource)


class Meddled:
    """The emulator, where somebody else acts right before a request arrives."""

    def __init__(self, azure: Azure, act: Callable[[HttpRequest], None]) -> None:
        self._azure, self._act = azure, act

    def send(self, request: HttpRequest) -> HttpResponse:
        self._act(request)
        return self._azure.emulator.send(request)


def client(azure: Azure, **options: Any) -> ArmClient:
    clock = Clock(azure.now)
    options = {"transport": azure.emulator, "clock": clock, "sleep": clock.sleep, **options}
    return ArmClient(Signed(azure), subscription_id=azure.subscription.rpartition("/")[2], environ={}, **options)


def test_a_machine_is_stopped_and_started() -> None:
    azure, told, clock = Azure(), list[Progress](), Clock()
    arm = client(azure, clock=clock, sleep=clock.sleep)
    for action, power in (("deallocate", "deallocated"), ("start", "running")):
        arm.change("POST", f"{azure.vm()}/{action}", COMPUTE, progress=told.append)
        view = arm.get(f"{azure.vm()}/instanceView", COMPUTE)
        assert f"PowerState/{power}" in [status["code"] for status in view["statuses"]]
    assert {progress.activity for progress in told} == {"deallocate of myVM", "start of myVM"}
    assert {progress.status for progress in told} >= {"InProgress"}
    assert clock.slept  # as the emulator asked for


def test_a_group_comes_and_goes() -> None:
    azure = Azure()
    arm = client(azure)
    path = arm.group_path("new-group")
    assert arm.change("PUT", path, CORE, {"location": "eastus"})["name"] == "new-group"
    assert arm.change("DELETE", path, CORE) is None
    with pytest.raises(NotFoundError):
        arm.get(path, CORE)


def test_an_extension_that_fails_is_told_in_arms_words() -> None:
    azure = Azure()
    body = {
        "location": "eastus",
        "properties": {
            "publisher": "Nobody",
            "type": "Nothing",
            "typeHandlerVersion": "1.0",
            "settings": {"commandToExecute": "exit 1"},
            "protectedSettings": {"password": "hush-hush-hush"},
        },
    }
    azure.emulator.fail(f"{azure.vm()}/extensions/broken", operation="Failed")
    with pytest.raises(OperationFailedError) as caught:
        client(azure).change("PUT", f"{azure.vm()}/extensions/broken", COMPUTE, body)
    assert caught.value.details["request_id"]
    assert "hush" not in str(caught.value.details)


# --- identities --------------------------------------------------------------------------------------

VM = "twoIdentitiesVM"


def added(resource_id: str) -> Callable[[dict[str, Any]], dict[str, Any] | None]:
    def merge(vm: dict[str, Any]) -> dict[str, Any] | None:
        known = vm["identity"]["userAssignedIdentities"]
        if resource_id.lower() in map(str.lower, known):
            return None
        return {
            "identity": {
                "type": vm["identity"]["type"],
                "userAssignedIdentities": {key: {} for key in [*known, resource_id]},
            }
        }

    return merge


def identities(azure: Azure) -> set[str]:
    return {key.rpartition("/")[2] for key in azure.get(azure.vm(VM))["identity"]["userAssignedIdentities"]}


def with_identities(*names: str) -> Azure:
    azure = Azure()
    for name in names:
        azure.ask("PUT", azure.identity(name), "2023-01-31", {"location": "eastus"})
    return azure


def test_what_another_adds_meanwhile_is_kept() -> None:
    azure = with_identities("mine", "theirs")
    before = identities(azure)
    acted: list[HttpRequest] = []

    def act(request: HttpRequest) -> None:
        if request.method == "PATCH" and not acted:
            acted.append(request)
            client(azure).update(azure.vm(VM), COMPUTE, added(azure.identity("theirs")))

    arm = client(azure, transport=Meddled(azure, act))
    assert arm.update(azure.vm(VM), COMPUTE, added(azure.identity("mine")))["name"] == VM
    assert acted
    assert identities(azure) == {*before, "mine", "theirs"}


def test_a_naive_change_loses_what_was_there() -> None:
    azure = with_identities("mine")
    block = {"type": "SystemAssigned"}
    client(azure).change("PATCH", azure.vm(VM), COMPUTE, {"identity": block})
    assert "userAssignedIdentities" not in azure.get(azure.vm(VM))["identity"]


# --- rules and limits --------------------------------------------------------------------------------


def test_a_role_that_is_granted_already_is_a_conflict() -> None:
    azure = Azure()
    arm = client(azure)
    own = azure.emulator.vm.system_assigned
    assert own is not None
    role = next(arm.list(f"{azure.group}{DEFINITIONS}", ROLES, **{"$filter": "roleName eq 'Contributor'"}))
    body = {"properties": {"roleDefinitionId": role["id"], "principalId": own.object_id}}
    for number in (1, 2):
        path = f"{azure.group}{ASSIGNMENTS}/00000000-0000-0000-0000-00000000000{number}"
        if number == 1:
            assert arm.change("PUT", path, ROLES, body)["properties"]["scope"] == azure.group
        else:
            with pytest.raises(ConflictError, match="RoleAssignmentExists"):
                arm.change("PUT", path, ROLES, body)


def test_an_empty_bucket_is_waited_for_and_told() -> None:
    azure, said = Azure(rates={"reads": Rate(1, 0.5)}), list[str]()

    def sleep(seconds: float) -> None:
        azure.now += seconds

    arm = client(azure, clock=lambda: azure.now, sleep=sleep, verbose=said.append)
    for _ in range(3):
        arm.get(azure.subscription, CORE)
    assert sum("429" in line and "as it says" in line for line in said) == 2
    assert any("subscription-reads left: 0" in line for line in said)
