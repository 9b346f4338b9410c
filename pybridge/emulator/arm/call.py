"""What the routes of ARM share: answers and refusals in ARM's words, looking things up, and pages."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar
from urllib.parse import quote, urlencode

from ..exchange import Call
from ..nouns import ResourceGroup, Subscription, VirtualMachine
from ..rbac import Access
from ..world import World
from .longrunning import Operations

Item = TypeVar("Item")


class Reply(NamedTuple):
    """An answer with a status of its own; `body` None for no body at all."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = MappingProxyType({})


class Refusal(Exception):
    """ARM says no."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"error": {"code": code, "message": message}}
        self.headers = dict(headers or {})


@dataclass(frozen=True, slots=True)
class ArmCall:
    """An authenticated request to ARM.

    Attributes:
        names: What stands in the places of the route's pattern.
        page_size: The most items a page holds.
        operations: The long operations that are under way.
    """

    call: Call
    world: World
    access: Access
    names: Mapping[str, str]
    page_size: int
    operations: Operations

    @property
    def version(self) -> str:
        """The api-version."""
        return (self.call.parameter("api-version") or "").lower()

    def require(self, action: str, scope: str) -> None:
        """Refuse with 403 where no role permits the action at the scope."""
        if not self.access.allows(action, scope):
            who = self.access.object_id
            raise Refusal(
                403,
                "AuthorizationFailed",
                f"The client '{who}' with object id '{who}' does not have authorization to perform action "
                f"'{action}' over scope '{scope}' or the scope is invalid. If access was recently granted, "
                "please refresh your credentials.",
            )

    def require_linked(self, action: str, scope: str, linked_action: str, linked: str) -> None:
        """Refuse with 403 where the action is permitted, but not what it does to another resource along the way."""
        if not self.access.allows(linked_action, linked):
            who = self.access.object_id
            raise Refusal(
                403,
                "LinkedAuthorizationFailed",
                f"The client '{who}' with object id '{who}' has permission to perform action '{action}' on scope "
                f"'{scope}'; however, it does not have permission to perform action '{linked_action}' on the linked "
                f"scope(s) '{linked}' or the linked scope(s) are invalid.",
            )

    def body(self) -> dict[str, Any]:
        """The JSON object that was sent."""
        try:
            sent = json.loads(self.call.body)
        except (ValueError, RecursionError) as exc:
            raise invalid_content(str(exc)) from exc
        if not isinstance(sent, dict):
            raise invalid_content("a JSON object is expected.")
        return sent

    def subscription(self) -> Subscription:
        subscription_id = self.names["subscription"]
        subscription = self.world.subscriptions.get(subscription_id.lower())
        if subscription is None:
            raise Refusal(404, "SubscriptionNotFound", f"The subscription '{subscription_id}' could not be found.")
        return subscription

    def group(self) -> ResourceGroup:
        group = self.subscription().groups.get(self.names["group"].lower())
        if group is None:
            raise Refusal(404, "ResourceGroupNotFound", f"Resource group '{self.names['group']}' could not be found.")
        return group

    def writable_group(self) -> ResourceGroup:
        """The group, of which nothing may be changed any more once it is being deleted."""
        group = self.group()
        if group.provisioning == "Deleting":
            raise Refusal(
                409,
                "ResourceGroupBeingDeleted",
                f"The resource group '{group.name}' is in deprovisioning state and cannot perform this operation.",
            )
        return group

    def vm(self) -> VirtualMachine:
        vm = self.group().vms.get(self.names["vm"].lower())
        if vm is None:
            raise not_found(f"Microsoft.Compute/virtualMachines/{self.names['vm']}", self.names["group"])
        return vm

    def group_scope(self) -> str:
        return f"{self.subscription().id}/resourceGroups/{self.names['group']}"

    def vm_scope(self) -> str:
        return f"{self.group_scope()}/providers/Microsoft.Compute/virtualMachines/{self.names['vm']}"

    def page(
        self, items: Sequence[Item], keep: Callable[[Item], bool], view: Callable[[Item], dict[str, Any]]
    ) -> dict[str, Any]:
        """One page of a list: the items that pass `keep`, and the link to the next page if there is one."""
        value: list[dict[str, Any]] = []
        size = self._size()
        for index in range(self._start(), len(items)):
            item = items[index]
            if not keep(item):
                continue
            if len(value) == size:
                return {"value": value, "nextLink": self._next_link(index)}
            value.append(view(item))
        return {"value": value}

    def _size(self) -> int:
        """The most items a page holds; `$top` asks for fewer."""
        top = self.call.parameter("$top")
        if top is None:
            return self.page_size
        if not top.isdecimal() or int(top) < 1:
            raise Refusal(400, "InvalidTop", f"The value '{top}' of '$top' is not a number of items.")
        return min(self.page_size, int(top))

    def _start(self) -> int:
        token = self.call.parameter("$skiptoken")
        if token is None:
            return 0
        try:
            start = int(base64.urlsafe_b64decode(token))
        except ValueError:
            start = -1
        if start < 0:
            raise Refusal(400, "InvalidSkipToken", f"The skip token '{token}' is invalid.")
        return start

    def _next_link(self, index: int) -> str:
        token = base64.urlsafe_b64encode(str(index).encode()).decode()
        query = [(name, value) for name, value in self.call.query if name.lower() != "$skiptoken"]
        text = urlencode([*query, ("$skiptoken", token)], quote_via=quote, safe="$")
        return f"{self.call.origin}{self.call.path}?{text}"


def not_found(resource: str, group: str) -> Refusal:
    """The refusal for a resource that is not in its group."""
    return Refusal(
        404,
        "ResourceNotFound",
        f"The Resource '{resource}' under resource group '{group}' was not found. For more details please go "
        "to https://aka.ms/ARMResourceNotFoundFix",
    )


def invalid_content(why: str) -> Refusal:
    """The refusal for a body that cannot be read."""
    return Refusal(
        400, "InvalidRequestContent", f"The request content was invalid and could not be deserialized: '{why}'"
    )
