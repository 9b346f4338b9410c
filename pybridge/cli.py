"""The command line: arguments in, one function for each command, errors as text on stderr."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from .errors import PyBridgeError, UsageError

#: Exit codes: 0 done, 1 it failed, 2 the command line is wrong, 130 Ctrl+C.
FAILED, MISUSED, INTERRUPTED = 1, 2, 130


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
        print(_text(exc), file=sys.stderr)
        return MISUSED if isinstance(exc, UsageError) else FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # `pybridge token | head -c0`: nobody reads any more; keep the interpreter from saying so.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return FAILED
    return code


def _split(arguments: list[str]) -> tuple[list[str], list[str]]:
    """What stands before the first "--", and the command after it that `emulate` is to run."""
    if arguments[:1] != ["emulate"] or "--" not in arguments:
        return arguments, []
    index = arguments.index("--")
    return arguments[:index], arguments[index + 1 :]


def _text(exc: PyBridgeError) -> str:
    lines = [f"pybridge: {exc.message}"]
    lines += [f"  {line}" for line in (exc.remedy or "").splitlines()]
    return "\n".join(lines)


def _token(options: argparse.Namespace) -> int:
    from .credential import ManagedIdentityCredential

    credential = ManagedIdentityCredential(
        client_id=options.client_id,
        object_id=options.object_id,
        resource_id=options.resource_id,
        source=options.source,
        endpoint=options.endpoint,
    )
    token = credential.get_token(options.resource)
    if options.json:
        _print_json(
            {
                "access_token": token.token,
                "expires_on": token.expires_on,
                "resource": token.resource,
                "source": token.source,
                "client_id": token.client_id,
            }
        )
    else:
        print(token.token)
    return 0


def _vm(options: argparse.Namespace) -> int:
    from .arm import ArmClient
    from .credential import ManagedIdentityCredential

    arm = ArmClient(ManagedIdentityCredential(source=options.source), subscription_id=options.subscription)
    machine = arm.virtual_machine(options.group, options.name)
    if options.json:
        _print_json(dict(machine.raw))
        return 0
    identity = machine.identity
    rows = (
        ("Name", machine.name),
        ("ResourceGroup", machine.resource_group_name),
        ("Location", machine.location),
        ("VmSize", (machine.hardware_profile or {}).get("vmSize")),
        ("ProvisioningState", machine.provisioning_state),
        ("IdentityType", identity and identity.type),
        ("PrincipalId", identity and identity.principal_id),
        ("Id", machine.id),
    )
    for name, value in rows:
        if value:
            print(f"{name:<18}{value}")
    return 0


def _emulate(options: argparse.Namespace) -> int:
    from .emulator.command import emulate

    return emulate(
        state=options.state,
        machine=options.machine,
        port=options.port,
        faults=options.fault,
        page_size=options.page_size,
        command=options.command_line,
        stdout=sys.stdout,
    )


def _worker(options: argparse.Namespace) -> int:
    from .worker import main as serve

    serve()


def _generate(options: argparse.Namespace) -> int:
    from pathlib import Path

    from .generate import check, write
    from .module import module_root
    from .operations import OPERATIONS

    root = Path(options.root) if options.root else module_root()
    if not options.check:
        for path in write(root, OPERATIONS):
            print(path)
        return 0
    difference = check(root, OPERATIONS)
    print(difference or "the generated files are up to date", end="" if difference else "\n")
    return FAILED if difference else 0


def _install(options: argparse.Namespace) -> int:
    from .module import install

    for folder in install(options.scope, options.path):
        print(f"installed {folder} for {sys.executable}")
    return 0


def _uninstall(options: argparse.Namespace) -> int:
    from .module import uninstall

    removed = list(uninstall(options.scope, options.path))
    for folder in removed:
        print(f"removed {folder}")
    if not removed:
        print("nothing to remove")
    return 0


def _path(options: argparse.Namespace) -> int:
    from .module import module_root

    print(module_root())
    return 0


def _interpreter(options: argparse.Namespace) -> int:
    _print_json(sys.executable)  # in JSON, which is ASCII: the reader may use another code page
    return 0


def _print_json(value: object) -> None:
    import json

    print(json.dumps(value))


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from .version import __version__

        print(f"pybridge {__version__}")
        parser.exit()


def _token_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "resource",
        nargs="?",
        metavar="RESOURCE",
        default="https://management.azure.com/",
        help="what the token is for (default: %(default)s)",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object, with the expiry")
    which = parser.add_mutually_exclusive_group()
    for name in ("client", "object", "resource"):
        which.add_argument(f"--{name}-id", metavar="ID", help=f"a user-assigned identity, by its {name} ID")
    parser.add_argument("--endpoint", metavar="URL", help="an MSI endpoint other than the source's own")
    _source_argument(parser)


def _vm_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("group", metavar="GROUP", help="its resource group")
    parser.add_argument("name", metavar="NAME", help="its name")
    parser.add_argument("--subscription", metavar="ID", help="its subscription (default: the first visible)")
    parser.add_argument("--json", action="store_true", help="print ARM's own JSON")
    _source_argument(parser)


def _source_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--source", metavar="NAME", help="imds or vm_extension (default: both in turn)")


def _emulate_arguments(parser: argparse.ArgumentParser) -> None:
    parser.usage = "pybridge emulate [options] [-- COMMAND ...]"
    parser.add_argument("--port", type=int, default=50342, help="default: %(default)s; 0: any free one")
    parser.add_argument("--state", metavar="FILE", help="a YAML file that describes the world")
    parser.add_argument(
        "--machine", metavar="VM", default="myVM", help='which VM "this machine" is (default: %(default)s)'
    )
    parser.add_argument("--page-size", type=int, default=50, help="items on a page of a list (default: %(default)s)")
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="ROUTE,KEY=VALUE...",
        help="make a route fail: status=500, delay=2, drop, garbage, retry-after=3, times=2",
    )


def _worker_arguments(parser: argparse.ArgumentParser) -> None:
    pass


def _generate_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--check", action="store_true", help="only show how they differ; exit code 1 if so")
    parser.add_argument("--root", metavar="DIR", help="the folder of commands.yaml (default: the clone's)")


def _module_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    for name, run, text in (
        ("install", _install, "copy the module there, and record this interpreter"),
        ("uninstall", _uninstall, "remove it"),
    ):
        action = actions.add_parser(name, help=text)
        action.set_defaults(run=run)
        action.add_argument("--scope", choices=("user", "all"), default="user", help="for whom (default: user)")
        action.add_argument("--path", metavar="DIR", help="a folder of modules, instead of the scope's own")
    for name, run, text in (
        ("path", _path, "print the folder that holds the module"),
        ("interpreter", _interpreter, "print the Python that runs pybridge, as JSON"),
    ):
        actions.add_parser(name, help=text).set_defaults(run=run)


class _Command(NamedTuple):
    """A command: what its help says, which arguments it takes, what it does."""

    help: str
    arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int] | None


_COMMANDS: Mapping[str, _Command] = {
    "token": _Command("print an access token of this machine's managed identity", _token_arguments, _token),
    "vm": _Command("show a VM, asked with this machine's managed identity", _vm_arguments, _vm),
    "emulate": _Command("run a small Azure on this machine, alone or around a command", _emulate_arguments, _emulate),
    "worker": _Command("serve the PowerShell module over stdin and stdout", _worker_arguments, _worker),
    "generate": _Command("write the PowerShell module's generated files", _generate_arguments, _generate),
    "module": _Command("put the PowerShell module onto PSModulePath, or take it away", _module_arguments, None),
}


def _formatter(prog: str) -> argparse.HelpFormatter:
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
        formatter_class=_formatter,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True, prog="pybridge")
    for name, command in _COMMANDS.items():
        if chosen == name or chosen not in _COMMANDS:
            sub = commands.add_parser(name, help=command.help, formatter_class=_formatter)
            if command.run is not None:
                sub.set_defaults(run=command.run)
            command.arguments(sub)
    return parser
