"""Where the password for a host comes from: never an argument that others can read, never a file of ours.

A `Password` in memory, and what a `PasswordPrompt` is told, stay in this process. A `PasswordCommand` and a `Keyring`
hold no secret: they may travel, and are asked where the password is needed.
"""

from __future__ import annotations

import hashlib
import math
import os
import threading
import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NoReturn, Protocol

from . import processes
from .errors import ConfigurationError, UnsupportedError, UsageError

#: Seconds for a password command: it may ask its user something.
PATIENCE = 60.0
#: Seconds for which what a command said is good for other hosts, too; that it failed, likewise.
KEPT = 60.0

#: Nobody outside of this process can tell which password a digest was made of, nor try some.
_KEY = os.urandom(32)


class PasswordSource(Protocol):
    """Gives the password of a user of a host. It can be hashed, and equals only what gives the same passwords."""

    def get(self, host: str, username: str | None, /) -> str:
        """The password.

        Raises:
            PyBridgeError: There is none.
        """
        ...


class Password:
    """A password in memory. It is not shown, and goes into no other process."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return "Password()"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Password) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    @property
    def digest(self) -> bytes:
        """Tells it from other passwords, in this process only."""
        return hashlib.blake2b(self._text.encode("utf-8", "surrogatepass"), key=_KEY, digest_size=16).digest()

    def __copy__(self) -> Password:
        return self

    def __deepcopy__(self, memo: object) -> Password:
        return self

    def __reduce__(self) -> NoReturn:
        raise UsageError(
            "a password in memory travels to no other process",
            remedy="Give a command that prints it (password_command), or the keyring: they are asked where it is used.",
        )

    def get(self, host: str, username: str | None, /) -> str:
        """The password, whoever asks."""
        return self._text


def mark(source: PasswordSource) -> Hashable:
    """What tells a source from others, without a secret in it."""
    found: object = source.digest if isinstance(source, Password) else source
    assert isinstance(found, Hashable)
    return found


class _Told:
    """What was said to each question, a failure too. A question is asked by one thread at a time, whoever else waits.

    Args:
        kept: Seconds for which it is good.
    """

    def __init__(self, kept: float) -> None:
        self._kept = kept
        self._lock = threading.Lock()
        self._answers: dict[Hashable, _Answer] = {}

    def get(self, question: Hashable, ask: Callable[[], str | None]) -> str | None:
        """The answer; None if there was none."""
        with self._lock:
            now = time.monotonic()
            for key in [key for key, answer in self._answers.items() if answer.until <= now]:
                del self._answers[key]
            answer = self._answers.setdefault(question, _Answer())
        with answer.lock:
            if not answer.is_known:
                answer.text = ask()
                answer.is_known = True
                answer.until = time.monotonic() + self._kept
        return answer.text

    def clear(self) -> None:
        with self._lock:
            self._answers.clear()


class _Answer:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.is_known = False
        self.text: str | None = None
        self.until = math.inf


class PasswordPrompt:
    """Asks for the password on the terminal, wherever stdin and stdout lead: once for each user, when it is needed.

    What is typed stays in this process. To be asked again, make another one.
    """

    def __init__(self) -> None:
        self._told = _Told(math.inf)

    def __reduce__(self) -> NoReturn:
        raise UsageError(
            "a password that is typed here travels to no other process",
            remedy="Give a command that prints it (password_command), or the keyring: they are asked where it is used.",
        )

    def get(self, host: str, username: str | None, /) -> str:
        """What is typed.

        Args:
            host: What the prompt says that it is for.

        Raises:
            UsageError: There is no terminal, or nothing was typed.
        """
        password = self._told.get(username, lambda: _typed(f"Password of {username} for {host}: "))
        if password is None:
            raise UsageError(
                f"there is no terminal to ask for the password of {username}",
                target=host,
                remedy="Give a password command (--password-command) or the keyring (--keyring). A password is never "
                "an argument, nor a variable.",
            )
        if not password:
            raise UsageError(f"no password was given for {username}", target=host)
        return password


def _typed(prompt: str) -> str | None:
    """What is typed after a prompt; None where there is no terminal."""
    import getpass
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", getpass.GetPassWarning)
            return getpass.getpass(prompt)
    except (getpass.GetPassWarning, EOFError, OSError):
        return None


@dataclass(frozen=True, slots=True)
class PasswordCommand:
    """A program that prints the password, as those of password managers do.

    What it prints, and that it failed, is good for a minute: a thousand hosts with one password ask for it once. For
    hosts that have passwords of their own it may run many times at once.

    Args:
        command: The program and its arguments. `{host}` and `{user}` in an argument stand for theirs.
    """

    command: Sequence[str]

    _told: ClassVar[_Told] = _Told(KEPT)

    def __post_init__(self) -> None:
        if isinstance(self.command, str) or not self.command or not self.command[0]:
            raise UsageError("a password command is a program and its arguments, one by one")
        object.__setattr__(self, "command", tuple(self.command))

    def get(self, host: str, username: str | None, /) -> str:
        """What the program prints, without the end of its line.

        Raises:
            ConfigurationError: It cannot be started, fails, takes too long, or prints nothing.
        """
        names = {"{host}": host, "{user}": username or ""}
        filled = tuple(_filled(argument, names) for argument in self.command)
        password = self._told.get(filled, lambda: _printed(filled))
        if not password:
            raise ConfigurationError(
                f"the password command {self.command[0]!r} failed, or printed nothing, for {host}",
                target=self.command[0],
                remedy=f"Run it by hand. It must print the password, end with 0 within {PATIENCE:g} s, and need no "
                f"terminal. It is asked again after {KEPT:g} s.",
            )
        return password


def _printed(command: Sequence[str]) -> str | None:
    printed = processes.ask(command, "", timeout=PATIENCE)
    return None if printed is None else printed.removesuffix("\n").removesuffix("\r")


def _filled(argument: str, names: dict[str, str]) -> str:
    for name, value in names.items():
        argument = argument.replace(name, value)
    return argument


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keyring of the system: Windows Credential Manager, macOS Keychain, Secret Service. Needs `pybridge[keyring]`.

    The entry is `SERVICE/HOST` with the user, or, for a password of many hosts, `SERVICE` with the user.

    Args:
        service: The name of the entries.
    """

    service: str = "pybridge"

    def get(self, host: str, username: str | None, /) -> str:
        """The password of the entry.

        Raises:
            ConfigurationError: There is no entry, or no keyring.
            UnsupportedError: The package `keyring` is not installed.
        """
        try:
            import keyring
            from keyring.errors import KeyringError
        except ImportError as exc:
            raise UnsupportedError(
                "the package keyring is not installed", remedy="Install it: pip install pybridge[keyring]"
            ) from exc
        user = username or ""
        library: Any = keyring
        try:
            found = library.get_password(f"{self.service}/{host}", user) or library.get_password(self.service, user)
        except KeyringError as exc:
            raise ConfigurationError(
                f"the keyring cannot be read ({type(exc).__name__})", remedy="Unlock it, and check `keyring diagnose`."
            ) from exc
        if not found:
            raise ConfigurationError(
                f"the keyring has no password for {user or 'nobody'} at {host}",
                target=self.service,
                remedy=f"Put it there: keyring set {self.service}/{host} {user}",
            )
        return str(found)
