"""One shell on a host and the commands in it: opened, watched, and closed again, whatever happens in between.

Every message has a step, so that an error can say how far it came. Sent again is only what does no harm twice: anything
that the host has certainly not seen, Create (each time by another name), and Receive.
"""

from __future__ import annotations

import math
import time
import uuid
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from .. import wsman
from ..errors import CertificateError, PyBridgeError
from ..hosts import Host
from ..wsman import Fault, Messages, Received, Request
from .line import Lost
from .patience import Patience
from .steps import in_a_hurry, refused
from .sweeping import sweep
from .talk import Talk

#: Seconds to wait for one of the shells that others have open, and for a request before to end.
_QUOTA_PAUSES = (1.0, 2.0, 4.0)
_BUSY_PAUSES = (0.1, 0.3, 0.6, 1.0)
#: Seconds to close a shell; with those that `sweeping` takes of a caller in a hurry, two at most.
_CLOSING = 1.4
#: Seconds that a command has to tell that it has ended, and how often it is asked.
_SOON, _LOOKS = 2.0, 10
#: Seconds that the answer to nothing has to take at least.
_BREATH = 0.05
#: Seconds after which a host may close a shell that nobody asks about.
_IDLE = 180.0

T = TypeVar("T")


class Command:
    """A command that was started in a shell.

    Attributes:
        id: The host's name for it.
        done: Whether the host has told that it has ended.
        exit_code: 0 to 2**32-1, once it has ended and the host tells.
        stdin_ended: Whether it has got all that it gets.
        last_words: What it said before it ended, while it was still to be told something.
    """

    __slots__ = ("done", "exit_code", "id", "last_words", "stdin_ended")

    def __init__(self, identifier: str) -> None:
        self.id = identifier
        self.done = False
        self.exit_code: int | None = None
        self.stdin_ended = False
        self.last_words: Received | None = None


