"""The PowerShell module on disk: where it is, and how it gets onto PSModulePath."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from .errors import ConfigurationError, UsageError

NAME = "PyBridge"

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


def install(scope: str, path: str | None) -> Iterator[Path]:
    """Put the module where PowerShell looks for it, and record this interpreter.

    Args:
        scope: "user" or "all".
        path: A folder of modules, instead of the scope's own.

    Yields:
        Each folder that it was installed to. Another version that was there is replaced.

    Raises:
        UsageError: A folder may not be written to, or holds another module named PyBridge.
    """
    source = module_root() / NAME
    for folder in _folders(scope, path):
        target, fresh, old = folder / NAME, folder / f".{NAME}.new", folder / f".{NAME}.old"
        _ours_or_absent(target)
        try:
            for leftover in (fresh, old):
                shutil.rmtree(leftover, ignore_errors=True)
            shutil.copytree(source, fresh)
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
        yield target


def uninstall(scope: str, path: str | None) -> Iterator[Path]:
    """Remove what `install` put there.

    Yields:
        Each folder that was removed; none where there was none.

    Raises:
        UsageError: A folder may not be written to, or holds another module named PyBridge.
    """
    for folder in _folders(scope, path):
        target = folder / NAME
        if not target.exists():
            continue
        _ours_or_absent(target)
        try:
            shutil.rmtree(target)
        except OSError as exc:
            raise _not_writable(target, exc) from exc
        yield target


def _ours_or_absent(target: Path) -> None:
    if target.is_symlink() or (target.exists() and not (target / INTERPRETER).is_file()):
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
