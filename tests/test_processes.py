"""Running a command in the foreground: its code, its signals, its end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from support import GUARD

from pybridge import processes
from pybridge.errors import UsageError

posix_only = pytest.mark.skipif(os.name == "nt", reason="signals as POSIX has them")


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


@pytest.mark.parametrize("code", [0, 1, 3, 255])
def test_the_exit_code_comes_back(code: int) -> None:
    assert processes.run(python(f"raise SystemExit({code})"), environ=os.environ) == code


@posix_only
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_signal_is_128_and_its_number(number: int) -> None:
    code = f"import os; os.kill(os.getpid(), {int(number)})"
    assert processes.run(python(code), environ=os.environ) == 128 + number


def test_the_environment_is_the_one_that_is_given() -> None:
    environ = {**os.environ, "PYBRIDGE_TEST": "yes"}
    code = "import os, sys; sys.exit(7 if os.environ.get('PYBRIDGE_TEST') == 'yes' else 8)"
    assert processes.run(python(code), environ=environ) == 7
    assert processes.run(python(code), environ=os.environ) == 8


def test_stdin_and_stdout_are_ours(capfd: pytest.CaptureFixture[str]) -> None:
    assert processes.run(python("print('hello')"), environ=os.environ) == 0
    assert capfd.readouterr().out.strip() == "hello"


def test_a_command_that_is_not_there() -> None:
    with pytest.raises(UsageError, match="'no-such-command' was not found"):
        processes.run(["no-such-command"], environ=os.environ)


@posix_only
def test_the_path_is_the_commands_own(tmp_path: Path) -> None:
    program = tmp_path / "greet"
    program.write_text("#!/bin/sh\nexit 9\n")
    program.chmod(0o755)
    assert processes.run(["greet"], environ={"PATH": str(tmp_path)}) == 9
    with pytest.raises(UsageError, match="was not found"):
        processes.run(["greet"], environ={"PATH": "/nowhere"})


@posix_only
def test_a_file_that_is_no_program(tmp_path: Path) -> None:
    program = tmp_path / "text"
    program.write_bytes(b"\x00\x01")
    program.chmod(0o755)
    with pytest.raises(UsageError, match="could not be started"):
        processes.run([str(program)], environ=os.environ)


def test_it_runs_in_other_threads_too() -> None:
    codes: list[int] = []
    thread = threading.Thread(
        target=lambda: codes.append(processes.run(python("raise SystemExit(4)"), environ=os.environ))
    )
    thread.start()
    thread.join()
    assert codes == [4]


def test_signal_handlers_are_put_back() -> None:
    before = signal.getsignal(signal.SIGINT)
    processes.run(python(""), environ=os.environ)
    assert signal.getsignal(signal.SIGINT) is before


#: The outer process runs the inner command as `pybridge emulate -- COMMAND` does, and says what came back.
OUTER = """
import os, sys
from pybridge import processes
code = processes.run([sys.executable, "-c", sys.argv[1]], environ=os.environ, grace=float(sys.argv[2]))
print("code", code, flush=True)
"""
READY = "import os, signal, sys, time\n{setup}\nprint(os.getpid(), flush=True)\nfor _ in range(600): time.sleep(0.1)\n"


def start(setup: str, grace: float = 60) -> tuple[subprocess.Popen[str], int]:
    """The outer process, in a session of its own so that no terminal tells its child, and the inner ID."""
    outer = subprocess.Popen(
        [sys.executable, "-c", OUTER, READY.format(setup=setup), str(grace)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert outer.stdout is not None
    return outer, int(outer.stdout.readline())


@posix_only
@pytest.mark.parametrize(
    ("number", "setup", "code"),
    [
        (signal.SIGINT, "signal.signal(signal.SIGINT, signal.SIG_DFL)", 130),
        (signal.SIGINT, "signal.signal(signal.SIGINT, lambda *_: sys.exit(5))", 5),
        (signal.SIGTERM, "", 143),
        (signal.SIGTERM, "signal.signal(signal.SIGTERM, lambda *_: sys.exit(6))", 6),
        (signal.SIGHUP if hasattr(signal, "SIGHUP") else 1, "", 143),
    ],
)
def test_signals_reach_the_command(number: int, setup: str, code: int) -> None:
    outer, inner = start(setup)
    outer.send_signal(number)
    out, errors = outer.communicate(timeout=GUARD)
    assert (out, errors, outer.returncode) == (f"code {code}\n", "", 0)
    with pytest.raises(ProcessLookupError):
        os.kill(inner, 0)


@posix_only
def test_a_signal_that_interrupts_no_system_call_is_passed_on_too() -> None:
    """As one that comes in the moment before the wait begins: here another thread gets it."""
    elsewhere = (
        "import signal, threading, time\n"
        "threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
        "signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])\n"
    )
    inner = READY.format(setup="signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])")
    outer = subprocess.Popen(
        [sys.executable, "-c", elsewhere + OUTER, inner, "60"],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert outer.stdout is not None
    outer.stdout.readline()
    outer.send_signal(signal.SIGTERM)
    out, _ = outer.communicate(timeout=GUARD)
    assert out == "code 143\n"


@posix_only
def test_a_command_that_will_not_end_is_killed() -> None:
    outer, inner = start("signal.signal(signal.SIGTERM, signal.SIG_IGN)", grace=0.05)
    outer.send_signal(signal.SIGTERM)
    out, errors = outer.communicate(timeout=GUARD)
    assert (out, errors) == ("code 137\n", "")
    with pytest.raises(ProcessLookupError):
        os.kill(inner, 0)


@posix_only
def test_a_command_may_answer_ctrl_c_and_go_on() -> None:
    outer, inner = start("signal.signal(signal.SIGINT, lambda *_: print('caught', flush=True))")
    outer.send_signal(signal.SIGINT)
    assert outer.stdout is not None
    assert outer.stdout.readline() == "caught\n"
    assert outer.poll() is None
    os.kill(inner, signal.SIGKILL)
    out, _ = outer.communicate(timeout=GUARD)
    assert out == "code 137\n"
