"""The token endpoint of Microsoft Entra ID, where a pod of AKS exchanges the cluster's token for one of Azure.

Wire format: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow (third case)
"""

from __future__ import annotations

import re
import secrets
import threading
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..models import HttpResponse
from .exchange import Call, json_answer
from .nouns import Principal, VirtualMachine, derived_id
from .site import Site, write_private
from .tokencall import Dialect, Words, is_resource

AUDIENCE = "api://AzureADTokenExchange"
ISSUER = "https://oidc.emulator.test/"
SUBJECT = "system:serviceaccount:default:workload-identity"
#: Of the cluster's token, in seconds.
ASSERTION_LIFETIME = 86_400
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


_DIALECT = Dialect(
    shape,
    words={
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
            "AADSTS7000218: The request body must contain the following parameter: 'client_assertion' or "
            "'client_secret'.",
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
        "issuer": _federated(
            401, 700211, "No matching federated identity record found for presented assertion issuer."
        ),
        "audience": _federated(
            401, 700212, "No matching federated identity record found for presented assertion audience '{audience}'."
        ),
        "subject": _federated(
            401, 700213, "No matching federated identity record found for presented assertion subject '{subject}'."
        ),
    },
)


class TokenFile:
    """The file in which the cluster puts its token into the pod. Half-way to its end it is written anew."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._expires = 0.0
        self._lock = threading.Lock()

    @property
    def path(self) -> Path:
        return self._site.folder("workload") / "azure-identity-token"

    def renew(self, *, expires_in: int | None = None, **claims: object) -> Path:
        """Write the file if its token is old, or at any rate if it is said what is to stand in it.

        Args:
            expires_in: Seconds; negative for a token that expired.
            claims: Instead of the usual ones.
        """
        now = self._site.clock()
        with self._lock:
            stated = expires_in is not None or bool(claims)
            if stated or self._expires - now < ASSERTION_LIFETIME / 2 or not self.path.exists():
                lifetime = ASSERTION_LIFETIME if expires_in is None else expires_in
                draft = self.path.with_name(secrets.token_hex(8))
                write_private(draft, self._site.sign(_assertion(now, lifetime, claims)))
                draft.replace(self.path)
                self._expires = now + lifetime
            return self.path


def _assertion(now: float, lifetime: int, claims: Mapping[str, object]) -> dict[str, object]:
    usual = {"iss": ISSUER, "sub": SUBJECT, "aud": [AUDIENCE], "iat": int(now), "nbf": int(now) - 300}
    return {**usual, "exp": int(now) + lifetime, **claims}


def client_id(vm: VirtualMachine) -> str:
    """Whose the pod is: the machine's first identity; of one without any, the one that it would have."""
    return vm.identities[0].client_id if vm.identities else derived_id("client", vm.id)


def answer(call: Call, site: Site) -> HttpResponse:
    """Answer `/TENANT/oauth2/v2.0/token` for every identity of the machine."""
    if call.method != "POST":
        raise _DIALECT.refusal("method", method=call.method)
    form = _DIALECT.values(call, ("POST",))
    tenant = call.path.split("/")[1]
    if tenant.lower() not in (site.world.tenant.id.lower(), site.world.tenant.domain.lower()):
        raise _DIALECT.refusal("tenant", tenant=tenant)
    for name in ("grant_type", "client_id", "scope"):
        if not form.get(name):
            raise _DIALECT.refusal("missing", name=name)
    if form["grant_type"] != "client_credentials":
        raise _DIALECT.refusal("grant", grant=form["grant_type"])
    identity = _client(form["client_id"], site)
    _check_assertion(form, site, call.now)
    resource, _, rest = form["scope"].rpartition("/")
    if rest != ".default" or " " in resource:
        raise _DIALECT.refusal("scope", scope=form["scope"])
    if not is_resource(resource):
        raise _DIALECT.refusal("bad_resource", resource=resource, tenant=tenant)
    token, lifetime = site.token(identity, resource, call.now)
    return json_answer(
        200, {"token_type": "Bearer", "expires_in": lifetime, "ext_expires_in": lifetime, "access_token": token}
    )


def _client(wanted: str, site: Site) -> Principal:
    for identity in site.vm.identities:
        if identity.client_id.lower() == wanted.lower():
            return identity
    raise _DIALECT.refusal("client", client=wanted, tenant=site.world.tenant.name)


def _check_assertion(form: Mapping[str, str], site: Site, now: float) -> None:
    """Refuse an assertion that the cluster did not sign for this purpose, or that is not in time."""
    assertion = form.get("client_assertion")
    if not assertion or form.get("client_assertion_type") != _ASSERTION_TYPE:
        raise _DIALECT.refusal("no_assertion")
    try:
        claims: dict[str, Any] = site.verify(assertion.strip())
        issuer, subject, audience = claims["iss"], claims["sub"], claims["aud"]
        begin, end = float(claims["nbf"]), float(claims["exp"])
    except (ValueError, KeyError, TypeError) as exc:
        raise _DIALECT.refusal("issuer") from exc
    if issuer != ISSUER:
        raise _DIALECT.refusal("issuer")
    if AUDIENCE not in (audience if isinstance(audience, list) else [audience]):
        raise _DIALECT.refusal("audience", audience=str(audience))
    if subject != SUBJECT:
        raise _DIALECT.refusal("subject", subject=str(subject))
    if not begin - 300 <= now < end:
        raise _DIALECT.refusal("time")
