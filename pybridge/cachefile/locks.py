"""Locks between processes, which end with the process that holds them. The only `import filelock`."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from ..errors import ConfigurationError
from .folder import VARIABLE, TokenFolder

if TYPE_CHECKING:
    from filelock import BaseFileLock


def hold(folder: TokenFolder, name: str, *, doubtful: bool) -> Callable[[], None] | None:
    """Lock a file, without waiting. What releases it; None while another process holds it.

    Args:
        folder: Where the file is, or will be.
        name: The file's.
        doubtful: filelock 3.9 says that a lock is held elsewhere where the file system has no locks at all. So
            lock a file that nobody else knows before you believe it.

    Raises:
        ConfigurationError: filelock is not installed.
        OSError, NotImplementedError: No file can be locked there.
    """
    lock = _try(folder, name)
    if lock is not None:
        return partial(_release, lock)
    if doubtful:
        _lock_a_new_file(folder)
    return None


def release_nothing() -> None:
    """Releases what is not locked."""


def _lock_a_new_file(folder: TokenFolder) -> None:
    name = f"{os.urandom(32).hex()}.lock"
    lock = _try(folder, name)
    if lock is not None:
        _release(lock)
    with suppress(OSError):
        (folder.path / name).unlink()
    if lock is None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))


def _try(folder: TokenFolder, name: str) -> BaseFileLock | None:
    try:
        from filelock import FileLock, Timeout, __version__
    except ImportError:
        raise ConfigurationError(
            "the token cache across processes needs the Python package filelock, which is not installed",
            target="filelock",
            remedy="Run: pip install 'pybridge[cache]' (on Debian: apt install python3-filelock). "
            f"Or set {VARIABLE} to 0.",
        ) from None
    path = folder.path / name
    lock: BaseFileLock
    if __version__.startswith("3.9."):  # A new file gets what rights the umask leaves; one that is there keeps its own.
        folder.touch(name)
        lock = FileLock(path)
    else:
        lock = FileLock(path, mode=0o600)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return None
    return lock


def _release(lock: BaseFileLock) -> None:
    with suppress(OSError):
        lock.release()
