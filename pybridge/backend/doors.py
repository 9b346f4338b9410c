"""The doors to hosts that a process has used, to be used again, and the credentials that ask through them.

So a token that is in store costs no question, and the next one costs one exchange.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from typing import Any

from ..hosts import Host
from ..remote import Questions, WinRMTransport

#: Doors that are kept; the one that was used longest ago goes first.
MOST = 2000


class Doors:
    """One door for each host and way to reach it, the password included. Which tokens it shares, `Host.place` tells.

    Args:
        before_waiting: To be called before each exchange.
    """

    def __init__(self, before_waiting: Callable[[], None]) -> None:
        self._before_waiting = before_waiting
        self._lock = threading.Lock()
        self._doors: OrderedDict[Host, Door] = OrderedDict()

    def to(self, host: Host) -> Door:
        """The door to a host."""
        with self._lock:
            door = self._doors.get(host)
            if door is None:
                door = self._doors[host] = Door(WinRMTransport(host), self._before_waiting)
                if len(self._doors) > MOST:
                    self._doors.popitem(last=False)
            self._doors.move_to_end(host)
            return door


class Door(Questions):
    """A transport to a host that tells before it waits."""

    def __init__(self, transport: WinRMTransport, before_waiting: Callable[[], None]) -> None:
        def ask(name: str, question: Mapping[str, Any]) -> Mapping[str, Any]:
            before_waiting()
            return transport.ask(name, question)

        super().__init__(transport.name, transport.place, ask)
        self.visit = transport.visit
        self._lock = threading.Lock()
        self._credentials: dict[Hashable, Any] = {}

    def credential(self, make: Callable[..., Any], **options: Any) -> Any:
        """`make(**options)`, which asks there; the same object for the same options."""
        key = (make, *sorted(options.items()))
        with self._lock:
            if key not in self._credentials:
                self._credentials[key] = make(**options, transport=self)
            return self._credentials[key]
