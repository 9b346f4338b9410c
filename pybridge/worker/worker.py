"""Serves the operations over a pair of byte streams until the reader ends.

Requests run at the same time: PowerShell calls an inner command while the stream of the outer one is still open.
The thread that reads a request also runs it, and goes on reading unless the call has to wait for something: then
another thread reads on. So a call that need not wait costs no change of threads. Nothing is kept between requests but
caches, so that the worker may be killed at any time.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import Any, BinaryIO, NoReturn

from .. import protocol, wire
from ..backend import Backend
from ..errors import CancelledError, InternalError, PyBridgeError, UsageError
from ..operations import Operation
from ..version import __version__
from .call import WorkerCall, typed

#: Parameters that every operation takes, and that are the worker's own business.
_RESERVED = ("verbose", "environments")


#: Bytes that may wait in the pipe to PowerShell: some hundred VMs. A pipe of 64 KiB holds about twenty.
_PIPE = 1 << 20


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
        self._frames: deque[protocol.Request | protocol.BadFrame] = deque()
        self._turn = threading.Lock()
        self._local = threading.local()
        self._counting = threading.Lock()
        self._idle = 0
        self._running = 0
        self._ended = threading.Event()

    def serve(self, reader: BinaryIO) -> None:
        """Answer until the reader ends or a frame cannot be understood. Calls in progress are left behind."""
        self._backend.before_waiting = lambda: self._before_waiting(reader)
        self._start_thread(reader)
        self._ended.wait()

    def _start_thread(self, reader: BinaryIO) -> None:
        threading.Thread(target=self._take_turns, args=(reader,), daemon=True).start()

    def _take_turns(self, reader: BinaryIO) -> None:
        """Wait for the turn to read; then read requests and run them, until one of them has handed the turn over."""
        while True:
            self._add_idle(1)
            self._turn.acquire()
            self._add_idle(-1)
            self._local.reads = True
            while self._local.reads:
                job = self._next_job(reader)
                if job is None:
                    self._ended.set()
                    return
                if self._running:  # it may have to wait for another call: for the token that both want
                    self._hand_over(reader)
                self._run_counted(job)

    def _add_idle(self, change: int) -> None:
        with self._counting:
            self._idle += change

    def _run_counted(self, job: Callable[[], None]) -> None:
        """Run a job; it counts until its thread is done with it, cancelled or not."""
        with self._counting:
            self._running += 1
        try:
            job()
        finally:
            with self._counting:
                self._running -= 1

    def _before_waiting(self, reader: BinaryIO) -> None:
        """A call is about to wait, in this thread: let others read, and send what it has."""
        self._hand_over(reader)
        call = getattr(self._local, "call", None)
        if call is not None:
            call.flush()

    def _hand_over(self, reader: BinaryIO) -> None:
        """Give the turn to read to another thread, as this one is about to wait; for the second time it is gone."""
        if getattr(self._local, "reads", False):
            self._local.reads = False
            if not self._idle:
                self._start_thread(reader)
            self._turn.release()

    def _next_job(self, reader: BinaryIO) -> Callable[[], None] | None:
        """What to run for the next request that takes time; None at the end. All else is answered here."""
        while not self._ended.is_set():
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
            job = self._accept(frame)
            if job is not None:
                return job
        return None

    def notify(self, call: WorkerCall, method: str, params: Mapping[str, Any]) -> None:
        """Send a notification of a call, unless the call is over."""
        with self._writing:
            if not call.over:
                self._send(protocol.notification(method, params))

    def _accept(self, request: protocol.Request) -> Callable[[], None] | None:
        """Begin a call; or answer the request at once."""
        if request.method == "cancel":
            self._cancel(request.params.get("id"))
        elif request.id is None:
            pass  # a notification that we do not know: JSON-RPC has no answer for it
        elif request.method == "hello":
            self._write(self._hello(request.id, request.params))
        elif request.method not in self._operations:
            message = f"there is no operation {request.method!r}"
            self._write(protocol.error(request.id, protocol.METHOD_NOT_FOUND, message))
        elif request.id in self._calls:
            message = "a request with this id is in progress"
            self._write(protocol.error(request.id, protocol.INVALID_REQUEST, message))
        else:
            return self._begin(request.id, self._operations[request.method], request.params)
        return None

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

    def _begin(self, identifier: int, operation: Operation, params: Mapping[str, Any]) -> Callable[[], None] | None:
        arguments = wire.decode(params)
        reserved = {name: arguments.pop(name, None) for name in _RESERVED}
        try:
            environments = wire.environments(reserved["environments"])
            arguments = operation.bind(arguments)
            if "session" in arguments:
                environments = arguments["session"].environments
        except UsageError as exc:
            self._write(protocol.failure(identifier, exc, protocol.INVALID_PARAMS))
            return None
        verbose = reserved["verbose"] is True
        call = WorkerCall(identifier, self._backend, self.notify, verbose=verbose, environments=environments)
        self._calls[identifier] = call
        return lambda: self._run(call, operation, arguments)

    def _run(self, call: WorkerCall, operation: Operation, arguments: Mapping[str, Any]) -> None:
        self._local.call = call
        try:
            answer = operation.function(call, **arguments)
            if isinstance(answer, Iterator):
                for value in answer:
                    call.item(value)
                answer = None
            call.close()
            frame = protocol.result(call.id, None if answer is None else typed(answer))
        except PyBridgeError as exc:
            frame = protocol.failure(call.id, exc)
        except Exception as exc:
            # The type only: the text of a foreign exception may hold anything.
            frame = protocol.failure(
                call.id,
                InternalError(
                    f"a defect in pybridge: {type(exc).__name__} in {_place(exc)}",
                    remedy="Please report it with the command that you ran.",
                ),
            )
        self._local.call = None
        call.close()
        self._end(call, frame)

    def _cancel(self, identifier: object) -> None:
        """End a call: its error is the acknowledgement, and nothing of it follows."""
        call = self._calls.get(identifier) if isinstance(identifier, int) else None
        if call is not None:
            self._end(call, protocol.failure(call.id, CancelledError("cancelled")))

    def _end(self, call: WorkerCall, frame: bytes) -> None:
        """Write the last frame of a call, unless it has had one: it was cancelled, or ended just before."""
        with self._writing:
            if not call.over:
                call.end()
                del self._calls[call.id]
                self._send(frame)

    def _write(self, frame: bytes) -> None:
        with self._writing:
            self._send(frame)

    def _send(self, frame: bytes) -> None:
        try:
            self._writer.write(frame)
            self._writer.flush()
        except (OSError, ValueError):
            os._exit(0)  # the other side is gone, and nobody is left to tell


def main() -> NoReturn:
    """Serve on this process's own stdin and stdout."""
    from ..operations import OPERATIONS

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends Ctrl+C to the shell's children too
    _widen(1)
    reader, writer = os.fdopen(os.dup(0), "rb", buffering=0), os.fdopen(os.dup(1), "wb")
    # From here on a stray print lands on stderr and breaks no frame; and no child inherits our pipes.
    os.dup2(2, 1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    sys.stdout = sys.stderr
    Worker(writer, OPERATIONS, Backend()).serve(reader)
    writer.flush()
    os._exit(0)  # do not wait for calls that nobody listens to any more


def _widen(pipe: int) -> None:
    """Let more fit into a pipe, where that can be said: pages are then fetched while PowerShell still reads."""
    try:
        import fcntl

        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE)
    except (ImportError, AttributeError, OSError):
        pass  # it is no pipe, or the system has another limit


def _place(exc: BaseException) -> str:
    """The module and line in which an exception was raised."""
    trace = exc.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "?" if trace is None else f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}"
