"""The site: this machine as its token endpoints see it, with what they keep between two requests."""

from __future__ import annotations

import math
import os
import secrets
import shutil
import tempfile
import threading
import weakref
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from . import tokens
from .nouns import Principal, VirtualMachine
from .world import World

Part = TypeVar("Part")


class Site:
    """One machine of the world. Threads may share it.

    Attributes:
        vm: The machine. May be set to another one of the world.
        secret: What guarded endpoints want in a header; another one for each emulator.
        lifetime: Of its tokens, in seconds.
        clock: Seconds since 1970.
    """

    def __init__(
        self, world: World, vm: VirtualMachine, key: bytes, *, lifetime: int, clock: Callable[[], float]
    ) -> None:
        self.world = world
        self.vm = vm
        self.secret = secrets.token_urlsafe(32)
        self.lifetime = lifetime
        self.clock = clock
        self._key = key
        self._parts: dict[Callable[[Site], Any], Any] = {}
        self._folders: dict[str, tuple[Path, weakref.finalize[..., Site]]] = {}
        self._lock = threading.Lock()

    def token(
        self, identity: Principal, resource: str, now: float, claims: Mapping[str, Any] | None = None
    ) -> tuple[str, int]:
        """A token, and its lifetime in seconds. A claim that is None is taken out."""
        usual = tokens.claims_for(identity, resource, now=math.floor(now), lifetime=self.lifetime)
        merged = {name: value for name, value in {**usual, **(claims or {})}.items() if value is not None}
        return self.sign(merged), self.lifetime

    def sign(self, claims: Mapping[str, Any]) -> str:
        return tokens.sign(claims, self._key)

    def verify(self, token: str) -> dict[str, Any]:
        """The claims of a token that this emulator signed.

        Raises:
            ValueError: It is none.
        """
        return tokens.verify(token, self._key)

    def part(self, kind: Callable[[Site], Part]) -> Part:
        """What one endpoint keeps, made by `kind` when it is first needed."""
        with self._lock:
            if kind not in self._parts:
                self._parts[kind] = kind(self)
            part: Part = self._parts[kind]
            return part

    def folder(self, purpose: str) -> Path:
        """A folder for this user only (0700). It is removed with the site, at the latest when the process ends."""
        with self._lock:
            if purpose not in self._folders:
                # A client compares paths: none of the links that lead to a folder for temporary files.
                path = Path(tempfile.mkdtemp(prefix=f"pybridge-{purpose}-")).resolve()
                self._folders[purpose] = path, weakref.finalize(self, _remove, str(path), os.getpid())
            return self._folders[purpose][0]

    def close(self) -> None:
        """Remove the folders."""
        with self._lock:
            for _, remove in self._folders.values():
                remove()
            self._folders.clear()


def _remove(path: str, owner: int) -> None:
    if os.getpid() == owner:  # A forked child ends before us.
        shutil.rmtree(path, ignore_errors=True)


def write_private(path: Path, text: str) -> None:
    """Write a new file for this user only (0600).

    Raises:
        OSError: It is there already, or cannot be written.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
