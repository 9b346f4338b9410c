"""When to ask again. Clock and sleep are handed in, so that a test never waits.

Microsoft's guidance for IMDS: retry 404, 410 (for up to 70 s), 429, 5xx and timeouts; wait at least 1 s first.
https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token#retry-guidance
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from .errors import CutOffError, RefusedError, TimedOutError, TransportError, UnreachableError
from .models import HttpResponse


class Policy(NamedTuple):
    """How often, and after what.

    Attributes:
        statuses: The answers after which it is worth asking again.
        delays: Seconds to wait before each further attempt; up to a quarter is added by chance, so that
            many machines do not come back at the same moment.
        deadline: Seconds after which no further attempt begins.
        losses: How many answers that do not come to forgive in all.
        forgiven: Which kinds of them: late and cut off ones, where nothing else is said.
        failures: Whether every 5xx is among the statuses.
        patience: Seconds, less than the deadline, after which an answer with that status is final.
    """

    statuses: frozenset[int]
    delays: tuple[float, ...]
    deadline: float = 90
    losses: int = 3
    patience: Mapping[int, float] = MappingProxyType({})
    forgiven: tuple[type[TransportError], ...] = (TimedOutError, CutOffError)
    failures: bool = True

    def wants(self, status: int) -> bool:
        """Whether it is worth asking again after this answer."""
        return status in self.statuses or (self.failures and status >= 500)


IMDS = Policy(frozenset({404, 410, 429}), (1, 2, 4, 8, 16, 30), patience=MappingProxyType({410: 70}))
#: The token endpoints beside it: a 404 there is final.
ENDPOINT = Policy(frozenset({429}), (1, 2, 4, 8, 16))
#: Nobody knows whether it is there, so one connection that is cut off is enough.
VM_EXTENSION = ENDPOINT._replace(losses=0)
#: It answers 500 to a resource that it does not know, so it is given up sooner.
APP_SERVICE = Policy(frozenset({429}), (1, 2, 4))
ARM_READ = Policy(frozenset({429}), (1, 2, 4), deadline=30, losses=0)
#: What may be sent twice without harm, PUT and DELETE: even where nobody knows whether it has arrived.
ARM_WRITE = Policy(
    frozenset({429, 503}),
    (1, 2, 4, 8, 16, 30),
    losses=2,
    forgiven=(TimedOutError, CutOffError, RefusedError, UnreachableError),
    failures=False,
)
#: What may not, POST and PATCH: only where it was turned down unseen, or nobody was there to take it.
ARM_ACTION = ARM_WRITE._replace(statuses=frozenset({429}), forgiven=(RefusedError,))


def attempts(
    policy: Policy,
    send: Callable[[], HttpResponse],
    *,
    sleep: Callable[[float], None],
    clock: Callable[[], float],
    deadline: float | None = None,
    passes: Callable[[HttpResponse], bool] = lambda response: False,
    tell: Callable[[HttpResponse | TransportError, float], None] = lambda outcome, wait: None,
) -> HttpResponse:
    """Send until an answer is worth keeping, the delays are used up or the deadline would pass.

    Args:
        send: Asks once.
        clock: Seconds; only differences count.
        deadline: Seconds for all of it, where that is not the policy's.
        passes: Tells further answers after which it is worth asking again.
        tell: Is told, before each wait, of what came and how many seconds it will be.

    Returns:
        The last answer, good or not.

    Raises:
        TransportError: What the last attempt raised.
    """
    limit = policy.deadline if deadline is None else deadline
    started = clock()
    losses = 0
    outcome: HttpResponse | TransportError
    for delay in (*policy.delays, None):
        try:
            outcome = send()
        except policy.forgiven as exc:
            outcome = exc
            losses += 1
        if isinstance(outcome, HttpResponse):
            status, again = outcome.status, policy.wants(outcome.status) or passes(outcome)
        else:
            status, again = 0, losses <= policy.losses
        if delay is None or not again:
            break
        wait = max(_spread(delay), (retry_after(outcome) or 0.0) if isinstance(outcome, HttpResponse) else 0.0)
        if clock() - started + wait >= min(limit, policy.patience.get(status, limit)):
            break
        tell(outcome, wait)
        sleep(wait)
        if clock() - started >= limit:  # it slept longer than it should
            break
    if isinstance(outcome, HttpResponse):
        return outcome
    raise outcome


def _spread(delay: float) -> float:
    """The delay, and up to a quarter of it by chance."""
    import random  # takes a millisecond, and most calls need no second attempt

    return delay * (1 + random.random() / 4)


def retry_after(response: HttpResponse) -> float | None:
    """The seconds that an answer asks to wait; None where it does not say (its date form is not used by Azure)."""
    value = response.header("Retry-After") or ""
    return float(value) if value.isascii() and value.isdigit() else None
