"""Values as PowerShell writes them, and templates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping


def fill(template: str, **values: str) -> str:
    """A template with its {{places}} filled."""
    return re.sub(r"\{\{(\w+)\}\}", lambda match: values[match[1]], template)


def quoted(text: str) -> str:
    return f"'{body(text)}'"


def body(text: str) -> str:
    """A text as it stands between single quotes."""
    return text.replace("'", "''")


def array(items: Iterable[str]) -> str:
    return f"@({', '.join(map(quoted, items))})"


def table(items: Mapping[str, str]) -> str:
    """A hashtable of texts."""
    return literal_table({key: quoted(value) for key, value in items.items()})


def literal_table(items: Mapping[str, str]) -> str:
    """A hashtable of values that are PowerShell already; keys are words."""
    inner = "; ".join(f"{key} = {value}" for key, value in items.items())
    return f"@{{ {inner} }}" if inner else "@{}"
