"""A small HTTP server on the loopback addresses, for the emulator and for `pybridge serve`.

server.py       accepts, counts connections, takes TLS on the same port
connection.py   one connection and its deadlines; body.py: the bodies of its requests
listeners.py    the sockets that listen: our own, or those that systemd hands over
peers.py        which user a client is
"""

from __future__ import annotations

from .connection import Limits, Peer
from .listeners import INHERITED_NAMES, inherited, listen
from .server import Server

__all__ = ["INHERITED_NAMES", "Limits", "Peer", "Server", "inherited", "listen"]
