"""Run another program and pass on how it ended, ask one, or wait to be ended. The only `import subprocess`."""

from __future__ import annotations

import os
import queue
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

from .errors import UsageError

#: Seconds that a program has to end after SIGTERM.
GRACE = 5.0
#: Seconds between two moments at which signals are handled for certain; Windows handles Ctrl+C only then.
_LOOK = 0.5


def run(command: Sequence[str], *, environ: Mapping[str, str], grace: float = GRACE) -> int:
    """Run a command with our stdin, stdout and stderr until it ends.

    Ctrl+C is the command's to answer: it reaches it, and we wait for what it does. After a SIGTERM or SIGHUP
    to us it is asked to end, and killed after `grace` seconds. However we leave, it does not outlive us.

    Args:
        environ: Its whole environment; its PATH is where the command is looked for.

    Returns:
        Its exit code; 128 + N if signal N ended it.

    Raises:
        UsageError: There is no such command, or it cannot be started.
    """
    program = shutil.which(command[0], path=environ.get("PATH", environ.get("Path")))
    if program is None:
        raise UsageError(
            f"the command {command[0]!r} was not found",
            target=command[0],
            remedy="Give the path of a program, or the name of one on PATH.",
        )
    early: list[int] = []  # What came before there was a child to tell.
    child: subprocess.Popen[bytes] | None = None
    killer: threading.Timer | None = None

    def pass_on(number: int) -> None:
        nonlocal killer
        if child is None:
            early.append(number)
        elif number != signal.SIGINT:
            child.terminate()
            if killer is None:
                killer = threading.Timer(grace, child.kill)
                killer.daemon = True
                killer.start()
        elif not _terminal_tells_children():
            child.send_signal(number)

    with signals_handled(_PASSED_ON, pass_on):
        try:
            child = subprocess.Popen([program, *command[1:]], env=dict(environ))
        except OSError as exc:
            raise UsageError(
                f"the command {command[0]!r} could not be started: {exc.strerror}", target=command[0]
            ) from exc
        try:
            for number in early:
                pass_on(number)
            code = _waited_for(child)
        finally:
            if killer is not None:
                killer.cancel()
            if child.poll() is None:
                child.kill()
                child.wait()
    return code if code >= 0 else 128 - code


def _waited_for(child: subprocess.Popen[bytes]) -> int:
    """How a child ended. Signals are handled meanwhile, also one that comes in the moment before the wait begins.

    A system call that has begun would not notice that one before its end, so the wait without end is another thread's.
    """
    ended = threading.Event()

    def wait() -> None:
        child.wait()
        ended.set()

    threading.Thread(target=wait, name="pybridge-wait", daemon=True).start()
    while not ended.wait(_LOOK):
        pass
    return child.wait()


_PASSED_ON = {signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])}


@contextmanager
def signals_handled(numbers: Collection[int], handle: Callable[[int], None]) -> Iterator[None]:
    """Handle signals in this way for a while. Other threads than the main one get none: nothing changes."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def handler(number: int, frame: FrameType | None) -> None:
        handle(number)

    before: dict[int, Any] = {number: signal.signal(number, handler) for number in numbers}
    try:
        yield
    finally:
        for number, previous in before.items():
            signal.signal(number, previous if previous is not None else signal.SIG_DFL)


def until_stopped(ready: Callable[[], None]) -> None:
    """Wait for Ctrl+C or SIGTERM, neither of which raises or ends the process meanwhile.

    Args:
        ready: Called as soon as they are waited for.
    """
    signals: queue.SimpleQueue[int] = queue.SimpleQueue()  # May be put to inside a signal handler; an Event not.
    with signals_handled({signal.SIGINT, signal.SIGTERM}, signals.put):
        ready()
        while True:
            with suppress(queue.Empty):
                signals.get(timeout=_LOOK)
                return


def _terminal_tells_children() -> bool:
    """Whether Ctrl+C reaches the child without us. Telling it again would be a second Ctrl+C.

    So it is always on Windows; elsewhere if the terminal's foreground group is ours, which the child shares.
    """
    if os.name == "nt":
        return True
    try:
        terminal = os.open(os.ctermid(), os.O_RDONLY | os.O_NOCTTY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)


def ask(command: Sequence[str], text: str, *, timeout: float) -> str | None:
    """What a program prints when it is given that text on its stdin; both are UTF-8.

    Args:
        timeout: Seconds after which it is killed.

    Returns:
        None where it cannot be started, fails, or does not end in time. What it says of that goes nowhere.
    """
    try:
        done = subprocess.run(command, input=text.encode(), capture_output=True, timeout=timeout, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode("utf-8", "replace")
