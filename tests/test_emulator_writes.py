"""The emulator's ARM, changed: VMs, their identities and ETags, and the path of the article from nothing."""

from __future__ import annotations

import http.client
import json
import threading
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from armtalk import ASSIGNMENTS, COMPUTE, DEFINITIONS, IDENTITIES, ROLES, VMS, Azure, error, ok

from pybridge.emulator import Emulator
from pybridge.emulator.server import serve

READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
ARM = "https://management.azure.com/"


def identity(azure: Azure, name: str = "myVM") -> Any:
    return azure.get(azure.vm(name)).get("identity")


def patch(azure: Azure, name: str, block: object, **options: Any) -> Any:
    return azure.ask("PATCH", azure.vm(name), body={"identity": block}, **options)


# The path of the article


def test_the_path_of_the_article_from_nothing_over_raw_http() -> None:
    """MSI is off on the VM, and nobody may see it; in the end it reads itself with its own identity."""
    emulator = Emulator(machine="msiOffVM")
    with serve(emulator) as server:
        parts = urlsplit(server.url)

        def raw(method: str, url: str, body: object = None, headers: dict[str, str] | None = None) -> Any:
            connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
            form = body if isinstance(body, str) else json.dumps(body) if body is not None else None
            place = urlsplit(url)
            connection.request(method, f"{place.path}?{place.query}", form, headers or {})
            answer = connection.getresponse()
            data = answer.read()
            connection.close()
            return answer.status, dict(answer.headers.items()), json.loads(data) if data else None

        application = emulator.world.applications["deployapp"]
        tenant = emulator.world.tenant.id
        form = {
            "grant_type": "client_credentials",
            "client_id": application.principal.client_id,
            "client_secret": application.secret,
            "scope": f"{ARM}.default",
        }
        status, _, signed_in = raw("POST", f"{server.url}/{tenant}/oauth2/v2.0/token", urlencode(form))
        assert status == 200
        owner = {"Authorization": f"Bearer {signed_in['access_token']}"}
        vm = emulator.vm.id

        def change(method: str, path: str, version: str, body: object = None) -> None:
            status, headers, _ = raw(method, f"{server.url}{path}?api-version={version}", body, owner)
            assert status in (200, 201, 202)
            progress = {"status": "InProgress"} if "Azure-AsyncOperation" in headers else {"status": "Succeeded"}
            while progress["status"] == "InProgress":
                assert headers["Retry-After"] == "0"
                _, _, progress = raw("GET", headers["Azure-AsyncOperation"], None, owner)
            assert progress["status"] == "Succeeded"

        with pytest.raises((http.client.HTTPException, OSError)):
            raw("GET", f"{server.url}/oauth2/token?resource={ARM}", None, {"Metadata": "true"})
        change("PATCH", vm, COMPUTE, {"identity": {"type": "SystemAssigned"}})
        change("POST", f"{vm}/start", COMPUTE)
        extension = {
            "location": "eastus",
            "properties": {
                "publisher": "Microsoft.ManagedIdentity",
                "type": "ManagedIdentityExtensionForWindows",
                "typeHandlerVersion": "1.0",
                "settings": {"port": 50342},
            },
        }
        change("PUT", f"{vm}/extensions/ManagedIdentityExtensionForWindows", COMPUTE, extension)
        status, _, token = raw("GET", f"{server.url}/oauth2/token?resource={ARM}", None, {"Metadata": "true"})
        assert status == 200
        own = {"Authorization": f"Bearer {token['access_token']}"}
        assert raw("GET", f"{server.url}{vm}?api-version={COMPUTE}", None, own)[0] == 403
        _, _, found = raw("GET", f"{server.url}{vm}?api-version={COMPUTE}", None, owner)
        assignment = {
            "properties": {
                "roleDefinitionId": f"{DEFINITIONS}/{READER}",
                "principalId": found["identity"]["principalId"],
            }
        }
        change("PUT", f"{vm}{ASSIGNMENTS}/11111111-2222-3333-4444-555555555555", ROLES, assignment)
        status, _, seen = raw("GET", f"{server.url}{vm}?api-version={COMPUTE}", None, own)
        assert (status, seen["identity"]) == (200, found["identity"])


