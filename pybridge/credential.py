"""Credentials: objects with `get_token`. Cache first, then one request per token, however many ask."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, NamedTuple

from . import catalogue, sources
from .asking import Asking
from .cache import MOST, PAUSE, SHARED, STALE, Entry, Key, TokenCache
from .computers import computer_of, place_of
from .errors import PyBridgeError, UsageError
from .models import HERE, AccessToken, ManagedIdentityId, Transport
from .sources import Candidate, Endpoint, Grant
from .transport import HttpsTransport, MetadataTransport

#: A token that may expire on its way is not handed out: one with less than so many seconds left.
MIN_TTL = 30
#: Seconds for a token, all attempts together.
DEADLINE = 90


class ManagedIdentityCredential:
    """Tokens of this machine's managed identity, for pybridge and for any Azure SDK client.

    Safe to share between threads, and cheap to make: all credentials of the process share one cache, and threads that
    want the same token at the same time make one request. A token that is past half of its life (a short one: in its
    last 5 minutes) is still handed out at once, while it is renewed in the background.

    Args:
        client_id: Names a user-assigned identity; so do `object_id` and `resource_id`. None of them:
            the machine's default identity.
        source: The name of a source, such as "imds"; None finds the one that is here.
        endpoint: The URL of a token endpoint, instead of the source's own.
        secret: What that endpoint wants in its Secret header.
        cloud: The cloud, "AzureCloud" by default.
        cache: Where tokens are kept for other processes too: a folder, or "1" for the user's own; "0" for nowhere. By
            default what the variable PYBRIDGE_TOKEN_CACHE says, else nowhere.
        deadline: Seconds for a token, all attempts together.
        transport: The door to the endpoint; this machine's by default. A `WinRMTransport` leads to that of a Windows
            host, whose variables and key files count, then.
        external: The door to a source beyond this machine, as workload identity's is; `transport` if that is given.
        environ: The variables to heed; by default those that `transport` tells, else the process's own. They are read
            before each request.
        clock: Seconds since 1970.
        monotonic: Seconds that only go forward.
        sleep: Waits for some seconds between attempts.
        tokens: The cache; the process's own by default.

    Raises:
        UsageError: More than one identity, an unknown source or cloud, or no time.
    """

    def __init__(
        self,
        *,
        client_id: str | None = None,
        object_id: str | None = None,
        resource_id: str | None = None,
        source: str | None = None,
        endpoint: str | None = None,
        secret: str | None = None,
        cloud: str | None = None,
        cache: str | None = None,
        deadline: float = DEADLINE,
        transport: Transport | None = None,
        external: Transport | None = None,
        environ: Mapping[str, str] | None = None,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        tokens: TokenCache | None = None,
    ) -> None:
        self._identity = ManagedIdentityId(client_id, object_id, resource_id)
        _ = self._identity.selector  # refuses more than one
        self._source = source
        self._endpoint = Endpoint(endpoint, secret)
        self._cloud = catalogue.cloud_name(cloud)
        self._cache = cache
        if not 0 < deadline < math.inf:
            raise UsageError(f"{deadline} is not a number of seconds to wait for a token", target="deadline")
        self._deadline = deadline
        self._https = HttpsTransport(max_body=1 << 20)
        self._place = place_of(transport)
        self._computer = computer_of(transport, environ)
        self._environ = self._computer.environ
        self._clock = clock
        self._monotonic = monotonic
        self._sleep = sleep
        self._tokens = SHARED if tokens is None else tokens
        self._asking = Asking(
            transport or MetadataTransport(),
            external or transport or self._https,
            self._environ,
            clock,
            monotonic,
            sleep,
            lambda source, at_once: self._tokens.slots((self._place, source.name), at_once),
            self._computer.read,
            self._computer.name,
        )
        self._known: dict[tuple[str, ...], Entry] = {}
        sources.choose(source, self._endpoint, {}, exists=lambda path: False)

    def __repr__(self) -> str:
        chosen = self._identity.selector
        return f"{type(self).__name__}({'' if chosen is None else '{}={!r}'.format(*chosen)})"

    def __enter__(self) -> ManagedIdentityCredential:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close connections. The tokens stay in the process's cache; the next request opens connections anew."""
        self._https.close()

    def get_token(
        self,
        *scopes: str,
        claims: str | None = None,
        tenant_id: str | None = None,
        min_ttl: float = MIN_TTL,
        force_refresh: bool = False,
        **_: Any,
    ) -> AccessToken:
        """A token for a resource, from the cache while it lasts.

        Args:
            scopes: One: a resource such as "https://management.azure.com/", with or without "/.default" at its end.
            claims: What a service demanded in a claims challenge. The cache is passed over, then.
            tenant_id: Ignored: a managed identity has one tenant. So is whatever else an SDK may pass.
            min_ttl: Seconds that the token is to have left. A source that keeps its tokens may have none that lasts
                so long; then what it has is returned, and asked for again after half a minute.
            force_refresh: Ask the endpoint in any case. Azure itself caches tokens for up to 24 h, so
                the same one may come back.

        Raises:
            NoEndpointError: No managed identity endpoint answers here.
            TokenRejectedError: The endpoint refused, in its own words.
            TokenThrottledError: The endpoint asks to come back later.
            TransportError: The endpoint gave no usable answer.
            UsageError: No resource or more than one, or an identity that the source cannot be asked for.
        """
        token = None if claims or force_refresh else self.at_hand(scopes, min_ttl)
        return token or self._find(scopes, claims or None, min_ttl, force_refresh)

    def at_hand(self, scopes: tuple[str, ...], min_ttl: float = MIN_TTL) -> AccessToken | None:
        """The token that `get_token` would return without looking at anything but its own memory; None for none."""
        known = self._known.get(scopes)
        if known is not None:
            wall, monotonic = known.stales
            if self._clock() < wall and self._monotonic() < monotonic:  # and so it lasts for STALE seconds
                return known.token if min_ttl <= STALE or self._left(known) >= min_ttl else None
        return None

    def get_token_info(self, *scopes: str, options: Mapping[str, Any] | None = None) -> AccessToken:
        """`get_token`, as newer SDK clients call it: what it takes is in `options`."""
        return self.get_token(*scopes, **(options or {}))

    def candidates(self) -> tuple[Candidate, ...]:
        """The sources that would be asked now, in order, and why these."""
        return sources.choose(self._source, self._endpoint, self._environ, self._computer.exists)

    def _find(self, scopes: tuple[str, ...], claims: str | None, min_ttl: float, force: bool) -> AccessToken:
        """A token that is not simply at hand: another credential's, a stale one, or a new one."""
        if len(scopes) != 1:
            raise UsageError(
                f"a token is for one resource, not for {len(scopes)}", remedy="Call get_token once for each."
            )
        with self._computer.visit(self._deadline):
            return self._find_one(scopes, claims, min_ttl, force)

    def _find_one(self, scopes: tuple[str, ...], claims: str | None, min_ttl: float, force: bool) -> AccessToken:
        end = self._monotonic() + self._deadline
        resource = _resource(scopes[0])
        self._computer.prepare(resource, self._identity, self._source, self._endpoint)
        question = self._question(resource, lambda: end - self._monotonic())
        key, left = question.key, question.left
        seen = self._tokens.get(key)
        variant = (self._deadline, min_ttl if min_ttl > MIN_TTL else None)

        def lasts(entry: Entry) -> bool:
            return self._left(entry) >= min_ttl

        def will_do(entry: Entry) -> bool:
            """It lasts, or has come so lately that there is no better one yet."""
            age = self._monotonic() - entry.received[1]
            return lasts(entry) or (0 <= age < PAUSE and self._left(entry) > 0)

        if claims is not None:
            demanding = question._replace(claims=claims, revoked=seen and seen.token)
            found = self._tokens.fetch(
                key, lambda: self._obtain(demanding, _never), _never, variant=("claims", claims), left=left
            )
        elif force:
            found = self._tokens.fetch(
                key, lambda: self._obtain(question, _never), lambda entry: entry is not seen, variant="force", left=left
            )
        elif seen is not None and will_do(seen):
            if not self._fresh(seen):
                self._tokens.refresh(
                    key,
                    lambda: self._obtain(question, self._fresh),
                    variant=variant,
                    monotonic=self._monotonic,
                    in_background=not self._computer.needs_caller,
                )
            found = (self._tokens.get(key) if self._computer.needs_caller else None) or seen
        else:
            try:
                found = self._tokens.fetch(
                    key, lambda: self._obtain(question, lasts), will_do, variant=variant, left=left
                )
            except PyBridgeError:
                if seen is None or min_ttl > MIN_TTL or self._left(seen) <= 0:
                    raise
                return seen.token  # a failed refresh is no reason to fail a caller whose token still lasts
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[scopes] = found
        return found.token

    def _left(self, entry: Entry) -> float:
        return entry.left(self._clock(), self._monotonic())

    def _fresh(self, entry: Entry) -> bool:
        return entry.fresh(self._clock(), self._monotonic())

    def _question(self, resource: str, left: Callable[[], float]) -> _Question:
        candidates = self.candidates()
        route = tuple((each.source.name, each.source.place(each.endpoint, self._environ)) for each in candidates)
        identity = candidates[0].source.identified(self._identity, self._environ)
        return _Question(Key(self._place, route, self._cloud, identity.selector, resource), candidates, left)

    def _obtain(self, question: _Question, usable: Callable[[Entry], bool]) -> Entry:
        """A token from the cache that processes share, if there is one and it is usable; else from a source."""

        def ask() -> Grant:
            return self._asking.ask(
                question.key.resource,
                self._identity,
                question.candidates,
                question.left,
                claims=question.claims,
                revoked=question.revoked,
            )

        if self._place != HERE:
            with self._computer.visit(question.left()):
                return self._entry(ask())
        chosen = self._cache or self._environ.get("PYBRIDGE_TOKEN_CACHE")
        if not chosen:
            return self._entry(ask())
        from .cachefile import CacheFile, Stored, locate  # only for those who ask for it

        folder = locate(chosen, self._environ)
        if folder is None:
            return self._entry(ask())
        asked: list[Entry] = []

        def obtain() -> tuple[Stored, bool]:
            grant = ask()
            asked.append(self._entry(grant))
            return Stored(grant.token, asked[0].received[0], grant.lifetime), not grant.emulated

        def stored_entry(stored: Stored) -> Entry:
            return self._entry(Grant(stored.token, stored.ends - self._clock()))

        file = CacheFile(
            folder, clock=self._clock, sleep=self._sleep, monotonic=self._monotonic, patience=question.left()
        )
        stored = file.through(json.dumps(question.key[1:]), lambda stored: usable(stored_entry(stored)), obtain)
        return asked[0] if asked else stored_entry(stored)

    def _entry(self, grant: Grant) -> Entry:
        return Entry.made(grant.token, grant.lifetime, self._clock(), self._monotonic())


class _Question(NamedTuple):
    """What is wanted, and how many seconds are left to get it."""

    key: Key
    candidates: tuple[Candidate, ...]
    left: Callable[[], float]
    claims: str | None = None
    revoked: AccessToken | None = None


def _never(entry: Entry) -> bool:
    return False


def _resource(scope: str) -> str:
    """The resource that a scope means: one trailing "/.default" is removed, and the catalogue's spelling is taken.

    Raises:
        UsageError: It is empty, or holds blanks or control characters.
    """
    resource = scope.removesuffix("/.default")
    if not resource or not resource.isprintable() or " " in resource:
        raise UsageError(
            f"{scope!r} is not a resource",
            target=scope,
            remedy='A resource is a URL such as "https://management.azure.com/".',
        )
    return catalogue.canonical(resource)
