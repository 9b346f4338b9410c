"""remote: a hostile host cannot take our memory, hold us past the deadline, or write to the terminal."""

from __future__ import annotations

import json
import socket
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import wsman_host
from afar import answering, host_of
from support import http, talking
from wsman_host import Handle, WsmanHost

from pybridge.errors import PyBridgeError, RemoteError
from pybridge.hosts import Host
from pybridge.hosts import host as make_host
from pybridge.passwords import Password
from pybridge.remote import Job, run_script

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a script with a #! line")

#: Bytes that a question may take at most, whatever comes back.
ROOM = 64 << 20
#: Seconds of a deadline, and what may pass beyond it.
DEADLINE, SLACK = 2.0, 3.0


@pytest.fixture(scope="module")
def vm01(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Handle]:
    with answering(tmp_path_factory.mktemp("powershell"), keep_bodies=False) as handle:
        yield handle


@pytest.fixture
def handle(vm01: Handle) -> Handle:
    vm01.reset()
    return vm01


def suffered(act: Callable[[], object]) -> PyBridgeError:
    """The error that comes, within the time and the memory that there are."""
    tracemalloc.start()
    began = time.monotonic()
    try:
        with pytest.raises(PyBridgeError) as raised:
            act()
        assert time.monotonic() - began < DEADLINE + SLACK
        assert tracemalloc.get_traced_memory()[1] < ROOM
    finally:
        tracemalloc.stop()
    assert raised.value.message.isprintable()
    assert len(raised.value.message) < 1000
    return raised.value


def ask(host: Host) -> object:
    with Job(host, sleep=lambda seconds: None) as job:
        return job.ask("http", {}, timeout=DEADLINE)


@pytest.mark.parametrize("step", ["Create", "Command", "Send", "Receive"])
@pytest.mark.parametrize(
    "trouble",
    [
        {"do": "endless"},
        {"do": "body", "text": "<a>" * 300_000},
        {"do": "body", "text": "<a xmlns='" + "x" * 300_000 + "'>" + "<b/>" * 15_000 + "</a>"},
        {"do": "body", "text": '<!DOCTYPE a [<!ENTITY b "' + "c" * 1000 + '">]><a>' + "&b;" * 1000 + "</a>"},
        {"do": "replace", "old": "uuid:", "new": "uuid:X"},
        {"do": "status", "status": 401, "text": "x" * 3_000_000},
        {"do": "status", "status": 500, "text": "\x1b[31mred\x1b]0;title\x07"},
        {"do": "fault", "code": 4711, "reason": "\x1b[2J\x1b]0;title\x07 wiped " + "x" * 10_000},
    ],
    ids=lambda trouble: f"{trouble['do']}-{str(trouble.get('text') or trouble.get('status') or '')[:12]}",
)
def test_answers_of_all_kinds(handle: Handle, step: str, trouble: dict[str, Any]) -> None:
    if trouble["do"] == "fault":
        trouble = {**trouble, "reason": str(trouble["reason"]).replace("\x1b", "").replace("\x07", "")}
    handle.fault(step, **{"times": 0, **trouble})
    error = suffered(lambda: ask(host_of(handle)))
    assert isinstance(error, RemoteError)
    assert "vm01" in error.message


