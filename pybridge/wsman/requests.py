"""Requests: the bytes to POST, each with the reader of its answer."""

from __future__ import annotations

import base64
import math
import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Generic, NamedTuple, TypeVar

from ..errors import UsageError
from . import answers
from .answers import Limits, Received, Shell
from .faults import Fault
from .names import (
    ACTIONS,
    ADDRESSING,
    ANONYMOUS,
    CMD,
    CONFIG,
    MICROSOFT,
    SHELL,
    SOAP,
    TERMINATE,
    WSMAN,
)
from .xmltree import Element

#: The bytes of a message that every host takes; Windows Server 2008 R2 takes no more.
MAX_ENVELOPE = 153_600

T = TypeVar("T")


class Request(Generic[T]):
    """A request, ready to be sent. Its `repr` has no body, as what goes to stdin may be a secret.

    Attributes:
        action: What it does: Create, Command, Send, Receive, Signal, Delete or Get.
        message_id: Its MessageID, `uuid:...`.
        body: The envelope. It is ASCII, so that its length is the same in bytes and in characters.
    """

    __slots__ = ("_reader", "action", "body", "message_id")

    def __init__(self, action: str, message_id: str, body: bytes, reader: Callable[[Element], T]) -> None:
        self.action = action
        self.message_id = message_id
        self.body = body
        self._reader = reader

    def __repr__(self) -> str:
        return f"Request({self.action!r}, {self.message_id!r}, {len(self.body)} bytes)"

    def read(self, answer: bytes) -> T | Fault:
        """What the answer says, or the fault in it, whatever its HTTP status was.

        Raises:
            MalformedError: It is no answer to this request.
        """
        body = answers.body_of(answer, self.action, self.message_id)
        return body if isinstance(body, Fault) else self._reader(body)


