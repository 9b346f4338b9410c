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
from dataclasses import replace
from typing import Any, BinaryIO, cast

import pytest
from support import ARM, GUARD, Clock, WorkerProcess, environment, worker

from pybridge import protocol, wire
from pybridge.arm import Progress
from pybridge.backend import Backend, Call, FromHost
from pybridge.clouds import CLOUDS
from pybridge.emulator import Emulator
from pybridge.emulator.server import serve
from pybridge.errors import CancelledError, NotFoundError, UsageError
from pybridge.models import HttpRequest, HttpResponse
from pybridge.operations import Operation
from pybridge.resources import Account, Context, Session, Subscription, Tenant
from pybridge.version import __version__
from pybridge.worker import Worker

ARGUMENTS = {"parameter_set": "ManagedServiceLogin", "identity": True, "session": None}


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


def items(receive: Callable[[], dict[str, Any]], identifier: int) -> tuple[list[str], list[dict[str, Any]]]:
    """The names of the items of a stream to its good end, and the frames that they came in."""
    frames: list[dict[str, Any]] = []
    while (frame := receive()).get("method") == "items":
        assert frame["params"]["id"] == identifier
        assert len(frame["params"]["tagged"]) == len(frame["params"]["values"])
        frames.append(frame)
    assert frame == {"jsonrpc": "2.0", "id": identifier, "result": None}
    return [item.get("Name") or item.get("Id") for frame in frames for item in frame["params"]["values"]], frames


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
        ("list_resource_groups", {}, protocol.INVALID_PARAMS),
        ("list_resource_groups", {"context": {"Account": "x"}}, protocol.INVALID_PARAMS),
        ("list_resource_groups", {"context": None}, protocol.APPLICATION_ERROR),
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
    assert process.frame()["method"] == "items"
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
        assert [frame.get("method") for frame in frames] == ["items", None]
        assert frames[1] == {"jsonrpc": "2.0", "id": identifier, "result": None}
        assert process.call("hello", protocol=1)["id"] == 2
        _, errors = process.end()
    for words in ("to stdout", "to file 1", "a child", "again"):
        assert words in errors


def test_an_operation_has_no_share_in_the_workers_input() -> None:
    program = NOISY.replace('print("to stdout")', "assert os.read(0, 100) == b''")
    with worker(program=program) as process:
        process.ask("noisy")
        assert process.frame()["method"] == "items"


# --- calls -------------------------------------------------------------------------------------------


def test_sign_in_and_ask(azure: tuple[Gated, WorkerProcess]) -> None:
    emulator, process = azure
    emulator.gate.set()
    context = sign_in(process)
    identifier = process.ask("list_virtual_machines", context=context)
    names, frames = items(process.frame, identifier)
    assert names[:4] == ["myVM", "twoIdentitiesVM", "msiOffVM", "noRoleVM"]
    assert {frame["params"]["type"] for frame in frames} == {"virtual_machine_list_item"}
    assert len(frames[0]["params"]["values"]) == 1


def test_what_is_there_is_told_while_the_next_page_is_waited_for() -> None:
    class Slow(Emulator):
        """Answers with a further page each time that the test lets it."""

        let = threading.Semaphore(0)

        def answer(self, request: HttpRequest, sleep: Callable[[float], None]) -> HttpResponse:
            response = super().answer(request, sleep)
            if "skiptoken" in request.url:
                assert self.let.acquire(timeout=GUARD)
            return response

    with serve(Slow(page_size=1)) as server, worker(environment(server.url)) as process:
        process.ask("list_virtual_machines", context=sign_in(process))
        for name in ("myVM", "twoIdentitiesVM", "msiOffVM"):  # the third page is asked for ahead
            assert [value["Name"] for value in process.frame()["params"]["values"]] == [name]
            Slow.let.release()


