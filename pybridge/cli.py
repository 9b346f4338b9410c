"""The command line: arguments in, one function for each command, errors as text on stderr."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

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
    parsed = _parser().parse_args(options)
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

    return serve()


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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="pybridge",
        description="Managed identity tokens and Azure Resource Manager for Python and PowerShell.",
        epilog="Without Azure: pybridge emulate -- COMMAND runs COMMAND inside a small Azure on this machine.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version")
    # Without a name of its own it would format a usage text now, and import shutil for the width of the terminal.
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True, prog="pybridge")

    token = commands.add_parser("token", help="print an access token of this machine's managed identity")
    token.set_defaults(run=_token)
    token.add_argument(
        "resource",
        nargs="?",
        metavar="RESOURCE",
        default="https://management.azure.com/",
        help="what the token is for (default: %(default)s)",
    )
    token.add_argument("--json", action="store_true", help="print one JSON object, with the expiry")
    which = token.add_mutually_exclusive_group()
    for name in ("client", "object", "resource"):
        which.add_argument(f"--{name}-id", metavar="ID", help=f"a user-assigned identity, by its {name} ID")
    token.add_argument("--endpoint", metavar="URL", help="an MSI endpoint other than the source's own")
    _add_source(token)

    machine = commands.add_parser("vm", help="show a VM, asked with this machine's managed identity")
    machine.set_defaults(run=_vm)
    machine.add_argument("group", metavar="GROUP", help="its resource group")
    machine.add_argument("name", metavar="NAME", help="its name")
    machine.add_argument("--subscription", metavar="ID", help="its subscription (default: the first visible)")
    machine.add_argument("--json", action="store_true", help="print ARM's own JSON")
    _add_source(machine)

    emulate = commands.add_parser(
        "emulate",
        help="run a small Azure on this machine, alone or around a command",
        usage="pybridge emulate [options] [-- COMMAND ...]",
    )
    emulate.set_defaults(run=_emulate)
    emulate.add_argument("--port", type=int, default=50342, help="default: %(default)s; 0: any free one")
    emulate.add_argument("--state", metavar="FILE", help="a YAML file that describes the world")
    emulate.add_argument(
        "--machine", metavar="VM", default="myVM", help='which VM "this machine" is (default: %(default)s)'
    )
    emulate.add_argument("--page-size", type=int, default=50, help="items on a page of a list (default: %(default)s)")
    emulate.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="ROUTE,KEY=VALUE...",
        help="make a route fail: status=500, delay=2, drop, garbage, retry-after=3, times=2",
    )

    commands.add_parser("worker", help="serve the PowerShell module over stdin and stdout").set_defaults(run=_worker)

    generate = commands.add_parser("generate", help="write the PowerShell module's generated files")
    generate.set_defaults(run=_generate)
    generate.add_argument("--check", action="store_true", help="only show how they differ; exit code 1 if so")
    generate.add_argument("--root", metavar="DIR", help="the folder of commands.yaml (default: the clone's)")

    _add_module(commands)
    return parser


def _add_source(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--source", metavar="NAME", help="imds or vm_extension (default: both in turn)")


def _add_module(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    module = commands.add_parser("module", help="put the PowerShell module onto PSModulePath, or take it away")
    actions = module.add_subparsers(title="actions", metavar="ACTION", required=True)
    for name, run, text in (
        ("install", _install, "copy the module there, and record this interpreter"),
        ("uninstall", _uninstall, "remove it"),
    ):
        action = actions.add_parser(name, help=text)
        action.set_defaults(run=run)
        action.add_argument("--scope", choices=("user", "all"), default="user", help="for whom (default: user)")
        action.add_argument("--path", metavar="DIR", help="a folder of modules, instead of the scope's own")
    actions.add_parser("path", help="print the folder that holds the module").set_defaults(run=_path)
    actions.add_parser("interpreter", help="print the Python that runs pybridge, as JSON").set_defaults(
        run=_interpreter
    )
