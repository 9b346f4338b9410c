"""Roles and role assignments: what the operations ask of ARM, and what they make of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from office import Office
from support import answer

from pybridge.arm import roles
from pybridge.emulator import Emulator
from pybridge.errors import (
    BadRequestError,
    ConflictError,
    ForbiddenError,
    NotFoundError,
    UnsupportedError,
    UsageError,
)
from pybridge.models import HttpRequest, HttpResponse
from pybridge.resources import RoleAssignment

READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
NOBODY = "00000000-0000-4000-8000-000000000000"
VM = "Microsoft.Compute/virtualMachines"


@pytest.fixture
def office() -> Office:
    return Office()


class Young:
    """An Azure whose directory does not know a new principal yet: so many assignments are refused."""

    def __init__(self, emulator: Emulator, times: int, code: str = "PrincipalNotFound") -> None:
        self.emulator = emulator
        self.times = times
        self.code = code
        self.bodies: list[Any] = []

    def send(self, request: HttpRequest) -> HttpResponse:
        if request.method == "PUT" and "/roleAssignments/" in request.url:
            self.bodies.append(json.loads(request.body)["properties"])
            if self.times:
                self.times -= 1
                return answer(400, {"error": {"code": self.code, "message": "no such principal"}})
        return self.emulator.send(request)


def principal(office: Office, vm: str = "noRoleVM") -> str:
    found = office.emulator.world.vm(vm).system_assigned
    assert found is not None
    return found.object_id


def identity(office: Office, name: str) -> Any:
    (found,) = office.call("list_identities", resource_group_name="myResourceGroup", name=name)
    return found


def rows(items: list[RoleAssignment]) -> list[tuple[str | None, str]]:
    return [(item.role_definition_name, item.scope.rpartition("/")[2]) for item in items]


# --- definitions -------------------------------------------------------------------------------------


def test_a_role_by_its_name_or_guid(office: Office) -> None:
    (by_name,) = office.call("list_role_definitions", name="reader")
    (by_id,) = office.call("list_role_definitions", role_id=READER)
    assert by_name == by_id
    assert (by_name.name, by_name.id, by_name.is_custom, by_name.actions) == ("Reader", READER, False, ("*/read",))
    assert by_name.assignable_scopes == ("/",)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"name": "*Reader", "custom": True}, ["Virtual Machine Reader"]),
        ({"custom": True}, ["Virtual Machine Reader"]),
        ({"name": "nope"}, []),
        ({"name": "o'nope"}, []),
        ({"name": "own*"}, ["Owner"]),
    ],
)
def test_roles_are_found(office: Office, arguments: dict[str, Any], expected: list[str]) -> None:
    assert [role.name for role in office.call("list_role_definitions", **arguments)] == expected


def test_roles_at_a_scope(office: Office) -> None:
    assert office.call("list_role_definitions", name="Reader", scope=office.group)[0].id == READER
    with pytest.raises(UsageError, match="not a scope"):
        office.call("list_role_definitions", scope="myResourceGroup")


def test_a_role_that_is_not_there(office: Office) -> None:
    with pytest.raises(NotFoundError):
        office.call("list_role_definitions", role_id=NOBODY)
    with pytest.raises(UsageError, match="not the ID of a role"):
        office.call("list_role_definitions", role_id="Reader")


# --- assignments -------------------------------------------------------------------------------------


def test_without_a_scope_all_of_the_subscription(office: Office) -> None:
    assert rows(office.call("list_role_assignments")) == [
        ("Owner", office.subscription.rpartition("/")[2]),
        ("Reader", "myResourceGroup"),
        ("Virtual Machine Reader", "otherResourceGroup"),
    ]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"resource_group_name": "myResourceGroup"}, ["Owner", "Reader"]),
        ({"resource_group_name": "myResourceGroup", "role_definition_name": "own*"}, ["Owner"]),
        ({"resource_group_name": "myResourceGroup", "resource_name": "myVM", "resource_type": VM}, ["Owner", "Reader"]),
        ({"role_definition_id": READER}, ["Reader"]),
        ({"role_definition_name": "reader"}, ["Reader"]),
        ({"role_definition_name": "nope"}, []),
    ],
)
def test_assignments_are_found(office: Office, arguments: dict[str, Any], expected: list[str]) -> None:
    found = office.call("list_role_assignments", **arguments)
    assert [item.role_definition_name for item in found] == expected


def test_assignments_of_a_principal_at_a_scope_leave_out_what_is_below(office: Office) -> None:
    app = identity(office, "appIdentity")
    everywhere = office.call("list_role_assignments", object_id=app.principal_id)
    assert rows(everywhere) == [("Virtual Machine Reader", "otherResourceGroup")]
    assert office.call("list_role_assignments", object_id=app.principal_id, scope=office.subscription) == []
    assert office.call("list_role_assignments", object_id=app.principal_id, expand_principal_groups=True) == everywhere


def test_names_of_principals_are_those_that_arm_tells(office: Office) -> None:
    found = {item.role_definition_name: item for item in office.call("list_role_assignments")}
    assert found["Virtual Machine Reader"].display_name == "appIdentity"
    assert found["Reader"].display_name is None
    assert {item.object_type for item in found.values()} == {"ServicePrincipal"}
    assert {item.sign_in_name for item in found.values()} == {None}


def test_who_reads_one_group_only_is_told_the_names_of_its_roles() -> None:
    office = Office(who="myVM")
    assert rows(office.call("list_role_assignments")) == [("Reader", "myResourceGroup")]
    assert rows(office.call("list_role_assignments", role_definition_name="read*")) == [("Reader", "myResourceGroup")]
    found = office.call("list_role_assignments", resource_group_name="myResourceGroup")
    assert [item.role_definition_name for item in found] == ["Owner", "Reader"]


def test_names_of_roles_are_asked_for_once_at_each_place(office: Office) -> None:
    who = principal(office)
    for machine in ("myVM", "noRoleVM"):
        scope = {"resource_group_name": "myResourceGroup", "resource_name": machine, "resource_type": VM}
        office.call("assign_role", object_id=who, role_definition_name="Reader", **scope)
    reader = Office(office.emulator, who="myVM")
    office.emulator.clear_requests()
    found = reader.call("list_role_assignments")
    assert {item.role_definition_name for item in found} == {"Reader"}
    assert len(found) == 3
    asked = [request.url for request in office.emulator.requests if "/roleDefinitions" in request.url]
    assert len(asked) == 2


def test_one_who_may_not_read_roles_gets_assignments_without_names(office: Office) -> None:
    office.emulator.fail("...roleDefinitions", status=403, times=None)
    assert {item.role_definition_name for item in office.call("list_role_assignments")} == {None}


def test_lists_that_nobody_needs_are_not_asked_for(office: Office) -> None:
    office.call("list_role_assignments", object_id=NOBODY)
    assert len(office.emulator.requests) == 1


def test_classic_administrators_are_history(office: Office) -> None:
    office.call("list_role_assignments", include_classic_administrators=True)
    assert "31 August 2024" in office.warnings[0]


# --- who is meant ------------------------------------------------------------------------------------


def test_an_application_id_is_known_of_identities_and_of_the_caller(office: Office) -> None:
    app = identity(office, "appIdentity")
    assert len(office.call("list_role_assignments", service_principal_name=app.client_id)) == 1
    own = office.emulator.world.applications["deployapp"].principal.client_id
    (mine,) = office.call("list_role_assignments", service_principal_name=own.upper())
    assert mine.role_definition_name == "Owner"


@pytest.mark.parametrize("argument", ["sign_in_name", "service_principal_name"])
@pytest.mark.parametrize("operation", ["list_role_assignments", "assign_role", "remove_role_assignment"])
def test_other_names_are_refused_with_a_way_out(office: Office, operation: str, argument: str) -> None:
    arguments = {argument: "somebody"}
    if operation != "list_role_assignments":
        arguments["role_definition_name"] = "Reader"
    with pytest.raises(UnsupportedError) as caught:
        office.call(operation, **arguments)
    assert caught.value.target == "somebody"
    assert "-ObjectId" in (caught.value.remedy or "")
    assert "az ad " in (caught.value.remedy or "")


def test_an_object_id_is_a_guid(office: Office) -> None:
    with pytest.raises(UsageError, match="not the ID of a principal") as caught:
        office.call("assign_role", object_id="myVM", role_definition_name="Reader")
    assert "Identity.PrincipalId" in (caught.value.remedy or "")


# --- giving and taking -------------------------------------------------------------------------------


def test_a_role_is_given_and_taken(office: Office) -> None:
    who = principal(office)
    made = office.call(
        "assign_role", object_id=who.upper(), role_definition_name="reader", resource_group_name="myResourceGroup"
    )
    assert (made.object_id, made.role_definition_name, made.role_definition_id) == (who, "Reader", READER)
    assert made.scope == office.group
    assert made.role_assignment_id.startswith(f"{office.group}/providers/Microsoft.Authorization/roleAssignments/")
    assert made in office.call("list_role_assignments", object_id=who)
    removed = office.call(
        "remove_role_assignment",
        object_id=who,
        role_definition_id=READER,
        scope=f"{office.group.upper()}/",
        pass_thru=True,
    )
    assert [item.role_assignment_id for item in removed] == [made.role_assignment_id]
    assert office.call("list_role_assignments", object_id=who) == []


def test_a_role_at_a_resource_and_at_the_subscription(office: Office) -> None:
    who = principal(office)
    made = office.call(
        "assign_role",
        object_id=who,
        role_definition_id=READER,
        resource_group_name="myResourceGroup",
        resource_name="myVM",
        resource_type=VM,
    )
    assert made.scope == f"{office.group}/providers/{VM}/myVM"
    assert office.call("assign_role", object_id=who, role_definition_name="Reader").scope == office.subscription
    office.call("remove_role_assignment", object_id=who, role_definition_name="Reader")
    assert [item.scope for item in office.call("list_role_assignments", object_id=who)] == [made.scope]


def test_an_assignment_is_removed_as_an_object(office: Office) -> None:
    who = principal(office)
    made = office.call("assign_role", object_id=who, role_definition_name="Reader")
    given = {"RoleAssignmentId": made.role_assignment_id, "ObjectId": who, "Scope": made.scope}
    assert office.call("remove_role_assignment", input_object=given, pass_thru=True)[0].object_id == who
    assert office.call("remove_role_assignment", input_object=given) == []
    with pytest.raises(UsageError, match="not a role assignment"):
        office.call("remove_role_assignment", input_object={"Id": "x"})


def test_what_is_there_already_is_named(office: Office) -> None:
    who = principal(office)
    made = office.call("assign_role", object_id=who, role_definition_name="Reader")
    with pytest.raises(ConflictError, match="already exists: the principal") as caught:
        office.call("assign_role", object_id=who, role_definition_name="Reader")
    assert caught.value.target == made.role_assignment_id
    assert caught.value.details["role_assignment_id"] == made.role_assignment_id
    assert caught.value.details["error"] == "RoleAssignmentExists"
    assert made.role_assignment_id in (caught.value.remedy or "")


def test_an_answer_that_got_lost_makes_no_second_assignment() -> None:
    """The PUT is sent again, and must not take its own assignment for another's."""
    emulator = Emulator()
    office = Office(emulator)
    emulator.fail("...roleAssignments/", drop=True, times=1)
    made = office.call("assign_role", object_id=principal(office), role_definition_name="Reader")
    assert made.role_definition_name == "Reader"
    assert len(office.call("list_role_assignments", object_id=principal(office))) == 1


