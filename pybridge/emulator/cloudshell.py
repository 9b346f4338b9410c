"""The token endpoint of Cloud Shell: the tokens are those of the user who opened the shell.

Wire format: https://learn.microsoft.com/azure/cloud-shell/msi-authorization
"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from ..models import HttpResponse
from .exchange import Call, json_answer
from .nouns import Principal
from .site import Site
from .tokencall import Dialect, is_resource, nested, times

#: Hosts of the resources that it gives tokens for; every vault and every storage account has its own below some.
AUDIENCES = (
    "management.azure.com",
    "management.core.windows.net",
    "graph.windows.net",
    "graph.microsoft.com",
    "vault.azure.net",
    "storage.azure.com",
    "datalake.azure.net",
    "batch.core.windows.net",
    "database.windows.net",
    "ossrdbms-aad.database.windows.net",
    "api.loganalytics.io",
    "outlook.office365.com",
)
#: The application that asks for the user: Cloud Shell's own.
_APPLICATION = "b677c290-cf4b-4a8e-a60e-91ba650a4abe"

_DIALECT = Dialect(
    nested,
    words={
        "method": (405, "MethodNotAllowed", "The method {method} is not allowed."),
        "metadata": (400, "MissingMetadataHeader", "Required metadata header not specified."),
        "twice": (400, "BadRequest", "The parameter '{name}' is specified more than once."),
        "no_resource": (400, "BadRequest", "The parameter 'resource' is missing."),
        "audience": (400, "AudienceNotSupported", "Audience {resource} is not a supported MSI token audience."),
    },
)


def answer(call: Call, site: Site) -> HttpResponse:
    """Answer with a token of the user. Whatever names an identity in the request is ignored, as there."""
    if call.method != "POST":
        raise _DIALECT.refusal("method", method=call.method)
    _DIALECT.check_metadata(call)
    values = _DIALECT.values(call, ("POST",))
    resource = values.get("resource")
    if not resource:
        raise _DIALECT.refusal("no_resource")
    host = (urlsplit(resource).hostname or "") if is_resource(resource) else ""
    if not any(f".{host}".endswith(f".{known}") for known in AUDIENCES):
        raise _DIALECT.refusal("audience", resource=resource)
    token, lifetime = site.token(_user(site), resource, call.now, _claims(site))
    return json_answer(200, {"access_token": token, "refresh_token": "", **times(call.now, lifetime, resource)})


def _user(site: Site) -> Principal:
    """The user, who may read the subscription of this machine."""
    user = site.world.user
    site.world.grant("Reader", to=user, scope=site.vm.group.subscription)
    return replace(user, client_id=_APPLICATION)


def _claims(site: Site) -> dict[str, object]:
    """What the token of a user says, and that of an application does not; None for the other way round."""
    name = site.world.user.name
    return {
        "appidacr": "0",
        "idp": None,
        "idtyp": "user",
        "name": "User",
        "scp": "user_impersonation",
        "unique_name": name,
        "upn": name,
    }
