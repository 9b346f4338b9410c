"""The token cache that processes share, for those who ask for it.

cachefile.py    tokens by key: who asks, who waits, what is kept
folder.py       a folder of files that only this user can read or write
locks.py        locks between processes
protection.py   encryption for the user, on Windows
machine.py      which machine this is: tokens of another one are not found
"""

from __future__ import annotations

from .cachefile import CacheFile, Stored, locate
from .folder import TokenFolder

__all__ = ["CacheFile", "Stored", "TokenFolder", "locate"]
