"""`pybridge run`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from .. import hostjobs
from ..errors import CancelledError, PyBridgeError, RemoteScriptError, UsageError
from ..printable import screen
from ..remote import Record, ScriptResult
from ..scan.files import read
from . import hosts
from .fanout import Task, ask_hosts

#: How PowerShell begins lines of its streams on a terminal.
_MARKS = {"warning": "WARNING: ", "verbose": "VERBOSE: ", "debug": "DEBUG: "}
#: What is shown: progress is not.
_STREAMS = ("output", "information", "error", "warning", "verbose", "debug")
#: Of a single host; what `Write-Host` says too, as of a script that runs here.
_ON_STDOUT = ("output", "information")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Runs a PowerShell script in a process of its own on each host. Of one --host, its output comes on stdout, its "
        "other streams on stderr, and its exit code is ours; of many, each gives a line of JSON with its streams apart."
    )
    parser.add_argument("--script", required=True, metavar="FILE", help="the script; - for stdin")
    parser.add_argument(
        "--argument",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="one of its parameters; may be repeated; others can see it, so no secret",
    )
    hosts.host_arguments(parser, required=True)


def run(options: argparse.Namespace) -> int:
    hosts.given(options)
    script = sys.stdin.read() if options.script == "-" else read(Path(options.script))
    values = dict(map(_pair, options.argument))
    shown = _Shown(hosts.is_single(options) and options.scheduler is None)
    task = Task(
        "Running the script",
        hostjobs.run,
        {"script": script, "arguments": values, "on_record": shown.on_record},
        shown.end,
        _encoded,
        judge=_judged,
        once=True,
    )
    try:
        return ask_hosts(options, task)
    except CancelledError:
        if shown.is_broken:
            raise BrokenPipeError from None  # as of any command whose output nobody reads any more
        raise


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name.strip():
        raise UsageError(f"--argument {text!r} is not NAME=VALUE", target="--argument")
    return name.strip().lstrip("-"), value


class _Shown:
    """Shows what comes of a single host, as it comes. The host must not write to the terminal what a terminal obeys.

    Attributes:
        on_record: What is to be told of each record; None where they come only at the end.
        is_broken: Whether nobody reads any more what is shown.
    """

    def __init__(self, live: bool) -> None:
        self.on_record: Callable[[Record], None] | None = self._show if live else None
        self.is_broken = False

    def _show(self, record: Record) -> None:
        try:
            _show(record)
        except BrokenPipeError:
            # We are in the thread of the job, which this ends, and the script with it.
            self.is_broken = True
            raise CancelledError("nobody reads any more what the script says") from None

    def end(self, result: ScriptResult) -> int:
        """Show what has not been shown; the exit code."""
        if self.on_record is None:
            for record in result.records:
                _show(record)
        return exit_code(result)


def exit_code(result: ScriptResult) -> int:
    """The exit code that is ours: the script's, as far as a shell can see it.

    Raises:
        RemoteScriptError: It is not known.
    """
    if result.exit_code is None:
        raise _ended(result)
    # A shell sees the last eight bits of it, and 256 is no success.
    return result.exit_code if 0 <= result.exit_code < 256 or sys.platform == "win32" else 1


def _show(record: Record) -> None:
    if record.stream not in _STREAMS:
        return
    out = sys.stdout if record.stream in _ON_STDOUT else sys.stderr
    encoding = out.encoding or "ascii"
    text = _MARKS.get(record.stream, "") + _lines(record)
    out.write(text.encode(encoding, "backslashreplace").decode(encoding))
    out.flush()


def _encoded(result: ScriptResult) -> dict[str, object]:
    """The streams apart; those that are empty are left out."""
    streams: dict[str, list[str]] = {}
    for record in result.records:
        streams.setdefault(record.stream, []).append(_lines(record))
    return {
        "exit_code": result.exit_code,
        **{name: "".join(streams[name]) for name in _STREAMS if name in streams},
    }


def _lines(record: Record) -> str:
    """A record is one line or more. What a terminal would obey is no part of it, whoever shows the JSON."""
    text = screen(record.text)
    return text if text.endswith("\n") else f"{text}\n"


def _judged(result: ScriptResult) -> PyBridgeError | None:
    """Of many hosts, one whose script did not end with 0 has failed."""
    return None if result.exit_code == 0 else _ended(result)


def _ended(result: ScriptResult) -> RemoteScriptError:
    if result.exit_code is None:
        return RemoteScriptError("the script ended, and its exit code did not come")
    return RemoteScriptError(f"the script ended with exit code {result.exit_code}")
