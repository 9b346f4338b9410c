"""Azure Resource Manager: get, list page by page, and typed answers whose raw JSON stays at hand.

Wire format: https://learn.microsoft.com/rest/api/resources/
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from .. import retry, sources
from ..addresses import origin
from ..clouds import arm_endpoint, cloud
from ..errors import (
    ArmError,
    BadRequestError,
    ForbiddenError,
    MalformedError,
    NoSubscriptionError,
    NotFoundError,
    ServiceError,
    ThrottledError,
    UnauthorizedError,
    UnsafeError,
    UsageError,
)
from ..models import AccessToken, Credential, HttpRequest, HttpResponse, Transport
from ..resources import (
    Environment,
    ResourceGroup,
    Subscription,
    Tenant,
    VirtualMachine,
    VirtualMachineListItem,
)
from ..transport import HttpsTransport
from .nouns import resource_group_from, subscription_from, virtual_machine_from

#: The api-version for each kind of thing.
SUBSCRIPTIONS = "2022-12-01"
RESOURCE_GROUPS = "2021-04-01"
COMPUTE = "2023-07-01"

_STATUS_ERRORS: Mapping[int, type[ArmError]] = {
    401: UnauthorizedError,
    403: ForbiddenError,
    404: NotFoundError,
    429: ThrottledError,
}


class ArmClient:
    """Asks ARM with the tokens of a credential. Safe to share between threads.

    Args:
        credential: Gives the tokens.
        subscription_id: Where groups and VMs are looked up; by default the first subscription that is visible.
        environment: The cloud; the public one by default.
        transport: The door to ARM.
        environ: Heeded for PYBRIDGE_ARM_ENDPOINT; the process's own by default.
        deadline: Seconds after which nothing is asked again; what is usual by default.
        clock: Seconds, for the retry deadline.
        sleep: Waits for some seconds between attempts.
    """

    def __init__(
        self,
        credential: Credential,
        *,
        subscription_id: str | None = None,
        environment: Environment | None = None,
        transport: Transport | None = None,
        environ: Mapping[str, str] | None = None,
        deadline: float | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        environment = environment or cloud(None)
        self._credential = credential
        self._subscription_id = subscription_id
        self._resource = environment.arm_resource
        self._endpoint = arm_endpoint(environment, os.environ if environ is None else environ)
        self._transport = transport or HttpsTransport()
        self._deadline = deadline
        self._clock = clock
        self._sleep = sleep

    @property
    def subscription_id(self) -> str:
        """The subscription that is asked.

        Raises:
            NoSubscriptionError: None was named, and none is visible.
        """
        if self._subscription_id is None:
            first = next(self.subscriptions(), None)
            if first is None:
                token = self._credential.get_token(self._resource)
                raise no_subscription(sources.claims(token.token).get("oid"))
            self._subscription_id = first.id
        return self._subscription_id

    def get(self, path: str, api_version: str, **query: str) -> dict[str, Any]:
        """The JSON object at a path such as "/subscriptions/...".

        Raises:
            ArmError: ARM refused; its class says why.
            CredentialError: There is no token to ask with.
            TransportError: ARM gave no usable answer.
        """
        return self._get(f"{self._endpoint}{path}?{_query({'api-version': api_version, **query})}")

    def list(self, path: str, api_version: str, **query: str) -> Iterator[dict[str, Any]]:
        """The items of a list, page by page: a page is asked for when its first item is wanted."""
        page = self.get(path, api_version, **query)
        while True:
            items = page.get("value")
            if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
                raise MalformedError(f"ARM's list at {path} has no items", target=path)
            yield from items
            following = page.get("nextLink")
            if not following:
                return
            page = self._get(self._same_origin(following))

    def subscriptions(self) -> Iterator[Subscription]:
        """The subscriptions in which the caller may read something."""
        return map(subscription_from, self.list("/subscriptions", SUBSCRIPTIONS))

    def subscription(self, subscription_id: str) -> Subscription:
        """One subscription."""
        return subscription_from(self.get(f"/subscriptions/{_segment(subscription_id, 'subscription')}", SUBSCRIPTIONS))

    def tenants(self) -> Iterator[Tenant]:
        """The tenants that the caller belongs to."""
        for item in self.list("/tenants", SUBSCRIPTIONS):
            yield Tenant(str(item.get("tenantId", "")), item.get("displayName") or item.get("defaultDomain"))

    def resource_groups(self) -> Iterator[ResourceGroup]:
        """The resource groups of the subscription that the caller may read."""
        for item in self.list(f"{self._subscription_path()}/resourcegroups", RESOURCE_GROUPS):
            yield resource_group_from(item)

    def resource_group(self, name: str) -> ResourceGroup:
        """One resource group."""
        return resource_group_from(self.get(self._group_path(name), RESOURCE_GROUPS))

    def virtual_machines(self, group: str | None = None) -> Iterator[VirtualMachineListItem]:
        """The VMs of a resource group, or of the whole subscription, that the caller may read."""
        scope = self._subscription_path() if group is None else self._group_path(group)
        for item in self.list(f"{scope}/providers/Microsoft.Compute/virtualMachines", COMPUTE):
            yield virtual_machine_from(VirtualMachineListItem, item)

    def virtual_machine(self, group: str, name: str) -> VirtualMachine:
        """One VM."""
        path = f"{self._group_path(group)}/providers/Microsoft.Compute/virtualMachines/{_segment(name, 'VM')}"
        return virtual_machine_from(VirtualMachine, self.get(path, COMPUTE))

    def _subscription_path(self) -> str:
        return f"/subscriptions/{_segment(self.subscription_id, 'subscription')}"

    def _group_path(self, group: str) -> str:
        return f"{self._subscription_path()}/resourceGroups/{_segment(group, 'resource group')}"

    def _same_origin(self, url: object) -> str:
        """A nextLink is followed to where ARM is only: the token goes along."""
        if not isinstance(url, str) or origin(url) is None or origin(url) != origin(self._endpoint):
            place = str(url).partition("?")[0]
            raise UnsafeError(f"ARM's nextLink leads to another host: {place}", target=place)
        return url

    def _get(self, url: str) -> dict[str, Any]:
        token = self._credential.get_token(self._resource)
        response = self._ask(url, token)
        if response.status == 401:
            # A cached token may have been revoked; but a caller's own one stays what it is.
            fresh = self._credential.get_token(self._resource, force_refresh=True)
            if fresh.token != token.token:
                response = self._ask(url, fresh)
        path = urlsplit(url).path
        if not 200 <= response.status < 300:
            raise _refusal(response, path)
        return _json_object(response, path)

    def _ask(self, url: str, token: AccessToken) -> HttpResponse:
        headers = {"Authorization": f"Bearer {token.token}", "Accept": "application/json"}
        request = HttpRequest("GET", url, headers)
        return retry.attempts(
            retry.ARM_READ,
            lambda _: self._transport.send(request),
            sleep=self._sleep,
            clock=self._clock,
            deadline=self._deadline,
        )


def no_subscription(principal: object) -> NoSubscriptionError:
    """The error for a caller that sees no subscription at all; `principal` is its object ID, where it is known."""
    who = f"The principal {principal}" if principal else "This identity"
    return NoSubscriptionError(
        "signed in, but no subscription is visible",
        remedy=f"{who} has no role anywhere. Grant Reader at the VM, its resource group or the subscription: "
        f"New-AzRoleAssignment -ObjectId {principal or '<object ID>'} -RoleDefinitionName Reader -Scope <scope>. "
        "A new role may take minutes to count.",
    )


def _segment(name: str, thing: str) -> str:
    """A name as one segment of a path.

    Raises:
        UsageError: It is empty, or it would leave its segment.
    """
    if not name or name in {".", ".."} or "/" in name or not name.isprintable():
        raise UsageError(f"{name!r} is not the name of a {thing}", target=name)
    return quote(name, safe="()")


def _query(parameters: Mapping[str, str]) -> str:
    return urlencode(parameters, quote_via=quote, safe="$")


def _json_object(response: HttpResponse, path: str) -> dict[str, Any]:
    try:
        answer = json.loads(response.body)
    except (ValueError, RecursionError) as exc:
        raise MalformedError(f"ARM's answer for {path} is not JSON", target=path) from exc
    if not isinstance(answer, dict):
        raise MalformedError(f"ARM's answer for {path} is not a JSON object", target=path)
    return answer


#: ARM's wording of a 403: who may not do what where.
_NOT_ALLOWED = re.compile(
    r"object id '(?P<principal>[^']+)'.*perform action '(?P<action>[^']+)'.*over scope '(?P<scope>[^']+)'",
    re.DOTALL,
)


def _refusal(response: HttpResponse, path: str) -> ArmError:
    """The error for an answer that is not 2xx, with ARM's own words and request ID."""
    try:
        error = json.loads(response.body)["error"]
        code, words = str(error["code"]), str(error["message"])
    except (ValueError, KeyError, TypeError, RecursionError):
        code, words = "", f"an answer without ARM's error body ({len(response.body)} bytes)"
    details: dict[str, object] = {"status": response.status, "error": code}
    for header, name in (("x-ms-request-id", "request_id"), ("Retry-After", "retry_after")):
        value = response.header(header)
        if value is not None:
            details[name] = value
    kind = _STATUS_ERRORS.get(response.status, ServiceError if response.status >= 500 else BadRequestError)
    target, remedy = path, _REMEDIES.get(kind)
    refused = _NOT_ALLOWED.search(words) if kind is ForbiddenError else None
    if refused:
        details.update(refused.groupdict())
        target = refused["scope"]
        remedy = (
            "Check the names first: ARM says this of things that do not exist, too.\n"
            f"The principal {refused['principal']} lacks a role that allows {refused['action']}. Grant Reader with: "
            f"New-AzRoleAssignment -ObjectId {refused['principal']} -RoleDefinitionName Reader -Scope {target}\n"
            f"or: az role assignment create --assignee-object-id {refused['principal']} "
            f"--assignee-principal-type ServicePrincipal --role Reader --scope {target}"
        )
    message = f"ARM answered {response.status} {code}: {words}" if code else f"ARM answered {response.status}: {words}"
    return kind(message, target=target, remedy=remedy, details=details)


_REMEDIES: Mapping[type[ArmError], str] = {
    UnauthorizedError: "Sign in again: Connect-AzureRmAccount -Identity fetches a fresh token and renews it by itself. "
    'The token must be for "https://management.azure.com/".',
    ForbiddenError: "The principal lacks a role. Grant Reader at the resource, its group or the subscription.",
    NotFoundError: "Check the names and the subscription (Get-AzureRmContext, Get-AzureRmSubscription).",
    ThrottledError: "Too many requests. Wait for the seconds in retry_after, then try again.",
    ServiceError: "ARM failed. Try again; if it stays, give Microsoft's support the request ID.",
}
