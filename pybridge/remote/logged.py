"""The same questions for a PowerShell in constrained language mode: by cmdlets, which the host's logs may record.

Only where the user allows it. An exchange becomes what Invoke-WebRequest takes, and its outcome the bytes of an answer.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from ..addresses import origin

#: What Invoke-WebRequest says in its own way.
_ITS_OWN = {"host", "connection", "accept-encoding", "content-length", "content-type"}


def question(asked: Mapping[str, Any], nonce: str) -> bytes:
    """One line of JSON for `logged.ps1`."""
    line = {name: asked[name] for name in ("variables", "paths", "unless", "instead") if name in asked}
    exchange = asked.get("exchange")
    if exchange is not None:
        line.update(_request(exchange))
    return (json.dumps({"nonce": nonce, **line}) + "\n").encode("ascii")


def _request(exchange: Mapping[str, Any]) -> dict[str, Any]:
    head, _, body = base64.b64decode(exchange["data"]).partition(b"\r\n\r\n")
    first, *lines = head.decode("ascii").split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): (name, value.strip()) for name, _, value in (line.partition(":") for line in lines)}
    scheme = "https" if exchange["tls"] else "http"
    return {
        "url": f"{scheme}://{headers['host'][1]}{target}",
        "method": method,
        "headers": [{"name": name, "value": value} for key, (name, value) in headers.items() if key not in _ITS_OWN],
        "body": body.decode("ascii", "replace"),
        "type": headers.get("content-type", ("", ""))[1],
        "seconds": max(int(exchange["total"]), 1),
    }


def answer(told: Mapping[str, Any], asked: Mapping[str, Any]) -> Mapping[str, Any]:
    """The answer as `http.ps1` would have it."""
    found = {name: told[name] for name in ("platform", "environ", "exists") if name in told}
    server = origin(str(told.get("url")))
    if asked.get("exchange") is None or server is None:
        return found
    place = {"host": server[1].strip("[]"), "port": server[2]}
    status, body = told.get("status"), str(told.get("body") or "").encode("utf-8")
    if not isinstance(status, int) or not 100 <= status < 600:
        return {**found, "exchange": {**place, "failed": "other", "text": str(told.get("failed"))}}
    head = f"HTTP/1.1 {status} Told\r\nContent-Length: {len(body)}\r\n\r\n".encode("ascii")
    return {**found, "exchange": {**place, "data": base64.b64encode(head + body).decode("ascii")}}
