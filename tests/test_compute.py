"""Virtual machines as the operations serve them, against the emulator in process."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from office import Office
from support import arm, leaks

from pybridge import wire
from pybridge.arm import compute
from pybridge.arm.machineidentity import IdentityChange, change_to, identity_body
from pybridge.arm.machines import list_status_from, virtual_machine_from
from pybridge.arm.machineupdate import machine_body
from pybridge.emulator import Emulator
from pybridge.errors import ConflictError, ForbiddenError, NotFoundError, OperationFailedError, UsageError
from pybridge.models import HttpRequest, HttpResponse
from pybridge.resources import (
    ComputeOperation,
    OperationResponse,
    VirtualMachine,
    VirtualMachineInstanceView,
    VirtualMachineListItem,
    VirtualMachineListStatus,
)

GROUP = "myResourceGroup"
IDENTITY = f"/subscriptions/s/resourceGroups/{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/one"


class Room(Office):
    """An office whose requests to ARM others may get in between of."""

    def __init__(self, emulator: Emulator | None = None) -> None:
        self.meanwhile: Callable[[HttpRequest], None] = lambda request: None
        super().__init__(emulator, arm=self)

    def send(self, request: HttpRequest) -> HttpResponse:
        self.meanwhile(request)
        return self.emulator.send(request)

    def update(self, name: str, **arguments: Any) -> Any:
        vm = arguments.pop("vm", {"Name": name, "ResourceGroupName": GROUP})
        return self.call("update_virtual_machine", vm=vm, **arguments)

    def sent(self, method: str) -> list[Any]:
        """The bodies of the requests of that method."""
        return [json.loads(one.body) if one.body else None for one in self.emulator.requests if one.method == method]

    def identities(self, name: str) -> tuple[bool, list[str]]:
        """Whether a VM has its own identity, and the names of the others."""
        machine = self.emulator.world.vm(name)
        return machine.system_assigned is not None, sorted(one.name for one in machine.user_assigned)

    def id_of(self, identity: str) -> str:
        one = next(one for one in self.emulator.world.vm("twoIdentitiesVM").user_assigned if one.name == identity)
        return one.resource_id


def asked(emulator: Emulator) -> list[str]:
    return [request.url.partition("?")[2] for request in emulator.requests if "/virtualMachines" in request.url]


# --- reading -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ({}, ["myVM", "twoIdentitiesVM", "msiOffVM", "noRoleVM", "otherVM"]),
        ({"resource_group_name": "otherResourceGroup"}, ["otherVM"]),
        ({"resource_group_name": "OTHER*"}, ["otherVM"]),
        ({"resource_group_name": "*", "name": "otherVM"}, ["otherVM"]),
        ({"resource_group_name": GROUP, "name": "*i*"}, ["twoIdentitiesVM", "msiOffVM"]),
        ({"resource_group_name": GROUP, "name": "m[xy]VM"}, ["myVM"]),
        ({"resource_group_name": GROUP, "name": "nothing*"}, []),
        ({"location": "West Europe"}, ["otherVM"]),
    ],
)
@pytest.mark.parametrize("status", [False, True])
def test_lists(arguments: dict[str, str], names: list[str], status: bool) -> None:
    found = Room().call("list_virtual_machines", status=status, **arguments)
    kind = VirtualMachineListStatus if status else VirtualMachineListItem
    assert [machine.name for machine in found] == names
    assert all(type(machine) is kind for machine in found)


@pytest.mark.parametrize("status", [False, True])
def test_a_group_that_is_not_there_is_an_error(status: bool) -> None:
    with pytest.raises(NotFoundError, match="ResourceGroupNotFound"):
        Room().call("list_virtual_machines", resource_group_name="nowhere", status=status)


def test_a_list_with_states_is_one_question() -> None:
    room = Room()
    found = room.call("list_virtual_machines", resource_group_name=GROUP, status=True)
    assert {machine.name: machine.power_state for machine in found} == {
        "myVM": "VM running",
        "twoIdentitiesVM": "VM running",
        "msiOffVM": "VM deallocated",
        "noRoleVM": "VM running",
    }
    assert found[0].hardware_profile == {"vmSize": "Standard_DS1_v2"}
    (query,) = asked(room.emulator)
    assert "statusOnly=true" in query


def test_states_without_models_are_put_together_with_them() -> None:
    emulator = Emulator()

    class Bare:
        """An ARM whose list of states leaves the VMs out."""

        def send(self, request: HttpRequest) -> HttpResponse:
            response = emulator.send(request)
            if "statusOnly" not in request.url:
                return response
            page = json.loads(response.body)
            for item in page["value"]:
                item["properties"] = {"instanceView": item["properties"]["instanceView"]}
            return response._replace(body=json.dumps(page).encode())

    client = arm(emulator)
    client._sender = client._sender._replace(transport=Bare())
    states = list(compute.list_states(client))
    assert [state.power_state for state in states][:3] == ["VM running", "VM running", "VM deallocated"]
    assert states[0].hardware_profile == {"vmSize": "Standard_DS1_v2"}
    assert sum("statusOnly" not in query for query in asked(emulator)) == 1


def test_a_state_that_arm_does_not_tell_is_azurerms_word_for_that() -> None:
    assert list_status_from({"id": "/x", "name": "x"}).power_state == "Info Not Available"


@pytest.mark.parametrize("status", [False, True])
def test_a_list_goes_on_behind_a_link(status: bool) -> None:
    room = Room(Emulator(page_size=2))
    client = room.arm(room.context)
    first = client.get(f"{client.subscription_path()}/providers/{compute.MACHINES}", compute.COMPUTE, statusOnly="true")
    found = room.call("list_virtual_machines", next_link=first["nextLink"], status=status)
    assert [machine.name for machine in found] == ["msiOffVM", "noRoleVM", "otherVM"]
    assert all(type(machine) is (VirtualMachineListStatus if status else VirtualMachineListItem) for machine in found)


@pytest.mark.parametrize("link", ["https://example.com/", "/subscriptions/s", "nonsense"])
def test_a_link_that_leads_to_no_list_is_refused(link: str) -> None:
    with pytest.raises(UsageError, match="does not lead to a list of VMs"):
        Room().call("list_virtual_machines", next_link=link)


def test_one_machine_has_the_members_of_azurerm() -> None:
    room = Room()
    (machine,) = room.call(
        "list_virtual_machines", resource_group_name="MYRESOURCEGROUP", name="twoidentitiesvm", display_hint="Expand"
    )
    assert type(machine) is VirtualMachine
    shown = wire.encode(machine)
    assert set(shown) == set(
        "ResourceGroupName Id VmId Name Type Location LicenseType Tags AvailabilitySetReference DiagnosticsProfile "
        "Extensions HardwareProfile InstanceView NetworkProfile OSProfile Plan ProvisioningState StorageProfile "
        "Identity Zones DisplayHint FullyQualifiedDomainName RequestId StatusCode".split()
    )
    assert (shown["ResourceGroupName"], shown["DisplayHint"], shown["StatusCode"]) == (GROUP, "Expand", "OK")
    assert shown["RequestId"]
    assert shown["NetworkProfile"]["NetworkInterfaces"][0]["Primary"] is True
    (extension,) = shown["Extensions"]
    assert extension["VirtualMachineExtensionType"] == "ManagedIdentityExtensionForLinux"
    assert extension["Settings"] == {"port": 50342}
    assert shown["Identity"]["Type"] == "UserAssigned"
    assert shown["Identity"]["IdentityIds"] == [room.id_of("appIdentity"), room.id_of("jobIdentity")]


def test_kinds_of_identity_are_spelled_as_azurerm_spells_them() -> None:
    machine = virtual_machine_from(VirtualMachine, {"identity": {"type": "SystemAssigned, UserAssigned"}})
    assert machine.identity is not None
    assert machine.identity.type == "SystemAssignedUserAssigned"


def test_the_state_of_one_machine_is_no_machine() -> None:
    (view,) = Room().call("list_virtual_machines", resource_group_name=GROUP, name="myVM", status=True)
    assert type(view) is VirtualMachineInstanceView
    shown = wire.encode(view)
    assert {"BootDiagnostics", "Disks", "RemoteDesktopThumbprint", "PlatformFaultDomain", "Statuses"} <= set(shown)
    assert "Id" not in shown
    assert shown["VMAgent"]["VmAgentVersion"] == "2.7.1198.822"
    assert [status["Code"] for status in shown["Statuses"]] == ["ProvisioningState/succeeded", "PowerState/running"]
    assert shown["Statuses"][0]["Time"].startswith(f"{wire.TAG}D2017-11-23T")


def test_the_state_of_a_machine_that_is_not_there() -> None:
    with pytest.raises(NotFoundError):
        Room().call("list_virtual_machines", resource_group_name=GROUP, name="nobody", status=True)


# --- identities --------------------------------------------------------------------------------------


def test_the_naive_patch_loses_identities_and_ours_does_not() -> None:
    naive, ours = Room(), Room()
    client = naive.arm(naive.context)
    path = compute.machine_path(client, GROUP, "twoIdentitiesVM")
    client.change("PATCH", path, compute.COMPUTE, {"identity": {"type": "SystemAssigned"}})
    assert naive.identities("twoIdentitiesVM") == (True, [])

    ours.update("twoIdentitiesVM", assign_identity=True)
    assert ours.identities("twoIdentitiesVM") == (True, ["appIdentity", "jobIdentity"])


@pytest.mark.parametrize(
    ("name", "arguments", "wanted"),
    [
        ("msiOffVM", {"assign_identity": True}, (True, [])),
        ("twoIdentitiesVM", {"identity_type": "SystemAssigned"}, (True, ["appIdentity", "jobIdentity"])),
        ("twoIdentitiesVM", {"identity_type": "SystemAssignedUserAssigned"}, (True, ["appIdentity", "jobIdentity"])),
        ("myVM", {"identity_type": "SystemAssignedUserAssigned", "identity_id": ["app"]}, (True, ["appIdentity"])),
        ("myVM", {"identity_type": "UserAssigned", "identity_id": ["app"]}, (False, ["appIdentity"])),
        ("msiOffVM", {"identity_type": "userassigned", "identity_id": ["app", "APP"]}, (False, ["appIdentity"])),
        ("myVM", {"identity_type": "None"}, (False, [])),
        ("twoIdentitiesVM", {"identity_type": "None"}, (False, [])),
        ("twoIdentitiesVM", {"remove_identity_id": ["app"]}, (False, ["jobIdentity"])),
        ("twoIdentitiesVM", {"remove_identity_id": ["app", IDENTITY]}, (False, ["jobIdentity"])),
    ],
)
def test_what_is_not_named_stays(name: str, arguments: dict[str, Any], wanted: tuple[bool, list[str]]) -> None:
    room = Room()
    ids = {"app": room.id_of("appIdentity"), "APP": room.id_of("appIdentity").upper()}
    for key in ("identity_id", "remove_identity_id"):
        if key in arguments:
            arguments = {**arguments, key: [ids.get(one, one) for one in arguments[key]]}
    response = room.update(name, **arguments)
    assert room.identities(name) == wanted
    assert isinstance(response, OperationResponse)
    assert (response.status_code, response.reason_phrase, response.is_success_status_code) == ("OK", "OK", True)
    assert response.request_id


def test_what_is_so_already_is_not_written() -> None:
    room = Room()
    response = room.update("myVM", assign_identity=True)
    assert (room.sent("PATCH"), response.status_code, response.request_id) == ([], "OK", None)


def test_a_change_by_another_in_between_is_not_lost() -> None:
    room = Room()
    world = room.emulator.world
    others = list(world.vm("twoIdentitiesVM").user_assigned)

    def give_another(request: HttpRequest) -> None:
        if request.method == "PATCH" and not world.vm("msiOffVM").user_assigned:
            world.vm("msiOffVM").user_assigned = others[:1]
            world.vm("msiOffVM").revision += 1

    room.meanwhile = give_another
    room.update("msiOffVM", assign_identity=True)
    assert room.identities("msiOffVM") == (True, ["appIdentity"])
    matches = [one.headers.get("If-Match") for one in room.emulator.requests if one.method == "PATCH"]
    assert len(set(matches)) == len(matches) == 2
    assert None not in matches


def test_one_who_is_disturbed_each_time_gives_up() -> None:
    room = Room()

    def disturb(request: HttpRequest) -> None:
        if request.method == "PATCH":
            room.emulator.world.vm("msiOffVM").revision += 1

    room.meanwhile = disturb
    with pytest.raises(ConflictError):
        room.update("msiOffVM", assign_identity=True)
    assert room.identities("msiOffVM") == (False, [])


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("msiOffVM", {"identity_type": "UserAssigned"}, "has no user-assigned identity"),
        ("myVM", {"identity_type": "SystemAssignedUserAssigned"}, "has no user-assigned identity"),
        ("myVM", {"identity_type": "SystemAssigned", "identity_id": [IDENTITY]}, "takes no user-assigned identities"),
        ("myVM", {"identity_type": "UserAssigned", "identity_id": ["jobIdentity"]}, "is not the ID of a user-assigned"),
        ("twoIdentitiesVM", {"remove_identity_id": ["jobIdentity"]}, "is not the ID of a user-assigned"),
        ("myVM", {"identity_type": "Robot"}, "is no type of identity"),
    ],
)
def test_what_does_not_go_together_is_refused(name: str, arguments: dict[str, Any], words: str) -> None:
    room = Room()
    with pytest.raises(UsageError, match=words):
        room.update(name, **arguments)
    assert room.sent("PATCH") == []


def test_what_is_taken_away_is_named() -> None:
    machine = {"identity": {"type": "UserAssigned", "userAssignedIdentities": {"/A": {}, "/b": {}}}}
    assert identity_body(machine, IdentityChange(remove=("/a",))) == {
        "type": "UserAssigned",
        "userAssignedIdentities": {"/b": {}, "/A": None},
    }
    assert identity_body(machine, IdentityChange(remove=("/a", "/B"))) == {"type": "None"}
    assert identity_body(machine, change_to("None")) == {"type": "None"}
    assert identity_body({}, change_to("None")) is None


# --- other changes -----------------------------------------------------------------------------------


def shown_machine(room: Room, name: str) -> Any:
    """A VM as PowerShell has it, and sends it back."""
    (machine,) = room.call("list_virtual_machines", resource_group_name=GROUP, name=name)
    return json.loads(json.dumps({**wire.encode(machine), "Tags": dict(machine.tags or {})}))


def test_an_object_that_was_not_changed_changes_nothing() -> None:
    room = Room()
    for name in ("myVM", "twoIdentitiesVM"):
        room.update(name, vm=shown_machine(room, name))
    assert room.sent("PATCH") == []


def test_only_what_was_changed_is_written() -> None:
    room = Room()
    vm = shown_machine(room, "myVM")
    vm["Tags"]["owner"] = "web"
    vm["HardwareProfile"]["VmSize"] = "Standard_D2s_v3"
    vm["LicenseType"] = "Windows_Server"
    vm["Identity"] = None
    room.update("myVM", vm=vm)
    assert room.sent("PATCH") == [
        {
            "properties": {"hardwareProfile": {"vmSize": "Standard_D2s_v3"}, "licenseType": "Windows_Server"},
            "tags": {"role": "web", "owner": "web"},
        }
    ]
    machine = room.emulator.world.vm("myVM")
    assert (machine.size, machine.tags["owner"], machine.system_assigned is None) == ("Standard_D2s_v3", "web", False)


def test_tags_take_the_place_of_those_that_were_there() -> None:
    room = Room()
    room.update("myVM", tag={"count": 3, "empty": None})
    assert room.emulator.world.vm("myVM").tags == {"count": "3", "empty": ""}


THERE = {
    "properties": {
        "storageProfile": {
            "osDisk": {"name": "os", "caching": "ReadWrite"},
            "dataDisks": [{"name": "a", "lun": 0, "caching": "None", "toBeDetached": False}, {"name": "b", "lun": 1}],
        },
        "networkProfile": {"networkInterfaces": [{"id": "/nic", "properties": {"primary": True}}]},
    }
}


@pytest.mark.parametrize(
    ("wanted", "properties"),
    [
        ({"StorageProfile": "Microsoft.Azure.Management.Compute.Models.StorageProfile"}, None),
        ({"StorageProfile": {"OsDisk": {"Name": "os", "Caching": None}}}, None),
        ({"NetworkProfile": {"NetworkInterfaces": [{"Id": "/nic", "Primary": True}]}}, None),
        (
            {"NetworkProfile": {"NetworkInterfaces": [{"Id": "/nic", "Primary": False}, {"Id": "/new"}]}},
            {
                "networkProfile": {
                    "networkInterfaces": [{"id": "/nic", "properties": {"primary": False}}, {"id": "/new"}]
                }
            },
        ),
        (
            {"StorageProfile": {"DataDisks": [{"Name": "b", "Lun": 1}, {"Lun": 2, "CreateOption": "Empty"}]}},
            {
                "storageProfile": {
                    "osDisk": {"name": "os", "caching": "ReadWrite"},
                    "dataDisks": [{"name": "b", "lun": 1}, {"lun": 2, "createOption": "Empty"}],
                }
            },
        ),
        (
            {"DiagnosticsProfile": {"BootDiagnostics": {"Enabled": True}}},
            {"diagnosticsProfile": {"bootDiagnostics": {"enabled": True}}},
        ),
    ],
)
def test_parts_are_put_over_what_is_there(wanted: dict[str, Any], properties: dict[str, Any] | None) -> None:
    assert machine_body(THERE, wanted) == ({} if properties is None else {"properties": properties})


def test_switches_of_azurerm() -> None:
    body = machine_body(THERE, {}, write_accelerator=True, ultra_ssd=True)
    assert body["properties"] == {
        "storageProfile": {"osDisk": {"writeAcceleratorEnabled": True}},
        "additionalCapabilities": {"ultraSSDEnabled": True},
    }
    assert machine_body(THERE, {}, write_accelerator=False, ultra_ssd=False) == {}


def test_a_machine_by_its_id_may_be_in_another_subscription() -> None:
    room = Room()
    there = room.emulator.world.vm("webVM1")
    room.emulator.world.grant("Contributor", to="deployApp", scope=there.group.id)
    room.update("webVM1", vm={"Name": "webVM1"}, id=there.id, tag={"a": "b"})
    assert there.tags == {"a": "b"}
    with pytest.raises(UsageError, match="is not the ID of a VM"):
        room.update("webVM1", id=there.group.id)


def test_who_may_not_change_a_machine_is_told_what_is_lacking() -> None:
    emulator = Emulator()
    with pytest.raises(ForbiddenError, match="virtualMachines/write"):
        compute.change_identities(
            arm(emulator),
            compute.machine_path(arm(emulator), GROUP, "msiOffVM"),
            IdentityChange(system_assigned=True),
        )


# --- power -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "name", "arguments", "power"),
    [
        ("start_virtual_machine", "msiOffVM", {}, "running"),
        ("stop_virtual_machine", "noRoleVM", {}, "deallocated"),
        ("stop_virtual_machine", "noRoleVM", {"stay_provisioned": True}, "stopped"),
        ("restart_virtual_machine", "noRoleVM", {}, "running"),
    ],
)
@pytest.mark.parametrize("by_id", [False, True])
def test_power(operation: str, name: str, arguments: dict[str, Any], power: str, by_id: bool) -> None:
    room = Room(Emulator(polls=2))
    machine = room.emulator.world.vm(name)
    which = {"id": machine.id} if by_id else {"resource_group_name": GROUP, "name": name}
    done = room.call(operation, **which, **arguments)
    assert machine.power == power
    assert isinstance(done, ComputeOperation)
    assert (done.status, done.error, bool(done.operation_id)) == ("Succeeded", None, True)
    assert done.end_time is not None
    assert done.start_time <= done.end_time
    assert [one.status for one in room.told if one][:2] == ["InProgress"] * 2


def test_who_does_not_wait_is_told_that_it_goes_on() -> None:
    room = Room(Emulator(polls=2))
    done = room.call("start_virtual_machine", resource_group_name=GROUP, name="msiOffVM", no_wait=True)
    assert (done.status, done.end_time, room.told) == ("InProgress", None, [])
    assert room.emulator.world.vm("msiOffVM").power == "starting"


@pytest.mark.parametrize(("name", "meant"), [(None, "myVM"), ("noRoleVM", "noRoleVM")])
def test_an_id_tells_the_group_and_a_name_the_machine(name: str | None, meant: str) -> None:
    room = Room()
    machine = room.emulator.world.vm("myVM")
    room.call("restart_virtual_machine", id=machine.id, name=name)
    (path,) = [path for method, path in room.changes()]
    assert path.endswith(f"/{GROUP}/providers/Microsoft.Compute/virtualMachines/{meant}/restart")
    room.update(meant, id=machine.id, tag={"a": "b"})
    assert room.emulator.world.vm(meant).tags == {"a": "b"}


def test_a_machine_must_be_named() -> None:
    with pytest.raises(UsageError, match="named by its resource group and its name, or by its ID"):
        Room().call("start_virtual_machine", name="myVM")


# --- extensions --------------------------------------------------------------------------------------

SECRET = "storage-key-of-nobody"
SCRIPT = {
    "resource_group_name": GROUP,
    "vm_name": "twoIdentitiesVM",
    "publisher": "Microsoft.Azure.Extensions",
    "extension_type": "CustomScript",
    "type_handler_version": "2.0",
}


def test_an_extension_comes_and_goes() -> None:
    room = Room()
    response = room.call(
        "set_virtual_machine_extension",
        **SCRIPT,
        settings={"fileUris": []},
        protected_settings={"commandToExecute": SECRET},
        force_rerun="1",
    )
    assert (response.status_code, bool(response.request_id)) == ("OK", True)
    (body,) = room.sent("PUT")
    assert body["location"] == "eastus"
    assert body["properties"] == {
        "publisher": "Microsoft.Azure.Extensions",
        "type": "CustomScript",
        "autoUpgradeMinorVersion": True,
        "typeHandlerVersion": "2.0",
        "settings": {"fileUris": []},
        "protectedSettings": {"commandToExecute": SECRET},
        "forceUpdateTag": "1",
    }
    which = {"resource_group_name": GROUP, "vm_name": "twoIdentitiesVM", "name": "CustomScript"}
    found = room.call("get_virtual_machine_extension", **which, status=True)
    assert (found.extension_type, found.vm_name, found.provisioning_state) == (
        "CustomScript",
        "twoIdentitiesVM",
        "Succeeded",
    )
    assert json.loads(found.public_settings or "") == {"fileUris": []}
    assert found.statuses
    assert leaks([SECRET], repr(found), json.dumps(wire.encode(found))) == []
    assert room.call("get_virtual_machine_extension", **which).statuses is None
    assert room.call("remove_virtual_machine_extension", **which).status_code == "OK"
    assert room.call("remove_virtual_machine_extension", **which).status_code == "NoContent"
    with pytest.raises(NotFoundError):
        room.call("get_virtual_machine_extension", **which)


def test_settings_may_be_json() -> None:
    room = Room()
    room.call(
        "set_virtual_machine_extension",
        **SCRIPT,
        name="script",
        location="East US",
        setting_string='{"a": [1]}',
        protected_setting_string='{"b": null}',
        disable_auto_upgrade_minor_version=True,
        no_wait=True,
    )
    (body,) = room.sent("PUT")
    assert body["location"] == "eastus"
    assert (body["properties"]["settings"], body["properties"]["protectedSettings"]) == ({"a": [1]}, {"b": None})
    assert body["properties"]["autoUpgradeMinorVersion"] is False


@pytest.mark.parametrize("text", [f"not json: {SECRET}", f'["{SECRET}"]'])
def test_settings_that_are_no_json_object_are_not_repeated(text: str) -> None:
    with pytest.raises(UsageError, match="ProtectedSettingString is not a JSON object") as caught:
        Room().call("set_virtual_machine_extension", **SCRIPT, protected_setting_string=text)
    assert leaks([SECRET], str(caught.value), repr(caught.value.details), repr(caught.value.__context__)) == []


def test_an_extension_that_fails_says_so_and_keeps_the_secret() -> None:
    room = Room()
    room.emulator.world.vm("twoIdentitiesVM").extensions_fail = frozenset({"customscript"})
    with pytest.raises(OperationFailedError) as caught:
        room.call("set_virtual_machine_extension", **SCRIPT, protected_settings={"commandToExecute": SECRET})
    assert "CustomScript" in str(caught.value)
    assert leaks([SECRET], str(caught.value), repr(caught.value.details)) == []


def test_a_refused_extension_keeps_the_secret() -> None:
    room = Room()
    with pytest.raises(ConflictError) as caught:
        room.call(
            "set_virtual_machine_extension",
            **{**SCRIPT, "vm_name": "msiOffVM"},
            protected_settings={"commandToExecute": SECRET},
        )
    assert leaks([SECRET], str(caught.value), repr(caught.value.details)) == []
