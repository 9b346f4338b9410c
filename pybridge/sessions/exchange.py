"""One question to a session, through the PowerShell that holds it, and what may have become of it."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any, TypeAlias
from uuid import uuid4

from ..errors import (
    HostInterruptedError,
    HostTimedOutError,
    PyBridgeError,
    RemoteScriptError,
    SessionUnavailableError,
)
from ..printable import printable
from .nouns import PSSession
from .sealing import Keys, public_key, received_keys

#: Asks the caller for something: a method, and its params.
Asker: TypeAlias = Callable[[str, Mapping[str, Any]], Any]

#: What PowerShell says of a script where none is allowed.
_NO_SCRIPTS = {"ScriptsNotAllowed", "ParseException"}


#: The language mode in which cmdlets may do what .NET may not.
CONSTRAINED = "ConstrainedLanguage"


class ConstrainedError(Exception):
    """Scripts of ours do not run there. It never leaves this package.

    Args:
        mode: The language mode, where it tells.
    """

    def __init__(self, mode: str = "") -> None:
        super().__init__(mode)
        self.mode = mode


class Channel:
    """What this process knows of a session: the keys that its messages are sealed with.

    Safe to share between threads.
    """

    def __init__(self, session: PSSession) -> None:
        self.session = session
        self._opening = threading.Lock()
        self._name = ""
        self._keys: Keys | None = None

    def run(self, ask: Asker, script: str, question: str, *, is_public: bool, timeout: float) -> str:
        """What a script there answers to a question.

        Args:
            script: The text of a script block that takes a text and returns one.
            is_public: Whether logs there may hold the question. Then it can be the first one.
            timeout: Seconds for it.

        Raises:
            ConstrainedError: It does not run there.
            RemoteError: It failed, or there is no answer.
        """
        for _ in range(2):
            with self._opening:
                keys = self._keys
                if keys is None:
                    answer = self._open(ask, script if is_public else _NOTHING, question if is_public else "", timeout)
                    if is_public:
                        return answer
                    keys = self._keys
            if keys is None:
                continue
            text = self._use(ask, ["", script, keys.seal(question)], timeout)
            if text != "unknown":
                return self._unsealed(keys, text)
            with self._opening:  # another process is at the other end
                if self._keys is keys:
                    self._keys = None
        raise self._garbled()

    def _open(self, ask: Asker, script: str, question: str, timeout: float) -> str:
        self._name = f"pybridge-{uuid4()}"
        opening, _, sealed = self._use(ask, [public_key(), script, question], timeout).partition(".")
        try:
            keys = received_keys(opening)
        except ValueError as exc:
            raise self._garbled() from exc
        self._keys = keys
        return self._unsealed(keys, sealed)

    def _use(self, ask: Asker, arguments: list[str], timeout: float) -> str:
        question = {"script": sealed_script(), "arguments": [self._name, *arguments]}
        text = str(use(ask, self.session, question, timeout).get("text"))
        if text.startswith("language:"):
            raise ConstrainedError(printable(text.removeprefix("language:"), 40))
        return text

    def _unsealed(self, keys: Keys, text: str) -> str:
        try:
            answer = keys.unseal(text)
        except ValueError as exc:
            raise self._garbled() from exc
        if not answer.startswith("="):
            raise RemoteScriptError(
                f"the script on {self.session.name} failed: {printable(answer[1:])}", target=self.session.name
            )
        return answer[1:]

    def _garbled(self) -> RemoteScriptError:
        return RemoteScriptError(
            f"{self.session} gave no answer that can be understood",
            target=self.session.name,
            remedy="Try again in a new session. If that does not help, something there changes what scripts return.",
        )


#: The script that opens a channel for a question that is not for logs.
_NOTHING = "param($Question) $Question"


@lru_cache(maxsize=1)
def sealed_script() -> str:
    """The half that runs there."""
    return files(__package__).joinpath("sealed.ps1").read_text(encoding="ascii")


def use(ask: Asker, session: PSSession, question: Mapping[str, Any], timeout: float) -> Mapping[str, Any]:
    """What PowerShell answers when it is asked to run something over a session.

    Raises:
        ConstrainedError: It is a script, and none is allowed there.
        RemoteError: There is no answer; the reasons have classes of their own.
    """
    found = ask("use_session", {"session": session.id, "seconds": timeout, **question})
    answer: Mapping[str, Any] = found if isinstance(found, Mapping) else {"failure": {}}
    failure = answer.get("failure")
    if failure is not None:
        if "script" in question and {failure.get("error_id"), failure.get("kind")} & _NO_SCRIPTS:
            raise ConstrainedError
        raise _error(session, failure, timeout)
    return answer


def plain_text(answer: Mapping[str, Any]) -> str:
    """The text that a script has returned: as it is, or in base64 where it has signs that would have to be escaped."""
    encoded = answer.get("base64")
    if encoded is None:
        return str(answer.get("text"))
    try:
        return base64.b64decode(str(encoded), validate=True).decode("utf-8")
    except ValueError:
        return ""


def _error(session: PSSession, failure: Mapping[str, Any], timeout: float) -> PyBridgeError:
    why, state = str(failure.get("why")), printable(str(failure.get("state")), 40).lower()
    said = printable(str(failure.get("message") or ""))
    if why == "unknown":
        return SessionUnavailableError(
            f"{session} is not one of this PowerShell",
            target=session.name,
            remedy="A session serves the PowerShell that made it, and no job of it. Sign in there again, or in the "
            "job, with a session of its own.",
        )
    if why == "closed":
        return SessionUnavailableError(
            f"{session} is {state}, not open",
            target=session.name,
            remedy="Connect-PSSession opens a disconnected one. In the place of one that is closed or broken make "
            "another (New-PSSession) and pass that; whoever was signed in by it signs in again.",
        )
    if why == "timed_out":
        busy = " It was busy with something else." if failure.get("busy") else ""
        return HostTimedOutError(
            f"{session} gave no answer within {timeout:g} s.{busy}".removesuffix("."),
            target=session.name,
            remedy="Wait until it is free, or use another session." if busy else None,
        )
    if why == "broken":
        return HostInterruptedError(
            f"{session} broke in the middle of it: {said}",
            target=session.name,
            remedy="Make a new session, and try again with that.",
        )
    if why == "endless":
        return RemoteScriptError(f"{session} returns more than it was asked for", target=session.name)
    error = RemoteScriptError(f"{session.name} said no: {said or 'nothing at all'}", target=session.name)
    error.details.update({name: failure[name] for name in ("error_id", "remedy") if failure.get(name)})
    return error
