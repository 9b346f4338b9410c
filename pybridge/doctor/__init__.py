"""The doctor: a checklist that tells within seconds why a managed identity does not work, and what to do now.

errands.py       asking in threads, with one end for all
case.py          what is asked, and this machine as the checks see it; access.py: who may read Arc's keys
surroundings.py  the checks that ask nobody
azure.py         those that do
afar.py          another machine, as the checks see it
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ..computers import HostTransport
from ..models import ManagedIdentityId
from ..printable import printable, screen
from ..resources import Check
from ..transport import HttpsTransport
from . import azure, surroundings
from .afar import machine_at
from .case import LIMIT, Case, Finding, Machine

__all__ = ["LIMIT", "VERDICT", "Machine", "examine", "machine_at"]

#: The name of the last row.
VERDICT = "Verdict"

#: The characters of a message. The longest of ours lists the variables that are set.
_LONGEST = 2000

#: In the order of cause and effect: the first row that is broken is what to mend first.
CHECKS: tuple[tuple[str, Callable[[Case], Finding]], ...] = (
    ("Variables", surroundings.variables),
    ("Proxy", surroundings.proxy),
    ("PowerShell", surroundings.powershell),
    ("Endpoint", azure.endpoint),
    ("Extension", azure.extension),
    ("Arc", surroundings.arc),
    ("Token", azure.token),
    ("Identity", azure.identity),
    ("Clock", azure.clock),
    ("ARM", azure.arm),
    ("Role", azure.role),
)


def examine(
    machine: Machine | None = None,
    *,
    source: str | None = None,
    identity: ManagedIdentityId | None = None,
    cloud: str | None = None,
    limit: float | None = None,
) -> Iterator[Check]:
    """The rows of the checklist as they are found, and the verdict last.

    Args:
        machine: What is looked at; this one by default.
        source: The name of a source; None for the one that is found.
        identity: Whose token is tried; the machine's default identity if None.
        cloud: The cloud, "AzureCloud" by default.
        limit: Seconds for all of it; the machine's own by default.

    Raises:
        UsageError: There is no such source or cloud, or the identity is named twice.
    """
    looked_at = machine or Machine()
    rows = []
    try:
        case = Case(
            looked_at, source, identity or ManagedIdentityId(), cloud, looked_at.limit if limit is None else limit
        )
        for name, check in CHECKS:
            state, message, remedy = check(case)
            # Both may hold the words of a stranger.
            rows.append(Check(name, state, printable(message, _LONGEST), remedy and screen(remedy)))
            yield rows[-1]
    finally:
        if machine is None and isinstance(looked_at.https, HttpsTransport):
            looked_at.https.close()
    yield verdict(rows, looked_at.host)


def verdict(rows: Sequence[Check], host: HostTransport | None = None) -> Check:
    """What the rows come to: with the remedy of the first one that is at fault.

    Args:
        host: The host that was looked at; None for this machine.
    """
    it = "it" if host is None else f"the identity of {host.name}"
    for state, words in (("broken", f"{it} does not work"), ("warning", f"{it} works, but look at")):
        found = [row for row in rows if row.state == state]
        if found:
            names = ", ".join(row.name for row in found)
            remedy = next((row.remedy for row in found if row.remedy), None)
            return Check(VERDICT, state, f"{words}: {names}", remedy)
    where = "this machine" if host is None else host.name
    return Check(VERDICT, "ok", f"the managed identity of {where} works")
