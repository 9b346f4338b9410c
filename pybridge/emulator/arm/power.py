"""VMs started, stopped and restarted.

Wire format: https://learn.microsoft.com/rest/api/compute/virtual-machines
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from . import longrunning
from .call import ArmCall, Refusal, Reply
from .changes import begin, check_free


class _Action(NamedTuple):
    """What happens to the power of a VM, on the way and in the end."""

    meanwhile: str
    after: str


_ACTIONS = {
    "start": _Action("starting", "running"),
    "powerOff": _Action("stopping", "stopped"),
    "deallocate": _Action("deallocating", "deallocated"),
    "restart": _Action("running", "running"),
}


def handler(name: str) -> Callable[[ArmCall], Any]:
    """What answers the POST to start, powerOff, deallocate or restart."""

    def answer(arm: ArmCall) -> Any:
        return _act(arm, name)

    return answer


def _act(arm: ArmCall, name: str) -> Reply:
    """A newer action takes the place of an older one; a VM that is being made or deleted takes none."""
    arm.require(f"Microsoft.Compute/virtualMachines/{name}/action", arm.vm_scope())
    arm.writable_group()
    vm = arm.vm()
    if vm.provisioning in ("Creating", "Deleting"):
        check_free(arm, vm)
    arm.operations.preempt(vm.id, arm.call.now)
    before, action = vm.power, _ACTIONS[name]
    if name == "restart" and before != "running":
        raise Refusal(
            409, "OperationNotAllowed", f"The VM '{vm.name}' cannot be restarted, as it is not running but {before}."
        )
    if (name, before) == ("powerOff", "deallocated"):
        action = _Action(before, before)  # There is nothing left to stop.
    vm.power = action.meanwhile

    def end(status: str) -> None:
        vm.power = action.after if status == "Succeeded" else before

    return Reply(202, None, begin(arm, vm, longrunning.ASYNC_AND_LOCATION, end))
