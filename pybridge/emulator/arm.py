"""Azure Resource Manager: checks the token and the api-version, finds the route, and adds ARM's headers.

What a route answers is in `resources`, `compute` and `authorization`.
Wording of the refusals: https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors
"""

from __future__ import annotations

import re
import time
import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from ..models import HttpResponse
from . import authorization, compute, dates, resources, tokens
from .armcall import ArmCall, Refusal
from .exchange import Call, json_answer
from .rbac import Access
from .versions import API_VERSIONS, CORE_TYPE
from .world import World

AUDIENCES = (
    "https://management.core.windows.net/",
    "https://management.core.windows.net",
    "https://management.azure.com/",
    "https://management.azure.com",
)
#: Reads an hour that a principal has, as its answers count them down.
READS_PER_HOUR = 12_000

Handler = Callable[[ArmCall], Any]


@dataclass(frozen=True, slots=True)
class Route:
    """One row of ARM's routes.

    Attributes:
        pattern: A path with {names}; {scope} stands for any path, the empty one too.
        kind: The resource type, a key of `API_VERSIONS`.
        methods: What answers which method.
    """

    pattern: str
    kind: str
    methods: Mapping[str, Handler]
    match: Callable[[str], re.Match[str] | None] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        pattern = re.sub(r"\{(\w+)\}", lambda m: f"(?P<{m[1]}>{'.*' if m[1] == 'scope' else '[^/]+'})", self.pattern)
        object.__setattr__(self, "match", re.compile(pattern, re.IGNORECASE).fullmatch)


_SUBSCRIPTION = "/subscriptions/{subscription}"
_GROUP = _SUBSCRIPTION + "/resourceGroups/{group}"
_VMS = "/providers/Microsoft.Compute/virtualMachines"
_ROLES = "{scope}/providers/Microsoft.Authorization"

ROUTES = (
    Route(_GROUP + _VMS + "/{vm}", "virtualMachines", {"GET": compute.get_vm}),
    Route(_GROUP + _VMS, "virtualMachines", {"GET": compute.list_in_group}),
    Route(_SUBSCRIPTION + _VMS, "virtualMachines", {"GET": compute.list_all}),
    Route(
        _SUBSCRIPTION + "/providers/Microsoft.Compute/locations/{location}/virtualMachines",
        "virtualMachines",
        {"GET": compute.list_in_location},
    ),
    Route(_GROUP + _VMS + "/{vm}/instanceView", "virtualMachines", {"GET": compute.get_instance_view}),
    Route(_GROUP + _VMS + "/{vm}/extensions", "virtualMachines/extensions", {"GET": compute.list_extensions}),
    Route(
        _GROUP + _VMS + "/{vm}/extensions/{extension}",
        "virtualMachines/extensions",
        {"GET": compute.get_extension},
    ),
    Route(_GROUP, CORE_TYPE, {"GET": resources.get_group}),
    Route(_SUBSCRIPTION + "/resourceGroups", CORE_TYPE, {"GET": resources.list_groups}),
    Route("/subscriptions", CORE_TYPE, {"GET": resources.list_subscriptions}),
    Route(_SUBSCRIPTION, CORE_TYPE, {"GET": resources.get_subscription}),
    Route("/tenants", CORE_TYPE, {"GET": resources.list_tenants}),
    Route(_ROLES + "/roleAssignments", "roleAssignments", {"GET": authorization.list_assignments}),
    Route(_ROLES + "/roleAssignments/{name}", "roleAssignments", {"GET": authorization.get_assignment}),
    Route(_ROLES + "/roleDefinitions", "roleDefinitions", {"GET": authorization.list_definitions}),
    Route(_ROLES + "/roleDefinitions/{name}", "roleDefinitions", {"GET": authorization.get_definition}),
)


