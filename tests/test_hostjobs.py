"""hostjobs: what is done on one host, from Python, by a fleet of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from hostlab import PASSWORD, Lab
from shells import SHELLS
from support import leaks, shown

from pybridge import hostjobs
from pybridge.credential import ManagedIdentityCredential
from pybridge.errors import SignInRefusedError
from pybridge.fleet import Fleet
from pybridge.hosts import Host, host
from pybridge.passwords import Password
from pybridge.remote import WinRMTransport

pytestmark = [
    pytest.mark.skipif(not SHELLS, reason="no PowerShell for the hosts"),
    pytest.mark.xdist_group("hostlab"),
]


def hosts(lab: Lab, password: str = PASSWORD) -> list[Host]:
    return [
        host(
            name,
            address=handle.https,
            username="admin",
            password=Password(password),
            authentication="basic",
            ca=handle.ca,
        )
        for name, handle in lab.hosts.items()
    ]


@pytest.mark.parametrize(
    ("job", "arguments", "read"),
    [
        (hostjobs.token, {}, lambda value: value.client_id),
        (hostjobs.whoami, {"resource": "https://vault.azure.net"}, lambda value: value.client_id),
        (hostjobs.run, {"script": "$env:COMPUTERNAME; 6 * 7"}, lambda value: value.text().split()[-1]),
        (hostjobs.examine, {}, lambda value: value[-1].state),
    ],
)
def test_each_host_answers_for_itself(
    lab: Lab,
    job: Callable[..., Any],
    arguments: dict[str, Any],
    read: Callable[[Any], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PYBRIDGE_ARM_ENDPOINT", lab.env["PYBRIDGE_ARM_ENDPOINT"])
    found = {outcome.host: outcome for outcome in Fleet(hosts(lab)).map(job, **arguments)}
    assert {name: outcome.error for name, outcome in found.items()} == {"vm01": None, "vm02": None}
    values = {name: read(outcome.value) for name, outcome in found.items()}
    if job in (hostjobs.token, hostjobs.whoami):
        identities = {name: emulator.vm.system_assigned for name, emulator in lab.emulators.items()}
        assert values == {name: identity and identity.client_id for name, identity in identities.items()}
    else:
        assert values["vm01"] in ("42", "ok")
    assert [handle.shells for handle in lab.hosts.values()] == [[], []]


def test_a_wrong_password_is_an_outcome_that_does_not_show_it(lab: Lab) -> None:
    found = list(Fleet(hosts(lab, "hush-this-is-a-long-secret")).map(hostjobs.whoami))
    assert {type(outcome.error) for outcome in found} == {SignInRefusedError}
    for outcome in found:
        assert outcome.error is not None
        assert leaks(["hush-this-is-a-long-secret"], repr(outcome), *shown(outcome.error)) == []


def test_a_wrong_password_gets_no_token_that_another_one_has_brought(lab: Lab) -> None:
    (right, _), (wrong, _) = hosts(lab), hosts(lab, "hush-this-is-a-long-secret")
    tokens = [ManagedIdentityCredential(transport=WinRMTransport(right)).get_token(hostjobs.ARM) for _ in range(2)]
    assert tokens[0] == tokens[1]
    assert lab.hosts["vm01"].count("Create") == 1, "the same way there shares what is in store"
    with pytest.raises(SignInRefusedError):
        ManagedIdentityCredential(transport=WinRMTransport(wrong)).get_token(hostjobs.ARM)


def test_who_wants_no_more_leaves_no_shell(lab: Lab) -> None:
    lab.hosts["vm02"].fault("Receive", "delay", seconds=30.0, times=0)
    outcomes = Fleet(hosts(lab), workers=2).map(hostjobs.whoami)
    assert next(outcomes).host == "vm01"
    began = time.monotonic()
    outcomes.close()
    assert time.monotonic() - began < 15, "a host that answers nothing holds nobody up"
    for thread in threading.enumerate():
        if thread.name.startswith("pybridge-fleet"):
            thread.join(20)
    assert lab.hosts["vm02"].shells == []
