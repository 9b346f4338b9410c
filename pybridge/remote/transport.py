"""A Windows host as a `Transport`: requests set out from there, by its PowerShell, and nothing is installed on it."""

from __future__ import annotations

import math
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any

from ..errors import UsageError
from ..hosts import Host
from ..hosts import host as make_host
from ..passwords import Password, PasswordSource
from .patience import LOOK, Patience, limited, stopping
from .questions import Questions

if TYPE_CHECKING:
    from .job import Job


class WinRMTransport(Questions):
    """The metadata endpoints of a Windows host, and its variables and files, over WinRM.

    Outside of a `with` block, every exchange is a job of its own, which leaves no shell behind. Inside of one, a single
    PowerShell process is kept there, and each further exchange takes two requests. Several threads may use one; their
    exchanges take turns.

    Args:
        host: Its name or address, or a whole `Host`.
        username: `DOMAIN\\user`, `user@domain`, or `user` of the host itself.
        password: The password, or where it comes from.
        clock: Seconds that only go forward.
        sleep: Waits for some seconds.
        options: What `hosts.host` takes, where `host` is a text.

    Raises:
        UsageError: Something of it cannot be, or would give a password away.
    """

    def __init__(
        self,
        host: str | Host,
        *,
        username: str | None = None,
        password: str | PasswordSource | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        **options: Any,
    ) -> None:
        if isinstance(host, Host):
            if username is not None or password is not None or options:
                raise UsageError("a Host has its user and options in it already", target=host.name)
            self.host = host
        else:
            source = Password(password) if isinstance(password, str) else password
            self.host = make_host(host, username=username, password=source, **options)
            if self.host.warning:
                warnings.warn(self.host.warning, stacklevel=2)
        super().__init__(self.host.name, self.host.place, self._exchange, clock=clock)
        self._sleep = sleep
        self._turn = threading.Lock()  # to talk to the host
        self._state = threading.Lock()
        self._cancelled = threading.Event()  # ends what is under way; the next exchange has another
        self._job: Job | None = None
        self._kept = 0  # how many want the process kept
        self._visits = 0  # how many want the shell kept

    def __repr__(self) -> str:
        return f"WinRMTransport({self.host.address.url!r})"

    def __enter__(self) -> WinRMTransport:
        with self._state:
            self._kept += 1
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        with self._state:
            self._kept -= 1
        self._leave()

    @contextmanager
    def visit(self, seconds: float = math.inf) -> Iterator[None]:
        """Several exchanges that belong together: the shell is kept for them, and closed at the end of the block.

        The first one is taken to be all; only if it is not, a PowerShell process is kept, too.

        Args:
            seconds: For all of them.
        """
        with self._state:
            self._visits += 1
        try:
            with limited(seconds):
                yield
        finally:
            with self._state:
                self._visits -= 1
            self._leave()

    def sign_in(self) -> None:
        """Get the password now, from wherever it comes, so that no deadline counts how long that takes.

        Raises:
            PyBridgeError: There is none.
        """
        with self._turn:
            self._opened().sign_in()

    def ask(self, name: str, question: Mapping[str, Any]) -> Mapping[str, Any]:
        """The answer of another script of ours, see `frames.script`.

        Raises:
            RemoteError: There is none.
        """
        return self._exchange(name, question)

    def cancel(self) -> None:
        """End what is under way, from any thread: who waits for it gets a `CancelledError` within half a second."""
        with self._state:
            self._cancelled.set()
            self._cancelled = threading.Event()

    def close(self) -> None:
        """End what is under way, and the process that is kept. It may be used again."""
        self.cancel()
        with self._turn:
            self._end()

    # --- one exchange --------------------------------------------------------------------------------

    def _exchange(self, name: str, question: Mapping[str, Any]) -> Mapping[str, Any]:
        with self._state:
            cancelled = self._cancelled
        with stopping(cancelled):
            self._wait_for_turn()
            try:
                job = self._opened()
                last = not self._kept and not (job.is_open and self._visits)
                try:
                    return job.ask(name, question, last=last, timeout=self._seconds(question))
                finally:
                    if not (self._kept or self._visits):
                        self._end()
            finally:
                self._turn.release()

    def _opened(self) -> Job:
        from .job import Job  # loads pywinrm

        if self._job is None:
            self._job = Job(self.host, clock=self._clock, sleep=self._sleep)
        return self._job

    def _seconds(self, question: Mapping[str, Any]) -> float:
        """For a question: the host's, but not much more than the request may take there."""
        exchange = question.get("exchange")
        if not isinstance(exchange, dict):
            return self.host.timeout
        reach = self.host.connect_timeout + self.host.operation_timeout
        return min(self.host.timeout, float(exchange.get("total", math.inf)) + reach)

    def _wait_for_turn(self) -> None:
        patience = Patience(self.name, self.host.timeout, clock=self._clock)
        while not self._turn.acquire(timeout=LOOK):
            patience.check()

    def _leave(self) -> None:
        """Close the shell, if nobody wants it any more."""
        if self._kept or self._visits or self._job is None:
            return
        with self._turn:
            if not (self._kept or self._visits):
                self._end()

    def _end(self) -> None:
        job, self._job = self._job, None
        if job is not None:
            job.close()
