"""The token endpoint of Service Fabric, which speaks TLS only.

Wire format: https://learn.microsoft.com/azure/service-fabric/how-to-managed-identity-service-fabric-app-code
"""

from __future__ import annotations

import re
import uuid

from ..models import HttpResponse
from .exchange import Call, json_answer
from .nouns import Principal, VirtualMachine
from .site import Site
from .tokencall import Dialect, Words

VERSIONS = ("2019-07-01-preview",)
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
_NOT_FOUND: Words = (
    404,
    "ManagedIdentityNotFound",
    "Managed identity not found for the specified application host.",
)


def shape(status: int, code: str, words: str) -> HttpResponse:
    """As Service Fabric refuses."""
    return json_answer(status, {"error": {"correlationId": str(uuid.uuid4()), "code": code, "message": words}})


def _first(vm: VirtualMachine) -> list[Principal]:
    """The application has one identity; which one, its manifest says."""
    return vm.identities[:1]


_DIALECT = Dialect(
    shape,
    default=_first,
    words={
        "plain_http": (400, "InvalidRequest", "The plain HTTP request was sent to the HTTPS port."),
        "method": (405, "MethodNotAllowed", "The method {method} is not allowed."),
        "version": (400, "InvalidApiVersion", "The api-version '{version}' is not supported. Supported: {versions}."),
        "twice": (400, "InvalidRequest", "The parameter '{name}' is specified more than once."),
        "no_resource": (400, "ArgumentNullOrEmpty", "The parameter 'resource' should not be null or empty string."),
        "bad_hash": (400, "InvalidArgument", "The parameter 'token_sha256_to_refresh' is no SHA-256 in hex."),
        "no_secret": (400, "SecretHeaderNotFound", "The secret is not found in the request headers."),
        "secret": _NOT_FOUND,
        "no_identity": _NOT_FOUND,
        "bad_resource": (
            400,
            "InvalidArgument",
            "AADSTS500011: The resource principal named {resource} was not found in the tenant named {tenant}.",
        ),
    },
)


def answer(call: Call, site: Site) -> HttpResponse:
    """Answer for the application's identity; no parameter chooses another one."""
    if not call.origin.startswith("https://"):
        raise _DIALECT.refusal("plain_http")
    values = _DIALECT.values(call)
    if not call.headers.get("secret"):
        raise _DIALECT.refusal("no_secret")
    _DIALECT.check_secret(call, "Secret", site.secret)
    _DIALECT.check_version(call, VERSIONS)
    revoked, capabilities = values.get("token_sha256_to_refresh"), values.get("xms_cc")
    if revoked is not None and not _SHA256.fullmatch(revoked):
        raise _DIALECT.refusal("bad_hash")
    identity, resource = _DIALECT.wanted(values, site.vm)
    claims = {"xms_cc": capabilities.split(",")} if capabilities else None
    token, lifetime = site.token(identity, resource, call.now, claims)
    return json_answer(
        200,
        {
            "token_type": "Bearer",
            "access_token": token,
            "expires_on": int(call.now) + lifetime,
            "resource": resource,
        },
    )
