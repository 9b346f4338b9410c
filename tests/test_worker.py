"""worker: a real process on desk, and in process where a test must hold a call still."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, cast

import pytest
from support import GUARD, WorkerProcess, environment, worker

from pybridge import protocol
from pybridge.backend import Backend, Call
from pybridge.emulator import Emulator
from pybridge.emulator.server import serve
from pybridge.errors import NotFoundError
from pybridge.models import HttpRequest, HttpResponse
from pybridge.operations import Operation
from pybridge.resources import Tenant
from pybridge.version import __version__
from pybridge.worker import Worker

ARGUMENTS = {"parameter_set": "ManagedServiceLogin", "identity": True}


class Gated(Emulator):
    """An emulator whose second page waits until the test opens the gate."""

    def __init__(self) -> None:
        super().__init__(page_size=1)
        self.gate = threading.Event()

    def answer(self, request: HttpRequest, sleep: Callable[[float], None]) -> HttpResponse:
        response = super().answer(request, sleep)
        if "skiptoken" in request.url:
            self.gate.wait(GUARD)
        return response


class Held(Emulator):
    """Says that it was asked, and answers nothing until its gate opens."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.gate = threading.Event(), threading.Event()

    def answer(self, request: HttpRequest, sleep: Callable[[float], None]) -> HttpResponse:
        self.asked.set()
        self.gate.wait(GUARD)
        return super().answer(request, sleep)


@pytest.fixture
def azure() -> Iterator[tuple[Gated, WorkerProcess]]:
    """A worker, and the Azure that it talks to over HTTP."""
    emulator = Gated()
    with serve(emulator) as server, worker(environment(server.url)) as process:
        yield emulator, process
        emulator.gate.set()


def sign_in(process: WorkerProcess) -> dict[str, Any]:
    context: dict[str, Any] = process.call("connect_account", **ARGUMENTS)["result"]["value"]["Context"]
    return context


# --- the process -------------------------------------------------------------------------------------


def test_hello_tells_who_is_there() -> None:
    with worker() as process:
        assert process.call("hello", protocol=protocol.VERSION)["result"] == {
            "protocol": protocol.VERSION,
            "version": __version__,
            "pid": process.process.pid,
            "executable": sys.executable,
        }
        assert process.end() == (0, "")


@pytest.mark.parametrize("theirs", [0, 2, "1", None])
def test_another_protocol_is_refused_with_what_to_do(theirs: object) -> None:
    with worker() as process:
        error = process.call("hello", protocol=theirs)["error"]
    assert f"speaks protocol {theirs}" in error["message"]
    assert __version__ in error["message"]
    assert (error["code"], error["data"]["code"]) == (protocol.APPLICATION_ERROR, "invalid_argument")
    assert "pybridge module install" in error["data"]["remedy"]


@pytest.mark.parametrize(
    ("method", "params", "code"),
    [
        ("nonsense", {}, protocol.METHOD_NOT_FOUND),
        ("__init__", {}, protocol.METHOD_NOT_FOUND),
        ("get_token", {"resource": 5}, protocol.INVALID_PARAMS),
        ("get_token", {"Resource": "x"}, protocol.INVALID_PARAMS),
        ("get_context", {}, protocol.INVALID_PARAMS),
        ("get_context", {"context": {"Account": "x"}}, protocol.INVALID_PARAMS),
        ("get_context", {"context": None}, protocol.APPLICATION_ERROR),
        ("get_token", {"source": "nonsense"}, protocol.APPLICATION_ERROR),
    ],
)
def test_a_bad_request_is_refused_and_the_worker_goes_on(method: str, params: dict[str, Any], code: int) -> None:
    with worker() as process:
        assert process.call(method, **params)["error"]["code"] == code
        assert process.call("hello", protocol=protocol.VERSION)["result"]["pid"] == process.process.pid


@pytest.mark.parametrize(
    ("bytes_sent", "code"),
    [
        (b"nonsense\n", protocol.PARSE_ERROR),
        (b'{"jsonrpc": "2.0", "id": 5}\n', protocol.INVALID_REQUEST),
        (b"[]\n", protocol.INVALID_REQUEST),
        pytest.param(b"x" * (protocol.MAX_FRAME + 1), protocol.INVALID_REQUEST, id="16 MiB and a byte"),
    ],
)
def test_a_bad_frame_is_answered_once_and_ends_the_worker(bytes_sent: bytes, code: int) -> None:
    with worker() as process:
        process.write(bytes_sent)
        (frame,) = process.rest()
        assert (frame["id"], frame["error"]["code"]) == (None, code)
        assert process.process.wait(GUARD) == 0
        assert process.end() == (0, "")


