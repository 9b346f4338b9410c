"""ARM's front: checks the token and the api-version, finds the route, counts, and adds ARM's headers.

Wording of the refusals: https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors
"""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from ...models import HttpResponse
from .. import dates, tokens
from ..exchange import Call, json_answer
from ..faults import FaultList
from ..rbac import Access
from ..world import World
from .call import ArmCall, Refusal, Reply
from .longrunning import Operations
from .routes import ROUTES
from .throttling import Rate, Throttling
from .versions import API_VERSIONS, CORE_TYPE

AUDIENCES = (
    "https://management.core.windows.net/",
    "https://management.core.windows.net",
    "https://management.azure.com/",
    "https://management.azure.com",
)


class Arm:
    """Answers for ARM, one request at a time: what several of its handlers change belongs together.

    Args:
        key: What tokens must be signed with.
        page_size: The most items a page of a list holds.
        faults: May have one for a long operation.
        polls: How many times who looks finds a long operation still at work.
        retry_after: Seconds that clients are told to wait between two looks.
        rates: How much a principal may ask, see `Throttling`.
    """

    def __init__(
        self,
        world: World,
        key: bytes,
        page_size: int,
        *,
        faults: FaultList,
        polls: int,
        retry_after: int,
        rates: Mapping[str, Rate] | None,
    ) -> None:
        self._world = world
        self._key = key
        self._page_size = page_size
        self._operations = Operations(polls, retry_after, faults)
        self._throttling = Throttling(rates)

    def answer(self, call: Call) -> HttpResponse:
        headers = _headers(call)
        try:
            object_id = self._authenticate(call)
            with self._world.lock:
                headers.update(self._throttling.take(call, object_id))
                reply = self._route(call, object_id)
        except Refusal as refusal:
            return json_answer(refusal.status, refusal.body, {**headers, **refusal.headers})
        if not isinstance(reply, Reply):
            reply = Reply(200, reply)
        headers.update(reply.headers)
        if reply.body is None:
            return HttpResponse(reply.status, headers, b"")
        return json_answer(reply.status, reply.body, headers)

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
                method = "GET" if call.method == "HEAD" and "HEAD" not in route.methods else call.method
                handler = route.methods.get(method)
                if handler is None:
                    raise Refusal(
                        405,
                        "MethodNotAllowed",
                        f"The http method '{call.method}' is not supported here.",
                        {"Allow": ", ".join(route.methods)},
                    )
                _check_version(call, route.kind)
                names = {name: unquote(value) for name, value in match.groupdict().items()}
                access = Access(self._world, object_id)
                return handler(ArmCall(call, self._world, access, names, self._page_size, self._operations))
        raise _no_route(call)


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
