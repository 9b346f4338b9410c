"""Many names in one: `web[01:20]`, `db-[a:f]`, `node[0:8:2]-[x:z]`, as Ansible writes them."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator

#: More are taken for a slip of the pen.
MOST = 100_000
_RANGES = 20

_RANGE = re.compile(r"\[([^\[\]:]*):([^\[\]:]+)(?::([^\[\]:]+))?\]")
#: A port follows the colon of a name without other ones, or a bracket.
_NAME_PORT = re.compile(r"((?:[^:\[\]]|\[[^\[\]]*\])+):([0-9]+)")
_IP6 = re.compile(r"\[([0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)\]")


def expand(pattern: str) -> tuple[list[str], int | None]:
    """The names that a pattern stands for, and the port that it ends with.

    Raises:
        ValueError: It is not a pattern that can be expanded; the text says why.
    """
    if pattern.count("[") > _RANGES:
        raise ValueError(f"it has more than {_RANGES} ranges")
    port = None
    match = _NAME_PORT.fullmatch(pattern)
    if match is not None:
        pattern, port = match[1], int(match[2])
    bracketed = _IP6.fullmatch(pattern)
    if bracketed is not None and _RANGE.fullmatch(pattern) is None:
        return [bracketed[1]], port
    return list(_expanded(pattern)), port


def _expanded(pattern: str) -> Iterator[str]:
    if "[" not in pattern:
        yield pattern
        return
    match = _RANGE.search(pattern)
    if match is None or "[" in pattern[: match.start()]:
        raise ValueError("a range is [first:last] or [first:last:step], such as [01:20] or [a:f]")
    head, tail = pattern[: match.start()], pattern[match.end() :]
    rest = list(_expanded(tail))
    values = _values(match[1] or "0", match[2], match[3] or "1")
    if len(values) * len(rest) > MOST:
        raise ValueError(f"it stands for more than {MOST} names")
    for value in values:
        for end in rest:
            yield f"{head}{value}{end}"


def _values(first: str, last: str, step: str) -> list[str]:
    if not (step.isascii() and step.isdigit() and int(step)):
        raise ValueError(f"a range cannot go in steps of {step}")
    letters = string.ascii_letters
    if len(first) == len(last) == 1 and first in letters and last in letters:
        begin, end = letters.index(first), letters.index(last)
        if begin > end:
            raise ValueError(f"a range cannot go from {first} to {last}")
        return list(letters[begin : end + 1 : int(step)])
    if not all(bound.isascii() and bound.isdigit() and len(bound) < 10 for bound in (first, last)):
        raise ValueError(f"a range goes between two numbers or two letters, not from {first} to {last}")
    if int(first) > int(last):
        raise ValueError(f"a range cannot go from {first} to {last}")
    width = len(first) if first.startswith("0") and len(first) > 1 else 0
    if width and len(last) != width:
        raise ValueError(f"{first} and {last} have not the same number of digits")
    if (int(last) - int(first)) // int(step) >= MOST:
        raise ValueError(f"it stands for more than {MOST} names")
    return [str(number).zfill(width) for number in range(int(first), int(last) + 1, int(step))]