def test_a_byte_order_mark_and_crlf_are_tolerated() -> None:
    with worker() as process:
        process.write(b'\xef\xbb\xbf{"jsonrpc": "2.0", "id": 0, "method": "hello", "params": {"protocol": 1}}\r\n')
        assert process.frame()["result"]["protocol"] == 1


@pytest.mark.parametrize("method", ["nonsense", "hello", "get_token"])
def test_a_notification_has_no_answer(method: str) -> None:
    with worker() as process:
        process.write(json.dumps({"jsonrpc": "2.0", "method": method}).encode() + b"\n")
        assert process.call("hello", protocol=1)["id"] == 1
        process.process.stdin.close()  # type: ignore[union-attr]
        assert process.rest() == []


def test_the_end_of_its_input_ends_it_even_in_the_middle_of_a_call(azure: tuple[Gated, WorkerProcess]) -> None:
    _, process = azure
    context = sign_in(process)
    process.ask("list_virtual_machines", context=context)
    assert process.frame()["method"] == "item"
    assert process.end() == (0, "")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT between processes")
def test_ctrl_c_is_not_its_business() -> None:
    with worker() as process:
        process.call("hello", protocol=1)
        process.process.send_signal(signal.SIGINT)
        assert process.call("hello", protocol=1)["id"] == 2
        assert process.end() == (0, "")


def test_a_reader_that_is_gone_ends_it() -> None:
    read, write = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-m", "pybridge", "worker"], env=environment(), stdin=subprocess.PIPE, stdout=write
    )
    os.close(write)
    os.close(read)
    assert process.stdin is not None
    process.stdin.write(b'{"jsonrpc": "2.0", "id": 1, "method": "hello"}\n')
    process.stdin.flush()
    try:
        assert process.wait(GUARD) == 0
    finally:
        process.kill()
        process.stdin.close()


NOISY = """
import os, subprocess, sys
from pybridge import operations, worker

def noisy(call):
    print("to stdout")
    sys.__stdout__.write("to the first stdout\\n")
    os.write(1, b"to file 1\\n")
    subprocess.run([sys.executable, "-c", "print('a child'); print(repr(input()) if False else '')"], check=True)
    yield None
    print("again")

operations.OPERATIONS["noisy"] = operations.Operation(noisy)
worker.main()
"""


def test_a_stray_print_breaks_no_frame() -> None:
    with worker(program=NOISY) as process:
        identifier = process.ask("noisy")
        frames = [process.frame(), process.frame()]
        assert [frame.get("method") for frame in frames] == ["item", None]
        assert frames[1] == {"jsonrpc": "2.0", "id": identifier, "result": None}
        assert process.call("hello", protocol=1)["id"] == 2
        _, errors = process.end()
    for words in ("to stdout", "to file 1", "a child", "again"):
        assert words in errors


def test_an_operation_has_no_share_in_the_workers_input() -> None:
    program = NOISY.replace('print("to stdout")', "assert os.read(0, 100) == b''")
    with worker(program=program) as process:
        process.ask("noisy")
        assert process.frame()["method"] == "item"


# --- calls -------------------------------------------------------------------------------------------


def test_sign_in_and_ask(azure: tuple[Gated, WorkerProcess]) -> None:
    emulator, process = azure
    emulator.gate.set()
    context = sign_in(process)
    identifier = process.ask("list_virtual_machines", context=context)
    frames = [process.frame() for _ in range(5)]
    assert [frame["params"]["value"]["Name"] for frame in frames[:4]] == [
        "myVM",
        "twoIdentitiesVM",
        "msiOffVM",
        "noRoleVM",
    ]
    assert {frame["params"]["type"] for frame in frames[:4]} == {"virtual_machine_list_item"}
    assert {frame["params"]["id"] for frame in frames[:4]} == {identifier}
    assert frames[4] == {"jsonrpc": "2.0", "id": identifier, "result": None}


def test_a_warning_comes_before_the_answer() -> None:
    with serve(Emulator(machine="noRoleVM")) as server, worker(environment(server.url)) as process:
        identifier = process.ask("connect_account", **ARGUMENTS)
        warning, result = process.frame(), process.frame()
    assert (warning["method"], warning["params"]["id"], result["id"]) == ("warning", identifier, identifier)
    assert "no subscription is visible" in warning["params"]["message"]


