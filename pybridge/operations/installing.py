"""The PowerShell module itself, put onto hosts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..backend import Call, FromHost
from ..resources import InstalledModule
from .fanout import each

if TYPE_CHECKING:  # few reach for hosts, and it takes a while
    from ..hosts import Host
    from ..reach import Reach


def install_module(
    call: Call, *, reach: Reach, scope: str = "CurrentUser", path: str | None = None
) -> Iterator[FromHost[InstalledModule]]:
    """Put the module onto hosts, where it is not there yet."""
    from .. import installing
    from ..parcel import pack
    from ..sessions import PSSession

    parcel = pack()

    def put(host: Host | PSSession) -> InstalledModule:
        if isinstance(host, PSSession):
            ask = call.session_transport(host).ask
            return installing.install(ask, host.name, parcel, scope=scope, path=path)
        return installing.install_module(host, scope=scope, path=path)

    return each(call, reach, put, activity="Installing the module")
