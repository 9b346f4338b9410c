"""What `--limit` means: names, groups and wildcards, as in Ansible.

web,db01        of the group web, and db01
web:!web03      but for web03
web:&london     of both groups
web*, ~db\\d+    by wildcards, by a regular expression
web[0], web[1:] by their order in the group
"""

from __future__ import annotations

import difflib
import fnmatch
import re
from collections.abc import Mapping, Sequence

from ..errors import UsageError

#: A part in `a:b`; colons in brackets belong to ranges.
_PART = re.compile(r"(?:[^\s:\[\]]|\[[^\]]*\])+")
_SUBSCRIPT = re.compile(r"(.+)\[(?:(-?[0-9]+)|([0-9]+)[:-]([0-9]*))\]")


def select(limit: str, names: Sequence[str], groups: Mapping[str, Sequence[str]]) -> list[str]:
    """The names that are left.

    Raises:
        UsageError: A part is the name of nothing, or nothing is left.
    """
    parts = _parts(limit, names)
    picked = [part for part in parts if part[0] not in "!&"]
    chosen = list(names)
    if picked:
        chosen = list(dict.fromkeys(name for part in picked for name in _matching(part, names, groups)))
    for part in parts:
        if part[0] in "!&":
            found = set(_matching(part[1:], names, groups))
            chosen = [name for name in chosen if (name in found) == (part[0] == "&")]
    if not chosen:
        raise UsageError(f"--limit {limit} leaves no host", target=limit, remedy="pybridge asks nobody, then.")
    return chosen


def _parts(limit: str, names: Sequence[str]) -> list[str]:
    if "," in limit:
        parts = [part.strip() for part in limit.split(",")]
    elif limit.strip() in names or limit.strip().startswith("~"):  # an IPv6 address, say
        parts = [limit.strip()]
    else:
        parts = _PART.findall(limit)
    parts = [part for part in parts if part]
    if not parts or any(part in ("!", "&", "~") for part in parts):
        raise UsageError(f"--limit {limit!r} names nothing", target=limit, remedy="Name hosts or groups: web,!web03.")
    return parts


def _matching(part: str, names: Sequence[str], groups: Mapping[str, Sequence[str]]) -> Sequence[str]:
    """The hosts that one part stands for."""
    if part in groups or part in names:
        return groups[part] if part in groups and part not in names else [part]
    subscript = None if part.startswith("~") else _SUBSCRIPT.fullmatch(part)
    if subscript is not None:
        return _sliced(subscript, _matching(subscript[1], names, groups))
    pattern = _pattern(part)
    found = [name for group in groups if pattern.match(group) for name in groups[group]]
    if part.startswith("~") or any(sign in part for sign in ".?*["):
        found += [name for name in names if pattern.match(name)]
    if not found:
        near = difflib.get_close_matches(part, [*groups, *names], 3)
        raise UsageError(
            f"--limit: there is no host or group {part!r} in the inventory",
            target=part,
            remedy=f"Do you mean {' or '.join(near)}?" if near else f"Groups: {', '.join(list(groups)[:20])}.",
        )
    return list(dict.fromkeys(found))


def _pattern(part: str) -> re.Pattern[str]:
    try:
        return re.compile(part[1:] if part.startswith("~") else fnmatch.translate(part))
    except re.error as exc:
        raise UsageError(f"--limit: {part!r} is no regular expression: {exc}", target=part) from exc


def _sliced(subscript: re.Match[str], found: Sequence[str]) -> Sequence[str]:
    """`[2]` is the third one, `[0:2]` are the first three: the last one counts too."""
    _, one, first, last = subscript.groups()
    if one is not None:
        return found[int(one) :][:1]
    return found[int(first) : int(last) + 1 if last else None]
