"""Long operations: what to ask ARM next about a change that it has taken on, and after how many seconds. No I/O here.

ARM tells in one of three ways how a change goes on, and the first of them that an answer has counts:

    Azure-AsyncOperation  a URL whose JSON has a `status`: Succeeded, Failed and Canceled end it
    Location              a URL that answers 202 as long as it takes, then with the result
    neither               the resource itself, whose `properties.provisioningState` says it

https://learn.microsoft.com/azure/azure-resource-manager/management/async-operations
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from ..errors import (
    CredentialError,
    ForbiddenError,
    MalformedError,
    NotFoundError,
    PyBridgeError,
    UnauthorizedError,
)
from ..models import HttpRequest, HttpResponse
from ..retry import retry_after
from .answers import json_object, json_value
from .paths import same_origin
from .redaction import unquoted
from .refusals import failed_operation, refusal

#: Seconds between two questions where ARM does not say: what is long is not asked about all the time.
_RAMP = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)

#: And at most, whatever ARM says.
_LONGEST = 600.0

#: What a Location answers with where the change has failed; other refusals are of the question.
_OF_THE_CHANGE = {400, 409, 412, 422}

#: How many questions in a row may go unanswered, or be answered with a refusal that passes.
_PATIENCE = 5

_FAILED = {"failed", "canceled", "cancelled"}
_ENDED = {"succeeded", *_FAILED}


class Progress(NamedTuple):
    """How far a long operation is.

    Attributes:
        activity: What is being done to what: "Changing myVM".
        status: ARM's word for its state: "InProgress", "Updating".
        percent: How much of it is done, where ARM tells.
        seconds: Since it began.
    """

    activity: str
    status: str
    percent: int | None
    seconds: float


def activity_of(method: str, path: str) -> str:
    """What a change does to what, for people: "Changing myVM", "start of myVM"."""
    parts = path.rstrip("/").split("/")
    if method == "POST" and len(parts) > 2:
        return f"{parts[-1]} of {unquote(parts[-2])}"
    return f"{_VERBS.get(method, method)} {unquote(parts[-1])}"


_VERBS = {"PUT": "Writing", "PATCH": "Changing", "DELETE": "Removing"}


class LongOperation:
    """One change, from ARM's first answer to its end. Feed it with answers; it says what to ask.

    Args:
        request: The change.
        response: ARM's first answer to it, which is no refusal.
        endpoint: Where ARM answers: no other host is asked.

    Attributes:
        url: What to ask next; None once it is over.
        delay: Seconds to wait before that.
        status: The last state, in ARM's word.
        percent: How much is done, where ARM tells.
        result: Once it is over: the resource, or what the operation gave; None for nothing.

    Raises:
        UnsafeError: ARM's answer leads to another host.
        MalformedError: It makes no sense.
        OperationFailedError: The change failed at once.
    """

    def __init__(self, request: HttpRequest, response: HttpResponse, endpoint: str) -> None:
        self._request = request
        self._path = urlsplit(request.url).path
        self._endpoint = endpoint
        self._location: str | None = None
        self._asked = 0
        self._missed = 0
        self._over = False
        self.url: str | None = None
        self.delay = 0.0
        self.status = "InProgress"
        self.percent: int | None = None
        self.result: Any = None
        self._pace(response)
        self._read = self._begin(response)

    def feed(self, request: HttpRequest, response: HttpResponse) -> None:
        """Take the answer to what was asked last.

        Raises:
            OperationFailedError: The operation ended as Failed or Canceled.
            ArmError: ARM does not tell about it, however often it is asked.
            MalformedError, UnsafeError: As for the first answer.
        """
        if 200 <= response.status < 300:
            self._missed = 0
            self._asked += 1
            self._pace(response)
            self._read(self, request, response)
            return
        error = refusal(request, unquoted(response, self._request), self._path)
        if isinstance(error, NotFoundError) and self._over and self._request.method == "POST":
            self._end(None)  # it has succeeded, and left no result
            return
        if self._read is LongOperation._read_location and response.status in _OF_THE_CHANGE:
            raise failed_operation(self._request, request, response, "Failed")
        # A question may come sooner than what it is about is known everywhere.
        young = isinstance(error, NotFoundError) and self._asked == 0
        self.miss(error, passing=error.retryable or young)
        self._pace(response)

    def miss(self, error: PyBridgeError, *, passing: bool | None = None) -> None:
        """There was no answer, or one that does not tell. That may end the asking, but not the operation.

        Raises:
            PyBridgeError: The error, as it will not pass, or has not for too long.
        """
        self._missed += 1
        if self._missed > _PATIENCE or not (error.retryable if passing is None else passing):
            cure = error.remedy if isinstance(error, _CURABLE) else None
            error.remedy = f"{_UNSHOWN if self._over else _UNTOLD}{f' {cure}' if cure else ''}"
            raise error
        self.delay = _RAMP[min(self._missed, len(_RAMP) - 1)]

    # --- the first answer ---

    def _begin(self, response: HttpResponse) -> _Reader:
        """How further answers are to be read."""
        operation, location = response.header("Azure-AsyncOperation"), response.header("Location")
        # Another Location is of no use, and may lead anywhere: to what a PUT has made.
        useful = response.status == 202 if operation is None else self._request.method == "POST"
        if location is not None and useful:
            self._location = same_origin(location, self._endpoint, "Location")
        if operation is not None:
            self.url = same_origin(operation, self._endpoint, "Azure-AsyncOperation")
            return LongOperation._read_operation
        if self._location is not None:
            self.url = self._location
            return LongOperation._read_location
        if self._request.method in ("PUT", "PATCH"):
            if response.status == 202:
                self.url = self._request.url
            else:
                self._read_resource(self._request, response)
            return LongOperation._read_resource
        self._end(_value(response, self._path))
        return LongOperation._read_result

    # --- the later ones ---

    def _read_operation(self, request: HttpRequest, response: HttpResponse) -> None:
        value = _value(response, self._path)
        if value is None and response.status == 202:
            return
        body = json_object(value, self._path)
        if not isinstance(body.get("status"), str):
            raise MalformedError(f"ARM does not tell the state of the operation on {self._path}", target=self._path)
        self._tell(body["status"], body)
        self._follow(response, "Azure-AsyncOperation")
        if self.status.lower() not in _ENDED:
            return
        self._check(request, response)
        if self._request.method in ("PUT", "PATCH"):
            self._ask_last(self._request.url)
        elif self._request.method == "POST" and self._location is not None:
            self._ask_last(self._location)
        else:
            self._end(_output(body) if self._request.method == "POST" else None)

    def _read_location(self, request: HttpRequest, response: HttpResponse) -> None:
        if response.status == 202:
            body = _value(response, self._path)
            if isinstance(body, dict):
                self._tell(body.get("status") or _state(body) or self.status, body)
            self._follow(response, "Location")
        elif self._request.method in ("PUT", "PATCH"):
            self._ask_last(self._request.url)
            self._read = LongOperation._read_outcome
        else:
            self._end(_value(response, self._path) if self._request.method == "POST" else None)

    def _read_resource(self, request: HttpRequest, response: HttpResponse) -> None:
        value = _value(response, self._path)
        body = value if isinstance(value, dict) else {}
        state = _state(body) or "Succeeded"
        self._tell(state, {})
        if state.lower() in _ENDED:
            self._check(request, response)
            self._end(value)
        else:
            self.url = self._request.url

    def _read_outcome(self, request: HttpRequest, response: HttpResponse) -> None:
        """The resource, after a Location has told that the change is over, and not how it went."""
        value = _value(response, self._path)
        self._tell((_state(value) if isinstance(value, dict) else None) or self.status, {})
        self._check(request, response)
        self._end(value)

    def _read_result(self, request: HttpRequest, response: HttpResponse) -> None:
        if response.status == 202:
            self._follow(response, "Location")
        else:
            self._end(_value(response, self._path))

    # --- steps ---

    def _check(self, request: HttpRequest, response: HttpResponse) -> None:
        if self.status.lower() in _FAILED:
            raise failed_operation(self._request, request, response, self.status)

    def _tell(self, status: object, body: Mapping[str, Any]) -> None:
        self.status = str(status)
        percent = body.get("percentComplete")
        if isinstance(percent, int | float) and not isinstance(percent, bool) and 0 <= percent <= 100:
            self.percent = int(percent)

    def _follow(self, response: HttpResponse, header: str) -> None:
        """ARM may name another URL for the next question."""
        url = response.header(header)
        if url is not None:
            self.url = same_origin(url, self._endpoint, header)

    def _ask_last(self, url: str) -> None:
        self.url, self.delay, self._asked, self._over = url, 0.0, 0, True
        self._read = LongOperation._read_result

    def _end(self, value: Any) -> None:
        self.url, self.result = None, value

    def _pace(self, response: HttpResponse) -> None:
        wanted = retry_after(response)
        step = _RAMP[min(self._asked, len(_RAMP) - 1)]
        delay = max(self.delay, wanted or 0.0) if self._missed else step if wanted is None else wanted
        self.delay = min(delay, _LONGEST)


#: Reads an answer into a long operation: one of its methods.
_Reader = Callable[[LongOperation, HttpRequest, HttpResponse], None]


def _value(response: HttpResponse, path: str) -> Any:
    return json_value(response, path) if response.body.strip() else None


def _state(body: Mapping[str, Any]) -> str | None:
    properties = body.get("properties")
    state = properties.get("provisioningState") if isinstance(properties, dict) else None
    return state if isinstance(state, str) and state else None


def _output(body: Mapping[str, Any]) -> Any:
    properties = body.get("properties")
    return properties.get("output") if isinstance(properties, dict) else None


_UNTOLD = (
    "The change was begun, and may still be going on: ARM only does not tell how. Look at the resource in a while."
)
_UNSHOWN = "The change is over: ARM only does not show what came of it."

#: Errors whose own remedy says how to be told again.
_CURABLE = (CredentialError, UnauthorizedError, ForbiddenError)
