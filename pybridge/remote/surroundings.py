"""What a host has told about itself: its variables, and which files are there."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple

from ..clouds import ARM_ENDPOINT
from ..errors import RemoteScriptError
from ..sources import IMDS_HOST, VARIABLES

#: Seconds for which the variables of a host are taken to be the same.
KNOWN_FOR = 600.0

#: All variables that tokens, and what is done with them, depend on: of a host as of any machine.
DECISIVE = VARIABLES | {"AZURE_AUTHORITY_HOST", "AZURE_TENANT_ID", "AZURE_CLIENT_ID", ARM_ENDPOINT}
#: Those that name a proxy for http.
PROXIES = ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")
#: What a host is asked for: the sources, the doctor and Windows' folders look at it.
WANTED = sorted(DECISIVE | {*PROXIES, "NO_PROXY", "no_proxy", "PROGRAMFILES", "PROGRAMDATA"})
#: Those that lead elsewhere than to IMDS.
ELSEWHERE = sorted(VARIABLES - {IMDS_HOST})

_PLATFORMS = ("win32", "linux")
#: Characters of a variable or path that Windows can have, and how many of the files that are asked for.
_LONGEST, _FILES = 32767, 16


class Surroundings(NamedTuple):
    """What a host has told about itself. The variables may hold secrets, so `repr` leaves them out."""

    platform: str
    environ: Mapping[str, str]
    exists: Mapping[str, bool]

    def __repr__(self) -> str:
        return f"Surroundings({self.platform!r})"


class Environ(Mapping[str, str]):
    """The variables of a host: those of `WANTED` that are set there. It is asked when one is looked at."""

    def __init__(self, surroundings: Callable[[], Surroundings], name: str) -> None:
        self._surroundings = surroundings
        self._name = name

    @property
    def platform(self) -> str:
        """As `sys.platform` has it there: win32, or linux."""
        return self._surroundings().platform

    def __getitem__(self, name: str) -> str:
        return self._surroundings().environ[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._surroundings().environ)

    def __len__(self) -> int:
        return len(self._surroundings().environ)

    def __repr__(self) -> str:  # the values may be secrets
        return f"<variables of {self._name}>"


def surroundings(answer: Mapping[str, Any], name: str) -> Surroundings:
    """What an answer of http.ps1 tells; of the variables those that were asked for.

    Raises:
        RemoteScriptError: It tells nothing of that kind.
    """
    environ, exists, platform = answer.get("environ"), answer.get("exists"), answer.get("platform")
    if not isinstance(environ, dict) or not isinstance(exists, dict) or platform not in _PLATFORMS:
        raise RemoteScriptError(f"{name} does not tell its variables", target=name)
    wanted = {name: value for name in WANTED if isinstance(value := environ.get(name), str) and len(value) <= _LONGEST}
    files = {path: there is True for path, there in islice(exists.items(), _FILES) if len(path) <= _LONGEST}
    return Surroundings(str(platform), wanted, files)


class Known:
    """What hosts have told, by place: for a while the same for all who ask there."""

    _MOST = 10_000

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rows: dict[Hashable, tuple[float, Surroundings]] = {}

    def get(self, place: Hashable, now: float) -> Surroundings | None:
        """What is known of a place."""
        with self._lock:
            until, found = self._rows.get(place, (0.0, None))
            return found if now < until else None

    def put(self, place: Hashable, found: Surroundings, now: float) -> None:
        """Keep what a place has told now."""
        with self._lock:
            if len(self._rows) >= self._MOST:
                self._rows.clear()
            self._rows[place] = (now + KNOWN_FOR, found)

    def clear(self) -> None:
        """Forget it all."""
        with self._lock:
            self._rows.clear()


KNOWN = Known()


def forget() -> None:
    """Ask every host anew."""
    KNOWN.clear()
