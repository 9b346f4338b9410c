"""Resource groups, user-assigned identities, and resources of all kinds on the emulator."""

from __future__ import annotations

from typing import Any

import pytest
from armtalk import ASSIGNMENTS, CORE, DEFINITIONS, IDENTITY, ROLES, VMS, Azure, error, names, ok
from asking import ARM, METADATA, URL, ask

from pybridge.emulator.arm.locations import LOCATIONS
from pybridge.emulator.arm.versions import API_VERSIONS, PROVIDERS, versions_of


@pytest.fixture
def azure() -> Azure:
    return Azure()


# Groups


def test_a_group_is_made_changed_and_deleted(azure: Azure) -> None:
    path = f"{azure.subscription}/resourcegroups/newGroup"
    assert azure.ask("HEAD", path, CORE).status == 404
    answer = azure.ask("PUT", path, CORE, {"location": "West US 2", "tags": {"a": "b"}})
    assert answer.status == 201
    made = ok(answer)
    assert made == azure.get(path, CORE)
    assert (made["name"], made["location"], made["tags"]) == ("newGroup", "westus2", {"a": "b"})
    assert (azure.ask("HEAD", path, CORE).status, azure.ask("HEAD", path, CORE).body) == (204, b"")
    assert azure.ask("PUT", path, CORE, {"location": "westus2"}).status == 200
    assert "tags" not in azure.get(path, CORE)
    assert ok(azure.ask("PATCH", path, CORE, {"tags": {"c": "d"}}))["tags"] == {"c": "d"}
    assert ok(azure.ask("PATCH", path, CORE, {}))["tags"] == {"c": "d"}
    answer = azure.ask("DELETE", path, CORE)
    assert answer.status == 202
    for expected in (202, 200):
        assert azure.ask("GET", answer.header("Location") or "").status == expected
    assert error(azure.ask("DELETE", path, CORE)) == (404, "ResourceGroupNotFound")
    assert error(azure.ask("PATCH", path, CORE, {})) == (404, "ResourceGroupNotFound")


@pytest.mark.parametrize(
    ("name", "body", "expected"),
    [
        ("new", {}, (400, "LocationRequired")),
        ("new", {"location": "nowhere"}, (400, "LocationNotAvailableForResourceGroup")),
        ("new", {"location": "eastus", "tags": []}, (400, "InvalidRequestContent")),
        ("new.", {"location": "eastus"}, (400, "InvalidResourceGroup")),
        ("n" * 91, {"location": "eastus"}, (400, "InvalidResourceGroup")),
        ("myResourceGroup", {"location": "westus"}, (409, "InvalidResourceGroupLocation")),
        ("myResourceGroup", {}, (400, "LocationRequired")),
    ],
)
def test_groups_that_cannot_be(azure: Azure, name: str, body: object, expected: tuple[int, str]) -> None:
    before = azure.get(f"{azure.subscription}/resourcegroups", CORE)
    assert error(azure.ask("PUT", f"{azure.subscription}/resourcegroups/{name}", CORE, body)) == expected
    assert azure.get(f"{azure.subscription}/resourcegroups", CORE) == before


def test_everything_goes_with_a_group(azure: Azure) -> None:
    identity, vm = azure.world.principal_id("appIdentity"), azure.world.vm("myVM")
    own = vm.system_assigned
    assert own is not None
    azure.world.grant("Reader", to="otherVM", scope=azure.vm())
    answer = azure.ask("DELETE", azure.group, CORE)
    for method, path in (("PATCH", azure.vm()), ("POST", f"{azure.vm()}/start"), ("PUT", azure.identity("x"))):
        version = IDENTITY if method == "PUT" else "2024-07-01"
        assert error(azure.ask(method, path, version, {"location": "eastus"})) == (409, "ResourceGroupBeingDeleted")
    assert error(azure.ask("DELETE", azure.group, CORE)) == (409, "ResourceGroupBeingDeleted")
    assert azure.ask("GET", azure.vm()).status == 200
    assert [azure.ask("GET", answer.header("Location") or "").status for _ in range(2)] == [202, 200]
    assert error(azure.ask("GET", azure.vm())) == (404, "ResourceGroupNotFound")
    assert azure.world.principal(identity) is None
    assert azure.world.principal(own.object_id) is None
    assert not any("myResourceGroup" in held.scope for held in azure.world.assignments())
    assert azure.world.assignments(identity)  # what it held elsewhere stays
    with_nothing = azure.get(f"{azure.subscription}/resources", CORE)["value"]
    assert {item["id"].split("/")[4] for item in with_nothing} == {"otherResourceGroup"}


