"""User-assigned identities, and turning identities on: what the operations ask of ARM."""

from __future__ import annotations

from typing import Any

import pytest
from office import Office
from test_roles import Young

from pybridge.emulator import Emulator
from pybridge.errors import ForbiddenError, NotFoundError, UsageError

GROUP = "myResourceGroup"


@pytest.fixture
def office() -> Office:
    return Office()


# --- user-assigned identities ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({}, ["appIdentity", "jobIdentity"]),
        ({"resource_group_name": GROUP, "name": "APPidentity"}, ["appIdentity"]),
        ({"resource_group_name": GROUP, "name": "job*"}, ["jobIdentity"]),
        ({"resource_group_name": "otherResourceGroup"}, []),
    ],
)
def test_identities_are_found(office: Office, arguments: dict[str, Any], expected: list[str]) -> None:
    assert [item.name for item in office.call("list_identities", **arguments)] == expected


def test_what_an_identity_tells(office: Office) -> None:
    (found,) = office.call("list_identities", resource_group_name=GROUP, name="appIdentity")
    assert found.resource_group_name == GROUP
    assert found.tenant_id == office.emulator.world.tenant.id
    assert found.type == "Microsoft.ManagedIdentity/userAssignedIdentities"
    assert found.tags is None
    assert found.principal_id
    assert found.client_id not in (None, found.principal_id)


def test_an_identity_is_named_by_group_and_name(office: Office) -> None:
    with pytest.raises(UsageError):
        office.call("list_identities", name="appIdentity")
    with pytest.raises(NotFoundError):
        office.call("list_identities", resource_group_name=GROUP, name="nope")


def test_an_identity_is_made_changed_and_removed(office: Office) -> None:
    made = office.call("create_identity", resource_group_name=GROUP, name="newIdentity", tag={"a": "b"})
    assert (made.location, made.tags) == ("eastus", {"a": "b"})
    again = office.call("create_identity", resource_group_name=GROUP, name="newIdentity", location="East US")
    assert again.principal_id == made.principal_id
    assert again.tags == {"a": "b"}
    assert office.call("remove_identity", resource_id=made.id) is True
    assert office.call("remove_identity", input_object={"Id": made.id}) is True
    assert office.call("remove_identity", input_object={"Id": None, "ResourceId": made.id}) is True
    assert len(office.call("list_identities")) == 2


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"name": "x"},
        {"input_object": {"Name": "x"}},
        {"resource_id": "/subscriptions/s/resourceGroups/g"},
        {"input_object": {"Id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/v"}},
    ],
)
def test_nothing_else_is_removed(office: Office, arguments: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        office.call("remove_identity", **arguments)
    assert office.changes() == []


# --- turning one on ----------------------------------------------------------------------------------


def block(office: Office, vm: str) -> Any:
    (found,) = office.call("list_resources", name=vm, expand_properties=True)
    return found.identity


def test_an_identity_is_turned_on_and_may_read(office: Office) -> None:
    (done,) = office.call("enable_identity", resource_group_name=GROUP, name="msioffvm", role="Reader")
    assert done.changes == ("IdentityEnabled", "RoleAssigned")
    assert (done.name, done.identity, done.role, done.scope) == ("msiOffVM", "SystemAssigned", "Reader", office.group)
    (role,) = office.call("list_role_assignments", object_id=done.principal_id)
    assert (role.role_definition_name, role.scope) == ("Reader", office.group)
    (again,) = office.call("enable_identity", resource_group_name=GROUP, name="msiOffVM", role="reader")
    assert again.changes == ()
    assert again.principal_id == done.principal_id
    assert len(office.changes()) == 2


def test_without_a_role_none_is_granted(office: Office) -> None:
    (done,) = office.call("enable_identity", resource_group_name=GROUP, name="msiOffVM")
    assert (done.changes, done.role, done.scope) == (("IdentityEnabled",), None, None)
    assert office.call("list_role_assignments", object_id=done.principal_id) == []


def test_identities_that_are_there_stay(office: Office) -> None:
    (done,) = office.call("enable_identity", resource_group_name=GROUP, name="twoIdentitiesVM")
    assert done.changes == ("IdentityEnabled",)
    found = block(office, "twoIdentitiesVM")
    assert found["type"] == "SystemAssigned, UserAssigned"
    assert len(found["userAssignedIdentities"]) == 2


def test_user_assigned_ones_are_added_each_with_the_role(office: Office) -> None:
    wanted = [item.id for item in office.call("list_identities")]
    scope = f"{office.group}/providers/Microsoft.Compute/virtualMachines/myVM"
    done = office.call(
        "enable_identity", resource_group_name=GROUP, name="myVM", identity_id=wanted, role="Reader", scope=scope
    )
    assert [item.identity for item in done] == wanted
    assert [item.changes for item in done] == [("IdentityEnabled", "RoleAssigned")] * 2
    assert {item.scope for item in done} == {scope}
    assert block(office, "myVM")["type"] == "SystemAssigned, UserAssigned"


def test_a_new_principal_is_waited_for() -> None:
    emulator = Emulator()
    young = Young(emulator, 2)
    office = Office(emulator, arm=young)
    (done,) = office.call("enable_identity", resource_group_name=GROUP, name="msiOffVM", role="Reader")
    assert done.changes == ("IdentityEnabled", "RoleAssigned")
    assert [body["principalType"] for body in young.bodies] == ["ServicePrincipal"] * 3


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"role": "Reeder"}, NotFoundError),
        ({"role": "Reader", "scope": "myResourceGroup"}, UsageError),
        ({"scope": "/subscriptions/s"}, UsageError),
        ({"identity_id": ["appIdentity"]}, UsageError),
        ({"name": "nope", "role": "Reader"}, NotFoundError),
    ],
)
def test_what_is_wrong_is_found_before_anything_is_changed(
    office: Office, arguments: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        office.call("enable_identity", **{"resource_group_name": GROUP, "name": "msiOffVM", **arguments})
    assert office.changes() == []


def test_one_who_may_only_read_changes_nothing() -> None:
    office = Office(who="myVM")
    with pytest.raises(ForbiddenError):
        office.call("enable_identity", resource_group_name=GROUP, name="msiOffVM", role="Reader")
