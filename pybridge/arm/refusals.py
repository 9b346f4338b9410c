"""What ARM's refusals mean, with its own words and request ID, and what to do about them. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from ..errors import (
    ArmError,
    BadRequestError,
    ConflictError,
    ForbiddenError,
    NoSubscriptionError,
    NotFoundError,
    OperationFailedError,
    PreconditionError,
    ServiceError,
    ThrottledError,
    UnauthorizedError,
)
from ..models import HttpRequest, HttpResponse
from .redaction import exchange, plain, unquoted, without_secrets

_STATUS_ERRORS: Mapping[int, type[ArmError]] = {
    401: UnauthorizedError,
    403: ForbiddenError,
    404: NotFoundError,
    409: ConflictError,
    412: PreconditionError,
    429: ThrottledError,
}

#: Conflicts that pass by themselves: somebody else's operation on the same thing is under way.
_PASSING = {
    "retryableerror",
    "retryableerrorduetoanotheroperation",
    "anotheroperationinprogress",
    "operationinprogress",
}

#: Conflicts that say that the resource has changed since it was read.
_CHANGED = {"concurrentupdateerror", "concurrentupdate", "concurrentupdateconflict", "concurrentmodification"}


def error_of(body: Any) -> Mapping[str, Any]:
    """The error in a body: of a refusal, or of a long operation or a resource that failed. Empty for none."""
    for holder in (body, body.get("properties") if isinstance(body, Mapping) else None):
        error = holder.get("error") if isinstance(holder, Mapping) else None
        if isinstance(error, Mapping):
            return error
    return {}


def error_in(response: HttpResponse) -> Mapping[str, Any]:
    """The same, of an answer whatever its body is."""
    try:
        return error_of(json.loads(response.body))
    except (ValueError, RecursionError):
        return {}


def passes(response: HttpResponse) -> bool:
    """Whether a refused change may be sent again as it is: another operation was in its way, and nothing was done."""
    if response.status != 409:
        return False
    return _code(response).lower() in _PASSING or response.header("Retry-After") is not None


def has_changed(error: ArmError) -> bool:
    """Whether a change was refused because the resource has changed since it was read."""
    return isinstance(error, PreconditionError) or (
        isinstance(error, ConflictError) and str(error.details.get("error", "")).lower() in _CHANGED
    )


def refusal(request: HttpRequest, response: HttpResponse, path: str) -> ArmError:
    """The error for an answer that is not 2xx, with ARM's own words and request ID."""
    response = unquoted(response, request)
    error = error_in(response)
    code, words = error.get("code"), error.get("message")
    if isinstance(code, str) and isinstance(words, str):
        words = _sentence(words, error)
        message = f"ARM answered {response.status} {code}: {words}"
    else:
        code, words = "", f"an answer without ARM's error body ({len(response.body)} bytes)"
        message = f"ARM answered {response.status}: {words}"
    details = {"status": response.status, "error": code, **facts(response, error)}
    details["exchange"] = exchange(request, response)
    kind = _STATUS_ERRORS.get(response.status, ServiceError if response.status >= 500 else BadRequestError)
    target, remedy = path, _REMEDIES.get(kind)
    refused = _NOT_ALLOWED.search(words) if kind is ForbiddenError else None
    if refused:
        details.update(refused.groupdict())
        target, remedy = refused["scope"], _role_wanted(**refused.groupdict())
    elif kind is UnauthorizedError and "insufficient_claims" in (response.header("WWW-Authenticate") or ""):
        remedy = _CHALLENGED
    return kind(message, target=target, remedy=remedy, details=details)


def no_subscription(principal: object) -> NoSubscriptionError:
    """The error for a caller that sees no subscription at all; `principal` is its object ID, where it is known."""
    who = f"The principal {principal}" if principal else "This identity"
    return NoSubscriptionError(
        "signed in, but no subscription is visible",
        remedy=f"{who} has no role anywhere. Grant Reader at the VM, its resource group or the subscription: "
        f"New-AzureRmRoleAssignment -ObjectId {principal or '<object ID>'} -RoleDefinitionName Reader -Scope <scope>. "
        "A new role may take minutes to count.",
    )


def failed_operation(
    change: HttpRequest, request: HttpRequest, response: HttpResponse, status: str
) -> OperationFailedError:
    """The error for a long operation that ended as Failed or Canceled.

    Args:
        change: What began it.
        request, response: The poll that told.
        status: The last state, in ARM's word.
    """
    response = unquoted(response, change)
    error = error_in(response)
    code = error.get("code") or status
    words = _sentence(str(error.get("message") or "ARM gives no reason"), error)
    details = {"status": status, "error": str(code), **facts(response, error)}
    details["exchange"] = exchange(request, response)
    return OperationFailedError(
        f"the operation ended as {status}: {code}: {words}",
        target=urlsplit(change.url).path,
        remedy="ARM accepted the request, and could not carry it out. What it says above is the cause; "
        "the activity log of the resource has the rest.",
        details=details,
    )


