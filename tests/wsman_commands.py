"""A command of a host: a real process, what it wrote and what it is sent."""

from __future__ import annotations

import os
import select
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from wsman_faults import ABORTED, BAD_FOLDER, BROKEN_PIPE, BUSY, FILE_NOT_FOUND, TIMED_OUT, WsmanFault

#: What cmd.exe and CreateProcess take.
CMD_LIMIT, PROCESS_LIMIT = 8191, 32767

#: Bytes of output that nobody fetched, beyond which the process has to wait.
_HELD_BACK = 1 << 20

#: Seconds that the end of a process is waited for after the end of its output, so that both go in one answer.
_EXIT = 5.0

_POWERSHELL = {"powershell", "powershell.exe", "pwsh", "pwsh.exe"}


def split(line: str) -> list[str]:
    """A command line's arguments; quotes hold them together and a backslash keeps a quote, as on Windows."""
    arguments, word, inside, index = [], "", False, 0
    started = False
    while index < len(line):
        sign = line[index]
        if sign == "\\" and line[index + 1 : index + 2] == '"':
            word, index, started = word + '"', index + 1, True
        elif sign == '"':
            inside, started = not inside, True
        elif sign in " \t" and not inside:
            if started:
                arguments.append(word)
            word, started = "", False
        else:
            word, started = word + sign, True
        index += 1
    return [*arguments, word] if started else arguments


def arguments_of(line: str, *, cmd: bool, powershell: str | None, overlong: str) -> list[str]:
    """What is really started for a command line.

    Args:
        cmd: Whether cmd.exe stands between.
        powershell: The program behind `powershell`.
        overlong: What cmd.exe does with a line that is too long: `refuse`, or `silent` to do nothing and say nothing.

    Raises:
        WsmanFault: Without cmd.exe there is no such program, or the line is too long.
    """
    if cmd and len(line) > CMD_LIMIT:
        return _shell("exit 0" if overlong == "silent" else "echo The command line is too long.>&2; exit 1")
    words = split(line)
    if words and words[0].lower() in _POWERSHELL:
        if powershell is None:
            return _shell("echo \"'powershell' is not recognized as an internal or external command\">&2; exit 1")
        return [powershell, *words[1:]]
    if cmd:
        return _shell(line)
    if len(line) > PROCESS_LIMIT or not words or shutil.which(words[0]) is None:
        raise WsmanFault(FILE_NOT_FOUND)
    return words


def _shell(line: str) -> list[str]:
    return ["cmd.exe", "/c", line] if os.name == "nt" else ["/bin/sh", "-c", line]


