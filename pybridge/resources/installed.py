"""What is put onto hosts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InstalledModule:
    """A PowerShell module in its folder.

    Attributes:
        state: "Installed", or "AlreadyThere" where it had been put there before, with these very files.
        path: Its folder.
    """

    name: str
    version: str
    state: str
    path: str
