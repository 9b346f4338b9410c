"""Service Fabric: https with a self-signed certificate, which is known by its thumbprint.

Wire format: https://learn.microsoft.com/azure/service-fabric/how-to-managed-identity-service-fabric-app-code
"""

from __future__ import annotations

import re

from .. import retry
from ..errors import ConfigurationError
from ..models import HttpRequest
from .source import Ask, Source, get, url_variable, variables_set

_THUMBPRINT = r"[0-9a-fA-F]{40}"


def _request(ask: Ask) -> HttpRequest:
    title = SERVICE_FABRIC.title
    url = ask.endpoint.url or ask.variable("IDENTITY_ENDPOINT", title)
    if not url.lower().startswith("https://"):
        raise ConfigurationError(
            f"IDENTITY_ENDPOINT is {url!r}, and {title} speaks https only",
            target="IDENTITY_ENDPOINT",
            remedy="The secret is not sent over plain http. Check what sets IDENTITY_SERVER_THUMBPRINT.",
        )
    thumbprint = re.sub(r"[\s:]", "", ask.variable("IDENTITY_SERVER_THUMBPRINT", title))
    if not re.fullmatch(_THUMBPRINT, thumbprint):
        raise ConfigurationError(
            "IDENTITY_SERVER_THUMBPRINT is not 40 hex digits",
            target="IDENTITY_SERVER_THUMBPRINT",
            remedy="It is the SHA-1 thumbprint of the endpoint's certificate.",
        )
    query = {
        "api-version": ask.environ.get("IDENTITY_API_VERSION") or "2019-07-01-preview",
        "resource": ask.resource,
        **SERVICE_FABRIC.selected(ask.identity),
    }
    if ask.claims is not None:
        query["xms_cc"] = "cp1"  # we can take another token where one is turned down
        if ask.revoked is not None:
            query["token_sha256_to_refresh"] = ask.revoked
    secret = ask.endpoint.secret or ask.variable("IDENTITY_HEADER", title)
    return get(url, query, {"Secret": secret}, pin=thumbprint)


SERVICE_FABRIC = Source(
    "service_fabric",
    "Service Fabric",
    variables_set("IDENTITY_ENDPOINT", "IDENTITY_HEADER", "IDENTITY_SERVER_THUMBPRINT"),
    url_variable("IDENTITY_ENDPOINT"),
    _request,
    {},
    retry.ENDPOINT,
    "The token service of the cluster does not answer. Check that the application has an identity in its manifest.",
)
