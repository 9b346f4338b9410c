"""completions: names of what the caller may see, kept for a minute."""

from __future__ import annotations

from typing import Any

import pytest
from office import Office

from pybridge.backend import Backend
from pybridge.emulator import Emulator
from pybridge.operations.completions import FINDERS, complete
from pybridge.resources import Context
from pybridge.spec import COMPLETERS


class Clock:
    """A clock that a test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


class Desk:
    """Somebody who types, signed in once."""

    def __init__(self, who: str = "deployApp") -> None:
        self.office = Office(who=who)
        self.clock = Clock()
        emulator = self.office.emulator
        self.office.backend = Backend(metadata=emulator, arm=emulator, environ={}, clock=self.clock)
        self.context: Context | None = self.office.context

    @property
    def emulator(self) -> Emulator:
        return self.office.emulator

    def tab(self, kind: str, word: str = "", *, parameter: str = "Name", **bound: Any) -> list[str]:
        return complete(self.office, context=self.context, kind=kind, parameter=parameter, word=word, bound=bound)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_every_kind_is_found_by_the_backend_or_held_by_powershell() -> None:
    assert set(FINDERS) | {"context", "environment"} == COMPLETERS


@pytest.mark.parametrize(
    ("kind", "word", "found"),
    [
        ("subscription", "sub", ["Subscription1"]),
        ("resource_group", "MYRES", ["myResourceGroup"]),
        ("location", "westeu", ["westeurope"]),
        ("virtual_machine", "m", ["msiOffVM", "myVM"]),
        ("identity", "", ["appIdentity", "jobIdentity"]),
        ("role", "virtual machine c", ["Virtual Machine Contributor"]),
        ("resource_type", "microsoft.compute/virtualmachines", ["Microsoft.Compute/virtualMachines"]),
        ("planet", "", []),
    ],
)
def test_names_that_begin_with_what_was_typed(desk: Desk, kind: str, word: str, found: list[str]) -> None:
    names = desk.tab(kind, word)
    if found:
        assert set(found) <= set(names)
        assert all(name.lower().startswith(word.lower()) for name in names)
        assert names == sorted(names, key=str.lower)
    else:
        assert names == []


def test_who_reads_one_group_only_is_told_the_roles_there() -> None:
    desk = Desk("myVM")  # Reader of myResourceGroup
    assert desk.tab("role", "read") == ["Reader"]
    assert desk.tab("role", "read", ResourceGroupName="myResourceGroup") == ["Reader"]
    assert Desk("noRoleVM").tab("role", "read") == []


def test_a_parameter_for_ids_is_given_ids(desk: Desk) -> None:
    machine = desk.emulator.world.vm("myVM")
    assert machine.id in desk.tab("resource_id", "myvm", parameter="Id")
    assert desk.tab("resource_id", machine.id.upper(), parameter="ResourceId")[0] == machine.id
    (subscription,) = desk.tab("subscription", "Subscription1", parameter="SubscriptionId")
    assert subscription == machine.group.subscription.subscription_id
    assert desk.tab("subscription", subscription) == ["Subscription1"]


def test_what_the_command_line_says_narrows_the_search(desk: Desk) -> None:
    world = desk.emulator.world
    group = world.add_group(world.vm("myVM").group.subscription, "elsewhere")
    world.add_vm(group, "myOtherVM")
    assert desk.tab("virtual_machine", "my") == ["myOtherVM", "myVM"]
    assert desk.tab("virtual_machine", "my", ResourceGroupName="elsewhere") == ["myOtherVM"]
    assert desk.tab("virtual_machine", "my", ResourceGroupName=7) == ["myOtherVM", "myVM"]
    assert "BGInfo" in desk.tab("extension", ResourceGroupName="myResourceGroup", VMName="myVM")
    assert desk.tab("extension", ResourceGroupName="myResourceGroup") == []


def test_an_answer_is_kept_for_a_minute_and_for_its_caller_only(desk: Desk) -> None:
    asked = len(desk.emulator.requests)
    assert desk.tab("virtual_machine", "m") == ["msiOffVM", "myVM"]
    first = len(desk.emulator.requests)
    assert first > asked
    assert desk.tab("virtual_machine", "t") == ["twoIdentitiesVM"]
    assert len(desk.emulator.requests) == first
    desk.clock.now = 61
    desk.tab("virtual_machine", "t")
    assert len(desk.emulator.requests) == first + 1


def test_nobody_else_is_shown_what_somebody_saw(desk: Desk) -> None:
    assert desk.tab("virtual_machine", "my") == ["myVM"]
    desk.office.who = "noRoleVM"
    desk.context = desk.office.context
    assert desk.tab("virtual_machine", "my") == []


def test_what_cannot_be_found_out_is_nothing_and_is_tried_again(desk: Desk) -> None:
    desk.emulator.fail("...virtualMachines", status=403, times=1)
    assert desk.tab("virtual_machine", "my") == []
    assert desk.tab("virtual_machine", "my") == ["myVM"]
    assert desk.tab("virtual_machine", "my", ResourceGroupName="nope") == []
    assert desk.tab("virtual_machine", "my", ResourceGroupName="../..") == []
    desk.context = None
    assert desk.tab("virtual_machine", "my") == []
