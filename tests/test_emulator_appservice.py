"""The emulator as App Service, old and new, Azure ML, a hybrid worker and Automation."""

from __future__ import annotations

import pytest
from asking import ARM, EXPIRES, METADATA, URL, ask, claims, emulator, fields, on_a_port, over_http

from pybridge.emulator import Emulator
from pybridge.emulator.dates import padded, unpadded
from pybridge.models import HttpResponse

FAMILY = ["app-service", "app-service-2017", "azure-ml", "hybrid-worker", "automation"]
VERSIONS = {"app-service": "2019-08-01", "app-service-2017": "2017-09-01", "azure-ml": "2017-09-01"}


def found(subject: Emulator, hosting: str) -> tuple[str, dict[str, str]]:
    """The URL of its endpoint, and the headers that it wants."""
    variables = subject.variables(hosting, URL)
    return endpoint(variables)


def endpoint(variables: dict[str, str]) -> tuple[str, dict[str, str]]:
    url = variables.get("IDENTITY_ENDPOINT") or variables["MSI_ENDPOINT"]
    headers = dict(METADATA)
    if "IDENTITY_HEADER" in variables:
        headers["X-IDENTITY-HEADER"] = variables["IDENTITY_HEADER"]
    if "MSI_SECRET" in variables:
        headers["secret"] = variables["MSI_SECRET"]
    return url, headers


def version(hosting: str) -> dict[str, str]:
    return {"api_version": VERSIONS[hosting]} if hosting in VERSIONS else {}


def get(subject: Emulator, hosting: str, without: str = "", **parameters: str) -> HttpResponse:
    url, headers = found(subject, hosting)
    asked = {**version(hosting), "resource": ARM, **parameters}
    asked.pop(without, None)
    return ask(subject, url, {name: value for name, value in headers.items() if name != without}, **asked)


@pytest.mark.parametrize(
    ("hosting", "names", "expires_on"),
    [
        (
            "app-service",
            ["access_token", "client_id", "not_before", "expires_on", "resource", "token_type"],
            str(EXPIRES),
        ),
        ("app-service-2017", ["access_token", "expires_on", "resource", "token_type"], "11/15/2023 10:13:20 PM +00:00"),
        ("azure-ml", ["access_token", "expires_on", "resource", "token_type"], EXPIRES),
        (
            "hybrid-worker",
            ["access_token", "client_id", "not_before", "expires_on", "resource", "token_type"],
            str(EXPIRES),
        ),
        (
            "automation",
            ["access_token", "client_id", "not_before", "expires_on", "resource", "token_type"],
            str(EXPIRES),
        ),
    ],
)
def test_each_answers_in_its_own_shape(hosting: str, names: list[str], expires_on: object) -> None:
    subject = emulator()
    answer = get(subject, hosting)
    assert subject.vm.system_assigned is not None
    assert answer.status == 200
    assert list(fields(answer)) == names
    assert fields(answer)["expires_on"] == expires_on
    assert claims(answer)["oid"] == subject.vm.system_assigned.object_id
    assert claims(answer)["aud"] == ARM


def test_dates_are_written_as_the_system_writes_them() -> None:
    assert fields(get(emulator("noRoleVM"), "app-service-2017"))["expires_on"] == "11/15/2023 22:13:20 +00:00"


@pytest.mark.parametrize(
    ("seconds", "windows", "linux"),
    [
        (1_579_152_252, "1/16/2020 5:24:12 AM", "01/16/2020 05:24:12"),
        (1_560_999_478, "6/20/2019 2:57:58 AM", "06/20/2019 02:57:58"),
        (1_577_836_800, "1/1/2020 12:00:00 AM", "01/01/2020 00:00:00"),
        (1_577_880_000, "1/1/2020 12:00:00 PM", "01/01/2020 12:00:00"),
        (1_609_459_199, "12/31/2020 11:59:59 PM", "12/31/2020 23:59:59"),
    ],
)
def test_both_forms_of_dates(seconds: int, windows: str, linux: str) -> None:
    assert (unpadded(seconds), padded(seconds)) == (windows, linux)


@pytest.mark.parametrize(
    ("hosting", "selector", "attribute"),
    [
        ("app-service", "client_id", "client_id"),
        ("app-service", "principal_id", "object_id"),
        ("app-service", "object_id", "object_id"),
        ("app-service", "mi_res_id", "resource_id"),
        ("app-service-2017", "clientid", "client_id"),
        ("azure-ml", "clientid", "client_id"),
        ("automation", "client_id", "client_id"),
    ],
)
def test_a_user_assigned_identity_is_chosen(hosting: str, selector: str, attribute: str) -> None:
    subject = emulator("twoIdentitiesVM")
    for identity in subject.vm.user_assigned:
        answer = get(subject, hosting, **{selector: getattr(identity, attribute).upper()})
        assert claims(answer)["oid"] == identity.object_id