def test_a_warning_comes_before_the_answer() -> None:
    with serve(Emulator(machine="noRoleVM")) as server, worker(environment(server.url)) as process:
        identifier = process.ask("connect_account", **ARGUMENTS)
        warning, session, result = (process.frame() for _ in range(3))
    assert [warning["method"], session["method"]] == ["warning", "session"]
    assert [warning["params"]["id"], session["params"]["id"], result["id"]] == [identifier] * 3
    assert "no subscription is visible" in warning["params"]["message"]
    assert session["params"]["value"]["Contexts"] == [result["result"]["value"]["Context"]]


def test_an_inner_call_is_answered_while_the_outer_stream_is_open(azure: tuple[Gated, WorkerProcess]) -> None:
    emulator, process = azure
    context = sign_in(process)
    outer = process.ask("list_virtual_machines", context=context)
    assert process.frame()["params"]["values"][0]["Name"] == "myVM"
    inner = process.ask("list_virtual_machines", context=context, resource_group_name="myResourceGroup", name="myVM")
    frames = [process.frame(), process.frame()]
    assert [frame.get("id") or frame["params"]["id"] for frame in frames] == [inner, inner]
    emulator.gate.set()
    names, _ = items(process.frame, outer)
    assert names[:3] == ["twoIdentitiesVM", "msiOffVM", "noRoleVM"]


def test_a_cancel_is_acknowledged_at_once_and_the_worker_goes_on(azure: tuple[Gated, WorkerProcess]) -> None:
    emulator, process = azure
    context = sign_in(process)
    outer = process.ask("list_virtual_machines", context=context)
    assert process.frame()["method"] == "items"
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

    def __init__(self, backend: Backend | None = None, /, **operations: Callable[..., Any]) -> None:
        self._sent: queue.Queue[bytes] = queue.Queue()
        self._said: queue.Queue[dict[str, Any]] = queue.Queue()
        table = {name: Operation(function) for name, function in operations.items()}
        worker = Worker(cast(BinaryIO, self), table, backend or Backend(environ={}))
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

    def has_ended(self) -> bool:
        """Whether the worker ends by itself."""
        self._serving.join(GUARD)
        return not self._serving.is_alive()

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
    assert desk.frame()["params"]["values"][0]["Id"] == "first"
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
    assert frame["result"]["value"] == {"Id": "done", "Directory": None, "ExtendedProperties": []}
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
            seen.setdefault(frame["params"]["id"], []).extend(item["Id"] for item in frame["params"]["values"])
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
    assert frames[0]["params"]["values"][0]["Id"] == "first"
    assert (frames[1]["id"], frames[1]["error"]["data"]["code"]) == (1, "not_found")
    assert desk.rest() == []


# --- what travels beside the answer ------------------------------------------------------------------


def test_items_travel_together_but_the_first_one_at_once() -> None:
    desk = Desk(stream=lambda call: iter([Tenant(str(number)) for number in range(40)]))
    desk.send("stream", 1)
    names, frames = items(desk.frame, 1)
    assert names == [str(number) for number in range(40)]
    assert [len(frame["params"]["values"]) for frame in frames] == [1, 12, 12, 12, 3]
    assert {frame["params"]["type"] for frame in frames} == {"tenant"}
    assert list(frames[0]["params"]) == ["id", "type", "values", "tagged"]


def test_items_of_another_class_travel_by_themselves() -> None:
    shielded = "2017-11-23T10:00:00Z"
    found = [Tenant("a"), Tenant("b", shielded), Subscription("c", "d"), "text", "eyJ"]
    desk = Desk(stream=lambda call: iter(found))
    desk.send("stream", 1)
    frames = [desk.frame()["params"] for _ in range(4)]
    assert [(frame["type"], len(frame["values"])) for frame in frames] == [
        ("tenant", 1),
        ("tenant", 1),
        ("subscription", 1),
        ("str", 2),
    ]
    assert [frame["tagged"] for frame in frames] == [[[]], [[["Directory"]]], [[]], [[], []]]
    assert desk.frame() == {"jsonrpc": "2.0", "id": 1, "result": None}


