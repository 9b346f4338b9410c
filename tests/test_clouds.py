"""clouds: where ARM is, and what counts as this machine."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import pytest
from support import Script, answer

from pybridge.addresses import is_loopback
from pybridge.arm import ArmClient
from pybridge.catalogue import CATALOGUE
from pybridge.clouds import ARM_ENDPOINT, CLOUDS, arm_endpoint, cloud, discover, resource_ids
from pybridge.errors import ConfigurationError, MalformedError, PyBridgeError, RefusedError, ServiceError, UsageError
from pybridge.models import AccessToken, HttpResponse
from pybridge.resources import Environment

LOOPBACK = [
    "http://127.0.0.1:50342",
    "http://localhost",
    "HTTP://LocalHost:1/x",
    "http://[::1]:50342/",
    "https://127.0.0.1:8443",
]

#: Not loopback, though some of them look so to one parser of URLs or another.
ELSEWHERE = [
    "http://evil.example",
    "https://management.azure.com",
    "http://127.0.0.1.evil.example/",
    "http://127.0.0.1@evil.example/",
    "http://evil.example@127.0.0.1/",
    "http://evil.example\\@127.0.0.1/",
    "http://127.0.0.1\\@evil.example/",
    "http://evil.example#@127.0.0.1/",
    "http://evil.example?@127.0.0.1/",
    "http://169.254.169.254",
    "http://[::1",
    "http://127.0.0.1:port",
    "http:127.0.0.1",
    "//127.0.0.1",
    "ftp://127.0.0.1",
    "127.0.0.1:50342",
    "",
]


@pytest.mark.parametrize(
    ("name", "found"),
    [(None, "AzureCloud"), ("azurecloud", "AzureCloud"), ("AZUREUSGOVERNMENT", "AzureUSGovernment")],
)
def test_a_cloud_is_found_whatever_its_case(name: str | None, found: str) -> None:
    assert cloud(name).name == found


def test_an_unknown_cloud_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match="there is no environment named 'Mars'") as caught:
        cloud("Mars")
    assert "AzureChinaCloud" in (caught.value.remedy or "")


def test_the_german_cloud_is_refused_with_where_it_went() -> None:
    with pytest.raises(UsageError, match="closed it on 29 October 2021") as caught:
        cloud("azuregermancloud")
    assert "name AzureCloud" in (caught.value.remedy or "")


def test_the_clouds_have_the_endpoints_of_azurerm() -> None:
    public, china, government = (CLOUDS[name] for name in ("AzureCloud", "AzureChinaCloud", "AzureUSGovernment"))
    assert (public.management_portal_url, public.storage_endpoint_suffix) == (
        "https://portal.azure.com/",
        "core.windows.net",
    )
    assert (china.active_directory_authority, china.sql_database_dns_suffix) == (
        "https://login.chinacloudapi.cn/",
        ".database.chinacloudapi.cn",
    )
    assert (government.azure_key_vault_dns_suffix, government.active_directory_service_endpoint_resource_id) == (
        "vault.usgovcloudapi.net",
        "https://management.core.usgovcloudapi.net/",
    )
    assert (china.data_lake_endpoint_resource_id, china.enable_adfs_authentication) == (None, False)
    assert [one.azure_operational_insights_endpoint for one in (public, china, government)] == [
        "https://api.loganalytics.io/v1",
        "https://api.loganalytics.azure.cn/v1",
        "https://api.loganalytics.us/v1",
    ]
    assert [one.azure_analysis_services_endpoint_suffix for one in (public, china, government)] == [
        "asazure.windows.net",
        "asazure.chinacloudapi.cn",
        "asazure.usgovcloudapi.net",
    ]
    assert [one.publish_settings_file_url for one in (public, china, government)] == [
        "https://go.microsoft.com/fwlink/?LinkID=301775",
        "https://go.microsoft.com/fwlink/?LinkID=301776",
        "https://manage.windowsazure.us/publishsettings/index",
    ]


def test_a_built_in_cloud_lacks_only_what_there_is_not_of_it() -> None:
    lacking = {
        name: {field.name for field in fields(one) if getattr(one, field.name) is None} for name, one in CLOUDS.items()
    }
    data_lake = {name for name in lacking["AzureChinaCloud"] if "data_lake" in name}
    assert len(data_lake) == 3
    assert lacking == {"AzureCloud": set(), "AzureChinaCloud": data_lake, "AzureUSGovernment": data_lake}


@pytest.mark.parametrize("name", CLOUDS)
def test_urls_end_in_a_slash_and_suffixes_begin_without_a_dot_as_in_azurerm(name: str) -> None:
    environment = CLOUDS[name]
    for field in fields(environment):
        value = getattr(environment, field.name)
        if field.name.endswith("_url") and field.name not in {"microsoft_graph_url", "publish_settings_file_url"}:
            assert value is None or re.fullmatch(r"https://[a-z0-9.-]+/", value), field.name
        elif field.name.endswith("_suffix"):
            assert value is None or value.startswith(".") is (field.name == "sql_database_dns_suffix"), field.name


@pytest.mark.parametrize("name", CLOUDS)
def test_resource_ids_are_those_of_the_catalogue(name: str) -> None:
    rows = {row.name: row for row in resource_ids(None, name.lower())}
    assert {row.environment for row in rows.values()} == {name}
    assert [row.resource_id for row in rows.values()] == [
        entry.resource_id(name) for entry in CATALOGUE if entry.resource_id(name)
    ]
    assert (rows["KeyVault"].title, rows["KeyVault"].tested) == ("Azure Key Vault", True)
    assert not rows["Batch"].tested


@pytest.mark.parametrize("url", LOOPBACK)
def test_loopback_is_known(url: str) -> None:
    assert is_loopback(url)


@pytest.mark.parametrize("url", ELSEWHERE)
def test_nothing_else_passes_for_loopback(url: str) -> None:
    assert not is_loopback(url)


def test_arm_is_the_clouds_own_without_the_variable() -> None:
    for environ in ({}, {ARM_ENDPOINT: ""}):
        assert arm_endpoint(CLOUDS["AzureCloud"], environ) == "https://management.azure.com"


@pytest.mark.parametrize("url", LOOPBACK)
def test_the_variable_may_name_this_machine(url: str) -> None:
    assert arm_endpoint(CLOUDS["AzureCloud"], {ARM_ENDPOINT: url}) == url.rstrip("/")


@pytest.mark.parametrize("url", [url for url in ELSEWHERE if url])
def test_the_variable_may_name_no_other_machine(url: str) -> None:
    with pytest.raises(ConfigurationError, match=ARM_ENDPOINT):
        arm_endpoint(CLOUDS["AzureCloud"], {ARM_ENDPOINT: url})


# --- clouds that tell of themselves ------------------------------------------------------------------

STACK = "https://management.local.azurestack.external"
AUDIENCE = "https://management.contoso.onmicrosoft.com/4de154de-f8a8-4017-af41-df619da68155"

#: What an Azure Stack answers, in the form of 2015.
OLD: dict[str, Any] = {
    "galleryEndpoint": "https://portal.local.azurestack.external:30015/",
    "graphEndpoint": "https://graph.windows.net/",
    "portalEndpoint": "https://portal.local.azurestack.external/",
    "authentication": {"loginEndpoint": "https://login.windows.net/", "audiences": [AUDIENCE]},
}

#: What the public ARM answers, in the form of 2022.
NEW: dict[str, Any] = {
    "name": "AzureCloud",
    "resourceManager": "https://management.azure.com/",
    "portal": "https://portal.azure.com",
    "graph": "https://graph.windows.net/",
    "graphAudience": "https://graph.windows.net/",
    "gallery": "https://gallery.azure.com/",
    "batch": "https://batch.core.windows.net/",
    "activeDirectoryDataLake": "https://datalake.azure.net/",
    "microsoftGraphResourceId": "https://graph.microsoft.com/",
    "logAnalyticsResourceId": "https://api.loganalytics.io",
    "authentication": {
        "loginEndpoint": "https://login.microsoftonline.com",
        "audiences": ["https://management.core.windows.net/", "https://management.azure.com/"],
        "tenant": "common",
        "identityProvider": "AAD",
    },
    "suffixes": {
        "storage": "core.windows.net",
        "keyVaultDns": ".vault.azure.net",
        "sqlServerHostname": "database.windows.net",
        "acrLoginServer": "azurecr.io",
        "azureDataLakeStoreFileSystem": "azuredatalakestore.net",
        "azureDataLakeAnalyticsCatalogAndJob": "azuredatalakeanalytics.net",
    },
}


def answers(*given: object) -> Script:
    """A transport that answers so: with a status, these bytes, this JSON, or an error."""
    return Script(*map(_answer, given))


def _answer(given: object) -> HttpResponse | Exception:
    if isinstance(given, Exception):
        return given
    if isinstance(given, int):
        return HttpResponse(given)
    return HttpResponse(200, {}, given) if isinstance(given, bytes) else answer(200, given)


def test_an_azure_stack_tells_where_its_endpoints_are() -> None:
    transport = answers(400, OLD)
    found = discover(f"{STACK}/", transport)
    assert (found.name, found.type) == ("management.local.azurestack.external", "Discovered")
    assert found.resource_manager_url == f"{STACK}/"
    assert found.active_directory_authority == "https://login.windows.net/"
    assert found.management_portal_url == "https://portal.local.azurestack.external/"
    assert found.gallery_url == "https://portal.local.azurestack.external:30015/"
    assert found.graph_url == found.graph_endpoint_resource_id == "https://graph.windows.net/"
    assert found.active_directory_service_endpoint_resource_id == found.arm_resource == AUDIENCE
    assert (found.storage_endpoint_suffix, found.azure_key_vault_dns_suffix) == (None, None)
    assert not found.enable_adfs_authentication
    assert [request.url for request in transport.requests] == [
        f"{STACK}/metadata/endpoints?api-version=2022-09-01",
        f"{STACK}/metadata/endpoints?api-version=2015-01-01",
    ]
    assert all("Authorization" not in request.headers for request in transport.requests)


@pytest.mark.parametrize(
    "given",
    [
        NEW,
        [NEW],
        [{**NEW, "name": "AzureChinaCloud", "resourceManager": "https://management.chinacloudapi.cn/"}, NEW],
        b"\xef\xbb\xbf" + json.dumps(NEW).encode(),
    ],
    ids=["object", "list of one", "list of clouds", "byte order mark"],
)
def test_the_newer_form_tells_the_suffixes_too(given: object) -> None:
    found = discover("https://MANAGEMENT.azure.com", answers(given))
    known = CLOUDS["AzureCloud"]
    differs = {
        field.name: getattr(found, field.name)
        for field in fields(known)
        if field.init and getattr(found, field.name) != getattr(known, field.name)
    }
    assert differs == {
        "type": "Discovered",
        "resource_manager_url": "https://MANAGEMENT.azure.com/",
        "ad_tenant": "common",
        "management_portal_url": "https://portal.azure.com",
        "microsoft_graph_url": "https://graph.microsoft.com/",
        "traffic_manager_dns_suffix": None,
        "azure_operational_insights_endpoint": None,
        "azure_analysis_services_endpoint_suffix": None,
        "publish_settings_file_url": None,
    }


def test_an_ad_fs_is_seen() -> None:
    signing_in = {"loginEndpoint": "https://adfs.local.azurestack.external/adfs", "audiences": [AUDIENCE]}
    found = discover(STACK, answers({**OLD, "authentication": signing_in}))
    assert found.enable_adfs_authentication
    assert found.active_directory_authority == "https://adfs.local.azurestack.external/adfs/"


def test_what_follows_the_host_of_the_url_is_left_off() -> None:
    transport = answers(OLD)
    discover(f"{STACK}:30024/metadata/endpoints?api-version=1.0#x", transport)
    assert transport.requests[0].url == f"{STACK}:30024/metadata/endpoints?api-version=2022-09-01"


class Asked:
    """A credential that keeps what it is asked for."""

    def __init__(self) -> None:
        self.resources: list[str] = []

    def get_token(self, resource: str, **_: object) -> AccessToken:
        self.resources.append(resource)
        return AccessToken("token", 2**31, resource)


@pytest.mark.parametrize(
    ("environment", "resource", "place"),
    [
        (discover(STACK, answers(OLD)), AUDIENCE, STACK),
        (
            CLOUDS["AzureUSGovernment"],
            "https://management.usgovcloudapi.net/",
            "https://management.usgovcloudapi.net",
        ),
    ],
    ids=["discovered", "known"],
)
def test_arm_is_asked_with_a_token_for_its_audience(environment: Environment, resource: str, place: str) -> None:
    credential, transport = Asked(), answers({"value": []})
    client = ArmClient(credential, environment=environment, transport=transport, environ={})
    assert list(client.subscriptions()) == []
    assert credential.resources == [resource]
    assert transport.requests[0].url.startswith(f"{place}/subscriptions?")


@pytest.mark.parametrize("url", LOOPBACK)
def test_plain_http_is_for_loopback(url: str) -> None:
    assert discover(url, answers(OLD)).resource_manager_url.lower().startswith(url.lower().partition("/x")[0])


@pytest.mark.parametrize("url", [url for url in ELSEWHERE if url != "https://management.azure.com"])
def test_nothing_is_asked_without_https(url: str) -> None:
    transport = answers()
    with pytest.raises(UsageError, match="is not an https URL"):
        discover(url, transport)
    assert transport.requests == []


def without(*path: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(json.dumps(OLD))
    holder = document
    for key in path[:-1]:
        holder = holder[key]
    del holder[path[-1]]
    return document


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([b"<html>"], "did not answer with JSON"),
        ([b""], "did not answer with JSON"),
        ([b"\xff\xfe\xff"], "did not answer with JSON"),
        ([b"[" * 100_000], "did not answer with JSON"),
        ([[]], "told of 0 clouds"),
        ([["x", 5]], "told of 0 clouds"),
        (["text"], "told of 0 clouds"),
        ([None], "told of 0 clouds"),
        ([[NEW, {**NEW, "name": "other"}]], "told of 2 clouds"),
        ([{}], "https URL to sign in"),
        ([without("authentication")], "https URL to sign in"),
        ([without("authentication", "loginEndpoint")], "https URL to sign in"),
        ([without("authentication", "audiences")], "for which audience"),
        ([{**OLD, "authentication": {"loginEndpoint": "https://x", "audiences": []}}], "for which audience"),
        ([{**OLD, "authentication": {"loginEndpoint": "https://x", "audiences": [5]}}], "for which audience"),
        ([{**OLD, "authentication": {"loginEndpoint": "http://x", "audiences": ["a"]}}], "https URL to sign in"),
        ([{**OLD, "authentication": {"loginEndpoint": 5, "audiences": ["a"]}}], "https URL to sign in"),
        ([{**OLD, "authentication": "x"}], "https URL to sign in"),
        ([404, 404], "answered 404"),
        ([400, 403], "answered 403"),
        ([401], "answered 401"),
    ],
)
def test_what_is_no_description_is_refused(given: Sequence[object], message: str) -> None:
    with pytest.raises(MalformedError, match=message) as caught:
        discover(STACK, answers(*given))
    assert caught.value.target == STACK
    assert caught.value.remedy


def test_members_of_a_wrong_kind_are_left_out() -> None:
    document = {**NEW, "portal": 5, "suffixes": [], "graph": "", "name": None, "resourceManager": 5}
    found = discover(STACK, answers(document))
    assert (found.management_portal_url, found.storage_endpoint_suffix, found.graph_url) == (None, None, None)
    assert (found.name, found.azure_key_vault_service_endpoint_resource_id) == (STACK.partition("://")[2], None)


@pytest.mark.parametrize(
    ("given", "error"), [(500, ServiceError), (503, ServiceError), (RefusedError("nobody there"), RefusedError)]
)
def test_a_failure_comes_through(given: object, error: type[PyBridgeError]) -> None:
    transport = answers(given)
    with pytest.raises(error):
        discover(STACK, transport)
    assert len(transport.requests) == 1
