"""The api-versions that ARM takes, by resource type, oldest first."""

from __future__ import annotations

from collections.abc import Mapping

_COMPUTE = (
    "2015-05-01-preview", "2015-06-15", "2016-03-30", "2016-04-30-preview", "2016-08-30", "2017-03-30",
    "2017-12-01", "2018-04-01", "2018-06-01", "2018-10-01", "2019-03-01", "2019-07-01", "2019-12-01",
    "2020-06-01", "2020-12-01", "2021-03-01", "2021-04-01", "2021-07-01", "2021-11-01", "2022-03-01",
    "2022-08-01", "2022-11-01", "2023-03-01", "2023-07-01", "2023-09-01", "2024-03-01", "2024-07-01",
    "2024-11-01", "2025-04-01", "2025-11-01", "2026-04-01",
)  # fmt: skip
_CORE = (
    "2014-04-01-preview", "2014-04-01", "2015-01-01", "2015-11-01", "2016-02-01", "2016-06-01",
    "2016-07-01", "2016-09-01", "2017-03-01", "2017-05-01", "2017-05-10", "2017-06-01", "2017-08-01",
    "2018-01-01", "2018-02-01", "2018-05-01", "2018-06-01", "2018-07-01", "2018-08-01", "2019-03-01",
    "2019-05-01", "2019-05-10", "2019-06-01", "2019-07-01", "2019-08-01", "2019-09-01", "2019-10-01",
    "2019-11-01", "2020-01-01", "2020-05-01", "2020-06-01", "2020-07-01", "2020-08-01", "2020-09-01",
    "2020-10-01", "2021-01-01", "2021-04-01", "2022-01-01", "2022-05-01", "2022-06-01", "2022-09-01",
    "2022-12-01", "2023-07-01", "2024-03-01", "2024-07-01", "2024-08-01", "2024-11-01", "2025-03-01",
    "2025-04-01",
)  # fmt: skip
_DISKS = (
    "2016-04-30-preview", "2017-03-30", "2018-04-01", "2018-06-01", "2018-09-30", "2019-03-01", "2019-07-01",
    "2019-11-01", "2020-05-01", "2020-06-30", "2020-09-30", "2020-12-01", "2021-04-01", "2021-08-01", "2021-12-01",
    "2022-03-02", "2022-07-02", "2023-01-02", "2023-04-02", "2023-10-02", "2024-03-02", "2025-01-02",
)  # fmt: skip
_NETWORK = (
    "2015-06-15", "2016-03-30", "2016-06-01", "2016-09-01", "2016-12-01", "2017-03-01", "2017-06-01", "2017-08-01",
    "2017-09-01", "2017-10-01", "2017-11-01", "2018-01-01", "2018-02-01", "2018-04-01", "2018-06-01", "2018-07-01",
    "2018-08-01", "2018-10-01", "2018-11-01", "2018-12-01", "2019-04-01", "2019-11-01", "2020-06-01", "2020-11-01",
    "2021-05-01", "2021-08-01", "2022-05-01", "2022-07-01", "2023-04-01", "2023-09-01", "2023-11-01", "2024-01-01",
    "2024-05-01", "2025-01-01",
)  # fmt: skip
_IDENTITIES = (
    "2015-08-31-preview", "2018-11-30", "2021-09-30-preview", "2022-01-31-preview", "2023-01-31",
    "2023-07-31-preview", "2024-11-30", "2025-01-31-preview",
)  # fmt: skip
_ASSIGNMENTS = (
    "2014-04-01-preview", "2014-07-01-preview", "2014-10-01-preview", "2015-05-01-preview", "2015-06-01",
    "2015-07-01", "2016-07-01", "2017-05-01", "2017-10-01-preview", "2018-01-01-preview",
    "2018-05-01-preview", "2018-07-01", "2018-09-01-preview", "2018-12-01-preview", "2019-04-01-preview",
    "2020-03-01-preview", "2020-04-01-preview", "2020-08-01-preview", "2020-10-01-preview",
    "2021-04-01-preview", "2022-01-01-preview", "2022-04-01",
)  # fmt: skip
_DEFINITIONS = (
    "2014-04-01-preview", "2015-05-01-preview", "2015-06-01", "2015-07-01", "2016-07-01", "2017-05-01",
    "2017-09-01", "2018-01-01-preview", "2018-07-01", "2022-04-01", "2022-05-01-preview",
)  # fmt: skip

#: Types without a provider in their path belong to ARM itself.
CORE_TYPE = "core"

API_VERSIONS: Mapping[str, tuple[str, ...]] = {
    CORE_TYPE: _CORE,
    "virtualMachines": _COMPUTE,
    "virtualMachines/extensions": _COMPUTE,
    "locations/operations": _COMPUTE,
    "disks": _DISKS,
    "networkInterfaces": _NETWORK,
    "userAssignedIdentities": _IDENTITIES,
    "roleAssignments": _ASSIGNMENTS,
    "roleDefinitions": _DEFINITIONS,
}

#: The providers with their types, keys of `API_VERSIONS` but for those of ARM itself.
PROVIDERS: Mapping[str, tuple[str, ...]] = {
    "Microsoft.Authorization": ("roleAssignments", "roleDefinitions"),
    "Microsoft.Compute": ("virtualMachines", "virtualMachines/extensions", "disks", "locations/operations"),
    "Microsoft.ManagedIdentity": ("userAssignedIdentities",),
    "Microsoft.Network": ("networkInterfaces",),
    "Microsoft.Resources": ("tenants", "subscriptions", "resourceGroups", "resources", "providers"),
}


def versions_of(kind: str) -> tuple[str, ...]:
    """The api-versions of a type, oldest first."""
    return API_VERSIONS.get(kind, _CORE)
