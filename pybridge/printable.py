"""Text of strangers, made safe to show: a host must not write escape sequences to the terminal of its admin."""

from __future__ import annotations

import re

#: What a terminal obeys, as a whole: colours and cursor moves (CSI), titles and links (OSC, DCS ...), short escapes.
#: No pattern runs over another beginning of itself, so the time is linear in the text.
#: It is compiled when the first text needs it: most commands never see one.
_SEQUENCES = (
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x90\x98\x9b-\x9f]*(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]*[0-Z\\`-~]"
)
_CUT = " ..."

#: What stays on a screen, although `isprintable` does not count it: the blanks of all scripts.
_STAYS = frozenset("\n\t\xa0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B))))


def printable(text: str, limit: int = 300) -> str:
    """The text on one line, for a message: escape sequences are gone, other unprintable signs are blanks.

    Args:
        text: Anything that came from a host.
        limit: The most characters; longer text is cut, which shows.
    """
    # An escape sequence or a row of blanks may be long, and a text of many megabytes is not worth looking at wholly.
    begin = text[: limit * 8]
    if not begin.isprintable():
        begin = re.sub(_SEQUENCES, "", begin)
        begin = "".join(sign if sign.isprintable() else " " for sign in begin)
    line = " ".join(begin.split())
    if len(line) <= limit and len(text) <= limit * 8:
        return line
    return line[: max(limit - len(_CUT), 0)].rstrip() + _CUT


def screen(text: str) -> str:
    """The text as it is, for a terminal: lines and tabs stay, escape sequences and control characters do not."""
    if text.isprintable():
        return text
    lines = re.sub(_SEQUENCES, "", text).replace("\r\n", "\n")
    return "".join(sign if sign.isprintable() or sign in _STAYS else " " for sign in lines)
