"""JSON-RPC 2.0, one ASCII-only JSON object a line. No I/O here.

    request       {"jsonrpc": "2.0", "id": 7, "method": "get_token", "params": {...}}
    notification  the same without an id: `cancel` to the worker; `items`, `failure`, `progress`, `warning`,
                  `verbose` and `session` from it
    answer        {"jsonrpc": "2.0", "id": 7, "result": ...} or {..., "error": {"code", "message", "data"}}

Either end may ask. The worker's own request belongs to a call that it is carrying out, such as `use_session`: a thing
that only PowerShell can do. Each end numbers its requests by itself.

What we write has its keys in this order, and `params` begins with the `id` of the call that it belongs to, be it a
notification or a request, whose own `id` is last: so a reader can tell a line's kind and call without parsing it all.

Specification: https://www.jsonrpc.org/specification
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

from .errors import PyBridgeError
from .printable import screen

#: Both ends must speak the same version.
VERSION = 1

#: Bytes of a line after which it is given up.
MAX_FRAME = 16 << 20

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
#: Every error of pybridge's own; `data.code` tells them apart.
APPLICATION_ERROR = -32000


class Request(NamedTuple):
    """A frame that asks for something; `id` is None for a notification."""

    id: int | None
    method: str
    params: Mapping[str, Any]


class Answer(NamedTuple):
    """A frame that answers a request of ours: with a result, or with an error."""

    id: int
    result: Any
    error: Mapping[str, Any] | None


class BadFrame(NamedTuple):
    """A frame that cannot be understood. Nothing after it can be trusted: answer it, then end."""

    code: int
    message: str


Frame: TypeAlias = Request | Answer | BadFrame


class Decoder:
    """Bytes in, frames out, however the bytes are cut."""

    def __init__(self, *, max_frame: int = MAX_FRAME) -> None:
        self._max_frame = max_frame
        self._buffer = bytearray()
        self._searched = 0
        self._started = False
        self._broken = False

    def feed(self, data: bytes) -> Iterator[Frame]:
        """The frames that `data` completes. After a `BadFrame` there are no more."""
        if self._broken:
            return
        self._buffer += data
        while (end := self._buffer.find(b"\n", self._searched)) >= 0:
            line = bytes(self._buffer[:end])
            del self._buffer[: end + 1]
            self._searched = 0
            frame = self._frame(line)
            if frame is not None:
                yield frame
            if isinstance(frame, BadFrame):
                return
        self._searched = len(self._buffer)
        if len(self._buffer) > self._max_frame:
            yield self._bad(INVALID_REQUEST, f"a frame is longer than {self._max_frame} bytes")

    def _frame(self, line: bytes) -> Frame | None:
        if not self._started:
            # .NET Framework may write a byte order mark ahead of the first line.
            line = line.removeprefix(b"\xef\xbb\xbf")
            self._started = True
        if len(line) > self._max_frame:
            return self._bad(INVALID_REQUEST, f"a frame is longer than {self._max_frame} bytes")
        if not line.strip():
            return None
        try:
            frame = json.loads(line)
        except (ValueError, RecursionError):
            return self._bad(PARSE_ERROR, "a frame is not JSON")
        if not isinstance(frame, dict) or frame.get("jsonrpc") != "2.0":
            return self._bad(INVALID_REQUEST, 'a frame is not a JSON object with "jsonrpc": "2.0"')
        identifier, method, params = frame.get("id"), frame.get("method"), frame.get("params", {})
        if identifier is not None and (not isinstance(identifier, int) or isinstance(identifier, bool)):
            return self._bad(INVALID_REQUEST, "an id is not a whole number")
        if "method" not in frame and ("result" in frame or "error" in frame):
            problem = frame.get("error")
            if identifier is None or not isinstance(problem, dict | None):
                return self._bad(INVALID_REQUEST, "an answer has no id, or an error that is not an object")
            return Answer(identifier, frame.get("result"), problem)
        if not isinstance(method, str) or not isinstance(params, dict):
            return self._bad(INVALID_REQUEST, "a frame has no method, or params that are not an object")
        return Request(identifier, method, params)

    def _bad(self, code: int, message: str) -> BadFrame:
        self._broken = True
        self._buffer.clear()
        return BadFrame(code, message)


def result(identifier: int, value: Any) -> bytes:
    """The good answer to a request."""
    return _line({"id": identifier, "result": value})


def error(identifier: int | None, code: int, message: str, data: Mapping[str, Any] | None = None) -> bytes:
    """The bad answer to a request."""
    body: dict[str, Any] = {"code": code, "message": message}
    if data is not None:
        body["data"] = data
    return _line({"id": identifier, "error": body})


def failure(identifier: int | None, exc: PyBridgeError, code: int = APPLICATION_ERROR) -> bytes:
    """The answer to a request that ended in an error of pybridge's own."""
    return _line({"id": identifier, "error": error_of(exc, code)})


def error_of(exc: PyBridgeError, code: int = APPLICATION_ERROR) -> dict[str, Any]:
    """An error of pybridge's own, as it stands in an answer, and in the notification of what has failed in part.

    It may quote a host or an endpoint, and PowerShell prints it as it is: so nothing is left that a terminal obeys.
    """
    data = {
        "code": exc.code,
        "retryable": exc.retryable,
        "target": _plain(exc.target),
        "remedy": _plain(exc.remedy),
        "details": _plain(exc.details),
    }
    return {"code": code, "message": _plain(exc.message), "data": data}


def _plain(value: Any) -> Any:
    """The same with all texts in it made fit for a terminal."""
    if isinstance(value, str):
        return screen(value)
    if isinstance(value, Mapping):
        return {_plain(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value


def exception(body: Mapping[str, Any]) -> PyBridgeError:
    """The error of an answer to us: of the class that its code names, else of the root."""
    data = body.get("data")
    data = data if isinstance(data, dict) else {}
    code, target, remedy, details = (data.get(name) for name in ("code", "target", "remedy", "details"))
    raised = error_class(code) if isinstance(code, str) else PyBridgeError
    return raised(
        str(body.get("message")),
        target=target if isinstance(target, str) else None,
        remedy=remedy if isinstance(remedy, str) else None,
        details=details if isinstance(details, dict) else None,
    )


def error_class(code: str) -> type[PyBridgeError]:
    """The class of errors with that code; the root where there is none, or where it is about a line of a file."""
    found = [PyBridgeError]
    for known in found:  # grows on the way
        if known.code == code:
            return known
        found += [each for each in known.__subclasses__() if each.__init__ is PyBridgeError.__init__]
    return PyBridgeError


def notification(method: str, params: Mapping[str, Any]) -> bytes:
    """A frame that wants no answer."""
    return _line({"method": method, "params": params})


def request(identifier: int, method: str, params: Mapping[str, Any]) -> bytes:
    """A frame that wants an answer; `params` begins with the `id` of the call that it belongs to."""
    return _line({"method": method, "params": params, "id": identifier})


def _line(frame: Mapping[str, Any]) -> bytes:
    return _ENCODER.encode({"jsonrpc": "2.0", **frame}).encode("ascii") + b"\n"


#: ASCII only: no code page of any console can garble it.
_ENCODER = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"))