@pytest.mark.parametrize("hosting", ["app-service", "app-service-2017", "automation"])
@pytest.mark.parametrize("machine", ["twoIdentitiesVM", "msiOffVM"])
def test_without_a_selector_it_is_the_system_assigned_one_only(hosting: str, machine: str) -> None:
    answer = get(emulator(machine), hosting)
    assert answer.status == 400
    assert fields(answer) == {
        "statusCode": 400,
        "message": "No Managed Identity found for specified ClientId/ResourceId/PrincipalId.",
    }


def test_a_hybrid_worker_has_no_user_assigned_identities() -> None:
    subject = emulator()
    answer = get(subject, "hybrid-worker", clientid="anything")
    assert answer.status == 400
    assert fields(answer)["message"] == (
        "User assigned identity is currently not supported clientID must not be passed in request"
    )


@pytest.mark.parametrize(
    ("hosting", "without", "parameters", "status", "words"),
    [
        ("app-service", "X-IDENTITY-HEADER", {}, 401, "X-IDENTITY-HEADER"),
        ("app-service", "api_version", {}, 400, "api-version"),
        ("app-service", "", {"api_version": "2017-09-01"}, 400, "'2017-09-01'"),
        ("app-service", "resource", {}, 400, "'resource' is missing"),
        ("app-service", "", {"client_id": "a", "mi_res_id": "b"}, 400, "Only one of client_id, mi_res_id"),
        ("app-service", "", {"client_id": "nobody"}, 400, "No Managed Identity found"),
        ("app-service", "", {"resource": "nonsense"}, 500, "unexpected error"),
        ("app-service-2017", "secret", {}, 401, "Secret"),
        ("app-service-2017", "", {"api_version": "2019-08-01"}, 400, "'2019-08-01'"),
        ("hybrid-worker", "secret", {}, 401, "Secret"),
        ("hybrid-worker", "Metadata", {}, 400, "metadata header"),
        ("automation", "Metadata", {}, 400, "metadata header"),
        ("automation", "resource", {}, 400, "'resource' is missing"),
    ],
)
def test_refusals(hosting: str, without: str, parameters: dict[str, str], status: int, words: str) -> None:
    answer = get(emulator(), hosting, without, **parameters)
    assert answer.status == status
    assert fields(answer)["statusCode"] == status
    assert words in fields(answer)["message"]


def test_azure_ml_refuses_in_another_shape() -> None:
    answer = get(emulator(), "azure-ml", "secret")
    assert (answer.status, fields(answer)["error"]["code"]) == (401, "unauthorized")


def test_the_version_of_2017_answers_200_where_it_does_not_know_the_resource() -> None:
    answer = get(emulator(), "app-service-2017", resource="nonsense")
    assert answer.status == 200
    assert fields(answer)["ExceptionMessage"].startswith("AADSTS50001: The application named nonsense")


@pytest.mark.parametrize("hosting", ["hybrid-worker", "automation"])
def test_a_forwarded_request_is_refused(hosting: str) -> None:
    subject = emulator()
    url, headers = found(subject, hosting)
    answer = ask(subject, url, {**headers, "X-Forwarded-For": "10.0.0.1"}, resource=ARM)
    assert (answer.status, fields(answer)["statusCode"]) == (400, 400)


@pytest.mark.parametrize("hosting", ["hybrid-worker", "automation"])
def test_forms_are_taken_too(hosting: str) -> None:
    subject = emulator()
    url, headers = found(subject, hosting)
    assert claims(ask(subject, url, headers, method="POST", resource=ARM))["aud"] == ARM


@pytest.mark.parametrize("hosting", ["app-service", "app-service-2017", "azure-ml"])
def test_others_take_get_only(hosting: str) -> None:
    subject = emulator()
    url, headers = found(subject, hosting)
    assert ask(subject, url, headers, method="POST", resource=ARM, **version(hosting)).status == 405


def test_each_emulator_has_a_secret_of_its_own() -> None:
    first, second = emulator(), emulator()
    url, headers = found(first, "app-service")
    assert ask(second, url, headers, api_version="2019-08-01", resource=ARM).status == 401
    assert ask(first, url, {"X-IDENTITY-HEADER": "é"}, api_version="2019-08-01", resource=ARM).status == 401


@pytest.mark.parametrize("hosting", FAMILY)
def test_on_a_port(hosting: str) -> None:
    with on_a_port(hosting) as (subject, variables):
        url, headers = endpoint(variables)
        answer = over_http(url, headers, {**version(hosting), "resource": ARM})
        assert answer.status == 200
        assert claims(answer)["xms_mirid"] == subject.vm.id
        assert answer.header("Server") == "pybridge-emulator"
