"""Serves the operations over a pair of byte streams until the reader ends.

Requests run at the same time: PowerShell calls an inner command while the stream of the outer one is still open. A call
that need not wait costs no change of threads, see `Turns`. Nothing is kept between requests but caches, so that the
worker may be killed at any time.
"""

from __future__ import annotations

import os
import sys
import threading
from collections import deque
from collections.abc import Generator, Iterator, Mapping
from functools import partial
from typing import Any, BinaryIO

from .. import protocol, wire
from ..backend import Backend
from ..errors import CancelledError, PyBridgeError, UsageError
from ..operations import Operation
from ..operations.operation import reaches_of
from ..version import __version__
from .asks import UNWANTED, Asks
from .call import WorkerCall, typed
from .defects import defect
from .parting import AtWork
from .turns import Job, Turns

#: Parameters that every operation takes, and that are the worker's own business.
_RESERVED = ("verbose", "environments", "hosts")


class Worker:
    """Reads requests, writes answers.

    Args:
        writer: Where the frames go.
        operations: The table of what can be asked.
        backend: The caches and doors that the operations use.
    """

    def __init__(self, writer: BinaryIO, operations: Mapping[str, Operation], backend: Backend) -> None:
        self._writer = writer
        self._operations = operations
        self._backend = backend
        self._writing = threading.Lock()
        self._calls: dict[int, WorkerCall] = {}
        self._decoder = protocol.Decoder()
        self._frames: deque[protocol.Frame] = deque()
        self._asks = Asks()
        self._at_work = AtWork()
        self._turns = Turns()
        self._local = threading.local()

    def serve(self, reader: BinaryIO) -> None:
        """Answer until the reader ends, a frame cannot be understood, or nobody takes the answers.

        Calls in progress are left behind, but those that are at work on other computers have a moment to end there what
        they have begun.
        """
        self._backend.before_waiting = self._before_waiting
        self._turns.begin(partial(self._next_job, reader))
        self._turns.wait()
        self._at_work.end()
        self._asks.close()
        self._at_work.wait()

    def _before_waiting(self) -> None:
        """A call is about to wait, in this thread: let others read, and send what it has."""
        self._turns.hand_over()
        call = getattr(self._local, "call", None)
        if call is not None:
            call.flush()

    def _next_job(self, reader: BinaryIO) -> Job | None:
        """What to do for the next frame that wants something; None at the end.

        Whoever reads does not write: a write waits where PowerShell does not read, as it waits for us to read.
        """
        while True:
            if not self._frames:
                data = reader.read(65536)
                if not data:
                    return None
                self._frames.extend(self._decoder.feed(data))
                continue
            frame = self._frames.popleft()
            if isinstance(frame, protocol.BadFrame):
                self._write(protocol.error(None, frame.code, frame.message))
                return None
            if isinstance(frame, protocol.Answer):
                self._asks.take(frame)
                continue
            job = self._accept(frame)
            if job is not None:
                return job

    def notify(self, call: WorkerCall, method: str, params: Mapping[str, Any]) -> None:
        """Send a notification of a call, unless the call is over."""
        with self._writing:
            if not call.over:
                self._send(protocol.notification(method, params))

    def ask(self, call: WorkerCall, method: str, params: Mapping[str, Any]) -> Any:
        """Ask the caller for something, and wait for its answer; see `Call.ask`."""
        ask = self._asks.begin(call.id)
        with self._writing:
            if call.over:
                self._asks.end(call.id)
                raise CancelledError(UNWANTED)
            self._send(protocol.request(ask.id, method, {"id": call.id, **params}))
        return ask.wait()

    def _accept(self, request: protocol.Request) -> Job | None:
        """What to do for a request: begin a call, end one, or answer at once."""
        if request.method == "cancel":
            identifier = request.params.get("id")
            call = self._calls.get(identifier) if isinstance(identifier, int) else None
            return None if call is None else partial(self._cancel, call)
        if request.id is None:
            return None  # a notification that we do not know: JSON-RPC has no answer for it
        if request.method == "hello":
            answer = self._hello(request.id, request.params)
        elif request.method not in self._operations:
            message = f"there is no operation {request.method!r}"
            answer = protocol.error(request.id, protocol.METHOD_NOT_FOUND, message)
        elif request.id in self._calls:
            message = "a request with this id is in progress"
            answer = protocol.error(request.id, protocol.INVALID_REQUEST, message)
        else:
            return self._begin(request.id, self._operations[request.method], request.params)
        return partial(self._write, answer)

    def _hello(self, identifier: int, params: Mapping[str, Any]) -> bytes:
        theirs = params.get("protocol")
        if theirs != protocol.VERSION:
            return protocol.failure(
                identifier,
                UsageError(
                    f"the module speaks protocol {theirs}, this backend (pybridge {__version__}) "
                    f"speaks {protocol.VERSION}",
                    remedy="Install the module that belongs to this backend: pybridge module install",
                ),
            )
        return protocol.result(
            identifier,
            {
                "protocol": protocol.VERSION,
                "version": __version__,
                "pid": os.getpid(),
                "executable": sys.executable,
            },
        )

    def _begin(self, identifier: int, operation: Operation, params: Mapping[str, Any]) -> Job:
        try:
            arguments = wire.decode(params)
            reserved = {name: arguments.pop(name, None) for name in _RESERVED}
            environments = wire.environments(reserved["environments"])
            reaches = reaches_of(reserved["hosts"])
            arguments = operation.bind(arguments)
            if "session" in arguments:
                environments = arguments["session"].environments
        except UsageError as exc:
            return partial(self._write, protocol.failure(identifier, exc, protocol.INVALID_PARAMS))
        except Exception as exc:  # it would end the thread that reads, and nobody would be answered any more
            return partial(self._write, protocol.failure(identifier, defect(exc)))
        verbose = reserved["verbose"] is True
        call = WorkerCall(
            identifier,
            self._backend,
            self.notify,
            verbose=verbose,
            environments=environments,
            reaches=reaches,
            ask=self.ask,
        )
        self._calls[identifier] = call
        return partial(self._run, call, operation, arguments)

    def _run(self, call: WorkerCall, operation: Operation, arguments: Mapping[str, Any]) -> None:
        self._at_work.begin(call)
        try:
            self._carry_out(call, operation, arguments)
        finally:
            self._at_work.done(call)

    def _carry_out(self, call: WorkerCall, operation: Operation, arguments: Mapping[str, Any]) -> None:
        self._local.call = call
        try:
            answer = operation.function(call, **arguments)
            if isinstance(answer, Iterator):
                self._stream(call, answer)
                answer = None
            call.close()
            frame = protocol.result(call.id, None if answer is None else typed(answer))
        except PyBridgeError as exc:
            frame = protocol.failure(call.id, exc)
        except Exception as exc:
            frame = protocol.failure(call.id, defect(exc))
        self._local.call = None
        call.close()
        self._end(call, frame)

    def _stream(self, call: WorkerCall, values: Iterator[Any]) -> None:
        """Send the values as they come. What makes them ends with that, be it that nobody wants more of them."""
        try:
            for value in values:
                call.item(value)
        finally:
            if isinstance(values, Generator):
                values.close()

    def _cancel(self, call: WorkerCall) -> None:
        """End a call: its error is the acknowledgement, and nothing of it follows."""
        self._end(call, protocol.failure(call.id, CancelledError("cancelled")))

    def _end(self, call: WorkerCall, frame: bytes) -> None:
        """Write the last frame of a call, unless it has had one: it was cancelled, or ended just before."""
        with self._writing:
            if not call.over:
                call.end()
                del self._calls[call.id]
                self._send(frame)
                self._asks.end(call.id)

    def _write(self, frame: bytes) -> None:
        with self._writing:
            self._send(frame)

    def _send(self, frame: bytes) -> None:
        try:
            self._writer.write(frame)
            self._writer.flush()
        except (OSError, ValueError):
            self._turns.end()  # the other side is gone, and nobody is left to tell
