"""clouds: where ARM is, and what counts as this machine."""

from __future__ import annotations

import pytest

from pybridge.addresses import is_loopback
from pybridge.clouds import ARM_ENDPOINT, CLOUDS, arm_endpoint, cloud
from pybridge.errors import ConfigurationError, UsageError

LOOPBACK = [
    "http://127.0.0.1:50342",
    "http://localhost",
    "HTTP://LocalHost:1/x",
    "http://[::1]:50342/",
    "https://127.0.0.1:8443",
]

#: Not loopback, though some of them look so to one parser of URLs or another.
ELSEWHERE = [
    "http://evil.example",
    "https://management.azure.com",
    "http://127.0.0.1.evil.example/",
    "http://127.0.0.1@evil.example/",
    "http://evil.example@127.0.0.1/",
    "http://evil.example\\@127.0.0.1/",
    "http://127.0.0.1\\@evil.example/",
    "http://evil.example#@127.0.0.1/",
    "http://evil.example?@127.0.0.1/",
    "http://169.254.169.254",
    "http://[::1",
    "http://127.0.0.1:port",
    "http:127.0.0.1",
    "//127.0.0.1",
    "ftp://127.0.0.1",
    "127.0.0.1:50342",
    "",
]


@pytest.mark.parametrize(
    ("name", "found"),
    [(None, "AzureCloud"), ("azurecloud", "AzureCloud"), ("AZUREUSGOVERNMENT", "AzureUSGovernment")],
)
def test_a_cloud_is_found_whatever_its_case(name: str | None, found: str) -> None:
    assert cloud(name).name == found


def test_an_unknown_cloud_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match="AzureGermanCloud") as caught:
        cloud("AzureGermanCloud")
    assert "AzureChinaCloud" in (caught.value.remedy or "")


@pytest.mark.parametrize("url", LOOPBACK)
def test_loopback_is_known(url: str) -> None:
    assert is_loopback(url)


@pytest.mark.parametrize("url", ELSEWHERE)
def test_nothing_else_passes_for_loopback(url: str) -> None:
    assert not is_loopback(url)


def test_arm_is_the_clouds_own_without_the_variable() -> None:
    for environ in ({}, {ARM_ENDPOINT: ""}):
        assert arm_endpoint(CLOUDS["AzureCloud"], environ) == "https://management.azure.com"


@pytest.mark.parametrize("url", LOOPBACK)
def test_the_variable_may_name_this_machine(url: str) -> None:
    assert arm_endpoint(CLOUDS["AzureCloud"], {ARM_ENDPOINT: url}) == url.rstrip("/")


@pytest.mark.parametrize("url", [url for url in ELSEWHERE if url])
def test_the_variable_may_name_no_other_machine(url: str) -> None:
    with pytest.raises(ConfigurationError, match=ARM_ENDPOINT):
        arm_endpoint(CLOUDS["AzureCloud"], {ARM_ENDPOINT: url})
