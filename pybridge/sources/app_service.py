"""App Service since 2019: Web Apps, Functions, Container Apps, and today's Automation sandboxes.

Wire format: https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference
"""

from __future__ import annotations

from .. import retry
from ..models import HttpRequest
from .source import Ask, Source, get, url_variable, variables_set


def _request(ask: Ask) -> HttpRequest:
    url = ask.endpoint.url or ask.variable("IDENTITY_ENDPOINT", APP_SERVICE.title)
    secret = ask.endpoint.secret or ask.variable("IDENTITY_HEADER", APP_SERVICE.title)
    query = {"api-version": "2019-08-01", "resource": ask.resource, **APP_SERVICE.selected(ask.identity)}
    # App Service needs no Metadata header; the Automation sandbox, behind the same variables, does.
    return get(url, query, {"X-IDENTITY-HEADER": secret, "Metadata": "true"})


APP_SERVICE = Source(
    "app_service",
    "App Service",
    variables_set("IDENTITY_ENDPOINT", "IDENTITY_HEADER"),
    url_variable("IDENTITY_ENDPOINT"),
    _request,
    {"client_id": "client_id", "object_id": "principal_id", "resource_id": "mi_res_id"},
    retry.APP_SERVICE,
    "The app's token service does not answer. Restart the app; check that its identity is on, page Identity. "
    "Init containers of Container Apps may have none.",
)