def test_items_say_which_computer_they_came_from_and_one_that_fails_is_told_apart() -> None:
    def stream(call: Call) -> Iterator[FromHost[Tenant]]:
        yield FromHost("vm01", Tenant("a"))
        yield FromHost("vm01", Tenant("b"))
        yield FromHost("vm02", Tenant("c"))
        call.fail("vm03", NotFoundError("gone", target="/a/path", remedy="Look."))
        yield FromHost("vm02", Tenant("d"))

    desk = Desk(stream=stream)
    desk.send("stream", 1)
    frames = [desk.frame() for _ in range(5)]
    assert [frame["method"] for frame in frames] == ["items", "items", "items", "failure", "items"]
    assert [
        (frame["params"]["host"], [value["Id"] for value in frame["params"].get("values", [])]) for frame in frames
    ] == [("vm01", ["a"]), ("vm01", ["b"]), ("vm02", ["c"]), ("vm03", []), ("vm02", ["d"])]
    failure = frames[3]["params"]
    assert list(failure) == ["id", "host", "error"]
    assert (failure["error"]["message"], failure["error"]["data"]["code"]) == ("gone", "not_found")
    assert failure["error"]["data"]["target"] == "vm03"
    assert desk.frame() == {"jsonrpc": "2.0", "id": 1, "result": None}


def test_who_is_at_work_elsewhere_is_told_that_nobody_wants_more_and_may_clean_up() -> None:
    begun, told, clean = threading.Event(), threading.Event(), threading.Event()

    def stream(call: Call) -> Iterator[Tenant]:
        call.on_end(told.set)
        yield Tenant("a")
        begun.set()
        wait_for(told, call)
        clean.set()

    desk = Desk(stream=stream)
    desk.send("stream", 1)
    assert begun.wait(GUARD)
    desk.rest()  # the end of the input
    assert clean.is_set()


def test_who_asks_to_be_told_too_late_is_told_at_once() -> None:
    asked, told = threading.Event(), threading.Event()

    def work(call: Call) -> None:
        wait_for(asked, call)
        call.on_end(told.set)

    desk = Desk(work=work)
    desk.send("work", 1)
    desk.send("cancel", None, id=1)
    assert "error" in desk.frame()
    asked.set()
    assert told.wait(GUARD)


def test_what_makes_items_ends_with_a_cancel() -> None:
    ended, gate = threading.Event(), threading.Event()

    def stream(call: Call) -> Iterator[Tenant]:
        def within() -> Iterator[Tenant]:
            try:
                yield Tenant("a")
                wait_for(gate, call)
                yield Tenant("b")
            finally:
                ended.set()

        yield from within()

    desk = Desk(stream=stream)
    desk.send("stream", 1)
    desk.frame()
    desk.send("cancel", None, id=1)
    desk.frame()
    gate.set()
    assert ended.wait(GUARD)


def test_a_defect_in_reading_the_arguments_is_answered() -> None:
    def work(call: Call, *, reach: Any) -> None: ...

    work.__annotations__["reach"] = "Reach"
    desk = Desk(work=work)
    desk.send("work", 1, reach={"computer_name": ["vm01"], "credential": "x"})
    assert desk.frame()["error"]["data"]["code"] == "internal_error"
    desk.send("work", 2, reach={"computer_name": []})
    assert desk.frame()["error"]["data"]["code"] == "invalid_argument"


def test_how_computers_are_reached_is_known_to_the_call() -> None:
    def work(call: Call) -> str:
        return ",".join(f"{name}={reach.only().name}" for name, reach in call.reaches.items())

    desk = Desk(work=work)
    reach = {"computer_name": ["vm01"], "credential": {"UserName": "admin", "Password": "\x01Phush"}}
    desk.send("work", 1, hosts={"vm01": reach})
    assert desk.frame()["result"]["value"] == "vm01=vm01"
    desk.send("work", 2, hosts={"vm01": {}})
    assert desk.frame()["error"]["data"]["code"] == "invalid_argument"


