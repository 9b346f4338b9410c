"""Whose variables and files tell the source of tokens: this machine's, or those of a host that a transport leads to."""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, NamedTuple, Protocol, cast

from . import keyfiles, sources
from .errors import PyBridgeError
from .models import HERE, HttpRequest, ManagedIdentityId, Transport
from .sources import Ask, Endpoint


class HostTransport(Transport, Protocol):
    """A transport whose requests set out from a host. It tells what a source of tokens has to know of that.

    It may have more: see `visit` and `needs_caller` of `Computer`.
    """

    name: str

    @property
    def environ(self) -> Mapping[str, str]:
        """The variables there that matter; it may be asked for them when one is looked at."""
        ...

    def exists(self, path: str) -> bool:
        """Whether there is a file of that name there."""
        ...

    def read(self, path: str, folder: str | None) -> str:
        """The text of a key file there, as `keyfiles.read` gives one of this machine."""
        ...

    def expect(self, request: HttpRequest, *, anyhow: bool = False) -> None:
        """Hear which request comes next if the variables lead nowhere else (`anyhow`: whatever they say)."""
        ...


class Computer(NamedTuple):
    """What there is to know of this machine, or of a host.

    Attributes:
        environ: Its variables.
        exists: Whether there is a file of that name.
        read: Reads a key file, as `keyfiles.read` does.
        name: What the user calls it; None for this machine.
        visit: What several requests that belong together are made in: within so many seconds.
        expect: See `HostTransport`: so that the request may be made together with the question for the variables. None
            where they are at hand.
        needs_caller: Whether it can be asked only as long as somebody waits for the answer, and so never in the
            background.
    """

    environ: Mapping[str, str]
    exists: Callable[[str], bool] = os.path.exists
    read: Callable[[str, str | None], str] = keyfiles.read
    name: str | None = None
    visit: Callable[[float], AbstractContextManager[Any]] = nullcontext
    expect: Callable[..., None] | None = None
    needs_caller: bool = False

    def prepare(self, resource: str, identity: ManagedIdentityId, source: str | None, endpoint: Endpoint) -> None:
        """Let a host that is asked for its variables know what comes if they lead nowhere else.

        Args:
            resource: What a token is wanted for.
            identity: Whose.
            source: The source that the caller named, if any.
            endpoint: The endpoint that he named, if any.
        """
        if self.expect is None:
            return
        first = sources.choose(source, endpoint, {}, lambda path: False)[0]
        try:
            request = first.source.request(Ask(resource, identity, {}, first.endpoint, self.read))
        except PyBridgeError:  # it takes a variable to know
            return
        self.expect(request, anyhow=source is not None or first.endpoint.url is not None)


def computer_of(transport: Transport | None, environ: Mapping[str, str] | None = None) -> Computer:
    """The computer that a transport sets out from.

    Args:
        transport: One that can be told what to `expect` is a `HostTransport`; any other sets out from here.
        environ: The variables to heed in place of the computer's own.
    """
    if transport is None or not hasattr(transport, "expect"):
        return Computer(os.environ if environ is None else environ)
    there = cast("HostTransport", transport)
    return Computer(
        there.environ if environ is None else environ,
        there.exists,
        there.read,
        there.name,
        getattr(there, "visit", nullcontext),
        there.expect if environ is None else None,
        getattr(there, "needs_caller", False),
    )


def place_of(transport: Any) -> Hashable:
    """Where requests set out from; a transport that does not tell is a place of its own."""
    place: Hashable = HERE if transport is None else getattr(transport, "place", transport)
    return place
