"""The command line: arguments in, one file for each command, errors as text on stderr.

A command's file has `arguments`, which tells the parser what it takes, and `run`, which does it. Only the file of the
command that was chosen is imported.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from typing import NoReturn

from ..errors import InventoryError, PyBridgeError, UsageError

#: Exit codes: 0 done, 1 it failed, 2 the command line is wrong, 130 Ctrl+C.
FAILED, MISUSED, INTERRUPTED = 1, 2, 130

#: The commands, each in the file of its name, with what the help says of them.
_COMMANDS: Mapping[str, str] = {
    "token": "print an access token of this machine's managed identity",
    "whoami": "tell whose tokens come here, and from which source",
    "doctor": "find out why there is no token, and what to do now",
    "resources": "list what tokens can be asked for, by name",
    "clouds": "show the clouds and their endpoints, or ask an ARM for its own",
    "vm": "show a VM, asked with this machine's managed identity",
    "run": "run a PowerShell script on Windows hosts, by WinRM",
    "rest": "ask or tell Azure Resource Manager anything, as this machine's managed identity",
    "serve": "be the MSI endpoint of old scripts, alone or around a command",
    "emulate": "run a small Azure on this machine, alone or around a command",
    "worker": "serve the PowerShell module over stdin and stdout",
    "generate": "write the PowerShell module's generated files",
    "module": "put the PowerShell module onto PSModulePath, or take it away",
}

#: Those that may run another command, which then stands after "--".
_AROUND_A_COMMAND = frozenset({"emulate", "serve"})


def program() -> NoReturn:
    """The command as a process of its own: `main`, and out.

    That leaves out how the interpreter takes itself apart, which is a tenth of a cold `pybridge token`. Nothing waits
    for it: what a command opens, it closes.
    """
    code = main()
    with suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns:
        The exit code.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    options, command = _split(arguments)
    parsed = _parser(options[0] if options else "").parse_args(options)
    parsed.command_line = command
    try:
        code: int = parsed.run(parsed)
        sys.stdout.flush()
    except PyBridgeError as exc:
        print(told(exc), file=sys.stderr)
        return MISUSED if isinstance(exc, (UsageError, InventoryError)) else FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # `pybridge token | head -c0`: nobody reads any more; keep the interpreter from saying so.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return FAILED
    return code


def _split(arguments: list[str]) -> tuple[list[str], list[str]]:
    """What stands before the first "--", and the command after it that is to be run."""
    if not arguments or arguments[0] not in _AROUND_A_COMMAND or "--" not in arguments:
        return arguments, []
    index = arguments.index("--")
    return arguments[:index], arguments[index + 1 :]


def told(exc: PyBridgeError) -> str:
    """An error as it is printed: whoever's words are in it, nothing that a terminal would obey."""
    from ..printable import screen

    lines = [f"pybridge: {exc.message}"]
    lines += [f"  {line}" for line in (exc.remedy or "").splitlines()]
    return screen("\n".join(lines))


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from ..version import __version__

        print(f"pybridge {__version__}")
        parser.exit()


def formatter(prog: str) -> argparse.HelpFormatter:
    """As argparse makes it, but told the width: to find that out, it would import shutil and three compressors."""
    try:
        width = int(os.environ.get("COLUMNS") or os.get_terminal_size().columns)
    except (OSError, ValueError):
        width = 80
    return argparse.HelpFormatter(prog, width=max(width - 2, 20))


def _parser(chosen: str) -> argparse.ArgumentParser:
    """The parser for the command that was chosen; for all of them if it is none. To make all takes milliseconds."""
    parser = argparse.ArgumentParser(
        prog="pybridge",
        description="Managed identity tokens and Azure Resource Manager for Python and PowerShell.",
        epilog="Without Azure: pybridge emulate -- COMMAND runs COMMAND inside a small Azure on this machine.",
        formatter_class=formatter,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True, prog="pybridge")
    for name, text in _COMMANDS.items():
        if chosen in (name, "") or chosen not in _COMMANDS:
            sub = commands.add_parser(name, help=text, formatter_class=formatter)
            if chosen == name:
                command = import_module(f"{__name__}.{name}")
                sub.set_defaults(run=command.run)
                command.arguments(sub)
    return parser
