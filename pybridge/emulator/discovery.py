"""`GET /metadata/endpoints` of ARM: where the services of a cloud are. It wants no token.

Wire format: https://learn.microsoft.com/azure/azure-stack/user/azure-stack-version-profiles-go (2015-01-01), and what
management.azure.com answers (2019-05-01 and later).
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ..models import HttpResponse
from .exchange import Call, json_answer
from .site import Site
from .tokencall import Dialect, nested

#: The first version that tells of one cloud, its own; and those that tell of all.
FIRST_VERSION = "2015-01-01"
VERSIONS = (
    FIRST_VERSION, "2018-05-01", "2019-05-01", "2019-10-01", "2020-06-01", "2022-09-01", "2023-11-01", "2023-12-01",
)  # fmt: skip


class _Cloud(NamedTuple):
    name: str
    portal: str
    login: str
    arm: str
    audiences: tuple[str, ...]
    graph: str
    microsoft_graph: str
    storage: str
    vault: str
    sql: str


def _emulated(origin: str) -> _Cloud:
    """The cloud that is here: it signs in here, too."""
    return _Cloud(
        "AzureCloud",
        "https://portal.azure.com",
        f"{origin}/",
        f"{origin}/",
        ("https://management.core.windows.net/", "https://management.azure.com/"),
        "https://graph.windows.net/",
        "https://graph.microsoft.com/",
        "core.windows.net",
        "vault.azure.net",
        "database.windows.net",
    )


_OTHERS = (
    _Cloud(
        "AzureChinaCloud",
        "https://portal.azure.cn",
        "https://login.chinacloudapi.cn/",
        "https://management.chinacloudapi.cn/",
        ("https://management.core.chinacloudapi.cn/", "https://management.chinacloudapi.cn/"),
        "https://graph.chinacloudapi.cn/",
        "https://microsoftgraph.chinacloudapi.cn/",
        "core.chinacloudapi.cn",
        "vault.azure.cn",
        "database.chinacloudapi.cn",
    ),
    _Cloud(
        "AzureUSGovernment",
        "https://portal.azure.us",
        "https://login.microsoftonline.us/",
        "https://management.usgovcloudapi.net/",
        ("https://management.core.usgovcloudapi.net/", "https://management.usgovcloudapi.net/"),
        "https://graph.windows.net/",
        "https://graph.microsoft.us/",
        "core.usgovcloudapi.net",
        "vault.usgovcloudapi.net",
        "database.usgovcloudapi.net",
    ),
)

_DIALECT = Dialect(
    nested,
    words={
        "method": (405, "MethodNotAllowed", "The http method '{method}' is not supported here."),
        "twice": (400, "BadRequest", "The parameter '{name}' is specified more than once."),
        "version": (
            400,
            "InvalidApiVersionParameter",
            "The api-version '{version}' is invalid. The supported versions are '{versions}'.",
        ),
    },
)


def answer(call: Call, site: Site) -> HttpResponse:
    """Answer with the emulated cloud; in newer versions beside the others."""
    _DIALECT.values(call)
    _DIALECT.check_version(call, VERSIONS)
    here = _emulated(call.origin)
    if call.parameter("api-version") == FIRST_VERSION:
        return json_answer(
            200,
            {
                "galleryEndpoint": "https://gallery.azure.com/",
                "graphEndpoint": here.graph,
                "portalEndpoint": here.portal,
                "authentication": {"loginEndpoint": here.login, "audiences": here.audiences},
            },
        )
    return json_answer(200, [_entry(cloud) for cloud in (here, *_OTHERS)])


def _entry(cloud: _Cloud) -> dict[str, Any]:
    return {
        "name": cloud.name,
        "portal": cloud.portal,
        "authentication": {
            "loginEndpoint": cloud.login,
            "audiences": cloud.audiences,
            "tenant": "common",
            "identityProvider": "AAD",
        },
        "resourceManager": cloud.arm,
        "graph": cloud.graph,
        "graphAudience": cloud.graph,
        "microsoftGraphResourceId": cloud.microsoft_graph,
        "suffixes": {"storage": cloud.storage, "keyVaultDns": cloud.vault, "sqlServerHostname": cloud.sql},
    }
