"""The table of ARM's routes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from . import (
    authorization,
    changes,
    compute,
    extensions,
    generic,
    groups,
    identities,
    power,
    progress,
    subscriptions,
)
from .call import ArmCall
from .versions import CORE_TYPE

Handler = Callable[[ArmCall], Any]


@dataclass(frozen=True, slots=True)
class Route:
    """One row of ARM's routes.

    Attributes:
        pattern: A path with {names}; {scope} stands for any path, the empty one too.
        kind: The resource type, a key of `API_VERSIONS`.
        methods: What answers which method: a body for 200, or a `Reply`. HEAD is answered as GET unless it is here.
    """

    pattern: str
    kind: str
    methods: Mapping[str, Handler]
    match: Callable[[str], re.Match[str] | None] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        pattern = re.sub(r"\{(\w+)\}", lambda m: f"(?P<{m[1]}>{'.*' if m[1] == 'scope' else '[^/]+'})", self.pattern)
        object.__setattr__(self, "match", re.compile(pattern, re.IGNORECASE).fullmatch)


_SUBSCRIPTION = "/subscriptions/{subscription}"
_GROUP = _SUBSCRIPTION + "/resourceGroups/{group}"
_COMPUTE = "/providers/Microsoft.Compute"
_VMS = _COMPUTE + "/virtualMachines"
_VM = _GROUP + _VMS + "/{vm}"
_DISKS = _COMPUTE + "/disks"
_NICS = "/providers/Microsoft.Network/networkInterfaces"
_IDENTITIES = "/providers/Microsoft.ManagedIdentity/userAssignedIdentities"
_ROLES = "{scope}/providers/Microsoft.Authorization"

_MACHINES = (
    Route(
        _VM,
        "virtualMachines",
        {"GET": compute.get_vm, "PUT": changes.put_vm, "PATCH": changes.patch_vm, "DELETE": changes.delete_vm},
    ),
    Route(_GROUP + _VMS, "virtualMachines", {"GET": compute.list_in_group}),
    Route(_SUBSCRIPTION + _VMS, "virtualMachines", {"GET": compute.list_all}),
    Route(
        _SUBSCRIPTION + _COMPUTE + "/locations/{location}/virtualMachines",
        "virtualMachines",
        {"GET": compute.list_in_location},
    ),
    Route(_VM + "/instanceView", "virtualMachines", {"GET": compute.get_instance_view}),
    *(
        Route(f"{_VM}/{action}", "virtualMachines", {"POST": power.handler(action)})
        for action in ("start", "powerOff", "deallocate", "restart")
    ),
    Route(_VM + "/extensions", "virtualMachines/extensions", {"GET": extensions.list_extensions}),
    Route(
        _VM + "/extensions/{extension}",
        "virtualMachines/extensions",
        {
            "GET": extensions.get_extension,
            "PUT": extensions.put_extension,
            "PATCH": extensions.patch_extension,
            "DELETE": extensions.delete_extension,
        },
    ),
    Route(
        _SUBSCRIPTION + _COMPUTE + "/locations/{location}/operations/{operation}",
        "locations/operations",
        {"GET": progress.get_operation},
    ),
)

_OTHERS = (
    Route(_GROUP + _IDENTITIES, "userAssignedIdentities", {"GET": identities.list_in_group}),
    Route(_SUBSCRIPTION + _IDENTITIES, "userAssignedIdentities", {"GET": identities.list_all}),
    Route(
        _GROUP + _IDENTITIES + "/{identity}",
        "userAssignedIdentities",
        {
            "GET": identities.get_identity,
            "PUT": identities.put_identity,
            "PATCH": identities.patch_identity,
            "DELETE": identities.delete_identity,
        },
    ),
    Route(_GROUP + _DISKS, "disks", {"GET": generic.list_disks}),
    Route(_SUBSCRIPTION + _DISKS, "disks", {"GET": generic.list_disks}),
    Route(_GROUP + _DISKS + "/{resource}", "disks", {"GET": generic.get_disk}),
    Route(_GROUP + _NICS, "networkInterfaces", {"GET": generic.list_nics}),
    Route(_SUBSCRIPTION + _NICS, "networkInterfaces", {"GET": generic.list_nics}),
    Route(_GROUP + _NICS + "/{resource}", "networkInterfaces", {"GET": generic.get_nic}),
    Route(_GROUP + "/resources", CORE_TYPE, {"GET": generic.list_in_group}),
    Route(_SUBSCRIPTION + "/resources", CORE_TYPE, {"GET": generic.list_all}),
)

_CORE = (
    Route(
        _GROUP,
        CORE_TYPE,
        {
            "GET": groups.get_group,
            "HEAD": groups.head_group,
            "PUT": groups.put_group,
            "PATCH": groups.patch_group,
            "DELETE": groups.delete_group,
        },
    ),
    Route(_SUBSCRIPTION + "/resourceGroups", CORE_TYPE, {"GET": groups.list_groups}),
    Route(_SUBSCRIPTION + "/operationresults/{operation}", CORE_TYPE, {"GET": progress.get_result}),
    Route("/subscriptions", CORE_TYPE, {"GET": subscriptions.list_subscriptions}),
    Route(_SUBSCRIPTION, CORE_TYPE, {"GET": subscriptions.get_subscription}),
    Route(_SUBSCRIPTION + "/locations", CORE_TYPE, {"GET": subscriptions.list_locations}),
    Route(_SUBSCRIPTION + "/providers", CORE_TYPE, {"GET": subscriptions.list_providers}),
    Route(_SUBSCRIPTION + "/providers/{namespace}", CORE_TYPE, {"GET": subscriptions.get_provider}),
    Route("/tenants", CORE_TYPE, {"GET": subscriptions.list_tenants}),
)

_ACCESS = (
    Route(_ROLES + "/roleAssignments", "roleAssignments", {"GET": authorization.list_assignments}),
    Route(
        _ROLES + "/roleAssignments/{name}",
        "roleAssignments",
        {
            "GET": authorization.get_assignment,
            "PUT": authorization.put_assignment,
            "DELETE": authorization.delete_assignment,
        },
    ),
    Route(_ROLES + "/roleDefinitions", "roleDefinitions", {"GET": authorization.list_definitions}),
    Route(_ROLES + "/roleDefinitions/{name}", "roleDefinitions", {"GET": authorization.get_definition}),
)

#: In the order in which they are looked through.
ROUTES = (*_MACHINES, *_OTHERS, *_CORE, *_ACCESS)
