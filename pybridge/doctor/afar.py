"""A host, as the checks see it: tokens are asked for there, and Azure Resource Manager from here."""

from __future__ import annotations

import os
from collections.abc import Mapping

from ..clouds import ARM_ENDPOINT
from ..computers import HostTransport
from ..models import Transport
from ..transport import HttpsTransport
from .access import Access
from .case import Machine

#: Seconds for all of it, and for one question: a shell has to start there, and questions go one by one.
LIMIT, QUESTION = 60.0, 30.0


class _Variables(dict[str, str]):
    """Variables of a host, which tell of what kind it is."""

    platform = "win32"


def machine_at(
    transport: HostTransport,
    *,
    https: Transport | None = None,
    environ: Mapping[str, str] | None = None,
    limit: float = LIMIT,
) -> Machine:
    """The host that a transport leads to. Its variables are asked for at once.

    Args:
        https: The door to the internet, from here.
        environ: The variables here, which tell where Azure Resource Manager is; the process's own by default.
        limit: Seconds for all of the checks.

    Raises:
        PyBridgeError: It cannot be reached.
    """
    here = os.environ if environ is None else environ
    there = _Variables({name: value for name, value in transport.environ.items() if name != ARM_ENDPOINT})
    there.platform = getattr(transport.environ, "platform", there.platform)
    if ARM_ENDPOINT in here:
        there[ARM_ENDPOINT] = here[ARM_ENDPOINT]
    return Machine(
        transport,
        HttpsTransport() if https is None else https,
        there,
        platform="win32",
        look=lambda folder: Access(there=False, readable=False),
        limit=limit,
        question=min(QUESTION, limit),
        host=transport,
    )
