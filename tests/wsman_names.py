"""Test hosts under their names: what a user types, `-ComputerName vm01`, works as it stands."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from wsman_host import Handle

FOLDER = Path(__file__).resolve().parent / "names"


def named(hosts: Sequence[Handle]) -> Mapping[str, str]:
    """Variables for a process whose Python children find the hosts by name, on WinRM's own ports, and trust them."""
    places = {f"{host.name}:5986": host.https_port for host in hosts}
    places |= {f"{host.name}:5985": host.http_port for host in hosts}
    return {"PYTHONPATH": str(FOLDER), "PYBRIDGE_TEST_NAMES": json.dumps(places), "SSL_CERT_FILE": hosts[0].ca}
