"""Signing in and out."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .. import contexts, sources, wire
from ..addresses import origin
from ..arm import no_subscription
from ..backend import Call
from ..contextfile import is_self_sufficient
from ..errors import NotFoundError, UnsupportedError, UsageError
from ..resources import Account, Context, Environment, Profile, Session, Subscription
from .choosing import choose_subscription, environment_named, of_tenant, warn_of_state
from .fanout import stoppable
from .keeping import CURRENT_USER, keep

if TYPE_CHECKING:  # few reach for hosts, and it takes a while
    from ..reach import Reach


def connect_account(
    call: Call,
    *,
    session: Session,
    parameter_set: str,
    identity: bool = False,
    account_id: str | None = None,
    access_token: str | None = None,
    credential: Mapping[str, Any] | None = None,
    environment: str | None = None,
    tenant_id: str | None = None,
    subscription: str | None = None,
    skip_validation: bool = False,
    managed_service_port: int | None = None,
    managed_service_host_name: str | None = None,
    managed_service_secret: str | None = None,
    context_name: str | None = None,
    skip_context_population: bool = False,
    force: bool = False,
    scope: str | None = None,
    reach: Reach | None = None,
) -> Profile:
    """Sign in: find out what the account sees, and make that the context of what follows."""
    cloud = environment_named(session, environment)
    if parameter_set == "AccessTokenWithSubscriptionId":
        account = Account(account_id or "", "AccessToken", access_token=access_token or "")
    elif parameter_set == "ManagedServiceLogin" and identity:
        account = _managed(account_id, managed_service_port, managed_service_host_name, managed_service_secret)
        if reach is not None:
            account = _at_host(call, account, reach, is_named=account_id is not None)
    elif parameter_set == "ServicePrincipalWithSubscriptionId" and credential and tenant_id:
        account = _principal(credential, tenant_id, cloud)
    else:
        raise UnsupportedError(_UNSUPPORTED.get(parameter_set, _OTHER), target=parameter_set, remedy=_SUPPORTED)
    if context_name is not None and not force:
        contexts.check_free(session, context_name)
    with nullcontext() if reach is None else stoppable(call, reach.only()):
        token = call.account_credential(account, cloud).get_token(cloud.arm_resource).token
    claims = sources.claims(token)
    visible = [] if skip_validation else _visible(call, account, cloud, tenant_id)
    if skip_validation:
        chosen = Subscription(subscription, subscription, tenant_id) if subscription else None
    else:
        chosen = choose_subscription(visible, subscription)
        if chosen is None:
            missing = no_subscription(claims.get("oid"))
            call.warn(f"{missing.message[0].upper()}{missing.message[1:]}. {missing.remedy}")
        else:
            warn_of_state(call, chosen)
    told = (chosen and chosen.tenant_id) or _text(claims.get("tid"))
    tenant = contexts.tenant(tenant_id, told)
    rest = []
    if contexts.current(session) is None and not skip_context_population:
        rest = [one for one in visible[: contexts.MOST_POPULATED] if one is not chosen]
    earlier = [one.subscription for one in contexts.of_account(session, account.id)]
    seen = dict.fromkeys(one.id for one in (chosen, *rest, *earlier) if one is not None)
    account = replace(account, tenants=(tenant.id,) if tenant else (), subscriptions=tuple(seen))
    context = _named(session, Context("", account, cloud, chosen, tenant), context_name)
    others = [replace(context, subscription=one, tenant=contexts.tenant(one.tenant_id, told)) for one in rest]
    _warn_of_saving(call, session, account, scope)
    kept = keep(call, session, lambda held: contexts.sign_in(held, context, others), scope)
    return contexts.profile(kept, context)


def disconnect_account(
    call: Call,
    *,
    session: Session,
    username: str | None = None,
    application_id: str | None = None,
    tenant_id: str | None = None,
    context_name: str | None = None,
    input_object: Mapping[str, Any] | None = None,
    azure_context: Mapping[str, Any] | None = None,
    scope: str | None = None,
) -> Account | None:
    """Sign an account out, in all its contexts: by default the one of the current context, if anybody is signed in.

    The token stays valid until it expires: Azure has no way to take it back.
    """
    if input_object is not None and "Account" in input_object:  # a context came through the pipeline
        input_object, azure_context = None, input_object
    wanted = application_id if username is None else username
    if azure_context is not None:
        wanted = wire.context(azure_context).account.id
    elif input_object is not None:
        wanted = _text(input_object.get("Id"))
    elif context_name is not None:
        wanted = contexts.find(session, context_name).account.id
    elif wanted is None:
        current = contexts.current(session)
        if current is None:
            return None
        wanted = current.account.id
    found = contexts.of_account(session, wanted or "", tenant_id)
    if not found:
        ids = ", ".join(dict.fromkeys(repr(context.account.id) for context in session.contexts)) or "nobody"
        raise NotFoundError(f"nobody is signed in as {wanted!r}", target=wanted, remedy=f"Signed in: {ids}.")

    def sign_out(held: Session) -> Session:
        return contexts.remove(held, *(one.name for one in contexts.of_account(held, wanted or "", tenant_id)))

    keep(call, session, sign_out, scope)
    return contexts.without_secrets(found[0].account)


def _managed(account_id: str | None, port: int | None, host: str | None, secret: str | None) -> Account:
    number = 50342 if port is None else port
    endpoint = None
    if port is not None or host is not None:
        endpoint = _msi_endpoint(host or "localhost", number)
    return Account(account_id or f"MSI@{number}", "ManagedService", endpoint=endpoint, secret=secret)


def _at_host(call: Call, account: Account, reach: Reach, *, is_named: bool) -> Account:
    """The account as that of a host, which is reached so from now on."""
    from ..reach import label

    host = reach.only()
    name = label(host)
    call.reaches = {**call.reaches, name: reach}
    warning = getattr(host, "warning", None)
    if warning:
        call.warn(f"{warning[0].upper()}{warning[1:]}.")
    return replace(account, id=account.id if is_named else f"MSI@{name}", computer_name=name)


def _msi_endpoint(host: str, port: int) -> str:
    endpoint = f"http://{host}:{port}/oauth2/token"
    if not 1 <= port <= 65535 or origin(endpoint) is None:
        raise UsageError(
            f"{host}:{port} is not a host and a port",
            target=f"{host}:{port}",
            remedy="-ManagedServiceHostName takes a name or an address, -ManagedServicePort a number from 1 to 65535.",
        )
    return endpoint


def _principal(credential: Mapping[str, Any], tenant_id: str, cloud: Environment) -> Account:
    if cloud.enable_adfs_authentication:
        raise UnsupportedError(
            f"{cloud.name} signs in at an AD FS of its own, which is not supported",
            target=cloud.name,
            remedy="Sign in with a token at hand: Connect-AzureRmAccount -AccessToken <token> -AccountId <name>.",
        )
    return Account(
        str(credential.get("UserName") or ""),
        "ServicePrincipal",
        tenants=(tenant_id,),
        secret=str(credential.get("Password") or ""),
    )


_OTHER = "this way to sign in is not supported: pybridge signs in with an identity, a service principal or a token"
_UNSUPPORTED: Mapping[str, str] = {
    "UserWithSubscriptionId": "nobody can be signed in interactively, or with the password of a person",
    "ServicePrincipalCertificateWithSubscriptionId": "a service principal cannot sign in with a certificate here",
    "ManagedServiceLogin": "-Identity:$false names no way to sign in",
}
_SUPPORTED = (
    "On an Azure VM: Connect-AzureRmAccount -Identity. "
    "Elsewhere: Connect-AzureRmAccount -ServicePrincipal -Credential <application ID and secret> -TenantId <tenant>. "
    "With a token at hand: Connect-AzureRmAccount -AccessToken <token> -AccountId <name>."
)


def _visible(call: Call, account: Account, cloud: Environment, tenant_id: str | None) -> list[Subscription]:
    """The subscriptions that the account sees; those of one tenant, where its ID is given."""
    return of_tenant(call.arm_as(account, cloud).subscriptions(), tenant_id)


def _named(session: Session, context: Context, name: str | None) -> Context:
    return replace(context, name=name or contexts.name_for(session, context))


def _warn_of_saving(call: Call, session: Session, account: Account, scope: str | None) -> None:
    """Where contexts are saved, say that this one is not."""
    saves = scope == CURRENT_USER or (scope is None and session.autosave)
    if saves and not is_self_sufficient(account):
        call.warn(
            f"The sign-in of '{account.id}' is not saved for other sessions, as no secrets and no tokens are. "
            "Connect-AzureRmAccount -Identity needs none, on the machine itself."
        )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