def test_an_operation_on_a_vm_ends_with_the_group(azure: Azure) -> None:
    stopping = azure.ask("POST", f"{azure.vm()}/deallocate")
    answer = azure.ask("DELETE", azure.group, CORE)
    for _ in range(2):
        azure.ask("GET", answer.header("Location") or "")
    assert azure.poll(stopping)["status"] == "Canceled"


def test_a_reader_changes_no_group(azure: Azure) -> None:
    azure.who = "myVM"
    for method in ("PUT", "PATCH", "DELETE"):
        assert error(azure.ask(method, azure.group, CORE, {"location": "eastus"})) == (403, "AuthorizationFailed")
    assert azure.ask("HEAD", azure.group, CORE).status == 204


# User-assigned identities


def test_an_identity_is_made_used_and_deleted(azure: Azure) -> None:
    path = azure.identity("newIdentity")
    answer = azure.ask("PUT", path, IDENTITY, {"location": "westeurope", "tags": {"a": "b"}})
    assert (answer.status, answer.header("Azure-AsyncOperation"), answer.header("Location")) == (201, None, None)
    made = ok(answer)
    assert made == azure.get(path, IDENTITY)
    assert (made["type"], made["location"], made["tags"]) == (
        "Microsoft.ManagedIdentity/userAssignedIdentities",
        "westeurope",
        {"a": "b"},
    )
    assert set(made["properties"]) == {"tenantId", "principalId", "clientId"}
    assert azure.ask("PUT", path, IDENTITY, {"location": "westeurope"}).status == 200
    assert azure.get(path, IDENTITY)["tags"] == {}
    assert ok(azure.ask("PATCH", path, IDENTITY, {"tags": {"c": "d"}}))["tags"] == {"c": "d"}
    assert error(azure.ask("PUT", path, IDENTITY, {"location": "eastus"})) == (409, "InvalidResourceLocation")
    role = {
        "roleDefinitionId": f"{DEFINITIONS}/acdd72a7-3385-48ef-bd42-f606fba81ae7",
        "principalId": made["properties"]["principalId"],
    }
    assignment = f"{azure.group}{ASSIGNMENTS}/11111111-2222-3333-4444-555555555555"
    assert azure.ask("PUT", assignment, ROLES, {"properties": role}).status == 201
    block = {"type": "SystemAssigned, UserAssigned", "userAssignedIdentities": {path: {}}}
    azure.done(azure.ask("PATCH", azure.vm(), body={"identity": block}))
    selected = {"client_id": made["properties"]["clientId"], "resource": ARM}
    assert ask(azure.emulator, f"{URL}/oauth2/token", METADATA, **selected).status == 200
    assert azure.ask("DELETE", path, IDENTITY).status == 200
    assert azure.ask("DELETE", path, IDENTITY).status == 204
    assert error(azure.ask("GET", path, IDENTITY)) == (404, "ResourceNotFound")
    assert ask(azure.emulator, f"{URL}/oauth2/token", METADATA, **selected).status == 400
    assert azure.get(assignment, ROLES)["properties"]["principalId"] == role["principalId"]
    # The VM still names it, though nothing is behind the name.
    assert azure.get(azure.vm())["identity"]["userAssignedIdentities"] == {path: {}}
    azure.done(azure.ask("PATCH", azure.vm(), body={"identity": {"type": "SystemAssigned"}}))
    again = ok(azure.ask("PUT", path, IDENTITY, {"location": "westeurope"}))
    assert again["properties"]["principalId"] != made["properties"]["principalId"]


