"""The test host's certificates and what clients make of them: bad ones, changed ones, strangers', channel bindings."""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Iterator

import pytest
import requests
import wsman_host
from winrm.exceptions import InvalidCredentialsError
from wsman_host import Handle, WsmanHost
from wsman_ways import BASIC, WAYS, Connect, Way, connecting, run


@pytest.fixture
def host() -> Iterator[Handle]:
    with wsman_host.running() as handle:
        yield handle


@pytest.fixture
def connect(request: pytest.FixtureRequest) -> Iterator[Connect]:
    """`connect(host, way)`: a client."""
    yield from connecting(request)


@pytest.mark.parametrize("bindings", ["relaxed", "strict", "none"])
def test_channel_bindings(bindings: str, connect: Connect) -> None:
    with wsman_host.running(WsmanHost(channel_bindings=bindings)) as host:
        way = Way("ntlm-https", True, "ntlm", {})
        run(connect(host, way), "true")
        if bindings == "strict":
            with pytest.raises(InvalidCredentialsError):
                connect(host, way, send_cbt=False).open_shell()
        else:
            run(connect(host, way, send_cbt=False), "true")


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("self-signed", "self.signed certificate"),
        ("expired", "certificate has expired"),
        ("other-name", "127.0.0.1"),
    ],
)
def test_a_certificate_may_be_a_bad_one(kind: str, said: str, connect: Connect) -> None:
    with wsman_host.running(WsmanHost(certificate=kind)) as host:
        with pytest.raises(requests.exceptions.SSLError, match=said):
            connect(host, BASIC).open_shell()
        assert host.stats()["connections"] >= 1
        assert host.requests == []
        run(connect(host, BASIC, server_cert_validation="ignore", ca_trust_path=None), "true")


def test_a_strangers_certificate_is_refused(host: Handle, connect: Connect) -> None:
    with wsman_host.running() as other:
        certificate, key = other.client["admin@localhost"]
        with pytest.raises(requests.exceptions.ConnectionError):
            connect(host, WAYS[1], cert_pem=certificate, cert_key_pem=key).open_shell()
    assert host.requests == []


def test_a_certificate_is_the_user_that_it_names(connect: Connect) -> None:
    with wsman_host.running(WsmanHost(users={"other": "x"}, certificate_users={"admin@localhost": "other"})) as host:
        run(connect(host, WAYS[1]), "true")
        assert {request["user"] for request in host.requests} == {"other"}


def test_it_listens_on_both_loopback_addresses(host: Handle) -> None:
    assert requests.get(f"https://localhost:{host.https_port}/wsman", verify=host.ca, timeout=20).status_code == 405
    if not host.ipv6:
        pytest.skip("no IPv6 on this machine")
    address = f"https://[::1]:{host.https_port}/other"
    assert requests.post(address, verify=host.ca, timeout=20).status_code == 404


def test_it_can_change_its_certificate(connect: Connect) -> None:
    with wsman_host.running(WsmanHost(users={"admin": "x", "CONTOSO\\Admin": "y"})) as host:
        before = host.sha256
        run(connect(host, BASIC), "true")
        host.certify("expired")
        with pytest.raises(requests.exceptions.SSLError, match="certificate has expired"):
            connect(host, BASIC).open_shell()
        host.certify()
        run(connect(host, WAYS[2]), "true")  # with the bindings of the new one
        served = ssl.get_server_certificate(("127.0.0.1", host.https_port))
        assert hashlib.sha256(ssl.PEM_cert_to_DER_cert(served)).hexdigest() == host.sha256 != before
