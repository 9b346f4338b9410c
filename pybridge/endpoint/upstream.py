"""The source behind the endpoint: what this machine really has, and never the endpoint itself."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection, Mapping
from ipaddress import ip_address
from typing import Any

from ..addresses import origin
from ..credential import ManagedIdentityCredential
from ..errors import ConfigurationError, UsageError
from ..models import AccessToken, ManagedIdentityId, Transport
from ..sources import SOURCES, Candidate, Endpoint, Source, choose

#: Credentials that are kept, one an identity: those that were asked last.
KEPT = 64


class Upstream:
    """Gives tokens of this machine's identities.

    Args:
        source: The name of a source; None for the one that is here.
        environ: The variables by which it is found. They are not read again.
        ports: The ports that are ours: no source may be there.
        transport: The door to the source; this machine's by default.

    Raises:
        UsageError: There is no source of that name, or it would be the endpoint itself.
        ConfigurationError: A variable leads to the endpoint itself.

    Attributes:
        guarded: Whether the source is not open to every process of this machine, as IMDS is.
    """

    def __init__(
        self, source: str | None, environ: Mapping[str, str], ports: Collection[int], transport: Transport | None = None
    ) -> None:
        self._environ = dict(environ)
        self._options: dict[str, Any] = {} if transport is None else {"transport": transport}
        sources = _others(choose(source, Endpoint(), self._environ), self._environ, ports)
        self._source = sources[0].name if len(sources) == 1 else None
        self.guarded = any(source.guarded for source in sources)
        self._credentials: OrderedDict[ManagedIdentityId, ManagedIdentityCredential] = OrderedDict()
        self._lock = threading.Lock()

    def token(self, resource: str, identity: ManagedIdentityId) -> AccessToken:
        """A token, from the credential's cache while it lasts.

        Raises:
            PyBridgeError: There is none.
        """
        token = self._credential(identity).get_token(resource)
        found = SOURCES.get(token.source or "")
        if not self.guarded and found is not None and found.guarded:
            raise ConfigurationError(
                f"the source of tokens has changed: it is {found.title} now",
                target=found.name,
                remedy="Start pybridge serve again: who may ask depends on the source.",
            )
        return token

    def _credential(self, identity: ManagedIdentityId) -> ManagedIdentityCredential:
        with self._lock:
            credential = self._credentials.get(identity)
            if credential is None:
                credential = self._credentials[identity] = ManagedIdentityCredential(
                    **identity._asdict(), source=self._source, environ=self._environ, **self._options
                )
            self._credentials.move_to_end(identity)
            if len(self._credentials) > KEPT:
                self._credentials.popitem(last=False)
        return credential


def _others(candidates: Collection[Candidate], environ: Mapping[str, str], ports: Collection[int]) -> list[Source]:
    """The sources that are not the endpoint itself. The VM extension, which is only a fallback, may drop out."""
    kept = []
    for candidate in candidates:
        source, url = candidate.source, candidate.source.place(candidate.endpoint, environ)
        if not _is_ours(url, ports):
            kept.append(source)
        elif len(candidates) == 1 or environ.get("PYBRIDGE_VM_EXTENSION_ENDPOINT") or source.name != "vm_extension":
            raise _loop(source, url, candidate.why, environ)
    return kept


def _loop(source: Source, url: str, why: str, environ: Mapping[str, str]) -> UsageError | ConfigurationError:
    names = [name for name, value in environ.items() if origin(value) is not None and origin(value) == origin(url)]
    message = f"pybridge serve would ask itself: {source.title} is at {url}, which is the port to serve on ({why})"
    if names:
        return ConfigurationError(
            message,
            target=names[0],
            remedy=f"Unset {' and '.join(names)} for pybridge serve, or serve on another port: --port 0.",
        )
    return UsageError(message, target=source.name, remedy="Serve on another port (--port 0), or leave out --source.")


def _is_ours(url: str, ports: Collection[int]) -> bool:
    place = origin(url)
    if place is None:
        return False
    _, host, port = place
    return port in ports and _is_this_machine(host.strip("[]").rstrip("."))


def _is_this_machine(host: str) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return host == "localhost"
    return address.is_loopback or address.is_unspecified
