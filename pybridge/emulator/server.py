"""The emulator on a port: HTTP/1.1 and, for clients that begin with a handshake, TLS, on 127.0.0.1 and [::1]."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from .. import server
from ..models import HttpRequest, HttpResponse
from .emulator import SERVER, Emulator


@contextmanager
def serve(emulator: Emulator, port: int = 0) -> Iterator[Server]:
    """Serve until the block ends; then nothing listens and no connection is left.

    Args:
        port: 0 for any free one.

    Raises:
        UsageError: The port is taken, or is none.
    """
    with Server(emulator, port) as running:
        yield running


class Server(server.Server):
    """Answers under way, a delay fault's included, are cut off at its end.

    Attributes:
        emulator: Who answers.
    """

    def __init__(self, emulator: Emulator, port: int = 0) -> None:
        super().__init__(self._answer, server.listen(port), name=SERVER, tls=emulator.tls_context)
        self.emulator = emulator

    def __enter__(self) -> Server:
        self.start()
        return self

    def _answer(self, request: HttpRequest, peer: server.Peer) -> HttpResponse:
        return self.emulator.answer(request, self.sleep)
