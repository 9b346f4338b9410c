"""What the answers to requests say, as typed values. An answer to another request is an error."""

from __future__ import annotations

import base64
import re
from typing import NamedTuple

from ..printable import printable
from .faults import Fault, fault_in
from .names import ACTIONS, ADDRESSING, CONFIG, SHELL, SOAP, TRANSFER, WSMAN
from .xmltree import Element, malformed, parse


class Shell(NamedTuple):
    """An open shell.

    Attributes:
        shell_id: The host's name for it.
        idle_timeout: Seconds without a request after which the host closes it; None if it does not say.
        owner: The user as the host knows it, such as `CONTOSO\\admin`.
    """

    shell_id: str
    idle_timeout: float | None
    owner: str | None


class Received(NamedTuple):
    """Output of a command since the last time. `repr` leaves it out, as it may hold a secret.

    Attributes:
        stdout: Bytes; a character may be cut in two between two answers.
        stderr: Bytes as well.
        done: Whether the command has ended.
        exit_code: 0 to 2**32-1, so -1 is 4294967295; None before the end, or if the host does not tell.
    """

    stdout: bytes
    stderr: bytes
    done: bool
    exit_code: int | None

    def __repr__(self) -> str:
        return (
            f"Received({len(self.stdout)} bytes, {len(self.stderr)} bytes, done={self.done}, "
            f"exit_code={self.exit_code})"
        )


class Limits(NamedTuple):
    """The limits of a host, each None if it does not tell. Only administrators may ask for them.

    Attributes:
        max_envelope: Bytes of a message.
        max_timeout: Seconds; a longer OperationTimeout is shortened to it.
        idle_timeout: Seconds without a request after which a shell is closed.
        remote_shells: Whether shells may be opened at all.
        max_shells_per_user: Open shells.
        max_operations_per_user: Operations under way. Windows does not count down within a shell.
        max_processes_per_shell: Processes.
        max_memory_per_shell_mb: Megabytes, of the whole shell.
        max_concurrent_users: Users with shells.
        max_connections: Connections to the service.
    """

    max_envelope: int | None
    max_timeout: float | None
    idle_timeout: float | None
    remote_shells: bool | None
    max_shells_per_user: int | None
    max_operations_per_user: int | None
    max_processes_per_shell: int | None
    max_memory_per_shell_mb: int | None
    max_concurrent_users: int | None
    max_connections: int | None


_IDENTIFIER = re.compile(r"[!-~]{1,128}")
_COUNT = re.compile(r"[0-9]{1,10}", re.ASCII)
_DURATION = re.compile(
    r"P(?:([0-9]{1,9})D)?(?:T(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9}(?:\.[0-9]{1,9})?)S)?)?"
)


def body_of(answer: bytes, action: str, message_id: str) -> Element | Fault:
    """The body of the envelope that answers this very request, or the fault in it.

    Args:
        answer: The bytes that came, whatever the HTTP status was: faults come with 500.
        action: What the request did, a key of `ACTIONS`.
        message_id: The request's MessageID.

    Raises:
        MalformedError: No envelope, or one for another request.
    """
    header, body = _parts(answer)
    fault = fault_in(body)
    relates_to = header.value(f"{{{ADDRESSING}}}RelatesTo")
    # A host that could not read the request cannot name it in its fault; in everything else it must.
    if relates_to is None and fault is None:
        raise malformed("it does not say which request it answers")
    if relates_to is not None and relates_to.casefold() != message_id.casefold():
        raise malformed("it answers another request")
    if fault is not None:
        return fault
    if header.value(f"{{{ADDRESSING}}}Action") != f"{ACTIONS[action]}Response":
        raise malformed(f"it does not answer {action}")
    return body


def shell(body: Element) -> Shell:
    """The answer to Create. Windows names the shell in two places; either will do."""
    created = (f"{{{TRANSFER}}}ResourceCreated", f"{{{ADDRESSING}}}ReferenceParameters", f"{{{WSMAN}}}SelectorSet")
    selectors = [one for one in body.all(*created, f"{{{WSMAN}}}Selector") if one.attributes.get("Name") == "ShellId"]
    inner = body.find(f"{{{SHELL}}}Shell") or Element("", {})
    names = [one.text.strip() for one in (*selectors, *inner.all(f"{{{SHELL}}}ShellId"))]
    if len({name.casefold() for name in names}) > 1:
        raise malformed("it names two shells")
    owner = inner.value(f"{{{SHELL}}}Owner")
    return Shell(
        _identifier(names[0] if names else None, "shell"),
        _seconds(inner.value(f"{{{SHELL}}}IdleTimeOut")),
        printable(owner, 100) if owner else None,
    )


