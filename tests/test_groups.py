"""Resource groups and resources: what the operations ask of ARM, and what they make of it."""

from __future__ import annotations

from typing import Any

import pytest
from office import Office

from pybridge.arm.ids import as_path, parts, resource_path
from pybridge.arm.nouns import tags_table
from pybridge.arm.wildcards import fits, is_pattern
from pybridge.emulator import Emulator
from pybridge.errors import ConflictError, ForbiddenError, NotFoundError, UsageError

VM = "Microsoft.Compute/virtualMachines"


@pytest.fixture
def office() -> Office:
    return Office()


def names(items: list[Any]) -> list[str]:
    return [getattr(item, "resource_group_name", None) or item.name for item in items]


# --- IDs and wildcards -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("resource_id", "group", "kind", "found", "parent"),
    [
        ("/subscriptions/s", None, "", (), None),
        ("/subscriptions/s/resourceGroups/g", "g", "", (), None),
        (f"/SUBSCRIPTIONS/s/resourcegroups/g/providers/{VM}/v", "g", VM, ("v",), None),
        (
            f"/subscriptions/s/resourceGroups/g/providers/{VM}/v/extensions/e",
            "g",
            f"{VM}/extensions",
            ("v", "e"),
            "virtualMachines/v",
        ),
        (
            f"/subscriptions/s/resourceGroups/g/providers/{VM}/v/providers/Microsoft.Authorization/roleAssignments/r",
            "g",
            "Microsoft.Authorization/roleAssignments",
            ("r",),
            None,
        ),
        (
            "/providers/Microsoft.Management/managementGroups/m",
            None,
            "Microsoft.Management/managementGroups",
            ("m",),
            None,
        ),
        ("nonsense", None, "", (), None),
        ("", None, "", (), None),
    ],
)
def test_what_an_id_says(
    resource_id: str, group: str | None, kind: str, found: tuple[str, ...], parent: str | None
) -> None:
    said = parts(resource_id)
    assert (said.group, said.type, said.names, said.parent) == (group, kind, found, parent)


@pytest.mark.parametrize(
    "text", ["", "/", "x", "subscriptions/s", "/subscriptions", "/subscriptions/../x", "/a//b", "/a/\n"]
)
def test_what_is_no_id_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        as_path(text, "resource")


def test_an_id_becomes_a_path_that_stays_where_it_is() -> None:
    assert (
        as_path("/subscriptions/s/resourceGroups/a b?x#y/", "group") == "/subscriptions/s/resourceGroups/a%20b%3Fx%23y"
    )


NET = "Microsoft.Network/virtualNetworks"


@pytest.mark.parametrize(
    ("kind", "name", "parent", "path"),
    [
        (VM, "v", None, f"/g/providers/{VM}/v"),
        (f"{NET}/subnets", "s", "virtualNetworks/n", f"/g/providers/{NET}/n/subnets/s"),
        ("Microsoft.Network/subnets", "s", "virtualNetworks/n", f"/g/providers/{NET}/n/subnets/s"),
        (f"{NET}/subnets", "s", f"{NET}/n", f"/g/providers/{NET}/n/subnets/s"),
    ],
)
def test_a_resource_is_named_by_type_name_and_parent(kind: str, name: str, parent: str | None, path: str) -> None:
    assert resource_path("/g", kind, name, parent) == path


@pytest.mark.parametrize(
    ("kind", "parent"),
    [("virtualMachines", None), ("", None), (f"{VM}/extensions", None), (f"{VM}/extensions", "disks/d"), (VM, "disks")],
)
def test_types_and_parents_that_do_not_fit_are_refused(kind: str, parent: str | None) -> None:
    with pytest.raises(UsageError):
        resource_path("/g", kind, "x", parent)


@pytest.mark.parametrize(
    ("value", "pattern", "expected"),
    [
        ("myVM", "my*", True),
        ("MYVM", "my*", True),
        ("myVM", "*vm", True),
        ("myVM", "m?VM", True),
        ("myVM", "[lm]yVM", True),
        ("myVM", "my", False),
        ("myVM", "vm*", False),
        ("a\nb", "a*", True),
        (None, "*", True),
        (None, "a*", False),
        ("a.b", "a.b", True),
        ("axb", "a.b", False),
        ("anything", None, True),
    ],
)
def test_wildcards(value: str | None, pattern: str | None, expected: bool) -> None:
    assert fits(value, pattern) is expected


def test_what_is_a_pattern() -> None:
    assert [is_pattern(text) for text in ("a*", "a?", "[a]b", "a.b(c)-_")] == [True, True, True, False]


