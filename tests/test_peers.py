"""Whose process is at the other end of a connection."""

from __future__ import annotations

import os
import socket
import sys

import pytest

from pybridge.server import peers

LITTLE = sys.byteorder == "little"

#: As Linux writes them on machines of this byte order: 127.0.0.1 and ::1.
LOOPBACK = "0100007F" if LITTLE else "7F000001"
LOOPBACK_6 = "0" * 24 + ("01000000" if LITTLE else "00000001")
MAPPED = "0" * 16 + ("FFFF0000" if LITTLE else "0000FFFF") + LOOPBACK

HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"


def row(local: str, remote: str, uid: int, *, inode: int = 4711, state: str = "01") -> str:
    return (
        f"   0: {local} {remote} {state} 00000000:00000000 00:00000000 00000000 {uid:5d}        0 {inode} 1 0 20 4 30\n"
    )


def uid(table: str, rows: str, host: str = "127.0.0.1") -> int | None:
    """Of the client's end of a connection from port 4096 to port 50342."""

    def read(path: str) -> str | None:
        return HEAD + rows if path.endswith(f"/{table}") else None

    return peers.uid_of((host, 4096), (host, 50342), read)


CLIENT, SERVER = f"{LOOPBACK}:1000", f"{LOOPBACK}:C4A6"


@pytest.mark.parametrize(
    ("table", "rows", "host", "expected"),
    [
        ("tcp", row(CLIENT, SERVER, 1001), "127.0.0.1", 1001),
        ("tcp", row(SERVER, CLIENT, 0) + row(CLIENT, SERVER, 1001), "127.0.0.1", 1001),
        ("tcp6", row(f"{LOOPBACK_6}:1000", f"{LOOPBACK_6}:C4A6", 1002), "::1", 1002),
        ("tcp6", row(f"{MAPPED}:1000", f"{MAPPED}:C4A6", 1003), "127.0.0.1", 1003),
        ("tcp", row(SERVER, CLIENT, 1001), "127.0.0.1", None),
        ("tcp", row(CLIENT, f"{LOOPBACK}:C4A7", 1001), "127.0.0.1", None),
        ("tcp", row(CLIENT, SERVER, 0, inode=0, state="06"), "127.0.0.1", None),
        ("tcp", "nonsense\n", "127.0.0.1", None),
        ("tcp", "", "127.0.0.1", None),
        ("udp", row(CLIENT, SERVER, 1001), "127.0.0.1", None),
    ],
    ids=[
        "IPv4",
        "both ends",
        "IPv6",
        "IPv4 in an IPv6 socket",
        "the server's end only",
        "another port",
        "closed",
        "nonsense",
        "empty",
        "no tables",
    ],
)
def test_the_row_of_the_clients_end(table: str, rows: str, host: str, expected: int | None) -> None:
    assert uid(table, rows, host) == expected


def test_a_row_that_was_missed_once_is_found() -> None:
    tables = iter([HEAD, HEAD, HEAD + row(CLIENT, SERVER, 1001)])
    assert peers.uid_of(("127.0.0.1", 4096), ("127.0.0.1", 50342), lambda path: next(tables)) == 1001


needs_proc = pytest.mark.skipif(peers.own_uid() is None, reason="here nobody tells whose a connection is")


@needs_proc
@pytest.mark.parametrize(("family", "host"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")])
def test_our_own_connection_is_ours(family: socket.AddressFamily, host: str) -> None:
    with socket.socket(family) as listener:
        try:
            listener.bind((host, 0))
        except OSError:
            pytest.skip(f"this machine has no {host}")
        listener.listen()
        with socket.create_connection(listener.getsockname()[:2]) as client:
            accepted, address = listener.accept()
            with accepted:
                assert peers.uid_of(address[:2], accepted.getsockname()[:2]) == os.geteuid() == peers.own_uid()
        assert client.fileno() == -1


@needs_proc
def test_our_own_connection_from_a_socket_of_the_other_family() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.socket(socket.AF_INET6) as client:
        try:
            client.connect(("::ffff:127.0.0.1", listener.getsockname()[1]))
        except OSError:
            pytest.skip("this machine has no IPv6")
        accepted, address = listener.accept()
        with accepted:
            assert peers.uid_of(address, accepted.getsockname()) == os.geteuid()


def test_where_there_is_no_such_table_nobody_can_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers, "_TABLES", ("/nowhere/tcp", "/nowhere/tcp6"))
    assert peers.own_uid() is None
    assert peers.uid_of(("127.0.0.1", 4096), ("127.0.0.1", 50342)) is None


@needs_proc
def test_the_user_that_stands_for_strangers_cannot_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 65534)
    assert peers.own_uid() is None
