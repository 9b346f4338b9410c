"""Long operations: what goes on behind a 201 or 202. They move on when somebody looks, never by the clock.

Wire format: https://learn.microsoft.com/azure/azure-resource-manager/management/async-operations
"""

from __future__ import annotations

import uuid
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .. import dates
from ..exchange import Call
from ..faults import FaultList
from ..nouns import scope_key

#: How many operations are remembered; of older ones the status is not found.
REMEMBERED = 1_000

_OPERATIONS = "{origin}/subscriptions/{subscription}/providers/Microsoft.Compute/locations/{location}/operations/{id}"
_ASYNC = ("Azure-AsyncOperation", _OPERATIONS + "?api-version={version}")
_MONITOR = ("Location", _OPERATIONS + "?monitor=true&api-version={version}")
_RESULT = ("Location", "{origin}/subscriptions/{subscription}/operationresults/{id}?api-version={version}")

#: The headers that lead to an operation, by the three styles that Azure has.
ASYNC_ONLY = (_ASYNC,)
ASYNC_AND_LOCATION = (_ASYNC, _MONITOR)
LOCATION_ONLY = (_RESULT,)

#: How an operation ends that is told to end badly, and that does not say why by itself.
_ENDINGS = {
    "Failed": {
        "code": "InternalExecutionError",
        "message": "An internal execution error occurred. Please retry later.",
    },
    "Canceled": {
        "code": "OperationPreempted",
        "message": "Operation execution has been preempted by a more recent operation.",
    },
}


@dataclass(slots=True, eq=False)
class Operation:
    """A long operation.

    Attributes:
        keys: The resources whose readers move it on, as `scope_key` writes them; on the first it works.
        left: How many more looks find it at work.
        end: Carries it out, or puts back what it began; called once, with its last status.
        ending: Its last status: Succeeded, Failed or Canceled.
        error: Why it does not succeed.
    """

    id: str
    keys: tuple[str, ...]
    looks: int
    left: int
    started: float
    end: Callable[[str], None]
    ending: str
    error: Mapping[str, Any] | None
    status: str = "InProgress"
    ended: float = 0.0

    @property
    def view(self) -> dict[str, Any]:
        """Its status, as the URL of Azure-AsyncOperation answers."""
        done = self.status != "InProgress"
        percent = 100 if done else round(100 * (self.looks - self.left) / (self.looks + 1))
        return {
            "name": self.id,
            "status": self.status,
            "startTime": dates.iso(self.started),
            **({"endTime": dates.iso(self.ended)} if done else {}),
            "percentComplete": percent,
            **({"error": dict(self.error)} if done and self.error else {}),
        }


class Operations:
    """The operations of one emulator. ARM answers one request at a time, so nothing here locks.

    Args:
        polls: How many times who looks finds an operation still at work.
        retry_after: Seconds that clients are told to wait between two looks; an attribute as text.
        faults: May have one for an operation.
    """

    def __init__(self, polls: int, retry_after: int, faults: FaultList) -> None:
        self._polls = polls
        self.retry_after = str(retry_after)
        self._faults = faults
        self._known: OrderedDict[str, Operation] = OrderedDict()
        self._running: dict[str, Operation] = {}

    def begin(
        self, call: Call, *keys: str, end: Callable[[str], None], error: Mapping[str, Any] | None = None
    ) -> Operation:
        """Begin one that works on a resource.

        Args:
            keys: Resource IDs: what it works on, then what else its readers may ask for.
            end: Carries it out when its status is Succeeded, else puts back what the request began.
            error: Why it will fail; None if it is to succeed.
        """
        fault = self._faults.take(call.path.lower(), operation=True)
        ending = fault.operation if fault and fault.operation else "Failed" if error else "Succeeded"
        operation = Operation(
            str(uuid.uuid4()),
            tuple(map(scope_key, keys)),
            self._polls,
            self._polls,
            call.now,
            end,
            ending,
            None if ending == "Succeeded" else error or _ENDINGS[ending],
        )
        self._known[operation.id] = operation
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        for key in operation.keys:
            self._running[key] = operation
        return operation

    def headers(
        self, call: Call, operation: Operation, style: tuple[tuple[str, str], ...], *, subscription: str, location: str
    ) -> dict[str, str]:
        """The headers that lead to an operation."""
        values = {
            "origin": call.origin,
            "subscription": subscription,
            "location": location,
            "id": operation.id,
            "version": call.parameter("api-version") or "",
        }
        return {**{name: url.format(**values) for name, url in style}, "Retry-After": self.retry_after}

    def status(self, identifier: str, now: float) -> Operation | None:
        """Look at one by its ID."""
        operation = self._known.get(identifier.lower())
        if operation is not None:
            self._move(operation, now)
        return operation

    def look(self, resource_id: str, now: float) -> None:
        """Somebody reads a resource. Whoever waits for its provisioning state looks in this way."""
        operation = self._running.get(scope_key(resource_id)) if self._running else None
        if operation is not None:
            self._move(operation, now)

    def running(self, resource_id: str) -> Operation | None:
        """What works on a resource."""
        return self._running.get(scope_key(resource_id))

    def preempt(self, resource_id: str, now: float) -> None:
        """End what works on a resource: something newer takes its place."""
        operation = self.running(resource_id)
        if operation is not None:
            operation.ending, operation.error, operation.left = "Canceled", _ENDINGS["Canceled"], 0
            self._move(operation, now)

    def _move(self, operation: Operation, now: float) -> None:
        if operation.status != "InProgress":
            return
        if operation.left > 0:
            operation.left -= 1
            return
        operation.status, operation.ended = operation.ending, now
        for key in operation.keys:
            if self._running.get(key) is operation:
                del self._running[key]
        operation.end(operation.status)
