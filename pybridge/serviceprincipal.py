"""Tokens of an application of Microsoft Entra ID that signs in with a secret of its own (OAuth client credentials).

Wire format: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow (first case)
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from . import retry, sources
from .addresses import is_loopback, origin
from .cache import Entry, Key, TokenCache
from .clouds import ARM_ENDPOINT
from .errors import (
    ConfigurationError,
    CredentialError,
    TimedOutError,
    TokenRejectedError,
    TransportError,
    UsageError,
)
from .models import HERE, AccessToken, HttpResponse, ManagedIdentityId, Transport
from .sources import Ask, Endpoint, Source
from .sources.source import post

#: Names another place to sign in at, for the emulator: heeded where it is a loopback address, and not else. Pods of AKS
#: have it too, with the address of their cloud.
AUTHORITY = "AZURE_AUTHORITY_HOST"

#: Seconds for one attempt, and for all of them.
_ATTEMPT = 30
_DEADLINE = 90
#: A token with less than so many seconds left is not handed out.
_MIN_TTL = 30


class ServicePrincipalCredential:
    """Tokens for an application, by its secret. They are cached, and renewed before they expire.

    Safe to share between threads. The secret is sent to the place where its cloud signs people in, over https, and
    stands in no `repr` and in no error.

    Args:
        client_id: The application's ID.
        secret: A client secret of it.
        tenant_id: The ID or a domain of the tenant.
        authority: Where its cloud signs people in: "https://login.microsoftonline.com/".
        transport: Not used: the door to this machine's endpoints, which other credentials take.
        external: The door to the internet.
        environ: The variables to heed.
        clock: Seconds since 1970.
        monotonic: Seconds that only go forward.
        sleep: Waits for some seconds between attempts.

    Raises:
        UsageError: The ID, the tenant or the secret cannot be one.
    """

    def __init__(
        self,
        *,
        client_id: str,
        secret: str,
        tenant_id: str,
        authority: str,
        external: Transport,
        transport: Transport | None = None,
        environ: Mapping[str, str],
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        for what, value in (("application ID", client_id), ("tenant", tenant_id)):
            if not re.fullmatch(r"[\w.-]+", value, re.ASCII):
                raise UsageError(
                    f"{value!r} is not the {what} of a service principal",
                    target=value,
                    remedy="-Credential holds the application ID as its user name; -TenantId is the ID of the tenant "
                    "(a GUID), or one of its domains, such as contoso.onmicrosoft.com.",
                )
        if not secret:
            raise UsageError("the secret is empty", remedy="-Credential holds the client secret as its password.")
        self._client_id = client_id
        self._secret = secret
        self._tenant_id = tenant_id
        self._authority = authority
        self._door = external
        self._environ = environ
        self._clock = clock
        self._monotonic = monotonic
        self._sleep = sleep
        # A cache of its own: a wrong secret must not find the tokens of the right one.
        self._tokens = TokenCache()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(client_id={self._client_id!r}, tenant_id={self._tenant_id!r})"

    def get_token(self, resource: str, /, *, force_refresh: bool = False) -> AccessToken:
        """A token for a resource, from the cache while it lasts.

        Raises:
            TokenRejectedError: Microsoft Entra ID refused, in its own words.
            TokenThrottledError: It asks to come back later.
            TransportError: It gave no usable answer.
            ConfigurationError: The cloud's address for signing in is not an https URL.
        """
        url = self._url()
        end = self._monotonic() + _DEADLINE

        def left() -> float:
            return end - self._monotonic()

        def obtain() -> Entry:
            return self._ask(url, resource, left)

        key = Key(
            getattr(self._door, "place", HERE),
            ((SERVICE_PRINCIPAL.name, url),),
            "",
            ("client_id", self._client_id),
            resource,
        )
        seen = self._tokens.get(key)
        if force_refresh:
            return self._tokens.fetch(key, obtain, lambda entry: entry is not seen, variant="force", left=left).token
        if seen is None or self._left(seen) < _MIN_TTL:
            return self._tokens.fetch(key, obtain, lambda entry: self._left(entry) >= _MIN_TTL, left=left).token
        if not seen.fresh(self._clock(), self._monotonic()):
            self._tokens.refresh(key, obtain, monotonic=self._monotonic)
        return seen.token

    def _left(self, entry: Entry) -> float:
        return entry.left(self._clock(), self._monotonic())

    def _url(self) -> str:
        """The token endpoint: on this machine where the emulator is, else that of the cloud."""
        local = [value for name in (AUTHORITY, ARM_ENDPOINT) if is_loopback(value := self._environ.get(name, ""))]
        authority = local[0] if local else self._authority
        place = origin(authority)
        if place is None or (place[0] != "https" and not local):
            raise ConfigurationError(
                f"the cloud signs people in at {authority!r}, which is not an https URL",
                target=authority,
                remedy="A secret is sent over https only. Set-AzureRmEnvironment -ActiveDirectoryEndpoint changes it.",
            )
        return f"{authority.rstrip('/')}/{self._tenant_id}/oauth2/v2.0/token"

    def _ask(self, url: str, resource: str, left: Callable[[], float]) -> Entry:
        form = {
            "grant_type": "client_credentials",
            "client_id": self._client_id,
            "client_secret": self._secret,
            "scope": f"{resource}/.default",
        }

        def send() -> HttpResponse:
            if left() <= 0:
                raise TimedOutError(f"{SERVICE_PRINCIPAL.title} was not asked: there was no time left", target=url)
            return self._door.send(post(url, form, _HEADERS)._replace(timeout=min(_ATTEMPT, left())))

        ask = Ask(resource, ManagedIdentityId(), {}, Endpoint(url), _no_file)
        refused: CredentialError
        try:
            response = retry.attempts(
                SERVICE_PRINCIPAL.policy, send, sleep=self._sleep, clock=self._monotonic, deadline=left()
            )
            grant = sources.parse(SERVICE_PRINCIPAL, ask, response, now=self._clock())
        except CredentialError as exc:
            refused = exc
        except TransportError as exc:
            exc.remedy = exc.remedy or SERVICE_PRINCIPAL.absent
            raise
        else:
            return Entry.made(grant.token, grant.lifetime, self._clock(), self._monotonic())
        raise self._refusal(refused)  # here, so that what it was made of is no part of it

    def _refusal(self, refused: CredentialError) -> CredentialError:
        """What Microsoft Entra ID said, without the secret in it, and what to do about it."""
        message = refused.message
        for form in (self._secret, quote(self._secret, safe="")):
            message = message.replace(form, "<secret>")
        number = re.search(r"AADSTS(\d+)", message)
        details = {**refused.details, **({"aadsts": int(number[1])} if number else {})}
        remedy = refused.remedy
        if isinstance(refused, TokenRejectedError):
            remedy = _REMEDIES.get(number[1] if number else "", _CHECK)
        return type(refused)(message, target=self._client_id, remedy=remedy, details=details)


_HEADERS: Mapping[str, str] = {"Accept": "application/json"}


def _no_file(path: str, folder: str | None) -> str:
    raise UsageError(f"there is no file to read for a service principal: {path}")


def _never(*_: Any) -> Any:
    raise UsageError("a service principal is not a source of this machine")


#: How an answer is read: as that of any other source. It is not among those that are looked for.
SERVICE_PRINCIPAL = Source(
    "service_principal",
    "Microsoft Entra ID",
    detect=lambda environ, exists: None,
    url=lambda environ: "",
    request=_never,
    selectors={},
    policy=retry.ENDPOINT,
    absent="Microsoft Entra ID does not answer. Check this machine's way out, its proxy variables included.",
    external=True,
)

_CHECK = "Check the application ID and the secret in -Credential, and -TenantId."
_NEW_SECRET = (
    "make a new one on the application's page Certificates & secrets, and pass its value. On an Azure VM, "
    "Connect-AzureRmAccount -Identity needs no secret."
)
_REMEDIES: Mapping[str, str] = {
    "700016": "Check the application ID, which is the user name in -Credential (not the object ID), and that -TenantId "
    "is the tenant that the application belongs to.",
    "7000215": "Pass the value of the secret, not its ID: the value is shown only once, when the secret is made. If it "
    f"is lost, {_NEW_SECRET}",
    "7000222": f"The secret has expired: {_NEW_SECRET}",
    "7000112": "The application has been disabled. An administrator of the tenant can enable it again.",
    "7000229": "The application has no service principal in this tenant: an administrator has to make one for it.",
    "90002": "Check -TenantId: it is the ID of the tenant (a GUID), or one of its domains. Check -Environment too: a "
    "tenant belongs to one cloud.",
    "900023": "Check -TenantId: it is the ID of the tenant (a GUID), or one of its domains.",
    "500011": "Check -Environment: what is asked for belongs to another cloud, or has never been used in this tenant.",
    "53003": "A policy of the tenant (conditional access) blocks this sign-in. Ask its administrator.",
}
