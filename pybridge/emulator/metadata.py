"""The token endpoints of one VM: the VM extension of 2017, and the Instance Metadata Service (IMDS).

Wire format: https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ..errors import RefusedError
from ..models import HttpResponse
from .exchange import Call, json_answer
from .instance import instance_text, instance_tree
from .nouns import Principal, VirtualMachine, is_guid

#: From oldest to newest.
IMDS_VERSIONS = (
    "2017-03-01", "2017-04-02", "2017-08-01", "2017-10-01", "2017-12-01", "2018-02-01", "2018-04-02",
    "2018-10-01", "2019-02-01", "2019-03-11", "2019-04-30", "2019-06-01", "2019-06-04", "2019-08-01",
    "2019-08-15", "2019-11-01", "2020-06-01", "2020-07-15", "2020-09-01", "2020-10-01", "2020-12-01",
    "2021-01-01", "2021-02-01", "2021-03-01", "2021-05-01", "2021-10-01", "2021-11-01", "2021-11-15",
    "2021-12-13", "2023-07-01", "2023-11-15", "2024-03-15", "2024-07-17", "2025-04-07",
)  # fmt: skip
#: The first version that hands out tokens.
FIRST_TOKEN_VERSION = "2018-02-01"

#: Which field of an identity each selector means. IMDS knows the resource ID by two names.
_SELECTORS: dict[str, Callable[[Principal], str]] = {
    "client_id": lambda identity: identity.client_id,
    "object_id": lambda identity: identity.object_id,
    "msi_res_id": lambda identity: identity.resource_id,
    "mi_res_id": lambda identity: identity.resource_id,
}

#: Makes a token: (whose, for which resource, now) -> (token, its lifetime in seconds).
Minter = Callable[[Principal, str, float], tuple[str, int]]


class _Refusal(Exception):
    """The endpoint says no."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(description)
        self.response = json_answer(status, {"error": error, "error_description": description})


def vm_extension(call: Call, vm: VirtualMachine, mint: Minter) -> HttpResponse:
    """Answer `/oauth2/token`, by GET or by a POSTed form.

    Raises:
        RefusedError: MSI is off on the VM or its extension is not there, so nobody listens.
    """
    if not (vm.has_msi_extension and vm.identities):
        raise RefusedError(f"nobody listens at {call.origin}{call.path}", target=call.origin + call.path)
    try:
        if call.method not in ("GET", "POST"):
            raise _Refusal(405, "invalid_request", f"The method {call.method} is not allowed")
        _check_header(call)
        parameters = call.query
        if call.method == "POST":
            form = call.body.decode("utf-8", "replace")
            parameters = [*parameters, *parse_qsl(form, keep_blank_values=True)]
        identity, resource = _wanted(parameters, vm)
    except _Refusal as refusal:
        return refusal.response
    token, lifetime = mint(identity, resource, call.now)
    return json_answer(200, {"access_token": token, "refresh_token": "", **_times(call.now, lifetime, resource)})


def imds(call: Call, vm: VirtualMachine, mint: Minter) -> HttpResponse:
    """Answer what begins with `/metadata`."""
    path = call.path.lower()
    is_token = path == "/metadata/identity/oauth2/token"
    if not (is_token or path == "/metadata/instance" or path.startswith("/metadata/instance/")):
        return json_answer(404, {"error": "Not found"})
    if call.method != "GET":
        return json_answer(405, {"error": "Method not allowed. Use GET."}, {"Allow": "GET"})
    try:
        if "x-forwarded-for" in call.headers:
            raise _Refusal(400, "invalid_request", "Request must not have the X-Forwarded-For header")
        _check_header(call)
        version = call.parameter("api-version")
        if version not in IMDS_VERSIONS or (is_token and version < FIRST_TOKEN_VERSION):
            return json_answer(400, _BAD_VERSION)
        if not is_token:
            return _instance(call, vm)
        identity, resource = _wanted(call.query, vm)
    except _Refusal as refusal:
        return refusal.response
    token, lifetime = mint(identity, resource, call.now)
    times = _times(call.now, lifetime, resource)
    return json_answer(
        200,
        {
            "access_token": token,
            "client_id": identity.client_id,
            "ext_expires_in": times["expires_in"],
            **times,
        },
    )


