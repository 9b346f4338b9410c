"""The text of a context file, as Az writes it."""

from __future__ import annotations

import json
from typing import Any

from ..resources import Context, Session
from .clouds import written

#: Where AzureRM and Az look for the managed identity of their accounts, unless the file says where.
_IMDS = "http://169.254.169.254/metadata/identity/oauth2/token"
#: Where it stands whose managed identity it is, if not this machine's: how to get there, no file says.
COMPUTER_NAME = "ComputerName"
VM_EXTENSION = "http://localhost:50342/oauth2/token"


def text(session: Session) -> str:
    """What stands in the file of a session."""
    document = {
        "DefaultContextKey": session.current or "Default",
        "EnvironmentTable": {name: written(one) for name, one in session.environments.items()},
        "Contexts": {context.name: _written(context) for context in session.contexts},
        "ExtendedProperties": {},
    }
    return json.dumps(document, indent=2)


def _written(context: Context) -> dict[str, Any]:
    account, subscription, tenant = context.account, context.subscription, context.tenant
    more = dict(account.extended_properties)
    if account.type == "ManagedService":
        if not account.endpoint:
            more |= _USUAL
        if account.computer_name is not None:
            more[COMPUTER_NAME] = account.computer_name
    return {
        "Account": {
            "Id": account.id,
            "Credential": None,
            "Type": account.type,
            "TenantMap": {},
            "ExtendedProperties": more,
        },
        "Tenant": tenant and {"Id": tenant.id, "Directory": tenant.directory, "ExtendedProperties": {}},
        "Subscription": subscription
        and {
            "Id": subscription.id,
            "Name": subscription.name,
            "State": subscription.state,
            "ExtendedProperties": dict(subscription.extended_properties),
        },
        "Environment": written(context.environment),
        "VersionProfile": None,
        "TokenCache": {"CacheData": None},
        "ExtendedProperties": dict(context.extended_properties),
    }


_USUAL = {"MSILoginUri": _IMDS, "MSILoginBackup": VM_EXTENSION}
