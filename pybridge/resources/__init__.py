"""What Azure has, and who is signed in to it: frozen values, one file a topic."""

from __future__ import annotations

from .accounts import Account, Context, Environment, Profile, Session, Subscription, Tenant
from .compute import UserAssignedIdentity, VirtualMachine, VirtualMachineIdentity, VirtualMachineListItem
from .groups import ResourceGroup
from .machine import Check, ManagedIdentity, ResourceId

__all__ = [
    "Account",
    "Check",
    "Context",
    "Environment",
    "ManagedIdentity",
    "Profile",
    "ResourceGroup",
    "ResourceId",
    "Session",
    "Subscription",
    "Tenant",
    "UserAssignedIdentity",
    "VirtualMachine",
    "VirtualMachineIdentity",
    "VirtualMachineListItem",
]
