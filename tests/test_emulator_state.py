"""Worlds: from YAML, by code, and the default one."""

from __future__ import annotations

from pathlib import Path

import pytest

from pybridge.emulator import Emulator, World
from pybridge.emulator.rbac import Access
from pybridge.emulator.state import default_world, load, world_from
from pybridge.errors import StateError, UsageError


def world(text: str) -> World:
    return world_from(text, file="world.yaml")


SMALL = """
subscriptions:
  S:
    groups:
      g:
        access: {Reader: [vm1]}
        vms:
          vm1:
"""


def test_names_are_enough() -> None:
    vm = world(SMALL).vm("vm1")
    assert vm.system_assigned is not None
    assert vm.has_msi_extension
    assert (vm.os, vm.power, vm.location) == ("Windows", "running", "eastus")


def test_ids_are_the_same_in_every_run() -> None:
    one, two = world(SMALL).vm("vm1"), world(SMALL).vm("vm1")
    assert (one.id, one.vm_id, one.system_assigned) == (two.id, two.vm_id, two.system_assigned)


def test_the_yaml_and_the_code_build_the_same() -> None:
    by_code = World()
    group = by_code.add_group(by_code.add_subscription("S"), "g")
    vm = by_code.add_vm(group, "vm1")
    by_code.grant("Reader", to=vm, scope=group)
    from_yaml = world(SMALL)
    assert from_yaml.vm("vm1").id == vm.id
    assert from_yaml.vm("vm1").system_assigned == vm.system_assigned
    assert from_yaml.assignments() == by_code.assignments()


def test_everything_can_be_said() -> None:
    made = world(
        """
tenant: {name: Fabrikam, id: 11111111-1111-1111-1111-111111111111, domain: fabrikam.test}
roles:
  Peeker: {actions: ["*/read"], not_actions: ["Microsoft.Compute/*"], description: Peeks}
access:
  Peeker: [22222222-2222-2222-2222-222222222222]
subscriptions:
  S:
    id: 33333333-3333-3333-3333-333333333333
    access: {Contributor: [id1]}
    groups:
      g:
        location: westus
        tags: {count: 3}
        identities:
          id1:
            object_id: 44444444-4444-4444-4444-444444444444
            client_id: 55555555-5555-5555-5555-555555555555
        vms:
          vm1:
            system_assigned: true
            user_assigned: [ID1]
            msi_extension: false
            extensions: {Script: {publisher: P, type: T, version: "2.0", settings: {a: [1]}}}
            os: Linux
            power: stopped
            location: northeurope
            size: Big
            image: a:b:c:d
            tags: {x: y}
            zones: [1, 2]
            license_type: None of yours
            object_id: 66666666-6666-6666-6666-666666666666
            client_id: 77777777-7777-7777-7777-777777777777
            access: {Peeker: [vm1]}
"""
    )
    vm = made.vm("VM1")
    assert made.tenant.domain == "fabrikam.test"
    assert [identity.object_id[0] for identity in vm.identities] == ["6", "4"]
    assert not vm.has_msi_extension
    assert vm.extensions["script"].settings == {"a": [1]}
    assert (vm.zones, vm.group.tags) == (("1", "2"), {"count": "3"})
    assert [(held.role.name, held.scope) for held in made.assignments(vm.identities[0].object_id)] == [
        ("Peeker", vm.id)
    ]
    peeker = Access(made, "22222222-2222-2222-2222-222222222222")
    assert peeker.allows("Microsoft.Resources/subscriptions/read", vm.group.id)
    assert not peeker.allows("Microsoft.Compute/virtualMachines/read", vm.group.id)


