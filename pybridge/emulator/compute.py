"""ARM's virtual machines and their extensions: who may see which. Their JSON is in `views`.

Wire format: https://learn.microsoft.com/rest/api/compute/virtual-machines
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from .armcall import ArmCall, Refusal, filter_conditions, not_found
from .nouns import Extension, VirtualMachine
from .views import extension_view, instance_view, vm_view

READ_VM = "Microsoft.Compute/virtualMachines/read"
READ_INSTANCE_VIEW = "Microsoft.Compute/virtualMachines/instanceView/read"
READ_EXTENSION = "Microsoft.Compute/virtualMachines/extensions/read"


def get_vm(arm: ArmCall) -> Any:
    arm.require(READ_VM, arm.vm_scope())
    return vm_view(arm.vm(), with_instance_view=_expands(arm))


def get_instance_view(arm: ArmCall) -> Any:
    arm.require(READ_INSTANCE_VIEW, arm.vm_scope())
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


def get_extension(arm: ArmCall) -> Any:
    name = arm.names["extension"]
    arm.require(READ_EXTENSION, f"{arm.vm_scope()}/extensions/{name}")
    vm = arm.vm()
    extension = vm.extensions.get(name.lower())
    if extension is None:
        raise not_found(f"Microsoft.Compute/virtualMachines/{vm.name}/extensions/{name}", vm.group.name)
    return extension_view(vm, extension)


def list_extensions(arm: ArmCall) -> Any:
    vm = arm.vm()
    allowed = arm.access.filter(READ_EXTENSION)

    def keep(extension: Extension) -> bool:
        return allowed(f"{vm.id}/extensions/{extension.name}")

    return arm.page(list(vm.extensions.values()), keep, partial(extension_view, vm))


def _vm_page(arm: ArmCall, vms: Sequence[VirtualMachine]) -> Any:
    filter_conditions(arm.call, ())
    with_status = _expands(arm) or (arm.call.parameter("statusOnly") or "").lower() == "true"
    allowed = arm.access.filter(READ_VM)
    return arm.page(vms, lambda vm: allowed(vm.id), partial(vm_view, with_instance_view=with_status))


def _expands(arm: ArmCall) -> bool:
    """Whether `$expand=instanceView` is there."""
    expand = arm.call.parameter("$expand")
    if not expand:
        return False
    if expand.lower() != "instanceview":
        raise Refusal(400, "InvalidParameter", f"The value '{expand}' of parameter '$expand' is not supported.")
    return True
