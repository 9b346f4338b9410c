"""Azure's clouds, in the words of AzureRM (facts: Azure/azure-powershell-common, AzureEnvironmentConstants).

A cloud that is not among them, such as an Azure Stack, tells of itself: `discover`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from . import catalogue
from .addresses import is_loopback, origin
from .errors import ConfigurationError, MalformedError, ServiceError, UsageError
from .models import HttpRequest, Transport
from .resources import Environment, ResourceId

DEFAULT = catalogue.CLOUDS[0]

CLOUDS: Mapping[str, Environment] = {
    cloud.name: cloud
    for cloud in (
        Environment(
            name=DEFAULT,
            resource_manager_url="https://management.azure.com/",
            active_directory_authority="https://login.microsoftonline.com/",
            active_directory_service_endpoint_resource_id="https://management.core.windows.net/",
            ad_tenant="Common",
            service_management_url="https://management.core.windows.net/",
            management_portal_url="https://portal.azure.com/",
            gallery_url="https://gallery.azure.com/",
            graph_url="https://graph.windows.net/",
            graph_endpoint_resource_id="https://graph.windows.net/",
            microsoft_graph_url="https://graph.microsoft.com",
            storage_endpoint_suffix="core.windows.net",
            sql_database_dns_suffix=".database.windows.net",
            traffic_manager_dns_suffix="trafficmanager.net",
            container_registry_endpoint_suffix="azurecr.io",
            azure_key_vault_dns_suffix="vault.azure.net",
            azure_key_vault_service_endpoint_resource_id="https://vault.azure.net",
            azure_data_lake_store_file_system_endpoint_suffix="azuredatalakestore.net",
            azure_data_lake_analytics_catalog_and_job_endpoint_suffix="azuredatalakeanalytics.net",
            data_lake_endpoint_resource_id="https://datalake.azure.net/",
            batch_endpoint_resource_id="https://batch.core.windows.net/",
            azure_operational_insights_endpoint_resource_id="https://api.loganalytics.io",
            azure_operational_insights_endpoint="https://api.loganalytics.io/v1",
            azure_analysis_services_endpoint_suffix="asazure.windows.net",
            publish_settings_file_url="https://go.microsoft.com/fwlink/?LinkID=301775",
        ),
        Environment(
            name="AzureChinaCloud",
            resource_manager_url="https://management.chinacloudapi.cn/",
            active_directory_authority="https://login.chinacloudapi.cn/",
            active_directory_service_endpoint_resource_id="https://management.core.chinacloudapi.cn/",
            ad_tenant="Common",
            service_management_url="https://management.core.chinacloudapi.cn/",
            management_portal_url="https://portal.azure.cn/",
            gallery_url="https://gallery.chinacloudapi.cn/",
            graph_url="https://graph.chinacloudapi.cn/",
            graph_endpoint_resource_id="https://graph.chinacloudapi.cn/",
            microsoft_graph_url="https://microsoftgraph.chinacloudapi.cn",
            storage_endpoint_suffix="core.chinacloudapi.cn",
            sql_database_dns_suffix=".database.chinacloudapi.cn",
            traffic_manager_dns_suffix="trafficmanager.cn",
            container_registry_endpoint_suffix="azurecr.cn",
            azure_key_vault_dns_suffix="vault.azure.cn",
            azure_key_vault_service_endpoint_resource_id="https://vault.azure.cn",
            batch_endpoint_resource_id="https://batch.chinacloudapi.cn/",
            azure_operational_insights_endpoint_resource_id="https://api.loganalytics.azure.cn",
            azure_operational_insights_endpoint="https://api.loganalytics.azure.cn/v1",
            azure_analysis_services_endpoint_suffix="asazure.chinacloudapi.cn",
            publish_settings_file_url="https://go.microsoft.com/fwlink/?LinkID=301776",
        ),
        Environment(
            name="AzureUSGovernment",
            resource_manager_url="https://management.usgovcloudapi.net/",
            active_directory_authority="https://login.microsoftonline.us/",
            active_directory_service_endpoint_resource_id="https://management.core.usgovcloudapi.net/",
            ad_tenant="Common",
            service_management_url="https://management.core.usgovcloudapi.net/",
            management_portal_url="https://portal.azure.us/",
            gallery_url="https://gallery.usgovcloudapi.net/",
            graph_url="https://graph.windows.net/",
            graph_endpoint_resource_id="https://graph.windows.net/",
            microsoft_graph_url="https://graph.microsoft.us",
            storage_endpoint_suffix="core.usgovcloudapi.net",
            sql_database_dns_suffix=".database.usgovcloudapi.net",
            traffic_manager_dns_suffix="usgovtrafficmanager.net",
            container_registry_endpoint_suffix="azurecr.us",
            azure_key_vault_dns_suffix="vault.usgovcloudapi.net",
            azure_key_vault_service_endpoint_resource_id="https://vault.usgovcloudapi.net",
            batch_endpoint_resource_id="https://batch.core.usgovcloudapi.net/",
            azure_operational_insights_endpoint_resource_id="https://api.loganalytics.us",
            azure_operational_insights_endpoint="https://api.loganalytics.us/v1",
            azure_analysis_services_endpoint_suffix="asazure.usgovcloudapi.net",
            publish_settings_file_url="https://manage.windowsazure.us/publishsettings/index",
        ),
    )
}

#: Names another ARM endpoint, for the emulator. Loopback only: whoever can set a variable must not be
#: able to have tokens sent to another machine.
ARM_ENDPOINT = "PYBRIDGE_ARM_ENDPOINT"

#: The api-versions of `metadata/endpoints`, in the order in which they are tried. Azure Stack knows the old one only.
VERSIONS = ("2022-09-01", "2015-01-01")


def cloud(name: str | None) -> Environment:
    """The cloud of that name, whatever its case; the public one for None.

    Raises:
        UsageError: There is no such cloud, or no longer.
    """
    return CLOUDS[catalogue.cloud_name(name)]


def resource_ids(pattern: str | None = None, cloud: str | None = None) -> Iterator[ResourceId]:
    """What tokens can be asked for in a cloud: the whole catalogue, or what fits a name, which may have wildcards.

    Raises:
        UsageError: There is no such cloud, or nothing of that name.
    """
    name = catalogue.cloud_name(cloud)
    for entry in catalogue.find(pattern, name):
        resource_id = str(entry.resource_id(name))
        yield ResourceId(entry.name, resource_id, entry.title, name, entry.tested, entry.documentation)


def arm_endpoint(environment: Environment, environ: Mapping[str, str]) -> str:
    """Where ARM is asked, without a trailing slash.

    Raises:
        ConfigurationError: PYBRIDGE_ARM_ENDPOINT names something else than a loopback address.
    """
    override = environ.get(ARM_ENDPOINT)
    if not override:
        return environment.resource_manager_url.rstrip("/")
    if not is_loopback(override):
        raise ConfigurationError(
            f"{ARM_ENDPOINT} is {override!r}, which is not an http(s) URL of a loopback address",
            target=ARM_ENDPOINT,
            remedy="Unset it. It exists for the emulator only: tokens are never sent to another machine by it.",
        )
    return override.rstrip("/")


def discover(url: str, transport: Transport) -> Environment:
    """The cloud whose ARM answers at a URL, as that ARM describes it.

    Args:
        url: ARM's, with or without a path: "https://management.local.azurestack.external".
        transport: The door to it. No token is sent.

    Raises:
        UsageError: The URL is not https, nor that of a loopback address.
        ServiceError: It failed.
        MalformedError: What answers there does not describe a cloud.
        TransportError: It gave no usable answer.
    """
    if not _is_safe(url):
        raise UsageError(
            f"{url!r} is not an https URL",
            target=url,
            remedy="Name the URL of Azure Resource Manager, such as https://management.local.azurestack.external.",
        )
    parts = urlsplit(url)
    arm = f"{parts.scheme.lower()}://{parts.netloc}"
    status = 0
    for version in VERSIONS:
        request = HttpRequest("GET", f"{arm}/metadata/endpoints?api-version={version}", {"Accept": "application/json"})
        response = transport.send(request)
        if response.status == 200:
            return _environment(_document(response.body, arm), arm)
        status = response.status
        if status not in (400, 404):
            break
    if status >= 500:
        raise ServiceError(f"{arm} failed with {status}", target=arm, remedy="Try again later.")
    raise _malformed(arm, f"answered {status}")


def _is_safe(url: str) -> bool:
    place = origin(url)
    return place is not None and (place[0] == "https" or is_loopback(url))


def _malformed(arm: str, what: str) -> MalformedError:
    return MalformedError(
        f"{arm}/metadata/endpoints does not describe a cloud: it {what}",
        target=arm,
        remedy="Check that this is the URL of an Azure Resource Manager, and not of a portal or another service.",
    )


def _document(body: bytes, arm: str) -> Mapping[str, Any]:
    """The JSON object about this ARM: the whole answer, or one of a list of clouds."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError) as exc:
        raise _malformed(arm, "did not answer with JSON") from exc
    if not isinstance(answer, list):
        answer = [answer]
    documents = [item for item in answer if isinstance(item, dict)]
    here = [item for item in documents if origin(str(item.get("resourceManager"))) == origin(arm)]
    found = here or documents
    if len(found) != 1:
        raise _malformed(arm, f"told of {len(found)} clouds, and not which one is its own")
    return found[0]


