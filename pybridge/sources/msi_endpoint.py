"""Three sources behind the variable MSI_ENDPOINT: with MSI_SECRET the wire of 2017, alone Automation or Cloud Shell.

Wire formats: https://learn.microsoft.com/azure/app-service/overview-managed-identity (2017-09-01),
https://learn.microsoft.com/azure/automation/enable-managed-identity-for-automation,
https://learn.microsoft.com/azure/cloud-shell/msi-authorization
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from .. import retry
from ..models import HttpRequest
from .source import Ask, Source, get, post, url_variable, variables_set


def _request_of_2017(ask: Ask) -> HttpRequest:
    url = ask.endpoint.url or ask.variable("MSI_ENDPOINT", APP_SERVICE_2017.title)
    secret = ask.endpoint.secret or ask.variable("MSI_SECRET", APP_SERVICE_2017.title)
    query = {"api-version": "2017-09-01", "resource": ask.resource, **APP_SERVICE_2017.selected(ask.identity)}
    return get(url, query, {"secret": secret, "Metadata": "true"})  # Metadata: hybrid workers want it


APP_SERVICE_2017 = Source(
    "app_service_2017",
    "the endpoint of App Service 2017, Azure ML and hybrid workers",
    variables_set("MSI_ENDPOINT", "MSI_SECRET"),
    url_variable("MSI_ENDPOINT"),
    _request_of_2017,
    {"client_id": "clientid"},
    retry.APP_SERVICE,
    "The token service that MSI_ENDPOINT names does not answer. Restart the app or the job; "
    "check that its identity is on, page Identity.",
    default_identity="DEFAULT_IDENTITY_CLIENT_ID",  # Azure ML sets it, where the compute's is a user-assigned one
)


def _is_automation(environ: Mapping[str, str]) -> bool:
    marks = ("AUTOMATION_ASSET_ACCOUNTID", "AUTOMATION_ASSET_SANDBOX_ID")
    host = environ.get("AZUREPS_HOST_ENVIRONMENT", "").lower()
    return any(environ.get(name) for name in marks) or host.startswith("azureautomation")


def _detect_automation(environ: Mapping[str, str], exists: Callable[[str], bool]) -> str | None:
    if environ.get("MSI_ENDPOINT") and _is_automation(environ):
        return "MSI_ENDPOINT is set, and so are the variables of an Automation job"
    return None


def _automation_request(ask: Ask) -> HttpRequest:
    url = ask.endpoint.url or ask.variable("MSI_ENDPOINT", AUTOMATION.title)
    return get(url, {"resource": ask.resource, **AUTOMATION.selected(ask.identity)}, {"Metadata": "true"})


AUTOMATION = Source(
    "automation",
    "Azure Automation",
    _detect_automation,
    url_variable("MSI_ENDPOINT"),
    _automation_request,
    {},
    retry.ENDPOINT,
    "The token service of the Automation job does not answer. Check that the account's identity is on, page Identity.",
)


def _cloud_shell_request(ask: Ask) -> HttpRequest:
    url = ask.endpoint.url or ask.variable("MSI_ENDPOINT", CLOUD_SHELL.title)
    return post(url, {"resource": ask.resource, **CLOUD_SHELL.selected(ask.identity)}, {"Metadata": "true"})


CLOUD_SHELL = Source(
    "cloud_shell",
    "Cloud Shell",
    variables_set("MSI_ENDPOINT"),
    url_variable("MSI_ENDPOINT"),
    _cloud_shell_request,
    {},
    retry.ENDPOINT,
    "The token service of Cloud Shell does not answer. Restart the shell.",
)
