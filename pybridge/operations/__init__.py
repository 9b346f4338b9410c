"""The operations: what the worker serves. One function each, and the table that names them.

An operation takes the `Call` it runs in and keyword arguments; it returns a value, or an iterator of values
that travel as they come. Its annotations are its contract: `bind` checks requests against them, and a test
compares them with the spec of the PowerShell commands.

    operation.py   what an operation is, and the check of what it is called with
    identity.py account.py contexts.py savedcontexts.py environments.py subscriptions.py
    compute.py extensions.py groups.py roles.py identities.py enabling.py rest.py installing.py   the functions
    completions.py  what Tab suggests
    choosing.py     what is meant by the name of a cloud, a tenant or a subscription
    keeping.py      how a change of the session is kept
    principals.py   who is meant by a name
"""

from __future__ import annotations

from collections.abc import Mapping

from .account import connect_account, disconnect_account
from .completions import complete
from .compute import (
    list_virtual_machines,
    restart_virtual_machine,
    start_virtual_machine,
    stop_virtual_machine,
    update_virtual_machine,
)
from .contexts import (
    clear_contexts,
    get_context,
    remove_context,
    rename_context,
    select_context,
    set_context,
)
from .enabling import enable_identity
from .environments import list_environments, remove_environment, set_environment
from .extensions import (
    get_virtual_machine_extension,
    remove_virtual_machine_extension,
    set_virtual_machine_extension,
)
from .groups import create_resource_group, list_resource_groups, list_resources, remove_resource_group
from .identities import create_identity, list_identities, remove_identity
from .identity import check_identity, get_identity, get_token, list_resource_ids
from .installing import install_module
from .keeping import restore_session
from .operation import Operation
from .rest import invoke_rest
from .roles import assign_role, list_role_assignments, list_role_definitions, remove_role_assignment
from .savedcontexts import (
    disable_context_autosave,
    enable_context_autosave,
    get_context_autosave_setting,
    import_context,
    save_context,
)
from .subscriptions import list_subscriptions, list_tenants

__all__ = ["OPERATIONS", "Operation"]

OPERATIONS: Mapping[str, Operation] = {
    function.__name__: Operation(function)
    for function in (
        get_token,
        get_identity,
        check_identity,
        list_resource_ids,
        install_module,
        connect_account,
        disconnect_account,
        restore_session,
        get_context,
        set_context,
        select_context,
        rename_context,
        remove_context,
        clear_contexts,
        save_context,
        import_context,
        enable_context_autosave,
        disable_context_autosave,
        get_context_autosave_setting,
        list_environments,
        set_environment,
        remove_environment,
        list_subscriptions,
        list_tenants,
        list_resource_groups,
        create_resource_group,
        remove_resource_group,
        list_resources,
        list_role_definitions,
        list_role_assignments,
        assign_role,
        remove_role_assignment,
        list_identities,
        create_identity,
        remove_identity,
        enable_identity,
        invoke_rest,
        list_virtual_machines,
        update_virtual_machine,
        start_virtual_machine,
        stop_virtual_machine,
        restart_virtual_machine,
        get_virtual_machine_extension,
        set_virtual_machine_extension,
        remove_virtual_machine_extension,
        complete,
    )
}