def test_what_is_not_there_cannot_be_taken(office: Office) -> None:
    who = principal(office, "myVM")
    with pytest.raises(NotFoundError, match="has not been given the role Reader") as caught:
        office.call("remove_role_assignment", object_id=who, role_definition_name="Reader")
    assert "Get-AzureRmRoleAssignment" in (caught.value.remedy or "")


def test_one_who_may_not_look_is_told_so(office: Office) -> None:
    office.emulator.fail("...providers/Microsoft.Authorization/roleAssignments", status=403)
    with pytest.raises(ForbiddenError):
        office.call("remove_role_assignment", object_id=principal(office), role_definition_name="Reader")


@pytest.mark.parametrize("operation", ["assign_role", "remove_role_assignment"])
def test_a_role_must_be_named_and_known(office: Office, operation: str) -> None:
    with pytest.raises(NotFoundError, match="no role 'Reeder'"):
        office.call(operation, object_id=principal(office), role_definition_name="Reeder")
    with pytest.raises(UsageError, match="which role"):
        office.call(operation, object_id=principal(office))


def test_one_who_may_only_read_grants_nothing() -> None:
    office = Office(who="myVM")
    with pytest.raises(ForbiddenError):
        office.call("assign_role", object_id=principal(office), role_definition_name="Reader", scope=office.group)