def test_items_are_sent_before_anything_waits_or_is_told() -> None:
    gate = threading.Event()

    def stream(call: Call) -> Iterator[Tenant]:
        yield Tenant("0")
        yield Tenant("1")
        call.warn("mind")
        yield Tenant("2")
        wait_for(gate, call)
        yield Tenant("3")
        raise NotFoundError("gone")

    desk = Desk(stream=stream)
    desk.send("stream", 1)
    seen = [desk.frame() for _ in range(4)]
    assert [frame["method"] for frame in seen] == ["items", "items", "warning", "items"]
    gate.set()
    assert desk.frame()["params"]["values"][0]["Id"] == "3"
    assert desk.frame()["error"]["data"]["code"] == "not_found"


def test_what_does_not_travel_is_a_defect_and_what_came_before_is_not_lost() -> None:
    desk = Desk(stream=lambda call: iter([Tenant("0"), Tenant("1"), {1, 2}]))
    desk.send("stream", 1)
    assert [desk.frame()["params"]["values"][0]["Id"] for _ in range(2)] == ["0", "1"]
    assert desk.frame()["error"]["data"]["code"] == "internal_error"


def test_progress_is_told_and_taken_away_at_the_end() -> None:
    def work(call: Call) -> Tenant:
        call.progress(Progress("Changing vm", "InProgress", None, 0.5))
        call.progress(Progress("Changing vm", "InProgress", 40, 1.5))
        return Tenant("done")

    desk = Desk(work=work)
    desk.send("work", 7)
    frames = [desk.frame() for _ in range(3)]
    told = {"id": 7, "activity": "Changing vm", "status": "InProgress"}
    assert [frame["params"] for frame in frames] == [
        {**told, "percent": None, "seconds": 0.5},
        {**told, "percent": 40, "seconds": 1.5},
        {**told, "percent": 40, "completed": 1.5},
    ]
    assert next(iter(frames[0]["params"])) == "id"
    assert desk.frame()["result"]["type"] == "tenant"


def test_progress_that_is_over_is_told_once() -> None:
    def work(call: Call) -> None:
        call.progress(None)
        call.progress(Progress("a", "b", None, 0))
        call.progress(None)
        raise NotFoundError("gone")

    desk = Desk(work=work)
    desk.send("work", 1)
    assert [desk.frame()["method"] for _ in range(2)] == ["progress", "progress"]
    assert "error" in desk.frame()


def test_details_are_told_to_whom_they_are_wanted_by() -> None:
    def work(call: Call, *, name: str) -> None:
        call.verbose(f"{name} {call.wants_verbose}")

    desk = Desk(work=work)
    desk.send("work", 1, name="x", verbose=True)
    assert desk.frame() == {"jsonrpc": "2.0", "method": "verbose", "params": {"id": 1, "message": "x True"}}
    assert "result" in desk.frame()
    for quiet in ({}, {"verbose": False}, {"verbose": None}, {"verbose": "yes"}):
        desk.send("work", 2, name="x", **quiet)
        assert "result" in desk.frame()


def test_what_is_shown_as_it_is_holds_nothing_that_a_terminal_obeys() -> None:
    """It may be the words of a host, or of Azure."""
    words = "it\x1b[2J said\x07\n\x9b31mred"

    def work(call: Call) -> None:
        call.warn(words)
        call.verbose(words)
        call.progress(Progress(words, words, None, 0.5))

    desk = Desk(work=work)
    desk.send("work", 1, verbose=True)
    params = [desk.frame()["params"] for _ in range(3)]
    assert [params[0]["message"], params[1]["message"]] == ["it said \nred"] * 2
    assert (params[2]["activity"], params[2]["status"]) == ("it said \nred",) * 2
    assert [next(iter(each)) for each in params] == ["id"] * 3


def test_a_session_is_kept_by_who_asked() -> None:
    def work(call: Call, *, session: Session) -> None:
        call.keep(replace(session, current="new"))

    desk = Desk(work=work)
    desk.send("work", 1, session=None)
    frame = desk.frame()
    assert (frame["method"], frame["params"]["id"], frame["params"]["type"]) == ("session", 1, "session")
    assert frame["params"]["value"] == wire.encode(Session(current="new"))
    assert frame["params"]["tagged"] == []


