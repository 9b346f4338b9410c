"""Scripts on disk: which there are, and their text."""

from __future__ import annotations

import glob
import locale
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..errors import UsageError

_SUFFIXES = (".ps1", ".psm1")
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))

#: Stands for "using" where PowerShell's parser is to read no more into it.
USING = "usin_"

#: What makes the parser load something: it is read as a command, and as a function, of the same length.
_LOADING = (
    (re.compile(r"^(\s*)using(?=\s+(?:module|assembly)\b)", re.IGNORECASE | re.MULTILINE), rf"\1{USING}"),
    (re.compile(r"(?<![\w$.-])configuration(?=\s+[\w-]+\s*\{)", re.IGNORECASE), "function     "),
)


def find(names: Iterable[str]) -> Iterator[Path]:
    """The scripts of those names, each once: files, folders with all that is below them, patterns.

    Raises:
        UsageError: A name leads to none.
    """
    seen = set()
    for name in names:
        for path in _matches(name):
            resolved = path.resolve()
            if resolved not in seen:
                seen.add(resolved)
                yield path


def _matches(name: str) -> list[Path]:
    path = Path(name)
    if path.exists():
        found, complaint = _scripts(path), f"the folder {name!r} holds no script"
    elif glob.has_magic(name):
        matched = sorted(glob.glob(name, recursive=True))  # noqa: PTH207
        found = [script for item in matched for script in _scripts(Path(item))]
        complaint = f"no script fits the pattern {name!r}"
    else:
        found, complaint = [], f"there is no file or folder {name!r}"
    if not found:
        raise UsageError(
            complaint,
            target=name,
            remedy="Name .ps1 or .psm1 files, folders that hold some, or patterns such as 'jobs/*.ps1'.",
        )
    return found


def _scripts(path: Path) -> list[Path]:
    """All below a folder; a file is taken for a script, whatever its name."""
    if not path.is_dir():
        return [path]
    return sorted(item for item in path.rglob("*") if item.suffix.lower() in _SUFFIXES and item.is_file())


def read(path: Path) -> str:
    """The text of a script.

    Without a byte order mark it is UTF-8; if it is not, it is in the code page of this computer, as Windows PowerShell
    would read it.

    Raises:
        UsageError: It cannot be read, or is no text at all.
    """
    try:
        raw = path.read_bytes()
    except OSError as exc:
        raise UsageError(f"{path} cannot be read ({exc.strerror or exc})", target=str(path)) from exc
    for bom, encoding in _BOMS:
        if raw.startswith(bom):
            return raw.decode(encoding, "replace")
    if b"\0" in raw:
        raise UsageError(f"{path} is no script: it holds bytes that no text has", target=str(path))
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        ansi = locale.getpreferredencoding(False)
        return raw.decode("cp1252" if ansi.lower().replace("-", "") == "utf8" else ansi, "replace")


def harmless(text: str) -> str:
    """The script for a parser: what would make PowerShell's own load modules or assemblies is put otherwise.

    Every other character stays where it is.
    """
    for pattern, replacement in _LOADING:
        text = pattern.sub(replacement, text)
    return text
