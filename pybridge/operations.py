"""The operations: what the worker serves. One function each, and the table that names them.

An operation takes the `Call` it runs in and keyword arguments; it returns a value, or an iterator of values
that travel as they come. Its annotations are its contract: `bind` checks requests against them, and a test
compares them with the spec of the PowerShell commands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from . import catalogue, sources, wire
from .addresses import origin
from .arm import no_subscription
from .backend import Call, signed_in
from .clouds import CLOUDS, cloud, resource_ids
from .credential import ManagedIdentityCredential
from .errors import NotFoundError, UnsupportedError, UsageError
from .identity import who_am_i
from .models import AccessToken, ManagedIdentityId
from .resources import (
    Account,
    Check,
    Context,
    ManagedIdentity,
    Profile,
    ResourceGroup,
    ResourceId,
    Subscription,
    Tenant,
    VirtualMachine,
)


@dataclass(frozen=True, slots=True)
class Operation:
    """A function that the worker serves."""

    function: Callable[..., Any]

    @property
    def parameters(self) -> dict[str, str]:
        """The names of the keyword parameters, with their annotations as written."""
        code = self.function.__code__
        names = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
        return {name: self.function.__annotations__[name] for name in names}

    @property
    def required(self) -> set[str]:
        """The parameters without a default."""
        return set(self.parameters) - set(self.function.__kwdefaults__ or {})

    def bind(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments of a call, checked against the annotations.

        Raises:
            UsageError: An unknown, a missing, or a wrongly typed parameter.
        """
        known = self.parameters
        unknown = sorted(set(params) - set(known))
        if unknown:
            raise UsageError(f"there is no parameter {unknown[0]!r}", target=unknown[0])
        missing = sorted(self.required - set(params))
        if missing:
            raise UsageError(f"the parameter {missing[0]!r} is missing", target=missing[0])
        return {name: _convert(name, known[name], value) for name, value in params.items()}


#: What an annotation accepts.
_ACCEPTS: Mapping[str, tuple[type, ...]] = {
    "str": (str,),
    "str | None": (str, type(None)),
    "int | None": (int, type(None)),
    "bool": (bool,),
    "Context | None": (dict, type(None)),
}


def _convert(name: str, annotation: str, value: Any) -> Any:
    accepted = _ACCEPTS[annotation]
    if not isinstance(value, accepted) or (isinstance(value, bool) and bool not in accepted):
        raise UsageError(f"the parameter {name!r} must be {annotation}, not {type(value).__name__}", target=name)
    return wire.context(value) if isinstance(value, dict) else value


def get_token(
    call: Call,
    *,
    resource: str = "ResourceManager",
    environment: str | None = None,
    client_id: str | None = None,
    object_id: str | None = None,
    resource_id: str | None = None,
    source: str | None = None,
    force_refresh: bool = False,
    as_plain_text: bool = False,
) -> AccessToken | str:
    """A token of this machine's managed identity.

    `resource` may be a name of the catalogue, which is looked up in the cloud `environment`.
    """
    wanted = catalogue.resource_named(resource, environment)
    credential: ManagedIdentityCredential = call.backend.credential(
        ManagedIdentityCredential,
        client_id=client_id,
        object_id=object_id,
        resource_id=resource_id,
        source=source,
    )
    token = credential.get_token(wanted, force_refresh=force_refresh)
    return token.token if as_plain_text else token


def list_resource_ids(call: Call, *, name: str | None = None, environment: str | None = None) -> Iterator[ResourceId]:
    """What tokens can be asked for in a cloud: the whole catalogue, or what fits a name, which may have wildcards."""
    return resource_ids(name, environment)


def get_identity(
    call: Call,
    *,
    resource: str = "ResourceManager",
    environment: str | None = None,
    client_id: str | None = None,
    object_id: str | None = None,
    resource_id: str | None = None,
    source: str | None = None,
) -> ManagedIdentity:
    """Whose tokens come here, and from which source: read off a token for `resource`, see `get_token`."""
    wanted = catalogue.resource_named(resource, environment)
    credential: ManagedIdentityCredential = call.backend.credential(
        ManagedIdentityCredential,
        client_id=client_id,
        object_id=object_id,
        resource_id=resource_id,
        source=source,
    )
    return who_am_i(credential, wanted)


def check_identity(
    call: Call,
    *,
    environment: str | None = None,
    client_id: str | None = None,
    object_id: str | None = None,
    resource_id: str | None = None,
    source: str | None = None,
    quiet: bool = False,
) -> Iterator[Check] | bool:
    """The checklist of why there is no token, the verdict last; with `quiet` only whether nothing in it is broken."""
    from . import doctor  # few ask for it

    call.backend.before_waiting()  # the checks wait in threads of their own, which nobody hears of
    checks = doctor.examine(
        doctor.Machine(call.backend.metadata, call.backend.https, call.backend.environ),
        source=source,
        identity=ManagedIdentityId(client_id, object_id, resource_id),
        cloud=environment,
    )
    return all(check.state != "broken" for check in checks) if quiet else checks


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


def list_subscriptions(
    call: Call,
    *,
    context: Context | None,
    subscription_id: str | None = None,
    subscription_name: str | None = None,
    tenant_id: str | None = None,
) -> Iterator[Subscription]:
    """The subscriptions that the account sees: all, or the one of that ID or name; of one tenant, if it is given."""
    arm = call.arm(context)
    found = arm.subscriptions() if subscription_id is None else iter([arm.subscription(subscription_id)])
    for item in found:
        if _fits(item.name, subscription_name) and _fits(item.tenant_id or "", tenant_id):
            yield item


def list_resource_groups(
    call: Call, *, context: Context | None, name: str | None = None, location: str | None = None
) -> Iterator[ResourceGroup]:
    """The resource groups of the subscription: all, or the one of that name; of one location, if it is given."""
    arm = call.arm(context)
    place = location and location.replace(" ", "")  # "East US" is eastus
    for group in arm.resource_groups() if name is None else iter([arm.resource_group(name)]):
        if _fits(group.location, place):
            yield group


def _fits(value: str, wanted: str | None) -> bool:
    return wanted is None or value.lower() == wanted.lower()


def list_virtual_machines(
    call: Call,
    *,
    context: Context | None,
    resource_group_name: str | None = None,
    name: str | None = None,
) -> Iterator[VirtualMachine]:
    """The VMs of the subscription, of a resource group, or the one of that name in it."""
    arm = call.arm(context)
    if name is None:
        yield from arm.virtual_machines(resource_group_name)
    elif resource_group_name is not None:
        yield arm.virtual_machine(resource_group_name, name)
    else:
        raise UsageError("a VM is named by its resource group and its name", target=name)


OPERATIONS: Mapping[str, Operation] = {
    function.__name__: Operation(function)
    for function in (
        get_token,
        get_identity,
        check_identity,
        list_resource_ids,
        connect_account,
        disconnect_account,
        get_context,
        list_subscriptions,
        list_resource_groups,
        list_virtual_machines,
    )
}
