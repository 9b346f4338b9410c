"""The ways to sign in to a host."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Authentication(NamedTuple):
    """A way to sign in.

    Attributes:
        method: pywinrm's name for it.
        seals: Whether it can encrypt messages, so that plain http may be used.
        password: Whether it needs a user name and a password.
    """

    method: str
    seals: bool
    password: bool


AUTHENTICATIONS: Mapping[str, Authentication] = {
    "basic": Authentication("basic", seals=False, password=True),
    "certificate": Authentication("certificate", seals=False, password=False),
    "credssp": Authentication("credssp", seals=True, password=True),
    "kerberos": Authentication("kerberos", seals=True, password=False),  # the ticket of `kinit`
    "negotiate": Authentication("ntlm", seals=True, password=True),  # pywinrm offers NTLM in it
}

#: What users call them: PowerShell and Ansible have other names for some.
SPELLINGS: Mapping[str, str] = {
    **{name: name for name in AUTHENTICATIONS},
    "default": "negotiate",
    "ntlm": "negotiate",
    "plaintext": "basic",
}
