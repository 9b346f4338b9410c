"""`pybridge module`, which has actions of its own."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from ..module import NAME, install, module_path, module_root, uninstall
from ..resources import InstalledModule
from . import hosts
from .output import print_json

_SCAN = """Reads scripts, runs nothing of them, and tells which commands and parameters of AzureRM they use and
whether they are covered. Exit code: 0 all are covered, 1 some are not."""


def arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    for name, act, text in (
        ("install", _install, "copy the module there, and record this interpreter"),
        ("uninstall", _uninstall, "remove it"),
    ):
        action = actions.add_parser(name, help=text)
        action.set_defaults(act=act)
        action.add_argument("--scope", choices=("user", "all"), default="user", help="for whom (default: user)")
        action.add_argument("--path", metavar="DIR", help="a folder of modules, instead of the scope's own")
        if name == "install":
            text = "modules by AzureRM's names too, for scripts that require or import them"
            action.add_argument("--azurerm", action="store_true", help=text)
            hosts.host_arguments(action)
    text = "tell which commands of AzureRM scripts use, and whether they are covered"
    action = actions.add_parser("scan", help=text, description=_SCAN)
    action.set_defaults(act=_scan)
    action.add_argument("scripts", metavar="SCRIPT", nargs="+", help="a file, a folder, or a pattern")
    action.add_argument("--json", action="store_true", help="print a line of JSON for each use, and one for all")
    for name, act, text in (
        ("path", _path, "print the folder that holds the module"),
        ("interpreter", _interpreter, "print the Python that runs pybridge, as JSON"),
    ):
        actions.add_parser(name, help=text).set_defaults(act=act)


def run(options: argparse.Namespace) -> int:
    code: int = options.act(options)
    return code


#: What a scope is called there.
_SCOPES: Mapping[str, str] = {"user": "CurrentUser", "all": "AllUsers"}


def _install(options: argparse.Namespace) -> int:
    if hosts.given(options):
        return _install_there(options)
    for folder in install(options.scope, options.path, azurerm=options.azurerm):
        print(f"installed {folder} for {sys.executable}" if folder.name == NAME else f"installed {folder}")
    if options.path:
        _tell_of_path(Path(options.path).expanduser().resolve())
    return 0


def _install_there(options: argparse.Namespace) -> int:
    from ..installing import install_module
    from .fanout import Task, ask_hosts

    hosts.refuse(options, "azurerm")
    arguments = {"scope": _SCOPES[options.scope], "path": options.path}
    return ask_hosts(options, Task("Installing the module", install_module, arguments, _show_installed, asdict))


def _show_installed(module: InstalledModule) -> int:
    print(f"{'already in' if module.state == 'AlreadyThere' else 'installed'} {module.path}")
    return 0


def _tell_of_path(folder: Path) -> None:
    """A module is found by its name only in the folders of PSModulePath."""
    if folder not in [known.resolve() for known in module_path(os.environ)]:
        print(
            f"pybridge: {folder} is not on PSModulePath. In PowerShell:\n"
            f"  $env:PSModulePath = '{folder}{os.pathsep}' + $env:PSModulePath",
            file=sys.stderr,
        )


def _uninstall(options: argparse.Namespace) -> int:
    removed = list(uninstall(options.scope, options.path))
    for folder in removed:
        print(f"removed {folder}")
    if not removed:
        print("nothing to remove")
    return 0


def _scan(options: argparse.Namespace) -> int:
    from .scanning import scan_scripts

    return scan_scripts(options.scripts, as_json=options.json)


def _path(options: argparse.Namespace) -> int:
    print(module_root())
    return 0


def _interpreter(options: argparse.Namespace) -> int:
    print_json(sys.executable)
    return 0
