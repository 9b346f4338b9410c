"""The PowerShell modules on disk: where they are, and how they get onto PSModulePath."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from .errors import ConfigurationError, UsageError

NAME = "PyBridge"

#: The folder, beside the module's, of the modules by AzureRM's names.
SHIMS = "AzureRM"

#: Beside the installed module: the interpreter that it starts. One line, UTF-8.
INTERPRETER = "interpreter.txt"


def module_root() -> Path:
    """The folder that holds the module's folder; it goes onto PSModulePath.

    In a wheel it is package data; in a clone, also an editable one, it stands beside the package.

    Raises:
        ConfigurationError: It is in neither place.
    """
    package = Path(__file__).resolve().parent
    for root in (package / "powershell", package.parent / "powershell"):
        if (root / NAME / f"{NAME}.psd1").is_file():
            return root
    raise ConfigurationError(f"the PowerShell module is missing beside {package}", remedy="Install pybridge again.")


def install(scope: str, path: str | None, *, azurerm: bool = False) -> Iterator[Path]:
    """Put the module where PowerShell looks for it, and record this interpreter.

    Args:
        scope: "user" or "all".
        path: A folder of modules, instead of the scope's own.
        azurerm: Put the modules by AzureRM's names there too.

    Yields:
        Each folder that was installed. Another version that was there is replaced.

    Raises:
        UsageError: A folder may not be written to, or holds another module of that name; or AzureRM itself is there.
    """
    sources = [module_root() / NAME, *(_shims() if azurerm else ())]
    targets = [(source, folder / source.name) for folder in _folders(scope, path) for source in sources]
    if azurerm:
        _refuse_beside_azurerm([folder.parent for _, folder in targets])
    for source, target in targets:
        _ours_or_absent(target, source)
    for source, target in targets:
        _replace(source, target)
        yield target


def uninstall(scope: str, path: str | None) -> Iterator[Path]:
    """Remove what `install` put there.

    Yields:
        Each folder that was removed; none where there was none. AzureRM itself is left alone.

    Raises:
        UsageError: A folder may not be written to, or holds another module named PyBridge.
    """
    for folder in _folders(scope, path):
        ours = [source for source in _shims() if _guid(folder / source.name) == _guid(source)]
        for source in (module_root() / NAME, *ours):
            target = folder / source.name
            if not target.exists():
                continue
            _ours_or_absent(target, source)
            try:
                shutil.rmtree(target)
            except OSError as exc:
                raise _not_writable(target, exc) from exc
            yield target


def _replace(source: Path, target: Path) -> None:
    folder = target.parent
    fresh, old = folder / f".{target.name}.new", folder / f".{target.name}.old"
    try:
        for leftover in (fresh, old):
            shutil.rmtree(leftover, ignore_errors=True)
        shutil.copytree(source, fresh)
        if target.name == NAME:
            (fresh / INTERPRETER).write_text(f"{sys.executable}\n", encoding="utf-8")
        if target.exists():
            target.rename(old)  # set aside, not removed: whatever fails, there is a module
        fresh.rename(target)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as exc:
        shutil.rmtree(fresh, ignore_errors=True)
        if old.exists() and not target.exists():
            old.rename(target)
        raise _not_writable(target, exc) from exc


def _ours_or_absent(target: Path, source: Path) -> None:
    if target.name == NAME:
        ours = (target / INTERPRETER).is_file()
    else:
        ours = _guid(target) == _guid(source)
    if target.is_symlink() or (target.exists() and not ours):
        raise UsageError(
            f"{target} was not put there by 'pybridge module install'",
            target=str(target),
            remedy="Remove it yourself if you no longer need it, or choose another folder with --path.",
        )


def _not_writable(target: Path, exc: OSError) -> UsageError:
    return UsageError(
        f"{target} cannot be written ({exc.strerror or exc})",
        target=str(target),
        remedy="Use --scope user, or --path with a folder of PSModulePath that you may write to.",
    )


# --- the modules by AzureRM's names ------------------------------------------------------------------


def _shims() -> list[Path]:
    return sorted(path for path in (module_root() / SHIMS).iterdir() if path.is_dir())


def _refuse_beside_azurerm(folders: Sequence[Path]) -> None:
    """Refuse if there is a module by one of those names that is not ours: a session could not tell them apart."""
    ours = {_guid(source) for source in _shims()}
    names = {source.name.lower() for source in _shims()}
    for folder in dict.fromkeys([*folders, *module_path(os.environ)]):
        for entry in _folders_in(folder):
            if entry.name.lower() not in names:
                continue
            for candidate in (entry, *_folders_in(entry)):
                guid = _guid(candidate, entry.name)
                if guid is not None and guid not in ours:
                    raise UsageError(
                        f"AzureRM itself is installed: {candidate}",
                        target=str(candidate),
                        remedy="Keep it, and leave out --azurerm: scripts that need no module by its name run anyway.\n"
                        "Or remove it first (Uninstall-AzureRm, or Uninstall-Module AzureRM and its parts).",
                    )


def _folders_in(folder: Path) -> list[Path]:
    """By name; none where we may not look, as PowerShell may not either."""
    try:
        return sorted(path for path in folder.iterdir() if path.is_dir())
    except OSError:
        return []


def module_path(environ: Mapping[str, str]) -> list[Path]:
    """The folders in which PowerShell looks for modules, as far as one can tell from outside of it."""
    named = [Path(folder) for folder in environ.get("PSModulePath", "").split(os.pathsep) if folder]
    return [*named, *(folder for scope in ("user", "all") for folder in _folders(scope, None))]


def _guid(folder: Path, name: str | None = None) -> str | None:
    """The GUID in the manifest of a module's folder; None if there is none. Versions have folders of their own."""
    for manifest in folder.glob("*.psd1") if folder.is_dir() else ():
        if manifest.stem.lower() == (name or folder.name).lower():
            raw = manifest.read_bytes()
            text = raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "replace")
            match = re.search(r"^\s*GUID\s*=\s*['\"]([0-9a-f-]{36})['\"]", text, re.IGNORECASE | re.MULTILINE)
            return match[1].lower() if match else ""
    return None


# --- folders -----------------------------------------------------------------------------------------


def _folders(scope: str, path: str | None) -> list[Path]:
    """Windows PowerShell 5.1 and PowerShell 7 look in folders of their own on Windows."""
    if path is not None:
        return [Path(path).expanduser().resolve()]
    if sys.platform == "win32":
        base = _documents() if scope == "user" else Path(os.environ["ProgramFiles"])
        return [base / edition / "Modules" for edition in ("WindowsPowerShell", "PowerShell")]
    return [_unix_folder(scope, os.environ)]


def _unix_folder(scope: str, environ: Mapping[str, str]) -> Path:
    if scope == "all":
        return Path("/usr/local/share/powershell/Modules")
    data = environ.get("XDG_DATA_HOME")
    return (Path(data) if data else Path.home() / ".local" / "share") / "powershell" / "Modules"


def _documents() -> Path:
    """The user's Documents folder, which may have been moved, to OneDrive for one."""
    import ctypes

    buffer = ctypes.create_unicode_buffer(260)
    personal = 5  # CSIDL_PERSONAL
    ctypes.windll.shell32.SHGetFolderPathW(None, personal, None, 0, buffer)  # type: ignore[attr-defined,unused-ignore]
    return Path(buffer.value)
