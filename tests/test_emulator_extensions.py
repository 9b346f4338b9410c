"""VM extensions on the emulator: installed, changed, removed, and those that fail."""

from __future__ import annotations

from typing import Any

import pytest
from armtalk import Azure, error, names, ok
from asking import ARM, METADATA, URL, ask

from pybridge.emulator import Emulator
from pybridge.emulator.state import world_from
from pybridge.errors import RefusedError
from pybridge.models import HttpResponse


def script(**changes: Any) -> dict[str, Any]:
    properties = {"publisher": "Contoso", "type": "Script", "typeHandlerVersion": "1.9", "settings": {"a": 1}}
    return {"location": "eastus", "properties": {**properties, **changes}}


def put(azure: Azure, name: str = "script", vm: str = "myVM", **changes: Any) -> HttpResponse:
    return azure.ask("PUT", f"{azure.vm(vm)}/extensions/{name}", body=script(**changes))


def extension(azure: Azure, name: str = "script", **query: str) -> Any:
    return azure.get(f"{azure.vm()}/extensions/{name}", **query)["properties"]


def test_an_extension_is_installed_changed_and_removed() -> None:
    azure = Azure()
    answer = put(azure, protectedSettings={"password": "hush"})
    assert answer.status == 201
    assert ok(answer)["properties"]["provisioningState"] == "Creating"
    assert b"hush" not in answer.body
    azure.done(answer)
    assert extension(azure) == {
        "autoUpgradeMinorVersion": True,
        "provisioningState": "Succeeded",
        "publisher": "Contoso",
        "type": "Script",
        "typeHandlerVersion": "1.9",
        "settings": {"a": 1},
    }
    changed = put(azure, settings={"a": 2}, autoUpgradeMinorVersion=False)
    assert (changed.status, ok(changed)["properties"]["provisioningState"]) == (200, "Updating")
    azure.done(changed)
    azure.done(
        azure.ask("PATCH", f"{azure.vm()}/extensions/SCRIPT", body={"properties": {"typeHandlerVersion": "2.0"}})
    )
    found = extension(azure)
    assert (found["settings"], found["typeHandlerVersion"], found["autoUpgradeMinorVersion"]) == (
        {"a": 2},
        "2.0",
        False,
    )
    assert "script" in names(azure.get(f"{azure.vm()}/extensions"))
    assert azure.done(azure.ask("DELETE", f"{azure.vm()}/extensions/script")).status == 202
    assert error(azure.ask("GET", f"{azure.vm()}/extensions/script")) == (404, "ResourceNotFound")
    assert azure.ask("DELETE", f"{azure.vm()}/extensions/script").status == 204
    assert error(azure.ask("PATCH", f"{azure.vm()}/extensions/script", body={})) == (404, "ResourceNotFound")


def test_reading_the_extension_is_a_look() -> None:
    azure = Azure()
    put(azure)
    assert [extension(azure)["provisioningState"] for _ in range(2)] == ["Creating", "Succeeded"]


def test_its_status_comes_on_demand() -> None:
    azure = Azure()
    azure.done(put(azure))
    (status,) = extension(azure, expand="instanceView")["instanceView"]["statuses"]
    assert status["code"] == "ProvisioningState/succeeded"
    listed = azure.get(f"{azure.vm()}/extensions", expand="instanceView")["value"]
    assert all("instanceView" in item["properties"] for item in listed)
    assert error(azure.ask("GET", f"{azure.vm()}/extensions", expand="all")) == (400, "InvalidParameter")


def test_a_vm_that_does_not_run_takes_none() -> None:
    azure = Azure()
    for answer in (
        put(azure, vm="msiOffVM"),
        azure.ask("DELETE", f"{azure.vm('msiOffVM')}/extensions/x"),
    ):
        assert error(answer) == (409, "OperationNotAllowed")


@pytest.mark.parametrize("broken", [{"name": "broken"}, {"type": "Broken"}, {"settings": {"fail": True}}])
def test_an_extension_may_fail(broken: dict[str, Any]) -> None:
    azure = Azure()
    azure.emulator.vm.extensions_fail = frozenset({"broken"})
    name = broken.pop("name", "script")
    status = azure.poll(put(azure, name, **broken))
    assert status["status"] == "Failed"
    assert status["error"]["code"] == "VMExtensionProvisioningError"
    assert f"'{name}'" in status["error"]["message"]
    assert status["error"]["details"][0]["code"] == "VMExtensionHandlerNonTransientError"
    found = extension(azure, name, expand="instanceView")
    assert found["provisioningState"] == "Failed"
    assert found["instanceView"]["statuses"][0]["level"] == "Error"
    azure.emulator.vm.extensions_fail = frozenset()
    azure.done(put(azure, name, **{**broken, "settings": {}}))
    assert extension(azure, name)["provisioningState"] == "Succeeded"


def test_the_world_s_file_says_which_fail() -> None:
    text = "subscriptions: {S: {groups: {g: {vms: {vm: {extensions_fail: [Script]}}}}}}"
    assert world_from(text, file="w.yaml").vm("vm").extensions_fail == {"script"}


@pytest.mark.parametrize(
    ("name", "changes", "expected"),
    [
        ("script", {"publisher": None}, (400, "InvalidParameter")),
        ("script", {"type": ""}, (400, "InvalidParameter")),
        ("script", {"typeHandlerVersion": None}, (400, "InvalidParameter")),
        ("BGInfo", {}, (409, "PropertyChangeNotAllowed")),
        ("second", {"publisher": "Microsoft.Compute", "type": "BGInfo"}, (400, "BadRequest")),
    ],
)
def test_what_cannot_be_installed(name: str, changes: dict[str, Any], expected: tuple[int, str]) -> None:
    azure = Azure()
    before = azure.get(f"{azure.vm()}/extensions")
    assert error(put(azure, name, **changes)) == expected
    assert azure.get(f"{azure.vm()}/extensions") == before


def test_a_location_is_a_must() -> None:
    azure = Azure()
    body = {"properties": script()["properties"]}
    assert error(azure.ask("PUT", f"{azure.vm()}/extensions/x", body=body)) == (400, "LocationRequired")


# Port 50342


def token(subject: Emulator) -> HttpResponse:
    return ask(subject, f"{URL}/oauth2/token", METADATA, resource=ARM)


@pytest.mark.parametrize(("machine", "system"), [("noRoleVM", "Linux"), ("myVM", "Windows")])
def test_the_port_answers_while_the_msi_extension_is_there(machine: str, system: str) -> None:
    azure = Azure(machine=machine)
    kind = f"ManagedIdentityExtensionFor{system}"
    path = f"{azure.vm(machine)}/extensions/{kind}"
    azure.done(azure.ask("DELETE", path))
    with pytest.raises(RefusedError):
        token(azure.emulator)
    body = script(publisher="Microsoft.ManagedIdentity", type=kind, typeHandlerVersion="1.0", settings={"port": 50342})
    answer = azure.ask("PUT", path, body=body)
    with pytest.raises(RefusedError):
        token(azure.emulator)
    azure.done(answer)
    assert token(azure.emulator).status == 200
    body["properties"]["settings"]["fail"] = True
    assert azure.poll(azure.ask("PUT", path, body=body))["status"] == "Failed"
    with pytest.raises(RefusedError):
        token(azure.emulator)
