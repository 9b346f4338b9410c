"""Any request to ARM."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from ..addresses import origin
from ..arm import ArmAnswer, ArmClient
from ..arm.paths import address
from ..arm.payload import read
from ..backend import Call, signed_in
from ..clouds import arm_endpoint
from ..errors import UnsafeError, UsageError
from ..resources import ArmObject, Context, RestResponse

_READS = {"GET", "HEAD"}


def invoke_rest(
    call: Call,
    *,
    context: Context | None,
    path: str | None = None,
    uri: str | None = None,
    method: str = "GET",
    payload: Mapping[str, Any] | str | None = None,
    api_version: str | None = None,
    follow_next_link: bool = False,
    as_object: bool = False,
    no_wait: bool = False,
) -> Iterator[RestResponse | ArmObject]:
    """One request to ARM, as the signed-in account, and what comes back.

    Args:
        path: Of ARM, with or without a query; {subscription} is put in. Or `uri`: the same with ARM's address in front.
        payload: JSON to send, as text or as an object.
        api_version: Where the query does not have it.
        follow_next_link: Give the items of a list, page by page, and not the answer.
        as_object: Give the JSON of the answer as an object, and not the answer.
        no_wait: Do not wait for the long operation that a change may begin.

    Raises:
        UnsafeError: The URI leads elsewhere: the token is for ARM only.
        ArmError: ARM refused. A status that is not 2xx is never an answer.
    """
    method = method.upper()
    arm = call.arm(context)
    text = _on_arm(call, context, uri) if uri is not None else path or ""
    place, version, query = address(text, api_version, lambda: arm.subscription_id)
    body = _body(payload, method)
    if follow_next_link:
        if method != "GET":
            raise UsageError("only the pages of a GET can be followed", target=method, remedy="Omit -FollowNextLink.")
        yield from _items(arm, place, version, query)
        return
    answer, result = _ask(call, arm, method, place, version, query, body, wait=not no_wait)
    if not as_object:
        yield RestResponse(answer.status, method, answer.headers, _text(result), answer.request_id)
    else:
        for item in result if isinstance(result, list) else [result]:
            if item is not None:
                yield _object(item)


def _ask(
    call: Call,
    arm: ArmClient,
    method: str,
    path: str,
    version: str,
    query: Mapping[str, str],
    body: Any,
    *,
    wait: bool,
) -> tuple[ArmAnswer, Any]:
    """ARM's first answer, and what there is in the end."""
    if method in _READS:
        answer = arm.send(method, path, version, query=query)
        return answer, answer.body
    answers: list[ArmAnswer] = []
    result = arm.change(
        method, path, version, body, wait=wait, progress=call.progress, query=query, answered=answers.append
    )
    return answers[0], result


def _items(arm: ArmClient, path: str, version: str, query: Mapping[str, str]) -> Iterator[ArmObject]:
    for page in arm.pages(path, version, **query):
        items = page.get("value")
        for item in items if isinstance(items, list) else [page]:
            yield _object(item)


def _object(item: Any) -> ArmObject:
    return ArmObject(item if isinstance(item, dict) else {"value": item})


def _text(body: Any) -> str:
    return "" if body is None else json.dumps(body, indent=2, ensure_ascii=False)


def _on_arm(call: Call, context: Context | None, uri: str) -> str:
    """The URI without ARM's address."""
    environment = call.environment(signed_in(context).environment.name)
    endpoint = arm_endpoint(environment, call.backend.environ)
    if origin(uri) is None or origin(uri) != origin(endpoint):
        place = uri.partition("?")[0]
        raise UnsafeError(
            f"{place} is not at {endpoint}, and the token is for Azure Resource Manager only",
            target=place,
            remedy="For another service get a token of its own: Get-MsiToken -Resource <service>.",
        )
    parts = urlsplit(uri)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _body(payload: Mapping[str, Any] | str | None, method: str) -> Any:
    if payload is None:
        return None
    if method in _READS:
        raise UsageError(f"{method} sends no payload", target=method, remedy="Name the method: -Method PUT.")
    if not isinstance(payload, str):
        return payload
    remedy = "Pass an object, as in -Payload @{ tags = @{ role = 'web' } }, and it is written as JSON."
    return read(payload, "payload", remedy=remedy)
