"""What the routes of ARM share: refusals in ARM's words, looking things up, and pages."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from .exchange import Call
from .nouns import ResourceGroup, Subscription, VirtualMachine
from .rbac import Access
from .world import World

Item = TypeVar("Item")


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
    """

    call: Call
    world: World
    access: Access
    names: Mapping[str, str]
    page_size: int

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
        for index in range(self._start(), len(items)):
            item = items[index]
            if not keep(item):
                continue
            if len(value) == self.page_size:
                return {"value": value, "nextLink": self._next_link(index)}
            value.append(view(item))
        return {"value": value}

    def _start(self) -> int:
        token = self.call.parameter("$skiptoken")
        if token is None:
            return 0
        try:
            return int(base64.urlsafe_b64decode(token))
        except ValueError as exc:
            raise Refusal(400, "InvalidSkipToken", f"The skip token '{token}' is invalid.") from exc

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


_CONDITION = re.compile(
    r"\s*(?:(?P<call>\w+)\(\s*(?:'(?P<argument>[^']*)')?\s*\)|(?P<name>\w+)\s+eq\s+'(?P<value>[^']*)')\s*",
    re.IGNORECASE,
)


def filter_conditions(call: Call, supported: Sequence[str]) -> dict[str, str]:
    """The conditions of `$filter` that `and` joins, by lower-case name: {"assignedto": GUID, "atscope": ""}.

    Raises:
        Refusal: It cannot be read, or has a condition that is not supported.
    """
    text = call.parameter("$filter")
    conditions: dict[str, str] = {}
    for part in re.split(r"\s+and\s+", text, flags=re.IGNORECASE) if text else ():
        match = _CONDITION.fullmatch(part)
        name = (match["call"] or match["name"]).lower() if match else ""
        if match is None or name not in supported:
            raise Refusal(
                400,
                "UnsupportedFilter",
                f"The filter '{text}' is not supported. Supported are: {', '.join(supported)}.",
            )
        conditions[name] = match["argument"] or match["value"] or ""
    return conditions
