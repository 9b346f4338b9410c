"""Faults on request: which requests are to go wrong, how, and how often. What may become of an answer: `spoilers`."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from ..errors import UsageError
from ..models import HttpResponse
from .spoilers import SPOILERS
from .tokencall import Shape


@dataclass(slots=True, eq=False)
class Fault:
    """One fault.

    Attributes:
        route: What the path begins with, whatever its case; after a leading "..." what it holds anywhere.
        status: Answer with this status.
        retry_after: The Retry-After header to send along; without a status, that of a 429.
        delay: Seconds to wait first. Alone: the true answer comes late.
        drop: Cut the connection, no answer.
        stall: Keep the connection open, and answer nothing until the client gives up.
        garbage: Answer 200 with a page that is not JSON.
        body: What becomes of the answer, of the true one or of that with `status`: a name in `SPOILERS`.
        operation: How the long operation ends that a request begins, "Failed" or "Canceled". The request itself is
            answered as usual; requests that begin none do not count.
        skip: How many requests it lets pass first. Of the two for an Azure Arc token, the first is a challenge.
        times: How many requests it hits; None for all.
    """

    route: str
    status: int | None = None
    retry_after: str | None = None
    delay: float = 0
    drop: bool = False
    stall: bool = False
    garbage: bool = False
    body: str | None = None
    operation: str | None = None
    skip: int = 0
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
            (self.body is not None and self.body not in SPOILERS, f"there is no body {self.body!r}"),
            (self.operation not in (None, *_ENDINGS), f"no operation ends {self.operation!r}"),
            (
                self.operation is not None and any(getattr(self, name) for name in _WRONGS if name != "operation"),
                "an operation ends badly behind an answer that is as it should be",
            ),
            (self.skip < 0, "it is to let less than no request pass"),
            (self.times is not None and self.times < 1, "it is to happen less than once"),
            (not any(getattr(self, name) for name in _WRONGS), "it says no fault"),
        ):
            if wrong:
                raise UsageError(f"this fault cannot be: {why}", target=self.route, remedy=SYNTAX)

    def hits(self, path: str) -> bool:
        """Whether a path, in lower case, is on its route."""
        route = self.route.lower()
        return route[3:] in path if route.startswith("...") else path.startswith(route)

    def response(self, shape: Shape, truth: Callable[[], HttpResponse]) -> HttpResponse:
        """The answer that takes the place of the true one, a refusal in this shape, or what is left of the true one."""
        status = self.status or (429 if self.retry_after is not None else None) or (200 if self.garbage else None)
        answer = truth() if status is None else self._refusal(status, shape)
        spoiler = SPOILERS.get("html" if self.garbage else self.body or "")
        return answer if spoiler is None else spoiler(answer)

    def _refusal(self, status: int, shape: Shape) -> HttpResponse:
        code, words = _CODES.get(status, (_phrase(status).replace(" ", ""), _phrase(status)))
        answer = shape(status, code, words)
        if self.retry_after is None:
            return answer
        return answer._replace(headers={**answer.headers, "Retry-After": self.retry_after})


#: What can be wrong, by the field that says so.
_WRONGS = ("status", "retry_after", "delay", "drop", "stall", "garbage", "body", "operation")
#: How an operation may end that does not succeed.
_ENDINGS = ("Failed", "Canceled")

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

    def take(self, path: str, *, operation: bool = False) -> Fault | None:
        """The fault for a request to this path, in lower case, or for the operation that the request begins."""
        if not self._faults:
            return None
        with self._lock:
            for fault in self._faults:
                if not fault.hits(path) or (fault.operation is not None) is not operation:
                    continue
                if fault.skip:
                    fault.skip -= 1
                    continue
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times == 0:
                        self._faults.remove(fault)
                return fault
            return None


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
    "stall": _flag,
    "garbage": _flag,
    "body": str,
    "operation": str,
    "skip": int,
    "times": _times,
}

SYNTAX = (
    "Write ROUTE,NAME=VALUE,...: a path prefix (or ...TEXT for a path that holds TEXT), then status=CODE, "
    "retry-after=SECONDS, delay=SECONDS, drop, stall, garbage, body=WHAT, operation=Failed or "
    "operation=Canceled (of the long operation that a request begins), skip=N (requests that pass first), "
    f"times=N or times=always (1 by default). WHAT: {', '.join(SPOILERS)}. "
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
