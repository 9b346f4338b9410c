"""ARM's virtual machines as one reads them. Their JSON is in `views`; `changes` and `power` change them.

Wire format: https://learn.microsoft.com/rest/api/compute/virtual-machines
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..nouns import VirtualMachine
from .call import ArmCall, Refusal, Reply
from .conditions import filter_conditions
from .views import instance_view, vm_view

READ_VM = "Microsoft.Compute/virtualMachines/read"
READ_INSTANCE_VIEW = "Microsoft.Compute/virtualMachines/instanceView/read"


def get_vm(arm: ArmCall) -> Any:
    arm.require(READ_VM, arm.vm_scope())
    arm.operations.look(arm.vm_scope(), arm.call.now)
    vm = arm.vm()
    view = vm_view(vm, arm.version, with_instance_view=expands_instance_view(arm))
    return Reply(200, view, {"ETag": vm.etag})


def get_instance_view(arm: ArmCall) -> Any:
    arm.require(READ_INSTANCE_VIEW, arm.vm_scope())
    arm.operations.look(arm.vm_scope(), arm.call.now)
    return instance_view(arm.vm())


def list_in_group(arm: ArmCall) -> Any:
    return _vm_page(arm, list(arm.group().vms.values()))


def list_all(arm: ArmCall) -> Any:
    groups = list(arm.subscription().groups.values())
    return _vm_page(arm, [vm for group in groups for vm in list(group.vms.values())])


def list_in_location(arm: ArmCall) -> Any:
    groups = list(arm.subscription().groups.values())
    wanted = arm.names["location"].lower()
    return _vm_page(arm, [vm for group in groups for vm in list(group.vms.values()) if vm.location.lower() == wanted])


def _vm_page(arm: ArmCall, vms: Sequence[VirtualMachine]) -> Any:
    filter_conditions(arm.call, ())
    with_status = expands_instance_view(arm) or (arm.call.parameter("statusOnly") or "").lower() == "true"
    allowed = arm.access.filter(READ_VM)

    def keep(vm: VirtualMachine) -> bool:
        arm.operations.look(vm.id, arm.call.now)
        return allowed(vm.id) and vm.name.lower() in vm.group.vms

    return arm.page(vms, keep, lambda vm: vm_view(vm, arm.version, with_instance_view=with_status))


def expands_instance_view(arm: ArmCall) -> bool:
    """Whether `$expand=instanceView` is there."""
    expand = arm.call.parameter("$expand")
    if not expand:
        return False
    if expand.lower() != "instanceview":
        raise Refusal(400, "InvalidParameter", f"The value '{expand}' of parameter '$expand' is not supported.")
    return True