def test_an_inner_call_is_answered_while_the_outer_stream_is_open(azure: tuple[Gated, WorkerProcess]) -> None:
    emulator, process = azure
    context = sign_in(process)
    outer = process.ask("list_virtual_machines", context=context)
    assert process.frame()["params"]["value"]["Name"] == "myVM"
    inner = process.ask("list_virtual_machines", context=context, resource_group_name="myResourceGroup", name="myVM")
    frames = [process.frame(), process.frame()]
    assert [frame.get("id") or frame["params"]["id"] for frame in frames] == [inner, inner]
    emulator.gate.set()
    frames = [process.frame() for _ in range(4)]
    assert [frame.get("id") or frame["params"]["id"] for frame in frames] == [outer] * 4


def test_a_cancel_is_acknowledged_at_once_and_the_worker_goes_on(azure: tuple[Gated, WorkerProcess]) -> None:
    emulator, process = azure
    context = sign_in(process)
    outer = process.ask("list_virtual_machines", context=context)
    assert process.frame()["method"] == "item"
    process.cancel(outer)
    acknowledged = process.frame()
    assert (acknowledged["id"], acknowledged["error"]["data"]["code"]) == (outer, "cancelled")
    emulator.gate.set()
    assert process.call("get_token")["result"]["type"] == "access_token"
    process.process.stdin.close()  # type: ignore[union-attr]
    assert [frame for frame in process.rest() if outer in (frame.get("id"), frame.get("params", {}).get("id"))] == []


@pytest.mark.parametrize("identifier", [1, 99, None, "1", True, [], 1.0])
def test_a_cancel_of_nothing_is_nothing(identifier: object) -> None:
    with worker() as process:
        process.call("hello", protocol=1)
        frame = {"jsonrpc": "2.0", "method": "cancel", "params": {"id": identifier}}
        process.write(json.dumps(frame).encode() + b"\n")
        assert process.call("hello", protocol=1)["id"] == 2


def test_a_call_that_waits_for_the_token_of_another_can_be_cancelled() -> None:
    emulator = Held()
    with serve(emulator) as server, worker(environment(server.url)) as process:
        first = process.ask("get_token")
        assert emulator.asked.wait(GUARD)
        second = process.ask("get_token")
        for identifier in (second, first):
            process.cancel(identifier)
            acknowledged = process.frame()
            assert (acknowledged["id"], acknowledged["error"]["data"]["code"]) == (identifier, "cancelled")
        emulator.gate.set()
        assert process.end() == (0, "")


def test_a_call_that_waits_for_a_cancelled_one_can_be_cancelled_too() -> None:
    emulator = Held()
    with serve(emulator) as server, worker(environment(server.url)) as process:
        for number in range(3):  # the first one goes on asking, though nobody wants its answer any more
            identifier = process.ask("get_token")
            assert number or emulator.asked.wait(GUARD)
            process.cancel(identifier)
            assert process.frame()["id"] == identifier
        process.ask("get_token")
        assert process.end() == (0, "")  # and the end of its input is heard
        emulator.gate.set()


def test_a_cancel_that_meets_the_answer_leaves_one_of_them() -> None:
    desk = Desk(quick=lambda call: Tenant("done"))
    for identifier in range(1, 301):
        desk.send("quick", identifier)
        desk.send("cancel", None, id=identifier)
    frames = desk.rest()
    assert sorted(frame["id"] for frame in frames) == list(range(1, 301))


def test_an_error_has_its_code_and_its_remedy(azure: tuple[Gated, WorkerProcess]) -> None:
    _, process = azure
    error = process.call("list_virtual_machines", context=None)["error"]
    assert error["message"] == "Run Connect-AzureRmAccount to login."
    assert error["data"] == {
        "code": "not_signed_in",
        "retryable": False,
        "target": None,
        "remedy": "On an Azure VM: Connect-AzureRmAccount -Identity",
        "details": {},
    }


def test_no_token_is_on_stderr_and_only_the_asked_ones_on_stdout(azure: tuple[Gated, WorkerProcess]) -> None:
    emulator, process = azure
    emulator.gate.set()
    context = sign_in(process)
    forged = emulator.mint(key=b"forged")
    context["Account"] |= {"Type": "AccessToken", "AccessToken": "\x01P" + forged}
    identifier = process.ask("list_resource_groups", context=context)
    frame = process.frame()
    assert (frame["id"], frame["error"]["data"]["code"]) == (identifier, "unauthorized")
    assert forged not in json.dumps(frame)
    assert "\x01P" in process.call("get_token")["result"]["value"]["Token"]
    assert process.end() == (0, "")


# --- in process --------------------------------------------------------------------------------------


