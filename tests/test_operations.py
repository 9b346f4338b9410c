"""operations: what the worker serves, called as it calls them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from desk import MANAGED, TOKEN, Desk
from support import ARM, Script, answer

from pybridge import wire
from pybridge.backend import Backend, Call
from pybridge.catalogue import CATALOGUE
from pybridge.emulator import Emulator
from pybridge.errors import (
    ForbiddenError,
    NotFoundError,
    NotSignedInError,
    PyBridgeError,
    UnauthorizedError,
    UsageError,
)
from pybridge.models import AccessToken
from pybridge.operations import OPERATIONS, Operation
from pybridge.reach import Reach
from pybridge.resources import Account, Context, ResourceId, Session
from pybridge.sessions import PSSession

# --- binding -----------------------------------------------------------------------------------------


def sample(
    call: Call,
    *,
    name: str,
    note: str | None = None,
    count: int | None = None,
    force: bool = False,
    context: Context | None = None,
) -> None:
    """What `bind` is tried on."""


BOUND = Operation(sample)


def test_the_signature_is_the_contract() -> None:
    assert BOUND.parameters == {
        "name": "str",
        "note": "str | None",
        "count": "int | None",
        "force": "bool",
        "context": "Context | None",
    }
    assert BOUND.required == {"name"}


@pytest.mark.parametrize(
    "params",
    [
        {"name": "x"},
        {"name": "", "note": None, "count": None, "force": True, "context": None},
        {"name": "x", "note": "y", "count": -5, "force": False},
    ],
)
def test_arguments_of_the_right_type_pass(params: dict[str, Any]) -> None:
    assert BOUND.bind(params) == params


@pytest.mark.parametrize(
    ("params", "message", "target"),
    [
        ({}, "the parameter 'name' is missing", "name"),
        ({"name": "x", "Name": "y"}, "there is no parameter 'Name'", "Name"),
        ({"name": "x", "call": "y"}, "there is no parameter 'call'", "call"),
        ({"name": None}, "'name' must be str, not NoneType", "name"),
        ({"name": 5}, "'name' must be str, not int", "name"),
        ({"name": ["x"]}, "'name' must be str, not list", "name"),
        ({"name": {}}, "'name' must be str, not dict", "name"),
        ({"name": "x", "note": 5}, "'note' must be str | None, not int", "note"),
        ({"name": "x", "count": True}, "'count' must be int | None, not bool", "count"),
        ({"name": "x", "count": "5"}, "'count' must be int | None, not str", "count"),
        ({"name": "x", "count": 1.5}, "'count' must be int | None, not float", "count"),
        ({"name": "x", "force": 1}, "'force' must be bool, not int", "force"),
        ({"name": "x", "force": None}, "'force' must be bool, not NoneType", "force"),
        ({"name": "x", "context": "y"}, "'context' must be Context | None, not str", "context"),
    ],
)
def test_other_arguments_are_refused_by_name(params: dict[str, Any], message: str, target: str) -> None:
    with pytest.raises(UsageError) as caught:
        BOUND.bind(params)
    assert message in str(caught.value)
    assert caught.value.target == target


#: A value for each annotation that takes no None.
SAMPLES: dict[str, object] = {
    "str": "/x",
    "bool": False,
    "list[str]": ["x"],
    "Mapping[str, Any]": {},
    "Reach": {"sessions": [{"id": "1", "name": "one", "computer_name": "vm01"}]},
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_can_be_bound(name: str) -> None:
    operation = OPERATIONS[name]
    params = {parameter: SAMPLES.get(kind) for parameter, kind in operation.parameters.items()}
    bound = operation.bind(params)
    nouns = {"session": Session(), "reach": params.get("reach") and Reach((PSSession("1", "one", "vm01"),))}
    assert bound == {**params, **{name: noun for name, noun in nouns.items() if name in params}}


# --- tokens ------------------------------------------------------------------------------------------


def test_a_token_comes_as_an_object_or_as_plain_text() -> None:
    desk = Desk()
    token = desk.call("get_token")
    assert isinstance(token, AccessToken)
    assert (token.resource, token.source) == (ARM, "imds")
    assert desk.call("get_token", as_plain_text=True) == token.token
    assert len(desk.emulator.requests) == 1


def test_calls_share_the_cache_but_for_force_refresh() -> None:
    desk = Desk()
    for force in (False, False, True):
        desk.call("get_token", force_refresh=force)
    desk.call("get_token", source="vm_extension")
    assert len(desk.emulator.requests) == 3


@pytest.mark.parametrize("way", ["client_id", "object_id", "resource_id"])
def test_a_token_of_a_user_assigned_identity(way: str) -> None:
    desk = Desk(Emulator(machine="twoIdentitiesVM"))
    wanted = desk.emulator.vm.user_assigned[1]
    assert desk.call("get_token", **{way: getattr(wanted, way)}).client_id == wanted.client_id


@pytest.mark.parametrize(
    ("arguments", "resource"),
    [
        ({}, ARM),
        ({"resource": "keyvault"}, "https://vault.azure.net"),
        ({"resource": "https://vault.azure.net/"}, "https://vault.azure.net"),
        ({"resource": "https://STORAGE.azure.com"}, "https://storage.azure.com/"),
        ({"resource": "https://valut.azure.net"}, "https://valut.azure.net"),  # never replaced by what it resembles
        ({"environment": None}, ARM),
    ],
)
def test_a_token_for_a_name_or_a_resource_id(arguments: dict[str, Any], resource: str) -> None:
    desk = Desk()
    assert desk.call("get_token", **arguments).resource == resource
    assert f"resource={quote(resource, safe='')}" in desk.emulator.requests[-1].url


@pytest.mark.parametrize(
    ("environment", "resource"),
    [("AzureUSGovernment", "https://management.usgovcloudapi.net/"), ("azurecloud", ARM)],
)
def test_a_name_is_looked_up_in_its_cloud(environment: str, resource: str) -> None:
    assert Desk().call("get_token", environment=environment).resource == resource


@pytest.mark.parametrize(
    "arguments",
    [{"resource": "KeyVualt"}, {"resource": "Redis", "environment": "AzureChinaCloud"}, {"environment": "Mars"}],
)
def test_a_name_that_stands_for_nothing_is_refused_before_anything_is_asked(arguments: dict[str, str]) -> None:
    desk = Desk()
    with pytest.raises(UsageError):
        desk.call("get_token", **arguments)
    assert desk.emulator.requests == []


# --- resource IDs ------------------------------------------------------------------------------------


def test_the_catalogue_is_listed() -> None:
    desk = Desk()
    rows = desk.call("list_resource_ids")
    assert [row.name for row in rows] == [entry.name for entry in CATALOGUE]
    assert desk.call("list_resource_ids", name="key*", environment="azurechinacloud") == [
        ResourceId(
            "KeyVault", "https://vault.azure.cn", "Azure Key Vault", "AzureChinaCloud", True, rows[1].documentation
        )
    ]
    assert desk.call("list_resource_ids", name="zz*") == []
    assert desk.emulator.requests == []


@pytest.mark.parametrize("arguments", [{"name": "KeyVualt"}, {"environment": "Mars"}])
def test_a_name_that_is_not_in_the_catalogue_is_refused(arguments: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        Desk().call("list_resource_ids", **arguments)


# --- with a context ----------------------------------------------------------------------------------


def over_the_wire(context: Context) -> Context:
    return wire.context(wire.decode(json.loads(json.dumps(wire.encode(context)))))


@pytest.mark.parametrize("secret", [None, "hush"])
def test_a_context_survives_the_way_to_powershell_and_back(secret: str | None) -> None:
    desk = Desk()
    context = desk.signed_in(managed_service_secret=secret)
    assert context.subscription is not None
    plain = replace(context, subscription=replace(context.subscription, raw={}))
    assert over_the_wire(context) == plain


@pytest.mark.parametrize(
    "operation",
    # A completer is never an error.
    [name for name, found in OPERATIONS.items() if "context" in found.parameters and name != "complete"],
)
def test_without_a_context_the_way_to_get_one_is_told(operation: str) -> None:
    desk = Desk()
    found = OPERATIONS[operation]
    others = {name: SAMPLES[found.parameters[name]] for name in found.required - {"context"}}
    if operation == "invoke_rest":
        others = {**others, "path": "/x", "api_version": "2021-04-01"}
    with pytest.raises(NotSignedInError) as caught:
        desk.call(operation, context=None, **others)
    assert str(caught.value) == "Run Connect-AzureRmAccount to login."
    assert desk.emulator.requests == []


@pytest.mark.parametrize("way", [MANAGED, TOKEN])
def test_a_context_from_powershell_is_as_good_as_the_first(way: str) -> None:
    desk = Desk()
    token = desk.emulator.mint()
    arguments = {"parameter_set": TOKEN, "identity": False, "access_token": token, "account_id": "me"}
    context = over_the_wire(desk.signed_in(**(arguments if way == TOKEN else {})))
    (machine,) = desk.call("list_virtual_machines", context=context, resource_group_name="myResourceGroup", name="myVM")
    assert desk.emulator.vm.system_assigned is not None
    assert machine.identity.principal_id == desk.emulator.vm.system_assigned.object_id


def test_another_worker_knows_the_context_too() -> None:
    first = Desk()
    context = over_the_wire(first.signed_in())
    second = Desk(first.emulator)
    assert [group.resource_group_name for group in second.call("list_resource_groups", context=context)] == [
        "myResourceGroup"
    ]


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ({}, ["Subscription1"]),
        ({"subscription_name": "SUBSCRIPTION1"}, ["Subscription1"]),
        ({"subscription_name": ""}, ["Subscription1"]),
        ({"tenant_id": "00000000-0000-0000-0000-000000000000"}, []),
    ],
)
def test_subscriptions_are_listed(arguments: dict[str, str], names: list[str]) -> None:
    desk = Desk()
    context = desk.signed_in()
    assert [one.name for one in desk.call("list_subscriptions", context=context, **arguments)] == names


def test_a_subscription_that_is_not_seen_is_told() -> None:
    desk = Desk()
    context, elsewhere = desk.signed_in(), "00000000-0000-0000-0000-000000000000"
    with pytest.raises(NotFoundError, match=r"no subscription 'Subscription2' that this account sees$"):
        desk.call("list_subscriptions", context=context, subscription_name="Subscription2")
    with pytest.raises(NotFoundError, match=f"'Subscription1' that this account sees in the tenant {elsewhere}$"):
        desk.call("list_subscriptions", context=context, subscription_name="Subscription1", tenant_id=elsewhere)


def test_a_subscription_by_its_id() -> None:
    desk = Desk()
    context = desk.signed_in()
    assert context.subscription is not None
    (found,) = desk.call("list_subscriptions", context=context, subscription_id=context.subscription.id)
    assert found == context.subscription


@pytest.mark.parametrize(
    ("arguments", "count"),
    [({}, 1), ({"name": "MYRESOURCEGROUP"}, 1), ({"location": "East US"}, 1), ({"location": "westeurope"}, 0)],
)
def test_resource_groups_are_listed(arguments: dict[str, str], count: int) -> None:
    desk = Desk()
    assert len(desk.call("list_resource_groups", context=desk.signed_in(), **arguments)) == count


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ({}, ["myVM", "twoIdentitiesVM", "msiOffVM", "noRoleVM"]),
        ({"resource_group_name": "myResourceGroup"}, ["myVM", "twoIdentitiesVM", "msiOffVM", "noRoleVM"]),
        ({"resource_group_name": "myResourceGroup", "name": "myvm"}, ["myVM"]),
    ],
)
def test_machines_are_listed(arguments: dict[str, str], names: list[str]) -> None:
    desk = Desk()
    machines = desk.call("list_virtual_machines", context=desk.signed_in(), **arguments)
    assert [machine.name for machine in machines] == names


@pytest.mark.parametrize(
    ("operation", "arguments", "error"),
    [
        ("list_resource_groups", {"name": "otherResourceGroup"}, ForbiddenError),
        ("list_virtual_machines", {"resource_group_name": "myResourceGroup", "name": "nobody"}, NotFoundError),
        ("list_virtual_machines", {"resource_group_name": "a/b"}, UsageError),
    ],
)
def test_a_refusal_comes_through(operation: str, arguments: dict[str, str], error: type[PyBridgeError]) -> None:
    desk = Desk()
    context = desk.signed_in()
    with pytest.raises(error):
        desk.call(operation, context=context, **arguments)


def test_a_role_that_is_taken_away_is_missed_at_once() -> None:
    desk = Desk()
    context = desk.signed_in()
    desk.emulator.world.remove_role("myVM")
    with pytest.raises(ForbiddenError):
        desk.call("list_virtual_machines", context=context, resource_group_name="myResourceGroup", name="myVM")


def test_items_come_before_the_list_is_at_its_end() -> None:
    emulator = Emulator(page_size=1)
    desk = Desk(emulator)
    machines = OPERATIONS["list_virtual_machines"].function(desk, context=desk.signed_in())
    emulator.clear_requests()
    assert next(machines).name == "myVM"
    assert len(emulator.requests) == 1


# --- the backend -------------------------------------------------------------------------------------


def test_one_credential_for_each_identity() -> None:
    backend = Backend(metadata=Emulator(), arm=Emulator(), environ={})
    accounts = [Account("MSI@50342", "ManagedService"), Account("other", "ManagedService")]
    first, again, other = (backend.account_credential(account) for account in (accounts[0], accounts[0], accounts[1]))
    assert first is again
    assert first is not other


def test_tokens_of_one_emulator_are_nothing_to_another() -> None:
    desk = Desk()
    with pytest.raises(UnauthorizedError):
        desk.sign_in(parameter_set=TOKEN, identity=False, access_token=Emulator().mint(), account_id="me")


def test_the_endpoint_of_arm_is_read_from_the_environment() -> None:
    desk = Desk(environ={"PYBRIDGE_ARM_ENDPOINT": "http://127.0.0.1:5"})
    desk.sign_in()
    assert desk.emulator.requests[-1].url.startswith("http://127.0.0.1:5/subscriptions?")


def test_a_source_beyond_this_machine_is_asked_through_the_door_to_the_internet(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("a.b.c", encoding="ascii")
    environ = {
        "AZURE_AUTHORITY_HOST": "https://login.microsoftonline.com/",
        "AZURE_TENANT_ID": "tenant",
        "AZURE_CLIENT_ID": "client",
        "AZURE_FEDERATED_TOKEN_FILE": str(file),
    }
    internet = Script(answer(200, {"access_token": "abc", "expires_in": 3600}))
    call = Call(Backend(metadata=Script(), arm=internet, environ=environ))
    token = OPERATIONS["get_token"].function(call)
    assert token.source == "workload_identity"
    assert internet.requests[0].url == "https://login.microsoftonline.com/tenant/oauth2/v2.0/token"
