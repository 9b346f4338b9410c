"""Signing in and out, and the context that comes of it."""

from __future__ import annotations

import re
from dataclasses import replace

from .. import sources
from ..addresses import origin
from ..arm import no_subscription
from ..backend import Call, signed_in
from ..clouds import CLOUDS, cloud
from ..errors import NotFoundError, UnsupportedError, UsageError
from ..resources import Account, Context, Profile, Subscription, Tenant


def connect_account(
    call: Call,
    *,
    parameter_set: str,
    identity: bool = False,
    account_id: str | None = None,
    access_token: str | None = None,
    environment: str | None = None,
    tenant_id: str | None = None,
    subscription: str | None = None,
    skip_validation: bool = False,
    managed_service_port: int | None = None,
    managed_service_host_name: str | None = None,
    managed_service_secret: str | None = None,
    context_name: str | None = None,
) -> Profile:
    """Sign in: find out what the account sees, and make that the context of what follows."""
    if parameter_set == "AccessTokenWithSubscriptionId":
        account = Account(account_id or "", "AccessToken", access_token=access_token)
    elif parameter_set == "ManagedServiceLogin" and identity:
        port = 50342 if managed_service_port is None else managed_service_port
        endpoint = None
        if managed_service_port is not None or managed_service_host_name is not None:
            endpoint = _msi_endpoint(managed_service_host_name or "localhost", port)
        account = Account(
            account_id or f"MSI@{port}", "ManagedService", endpoint=endpoint, secret=managed_service_secret
        )
    else:
        raise UnsupportedError(
            "this way to sign in is not supported: pybridge signs in with a managed identity or an access token",
            target=parameter_set,
            remedy="On an Azure VM: Connect-AzureRmAccount -Identity. "
            "With a token at hand: Connect-AzureRmAccount -AccessToken <token> -AccountId <name>.",
        )
    found = cloud(environment)
    arm = call.backend.arm(account, found)
    claims = sources.claims(call.backend.account_credential(account).get_token(found.resource_manager_url).token)
    if skip_validation:
        chosen = subscription and Subscription(subscription, subscription, tenant_id)
    else:
        chosen = _choose_subscription(list(arm.subscriptions()), subscription, tenant_id)
    if not chosen and not skip_validation:
        missing = no_subscription(claims.get("oid"))
        call.warn(f"{missing.message[0].upper()}{missing.message[1:]}. {missing.remedy}")
    tenant = tenant_id or (chosen and chosen.tenant_id) or _text(claims.get("tid"))
    context = Context(
        name=context_name or (f"{chosen.name} ({chosen.id})" if chosen else account.id),
        account=replace(account, tenants=(tenant,) if tenant else ()),
        environment=found,
        subscription=chosen or None,
        tenant=Tenant(tenant) if tenant else None,
    )
    return Profile(context, CLOUDS)


def _msi_endpoint(host: str, port: int) -> str:
    endpoint = f"http://{host}:{port}/oauth2/token"
    if not 1 <= port <= 65535 or origin(endpoint) is None:
        raise UsageError(
            f"{host}:{port} is not a host and a port",
            target=f"{host}:{port}",
            remedy="-ManagedServiceHostName takes a name or an address, -ManagedServicePort a number from 1 to 65535.",
        )
    return endpoint


def _choose_subscription(visible: list[Subscription], wanted: str | None, tenant_id: str | None) -> Subscription | None:
    """The subscription of that ID or name; the first one for None."""
    if tenant_id and _GUID.fullmatch(tenant_id):
        visible = [item for item in visible if (item.tenant_id or "").lower() == tenant_id.lower()]
    if wanted is None:
        return visible[0] if visible else None
    for item in visible:
        if wanted.lower() in (item.id.lower(), item.name.lower()):
            return item
    names = ", ".join(f"{item.name} ({item.id})" for item in visible) or "none"
    raise NotFoundError(
        f"the subscription {wanted!r} is not visible to this account",
        target=wanted,
        remedy=f"Visible subscriptions: {names}.",
    )


_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def disconnect_account(call: Call, *, context: Context | None, username: str | None = None) -> Account:
    """Sign out. The token stays valid until it expires: Azure has no way to take it back."""
    account = signed_in(context).account
    if username is not None and username.lower() != account.id.lower():
        raise NotFoundError(
            f"nobody is signed in as {username!r}", target=username, remedy=f"Signed in is {account.id!r}."
        )
    return replace(account, access_token=None, secret=None)


def get_context(call: Call, *, context: Context | None) -> Context:
    """The signed-in context."""
    return signed_in(context)
