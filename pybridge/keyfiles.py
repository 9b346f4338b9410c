"""Reads the small files that prove who asks: the key of Azure Arc's challenge, the token of a Kubernetes cluster."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from .errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import PurePath

#: Bytes of Arc's key files, which have a folder of their own; and of others.
MAX_KEY, MAX_TOKEN = 4096, 65536
_SUFFIX = ".key"


def read(path: str, folder: str | None) -> str:
    """The text of a file, without blanks around it.

    Args:
        path: As a variable, or a stranger's answer, names it.
        folder: The one folder that it may be in, as a file of its own that ends in ".key"; None for any.

    Raises:
        ConfigurationError: It is not there or not readable, or not where it must be. Nothing of it is shown.
    """
    if folder is not None and not _is_key_file(path, folder):
        raise not_a_key_file(path, folder)
    limit = MAX_TOKEN if folder is None else MAX_KEY
    try:
        content = _read(path, limit, follow=folder is None)
    except OSError as exc:
        raise ConfigurationError(
            f"{path} cannot be read: {exc.strerror}", target=path, remedy=_remedy(exc, folder)
        ) from exc
    except ValueError:  # a path that no system takes
        content = b""
    return one_line(content, path, limit)


def one_line(content: bytes, path: str, limit: int) -> str:
    """The text that a file holds, without blanks around it.

    Raises:
        ConfigurationError: It is longer, or no line of ASCII.
    """
    text = content.decode("ascii", "replace").strip() if len(content) <= limit else ""
    if not text or not text.isascii() or not text.isprintable():
        raise ConfigurationError(f"{path} does not hold one line of text of up to {limit} bytes", target=path)
    return text


def not_a_key_file(path: str, folder: str) -> ConfigurationError:
    """The error for a challenge that names any other file."""
    return ConfigurationError(
        f"the endpoint named {path!r} as its key file, which is not a {_SUFFIX} file in {folder}",
        target=path,
        remedy="Nothing was read. Something else than Azure's agent may listen there.",
    )


def _is_key_file(path: str, folder: str) -> bool:
    """Whether a path leads exactly into the folder: neither above nor below it, and not by a link out of it."""
    from pathlib import Path  # takes milliseconds of a cold token, and most need no key

    if not names_key_file(Path(path), path, Path(folder)):
        return False
    try:
        return Path(path).resolve().parent == Path(folder).resolve()
    except (OSError, RuntimeError, ValueError):  # links in a circle; a NUL
        return False


def names_key_file(file: PurePath, path: str, folder: PurePath) -> bool:
    """Whether a path, as it was written, is that of a key file right in the folder. Looks at no disk."""
    # The first: paths fold "//" and "/./", and Windows has two slashes.
    return str(file) == path and file.parent == folder and file.suffix == _SUFFIX and path.isprintable()


def _read(path: str, limit: int, *, follow: bool) -> bytes:
    """The bytes, one more than the limit if it is longer; none if it is no plain file."""
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)
    if not follow:
        flags |= getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(path, flags)
    try:  # `with os.fdopen` would leave it open where it leads to a folder
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return b""
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read(limit + 1)
    finally:
        os.close(descriptor)


def _remedy(exc: OSError, folder: str | None) -> str:
    if isinstance(exc, PermissionError) and folder is not None:
        return (
            "Join the group that may read it, then sign in anew: himds on Linux (sudo usermod -aG himds $USER), "
            "Hybrid Agent Extension Applications, or Administrators, on Windows."
        )
    return "Check that the file is there, and that this user may read it."
