"""The emulator as Microsoft Entra ID for a pod: the cluster's token is exchanged for one of Azure."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from asking import ARM, NOW, URL, ask, claims, emulator, fields, on_a_port, over_http

from pybridge.emulator import Emulator
from pybridge.emulator.workload import ASSERTION_LIFETIME
from pybridge.models import HttpResponse

posix_only = pytest.mark.skipif(os.name == "nt", reason="rights of files as POSIX has them")
TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def form(variables: dict[str, str]) -> dict[str, str]:
    """What a pod with these variables posts."""
    return {
        "grant_type": "client_credentials",
        "client_id": variables["AZURE_CLIENT_ID"],
        "scope": f"{ARM}/.default",
        "client_assertion_type": TYPE,
        "client_assertion": Path(variables["AZURE_FEDERATED_TOKEN_FILE"]).read_text(),
    }


def url(variables: dict[str, str]) -> str:
    return f"{variables['AZURE_AUTHORITY_HOST']}{variables['AZURE_TENANT_ID']}/oauth2/v2.0/token"


def post(subject: Emulator, without: str = "", **changes: str) -> HttpResponse:
    variables = subject.variables("workload-identity", URL)
    asked = {**form(variables), **changes}
    asked.pop(without, None)
    return ask(subject, url(variables), {}, method="POST", **asked)


def test_the_exchange() -> None:
    subject = emulator()
    answer = post(subject)
    own = subject.vm.system_assigned
    assert own is not None
    assert answer.status == 200
    assert {name: value for name, value in fields(answer).items() if name != "access_token"} == {
        "token_type": "Bearer",
        "expires_in": 86400,
        "ext_expires_in": 86400,
    }
    assert (claims(answer)["oid"], claims(answer)["aud"]) == (own.object_id, ARM)


@pytest.mark.parametrize(
    ("scope", "audience"),
    [("https://vault.azure.net/.default", "https://vault.azure.net"), (f"{ARM}/.default", ARM)],
)
def test_the_audience_is_the_scope_up_to_its_last_slash(scope: str, audience: str) -> None:
    assert claims(post(emulator(), scope=scope))["aud"] == audience


def test_each_identity_of_the_machine_may_ask() -> None:
    subject = emulator("twoIdentitiesVM")
    for identity in subject.vm.identities:
        assert claims(post(subject, client_id=identity.client_id))["oid"] == identity.object_id


@pytest.mark.parametrize(
    ("without", "changes", "status", "error", "number"),
    [
        ("grant_type", {}, 400, "invalid_request", 900144),
        ("client_id", {}, 400, "invalid_request", 900144),
        ("scope", {}, 400, "invalid_request", 900144),
        ("client_assertion", {}, 401, "invalid_client", 7000218),
        ("client_assertion_type", {}, 401, "invalid_client", 7000218),
        ("", {"grant_type": "password"}, 400, "unsupported_grant_type", 70003),
        ("", {"client_id": "nobody"}, 400, "unauthorized_client", 700016),
        ("", {"scope": "https://vault.azure.net"}, 400, "invalid_scope", 1002012),
        ("", {"scope": "a/.default b/.default"}, 400, "invalid_scope", 1002012),
        ("", {"scope": "nonsense/.default"}, 400, "invalid_resource", 500011),
        ("", {"client_assertion": "a.b.c"}, 401, "invalid_client", 700211),
        ("", {"client_assertion": "é"}, 401, "invalid_client", 700211),
    ],
)
def test_refusals(without: str, changes: dict[str, str], status: int, error: str, number: int) -> None:
    answer = post(emulator(), without, **changes)
    assert (answer.status, fields(answer)["error"], fields(answer)["error_codes"]) == (status, error, [number])
    assert fields(answer)["error_description"].startswith(f"AADSTS{number}: ")
    assert fields(answer)["correlation_id"] in fields(answer)["error_description"]


@pytest.mark.parametrize(
    ("options", "number"),
    [
        ({"expires_in": -1}, 700024),
        ({"nbf": int(NOW) + 900}, 700024),
        ({"iss": "https://example.test/"}, 700211),
        ({"aud": ["https://example.test/"]}, 700212),
        ({"sub": "system:serviceaccount:other:other"}, 700213),
    ],
)
def test_what_the_cluster_must_not_say(options: dict[str, object], number: int) -> None:
    subject = emulator()
    file = subject.write_federated_token(**options)  # type: ignore[arg-type]
    answer = post(subject, client_assertion=file.read_text())
    assert (answer.status, fields(answer)["error_codes"]) == (401, [number])


def test_an_access_token_is_no_assertion() -> None:
    subject = emulator()
    assert fields(post(subject, client_assertion=subject.mint()))["error_codes"] == [700211]


def test_a_forgery_is_refused() -> None:
    other = emulator()
    text = other.write_federated_token().read_text()
    assert fields(post(emulator(), client_assertion=text))["error_codes"] == [700211]


def test_another_tenant() -> None:
    subject = emulator()
    variables = subject.variables("workload-identity", URL)
    elsewhere = url(variables).replace(variables["AZURE_TENANT_ID"], "fabrikam.onmicrosoft.com")
    answer = ask(subject, elsewhere, {}, method="POST", **form(variables))
    assert fields(answer)["error_codes"] == [90002]


def test_only_posts() -> None:
    subject = emulator()
    answer = ask(subject, url(subject.variables("workload-identity", URL)), {})
    assert (answer.status, fields(answer)["error_codes"]) == (405, [900561])


def test_a_machine_without_identity_has_a_client_id_that_nobody_knows() -> None:
    assert fields(post(emulator("msiOffVM")))["error_codes"] == [700016]


@posix_only
def test_only_its_owner_reads_the_file() -> None:
    subject = emulator()
    path = Path(subject.variables("workload-identity", URL)["AZURE_FEDERATED_TOKEN_FILE"])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    subject.close()
    assert not path.exists()


def test_the_file_is_written_anew_half_way_to_its_end() -> None:
    moment = [NOW]
    subject = Emulator(clock=lambda: moment[0])
    variables = subject.variables("workload-identity", URL)
    file = Path(variables["AZURE_FEDERATED_TOKEN_FILE"])
    first = file.read_text()
    moment[0] += ASSERTION_LIFETIME / 2 - 1
    assert post(subject).status == 200
    assert file.read_text() == first
    moment[0] += 2
    assert ask(subject, url(variables), {}, method="POST", **form(variables)).status == 200
    assert file.read_text() != first
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_an_expired_file_is_written_anew_after_the_refusal() -> None:
    moment = [NOW]
    subject = Emulator(clock=lambda: moment[0])
    variables = subject.variables("workload-identity", URL)
    moment[0] += ASSERTION_LIFETIME + 1
    asked = form(variables)
    assert fields(ask(subject, url(variables), {}, method="POST", **asked))["error_codes"] == [700024]
    assert ask(subject, url(variables), {}, method="POST", **form(variables)).status == 200


def test_on_a_port() -> None:
    with on_a_port("workload-identity") as (subject, variables):
        answer = over_http(url(variables), {}, form=form(variables))
        assert claims(answer)["xms_mirid"] == subject.vm.id