def test_lists_of_identities(azure: Azure) -> None:
    place = "/providers/Microsoft.ManagedIdentity/userAssignedIdentities"
    assert names(azure.get(azure.group + place, "2018-11-30")) == ["appIdentity", "jobIdentity"]
    assert names(azure.get(azure.subscription + place, IDENTITY)) == ["appIdentity", "jobIdentity"]
    azure.who = "noRoleVM"
    assert names(azure.get(azure.subscription + place, IDENTITY)) == []
    assert error(azure.ask("GET", azure.identity("appIdentity"), IDENTITY)) == (403, "AuthorizationFailed")
    azure.who = "myVM"
    for method in ("PUT", "PATCH", "DELETE"):
        answer = azure.ask(method, azure.identity("appIdentity"), IDENTITY, {"location": "eastus"})
        assert error(answer) == (403, "AuthorizationFailed")


# Resources of all kinds


def kinds(page: Any) -> dict[str, int]:
    found: dict[str, int] = {}
    for item in page["value"]:
        kind = item["type"].partition("/")[2]
        found[kind] = found.get(kind, 0) + 1
    return found


def test_every_kind_is_listed(azure: Azure) -> None:
    page = azure.get(f"{azure.group}/resources", CORE)
    assert kinds(page) == {
        "disks": 4,
        "virtualMachines": 4,
        "virtualMachines/extensions": 4,
        "userAssignedIdentities": 2,
        "networkInterfaces": 4,
    }
    assert len(azure.get(f"{azure.subscription}/resources", CORE)["value"]) == 18 + 4
    vm = next(item for item in page["value"] if item["id"] == azure.vm())
    assert (vm["location"], vm["tags"], vm["identity"]["type"]) == ("eastus", {"role": "web"}, "SystemAssigned")
    assert "properties" not in vm


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("resourceType eq 'microsoft.compute/virtualmachines' and name eq 'myvm'", ["myVM"]),
        ("resourceType eq 'Microsoft.Compute/virtualMachines' and resourceGroup eq 'otherresourcegroup'", ["otherVM"]),
        ("tagName eq 'Role'", ["myVM"]),
        ("tagName eq 'role' and tagValue eq 'web'", ["myVM"]),
        ("tagName eq 'role' and tagValue eq 'Web'", []),
        ("substringof('bident', name) and resourceGroup eq 'myResourceGroup'", ["jobIdentity"]),
        ("name eq 'O''Brien and Sons'", []),
        ("location eq 'westeurope' and resourceType eq 'Microsoft.Network/networkInterfaces'", ["otherVM-nic"]),
        ("resourceType eq 'Microsoft.Compute/virtualMachines/extensions' and name eq 'myVM/BGInfo'", ["myVM/BGInfo"]),
    ],
)
def test_filters(azure: Azure, condition: str, expected: list[str]) -> None:
    assert names(azure.get(f"{azure.subscription}/resources", CORE, filter=condition)) == expected


def test_a_filter_that_cannot_be(azure: Azure) -> None:
    for condition in ("colour eq 'red'", "name", "name eq 'a' or name eq 'b'"):
        answer = azure.ask("GET", f"{azure.subscription}/resources", CORE, filter=condition)
        assert error(answer) == (400, "UnsupportedFilter")


def test_only_what_the_caller_may_read_is_listed(azure: Azure) -> None:
    azure.world.grant("Virtual Machine Reader", to="noRoleVM", scope=azure.subscription)
    azure.who = "noRoleVM"
    assert kinds(azure.get(f"{azure.subscription}/resources", CORE)) == {"virtualMachines": 5}
    azure.who = "myVM"
    found = azure.get(f"{azure.subscription}/resources", CORE)["value"]
    assert {item["id"].split("/")[4] for item in found} == {"myResourceGroup"}


