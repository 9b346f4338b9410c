"""Sessions as transports: requests set out from the host at the other end."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any
from uuid import uuid4

from ..errors import RemoteScriptError
from ..models import HttpRequest, HttpResponse
from ..remote import logged, script
from ..remote.frames import AnswerReader
from ..remote.questions import Questions
from ..remote.surroundings import Surroundings
from . import constrained
from .exchange import CONSTRAINED, Asker, Channel, ConstrainedError, plain_text, use
from .nouns import PSSession

#: Sessions that are remembered; the oldest goes first.
_MOST = 1000


class SessionTransport(Questions):
    """The host at the other end of a session, as the place from which requests set out.

    It belongs to a call: the PowerShell that has called carries them out. So there is one for each call, made by
    `Sessions`, which remembers what outlasts it.

    Args:
        known: What is remembered of the session.
        session: As this call has it.
        ask: Asks the caller.
        clock: Seconds that only go forward.
    """

    #: Nobody carries requests out once the call is over: what is to be renewed is renewed while its caller waits.
    needs_caller = True

    def __init__(self, known: Known, session: PSSession, ask: Asker, clock: Callable[[], float]) -> None:
        super().__init__(session.name, session.place, self._exchange, clock=clock)
        self._known = known
        self._session = session
        self._asker = ask

    def __repr__(self) -> str:
        return f"SessionTransport({self._session.title!r}, {self.name!r})"

    def exists(self, path: str) -> bool:
        """Whether there is a file of that name there, as far as that can be seen."""
        return not self._is_constrained() and super().exists(path)

    def read(self, path: str, folder: str | None) -> str:
        """The text of a key file there.

        Raises:
            ConfigurationError: It is not there or not readable, or not where it must be. Nothing of it is shown.
            LanguageModeError: No scripts run there.
        """
        with self._where_scripts_run():
            return super().read(path, folder)

    def send(self, request: HttpRequest) -> HttpResponse:
        """Make a request there, within `request.timeout` seconds of that host.

        Raises:
            TransportError: The endpoint there gave no usable answer.
            RemoteError: The session cannot be used, or what runs there has failed.
        """
        if not self._is_constrained():
            with suppress(ConstrainedError):
                return super().send(request)
        return constrained.send(self._asker, self._session, request, self._known.mode or "")

    def ask(self, name: str, question: Mapping[str, Any]) -> Mapping[str, Any]:
        """The answer of a script of ours, see `remote.script`.

        Raises:
            LanguageModeError: No scripts run there.
            RemoteError: It failed, or there is no answer.
        """
        with self._where_scripts_run():
            return self._exchange(name, question)

    @contextmanager
    def _where_scripts_run(self) -> Iterator[None]:
        try:
            yield
        except ConstrainedError as exc:
            raise constrained.no_scripts(self._session, exc.mode) from None

    def _exchange(self, name: str, question: Mapping[str, Any]) -> Mapping[str, Any]:
        if self._may_be_logged(name):
            return self._ask_logged(question)
        try:
            answer = self._known.channel.run(
                self._asker,
                script(name),
                json.dumps(question),
                is_public=_is_public(question),
                timeout=self._session.timeout,
            )
        except ConstrainedError as exc:
            self._known.mode = exc.mode
            if self._may_be_logged(name):
                return self._ask_logged(question)
            raise
        try:
            read = json.loads(answer)
        except ValueError:
            read = None
        if not isinstance(read, dict):
            raise RemoteScriptError(f"{self._session} gave no answer that can be understood", target=self.name)
        return read

    def _look(self) -> Surroundings:
        if not self._is_constrained():
            with suppress(ConstrainedError):
                return super()._look()
        return Surroundings("win32", {}, {})

    def _is_constrained(self) -> bool:
        return self._known.mode is not None and not self._may_be_logged("http")

    def _may_be_logged(self, name: str) -> bool:
        """Whether a script is to be asked in the way that logs may record: there is no other, and it is allowed."""
        return name == "http" and self._session.allow_logged and self._known.mode == CONSTRAINED

    def _ask_logged(self, question: Mapping[str, Any]) -> Mapping[str, Any]:
        nonce = uuid4().hex
        line = logged.question(question, nonce).decode("ascii")
        asked = {"script": _PIPED.format(script("logged")), "arguments": [line]}
        told = use(self._asker, self._session, asked, self._session.timeout)
        answer = AnswerReader(self.name, nonce, wrapped=True).feed(plain_text(told).encode("utf-8"))
        if answer is None:
            raise RemoteScriptError(f"{self._session} gave no answer that can be understood", target=self.name)
        return logged.answer(answer, question)


#: The script for that takes its question from the pipeline.
_PIPED = "param([string] $Line)\n$Line | & {{\n{}\n}}\n"


class Known:
    """What is remembered of a session.

    Attributes:
        channel: The way there.
        mode: None where scripts run; else the language mode, as far as it is known.
    """

    def __init__(self, session: PSSession) -> None:
        self.channel = Channel(session)
        self.mode: str | None = None


class Sessions:
    """The sessions that this process was told of.

    Args:
        clock: Seconds; only differences count.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, Known] = {}

    def transport(self, session: PSSession, ask: Asker) -> SessionTransport:
        """The transport over a session, for the call whose `ask` that is."""
        with self._lock:
            known = self._known.get(session.id)
            if known is None:
                known = self._known[session.id] = Known(session)
                while len(self._known) > _MOST:
                    del self._known[next(iter(self._known))]
        return SessionTransport(known, session, ask, self._clock)


def _is_public(question: Mapping[str, Any]) -> bool:
    """Whether a question may stand in a log there: it sends nothing, or a request without secrets."""
    if set(question) - _HARMLESS:
        return False
    exchange = question.get("exchange")
    if not exchange:
        return True
    head, _, body = base64.b64decode(exchange["data"]).decode("latin-1").partition("\r\n\r\n")
    headers = {line.partition(":")[0].lower() for line in head.split("\r\n")[1:]}
    return not body and headers <= _PLAIN


#: What a question may be made of that stands in a log there.
_HARMLESS = {"variables", "paths", "exchange", "unless", "instead"}
#: Headers of a request for a token that hold no secret.
_PLAIN = {"host", "metadata", "accept", "accept-encoding", "connection", "user-agent"}
