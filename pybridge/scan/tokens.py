"""The words of a script, where there is no PowerShell to parse it.

That is less than a parser: it knows comments, strings, what separates statements, and what may stand in front of a
command. It is right about scripts as people write them, and says nothing about whether they are correct.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

#: What a token may be, in the order in which they are tried.
_PATTERN = re.compile(
    r"""
      (?P<space>   [ \t\r\f]+ | `\r?\n )
    | (?P<comment> \#[^\n]* | <\#.*?(?:\#>|\Z) )
    | (?P<here>    @'[ \t]*\r?\n.*?(?:\n'@|\Z) | @"[ \t]*\r?\n.*?(?:\n"@|\Z) )
    | (?P<single>  '(?:[^']|'')*(?:'|\Z) )
    | (?P<double>  " )
    | (?P<table>   @\{ )
    | (?P<splat>   @\w+ )
    | (?P<type>    \[\s*[A-Za-z_][\w.]*(?:\[[\w.,\s\[\]]*\])?\s*\] )
    | (?P<index>   \[\s*(?:'\w+'|"\w+")\s*\] )
    | (?P<open>    [@$]?\( | \{ | \[ )
    | (?P<close>   [)}\]] )
    | (?P<end>     \n | ; | \|\|? | && | &(?=\s*$) )
    | (?P<call>    [&.](?=\s+[\w"'$\\/{(]) | &(?=["'$\w{(]) )
    | (?P<variable> \$\{[^}\n]*\} | \$[\w:?^$]+ )
    | (?P<assign>  [-+*/%]?= )
    | (?P<comma>   , )
    | (?P<parameter> -[A-Za-z_?][\w-]* :? )
    | (?P<word>    [^\s'"(){};|,&=`\[\]]+ | . )
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a script: `kind` is the name of its row in the pattern, `start` where it begins."""

    kind: str
    text: str
    start: int


def tokens(text: str, start: int = 0, stop: int | None = None) -> Iterator[Token]:
    """The tokens between two places of a script, without spaces.

    A string in double quotes is one token; what is computed inside of it comes after it, between `(` and `)`.
    """
    stop = len(text) if stop is None else stop
    while start < stop:
        match = _PATTERN.match(text, start, stop)
        if match is None:  # pragma: no cover  # the last row takes anything
            return
        kind = str(match.lastgroup)
        if kind == "double":
            end, inner = _double(text, start, stop)
            yield Token("double", text[start:end], start)
            for begin, close in inner:
                yield from _nested(text, begin, close)
            start = end
            continue
        if kind == "here" and match[0][1] == '"':
            yield Token("double", match[0], start)
            for begin, close in _subexpressions(text, start, match.end()):
                yield from _nested(text, begin, close)
        elif kind == "here":
            yield Token("single", match[0], start)
        elif kind != "space":
            yield Token(kind, match[0], start)
        start = match.end()


def _nested(text: str, begin: int, close: int) -> Iterator[Token]:
    yield Token("open", "$(", begin - 2)
    yield from tokens(text, begin, close)
    yield Token("close", ")", close)


def _double(text: str, start: int, stop: int) -> tuple[int, list[tuple[int, int]]]:
    """Where a string in double quotes ends, and the subexpressions in it."""
    index, inner = start + 1, []
    while index < stop:
        two = text[index : index + 2]
        if two[0] == "`" or two == '""':
            index += 2
        elif two == "$(":
            close = _closing(text, index + 2, stop)
            inner.append((index + 2, close))
            index = close + 1
        elif two[0] == '"':
            return index + 1, inner
        else:
            index += 1
    return stop, inner


def _subexpressions(text: str, start: int, stop: int) -> list[tuple[int, int]]:
    found, index = [], text.find("$(", start, stop)
    while index >= 0:
        close = _closing(text, index + 2, stop)
        if text[index - 1] != "`":
            found.append((index + 2, close))
        index = text.find("$(", close, stop)
    return found


def _closing(text: str, start: int, stop: int) -> int:
    """Where the parenthesis is closed that was opened just before."""
    depth, index = 1, start
    while index < stop:
        match = _PATTERN.match(text, index, stop)
        if match is None:  # pragma: no cover
            break
        kind = match.lastgroup
        end = _double(text, index, stop)[0] if kind == "double" else match.end()
        if kind in ("open", "table"):
            depth += 1
        elif kind == "close":
            depth -= 1
            if depth == 0:
                return index
        index = end
    return stop
