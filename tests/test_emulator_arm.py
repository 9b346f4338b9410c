"""ARM of the emulator, in process."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest

from pybridge.emulator import Emulator, World
from pybridge.emulator.arm.versions import API_VERSIONS
from pybridge.emulator.nouns import Extension
from pybridge.models import HttpRequest, HttpResponse

NOW = 1_700_000_000.0
CORE, COMPUTE, ROLES = "2022-12-01", "2023-07-01", "2022-04-01"
VMS = "/providers/Microsoft.Compute/virtualMachines"
ASSIGNMENTS = "/providers/Microsoft.Authorization/roleAssignments"
DEFINITIONS = "/providers/Microsoft.Authorization/roleDefinitions"


@pytest.fixture(scope="module")
def shared() -> Emulator:
    """The default world, for tests that change nothing."""
    return Emulator(clock=lambda: NOW)


@pytest.fixture
def own() -> Emulator:
    """The default world, for tests that change it."""
    return Emulator(clock=lambda: NOW)


def subscription(emulator: Emulator, name: str = "Subscription1") -> str:
    return next(item.id for item in emulator.world.subscriptions.values() if item.name == name)


def group(emulator: Emulator, name: str = "myResourceGroup") -> str:
    return f"{subscription(emulator)}/resourceGroups/{name}"


def vm(emulator: Emulator, name: str = "myVM") -> str:
    return f"{group(emulator)}{VMS}/{name}"


def ask(
    emulator: Emulator,
    path: str,
    version: str = COMPUTE,
    *,
    who: Any = None,
    token: str | None = None,
    method: str = "GET",
    host: str = "https://management.azure.com",
    headers: dict[str, str] | None = None,
    **query: str,
) -> HttpResponse:
    text = urlencode({"api-version": version, **{f"${k}": v for k, v in query.items()}}, quote_via=quote, safe="$")
    token = emulator.mint(who) if token is None else token
    headers = {"Authorization": f"Bearer {token}", **(headers or {})}
    return emulator.send(HttpRequest(method, f"{host}{path}?{text}", headers))


def body(response: HttpResponse) -> Any:
    return json.loads(response.body)


def error(response: HttpResponse) -> tuple[int, str, str]:
    found = body(response)["error"]
    return response.status, found["code"], found["message"]


def names(response: HttpResponse) -> list[str]:
    assert response.status == 200, response.body
    return [item.get("displayName") or item["name"] for item in body(response)["value"]]


# Tokens


def refused(emulator: Emulator) -> Iterator[tuple[str, str, str]]:
    """Authorization header, ARM's code, ARM's words."""
    header, payload, signature = emulator.mint().split(".")
    yield "", "AuthenticationFailed", "The 'Authorization' header is missing."
    yield "Basic dXNlcjpwdw==", "AuthenticationFailed", "invalid format"
    for invalid in (
        "nonsense",
        "ünï.cö.de",
        f"{header}.{payload}.",
        f"{header}.{payload[:-2]}AA.{signature}",
        Emulator().mint(),
        emulator.mint(key=b"guess"),
        emulator.mint(claims={"oid": None}),
        emulator.mint(claims={"exp": "soon"}),
    ):
        yield f"Bearer {invalid}", "InvalidAuthenticationToken", "The access token is invalid."
    for token, code, words in (
        (emulator.mint(claims={"nbf": NOW + 999}), "InvalidAuthenticationToken", "not yet valid"),
        (
            emulator.mint(expires_in=0),
            "ExpiredAuthenticationToken",
            "The access token expiry UTC time '11/14/2023 10:13:20 PM' is earlier than current UTC time "
            "'11/14/2023 10:13:20 PM'.",
        ),
        (
            emulator.mint(resource="https://vault.azure.net"),
            "InvalidAuthenticationTokenAudience",
            "wrong audience or resource 'https://vault.azure.net'. It should exactly match with one of",
        ),
        (emulator.mint(claims={"tid": "0"}), "InvalidAuthenticationTokenTenant", "is from the wrong issuer"),
    ):
        yield f"Bearer {token}", code, words


def test_bad_tokens_are_refused(shared: Emulator) -> None:
    for authorization, code, words in refused(shared):
        headers = {"Authorization": authorization} if authorization else {}
        url = f"https://management.azure.com/subscriptions?api-version={CORE}"
        answer = shared.send(HttpRequest("GET", url, headers))
        status, found, message = error(answer)
        assert (status, found) == (401, code), authorization
        assert words in message
        challenge = answer.header("www-authenticate") or ""
        assert challenge.startswith(f'Bearer authorization_uri="https://login.windows.net/{shared.world.tenant.id}"')


def test_a_token_that_is_about_to_expire_still_counts(shared: Emulator) -> None:
    assert ask(shared, "/subscriptions", CORE, token=shared.mint(expires_in=1)).status == 200


@pytest.mark.parametrize("host", ["management.azure.com", "management.core.windows.net"])
@pytest.mark.parametrize("slash", ["", "/"])
def test_arm_has_two_names_for_itself(shared: Emulator, host: str, slash: str) -> None:
    token = shared.mint(resource=f"https://{host}{slash}")
    assert ask(shared, "/subscriptions", CORE, token=token).status == 200


def test_no_token_is_shown_by_repr(shared: Emulator) -> None:
    token = shared.mint()
    ask(shared, "/subscriptions", CORE, token=token)
    assert token not in repr(shared.requests)
    assert token not in repr(vars(shared))


# Routes and api-versions


def test_a_missing_api_version(shared: Emulator) -> None:
    request = HttpRequest(
        "GET", f"https://management.azure.com{vm(shared)}", {"Authorization": f"Bearer {shared.mint()}"}
    )
    assert error(shared.send(request)) == (
        400,
        "MissingApiVersionParameter",
        "The api-version query parameter (?api-version=) is required for all requests.",
    )


@pytest.mark.parametrize(
    ("path", "code", "words"),
    [
        (
            "/subscriptions",
            "InvalidApiVersionParameter",
            "The api-version '1999-01-01' is invalid. The supported",
        ),
        (
            VMS,
            "NoRegisteredProviderFound",
            "API version '1999-01-01' for type 'virtualMachines'. The supported",
        ),
        (ASSIGNMENTS, "NoRegisteredProviderFound", "for type 'roleAssignments'"),
    ],
)
def test_a_wrong_api_version(shared: Emulator, path: str, code: str, words: str) -> None:
    place = path if path == "/subscriptions" else f"{subscription(shared)}{path}"
    status, found, message = error(ask(shared, place, "1999-01-01"))
    assert (status, found) == (400, code)
    assert words in message


@pytest.mark.parametrize("version", API_VERSIONS["virtualMachines"])
def test_every_listed_api_version_is_taken(shared: Emulator, version: str) -> None:
    assert ask(shared, vm(shared), version).status == 200


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/providers/Microsoft.Compute/sandwiches/x", 404, "InvalidResourceType"),
        ("/nothing/here", 404, "NotFound"),
    ],
)
def test_an_unknown_route(shared: Emulator, path: str, status: int, code: str) -> None:
    assert error(ask(shared, f"{group(shared)}{path}"))[:2] == (status, code)


def test_an_unknown_method(shared: Emulator) -> None:
    answer = ask(shared, vm(shared), method="POST")
    allowed = answer.header("Allow")
    assert (error(answer)[:2], allowed) == ((405, "MethodNotAllowed"), "GET, PUT, PATCH, DELETE")


def test_paths_and_ids_ignore_case(shared: Emulator) -> None:
    spelled = vm(shared).replace("resourceGroups", "resourcegroups")
    for path in (spelled, spelled.lower(), spelled.upper()):
        assert body(ask(shared, path))["id"] == vm(shared)


@pytest.mark.parametrize(
    ("path", "code", "message"),
    [
        (
            "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/g",
            "SubscriptionNotFound",
            "The subscription '00000000-0000-0000-0000-000000000000' could not be found.",
        ),
        (
            f"{{subscription}}/resourceGroups/nope{VMS}",
            "ResourceGroupNotFound",
            "Resource group 'nope' could not be found.",
        ),
        (
            f"{{subscription}}/resourceGroups/myResourceGroup{VMS}/nope",
            "ResourceNotFound",
            "The Resource 'Microsoft.Compute/virtualMachines/nope' under resource group 'myResourceGroup' "
            "was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix",
        ),
        (
            f"{{subscription}}/resourceGroups/myResourceGroup{VMS}/myVM/extensions/nope",
            "ResourceNotFound",
            "The Resource 'Microsoft.Compute/virtualMachines/myVM/extensions/nope' under resource group "
            "'myResourceGroup' was not found. For more details please go to "
            "https://aka.ms/ARMResourceNotFoundFix",
        ),
    ],
)
def test_what_is_not_there(shared: Emulator, path: str, code: str, message: str) -> None:
    assert error(ask(shared, path.format(subscription=subscription(shared)))) == (404, code, message)


def test_a_missing_group_and_vm_for_one_who_may_read_the_subscription(own: Emulator) -> None:
    own.world.grant("Reader", to="myVM", scope=subscription(own))
    assert error(ask(own, group(own, "nope"), CORE))[1] == "ResourceGroupNotFound"
    assert error(ask(own, f"{group(own, 'nope')}{VMS}/x"))[1] == "ResourceGroupNotFound"


# Who sees what


def test_a_role_is_missing(shared: Emulator) -> None:
    who = shared.world.principal_id("noRoleVM")
    assert error(ask(shared, vm(shared), who="noRoleVM")) == (
        403,
        "AuthorizationFailed",
        f"The client '{who}' with object id '{who}' does not have authorization to perform action "
        f"'Microsoft.Compute/virtualMachines/read' over scope '{vm(shared)}' or the scope is invalid. If "
        "access was recently granted, please refresh your credentials.",
    )


def test_my_vm_sees_one_of_two_subscriptions(shared: Emulator) -> None:
    assert len(shared.world.subscriptions) == 2
    assert names(ask(shared, "/subscriptions", CORE)) == ["Subscription1"]


@pytest.mark.parametrize(
    ("scope", "subscriptions", "groups", "vm_count"),
    [
        (lambda e: "/", ["Subscription1", "Subscription2"], ["myResourceGroup", "otherResourceGroup"], 5),
        (subscription, ["Subscription1"], ["myResourceGroup", "otherResourceGroup"], 5),
        (group, ["Subscription1"], ["myResourceGroup"], 4),
        (vm, ["Subscription1"], [], 1),
        (None, [], [], 0),
    ],
)
def test_a_role_counts_at_its_scope_and_below(
    own: Emulator,
    scope: Callable[[Emulator], str] | None,
    subscriptions: list[str],
    groups: list[str],
    vm_count: int,
) -> None:
    if scope is not None:
        own.world.grant("Reader", to="noRoleVM", scope=scope(own))
    assert names(ask(own, "/subscriptions", CORE, who="noRoleVM")) == subscriptions
    assert names(ask(own, f"{subscription(own)}/resourceGroups", CORE, who="noRoleVM")) == groups
    assert len(names(ask(own, f"{subscription(own)}{VMS}", who="noRoleVM"))) == vm_count
    expected = 200 if subscriptions else 403
    assert ask(own, subscription(own), CORE, who="noRoleVM").status == expected
    assert ask(own, vm(own), who="noRoleVM").status == expected
    assert ask(own, vm(own, "msiOffVM"), who="noRoleVM").status == (200 if vm_count > 1 else 403)


def test_a_group_whose_name_begins_like_another_is_another(own: Emulator) -> None:
    home = next(iter(own.world.subscriptions.values()))
    own.world.add_group(home, "myResourceGroup2")
    assert ask(own, group(own, "myResourceGroup2"), CORE).status == 403


def test_a_role_taken_away_counts_at_once(own: Emulator) -> None:
    assert ask(own, vm(own)).status == 200
    assert own.world.remove_role("myVM", group(own)) == 1
    assert ask(own, vm(own)).status == 403
    assert names(ask(own, "/subscriptions", CORE)) == []


def test_roles_permit_their_actions_only(own: Emulator) -> None:
    own.world.remove_role("myVM")
    own.world.grant("Virtual Machine Reader", to="myVM", scope=group(own))
    assert ask(own, vm(own)).status == 200
    assert ask(own, group(own), CORE).status == 403
    assert ask(own, f"{vm(own)}/extensions/BGInfo").status == 403
    assert names(ask(own, f"{vm(own)}/extensions")) == []


def test_a_subscription_out_of_sight(shared: Emulator) -> None:
    path = subscription(shared, "Subscription2")
    assert error(ask(shared, path, CORE))[:2] == (403, "AuthorizationFailed")
    assert names(ask(shared, f"{path}{VMS}")) == []


def test_tenants(shared: Emulator) -> None:
    (tenant,) = body(ask(shared, "/tenants", CORE))["value"]
    assert tenant["tenantId"] == shared.world.tenant.id
    assert tenant["displayName"] == "Contoso"


# What a VM looks like


def test_a_vm_in_full(shared: Emulator) -> None:
    found = body(ask(shared, vm(shared)))
    own = shared.vm.system_assigned
    assert own is not None
    assert found["identity"] == {
        "type": "SystemAssigned",
        "principalId": own.object_id,
        "tenantId": own.tenant_id,
    }
    assert found["tags"] == {"role": "web"}
    assert found["properties"]["hardwareProfile"] == {"vmSize": "Standard_DS1_v2"}
    assert found["properties"]["storageProfile"]["osDisk"]["osType"] == "Windows"
    assert found["properties"]["networkProfile"]["networkInterfaces"][0]["id"].endswith("/networkInterfaces/myVM-nic")
    assert found["properties"]["provisioningState"] == "Succeeded"
    assert [item["name"] for item in found["resources"]] == ["ManagedIdentityExtensionForWindows", "BGInfo"]
    assert "instanceView" not in found["properties"]


def test_identity_blocks(own: Emulator) -> None:
    found = body(ask(own, vm(own, "twoIdentitiesVM")))["identity"]
    assert found["type"] == "UserAssigned"
    assert [key.rsplit("/", 1)[1] for key in found["userAssignedIdentities"]] == [
        "appIdentity",
        "jobIdentity",
    ]
    assert all(set(value) == {"principalId", "clientId"} for value in found["userAssignedIdentities"].values())
    own.vm.user_assigned = own.world.vm("twoIdentitiesVM").user_assigned
    assert body(ask(own, vm(own)))["identity"]["type"] == "SystemAssigned, UserAssigned"
    assert "identity" not in body(ask(own, vm(own, "msiOffVM")))


def test_instance_view(shared: Emulator) -> None:
    expanded = body(ask(shared, vm(shared), expand="instanceView"))["properties"]["instanceView"]
    alone = body(ask(shared, f"{vm(shared)}/instanceView"))
    assert expanded == alone
    assert alone["statuses"][1] == {
        "code": "PowerState/running",
        "level": "Info",
        "displayStatus": "VM running",
    }
    assert alone["vmAgent"]["statuses"][0]["displayStatus"] == "Ready"
    off = body(ask(shared, f"{vm(shared, 'msiOffVM')}/instanceView"))
    assert off["statuses"][1]["code"] == "PowerState/deallocated"
    assert "vmAgent" not in off


def test_status_in_lists(shared: Emulator) -> None:
    url = f"https://management.azure.com{subscription(shared)}{VMS}?api-version={COMPUTE}&statusOnly=true"
    answer = shared.send(HttpRequest("GET", url, {"Authorization": f"Bearer {shared.mint()}"}))
    states = [item["properties"]["instanceView"]["statuses"][1]["code"] for item in body(answer)["value"]]
    assert states == [
        "PowerState/running",
        "PowerState/running",
        "PowerState/deallocated",
        "PowerState/running",
    ]


def test_what_a_query_may_not_say(shared: Emulator) -> None:
    assert error(ask(shared, vm(shared), expand="everything"))[:2] == (400, "InvalidParameter")
    assert error(ask(shared, f"{subscription(shared)}{VMS}", filter="name eq 'x'"))[:2] == (
        400,
        "UnsupportedFilter",
    )
    for token in ("!", "LTU="):  # the second is -5
        assert error(ask(shared, "/subscriptions", CORE, skiptoken=token))[:2] == (400, "InvalidSkipToken")


def test_extensions(shared: Emulator) -> None:
    listed = body(ask(shared, f"{vm(shared)}/extensions"))["value"]
    assert [item["name"] for item in listed] == ["ManagedIdentityExtensionForWindows", "BGInfo"]
    one = body(ask(shared, f"{vm(shared)}/extensions/managedidentityextensionforwindows"))
    assert one == listed[0]
    assert one["properties"]["publisher"] == "Microsoft.ManagedIdentity"
    assert one["properties"]["settings"] == {"port": 50342}


def test_vms_by_location(shared: Emulator) -> None:
    path = f"{subscription(shared)}/providers/Microsoft.Compute/locations/EastUS/virtualMachines"
    assert names(ask(shared, path)) == ["myVM", "twoIdentitiesVM", "msiOffVM", "noRoleVM"]


def test_groups_by_tag(own: Emulator) -> None:
    own.world.grant("Reader", to="myVM", scope="/")
    path = f"{subscription(own)}/resourceGroups"
    for condition, expected in (
        ("tagName eq 'Environment'", ["myResourceGroup"]),
        ("tagName eq 'environment' and tagValue eq 'demo'", ["myResourceGroup"]),
        ("tagName eq 'environment' and tagValue eq 'other'", []),
    ):
        assert names(ask(own, path, CORE, filter=condition)) == expected


# Pages


def big_world(count: int) -> World:
    world = World()
    home = world.add_group(world.add_subscription("s"), "g")
    for number in range(count):
        world.add_vm(home, f"vm{number}", extensions=[Extension("Custom Script", "Contoso", "Custom")])
    world.grant("Reader", to="vm0", scope=home)
    return world


@pytest.mark.parametrize(("count", "size", "pages"), [(1, 2, 1), (2, 2, 1), (3, 2, 2), (7, 3, 3)])
@pytest.mark.parametrize("host", ["https://management.azure.com", "http://127.0.0.1:4711"])
def test_pages(count: int, size: int, pages: int, host: str) -> None:
    emulator = Emulator(big_world(count), machine="vm0", page_size=size)
    (home,) = emulator.world.subscriptions.values()
    answer = body(ask(emulator, f"{home.id}{VMS}", host=host, expand="instanceView"))
    found = [answer]
    while "nextLink" in answer:
        link = answer["nextLink"]
        assert link.startswith(f"{host}{home.id}{VMS}?")
        query = parse_qs(urlsplit(link).query)
        assert (query["api-version"], query["$expand"]) == ([COMPUTE], ["instanceView"])
        answer = body(emulator.send(HttpRequest("GET", link, {"Authorization": f"Bearer {emulator.mint()}"})))
        found.append(answer)
    assert [item["name"] for page in found for item in page["value"]] == [f"vm{n}" for n in range(count)]
    assert len(found) == pages


def test_a_page_is_full_although_much_is_filtered_out() -> None:
    world = big_world(6)
    world.remove_role("vm0")
    for name in ("vm1", "vm3", "vm5"):
        world.grant("Reader", to="vm0", scope=world.vm(name))
    emulator = Emulator(world, machine="vm0", page_size=2)
    (home,) = world.subscriptions.values()
    first = body(ask(emulator, f"{home.id}{VMS}"))
    assert [item["name"] for item in first["value"]] == ["vm1", "vm3"]
    last = body(emulator.send(HttpRequest("GET", first["nextLink"], {"Authorization": f"Bearer {emulator.mint()}"})))
    assert [item["name"] for item in last["value"]] == ["vm5"]
    assert "nextLink" not in last


def test_the_next_link_follows_the_host_header(shared: Emulator) -> None:
    emulator = Emulator(shared.world, page_size=1)
    answer = ask(emulator, f"{subscription(emulator)}{VMS}", host="http://localhost:1", headers={"Host": "arm.test:81"})
    assert body(answer)["nextLink"].startswith("http://arm.test:81/subscriptions/")


# Roles


def test_role_assignments_at_above_and_below(own: Emulator) -> None:
    world, here = own.world, group(own)
    world.grant("Reader", to="noRoleVM", scope="/")
    world.grant("Contributor", to="noRoleVM", scope=subscription(own))
    world.grant("Owner", to="noRoleVM", scope=vm(own))
    reader, nobody = world.principal_id("myVM"), world.principal_id("noRoleVM")

    def listed(**query: Any) -> list[tuple[str, str]]:
        found = body(ask(own, f"{here}{ASSIGNMENTS}", ROLES, **query))["value"]
        roles = {role.guid: role.name for role in world.roles.values()}
        return sorted(
            (
                roles[item["properties"]["roleDefinitionId"].rsplit("/", 1)[1]],
                item["properties"]["principalId"],
            )
            for item in found
        )

    of_nobody = [("Contributor", nobody), ("Owner", nobody), ("Reader", nobody)]
    others = [("Reader", reader), ("Owner", world.principal_id("deployApp"))]
    everything = sorted([*of_nobody, *others])
    at_scope = sorted([("Contributor", nobody), ("Reader", nobody), *others])
    assert listed() == everything
    assert listed(filter="atScope()") == at_scope
    assert listed(filter=f"principalId eq '{nobody}'") == of_nobody
    assert listed(filter=f"assignedTo('{nobody.upper()}')") == of_nobody
    assert listed(filter=f"atScope() and assignedTo('{reader}')") == [("Reader", reader)]
    assert error(ask(own, f"{here}{ASSIGNMENTS}", ROLES, filter="principalId eq 'me'"))[1] == "InvalidFilter"
    assert error(ask(own, f"{here}{ASSIGNMENTS}", ROLES, filter="likes('me')"))[1] == "UnsupportedFilter"


def test_role_assignments_are_filtered_by_what_the_caller_may_read(shared: Emulator) -> None:
    found = body(ask(shared, f"{subscription(shared)}{ASSIGNMENTS}", ROLES))["value"]
    assert [item["properties"]["scope"] for item in found] == [group(shared)]
    assert body(ask(shared, f"{subscription(shared)}{ASSIGNMENTS}", ROLES, who="noRoleVM"))["value"] == []


def test_one_role_assignment(shared: Emulator) -> None:
    listed = body(ask(shared, f"{group(shared)}{ASSIGNMENTS}", ROLES))["value"][-1]
    assert body(ask(shared, listed["id"], ROLES)) == listed
    assert listed["properties"]["principalType"] == "ServicePrincipal"
    missing = f"{group(shared)}{ASSIGNMENTS}/00000000-0000-0000-0000-000000000000"
    assert error(ask(shared, missing, ROLES))[:2] == (404, "RoleAssignmentNotFound")
    assert error(ask(shared, missing, ROLES, who="noRoleVM"))[:2] == (403, "AuthorizationFailed")


def test_role_definitions(shared: Emulator) -> None:
    path = f"{group(shared)}{DEFINITIONS}"
    (reader,) = body(ask(shared, path, ROLES, filter="roleName eq 'reader'"))["value"]
    assert reader["name"] == "acdd72a7-3385-48ef-bd42-f606fba81ae7"
    assert reader["id"] == f"{subscription(shared)}{DEFINITIONS}/{reader['name']}"
    assert reader["properties"]["permissions"][0]["actions"] == ["*/read"]
    assert body(ask(shared, f"{path}/{reader['name']}", ROLES)) == reader
    (custom,) = body(ask(shared, path, ROLES, filter="type eq 'CustomRole'"))["value"]
    assert custom["properties"]["roleName"] == "Virtual Machine Reader"
    assert error(ask(shared, f"{path}/nope", ROLES))[:2] == (404, "RoleDefinitionDoesNotExist")
    assert body(ask(shared, path, ROLES, who="noRoleVM"))["value"] == []
    assert error(ask(shared, f"{group(shared, 'nope')}{DEFINITIONS}", ROLES))[1] == "ResourceGroupNotFound"


# Headers


def test_headers(own: Emulator) -> None:
    first, second = ask(own, "/subscriptions", CORE), ask(own, "/subscriptions", CORE)
    assert first.header("x-ms-request-id") != second.header("x-ms-request-id")
    assert first.header("x-ms-ratelimit-remaining-tenant-reads") == "11999"
    assert second.header("x-ms-ratelimit-remaining-tenant-reads") == "11998"
    third = ask(own, vm(own), headers={"x-ms-client-request-id": "me", "x-ms-return-client-request-id": "true"})
    assert third.header("x-ms-ratelimit-remaining-subscription-reads") == "11999"
    assert third.header("x-ms-client-request-id") == "me"
    assert ask(own, vm(own), who="noRoleVM").header("x-ms-request-id")


def test_requests_can_be_read_back(own: Emulator) -> None:
    ask(own, "/tenants", CORE)
    ask(own, "/subscriptions", CORE)
    assert [urlsplit(request.url).path for request in own.requests] == ["/tenants", "/subscriptions"]
    own.clear_requests()
    assert own.requests == []
