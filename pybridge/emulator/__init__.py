"""The emulator: a small Azure to try things against, in process or on a port.

In process it is a transport like every other: `Emulator().send(request)`.
On a port: `with server.serve(emulator) as server: server.url`.

    nouns.py          what there is: subscriptions, groups, VMs, identities
    world.py          all of it together; state.py reads it from YAML, world.yaml is the default
    roles.py rbac.py  who may do what where
    tokens.py         signed access tokens
    hosting.py        the hosting environments it can be, one row each
    metadata.py       the VM extension's endpoint and IMDS; instance.py: what IMDS tells of the VM
    appservice.py     App Service, old and new, Azure ML, hybrid workers, Automation
    arc.py fabric.py cloudshell.py workload.py   the other token endpoints
    tokencall.py      what token endpoints share; site.py: what they know of this machine, and keep
    certificate.py    the certificate of the TLS endpoint
    arm.py            Azure Resource Manager: the table of routes
    discovery.py      where the services of a cloud are; dates.py: how Azure writes moments
    resources.py, compute.py, authorization.py   what they answer; views.py: the JSON of a VM
    faults.py         what is to go wrong; spoilers.py: what may become of an answer
    emulator.py       sends each request to its service
    server.py         serves it on the loopback addresses
    command.py        what `pybridge emulate` does
"""

from __future__ import annotations

from .emulator import Emulator
from .world import World

__all__ = ["Emulator", "World"]