def facts(response: HttpResponse, error: Mapping[str, Any]) -> dict[str, object]:
    """What is worth keeping of a refusal beside its code and message."""
    found: dict[str, object] = {}
    for header, name in (
        ("x-ms-request-id", "request_id"),
        ("x-ms-correlation-request-id", "correlation_id"),
        ("Retry-After", "retry_after"),
    ):
        value = response.header(header)
        if value is not None:
            found[name] = value
    if isinstance(error.get("target"), str):
        found["target"] = plain(error["target"])
    inner = [dict(item) for item in _inner(error)]
    if inner:
        found["errors"] = inner
    if isinstance(error.get("additionalInfo"), list):
        found["additional_info"] = without_secrets(error["additionalInfo"])
    return found


def _inner(error: Mapping[str, Any], depth: int = 0) -> Iterator[Mapping[str, str | None]]:
    """The errors inside of an error, however deep they stand: of `details`, and of `innererror`."""
    below = error.get("details")
    nested = [item for item in below if isinstance(item, Mapping)] if isinstance(below, list) else []
    if isinstance(error.get("innererror"), Mapping):
        nested.append(error["innererror"])
    for item in nested:
        told = {name: plain(str(item[name])) if item.get(name) else None for name in ("code", "message", "target")}
        if told["code"] or told["message"]:
            yield told
        if depth < _DEEPEST:
            yield from _inner(item, depth + 1)


#: ARM's errors nest three deep; what nests deeper is not for people.
_DEEPEST = 8


def _sentence(words: str, error: Mapping[str, Any]) -> str:
    """ARM's message, and those of the errors inside that say more than it does."""
    for item in _inner(error):
        if item["message"] and item["message"] not in words:
            words += f" ({item['code']}: {item['message']})" if item["code"] else f" ({item['message']})"
    return plain(words)


def _code(response: HttpResponse) -> str:
    return str(error_in(response).get("code") or "")


#: ARM's wording of a 403: who may not do what where.
_NOT_ALLOWED = re.compile(
    r"object id '(?P<principal>[^']+)'.*perform action '(?P<action>[^']+)'.*over scope '(?P<scope>[^']+)'",
    re.DOTALL,
)


def _role_wanted(principal: str, action: str, scope: str) -> str:
    """How to get a role that allows an action: Reader where that is enough."""
    # A role is granted at what a role assignment is about, not at the assignment.
    scope = re.split("/providers/Microsoft.Authorization/", scope, flags=re.IGNORECASE)[0] or "/"
    reads = action.lower().endswith("/read")
    role = (
        "Reader" if reads else next((name for start, name in _ROLES if action.lower().startswith(start)), "Contributor")
    )
    return (
        "Check the names first: ARM says this of things that do not exist, too.\n"
        f"The principal {principal} lacks a role that allows {action}. Grant {role} with: "
        f"New-AzureRmRoleAssignment -ObjectId {principal} -RoleDefinitionName {_quoted(role)} -Scope {scope}\n"
        f"or: az role assignment create --assignee-object-id {principal} "
        f"--assignee-principal-type ServicePrincipal --role {_quoted(role)} --scope {scope}"
    )


def _quoted(role: str) -> str:
    return f'"{role}"' if " " in role else role


#: The smallest built-in role that may do what begins so; Contributor for all else.
_ROLES = (
    ("microsoft.authorization/", "User Access Administrator"),
    ("microsoft.compute/virtualmachines", "Virtual Machine Contributor"),
    ("microsoft.managedidentity/userassignedidentities/*/assign", "Managed Identity Operator"),
    ("microsoft.managedidentity/userassignedidentities/assign", "Managed Identity Operator"),
    ("microsoft.managedidentity/", "Managed Identity Contributor"),
)

_CHALLENGED = (
    "Azure no longer accepts this token, though it has not expired: what the account may do, or from where, was "
    "changed (continuous access evaluation). Sign in again: Connect-AzureRmAccount -Identity. If it stays, ask who "
    "runs the tenant which Conditional Access policy stands in the way."
)

_REMEDIES: Mapping[type[ArmError], str] = {
    UnauthorizedError: "Sign in again: Connect-AzureRmAccount -Identity fetches a fresh token and renews it by itself. "
    'The token must be for "https://management.azure.com/".',
    ForbiddenError: "The principal lacks a role. Grant Reader at the resource, its group or the subscription.",
    NotFoundError: "Check the names and the subscription (Get-AzureRmContext, Get-AzureRmSubscription).",
    ConflictError: "What it is about is there already, is in a state that does not allow it, or is being changed by "
    "something else: look at it, then try again.",
    PreconditionError: "It has been changed since it was read. Read it again, and make the change on what it is now.",
    ThrottledError: "Too many requests. Wait for the seconds in retry_after, then try again.",
    ServiceError: "ARM failed. Try again; if it stays, give Microsoft's support the request ID.",
}
