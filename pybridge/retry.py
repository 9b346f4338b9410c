"""When to ask again. Clock and sleep are handed in, so that a test never waits.

Microsoft's guidance for IMDS: retry 404, 410 (for up to 70 s), 429 and 5xx; wait at least 1 s first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from .models import HttpResponse


class Policy(NamedTuple):
    """How often, and after which answers.

    Attributes:
        statuses: The answers after which it is worth asking again; 5xx are always among them.
        delays: Seconds to wait before each further attempt; up to a quarter is added by chance, so that
            many machines do not come back at the same moment.
        deadline: Seconds after which no further attempt begins.
    """

    statuses: frozenset[int]
    delays: tuple[float, ...]
    deadline: float

    def wants(self, status: int) -> bool:
        return status in self.statuses or status >= 500


METADATA = Policy(frozenset({404, 410, 429}), (1, 2, 4, 8, 16, 30), deadline=90)
ARM_READ = Policy(frozenset({429}), (1, 2, 4), deadline=30)


def attempts(
    policy: Policy,
    send: Callable[[], HttpResponse],
    *,
    sleep: Callable[[float], None],
    clock: Callable[[], float],
) -> HttpResponse:
    """Send until an answer is worth keeping, the delays are used up or the deadline would pass.

    Returns:
        The last answer, good or not.
    """
    started = clock()
    response = send()
    for delay in policy.delays:
        if not policy.wants(response.status):
            break
        wait = max(_spread(delay), _retry_after(response))
        if clock() - started + wait > policy.deadline:
            break
        sleep(wait)
        response = send()
    return response


def _spread(delay: float) -> float:
    """The delay, and up to a quarter of it by chance."""
    import random  # takes a millisecond, and most calls need no second attempt

    return delay * (1 + random.random() / 4)


def _retry_after(response: HttpResponse) -> float:
    """The seconds of a Retry-After header; 0 without one (its date form is not used by these services)."""
    value = response.header("Retry-After") or ""
    return float(value) if value.isascii() and value.isdigit() else 0.0