#: The members of an environment, and where they stand in ARM's answer: in the form of 2022, else in that of 2015.
_MEMBERS: Mapping[str, tuple[str, ...]] = {
    "management_portal_url": ("portal", "portalEndpoint"),
    "gallery_url": ("gallery", "galleryEndpoint"),
    "graph_url": ("graph", "graphEndpoint"),
    "graph_endpoint_resource_id": ("graphAudience", "graph", "graphEndpoint"),
    "microsoft_graph_url": ("microsoftGraphResourceId",),
    "batch_endpoint_resource_id": ("batch",),
    "data_lake_endpoint_resource_id": ("activeDirectoryDataLake",),
    "azure_operational_insights_endpoint_resource_id": ("logAnalyticsResourceId",),
}

_SUFFIXES: Mapping[str, str] = {
    "storage_endpoint_suffix": "storage",
    "sql_database_dns_suffix": "sqlServerHostname",
    "container_registry_endpoint_suffix": "acrLoginServer",
    "azure_key_vault_dns_suffix": "keyVaultDns",
    "azure_data_lake_store_file_system_endpoint_suffix": "azureDataLakeStoreFileSystem",
    "azure_data_lake_analytics_catalog_and_job_endpoint_suffix": "azureDataLakeAnalyticsCatalogAndJob",
}


