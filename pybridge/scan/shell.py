"""Scripts read by PowerShell's own parser: one process for all of them, which runs nothing of what it reads."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Sequence
from typing import Any

from ..module import module_root
from ..processes import ask
from .files import USING, harmless
from .nouns import Place, Script, Use

#: The shells that have a parser, the better one first.
SHELLS = ("pwsh", "powershell")

#: Seconds for the shell to start, and then for each script.
_START, _EACH = 60.0, 2.0


def find_shell() -> str | None:
    """The path of a PowerShell; None if there is none."""
    return next((path for path in map(shutil.which, SHELLS) if path), None)


def read_scripts(shell: str, texts: Sequence[str]) -> list[Script] | None:
    """What scripts say.

    Args:
        shell: The path of a PowerShell.
        texts: The scripts.

    Returns:
        None if that shell does not read them: it is not what it seems, or it is not allowed to.
    """
    program = (module_root() / "scan.ps1").read_text(encoding="ascii")
    encoded = base64.b64encode(program.encode("utf-16-le")).decode()
    lines = [f":{base64.b64encode(harmless(text).encode()).decode()}\n" for text in texts]
    options = ["-NoProfile", "-NonInteractive", "-InputFormat", "Text", "-OutputFormat", "Text"]
    output = ask([shell, *options, "-EncodedCommand", encoded], "".join(lines), timeout=_START + _EACH * len(texts))
    try:
        answers = [json.loads(line) for line in (output or "").splitlines() if line.startswith("{")]
        scripts = [_script(answer) for answer in answers]
    except (ValueError, KeyError, TypeError):
        return None
    return scripts if len(scripts) == len(texts) else None


def _script(answer: dict[str, Any]) -> Script:
    tables: dict[str, set[str]] = {}
    for row in _items(answer["tables"]):
        tables.setdefault(row["variable"].lower(), set()).add(row["key"])
    return Script(
        uses=tuple(
            Use(
                name="using" if row["name"] == USING else row["name"],
                line=row["line"],
                column=row["column"],
                parameters=tuple(row["parameters"]),
                splats=tuple(row["splats"]),
                words=tuple(row["words"]),
            )
            for row in _items(answer["commands"])
            if row["name"]
        ),
        tables={name: frozenset(keys) for name, keys in tables.items()},
        defined=frozenset(name.lower() for name in _items(answer["defined"])),
        requires=tuple(Place(row["line"], row["text"]) for row in _items(answer["comments"])),
        endpoints=tuple(Place(row["line"], "", row["column"]) for row in _items(answer["texts"])),
        problems=tuple(Place(row["line"], row["text"]) for row in _items(answer["problems"])),
    )


def _items(value: Any) -> list[Any]:
    """An array as PowerShell may have written it: without brackets if it had one item, as null if it had none."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
