"""The hosting environments that the emulator can be, one row each: what answers where, and the variables for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from ..models import HttpResponse
from . import appservice, arc, cloudshell, discovery, entra, fabric, metadata, workload
from .certificate import Certificate
from .exchange import Call
from .nouns import derived_id
from .site import Site
from .tokencall import Refusal, Shape, flat, nested, plain


class Endpoint(NamedTuple):
    """Something that answers below one path.

    Attributes:
        path: What the whole path looks like, in lower case.
        handler: What answers.
        shape: Of its refusals.
    """

    path: re.Pattern[str]
    handler: Callable[[Call, Site], HttpResponse]
    shape: Shape

    def answer(self, call: Call, site: Site) -> HttpResponse:
        try:
            return self.handler(call, site)
        except Refusal as refusal:
            return refusal.response


class Hosting(NamedTuple):
    """A hosting environment.

    Attributes:
        endpoints: What answers there. The other rows' do not.
        variables: What it sets, from the site and the URL of the emulator (http, no slash at its end).
    """

    endpoints: tuple[Endpoint, ...]
    variables: Callable[[Site, str], dict[str, str]]


def _endpoint(path: str, handler: Callable[[Call, Site], HttpResponse], shape: Shape) -> Endpoint:
    return Endpoint(re.compile(path), handler, shape)


def _family(path: str, wire: appservice.Wire) -> Endpoint:
    return _endpoint(re.escape(path), wire.answer, wire.dialect.shape)


_IMDS = _endpoint(r"/metadata(/.*)?", metadata.imds, flat)
_VM_EXTENSION = _endpoint(r"/oauth2/token", metadata.vm_extension, flat)
#: Answers always, and before IMDS is looked at: it is a part of ARM.
DISCOVERY = _endpoint(r"/metadata/endpoints", discovery.answer, nested)
#: Answers always, too: it is the cloud's. Looked at last, as its path has any tenant in front.
ENTRA = _endpoint(r"/[^/]+/oauth2/(v2\.0/)?token", entra.answer, entra.shape)


def _imds_variables(site: Site, url: str) -> dict[str, str]:
    return {"AZURE_POD_IDENTITY_AUTHORITY_HOST": url}


def _vm_extension_variables(site: Site, url: str) -> dict[str, str]:
    return {"PYBRIDGE_VM_EXTENSION_ENDPOINT": f"{url}/oauth2/token"}


def vm_variables(site: Site | None, url: str) -> dict[str, str]:
    """Those of a VM: both of its endpoints."""
    return {"AZURE_POD_IDENTITY_AUTHORITY_HOST": url, "PYBRIDGE_VM_EXTENSION_ENDPOINT": f"{url}/oauth2/token"}


def _app_service_variables(site: Site, url: str) -> dict[str, str]:
    return {"IDENTITY_ENDPOINT": f"{url}/app-service/msi/token", "IDENTITY_HEADER": site.secret}


def _msi_variables(path: str) -> Callable[[Site, str], dict[str, str]]:
    return lambda site, url: {"MSI_ENDPOINT": url + path, "MSI_SECRET": site.secret}


def _account(site: Site) -> dict[str, str]:
    return {"AUTOMATION_ASSET_ACCOUNTID": derived_id("automation account", site.world.tenant.id)}


def _hybrid_worker_variables(site: Site, url: str) -> dict[str, str]:
    return {**_msi_variables("/hybrid-worker/oauth2/token")(site, url), **_account(site)}


def _automation_variables(site: Site, url: str) -> dict[str, str]:
    return {"MSI_ENDPOINT": f"{url}/automation/oauth2/token", **_account(site)}


def _cloud_shell_variables(site: Site, url: str) -> dict[str, str]:
    return {"MSI_ENDPOINT": f"{url}/cloud-shell/oauth2/token"}


def _arc_variables(site: Site, url: str) -> dict[str, str]:
    return {
        "IDENTITY_ENDPOINT": f"{url}/arc/metadata/identity/oauth2/token",
        "IMDS_ENDPOINT": url,
        "PYBRIDGE_ARC_KEY_FOLDER": str(site.part(arc.Keys).folder),
    }


def _service_fabric_variables(site: Site, url: str) -> dict[str, str]:
    tls_url = url.replace("http://", "https://", 1)
    return {
        "IDENTITY_ENDPOINT": f"{tls_url}/service-fabric/metadata/identity/oauth2/token",
        "IDENTITY_HEADER": site.secret,
        "IDENTITY_SERVER_THUMBPRINT": site.part(Certificate).thumbprint,
        "IDENTITY_API_VERSION": fabric.VERSIONS[-1],
    }


def _workload_identity_variables(site: Site, url: str) -> dict[str, str]:
    return {
        "AZURE_AUTHORITY_HOST": f"{url}/",
        "AZURE_TENANT_ID": site.world.tenant.id,
        "AZURE_CLIENT_ID": workload.client_id(site.vm),
        "AZURE_FEDERATED_TOKEN_FILE": str(site.part(workload.TokenFile).renew()),
    }


HOSTINGS: Mapping[str, Hosting] = {
    "vm": Hosting((_IMDS, _VM_EXTENSION), vm_variables),
    "imds": Hosting((_IMDS,), _imds_variables),
    "vm-extension": Hosting((_VM_EXTENSION,), _vm_extension_variables),
    "app-service": Hosting((_family("/app-service/msi/token", appservice.APP_SERVICE),), _app_service_variables),
    "app-service-2017": Hosting(
        (_family("/app-service-2017/msi/token", appservice.APP_SERVICE_2017),),
        _msi_variables("/app-service-2017/msi/token"),
    ),
    "azure-ml": Hosting((_family("/azure-ml/msi/token", appservice.AZURE_ML),), _msi_variables("/azure-ml/msi/token")),
    "hybrid-worker": Hosting(
        (_family("/hybrid-worker/oauth2/token", appservice.HYBRID_WORKER),), _hybrid_worker_variables
    ),
    "automation": Hosting((_family("/automation/oauth2/token", appservice.AUTOMATION),), _automation_variables),
    "cloud-shell": Hosting(
        (_endpoint(r"/cloud-shell/oauth2/token", cloudshell.answer, nested),), _cloud_shell_variables
    ),
    "arc": Hosting((_endpoint(r"/arc/metadata/identity/oauth2/token", arc.answer, plain),), _arc_variables),
    "service-fabric": Hosting(
        (_endpoint(r"/service-fabric/metadata/identity/oauth2/token", fabric.answer, fabric.shape),),
        _service_fabric_variables,
    ),
    "workload-identity": Hosting((), _workload_identity_variables),
}

#: Every endpoint, in the order in which they are looked through.
ENDPOINTS: tuple[Endpoint, ...] = tuple(
    dict.fromkeys([DISCOVERY, *(endpoint for row in HOSTINGS.values() for endpoint in row.endpoints), ENTRA])
)


def endpoint(path: str) -> Endpoint | None:
    """Whose path it is, in lower case; None for ARM's."""
    return next((one for one in ENDPOINTS if one.path.fullmatch(path)), None)
