"""Resource IDs: what they name, and how they are put together. Pure.

An ID of ARM is "/subscriptions/<id>/resourceGroups/<name>/providers/<namespace>/<type>/<name>", with further pairs of
type and name for what is inside of that. Its letters may come in any case.
"""

from __future__ import annotations

from typing import NamedTuple

from ..errors import UsageError
from .paths import segment


class ResourceParts(NamedTuple):
    """What a resource ID says.

    Attributes:
        subscription, group: Where it is; None where the ID does not tell.
        namespace: "Microsoft.Compute"; None for a group or a subscription.
        kinds, names: The pairs of type and name: ("virtualMachines", "extensions"), ("vm01", "ext").
    """

    subscription: str | None
    group: str | None
    namespace: str | None
    kinds: tuple[str, ...]
    names: tuple[str, ...]

    @property
    def type(self) -> str:
        """ "Microsoft.Compute/virtualMachines"; empty where the ID names no resource."""
        return "/".join((self.namespace, *self.kinds)) if self.namespace else ""

    @property
    def parent(self) -> str | None:
        """ "virtualMachines/vm01" for what is inside of a VM."""
        pairs = [f"{kind}/{name}" for kind, name in zip(self.kinds[:-1], self.names[:-1], strict=True)]
        return "/".join(pairs) or None


def parts(resource_id: str) -> ResourceParts:
    """What an ID says. An extension resource, such as a role assignment on a VM, counts as a resource of its own."""
    steps = resource_id.strip("/").split("/")
    keys = [step.lower() for step in steps]
    subscription = steps[1] if keys[:1] == ["subscriptions"] and len(steps) > 1 else None
    group = steps[3] if keys[2:3] == ["resourcegroups"] and len(steps) > 3 else None
    if "providers" not in keys[:-1]:
        return ResourceParts(subscription, group, None, (), ())
    start = len(keys) - 1 - keys[::-1].index("providers")
    rest = steps[start + 2 :]
    rest = rest[: len(rest) // 2 * 2]
    return ResourceParts(subscription, group, steps[start + 1], tuple(rest[::2]), tuple(rest[1::2]))


def as_path(resource_id: str, thing: str) -> str:
    """An ID as the path of a request.

    Args:
        resource_id: The ID, as a user gave it.
        thing: What it should name, for the error: "resource group".

    Raises:
        UsageError: It is not an ID.
    """
    steps = resource_id.strip().rstrip("/").split("/")
    if len(steps) < 3 or steps[0]:
        raise UsageError(
            f"{resource_id!r} is not the ID of a {thing}",
            target=resource_id,
            remedy="An ID begins with /subscriptions/<subscription ID>/. Most objects have it as Id or ResourceId.",
        )
    return "/".join(["", *(segment(step, thing) for step in steps[1:])])


def path_of(resource_id: str, kind: str, thing: str, remedy: str) -> str:
    """The path of what an ID names, in whichever subscription it is.

    Args:
        resource_id: The ID, as a user gave it.
        kind: The resource type that it must be of.
        thing: What one of that type is called, for the error: "VM".
        remedy: What to do where it is of another.

    Raises:
        UsageError: It is the ID of something else.
    """
    if parts(resource_id).type.lower() != kind.lower():
        raise UsageError(f"{resource_id!r} is not the ID of a {thing}", target=resource_id, remedy=remedy)
    return as_path(resource_id, thing)


def resource_path(group_path: str, resource_type: str, name: str, parent: str | None = None) -> str:
    """The path of a resource, from what AzureRM's commands take apart.

    Args:
        group_path: The path of its resource group.
        resource_type: "Microsoft.Compute/virtualMachines"; "Microsoft.Network/virtualNetworks/subnets" with a parent.
        name: Its name.
        parent: "virtualNetworks/net01": type and name of what it is inside of.

    Raises:
        UsageError: The type has no namespace, or does not fit the parent.
    """
    namespace, _, kinds = resource_type.strip("/").partition("/")
    pairs = parent.strip("/").split("/") if parent else []
    if pairs and pairs[0].lower() == namespace.lower():
        del pairs[0]  # some give the parent with the namespace
    above, _, kind = kinds.rpartition("/")
    if not kind or len(pairs) % 2 or (above and pairs[::2] and above.lower() != "/".join(pairs[::2]).lower()):
        raise UsageError(
            f"the resource type {resource_type!r} {f'and the parent {parent!r} do' if parent else 'does'} "
            "not make a resource ID",
            target=resource_type,
            remedy="-ResourceType takes a namespace and a type, as Microsoft.Network/virtualNetworks/subnets, "
            "-ParentResource the type and name of what it is inside of, as virtualNetworks/net01.",
        )
    if above and not pairs:
        raise UsageError(
            f"a resource of the type {resource_type} is inside of another, and -ParentResource does not name it",
            target=resource_type,
            remedy=f"Name it, as in -ParentResource {above.split('/')[0]}/<name>.",
        )
    steps = [*pairs, kind, name]
    return f"{group_path}/providers/{segment(namespace, 'namespace')}" + "".join(
        f"/{segment(step, 'resource')}" for step in steps
    )