class Messages(NamedTuple):
    """The requests to one endpoint.

    Attributes:
        to: Its address, which goes into `a:To`.
        operation_timeout: Seconds after which the host answers in any case, if only to say that nothing happened.
        new_id: Makes the MessageIDs.
    """

    to: str
    operation_timeout: float = 20.0
    new_id: Callable[[], uuid.UUID] = uuid.uuid4

    def within(self, seconds: float) -> Messages:
        """The same with another `operation_timeout`."""
        return self._replace(operation_timeout=seconds)

    def create(
        self,
        *,
        no_profile: bool = True,
        idle_timeout: float | None = None,
        shell_id: str | None = None,
    ) -> Request[Shell]:
        """Open a shell, whose code page is UTF-8.

        Args:
            no_profile: Whether to leave out the user's profile, which takes time to load.
            idle_timeout: Seconds without a request after which the host may close it; None for the host's own.
            shell_id: A name to propose, in the form of a GUID, so that a shell can be closed even if the answer gets
                lost. Only Windows Server 2012 and later take it.
        """
        parts = (
            "<rsp:InputStreams>stdin</rsp:InputStreams>",
            "<rsp:OutputStreams>stdout stderr</rsp:OutputStreams>",
            _element("rsp:IdleTimeOut", None if idle_timeout is None else _duration(idle_timeout)),
        )
        proposed = "" if shell_id is None else f' ShellId="{_attribute(shell_id)}"'
        options = {"WINRS_NOPROFILE": _flag(no_profile), "WINRS_CODEPAGE": "65001"}
        return self._request(
            "Create", None, f"<rsp:Shell{proposed}>{''.join(parts)}</rsp:Shell>", answers.shell, options
        )

    def command(self, shell_id: str, command: str) -> Request[str]:
        """Start a command in a shell; the answer is its CommandId. Its stdin is a pipe, whose end it can see.

        Args:
            shell_id: The shell.
            command: The command line, as the shell, cmd.exe, is to read it; nothing is quoted here.
        """
        line = f"<rsp:CommandLine><rsp:Command>{_text(command)}</rsp:Command></rsp:CommandLine>"
        # Without cmd.exe no version after Windows Server 2012 starts anything.
        options = {"WINRS_CONSOLEMODE_STDIN": _flag(False), "WINRS_SKIP_CMD_SHELL": _flag(False)}
        return self._request("Command", shell_id, line, answers.command_id, options)

    def send(self, shell_id: str, command_id: str, data: bytes, *, end: bool = False) -> Request[None]:
        """Write to the stdin of a command, and with `end` close it. `chunks` does so for any amount.

        Raises:
            UsageError: There is more data than fits: see `room`.
        """
        stream = (
            f'<rsp:Send><rsp:Stream Name="stdin" CommandId="{_attribute(command_id)}" End="{str(end).lower()}">'
            f"{base64.b64encode(data).decode('ascii')}</rsp:Stream></rsp:Send>"
        )
        request = self._request("Send", shell_id, stream, partial(answers.nothing, name="SendResponse"))
        if len(request.body) > MAX_ENVELOPE:
            raise UsageError(
                f"{len(data)} bytes are too many for one message of at most {MAX_ENVELOPE}",
                remedy=f"Send at most {self.room(shell_id, command_id)} bytes at once.",
            )
        return request

    def room(self, shell_id: str, command_id: str) -> int:
        """How many bytes of stdin fit in one Send, so that its envelope has at most `MAX_ENVELOPE` bytes."""
        return max((MAX_ENVELOPE - len(self.send(shell_id, command_id, b"").body)) // 4 * 3, 0)

    def chunks(self, shell_id: str, command_id: str, data: bytes, *, end: bool = True) -> Iterator[Request[None]]:
        """The Sends for all of the data, one at least; with `end` the last one closes stdin."""
        room = self.room(shell_id, command_id)
        for start in range(0, max(len(data), 1), room):
            last = start + room >= len(data)
            yield self.send(shell_id, command_id, data[start : start + room], end=end and last)

    def receive(self, shell_id: str, command_id: str) -> Request[Received]:
        """Wait for output of a command, at most `operation_timeout` seconds.

        Where nothing comes, the answer is a `Fault` of the kind `timed_out`, or empty: then ask again.
        """
        wanted = f'<rsp:DesiredStream CommandId="{_attribute(command_id)}">stdout stderr</rsp:DesiredStream>'
        reader = partial(answers.received, command=command_id)
        return self._request("Receive", shell_id, f"<rsp:Receive>{wanted}</rsp:Receive>", reader)

    def signal(self, shell_id: str, command_id: str) -> Request[None]:
        """Stop a command, or clean up after it."""
        signal = f'<rsp:Signal CommandId="{_attribute(command_id)}">{_element("rsp:Code", TERMINATE)}</rsp:Signal>'
        return self._request("Signal", shell_id, signal, partial(answers.nothing, name="SignalResponse"))

    def delete(self, shell_id: str) -> Request[None]:
        """Close a shell; what still runs in it is ended."""
        return self._request("Delete", shell_id, "", partial(answers.nothing, name=None))

    def config(self) -> Request[Limits]:
        """Ask for the limits of the host."""
        return self._request("Get", None, "", answers.limits, resource=CONFIG)

    def _request(
        self,
        action: str,
        shell_id: str | None,
        body: str,
        reader: Callable[[Element], T],
        options: Mapping[str, str] | None = None,
        resource: str = CMD,
    ) -> Request[T]:
        message_id = f"uuid:{str(self.new_id()).upper()}"
        set_of_options = "".join(
            f'<w:Option Name="{name}">{value}</w:Option>' for name, value in (options or {}).items()
        )
        header = (
            _element("a:To", self.to),
            f'<a:ReplyTo><a:Address s:mustUnderstand="true">{ANONYMOUS}</a:Address></a:ReplyTo>',
            f'<w:MaxEnvelopeSize s:mustUnderstand="true">{MAX_ENVELOPE}</w:MaxEnvelopeSize>',
            _element("a:MessageID", message_id),
            '<w:Locale s:mustUnderstand="false" xml:lang="en-US"/>',
            '<p:DataLocale s:mustUnderstand="false" xml:lang="en-US"/>',
            _element("w:OperationTimeout", _duration(self.operation_timeout)),
            f'<w:ResourceURI s:mustUnderstand="true">{resource}</w:ResourceURI>',
            f'<a:Action s:mustUnderstand="true">{ACTIONS[action]}</a:Action>',
            "" if shell_id is None else _selector(shell_id),
            f"<w:OptionSet>{set_of_options}</w:OptionSet>" if set_of_options else "",
        )
        envelope = (
            f'<?xml version="1.0" encoding="utf-8"?>\n<s:Envelope xmlns:s="{SOAP}" xmlns:a="{ADDRESSING}" '
            f'xmlns:w="{WSMAN}" xmlns:p="{MICROSOFT}" xmlns:rsp="{SHELL}">'
            f"<s:Header>{''.join(header)}</s:Header><s:Body>{body}</s:Body></s:Envelope>"
        )
        return Request(action, message_id, envelope.encode("ascii", "xmlcharrefreplace"), reader)


def _selector(shell_id: str) -> str:
    return f'<w:SelectorSet><w:Selector Name="ShellId">{_text(shell_id)}</w:Selector></w:SelectorSet>'


def _element(name: str, text: str | None) -> str:
    return "" if text is None else f"<{name}>{_text(text)}</{name}>"


def _flag(value: bool) -> str:
    return str(value).upper()


def _duration(seconds: float) -> str:
    """`PT20S`, `PT0.500S`: the host refuses anything else, a plain number included."""
    if not (math.isfinite(seconds) and 0 < seconds < 2**31):
        raise UsageError(f"a timeout of {seconds} seconds cannot be", remedy="Give a number of seconds above 0.")
    milliseconds = math.ceil(seconds * 1000)
    whole, rest = divmod(milliseconds, 1000)
    return f"PT{whole}S" if rest == 0 else f"PT{whole}.{rest:03d}S"


#: What XML 1.0 cannot hold, not even as a reference.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MARKUP = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord('"'): "&quot;", ord("\r"): "&#13;"}


def _text(text: str) -> str:
    found = _NOT_XML.search(text)
    if found:
        raise UsageError(
            f"a text holds U+{ord(found[0]):04X}, which cannot be sent", remedy="Leave that character out."
        )
    return text.translate(_MARKUP)


def _attribute(text: str) -> str:
    return _text(text).replace("\n", "&#10;").replace("\t", "&#9;")
