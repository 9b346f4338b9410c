"""The operations: what the worker serves. One function each, and the table that names them.

An operation takes the `Call` it runs in and keyword arguments; it returns a value, or an iterator of values
that travel as they come. Its annotations are its contract: `bind` checks requests against them, and a test
compares them with the spec of the PowerShell commands.

    operation.py   what an operation is, and the check of what it is called with
    identity.py account.py resources.py   the functions
"""

from __future__ import annotations

from collections.abc import Mapping

from .account import connect_account, disconnect_account, get_context
from .identity import check_identity, get_identity, get_token, list_resource_ids
from .operation import Operation
from .resources import list_resource_groups, list_subscriptions, list_virtual_machines

__all__ = ["OPERATIONS", "Operation"]

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