def command_id(body: Element) -> str:
    """The answer to Command."""
    return _identifier(body.value(f"{{{SHELL}}}CommandResponse", f"{{{SHELL}}}CommandId"), "command")


def received(body: Element, command: str) -> Received:
    """The answer to Receive, for this command."""
    answer = _the(body, "ReceiveResponse")
    pieces: dict[str, list[bytes]] = {"stdout": [], "stderr": []}
    for stream in answer.all(f"{{{SHELL}}}Stream"):
        name = stream.attributes.get("Name", "")
        if name not in pieces:
            raise malformed("it holds a stream that was not asked for")
        _same_command(stream, command)
        pieces[name].append(_base64(stream.text))
    state = answer.find(f"{{{SHELL}}}CommandState")
    done, exit_code = False, None
    if state is not None:
        _same_command(state, command)
        done = state.attributes.get("State", "").rpartition("/")[2] == "Done"
        exit_code = _count(state.value(f"{{{SHELL}}}ExitCode"))
    return Received(b"".join(pieces["stdout"]), b"".join(pieces["stderr"]), done, exit_code if done else None)


def nothing(body: Element, name: str | None) -> None:
    """An answer that says no more than that it was done: an element without content, or nothing."""
    if name is not None:
        _the(body, name)


def limits(body: Element) -> Limits:
    """The answer to Get of the configuration."""
    config = body.find(f"{{{CONFIG}}}Config")
    if config is None:
        raise malformed("it holds no configuration")

    def text(*path: str) -> str | None:
        return config.value(*(f"{{{CONFIG}}}{name}" for name in path))

    kilobytes = _count(text("MaxEnvelopeSizekb"))
    return Limits(
        max_envelope=None if kilobytes is None else kilobytes * 1024,
        max_timeout=_milliseconds(text("MaxTimeoutms")),
        idle_timeout=_milliseconds(text("Winrs", "IdleTimeout")),
        remote_shells={"true": True, "false": False}.get((text("Winrs", "AllowRemoteShellAccess") or "").lower()),
        max_shells_per_user=_count(text("Winrs", "MaxShellsPerUser")),
        max_operations_per_user=_count(text("Service", "MaxConcurrentOperationsPerUser")),
        max_processes_per_shell=_count(text("Winrs", "MaxProcessesPerShell")),
        max_memory_per_shell_mb=_count(text("Winrs", "MaxMemoryPerShellMB")),
        max_concurrent_users=_count(text("Winrs", "MaxConcurrentUsers")),
        max_connections=_count(text("Service", "MaxConnections")),
    )


def _parts(answer: bytes) -> tuple[Element, Element]:
    """The header (an empty one where there is none) and the body."""
    root = parse(answer)
    body = root.find(f"{{{SOAP}}}Body")
    if root.tag != f"{{{SOAP}}}Envelope" or body is None:
        raise malformed("it is no SOAP envelope")
    return root.find(f"{{{SOAP}}}Header") or Element("", {}), body


def _the(body: Element, name: str) -> Element:
    found = body.find(f"{{{SHELL}}}{name}")
    if found is None:
        raise malformed(f"it holds no {name}")
    return found


def _identifier(text: str | None, what: str) -> str:
    """A GUID by all experience, and in any case short, as it goes into every request that follows."""
    if text is None or not _IDENTIFIER.fullmatch(text):
        raise malformed(f"it does not name the {what}")
    return text


def _same_command(element: Element, command: str) -> None:
    named = element.attributes.get("CommandId")
    if named is not None and named.casefold() != command.casefold():
        raise malformed("it is about another command")


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except ValueError:
        raise malformed("its output is not base64") from None


def _count(text: str | None) -> int | None:
    if text is None or not _COUNT.fullmatch(text):
        return None
    number = int(text)
    return number if number < 2**32 else None


def _milliseconds(text: str | None) -> float | None:
    number = _count(text)
    return None if number is None else number / 1000


def _seconds(text: str | None) -> float | None:
    """The seconds of a duration such as `PT7200.000S` or `P0DT2H0M0S`; None for one that is not understood."""
    found = _DURATION.fullmatch(text or "")
    if found is None:
        return None
    return sum(float(part) * unit for part, unit in zip(found.groups("0"), (86400, 3600, 60, 1), strict=True))
