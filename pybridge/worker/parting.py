"""The calls whose operations run, and what they may still do when nobody is there any more."""

from __future__ import annotations

import sys
import time

from .call import WorkerCall

#: Seconds to leave other computers in order. PowerShell waits a little longer before it kills (Core/Worker.ps1).
_PARTING = 3.0


class AtWork:
    """Those calls. One that is over may still be at work: on other computers, where it ends what it has begun."""

    def __init__(self) -> None:
        self._calls: set[WorkerCall] = set()

    def begin(self, call: WorkerCall) -> None:
        """Its operation is about to run."""
        self._calls.add(call)

    def done(self, call: WorkerCall) -> None:
        """Nothing of it is at work any more."""
        self._calls.discard(call)
        if call.parting is not None:
            call.parting.set()

    def end(self) -> None:
        """Tell them all that nobody wants their answers."""
        for call in list(self._calls):
            call.end()

    def wait(self) -> None:
        """Wait for those that would leave something behind on other computers; not for long."""
        end = time.monotonic() + _PARTING
        for call in list(self._calls):
            if call.parting is not None:
                call.parting.wait(max(end - time.monotonic(), 0))
        if "pybridge.remote.sweeping" in sys.modules:  # few reach for other computers
            from ..remote.sweeping import finish

            finish(end - time.monotonic())
