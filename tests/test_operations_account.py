"""Signing in and out, as the worker does it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from desk import TOKEN, Desk
from support import jwt, leaks, shown

from pybridge.clouds import CLOUDS
from pybridge.emulator import Emulator
from pybridge.errors import (
    ConflictError,
    NotFoundError,
    PyBridgeError,
    TokenRejectedError,
    UnauthorizedError,
    UnsupportedError,
    UsageError,
)
from pybridge.resources import Account, Context, Environment, Session
from pybridge.wire import encode

PRINCIPAL = "ServicePrincipalWithSubscriptionId"


def here(desk: Desk) -> Context:
    """The current context of a session."""
    (found,) = [context for context in desk.session.contexts if context.name == desk.session.current]
    return found


def test_sign_in_with_the_identity_of_the_machine() -> None:
    desk = Desk()
    desk.sign_in()
    context = here(desk)
    world = desk.emulator.world
    (visible,) = [one for one in world.subscriptions.values() if one.name == "Subscription1"]
    assert context.subscription is not None
    assert context.tenant is not None
    assert (context.subscription.id, context.subscription.name) == (visible.subscription_id, "Subscription1")
    assert context.name == f"Subscription1 ({visible.subscription_id})"
    assert (context.tenant.id, context.environment.name) == (world.tenant.id, "AzureCloud")
    assert context.account == Account("MSI@50342", "ManagedService", tenants=(world.tenant.id,))
    assert desk.warnings == []


def test_sign_in_with_a_token() -> None:
    desk = Desk()
    token = desk.call("get_token", as_plain_text=True)
    profile = desk.sign_in(parameter_set=TOKEN, identity=False, access_token=token, account_id="MSI@50342")
    assert profile.context is not None
    assert (profile.context.account.id, profile.context.account.type) == ("MSI@50342", "AccessToken")
    assert profile.context.account.access_token == token
    assert profile.context.subscription is not None
    assert token not in repr(profile)
    assert profile.environments == CLOUDS


@pytest.mark.parametrize(
    ("parameter_set", "identity"),
    [
        ("UserWithSubscriptionId", False),
        ("UserWithSubscriptionId", True),
        ("ServicePrincipalCertificateWithSubscriptionId", False),
        ("ManagedServiceLogin", False),
        ("", False),
    ],
)
def test_other_ways_to_sign_in_are_refused_with_the_one_that_works(parameter_set: str, identity: bool) -> None:
    desk = Desk()
    with pytest.raises(UnsupportedError) as caught:
        desk.sign_in(parameter_set=parameter_set, identity=identity)
    assert "Connect-AzureRmAccount -Identity" in (caught.value.remedy or "")
    assert "-AccessToken" in (caught.value.remedy or "")
    assert desk.emulator.requests == []


@pytest.mark.parametrize("wanted", ["Subscription2", "subscription2", "id"])
def test_a_subscription_is_chosen_by_name_or_id(wanted: str) -> None:
    desk = Desk(Emulator(machine="twoIdentitiesVM"))
    (second,) = [one for one in desk.emulator.world.subscriptions.values() if one.name == "Subscription2"]
    job = desk.emulator.vm.user_assigned[1]
    desk.sign_in(account_id=job.client_id, subscription=second.subscription_id.upper() if wanted == "id" else wanted)
    context = here(desk)
    assert context.subscription is not None
    assert context.subscription.id == second.subscription_id
    assert context.account.id == job.client_id


def test_an_unknown_subscription_is_refused_with_the_visible_ones() -> None:
    with pytest.raises(NotFoundError, match="'Subscription2' is not visible") as caught:
        Desk().sign_in(subscription="Subscription2")
    assert "Subscription1" in (caught.value.remedy or "")


def test_no_visible_subscription_is_a_warning_that_names_the_principal() -> None:
    desk = Desk(Emulator(machine="noRoleVM"))
    desk.sign_in()
    context = here(desk)
    own = desk.emulator.vm.system_assigned
    assert own is not None
    assert (context.subscription, context.name) == (None, "MSI@50342")
    assert context.tenant is not None
    assert context.tenant.id == own.tenant_id
    (warning,) = desk.warnings
    assert warning.startswith("Signed in, but no subscription is visible")
    assert f"-ObjectId {own.object_id}" in warning


@pytest.mark.parametrize(("wanted", "found"), [("same", True), ("00000000-0000-0000-0000-000000000000", False)])
def test_a_tenant_narrows_the_subscriptions(wanted: str, found: bool) -> None:
    desk = Desk()
    tenant = desk.emulator.world.tenant.id.upper() if wanted == "same" else wanted
    desk.sign_in(tenant_id=tenant)
    context = here(desk)
    assert (context.subscription is not None) is found
    assert context.tenant is not None
    assert context.tenant.id == tenant


def test_without_validation_arm_is_not_asked() -> None:
    desk = Desk()
    token = desk.emulator.mint()
    desk.sign_in(
        parameter_set=TOKEN, identity=False, access_token=token, account_id="me", subscription="s", skip_validation=True
    )
    context = here(desk)
    assert desk.emulator.requests == []
    assert context.subscription is not None
    assert (context.subscription.id, context.account.id) == ("s", "me")
    assert context.tenant is not None
    assert context.tenant.id == desk.emulator.world.tenant.id


@pytest.mark.parametrize(
    ("arguments", "endpoint", "account_id"),
    [
        ({}, None, "MSI@50342"),
        ({"managed_service_port": 50343}, "http://localhost:50343/oauth2/token", "MSI@50343"),
        ({"managed_service_host_name": "127.0.0.1"}, "http://127.0.0.1:50342/oauth2/token", "MSI@50342"),
    ],
)
def test_a_named_endpoint_is_asked_first(arguments: dict[str, Any], endpoint: str | None, account_id: str) -> None:
    desk = Desk()
    desk.sign_in(managed_service_secret="hush", **arguments)
    account = here(desk).account
    assert (account.endpoint, account.id, account.secret) == (endpoint, account_id, "hush")
    first = desk.emulator.requests[0].url
    assert first.startswith(endpoint or "http://169.254.169.254/")
    assert "hush" not in repr(account)


def test_a_context_may_have_a_name_of_its_own() -> None:
    desk = Desk()
    desk.sign_in(context_name="mine")
    assert here(desk).name == "mine"


def test_an_unknown_environment_is_refused() -> None:
    with pytest.raises(UsageError, match="AzureMoonCloud"):
        Desk().sign_in(environment="AzureMoonCloud")


@pytest.mark.parametrize(
    ("token", "error"),
    [
        (lambda emulator: emulator.mint(key=b"forged"), UnauthorizedError),
        (lambda emulator: emulator.mint(resource="https://vault.azure.net"), UnauthorizedError),
        (lambda emulator: emulator.mint(expires_in=-1), TokenRejectedError),
        (lambda emulator: jwt(exp=1), TokenRejectedError),
        (lambda emulator: "two words", UsageError),
        (lambda emulator: None, UsageError),
    ],
)
def test_a_token_that_does_not_count_signs_nobody_in(token: Any, error: type[PyBridgeError]) -> None:
    desk = Desk()
    with pytest.raises(error):
        desk.sign_in(parameter_set=TOKEN, identity=False, access_token=token(desk.emulator), account_id="me")


# --- as a service principal ----------------------------------------------------------------------------


def principal(desk: Desk, *, secret: str | None = None) -> dict[str, Any]:
    """How the application of the emulator's world signs in."""
    (application,) = desk.emulator.world.applications.values()
    credential = {"UserName": application.principal.client_id, "Password": secret or application.secret}
    return {
        "parameter_set": PRINCIPAL,
        "identity": False,
        "credential": credential,
        "tenant_id": desk.emulator.world.tenant.id,
    }


