"""The variables that say how a host is reached: Ansible's for WinRM and PSRP, and our own.

What Ansible has: https://docs.ansible.com/ansible/latest/collections/ansible/builtin/winrm_connection.html and
.../psrp_connection.html. Of several names for one thing the last one that is set counts, as there.
"""

from __future__ import annotations

import math
import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from .. import hosts
from ..hosts import Address, Host
from ..passwords import Keyring, Password, PasswordCommand, PasswordSource
from ..yamlfile import Node, Tagged

#: Connections of Ansible that lead to WinRM, and the beginning of the names of what is said about them.
_CONNECTIONS = {"winrm": "ansible_winrm_", "psrp": "ansible_psrp_"}
#: Ours: nobody else may have them.
_OURS = "pybridge_"

Variables = Mapping[str, Node]


# --- values ------------------------------------------------------------------------------------------


def _plain(node: Node) -> Any:
    """The value, if it is one that stands in the file."""
    value = node.value
    if isinstance(value, Tagged) and value.tag == "!unsafe":
        return value.text
    text = value.text if isinstance(value, Tagged) else value
    if isinstance(value, Tagged) or (isinstance(text, str) and text.lstrip().startswith("$ANSIBLE_VAULT;")):
        node.fail(
            "it is in Ansible's vault, which pybridge does not open",
            remedy="Give passwords by a prompt, --password-command or --keyring, or by the variable "
            "pybridge_password_command: a program that prints it.",
        )
    if isinstance(text, str) and ("{{" in text or "{%" in text):
        node.fail("it is a template, which only Ansible can fill in", remedy="Write the value itself.")
    return text


def _shown(value: object) -> str:
    """A value, for an error: a short one as it is, and of others what they are."""
    if isinstance(value, bool | float | None):
        return repr(value)
    if isinstance(value, int):
        return repr(value) if abs(value) < 1 << 64 else "a number with many digits"
    return repr(value[:100]) if isinstance(value, str) else f"a {type(value).__name__}"


def _text(node: Node) -> str:
    value = _plain(node)
    if isinstance(value, bool) or not isinstance(value, str | int | float) or value == "":
        node.fail(f"expected text, found {_shown(value)}")
    try:
        return str(value)
    except ValueError:  # an integer of thousands of digits
        node.fail(f"expected text, found {_shown(value)}")


def _number(node: Node) -> float:
    value = _plain(node)
    try:
        number = float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else 0.0
    except (ValueError, OverflowError):
        number = 0.0
    if not (math.isfinite(number) and number > 0):
        node.fail(f"expected a number above 0, found {_shown(value)}")
    return number


def _port(node: Node) -> int:
    number = _number(node)
    if number != int(number) or number > 65535:
        node.fail(f"there is no port {_shown(_plain(node))}")
    return int(number)


def _one_of(table: Mapping[str, Any]) -> Callable[[Node], Any]:
    def read(node: Node) -> Any:
        value = _plain(node)
        first = value[0] if isinstance(value, list) and value else value
        said = _plain(first) if isinstance(first, Node) else first
        word = said.partition(",")[0].strip().lower() if isinstance(said, str) else ""
        if word not in table:
            node.fail(f"{_shown(word or said)} is none of {', '.join(table)}")
        return table[word]

    return read


def _password(node: Node) -> PasswordSource:
    """Only a text, and never shown: what YAML takes for a number or a date is not what was written (012345 is 5349)."""
    value = _plain(node)
    if not isinstance(value, str) or not value:
        node.fail("the password is not a text", remedy='Put it between quotes: ansible_password: "..."')
    return Password(value)


def _command(node: Node) -> PasswordSource:
    """A program and its arguments, in a list or as a shell would cut them."""
    value = _plain(node)
    try:
        parts = [_text(item) for item in node.items()] if isinstance(value, list) else shlex.split(_text(node))
    except ValueError as exc:
        node.fail(f"the command cannot be cut into words: {exc}")
    if not parts:
        node.fail("the command is empty")
    return PasswordCommand(tuple(parts))


def _keyring(node: Node) -> PasswordSource | None:
    """true, or the name of the service."""
    value = _plain(node)
    if isinstance(value, bool):
        return Keyring() if value else None
    return Keyring(_text(node))


# --- the table ---------------------------------------------------------------------------------------

_AUTHENTICATIONS = {**hosts.SPELLINGS, "ssl": "basic"}
_SCHEMES = {"http": False, "https": True}
_VALIDATIONS = {"validate": "validate", "ignore": "ignore"}
_ENCRYPTIONS = {"auto": True, "always": True, "never": False}


class _Option(NamedTuple):
    """Where an option of a host comes from: `*` stands for the names' beginning, which the connection has."""

    names: tuple[str, ...]
    read: Callable[[Node], Any]


