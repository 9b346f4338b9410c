"""What `pybridge serve` does: serve until told to stop, or for as long as a command runs."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple, TextIO

from .. import processes
from ..addresses import no_proxy
from ..errors import UsageError
from ..models import Transport
from ..server import INHERITED_NAMES, Limits, Server, inherited, listen, peers
from ..sources import VARIABLES
from .answering import Answering, Gate, Log
from .formats import SERVED
from .gate import AllowLists, Origins, Rate, SameUser, UidOf
from .upstream import Upstream


class Options(NamedTuple):
    """What `pybridge serve` may be told.

    Attributes:
        port: 0 for any free one. Sockets that systemd hands over count more.
        served: A key of `SERVED`.
        source: The name of a source; None for the one that is here.
        any_user: Whether other users may ask a source that is not open to them.
        resources: The only ones that tokens are given for; empty for all.
        identities: The only ones whose tokens are given; empty for all.
        limits: What a client may take.
        rate: Requests a second, of all clients together.
        verbose: Whether a line about each request goes to stderr.
    """

    port: int = 50342
    served: str = "vm"
    source: str | None = None
    any_user: bool = False
    resources: Sequence[str] = ()
    identities: Sequence[str] = ()
    limits: Limits = Limits(connections=256, request=5, idle=30, head=32 << 10, body=64 << 10)
    rate: float = 2000
    verbose: bool = False


def run(options: Options, command: Sequence[str], *, environ: Mapping[str, str], stdout: TextIO, stderr: TextIO) -> int:
    """Serve this machine's tokens.

    With a command: run it with the environment that leads to us, and end with it.
    Without: print one line of JSON with the URLs, or the variables, and serve until Ctrl+C or SIGTERM.

    Args:
        environ: By which the source is found, and what a command's environment is made from.

    Returns:
        The exit code: the command's, 128 + N if signal N ended it, or 0.

    Raises:
        UsageError: The port is taken or is none, the command or the source is not there, the source is open to one user
            only and other users could not be told apart.
        ConfigurationError: A variable leads to the endpoint itself.
    """
    server, secret = open_server(options, environ=environ, stderr=stderr)
    environ = {name: value for name, value in environ.items() if name not in INHERITED_NAMES}
    with server:
        if command:
            return processes.run(command, environ=_environment(environ, options.served, server.url, secret))
        line = json.dumps(_announced(options.served, server.url, secret)) + "\n"

        def ready() -> None:
            stdout.write(line)
            stdout.flush()

        processes.until_stopped(ready)
        return 0


def open_server(
    options: Options,
    *,
    environ: Mapping[str, str],
    stderr: TextIO,
    transport: Transport | None = None,
    clock: Callable[[], float] = time.monotonic,
    own_uid: Callable[[], int | None] = peers.own_uid,
    uid_of: UidOf = peers.uid_of,
) -> tuple[Server, str]:
    """The server, which does not serve yet, and the secret of App Service's format.

    Args:
        transport: The door to the source; this machine's by default.
        clock: For the rate, in seconds; only differences count.
        own_uid: Whose requests are answered if the source is guarded; None: no telling.
        uid_of: Whose connection one is.

    Raises:
        UsageError, ConfigurationError: See `run`.
    """
    listeners = inherited(environ, os.getpid()) or listen(options.port)
    try:
        ports = {int(listener.getsockname()[1]) for listener in listeners}
        upstream = Upstream(options.source, environ, ports, transport)
        gate = Gate(
            Rate(options.rate, clock),
            Origins(ports),
            AllowLists(options.resources, options.identities),
            _same_user(options, own_uid(), uid_of, stderr) if upstream.guarded else None,
        )
        log = _log_to(stderr) if options.verbose else None
        answering = Answering(SERVED[options.served], gate, upstream.token, log=log)
        server = Server(answering.answer, listeners, limits=options.limits, admit=answering.admit)
    except BaseException:
        for listener in listeners:
            listener.close()
        raise
    return server, answering.secret


def _same_user(options: Options, uid: int | None, uid_of: UidOf, stderr: TextIO) -> SameUser | None:
    if options.any_user:
        stderr.write(
            "pybridge: --any-user: every user of this machine can get this identity's tokens here now, "
            "which its source would not give them\n"
        )
        return None
    if uid is None:
        raise UsageError(
            "this machine's source gives tokens to some users only, and who asks cannot be told here",
            target="--any-user",
            remedy="On Linux, run it as the user whose programs ask. Elsewhere, and only where every user of this "
            "machine may have the identity's tokens: --any-user.",
        )
    return SameUser(uid, uid_of)


def _log_to(stderr: TextIO) -> Log:
    def log(method: str, path: str, status: int, milliseconds: float) -> None:
        """Without the query. What a client made up is cut short, and no control character gets through."""
        with suppress(OSError, ValueError):  # stderr may be closed by now
            stderr.write(f"{ascii(method)[1:-1][:16]} {ascii(path)[1:-1][:80]} {status} {milliseconds:.1f} ms\n")

    return log


def _variables(served: str, url: str, secret: str) -> dict[str, str]:
    """What leads a program to us."""
    if served == "app-service":
        return {"IDENTITY_ENDPOINT": f"{url}/msi/token", "IDENTITY_HEADER": secret}
    return {"AZURE_POD_IDENTITY_AUTHORITY_HOST": url, "PYBRIDGE_VM_EXTENSION_ENDPOINT": f"{url}/oauth2/token"}


def _announced(served: str, url: str, secret: str) -> dict[str, str]:
    """What the line on stdout says."""
    if served == "app-service":
        return _variables(served, url, secret)
    return {"imds": f"{url}/metadata/identity/oauth2/token", "vm_extension": f"{url}/oauth2/token"}


def _environment(environ: Mapping[str, str], served: str, url: str, secret: str) -> dict[str, str]:
    """The environment in which a command finds us, and no other source."""
    hosts = no_proxy(environ)
    return {
        **{name: value for name, value in environ.items() if name.upper() not in VARIABLES},
        **_variables(served, url, secret),
        "NO_PROXY": hosts,
        "no_proxy": hosts,
    }
