"""Values on their way between Python and PowerShell.

Names: snake_case here, PascalCase there, converted mechanically. ARM's camelCase becomes PascalCase too.

Tagged text: JSON has no dates and no secrets, and PowerShell 7 turns text that looks like a date into one.
So a text that begins with U+0001 carries its kind in the second character:

    D   a date and time, ISO 8601, UTC    -> [datetime]
    P   protected: a token or a password  -> [securestring]
    S   plain text that needs shielding   -> [string]

Where such texts stand in a value is told beside it (`tagged`), so that the reader need not search.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from .errors import UsageError
from .models import AccessToken
from .resources import Account, Context, Environment, Subscription, Tenant

TAG = "\x01"

#: AzureRM's own spellings where the mechanical one differs.
_IRREGULAR = {"os_profile": "OSProfile"}

#: What Newtonsoft.Json, below ConvertFrom-Json, may take for a date.
_LIKE_A_DATE = re.compile(r"\d.{9}T|/Date\(", re.DOTALL)


def pascal(name: str) -> str:
    """`resource_group_name` -> `ResourceGroupName`; `vmSize` -> `VmSize`."""
    irregular = _IRREGULAR.get(name)
    if irregular is not None:
        return irregular
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def snake(name: str) -> str:
    """`VirtualMachine` -> `virtual_machine`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def type_name(value: object) -> str:
    """What the wire calls the type of a value: `virtual_machine` for a `VirtualMachine`."""
    return snake(type(value).__name__)


def encode(value: Any) -> Any:
    """A model, or plain JSON, as the JSON that PowerShell gets."""
    if isinstance(value, str):
        return f"{TAG}S{value}" if value.startswith(TAG) or _LIKE_A_DATE.match(value) else value
    if isinstance(value, Mapping):
        return {key: encode(item) for key, item in value.items()}
    if isinstance(value, AccessToken) or is_dataclass(value):
        return _model(value)
    if isinstance(value, list | tuple):
        return [encode(item) for item in value]
    return value


def tagged(value: Any) -> list[list[str | int]]:
    """The paths to the tagged texts in an encoded value, from names of members and indexes of lists."""
    if isinstance(value, str):
        return [[]] if value.startswith(TAG) else []
    steps: Iterable[tuple[str | int, Any]] = ()
    if isinstance(value, dict):
        steps = value.items()
    elif isinstance(value, list):
        steps = enumerate(value)
    return [[step, *path] for step, item in steps for path in tagged(item)]


def decode(value: Any) -> Any:
    """What PowerShell sent, with the tags taken off: secrets and shielded text as strings."""
    if isinstance(value, str):
        return value[2:] if value.startswith(TAG) else value
    if isinstance(value, dict):
        return {key: decode(item) for key, item in value.items()}
    if isinstance(value, list):
        return [decode(item) for item in value]
    return value


def kinds(noun: type[Any]) -> Mapping[str, str | None]:
    """How each field of a noun travels: "secret", "epoch", "arm", "hidden", or as its value is."""
    if issubclass(noun, AccessToken):
        kind = {"token": "secret", "expires_on": "epoch", "refresh_on": "hidden"}
        return {name: kind.get(name) for name in AccessToken._fields}
    return {field.name: field.metadata.get("wire") for field in fields(noun)}


def _model(value: Any) -> dict[str, Any]:
    shape: dict[str, Any] = {}
    for name, kind in kinds(type(value)).items():
        if kind != "hidden":
            item = getattr(value, name)
            shape[pascal(name)] = None if item is None else _ENCODERS[kind](item)
    return shape


def _secret(value: str) -> str:
    return f"{TAG}P{value}"


def _epoch(value: int) -> str:
    return f"{TAG}D{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(value))}"


def _arm(value: Any) -> Any:
    """ARM's JSON, its names in PascalCase; what stands below `tags` is the user's own."""
    if isinstance(value, Mapping):
        return {pascal(key): encode(item) if key == "tags" else _arm(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_arm(item) for item in value]
    return encode(value)


_ENCODERS: Mapping[str | None, Callable[[Any], Any]] = {
    None: encode,
    "secret": _secret,
    "epoch": _epoch,
    "arm": _arm,
}


def context(value: Any) -> Context:
    """The context that PowerShell sent with a request.

    Raises:
        UsageError: It is not a context of Connect-AzureRmAccount.
    """
    try:
        account, environment = value["Account"], value["Environment"]
        subscription, tenant = value.get("Subscription"), value.get("Tenant")
        return Context(
            name=str(value.get("Name") or ""),
            account=Account(
                id=account["Id"],
                type=account["Type"],
                tenants=tuple(account.get("Tenants") or ()),
                access_token=account.get("AccessToken"),
                endpoint=account.get("Endpoint"),
                secret=account.get("Secret"),
            ),
            environment=Environment(
                **{
                    field.name: environment[pascal(field.name)]
                    for field in fields(Environment)
                    if environment.get(pascal(field.name)) is not None
                }
            ),
            subscription=subscription
            and Subscription(
                id=subscription["Id"],
                name=subscription["Name"],
                tenant_id=subscription.get("TenantId"),
                state=subscription.get("State"),
            ),
            tenant=tenant and Tenant(id=tenant["Id"], directory=tenant.get("Directory")),
        )
    except (KeyError, TypeError, AttributeError) as exc:
        raise UsageError(
            "this is not a context of Connect-AzureRmAccount",
            remedy="Pass what Get-AzureRmContext or Connect-AzureRmAccount returned.",
        ) from exc