_OPTIONS: Mapping[str, _Option] = {
    "address": _Option(("ansible_host", "*host"), _text),
    "port": _Option(("ansible_port", "*port"), _port),
    "username": _Option(("ansible_user", "*user"), _text),
    "password": _Option(("ansible_password", "ansible_winrm_pass", "ansible_winrm_password"), _password),
    "use_ssl": _Option(("*scheme", "*protocol"), _one_of(_SCHEMES)),
    "path": _Option(("*path",), _text),
    "authentication": _Option(("*transport", "*auth"), _one_of(_AUTHENTICATIONS)),
    "certificate": _Option(("*server_cert_validation", "*cert_validation"), _one_of(_VALIDATIONS)),
    "ca": _Option(("*ca_trust_path", "*cert_trust_path", "*ca_cert"), _text),
    "client_certificate": _Option(("*cert_pem", "*certificate_pem"), _text),
    "client_key": _Option(("*cert_key_pem", "*certificate_key_pem"), _text),
    "proxy": _Option(("*proxy",), _text),
    "operation_timeout": _Option(("*connection_timeout", "*operation_timeout", "*operation_timeout_sec"), _number),
    "encrypts": _Option(("*message_encryption",), _one_of(_ENCRYPTIONS)),
}
#: What makes no difference here: a read takes as long as the operation may, channel binding is on, and no further host
#: is reached from the host, so nothing is delegated to it.
_NEEDLESS = (
    "*read_timeout_sec *read_timeout *kerberos_delegation *negotiate_delegate *send_cbt *negotiate_send_cbt "
    "*reconnection_retries *reconnection_backoff *connection_backoff *max_envelope_size *ignore_proxy"
).split()
#: PSRP's connection timeout is for the connection alone.
_PSRP = {
    "operation_timeout": _Option(("*operation_timeout",), _number),
    "connect_timeout": _Option(("*connection_timeout",), _number),
}
_OWN: Mapping[str, tuple[str, Callable[[Node], Any]]] = {
    "pybridge_certificate": ("certificate", _text),
    "pybridge_password_command": ("password", _command),
    "pybridge_keyring": ("password", _keyring),
    "pybridge_timeout": ("timeout", _number),
}


# --- a host ------------------------------------------------------------------------------------------


def host(name: str, variables: Variables, options: Mapping[str, Any], defaults: Mapping[str, Any]) -> Host:
    """The host that has these variables.

    Args:
        options: What counts instead of them.
        defaults: What counts where neither says it.

    Raises:
        InventoryError: A variable cannot be used; the message names file and line.
        UsageError: The host cannot be reached so.
    """
    beginning = _beginning(variables)
    found: dict[str, Any] = {}
    for option, (names, read) in {**_OPTIONS, **(_PSRP if beginning == _CONNECTIONS["psrp"] else {})}.items():
        node = _last(variables, [_named(each, beginning) for each in names])
        if node is not None and option not in options:
            found[option] = read(node)
    for key, node in variables.items():
        if key.startswith(_OURS):
            if key not in _OWN:
                node.fail("there is no such variable", remedy=f"Ours are {', '.join(_OWN)}.")
            option, read = _OWN[key]
            value = None if option in options or node.value is None else read(node)
            if value is not None:
                found[option] = value
    if not found.pop("encrypts", True) and not {**found, **options}.get("use_ssl", True):
        message = next(node for key, node in variables.items() if key.endswith("_message_encryption"))
        message.fail("over http without encryption everybody could read it", remedy="Use https, or say `always`.")
    return _made(name, {**defaults, **found}, options)


def _made(name: str, found: dict[str, Any], options: Mapping[str, Any]) -> Host:
    if "client_certificate" in found and found.get("authentication", "basic") == "basic":
        found["authentication"] = "certificate"  # as pywinrm takes its transport `ssl`
    merged = {**found, **options}
    if "client_certificate" not in options and merged.get("authentication") != "certificate":
        merged.pop("client_certificate", None)
        merged.pop("client_key", None)
    path = merged.pop("path", None)
    use_ssl = merged.pop("use_ssl", "port" in options or merged.get("port") != hosts.HTTP_PORT)
    place = merged.pop("address", None) or name
    where = Address.parse(place, port=merged.pop("port", None), use_ssl=use_ssl)
    if path is not None:
        where = Address.parse(replace(where, path=f"/{path.lstrip('/')}").url)
    if not where.is_secure:  # inventories say so for the day on which they turn to https
        merged = {key: value for key, value in merged.items() if key in options or key not in ("certificate", "ca")}
    return Host(name, where, **merged)


def _beginning(variables: Variables) -> str:
    """How the names of what is said about its connection begin."""
    node = variables.get("ansible_connection")
    if node is None or node.value is None:
        return _CONNECTIONS["winrm"]
    name = _text(node).rpartition(".")[2]  # ansible.builtin.winrm
    if name not in _CONNECTIONS:
        node.fail(
            f"a host that is reached by {name} is not reached by WinRM",
            remedy="Leave it out: --limit 'all:!GROUP'. Hosts of Linux are asked by `pybridge` on themselves.",
        )
    return _CONNECTIONS[name]


def _named(name: str, beginning: str) -> str:
    return name.replace("*", beginning)


def _last(variables: Variables, names: list[str]) -> Node | None:
    """The last of these variables that is set."""
    found = [variables[name] for name in names if name in variables and variables[name].value is not None]
    return found[-1] if found else None


def unheeded(variables: Variables) -> Iterator[str]:
    """What is said about the connection, and makes no difference here: one sentence each."""
    beginning = _beginning(variables)
    options = {**_OPTIONS, **(_PSRP if beginning == _CONNECTIONS["psrp"] else {})}
    known = {_named(name, beginning) for option in options.values() for name in option.names}
    known.update(_named(name, beginning) for name in _NEEDLESS)
    for name, node in variables.items():
        if name.startswith(beginning) and name not in known:
            yield f"{node.file}:{node.line}: {name} is not heeded"