# Identities of a VM


def test_the_naive_patch_loses_the_user_assigned_identities() -> None:
    azure = Azure()
    assert len(identity(azure, "twoIdentitiesVM")["userAssignedIdentities"]) == 2
    azure.done(patch(azure, "twoIdentitiesVM", {"type": "SystemAssigned"}))
    found = identity(azure, "twoIdentitiesVM")
    assert found["type"] == "SystemAssigned"
    assert "userAssignedIdentities" not in found


def test_a_patch_that_names_both_types_keeps_what_it_does_not_name() -> None:
    azure = Azure()
    block = {"type": "SystemAssigned, UserAssigned", "userAssignedIdentities": {azure.identity("jobIdentity"): None}}
    azure.done(patch(azure, "twoIdentitiesVM", block))
    found = identity(azure, "twoIdentitiesVM")
    assert found["type"] == "SystemAssigned, UserAssigned"
    assert list(found["userAssignedIdentities"]) == [azure.identity("appIdentity")]
    azure.done(patch(azure, "twoIdentitiesVM", {"type": "systemassigned,userassigned"}))
    assert identity(azure, "twoIdentitiesVM") == found


def test_a_put_has_the_last_word_on_identities() -> None:
    azure = Azure()
    block = {"type": "UserAssigned", "userAssignedIdentities": {azure.identity("jobIdentity").upper(): {}}}
    azure.done(azure.ask("PUT", azure.vm("twoIdentitiesVM"), body={"location": "East US", "identity": block}))
    assert list(identity(azure, "twoIdentitiesVM")["userAssignedIdentities"]) == [azure.identity("jobIdentity")]
    azure.done(azure.ask("PUT", azure.vm("twoIdentitiesVM"), body={"location": "eastus"}))
    assert list(identity(azure, "twoIdentitiesVM")["userAssignedIdentities"]) == [azure.identity("jobIdentity")]


def test_none_removes_all_and_a_new_own_identity_is_a_new_principal() -> None:
    azure = Azure()
    first = identity(azure)["principalId"]
    azure.done(patch(azure, "myVM", {"type": "None"}))
    assert identity(azure) is None
    azure.done(patch(azure, "myVM", {"type": "SystemAssigned"}))
    second = identity(azure)["principalId"]
    assert second != first
    assert azure.world.principal(first) is None
    assert azure.world.principal(second) is azure.emulator.vm.system_assigned
    assert len(azure.world.assignments(first)) == 1  # what it held stays, for nobody
    azure.done(patch(azure, "myVM", {"type": "SystemAssigned"}))
    assert identity(azure)["principalId"] == second
    again = Azure()
    again.done(patch(again, "myVM", {"type": "None"}))
    again.done(patch(again, "myVM", {"type": "SystemAssigned"}))
    assert identity(again)["principalId"] == second  # the same in every run


def test_the_list_of_older_versions_is_the_whole_truth() -> None:
    azure = Azure()
    old = "2017-12-01"
    assert azure.get(azure.vm("twoIdentitiesVM"), old)["identity"]["identityIds"] == [
        azure.identity("appIdentity"),
        azure.identity("jobIdentity"),
    ]
    block = {"type": "UserAssigned", "identityIds": [azure.identity("jobIdentity")]}
    azure.done(patch(azure, "twoIdentitiesVM", block, version=old))
    assert azure.get(azure.vm("twoIdentitiesVM"), old)["identity"]["identityIds"] == [azure.identity("jobIdentity")]


