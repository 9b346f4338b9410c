"""Hosts: Windows computers that are reached by WinRM. Nouns without I/O; they may travel to another process.

Whatever a host is given is checked when it is made, so that there is none that would send a password in clear.

host.py            `Host`: a computer, and how it is reached
address.py         `Address`: where WinRM listens, in every spelling
authentication.py  the ways to sign in
"""

from .address import HTTP_PORT, HTTPS_PORT, Address
from .authentication import AUTHENTICATIONS, SPELLINGS, Authentication
from .host import CONNECT_TIMEOUT, OPERATION_TIMEOUT, TIMEOUT, Host, host

__all__ = [
    "AUTHENTICATIONS",
    "CONNECT_TIMEOUT",
    "HTTPS_PORT",
    "HTTP_PORT",
    "OPERATION_TIMEOUT",
    "SPELLINGS",
    "TIMEOUT",
    "Address",
    "Authentication",
    "Host",
    "host",
]