CLOUD = wire.encode(replace(CLOUDS["AzureCloud"], name="Own", resource_manager_url="https://arm.example/"))


def test_clouds_that_were_added_are_known_to_the_call() -> None:
    def work(call: Call) -> str:
        built_in = call.environment("azurecloud").resource_manager_url
        return f"{built_in} {call.environment('OWN').resource_manager_url} {call.environment(None).name}"

    def session_work(call: Call, *, session: Session) -> str:
        return work(call)

    desk = Desk(work=work, session_work=session_work)
    clouds = {"Own": CLOUD, "AzureCloud": CLOUD}
    told = "https://management.azure.com/ https://arm.example/ AzureCloud"
    desk.send("work", 1, environments=clouds)
    assert desk.frame()["result"]["value"] == told
    desk.send("session_work", 2, session={"Contexts": [], "Environments": clouds})
    assert desk.frame()["result"]["value"] == told
    desk.send("work", 3)
    assert desk.frame()["error"]["data"]["code"] == "invalid_argument"
    odd: list[Any] = [{"Own": {}}, {"Own": 5}, [1], "Own"]
    for clouds in odd:
        desk.send("work", 4, environments=clouds)
        assert desk.frame()["error"]["data"]["code"] == "invalid_argument"


# --- waiting, and what goes on -----------------------------------------------------------------------


def test_a_cancelled_call_stops_waiting() -> None:
    ended = threading.Event()

    def work(call: Call) -> None:
        try:
            call.sleep(GUARD * 10)
        except CancelledError:
            ended.set()
            raise

    desk = Desk(work=work)
    desk.send("work", 1)
    desk.send("cancel", None, id=1)
    assert desk.frame()["error"]["data"]["code"] == "cancelled"
    assert ended.wait(GUARD)
    assert desk.rest() == []


def test_a_long_operation_of_a_cancelled_call_is_asked_no_more() -> None:
    """ARM tells to come back in an hour, so only a wait that is broken off ends in time."""
    asked, ended = threading.Event(), threading.Event()

    class Arm:
        def send(self, request: HttpRequest) -> HttpResponse:
            asked.set()
            return HttpResponse(202, {"Location": f"{ARM}operations/o?api-version=1", "Retry-After": "3600"})

    def work(call: Call) -> None:
        account = Account("me", "AccessToken", access_token="abc")
        try:
            call.arm(Context("c", account, CLOUDS["AzureCloud"], None, None)).change("DELETE", "/x", "1")
        finally:
            ended.set()

    desk = Desk(Backend(arm=Arm(), environ={}), work=work)
    desk.send("work", 1)
    assert asked.wait(GUARD)
    desk.send("cancel", None, id=1)
    assert desk.frame()["error"]["data"]["code"] == "cancelled"
    assert ended.wait(GUARD)


def test_what_a_cancelled_call_was_making_is_there_for_the_next() -> None:
    gate, made = threading.Event(), threading.Event()

    def complete(call: Call) -> str:
        def make() -> str:
            wait_for(gate, call)
            made.set()
            return "answer"

        return call.cached("key", 60, make)

    desk = Desk(complete=complete)
    desk.send("complete", 1)
    desk.send("cancel", None, id=1)
    assert desk.frame()["error"]["data"]["code"] == "cancelled"
    desk.send("complete", 2)  # it waits for the one that goes on
    gate.set()
    assert desk.frame() == {"jsonrpc": "2.0", "id": 2, "result": {"type": "str", "value": "answer", "tagged": []}}
    assert made.is_set()