class Command:
    """A process of a shell.

    Raises:
        WsmanFault: Its folder or its program is not there.
    """

    def __init__(self, command_id: str, argv: list[str], environ: Mapping[str, str], folder: str | None) -> None:
        if folder is not None and not Path(folder).is_dir():
            raise WsmanFault(BAD_FOLDER)
        self.id = command_id
        self.argv = argv
        self.environ = dict(environ)
        pipe = subprocess.PIPE
        try:
            self._process = subprocess.Popen(
                argv, stdin=pipe, stdout=pipe, stderr=pipe, env=self.environ, cwd=folder, start_new_session=True
            )
        except OSError as exc:
            raise WsmanFault(FILE_NOT_FOUND) from exc
        assert self._process.stdin is not None
        if os.name != "nt":
            os.set_blocking(self._process.stdin.fileno(), False)
        self.pid = self._process.pid
        self._change = threading.Condition()
        self._output = {"stdout": bytearray(), "stderr": bytearray()}
        self._ended: set[str] = set()
        self._told_ended: set[str] = set()
        self._exit_code: int | None = None
        self._aborted = False
        self._interrupted = False
        self._sending = threading.Lock()
        self._readers = [
            threading.Thread(target=self._drain, args=(name,), daemon=True) for name in ("stdout", "stderr")
        ]
        for reader in [*self._readers, threading.Thread(target=self._wait, daemon=True)]:
            reader.start()

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def _drain(self, name: str) -> None:
        pipe = getattr(self._process, name)
        with suppress(OSError, ValueError):
            while data := os.read(pipe.fileno(), 65536):
                with self._change:
                    self._output[name] += data
                    self._change.notify_all()
                    self._change.wait_for(lambda: len(self._output[name]) < _HELD_BACK or self._aborted)
        with self._change:
            self._ended.add(name)
            self._change.notify_all()

    def _wait(self) -> None:
        code = self._process.wait()
        for reader in self._readers:
            reader.join(_EXIT)  # a grandchild may hold the pipes for longer: as on Windows, nobody waits for that
        if code < 0:
            code = 0xC000013A if self._interrupted else 1
        with self._change:
            self._ended |= set(self._output)
            self._exit_code = code & 0xFFFFFFFF
            self._change.notify_all()

    def receive(
        self, names: list[str], *, timeout: float, limit: int, linger: float
    ) -> tuple[list[tuple[str, bytes]], list[str], int | None]:
        """Wait for output or the end.

        Args:
            limit: Bytes at most.
            linger: Seconds to wait for the end once there is output.

        Returns:
            The pieces of each stream, the streams that end here, and the exit code, which is None while it runs.

        Raises:
            WsmanFault: Nothing came in time, or the command was ended.
        """
        deadline = time.monotonic() + timeout
        with self._change:
            self._change.wait_for(lambda: self._has_news(names), timeout)
            if not self._has_news(names):
                raise WsmanFault(TIMED_OUT)
            wait = _EXIT if self._ended >= set(self._output) else linger
            full = lambda: sum(len(self._output[name]) for name in names) >= limit  # noqa: E731
            self._change.wait_for(
                lambda: self._exit_code is not None or self._aborted or full(),
                max(0.0, min(wait, deadline - time.monotonic())),
            )
            if self._aborted:
                raise WsmanFault(ABORTED)
            pieces = []
            for name in names:
                held = self._output[name]
                piece = bytes(held[:limit])
                del held[:limit]
                limit -= len(piece)
                if piece:
                    pieces.append((name, piece))
            self._change.notify_all()
            if self._exit_code is None or any(self._output[name] for name in names):
                return pieces, [], None
            ended = [name for name in names if name not in self._told_ended]
            self._told_ended.update(ended)
            return pieces, ended, self._exit_code

    def _has_news(self, names: list[str]) -> bool:
        if self._aborted or self._exit_code is not None or self._ended >= set(self._output):
            return True
        return any(self._output[name] for name in names)

    def send(self, data: bytes, *, end: bool, timeout: float) -> None:
        """Write to its stdin, and close it at the end.

        Raises:
            WsmanFault: It does not read in time, has ended, or another call is writing.
        """
        if not self._sending.acquire(blocking=False):
            raise WsmanFault(BUSY)
        try:
            stdin = self._process.stdin
            assert stdin is not None
            if stdin.closed:
                raise WsmanFault(BROKEN_PIPE)
            deadline = time.monotonic() + timeout
            while data:
                if os.name != "nt" and not select.select([], [stdin], [], max(0.0, deadline - time.monotonic()))[1]:
                    raise WsmanFault(TIMED_OUT)
                data = data[os.write(stdin.fileno(), data) :]
            if end:
                stdin.close()
        except OSError as exc:
            raise WsmanFault(BROKEN_PIPE) from exc
        finally:
            self._sending.release()

    def interrupt(self) -> None:
        """Ctrl+C for all of its processes."""
        self._interrupted = True
        with suppress(OSError):
            if os.name == "nt":
                self._process.terminate()
            else:
                os.killpg(self.pid, signal.SIGINT)

    def end(self) -> None:
        """End it and all that it started; who waits for its output is told."""
        with self._change:
            self._aborted = True
            self._change.notify_all()
        kill_tree(self.pid)
        with suppress(OSError):
            assert self._process.stdin is not None
            self._process.stdin.close()
        self._process.wait()


def kill_tree(pid: int) -> None:
    """Kill a process and its descendants, also those that left its group, and wait until they are gone."""
    if os.name == "nt":
        subprocess.run(["taskkill", "/f", "/t", "/pid", str(pid)], capture_output=True, check=False)
        return
    doomed = [*_descendants(pid), pid]
    for each in doomed:
        with suppress(OSError):
            os.kill(each, signal.SIGKILL)
    with suppress(OSError):
        os.killpg(pid, signal.SIGKILL)
    deadline = time.monotonic() + _EXIT
    while any(map(is_running, doomed)) and time.monotonic() < deadline:
        time.sleep(0.001)


def is_running(pid: int) -> bool:
    """Whether a process is there, and more than its exit code."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


def _descendants(pid: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError, IndexError):
            fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found, front = [], [pid]
    while front:
        front = [child for parent in front for child in children.get(parent, [])]
        found += front
    return found
