"""How the tests of the token endpoints ask: in process, and over real sockets without any code of pybridge's."""

from __future__ import annotations

import base64
import http.client
import json
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode, urlsplit

from pybridge.emulator import Emulator
from pybridge.emulator.server import serve
from pybridge.models import HttpRequest, HttpResponse

ARM = "https://management.azure.com/"
URL = "http://127.0.0.1:4711"
METADATA = {"Metadata": "true"}
NOW = 1_700_000_000.5
EXPIRES = 1_700_086_400


def emulator(machine: str = "myVM", **options: Any) -> Emulator:
    """An emulator whose clock stands still at `NOW`."""
    return Emulator(machine=machine, clock=lambda: NOW, **options)


def ask(
    subject: Emulator, url: str, headers: Mapping[str, str] = METADATA, *, method: str = "GET", **parameters: str
) -> HttpResponse:
    """Ask in process. Parameters go into the query, or into the form of a POST; `api_version` is api-version."""
    text = _encoded(parameters)
    if method == "POST":
        return subject.send(HttpRequest("POST", url, headers, text.encode()))
    return subject.send(HttpRequest(method, f"{url}?{text}" if text else url, headers))


def _encoded(parameters: Mapping[str, str]) -> str:
    return urlencode({name.replace("api_version", "api-version"): value for name, value in parameters.items()})


def fields(answer: HttpResponse) -> dict[str, Any]:
    """The answer's JSON."""
    found: dict[str, Any] = json.loads(answer.body)
    return found


def claims(answer: HttpResponse) -> dict[str, Any]:
    """The claims of the token in an answer."""
    payload = fields(answer)["access_token"].split(".")[1]
    decoded: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return decoded


@contextmanager
def on_a_port(hosting: str, machine: str = "myVM") -> Iterator[tuple[Emulator, dict[str, str]]]:
    """An emulator on a port, in a hosting environment, and the variables of that."""
    subject = Emulator(machine=machine, hosting=hosting)
    with serve(subject) as server:
        yield subject, subject.variables(hosting, server.url)
    subject.close()


def over_http(
    url: str,
    headers: Mapping[str, str] = METADATA,
    parameters: Mapping[str, str] = MappingProxyType({}),
    *,
    form: Mapping[str, str] | None = None,
    tls: ssl.SSLContext | None = None,
) -> HttpResponse:
    """Ask over a socket. With a form: by POST. Parameters are named as for `ask`."""
    parts = urlsplit(url)
    assert parts.hostname is not None
    connection: http.client.HTTPConnection
    if tls is None:
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=20)
    else:
        connection = http.client.HTTPSConnection(parts.hostname, parts.port, timeout=20, context=tls)
    try:
        query = _encoded(parameters)
        path = f"{parts.path}?{query}" if query else parts.path
        method, body = ("GET", None) if form is None else ("POST", urlencode(form))
        connection.request(method, path, body, dict(headers))
        answer = connection.getresponse()
        return HttpResponse(answer.status, dict(answer.headers.items()), answer.read())
    finally:
        connection.close()
