"""Scripts read without PowerShell: which of their words are commands, by where they stand."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from .nouns import Place, Script, Use
from .tokens import Token, tokens

#: After these words a command may begin, or a parenthesis.
_KEYWORDS = frozenset(
    "if elseif else while do until for foreach switch return throw exit try catch finally begin process end "
    "dynamicparam clean trap in data".split()
)
_NAMING = frozenset({"function", "filter", "workflow", "configuration", "class", "enum"})
_STRINGS = ("single", "double")
_BEFORE = frozenset({"end", "open", "table", "assign", "call"})


def read_script(text: str) -> Script:
    """What a script says."""
    found = list(tokens(text))
    lines = [0, *(match.end() for match in re.finditer("\n", text))]

    def place(token: Token) -> tuple[int, int]:
        line = bisect.bisect_right(lines, token.start)
        return line, token.start - lines[line - 1] + 1

    comments = [item for item in found if item.kind == "comment"]
    code = [item for item in found if item.kind != "comment"]
    return Script(
        uses=tuple(
            Use(
                name=_plain(head),
                line=place(head)[0],
                column=place(head)[1],
                parameters=tuple(item.text[1:].rstrip(":") for item in rest if item.kind == "parameter"),
                splats=tuple(item.text[1:] for item in rest if item.kind == "splat"),
                words=tuple(_plain(item) for item in rest if item.kind in ("word", *_STRINGS)),
            )
            for head, rest in _commands(code)
        ),
        tables=_tables(code),
        defined=frozenset(
            name.text.lower() for word, name in pairwise(code) if word.text.lower() in _NAMING and name.kind == "word"
        ),
        requires=tuple(
            Place(place(item)[0], item.text) for item in comments if re.match(r"#requires\s", item.text, re.IGNORECASE)
        ),
        endpoints=tuple(
            Place(*_swapped(place(item))) for item in code if item.kind in ("word", *_STRINGS) and ":50342" in item.text
        ),
    )


def _swapped(place: tuple[int, int]) -> tuple[int, str, int]:
    return place[0], "", place[1]


def _plain(token: Token) -> str:
    """A word without its quotes."""
    text = token.text
    if token.kind in _STRINGS and not text.startswith("@"):
        return text[1:-1]
    return text.replace("`", "")


def _commands(code: Sequence[Token]) -> Iterator[tuple[Token, list[Token]]]:
    """Each command with what follows it on the same level, until its statement or pipeline ends."""
    expecting, named = True, False
    parameters = set(_ends_of_parameters(code))
    for index, token in enumerate(code):
        if expecting and not named and (token.kind == "word" or (token.kind in _STRINGS and _is_called(code, index))):
            word = token.text.lower()
            if word in _KEYWORDS:
                continue
            if word in _NAMING:
                named = True
                continue
            if re.match(r"[A-Za-z_\\.]", _plain(token)) and not _is_key(code, index):
                yield token, list(_rest(code, index + 1))
            expecting = False
        elif named:
            expecting, named = False, False
        elif token.kind != "type" or not expecting:  # a cast stands in front of what it casts
            expecting = token.kind in _BEFORE or token.text == "}" or index in parameters or _is_loop(code, index)


def _ends_of_parameters(code: Sequence[Token]) -> Iterator[int]:
    """Where the parenthesis after a `param` is closed: a command may follow on the same line."""
    open_at: list[int] = []
    for index, token in enumerate(code):
        if token.kind in ("open", "table"):
            open_at.append(index)
        elif token.kind == "close" and open_at:
            start = open_at.pop()
            if start > 0 and code[start - 1].text.lower() == "param":
                yield index


def _is_called(code: Sequence[Token], index: int) -> bool:
    return index > 0 and code[index - 1].kind == "call"


def _is_loop(code: Sequence[Token], index: int) -> bool:
    """Whether a word is the `in` of `foreach ($x in ...)`."""
    before = [token.text.lower() for token in code[max(index - 3, 0) : index]]
    return code[index].text.lower() == "in" and before[:2] == ["foreach", "("]


def _is_key(code: Sequence[Token], index: int) -> bool:
    """Whether a word is a key of a table: an equals sign follows."""
    return index + 1 < len(code) and code[index + 1].text == "="


def _rest(code: Sequence[Token], index: int) -> Iterator[Token]:
    depth = 0
    for token in code[index:]:
        if token.kind in ("open", "table"):
            depth += 1
        elif token.kind == "close":
            depth -= 1
            if depth < 0:
                return
        elif token.kind == "end" and depth == 0:
            return
        if depth == 0 or token.kind in _STRINGS or token.kind == "word":
            yield token


def _tables(code: Sequence[Token]) -> dict[str, frozenset[str]]:
    """The keys that variables are given, by @{ ... } and by $x.Key = ..., $x['Key'] = ... or $x.Add('Key', ...)."""
    keys: dict[str, set[str]] = {}
    for index, token in enumerate(code):
        if token.kind != "variable":
            continue
        name = token.text.strip("${}").lower()
        after = [item for item in code[index + 1 : index + 4] if item.kind != "type"]
        if len(after) >= 2 and after[0].kind == "assign" and after[1].kind == "table":
            keys.setdefault(name, set()).update(_keys(code, code.index(after[1], index) + 1))
        member = code[index + 1].text if index + 1 < len(code) else ""
        if re.fullmatch(r"\.\w+", member) and len(after) >= 2:
            if after[1].kind == "assign":
                keys.setdefault(name, set()).add(member[1:])
            elif member.lower() == ".add" and index + 3 < len(code) and code[index + 3].kind in _STRINGS:
                keys.setdefault(name, set()).add(_plain(code[index + 3]))
        elif len(after) >= 2 and after[0].kind == "index" and after[1].kind == "assign":
            keys.setdefault(name, set()).add(member.strip("[]'\" "))
    return {name: frozenset(found) for name, found in keys.items()}


def _keys(code: Sequence[Token], index: int) -> Iterator[str]:
    depth = 0
    for position in range(index, len(code)):
        token = code[position]
        if token.kind in ("open", "table"):
            depth += 1
        elif token.kind == "close":
            depth -= 1
            if depth < 0:
                return
        elif depth == 0 and token.kind in ("word", *_STRINGS) and _is_key(code, position):
            yield _plain(token)