@pytest.mark.parametrize(("name", "pages"), [("stream", 1), ("complete", 3)])
def test_a_cancelled_list_is_read_to_its_end_for_later_calls_only(name: str, pages: int) -> None:
    arrived, gate, ended = threading.Event(), threading.Event(), threading.Event()
    asked: list[str] = []

    class Arm:
        def send(self, request: HttpRequest) -> HttpResponse:
            asked.append(request.url)
            arrived.set()
            assert gate.wait(GUARD)
            link = {"nextLink": f"{ARM}x?page={len(asked)}"} if len(asked) < 3 else {}
            return HttpResponse(200, {}, json.dumps({"value": [], **link}).encode())

    def every_page(call: Call) -> list[dict[str, Any]]:
        account = Account("me", "AccessToken", access_token="abc")
        try:
            return list(call.arm(Context("c", account, CLOUDS["AzureCloud"], None, None)).pages("/x", "1"))
        finally:
            ended.set()

    def stream(call: Call) -> Iterator[Tenant]:
        yield from (Tenant("") for _ in every_page(call))

    def complete(call: Call) -> str:
        return str(len(call.cached("key", 60, lambda: every_page(call))))

    desk = Desk(Backend(arm=Arm(), environ={}), stream=stream, complete=complete)
    desk.send(name, 1)
    assert arrived.wait(GUARD)
    desk.send("cancel", None, id=1)
    assert desk.frame()["error"]["data"]["code"] == "cancelled"
    gate.set()
    assert ended.wait(GUARD)
    assert len(asked) == pages


def test_an_answer_is_good_for_its_time_and_an_error_is_not_kept() -> None:
    clock, made = Clock(), []
    backend = Backend(environ={}, clock=clock)

    def make() -> int:
        made.append(clock())
        if len(made) == 1:
            raise NotFoundError("gone")
        return len(made)

    call = Call(backend)
    with pytest.raises(NotFoundError):
        call.cached("key", 60, make)
    assert [call.cached("key", 60, make), call.cached("key", 60, make), call.cached("other", 60, make)] == [2, 2, 3]
    clock.now += 59.9
    assert call.cached("key", 60, make) == 2
    clock.now += 0.1
    assert call.cached("key", 60, make) == 4


def test_an_error_is_for_all_who_wait_for_the_answer() -> None:
    gate, waits = threading.Event(), threading.Event()
    made: list[int] = []

    def complete(call: Call) -> str:
        def make() -> str:
            made.append(1)
            wait_for(gate, call)
            raise NotFoundError("gone")

        return call.cached("key", 60, make)

    backend = Backend(environ={})
    desk = Desk(backend, complete=complete)
    desk.send("complete", 1)
    desk.send("hello", 2, protocol=protocol.VERSION)
    assert desk.frame()["id"] == 2  # so the first one waits
    before_waiting = backend.before_waiting

    def note() -> None:
        before_waiting()
        waits.set()

    backend.before_waiting = note
    desk.send("complete", 3)
    assert waits.wait(GUARD)
    gate.set()
    assert {desk.frame()["error"]["data"]["code"] for _ in range(2)} == {"not_found"}
    assert made == [1]


def test_the_oldest_answers_make_room() -> None:
    call = Call(Backend(environ={}))
    for number in range(300):
        call.cached(number, 60, lambda: "old")
    assert call.cached(299, 60, lambda: "new") == "old"
    assert call.cached(0, 60, lambda: "new") == "new"


# --- what an operation is called with ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("annotation", "good", "bad"),
    [
        ("str", ["x", ""], [None, 5, ["x"]]),
        ("str | None", ["x", None], [5]),
        ("int | None", [5, None], ["5", True, 1.5]),
        ("float | None", [5, 1.5, None], ["5", True]),
        ("bool", [True, False], [None, 1, "true"]),
        ("list[str]", [[], ["x"]], [None, "x", [5], [None]]),
        ("list[str] | None", [[], ["x"], None], ["x", [5], {}]),
        ("Mapping[str, Any]", [{}, {"a": [1]}], [None, [], "x"]),
        ("Mapping[str, Any] | None", [{}, {"a": 1}, None], [[], "x"]),
    ],
)
def test_arguments_are_what_the_annotation_says(annotation: str, good: list[object], bad: list[object]) -> None:
    def work(call: Call, *, value: Any) -> None: ...

    work.__annotations__["value"] = annotation
    operation = Operation(work)
    for value in good:
        assert operation.bind({"value": value}) == {"value": value}
    for value in bad:
        with pytest.raises(UsageError) as caught:
            operation.bind({"value": value})
        assert caught.value.target == "value"
