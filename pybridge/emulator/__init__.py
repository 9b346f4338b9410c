"""The emulator: a small Azure to try things against, in process or on a port.

In process it is a transport like every other: `Emulator().send(request)`.
On a port: `with server.serve(emulator) as server: server.url`.

    nouns.py          what there is: subscriptions, groups, VMs, identities, applications
    world.py          all of it together; state.py reads it from YAML, world.yaml is the default
    directory.py assignments.py   of it what belongs to the tenant: applications, roles, who holds which
    roles.py rbac.py  who may do what where
    tokens.py         signed access tokens
    hosting.py        the hosting environments it can be, one row each
    metadata.py       the VM extension's endpoint and IMDS; instance.py: what IMDS tells of the VM
    appservice.py     App Service, old and new, Azure ML, hybrid workers, Automation
    arc.py fabric.py cloudshell.py   the other token endpoints of machines; workload.py: a pod's assertion
    entra.py          the token endpoints of the cloud, for applications and pods
    tokencall.py      what token endpoints share; site.py: what they know of this machine, and keep
    certificate.py    the certificate of the TLS endpoint
    arm/              Azure Resource Manager
    discovery.py      where the services of a cloud are; dates.py: how Azure writes moments
    faults.py         what is to go wrong; spoilers.py: what may become of an answer
    emulator.py       sends each request to its service
    server.py         serves it on the loopback addresses
    command.py        what `pybridge emulate` does
"""

from __future__ import annotations

from .emulator import Emulator
from .world import World

__all__ = ["Emulator", "World"]