class Desk:
    """A Worker in this process with operations of the test's own. It is both ends of the worker's streams."""

    def __init__(self, **operations: Callable[..., Any]) -> None:
        self._sent: queue.Queue[bytes] = queue.Queue()
        self._said: queue.Queue[dict[str, Any]] = queue.Queue()
        table = {name: Operation(function) for name, function in operations.items()}
        worker = Worker(cast(BinaryIO, self), table, Backend(environ={}))
        self._serving = threading.Thread(target=worker.serve, args=(self,), daemon=True)
        self._serving.start()

    def read(self, size: int) -> bytes:
        return self._sent.get()

    def write(self, frame: bytes) -> None:
        assert frame.count(b"\n") == 1
        self._said.put(json.loads(frame))

    def flush(self) -> None:
        pass

    def send(self, method: str, identifier: int | None = None, **params: Any) -> None:
        frame = {"jsonrpc": "2.0", "method": method, "params": params}
        self._sent.put(json.dumps(frame | ({} if identifier is None else {"id": identifier})).encode() + b"\n")

    def frame(self) -> dict[str, Any]:
        return self._said.get(timeout=GUARD)

    def rest(self) -> list[dict[str, Any]]:
        """What has been said by the time that the worker has read a last request and the end of its input."""
        self.send("nonsense", 0)
        self._sent.put(b"")
        self._serving.join(GUARD)
        frames = []
        while not self._said.empty():
            frames.append(self._said.get())
        return [frame for frame in frames if frame.get("id") != 0]


def wait_for(gate: threading.Event, call: Call) -> None:
    call.backend.before_waiting()
    assert gate.wait(GUARD)


def test_after_a_cancel_no_frame_of_the_call_comes() -> None:
    gate, ended = threading.Event(), threading.Event()

    def stream(call: Call) -> Iterator[Tenant]:
        try:
            yield Tenant("first")
            wait_for(gate, call)
            call.warn("too late")
            yield Tenant("second")
        finally:
            ended.set()

    desk = Desk(stream=stream)
    desk.send("stream", 1)
    assert desk.frame()["params"]["value"]["Id"] == "first"
    desk.send("cancel", None, id=1)
    assert desk.frame()["error"]["data"]["code"] == "cancelled"
    gate.set()
    assert ended.wait(GUARD)
    assert desk.rest() == []


def test_an_id_in_progress_is_not_taken_twice() -> None:
    gate = threading.Event()

    def wait(call: Call) -> Tenant:
        wait_for(gate, call)
        return Tenant("done")

    desk = Desk(wait=wait)
    desk.send("wait", 1)
    desk.send("wait", 1)
    assert desk.frame()["error"]["code"] == protocol.INVALID_REQUEST
    gate.set()
    frame = desk.frame()
    assert (frame["id"], frame["result"]["type"]) == (1, "tenant")
    assert frame["result"]["value"] == {"Id": "done", "Directory": None}
    assert desk.rest() == []


def test_many_calls_answer_in_whole_lines() -> None:
    def stream(call: Call, *, name: str) -> Iterator[Tenant]:
        for number in range(50):
            yield Tenant(f"{name}{number}", "x" * 1000)

    desk = Desk(stream=stream)
    seen: dict[int, list[str]] = {}
    ended = 0
    for identifier in range(8):
        desk.send("stream", identifier, name=str(identifier))
    while ended < 8:
        frame = desk.frame()
        if "id" in frame:
            ended += 1
        else:
            seen.setdefault(frame["params"]["id"], []).append(frame["params"]["value"]["Id"])
    assert seen == {number: [f"{number}{item}" for item in range(50)] for number in range(8)}
    assert desk.rest() == []


def test_a_defect_is_told_without_its_words() -> None:
    def broken(call: Call) -> None:
        raise ValueError("the token is eyJ-secret")

    def unserializable(call: Call) -> object:
        return {1, 2}

    desk = Desk(broken=broken, unserializable=unserializable)
    desk.send("broken", 1)
    error = desk.frame()["error"]
    assert error["data"]["code"] == "internal_error"
    assert "ValueError" in error["message"]
    assert "eyJ-secret" not in json.dumps(error)
    desk.send("unserializable", 2)
    assert desk.frame()["error"]["data"]["code"] == "internal_error"
    assert desk.rest() == []


def test_an_error_in_the_middle_of_a_stream_ends_it() -> None:
    def stream(call: Call) -> Iterator[Tenant]:
        yield Tenant("first")
        raise NotFoundError("gone")

    desk = Desk(stream=stream)
    desk.send("stream", 1)
    frames = [desk.frame(), desk.frame()]
    assert frames[0]["params"]["value"]["Id"] == "first"
    assert (frames[1]["id"], frames[1]["error"]["data"]["code"]) == (1, "not_found")
    assert desk.rest() == []
