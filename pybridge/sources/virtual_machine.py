"""The two sources of a virtual machine: IMDS, and the VM extension of 2017 that it replaced.

Wire format: https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from .. import retry
from ..models import HttpRequest
from .source import Ask, Source, get, loopback_only

#: Names another host for IMDS. Other makers' libraries honour it too.
IMDS_HOST = "AZURE_POD_IDENTITY_AUTHORITY_HOST"

#: Names another URL for the VM extension's endpoint.
VM_EXTENSION_ENDPOINT = "PYBRIDGE_VM_EXTENSION_ENDPOINT"

CHECK_IDENTITY = (
    "Check in the portal that the VM has a managed identity: page Configuration (now: Identity), "
    '"Managed service identity" = Yes.'
)
CHECK_EXTENSION = (
    "MSI may not be configured on the VM. Check in the portal: page Configuration, "
    '"Managed service identity" = Yes; page Extensions, the MSI extension is deployed. '
    "If either is wrong, redeploy it. The extension is retired: IMDS (--source imds) needs none."
)

_SELECTORS = {"client_id": "client_id", "object_id": "object_id", "resource_id": "msi_res_id"}


def _undetected(environ: Mapping[str, str], exists: Callable[[str], bool]) -> None:
    """Nothing tells of these two: they are asked where no other source is found."""


def _imds_url(environ: Mapping[str, str]) -> str:
    host = environ.get(IMDS_HOST) or "http://169.254.169.254"
    return f"{host.rstrip('/')}/metadata/identity/oauth2/token"


def _request(source: Source, ask: Ask, query: Mapping[str, str]) -> HttpRequest:
    headers = {"Metadata": "true"}
    if ask.endpoint.secret is not None:
        headers["Secret"] = ask.endpoint.secret
    query = {**query, "resource": ask.resource, **source.selected(ask.identity)}
    return get(source.place(ask.endpoint, ask.environ), query, headers)


def _imds_request(ask: Ask) -> HttpRequest:
    return _request(IMDS, ask, {"api-version": "2018-02-01"})


IMDS = Source(
    "imds",
    "the instance metadata service (IMDS)",
    _undetected,
    _imds_url,
    _imds_request,
    _SELECTORS,
    retry.IMDS,
    f"IMDS answers on Azure VMs only, at 169.254.169.254 and without a proxy. {CHECK_IDENTITY}",
    guarded=False,
    at_once=5,  # https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service#rate-limiting
)


def _vm_extension_url(environ: Mapping[str, str]) -> str:
    override = environ.get(VM_EXTENSION_ENDPOINT)
    if not override:
        return "http://localhost:50342/oauth2/token"
    return loopback_only(
        VM_EXTENSION_ENDPOINT,
        override,
        "Unset it. It exists for the emulator only: a secret is never sent to another machine by it.",
    )


def _vm_extension_request(ask: Ask) -> HttpRequest:
    return _request(VM_EXTENSION, ask, {})


VM_EXTENSION = Source(
    "vm_extension",
    "the MSI VM extension",
    _undetected,
    _vm_extension_url,
    _vm_extension_request,
    _SELECTORS,
    retry.VM_EXTENSION,
    CHECK_EXTENSION,
    guarded=False,
)
