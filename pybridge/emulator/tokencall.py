"""What the token endpoints share: whose token is asked for and for what, and refusals in each one's own words."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

from ..models import HttpResponse
from .exchange import Call, json_answer
from .nouns import Principal, VirtualMachine, is_guid

#: Makes the answer of a refusal: (status, code, words) -> the answer in the shape that an endpoint gives its errors.
Shape = Callable[[int, str, str], HttpResponse]
#: What a refusal says: status, code, words with {names}.
Words = tuple[int, str, str]

#: What every endpoint says, unless its dialect has other words, by the reason.
WORDS: Mapping[str, Words] = {
    "method": (405, "invalid_request", "The method {method} is not allowed"),
    "metadata": (400, "bad_request_102", "Required metadata header not specified"),
    "forwarded": (400, "invalid_request", "Request must not have the X-Forwarded-For header"),
    "secret": (401, "unauthorized", "The header {header} is missing or wrong"),
    "version": (400, "invalid_request", "The api-version '{version}' is not supported"),
    "twice": (400, "invalid_request", "The query variable '{name}' is specified more than once"),
    "no_resource": (400, "invalid_request", "Required query variable 'resource' is missing"),
    "bad_resource": (
        400,
        "invalid_resource",
        "AADSTS50001: The application named {resource} was not found in the tenant named {tenant}. This can happen "
        "if the application has not been installed by the administrator of the tenant or consented to by any user "
        "in the tenant. You might have sent your authentication request to the wrong tenant.",
    ),
    "two_selectors": (400, "invalid_request", "Only one of {names} may be specified"),
    "no_identity": (400, "invalid_request", "Identity not found"),
    "which_identity": (
        400,
        "invalid_request",
        "Multiple user assigned identities exist, please specify the clientId / resourceId of the identity in the "
        "token request",
    ),
}


def flat(status: int, code: str, words: str) -> HttpResponse:
    """As a VM's endpoints say it."""
    return json_answer(status, {"error": code, "error_description": words})


def nested(status: int, code: str, words: str) -> HttpResponse:
    """As ARM, Cloud Shell and Azure ML say it."""
    return json_answer(status, {"error": {"code": code, "message": words}})


def numbered(status: int, code: str, words: str) -> HttpResponse:
    """As App Service says it: no code but the status."""
    return json_answer(status, {"statusCode": status, "message": words})


def plain(status: int, code: str, words: str) -> HttpResponse:
    """As the agent of Azure Arc says it."""
    return HttpResponse(status, {"Content-Type": "text/plain; charset=utf-8"}, words.encode())


class Refusal(Exception):
    """The endpoint says no, with this answer."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__(f"status {response.status}")
        self.response = response


def own_or_single(vm: VirtualMachine) -> list[Principal]:
    """Whom a request means that names nobody: the machine's own identity, else the only one there is."""
    return own(vm) or vm.identities


def own(vm: VirtualMachine) -> list[Principal]:
    """The machine's own identity, or nobody."""
    identity = vm.system_assigned  # once: it may be taken away meanwhile
    return [identity] if identity else []


class Dialect(NamedTuple):
    """How one endpoint asks and refuses.

    Attributes:
        shape: Of its refusals.
        selectors: Its parameters that name an identity, with the attribute of a `Principal` that each means.
        default: Whom a request means that names nobody.
        words: Its own words for some reasons of `WORDS`.
        refused: Parameters that it takes from nobody.
    """

    shape: Shape
    selectors: Mapping[str, str] = MappingProxyType({})
    default: Callable[[VirtualMachine], list[Principal]] = own_or_single
    words: Mapping[str, Words] = MappingProxyType({})
    refused: Sequence[str] = ()

    def refusal(self, reason: str, **values: str) -> Refusal:
        """The refusal for a reason; the values stand in its words."""
        status, code, words = self.words.get(reason) or WORDS[reason]
        return Refusal(self.shape(status, code, words.format(**values)))

    def check_metadata(self, call: Call) -> None:
        """Metadata: true. A browser or a forwarded request cannot add it by accident."""
        if call.headers.get("metadata", "").lower() != "true":
            raise self.refusal("metadata")

    def check_secret(self, call: Call, header: str, secret: str) -> None:
        given = call.headers.get(header.lower(), "")
        if not secrets.compare_digest(given.encode("utf-8", "surrogateescape"), secret.encode()):
            raise self.refusal("secret", header=header)

    def check_version(self, call: Call, versions: Sequence[str]) -> None:
        version = call.parameter("api-version") or ""
        if version not in versions:
            raise self.refusal("version", version=version, versions=", ".join(versions))

    def values(self, call: Call, methods: Sequence[str] = ("GET",)) -> dict[str, str]:
        """The parameters of the query and, of a POST, of its form."""
        if call.method not in methods:
            raise self.refusal("method", method=call.method)
        parameters = call.query
        if call.method == "POST":
            form = call.body.decode("utf-8", "replace")
            parameters = [*parameters, *parse_qsl(form, keep_blank_values=True)]
        values: dict[str, str] = {}
        for name, value in parameters:
            if name in values:
                raise self.refusal("twice", name=name)
            values[name] = value
        return values

    def wanted(self, values: Mapping[str, str], vm: VirtualMachine) -> tuple[Principal, str]:
        """Whose token is asked for, and for what."""
        resource = values.get("resource")
        if not resource:
            raise self.refusal("no_resource")
        identity = self.identity(values, vm)
        if not is_resource(resource):
            raise self.refusal("bad_resource", resource=resource, tenant=identity.tenant_id)
        return identity, resource

    def identity(self, values: Mapping[str, str], vm: VirtualMachine) -> Principal:
        """Whose token is asked for."""
        if any(values.get(name) for name in self.refused):
            raise self.refusal("refused")
        given = [name for name in self.selectors if values.get(name)]
        if len(given) > 1:
            raise self.refusal("two_selectors", names=", ".join(given))
        if given:
            attribute, wanted = self.selectors[given[0]], values[given[0]].lower()
            candidates = [one for one in vm.identities if str(getattr(one, attribute)).lower() == wanted]
        else:
            candidates = self.default(vm)
        if not candidates:
            raise self.refusal("no_identity")
        if len(candidates) > 1:
            raise self.refusal("which_identity")
        return candidates[0]


def is_resource(text: str) -> bool:
    """Azure knows a list of resources; here every URL and every GUID is one."""
    if is_guid(text):
        return True
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return bool(parts.scheme and parts.netloc) and not re.search(r"\s", text)


def times(now: float, lifetime: int, resource: str) -> dict[str, str]:
    """The fields that most answers share. All are text, the numbers too."""
    return {
        "expires_in": str(lifetime),
        "expires_on": str(int(now) + lifetime),
        "not_before": str(int(now) - 300),
        "resource": resource,
        "token_type": "Bearer",
    }
