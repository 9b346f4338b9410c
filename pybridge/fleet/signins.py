"""A wrong password goes to few hosts: once some have refused it, and none has taken it, no other one is asked."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

from ..errors import (
    ArmError,
    CancelledError,
    CredentialError,
    LanguageModeError,
    PyBridgeError,
    RemoteScriptError,
    SignInRefusedError,
    TransportError,
)
from ..passwords import mark
from .attempts import Named
from .flights import Flight

#: So many hosts may refuse a user; many a domain locks an account after five wrong passwords.
ENOUGH = 3
#: Seconds after which a host that has not refused its user, and not ended, no longer holds others back.
DOUBT = 2.0
#: What a host says that has let its user in.
_INSIDE = (ArmError, CredentialError, LanguageModeError, RemoteScriptError, TransportError)


@dataclass(eq=False, slots=True)
class _User:
    refusals: int = 0
    is_let_in: bool = False
    under_way: set[Flight[Any]] = field(default_factory=set)


class SignIns:
    """What the hosts of a fleet have said to each user and password.

    Until one has let a user in, no more are asked at a time than may refuse it.
    """

    def __init__(self) -> None:
        self._users: dict[Hashable, _User] = {}

    def may_begin(self, host: Named, now: float) -> bool:
        """Whether it need not wait for what others say. One that is to be refused need not."""
        user = self._user(host)
        if user is None or user.is_let_in or user.refusals >= ENOUGH:
            return True
        return user.refusals + sum(now - flight.began < DOUBT for flight in user.under_way) < ENOUGH

    def refusal(self, host: Named) -> PyBridgeError | None:
        """Why a host is not asked, if it is not."""
        user = self._user(host)
        if user is None or user.is_let_in or user.refusals < ENOUGH:
            return None
        return CancelledError(
            f"{host.name} was not asked: {user.refusals} hosts have refused {getattr(host, 'username', None)}, and "
            "none has let this user in",
            target=host.name,
            remedy="Check user and password on one host, and begin again. Many wrong passwords lock an account.",
        )

    def let_in(self, host: Named) -> bool:
        """It has let its user in, whatever else it may say. Any thread may tell so.

        Returns:
            Whether that is news.
        """
        user = self._user(host)
        news = user is not None and not user.is_let_in
        if user is not None:
            user.is_let_in = True
        return news

    def begun(self, flight: Flight[Any]) -> None:
        """A host is being asked."""
        user = self._user(flight.host)
        if user is not None:
            user.under_way.add(flight)

    def landed(self, flight: Flight[Any]) -> None:
        """It has said something."""
        user = self._user(flight.host)
        if user is not None:
            error = flight.report.error
            user.under_way.discard(flight)
            user.refusals += isinstance(error, SignInRefusedError)
            user.is_let_in |= error is None or isinstance(error, _INSIDE)

    def _user(self, host: Named) -> _User | None:
        """None for a host to which no password is sent."""
        name, password = getattr(host, "username", None), getattr(host, "password", None)
        return None if name is None or password is None else self._users.setdefault((name, mark(password)), _User())
