"""Faults on request: what a host does instead of answering, at which step and how often."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from wsman_faults import WsmanFault
from wsman_http import Answer, Connection, Hangup

#: All that a host can be asked to do.
KINDS = "drop reset delay garbage half status fault reboot body endless replace".split()


@dataclass
class Trouble:
    """One order.

    Attributes:
        action: Create, Command, Send, Receive, Signal, Delete, Get; SignIn for a request before the user is known;
            Empty for the one without a body; Any for each of these but SignIn.
        do: One of `KINDS`.
        nth: From which such request on, counted from 1 since the order was given.
        times: For how many; 0 for all that follow.
        carried_out: Whether the request is carried out before.
        more: What the kind takes: `seconds`, `status`, `code`, `reason`, `text`, `old` and `new`, `bytes`.
    """

    action: str
    do: str
    nth: int
    times: int
    carried_out: bool
    more: Mapping[str, Any]
    seen: int = 0

    def meets(self, action: str) -> bool:
        if action != self.action and (self.action != "Any" or action == "SignIn"):
            return False
        self.seen += 1
        return self.seen >= self.nth and (not self.times or self.seen < self.nth + self.times)


class Troubles:
    """The orders of a host."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._orders: list[Trouble] = []

    def order(self, order: Mapping[str, Any]) -> None:
        """Take an order.

        Raises:
            ValueError: There is no such kind of trouble.
        """
        rest = dict(order)
        do = rest.pop("do")
        if do not in KINDS:
            raise ValueError(f"do must be one of {', '.join(KINDS)}")
        action, nth, times = rest.pop("action"), rest.pop("nth", 1), rest.pop("times", 1)
        late = rest.pop("carried_out", do in ("half", "body", "endless", "replace"))
        with self._lock:
            self._orders.append(Trouble(action, do, nth, times, late, rest))

    def clear(self) -> None:
        with self._lock:
            self._orders.clear()

    def meet(self, action: str) -> Trouble | None:
        """The first order that this request falls under."""
        with self._lock:
            met = [order for order in self._orders if order.meets(action)]
        return met[0] if met else None


def act(
    trouble: Trouble,
    connection: Connection,
    answer: Answer | None,
    *,
    seal: Callable[[bytes], Answer],
    offers: list[tuple[str, str]],
    forget: Callable[[], None],
    reboot: Callable[[float], None],
) -> Answer | None:
    """Make the trouble.

    Args:
        answer: What the host would say; None if the request was not carried out.
        seal: Makes an answer of an envelope, sealed if this connection's are.
        offers: Goes with a 401.
        forget: Forgets who asks on this connection.
        reboot: Restarts the host, which is away for so many seconds.

    Returns:
        What the host says after all; None if all goes on as if nothing had been.

    Raises:
        Hangup: The connection ends.
        WsmanFault: The answer is this fault.
    """
    more = trouble.more
    match trouble.do:
        case "delay":
            time.sleep(more.get("seconds", 1.0))
            return answer
        case "drop":
            raise Hangup
        case "reset":
            connection.reset()
            raise Hangup
        case "garbage":
            connection.send(more.get("text", "\x00\x01garbage\r\n\r\n").encode("latin-1"))
            raise Hangup
        case "half":
            assert answer is not None
            data = answer.encode()
            connection.send(data[: len(data) - len(answer.body) // 2 - 1])
            raise Hangup
        case "status":
            status = more.get("status", 400)
            if status == 401:
                forget()
            return Answer(status, offers if status == 401 else [], more.get("text", "").encode())
        case "fault":
            raise WsmanFault(more["code"], reason=more.get("reason"))
        case "reboot":
            reboot(more.get("seconds", 0.2))
            raise Hangup
        case "body":
            changed = seal(more["text"].encode())
            changed.status = more.get("status", 200)
            return changed
        case "endless":
            _endless(connection, more.get("bytes", 1 << 40))
            raise Hangup
    raise AssertionError(trouble.do)


def _endless(connection: Connection, size: int) -> None:
    """A body that goes on until the client has enough."""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml;charset=UTF-8\r\nContent-Length: {size}\r\n\r\n"
    connection.send(head.encode())
    piece = b"<a>" * 21845
    for sent in range(0, size, len(piece)):
        connection.send(piece[: size - sent])
