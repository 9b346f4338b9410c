"""What of an exchange with ARM may be shown: no token, no password, and nothing endless. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from ..models import HttpRequest, HttpResponse
from .paths import shown

#: Characters of a body that are kept.
_LONGEST = 4 << 10

_HIDDEN = "(hidden)"

#: Names of members whose values are, or may be, secrets. ARM's own spelling varies, and so do those of payloads.
_SECRET_NAME = re.compile(
    r"pass(word|wd|phrase)|secret|secure|token|credential|protected|customdata|userdata|connection_?string|signature"
    r"|(?<!public)keys?$|^(sas|pwd)$|sas_?(uri|url)|^assertion$|authorization$|certificatedata|pfx(data|blob)?$"
    r"|kubeconfig",
    re.IGNORECASE,
)

#: Where what is sent is secret whatever its members are called.
_SECRET_PATH = re.compile(r"/(secrets|variables|namedvalues)/|/config/(appsettings|connectionstrings)$", re.IGNORECASE)

#: Characters of a secret that is looked for in what ARM says: shorter ones may be a part of any word.
_SHORTEST = 6

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
        "request_body": _HIDDEN if request.body and _is_secret_place(request) else body_text(request.body),
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
    """JSON with the values of secret members replaced, and what looks like a token."""
    if isinstance(value, Mapping):
        secret = _secret_members(value)
        return {
            name: _HIDDEN if name in secret and item not in (None, "") else without_secrets(item)
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [without_secrets(item) for item in value]
    return plain(value) if isinstance(value, str) else value


def unquoted(response: HttpResponse, request: HttpRequest) -> HttpResponse:
    """An answer without the secrets of a request, which ARM quotes where it does not like them."""
    if not request.body:
        return response
    body = response.body
    for secret in sorted(_secrets(json.loads(request.body), _is_secret_place(request)), key=len, reverse=True):
        for written in (secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]):
            body = body.replace(written.encode("utf-8", "replace"), _HIDDEN.encode())
    return response._replace(body=body)


def _secrets(value: Any, secret: bool) -> Iterator[str]:
    """The texts in JSON that are secret; all of them, where the whole is."""
    if isinstance(value, Mapping):
        members = _secret_members(value)
        for name, item in value.items():
            yield from _secrets(item, secret or name in members)
    elif isinstance(value, list):
        for item in value:
            yield from _secrets(item, secret)
    elif secret and isinstance(value, str) and len(value) >= _SHORTEST:
        yield value


def _secret_members(value: Mapping[str, Any]) -> set[str]:
    """The names of an object's members that are secret: by themselves, or as the `value` of what has a secret name."""
    found = {name for name in value if _SECRET_NAME.search(name)}
    name = value.get("name")
    return found | {"value"} if isinstance(name, str) and _SECRET_NAME.search(name) else found


def _is_secret_place(request: HttpRequest) -> bool:
    return _SECRET_PATH.search(urlsplit(request.url).path) is not None


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
