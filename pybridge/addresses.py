"""Where a URL leads: whether two lead to the same server, and whether one stays on this machine."""

from __future__ import annotations

import re
from collections.abc import Mapping

_LOOPBACK = {"localhost", "127.0.0.1", "[::1]"}

#: The plain form only: parsers of URLs differ on what "http://one\\@two" and its like lead to.
_ORIGIN = re.compile(r"(https?)://([a-z0-9._-]+|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?(?=[/?#]|$)", re.IGNORECASE)


def origin(url: str) -> tuple[str, str, int] | None:
    """Scheme, host and port of an http(s) URL in plain form; None for any other text."""
    match = _ORIGIN.match(url)
    if match is None:
        return None
    scheme, host = match[1].lower(), match[2].lower()
    port = int(match[3] or (443 if scheme == "https" else 80))
    return (scheme, host, port) if port <= 65535 else None


def is_loopback(url: str) -> bool:
    """Whether the URL points at this machine by a loopback name or address."""
    place = origin(url)
    return place is not None and place[1] in _LOOPBACK


def no_proxy(environ: Mapping[str, str]) -> str:
    """The hosts for NO_PROXY: what both its spellings name now, and the loopback addresses."""
    stated = f"{environ.get('NO_PROXY', '')},{environ.get('no_proxy', '')}".split(",")
    hosts = [host.strip() for host in stated if host.strip()]
    return "*" if "*" in hosts else ",".join(dict.fromkeys([*hosts, "localhost", "127.0.0.1", "::1"]))
