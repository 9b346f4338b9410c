"""Applications that sign in with their secret, at both token endpoints of the emulator's Microsoft Entra ID."""

from __future__ import annotations

from typing import Any

import pytest
from asking import ARM, EXPIRES, NOW, URL, ask, claims, emulator, fields

from pybridge.emulator import Emulator
from pybridge.emulator.hosting import HOSTINGS
from pybridge.emulator.nouns import Application
from pybridge.emulator.state import world_from
from pybridge.models import HttpResponse


def app(subject: Emulator) -> Application:
    return subject.world.applications["deployapp"]


def sign_in(subject: Emulator, without: str = "", *, version: str = "v2.0/", **changes: str) -> HttpResponse:
    form = {
        "grant_type": "client_credentials",
        "client_id": app(subject).principal.client_id,
        "client_secret": app(subject).secret,
        **({"scope": f"{ARM}.default"} if version else {"resource": ARM}),
        **changes,
    }
    form.pop(without, None)
    url = f"{URL}/{form.pop('tenant', subject.world.tenant.id)}/oauth2/{version}token"
    return ask(subject, url, {}, method="POST", **form)


def test_the_new_endpoint() -> None:
    subject = emulator()
    answer = sign_in(subject)
    assert answer.status == 200
    found = fields(answer)
    assert {name: value for name, value in found.items() if name != "access_token"} == {
        "token_type": "Bearer",
        "expires_in": 86400,
        "ext_expires_in": 86400,
    }
    told = claims(answer)
    assert (told["oid"], told["appid"], told["appidacr"], told["aud"]) == (
        app(subject).principal.object_id,
        app(subject).principal.client_id,
        "1",
        ARM.rstrip("/"),
    )
    assert "xms_mirid" not in told


def test_the_old_endpoint_writes_numbers_as_text() -> None:
    subject = emulator()
    answer = sign_in(subject, version="")
    assert {name: value for name, value in fields(answer).items() if name != "access_token"} == {
        "token_type": "Bearer",
        "expires_in": "86400",
        "ext_expires_in": "86400",
        "expires_on": str(EXPIRES),
        "not_before": str(int(NOW) - 300),
        "resource": ARM,
    }
    assert claims(answer)["aud"] == ARM


@pytest.mark.parametrize("version", ["v2.0/", ""])
def test_the_token_counts_at_arm_with_the_role_of_the_application(version: str) -> None:
    subject = emulator()
    headers = {"Authorization": f"Bearer {fields(sign_in(subject, version=version))['access_token']}"}
    answer = ask(subject, f"{ARM}subscriptions", headers, api_version="2022-12-01")
    assert [item["displayName"] for item in fields(answer)["value"]] == ["Subscription1"]


@pytest.mark.parametrize("hosting", [None, *HOSTINGS])
def test_it_is_the_cloud_s_and_answers_in_every_hosting_environment(hosting: str | None) -> None:
    subject = emulator(hosting=hosting)
    assert sign_in(subject).status == 200
    assert sign_in(subject, version="", tenant=subject.world.tenant.domain).status == 200
    subject.close()


@pytest.mark.parametrize(
    ("without", "changes", "status", "error", "number"),
    [
        ("", {"client_secret": "guess"}, 401, "invalid_client", 7000215),
        ("", {"client_secret": "gu\u00e9ss"}, 401, "invalid_client", 7000215),
        ("client_secret", {}, 401, "invalid_client", 7000218),
        ("", {"client_id": "99999999-9999-9999-9999-999999999999"}, 400, "unauthorized_client", 700016),
        ("scope", {}, 400, "invalid_request", 900144),
        ("resource", {"version": ""}, 400, "invalid_request", 900144),
        ("", {"scope": ARM}, 400, "invalid_scope", 1002012),
        ("", {"version": "", "resource": "nonsense"}, 400, "invalid_resource", 500011),
        ("", {"grant_type": "password"}, 400, "unsupported_grant_type", 70003),
        ("", {"tenant": "fabrikam.onmicrosoft.com"}, 400, "invalid_request", 90002),
    ],
)
def test_refusals(without: str, changes: dict[str, Any], status: int, error: str, number: int) -> None:
    subject = emulator()
    answer = sign_in(subject, without, **changes)
    assert (answer.status, fields(answer)["error"], fields(answer)["error_codes"]) == (status, error, [number])
    assert app(subject).secret.encode() not in answer.body


def test_an_identity_of_the_machine_has_no_secret() -> None:
    subject = emulator()
    own = subject.vm.system_assigned
    assert own is not None
    assert fields(sign_in(subject, client_id=own.client_id))["error_codes"] == [7000218]


def test_secrets_are_the_same_in_every_run_and_stay_out_of_sight() -> None:
    one, two = app(emulator()), app(emulator())
    assert one == two
    assert len(one.secret) == 40
    assert one.secret not in repr(one)


def test_a_world_s_file_has_the_say() -> None:
    made = world_from(
        """
applications:
  ci:
    client_id: 11111111-1111-1111-1111-111111111111
    object_id: 22222222-2222-2222-2222-222222222222
    secret: open sesame
  other:
subscriptions:
  S: {access: {Reader: [ci]}}
""",
        file="w.yaml",
    )
    first, other = made.applications.values()
    assert (first.principal.client_id[0], first.principal.object_id[0], first.secret) == ("1", "2", "open sesame")
    assert other.secret not in ("", first.secret)
    assert [held.principal_id for held in made.assignments()] == [first.principal.object_id]
    assert made.principal(first.principal.object_id) is first.principal
