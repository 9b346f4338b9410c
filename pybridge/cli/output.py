"""What commands print for machines to read."""

from __future__ import annotations

import json


def print_json(value: object) -> None:
    """One line of JSON, which is ASCII: the reader may use another code page."""
    print(json.dumps(value))
