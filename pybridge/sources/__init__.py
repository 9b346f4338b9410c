"""Sources: what each hosting environment wants to be asked, and what its answer means. No I/O here.

source.py             what a source is, and what it is asked with
service_fabric.py app_service.py arc.py msi_endpoint.py workload_identity.py virtual_machine.py   the rows
answers.py            a token, or a refusal, from an answer
expiry.py             when a token expires, in all the spellings there are
jwt.py                the claims of a token, for display
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import NamedTuple

from ..errors import UsageError
from .answers import Grant, parse
from .app_service import APP_SERVICE
from .arc import ARC
from .jwt import claims
from .msi_endpoint import APP_SERVICE_2017, AUTOMATION, CLOUD_SHELL
from .service_fabric import SERVICE_FABRIC
from .source import Ask, Endpoint, Source
from .virtual_machine import IMDS, IMDS_HOST, VM_EXTENSION, VM_EXTENSION_ENDPOINT
from .workload_identity import WORKLOAD_IDENTITY

__all__ = [
    "IMDS_HOST",
    "SOURCES",
    "VARIABLES",
    "Ask",
    "Candidate",
    "Endpoint",
    "Grant",
    "Source",
    "choose",
    "claims",
    "parse",
]

#: In the order in which they are looked for; the last two are asked in turn where none of the others is found.
SOURCES: Mapping[str, Source] = {
    source.name: source
    for source in (
        SERVICE_FABRIC,
        APP_SERVICE,
        ARC,
        APP_SERVICE_2017,
        AUTOMATION,
        CLOUD_SHELL,
        WORKLOAD_IDENTITY,
        IMDS,
        VM_EXTENSION,
    )
}

#: The variables that lead to a source: who is to find another one must not have them.
VARIABLES = frozenset(
    """
    IDENTITY_ENDPOINT IDENTITY_HEADER IDENTITY_SERVER_THUMBPRINT IDENTITY_API_VERSION IMDS_ENDPOINT
    MSI_ENDPOINT MSI_SECRET DEFAULT_IDENTITY_CLIENT_ID
    AUTOMATION_ASSET_ACCOUNTID AUTOMATION_ASSET_SANDBOX_ID AZUREPS_HOST_ENVIRONMENT
    AZURE_FEDERATED_TOKEN_FILE AZURE_POD_IDENTITY_AUTHORITY_HOST
    PYBRIDGE_VM_EXTENSION_ENDPOINT PYBRIDGE_ARC_KEY_FOLDER
    """.split()
)


class Candidate(NamedTuple):
    """A source to ask: at which endpoint, if the caller named one, and why this source.

    Attributes:
        found: Whether something says that it is here; else it is only worth a try.
    """

    source: Source
    endpoint: Endpoint
    why: str
    found: bool = True


def choose(
    name: str | None,
    endpoint: Endpoint,
    environ: Mapping[str, str],
    exists: Callable[[str], bool] = os.path.exists,
) -> tuple[Candidate, ...]:
    """The sources to ask, in order: the one that was named or found, or the two of a virtual machine.

    Args:
        name: The source that the caller named, if any: it comes alone.
        endpoint: Belongs to that source, else to the VM extension, which then comes first. So it does
            where a variable names its endpoint.
        environ: The variables.
        exists: Whether there is a file of that name.

    Raises:
        UsageError: There is no source of that name.
    """
    if name is not None:
        source = SOURCES.get(name.replace("-", "_"))
        if source is None:
            raise UsageError(
                f"there is no source named {name!r}", target=name, remedy=f"Sources: {', '.join(SOURCES)}."
            )
        found = endpoint.url is not None or source.detect(environ, exists) is not None
        return (Candidate(source, endpoint, "it was asked for by name", found),)
    if endpoint.url is None:
        for source in SOURCES.values():
            why = source.detect(environ, exists)
            if why is not None:
                return (Candidate(source, endpoint, why),)
    imds = Candidate(IMDS, Endpoint(), "no variable names another source, and Azure VMs have it", found=False)
    if endpoint.url is not None:
        return (Candidate(VM_EXTENSION, endpoint, "the caller named its endpoint", found=False), imds)
    if environ.get(VM_EXTENSION_ENDPOINT):
        return (Candidate(VM_EXTENSION, endpoint, f"{VM_EXTENSION_ENDPOINT} is set", found=False), imds)
    return (imds, Candidate(VM_EXTENSION, endpoint, "IMDS does not answer, and old VMs have it", found=False))
