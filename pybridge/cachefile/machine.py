"""What tells this machine from every other one, such as the one whose home folder was copied here."""

from __future__ import annotations

import sys
from pathlib import Path

_INSTALLATION = ("etc/machine-id", "var/lib/dbus/machine-id")
_BOOT = "proc/sys/kernel/random/boot_id"
_UNSET = "uninitialized"  # What systemd writes into an image for the first boot to replace.


def machine_id(root: Path = Path("/")) -> str:
    """A text that is the same for all processes of this machine. It is not for showing to anyone: hash it.

    On Linux it changes with every boot: machines made of one image often share their machine-id.

    Args:
        root: Where the files of the system are.
    """
    known = [part for part in _parts(root) if part]
    return "\n".join(known or _by_network())


if sys.platform == "win32":

    def _parts(_root: Path) -> list[str]:
        import winreg

        path, access = r"SOFTWARE\Microsoft\Cryptography", winreg.KEY_READ | winreg.KEY_WOW64_64KEY
        try:
            with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, path, 0, access) as key:
                return [str(winreg.QueryValueEx(key, "MachineGuid")[0])]
        except OSError:
            return []

else:

    def _parts(root: Path) -> list[str]:
        installation = next((text for name in _INSTALLATION if (text := _text(root / name))), "")
        boot = _text(root / _BOOT)
        if boot and not installation:
            installation = _name()  # A container: it shares its host's boot.
        return [installation, boot]


def _text(path: Path) -> str:
    try:
        text = path.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""
    return "" if text == _UNSET else text


def _by_network() -> list[str]:
    import uuid

    node = uuid.getnode()
    made_up = node >> 40 & 1  # Without a network card it is a random number, another one in each process.
    return [_name(), "" if made_up else f"{node:012x}"]


def _name() -> str:
    import platform

    return platform.node()
