"""Waits for an identity that is not there yet: in a pod, or on a VM, that is still starting."""

from __future__ import annotations

import time
from collections.abc import Callable

from .errors import NoEndpointError, PyBridgeError
from .models import AccessToken

#: Seconds between two attempts: at first, and at most.
FIRST, LONGEST = 1.0, 8.0


def wait_for_token(
    ask: Callable[[float], AccessToken],
    seconds: float,
    *,
    tell: Callable[[PyBridgeError, float], None] = lambda error, left: None,
    monotonic: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> AccessToken:
    """A token, as soon as there is one.

    Args:
        ask: Asks once; it is told how many seconds are left.
        seconds: For how long to ask again after errors that may pass: nobody answers yet, or too many ask.
        tell: Is told of each such error, and how many seconds are left.

    Raises:
        PyBridgeError: An error that will not pass, or the last one when the time is over.
    """
    deadline = monotonic() + seconds
    pause = FIRST
    while True:
        try:
            return ask(deadline - monotonic())
        except PyBridgeError as exc:
            left = deadline - monotonic()
            if left <= pause or not (exc.retryable or isinstance(exc, NoEndpointError)):
                raise
            tell(exc, left)
        sleep(pause)
        pause = min(pause * 2, LONGEST)