def test_a_service_principal_signs_in_with_its_secret() -> None:
    desk = Desk()
    arguments = principal(desk)
    desk.sign_in(**arguments)
    account = here(desk).account
    assert (account.id, account.type) == (arguments["credential"]["UserName"], "ServicePrincipal")
    assert account.tenants == (desk.emulator.world.tenant.id,)
    assert [group.resource_group_name for group in desk.call("list_resource_groups", context=here(desk))] != []
    assert account.secret == arguments["credential"]["Password"]
    assert leaks({str(account.secret)}, repr(desk.session)) == []


def test_a_domain_names_a_tenant_too() -> None:
    desk = Desk()
    world = desk.emulator.world
    desk.sign_in(**{**principal(desk), "tenant_id": world.tenant.domain})
    tenant = here(desk).tenant
    assert tenant is not None
    assert (tenant.id, tenant.directory) == (world.tenant.id, world.tenant.domain)
    assert here(desk).account.tenants == (world.tenant.id,)


def test_a_wrong_secret_is_refused_even_after_the_right_one() -> None:
    desk = Desk()
    desk.sign_in(**principal(desk))
    wrong = "not the secret, but as long as one"
    with pytest.raises(TokenRejectedError, match="AADSTS7000215") as caught:
        desk.sign_in(**principal(desk, secret=wrong))
    assert "value of the secret" in (caught.value.remedy or "")
    assert leaks({wrong}, *shown(caught.value)) == []


def test_a_cloud_that_signs_in_by_itself_is_refused() -> None:
    desk = Desk()
    desk.session = Session(
        environments={"Stack": Environment("Stack", "https://a.test/", "https://b.test/adfs/", "Discovered", True)}
    )
    with pytest.raises(UnsupportedError, match="AD FS"):
        desk.sign_in(**principal(desk), environment="stack")


# --- more than one context -------------------------------------------------------------------------------


def two(desk: Desk) -> str:
    """The client ID of an identity that sees both subscriptions of the world."""
    identity = desk.emulator.vm.user_assigned[1]
    (first,) = [one for one in desk.emulator.world.subscriptions.values() if one.name == "Subscription1"]
    desk.emulator.world.grant("Reader", to=identity, scope=first)
    return identity.client_id


