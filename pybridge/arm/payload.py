"""What a user wrote to be sent to ARM, read as JSON. Pure."""

from __future__ import annotations

import json
from typing import Any

from ..errors import UsageError


def read(text: str, what: str, *, remedy: str, target: str | None = None) -> Any:
    """The JSON of a text.

    Args:
        text: It may hold a secret.
        what: What it is to the user, for the error: "payload".
        remedy: What to do where it is no JSON.
        target: Where it was given.

    Raises:
        UsageError: It is no JSON.
    """
    try:
        return json.loads(text)
    except json.JSONDecodeError as exc:
        # Where it stands, not what it says, nor the error itself, which holds all of the text.
        wrong = f"{exc.msg}, at line {exc.lineno}, column {exc.colno}"
    raise UsageError(f"the {what} is not JSON: {wrong}", target=target, remedy=remedy)
