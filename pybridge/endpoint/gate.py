"""Who may ask, how often, and for what."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping

from ..models import ManagedIdentityId
from ..server import Peer
from .formats import Asked, same_resource
from .refusals import Refusal

_HOSTS = ("localhost", "127.0.0.1", "[::1]", "169.254.169.254")

#: Seconds of a rate that may come at once: many programs start at the same moment.
BURST = 5

#: How an allow-list names the machine's own identity.
DEFAULT_IDENTITY = "default"

#: Says whose socket a client's end is: (client, server) -> uid, or None.
UidOf = Callable[[tuple[str, int], tuple[str, int]], "int | None"]


class Rate:
    """A bucket of tokens that fills at so many a second, and holds those of `BURST` seconds.

    Args:
        clock: Seconds; only differences count.
    """

    def __init__(self, per_second: float, clock: Callable[[], float]) -> None:
        self._per_second = per_second
        self._clock = clock
        self._most = max(1.0, per_second * BURST)
        self._tokens = self._most
        self._filled = clock()
        self._lock = threading.Lock()

    def check(self) -> None:
        """Take one.

        Raises:
            Refusal: There is none left.
        """
        with self._lock:
            now = self._clock()
            grown = self._tokens + max(0.0, now - self._filled) * self._per_second
            self._tokens, self._filled = min(self._most, grown), now
            if self._tokens < 1:
                raise Refusal(429, "too_many_requests", "Too many requests. Come back later.", {"Retry-After": "1"})
            self._tokens -= 1


class Origins:
    """Refuses what a web page, or a proxy for another machine, can send here.

    Args:
        ports: The ports that are ours.
    """

    def __init__(self, ports: Collection[int]) -> None:
        self._hosts = {*_HOSTS, *(f"{host}:{port}" for host in _HOSTS for port in ports)}

    def check(self, authority: str, headers: Mapping[str, str]) -> None:
        """
        Args:
            authority: The host in the request's URL.
            headers: By their names in lower case.

        Raises:
            Refusal: It comes from somewhere else.
        """
        if any(host.lower() not in self._hosts for host in (authority, headers.get("host", authority))):
            raise Refusal(403, "invalid_request", "The Host header names another host than this machine")
        if "origin" in headers:
            raise Refusal(403, "invalid_request", "Request must not have the Origin header: no web page may ask")
        for name in ("X-Forwarded-For", "Forwarded"):
            if name.lower() in headers:
                raise Refusal(400, "invalid_request", f"Request must not have the {name} header")


class SameUser:
    """Refuses the connections of other users.

    Args:
        uid: Ours.
        uid_of: Says whose a connection is.
    """

    def __init__(self, uid: int, uid_of: UidOf) -> None:
        self._uid = uid
        self._uid_of = uid_of

    def check(self, peer: Peer) -> None:
        """
        Raises:
            Refusal: The client is another user's, or nobody knows whose.
        """
        if self._uid_of(peer.client, peer.server) != self._uid:
            raise Refusal(
                403,
                "access_denied",
                "Only the user that runs pybridge serve may ask: its source is not open to every user of this machine",
            )


class AllowLists:
    """Refuses resources and identities that are not listed. An empty list allows all.

    Args:
        resources: As clients ask for them; `/.default` and a slash at the end do not count.
        identities: Client IDs, object IDs or resource IDs, or "default" for the machine's own.
    """

    def __init__(self, resources: Collection[str], identities: Collection[str]) -> None:
        self._resources = {same_resource(resource) for resource in resources}
        self._identities = {identity.lower() for identity in identities}

    def check(self, asked: Asked) -> None:
        """
        Raises:
            Refusal: The resource or the identity is not listed.
        """
        if self._resources and same_resource(asked.resource) not in self._resources:
            raise Refusal(403, "access_denied", "This resource is not among those of --allow-resource")
        if self._identities and self._name(asked.identity) not in self._identities:
            raise Refusal(403, "access_denied", "This identity is not among those of --allow-identity")

    @staticmethod
    def _name(identity: ManagedIdentityId) -> str:
        return DEFAULT_IDENTITY if identity.selector is None else identity.selector[1].lower()