_BAD_VERSION = {
    "error": "Bad request. api-version is invalid or was not specified in the request. "
    "For more information refer to aka.ms/azureimds",
    "newest-versions": list(IMDS_VERSIONS[:-4:-1]),
}


def _check_header(call: Call) -> None:
    """Metadata: true. A browser or a forwarded request cannot add it by accident."""
    if call.headers.get("metadata", "").lower() != "true":
        raise _Refusal(400, "bad_request_102", "Required metadata header not specified")


def _times(now: float, lifetime: int, resource: str) -> dict[str, str]:
    """The fields that both endpoints share. All are text, the numbers too."""
    return {
        "expires_in": str(lifetime),
        "expires_on": str(int(now) + lifetime),
        "not_before": str(int(now) - 300),
        "resource": resource,
        "token_type": "Bearer",
    }


def _wanted(parameters: list[tuple[str, str]], vm: VirtualMachine) -> tuple[Principal, str]:
    """Whose token is asked for, and for what."""
    values: dict[str, str] = {}
    for name, value in parameters:
        if name in values:
            raise _Refusal(400, "invalid_request", f"The query variable '{name}' is specified more than once")
        values[name] = value
    resource = values.get("resource")
    if not resource:
        raise _Refusal(400, "invalid_request", "Required query variable 'resource' is missing")
    identity = _choose(values, vm)
    if not _is_resource(resource):
        raise _Refusal(
            400,
            "invalid_resource",
            f"AADSTS50001: The application named {resource} was not found in the tenant named "
            f"{identity.tenant_id}. This can happen if the application has not been installed by the "
            "administrator of the tenant or consented to by any user in the tenant. You might have sent your "
            "authentication request to the wrong tenant.",
        )
    return identity, resource


def _is_resource(text: str) -> bool:
    """Azure knows a list of resources; here every URL and every GUID is one."""
    if is_guid(text):
        return True
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return bool(parts.scheme and parts.netloc) and not re.search(r"\s", text)


def _choose(values: dict[str, str], vm: VirtualMachine) -> Principal:
    """The VM's own identity unless another is asked for; a single user-assigned one needs no asking."""
    selectors = [name for name in _SELECTORS if values.get(name)]
    if len(selectors) > 1:
        raise _Refusal(400, "invalid_request", f"Only one of {', '.join(selectors)} may be specified")
    if selectors:
        field, wanted = _SELECTORS[selectors[0]], values[selectors[0]].lower()
        candidates = [identity for identity in vm.identities if field(identity).lower() == wanted]
    else:
        candidates = [vm.system_assigned] if vm.system_assigned else vm.identities
    if not candidates:
        raise _Refusal(400, "invalid_request", "Identity not found")
    if len(candidates) > 1:
        raise _Refusal(
            400,
            "invalid_request",
            "Multiple user assigned identities exist, please specify the clientId / resourceId of the "
            "identity in the token request",
        )
    return candidates[0]


def _instance(call: Call, vm: VirtualMachine) -> HttpResponse:
    """A part of `/metadata/instance`: the path leads into the tree; a leaf comes as text only."""
    node: Any = instance_tree(vm)
    for segment in call.path.split("/")[3:]:
        if isinstance(node, dict):
            node = next((value for key, value in node.items() if key.lower() == segment.lower()), None)
        elif isinstance(node, list) and segment.isdigit():
            node = dict(enumerate(node)).get(int(segment))
        else:
            node = None
        if node is None:
            return json_answer(404, {"error": "Not found"})
    as_text = (call.parameter("format") or "json").lower() == "text"
    if as_text:
        return HttpResponse(200, {"Content-Type": "text/plain; charset=utf-8"}, instance_text(node).encode())
    if not isinstance(node, dict | list):
        return json_answer(404, {"error": "Not found. A single value needs format=text"})
    return json_answer(200, node)
