"""The token endpoints of Microsoft Entra ID: applications sign in with their secret, pods with an assertion.

Wire formats: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow (v2.0), and
https://learn.microsoft.com/previous-versions/azure/active-directory/azuread-dev/v1-oauth2-client-creds-grant-flow
"""

from __future__ import annotations

import re
import secrets
import uuid
from collections.abc import Mapping

from ..models import HttpResponse
from .exchange import Call, json_answer
from .nouns import Principal
from .site import Site
from .tokencall import Dialect, Words, is_resource, times
from .workload import TokenFile, objection

_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_NUMBER = re.compile(r"AADSTS(\d+)")


def shape(status: int, code: str, words: str) -> HttpResponse:
    """As Microsoft Entra ID refuses."""
    match = _NUMBER.match(words)
    trace, correlation = str(uuid.uuid4()), str(uuid.uuid4())
    return json_answer(
        status,
        {
            "error": code,
            "error_description": f"{words} Trace ID: {trace} Correlation ID: {correlation}",
            "error_codes": [int(match[1])] if match else [],
            "trace_id": trace,
            "correlation_id": correlation,
        },
    )


def _federated(status: int, number: int, words: str) -> Words:
    return status, "invalid_client", f"AADSTS{number}: {words}"


WORDS: Mapping[str, Words] = {
    "method": (
        405,
        "invalid_request",
        "AADSTS900561: The endpoint only accepts POST requests. Received: {method}.",
    ),
    "twice": (400, "invalid_request", "AADSTS90058: The parameter '{name}' is specified more than once."),
    "tenant": (400, "invalid_request", "AADSTS90002: Tenant '{tenant}' not found."),
    "missing": (
        400,
        "invalid_request",
        "AADSTS900144: The request body must contain the following parameter: '{name}'.",
    ),
    "grant": (400, "unsupported_grant_type", "AADSTS70003: The app requested an unsupported grant type '{grant}'."),
    "no_assertion": (
        401,
        "invalid_client",
        "AADSTS7000218: The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    ),
    "wrong_secret": (
        401,
        "invalid_client",
        "AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client "
        "secret value, not the client secret ID, for a secret added to app '{client}'.",
    ),
    "client": (
        400,
        "unauthorized_client",
        "AADSTS700016: Application with identifier '{client}' was not found in the directory '{tenant}'.",
    ),
    "scope": (400, "invalid_scope", "AADSTS1002012: The provided value for scope {scope} is not valid."),
    "bad_resource": (
        400,
        "invalid_resource",
        "AADSTS500011: The resource principal named {resource} was not found in the tenant named {tenant}.",
    ),
    "time": _federated(401, 700024, "Client assertion is not within its valid time range."),
    "issuer": _federated(401, 700211, "No matching federated identity record found for presented assertion issuer."),
    "audience": _federated(
        401, 700212, "No matching federated identity record found for presented assertion audience '{audience}'."
    ),
    "subject": _federated(
        401, 700213, "No matching federated identity record found for presented assertion subject '{subject}'."
    ),
}

_DIALECT = Dialect(shape, words=WORDS)


def answer(call: Call, site: Site) -> HttpResponse:
    """Answer `/TENANT/oauth2/v2.0/token`, which wants a scope, and `/TENANT/oauth2/token`, which wants a resource."""
    if call.method != "POST":
        raise _DIALECT.refusal("method", method=call.method)
    form = _DIALECT.values(call, ("POST",))
    tenant = call.path.split("/")[1]
    if tenant.lower() not in (site.world.tenant.id.lower(), site.world.tenant.domain.lower()):
        raise _DIALECT.refusal("tenant", tenant=tenant)
    is_new = call.path.lower().endswith("/v2.0/token")
    for name in ("grant_type", "client_id", "scope" if is_new else "resource"):
        if not form.get(name):
            raise _DIALECT.refusal("missing", name=name)
    if form["grant_type"] != "client_credentials":
        raise _DIALECT.refusal("grant", grant=form["grant_type"])
    principal = _client(form, site, call.now)
    resource = _resource(form["scope"]) if is_new else form["resource"]
    if not is_resource(resource):
        raise _DIALECT.refusal("bad_resource", resource=resource, tenant=tenant)
    token, lifetime = site.token(principal, resource, call.now)
    if is_new:
        fields: dict[str, object] = {"expires_in": lifetime, "ext_expires_in": lifetime}
        return json_answer(200, {"token_type": "Bearer", **fields, "access_token": token})
    shared = times(call.now, lifetime, resource)
    return json_answer(200, {**shared, "ext_expires_in": shared["expires_in"], "access_token": token})


def _resource(scope: str) -> str:
    resource, _, rest = scope.rpartition("/")
    if rest != ".default" or " " in resource:
        raise _DIALECT.refusal("scope", scope=scope)
    return resource


def _client(form: Mapping[str, str], site: Site, now: float) -> Principal:
    """Who signs in: an application, or by the cluster's token an identity of the machine."""
    wanted = form["client_id"].lower()
    for application in list(site.world.applications.values()):
        if application.principal.client_id.lower() == wanted:
            _check_secret(form, application.secret)
            return application.principal
    for identity in site.vm.identities:
        if identity.client_id.lower() == wanted:
            _check_assertion(form, site, now)
            return identity
    raise _DIALECT.refusal("client", client=form["client_id"], tenant=site.world.tenant.name)


def _check_secret(form: Mapping[str, str], secret: str) -> None:
    given = form.get("client_secret")
    if not given:
        raise _DIALECT.refusal("no_assertion")
    if not secrets.compare_digest(given.encode("utf-8", "surrogateescape"), secret.encode()):
        raise _DIALECT.refusal("wrong_secret", client=form["client_id"])


def _check_assertion(form: Mapping[str, str], site: Site, now: float) -> None:
    """Refuse an assertion that does not count. A used one makes the cluster look after its file."""
    assertion = form.get("client_assertion")
    if not assertion or form.get("client_assertion_type") != _ASSERTION_TYPE:
        raise _DIALECT.refusal("no_assertion")
    try:
        why = objection(assertion, site, now)
    finally:
        site.part(TokenFile).renew()
    if why is not None:
        raise _DIALECT.refusal(why[0], **why[1])
