"""Virtual machines, their states, and their extensions.

Wire format: https://learn.microsoft.com/rest/api/compute/virtual-machines
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

from ..errors import UsageError
from ..resources import (
    VirtualMachine,
    VirtualMachineExtension,
    VirtualMachineInstanceView,
    VirtualMachineListItem,
    VirtualMachineListStatus,
)
from .answers import ArmAnswer, json_object
from .ids import path_of
from .longrunning import Progress
from .machineidentity import IdentityChange, identity_body
from .machines import extension_from, group_of, instance_view_from, list_status_from, virtual_machine_from
from .nouns import plain_location
from .paths import segment

if TYPE_CHECKING:
    from .client import ArmClient

#: VMs have ETags from 2024-03-01 on.
COMPUTE = "2024-07-01"
MACHINES = "Microsoft.Compute/virtualMachines"

_Item = TypeVar("_Item")
_Told = Callable[[Progress], None]
_Answered = Callable[[ArmAnswer], None]


def machine_path(arm: ArmClient, group: str, name: str) -> str:
    """The path of a VM."""
    return f"{arm.group_path(group)}/providers/{MACHINES}/{segment(name, 'VM')}"


def path_of_machine(machine_id: str, name: str | None = None) -> str:
    """The path of the VM that an ID names, in whichever subscription it is.

    Args:
        name: Of the VM that is meant, where that is another in the same resource group.

    Raises:
        UsageError: It is the ID of something else.
    """
    remedy = f"It reads /subscriptions/<subscription ID>/resourceGroups/<name>/providers/{MACHINES}/<name>."
    path = path_of(machine_id, MACHINES, "VM", remedy)
    return f"{path.rpartition('/')[0]}/{segment(name, 'VM')}" if name else path


def get_machine(arm: ArmClient, group: str, name: str, *, display_hint: str = "Compact") -> VirtualMachine:
    """One VM."""
    path = machine_path(arm, group, name)
    answer = arm.send("GET", path, COMPUTE)
    return virtual_machine_from(
        VirtualMachine, json_object(answer.body, path), display_hint=display_hint, request_id=answer.request_id
    )


def get_instance_view(arm: ArmClient, group: str, name: str) -> VirtualMachineInstanceView:
    """The state of one VM."""
    machine = arm.get(machine_path(arm, group, name), COMPUTE, **{"$expand": "instanceView"})
    view = (machine.get("properties") or {}).get("instanceView") or {}
    return instance_view_from(group, name, view)


def list_machines(
    arm: ArmClient, *, group: str | None = None, location: str | None = None
) -> Iterator[VirtualMachineListItem]:
    """The VMs that the caller may read: of the subscription, or of one resource group or one location in it."""
    if group is not None:
        path = f"{arm.group_path(group)}/providers/{MACHINES}"
    elif location is not None:
        place = segment(plain_location(location), "location")
        path = f"{arm.subscription_path()}/providers/Microsoft.Compute/locations/{place}/virtualMachines"
    else:
        path = f"{arm.subscription_path()}/providers/{MACHINES}"
    for item in arm.list(path, COMPUTE):
        yield virtual_machine_from(VirtualMachineListItem, item)


def list_states(
    arm: ArmClient, *, group: str | None = None, location: str | None = None
) -> Iterator[VirtualMachineListStatus]:
    """The same VMs with their power states.

    ARM tells the states of all VMs of a subscription in one list, and has no such list for less. Where it leaves the
    VMs themselves out of that, they are listed too, and put together with their states.
    """
    path = f"{arm.subscription_path()}/providers/{MACHINES}"
    wanted_group, wanted_place = (group or "").lower(), plain_location(location or "")
    models: dict[str, Mapping[str, Any]] | None = None
    found = False
    for item in arm.list(path, COMPUTE, statusOnly="true"):
        if wanted_group and group_of(str(item.get("id", ""))).lower() != wanted_group:
            continue
        if wanted_place and plain_location(str(item.get("location", ""))) != wanted_place:
            continue
        if "hardwareProfile" not in (item.get("properties") or {}):
            if models is None:
                models = {str(model.get("id", "")).lower(): model for model in arm.list(path, COMPUTE)}
            model = models.get(str(item.get("id", "")).lower())
            item = item if model is None else _together(model, item)
        found = True
        yield list_status_from(item)
    if group is not None and not found:
        arm.get(f"{arm.group_path(group)}/providers/{MACHINES}", COMPUTE)  # an error where there is no such group


def list_behind(arm: ArmClient, link: str, read: Callable[[dict[str, Any]], _Item]) -> Iterator[_Item]:
    """The VMs of the page that a nextLink leads to, and of those behind it.

    Args:
        link: Only its path and query are heeded: what is asked is the ARM of this client.
        read: What becomes of each.

    Raises:
        UsageError: It does not lead to a list of VMs.
    """
    url = urlsplit(link)
    if not url.path.lower().startswith("/subscriptions/") or not url.path.lower().endswith("/virtualmachines"):
        raise UsageError(
            f"{url.path or link!r} does not lead to a list of VMs",
            target=url.path,
            remedy="A next link is what an answer of ARM has as nextLink.",
        )
    query = dict(parse_qsl(url.query, keep_blank_values=True))
    return map(read, arm.list(url.path, query.pop("api-version", COMPUTE), **query))


def act(
    arm: ArmClient,
    path: str,
    action: str,
    *,
    wait: bool = True,
    progress: _Told | None = None,
    answered: _Answered | None = None,
) -> None:
    """Start, stop or restart a VM.

    Args:
        path: Of the VM.
        action: "start", "restart", "powerOff" (its place stays reserved, and is paid for), "deallocate",
            "performMaintenance".
        wait, progress, answered: As `ArmClient.change` takes them.
    """
    arm.change("POST", f"{path}/{action}", COMPUTE, wait=wait, progress=progress, answered=answered)


def update_machine(
    arm: ArmClient,
    path: str,
    merge: Callable[[dict[str, Any]], dict[str, Any] | None],
    *,
    wait: bool = True,
    progress: _Told | None = None,
    answered: _Answered | None = None,
) -> dict[str, Any]:
    """Change a VM: see `ArmClient.update`."""
    return arm.update(path, COMPUTE, merge, wait=wait, progress=progress, answered=answered)


def change_identities(
    arm: ArmClient,
    path: str,
    change: IdentityChange,
    *,
    progress: _Told | None = None,
    answered: _Answered | None = None,
) -> VirtualMachine:
    """Change the identities of a VM; the others stay, whoever else changes it meanwhile."""

    def merge(machine: dict[str, Any]) -> dict[str, Any] | None:
        body = identity_body(machine, change)
        return None if body is None else {"identity": body}

    return virtual_machine_from(VirtualMachine, update_machine(arm, path, merge, progress=progress, answered=answered))


def get_extension(
    arm: ArmClient, group: str, machine: str, name: str, *, status: bool = False
) -> VirtualMachineExtension:
    """One extension of a VM; with `status` what it says of itself too."""
    query = {"$expand": "instanceView"} if status else {}
    return extension_from(group, machine, arm.get(_extension_path(arm, group, machine, name), COMPUTE, **query))


def put_extension(
    arm: ArmClient,
    group: str,
    machine: str,
    name: str,
    body: Mapping[str, Any],
    *,
    wait: bool = True,
    progress: _Told | None = None,
    answered: _Answered | None = None,
) -> None:
    """Install an extension, or change its settings.

    Args:
        body: ARM's JSON; without a location it gets the VM's.
        wait, progress, answered: As `ArmClient.change` takes them.
    """
    if not body.get("location"):
        body = {**body, "location": arm.get(machine_path(arm, group, machine), COMPUTE).get("location")}
    path = _extension_path(arm, group, machine, name)
    arm.change("PUT", path, COMPUTE, body, wait=wait, progress=progress, answered=answered)


def delete_extension(
    arm: ArmClient,
    group: str,
    machine: str,
    name: str,
    *,
    wait: bool = True,
    progress: _Told | None = None,
    answered: _Answered | None = None,
) -> None:
    """Remove an extension; one that is not there is removed already."""
    path = _extension_path(arm, group, machine, name)
    arm.change("DELETE", path, COMPUTE, wait=wait, progress=progress, answered=answered)


def _extension_path(arm: ArmClient, group: str, machine: str, name: str) -> str:
    return f"{machine_path(arm, group, machine)}/extensions/{segment(name, 'VM extension')}"


def _together(model: Mapping[str, Any], state: Mapping[str, Any]) -> dict[str, Any]:
    """A VM with its state."""
    return {**state, **model, "properties": {**(state.get("properties") or {}), **(model.get("properties") or {})}}
