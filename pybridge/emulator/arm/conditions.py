"""What a request says beyond its path: the conditions of `$filter`, and those of ETags."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..exchange import Call
from .call import Refusal

_CONDITION = re.compile(
    r"\s*(?:(?P<call>\w+)\(\s*(?:'(?P<argument>(?:[^']|'')*)')?\s*\)|(?P<name>\w+)\s+eq\s+'(?P<value>(?:[^']|'')*)'"
    r"|substringof\(\s*'(?P<part>(?:[^']|'')*)'\s*,\s*(?P<whole>\w+)\s*\))\s*",
    re.IGNORECASE,
)
#: `and` between conditions, not the one inside of a text in quotes.
_AND = re.compile(r"\s+and\s+(?=(?:[^']*'[^']*')*[^']*$)", re.IGNORECASE)


def filter_conditions(call: Call, supported: Sequence[str]) -> dict[str, str]:
    """The conditions of `$filter` that `and` joins, by lower-case name.

    `assignedTo('GUID') and atScope()` is {"assignedto": GUID, "atscope": ""}; `substringof('x', name)` is
    {"name contains": "x"}.

    Raises:
        Refusal: It cannot be read, or has a condition that is not supported.
    """
    text = call.parameter("$filter")
    conditions: dict[str, str] = {}
    for part in _AND.split(text) if text else ():
        match = _CONDITION.fullmatch(part)
        name = ""
        if match:
            name = f"{match['whole']} contains" if match["whole"] else match["call"] or match["name"]
        if match is None or name.lower() not in supported:
            raise Refusal(
                400,
                "UnsupportedFilter",
                f"The filter '{text}' is not supported. Supported are: {', '.join(supported)}.",
            )
        value = match["argument"] or match["value"] or match["part"] or ""
        conditions[name.lower()] = value.replace("''", "'")
    return conditions


def check_etag(call: Call, etag: str | None) -> None:
    """Refuse a change that If-Match or If-None-Match do not want.

    Args:
        etag: Of what is there; None where nothing is.
    """
    wanted, unwanted = call.headers.get("if-match"), call.headers.get("if-none-match")
    if unwanted is not None and unwanted.strip() != "*":
        raise Refusal(400, "InvalidParameter", f"The value '{unwanted}' of If-None-Match is not supported. Send '*'.")
    if unwanted is not None and etag is not None:
        raise _precondition_failed(f"The resource exists already, and If-None-Match is '{unwanted}'.")
    if wanted is None or (wanted.strip() == "*" and etag is not None):
        return
    if etag not in [one.strip().removeprefix("W/") for one in wanted.split(",")]:
        raise _precondition_failed(
            f"The ETag in the header If-Match, {wanted}, is not that of the resource"
            + (f", which is {etag}." if etag else ", which does not exist.")
        )


def _precondition_failed(words: str) -> Refusal:
    return Refusal(412, "PreconditionFailed", words)
