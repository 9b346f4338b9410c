"""What keeps a stored token from others besides the rights of its file."""

from __future__ import annotations

import sys

import pytest

from pybridge.cachefile.protection import protect, unprotect


@pytest.mark.parametrize("data", [b"", b"a token", bytes(range(256)) * 40])
def test_there_and_back(data: bytes) -> None:
    assert unprotect(protect(data)) == data


def test_it_is_encrypted_on_windows_alone() -> None:
    assert (b"a token" in protect(b"a token")) == (sys.platform != "win32")
