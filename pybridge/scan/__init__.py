"""`pybridge module scan`: which of AzureRM scripts use, and whether it is covered. Scripts are read, never run.

files.py      which scripts, and their text
shell.py      read by PowerShell's own parser, if there is a PowerShell
tokens.py     their words, if there is none
words.py      which of those words are commands
judge.py      what is covered
nouns.py      what a script says, and what we say of it
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ..shims import Shim
from ..spec import Spec
from .files import find, read
from .judge import Judge
from .nouns import COVERED, NOT_COVERED, NOTE, UNKNOWN, Finding
from .shell import find_shell, read_scripts
from .words import read_script

__all__ = ["COVERED", "NOTE", "NOT_COVERED", "TOKENIZER", "UNKNOWN", "Finding", "Judge", "Report", "scan"]

#: Who read the scripts, if no PowerShell did.
TOKENIZER = "tokenizer"


@dataclass(frozen=True, slots=True)
class Report:
    """What was found in scripts.

    Attributes:
        parser: The path of the PowerShell whose parser read them; TOKENIZER if it was ours.
        files: The names of the scripts.
        findings: By file and line.
    """

    parser: str
    files: tuple[str, ...]
    findings: tuple[Finding, ...]


def scan(
    names: Iterable[str],
    spec: Spec,
    shims: Sequence[Shim],
    *,
    shell: Callable[[], str | None] = find_shell,
) -> Report:
    """Read scripts and judge what they use.

    Args:
        names: Files, folders, patterns.
        spec: The commands that are covered.
        shims: AzureRM's modules, and what of them is not covered.
        shell: Finds a PowerShell.

    Raises:
        UsageError: There is no such script, or it cannot be read.
    """
    paths = list(find(names))
    texts = [read(path) for path in paths]
    parser = shell()
    scripts = read_scripts(parser, texts) if parser else None
    if parser is None or scripts is None:
        parser, scripts = TOKENIZER, [read_script(text) for text in texts]
    judge = Judge(spec, shims, frozenset().union(*(script.defined for script in scripts)))
    findings = [
        finding for path, script in zip(paths, scripts, strict=True) for finding in judge.findings(str(path), script)
    ]
    return Report(parser, tuple(map(str, paths)), tuple(findings))
