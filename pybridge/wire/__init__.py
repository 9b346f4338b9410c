"""Values on their way between Python and PowerShell.

Names: snake_case here, PascalCase there, converted mechanically. ARM's camelCase becomes PascalCase too.

Tagged text: JSON has no dates, no statuses and no secrets, and PowerShell 7 turns text that looks like a date into
one. So a text that begins with U+0001 carries its kind in the second character:

    D   a date and time, ISO 8601, UTC    -> [datetime]
    H   an HTTP status, in .NET's word    -> [System.Net.HttpStatusCode]
    P   protected: a token or a password  -> [securestring]
    S   plain text that needs shielding   -> [string]

Where such texts stand in a value is told beside it (`tagged`), so that the reader need not search.

names.py      how names are converted
encoding.py   from Python to PowerShell
decoding.py   from PowerShell to Python
"""

from __future__ import annotations

from .decoding import context, decode, environment, environments, session
from .encoding import TAG, encode, kinds, packed, tagged, type_name
from .names import pascal, snake

__all__ = [
    "TAG",
    "context",
    "decode",
    "encode",
    "environment",
    "environments",
    "kinds",
    "packed",
    "pascal",
    "session",
    "snake",
    "tagged",
    "type_name",
]