class Arm:
    """Answers for ARM.

    Args:
        key: What tokens must be signed with.
        page_size: The most items a page of a list holds.
    """

    def __init__(self, world: World, key: bytes, page_size: int) -> None:
        self._world = world
        self._key = key
        self._page_size = page_size
        self._reads: Counter[tuple[str, int]] = Counter()

    def answer(self, call: Call) -> HttpResponse:
        headers = _headers(call)
        try:
            object_id = self._authenticate(call)
            headers.update(self._budget(call, object_id))
            return json_answer(200, self._route(call, object_id), headers)
        except Refusal as refusal:
            return json_answer(refusal.status, refusal.body, {**headers, **refusal.headers})

    def _authenticate(self, call: Call) -> str:
        """The object ID that the token speaks for."""
        scheme, _, token = call.headers.get("authorization", "").partition(" ")
        if not token:
            raise self._unauthorized(
                "AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing."
            )
        if scheme.lower() != "bearer":
            raise self._unauthorized(
                "AuthenticationFailed",
                "Authentication failed. The 'Authorization' header is provided in an invalid format.",
            )
        try:
            claims = tokens.verify(token.strip(), self._key)
            audience, tenant, object_id = str(claims["aud"]), str(claims["tid"]), str(claims["oid"])
            begin, end = float(claims["nbf"]), float(claims["exp"])
        except (ValueError, KeyError, TypeError) as exc:
            raise self._unauthorized("InvalidAuthenticationToken", "The access token is invalid.") from exc
        if end <= call.now:
            raise self._unauthorized(
                "ExpiredAuthenticationToken",
                f"The access token expiry UTC time '{dates.unpadded(end)}' is earlier than current UTC time "
                f"'{dates.unpadded(call.now)}'.",
            )
        if begin > call.now + tokens.CLOCK_SKEW:
            raise self._unauthorized("InvalidAuthenticationToken", "The access token is not yet valid.")
        if audience not in AUDIENCES:
            allowed = ",".join(f"'{known}'" for known in AUDIENCES)
            raise self._unauthorized(
                "InvalidAuthenticationTokenAudience",
                f"The access token has been obtained for wrong audience or resource '{audience}'. It should "
                f"exactly match with one of the allowed audiences {allowed}.",
            )
        if tenant.lower() != self._world.tenant.id.lower():
            raise self._unauthorized(
                "InvalidAuthenticationTokenTenant",
                f"The access token is from the wrong issuer 'https://sts.windows.net/{tenant}/'. It must "
                f"match the tenant 'https://sts.windows.net/{self._world.tenant.id}/' associated with this "
                "subscription.",
            )
        return object_id

    def _unauthorized(self, code: str, message: str) -> Refusal:
        challenge = (
            f'Bearer authorization_uri="https://login.windows.net/{self._world.tenant.id}", '
            f'error="invalid_token", error_description="{message}"'
        )
        return Refusal(401, code, message, {"WWW-Authenticate": challenge})

    def _route(self, call: Call, object_id: str) -> Any:
        for route in ROUTES:
            match = route.match(call.path)
            if match is not None:
                handler = route.methods.get("GET" if call.method == "HEAD" else call.method)
                if handler is None:
                    raise Refusal(
                        405,
                        "MethodNotAllowed",
                        f"The http method '{call.method}' is not supported here.",
                        {"Allow": ", ".join(route.methods)},
                    )
                _check_version(call, route.kind)
                names = {name: unquote(value) for name, value in match.groupdict().items()}
                return handler(ArmCall(call, self._world, Access(self._world, object_id), names, self._page_size))
        raise _no_route(call)

    def _budget(self, call: Call, object_id: str) -> dict[str, str]:
        """The header that counts a principal's reads of this hour down."""
        hour = (object_id, int(call.now // 3600))
        self._reads[hour] += 1
        kind = "subscription" if call.path.lower().startswith("/subscriptions/") else "tenant"
        left = max(0, READS_PER_HOUR - self._reads[hour])
        return {f"x-ms-ratelimit-remaining-{kind}-reads": str(left)}


def _check_version(call: Call, kind: str) -> None:
    version = call.parameter("api-version")
    if not version:
        raise Refusal(
            400,
            "MissingApiVersionParameter",
            "The api-version query parameter (?api-version=) is required for all requests.",
        )
    known = API_VERSIONS[kind]
    if version.lower() in known:
        return
    if kind == CORE_TYPE:
        versions = ",".join(reversed(known))
        raise Refusal(
            400,
            "InvalidApiVersionParameter",
            f"The api-version '{version}' is invalid. The supported versions are '{versions}'.",
        )
    raise Refusal(
        400,
        "NoRegisteredProviderFound",
        f"No registered resource provider found for location '' and API version '{version}' for type "
        f"'{kind}'. The supported api-versions are '{', '.join(known)}'. The supported locations are ''.",
    )


_PROVIDER = re.compile(r".*/providers/(?P<namespace>[^/]+)(?:/(?P<kind>[^/]+).*)?", re.IGNORECASE)


def _no_route(call: Call) -> Refusal:
    match = _PROVIDER.fullmatch(call.path)
    if match is None or match["kind"] is None:
        return Refusal(404, "NotFound", f"No HTTP resource was found that matches the request URI '{call.path}'.")
    version = call.parameter("api-version") or ""
    return Refusal(
        404,
        "InvalidResourceType",
        f"The resource type '{match['kind']}' could not be found in the namespace '{match['namespace']}' for "
        f"api version '{version}'.",
    )


def _headers(call: Call) -> dict[str, str]:
    request_id = str(uuid.uuid4())
    moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(call.now))
    headers = {
        "Cache-Control": "no-cache",
        "x-ms-request-id": request_id,
        "x-ms-correlation-request-id": call.headers.get("x-ms-correlation-request-id", request_id),
        "x-ms-routing-request-id": f"EMULATOR:{moment}:{request_id}",
    }
    if call.headers.get("x-ms-return-client-request-id", "").lower() == "true":
        headers["x-ms-client-request-id"] = call.headers.get("x-ms-client-request-id", "")
    return headers
