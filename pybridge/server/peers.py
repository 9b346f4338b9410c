"""Whose process is at the other end of a loopback connection, as the kernel of Linux tells in /proc."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Iterator
from ipaddress import IPv4Address, ip_address
from pathlib import Path

#: Read anew for each question. Below `self`: a hardened service may not see the rest of /proc.
_TABLES = ("/proc/self/net/tcp", "/proc/self/net/tcp6")
#: The uid that stands for all uids which a user namespace does not know.
_OVERFLOW_UID = "/proc/sys/kernel/overflowuid"
#: The table is read in pieces while it changes: a row that was missed the first time is seen the next.
_TRIES = 3

#: An address and a port.
Place = tuple[str, int]


def own_uid() -> int | None:
    """The user of this process, if peers can be told from it; None where they can not.

    They can not on other systems than Linux, nor where this process is the user that strangers are shown as.
    """
    if not hasattr(os, "geteuid") or _read(_TABLES[0]) is None:
        return None
    uid = os.geteuid()
    return None if str(uid) == (_read(_OVERFLOW_UID) or "65534").strip() else uid


def uid_of(client: Place, server: Place, read: Callable[[str], str | None] | None = None) -> int | None:
    """The user whose socket is the client's end of a connection; None if there is no such socket, or no longer.

    Args:
        client: The client's end.
        server: The other end, as the client sees it.
        read: Reads a file of /proc, None if it is not there.
    """
    wanted = set(_spellings(client, server))
    for _ in range(_TRIES):
        for table in _TABLES:
            for row in ((read or _read)(table) or "").splitlines()[1:]:
                fields = row.split()
                # A socket that its process has closed has no inode, and a uid that means nothing.
                if len(fields) > 9 and (fields[1], fields[2]) in wanted and fields[9] != "0":
                    return int(fields[7])
    return None


def _spellings(client: Place, server: Place) -> Iterator[tuple[str, str]]:
    """Both ends as the tables spell them: each family, as an IPv6 socket may be connected to an IPv4 address."""
    hosts = [ip_address(host) for host, _ in (client, server)]
    yield _row(hosts[0].packed, client[1]), _row(hosts[1].packed, server[1])
    if all(isinstance(host, IPv4Address) for host in hosts):
        mapped = [b"\0" * 10 + b"\xff\xff" + host.packed for host in hosts]
        yield _row(mapped[0], client[1]), _row(mapped[1], server[1])


def _row(packed: bytes, port: int) -> str:
    """The address as words in the byte order of this machine, and the port, all in hexadecimal."""
    words = struct.unpack(f"={len(packed) // 4}I", packed)
    return f"{''.join(f'{word:08X}' for word in words)}:{port:04X}"


def _read(path: str) -> str | None:
    try:
        return Path(path).read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
