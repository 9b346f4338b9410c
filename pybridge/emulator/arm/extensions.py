"""VM extensions: installed, changed and removed by long operations, which the VM must run for.

Wire format: https://learn.microsoft.com/rest/api/compute/virtual-machine-extensions
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..nouns import Extension, VirtualMachine
from . import longrunning
from .call import ArmCall, Refusal, Reply, not_found
from .changes import begin, check_free, part
from .compute import expands_instance_view
from .locations import location_of, tags_of
from .views import extension_view

READ = "Microsoft.Compute/virtualMachines/extensions/read"
WRITE = "Microsoft.Compute/virtualMachines/extensions/write"
DELETE = "Microsoft.Compute/virtualMachines/extensions/delete"


def get_extension(arm: ArmCall) -> Any:
    arm.require(READ, _scope(arm))
    arm.operations.look(_scope(arm), arm.call.now)
    vm = arm.vm()
    return extension_view(vm, _extension(arm, vm), with_instance_view=expands_instance_view(arm))


def list_extensions(arm: ArmCall) -> Any:
    vm = arm.vm()
    arm.operations.look(vm.id, arm.call.now)
    allowed = arm.access.filter(READ)
    with_status = expands_instance_view(arm)
    return arm.page(
        list(vm.extensions.values()),
        lambda extension: allowed(f"{vm.id}/extensions/{extension.name}"),
        lambda extension: extension_view(vm, extension, with_instance_view=with_status),
    )


def put_extension(arm: ArmCall) -> Any:
    arm.require(WRITE, _scope(arm))
    vm, name, sent = _ready(arm), arm.names["extension"], arm.body()
    location_of(sent, vm.location, "LocationNotAvailable")
    before = vm.extensions.get(name.lower())
    properties = part(sent, "properties")
    wanted = Extension(
        before.name if before else name,
        _required(properties, "publisher"),
        _required(properties, "type"),
        _required(properties, "typeHandlerVersion"),
        part(properties, "settings"),
        properties.get("autoUpgradeMinorVersion") is not False,
        tags_of(sent) or {},
    )
    if before is not None and _handler(before) != _handler(wanted):
        raise Refusal(409, "PropertyChangeNotAllowed", "Changing property 'publisher' or 'type' is not allowed.")
    for other in vm.extensions.values():
        if before is None and _handler(other) == _handler(wanted):
            raise Refusal(
                400,
                "BadRequest",
                f"Multiple VMExtensions per handler not supported for OS type '{vm.os}'. VMExtension '{other.name}' "
                f"with handler '{wanted.publisher}.{wanted.type}' already added or specified in input.",
            )
    return _install(arm, vm, wanted, 200 if before else 201, "Updating" if before else "Creating")


def patch_extension(arm: ArmCall) -> Any:
    """Changes what is sent: settings, version, tags."""
    arm.require(WRITE, _scope(arm))
    vm, sent = _ready(arm), arm.body()
    before, properties, tags = _extension(arm, vm), part(sent, "properties"), tags_of(sent)
    wanted = replace(
        before,
        version=str(properties.get("typeHandlerVersion") or before.version),
        settings=part(properties, "settings") if "settings" in properties else before.settings,
        auto_upgrade=properties.get("autoUpgradeMinorVersion", before.auto_upgrade) is not False,
        tags=before.tags if tags is None else tags,
    )
    return _install(arm, vm, wanted, 200, "Updating")


def delete_extension(arm: ArmCall) -> Any:
    arm.require(DELETE, _scope(arm))
    vm = _ready(arm)
    extension = vm.extensions.get(arm.names["extension"].lower())
    if extension is None:
        return Reply(204)
    _store(vm, replace(extension, provisioning="Deleting"))

    def end(status: str) -> None:
        if status == "Succeeded":
            vm.extensions = {key: one for key, one in vm.extensions.items() if key != extension.name.lower()}
        else:
            _store(vm, replace(extension, provisioning=status))

    return Reply(202, None, begin(arm, vm, longrunning.ASYNC_AND_LOCATION, end, _id(vm, extension)))


def _install(arm: ArmCall, vm: VirtualMachine, wanted: Extension, status: int, state: str) -> Reply:
    """The answer to what is installed from now on."""
    error = _failure(vm, wanted)
    installing = replace(wanted, provisioning=state, message="")
    _store(vm, installing)

    def end(ending: str) -> None:
        message = str(error["message"]) if error and ending == "Failed" else ""
        _store(vm, replace(installing, provisioning=ending, message=message))

    headers = begin(arm, vm, longrunning.ASYNC_ONLY, end, _id(vm, wanted), error=error)
    return Reply(status, extension_view(vm, installing), headers)


def _store(vm: VirtualMachine, extension: Extension) -> None:
    vm.extensions = {**vm.extensions, extension.name.lower(): extension}


def _failure(vm: VirtualMachine, extension: Extension) -> Mapping[str, Any] | None:
    """Why it will not be installed, if it is one that fails."""
    fails = extension.settings.get("fail") is True or vm.extensions_fail & {
        extension.name.lower(),
        extension.type.lower(),
    }
    if not fails:
        return None
    return {
        "code": "VMExtensionProvisioningError",
        "message": f"VM has reported a failure when processing extension '{extension.name}' (publisher "
        f"'{extension.publisher}' and type '{extension.type}'). Error message: 'The handler ended with exit code 1'.",
        "details": [{"code": "VMExtensionHandlerNonTransientError", "message": "The handler ended with exit code 1."}],
    }


def _ready(arm: ArmCall) -> VirtualMachine:
    """The VM, which must run and have nothing else to do."""
    arm.writable_group()
    vm = arm.vm()
    check_free(arm, vm)
    if vm.power != "running":
        raise Refusal(409, "OperationNotAllowed", "Cannot modify extensions in the VM when the VM is not running.")
    return vm


def _extension(arm: ArmCall, vm: VirtualMachine) -> Extension:
    name = arm.names["extension"]
    extension = vm.extensions.get(name.lower())
    if extension is None:
        raise not_found(f"Microsoft.Compute/virtualMachines/{vm.name}/extensions/{name}", vm.group.name)
    return extension


def _required(properties: Mapping[str, Any], name: str) -> str:
    value = properties.get(name)
    if not isinstance(value, str) or not value:
        raise Refusal(400, "InvalidParameter", f"Required parameter '{name}' is missing (null).")
    return value


def _handler(extension: Extension) -> str:
    return f"{extension.publisher}.{extension.type}".lower()


def _scope(arm: ArmCall) -> str:
    return f"{arm.vm_scope()}/extensions/{arm.names['extension']}"


def _id(vm: VirtualMachine, extension: Extension) -> str:
    return f"{vm.id}/extensions/{extension.name}"
