"""The worker as a process: its stdin and stdout are the streams."""

from __future__ import annotations

import os
import signal
import sys
from typing import NoReturn

from ..backend import Backend
from .worker import Worker

#: Bytes that may wait in the pipe to PowerShell: some hundred VMs. A pipe of 64 KiB holds about twenty.
_PIPE = 1 << 20


def main() -> NoReturn:
    """Serve on this process's own stdin and stdout."""
    from ..operations import OPERATIONS

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends Ctrl+C to the shell's children too
    _widen(1)
    reader, writer = os.fdopen(os.dup(0), "rb", buffering=0), os.fdopen(os.dup(1), "wb")
    # From here on a stray print lands on stderr and breaks no frame; and no child inherits our pipes.
    os.dup2(2, 1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    sys.stdout = sys.stderr
    Worker(writer, OPERATIONS, Backend()).serve(reader)
    os._exit(0)  # do not wait for calls that nobody listens to any more, nor for a write that nobody reads


def _widen(pipe: int) -> None:
    """Let more fit into a pipe, where that can be said: pages are then fetched while PowerShell still reads."""
    try:
        import fcntl

        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE)
    except (ImportError, AttributeError, OSError):
        pass  # it is no pipe, or the system has another limit
