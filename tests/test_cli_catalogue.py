"""cli: `pybridge resources` and `pybridge clouds`, as a user types them."""

from __future__ import annotations

import json

import pytest
from support import closed_port, environment, http, run, talking

from pybridge.catalogue import CATALOGUE, CLOUDS
from pybridge.emulator import Emulator
from pybridge.emulator.server import serve

STACK = {
    "portalEndpoint": "https://portal.local.azurestack.external/",
    "authentication": {
        "loginEndpoint": "https://login.windows.net/",
        "audiences": ["https://management.contoso.onmicrosoft.com/4de154de-f8a8-4017-af41-df619da68155"],
    },
}


# --- resources ---------------------------------------------------------------------------------------


def test_resources_are_a_table_that_fits_80_columns_but_for_links() -> None:
    done = run("resources", env=environment(COLUMNS="80"))
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["Name", "ResourceId", "Tested"]
    assert [line.split()[0] for line in lines[2::2]] == [entry.name for entry in CATALOGUE]
    assert [line.strip() for line in lines[3::2]] == [entry.documentation for entry in CATALOGUE]
    assert max(map(len, lines[::2])) <= 80


def test_on_a_wide_terminal_a_resource_is_a_line() -> None:
    lines = run("resources", env=environment(COLUMNS="200")).stdout.splitlines()
    assert lines[0].split() == ["Name", "ResourceId", "Tested", "Docs"]
    assert [line.split() for line in lines[1:]] == [
        [entry.name, entry.resource_ids[0], "yes" if entry.tested else "-", entry.documentation] for entry in CATALOGUE
    ]


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (["key"], ["https://vault.azure.net", "https://managedhsm.azure.net"]),
        (["KEY*"], ["https://vault.azure.net"]),
        (["bus", "--cloud", "azureusgovernment"], ["https://servicebus.azure.net"]),
        (["keyvault", "--cloud", "AzureChinaCloud"], ["https://vault.azure.cn"]),
        (["graph.windows"], ["https://graph.windows.net/"]),
    ],
)
def test_resources_are_found(arguments: list[str], found: list[str]) -> None:
    done = run("resources", "--json", *arguments)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["resource_id"] for row in rows] == found


def test_a_line_of_json_has_all_that_is_known() -> None:
    (row,) = map(json.loads, run("resources", "--json", "redis").stdout.splitlines())
    redis = next(entry for entry in CATALOGUE if entry.name == "Redis")
    assert row == {
        "name": "Redis",
        "resource_id": "https://redis.azure.com",
        "title": redis.title,
        "environment": "AzureCloud",
        "tested": False,
        "documentation": redis.documentation,
    }


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["KeyVualt"], "Did you mean KeyVault (https://vault.azure.net)?"),
        (["zz*"], "there is no resource named 'zz*'"),
        (["Redis", "--cloud", "AzureChinaCloud"], "no resource ID of Redis is known in AzureChinaCloud"),
        (["--cloud", "Mars"], "there is no environment named 'Mars'"),
        (["--cloud", "AzureGermanCloud"], "29 October 2021"),
    ],
)
def test_what_is_not_there_is_refused(arguments: list[str], message: str) -> None:
    done = run("resources", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr


# --- clouds ------------------------------------------------------------------------------------------


def test_clouds_are_shown_one_by_one() -> None:
    done = run("clouds")
    assert (done.returncode, done.stderr) == (0, "")
    blocks = [dict(line.split(maxsplit=1) for line in block.splitlines()) for block in done.stdout.split("\n\n")]
    assert {block["Name"] for block in blocks} == set(CLOUDS)
    assert run("clouds", "azurechinacloud").stdout in done.stdout
    assert blocks[0]["ResourceManager"] == "https://management.azure.com/"
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_clouds_as_json() -> None:
    rows = [json.loads(line) for line in run("clouds", "--json").stdout.splitlines()]
    assert {row["name"] for row in rows} == set(CLOUDS)
    assert json.loads(run("clouds", "--json", "AzureUSGovernment").stdout)["storage_endpoint_suffix"] == (
        "core.usgovcloudapi.net"
    )


def test_an_arm_is_asked_which_cloud_it_is() -> None:
    with talking(http("200 OK", json.dumps(STACK).encode())) as stack:
        done = run("clouds", "--json", "--arm-endpoint", stack.url)
        shown = run("clouds", "--arm-endpoint", stack.url)
    found = json.loads(done.stdout)
    assert (found["type"], found["resource_manager_url"]) == ("Discovered", f"{stack.url}/")
    assert found["management_portal_url"] == "https://portal.local.azurestack.external/"
    assert stack.received[0].startswith(b"GET /metadata/endpoints?api-version=2022-09-01 ")
    assert b"authorization" not in stack.received[0].lower()
    assert STACK["portalEndpoint"] in shown.stdout.split()


def test_the_emulator_tells_of_itself_too() -> None:
    with serve(Emulator()) as server:
        found = json.loads(run("clouds", "--json", "--arm-endpoint", server.url).stdout)
    assert (found["name"], found["resource_manager_url"]) == ("AzureCloud", f"{server.url}/")
    assert (found["storage_endpoint_suffix"], found["sql_database_dns_suffix"]) == (
        "core.windows.net",
        ".database.windows.net",
    )


def test_what_is_no_arm_is_refused() -> None:
    with talking(http("200 OK", b"<html>")) as other, closed_port() as port:
        html = run("clouds", "--arm-endpoint", other.url)
        nobody = run("clouds", "--arm-endpoint", f"http://127.0.0.1:{port}")
    plain = run("clouds", "--arm-endpoint", "http://management.example")
    assert [done.returncode for done in (html, nobody, plain)] == [1, 1, 2]
    assert "does not describe a cloud" in html.stderr
    assert "refused" in nobody.stderr
    assert "is not an https URL" in plain.stderr
    assert html.stdout + nobody.stdout + plain.stdout == ""
