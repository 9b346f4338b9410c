"""A job on a host: one shell, one PowerShell in it, and questions to scripts of ours, one after the other."""

from __future__ import annotations

import json
import math
import time
import uuid
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any

from ..clixml import Decoder
from ..errors import HostInterruptedError, LanguageModeError
from ..hosts import Host
from . import frames, logged
from .patience import Patience
from .shell import Command, Shell

#: Characters of what PowerShell says on stderr that are kept for an error.
_SAID = 4000

OnSent = Callable[[int, int], None]


class Job:
    """Questions to a host in one shell, for one thread at a time. Nothing happens before the first one.

    Args:
        host: The host.
        profile: Whether the user's profile is loaded there.
        total: Seconds for all questions together, once the password is there.
        clock: Seconds that only go forward.
        sleep: Waits for some seconds.
    """

    def __init__(
        self,
        host: Host,
        *,
        profile: bool = False,
        total: float = math.inf,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.host = host
        self._clock = clock
        self._total = total
        self._end: Patience | None = None
        self._shell = Shell(host, profile=profile, clock=clock, sleep=sleep)
        self._command: Command | None = None
        self._logged = False

    def __enter__(self) -> Job:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def is_open(self) -> bool:
        """Whether there is a shell."""
        return self._shell.is_open

    def sign_in(self) -> None:
        """Get the password, from wherever it comes. Deadlines do not count that: somebody may have to type it.

        Raises:
            PyBridgeError: There is none.
        """
        self._shell.sign_in()

    def ask(
        self,
        name: str,
        question: Mapping[str, Any],
        *,
        last: bool = False,
        timeout: float | None = None,
        on_sent: OnSent | None = None,
    ) -> Mapping[str, Any]:
        """The answer of a script of ours. The PowerShell of the question before answers, if it still runs.

        Args:
            name: The script's, see `frames.script`.
            question: What it is asked.
            last: Whether that is all that this PowerShell is asked.
            timeout: Seconds, once the password is there; by default the host's for a job.
            on_sent: Is told how many bytes have been sent, and of how many.

        Raises:
            RemoteError: There is no answer. There is no shell any more, then, either.
        """
        self.sign_in()
        if self._end is None:
            self._end = Patience(self.host.name, self._total, clock=self._clock)
        seconds = min(self.host.timeout if timeout is None else timeout, self._end.left)
        patience = Patience(self.host.name, seconds, clock=self._clock)
        try:
            if not self._logged:
                try:
                    return self._ask(name, question, patience, last, on_sent)
                except LanguageModeError:
                    if name != "http" or not self.host.allow_logged:
                        raise
                    self._logged = True
            return self._ask_logged(question, patience)
        except BaseException as exc:
            self._command = None
            self._shell.abandon(exc)
            raise

    def _ask(
        self, name: str, question: Mapping[str, Any], patience: Patience, last: bool, on_sent: OnSent | None
    ) -> Mapping[str, Any]:
        """Ask, and once more where the answer got lost, or the shell had been left alone for so long that it is gone.

        To ask these scripts twice does no harm.
        """
        was_open = self._shell.is_open
        try:
            return self._ask_once(name, question, patience, last, on_sent)
        except HostInterruptedError as exc:
            step, lost = exc.details.get("step"), exc.details.get("lost")
            idle = was_open and step in ("Command", "Send")
            if idle and exc.details.get("kind") == "no_shell":
                self._shell.forget()
            elif idle and lost:
                self._shell.abandon()
            elif not (lost and step == "Receive"):
                raise
            self._command = None
            try:
                return self._ask_once(name, question, patience, last, on_sent)
            except HostInterruptedError:
                raise exc from None  # the first one says how far it came

    def _ask_once(
        self, name: str, question: Mapping[str, Any], patience: Patience, last: bool, on_sent: OnSent | None
    ) -> Mapping[str, Any]:
        nonce = uuid.uuid4().hex
        data = frames.question(nonce, frames.script(name), json.dumps(question))
        command = self._running(patience)
        self._shell.send(command, data, patience, end=last, on_sent=on_sent)
        return self._answer(command, frames.AnswerReader(self.host.name, nonce), patience)

    def _ask_logged(self, question: Mapping[str, Any], patience: Patience) -> Mapping[str, Any]:
        """One question to a PowerShell of its own, in the way that logs may record."""
        nonce = uuid.uuid4().hex
        command = self._shell.start(frames.command_line("logged"), patience)
        self._shell.send(command, logged.question(question, nonce), patience, end=True)
        reader = frames.AnswerReader(self.host.name, nonce, wrapped=True)
        return logged.answer(self._answer(command, reader, patience), question)

    def _running(self, patience: Patience) -> Command:
        if self._command is None or self._command.stdin_ended or self._command.done:
            self._command = self._shell.start(frames.command_line("bootstrap"), patience)
        return self._command

    def _answer(self, command: Command, reader: frames.AnswerReader, patience: Patience) -> Mapping[str, Any]:
        errors = Decoder()
        said = ""
        while True:
            received = self._shell.receive(command, patience, again=False)
            answer = reader.feed(received.stdout)
            if answer is not None:
                return answer
            for record in errors.feed(received.stderr) + (errors.end() if command.done else []):
                if record.stream == "error" and len(said) < _SAID:
                    said += record.text
            if command.done:
                raise reader.ended(command.exit_code, said)

    def close(self) -> None:
        """Close the shell. The next question opens another one."""
        self._command = None
        self._shell.close()


def ask(host: Host, name: str, question: Mapping[str, Any], *, timeout: float | None = None) -> Mapping[str, Any]:
    """The answer of a script of ours, in a shell of its own that is closed then."""
    with Job(host) as job:
        return job.ask(name, question, last=True, timeout=timeout)
