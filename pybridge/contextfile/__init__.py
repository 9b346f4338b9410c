"""The files of Save-AzureRmContext: those that AzureRM and Az wrote are read, and ours are written as theirs.

Tokens and secrets are neither written nor read.

files.py     a file on the disk
reading.py   what it holds, in the layout of AzureRM 3 or in that of all since
trust.py     which clouds of a file may be taken over
clouds.py    how a file names what belongs to a cloud
writing.py   the text of a file
"""

from __future__ import annotations

from .files import read, write
from .reading import Found, is_self_sufficient, parse, to_sign_in
from .trust import trusted
from .writing import text

__all__ = ["Found", "is_self_sufficient", "parse", "read", "text", "to_sign_in", "trusted", "write"]