def test_an_identity_of_another_group_is_named_by_its_id() -> None:
    home = "/subscriptions/33333333-3333-3333-3333-333333333333/resourcegroups/h"
    made = world(
        f"""
subscriptions:
  S:
    id: 33333333-3333-3333-3333-333333333333
    groups:
      g:
        vms:
          vm1:
            user_assigned: [{home}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/far]
      h:
        identities:
          far:
"""
    )
    assert made.vm("vm1").user_assigned[0].name == "far"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("subscription: {}", 1, "subscription: unknown key"),
        ("subscriptions:\n  S:\n    group: {}", 3, "unknown key"),
        ("subscriptions:\n  S:\n    id: 12", 3, "expected text"),
        ("subscriptions:\n  S:\n    id: twelve", 3, "'twelve' is not a GUID"),
        ("subscriptions: [S]", 1, "expected a mapping"),
        ("subscriptions:\n  S:\n  s:", 3, "stands here twice"),
        ("subscriptions:\n  a/b:", 2, "'a/b' is not a name"),
        ("tenant:\n  name: ''", 2, "expected text"),
        ("roles:\n  R: {}", 2, "needs `actions`"),
        (SMALL.lstrip() + "            power: sleeping", 8, "none of deallocated, running, stopped"),
        (SMALL.lstrip() + "            os: BeOS", 8, "none of Linux, Windows"),
        (SMALL.lstrip() + "            image: ubuntu", 8, "expected publisher:offer:sku:version"),
        (SMALL.lstrip() + "            system_assigned: 1", 8, "expected true or false"),
        (SMALL.lstrip() + "            user_assigned: [x]", 8, "has no identity 'x'"),
        (SMALL.lstrip() + "            access: {Reeder: [vm1]}", 8, "there is no role 'Reeder'"),
        (SMALL.lstrip() + "            access: {Reader: [vm2]}", 8, "has no VM 'vm2'"),
        (SMALL.lstrip() + "            system_assigned: false", 5, "no system-assigned identity"),
    ],
)
def test_errors_name_the_line(text: str, line: int, words: str) -> None:
    with pytest.raises(StateError) as caught:
        world(text)
    assert str(caught.value).startswith(f"world.yaml:{line}: ")
    assert words in str(caught.value)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(StateError, match="cannot be read"):
        load(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"tenant: {name: \xe9}")
    with pytest.raises(StateError, match="cannot be read"):
        load(tmp_path / "latin.yaml")


def test_a_file_with_a_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "w.yaml").write_text(SMALL, encoding="utf-8-sig")
    assert load(tmp_path / "w.yaml").vm("vm1").name == "vm1"


def test_the_default_world() -> None:
    made = default_world()
    assert [item.name for item in made.subscriptions.values()] == ["Subscription1", "Subscription2"]
    assert list(next(iter(made.subscriptions.values())).groups) == ["myresourcegroup", "otherresourcegroup"]
    assert [(held.role.name, held.scope) for held in made.assignments(made.principal_id("myVM"))] == [
        ("Reader", made.vm("myVM").group.id)
    ]
    assert len(made.vm("twoIdentitiesVM").user_assigned) == 2
    assert not made.vm("msiOffVM").identities
    assert made.vm("noRoleVM").has_msi_extension
    assert made.assignments(made.principal_id("noRoleVM")) == []


def test_a_name_that_two_vms_share_needs_the_group() -> None:
    made = World()
    home = made.add_subscription("S")
    for name in ("g1", "g2"):
        made.add_vm(made.add_group(home, name), "vm")
    with pytest.raises(UsageError, match="2 VMs are called 'vm'"):
        made.vm("vm")
    assert made.vm("g2/VM").group.name == "g2"
    assert made.vm(made.vm("g1/vm").id).group.name == "g1"
    with pytest.raises(UsageError, match="no VM 'g3/vm'"):
        made.vm("g3/vm")


def test_granting_twice_changes_nothing() -> None:
    made = world(SMALL)
    made.grant("reader", to="vm1", scope=made.vm("vm1").group.id.upper() + "/")
    assert len(made.assignments()) == 1
    assert made.remove_role("vm1", made.vm("vm1")) == 0
    assert made.remove_role("vm1") == 1
    assert made.remove_role("vm1") == 0


def test_thousands_of_vms() -> None:
    made = World()
    group = made.add_group(made.add_subscription("S"), "g")
    for number in range(5000):
        made.add_vm(group, f"vm{number}")
    assert Emulator(made, machine="vm4999").vm is made.vm("vm4999")