def test_delegation_is_left_out(office: Office) -> None:
    office.call("assign_role", object_id=principal(office), role_definition_name="Reader", allow_delegation=True)
    assert "-AllowDelegation" in office.warnings[0]


# --- a principal that is not known yet ---------------------------------------------------------------


def test_a_new_identity_is_waited_for_and_said_to_be_one() -> None:
    emulator = Emulator()
    young = Young(emulator, 3)
    office = Office(emulator, arm=young)
    new = office.call("create_identity", resource_group_name="myResourceGroup", name="newIdentity")
    made = office.call("assign_role", object_id=new.principal_id, role_definition_name="Reader")
    assert made.display_name == "newIdentity"
    assert [body.get("principalType") for body in young.bodies] == [None, *["ServicePrincipal"] * 3]
    assert office.slept == [2, 4, 8]
    assert [told.status for told in office.told] == ["Waiting for the new principal"] * 3


def test_who_may_be_a_user_is_not_said_to_be_an_application() -> None:
    emulator = Emulator()
    young = Young(emulator, 1)
    office = Office(emulator, arm=young)
    office.call("assign_role", object_id=principal(office), role_definition_name="Reader")
    assert [body.get("principalType") for body in young.bodies] == [None, None]


def test_patience_ends(office: Office) -> None:
    with pytest.raises(BadRequestError, match="PrincipalNotFound") as caught:
        office.call("assign_role", object_id=NOBODY, role_definition_name="Reader")
    assert sum(office.slept) == pytest.approx(119)
    assert "not the client ID" in (caught.value.remedy or "")


