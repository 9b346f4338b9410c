"""A session, as PowerShell tells of it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, NamedTuple

from ..errors import UsageError

#: Seconds for one question, unless the caller says otherwise.
TIMEOUT = 120.0

#: Ports that need not be said: of SSH, HTTP, and WinRM.
_USUAL = frozenset({22, 80, 443, 5985, 5986})

_MEMBERS = ("id", "name", "computer_name")


class PSSession(NamedTuple):
    """A PSSession of the caller.

    Attributes:
        id: Its InstanceId, which no other has.
        title: What it is called itself, such as Runspace1.
        computer_name: The host at its other end, as the caller has named it.
        port: The port there, where that is not a usual one.
        timeout: Seconds for one question.
        allow_logged: Whether a token may come in a way that logs there may record, where there is no other.
    """

    id: str
    title: str
    computer_name: str
    port: int | None = None
    timeout: float = TIMEOUT
    allow_logged: bool = False

    @classmethod
    def parse(cls, value: Any, *, timeout: float | None = None, allow_logged: bool = False) -> PSSession:
        """What PowerShell sent.

        Args:
            timeout: Seconds for one question, if not the usual ones.
            allow_logged: See the attribute.

        Raises:
            UsageError: It is no session.
        """
        table = value if isinstance(value, Mapping) else {}
        told = [text for name in _MEMBERS if isinstance(text := table.get(name), str) and text]
        if len(told) != len(_MEMBERS):
            raise UsageError(
                "this is not a PSSession",
                target="Session",
                remedy="Pass what New-PSSession or Get-PSSession returns, in the PowerShell that made it.",
            )
        identifier, title, computer_name = told
        port = table.get("port")
        unusual = isinstance(port, int) and port > 0 and port not in _USUAL
        return cls(identifier, title, computer_name, port if unusual else None, timeout or TIMEOUT, allow_logged)

    @property
    def name(self) -> str:
        """What errors, items and contexts call the host: behind a tunnel, many have one name, and each its port."""
        if self.port is None:
            return self.computer_name
        host = f"[{self.computer_name}]" if ":" in self.computer_name else self.computer_name
        return f"{host}:{self.port}"

    @property
    def place(self) -> Hashable:
        """Where requests over it set out from."""
        return ("session", self.id)

    def __str__(self) -> str:
        return f"the session {self.title!r} to {self.name}"
