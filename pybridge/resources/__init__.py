"""What Azure has, and who is signed in to it: frozen values, one file a topic."""

from __future__ import annotations

from .accounts import (
    EXTENDED,
    Account,
    Context,
    ContextAutosaveSettings,
    Environment,
    Profile,
    Session,
    Subscription,
    Tenant,
)
from .changes import ComputeOperation, OperationResponse
from .compute import (
    UserAssignedIdentity,
    VirtualMachine,
    VirtualMachineExtension,
    VirtualMachineIdentity,
    VirtualMachineInstanceView,
    VirtualMachineListItem,
    VirtualMachineListStatus,
)
from .groups import ArmObject, Resource, ResourceGroup, RestResponse
from .identities import EnabledIdentity, IdentityResource
from .installed import InstalledModule
from .machine import Check, ManagedIdentity, ResourceId
from .roles import RoleAssignment, RoleDefinition

__all__ = [
    "EXTENDED",
    "Account",
    "ArmObject",
    "Check",
    "ComputeOperation",
    "Context",
    "ContextAutosaveSettings",
    "EnabledIdentity",
    "Environment",
    "IdentityResource",
    "InstalledModule",
    "ManagedIdentity",
    "OperationResponse",
    "Profile",
    "Resource",
    "ResourceGroup",
    "ResourceId",
    "RestResponse",
    "RoleAssignment",
    "RoleDefinition",
    "Session",
    "Subscription",
    "Tenant",
    "UserAssignedIdentity",
    "VirtualMachine",
    "VirtualMachineExtension",
    "VirtualMachineIdentity",
    "VirtualMachineInstanceView",
    "VirtualMachineListItem",
    "VirtualMachineListStatus",
]
