"""Runs a user's own script on a host, in a process of its own, and tells what it says, each stream by itself."""

from __future__ import annotations

import base64
import json
import re
import uuid
import zlib
from collections.abc import Callable, Mapping
from typing import NamedTuple

from ..clixml import Decoder, Record, merged
from ..errors import HostInterruptedError, UsageError
from ..hosts import Host
from . import frames
from .patience import Patience
from .shell import Shell

#: Characters and records that a result holds; what comes after is told, and not kept.
MAX_TEXT, MAX_RECORDS = 8 << 20, 100_000


class ScriptResult(NamedTuple):
    """How a script ended, and what it said.

    Attributes:
        exit_code: 0 to 2**32-1, as `powershell -File` has it: that of `exit`, 1 after an error that ended it, else 0.
            None where the host does not tell.
        records: What it said, in order. The texts are as they came: `printable.screen` makes them safe for a terminal.
    """

    exit_code: int | None
    records: tuple[Record, ...]

    def text(self, *streams: str) -> str:
        """The texts of these streams, "output" by default, a record a line."""
        wanted = streams or ("output",)
        return "".join(
            record.text if record.text.endswith("\n") else f"{record.text}\n"
            for record in self.records
            if record.stream in wanted
        )


def run_script(
    host: Host,
    script: str,
    *,
    arguments: Mapping[str, str] | None = None,
    timeout: float | None = None,
    on_record: Callable[[Record], None] | None = None,
    keep: int = MAX_TEXT,
) -> ScriptResult:
    """Run a script in a fresh PowerShell process.

    It goes there by stdin, so that it may be long, and neither it nor its arguments stand on a command line.

    Args:
        arguments: Texts for its parameters, by name.
        timeout: Seconds, once the password is there; by default the host's for a job.
        on_record: Is told of each record as it comes.
        keep: Characters that the result may hold: few, where many hosts are asked.

    Raises:
        RemoteError: It was not run, or nobody knows how it ended.
        LanguageModeError: PowerShell there runs no script in full.
    """
    if "\0" in script:
        raise UsageError("the script holds a NUL character, so it is no text", remedy="Check how the file is encoded.")
    shell = Shell(host, profile=True)
    shell.sign_in()
    try:
        result = _run(shell, host, script, arguments or {}, timeout, _Kept(on_record, keep))
    except BaseException as exc:
        shell.abandon(exc)
        raise
    shell.close()
    return result


def _run(
    shell: Shell,
    host: Host,
    script: str,
    arguments: Mapping[str, str],
    timeout: float | None,
    kept: _Kept,
) -> ScriptResult:
    patience = Patience(host.name, host.timeout if timeout is None else timeout)
    nonce = uuid.uuid4().hex
    question = {
        "nonce": nonce,
        "script": _deflated(script),
        "arguments": {_packed(name): _packed(value) for name, value in arguments.items()},
    }
    command = shell.start(frames.command_line("runner"), patience)
    data = frames.question(nonce, frames.script("run"), json.dumps(question))
    shell.send(command, data, patience, end=True)
    output = frames.RecordReader(nonce, lambda: _lost(host))
    errors = Decoder()
    done = False
    while not done:
        received = shell.receive(command, patience)
        done = command.done  # it may have been before: then these are its last words
        for piece in output.feed(received.stdout):
            kept.add(piece)
        for record in merged(errors.feed(received.stderr)):
            kept.add(_without_us(record))
    for record in [*output.rest(), *merged(errors.end())]:
        kept.add(_without_us(record))
    if not output.ended:
        output.check_mode(host.name)
        # After `exit` nothing tells that this is all; but only where an answer got lost, a part of it may be missing.
        if shell.lost or command.exit_code is None:
            raise _lost(host)
    return ScriptResult(command.exit_code, tuple(kept.records))


class _Kept:
    """The records so far, as many as fit."""

    def __init__(self, on_record: Callable[[Record], None] | None, room: int) -> None:
        self._on_record = on_record
        self._room = room
        self.records: list[Record] = []

    def add(self, record: Record) -> None:
        if self._on_record is not None:
            self._on_record(record)
        if self._room < 0:
            return
        self._room -= len(record.text)
        if self._room < 0 or len(self.records) >= MAX_RECORDS:
            self._room = -1
            record = Record("error", "... there was more, which is cut off\n")
        self.records.append(record)


#: Where an error is said to have come from, with the line that underlines it, if that is the script around the user's.
_OURS = re.compile(r"^[^\n]*\$pybridge\.[^\n]*\n(?:[\s|+]*~+\s*\n)?", re.MULTILINE)

#: PowerShell 7 paints errors for a terminal, whatever it is told, unless its own TERM is dumb.
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def _without_us(record: Record) -> Record:
    if record.stream != "error":
        return record
    return record._replace(text=_OURS.sub("", _COLOURS.sub("", record.text)))


def _deflated(text: str) -> str:
    # A long script goes there in a third of the requests. More than the least effort costs more time than it saves.
    packer = zlib.compressobj(1, zlib.DEFLATED, -zlib.MAX_WBITS)
    data = packer.compress(text.encode("utf-8", "surrogatepass")) + packer.flush()
    return base64.b64encode(data).decode("ascii")


def _packed(text: str) -> str:
    return base64.b64encode(text.encode("utf-8", "surrogatepass")).decode("ascii")


def _lost(host: Host) -> HostInterruptedError:
    return HostInterruptedError(
        f"a part of what the script said on {host.name} is missing, so nobody knows how it ended",
        target=host.name,
        remedy="Look there at what it has done, then try again.",
    )
