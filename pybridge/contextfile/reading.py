"""What a context file holds.

Two layouts are known: that of AzureRM 3 and before (`Context`, `Endpoints`), and that of all since
(`DefaultContextKey`, `EnvironmentTable`, `Contexts`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from .. import contexts
from ..addresses import is_loopback
from ..clouds import CLOUDS, DEFAULT
from ..errors import FileError
from ..resources import Account, Context, Environment, Session, Subscription, Tenant
from .clouds import environment_from, mapping, old_environment_from, words
from .trust import trusted
from .writing import COMPUTER_NAME, VM_EXTENSION

WHAT = "Name a file that Save-AzureRmContext, Save-AzureRmProfile or Save-AzContext wrote."


class Found(NamedTuple):
    """What a file holds, and what a reader of it should know."""

    session: Session
    warnings: tuple[str, ...]


def parse(data: bytes, file: str) -> Found:
    """What the bytes of a file mean.

    Raises:
        FileError: They are not those of a context file.
    """
    try:
        value = json.loads(_text(data))
    except (ValueError, RecursionError) as exc:
        line = getattr(exc, "lineno", None)
        raise FileError("it is not JSON", file=file, line=line, remedy=WHAT) from exc
    if isinstance(value, dict) and isinstance(value.get("Contexts"), dict):
        reader = _Reader(_table(value.get("EnvironmentTable"), environment_from))
        found = {name: reader.context(name, item) for name, item in value["Contexts"].items() if _is_full(item)}
        wanted = value.get("DefaultContextKey")
    elif isinstance(value, dict) and ("Context" in value or "Environments" in value):
        reader = _Reader(_table(value.get("Environments"), old_environment_from))
        found = {"": reader.context("", _modern(value["Context"]))} if _is_full(value.get("Context")) else {}
        wanted = None
    else:
        raise FileError("it is JSON, but no context file", file=file, remedy=WHAT)
    session = Session(environments=reader.environments, autosave=None)
    for context in filter(None, found.values()):
        session = contexts.add(
            session, context if context.name else replace(context, name=contexts.name_for(session, context)), use=False
        )
    names = [context.name for context in session.contexts]
    current = next((name for name in names if name.lower() == str(wanted).lower()), names[0] if names else None)
    session = replace(session, current=current)
    return Found(session, tuple(reader.warnings))


def is_self_sufficient(account: Account) -> bool:
    """Whether an account signs in by itself: the identity of whatever machine it is on."""
    return account.type == "ManagedService" and account.computer_name is None


def to_sign_in(session: Session) -> Iterator[str]:
    """What to tell of the accounts that cannot do anything yet."""
    told = set()
    for account in (context.account for context in session.contexts):
        ready = is_self_sufficient(account) or account.secret or account.access_token
        if not ready and account.id not in told:
            told.add(account.id)
            if account.computer_name is not None:
                way = contexts.way_to_sign_in(account.computer_name)
            else:
                way = _WAYS.get(account.type, _WAYS["User"])
            yield (
                f"The account '{account.id}' ({account.type}) must sign in again, as a context file holds no secrets: "
                f"{way}."
            )


def _text(data: bytes) -> str:
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    return data.decode(encoding).rstrip("\0")  # AzureRM left some behind


class _Reader:
    """Reads contexts, and remembers what to warn of.

    Args:
        environments: The clouds of the file.
    """

    def __init__(self, environments: Mapping[str, Environment]) -> None:
        self.warnings: list[str] = []
        self.environments = trusted(environments, self.warnings.append)

    def context(self, name: str, item: Mapping[str, Any]) -> Context | None:
        """A context; None for one that cannot be used."""
        account = item["Account"]
        more = mapping(account, "ExtendedProperties")
        environment = self._environment(words(mapping(item, "Environment"), "Name"))
        subscription = mapping(item, "Subscription")
        tenant = mapping(item, "Tenant")
        tenants, subscriptions = (
            tuple(filter(None, (part.strip() for part in (words(more, key) or "").split(","))))
            for key in ("Tenants", "Subscriptions")
        )
        tenant_id = words(tenant, "Id") or words(mapping(subscription, "ExtendedProperties"), "Tenants")
        subscription_id = words(subscription, "Id")
        if environment is None:
            self.warnings.append(f"The context '{name}' was left out: the file does not have its environment.")
            return None
        kind = words(account, "Type") or "User"
        return Context(
            name=name,
            account=Account(
                id=account["Id"],
                type=kind,
                tenants=tenants or ((tenant_id,) if tenant_id else ()),
                subscriptions=subscriptions,
                certificate_thumbprint=words(more, "CertificateThumbprint"),
                endpoint=_endpoint(more) if kind == "ManagedService" else None,
                computer_name=words(more, COMPUTER_NAME) if kind == "ManagedService" else None,
            ),
            environment=environment,
            subscription=Subscription(
                id=subscription_id,
                name=words(subscription, "Name") or subscription_id,
                tenant_id=tenant_id,
                state=words(subscription, "State"),
            )
            if subscription_id
            else None,
            tenant=Tenant(tenant_id, directory=words(tenant, "Directory")) if tenant_id else None,
            extended_properties={
                name: text for name, text in mapping(item, "ExtendedProperties").items() if isinstance(text, str)
            },
        )

    def _environment(self, name: str | None) -> Environment | None:
        wanted = (name or DEFAULT).lower()
        clouds = {**CLOUDS, **self.environments}
        return next((one for key, one in clouds.items() if key.lower() == wanted), None)


_WAYS: Mapping[str, str] = {
    "ServicePrincipal": "Connect-AzureRmAccount -ServicePrincipal -Credential <it> -TenantId <tenant>",
    "AccessToken": "Connect-AzureRmAccount -AccessToken <token> -AccountId <name>",
    "User": "pybridge does not sign people in, so use -Identity, -ServicePrincipal -Credential or -AccessToken",
}


def _is_full(item: Any) -> bool:
    """Whether it is a context, and not the empty one that AzureRM calls "Default"."""
    return isinstance(item, dict) and isinstance(account := item.get("Account"), dict) and bool(words(account, "Id"))


def _table(value: Any, reader: Any) -> dict[str, Environment]:
    items = value.items() if isinstance(value, dict) else ()
    return {name: reader(name, item) for name, item in items if isinstance(item, dict)}


def _endpoint(more: Mapping[str, Any]) -> str | None:
    """The endpoint that the caller of -Identity named; None for the usual ones, which are asked anyway."""
    url = words(more, "MSILoginUri")
    return url if url and is_loopback(url) and url != VM_EXTENSION else None


def _modern(item: Mapping[str, Any]) -> dict[str, Any]:
    """A context of AzureRM 3 in today's words."""
    kinds = ("Certificate", "User", "ServicePrincipal", "AccessToken", "ManagedService")
    account, subscription = mapping(item, "Account"), mapping(item, "Subscription")
    kind = account.get("Type")
    if isinstance(kind, int) and not isinstance(kind, bool):
        kind = kinds[kind] if 0 <= kind < len(kinds) else "User"
    tenant = mapping(item, "Tenant")
    return {
        **item,
        "Account": {**account, "Type": kind, "ExtendedProperties": mapping(account, "Properties")},
        "Subscription": {**subscription, "ExtendedProperties": mapping(subscription, "Properties")},
        "Tenant": {"Id": tenant.get("Id"), "Directory": tenant.get("Domain")},
    }