def test_another_refusal_is_not_waited_for() -> None:
    emulator = Emulator()
    office = Office(emulator, arm=Young(emulator, 1, "RoleAssignmentLimitExceeded"))
    with pytest.raises(BadRequestError, match="RoleAssignmentLimitExceeded"):
        office.call("assign_role", object_id=principal(office), role_definition_name="Reader")
    assert office.slept == []


# --- scopes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scope", "other", "expected"),
    [
        ("/subscriptions/s", "/", True),
        ("/subscriptions/S/", "/subscriptions/s", False),
        ("/subscriptions/s/resourceGroups/g", "/subscriptions/S", True),
        ("/subscriptions/s2", "/subscriptions/s", False),
        ("/subscriptions/s", "/subscriptions/s/resourceGroups/g", False),
        ("/providers/Microsoft.Management/managementGroups/m", "/subscriptions/s", False),
    ],
)
def test_which_scope_is_below_which(scope: str, other: str, expected: bool) -> None:
    assert roles.below(scope, other) is expected


def test_scopes_as_paths() -> None:
    assert roles.scope_path("/") == ""
    assert roles.scope_path(" /subscriptions/s/ ") == "/subscriptions/s"
    assert roles.scope_path("/providers/Microsoft.Management/managementGroups/m").endswith("/m")
