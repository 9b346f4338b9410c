"""Workload identity of AKS: a token of the cluster, in a file, is exchanged for one of Azure.

Wire format: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow (third case)
"""

from __future__ import annotations

from collections.abc import Mapping

from .. import retry
from ..addresses import is_loopback, origin
from ..errors import ConfigurationError
from ..models import HttpRequest
from .source import Ask, Source, post, variables_set

_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def _url(environ: Mapping[str, str]) -> str:
    authority, tenant = environ.get("AZURE_AUTHORITY_HOST", ""), environ.get("AZURE_TENANT_ID", "")
    return f"{authority.rstrip('/')}/{tenant}/oauth2/v2.0/token"


def _request(ask: Ask) -> HttpRequest:
    title = WORKLOAD_IDENTITY.title
    if ask.endpoint.url is None:
        for name in ("AZURE_AUTHORITY_HOST", "AZURE_TENANT_ID"):
            ask.variable(name, title)
    url = WORKLOAD_IDENTITY.place(ask.endpoint, ask.environ)
    place = origin(url)
    if place is None or (place[0] != "https" and not is_loopback(url)):
        raise ConfigurationError(
            f"AZURE_AUTHORITY_HOST leads to {url!r}, which is not an https URL",
            target="AZURE_AUTHORITY_HOST",
            remedy="The cluster's token is sent over https only, as to https://login.microsoftonline.com/.",
        )
    if ask.identity.selector is None:
        ask.variable("AZURE_CLIENT_ID", title)
    form = {
        **WORKLOAD_IDENTITY.selected(ask.identity),
        "grant_type": "client_credentials",
        "scope": f"{ask.resource}/.default",
        "client_assertion_type": _ASSERTION,
        "client_assertion": ask.read(ask.variable("AZURE_FEDERATED_TOKEN_FILE", title), None),
    }
    if ask.claims is not None:
        form["claims"] = ask.claims
    return post(url, form, {})


WORKLOAD_IDENTITY = Source(
    "workload_identity",
    "the workload identity of AKS",
    variables_set("AZURE_AUTHORITY_HOST", "AZURE_TENANT_ID", "AZURE_FEDERATED_TOKEN_FILE"),
    _url,
    _request,
    {"client_id": "client_id"},
    retry.ENDPOINT,
    "Microsoft Entra ID does not answer. Check the pod's way out, its proxy variables included.",
    external=True,
    default_identity="AZURE_CLIENT_ID",
)
