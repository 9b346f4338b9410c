"""The token endpoints of a VM: the VM extension of 2017, and the Instance Metadata Service (IMDS).

Wire format: https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
"""

from __future__ import annotations

from typing import Any

from ..errors import RefusedError
from ..models import HttpResponse
from .exchange import Call, json_answer
from .instance import instance_text, instance_tree
from .nouns import VirtualMachine
from .site import Site
from .tokencall import Dialect, flat, times

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

#: Both know the resource ID by two names.
_DIALECT = Dialect(
    flat,
    {
        "client_id": "client_id",
        "object_id": "object_id",
        "msi_res_id": "resource_id",
        "mi_res_id": "resource_id",
    },
)


def vm_extension(call: Call, site: Site) -> HttpResponse:
    """Answer `/oauth2/token`, by GET or by a POSTed form.

    Raises:
        RefusedError: MSI is off on the VM or its extension is not there, so nobody listens.
    """
    if not (site.vm.has_msi_extension and site.vm.identities):
        raise RefusedError(f"nobody listens at {call.origin}{call.path}", target=call.origin + call.path)
    values = _DIALECT.values(call, ("GET", "POST"))
    _DIALECT.check_metadata(call)
    identity, resource = _DIALECT.wanted(values, site.vm)
    token, lifetime = site.token(identity, resource, call.now)
    return json_answer(200, {"access_token": token, "refresh_token": "", **times(call.now, lifetime, resource)})


def imds(call: Call, site: Site) -> HttpResponse:
    """Answer what begins with `/metadata`."""
    path = call.path.lower()
    is_token = path == "/metadata/identity/oauth2/token"
    if not (is_token or path == "/metadata/instance" or path.startswith("/metadata/instance/")):
        return json_answer(404, {"error": "Not found"})
    if call.method != "GET":
        return json_answer(405, {"error": "Method not allowed. Use GET."}, {"Allow": "GET"})
    if "x-forwarded-for" in call.headers:
        raise _DIALECT.refusal("forwarded")
    _DIALECT.check_metadata(call)
    version = call.parameter("api-version")
    if version not in IMDS_VERSIONS or (is_token and version < FIRST_TOKEN_VERSION):
        return json_answer(400, _BAD_VERSION)
    if not is_token:
        return _instance(call, site.vm)
    identity, resource = _DIALECT.wanted(_DIALECT.values(call), site.vm)
    token, lifetime = site.token(identity, resource, call.now)
    shared = times(call.now, lifetime, resource)
    return json_answer(
        200,
        {
            "access_token": token,
            "client_id": identity.client_id,
            "ext_expires_in": shared["expires_in"],
            **shared,
        },
    )


_BAD_VERSION = {
    "error": "Bad request. api-version is invalid or was not specified in the request. "
    "For more information refer to aka.ms/azureimds",
    "newest-versions": list(IMDS_VERSIONS[:-4:-1]),
}


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