# --- resource groups ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({}, ["myResourceGroup", "otherResourceGroup"]),
        ({"name": "MYRESOURCEGROUP"}, ["myResourceGroup"]),
        ({"name": "other*"}, ["otherResourceGroup"]),
        ({"name": "nothing*"}, []),
        ({"location": "East US"}, ["myResourceGroup"]),
        ({"location": "westeurope", "name": "*Group"}, ["otherResourceGroup"]),
        ({"tag": {"Environment": "demo"}}, ["myResourceGroup"]),
        ({"tag": {"environment": None}}, ["myResourceGroup"]),
        ({"tag": {"environment": "Demo"}}, []),
        ({"tag": {"Name": "environment", "Value": "demo"}}, ["myResourceGroup"]),
        ({"tag": {"environment": "demo", "other": None}}, []),
        ({"name": "myResourceGroup", "location": "westus"}, []),
        ({"api_version": "2016-09-01"}, ["myResourceGroup", "otherResourceGroup"]),
    ],
)
def test_groups_are_found(office: Office, arguments: dict[str, Any], expected: list[str]) -> None:
    assert names(office.call("list_resource_groups", **arguments)) == expected


def test_a_group_by_its_id_may_be_in_another_subscription(office: Office) -> None:
    other = list(office.emulator.world.subscriptions.values())[1]
    (found,) = office.call("list_resource_groups", group_id=f"{office.subscription}/RESOURCEGROUPS/myresourcegroup/")
    assert (found.resource_group_name, found.provisioning_state) == ("myResourceGroup", "Succeeded")
    with pytest.raises(ForbiddenError):
        office.call("list_resource_groups", group_id=f"{other.id}/resourceGroups/webGroup")


@pytest.mark.parametrize(
    "text", ["myResourceGroup", "/subscriptions/s", f"/subscriptions/s/resourceGroups/g/providers/{VM}/v"]
)
def test_the_id_of_something_else_is_refused(office: Office, text: str) -> None:
    with pytest.raises(UsageError, match="not the ID of a resource group"):
        office.call("list_resource_groups", group_id=text)


def test_a_group_that_is_not_there(office: Office) -> None:
    with pytest.raises(NotFoundError):
        office.call("list_resource_groups", name="nope")


def test_a_group_is_made_and_removed(office: Office) -> None:
    made = office.call("create_resource_group", name="newGroup", location="West Europe", tag={"a": 1, "b": None})
    assert (made.resource_group_name, made.location, made.tags) == ("newGroup", "westeurope", {"a": "1", "b": ""})
    assert office.call("remove_resource_group", name="newGroup") is True
    assert names(office.call("list_resource_groups")) == ["myResourceGroup", "otherResourceGroup"]
    assert office.told[0].activity == "Removing newGroup"
    with pytest.raises(NotFoundError):
        office.call("remove_resource_group", group_id=f"{office.subscription}/resourceGroups/newGroup")


def test_an_existing_group_is_replaced_only_by_force(office: Office) -> None:
    before = len(office.changes())
    with pytest.raises(ConflictError, match="exists already, in eastus") as caught:
        office.call("create_resource_group", name="MYresourceGROUP", location="eastus", tag={"x": "y"})
    assert "-Force" in (caught.value.remedy or "")
    assert "these would be lost: environment=demo" in str(caught.value.details["confirm"])
    assert len(office.changes()) == before
    kept = office.call("create_resource_group", name="myResourceGroup", location="eastus", force=True)
    assert kept.tags == {"environment": "demo"}
    replaced = office.call(
        "create_resource_group", name="myResourceGroup", location="eastus", tag={"x": "y"}, force=True
    )
    assert replaced.tags == {"x": "y"}
    assert names(office.call("list_resources", resource_type=VM, resource_group_name="myResourceGroup"))


@pytest.mark.parametrize("tag", [None, {"Environment": "demo"}, {"environment": "demo", "x": "y"}])
def test_who_is_asked_about_a_group_is_told_that_no_tag_is_lost(office: Office, tag: dict[str, str] | None) -> None:
    with pytest.raises(ConflictError) as caught:
        office.call("create_resource_group", name="myResourceGroup", location="eastus", tag=tag)
    assert str(caught.value.details["confirm"]).endswith("No tag is lost. Do you want to write it once more?")
    words = "write it once more" if tag is None else "replace its tags"
    assert (caught.value.remedy or "").startswith(f"To {words}, add -Force. ")


def test_tags_that_may_not_be_read_are_not_written_over(office: Office) -> None:
    before = len(office.changes())
    office.emulator.fail(office.group, status=403, times=1)
    with pytest.raises(ForbiddenError):
        office.call("create_resource_group", name="myResourceGroup", location="eastus", force=True)
    assert len(office.changes()) == before


