"""Arguments that several commands share: which hosts are asked, and how they are reached.

What they come to is made in `chosen.py`, and done in `fanout.py`: those are imported only where they are given.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

from ..errors import UsageError

#: What else is about hosts, and worth nothing without --host or --inventory.
_ONLY_WITH_HOSTS = (
    "limit user authentication port http certificate ca client_certificate client_key proxy timeout password_command "
    "keyring allow_logged workers retries fail_fast resume scheduler"
).split()


def host_arguments(parser: argparse.ArgumentParser, *, required: bool = False) -> None:
    """--host and --inventory, and all that goes with them."""
    which = parser.add_argument_group("hosts", "Windows computers, by WinRM. The password is asked for, unless:")
    which.add_argument("--host", action="append", default=[], metavar="NAME", help="a host; may be repeated")
    which.add_argument("--inventory", metavar="FILE", help="Ansible's YAML inventory, or a list of hosts; - for stdin")
    which.add_argument("--limit", metavar="PATTERN", help="of the inventory only these: 'web,db01,!web03'")
    which.add_argument("--user", metavar="NAME", help=r"DOMAIN\user, user@domain, or a user of the host itself")
    source = which.add_mutually_exclusive_group()
    source.add_argument("--password-command", metavar="COMMAND", help="what prints the password; {host}, {user} in it")
    source.add_argument("--keyring", action="store_true", help="the system's keyring has it")
    which.add_argument(
        "--authentication", metavar="HOW", help="negotiate (default), kerberos, credssp, certificate or basic"
    )
    which.add_argument("--port", type=int, metavar="N", help="default: 5986; with --http 5985")
    which.add_argument("--http", action="store_true", help="no TLS: messages are encrypted by negotiate or kerberos")
    which.add_argument(
        "--certificate", metavar="FINGERPRINT", help="the host has exactly this one, SHA-1 or SHA-256; or: ignore"
    )
    which.add_argument("--ca", metavar="FILE", help="certificate authorities, in PEM")
    which.add_argument("--client-certificate", metavar="FILE", help="sign in with it, in PEM; needs --client-key")
    which.add_argument("--client-key", metavar="FILE", help="its key")
    which.add_argument("--proxy", metavar="URL", help="default: none, whatever the environment says")
    which.add_argument("--timeout", type=float, metavar="SECONDS", help="for one host, all in all (default: 120)")
    which.add_argument(
        "--allow-logged", action="store_true", help="take a token even where the host's logs record it (constrained)"
    )
    many = parser.add_argument_group(
        "many of them", "Each gives one line of JSON. Exit code: 0 all is well, 1 not all."
    )
    many.add_argument("--workers", type=_from(1), metavar="N", help="hosts at a time (default: 32)")
    many.add_argument("--retries", type=_from(0), metavar="N", help="try hosts again that are busy, or out of reach")
    many.add_argument("--fail-fast", action="store_true", help="begin no further host after one has failed")
    many.add_argument("--resume", metavar="FILE", help="leave out the hosts that are ok in what an earlier run printed")
    many.add_argument("--scheduler", metavar="URL", help="let a Dask cluster do it: tcp://NAME:8786")
    parser.set_defaults(needs_hosts=required)


def _from(least: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        number = int(text) if text.isascii() and text.isdigit() else -1
        if number < least:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {least} on")
        return number

    return read


def given(options: argparse.Namespace) -> bool:
    """Whether hosts are to be asked.

    Raises:
        UsageError: They are not, and something is said about them; or they must be.
    """
    if options.host or options.inventory:
        return True
    named = [name for name in _ONLY_WITH_HOSTS if getattr(options, name) not in (None, False)]
    if named:
        raise UsageError(f"--{named[0].replace('_', '-')} is for --host or --inventory")
    if options.needs_hosts:
        raise UsageError("no host is named", remedy="Give --host NAME, or --inventory FILE.")
    return False


def is_single(options: argparse.Namespace) -> bool:
    """Whether it is one host, named by --host: what comes of it is shown as that of this machine would be."""
    return len(set(options.host)) == 1 and options.resume is None


def refuse(options: argparse.Namespace, *names: str) -> None:
    """For what a command has for this machine only.

    Raises:
        UsageError: One of them is given.
    """
    for name in names:
        if getattr(options, name):
            raise UsageError(f"--{name} is for this machine, not for --host or --inventory")
