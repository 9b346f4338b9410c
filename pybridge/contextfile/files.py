"""A context file on the disk."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

from ..errors import FileError, NotFoundError
from ..resources import Session
from .reading import WHAT, Found, parse
from .writing import text

#: Bytes of the largest file that is read: AzureRM kept its token cache in there.
_LARGEST = 16 << 20


def read(path: Path) -> Found:
    """What a file holds.

    Raises:
        NotFoundError: There is no such file.
        FileError: It cannot be read, or is no context file.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except FileNotFoundError:
        raise NotFoundError(
            f"there is no file {str(path)!r}", target=str(path), remedy="Save-AzureRmContext -Path writes such files."
        ) from None
    except OSError as exc:
        raise FileError(f"it cannot be read: {exc.strerror}", file=str(path)) from exc
    if len(data) > _LARGEST:
        raise FileError("it is too large for a context file", file=str(path), remedy=WHAT)
    return parse(data, str(path))


def write(path: Path, session: Session) -> None:
    """Write a session's file, whole or not at all, for this user alone.

    Raises:
        FileError: It cannot be written there.
    """
    draft = path.with_name(f"{path.name}.{os.urandom(8).hex()}.tmp")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR)
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(text(session))
            draft.replace(path)
        except BaseException:
            with suppress(OSError):
                draft.unlink()
            raise
    except OSError as exc:
        raise FileError(
            f"it cannot be written: {exc.strerror}", file=str(path), remedy="Name a file in a folder of yours."
        ) from exc