@pytest.mark.parametrize(
    ("block", "code"),
    [
        ({"type": "Sometimes"}, "InvalidParameter"),
        ({"type": None}, "InvalidParameter"),
        ({"type": "None, SystemAssigned"}, "InvalidParameter"),
        ({"type": "UserAssigned"}, "MissingIdentityIds"),
        ({"type": "UserAssigned", "userAssignedIdentities": {"nonsense": {}}}, "LinkedInvalidPropertyId"),
        ({"type": "UserAssigned", "userAssignedIdentities": {"{group}/nobody": {}}}, "FailedIdentityOperation"),
        ({"type": "SystemAssigned", "userAssignedIdentities": {"{group}/appIdentity": {}}}, "InvalidParameter"),
        ("SystemAssigned", "InvalidRequestContent"),
        ({"type": "UserAssigned", "userAssignedIdentities": ["x"]}, "InvalidRequestContent"),
    ],
)
def test_identities_that_cannot_be(block: Any, code: str) -> None:
    azure = Azure()
    text = json.dumps(block).replace("{group}", azure.group + IDENTITIES)
    before = azure.get(azure.vm())
    assert error(patch(azure, "myVM", json.loads(text))) == (400, code)
    assert azure.get(azure.vm()) == before


def test_to_assign_an_identity_needs_a_right_at_the_identity() -> None:
    azure = Azure()
    azure.world.grant("Virtual Machine Contributor", to="myVM", scope=azure.group)
    azure.who = "myVM"
    block = {"type": "UserAssigned", "userAssignedIdentities": {azure.identity("appIdentity"): {}}}
    answer = patch(azure, "noRoleVM", block)
    assert error(answer) == (403, "LinkedAuthorizationFailed")
    words = json.loads(answer.body)["error"]["message"]
    assert "'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action' on the linked" in words
    assert azure.identity("appIdentity") in words
    azure.world.grant("Managed Identity Operator", to="myVM", scope=azure.identity("appIdentity"))
    azure.done(patch(azure, "noRoleVM", block))
    # Those that are there already need no new right.
    keep = {"type": "SystemAssigned, UserAssigned", "userAssignedIdentities": {azure.identity("appIdentity"): {}}}
    azure.world.remove_role("myVM", azure.identity("appIdentity"))
    azure.done(patch(azure, "noRoleVM", keep))


def test_a_reader_changes_nothing() -> None:
    azure = Azure()
    azure.who = "myVM"
    for method, path in (
        ("PATCH", azure.vm()),
        ("PUT", azure.vm("newVM")),
        ("DELETE", azure.vm()),
        ("POST", f"{azure.vm()}/deallocate"),
        ("PUT", f"{azure.vm()}/extensions/x"),
        ("DELETE", f"{azure.vm()}/extensions/BGInfo"),
    ):
        assert error(azure.ask(method, path, body={}))[0] == 403
    assert azure.get(azure.vm())["properties"]["provisioningState"] == "Succeeded"


# VMs


def test_a_vm_is_made_changed_and_deleted() -> None:
    azure = Azure()
    body: dict[str, Any] = {
        "location": "West Europe",
        "tags": {"a": "b"},
        "zones": ["1"],
        "identity": {"type": "SystemAssigned"},
        "properties": {
            "hardwareProfile": {"vmSize": "Standard_B1s"},
            "storageProfile": {"imageReference": {"publisher": "Canonical", "offer": "o", "sku": "s"}},
            "licenseType": "None",
        },
    }
    answer = azure.done(azure.ask("PUT", azure.vm("newVM"), body=body))
    assert answer.status == 201
    assert ok(answer)["properties"]["provisioningState"] == "Creating"
    made = azure.get(azure.vm("newVM"))
    assert (made["location"], made["tags"], made["zones"]) == ("westeurope", {"a": "b"}, ["1"])
    assert made["identity"]["principalId"]
    assert made["properties"]["storageProfile"]["osDisk"]["osType"] == "Linux"
    assert azure.world.vm("newVM").image == "Canonical:o:s:latest"
    body["properties"] = {"hardwareProfile": {"vmSize": "Standard_B2s"}}
    del body["tags"]
    azure.done(azure.ask("PUT", azure.vm("newVM"), body=body))
    changed = azure.get(azure.vm("newVM"))
    assert changed["properties"]["hardwareProfile"]["vmSize"] == "Standard_B2s"
    assert "tags" not in changed
    assert changed["identity"] == made["identity"]
    assert azure.done(azure.ask("DELETE", azure.vm("newVM"))).status == 202
    assert error(azure.ask("GET", azure.vm("newVM"))) == (404, "ResourceNotFound")
    assert azure.ask("DELETE", azure.vm("newVM")).status == 204
    assert azure.world.principal(made["identity"]["principalId"]) is None


