"""Messages to a host, one after the other, over a connection that is made anew whenever it has failed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from ..errors import (
    CancelledError,
    HostTimedOutError,
    HostUnreachableError,
    MalformedError,
    PyBridgeError,
    RemoteError,
)
from ..hosts import AUTHENTICATIONS, Host
from ..wsman import Fault, Request
from .connection import Connection
from .line import Lost
from .patience import Patience
from .steps import interrupted, late

#: Seconds between attempts to reach a host that does not listen, or that cuts off.
_PAUSES = (0.25, 1.0, 2.0)
#: Seconds that a host may take beyond OperationTimeout.
_MARGIN = 10.0

T = TypeVar("T")


class Talk:
    """For one thread at a time.

    Args:
        sleep: Waits for some seconds.

    Attributes:
        password: That of the user, once there is one.
        lost: How many answers with output got lost, perhaps.
    """

    def __init__(self, host: Host, sleep: Callable[[float], None]) -> None:
        self._host = host
        self._sleep = sleep
        self._connection: Connection | None = None
        self._knows_password = not AUTHENTICATIONS[host.authentication].password
        self.password: str | None = None
        self.lost = 0

    def sign_in(self) -> None:
        """Get the password, from wherever it comes. It may take its time: somebody may have to type it.

        Raises:
            PyBridgeError: There is none.
        """
        if not self._knows_password:
            assert self._host.password is not None
            self.password = self._host.password.get(self._host.name, self._host.username)
            self._knows_password = True

    def exchange(
        self,
        make: Callable[[], Request[T]],
        patience: Patience,
        *,
        again: bool = False,
        begun: bool = True,
        unseen: Callable[[], object] = lambda: None,
    ) -> T | Fault:
        """Send a request until there is an answer, as often as that does no harm.

        Args:
            make: Makes the request, anew each time.
            again: Whether it may be sent again where nobody knows whether the host has seen it.
            begun: Whether something has been begun on the host before.
            unseen: Is called after each attempt of which the host has certainly seen nothing.
        """
        name = self._host.name
        for pause in (*_PAUSES, None):
            patience.check()
            request = make()
            failure: RemoteError
            try:
                return self.post(request, patience)
            except Lost as exc:
                if not exc.sent:
                    unseen()
                elif request.action == "Receive":
                    self.lost += 1
                failure = interrupted(name, request.action, exc.reason, lost=exc.sent)
                if not begun and exc.error is not None:
                    failure = exc.error
                repeat = again or not exc.sent
            except HostUnreachableError as exc:
                unseen()
                failure, repeat = exc, begun or exc.details.get("refused") is True
                if begun:
                    failure = interrupted(name, request.action, "it cannot be reached any more")
            except PyBridgeError as exc:
                # What was ended, or came in a strange form, may have been carried out; a refusal was not.
                if not (isinstance(exc, CancelledError | HostTimedOutError) or exc.details.get("carried_out")):
                    unseen()
                raise
            if not repeat or pause is None or pause >= patience.left:
                raise failure
            patience.sleep(pause, self._sleep)
        raise AssertionError

    def post(self, request: Request[T], patience: Patience) -> T | Fault:
        """Send a request once. Whatever fails, the connection is gone."""
        name = self._host.name
        self.sign_in()
        limit = patience.within(self._host.operation_timeout + _MARGIN)
        try:
            if self._connection is None:
                self._connection = Connection(self._host, self.password)
            answer = self._connection.post(request.body, limit)
        except HostTimedOutError:
            self.drop()
            if patience.left and request.action == "Receive":
                raise Lost(f"it said nothing for {self._host.operation_timeout + _MARGIN:g} s", sent=True) from None
            raise late(name, request.action) from None
        except BaseException:
            self.drop()
            raise
        try:
            return request.read(answer)
        except MalformedError as exc:
            self.drop()
            raise RemoteError(
                f"{name}: {exc.message}", target=name, remedy=exc.remedy, details={"carried_out": True}
            ) from None

    def drop(self) -> None:
        """Hang up."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
