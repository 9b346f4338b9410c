"""The shells of a host: what each action does to them, within the quotas of their users."""

from __future__ import annotations

import base64
import binascii
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import wsman_soap as soap
from wsman_commands import Command, arguments_of
from wsman_faults import (
    ACCESS_DENIED,
    BAD_PARAMETER,
    MAX_OPERATIONS,
    MAX_PROCESSES,
    MAX_SHELLS,
    MAX_USERS,
    NO_ACTION,
    NO_RESOURCE,
    SCHEMA,
    UNKNOWN_SELECTOR,
    WsmanFault,
)
from wsman_soap import Message, NotSoap

_SIGNALS = {"terminate": "end", "ctrl_c": "interrupt", "ctrl_break": "interrupt"}


@dataclass
class Shell:
    """A shell of one user."""

    id: str
    owner: str
    inputs: str
    outputs: str
    folder: str | None
    environ: dict[str, str]
    idle: float
    codepage: str
    used: float = field(default_factory=time.monotonic)
    commands: dict[str, Command] = field(default_factory=dict)
    operations: int = 0  # that it has begun: Windows does not count them down for such shells
    busy: int = 0  # requests under way


class Shells:
    """All shells of a host.

    Args:
        options: The host's; see `wsman_host.WsmanHost`.
    """

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._options = options
        self._lock = threading.Lock()
        self._shells: dict[str, Shell] = {}
        self.processes: list[Command] = []  # all that were ever started
        self._actions = {
            "Create": self._create,
            "Command": self._command,
            "Receive": self._receive,
            "Send": self._send,
            "Signal": self._signal,
            "Delete": self._delete,
            "Get": self._get,
        }

    def answer(self, message: Message, user: str) -> tuple[str, str]:
        """Carry a request out; the action of the answer and its body.

        Raises:
            WsmanFault: It is refused.
        """
        action = self._actions.get(message.action)
        if action is None:
            raise WsmanFault(NO_ACTION)
        if user in self._options["denied"]:
            raise WsmanFault(ACCESS_DENIED)
        self._forget_idle()
        try:
            body = action(message, user)
        except NotSoap as exc:
            raise WsmanFault(SCHEMA) from exc
        return f"{soap.ACTIONS[message.action]}Response", body

    @property
    def open(self) -> list[dict[str, Any]]:
        with self._lock:
            shells = list(self._shells.values())
        return [
            {
                "id": shell.id,
                "owner": shell.owner,
                "codepage": shell.codepage,
                "idle": shell.idle,
                "commands": [command.id for command in shell.commands.values()],
            }
            for shell in shells
        ]

    def clear(self) -> None:
        """Forget all shells and end their processes, as a restart does."""
        with self._lock:
            shells = list(self._shells.values())
            self._shells.clear()
        for shell in shells:
            _end(shell)

    def _forget_idle(self) -> None:
        now = time.monotonic()
        with self._lock:
            idle = [shell for shell in self._shells.values() if not shell.busy and now - shell.used > shell.idle]
            for shell in idle:
                del self._shells[shell.id]
        for shell in idle:
            _end(shell)

    def _find(self, message: Message, user: str) -> Shell:
        with self._lock:
            shell = self._shells.get((message.shell_id or "").upper())
            if shell is None or shell.owner != user:
                raise WsmanFault(UNKNOWN_SELECTOR)
            shell.used = time.monotonic()
            return shell

    def _find_command(self, message: Message, user: str, path: str) -> tuple[Shell, Command]:
        shell = self._find(message, user)
        element = message.find(path)
        if element is None:
            raise WsmanFault(SCHEMA)
        command_id = element.get("CommandId")
        if command_id is None:
            raise WsmanFault(BAD_PARAMETER)
        command = shell.commands.get(command_id.upper())
        if command is None:
            raise WsmanFault(UNKNOWN_SELECTOR)
        return shell, command

    def _create(self, message: Message, user: str) -> str:
        if message.resource != soap.CMD:
            raise WsmanFault(NO_RESOURCE)
        described = message.find("rsp:Shell")
        if described is None:
            raise WsmanFault(SCHEMA)
        idle = message.text("rsp:Shell/rsp:IdleTimeOut")
        environ = dict(self._options["environ"])
        for variable in message.body.iter(f"{{{soap.SHELL}}}Variable"):
            environ[variable.get("Name", "")] = variable.text or ""
        shell = Shell(
            described.get("ShellId") or soap.new_id(),  # the client may name it, since Windows Server 2012
            user,
            message.text("rsp:Shell/rsp:InputStreams") or "",
            message.text("rsp:Shell/rsp:OutputStreams") or "",
            message.text("rsp:Shell/rsp:WorkingDirectory"),
            environ,
            7200.0 if idle is None else soap.seconds(idle),
            message.options.get("WINRS_CODEPAGE", "437"),
        )
        with self._lock:
            others = list(self._shells.values())
            if shell.id in self._shells:
                raise WsmanFault(BAD_PARAMETER)
            if sum(each.owner == user for each in others) >= self._options["max_shells"]:
                raise WsmanFault(MAX_SHELLS, self._options["max_shells"])
            if len({each.owner for each in others} | {user}) > self._options["max_users"]:
                raise WsmanFault(MAX_USERS)
            self._shells[shell.id] = shell
        return soap.created(shell.id, owner=user, idle=shell.idle, inputs=shell.inputs, outputs=shell.outputs)

    def _command(self, message: Message, user: str) -> str:
        shell = self._find(message, user)
        line = message.find("rsp:CommandLine")
        program = message.text("rsp:CommandLine/rsp:Command")
        if line is None or not program:
            raise WsmanFault(SCHEMA)
        rest = [argument.text or "" for argument in line.findall(f"{{{soap.SHELL}}}Arguments")]
        argv = arguments_of(
            " ".join([program, *rest]),
            cmd=message.options.get("WINRS_SKIP_CMD_SHELL", "").upper() != "TRUE",
            powershell=self._options["powershell"],
            overlong=self._options["overlong"],
        )
        command_id = (line.get("CommandId") or soap.new_id()).upper()
        with self._lock:
            if shell.id not in self._shells:
                raise WsmanFault(UNKNOWN_SELECTOR)
            mine = [each for each in self._shells.values() if each.owner == user]
            if sum(each.operations for each in mine) >= self._options["max_operations"]:
                raise WsmanFault(MAX_OPERATIONS)
            if sum(command.running for command in shell.commands.values()) >= self._options["max_processes"]:
                raise WsmanFault(MAX_PROCESSES)
            command = Command(command_id, argv, shell.environ, shell.folder)
            shell.operations += 1
            shell.commands[command_id] = command
            self.processes.append(command)
        return f"<rsp:CommandResponse><rsp:CommandId>{command_id}</rsp:CommandId></rsp:CommandResponse>"

    def _receive(self, message: Message, user: str) -> str:
        shell, command = self._find_command(message, user, "rsp:Receive/rsp:DesiredStream")
        names = (message.text("rsp:Receive/rsp:DesiredStream") or "").split()
        if not names or not set(names) <= set(shell.outputs.split()) & {"stdout", "stderr"}:
            raise WsmanFault(BAD_PARAMETER)
        envelope = min(message.max_envelope, self._options["max_envelope"])
        shell.busy += 1
        try:
            pieces, ended, code = command.receive(
                names,
                timeout=message.timeout,
                limit=max(1024, (envelope - 4096) * 3 // 4),
                linger=self._options["linger"],
            )
        finally:
            shell.busy -= 1
            shell.used = time.monotonic()
        streams = [(name, base64.b64encode(piece).decode()) for name, piece in pieces]
        return soap.received(command.id, streams, ended, code)

    def _send(self, message: Message, user: str) -> str:
        _, command = self._find_command(message, user, "rsp:Send/rsp:Stream")
        stream = message.find("rsp:Send/rsp:Stream")
        assert stream is not None
        if stream.get("Name") != "stdin":
            raise WsmanFault(BAD_PARAMETER)
        try:
            data = base64.b64decode("".join((stream.text or "").split()), validate=True)
        except binascii.Error as exc:
            raise WsmanFault(SCHEMA) from exc
        command.send(data, end=(stream.get("End") or "").lower() in ("true", "1"), timeout=message.timeout)
        return "<rsp:SendResponse></rsp:SendResponse>"

    def _signal(self, message: Message, user: str) -> str:
        shell, command = self._find_command(message, user, "rsp:Signal")
        code = (message.text("rsp:Signal/rsp:Code") or "").rpartition("/")[2].lower()
        what = _SIGNALS.get(code)
        if what is None:
            raise WsmanFault(BAD_PARAMETER)
        getattr(command, what)()
        if what == "end":
            shell.commands.pop(command.id, None)
        return "<rsp:SignalResponse></rsp:SignalResponse>"

    def _delete(self, message: Message, user: str) -> str:
        shell = self._find(message, user)
        with self._lock:
            self._shells.pop(shell.id, None)
        _end(shell)
        return ""

    def _get(self, message: Message, user: str) -> str:
        if message.resource != soap.CONFIG:
            raise WsmanFault(NO_RESOURCE)
        quotas = {
            "MaxConcurrentUsers": self._options["max_users"],
            "MaxProcessesPerShell": self._options["max_processes"],
            "MaxShellsPerUser": self._options["max_shells"],
        }
        return soap.configuration(self._options["max_envelope"], quotas)


def _end(shell: Shell) -> None:
    for command in list(shell.commands.values()):
        command.end()
