"""Azure Resource Manager of the emulator.

service.py        checks the token, finds the route, adds ARM's headers; routes.py: the table of routes
call.py           what the routes share; conditions.py: $filter and ETags
versions.py       api-versions by provider; throttling.py: how much a principal may ask
longrunning.py    what goes on behind a 201 or 202
subscriptions.py  tenants, subscriptions, locations, providers
groups.py         resource groups; generic.py: resources of all kinds in one list
compute.py        VMs as one reads them; changes.py: as one changes them; machineidentity.py: their identity block
power.py          start, stop, restart; extensions.py: VM extensions
identities.py     user-assigned identities
authorization.py  role assignments and definitions
views.py          the JSON of a VM and its parts
"""

from __future__ import annotations

from .service import Arm

__all__ = ["Arm"]
