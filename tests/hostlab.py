"""Two Windows hosts with an identity each, for tests of the command line: an inventory, and ways to the password."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import wsman_host
from support import GUARD, environment, run
from wsman_host import Handle, WsmanHost

from pybridge.emulator import Emulator
from pybridge.emulator.server import serve

COMMAND = [sys.executable, "-m", "pybridge"]
PASSWORD = "Correct-Horse-Battery-1"


class Lab:
    """The hosts, and how the command line says them.

    Attributes:
        emulators: Behind each host, by its name: whose identity it has.
        hosts: The hosts, by name.
        env: The environment of the command.
    """

    def __init__(self, folder: Path, emulators: Mapping[str, Emulator], hosts: list[Handle], arm: str) -> None:
        self.folder = folder
        self.emulators = emulators
        self.hosts = {host.name: host for host in hosts}
        self.env = environment(arm)
        secret = folder / "secret"
        secret.write_text(PASSWORD, encoding="ascii")
        program = folder / "password.py"
        program.write_text("import sys; print(open(sys.argv[1]).read())", encoding="ascii")
        #: What prints the password; neither stands in it nor in the inventory.
        self.password_command = f'"{sys.executable}" "{program}" "{secret}"'

    def reset(self) -> None:
        for host in self.hosts.values():
            host.reset()

    def single(self, name: str = "vm01") -> list[str]:
        """One host, by --host."""
        host = self.hosts[name]
        options = ["--host", host.https, "--user", "admin", "--authentication", "basic", "--ca", host.ca]
        return [*options, "--password-command", self.password_command]

    def inventory(self, *more: str, **changes: Any) -> str:
        """The path of an inventory of both hosts, in the group `real`.

        Args:
            more: Names of further ones, in the group `gone`, where nobody is.
            changes: Other variables of all; None takes one away.
        """
        common: dict[str, Any] = {
            "ansible_connection": "winrm",
            "ansible_user": "admin",
            "ansible_winrm_transport": "basic",
            "ansible_host": "127.0.0.1",
            "ansible_winrm_ca_trust_path": next(iter(self.hosts.values())).ca,
            "pybridge_password_command": self.password_command,
            **changes,
        }
        real = {name: {"ansible_port": host.https_port} for name, host in self.hosts.items()}
        groups = {"real": {"hosts": real}, "gone": {"hosts": {name: {"ansible_port": 1} for name in more}}}
        file = self.folder / "hosts.yaml"
        value = {"all": {"vars": {k: v for k, v in common.items() if v is not None}, "children": groups}}
        file.write_text(json.dumps(value), encoding="utf-8")
        return str(file)

    def run(self, *arguments: str, input: str | None = None) -> tuple[int, str, str]:
        """The exit code, stdout and stderr of `pybridge ARGUMENTS`."""
        done = run(*arguments, env=self.env, input=input)
        return done.returncode, done.stdout, done.stderr

    def lines(self, *arguments: str) -> tuple[int, dict[str, dict[str, Any]], str]:
        """The exit code, each host's line, and stderr."""
        code, out, errors = self.run(*arguments)
        found = [json.loads(line) for line in out.splitlines()]
        assert len({line["host"] for line in found}) == len(found)
        return code, {line["host"]: line for line in found}, errors

    def object_id(self, name: str) -> str:
        """Whose tokens a host has."""
        own = self.emulators[name].vm.system_assigned
        assert own is not None
        return own.object_id

    def secrets(self) -> list[str]:
        """The password, and every token that was handed out."""
        handed = [PASSWORD]
        for emulator in self.emulators.values():
            handed += _tokens(emulator)
        return handed


def _tokens(emulator: Emulator) -> Iterator[str]:
    for request in emulator.requests:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme == "Bearer":
            yield token


@contextmanager
def open_lab(folder: Path) -> Iterator[Lab]:
    """The lab, until the block ends."""
    emulators = {"vm01": Emulator(machine="myVM"), "vm02": Emulator(machine="otherVM")}
    with ExitStack() as stack:
        servers = {name: stack.enter_context(serve(emulator)) for name, emulator in emulators.items()}
        options = [WsmanHost(name=name, environ=environment(server.url)) for name, server in servers.items()]
        hosts = stack.enter_context(wsman_host.running_all(options))
        yield Lab(folder, emulators, hosts, servers["vm01"].url)


# --- a terminal --------------------------------------------------------------------------------------

#: Takes the terminal on fd 3 for its own, then becomes the program.
_TAKE = "import fcntl, os, sys, termios; fcntl.ioctl(3, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"


class OnTerminal:
    """A command whose stderr, and whatever else is not given, is a terminal.

    Attributes:
        shown: What has come to the terminal so far.
    """

    def __init__(self, *arguments: str, env: Mapping[str, str], stdout: Any = subprocess.PIPE, **more: str) -> None:
        self._terminal, theirs = os.openpty()
        self.shown = ""
        # The terminal has to be fd 3 there.
        script = f"import os; os.dup2({theirs}, 3); " + _TAKE
        self.process = subprocess.Popen(
            [sys.executable, "-c", script, *COMMAND, *arguments],
            env={**env, "TERM": "xterm", "COLUMNS": "100", "LINES": "24", **more},
            stdin=theirs,
            stdout=theirs if stdout is None else stdout,
            stderr=theirs,
            pass_fds=[theirs],
            start_new_session=True,
            text=True,
            encoding="utf-8",
        )
        os.close(theirs)

    def wait_for(self, words: str) -> None:
        """Until these words have been shown."""
        end = time.monotonic() + GUARD
        while words not in self.shown:
            assert time.monotonic() < end, f"{words!r} was not shown: {self.shown!r}"
            assert self._read(), f"it has ended, and had not shown {words!r}: {self.shown!r}"

    def type(self, text: str) -> None:
        os.write(self._terminal, text.encode())

    def end(self) -> tuple[int, str]:
        """Its exit code and its stdout, once it has ended."""
        # Both at once: what fills either of them up, and is not read, would wait for ever.
        with ThreadPoolExecutor(1) as thread:
            out = thread.submit(lambda: "" if self.process.stdout is None else self.process.stdout.read())
            try:
                while self._read():
                    pass
                code = self.process.wait(GUARD)
            except BaseException:
                self.process.kill()  # which ends its stdout, too
                raise
        self.close()
        return code, out.result()

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()
        if self._terminal >= 0:
            os.close(self._terminal)
            self._terminal = -1

    def _read(self) -> bool:
        """What has come by now, or comes next; False at the end."""
        ready, _, _ = select.select([self._terminal], [], [], GUARD)
        assert ready, f"it has hung: {self.shown!r}"
        try:
            data = os.read(self._terminal, 65536)
        except OSError:  # Linux says so when nobody has the other end any more
            return False
        self.shown += data.decode("utf-8", "replace")
        return bool(data)


@contextmanager
def on_terminal(*arguments: str, env: Mapping[str, str], **more: Any) -> Iterator[OnTerminal]:
    """A command on a terminal, which is gone when the block ends."""
    running = OnTerminal(*arguments, env=env, **more)
    try:
        yield running
    finally:
        running.close()
