"""Contexts, their files, and the clouds of a session, as the worker does it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from desk import TOKEN, Desk

from pybridge import wire
from pybridge.clouds import CLOUDS, cloud
from pybridge.emulator import Emulator
from pybridge.errors import ConflictError, NotFoundError, NotSignedInError, UnsafeError, UsageError
from pybridge.resources import Context, Session, Subscription, Tenant

NEED_A_SIGN_IN = ["get_context", "save_context", "set_context"]


@pytest.fixture
def desk() -> Desk:
    """A session whose account sees two subscriptions, and is in the first one."""
    emulator = Emulator(machine="twoIdentitiesVM")
    identity = emulator.vm.user_assigned[1]
    (first,) = [one for one in emulator.world.subscriptions.values() if one.name == "Subscription1"]
    emulator.world.grant("Reader", to=identity, scope=first)
    desk = Desk(emulator)
    desk.sign_in(account_id=identity.client_id, skip_context_population=True, context_name="first")
    return desk


def current(desk: Desk) -> Context:
    context: Context = desk.call("get_context")
    return context


def place(context: Context) -> str | None:
    return context.subscription.name if context.subscription else None


@pytest.mark.parametrize("operation", NEED_A_SIGN_IN)
def test_without_a_context_the_way_to_get_one_is_told(operation: str) -> None:
    arguments = {"save_context": {"path": "/x"}, "set_context": {"subscription": "x"}}.get(operation, {})
    with pytest.raises(NotSignedInError) as caught:
        Desk().call(operation, **arguments)
    assert str(caught.value) == "Run Connect-AzureRmAccount to login."


def test_contexts_are_listed_and_found(desk: Desk) -> None:
    desk.call("set_context", subscription="Subscription2", name="second")
    assert [one.name for one in desk.call("get_context", list_available=True)] == ["first", "second"]
    assert current(desk).name == "second"
    assert desk.call("get_context", name="FIRST").name == "first"


# --- going elsewhere -------------------------------------------------------------------------------------


def subscription(desk: Desk, name: str = "Subscription2") -> Subscription:
    (found,) = [one for one in desk.call("list_subscriptions", context=current(desk)) if one.name == name]
    assert isinstance(found, Subscription)
    return found


@pytest.mark.parametrize(
    "way", ["name", "id", "text", "object", "whole", "deserialized", "with tenant", "with domain", "context", "profile"]
)
def test_a_context_is_set(desk: Desk, way: str) -> None:
    wanted = subscription(desk)
    world = desk.emulator.world
    sent: dict[str, Any] = wire.encode(wanted)
    other = replace(current(desk), name="other", subscription=replace(wanted, raw={}))
    ways: dict[str, dict[str, Any]] = {
        "name": {"subscription": "subscription2"},
        "id": {"subscription": wanted.id.upper()},
        "text": {"context_object": "Subscription2"},
        "object": {"subscription_object": {"Id": wanted.id, "Name": wanted.name, "TenantId": wanted.tenant_id}},
        "whole": {"context_object": sent},
        "deserialized": {"context_object": {**sent, "PSComputerName": "vm01"}},
        "with tenant": {"subscription": wanted.id, "tenant": world.tenant.id},
        "with domain": {"subscription": wanted.id, "tenant": world.tenant.domain},
        "context": {"context_object": wire.encode(other)},
        "profile": {"context_object": {"Context": wire.encode(other), "Environments": {}}},
    }
    assert place(desk.call("set_context", **ways[way])) == "Subscription2"
    assert place(current(desk)) == "Subscription2"
    assert len(desk.session.contexts) == 2
    groups = [group.resource_group_name for group in desk.call("list_resource_groups", context=current(desk))]
    assert groups == ["webGroup", "dataGroup"]


@pytest.mark.parametrize("way", ["text", "object", "piped"])
def test_a_tenant_leads_to_its_first_subscription(desk: Desk, way: str) -> None:
    (tenant,) = desk.call("list_tenants", context=current(desk))
    desk.call("set_context", subscription="Subscription2")
    ways: dict[str, dict[str, Any]] = {
        "text": {"tenant": tenant.id},
        "object": {"tenant_object": {"Id": tenant.id, "Directory": tenant.directory}},
        "piped": {"context_object": wire.encode(tenant)},
    }
    context = desk.call("set_context", **ways[way])
    assert (context.name, place(context), context.tenant.id) == ("first", "Subscription1", tenant.id)


def test_a_tenant_without_subscriptions_is_warned_of(desk: Desk) -> None:
    nowhere = "00000000-0000-4000-8000-000000000000"
    context = desk.call("set_context", tenant=nowhere)
    assert (context.subscription, context.tenant) == (None, Tenant(nowhere))
    assert nowhere in desk.warnings[0]


def test_the_same_place_keeps_its_context(desk: Desk) -> None:
    desk.call("set_context", subscription="Subscription2", name="second", extended_property={"Team": 5})
    assert desk.call("get_context").extended_properties == {"Team": "5"}
    assert desk.call("set_context", subscription="Subscription1").name == "first"
    assert desk.call("set_context", subscription="Subscription2").name == "second"


def test_a_context_from_elsewhere_is_in_the_cloud_of_its_name(desk: Desk) -> None:
    evil = replace(cloud(None), resource_manager_url="https://evil.example/")
    given = replace(current(desk), name="given", environment=evil)
    taken = desk.call("set_context", context_object=wire.encode(given), name="mine")
    assert (taken.name, taken.environment) == ("mine", cloud(None))
    with pytest.raises(UsageError, match="'Mars'"):
        desk.call("set_context", context_object=wire.encode(replace(given, environment=replace(evil, name="Mars"))))


def test_a_context_without_its_token_gets_that_of_the_session() -> None:
    desk = Desk()
    token = desk.emulator.mint()
    desk.sign_in(parameter_set=TOKEN, identity=False, access_token=token, account_id="me", context_name="full")
    bare = replace(current(desk), name="bare", account=replace(current(desk).account, access_token=None))
    desk.call("set_context", context_object=wire.encode(bare), name="bare")
    assert current(desk).account.access_token == token


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({}, UsageError),
        ({"subscription": "nope"}, NotFoundError),
        ({"subscription": "Subscription2", "name": "First"}, ConflictError),
        ({"context_object": {"Account": {}}}, UsageError),
    ],
)
def test_what_cannot_be_set_changes_nothing(desk: Desk, arguments: dict[str, Any], error: type[Exception]) -> None:
    before = desk.session
    with pytest.raises(error):
        desk.call("set_context", **arguments)
    assert desk.session is before


def test_force_replaces_a_context_of_the_name(desk: Desk) -> None:
    desk.call("set_context", subscription="Subscription2", name="First", force=True)
    assert [(one.name, place(one)) for one in desk.session.contexts] == [("First", "Subscription2")]


# --- select, rename, remove ------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [{"name": "first"}, {"input_object": {"Name": "first"}}])
def test_contexts_are_selected_and_removed_by_name_or_object(desk: Desk, arguments: dict[str, Any]) -> None:
    desk.call("set_context", subscription="Subscription2", name="second")
    assert desk.call("select_context", **arguments).name == "first"
    assert desk.session.current == "first"
    with pytest.raises(ConflictError) as caught:
        desk.call("remove_context", **arguments)
    assert caught.value.details == {"confirm": "Remove the current context 'first'?"}
    assert desk.call("remove_context", force=True, pass_thru=True, **arguments).name == "first"
    assert desk.session.current == "second"
    with pytest.raises(NotFoundError):
        desk.call("select_context", **arguments)


def test_a_context_that_is_not_current_is_removed_without_a_question(desk: Desk) -> None:
    desk.call("set_context", subscription="Subscription2", name="second")
    assert desk.call("remove_context", name="first") is None
    assert [one.name for one in desk.session.contexts] == ["second"]


def test_a_context_is_renamed(desk: Desk) -> None:
    assert desk.call("rename_context", source_name="first", target_name="uno") is None
    assert desk.call("rename_context", input_object={"Name": "UNO"}, target_name="one", pass_thru=True).name == "one"
    assert desk.session.current == "one"


@pytest.mark.parametrize("operation", ["select_context", "remove_context"])
def test_an_object_without_a_name_names_no_context(desk: Desk, operation: str) -> None:
    with pytest.raises(UsageError):
        desk.call(operation, input_object={})


# --- files -----------------------------------------------------------------------------------------------


def test_contexts_are_saved_and_imported(desk: Desk, tmp_path: Path) -> None:
    desk.call("set_context", subscription="Subscription2", name="second")
    before = desk.session
    file = str(tmp_path / "contexts.json")
    desk.call("save_context", path=file)
    with pytest.raises(ConflictError) as caught:
        desk.call("save_context", path=file)
    assert "confirm" in caught.value.details
    desk.call("save_context", path=file, force=True)
    fresh = Desk(desk.emulator)
    profile = fresh.call("import_context", path=file)
    assert (profile.context.name, fresh.warnings) == ("second", [])
    assert [(one.name, place(one)) for one in fresh.session.contexts] == [
        (one.name, place(one)) for one in before.contexts
    ]
    assert len(list(fresh.call("list_resource_groups", context=profile.context))) == 2


def test_what_the_caller_says_of_a_context_is_saved_with_it(desk: Desk, tmp_path: Path) -> None:
    desk.call("set_context", subscription="Subscription1", extended_property={"Team": "blue"})
    file = str(tmp_path / "contexts.json")
    desk.call("save_context", path=file)
    fresh = Desk(desk.emulator)
    fresh.call("import_context", path=file)
    assert current(fresh).extended_properties["Team"] == "blue"
    given = {**wire.encode(current(fresh)), "ExtendedProperties": [["Team", "red"], ["Nothing", None]]}
    assert wire.context(given).extended_properties == {"Team": "red"}


def test_an_account_keeps_the_subscriptions_that_it_had(desk: Desk) -> None:
    account = current(desk).account
    (other,) = [
        one.id for one in desk.call("list_subscriptions", context=current(desk)) if one.id not in account.subscriptions
    ]
    desk.sign_in(account_id=account.id, subscription=other)
    assert current(desk).account.subscriptions == (other, *account.subscriptions)
    assert all(one.account == current(desk).account for one in desk.session.contexts)


def test_one_context_is_saved(desk: Desk, tmp_path: Path) -> None:
    desk.call("set_context", subscription="Subscription2", name="second")
    first = desk.call("get_context", name="first")
    for number, profile in enumerate([wire.encode(first), {"Context": wire.encode(first)}]):
        file = str(tmp_path / f"{number}.json")
        desk.call("save_context", path=file, profile=profile)
        fresh = Desk(desk.emulator)
        fresh.call("import_context", path=file)
        assert [one.name for one in fresh.session.contexts] == ["first"]


def test_what_was_imported_must_sign_in_again_but_where_it_is_signed_in(tmp_path: Path) -> None:
    desk = Desk()
    token = desk.emulator.mint()
    sign_in: dict[str, Any] = {"parameter_set": TOKEN, "identity": False, "access_token": token, "account_id": "me"}
    desk.sign_in(**sign_in)
    file = str(tmp_path / "contexts.json")
    desk.call("save_context", path=file)
    assert token not in (tmp_path / "contexts.json").read_text(encoding="ascii")
    fresh = Desk(desk.emulator)
    profile = fresh.call("import_context", path=file)
    assert "'me' (AccessToken) must sign in again" in fresh.warnings[0]
    with pytest.raises(NotSignedInError, match="'me' is not signed in here"):
        fresh.call("list_virtual_machines", context=profile.context)
    fresh.sign_in(**sign_in)
    assert fresh.call("list_virtual_machines", context=current(fresh))
    desk.call("import_context", path=file)
    assert desk.warnings == []
    assert current(desk).account.access_token == token


def test_an_empty_file_signs_everybody_out(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "empty.json"
    file.write_text('{"DefaultContextKey": "Default", "EnvironmentTable": {}, "Contexts": {}}', encoding="ascii")
    profile = desk.call("import_context", path=str(file))
    assert (profile.context, set(profile.environments)) == (None, set(CLOUDS))
    assert desk.session == Session()


@pytest.mark.parametrize("form", ["profile", "context"])
def test_a_context_object_is_imported_in_place_of_the_others(desk: Desk, form: str) -> None:
    given = wire.encode(replace(current(desk), name="given"))
    desk.call("set_environment", name="Local", resource_manager_url="https://arm.local.example")
    profile = desk.call("import_context", azure_context={"Context": given} if form == "profile" else given)
    assert profile.context.name == "given"
    assert [one.name for one in desk.session.contexts] == ["given"]
    assert desk.session.environments == {}


def test_nothing_is_imported_from_nothing(desk: Desk) -> None:
    with pytest.raises(UsageError):
        desk.call("import_context")


def test_an_imported_object_brings_its_added_clouds_along(desk: Desk) -> None:
    desk.call("set_environment", name="Local", resource_manager_url="https://arm.local.example")
    local = desk.session.environments["Local"]
    given = wire.encode(replace(current(desk), environment=local))
    evil = replace(
        local,
        name="Evil",
        type="Built-in",
        resource_manager_url="https://evil.example/",
        active_directory_service_endpoint_resource_id="https://management.azure.com/",
    )
    fake = replace(cloud(None), resource_manager_url="https://evil.example/")
    clouds = {"AzureCloud": wire.encode(fake), "Local": wire.encode(local), "Evil": wire.encode(evil)}
    fresh = Desk(desk.emulator)
    profile = fresh.call("import_context", azure_context={"Context": given, "Environments": clouds})
    assert (profile.context.environment, fresh.session.environments) == (local, {"Local": local})
    assert "'Evil' was left out" in fresh.warnings[0]
    assert profile.environments["AzureCloud"] == cloud(None)


def test_a_context_object_keeps_the_cloud_that_the_session_knows_by_its_name(desk: Desk) -> None:
    desk.call("set_environment", name="Local", resource_manager_url="https://arm.local.example")
    local = desk.session.environments["Local"]
    given = wire.encode(
        replace(current(desk), environment=replace(local, resource_manager_url="https://evil.example/"))
    )
    desk.call("import_context", azure_context=given)
    assert (current(desk).environment, desk.session.environments) == (local, {"Local": local})
    fresh = Desk(desk.emulator)
    with pytest.raises(UsageError, match="'Local'"):
        fresh.call("import_context", azure_context=given)


def test_an_imported_context_without_its_token_gets_that_of_the_session() -> None:
    desk = Desk()
    token = desk.emulator.mint()
    desk.sign_in(parameter_set=TOKEN, identity=False, access_token=token, account_id="me")
    bare = replace(current(desk), account=replace(current(desk).account, access_token=None))
    desk.call("import_context", azure_context=wire.encode(bare))
    assert current(desk).account.access_token == token


# --- clouds ----------------------------------------------------------------------------------------------


def test_clouds_are_listed_added_changed_and_removed() -> None:
    desk = Desk()
    assert [one.name for one in desk.call("list_environments")] == list(CLOUDS)
    stack = desk.call(
        "set_environment",
        name="Stack",
        resource_manager_url="https://arm.stack.example",
        active_directory_authority="https://login.stack.example",
        enable_adfs_authentication=True,
    )
    assert (stack.resource_manager_url, stack.active_directory_authority, stack.type) == (
        "https://arm.stack.example/",
        "https://login.stack.example/",
        "User-defined",
    )
    changed = desk.call("set_environment", name="stack", storage_endpoint_suffix="stack.example")
    assert changed == replace(stack, name="stack", storage_endpoint_suffix="stack.example")
    assert desk.call("list_environments", name="STACK") == [changed]
    assert desk.call("remove_environment", name="Stack") == changed
    with pytest.raises(UsageError, match="'Stack'"):
        desk.call("list_environments", name="Stack")


def test_a_cloud_tells_of_itself() -> None:
    desk = Desk()
    found = desk.call(
        "set_environment", name="Mine", arm_endpoint="http://127.0.0.1:5", gallery_url="https://gallery.mine.example"
    )
    assert (found.name, found.type, found.resource_manager_url) == ("Mine", "Discovered", "http://127.0.0.1:5/")
    assert found.gallery_url == "https://gallery.mine.example"
    assert desk.emulator.requests[0].url.startswith("http://127.0.0.1:5/metadata/endpoints")


def test_a_built_in_cloud_under_another_name_is_not_asked() -> None:
    desk = Desk()
    found = desk.call("set_environment", name="Mine", arm_endpoint="https://management.azure.com")
    assert replace(found, name="AzureCloud").resource_manager_url == cloud(None).resource_manager_url
    assert found.arm_resource == cloud(None).arm_resource
    assert desk.emulator.requests == []


def test_the_clouds_of_a_session_are_those_that_its_commands_use() -> None:
    desk = Desk(environ={"PYBRIDGE_ARM_ENDPOINT": "http://127.0.0.1:5"})
    desk.call("set_environment", name="Mine", arm_endpoint="https://management.azure.com")
    profile = desk.sign_in(environment="mine")
    assert profile.context is not None
    assert (profile.context.environment.name, "Mine" in profile.environments) == ("Mine", True)
    assert list(desk.call("list_resource_groups", context=profile.context))
    desk.call("remove_environment", name="Mine")
    with pytest.raises(UsageError, match="'Mine'"):
        desk.call("list_resource_groups", context=profile.context)


@pytest.mark.parametrize(
    ("field", "url"),
    [
        ("resource_manager_url", "http://arm.stack.example"),
        ("resource_manager_url", "arm.stack.example"),
        ("active_directory_authority", "http://login.stack.example"),
        ("gallery_url", "TestGalleryEndpoint"),
        ("arm_endpoint", "http://arm.stack.example"),
    ],
)
def test_clouds_are_asked_over_https_only(field: str, url: str) -> None:
    desk = Desk()
    with pytest.raises((UsageError, UnsafeError), match="not an https URL"):
        desk.call("set_environment", name="Stack", **{field: url})
    assert desk.session == Session()


@pytest.mark.parametrize("operation", ["set_environment", "remove_environment"])
def test_built_in_clouds_are_not_changed(operation: str) -> None:
    with pytest.raises(UsageError, match="built in"):
        Desk().call(operation, name="azurecloud")


# --- subscriptions and tenants ---------------------------------------------------------------------------


def test_tenants_are_listed_and_named_by_id_or_domain(desk: Desk) -> None:
    world = desk.emulator.world
    context = current(desk)
    assert desk.call("list_tenants", context=context) == [Tenant(world.tenant.id, world.tenant.domain)]
    assert len(desk.call("list_tenants", context=context, tenant_id=world.tenant.domain.upper())) == 1
    assert desk.call("list_tenants", context=context, tenant_id="another.example") == []
    listed = desk.call("list_subscriptions", context=context, tenant_id=world.tenant.domain)
    assert [one.name for one in listed] == ["Subscription1", "Subscription2"]
    with pytest.raises(NotFoundError, match=r"'another\.example'"):
        desk.call("list_subscriptions", context=context, tenant_id="another.example")
