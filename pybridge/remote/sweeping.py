"""Leaves a host as it was, after a failure: what was begun there is ended, on a fresh connection, if that goes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

from ..errors import CertificateError, PyBridgeError, SignInRefusedError
from ..hosts import Host
from ..wsman import Fault, Request
from .connection import Connection
from .line import Lost
from .patience import Patience

#: Seconds for all of it; seconds that somebody waits for it, and who has waited long enough. Attempts at each request.
CLEANING, WAITED, HURRIED, _ATTEMPTS = 4.0, 2.0, 0.6, 2

#: What the threads that do it are called.
_NAME = "pybridge: leaving"


def finish(seconds: float) -> None:
    """Wait for what goes on behind somebody's back, as a process should that is about to end."""
    end = time.monotonic() + seconds
    for thread in threading.enumerate():
        if thread.name.startswith(_NAME):
            thread.join(max(end - time.monotonic(), 0.0))


def sweep(
    host: Host,
    password: str | None,
    requests: Sequence[Request[None]],
    *,
    hurried: bool = False,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Send these requests, Signals and Deletes. It never raises. What takes its time goes on behind the caller's back.

    Args:
        hurried: Whether somebody waits for us to stop.
    """
    if not requests:
        return
    thread = threading.Thread(
        target=_send, args=(host, password, requests, clock), name=f"{_NAME} {host.name}", daemon=True
    )
    thread.start()
    thread.join(HURRIED if hurried else WAITED)


def _send(host: Host, password: str | None, requests: Sequence[Request[None]], clock: Callable[[], float]) -> None:
    patience = Patience(host.name, CLEANING, clock=clock, stops=(), bounded=False)
    connection: Connection | None = None
    try:
        for request in requests:
            # To close the shell does what a Signal does, too.
            for _ in range(1 if request.action == "Signal" else _ATTEMPTS):
                try:
                    patience.check()
                    connection = connection or Connection(host, password)
                    answer = request.read(connection.post(request.body, patience))
                    if not isinstance(answer, Fault) or answer.kind == "no_shell":
                        break
                except (CertificateError, SignInRefusedError):
                    return  # somebody else, or one who may lock the user out
                except (PyBridgeError, Lost):
                    if connection is not None:
                        connection.close()
                    connection = None
    finally:
        if connection is not None:
            connection.close()
