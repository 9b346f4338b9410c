"""Contexts that outlive their session, for those who ask for it: Enable-AzureRmContextAutosave.

A folder (0700) of this user's own holds two files (0600): `autosave.json` says that contexts are to be saved, and
`AzureRmContext.json` is what was saved, as Save-AzureRmContext writes it. Only accounts that sign in by themselves are
saved, such as managed identities: no token and no secret ever is. A change is made to what stands in the file by then,
under a lock, so that sessions that end at the same time lose nothing of each other.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from . import contextfile, contexts
from .cachefile import TokenFolder
from .errors import ConfigurationError, FileError, PyBridgeError
from .resources import ContextAutosaveSettings, Session

#: The variable that says where the folder is: an absolute path, or "0" for nowhere.
VARIABLE = "PYBRIDGE_CONTEXTS"

CONTEXTS = "AzureRmContext.json"
_SWITCH = "autosave.json"
_LOCK = "lock"
_LARGEST = 4 << 20

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX)


class Autosave:
    """The saved contexts of this user.

    Args:
        environ: The variables to heed.
        platform: As `sys.platform`.
    """

    def __init__(self, environ: Mapping[str, str], *, platform: str = sys.platform) -> None:
        path = locate(environ, platform=platform)
        self._folder: TokenFolder | None = None
        if path is not None:
            self._folder = TokenFolder(path, what="folder of saved contexts", variable=VARIABLE, largest=_LARGEST)

    @property
    def is_on(self) -> bool:
        """Whether this user wants contexts to be saved."""
        return self._folder is not None and (self._folder.path / _SWITCH).exists()

    def settings(self, on: bool) -> ContextAutosaveSettings:
        """In AzureRM's words."""
        if self._folder is None or not on:
            return ContextAutosaveSettings("Process")
        return ContextAutosaveSettings("CurrentUser", str(self._folder.path), CONTEXTS)

    def switch(self, on: bool) -> None:
        """Save contexts from now on, or no longer. What was saved stays where it is.

        Raises:
            ConfigurationError: There is no place for them, or others can write to it.
            FileError: It cannot be written.
        """
        folder = self._place()
        with _told(folder):
            if on:
                folder.write(_SWITCH, b'{"Mode": "CurrentUser"}\n')
            else:
                (folder.path / _SWITCH).unlink(missing_ok=True)

    def load(self, warn: Callable[[str], None]) -> Session:
        """What was saved; nothing, and a warning, where it cannot be read."""
        folder = self._folder
        if folder is None:
            return Session()
        try:
            data = folder.read(CONTEXTS)
            if data is None:
                return Session()
            return contextfile.parse(data, str(folder.path / CONTEXTS)).session
        except FileError as exc:
            warn(
                f"The saved contexts cannot be used: {exc.message}. "
                "Clear-AzureRmContext -Scope CurrentUser removes them."
            )
        except ConfigurationError as exc:
            warn(f"The saved contexts are not used: {exc.message}. {exc.remedy}")
        return Session()

    def change(self, change: Callable[[Session], Session]) -> None:
        """Make a change to what was saved, or to nothing where that is damaged. What it does not apply to, stays.

        Raises:
            ConfigurationError: There is no place for it, or others can write to it.
            FileError: It cannot be written.
        """
        folder = self._place()
        with _told(folder), self._locked(folder):
            saved = self.load(lambda warning: None)  # the session was told when it began
            try:
                changed = _worth_saving(change(saved))
            except PyBridgeError:
                return
            if changed != saved:
                folder.write(CONTEXTS, contextfile.text(changed).encode("ascii"))

    def clear(self) -> bool:
        """Remove what was saved; whether there was anything.

        Raises:
            FileError: It cannot be removed.
        """
        if self._folder is None or not self.has_saved:
            return False
        with _told(self._folder):
            (self._folder.path / CONTEXTS).unlink(missing_ok=True)
        return True

    @property
    def has_saved(self) -> bool:
        """Whether there is a file of saved contexts."""
        return self._folder is not None and (self._folder.path / CONTEXTS).exists()

    def _place(self) -> TokenFolder:
        if self._folder is None:
            raise ConfigurationError(
                f"there is no place for saved contexts: {VARIABLE} is 0",
                target=VARIABLE,
                remedy=f"Unset {VARIABLE}, or set it to the whole path of a folder. Or use -Scope Process.",
            )
        return self._folder

    @contextmanager
    def _locked(self, folder: TokenFolder) -> Iterator[None]:
        folder.make()
        folder.touch(_LOCK)
        descriptor = os.open(folder.path / _LOCK, os.O_RDWR)
        try:
            with suppress(OSError):  # a file system without locks: the file is replaced whole all the same
                _lock(descriptor)
            yield
        finally:
            os.close(descriptor)  # which releases the lock


def locate(environ: Mapping[str, str], *, platform: str = sys.platform) -> Path | None:
    """The folder of the saved contexts; None where the user wants none, or has no home.

    Raises:
        ConfigurationError: The variable holds a relative path.
    """
    asked = environ.get(VARIABLE, "").strip()
    if asked == "0":
        return None
    if asked:
        folder = Path(asked)
        if not folder.is_absolute():
            raise ConfigurationError(
                f"saved contexts cannot be in {asked!r}: it is not an absolute path",
                target=VARIABLE,
                remedy=f"Set {VARIABLE} to the whole path of a folder, or to 0 for none.",
            )
        return folder
    places = {
        "win32": [("LOCALAPPDATA", "pybridge/contexts")],
        "darwin": [("HOME", "Library/Application Support/pybridge/contexts")],
    }
    elsewhere = [("XDG_CONFIG_HOME", "pybridge/contexts"), ("HOME", ".config/pybridge/contexts")]
    for variable, below in places.get(platform, elsewhere):
        home = Path(environ.get(variable, ""))
        if home.is_absolute():
            return home / below
    return None


def _worth_saving(session: Session) -> Session:
    """The contexts that a later session can use as they are."""
    lost = [one.name for one in session.contexts if not contextfile.is_self_sufficient(one.account)]
    kept = contexts.remove(session, *lost)
    bare = tuple(replace(one, account=contexts.without_secrets(one.account)) for one in kept.contexts)
    return replace(kept, contexts=bare, autosave=None)


@contextmanager
def _told(folder: TokenFolder) -> Iterator[None]:
    """Errors of the system as ours."""
    try:
        yield
    except OSError as exc:
        raise FileError(
            f"it cannot be written: {exc.strerror}",
            file=str(folder.path),
            remedy=f"Set {VARIABLE} to the whole path of another folder, or use -Scope Process.",
        ) from exc
