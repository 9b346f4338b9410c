"""Managed identity tokens and Azure Resource Manager, for Python and, through a generated module, for PowerShell.

    from pybridge import ArmClient, ManagedIdentityCredential

    credential = ManagedIdentityCredential()
    print(ArmClient(credential).virtual_machine("myResourceGroup", "myVM").identity.principal_id)

Names are imported when they are first used, so that `import pybridge` costs next to nothing.
"""

from __future__ import annotations

from .version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .accounts import StaticCredential
    from .arm import ArmClient
    from .credential import ManagedIdentityCredential
    from .errors import PyBridgeError
    from .fleet import Fleet, Outcome
    from .models import AccessToken, HttpRequest, HttpResponse, Transport
    from .remote import WinRMTransport
    from .transport import HttpsTransport, MetadataTransport

__all__ = [
    "AccessToken",
    "ArmClient",
    "Fleet",
    "HttpRequest",
    "HttpResponse",
    "HttpsTransport",
    "ManagedIdentityCredential",
    "MetadataTransport",
    "Outcome",
    "PyBridgeError",
    "StaticCredential",
    "Transport",
    "WinRMTransport",
    "__version__",
]

_HOMES = {
    "AccessToken": "models",
    "ArmClient": "arm",
    "Fleet": "fleet",
    "HttpRequest": "models",
    "HttpResponse": "models",
    "HttpsTransport": "transport",
    "ManagedIdentityCredential": "credential",
    "MetadataTransport": "transport",
    "Outcome": "fleet",
    "PyBridgeError": "errors",
    "StaticCredential": "accounts",
    "Transport": "models",
    "WinRMTransport": "remote",
}


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'pybridge' has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