def test_a_patch_changes_what_it_says() -> None:
    azure = Azure()
    azure.done(azure.ask("PATCH", azure.vm(), body={"tags": {"x": "y"}}))
    found = azure.get(azure.vm())
    assert found["tags"] == {"x": "y"}
    assert found["identity"]["type"] == "SystemAssigned"
    azure.done(azure.ask("PATCH", azure.vm(), body={"properties": {"hardwareProfile": {"vmSize": "Standard_B1s"}}}))
    assert azure.get(azure.vm())["tags"] == {"x": "y"}
    azure.done(azure.ask("PATCH", azure.vm(), body={"properties": {"licenseType": "Windows_Server"}}))
    found = azure.get(azure.vm())["properties"]
    assert (found["hardwareProfile"]["vmSize"], found["licenseType"]) == ("Standard_B1s", "Windows_Server")


@pytest.mark.parametrize(
    ("method", "name", "body", "expected"),
    [
        ("PATCH", "nope", {}, (404, "ResourceNotFound")),
        ("PUT", "new", {}, (400, "LocationRequired")),
        ("PUT", "new", {"location": "the moon"}, (400, "LocationNotAvailable")),
        ("PUT", "myVM", {"location": "westus"}, (409, "InvalidResourceLocation")),
        ("PUT", "myVM", {"location": "eastus", "zones": ["3"]}, (409, "PropertyChangeNotAllowed")),
        ("PUT", "myVM", {"location": "eastus", "zones": 3}, (400, "InvalidRequestContent")),
        (
            "PUT",
            "myVM",
            {"location": "eastus", "properties": {"storageProfile": {"osDisk": {"osType": "Linux"}}}},
            (409, "PropertyChangeNotAllowed"),
        ),
        ("PATCH", "myVM", {"tags": {"a": 1}}, (400, "InvalidRequestContent")),
        ("PATCH", "myVM", {"properties": []}, (400, "InvalidRequestContent")),
        ("PATCH", "myVM", [], (400, "InvalidRequestContent")),
        ("PATCH", "myVM", None, (400, "InvalidRequestContent")),
    ],
)
def test_changes_that_cannot_be(method: str, name: str, body: object, expected: tuple[int, str]) -> None:
    azure = Azure()
    before = azure.get(azure.vm())
    assert error(azure.ask(method, azure.vm(name), body=body)) == expected
    assert azure.get(azure.vm()) == before
    assert error(azure.ask("GET", azure.vm("new"))) == (404, "ResourceNotFound")


def test_what_is_read_can_be_put_back() -> None:
    azure = Azure()
    for name in ("myVM", "twoIdentitiesVM"):
        found = azure.get(azure.vm(name))
        azure.done(azure.ask("PUT", azure.vm(name), body=found))
        again = azure.get(azure.vm(name))
        assert again.pop("etag") != found.pop("etag")
        assert again == found


# ETags


