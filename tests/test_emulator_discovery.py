"""Cloud discovery on the emulated ARM."""

from __future__ import annotations

import json

import pytest
from asking import URL, ask, emulator, fields

from pybridge.emulator import Emulator


def test_the_first_version_tells_of_its_own_cloud() -> None:
    answer = ask(emulator(), f"{URL}/metadata/endpoints", {}, api_version="2015-01-01")
    assert fields(answer) == {
        "galleryEndpoint": "https://gallery.azure.com/",
        "graphEndpoint": "https://graph.windows.net/",
        "portalEndpoint": "https://portal.azure.com",
        "authentication": {
            "loginEndpoint": f"{URL}/",
            "audiences": ["https://management.core.windows.net/", "https://management.azure.com/"],
        },
    }


@pytest.mark.parametrize("version", ["2019-05-01", "2022-09-01"])
def test_newer_versions_tell_of_all(version: str) -> None:
    answer = ask(emulator(), f"{URL}/metadata/endpoints", {}, api_version=version)
    clouds = {cloud["name"]: cloud for cloud in json.loads(answer.body)}
    assert list(clouds) == ["AzureCloud", "AzureChinaCloud", "AzureUSGovernment"]
    assert clouds["AzureCloud"]["resourceManager"] == f"{URL}/"
    assert clouds["AzureChinaCloud"]["authentication"]["loginEndpoint"] == ("https://login.chinacloudapi.cn/")


@pytest.mark.parametrize("version", ["", "2014-01-01", "latest"])
def test_an_unknown_version(version: str) -> None:
    answer = ask(emulator(), f"{URL}/metadata/endpoints", {}, api_version=version)
    assert (answer.status, fields(answer)["error"]["code"]) == (400, "InvalidApiVersionParameter")


def test_it_is_there_in_every_hosting_environment() -> None:
    subject = Emulator(hosting="app-service")
    assert ask(subject, f"{URL}/metadata/endpoints", {}, api_version="2015-01-01").status == 200


def test_its_faults_have_the_shape_of_arm() -> None:
    subject = emulator()
    subject.fail("/metadata/endpoints", status=503)
    answer = ask(subject, f"{URL}/metadata/endpoints", {}, api_version="2015-01-01")
    assert fields(answer)["error"]["code"] == "ServiceUnavailable"
