"""What a host is asked for a token: its variables, its files, one HTTP exchange from there.

This half does not know how a question gets there, over WinRM or over a PSSession: it is given a function that asks a
script of ours, see `frames.script`.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Hashable, Mapping
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from typing import Any, NamedTuple

from ..addresses import origin
from ..errors import ConfigurationError, TransportError
from ..keyfiles import MAX_KEY, MAX_TOKEN, names_key_file, not_a_key_file, one_line
from ..models import HttpRequest, HttpResponse
from ..printable import printable
from ..sources import IMDS_HOST
from ..sources.arc import AGENTS
from ..transport.exchange import split
from .exchanges import exchange, from_base64, is_imds, response, same
from .patience import LOOK, Patience
from .surroundings import ELSEWHERE, KNOWN, WANTED, Environ, Surroundings, surroundings

#: A script's name and what it is asked -> its answer.
Ask = Callable[[str, Mapping[str, Any]], Mapping[str, Any]]

#: Seconds for which the answer to a request that nobody has made yet is kept.
GUESS_FOR = 60.0


class _Guess(NamedTuple):
    """A request that was made before it was asked for, and what came of it."""

    request: HttpRequest
    outcome: HttpResponse | TransportError
    until: float


class Questions:
    """The metadata endpoints of a host, as a `Transport`, and what tells which of them to ask.

    Args:
        name: What the user calls the host.
        place: What tells it, and whoever asks there, from others; see `Transport`.
        ask: Asks a script there.
        clock: Seconds that only go forward.
    """

    def __init__(self, name: str, place: Hashable, ask: Ask, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.name = name
        self.place = place
        self.environ: Mapping[str, str] = Environ(self._look, name)
        self._ask = ask
        self._clock = clock
        self._looking = threading.Lock()
        self._expected: tuple[HttpRequest, bool] | None = None
        self._guess: _Guess | None = None

    def expect(self, request: HttpRequest, *, anyhow: bool = False) -> None:
        """Tell which request comes next, so that it is made along with the question for the variables.

        Args:
            request: What would be asked if no variable were set there.
            anyhow: Whether it comes whatever the variables say.
        """
        if KNOWN.get(self.place, self._clock()) is None:
            self._expected = (request, anyhow)

    def send(self, request: HttpRequest) -> HttpResponse:
        """Make a request there, without proxy or redirect, within `request.timeout` seconds there.

        Raises:
            TransportError: The endpoint there gave no usable answer.
            RemoteError: The host gave none.
        """
        asked = exchange(request)
        guess, self._guess = self._guess, None
        if guess is not None and same(guess.request, request) and self._clock() < guess.until:
            if isinstance(guess.outcome, TransportError):
                raise guess.outcome
            return guess.outcome
        answer = self._ask("http", {"exchange": asked})
        return response(request, answer.get("exchange"), self.name)

    def exists(self, path: str) -> bool:
        """Whether there is a file of that name."""
        found = self._look().exists.get(path)
        if found is None:
            told = self._ask("http", {"paths": [path]}).get("exists")
            found = isinstance(told, dict) and any(value is True for value in told.values())
        return found

    def read(self, path: str, folder: str | None) -> str:
        """The text of a file there, as `keyfiles.read` gives one of this machine.

        Raises:
            ConfigurationError: It is not there or not readable, or not where it must be. Nothing of it is shown.
        """
        kind: type[PurePath] = PureWindowsPath if self._look().platform == "win32" else PurePosixPath
        if folder is not None and not names_key_file(kind(path), path, kind(folder)):
            error = not_a_key_file(printable(path), printable(folder))
            error.on(self.name)
            raise error
        limit = MAX_TOKEN if folder is None else MAX_KEY
        answer = self._ask("read", {"path": path, "most": limit, "link": "" if folder else "may be"})
        data, shown = answer.get("data"), printable(path)  # the path is the host's own word
        if isinstance(data, str):
            return one_line(from_base64(data, self.name), shown, limit)
        reason = _UNREADABLE.get(str(answer.get("failed")), "it cannot be opened")
        raise ConfigurationError(
            f"{shown} cannot be read on {self.name}: {reason}",
            target=shown,
            remedy="The user of WinRM must be an administrator there, or in the group Hybrid Agent Extension "
            "Applications."
            if folder is not None
            else "Check that the file is there, and that this user may read it.",
        )

    # --- the variables -------------------------------------------------------------------------------

    def _look(self) -> Surroundings:
        known = KNOWN.get(self.place, self._clock())
        if known is not None:
            return known
        patience = Patience(self.name, math.inf)
        while not self._looking.acquire(timeout=LOOK):
            patience.check()
        try:
            return KNOWN.get(self.place, self._clock()) or self._look_there()
        finally:
            self._looking.release()

    def _look_there(self) -> Surroundings:
        question: dict[str, Any] = {"variables": WANTED, "paths": list(AGENTS.values())}
        expected, self._expected = self._expected, None
        if expected is not None:
            request, anyhow = expected
            question["exchange"] = exchange(request)
            question["unless"] = [] if anyhow else ELSEWHERE
            if is_imds(request):
                question["instead"] = IMDS_HOST
        answer = self._ask("http", question)
        known = surroundings(answer, self.name)
        KNOWN.put(self.place, known, self._clock())
        told = answer.get("exchange")
        if expected is not None and isinstance(told, dict):
            self._guess = self._guessed(expected[0], told)
        return known

    def _guessed(self, request: HttpRequest, told: Mapping[str, Any]) -> _Guess | None:
        host, port = told.get("host"), told.get("port")
        _, target = split(request.url)
        shown = f"[{host}]" if ":" in str(host) else str(host)
        went = request._replace(url=f"http://{shown}:{port}{target}")
        asked = origin(request.url)
        if asked is not None and asked[1].strip("[]") == host:
            went = request
        try:
            outcome: HttpResponse | TransportError = response(went, told, self.name)
        except TransportError as exc:
            outcome = exc
        return _Guess(went, outcome, self._clock() + GUESS_FOR)


_UNREADABLE = {
    "FileNotFoundException": "there is no such file",
    "DirectoryNotFoundException": "there is no such folder",
    "UnauthorizedAccessException": "this user may not",
    "link": "it is a link",
    "folder": "it is a folder",
    "long": "it is too long",
}