def test_pages_and_top(azure: Azure) -> None:
    page = azure.get(f"{azure.group}/resources", CORE, top="5")
    found = names(page)
    assert len(found) == 5
    while "nextLink" in page:
        assert "$top=5" in page["nextLink"]
        page = azure.get(page["nextLink"])
        found += names(page)
    assert found == names(azure.get(f"{azure.group}/resources", CORE))
    for top in ("0", "many", "-1"):
        assert error(azure.ask("GET", f"{azure.group}/resources", CORE, top=top)) == (400, "InvalidTop")


def test_more_on_demand(azure: Azure) -> None:
    azure.ask("PATCH", azure.vm(), body={"tags": {}})
    page = azure.get(
        f"{azure.group}/resources", CORE, filter="name eq 'myVM'", expand="createdTime,changedTime,provisioningState"
    )
    (item,) = page["value"]
    assert item["createdTime"]
    assert item["changedTime"]
    assert item["provisioningState"] == "Updating"


def test_everything_listed_can_be_read_by_its_id(azure: Azure) -> None:
    for item in azure.get(f"{azure.subscription}/resources", CORE)["value"]:
        kind = item["type"].partition("/")[2]
        found = azure.get(item["id"], API_VERSIONS[kind][-1])
        assert (found["id"], found["type"]) == (item["id"], item["type"])
        assert found["properties"]


@pytest.mark.parametrize(
    "place", ["/providers/Microsoft.Compute/disks", "/providers/Microsoft.Network/networkInterfaces"]
)
def test_what_hangs_on_a_vm(azure: Azure, place: str) -> None:
    version = versions_of(place.rpartition("/")[2])[-1]
    assert len(azure.get(azure.group + place, version)["value"]) == 4
    assert len(azure.get(azure.subscription + place, version)["value"]) == 5
    assert error(azure.ask("GET", f"{azure.group}{place}/nope", version)) == (404, "ResourceNotFound")
    profile = azure.get(azure.vm())["properties"]
    mentioned = [
        profile["storageProfile"]["osDisk"]["managedDisk"]["id"],
        profile["networkProfile"]["networkInterfaces"][0]["id"],
    ]
    assert azure.get(azure.group + place, version)["value"][0]["id"] in mentioned
    azure.who = "noRoleVM"
    assert azure.get(azure.group + place, version)["value"] == []
    assert error(azure.ask("GET", f"{azure.group}{place}/nope", version)) == (403, "AuthorizationFailed")


# Locations and providers


def test_locations(azure: Azure) -> None:
    found = azure.get(f"{azure.subscription}/locations", CORE)["value"]
    assert [item["name"] for item in found] == [location.name for location in LOCATIONS]
    europe = next(item for item in found if item["name"] == "westeurope")
    assert (europe["displayName"], europe["regionalDisplayName"]) == ("West Europe", "(Europe) West Europe")
    azure.who = "noRoleVM"
    assert error(azure.ask("GET", f"{azure.subscription}/locations", CORE)) == (403, "AuthorizationFailed")


def test_providers(azure: Azure) -> None:
    found = azure.get(f"{azure.subscription}/providers", CORE)["value"]
    assert [item["namespace"] for item in found] == list(PROVIDERS)
    one = azure.get(f"{azure.subscription}/providers/microsoft.compute", CORE)
    assert one in found
    vms = one["resourceTypes"][0]
    assert (vms["resourceType"], vms["apiVersions"][0]) == ("virtualMachines", API_VERSIONS["virtualMachines"][-1])
    assert "East US" in vms["locations"]
    answer = azure.ask("GET", f"{azure.subscription}/providers/Contoso", CORE)
    assert error(answer) == (404, "InvalidResourceNamespace")
    assert VMS.split("/")[2] == one["namespace"]
