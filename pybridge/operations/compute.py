"""Virtual machines, as AzureRM.Compute knows them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

from ..arm import ArmAnswer, ArmClient, compute
from ..arm.identities import identity_path
from ..arm.machineidentity import IdentityChange, change_to, identity_body
from ..arm.machines import list_status_from, virtual_machine_from
from ..arm.machineupdate import machine_body
from ..arm.wildcards import fits, is_pattern
from ..backend import Call
from ..errors import UsageError
from ..resources import (
    ComputeOperation,
    Context,
    OperationResponse,
    VirtualMachine,
    VirtualMachineInstanceView,
    VirtualMachineListItem,
)


def list_virtual_machines(
    call: Call,
    *,
    context: Context | None,
    resource_group_name: str | None = None,
    name: str | None = None,
    location: str | None = None,
    next_link: str | None = None,
    status: bool = False,
    display_hint: str | None = None,
) -> Iterator[VirtualMachine | VirtualMachineInstanceView]:
    """One VM or its state; else the VMs that fit, which may be all of the subscription, on demand with their states.

    Args:
        resource_group_name, name: With wildcards, they look for what fits.
        location: The VMs of one location.
        next_link: The VMs of the page that it leads to, and of those behind it.
    """
    arm = call.arm(context)
    if next_link is not None:
        yield from compute.list_behind(arm, next_link, list_status_from if status else _list_item)
    elif name is None or is_pattern(name) or resource_group_name is None or is_pattern(resource_group_name):
        group = None if is_pattern(resource_group_name or "*") else resource_group_name
        if name is not None and resource_group_name is None:
            raise UsageError("a VM is named by its resource group and its name", target=name)
        find = compute.list_states if status else compute.list_machines
        for machine in find(arm, group=group, location=location):
            if fits(machine.name, name) and (group or fits(machine.resource_group_name, resource_group_name)):
                yield machine
    elif status:
        yield compute.get_instance_view(arm, resource_group_name, name)
    else:
        yield compute.get_machine(arm, resource_group_name, name, display_hint=display_hint or "Compact")


def update_virtual_machine(
    call: Call,
    *,
    context: Context | None,
    vm: Mapping[str, Any],
    resource_group_name: str | None = None,
    id: str | None = None,
    tag: Mapping[str, Any] | None = None,
    assign_identity: bool = False,
    identity_type: str | None = None,
    identity_id: list[str] | None = None,
    remove_identity_id: list[str] | None = None,
    os_disk_write_accelerator: bool | None = None,
    ultra_ssd_enabled: bool | None = None,
) -> OperationResponse:
    """Make a VM what an object says: only what differs is written, and no identity is lost that is not named.

    Args:
        vm: Members of AzureRM's object.
        id: Of a VM in the resource group that is meant; the name is that of the object.
        tag: All tags that the VM is to have.
        assign_identity: Turn the system-assigned identity on.
        identity_type, identity_id: As `change_to` takes them.
        remove_identity_id: User-assigned identities that the VM loses.
    """
    arm = call.arm(context)
    change = _identity_change(assign_identity, identity_type, identity_id, remove_identity_id)
    path = _path(arm, resource_group_name or vm.get("ResourceGroupName"), vm.get("Name"), id)

    def merge(machine: dict[str, Any]) -> dict[str, Any] | None:
        body = machine_body(
            machine, vm, tags=tag, write_accelerator=os_disk_write_accelerator, ultra_ssd=ultra_ssd_enabled
        )
        identity = identity_body(machine, change)
        if identity is not None:
            body["identity"] = identity
        return body or None

    answers: list[ArmAnswer] = []
    compute.update_machine(arm, path, merge, progress=call.progress, answered=answers.append)
    return response_of(answers)


def _identity_change(
    assign: bool, kind: str | None, identity_id: list[str] | None, removed: list[str] | None
) -> IdentityChange:
    if kind is not None:
        return change_to(kind, tuple(map(identity_path, identity_id or ())))
    return IdentityChange(system_assigned=True if assign else None, remove=tuple(map(identity_path, removed or ())))


def start_virtual_machine(
    call: Call,
    *,
    context: Context | None,
    resource_group_name: str | None = None,
    name: str | None = None,
    id: str | None = None,
    no_wait: bool = False,
) -> ComputeOperation:
    """Start a VM."""
    return _act(call, context, (resource_group_name, name, id), "start", wait=not no_wait)


def stop_virtual_machine(
    call: Call,
    *,
    context: Context | None,
    resource_group_name: str | None = None,
    name: str | None = None,
    id: str | None = None,
    stay_provisioned: bool = False,
    no_wait: bool = False,
) -> ComputeOperation:
    """Stop a VM, and give its place back; with `stay_provisioned` it keeps it, and goes on costing."""
    action = "powerOff" if stay_provisioned else "deallocate"
    return _act(call, context, (resource_group_name, name, id), action, wait=not no_wait)


def restart_virtual_machine(
    call: Call,
    *,
    context: Context | None,
    resource_group_name: str | None = None,
    name: str | None = None,
    id: str | None = None,
    perform_maintenance: bool = False,
    no_wait: bool = False,
) -> ComputeOperation:
    """Restart a VM, or begin the maintenance that Azure has planned for it."""
    action = "performMaintenance" if perform_maintenance else "restart"
    return _act(call, context, (resource_group_name, name, id), action, wait=not no_wait)


def _act(
    call: Call,
    context: Context | None,
    machine: tuple[str | None, str | None, str | None],
    action: str,
    *,
    wait: bool,
    now: Callable[[], float] = time.time,
) -> ComputeOperation:
    arm = call.arm(context)
    answers: list[ArmAnswer] = []
    began = int(now())
    compute.act(arm, _path(arm, *machine), action, wait=wait, progress=call.progress, answered=answers.append)
    return ComputeOperation(
        operation_id=answers[-1].request_id,
        status="Succeeded" if wait else "InProgress",
        start_time=began,
        end_time=int(now()) if wait else None,
    )


def response_of(answers: list[ArmAnswer], *, waited: bool = True) -> OperationResponse:
    """AzureRM's answer to a change, from ARM's last one.

    Args:
        answers: None where there was nothing to change.
        waited: Whether the change has ended: what ARM had only accepted is done then.
    """
    answer = answers[-1] if answers else None
    status = HTTPStatus(answer.status if answer and not (waited and answer.status in (201, 202)) else 200)
    return OperationResponse(
        request_id=answer.request_id if answer else None,
        is_success_status_code=True,
        status_code=status.phrase.replace(" ", "").replace("-", ""),
        reason_phrase=status.phrase,
    )


def _list_item(item: Mapping[str, Any]) -> VirtualMachineListItem:
    return virtual_machine_from(VirtualMachineListItem, item)


def _path(arm: ArmClient, group: str | None, name: str | None, machine_id: str | None) -> str:
    """The path of a VM, which is named by its resource group and its name. An ID tells where that group is.

    AzureRM took the group from the ID, and the name from the parameter or the object, whatever the ID's last part.
    """
    if machine_id is not None:
        return compute.path_of_machine(machine_id, name)
    if not group or not name:
        raise UsageError("a VM is named by its resource group and its name, or by its ID", target=name)
    return compute.machine_path(arm, group, name)
