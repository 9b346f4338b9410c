"""What PowerShell sends, as nouns of ours."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from functools import lru_cache
from typing import Any

from ..errors import UsageError
from ..resources import Account, Context, Environment, Session, Subscription, Tenant
from .encoding import TAG
from .names import pascal


def decode(value: Any) -> Any:
    """What PowerShell sent, with the tags taken off: secrets and shielded text as strings, kept JSON as its value.

    Raises:
        UsageError: What is tagged as JSON is none.
    """
    if isinstance(value, str):
        if not value.startswith(TAG):
            return value
        return _kept(value[2:]) if value[1:2] == _JSON else value[2:]
    if isinstance(value, dict):
        return {key: decode(item) for key, item in value.items()}
    if isinstance(value, list):
        return [decode(item) for item in value]
    return value


#: The tag of a value that PowerShell keeps ready as JSON: it holds no secrets, and travels with each call.
_JSON = "J"


@lru_cache(maxsize=16)
def _kept(text: str) -> Any:
    """What kept JSON means. It is read only: all who send the same text share it."""
    try:
        return decode(json.loads(text))
    except (ValueError, RecursionError) as exc:
        raise UsageError("what should be kept JSON is none") from exc


def context(value: Any) -> Context:
    """The context that PowerShell sent with a request.

    Raises:
        UsageError: It is not a context of Connect-AzureRmAccount.
    """
    try:
        account = value["Account"]
        others: dict[str, Any] = {name: _plain(account.get(pascal(name))) for name in _OF_ACCOUNT}
        subscriptions = _pairs(account).get("Subscriptions") or ""
        subscription, tenant = value.get("Subscription"), value.get("Tenant")
        return Context(
            name=str(value.get("Name") or ""),
            account=Account(
                id=account["Id"],
                type=account["Type"],
                tenants=tuple(account.get("Tenants") or ()),
                subscriptions=tuple(filter(None, subscriptions.split(","))),
                **{name: item for name, item in others.items() if item is not None},
            ),
            environment=environment(value["Environment"]),
            subscription=subscription
            and Subscription(
                id=subscription["Id"],
                name=subscription["Name"],
                tenant_id=subscription.get("TenantId"),
                state=subscription.get("State"),
            ),
            tenant=tenant and Tenant(id=tenant["Id"], directory=tenant.get("Directory")),
            extended_properties=_pairs(value),
        )
    except (KeyError, TypeError, AttributeError, ValueError) as exc:
        raise UsageError(
            "this is not a context of Connect-AzureRmAccount",
            remedy="Pass what Get-AzureRmContext or Connect-AzureRmAccount returned.",
        ) from exc


def _plain(value: Any) -> Any:
    """A dictionary of PowerShell's as it comes back, or as it went."""
    return dict(value) if isinstance(value, list) else value


def _pairs(holder: Any) -> dict[str, str]:
    """The extended properties of an object."""
    found = dict(holder.get("ExtendedProperties") or {})
    return {str(key): str(item) for key, item in found.items() if item is not None}


#: What an account has beside its name, its kind, its tenants and its subscriptions.
_OF_ACCOUNT = [
    field.name
    for field in fields(Account)
    if field.init and field.name not in {"id", "type", "tenants", "subscriptions"}
]


def session(value: Any) -> Session:
    """What a PowerShell session holds; None for one that holds nothing yet.

    Raises:
        UsageError: It is something else.
    """
    if value is None:
        return Session()
    try:
        return Session(
            contexts=tuple(context(item) for item in value.get("Contexts") or ()),
            current=value.get("Current"),
            environments=environments(value.get("Environments")),
            autosave=value.get("Autosave"),
        )
    except (TypeError, AttributeError, ValueError) as exc:
        raise UsageError("this is not what a session of PyBridge holds") from exc


def environments(value: Any) -> Mapping[str, Environment]:
    """Clouds by name, as PowerShell sends them; None for none.

    Raises:
        UsageError: They are something else.
    """
    try:
        return {name: environment(item) for name, item in dict(value or {}).items()}
    except (KeyError, TypeError, ValueError, AttributeError) as exc:
        raise UsageError(
            "this is not a cloud of Get-AzureRmEnvironment", remedy="Add it again: Add-AzureRmEnvironment."
        ) from exc


def environment(value: Any) -> Environment:
    """A cloud, as PowerShell sends it."""
    return Environment(
        **{
            field.name: value[pascal(field.name)]
            for field in fields(Environment)
            if field.init and value.get(pascal(field.name)) is not None
        }
    )
