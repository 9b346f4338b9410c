"""`pybridge module`, which has actions of its own."""

from __future__ import annotations

import argparse
import sys

from ..module import install, module_root, uninstall
from .output import print_json


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
    for name, act, text in (
        ("path", _path, "print the folder that holds the module"),
        ("interpreter", _interpreter, "print the Python that runs pybridge, as JSON"),
    ):
        actions.add_parser(name, help=text).set_defaults(act=act)


def run(options: argparse.Namespace) -> int:
    options.act(options)
    return 0


def _install(options: argparse.Namespace) -> None:
    for folder in install(options.scope, options.path):
        print(f"installed {folder} for {sys.executable}")


def _uninstall(options: argparse.Namespace) -> None:
    removed = list(uninstall(options.scope, options.path))
    for folder in removed:
        print(f"removed {folder}")
    if not removed:
        print("nothing to remove")


def _path(options: argparse.Namespace) -> None:
    print(module_root())


def _interpreter(options: argparse.Namespace) -> None:
    print_json(sys.executable)
