"""The VM extension and IMDS of the emulator, in process."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import urlencode

import pytest

from pybridge.emulator import Emulator
from pybridge.errors import RefusedError, UsageError
from pybridge.models import HttpRequest, HttpResponse

ARM = "https://management.azure.com/"
METADATA = {"Metadata": "true"}
NOW = 1_700_000_000.5


def emulator(machine: str = "myVM") -> Emulator:
    return Emulator(machine=machine, clock=lambda: NOW)


def extension(
    emulator: Emulator, *, method: str = "GET", headers: Any = METADATA, body: bytes = b"", **query: str
) -> HttpResponse:
    url = "http://localhost:50342/oauth2/token"
    return emulator.send(HttpRequest(method, f"{url}?{urlencode(query)}" if query else url, headers, body))


def imds(
    emulator: Emulator,
    *,
    path: str = "identity/oauth2/token",
    method: str = "GET",
    headers: Any = METADATA,
    **query: str,
) -> HttpResponse:
    query = {name.replace("_version", "-version"): value for name, value in query.items()}
    return emulator.send(HttpRequest(method, f"http://169.254.169.254/metadata/{path}?{urlencode(query)}", headers))


def claims(token: str) -> dict[str, Any]:
    payload = token.split(".")[1]
    decoded: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return decoded


def test_extension_answers_in_the_shape_of_2017() -> None:
    answer = json.loads(extension(emulator(), resource=ARM).body)
    assert list(answer) == [
        "access_token", "refresh_token", "expires_in", "expires_on", "not_before", "resource", "token_type",
    ]  # fmt: skip
    assert all(isinstance(value, str) for value in answer.values())
    assert answer["expires_in"] == "86400"
    assert answer["expires_on"] == "1700086400"
    assert answer["not_before"] == "1699999700"
    assert (answer["resource"], answer["token_type"], answer["refresh_token"]) == (ARM, "Bearer", "")


def test_extension_takes_the_form_that_curl_posts() -> None:
    form = urlencode({"resource": ARM}).encode()
    answer = extension(emulator(), method="POST", body=form)
    assert json.loads(answer.body)["resource"] == ARM


def test_imds_answers_with_the_client_id() -> None:
    subject = emulator()
    answer = json.loads(imds(subject, api_version="2018-02-01", resource=ARM).body)
    assert subject.vm.system_assigned is not None
    assert answer["client_id"] == subject.vm.system_assigned.client_id
    assert answer["expires_on"] == "1700086400"
    assert all(isinstance(value, str) for value in answer.values())


def test_a_token_says_whose_it_is_and_for_what() -> None:
    subject = emulator()
    found = claims(json.loads(extension(subject, resource="https://vault.azure.net").body)["access_token"])
    own = subject.vm.system_assigned
    assert own is not None
    assert found["aud"] == "https://vault.azure.net"
    assert (found["oid"], found["appid"], found["tid"]) == (own.object_id, own.client_id, own.tenant_id)
    assert found["xms_mirid"] == subject.vm.id
    assert found["iss"] == f"https://sts.windows.net/{own.tenant_id}/"
    assert (found["iat"], found["nbf"], found["exp"]) == (1_700_000_000, 1_699_999_700, 1_700_086_400)


def test_each_token_is_another() -> None:
    subject = emulator()
    assert extension(subject, resource=ARM).body != extension(subject, resource=ARM).body


VERSION = {"api_version": "2018-02-01"}


@pytest.mark.parametrize(
    ("request_parts", "status", "error", "words"),
    [
        (
            {"headers": {}, **VERSION, "resource": ARM},
            400,
            "bad_request_102",
            "Required metadata header not specified",
        ),
        (
            {"headers": {"Metadata": "false"}, **VERSION, "resource": ARM},
            400,
            "bad_request_102",
            "metadata header",
        ),
        (
            {"headers": {**METADATA, "X-Forwarded-For": "10.0.0.1"}, **VERSION, "resource": ARM},
            400,
            "invalid_request",
            "X-Forwarded-For",
        ),
        ({**VERSION}, 400, "invalid_request", "Required query variable 'resource' is missing"),
        ({**VERSION, "resource": ""}, 400, "invalid_request", "'resource' is missing"),
        ({**VERSION, "resource": "management"}, 400, "invalid_resource", "AADSTS50001"),
        ({**VERSION, "resource": "https://"}, 400, "invalid_resource", "AADSTS50001"),
        ({**VERSION, "resource": ARM, "client_id": "nobody"}, 400, "invalid_request", "Identity not found"),
        (
            {**VERSION, "resource": ARM, "client_id": "a", "object_id": "b"},
            400,
            "invalid_request",
            "Only one of",
        ),
    ],
)
def test_imds_refuses(request_parts: dict[str, Any], status: int, error: str, words: str) -> None:
    answer = imds(emulator(), **request_parts)
    body = json.loads(answer.body)
    assert (answer.status, body["error"]) == (status, error)
    assert words in body["error_description"]


@pytest.mark.parametrize("path", ["identity/oauth2/token", "instance"])
@pytest.mark.parametrize("query", [{}, {"api_version": "2016-01-01"}, {"api_version": "latest"}])
def test_imds_names_its_newest_versions(path: str, query: dict[str, str]) -> None:
    answer = imds(emulator(), path=path, resource=ARM, **query)
    body = json.loads(answer.body)
    assert answer.status == 400
    assert body["error"].startswith("Bad request. api-version is invalid or was not specified")
    assert body["newest-versions"] == ["2025-04-07", "2024-07-17", "2024-03-15"]


def test_imds_has_no_tokens_before_its_2018_version() -> None:
    assert imds(emulator(), api_version="2017-12-01", resource=ARM).status == 400
    assert imds(emulator(), path="instance", api_version="2017-12-01").status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "HEAD", "DELETE"])
def test_imds_takes_get_only(method: str) -> None:
    answer = imds(emulator(), method=method, resource=ARM, **VERSION)
    assert (answer.status, answer.header("Allow")) == (405, "GET")


def test_imds_refuses_a_parameter_given_twice() -> None:
    query = f"api-version=2018-02-01&resource={ARM}&resource={ARM}"
    url = f"http://169.254.169.254/metadata/identity/oauth2/token?{query}"
    answer = emulator().send(HttpRequest("GET", url, METADATA))
    assert answer.status == 400
    assert "more than once" in json.loads(answer.body)["error_description"]


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"headers": {}, "resource": ARM}, "metadata header"),
        ({}, "'resource' is missing"),
        ({"resource": "nonsense"}, "AADSTS50001"),
        ({"resource": ARM, "object_id": "nobody"}, "Identity not found"),
    ],
)
def test_extension_refuses(parts: dict[str, Any], words: str) -> None:
    answer = extension(emulator(), **parts)
    assert answer.status == 400
    assert words in json.loads(answer.body)["error_description"]


@pytest.mark.parametrize("ask", [extension, imds])
@pytest.mark.parametrize("selector", ["client_id", "object_id", "msi_res_id"])
def test_a_user_assigned_identity_is_chosen(ask: Any, selector: str) -> None:
    subject = emulator("twoIdentitiesVM")
    query = {"resource": ARM} | ({} if ask is extension else VERSION)
    for identity in subject.vm.user_assigned:
        value = {
            "client_id": identity.client_id,
            "object_id": identity.object_id.upper(),
            "msi_res_id": identity.resource_id.lower(),
        }[selector]
        found = claims(json.loads(ask(subject, **query, **{selector: value}).body)["access_token"])
        assert (found["oid"], found["xms_mirid"]) == (identity.object_id, identity.resource_id)


def test_of_several_identities_one_must_be_chosen() -> None:
    answer = imds(emulator("twoIdentitiesVM"), resource=ARM, **VERSION)
    assert answer.status == 400
    assert json.loads(answer.body) == {
        "error": "invalid_request",
        "error_description": "Multiple user assigned identities exist, please specify the clientId / "
        "resourceId of the identity in the token request",
    }


def test_a_single_user_assigned_identity_needs_no_choosing() -> None:
    subject = emulator("twoIdentitiesVM")
    only = subject.vm.user_assigned.pop()
    subject.vm.user_assigned = [only]
    answer = json.loads(imds(subject, resource=ARM, **VERSION).body)
    assert claims(answer["access_token"])["oid"] == only.object_id


def test_msi_off_means_nobody_listens() -> None:
    subject = emulator("msiOffVM")
    with pytest.raises(RefusedError):
        extension(subject, resource=ARM)
    answer = imds(subject, resource=ARM, **VERSION)
    assert (answer.status, json.loads(answer.body)["error_description"]) == (400, "Identity not found")


def test_msi_can_be_turned_off_while_running() -> None:
    subject = emulator()
    assert extension(subject, resource=ARM).status == 200
    subject.world.vm("myVM").turn_msi_off()
    with pytest.raises(RefusedError):
        extension(subject, resource=ARM)
    assert "bginfo" in subject.vm.extensions


def test_an_extension_that_was_never_deployed() -> None:
    subject = emulator()
    subject.vm.extensions = {}
    with pytest.raises(RefusedError):
        extension(subject, resource=ARM)
    assert imds(subject, resource=ARM, **VERSION).status == 200


def test_instance_tells_of_the_vm() -> None:
    subject = emulator()
    compute = json.loads(imds(subject, path="instance", api_version="2021-02-01").body)["compute"]
    assert compute["name"] == "myVM"
    assert compute["resourceGroupName"] == "myResourceGroup"
    assert compute["resourceId"] == subject.vm.id
    assert compute["azEnvironment"] == "AzurePublicCloud"
    assert compute["tagsList"] == [{"name": "role", "value": "web"}]


@pytest.mark.parametrize(
    ("path", "format", "status", "body"),
    [
        ("instance/compute/vmSize", "text", 200, "Standard_DS1_v2"),
        ("instance/COMPUTE/vmsize", "text", 200, "Standard_DS1_v2"),
        ("instance", "text", 200, "compute/\nnetwork/"),
        ("instance/network/interface", "text", 200, "0/"),
        ("instance/network/interface/0/ipv4/subnet/0/prefix", "text", 200, "16"),
        ("instance/network/interface/0/ipv4/subnet", "json", 200, '[{"address":"10.0.0.0","prefix":"16"}]'),
        ("instance/compute/vmSize", "json", 404, None),
        ("instance/network/interface/7", "json", 404, None),
        ("instance/compute/vmSize/more", "text", 404, None),
        ("instance/nothing", "json", 404, None),
        ("elsewhere", "json", 404, None),
    ],
)
def test_instance_paths(path: str, format: str, status: int, body: str | None) -> None:
    answer = imds(emulator(), path=path, api_version="2021-02-01", format=format)
    assert answer.status == status
    if body is not None:
        assert answer.body.decode() == body


def test_instance_needs_no_identity() -> None:
    assert imds(emulator("msiOffVM"), path="instance", api_version="2021-02-01").status == 200


def test_an_unknown_machine_is_named_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="no VM 'vm99'") as caught:
        Emulator(machine="vm99")
    assert "myVM" in str(caught.value.remedy)
