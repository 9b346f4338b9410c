"""contexts: what a session holds, and how it changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pybridge import contexts
from pybridge.clouds import CLOUDS, cloud
from pybridge.errors import ConflictError, NotFoundError, UsageError
from pybridge.resources import Account, Context, Environment, Session, Subscription, Tenant

TENANT = "aaaaaaaa-0000-0000-0000-000000000001"


def context(name: str, account: str = "MSI@50342", number: int = 1, kind: str = "ManagedService") -> Context:
    return Context(
        name,
        Account(account, kind, tenants=(TENANT,)),
        cloud(None),
        Subscription(f"bbbbbbbb-0000-0000-0000-00000000000{number}", f"Sub{number}", TENANT, "Enabled"),
        Tenant(TENANT),
    )


ONE, TWO, THREE = context("one"), context("two", number=2), context("three", account="app", number=3)
SESSION = Session((ONE, TWO, THREE), "two")
STACK = Environment("Stack", "https://arm.stack.test/", "https://login.stack.test/", "Discovered")


def names(session: Session) -> list[str]:
    return [one.name for one in session.contexts]


def test_the_current_context_is_found_by_its_name() -> None:
    assert contexts.current(SESSION) is TWO
    assert contexts.current(Session()) is None
    assert contexts.find(SESSION, "ONE") is ONE


def test_a_context_that_is_not_there_is_an_error_that_names_the_others() -> None:
    with pytest.raises(NotFoundError, match="'four'") as caught:
        contexts.find(SESSION, "four")
    assert "one, two, three" in (caught.value.remedy or "")


def test_a_context_is_added_or_takes_the_place_of_its_name() -> None:
    added = contexts.add(SESSION, context("four", number=4))
    assert (names(added), added.current) == (["one", "two", "three", "four"], "four")
    replaced = contexts.add(SESSION, context("ONE", number=4), use=False)
    assert (names(replaced), replaced.current) == (["ONE", "two", "three"], "two")
    assert SESSION.contexts == (ONE, TWO, THREE)


@pytest.mark.parametrize(
    ("gone", "left", "current"),
    [
        (["one"], ["two", "three"], "two"),
        (["TWO"], ["one", "three"], "one"),
        (["one", "two", "three"], [], None),
        (["four"], ["one", "two", "three"], "two"),
    ],
)
def test_where_the_current_one_goes_the_first_takes_its_place(
    gone: list[str], left: list[str], current: str | None
) -> None:
    removed = contexts.remove(SESSION, *gone)
    assert (names(removed), removed.current) == (left, current)


def test_another_one_is_selected() -> None:
    assert contexts.select(SESSION, "Three").current == "three"
    with pytest.raises(NotFoundError):
        contexts.select(SESSION, "four")


@pytest.mark.parametrize(
    ("old", "new", "expected", "current"),
    [
        ("one", "uno", ["uno", "two", "three"], "two"),
        ("two", "dos", ["one", "dos", "three"], "dos"),
        ("two", "TWO", ["one", "TWO", "three"], "TWO"),
    ],
)
def test_a_context_is_renamed(old: str, new: str, expected: list[str], current: str) -> None:
    renamed = contexts.rename(SESSION, old, new)
    assert (names(renamed), renamed.current) == (expected, current)


def test_a_name_that_is_taken_is_overwritten_only_if_that_is_meant() -> None:
    with pytest.raises(ConflictError, match="'two'") as caught:
        contexts.rename(SESSION, "one", "Two")
    assert "confirm" in caught.value.details
    renamed = contexts.rename(SESSION, "one", "Two", overwrite=True)
    assert (names(renamed), renamed.current) == (["Two", "three"], "Two")
    assert renamed.contexts[0].subscription == ONE.subscription
    with pytest.raises(UsageError):
        contexts.rename(SESSION, "one", " ")


def test_names_are_made_of_the_subscription_and_kept_for_the_same_place() -> None:
    fresh = context("", number=4)
    assert contexts.name_for(SESSION, fresh) == "Sub4 (bbbbbbbb-0000-0000-0000-000000000004)"
    assert contexts.name_for(SESSION, context("", number=2)) == "two"
    session = contexts.add(Session(), context("Sub1 (bbbbbbbb-0000-0000-0000-000000000001)"))
    assert contexts.name_for(session, context("", account="app")) == f"{session.current} - app"
    assert contexts.name_for(Session(), replace(fresh, subscription=None)) == "MSI@50342"


def test_a_sign_in_renews_the_account_everywhere() -> None:
    held = Session((replace(ONE, account=Account("me", "AccessToken", access_token="old")), THREE), "one")
    new = context("new", account="ME", kind="AccessToken")
    new = replace(new, account=replace(new.account, access_token="new"))
    signed_in = contexts.sign_in(held, new, [context("", account="me", number=5, kind="AccessToken")])
    assert [one.account.access_token for one in signed_in.contexts] == ["new", None, "new", None]
    assert signed_in.current == "new"
    assert names(signed_in)[-1] == "Sub5 (bbbbbbbb-0000-0000-0000-000000000005)"


def test_a_service_principal_of_another_tenant_is_another_account() -> None:
    mine = context("mine", account="app", kind="ServicePrincipal")
    other = replace(mine, name="other", account=replace(mine.account, tenants=("b",), secret="theirs"))
    held = contexts.sign_in(Session((mine,), "mine"), other)
    assert [one.account.secret for one in held.contexts] == [None, "theirs"]


def test_contexts_of_an_account_are_found_in_any_case() -> None:
    assert contexts.of_account(SESSION, "msi@50342") == [ONE, TWO]
    assert contexts.of_account(SESSION, "APP", TENANT.upper()) == [THREE]
    assert contexts.of_account(SESSION, "app", "another") == []


def test_clouds_are_added_changed_and_removed() -> None:
    session = contexts.add_environment(Session(), STACK)
    assert set(contexts.known(session)) == {*CLOUDS, "Stack"}
    changed = contexts.add_environment(session, replace(STACK, name="STACK", gallery_url="https://g.test/"))
    assert list(changed.environments) == ["STACK"]
    assert contexts.remove_environment(changed, "stack").environments == {}


def test_contexts_follow_their_cloud() -> None:
    there = replace(ONE, environment=STACK)
    changed = contexts.add_environment(Session((there, TWO)), replace(STACK, gallery_url="https://g.test/"))
    assert [one.environment.gallery_url for one in changed.contexts] == [
        "https://g.test/",
        cloud(None).gallery_url,
    ]


@pytest.mark.parametrize("name", ["AzureCloud", "azurecloud", "AzureChinaCloud"])
def test_built_in_clouds_stay_as_they_are(name: str) -> None:
    with pytest.raises(UsageError, match="built in"):
        contexts.add_environment(Session(), replace(STACK, name=name))
    with pytest.raises(UsageError, match="built in"):
        contexts.remove_environment(Session(), name)


def test_an_unknown_cloud_cannot_be_removed() -> None:
    with pytest.raises(NotFoundError, match="'Mars'"):
        contexts.remove_environment(Session(), "Mars")


def test_clearing_forgets_all_but_how_it_is_saved() -> None:
    session = Session((ONE,), "one", {"Stack": STACK}, autosave=True)
    assert contexts.clear(session) == Session(autosave=True)


@pytest.mark.parametrize(
    ("text", "told", "tenant"),
    [
        (None, None, None),
        (None, TENANT, Tenant(TENANT)),
        ("contoso.example", TENANT, Tenant(TENANT, "contoso.example")),
        ("contoso.example", None, Tenant("contoso.example")),
        (TENANT, "another", Tenant(TENANT)),
    ],
)
def test_a_tenant_is_named_by_its_id_or_a_domain(text: str | None, told: str | None, tenant: Tenant | None) -> None:
    assert contexts.tenant(text, told) == tenant


@pytest.mark.parametrize(
    ("text", "is_guid"),
    [
        (TENANT, True),
        (TENANT.upper(), True),
        ("contoso.example", False),
        (TENANT[:-1], False),
        (TENANT[:-1] + "g", False),
    ],
)
def test_ids_are_told_from_names(text: str, is_guid: bool) -> None:
    assert contexts.is_guid(text) is is_guid