def test_tags_are_shown_as_a_table(office: Office) -> None:
    made = office.call("create_resource_group", name="newGroup", location="eastus", tag={"longer": "1", "b": "some"})
    assert made.tags_table == "\nName    Value\n======  =====\nlonger  1    \nb       some \n"
    (bare,) = office.call("list_resource_groups", name="otherResourceGroup")
    assert (bare.tags, bare.tags_table) == (None, None)
    assert tags_table({"none": None, "one": 1}) == "\nName  Value\n====  =====\nnone       \none   1    \n"


def test_one_who_may_only_read_makes_no_group() -> None:
    with pytest.raises(ForbiddenError):
        Office(who="myVM").call("create_resource_group", name="newGroup", location="eastus")


@pytest.mark.parametrize("arguments", [{}, {"name": "a", "group_id": "/subscriptions/s/resourceGroups/a"}])
def test_a_group_to_remove_is_named_once(office: Office, arguments: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        office.call("remove_resource_group", **arguments)


# --- resources ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"name": "my*", "resource_type": VM}, ["myVM"]),
        ({"name": "myVM"}, ["myVM"]),
        ({"resource_type": "*/userAssignedIdentities"}, ["appIdentity", "jobIdentity"]),
        ({"resource_type": VM.lower(), "resource_group_name": "other*"}, ["otherVM"]),
        ({"resource_type": VM, "resource_group_name": "otherresourcegroup"}, ["otherVM"]),
        ({"tag_name": "ROLE"}, ["myVM"]),
        ({"tag_value": "web"}, ["myVM"]),
        ({"tag_name": "role", "tag_value": "Web"}, []),
        ({"tag": {"role": "web"}}, ["myVM"]),
        ({"odata_query": f"resourceType eq '{VM}'", "name": "n*"}, ["noRoleVM"]),
        ({"name": "o'nothing"}, []),
    ],
)
def test_resources_are_found(office: Office, arguments: dict[str, Any], expected: list[str]) -> None:
    assert [item.name for item in office.call("list_resources", **arguments)] == expected


def test_a_list_does_not_tell_properties_and_a_resource_does(office: Office) -> None:
    (listed,) = office.call("list_resources", name="myVM")
    assert listed.properties is None
    assert (listed.resource_group_name, listed.resource_type, listed.location) == ("myResourceGroup", VM, "eastus")
    assert listed.resource_id == listed.id == f"{office.group}/providers/{VM}/myVM"
    assert listed.subscription_id == office.subscription.rpartition("/")[2]
    (expanded,) = office.call("list_resources", name="myVM", expand_properties=True)
    assert expanded.properties["hardwareProfile"]["vmSize"] == "Standard_DS1_v2"
    assert expanded.tags == {"role": "web"}
    (by_id,) = office.call("list_resources", resource_id=listed.resource_id)
    assert by_id.properties == expanded.properties
    assert by_id.identity["type"] == "SystemAssigned"


def test_an_extension_knows_its_parent(office: Office) -> None:
    (found,) = office.call("list_resources", resource_id=f"{office.group}/providers/{VM}/myVM/extensions/BGInfo")
    assert found.parent_resource == "virtualMachines/myVM"


def test_the_version_of_another_type_is_looked_up(office: Office) -> None:
    (nic,) = office.call("list_resources", resource_type="Microsoft.Network/networkInterfaces", name="myVM*")
    office.emulator.clear_requests()
    (found,) = office.call("list_resources", resource_id=nic.resource_id)
    asked = [request.url for request in office.emulator.requests]
    assert found.properties is not None
    assert "/providers/Microsoft.Network?" in asked[0]
    assert "-preview" not in asked[1]
    office.call("list_resources", resource_id=nic.resource_id, api_version="2021-05-01")
    assert "api-version=2021-05-01" in office.emulator.requests[-1].url


def test_a_version_that_may_not_be_looked_up_is_asked_for() -> None:
    office = Office(who="myVM")
    (nic,) = office.call("list_resources", resource_type="Microsoft.Network/networkInterfaces", name="myVM*")
    office.emulator.fail(f"{office.subscription}/providers/Microsoft.Network", status=403)
    with pytest.raises(ForbiddenError) as caught:
        office.call("list_resources", resource_id=nic.resource_id)
    assert "-ApiVersion" in (caught.value.remedy or "")


def test_an_unknown_type_is_refused(office: Office) -> None:
    with pytest.raises((UsageError, NotFoundError)):
        office.call("list_resources", resource_id=f"{office.group}/providers/Microsoft.Network/nothings/x")


def test_pages_are_asked_for_as_they_are_wanted() -> None:
    office = Office(Emulator(page_size=1))
    assert len(office.call("list_resources", resource_type=VM)) == 5
    assert sum("/resources?" in request.url for request in office.emulator.requests) == 5
