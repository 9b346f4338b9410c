"""The hosts that the command line names, and their passwords."""

from __future__ import annotations

import argparse
import difflib
import os
import shlex
from collections import Counter
from dataclasses import replace
from typing import Any, NamedTuple

from .. import inventory
from ..errors import UsageError
from ..hosts import AUTHENTICATIONS, Host
from ..inventory import Inventory
from ..passwords import Keyring, Password, PasswordCommand, PasswordPrompt, PasswordSource
from . import resume
from .hosts import is_single

#: The options of a host that the command line has by the same name, and those that it calls otherwise.
_SAME = "authentication port certificate ca client_certificate client_key proxy timeout".split()


class Chosen(NamedTuple):
    """Who is to be asked.

    Attributes:
        hosts: One after the other; `with_passwords` makes them ready.
        resumed: How many were left out, as an earlier run had done them.
        single: Whether it is one that was named by --host: what comes of it is shown as of this machine.
        warnings: What its user should know before.
    """

    hosts: list[Host]
    resumed: int
    single: bool
    warnings: list[str]


def chosen(options: argparse.Namespace) -> Chosen:
    """The hosts, and where their passwords come from: those of which nothing is said have a prompt, which is the same.

    Raises:
        InventoryError: The inventory says something wrong; the message names file and line.
        UsageError: A host is unknown, or cannot be reached so.
    """
    asked = list(dict.fromkeys(options.host))
    if options.inventory:
        known = inventory.load(options.inventory)
        names = _named(asked, known) if asked else known.select(options.limit)
    elif options.limit:
        raise UsageError("--limit is for --inventory")
    else:
        known = Inventory({name: {} for name in asked})
        names = asked
    all_names = len(names)
    warnings: list[str] = []
    if options.resume is not None:
        done, warnings = resume.finished(options.resume)
        names = [name for name in names if name not in done]
    found = list(known.hosts(names, defaults={"password": PasswordPrompt()}, **_own(options)))
    warnings += known.warnings(names) + _ignored(found)
    return Chosen(found, all_names - len(names), is_single(options), warnings)


def _named(asked: list[str], known: Inventory) -> list[str]:
    """The hosts that --host picks out of an inventory: all that it says of them counts."""
    for name in asked:
        if name not in known.names:
            near = difflib.get_close_matches(name, known.names, 3)
            raise UsageError(
                f"there is no host {name!r} in the inventory",
                target=name,
                remedy=f"Do you mean {' or '.join(near)}?" if near else "Groups and wildcards are for --limit.",
            )
    return asked


def _own(options: argparse.Namespace) -> dict[str, Any]:
    """What the command line says about the hosts: it counts more than an inventory."""
    own: dict[str, Any] = {name: getattr(options, name) for name in _SAME if getattr(options, name) is not None}
    if options.user is not None:
        own["username"] = options.user
    if options.http:
        own["use_ssl"] = False
    if options.allow_logged:
        own["allow_logged"] = True
    if options.client_certificate is not None:
        own.setdefault("authentication", "certificate")
    if options.password_command is not None:
        own["password"] = PasswordCommand(_words(options.password_command))
    elif options.keyring:
        own["password"] = Keyring()
    return own


def _words(command: str) -> tuple[str, ...]:
    try:
        words = shlex.split(command, posix=os.name != "nt")
    except ValueError as exc:
        raise UsageError(f"--password-command: {exc}", target="--password-command") from exc
    if not words:
        raise UsageError("--password-command is empty", target="--password-command")
    return tuple(word[1:-1] if os.name == "nt" and word[:1] == word[-1:] == '"' else word for word in words)


def _ignored(hosts: list[Host]) -> list[str]:
    """What is to be said of hosts whose certificate is not checked: a sentence for all of them."""
    found = [host for host in hosts if host.warning]
    if not found:
        return []
    others = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    return [f"{found[0].warning}{others}"]


# --- passwords ---------------------------------------------------------------------------------------


def with_passwords(hosts: list[Host], *, travels: bool) -> list[Host]:
    """The hosts with their passwords: each user is asked for one once, before anything begins.

    Args:
        travels: Whether passwords are needed elsewhere, where a command is to be run; else it is run here and now.

    Raises:
        UsageError: There is no terminal to ask on, or what is typed would have to travel.
    """
    prompted = Counter(host.username for host in hosts if _is_prompted(host))
    found: dict[tuple[PasswordSource | None, str | None], PasswordSource] = {}
    done = []
    for host in hosts:
        source, key = host.password, (host.password, host.username)
        if isinstance(source, PasswordPrompt):
            if not _is_prompted(host):
                source = None
            elif travels:
                raise UsageError(
                    "a password that is typed here stays here, and the hosts are asked from elsewhere",
                    target="--scheduler",
                    remedy="Give --password-command or --keyring, which are asked there.",
                )
            else:
                many = prompted[host.username]
                where = host.name if many == 1 else f"{many} hosts"
                source = found[key] = found.get(key) or Password(source.get(where, host.username))
        elif (
            isinstance(source, PasswordCommand) and not travels and not any("{host}" in word for word in source.command)
        ):
            source = found[key] = found.get(key) or Password(source.get(host.name, host.username))
        done.append(replace(host, password=source))
    return done


def _is_prompted(host: Host) -> bool:
    return isinstance(host.password, PasswordPrompt) and AUTHENTICATIONS[host.authentication].password
