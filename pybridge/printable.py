"""Text of strangers, made safe to show: a host must not write escape sequences to the terminal of its admin."""

from __future__ import annotations

import re

#: What a terminal obeys, as a whole: colours and cursor moves (CSI), titles and links (OSC, DCS ...), short escapes.
#: No pattern runs over another beginning of itself, so the time is linear in the text.
_SEQUENCES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x90\x98\x9b-\x9f]*(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]*[0-Z\\`-~]"
)
_CUT = " ..."


def printable(text: str, limit: int = 300) -> str:
    """The text on one line, for a message: escape sequences are gone, other unprintable signs are blanks.

    Args:
        text: Anything that came from a host.
        limit: The most characters; longer text is cut, which shows.
    """
    # An escape sequence or a row of blanks may be long, and a text of many megabytes is not worth looking at wholly.
    begin = _SEQUENCES.sub("", text[: limit * 8])
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in begin).split())
    if len(line) <= limit and len(text) <= limit * 8:
        return line
    return line[: max(limit - len(_CUT), 0)].rstrip() + _CUT


def screen(text: str) -> str:
    """The text as it is, for a terminal: lines and tabs stay, escape sequences and control characters do not."""
    if text.isprintable():
        return text
    lines = _SEQUENCES.sub("", text).replace("\r\n", "\n")
    return "".join(sign if sign.isprintable() or sign in "\n\t" else " " for sign in lines)
