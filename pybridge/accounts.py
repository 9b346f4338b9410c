"""The credentials of sign-ins: the identity that an account ID means, and the token that a caller brought."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from . import sources
from .clouds import CLOUDS, DEFAULT
from .credential import ManagedIdentityCredential
from .errors import NotSignedInError, PyBridgeError, TokenRejectedError, UnsupportedError, UsageError
from .models import AccessToken, Credential
from .resources import Account, Environment
from .serviceprincipal import ServicePrincipalCredential


class FirstOf:
    """Credentials to try in order: the next one where the endpoint rejects the identity.

    AzureRM took `-AccountId` for a client ID and, if that failed, for an object ID.
    """

    def __init__(self, *credentials: Credential) -> None:
        self._credentials = credentials

    def get_token(self, resource: str, /, *, force_refresh: bool = False) -> AccessToken:
        """The first token; else the error of the first credential."""
        first: PyBridgeError | None = None
        for credential in self._credentials:
            try:
                return credential.get_token(resource, force_refresh=force_refresh)
            except PyBridgeError as exc:
                if first is None and not isinstance(exc, TokenRejectedError):
                    raise
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

    def get_token(self, resource: str, /, *, force_refresh: bool = False) -> AccessToken:
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


def account_credential(account: Account, environment: Environment | None, make: Callable[..., Any]) -> Credential:
    """The credential of a signed-in account.

    Args:
        account: It may come from a context file, which holds no secrets.
        environment: Its cloud; the public one by default.
        make: Calls the class or function that it is given with the options beside it, once for the same options.

    Raises:
        NotSignedInError: What it signs in with is not here.
        UnsupportedError: It is an account of another kind.
    """
    if account.type == "ManagedService":
        managed: Credential = make(
            for_account_id, account_id=account.id, endpoint=account.endpoint, secret=account.secret
        )
        return managed
    if account.type == "ServicePrincipal":
        if account.secret is None or not account.tenants:
            raise _not_signed_in(
                account, "Connect-AzureRmAccount -ServicePrincipal -Credential <it> -TenantId <tenant>"
            )
        principal: Credential = make(
            ServicePrincipalCredential,
            client_id=account.id,
            secret=account.secret,
            tenant_id=account.tenants[0],
            authority=(environment or CLOUDS[DEFAULT]).active_directory_authority,
        )
        return principal
    if account.type == "AccessToken":
        if account.access_token is None:
            raise _not_signed_in(account, f"Connect-AzureRmAccount -AccessToken <token> -AccountId {account.id}")
        return StaticCredential(account.access_token)
    raise UnsupportedError(
        f"{account.id!r} is an account of the type {account.type}, which pybridge does not sign in",
        target=account.id,
        remedy="On an Azure VM: Connect-AzureRmAccount -Identity. "
        "Elsewhere: Connect-AzureRmAccount -ServicePrincipal -Credential <ID and secret> -TenantId <tenant>.",
    )


def _not_signed_in(account: Account, command: str) -> NotSignedInError:
    return NotSignedInError(
        f"{account.id!r} is not signed in here: contexts that were saved hold no secrets and no tokens",
        target=account.id,
        remedy=f"Sign in again: {command}",
    )
