"""One HTTP exchange as the emulated services see it: a parsed request, and JSON answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ..models import HttpRequest, HttpResponse

JSON_TYPE = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Call:
    """A parsed request.

    Attributes:
        origin: Scheme and host as the caller spelled them, "http://127.0.0.1:50342".
        path: Still percent-encoded, without a slash at its end.
        query: Names and values in order; a name may occur twice.
        headers: Keyed by name in lower case.
        now: Seconds since 1970.
    """

    method: str
    origin: str
    path: str
    query: list[tuple[str, str]]
    headers: Mapping[str, str]
    body: bytes
    now: float

    def parameter(self, name: str) -> str | None:
        """The first query parameter of that name, whatever its case."""
        wanted = name.lower()
        return next((value for key, value in self.query if key.lower() == wanted), None)


def parse(request: HttpRequest, now: float) -> Call:
    """Take a request apart. The Host header, where there is one, wins over the URL's host."""
    parts = urlsplit(request.url)
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Call(
        request.method,
        f"{parts.scheme}://{headers.get('host') or parts.netloc}",
        parts.path.rstrip("/"),
        parse_qsl(parts.query, keep_blank_values=True),
        headers,
        request.body,
        now,
    )


def json_answer(status: int, value: Any, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """An answer whose body is JSON."""
    body = json.dumps(value, separators=(",", ":")).encode()
    return HttpResponse(status, {"Content-Type": JSON_TYPE, **(headers or {})}, body)