def test_every_change_of_state_is_a_new_etag() -> None:
    azure = Azure()
    seen = set()

    def note() -> None:
        answer = azure.ask("GET", azure.vm())
        etag = answer.header("ETag")
        assert json.loads(answer.body)["etag"] == etag
        assert etag not in seen
        seen.add(etag)

    note()
    azure.done(azure.ask("PATCH", azure.vm(), body={"tags": {"a": "b"}}))
    note()
    azure.done(azure.ask("POST", f"{azure.vm()}/deallocate"))
    note()
    azure.done(azure.ask("POST", f"{azure.vm()}/start"))
    note()
    azure.done(azure.ask("DELETE", f"{azure.vm()}/extensions/BGInfo"))
    note()
    azure.emulator.vm.power = "stopped"  # a test's own hand counts, too
    note()


def test_to_read_is_no_change_and_the_etag_of_the_answer_to_a_change_counts() -> None:
    azure = Azure()
    changed = azure.done(azure.ask("PATCH", azure.vm(), body={"tags": {}}))
    etag = changed.header("ETag")
    assert [azure.ask("GET", azure.vm()).header("ETag") for _ in range(2)] == [etag, etag]
    assert "etag" not in azure.get(azure.vm(), "2023-07-01")
    assert azure.ask("GET", azure.vm(), "2023-07-01").header("ETag") == etag


def test_if_match() -> None:
    azure = Azure()
    etag = azure.get(azure.vm())["etag"]

    def change(tag: str, method: str = "PATCH", name: str = "myVM", header: str = "If-Match") -> Any:
        body = {"location": "eastus", "tags": {"a": "b"}}
        return azure.ask(method, azure.vm(name), body=body, headers={header: tag})

    azure.done(change(etag))
    assert error(change(etag)) == (412, "PreconditionFailed")
    assert error(change(etag, "PUT")) == (412, "PreconditionFailed")
    assert error(change(etag, "DELETE")) == (412, "PreconditionFailed")
    azure.done(change("*"))
    azure.done(change(f'"0", {azure.get(azure.vm())["etag"]}'))
    assert error(change("*", "PUT", "newVM")) == (412, "PreconditionFailed")
    assert error(change("*", "PUT", header="If-None-Match")) == (412, "PreconditionFailed")
    assert error(change('"1"', "PUT", header="If-None-Match")) == (400, "InvalidParameter")
    azure.done(change("*", "PUT", "newVM", header="If-None-Match"))


def test_of_many_who_read_and_write_with_the_same_etag_one_wins() -> None:
    azure = Azure()
    etag = azure.get(azure.vm())["etag"]
    answers = []

    def write(number: int) -> None:
        body = {"tags": {"writer": str(number)}}
        answers.append(azure.ask("PATCH", azure.vm(), body=body, headers={"If-Match": etag}).status)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, *[412] * 7]


def test_threads_that_read_and_write_at_once() -> None:
    azure = Azure(page_size=3)
    wrong: list[object] = []

    def write(number: int) -> None:
        for turn in range(10):
            place = azure.vm(f"vm{number}")
            azure.done(azure.ask("PUT", place, body={"location": "eastus", "identity": {"type": "SystemAssigned"}}))
            if turn < 9:
                azure.done(azure.ask("DELETE", place))

    def read() -> None:
        for _ in range(40):
            page = azure.get(f"{azure.group}{VMS}")
            for vm in page["value"]:
                if "identity" in vm and not vm["identity"].get("principalId", "x"):
                    wrong.append(vm)

    def caught(work: Any, *arguments: int) -> None:
        try:
            work(*arguments)
        except BaseException as exc:
            wrong.append(exc)

    threads = [threading.Thread(target=caught, args=(write, number)) for number in range(4)]
    threads += [threading.Thread(target=caught, args=(read,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert {f"vm{number}" for number in range(4)} < set(azure.world.vm("myVM").group.vms)


def test_a_group_out_of_reach() -> None:
    azure = Azure()
    path = f"{azure.subscription}/resourceGroups/nope{VMS}/x"
    for method in ("PUT", "PATCH", "DELETE"):
        assert error(azure.ask(method, path, body={"location": "eastus"})) == (404, "ResourceGroupNotFound")
