"""Credentials: objects with `get_token`. Cache first, then one request per token, however many ask."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from . import retry, sources
from .errors import (
    MalformedError,
    NoEndpointError,
    PyBridgeError,
    TokenRejectedError,
    TransportError,
    UnsafeError,
    UsageError,
)
from .models import AccessToken, Credential, HttpRequest, HttpResponse, ManagedIdentityId, Transport
from .sources import Endpoint, Source
from .transport import MetadataTransport

#: A token with less than this many seconds left is fetched anew.
MIN_TTL = 300


class ManagedIdentityCredential:
    """Tokens of this machine's managed identity.

    Safe to share between threads: those that want the same token at the same time make one request.

    Args:
        client_id: Names a user-assigned identity; so do `object_id` and `resource_id`. None of them:
            the machine's default identity.
        source: "imds" or "vm_extension"; None asks them in turn.
        endpoint: The URL of an MSI endpoint, instead of the source's own.
        secret: What that endpoint wants in its Secret header.
        transport: The door to the endpoint; this machine's by default.
        environ: The variables to heed; the process's own by default, read before each request.
        clock: Seconds since 1970.
        sleep: Waits for some seconds between attempts.

    Raises:
        UsageError: More than one identity, or an unknown source.
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
        transport: Transport | None = None,
        environ: Mapping[str, str] | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._identity = ManagedIdentityId(client_id, object_id, resource_id)
        _ = self._identity.selector  # refuses more than one
        self._source = source
        self._endpoint = Endpoint(endpoint, secret)
        self._transport = transport or MetadataTransport()
        self._environ = os.environ if environ is None else environ
        self._clock = clock
        self._sleep = sleep
        self._tokens: dict[str, AccessToken] = {}
        self._locks: dict[str, threading.Lock] = {}
        sources.choose(source, self._endpoint, {})

    def __repr__(self) -> str:
        chosen = self._identity.selector
        return f"{type(self).__name__}({'' if chosen is None else '{}={!r}'.format(*chosen)})"

    def get_token(self, resource: str, *, force_refresh: bool = False, min_ttl: float = MIN_TTL) -> AccessToken:
        """A token for the resource, from the cache while it lasts.

        Args:
            resource: What the token is for: "https://management.azure.com/", or a scope ending in "/.default".
            min_ttl: Seconds that a cached token must still have.
            force_refresh: Ask the endpoint in any case. Azure itself caches tokens for up to 24 h, so
                the same one may come back.

        Raises:
            NoEndpointError: No managed identity endpoint answers here.
            TokenRejectedError: The endpoint refused, in its own words.
            TokenThrottledError: The endpoint asks to come back later.
            TransportError: The endpoint gave no usable answer.
        """
        resource = resource_of(resource)
        token = self._tokens.get(resource)
        if token is not None and not force_refresh and token.expires_on - self._clock() > min_ttl:
            return token
        with self._locks.setdefault(resource, threading.Lock()):
            found = self._tokens.get(resource)
            if found is not token and found is not None and found.expires_on > self._clock():
                return found  # another thread fetched it while this one waited
            try:
                fetched = self._fetch(resource)
            except PyBridgeError:
                if found is not None and found.expires_on > self._clock() and not force_refresh and min_ttl <= MIN_TTL:
                    return found  # a failed refresh is no reason to fail a caller whose token still lasts
                raise
            self._tokens[resource] = fetched
            return fetched

    def _fetch(self, resource: str) -> AccessToken:
        """Ask the sources in turn; the next one is asked only where nobody answers."""
        failures: list[tuple[Source, TransportError]] = []
        for source, endpoint in sources.choose(self._source, self._endpoint, self._environ):
            request = source.request(resource, self._identity, self._environ, endpoint)
            try:
                response = self._ask(request)
            except (MalformedError, UnsafeError):
                raise
            except TransportError as exc:
                failures.append((source, exc))
                continue
            return sources.parse(source, resource, response, now=self._clock())
        raise _no_endpoint(failures) from failures[-1][1]

    def _ask(self, request: HttpRequest) -> HttpResponse:
        return retry.attempts(
            retry.METADATA, lambda: self._transport.send(request), sleep=self._sleep, clock=self._clock
        )


class FirstOf:
    """Credentials to try in order: the next one where the endpoint rejects the identity.

    AzureRM took `-AccountId` for a client ID and, if that failed, for an object ID.
    """

    def __init__(self, *credentials: Credential) -> None:
        self._credentials = credentials

    def get_token(self, resource: str, *, force_refresh: bool = False) -> AccessToken:
        """The first token; else the error of the first credential."""
        first: TokenRejectedError | None = None
        for credential in self._credentials:
            try:
                return credential.get_token(resource, force_refresh=force_refresh)
            except TokenRejectedError as exc:
                first = first or exc
        raise first or UsageError("no credential to ask")


class StaticCredential:
    """The caller's own token, which nothing here can renew.

    Raises:
        UsageError: It is empty, or holds what no token holds: blanks, line breaks.
    """

    def __init__(self, token: str, *, clock: Callable[[], float] = time.time) -> None:
        if not token or " " in token or not token.isascii() or not token.isprintable():
            raise UsageError(
                "this is not an access token: it is empty, or holds blanks or line breaks",
                remedy='Pass the bare token: without "Bearer" in front of it, and without a line break at its end.',
            )
        self._token = token
        self._clock = clock

    def get_token(self, resource: str, *, force_refresh: bool = False) -> AccessToken:
        """The token, whatever the resource.

        Raises:
            TokenRejectedError: It has expired, by its own claims.
        """
        expires = sources.claims(self._token).get("exp")
        expires_on = expires if isinstance(expires, int) else 0
        if expires_on and expires_on <= self._clock():
            raise TokenRejectedError(
                "the access token of this sign-in has expired",
                remedy="Sign in again with a fresh token, or with Connect-AzureRmAccount -Identity, "
                "which renews by itself.",
            )
        return AccessToken(self._token, expires_on, resource)


def for_account_id(account_id: str | None, **options: Any) -> Credential:
    """The identity that AzureRM's `-AccountId` means.

    Blank or with an "@" (as in "MSI@50342"): the machine's default identity. With a "/": a resource ID. Else a
    client ID or, if the endpoint rejects that, an object ID.

    Args:
        account_id: What the caller wrote.
        options: What `ManagedIdentityCredential` takes besides the identity.
    """
    if not account_id or "@" in account_id:
        return ManagedIdentityCredential(**options)
    if "/" in account_id:
        return ManagedIdentityCredential(resource_id=account_id, **options)
    return FirstOf(
        ManagedIdentityCredential(client_id=account_id, **options),
        ManagedIdentityCredential(object_id=account_id, **options),
    )


def resource_of(scope: str) -> str:
    """The resource that a scope means: one trailing "/.default" is removed, all else is taken as it stands.

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
    return resource


def _no_endpoint(failures: list[tuple[Source, TransportError]]) -> PyBridgeError:
    attempts = [{"source": source.name, "code": exc.code, "message": exc.message} for source, exc in failures]
    tried = "; ".join(exc.message for _, exc in failures)
    return NoEndpointError(
        f"no managed identity endpoint answers on this machine: {tried}",
        target=failures[-1][0].name,
        remedy="\n".join(source.absent for source, _ in failures),
        details={"attempts": attempts},
    )
