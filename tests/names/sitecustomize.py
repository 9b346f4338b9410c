"""Names of hosts that are on loopback, for a Python that tests start: it finds this on its path. See wsman_names.py."""

from __future__ import annotations

import json
import os
import socket
from typing import Any

_PLACES = {tuple(key.rsplit(":", 1)): port for key, port in json.loads(os.environ["PYBRIDGE_TEST_NAMES"]).items()}
_real = socket.getaddrinfo


def _resolve(host: Any, port: Any, *arguments: Any, **options: Any) -> Any:
    place = _PLACES.get((str(host).lower(), str(port)))
    return (
        _real(host, port, *arguments, **options) if place is None else _real("127.0.0.1", place, *arguments, **options)
    )


socket.getaddrinfo = _resolve