PROGRAMS = {
    "endless stdout": "while :; do echo 'noise noise noise noise noise noise noise noise noise noise'; done",
    "endless stderr": "while :; do echo 'noise noise noise noise noise noise noise noise noise noise' >&2; done",
    "10 MB of stderr": "head -c 10000000 /dev/zero | tr '\\0' e >&2; exit 1",
    "10 MB of CLIXML": (
        "printf '#< CLIXML\\r\\n<Objs>' >&2; yes '<S S=\"Error\">bad</S>' | head -c 10000000 >&2; exit 1"
    ),
    "escapes": "printf '\\033[2J\\033]0;title\\007bad\\n' >&2; exit 1",
    "silence": "exec sleep 60",
    "nothing": "exit 0",
    "a foreign frame": f"printf '{'0123456789abcdef' * 2}+2:{{}}{'0123456789abcdef' * 2}'; exec sleep 60",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_of_all_kinds(tmp_path: Path, name: str) -> None:
    program = tmp_path / "powershell"
    program.write_text(f"#!/bin/sh\n{PROGRAMS[name]}\n")
    program.chmod(0o755)
    with wsman_host.running(WsmanHost(powershell=str(program), keep_bodies=False)) as handle:
        error = suffered(lambda: ask(host_of(handle)))
        assert error.target == "vm01"
        assert "title" not in error.message
        wait_until(lambda: handle.shells == [])


@pytest.mark.parametrize(
    "answer",
    [
        b'"a" * 3000000',
        b'b"[" * 100000',
        b'b"{\\"a\\":" * 50000',
        b'b"[" + b"{}," * 600000 + b"{}]"',
        b'b"{\\"environ\\": {}}" ',
        b'b"null"',
        b'b"\\xff\\xfe"',
        b'b"{\\"exchange\\": {\\"data\\": 5}}"',
    ],
)
def test_frames_of_all_kinds(tmp_path: Path, answer: bytes) -> None:
    """A script of ours that has been replaced, say: the frame is right, and what is in it is not."""
    from pybridge.models import HttpRequest
    from pybridge.remote import WinRMTransport

    program = tmp_path / "powershell"
    program.write_text(
        f"""#!{sys.executable} -IS
import sys
nonce, first, second = sys.stdin.buffer.readline().split()
sys.stdin.buffer.read(int(first) + int(second))
answer = {answer.decode()}
answer = answer.encode() if isinstance(answer, str) else answer
sys.stdout.buffer.write(nonce + b"+%d:" % len(answer) + answer + nonce)
"""
    )
    program.chmod(0o755)
    with wsman_host.running(WsmanHost(powershell=str(program), keep_bodies=False)) as handle:
        transport = WinRMTransport(host_of(handle, timeout=DEADLINE))
        suffered(lambda: transport.send(HttpRequest("GET", "http://127.0.0.1/x")))
        suffered(lambda: dict(transport.environ))


def test_escapes_in_what_a_host_tells_reach_no_message(tmp_path: Path) -> None:
    from pybridge.models import HttpRequest
    from pybridge.remote import WinRMTransport

    told = json.dumps(
        {"exchange": {"failed": "\x1b[31mX", "text": "\x1b]0;title\x07\x1b[2Jno\r\nway", "host": "\x1b[1m"}}
    )
    program = tmp_path / "powershell"
    program.write_text(
        f"#!{sys.executable} -IS\nimport sys\nnonce, first, second = sys.stdin.buffer.readline().split()\n"
        f"told = {told.encode()!r}\nsys.stdout.buffer.write(nonce + b'+%d:' % len(told) + told + nonce)\n"
    )
    program.chmod(0o755)
    with wsman_host.running(WsmanHost(powershell=str(program))) as handle:
        error = suffered(lambda: WinRMTransport(host_of(handle)).send(HttpRequest("GET", "http://127.0.0.1/x")))
    assert error.message == "http://127.0.0.1/x cannot be reached (no way), on vm01"


def test_a_script_s_output_is_kept_within_limits(tmp_path: Path) -> None:
    program = tmp_path / "powershell"
    program.write_text("#!/bin/sh\nyes 0123456789 | head -c 3000000\nyes error | head -c 3000000 >&2\nexit 0\n")
    program.chmod(0o755)
    told: list[int] = []
    with wsman_host.running(WsmanHost(powershell=str(program), keep_bodies=False)) as handle:
        found = run_script(host_of(handle), "x", keep=1_000_000, on_record=lambda record: told.append(len(record.text)))
    assert sum(len(record.text) for record in found.records) < 1_100_000
    assert "cut off" in found.records[-1].text
    assert sum(told) >= 6_000_000


# --- who trickles ------------------------------------------------------------------------------------


def trickle(*pieces: bytes) -> Callable[[socket.socket], None]:
    """Says this, and then a byte at a time, for as long as anybody listens."""

    def talk(connection: socket.socket) -> None:
        with suppress(OSError):
            for piece in pieces:
                connection.sendall(piece)
            while True:
                connection.sendall(b"a")
                time.sleep(0.02)

    return talk


@pytest.mark.parametrize(
    "talk",
    [
        trickle(),
        trickle(b"HTTP/1.1 200 OK\r\nX-Header: "),
        trickle(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"),
        trickle(b"HTTP/1.1 401 No\r\nWWW-Authenticate: Negotiate\r\nContent-Length: 1000000\r\n\r\n"),
        trickle(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
        trickle(b"HTTP/1.1 100 Continue\r\n\r\n" * 3),
    ],
    ids=["start", "head", "body", "401", "chunks", "continue"],
)
def test_a_trickle_is_left_at_the_deadline(talk: Callable[[socket.socket], None]) -> None:
    with talking(talk) as talker:
        host = make_host(
            "vm01", address=f"http://127.0.0.1:{talker.port}", username="admin", password=Password("secret-word")
        )
        suffered(lambda: ask(host))


@pytest.mark.parametrize(
    "answer",
    [
        http("200 OK", b"", *[f"X-{number}: {'y' * 1000}" for number in range(500)]),
        http("401 No", b"", "WWW-Authenticate: Negotiate " + "A" * 60_000),
        http("401 No", b"", "WWW-Authenticate: Negotiate", "Set-Cookie: a=" + "b" * 60_000),
        b"HTTP/1.1 200 OK\r\n" + b"x" * 1_000_000,
        b"HTTP/1.1 401 No\r\nWWW-Authenticate: Negotiate\r\n\r\n" + b"x" * 5_000_000,
    ],
    ids=["headers", "challenge", "cookie", "line", "401 without a length"],
)
def test_heads_of_all_kinds(answer: bytes) -> None:
    with talking(answer) as talker:
        host = make_host(
            "vm01", address=f"http://127.0.0.1:{talker.port}", username="admin", password=Password("secret-word")
        )
        suffered(lambda: ask(host))


def wait_until(check: Callable[[], bool]) -> None:
    """Give what goes on behind our back a moment."""
    for _ in range(100):
        if check():
            return
        time.sleep(0.05)
    assert check()
