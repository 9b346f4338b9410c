"""How much a principal may ask of a subscription, or of the tenant: token buckets.

Figures: https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

from ..exchange import Call
from .call import Refusal


class Rate(NamedTuple):
    """A bucket: how many requests it holds, and how many come back in a second."""

    capacity: int
    per_second: float


#: What Azure's regions allow since 2024.
AZURE = {"reads": Rate(250, 25), "writes": Rate(200, 10), "deletes": Rate(200, 10)}
#: What it allowed in an hour before.
HOURLY = {
    "reads": Rate(12_000, 12_000 / 3600),
    "writes": Rate(1_200, 1_200 / 3600),
    "deletes": Rate(15_000, 15_000 / 3600),
}

_KINDS = {"GET": "reads", "HEAD": "reads", "DELETE": "deletes"}


class Throttling:
    """The buckets of one emulator. ARM answers one request at a time, so nothing here locks.

    Args:
        rates: By "reads", "writes" and "deletes". None counts as ARM did by the hour, and refuses nothing.
    """

    def __init__(self, rates: Mapping[str, Rate] | None) -> None:
        self._enforced = rates is not None
        self._rates = {**HOURLY, **(rates or {})}
        self._left: dict[tuple[str, str, str], tuple[float, float]] = {}

    def take(self, call: Call, object_id: str) -> dict[str, str]:
        """Count a request; the header that tells how many are left.

        Raises:
            Refusal: None is.
        """
        kind = _KINDS.get(call.method, "writes")
        parts = call.path.lower().split("/")
        where = f"subscription {parts[2]}" if len(parts) > 2 and parts[1] == "subscriptions" else "tenant"
        rate = self._rates[kind]
        key = (object_id, where, kind)
        left, since = self._left.get(key, (float(rate.capacity), call.now))
        left = min(rate.capacity, left + max(0.0, call.now - since) * rate.per_second)
        header = f"x-ms-ratelimit-remaining-{where.partition(' ')[0]}-{kind}"
        if left < 1 and self._enforced:
            seconds = max(1, math.ceil((1 - left) / rate.per_second))
            self._left[key] = left, call.now
            raise Refusal(
                429,
                "SubscriptionRequestsThrottled" if where != "tenant" else "TenantRequestsThrottled",
                f"The {where} has no {kind} left for the client '{object_id}'. Please try again after '{seconds}' "
                "seconds.",
                {"Retry-After": str(seconds), header: "0"},
            )
        left = max(0.0, left - 1)
        self._left[key] = left, call.now
        return {header: str(math.floor(left))}
