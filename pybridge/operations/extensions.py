"""Extensions of virtual machines."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..arm import ArmAnswer, compute
from ..arm.nouns import plain_location
from ..backend import Call
from ..errors import UsageError
from ..resources import Context, OperationResponse, VirtualMachineExtension
from .compute import response_of


def get_virtual_machine_extension(
    call: Call, *, context: Context | None, resource_group_name: str, vm_name: str, name: str, status: bool = False
) -> VirtualMachineExtension:
    """One extension of a VM; with `status` also what it says of itself."""
    return compute.get_extension(call.arm(context), resource_group_name, vm_name, name, status=status)


def set_virtual_machine_extension(
    call: Call,
    *,
    context: Context | None,
    resource_group_name: str,
    vm_name: str,
    publisher: str,
    extension_type: str,
    name: str | None = None,
    type_handler_version: str | None = None,
    location: str | None = None,
    settings: Mapping[str, Any] | None = None,
    protected_settings: Mapping[str, Any] | None = None,
    setting_string: str | None = None,
    protected_setting_string: str | None = None,
    disable_auto_upgrade_minor_version: bool = False,
    force_rerun: str | None = None,
    no_wait: bool = False,
) -> OperationResponse:
    """Install an extension on a VM, or change its settings.

    Args:
        name: By default that of its type.
        type_handler_version: By default the newest.
        location: By default the VM's.
        settings, setting_string: What everybody may read, as JSON; one of the two.
        protected_settings, protected_setting_string: What only the VM may read, likewise.
        force_rerun: Any text that differs from the last one makes the extension run again.
    """
    properties: dict[str, Any] = {
        "publisher": publisher,
        "type": extension_type,
        "autoUpgradeMinorVersion": not disable_auto_upgrade_minor_version,
    }
    further = {
        "typeHandlerVersion": type_handler_version,
        "settings": _settings(settings, setting_string, "SettingString"),
        "protectedSettings": _settings(protected_settings, protected_setting_string, "ProtectedSettingString"),
        "forceUpdateTag": force_rerun,
    }
    properties.update((key, value) for key, value in further.items() if value is not None)
    body = {"location": location and plain_location(location), "properties": properties}
    answers: list[ArmAnswer] = []
    compute.put_extension(
        call.arm(context),
        resource_group_name,
        vm_name,
        name or extension_type,
        body,
        wait=not no_wait,
        progress=call.progress,
        answered=answers.append,
    )
    return response_of(answers, waited=not no_wait)


def remove_virtual_machine_extension(
    call: Call,
    *,
    context: Context | None,
    resource_group_name: str,
    vm_name: str,
    name: str,
) -> OperationResponse:
    """Remove an extension from a VM."""
    answers: list[ArmAnswer] = []
    compute.delete_extension(
        call.arm(context),
        resource_group_name,
        vm_name,
        name,
        progress=call.progress,
        answered=answers.append,
    )
    return response_of(answers)


def _settings(table: Mapping[str, Any] | None, text: str | None, parameter: str) -> Mapping[str, Any] | None:
    """Settings, given as a table or as JSON. The error must not hold them: they may be secret."""
    if not text:
        return table
    try:
        settings = json.loads(text)
    except ValueError:
        settings = None
    if not isinstance(settings, dict):
        raise UsageError(f"-{parameter} is not a JSON object", target=parameter)
    return settings
