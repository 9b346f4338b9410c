"""models: values that do not change and do not tell secrets."""

from __future__ import annotations

from dataclasses import fields, is_dataclass

import pytest

from pybridge import resources
from pybridge.errors import UsageError
from pybridge.models import AccessToken, HttpRequest, HttpResponse, ManagedIdentityId
from pybridge.resources import Account

SECRET = "eyJ-this-is-secret"

WITH_SECRETS = [
    AccessToken(SECRET, 1, "https://vault.azure.net"),
    Account("me", "AccessToken", access_token=SECRET, secret=SECRET),
    HttpRequest("GET", "http://127.0.0.1/", {"Authorization": f"Bearer {SECRET}"}, SECRET.encode()),
    HttpResponse(200, {"Set-Cookie": SECRET}, SECRET.encode()),
]


@pytest.mark.parametrize("value", WITH_SECRETS, ids=lambda value: type(value).__name__)
def test_repr_tells_no_secret(value: object) -> None:
    assert SECRET not in repr(value)
    assert SECRET not in f"{value}"


@pytest.mark.parametrize("value", [*WITH_SECRETS, ManagedIdentityId("a")], ids=lambda value: type(value).__name__)
def test_a_value_does_not_change(value: object) -> None:
    name = value._fields[0] if isinstance(value, tuple) else fields(value)[0].name  # type: ignore[attr-defined,arg-type]
    with pytest.raises(AttributeError):
        setattr(value, name, "changed")


NOUNS = [noun for noun in vars(resources).values() if is_dataclass(noun) and fields(noun)]


@pytest.mark.parametrize("noun", NOUNS)
def test_every_noun_is_frozen(noun: type) -> None:
    with pytest.raises(AttributeError):
        setattr(object.__new__(noun), fields(noun)[0].name, "changed")


@pytest.mark.parametrize("noun", NOUNS)
def test_what_travels_as_a_secret_is_not_in_repr(noun: type) -> None:
    kinds = {field.name: field.repr for field in fields(noun) if field.metadata.get("wire") in {"secret", "hidden"}}
    assert not any(kinds.values())


@pytest.mark.parametrize(("asked", "found"), [("retry-after", "5"), ("RETRY-AFTER", "5"), ("Retry", None)])
def test_headers_ignore_case(asked: str, found: str | None) -> None:
    assert HttpResponse(429, {"Retry-After": "5"}).header(asked) == found


@pytest.mark.parametrize(
    ("identity", "selector"),
    [
        (ManagedIdentityId(), None),
        (ManagedIdentityId(client_id="a"), ("client_id", "a")),
        (ManagedIdentityId(object_id="b"), ("object_id", "b")),
        (ManagedIdentityId(resource_id="c"), ("resource_id", "c")),
    ],
)
def test_an_identity_is_named_in_one_way(identity: ManagedIdentityId, selector: tuple[str, str] | None) -> None:
    assert identity.selector == selector


def test_two_ways_to_name_an_identity_are_refused() -> None:
    with pytest.raises(UsageError, match="more than one of client_id"):
        _ = ManagedIdentityId(client_id="a", resource_id="b").selector
