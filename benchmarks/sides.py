"""Who is measured beside whom, and how a piece of Python is run as each of them.

All sides run on the interpreter that runs the benchmark; pybridge is the one of this checkout.
"""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
ARM = "https://management.azure.com"


class Side(NamedTuple):
    """One who gets tokens.

    Attributes:
        title: What the table calls it; also the name of its distribution, but for case.
        cold: A script that prints a token for ARM.
        prepare: Python that defines `bound(resource)`, which gives a function that takes nothing and gets a token.
    """

    title: str
    cold: str
    prepare: str


PYBRIDGE = Side(
    "pybridge",
    # What the installed console script does: `pybridge token`.
    "import re, sys; from pybridge.cli import program; sys.argv[1:] = ['token']; sys.exit(program())",
    """
from functools import partial
from pybridge import ManagedIdentityCredential

credential = ManagedIdentityCredential()

def bound(resource):
    return partial(credential.get_token, resource + "/.default")
""",
)

MSAL = Side(
    "MSAL",
    f"""
import msal, requests

client = msal.ManagedIdentityClient(msal.SystemAssignedManagedIdentity(), http_client=requests.Session())
print(client.acquire_token_for_client(resource="{ARM}/")["access_token"])
""",
    """
from functools import partial
import msal, requests

client = msal.ManagedIdentityClient(msal.SystemAssignedManagedIdentity(), http_client=requests.Session())

def bound(resource):
    return partial(client.acquire_token_for_client, resource=resource)
""",
)

AZURE_IDENTITY = Side(
    "azure-identity",
    f"""
from azure.identity import ManagedIdentityCredential

print(ManagedIdentityCredential().get_token("{ARM}/.default").token)
""",
    """
from functools import partial
from azure.identity import ManagedIdentityCredential

credential = ManagedIdentityCredential()

def bound(resource):
    return partial(credential.get_token, resource + "/.default")
""",
)


def installed(package: str) -> str | None:
    """The version of a distribution that this interpreter has; None for none."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def environ(url: str = "", **more: str) -> dict[str, str]:
    """The variables for a child: IMDS is at the URL, and no other source, setting or proxy counts."""
    foreign = ("AZURE", "IDENTITY_", "IMDS_", "MSI_", "AUTOMATION_", "DEFAULT_IDENTITY", "PYBRIDGE", "PYTHON")
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.upper().startswith(foreign) and not name.upper().endswith("_PROXY")
    }
    return {**kept, "PYTHONPATH": str(ROOT), "AZURE_POD_IDENTITY_AUTHORITY_HOST": url, **more}


def run(code: str, variables: dict[str, str], *arguments: str) -> str:
    """What a child prints; it must succeed."""
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, env=variables, stdout=subprocess.PIPE, check=True, text=True).stdout
