"""ARM's virtual machines as one changes them: made, changed and deleted, each behind a long operation.

What a VM needs from networks and disks is not looked at: a name, a location and what `PUT` says of the rest will do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..nouns import DEFAULT_IMAGES, DEFAULT_SIZE, VirtualMachine
from . import longrunning
from .call import ArmCall, Refusal, Reply, invalid_content
from .conditions import check_etag
from .locations import location_of, tags_of
from .machineidentity import Wish, identity_wish
from .views import vm_view

WRITE = "Microsoft.Compute/virtualMachines/write"
DELETE = "Microsoft.Compute/virtualMachines/delete"
#: Publishers of images, in lower case, whose VMs run Linux where nothing else tells.
_LINUX = frozenset({"canonical", "redhat", "suse", "openlogic", "credativ", "debian", "oracle", "coreos"})


def put_vm(arm: ArmCall) -> Any:
    arm.require(WRITE, arm.vm_scope())
    group, sent = arm.writable_group(), arm.body()
    vm = group.vms.get(arm.names["vm"].lower())
    check_etag(arm.call, vm.etag if vm else None)
    if vm is None:
        return _create(arm, sent)
    check_free(arm, vm)
    location_of(sent, vm.location, "LocationNotAvailable")
    properties = part(sent, "properties")
    _check_fixed(vm, sent, properties)
    tags = tags_of(sent)
    wish = identity_wish(arm, vm, sent, merge=False)
    _apply(arm, vm, properties, tags or {}, wish)
    vm.license_type = _license(properties)
    return _changing(arm, vm, 200, "Updating")


def patch_vm(arm: ArmCall) -> Any:
    """Changes what is sent: tags, identity, size, licence."""
    arm.require(WRITE, arm.vm_scope())
    arm.writable_group()
    vm, sent = arm.vm(), arm.body()
    check_etag(arm.call, vm.etag)
    check_free(arm, vm)
    properties = part(sent, "properties")
    tags = tags_of(sent)
    wish = identity_wish(arm, vm, sent, merge=True)
    _apply(arm, vm, properties, vm.tags if tags is None else tags, wish)
    if "licenseType" in properties:
        vm.license_type = _license(properties)
    return _changing(arm, vm, 200, "Updating")


def delete_vm(arm: ArmCall) -> Any:
    arm.require(DELETE, arm.vm_scope())
    group = arm.writable_group()
    vm = group.vms.get(arm.names["vm"].lower())
    if vm is None:
        return Reply(204)
    check_etag(arm.call, vm.etag)
    if vm.provisioning == "Deleting":
        check_free(arm, vm)
    arm.operations.preempt(vm.id, arm.call.now)
    vm.provisioning = "Deleting"

    def end(status: str) -> None:
        if status == "Succeeded":
            arm.world.remove_vm(vm)
        else:
            vm.provisioning = status

    return Reply(202, None, begin(arm, vm, longrunning.ASYNC_AND_LOCATION, end))


def check_free(arm: ArmCall, vm: VirtualMachine) -> None:
    """Refuse a change while another one is carried out. To ask again helps, so it counts as a look."""
    ends = vm.provisioning == "Deleting"
    arm.operations.look(vm.id, arm.call.now)
    if arm.operations.running(vm.id) is None and not ends:
        return
    raise Refusal(
        409,
        "Conflict",
        f"The request failed due to conflict with a concurrent request that works on '{vm.name}'. Try again later.",
    )


def begin(
    arm: ArmCall,
    vm: VirtualMachine,
    style: tuple[tuple[str, str], ...],
    end: Callable[[str], None],
    *keys: str,
    error: Mapping[str, Any] | None = None,
) -> dict[str, str]:
    """Begin an operation on a VM, and on more of its parts; the headers that lead to it."""
    operation = arm.operations.begin(arm.call, vm.id, *keys, end=end, error=error)
    subscription = vm.group.subscription.subscription_id
    return arm.operations.headers(arm.call, operation, style, subscription=subscription, location=vm.location)


def part(sent: Mapping[str, Any], name: str) -> dict[str, Any]:
    """An object inside of what was sent; an empty one where it is left out."""
    found = sent.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise invalid_content(f"'{name}' is not an object.")
    return found


def _create(arm: ArmCall, sent: dict[str, Any]) -> Reply:
    location = location_of(sent, None, "LocationNotAvailable")
    properties, tags = part(sent, "properties"), tags_of(sent)
    zones = _zones(sent) or ()
    image = _image(properties)
    os = _os(properties, image)
    name = arm.names["vm"]
    # Made beside the world first, so that a wish that cannot be leaves nothing behind.
    draft = VirtualMachine(name, arm.group(), "", location, "", os, "", {}, (), None, "running")
    wish = identity_wish(arm, draft, sent, merge=False)
    vm = arm.world.add_vm(
        arm.group(),
        name,
        system_assigned=False,
        with_msi_extension=False,
        location=location,
        size=str(part(properties, "hardwareProfile").get("vmSize") or DEFAULT_SIZE),
        os=os,
        image=image,
        tags=tags,
        zones=zones,
        license_type=_license(properties),
    )
    if wish is not None:
        wish.apply(arm.world, vm)
    return _changing(arm, vm, 201, "Creating")


def _apply(
    arm: ArmCall, vm: VirtualMachine, properties: Mapping[str, Any], tags: dict[str, str], wish: Wish | None
) -> None:
    vm.tags = tags
    size = part(properties, "hardwareProfile").get("vmSize")
    if size:
        vm.size = str(size)
    if wish is not None:
        wish.apply(arm.world, vm)


def _changing(arm: ArmCall, vm: VirtualMachine, status: int, state: str) -> Reply:
    """The answer to a change, which is carried out from now on."""
    vm.provisioning = state

    def end(status: str) -> None:
        vm.provisioning = status

    headers = begin(arm, vm, longrunning.ASYNC_ONLY, end)
    return Reply(status, vm_view(vm, arm.version), {**headers, "ETag": vm.etag})


def _check_fixed(vm: VirtualMachine, sent: Mapping[str, Any], properties: Mapping[str, Any]) -> None:
    """Refuse to change what stays as it was made."""
    zones = _zones(sent)
    os = part(part(properties, "storageProfile"), "osDisk").get("osType")
    for name, changed in (
        ("imageReference", (_image(properties) or vm.image) != vm.image),
        ("osDisk.osType", os is not None and str(os).lower() != vm.os.lower()),
        ("zones", zones not in (None, vm.zones)),
    ):
        if changed:
            raise Refusal(409, "PropertyChangeNotAllowed", f"Changing property '{name}' is not allowed.")


def _zones(sent: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The zones that a request sends; None if it sends none."""
    zones = sent.get("zones")
    if zones is None:
        return None
    if not isinstance(zones, list):
        raise invalid_content("'zones' is not a list.")
    return tuple(map(str, zones))


def _license(properties: Mapping[str, Any]) -> str | None:
    license_type = properties.get("licenseType")
    return None if license_type in (None, "None") else str(license_type)


def _image(properties: Mapping[str, Any]) -> str | None:
    """publisher:offer:sku:version, if an image of the marketplace is named."""
    image = part(part(properties, "storageProfile"), "imageReference")
    names = [image.get(name) for name in ("publisher", "offer", "sku")]
    return ":".join([*map(str, names), str(image.get("version") or "latest")]) if all(names) else None


def _os(properties: Mapping[str, Any], image: str | None) -> str:
    stated = str(part(part(properties, "storageProfile"), "osDisk").get("osType") or "").capitalize()
    if stated in DEFAULT_IMAGES:
        return stated
    profile = part(properties, "osProfile")
    publisher = (image or "").partition(":")[0].lower()
    return "Linux" if "linuxConfiguration" in profile or publisher in _LINUX else "Windows"