def _environment(document: Mapping[str, Any], arm: str) -> Environment:
    signing_in = document.get("authentication")
    signing_in = signing_in if isinstance(signing_in, dict) else {}
    login = _text(signing_in, "loginEndpoint")
    audiences = signing_in.get("audiences")
    audience = audiences[0] if isinstance(audiences, list) and audiences and isinstance(audiences[0], str) else None
    if login is None or not _is_safe(login) or not audience:
        raise _malformed(arm, "does not say at which https URL to sign in, or for which audience")
    suffixes = document.get("suffixes")
    found = {name: _text(document, *keys) for name, keys in _MEMBERS.items()}
    for name, key in _SUFFIXES.items():
        suffix = _text(suffixes, key) if isinstance(suffixes, dict) else None
        found[name] = suffix and suffix.lstrip(".")
    if found["sql_database_dns_suffix"]:
        found["sql_database_dns_suffix"] = f".{found['sql_database_dns_suffix']}"
    vault = found["azure_key_vault_dns_suffix"]
    return Environment(
        name=_text(document, "name") or urlsplit(arm).netloc,
        resource_manager_url=f"{arm}/",
        active_directory_authority=f"{login.rstrip('/')}/",
        type="Discovered",
        enable_adfs_authentication=login.rstrip("/").lower().endswith("/adfs"),
        active_directory_service_endpoint_resource_id=audience,
        ad_tenant=_text(signing_in, "tenant"),
        service_management_url=audience,
        azure_key_vault_service_endpoint_resource_id=vault and f"https://{vault}",
        **found,
    )


def _text(holder: Mapping[str, Any], *keys: str) -> str | None:
    """The first of these members that is a text with something in it."""
    return next((value for key in keys if isinstance(value := holder.get(key), str) and value), None)
