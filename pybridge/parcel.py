"""The PowerShell module as one zip, to be put onto another machine."""

from __future__ import annotations

import hashlib
import io
import re
import threading
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .errors import ConfigurationError
from .module import NAME, module_root

#: What a session needs of the module's folder, its help included. Which Python it starts is each machine's own affair.
_KINDS = frozenset({".ps1", ".ps1xml", ".psd1", ".psm1", ".psrc", ".txt"})
_OWN = frozenset({"interpreter.txt"})

#: The time of every file in the zip, the earliest that there is: the same files are the same bytes.
_TIME = (1980, 1, 1, 0, 0, 0)

_LOCK = threading.Lock()


@dataclass(frozen=True, slots=True)
class Parcel:
    """A module that is ready to travel.

    Attributes:
        name: The module's.
        version: As its manifest says.
        guid: Tells it from another module of that name.
        files: The SHA-256 of each of its files, in hex, by the path in its folder with "/".
        data: The zip.
    """

    name: str
    version: str
    guid: str
    files: Mapping[str, str]
    data: bytes

    @property
    def sha256(self) -> str:
        """Of the zip, in hex. It depends on who compresses; what tells two modules apart is `files`."""
        return hashlib.sha256(self.data).hexdigest()


def pack(folder: Path | None = None) -> Parcel:
    """The module in a folder; by default the one that came with this package, which is packed once in a process.

    Raises:
        ConfigurationError: There is none.
    """
    if folder is not None:
        return _packed(folder)
    with _LOCK:  # many hosts may want it at once
        return _own()


@cache
def _own() -> Parcel:
    return _packed(module_root() / NAME)


def _packed(folder: Path) -> Parcel:
    contents = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.suffix in _KINDS and path.is_file() and path.name not in _OWN
    }
    manifest = contents.get(f"{folder.name}.psd1", b"").decode("utf-8-sig")
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(zipfile.ZipInfo(name, _TIME), content, zipfile.ZIP_DEFLATED, compresslevel=9)
    return Parcel(
        name=folder.name,
        version=_entry(manifest, "ModuleVersion", folder),
        guid=_entry(manifest, "GUID", folder),
        files={name: hashlib.sha256(content).hexdigest() for name, content in contents.items()},
        data=zipped.getvalue(),
    )


def _entry(manifest: str, key: str, folder: Path) -> str:
    match = re.search(rf"^\s*{key}\s*=\s*'([^']+)'", manifest, re.MULTILINE)
    if match is None:
        raise ConfigurationError(
            f"the manifest of the PowerShell module in {folder} names no {key}", remedy="Install pybridge again."
        )
    return match[1]
