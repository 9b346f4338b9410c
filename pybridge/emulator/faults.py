"""Faults on request: which requests are to go wrong, how, and how often."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from ..errors import UsageError
from ..models import HttpResponse
from .exchange import json_answer


@dataclass(slots=True, eq=False)
class Fault:
    """One fault.

    Attributes:
        route: What the path begins with, whatever its case; after a leading "..." what it holds anywhere.
        status: Answer with this status.
        retry_after: The Retry-After header to send along; without a status, that of a 429.
        delay: Seconds to wait first. Alone: the true answer comes late.
        drop: Cut the connection, no answer.
        garbage: Answer 200 with a page that is not JSON.
        times: How many requests it hits; None for all.
    """

    route: str
    status: int | None = None
    retry_after: str | None = None
    delay: float = 0
    drop: bool = False
    garbage: bool = False
    times: int | None = 1

    def __post_init__(self) -> None:
        for wrong, why in (
            (
                not self.route.startswith(("/", "...")),
                f"the route {self.route!r} begins with neither / nor ...",
            ),
            (
                self.status is not None and not 200 <= self.status <= 599,
                "the status is not between 200 and 599",
            ),
            (not (math.isfinite(self.delay) and self.delay >= 0), "the delay is not a number of seconds"),
            (self.times is not None and self.times < 1, "it is to happen less than once"),
            (
                not (self.status or self.retry_after or self.delay or self.drop or self.garbage),
                "it says no fault",
            ),
        ):
            if wrong:
                raise UsageError(f"this fault cannot be: {why}", target=self.route, remedy=SYNTAX)

    def hits(self, path: str) -> bool:
        """Whether a path, in lower case, is on its route."""
        route = self.route.lower()
        return route[3:] in path if route.startswith("...") else path.startswith(route)

    def response(self, path: str) -> HttpResponse | None:
        """The answer instead of the true one; None for the true one."""
        if self.garbage:
            return HttpResponse(200, {"Content-Type": "text/html"}, b"<html><body>Sign in to the network</body></html>")
        status = self.status or (429 if self.retry_after is not None else None)
        if status is None:
            return None
        headers = {} if self.retry_after is None else {"Retry-After": self.retry_after}
        code, words = _CODES.get(status, (_phrase(status).replace(" ", ""), _phrase(status)))
        if path.startswith(("/oauth2/", "/metadata")):
            return json_answer(status, {"error": code, "error_description": words}, headers)
        return json_answer(status, {"error": {"code": code, "message": words}}, headers)


#: Error code and words by status, where they are not those of HTTP itself.
_CODES = {
    404: ("NotFound", "The endpoint is being updated."),
    410: ("Gone", "The endpoint is being updated."),
    429: ("TooManyRequests", "The request is being throttled as the limit has been reached."),
    500: ("InternalServerError", "The server encountered an error. Please try again."),
    503: ("ServiceUnavailable", "The server is currently unable to handle the request."),
}


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return f"Status {status}"


class FaultList:
    """The faults in force. The first that hits a path is taken, and counted."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._faults.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def take(self, path: str) -> Fault | None:
        """The fault for a request to this path, in lower case."""
        if not self._faults:
            return None
        with self._lock:
            fault = next((fault for fault in self._faults if fault.hits(path)), None)
            if fault is not None and fault.times is not None:
                fault.times -= 1
                if fault.times == 0:
                    self._faults.remove(fault)
            return fault


def _flag(text: str) -> bool:
    if text not in ("", "true"):
        raise ValueError(text)
    return True


def _times(text: str) -> int | None:
    return None if text == "always" else int(text)


_OPTIONS: dict[str, Callable[[str], object]] = {
    "status": int,
    "retry-after": str,
    "delay": float,
    "drop": _flag,
    "garbage": _flag,
    "times": _times,
}

SYNTAX = (
    "Write ROUTE,NAME=VALUE,...: a path prefix (or ...TEXT for a path that holds TEXT), then status=CODE, "
    "retry-after=SECONDS, delay=SECONDS, drop, garbage, times=N or times=always (1 by default). "
    "For example: /oauth2/token,status=500,times=2 or .../virtualMachines,status=429,retry-after=3"
)


def parse_fault(text: str) -> Fault:
    """A fault as the command line writes it.

    Raises:
        UsageError: It cannot be read; the remedy has the syntax.
    """
    route, *options = text.split(",")
    values: dict[str, object] = {}
    for option in options:
        name, _, value = option.strip().partition("=")
        convert = _OPTIONS.get(name)
        if convert is None:
            raise UsageError(f"a fault has no option {name!r}: {text}", target=text, remedy=SYNTAX)
        try:
            values[name.replace("-", "_")] = convert(value)
        except ValueError as exc:
            raise UsageError(f"{value!r} is no value for {name}: {text}", target=text, remedy=SYNTAX) from exc
    return Fault(route.strip(), **values)  # type: ignore[arg-type]
