"""A folder of small files that only this user can read or write: for the shared token cache, and for saved contexts.

Whatever others could have put there is refused, on systems where the owner and the rights of a file tell. On Windows
they don't: there `protection` does.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from ..errors import ConfigurationError

#: The variable that says where the folder is.
VARIABLE = "PYBRIDGE_TOKEN_CACHE"

_LARGEST = 256 * 1024

# Not to be led elsewhere by a link, nor to hang on a pipe; and Windows has text files. Each where it is known.
_SAFELY = sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_CLOEXEC", "O_NONBLOCK", "O_BINARY"))
_IT_IS_A_LINK = {errno.ELOOP, errno.EMLINK}  # What O_NOFOLLOW makes of one; the second on FreeBSD.
_REPLACE_ATTEMPTS = 20 if sys.platform == "win32" else 1


class TokenFolder:
    """Files by name.

    Args:
        path: The folder. It is made when there is something to put into it.
        sleep: Waits for some seconds.
        what: What a sentence calls it.
        variable: The variable that says where it is.
        largest: Bytes that a file may have.
    """

    def __init__(
        self,
        path: Path,
        *,
        sleep: Callable[[float], None] = time.sleep,
        what: str = "token cache",
        variable: str = VARIABLE,
        largest: int = _LARGEST,
    ) -> None:
        self.path = path
        self._sleep = sleep
        self._what = what
        self._variable = variable
        self._largest = largest

    def make(self) -> None:
        """See that only we can write to the folder; make it, and what is missing above it, if it is not there.

        Raises:
            ConfigurationError: Others can.
            OSError: It cannot be made.
        """
        try:
            self._check()
        except FileNotFoundError:
            missing = [folder for folder in (self.path, *self.path.parents) if not folder.exists()]
            for folder in reversed(missing):
                folder.mkdir(0o700, exist_ok=True)
            self._check()

    def touch(self, name: str) -> None:
        """Have an empty file, if there is none of this name.

        Raises:
            OSError: It cannot be made.
        """
        os.close(os.open(self.path / name, os.O_RDWR | os.O_CREAT | _SAFELY, 0o600))

    def read(self, name: str) -> bytes | None:
        """The bytes of a file; None if there is none to be read, empty if it is too large or no file at all.

        Raises:
            ConfigurationError: It, or the folder, may be somebody else's work.
        """
        path = self.path / name
        try:
            self._check()
            if not hasattr(os, "O_NOFOLLOW") and path.is_symlink():
                raise self._refusal(path, "is a link")
            descriptor = os.open(path, os.O_RDONLY | _SAFELY)
        except OSError as error:
            if error.errno in _IT_IS_A_LINK:
                raise self._refusal(path, "is a link") from None
            return None
        try:
            status = os.fstat(descriptor)
            if why := _insecure(status):
                raise self._refusal(path, why)
            if not stat.S_ISREG(status.st_mode) or status.st_size > self._largest:
                return b""
            return os.read(descriptor, status.st_size)
        except OSError:
            return None
        finally:
            os.close(descriptor)

    def write(self, name: str, data: bytes) -> None:
        """Put a whole file there. Who reads it meanwhile sees the old one or the new one.

        Raises:
            ConfigurationError: The folder may be somebody else's work.
            OSError: There is no room, or no right to write.
        """
        self.make()
        temporary = self.path / f"{name}.{os.urandom(8).hex()}.tmp"
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _SAFELY, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
            self._replace(temporary, self.path / name)
        except BaseException:
            with suppress(OSError):
                temporary.unlink()
            raise

    def _replace(self, temporary: Path, path: Path) -> None:
        for _ in range(_REPLACE_ATTEMPTS - 1):
            try:
                temporary.replace(path)
            except PermissionError:  # Windows, while another process reads it.
                self._sleep(0.005)
            else:
                return
        temporary.replace(path)

    def _check(self) -> None:
        """See that only we can write there.

        Raises:
            ConfigurationError: Others can.
            OSError: It is not there, or cannot be looked at.
        """
        status = self.path.lstat()
        if stat.S_ISLNK(status.st_mode):
            raise self._refusal(self.path, "is a link")
        if not stat.S_ISDIR(status.st_mode):
            raise self._refusal(self.path, "is not a folder")
        if why := _insecure(status):
            raise self._refusal(self.path, why)

    def _refusal(self, path: Path, why: str) -> ConfigurationError:
        return ConfigurationError(
            f"the {self._what} is not safe: {path} {why}",
            target=str(path),
            remedy=f"Remove it or make it yours alone (chmod go-rwx), or set {self._variable} to the path of another "
            f"folder, or to 0 for no {self._what}.",
        )


if sys.platform == "win32":

    def _insecure(_status: os.stat_result) -> str | None:
        return None

else:

    def _insecure(status: os.stat_result) -> str | None:
        """What is wrong with the owner or the rights of a file or folder."""
        if status.st_uid != os.geteuid():
            return "belongs to another user"
        if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            return "can be written to by other users"
        return None
