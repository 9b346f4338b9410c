"""The token cache that processes share, for those who ask for it: `PYBRIDGE_TOKEN_CACHE`.

It is a folder (0700) with one file (0600) a token, so that different tokens never wait for each other. On Windows the
files are encrypted for the user (DPAPI); elsewhere they are plain JSON that their rights alone protect.

A file is named by a hash of the machine's id and the key: in a copied home folder nothing is found. Files are replaced
whole, never changed. Beside a token lie the lock that is held while it is fetched and what was found damaged
(`.corrupt`), until they are two days old. What fails here costs a request to the endpoint, never the token; only
a place that others could have written to is refused.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from ..errors import ConfigurationError
from ..models import AccessToken
from . import locks
from .folder import VARIABLE, TokenFolder
from .machine import machine_id
from .protection import protect, unprotect

_ON = {"1", "true", "yes", "on"}
_OFF = {"", "0", "false", "no", "off"}

#: Part of what names a file: another layout of the files begins with another one.
_LAYOUT = "pybridge token 2"
_OURS = re.compile(r"[0-9a-f]{64}\.(json|lock|corrupt|json\.[0-9a-f]{16}\.tmp)")
_ABANDONED = 2 * 24 * 3600.0  # Seconds. No token of a managed identity lasts longer than 24 h.
_DOUBT = 50  # Waits, about 1 s in all, after which it is time to ask whether locks work here at all.
_LONGEST = 366 * 24 * 3600.0  # Seconds that a token may last. What lasts longer is damaged.
_SLACK = 5.0  # Seconds that a clock may be set back unheeded, as time services do.


class Stored(NamedTuple):
    """A token and its age.

    Attributes:
        token: It may have expired.
        received: When the endpoint gave it, in seconds since 1970 by this machine's clock.
        lifetime: Seconds that it lasted then, whatever the clock said.
    """

    token: AccessToken
    received: float
    lifetime: float

    @property
    def ends(self) -> float:
        """When it expires, by this machine's clock. `token.expires_on` is by Azure's."""
        return self.received + self.lifetime


def locate(setting: str | None, environ: Mapping[str, str], *, platform: str = sys.platform) -> Path | None:
    """The folder of the cache that the user asks for; None for no cache.

    Args:
        setting: "1" for the folder that the system has for caches, "0" for none, or a folder's absolute path.
            None: what the variable PYBRIDGE_TOKEN_CACHE says, in the same words.
        environ: The variables to heed.
        platform: As `sys.platform`.

    Raises:
        ConfigurationError: It is a relative path, or there is no home.
    """
    asked = (environ.get(VARIABLE, "") if setting is None else setting).strip()
    if asked.lower() in _OFF:
        return None
    if asked.lower() in _ON:
        return _usual_place(environ, platform)
    folder = Path(asked)
    if not folder.is_absolute():
        raise ConfigurationError(
            f"the token cache cannot be in {asked!r}: it is not an absolute path",
            target=asked,
            remedy=f"Set {VARIABLE} to 1 for the usual place, to 0 for no cache, or to the whole path of a folder.",
        )
    return folder


def _usual_place(environ: Mapping[str, str], platform: str) -> Path:
    places = {
        "win32": [("LOCALAPPDATA", "pybridge/tokens")],
        "darwin": [("HOME", "Library/Caches/pybridge/tokens")],
    }
    elsewhere = [("XDG_CACHE_HOME", "pybridge/tokens"), ("HOME", ".cache/pybridge/tokens")]
    for variable, below in places.get(platform, elsewhere):
        home = Path(environ.get(variable, ""))
        if home.is_absolute():
            return home / below
    raise ConfigurationError(
        f"there is no place for the token cache: the variable {variable} names no folder",
        target=variable,
        remedy=f"Set {VARIABLE} to the whole path of a folder, or to 0 for no cache.",
    )


_COMPLAINED: set[Path] = set()


class CacheFile:
    """Tokens in a folder that all processes of this user share.

    Args:
        path: The folder. It is made when there is something to put into it.
        machine: The id of this machine; asked of the system by default.
        clock: Seconds since 1970.
        sleep: Waits for some seconds while another process asks the endpoint.
        monotonic: Seconds of a clock that nobody sets.
        patience: Seconds after which this process no longer waits for another one, and asks itself.
    """

    def __init__(
        self,
        path: Path,
        *,
        machine: str | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        patience: float = 100.0,
    ) -> None:
        self._folder = TokenFolder(path, sleep=sleep)
        self._machine = machine_id() if machine is None else machine
        self._clock = clock
        self._sleep = sleep
        self._monotonic = monotonic
        self._patience = patience

    def get(self, key: str) -> Stored | None:
        """The token that is stored for the key, however old; None for none that can be read.

        Raises:
            ConfigurationError: Others could have written it.
        """
        return self._find(self._name(key))

    def through(self, key: str, usable: Callable[[Stored], bool], obtain: Callable[[], tuple[Stored, bool]]) -> Stored:
        """The stored token if it is usable, else a new one. Of the processes that want one now, one asks for it.

        Those that have waited for a process which then leaves no usable token ask on their own, all at once: in a row,
        each would wait for the failures of all before it.

        Args:
            key: What the token is for: everything on which it depends but the machine.
            usable: Whether a stored token will do.
            obtain: Asks the endpoint. It returns the token, and whether it may be stored. What it raises is passed on.

        Raises:
            ConfigurationError: Others could write there, or filelock is not installed.
        """
        name = self._name(key)
        deadline = self._monotonic() + self._patience
        waits = 0
        while True:
            stored = self._find(name)
            if stored is not None and usable(stored):
                return stored
            release = self._lock(name, doubtful=waits == _DOUBT)
            if release is not None:
                try:
                    stored = self._find(name, set_aside=True)
                    if stored is not None and usable(stored):
                        return stored
                    if waits == 0:
                        return self._obtain(name, obtain)
                finally:
                    release()
                break
            if self._monotonic() >= deadline:
                break
            waits += 1
            self._sleep(0.010 + 0.020 * os.urandom(1)[0] / 255)  # Not all at the same time.
        return self._obtain(name, obtain)

    def _name(self, key: str) -> str:
        import hashlib  # loads OpenSSL, and few share their tokens

        return hashlib.sha256(f"{_LAYOUT}\n{self._machine}\n{key}".encode()).hexdigest()

    def _find(self, name: str, *, set_aside: bool = False) -> Stored | None:
        """What is stored by this name. `set_aside` is for who holds its lock: nobody else writes it then."""
        data = self._folder.read(f"{name}.json")
        if data is None:
            return None
        stored = _parse(data, name)
        if stored is None and set_aside:
            aside = self._folder.path / f"{name}.corrupt"
            with suppress(OSError):
                (self._folder.path / f"{name}.json").replace(aside)
                _warn("a damaged file of the token cache was set aside: %s", aside)
        if stored is not None and stored.received > self._clock() + _SLACK:
            return None  # The clock was set back since, so nobody knows how old it is.
        return stored

    def _obtain(self, name: str, obtain: Callable[[], tuple[Stored, bool]]) -> Stored:
        stored, may_be_stored = obtain()
        if may_be_stored:
            try:
                self._folder.write(f"{name}.json", _compose(stored, name))
                self._tidy()
            except OSError as error:
                self._complain("cannot be written", error)
        return stored

    def _tidy(self) -> None:
        """Delete tokens that have expired, and what else nobody has touched for long."""
        now = self._clock()
        for path in self._folder.path.iterdir():
            if _OURS.fullmatch(path.name):
                with suppress(OSError, ConfigurationError):
                    if now - path.lstat().st_mtime > _ABANDONED or self._has_expired(path, now):
                        path.unlink()

    def _has_expired(self, path: Path, now: float) -> bool:
        data = self._folder.read(path.name) if path.suffix == ".json" else None
        stored = _parse(data, path.stem) if data else None
        return stored is not None and stored.ends <= now

    def _lock(self, name: str, *, doubtful: bool) -> Callable[[], None] | None:
        """Hold the lock of one token: what releases it; None while another process holds it."""
        try:
            self._folder.make()
            return locks.hold(self._folder, f"{name}.lock", doubtful=doubtful)
        except (OSError, NotImplementedError) as error:
            self._complain("cannot be locked", error)
            return locks.release_nothing  # Where no file can be locked, nobody holds it.

    def _complain(self, what: str, error: BaseException) -> None:
        """Say once that the cache does not work. It is no reason to fail."""
        if self._folder.path not in _COMPLAINED:
            _COMPLAINED.add(self._folder.path)
            reason = getattr(error, "strerror", None) or type(error).__name__
            _warn("the token cache in %s %s (%s): tokens are fetched without it", self._folder.path, what, reason)


def _compose(stored: Stored, name: str) -> bytes:
    content = {
        "name": name,
        "received": stored.received,
        "lifetime": stored.lifetime,
        "token": stored.token._asdict(),
    }
    return protect(json.dumps(content).encode())


def _parse(data: bytes, name: str) -> Stored | None:
    """The token in a file's bytes; None if it is damaged, or another file's."""
    # Nothing is raised from here: what json raises holds the whole text, token included.
    try:
        content = json.loads(unprotect(data))
        fields = {field: content["token"][field] for field in AccessToken._fields if field in content["token"]}
        stored = Stored(AccessToken(**fields), content["received"], content["lifetime"])
        sound = content["name"] == name and _is_sound(stored)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return stored if sound else None


def _is_sound(stored: Stored) -> bool:
    token = stored.token
    return (
        all(isinstance(value, (str, int, type(None))) for value in token)
        and isinstance(token.resource, str)
        and type(token.expires_on) is int
        and type(stored.received) in (int, float)
        and stored.received >= 0
        and type(stored.lifetime) in (int, float)
        and 0 < stored.lifetime < _LONGEST
        and isinstance(token.token, str)
        and re.fullmatch("[!-~]+", token.token) is not None
    )


def _warn(message: str, *details: object) -> None:
    import logging

    logging.getLogger("pybridge").warning(message, *details)
