"""serviceprincipal: tokens of an application, by its secret."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import parse_qs

import pytest
from support import ARM, Clock, Script, answer, leaks, shown

from pybridge.emulator import Emulator
from pybridge.errors import (
    ConfigurationError,
    MalformedError,
    PyBridgeError,
    RefusedError,
    TokenRejectedError,
    TokenThrottledError,
    UsageError,
)
from pybridge.models import HttpResponse, Transport
from pybridge.serviceprincipal import ServicePrincipalCredential

SECRET = "Zm9v~s3cret+with/signs.and&more=here"
LOGIN = "https://login.microsoftonline.com/"
TOKEN = "header.body.signature"


def credential(door: Transport, clock: Clock | None = None, **options: Any) -> ServicePrincipalCredential:
    clock = clock or Clock()
    return ServicePrincipalCredential(
        **{
            "client_id": "11111111-2222-3333-4444-555555555555",
            "secret": SECRET,
            "tenant_id": "contoso.example",
            "authority": LOGIN,
            "external": door,
            "environ": {},
            "clock": clock,
            "monotonic": clock,
            "sleep": clock.sleep,
            **options,
        }
    )


def grant(token: str = TOKEN, expires_in: int = 3599) -> HttpResponse:
    return answer(200, {"token_type": "Bearer", "expires_in": expires_in, "access_token": token})


def refusal(number: int, words: str = "No.") -> HttpResponse:
    return answer(401, {"error": "invalid_client", "error_description": f"AADSTS{number}: {words} Trace ID: x"})


def test_the_request_is_a_form_whose_secret_stands_in_the_body_only() -> None:
    door = Script(grant())
    token = credential(door).get_token(ARM)
    (request,) = door.requests
    assert (request.method, request.url) == ("POST", f"{LOGIN}contoso.example/oauth2/v2.0/token")
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert parse_qs(request.body.decode()) == {
        "grant_type": ["client_credentials"],
        "client_id": ["11111111-2222-3333-4444-555555555555"],
        "client_secret": [SECRET],
        "scope": [f"{ARM}/.default"],
    }
    assert (token.token, token.resource, token.source) == (TOKEN, ARM, "service_principal")
    assert leaks({SECRET}, repr(request), repr(credential(door)), repr(token)) == []


def test_a_token_is_kept_until_shortly_before_it_expires() -> None:
    clock = Clock()
    door = Script(grant("a.a.a"), grant("b.b.b"))
    own = credential(door, clock)
    assert [own.get_token(ARM).token for _ in range(3)] == ["a.a.a"] * 3
    clock.now += 3580
    assert own.get_token(ARM).token == "b.b.b"
    assert len(door.requests) == 2


def test_each_resource_has_its_token_and_force_refresh_gets_another() -> None:
    door = Script(grant("a.a.a"), grant("b.b.b"), grant("c.c.c"))
    own = credential(door)
    assert own.get_token(ARM).token == "a.a.a"
    assert own.get_token("https://vault.azure.net").token == "b.b.b"
    assert own.get_token(ARM, force_refresh=True).token == "c.c.c"
    assert own.get_token(ARM).token == "c.c.c"


def test_two_secrets_share_no_tokens() -> None:
    door = Script(grant(), refusal(7000215))
    credential(door).get_token(ARM)
    with pytest.raises(TokenRejectedError):
        credential(door, secret="another").get_token(ARM)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (700016, "Check the application ID"),
        (7000215, "value of the secret"),
        (7000222, "expired"),
        (7000112, "disabled"),
        (90002, "-TenantId"),
        (500011, "-Environment"),
        (12345, "-Credential"),
    ],
)
def test_a_refusal_teaches(number: int, words: str) -> None:
    with pytest.raises(TokenRejectedError, match=f"AADSTS{number}") as caught:
        credential(Script(refusal(number))).get_token(ARM)
    assert words in (caught.value.remedy or "")
    assert caught.value.details["aadsts"] == number
    assert caught.value.target == "11111111-2222-3333-4444-555555555555"


def test_a_secret_that_comes_back_is_not_shown() -> None:
    with pytest.raises(TokenRejectedError) as caught:
        credential(Script(refusal(7000215, f"The secret {SECRET} is wrong."))).get_token(ARM)
    assert "<secret>" in str(caught.value)
    assert leaks({SECRET}, *shown(caught.value)) == []


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ([answer(400, ["no", "object"])], TokenRejectedError),
        ([HttpResponse(200, {"Content-Type": "text/html"}, b"<html>")], MalformedError),
        ([answer(200, {"expires_in": 3599})], MalformedError),
        ([answer(200, {"access_token": TOKEN})], MalformedError),
        ([answer(429, {"error": "slow down"})] * 6, TokenThrottledError),
        ([answer(503, {})] * 6, TokenThrottledError),
        ([RefusedError("nobody listens")], RefusedError),
    ],
)
def test_other_answers_are_errors_too(answers: list[Any], error: type[PyBridgeError]) -> None:
    door = Script(*answers)
    with pytest.raises(error) as caught:
        credential(door).get_token(ARM)
    assert door.requests
    assert caught.value.remedy
    assert leaks({SECRET, TOKEN}, *shown(caught.value)) == []


def test_a_busy_service_is_asked_again() -> None:
    clock = Clock()
    door = Script(answer(503, {}), answer(429, {}, Retry_After="7"), grant())
    assert credential(door, clock).get_token(ARM).token == TOKEN
    assert clock.slept[1] == 7


@pytest.mark.parametrize(
    ("environ", "place"),
    [
        ({"AZURE_AUTHORITY_HOST": "http://127.0.0.1:5/"}, "http://127.0.0.1:5/"),
        ({"PYBRIDGE_ARM_ENDPOINT": "http://localhost:6"}, "http://localhost:6/"),
        ({"AZURE_AUTHORITY_HOST": "https://login.evil.example/"}, LOGIN),
        ({"AZURE_AUTHORITY_HOST": "https://login.microsoftonline.us/"}, LOGIN),
        ({"AZURE_AUTHORITY_HOST": "http://127.0.0.1.evil.example/"}, LOGIN),
    ],
)
def test_only_a_loopback_address_takes_the_place_of_the_cloud(environ: dict[str, str], place: str) -> None:
    door = Script(grant())
    credential(door, environ=environ).get_token(ARM)
    assert door.requests[0].url == f"{place}contoso.example/oauth2/v2.0/token"


@pytest.mark.parametrize("authority", ["http://login.microsoftonline.com/", "", "login.microsoftonline.com"])
def test_a_secret_is_sent_over_https_only(authority: str) -> None:
    door = Script()
    with pytest.raises(ConfigurationError, match="https"):
        credential(door, authority=authority).get_token(ARM)
    assert door.requests == []


@pytest.mark.parametrize(
    "options",
    [{"client_id": ""}, {"client_id": "two words"}, {"tenant_id": "a/b"}, {"tenant_id": ""}, {"secret": ""}],
)
def test_what_cannot_be_is_refused_at_once(options: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        credential(Script(), **options)


def test_the_emulator_signs_its_application_in() -> None:
    emulator = Emulator()
    (application,) = emulator.world.applications.values()
    own = credential(
        emulator,
        Clock(time.time()),
        client_id=application.principal.client_id,
        secret=application.secret,
        tenant_id=emulator.world.tenant.id,
    )
    token = own.get_token(ARM)
    assert token.client_id == application.principal.client_id
