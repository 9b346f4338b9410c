"""The emulator: a small Azure to try things against, in process or on a port.

In process it is a transport like every other: `Emulator().send(request)`.
On a port: `with server.serve(emulator) as server: server.url`.

    nouns.py          what there is: subscriptions, groups, VMs, identities
    world.py          all of it together; state.py reads it from YAML, world.yaml is the default
    roles.py rbac.py  who may do what where
    tokens.py         signed access tokens
    metadata.py       the VM extension's endpoint and IMDS; instance.py: what IMDS tells of the VM
    arm.py            Azure Resource Manager: the table of routes
    resources.py, compute.py, authorization.py   what they answer; views.py: the JSON of a VM
    faults.py         what is to go wrong
    emulator.py       sends each request to its service
    server.py         HTTP/1.1 on the loopback addresses; body.py: the bodies of its requests
    command.py        what `pybridge emulate` does
"""

from __future__ import annotations

from .emulator import Emulator
from .world import World

__all__ = ["Emulator", "World"]
