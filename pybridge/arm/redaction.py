"""What of an exchange with ARM may be shown: no token, no password, and nothing endless. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from ..models import HttpRequest, HttpResponse
from .paths import shown

#: Characters of a body that are kept.
_LONGEST = 4 << 10

_HIDDEN = "(hidden)"

#: Names of members whose values are, or may be, secrets. ARM's own spelling varies, and so do those of payloads.
_SECRET_NAME = re.compile(
    r"pass(word|wd|phrase)|secret|token|credential|protectedsettings|customdata|userdata|connectionstring|signature"
    r"|(private|account|primary|secondary|access|shared|master|function|api|subscription|symmetric|admin)_?-?keys?$"
    r"|^(keys?|sas|pfx|pwd)$|sas_?(uri|url|key)|^assertion$|authorization$|certificatedata|pfx(data|blob)?$",
    re.IGNORECASE,
)

#: What is a secret wherever it stands: a JSON Web Token, a bearer header, the signature of a SAS.
_SECRET_TEXT = re.compile(
    r"\beyJ[\w-]+(?:\.[\w-]+)*|(?<=bearer )[\w.~+/=-]+|(?<=[?&]sig=)[^&\s\"']+|(?<=AccountKey=)[^;\s\"']+",
    re.IGNORECASE,
)

#: The headers of an answer that help to understand it.
_SHOWN_HEADERS = (
    "Content-Type",
    "Date",
    "ETag",
    "Retry-After",
    "x-ms-request-id",
    "x-ms-correlation-request-id",
    "x-ms-routing-request-id",
    "x-ms-error-code",
    "x-ms-failure-cause",
)
_SHOWN_PREFIX = "x-ms-ratelimit-remaining-"

#: The headers of a request that are shown; Authorization is not among them, nor is anything that we do not know.
_SENT_HEADERS = ("Accept", "Content-Type", "If-Match", "If-None-Match")


def exchange(request: HttpRequest, response: HttpResponse) -> dict[str, object]:
    """An exchange for the details of an error: what was asked, and what was answered, without secrets."""
    return {
        "method": request.method,
        "url": shown(request.url),
        "status": response.status,
        "request_headers": _picked(request.headers, _SENT_HEADERS),
        "request_body": body_text(request.body),
        "response_headers": _picked(response.headers, _SHOWN_HEADERS),
        "response_body": body_text(response.body),
    }


def body_text(body: bytes) -> str:
    """The text of a body without secrets, cut where it is long."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        text = body[: 4 * _LONGEST].decode("utf-8", "replace")
    else:
        text = json.dumps(without_secrets(value), ensure_ascii=False)
    text = plain(text)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}... ({len(body)} bytes)"


def without_secrets(value: Any) -> Any:
    """JSON with the values of secret members replaced."""
    if isinstance(value, Mapping):
        return {
            name: _HIDDEN if item not in (None, "") and _SECRET_NAME.search(name) else without_secrets(item)
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [without_secrets(item) for item in value]
    return value


def plain(text: str) -> str:
    """A text with what looks like a token replaced."""
    return _SECRET_TEXT.sub(_HIDDEN, text)


def _picked(headers: Mapping[str, str], names: tuple[str, ...]) -> dict[str, str]:
    wanted = {name.lower() for name in names}
    return {
        name: plain(value)
        for name, value in headers.items()
        if name.lower() in wanted or name.lower().startswith(_SHOWN_PREFIX)
    }