def test_the_first_sign_in_makes_a_context_for_each_subscription() -> None:
    desk = Desk(Emulator(machine="twoIdentitiesVM"))
    desk.sign_in(account_id=two(desk), subscription="Subscription2")
    assert [(one.subscription and one.subscription.name) for one in desk.session.contexts] == [
        "Subscription2",
        "Subscription1",
    ]
    assert here(desk).subscription == desk.session.contexts[0].subscription
    assert all(one.account == here(desk).account for one in desk.session.contexts)


def test_a_first_sign_in_may_make_one_context_only() -> None:
    desk = Desk(Emulator(machine="twoIdentitiesVM"))
    desk.sign_in(account_id=two(desk), skip_context_population=True)
    assert len(desk.session.contexts) == 1


def test_a_further_sign_in_adds_one_context() -> None:
    desk = Desk(Emulator(machine="twoIdentitiesVM"))
    desk.sign_in(**principal(desk), context_name="app", skip_context_population=True)
    desk.sign_in(account_id=two(desk), context_name="identity")
    assert [one.name for one in desk.session.contexts] == ["app", "identity"]
    assert desk.session.current == "identity"


def test_two_accounts_in_one_subscription_have_contexts_of_their_own() -> None:
    desk = Desk()
    desk.sign_in()
    first = here(desk).name
    desk.sign_in(**principal(desk), subscription="Subscription1")
    assert here(desk).name == f"{first} - {here(desk).account.id}"
    desk.sign_in()
    assert (here(desk).name, len(desk.session.contexts)) == (first, 2)


def test_a_name_that_is_taken_is_asked_about() -> None:
    desk = Desk()
    desk.sign_in(context_name="mine")
    asked = len(desk.emulator.requests)
    with pytest.raises(ConflictError, match="'mine'") as caught:
        desk.sign_in(context_name="MINE")
    assert caught.value.details["confirm"] == "Replace the context 'mine'?"
    assert len(desk.emulator.requests) == asked
    desk.sign_in(context_name="MINE", force=True)
    assert [one.name for one in desk.session.contexts] == ["MINE"]


def test_whoever_signs_in_anew_is_signed_in_anew_in_all_contexts() -> None:
    desk = Desk()
    sign_in: dict[str, Any] = {"parameter_set": TOKEN, "identity": False, "account_id": "me"}
    desk.sign_in(**sign_in, access_token=desk.emulator.mint(), context_name="old")
    new = desk.emulator.mint()
    desk.sign_in(**sign_in, access_token=new, context_name="new")
    assert {one.account.access_token for one in desk.session.contexts} == {new}


def test_a_subscription_that_is_disabled_is_warned_of() -> None:
    desk = Desk()
    real = desk.backend.arm

    class Disabled:
        def __init__(self, *arguments: Any, **options: Any) -> None:
            self._arm = real(*arguments, **options)

        def subscriptions(self) -> Any:
            return (replace(one, state="Disabled") for one in self._arm.subscriptions())

    desk.backend.arm = Disabled  # type: ignore[method-assign,assignment]
    desk.sign_in()
    assert [warning.split(":")[0] for warning in desk.warnings] == [
        "The subscription 'Subscription1' is in the state Disabled"
    ]


# --- signing out -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["nothing", "username", "context_name", "input_object", "azure_context", "piped"])
def test_an_account_is_signed_out_in_all_its_contexts(way: str) -> None:
    desk = Desk()
    desk.sign_in(**principal(desk), context_name="app", skip_context_population=True)
    desk.sign_in(context_name="one")
    context = here(desk)
    arguments: dict[str, Any] = {
        "nothing": {},
        "username": {"username": "msi@50342"},
        "context_name": {"context_name": "ONE"},
        "input_object": {"input_object": encode(context.account)},
        "azure_context": {"azure_context": encode(context)},
        "piped": {"input_object": encode(context)},
    }[way]
    desk.call("set_context", subscription="Subscription1", name="two")
    account = desk.call("disconnect_account", **arguments)
    assert (account.id, account.access_token, account.secret) == ("MSI@50342", None, None)
    assert [one.name for one in desk.session.contexts] == ["app"]
    assert desk.session.current == "app"


def test_a_service_principal_is_signed_out_of_its_tenant() -> None:
    desk = Desk()
    desk.sign_in(**principal(desk), skip_context_population=True)
    application = here(desk).account.id
    with pytest.raises(NotFoundError):
        desk.call("disconnect_account", application_id=application, tenant_id="another.example")
    desk.call("disconnect_account", application_id=application.upper(), tenant_id=desk.emulator.world.tenant.id)
    assert (desk.session.contexts, desk.session.current) == ((), None)


def test_somebody_else_is_not_signed_out() -> None:
    desk = Desk()
    desk.sign_in()
    with pytest.raises(NotFoundError, match="nobody is signed in as 'you'") as caught:
        desk.call("disconnect_account", username="you")
    assert "MSI@50342" in (caught.value.remedy or "")


def test_nor_is_anybody_by_a_name_that_is_empty() -> None:
    desk = Desk()
    desk.sign_in()
    with pytest.raises(NotFoundError, match="nobody is signed in as ''"):
        desk.call("disconnect_account", username="")
    assert desk.session.contexts


def test_where_nobody_is_signed_in_nobody_is_signed_out() -> None:
    assert Desk().call("disconnect_account") is None
