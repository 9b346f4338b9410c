"""Role assignments on the emulator: given and taken away, with Azure's rules."""

from __future__ import annotations

from typing import Any

import pytest
from armtalk import ASSIGNMENTS, CORE, DEFINITIONS, ROLES, VMS, Azure, error, ok

from pybridge.emulator.roles import Role
from pybridge.models import HttpResponse

READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"
NAME, OTHER = "11111111-2222-3333-4444-555555555555", "66666666-7777-8888-9999-000000000000"


def put(
    azure: Azure, who: str, scope: str | None = None, *, name: str = NAME, role: str = READER, **more: Any
) -> HttpResponse:
    properties = {"roleDefinitionId": f"{azure.subscription}{DEFINITIONS}/{role}", "principalId": who, **more}
    path = f"{azure.group if scope is None else scope}{ASSIGNMENTS}/{name}"
    return azure.ask("PUT", path, ROLES, {"properties": properties})


@pytest.fixture
def azure() -> Azure:
    return Azure()


@pytest.fixture
def nobody(azure: Azure) -> str:
    return azure.world.principal_id("noRoleVM")


def test_a_role_counts_from_now_on_and_until_it_is_taken_away(azure: Azure, nobody: str) -> None:
    azure.who = "noRoleVM"
    assert azure.ask("GET", azure.vm()).status == 403
    azure.who = "deployApp"
    answer = put(azure, nobody, description="for a while", principalType="ServicePrincipal")
    assert answer.status == 201
    made = ok(answer)
    assert (made["name"], made["id"]) == (NAME, f"{azure.group}{ASSIGNMENTS}/{NAME}")
    properties = made["properties"]
    assert (properties["scope"], properties["principalId"]) == (azure.group, nobody)
    assert properties["roleDefinitionId"].endswith(READER)
    assert properties["description"] == "for a while"
    assert properties["createdBy"] == azure.world.principal_id("deployApp")
    assert properties["createdOn"] == "2023-11-14T22:13:20.0000000+00:00"
    assert azure.get(made["id"], ROLES) == made
    azure.who = "noRoleVM"
    assert azure.ask("GET", azure.vm()).status == 200
    azure.who = "deployApp"
    assert ok(azure.ask("DELETE", made["id"], ROLES)) == made
    assert azure.ask("DELETE", made["id"], ROLES).status == 204
    azure.who = "noRoleVM"
    assert azure.ask("GET", azure.vm()).status == 403


@pytest.mark.parametrize("place", ["subscription", "group", "vm"])
def test_any_scope(azure: Azure, nobody: str, place: str) -> None:
    scope = {"subscription": azure.subscription, "group": azure.group, "vm": azure.vm()}[place]
    assert put(azure, nobody, scope).status == 201
    azure.who = "noRoleVM"
    assert azure.ask("GET", azure.vm()).status == 200
    assert azure.ask("GET", azure.vm("msiOffVM")).status == (403 if place == "vm" else 200)
    assert azure.ask("GET", azure.subscription, CORE).status == 200


def test_the_same_again_is_no_mistake_under_another_name_it_is(azure: Azure, nobody: str) -> None:
    made = ok(put(azure, nobody))
    again = put(azure, nobody.upper())
    assert (again.status, ok(again)) == (200, made)
    second = put(azure, nobody, name=OTHER)
    assert error(second) == (409, "RoleAssignmentExists")
    assert NAME.replace("-", "").encode() in second.body
    assert error(put(azure, nobody, azure.group.lower(), name=OTHER)) == (409, "RoleAssignmentExists")


def test_an_assignment_never_changes(azure: Azure, nobody: str) -> None:
    put(azure, nobody)
    expected = (400, "RoleAssignmentUpdateNotPermitted")
    assert error(put(azure, nobody, role=CONTRIBUTOR)) == expected
    assert error(put(azure, azure.world.principal_id("appIdentity"))) == expected
    assert error(put(azure, nobody, azure.vm())) == expected


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"principalId": "99999999-9999-9999-9999-999999999999"}, "PrincipalNotFound"),
        ({"principalId": "me"}, "InvalidPrincipalId"),
        ({"principalId": None}, "InvalidPrincipalId"),
        ({"roleDefinitionId": f"/x/{OTHER}"}, "RoleDefinitionDoesNotExist"),
        ({"roleDefinitionId": None}, "RoleDefinitionDoesNotExist"),
        ({"principalType": "User"}, "UnmatchedPrincipalType"),
    ],
)
def test_what_cannot_be_assigned(azure: Azure, nobody: str, changes: dict[str, Any], code: str) -> None:
    assert error(put(azure, nobody, **changes)) == (400, code)
    assert azure.world.assignments(nobody) == []


def test_names_are_guids(azure: Azure, nobody: str) -> None:
    assert error(put(azure, nobody, name="mine")) == (400, "InvalidRoleAssignmentId")


def test_applications_identities_and_the_user_hold_roles(azure: Azure) -> None:
    world = azure.world
    people = [world.principal_id("deployApp"), world.principal_id("appIdentity"), world.user.object_id]
    for number, who in enumerate(people):
        answer = put(azure, who, azure.vm(), name=f"{number}{NAME[1:]}")
        expected = "User" if who == world.user.object_id else "ServicePrincipal"
        assert ok(answer)["properties"]["principalType"] == expected


def test_who_may_not_give_roles(azure: Azure, nobody: str) -> None:
    azure.world.grant("Contributor", to="myVM", scope=azure.group)
    azure.who = "myVM"
    answer = put(azure, nobody)
    assert error(answer) == (403, "AuthorizationFailed")
    assert b"'Microsoft.Authorization/roleAssignments/write'" in answer.body
    azure.world.grant("User Access Administrator", to="myVM", scope=azure.vm())
    assert error(put(azure, nobody)) == (403, "AuthorizationFailed")
    made = ok(put(azure, nobody, azure.vm()))
    azure.world.remove_role("myVM", azure.vm())
    assert error(azure.ask("DELETE", made["id"], ROLES)) == (403, "AuthorizationFailed")


def test_a_scope_that_is_not_there(azure: Azure, nobody: str) -> None:
    scope = f"{azure.subscription}/resourceGroups/nope"
    assert error(put(azure, nobody, scope)) == (404, "ResourceGroupNotFound")


def test_assignments_outlive_the_principal_but_not_the_scope(azure: Azure) -> None:
    who = azure.world.principal_id("appIdentity")
    put(azure, who, azure.vm("noRoleVM"))
    azure.ask("DELETE", azure.identity("appIdentity"), "2023-01-31")
    assert [held.scope for held in azure.world.assignments(who)][-1] == azure.vm("noRoleVM")
    assert error(put(azure, who, azure.vm(), name=OTHER)) == (400, "PrincipalNotFound")
    azure.done(azure.ask("DELETE", azure.vm("noRoleVM")))
    assert all(VMS not in held.scope for held in azure.world.assignments(who))


@pytest.mark.parametrize(
    ("pattern", "action", "fits"),
    [
        ("A/*/read", "A/read", True),
        ("A/*/read", "A/b/c/read", True),
        ("A/*/read", "A/bread", False),
        ("*/read", "A/b/read", True),
        ("A/b/*", "A/b/c/d", True),
        ("A/b/*", "A/bc", False),
        ("*", "A", True),
    ],
)
def test_patterns_of_actions(pattern: str, action: str, fits: bool) -> None:
    assert Role("r", "g", (pattern,)).permits(action) is fits
