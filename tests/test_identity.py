"""identity: whose tokens come here, as their claims tell it."""

from __future__ import annotations

from typing import Any

import pytest
from support import ARM, Script, answer, credential, jwt, leaks

from pybridge import wire
from pybridge.backend import Backend, Call
from pybridge.credential import ManagedIdentityCredential
from pybridge.emulator import Emulator
from pybridge.errors import NoEndpointError, RefusedError, TokenRejectedError, UsageError
from pybridge.identity import who_am_i
from pybridge.operations import OPERATIONS
from pybridge.resources import ManagedIdentity

VM = "/subscriptions/s/resourcegroups/g/providers/Microsoft.Compute/virtualMachines/vm"
OWN = "/subscriptions/s/resourcegroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/app"


def of_claims(**claims: object) -> ManagedIdentity:
    """What a token with these claims tells."""
    token = answer(200, {"access_token": jwt(**claims), "expires_in": "3600"}, Date="Tue, 14 Nov 2023 22:13:20 GMT")
    asked = ManagedIdentityCredential(transport=Script(token), source="imds", environ={}, clock=lambda: 1.7e9)
    return who_am_i(asked)


# --- against the emulator ----------------------------------------------------------------------------


def test_the_system_assigned_identity_of_a_vm() -> None:
    emulator = Emulator()
    own = emulator.vm.system_assigned
    assert own is not None
    found = who_am_i(credential(emulator))
    assert (found.kind, found.object_id, found.client_id) == ("SystemAssigned", own.object_id, own.client_id)
    assert (found.tenant_id, found.resource_id, found.assigned_to) == (own.tenant_id, emulator.vm.id, None)
    assert (found.source, found.why) == ("imds", "no variable names another source, and Azure VMs have it")
    assert (found.resource, found.display_name) == (ARM, None)
    assert found.expires_on > 1.7e9


def test_a_user_assigned_identity_and_another_resource() -> None:
    emulator = Emulator(machine="twoIdentitiesVM")
    wanted = emulator.vm.user_assigned[1]
    found = who_am_i(credential(emulator, object_id=wanted.object_id), "https://vault.azure.net")
    assert (found.kind, found.client_id, found.resource_id) == ("UserAssigned", wanted.client_id, wanted.resource_id)
    assert found.resource == "https://vault.azure.net"


def test_of_the_two_sources_of_a_vm_the_one_that_answered_is_named() -> None:
    emulator = Emulator(hosting="vm-extension")
    found = who_am_i(credential(emulator))
    assert (found.source, found.source_title) == ("vm_extension", "the MSI VM extension")
    assert found.why == "IMDS does not answer, and old VMs have it"


def test_the_user_of_cloud_shell() -> None:
    emulator = Emulator(hosting="cloud-shell")
    environ = emulator.variables("cloud-shell", "http://127.0.0.1:1")
    found = who_am_i(credential(emulator, environ=environ))
    assert (found.kind, found.display_name, found.resource_id) == ("User", f"user@{emulator.world.tenant.domain}", None)
    assert (found.source, found.why) == ("cloud_shell", "MSI_ENDPOINT is set")


def test_a_source_that_was_named_is_told_so() -> None:
    assert who_am_i(credential(Emulator(), source="vm-extension")).why == "it was asked for by name"


@pytest.mark.parametrize(
    ("machine", "options", "error"),
    [
        ("twoIdentitiesVM", {}, TokenRejectedError),
        ("myVM", {"client_id": "nobody"}, TokenRejectedError),
        ("myVM", {"transport": Script(RefusedError("no"), RefusedError("no"))}, NoEndpointError),
    ],
)
def test_without_a_token_the_error_is_that_of_the_token(
    machine: str, options: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        who_am_i(
            credential(Emulator(machine=machine), **options)
            if "transport" not in options
            else ManagedIdentityCredential(environ={}, **options)
        )


# --- claims ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claims", "kind"),
    [
        ({"xms_mirid": VM}, "SystemAssigned"),
        ({"xms_mirid": OWN}, "UserAssigned"),
        ({"xms_mirid": OWN.upper()}, "UserAssigned"),
        ({"xms_mirid": "/subscriptions/s/resourcegroups/g/providers/Microsoft.Web/sites/app"}, "SystemAssigned"),
        ({"idtyp": "user"}, "User"),
        ({"upn": "someone@contoso.com"}, "User"),
        ({"scp": "user_impersonation"}, "User"),
        ({"idtyp": "app"}, None),
        ({"xms_mirid": 5}, None),
        ({}, None),
    ],
)
def test_what_kind_of_identity_it_is(claims: dict[str, object], kind: str | None) -> None:
    assert of_claims(**claims).kind == kind


def test_what_stands_beside_the_identity() -> None:
    found = of_claims(xms_mirid=OWN, xms_az_rid=VM, azp="client", app_displayname="app", tid="t", oid="o")
    assert (found.assigned_to, found.client_id, found.display_name) == (VM, "client", "app")
    assert (found.tenant_id, found.object_id, found.expires_on) == ("t", "o", 1_700_003_600)
    assert of_claims(xms_mirid=VM, xms_az_rid=VM.lower()).assigned_to is None


@pytest.mark.parametrize("claim", ["\x1b[2J", "two\nlines", "", 5, None, ["x"], {"x": "y"}])
def test_what_a_terminal_cannot_show_is_left_out(claim: object) -> None:
    found = of_claims(oid=claim, appid=claim, upn=claim, xms_mirid=claim)
    assert (found.object_id, found.client_id, found.display_name, found.resource_id) == (None, None, None, None)


def test_a_token_that_is_no_jwt_tells_only_where_it_came_from() -> None:
    opaque = answer(200, {"access_token": "opaque", "expires_in": "3600", "client_id": "client"})
    asked = ManagedIdentityCredential(transport=Script(opaque), source="imds", environ={})
    found = who_am_i(asked)
    assert (found.source, found.client_id, found.kind, found.object_id) == ("imds", "client", None, None)


# --- the operation -----------------------------------------------------------------------------------


def test_the_operation_takes_a_name_of_the_catalogue_and_travels_without_the_token() -> None:
    emulator = Emulator()
    call = Call(Backend(metadata=emulator, arm=emulator, environ={}))
    operation = OPERATIONS["get_identity"].function
    found = operation(call, resource="keyvault")
    assert found.resource == "https://vault.azure.net"
    encoded = wire.encode(found)
    assert encoded["ExpiresOn"].startswith("\x01D2")
    assert (encoded["Kind"], encoded["ObjectId"]) == ("SystemAssigned", found.object_id)
    token = OPERATIONS["get_token"].function(call, resource="keyvault", as_plain_text=True)
    assert leaks({token}, repr(found), str(encoded)) == []
    with pytest.raises(UsageError):
        operation(call, resource="KeyVualt")