class Shell:
    """One shell, for one thread at a time.

    Args:
        profile: Whether the user's profile is loaded. It takes time, and a user's own folders need it.
        clock: Seconds that only go forward.
        sleep: Waits for some seconds.
    """

    def __init__(
        self,
        host: Host,
        *,
        profile: bool = False,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._host = host
        self._profile = profile
        self._clock = clock
        self._sleep = sleep
        self._messages = Messages(host.address.url, host.operation_timeout)
        self._talk = Talk(host, sleep)
        self._id: str | None = None
        self._suspects: list[str] = []  # shells that may have been opened
        self._commands: list[Command] = []

    @property
    def is_open(self) -> bool:
        """Whether there is a shell."""
        return self._id is not None

    @property
    def lost(self) -> int:
        """See `Talk.lost`."""
        return self._talk.lost

    def sign_in(self) -> None:
        """See `Talk.sign_in`."""
        self._talk.sign_in()

    # --- the steps -----------------------------------------------------------------------------------

    def open(self, patience: Patience) -> None:
        """Open the shell.

        Raises:
            RemoteError: It was not opened.
        """
        for pause in (*_QUOTA_PAUSES, None):
            answer = self._talk.exchange(self._creation, patience, again=True, begun=False, unseen=self._suspects.pop)
            self._suspects.pop()  # what has answered is known
            if not isinstance(answer, Fault):
                self._id = answer.shell_id
                return
            if answer.kind != "quota_shells" or pause is None or pause >= patience.left:
                raise refused(self._host.name, "Create", answer)
            patience.sleep(pause, self._sleep)

    def _creation(self) -> Request[wsman.Shell]:
        # By a name of ours, so that it can be closed even where the answer gets lost.
        self._suspects.append(str(uuid.uuid4()).upper())
        return self._messages.create(no_profile=not self._profile, idle_timeout=_IDLE, shell_id=self._suspects[-1])

    def start(self, line: str, patience: Patience) -> Command:
        """Start a command, in a shell that is opened for it where there is none.

        Raises:
            RemoteError: It was not started.
        """
        for last in (False, True):
            if self._id is None:
                self.open(patience)
            answer = self._talk.exchange(lambda: self._messages.command(self._shell_id, line), patience)
            if not isinstance(answer, Fault):
                command = Command(answer)
                self._commands.append(command)
                return command
            if answer.kind != "quota_operations" or last:
                raise refused(self._host.name, "Command", answer)
            self.close()  # Windows counts them for each shell, and never down
        raise AssertionError

    def send(
        self,
        command: Command,
        data: bytes,
        patience: Patience,
        *,
        end: bool = False,
        on_sent: Callable[[int, int], None] | None = None,
    ) -> None:
        """Write to the stdin of a command.

        Args:
            end: Whether that is all that it gets.
            on_sent: Is told how many bytes have been sent, and of how many.

        Raises:
            RemoteError: It has not got all of it, and still runs.
        """
        room = self._messages.room(self._shell_id, command.id)
        sent = 0
        for request in self._messages.chunks(self._shell_id, command.id, data, end=end):
            for pause in (*_BUSY_PAUSES, None):
                answer = self._talk.exchange(partial(_itself, request), patience)
                if not isinstance(answer, Fault):
                    break
                if answer.kind != "busy" or pause is None:
                    if self._has_ended(command, patience):
                        return
                    raise refused(self._host.name, "Send", answer)
                patience.sleep(pause, self._sleep)
            sent = min(sent + room, len(data))
            if on_sent is not None:
                on_sent(sent, len(data))
        command.stdin_ended = end

    def receive(self, command: Command, patience: Patience, *, again: bool = True) -> Received:
        """Wait until a command says something, or ends.

        Args:
            again: Whether to ask again where an answer got lost, and with it, perhaps, a part of the output. If not,
                the error has `details["lost"]`.

        Raises:
            RemoteError: It cannot be told.
        """
        if command.last_words is not None:
            return command.last_words
        while True:
            asked = self._clock()
            answer = self._talk.exchange(lambda: self._question(command, patience), patience, again=again)
            if isinstance(answer, Fault):
                if answer.kind != "timed_out":
                    raise refused(self._host.name, "Receive", answer)
            else:
                if answer.done:
                    command.done, command.exit_code = True, answer.exit_code
                if answer.done or answer.stdout or answer.stderr:
                    return answer
            if self._clock() - asked < _BREATH:
                patience.sleep(_BREATH, self._sleep)  # a host that says nothing, and that at once
            patience.check()

    def _has_ended(self, command: Command, patience: Patience) -> bool:
        """Whether a command that takes no input any more has ended; what it said is kept for `receive`."""
        out, err = b"", b""
        for _ in range(_LOOKS):
            answer = self._talk.exchange(lambda: self._question(command, patience, _SOON), patience)
            if isinstance(answer, Fault):
                return False
            out, err = out + answer.stdout, err + answer.stderr
            if answer.done:
                command.done, command.exit_code = True, answer.exit_code
                command.last_words = answer._replace(stdout=out, stderr=err)
                return True
        return False

    def _question(self, command: Command, patience: Patience, most: float = math.inf) -> Request[Received]:
        seconds = min(self._host.operation_timeout, max(patience.left, 1.0), most)
        return self._messages.within(seconds).receive(self._shell_id, command.id)

    def close(self) -> None:
        """Close the shell, in which all is well. What fails is done once more in the way of `abandon`."""
        if self._id is None:
            self._talk.drop()
            return
        patience = Patience(self._host.name, _CLOSING, clock=self._clock, bounded=False)
        try:
            for command in self._commands:
                # One whose stdin has ended, and that has answered, is ending by itself.
                if not (command.done or command.stdin_ended):
                    self._talk.post(self._messages.signal(self._id, command.id), patience)
                    command.done = True
            answer = self._talk.post(self._messages.delete(self._id), patience)
        except (PyBridgeError, Lost) as exc:
            self.abandon(patience.over() or exc)
            return
        if isinstance(answer, Fault) and answer.kind != "no_shell":
            self.abandon()
            return
        self._id = None
        self._commands.clear()
        self._talk.drop()
        if self._suspects:
            self.abandon()

    def abandon(self, why: BaseException | None = None) -> None:
        """Leave the host as it was, on a fresh connection, as far as that goes: after a failure. It never raises.

        Args:
            why: What went wrong. Who shows another certificate is told nothing more, and whoever has waited long enough
                does not wait for this.
        """
        if isinstance(why, CertificateError):
            self.forget()
            return
        self._talk.drop()
        shells = [*([self._id] if self._id else []), *self._suspects]
        requests = [
            self._messages.signal(shells[0], command.id) for command in self._commands if self._id and not command.done
        ]
        requests += [self._messages.delete(shell) for shell in shells]
        self.forget()
        hurried = why is not None and in_a_hurry(why)
        sweep(self._host, self._talk.password, requests, hurried=hurried, clock=self._clock)

    def forget(self) -> None:
        """Take it that there is no shell there any more."""
        self._talk.drop()
        self._id = None
        self._commands, self._suspects = [], []

    @property
    def _shell_id(self) -> str:
        assert self._id is not None
        return self._id


def _itself(request: Request[T]) -> Request[T]:
    return request
