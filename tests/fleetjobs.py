"""Jobs for a fleet that stand at the top of a module, so that they travel to other processes."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from pybridge.errors import HostUnreachableError, InventoryError, PyBridgeError
from pybridge.fleet import current_stop


class Place(NamedTuple):
    """A host, as far as a fleet knows one."""

    name: str
    password: object = None


def places(many: int) -> list[Place]:
    return [Place(f"vm{number:02}") for number in range(many)]


def greet(host: Place, *, word: str = "hello") -> str:
    return f"{word} {host.name}"


def where(host: Place, *, seconds: float = 0.0) -> int:
    """The process that did it."""
    time.sleep(seconds)
    return os.getpid()


def die(host: Place, *, victim: str, trace: str, seconds: float = 0.0) -> str:
    """The process in which the victim's job runs dies in the middle, the first time."""
    file = Path(trace, f"{host.name}.{time.monotonic_ns()}")
    file.touch()
    if host.name == victim and len(list(Path(trace).glob(f"{victim}.*"))) == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(seconds)
    return host.name


def refuse(host: Place, *, error: PyBridgeError) -> NoReturn:
    raise error


def at_a_line(host: Place) -> NoReturn:
    raise InventoryError("wrong", file="hosts.yaml", line=7, remedy="mend it")


def unreachable(host: Place) -> NoReturn:
    raise HostUnreachableError(f"{host.name} is away", target=host.name)


def defective(host: Place, *, secret: str) -> NoReturn:
    raise ValueError(secret)


def leave(host: Place) -> NoReturn:
    raise SystemExit(3)


def keep(host: Place) -> Any:
    """What cannot be pickled."""
    return threading.Lock()


def patient(host: Place, *, begun: threading.Semaphore, ended: list[str]) -> None:
    """Goes on until it is told to stop."""
    stop = current_stop()
    begun.release()
    while not stop.is_set():
        time.sleep(0.01)
    ended.append(host.name)


def kill(host: Place, *, victim: str) -> str:
    """Kills whatever process does it for the victim."""
    if host.name == victim:
        os.kill(os.getpid(), signal.SIGKILL)
    return host.name


def password(host: Any) -> tuple[int, str]:
    """The password of a host, and in which process it was found."""
    return os.getpid(), host.password.get(host.name, "admin")
