"""PowerShell's wildcards: * for any text, ? for one character, [abc] for one of them. Pure."""

from __future__ import annotations

import re
from fnmatch import translate


def is_pattern(text: str) -> bool:
    """Whether a name has wildcards in it."""
    return any(sign in text for sign in "*?[")


def fits(value: str | None, pattern: str | None) -> bool:
    """Whether a name is, in any case of its letters, what a pattern says; every name fits no pattern."""
    return pattern is None or re.match(translate(pattern), value or "", re.IGNORECASE) is not None
