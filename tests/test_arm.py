"""arm: lists page by page, typed answers, and refusals that say what to do."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from support import Clock, Script, answer, arm, credential

from pybridge.accounts import StaticCredential
from pybridge.arm import ArmClient, compute, groups
from pybridge.clouds import CLOUDS
from pybridge.emulator import Emulator, World
from pybridge.errors import (
    ArmError,
    BadRequestError,
    ConflictError,
    ForbiddenError,
    MalformedError,
    NoSubscriptionError,
    NotFoundError,
    PreconditionError,
    PyBridgeError,
    ServiceError,
    ThrottledError,
    UnauthorizedError,
    UnsafeError,
    UsageError,
)
from pybridge.models import HttpResponse
from pybridge.resources import VirtualMachine, VirtualMachineListItem

SUBSCRIPTION = "/subscriptions/s"


def asked(emulator: Emulator) -> list[str]:
    """The paths of what ARM was asked, the token requests left out."""
    paths = [urlsplit(request.url).path for request in emulator.requests]
    return [path for path in paths if not path.startswith(("/metadata", "/oauth2"))]


def scripted(*answers: HttpResponse | Exception, subscription_id: str | None = "s") -> tuple[ArmClient, Script, Clock]:
    clock, script = Clock(), Script(*answers)
    client = ArmClient(
        StaticCredential("abc"),
        subscription_id=subscription_id,
        transport=script,
        environ={},
        clock=clock,
        sleep=clock.sleep,
    )
    return client, script, clock


def with_token(emulator: Emulator, token: str) -> ArmClient:
    return ArmClient(StaticCredential(token, clock=lambda: 0), transport=emulator, environ={})


# --- what it finds -----------------------------------------------------------------------------------


def test_a_machine_is_found_with_its_principal() -> None:
    emulator = Emulator()
    machine = arm(emulator).virtual_machine("myResourceGroup", "myVM")
    own = emulator.vm.system_assigned
    assert own is not None
    assert machine.identity is not None
    assert (machine.identity.principal_id, machine.identity.tenant_id) == (own.object_id, own.tenant_id)
    assert machine.identity.type == "SystemAssigned"
    assert (machine.name, machine.location, machine.resource_group_name) == ("myVM", "eastus", "myResourceGroup")
    assert machine.tags == {"role": "web"}
    assert machine.raw["properties"]["hardwareProfile"] == machine.hardware_profile == {"vmSize": "Standard_DS1_v2"}
    assert type(machine) is VirtualMachine


def test_user_assigned_identities_are_told_with_their_ids() -> None:
    emulator = Emulator()
    machine = arm(emulator).virtual_machine("myResourceGroup", "twoIdentitiesVM")
    assert machine.identity is not None
    wanted = {
        one.resource_id: (one.object_id, one.client_id) for one in emulator.world.vm("twoIdentitiesVM").identities
    }
    found = machine.identity.user_assigned_identities or {}
    assert {key: (value.principal_id, value.client_id) for key, value in found.items()} == wanted
    assert machine.identity.identity_ids == tuple(wanted)
    assert (machine.identity.principal_id, machine.zones) == (None, ("1",))


def test_a_machine_without_an_identity_has_none() -> None:
    assert arm(Emulator()).virtual_machine("myResourceGroup", "msiOffVM").identity is None


def test_subscriptions_are_those_that_the_caller_may_see() -> None:
    (found,) = arm(Emulator()).subscriptions()
    assert (found.name, found.state) == ("Subscription1", "Enabled")
    assert found.raw["displayName"] == "Subscription1"
    assert arm(Emulator()).subscription(found.id) == found


def test_lists_hold_what_the_caller_may_read() -> None:
    client = arm(Emulator())
    (group,) = client.resource_groups()
    assert (group.resource_group_name, group.tags, group.provisioning_state) == (
        "myResourceGroup",
        {"environment": "demo"},
        "Succeeded",
    )
    everywhere = [machine.name for machine in client.virtual_machines()]
    assert everywhere == ["myVM", "twoIdentitiesVM", "msiOffVM", "noRoleVM"]
    assert [machine.name for machine in client.virtual_machines("MYRESOURCEGROUP")] == everywhere
    assert all(type(machine) is VirtualMachineListItem for machine in client.virtual_machines())
    assert client.resource_group("myresourcegroup") == group


def test_machines_are_asked_for_in_one_version_of_the_api() -> None:
    emulator = Emulator()
    client = arm(emulator)
    machine = client.virtual_machine("myResourceGroup", "myVM")
    list(client.virtual_machines())
    groups.get_resource(client, machine.id)
    urls = [request.url for request in emulator.requests if "/virtualMachines" in request.url]
    assert len(urls) == 3
    assert {url.partition("?")[2] for url in urls} == {f"api-version={compute.COMPUTE}"}


def test_tenants_are_told() -> None:
    (tenant,) = arm(Emulator()).tenants()
    assert tenant.directory == Emulator().world.tenant.domain


def test_the_first_visible_subscription_is_asked_and_looked_up_once() -> None:
    emulator = Emulator()
    client = arm(emulator)
    client.virtual_machine("myResourceGroup", "myVM")
    list(client.resource_groups())
    assert asked(emulator).count("/subscriptions") == 1


def test_no_subscription_at_all_is_told_with_the_command_that_helps() -> None:
    with pytest.raises(NoSubscriptionError) as caught:
        arm(Emulator(machine="noRoleVM")).virtual_machine("myResourceGroup", "myVM")
    assert "New-AzureRmRoleAssignment" in (caught.value.remedy or "")
    assert "Reader" in (caught.value.remedy or "")


def test_each_request_says_who_asks_and_which_version() -> None:
    emulator = Emulator()
    arm(emulator).subscription(next(arm(emulator).subscriptions()).id)
    request = emulator.requests[-1]
    assert request.method == "GET"
    assert request.headers["Authorization"].startswith("Bearer ey")
    assert parse_qs(urlsplit(request.url).query) == {"api-version": ["2022-12-01"]}


def test_the_token_is_for_the_cloud_that_is_asked() -> None:
    asked_for = []

    class Noting(StaticCredential):
        def get_token(self, resource: str) -> object:  # type: ignore[override]
            asked_for.append(resource)
            return super().get_token(resource)

    script = Script(answer(200, {"value": []}))
    client = ArmClient(
        Noting("abc"),  # type: ignore[arg-type]
        environment=CLOUDS["AzureUSGovernment"],
        transport=script,
        environ={},
    )
    assert list(client.subscriptions()) == []
    assert asked_for == ["https://management.usgovcloudapi.net/"]
    assert script.requests[0].url.startswith("https://management.usgovcloudapi.net/subscriptions?")


# --- pages -------------------------------------------------------------------------------------------


def many(count: int, page_size: int) -> Emulator:
    world = World()
    group = world.add_group(world.add_subscription("Subscription1"), "group")
    for number in range(count):
        world.add_vm(group, f"vm{number}")
    world.grant("Reader", to="vm0", scope=group)
    return Emulator(world, machine="vm0", page_size=page_size)


@pytest.mark.parametrize(
    ("count", "page_size", "pages"), [(1, 10, 1), (10, 10, 1), (11, 10, 2), (25, 10, 3), (5, 1, 5)]
)
def test_all_pages_are_followed(count: int, page_size: int, pages: int) -> None:
    emulator = many(count, page_size)
    names = [machine.name for machine in arm(emulator).virtual_machines("group")]
    assert names == [f"vm{number}" for number in range(count)]
    assert len([path for path in asked(emulator) if path.endswith("virtualMachines")]) == pages


def test_the_first_pages_are_asked_for_when_they_are_wanted() -> None:
    emulator = many(4, 2)
    machines = arm(emulator).virtual_machines("group")
    seen = [len(asked(emulator))]
    for _ in machines:
        seen.append(len(asked(emulator)) - 1)  # less the look-up of the subscription
    assert seen == [0, 1, 1, 2, 2]


LISTS: dict[str, Callable[[ArmClient], Iterator[object]]] = {
    "subscriptions": ArmClient.subscriptions,
    "tenants": ArmClient.tenants,
    "resource_groups": ArmClient.resource_groups,
    "virtual_machines": ArmClient.virtual_machines,
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_asks_nothing_before_it_is_read(name: str) -> None:
    client, script, _ = scripted(
        answer(200, {"value": [{"subscriptionId": "s"}]}), answer(200, {"value": []}), subscription_id=None
    )
    items = LISTS[name](client)
    assert script.requests == []
    list(items)
    assert script.requests


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/subscriptions",
        "http://management.azure.com/subscriptions",
        "https://management.azure.com.evil.example/",
        "https://management.azure.com@evil.example/",
        "https://management.azure.com\\@evil.example/",
        "https://evil.example\\@management.azure.com/",
        "https://management.azure.com:8443/subscriptions",
        "//evil.example/",
        "subscriptions",
        "https://[",
        5,
    ],
)
def test_a_token_does_not_follow_a_link_to_another_host(link: object) -> None:
    client, script, _ = scripted(answer(200, {"value": [], "nextLink": link}))
    with pytest.raises(UnsafeError, match="another host"):
        list(client.subscriptions())
    assert len(script.requests) == 1


@pytest.mark.parametrize("host", ["https://management.azure.com", "https://MANAGEMENT.azure.com:443", ""])
def test_a_link_to_the_same_host_is_followed(host: str) -> None:
    client, script, _ = scripted(
        answer(200, {"value": [], "nextLink": f"{host}/subscriptions?page=2"}),
        answer(200, {"value": [], "nextLink": None}),
    )
    assert list(client.subscriptions()) == []
    assert script.requests[1].url == f"{host or 'https://management.azure.com'}/subscriptions?page=2"


# --- names -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", "a/b", "../x", "..", ".", "a\nb", "/"])
def test_a_name_stays_one_segment_of_the_path(name: str) -> None:
    client, script, _ = scripted()
    other, other_script, _ = scripted(subscription_id=name)
    for ask in (
        lambda: client.resource_group(name),
        lambda: client.subscription(name),
        lambda: client.virtual_machine(name, "vm"),
        lambda: client.virtual_machine("group", name),
        lambda: list(client.virtual_machines(name)),
        lambda: other.resource_group("group"),
        lambda: list(other.virtual_machines()),
        lambda: list(other.resource_groups()),
    ):
        with pytest.raises(UsageError, match="is not the name of"):
            ask()
    assert script.requests == other_script.requests == []


@pytest.mark.parametrize(
    ("name", "sent"), [("a b", "a%20b"), ("a?b#c", "a%3Fb%23c"), ("ü", "%C3%BC"), ("a(b)", "a(b)")]
)
def test_a_name_is_written_as_a_url_wants_it(name: str, sent: str) -> None:
    client, script, _ = scripted(answer(200, {"name": "x"}))
    client.resource_group(name)
    assert urlsplit(script.requests[0].url).path == f"{SUBSCRIPTION}/resourceGroups/{sent}"


# --- refusals ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("token", "code"),
    [
        (lambda emulator: emulator.mint(key=b"somebody else's"), "InvalidAuthenticationToken"),
        (lambda emulator: emulator.mint(expires_in=-60), "ExpiredAuthenticationToken"),
        (lambda emulator: emulator.mint(resource="https://vault.azure.net"), "InvalidAuthenticationTokenAudience"),
        (lambda emulator: "opaque", "InvalidAuthenticationToken"),
    ],
)
def test_a_token_that_does_not_count_is_unauthorized(token: Callable[[Emulator], str], code: str) -> None:
    emulator = Emulator()
    sent = token(emulator)
    with pytest.raises(UnauthorizedError, match=code) as caught:
        list(with_token(emulator, sent).subscriptions())
    assert caught.value.details["status"] == 401
    assert "-Identity" in (caught.value.remedy or "")
    assert sent not in f"{caught.value!r} {caught.value.details} {caught.value.remedy}"


def test_forbidden_says_who_lacks_what_where_and_the_command_that_grants_it() -> None:
    emulator = Emulator()
    client = arm(emulator)
    group = f"/subscriptions/{client.subscription_id}/resourceGroups/otherResourceGroup"
    scope = f"{group}/providers/Microsoft.Compute/virtualMachines/otherVM"
    with pytest.raises(ForbiddenError, match="403 AuthorizationFailed") as caught:
        client.virtual_machine("otherResourceGroup", "otherVM")
    error, own = caught.value, emulator.vm.system_assigned
    assert own is not None
    assert error.target == scope
    assert {key: error.details[key] for key in ("principal", "action", "scope")} == {
        "principal": own.object_id,
        "action": "Microsoft.Compute/virtualMachines/read",
        "scope": scope,
    }
    remedy = error.remedy or ""
    assert f"New-AzureRmRoleAssignment -ObjectId {own.object_id} -RoleDefinitionName Reader -Scope {scope}" in remedy
    assert f"az role assignment create --assignee-object-id {own.object_id}" in remedy
    assert error.details["request_id"]


@pytest.mark.parametrize(
    ("ask", "code"),
    [
        (lambda client: client.virtual_machine("myResourceGroup", "nobody"), "ResourceNotFound"),
        (lambda client: client.get("/nowhere", "2020-01-01"), "NotFound"),
    ],
)
def test_what_is_not_there_is_not_found(ask: Callable[[ArmClient], object], code: str) -> None:
    with pytest.raises(NotFoundError, match=f"404 {code}") as caught:
        ask(arm(Emulator()))
    assert "Get-AzureRmSubscription" in (caught.value.remedy or "")


def test_a_wrong_api_version_is_a_bad_request_in_arms_words() -> None:
    with pytest.raises(BadRequestError, match="InvalidApiVersionParameter: The api-version '1999-01-01' is invalid"):
        arm(Emulator()).get("/subscriptions", "1999-01-01")


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, BadRequestError),
        (401, UnauthorizedError),
        (403, ForbiddenError),
        (404, NotFoundError),
        (409, ConflictError),
        (412, PreconditionError),
        (429, ThrottledError),
        (500, ServiceError),
        (503, ServiceError),
    ],
)
def test_each_status_has_its_class(status: int, error: type[ArmError]) -> None:
    refusal = answer(status, {"error": {"code": "Code", "message": "Words"}}, x_ms_request_id="r", Retry_After="1")
    client, _, _ = scripted(*[refusal] * 4)
    with pytest.raises(error, match=f"ARM answered {status} Code: Words") as caught:
        client.resource_group("g")
    assert type(caught.value) is error
    facts = {name: value for name, value in caught.value.details.items() if name != "exchange"}
    assert facts == {"status": status, "error": "Code", "request_id": "r", "retry_after": "1"}
    assert caught.value.target == f"{SUBSCRIPTION}/resourceGroups/g"


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b'{"error": "text"}', b'{"error": {"code": 1}}', pytest.param(b"[" * 10**5, id="deep")],
)
def test_a_refusal_without_arms_body_is_told_by_its_status(body: bytes) -> None:
    client, _, _ = scripted(HttpResponse(403, {}, body))
    with pytest.raises(ForbiddenError, match=f"403: an answer without ARM's error body .{len(body)} bytes"):
        client.resource_group("g")


def test_a_busy_arm_is_asked_again_after_the_time_it_names() -> None:
    client, script, clock = scripted(answer(429, {}, Retry_After="3"), answer(503, {}), answer(200, {"name": "g"}))
    assert client.resource_group("g").resource_group_name == "g"
    assert clock.slept[0] == 3
    assert 2 <= clock.slept[1] <= 2.5
    assert len(script.requests) == 3


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"5", b"\xff", pytest.param(b"[" * 10**5, id="deep")])
def test_an_answer_that_is_no_json_object_is_malformed(body: bytes) -> None:
    client, _, _ = scripted(HttpResponse(200, {}, body))
    with pytest.raises(MalformedError, match="is not"):
        client.resource_group("g")


@pytest.mark.parametrize("value", [{}, {"value": None}, {"value": {}}, {"value": [1]}, {"value": ["x", {}]}])
def test_a_list_without_items_is_malformed(value: object) -> None:
    client, _, _ = scripted(answer(200, value))
    with pytest.raises(MalformedError, match="list"):
        list(client.resource_groups())


@pytest.mark.parametrize(
    "item", [{}, {"properties": None, "identity": None, "tags": None, "zones": None, "resources": None}]
)
def test_what_arm_leaves_out_is_nothing(item: dict[str, object]) -> None:
    client, _, _ = scripted(answer(200, item))
    machine = client.virtual_machine("g", "vm")
    assert (machine.name, machine.identity, machine.zones, machine.tags) == ("", None, None, None)
    assert machine.extensions == ()
    assert machine.raw == item
    assert json.dumps(machine.raw)


def test_without_a_token_arm_is_not_asked() -> None:
    emulator = Emulator(machine="msiOffVM")
    with pytest.raises(PyBridgeError) as caught:
        list(arm(emulator).subscriptions())
    assert caught.value.code == "token_rejected"
    assert asked(emulator) == []


def test_a_token_is_fetched_anew_when_it_runs_out() -> None:
    clock = Clock()
    emulator = Emulator(clock=clock, token_lifetime=600)
    client = ArmClient(credential(emulator, clock=clock), transport=emulator, environ={})
    list(client.subscriptions())
    clock.now += 601
    list(client.subscriptions())
    tokens = {request.headers["Authorization"] for request in emulator.requests if "Authorization" in request.headers}
    assert len(tokens) == 2
