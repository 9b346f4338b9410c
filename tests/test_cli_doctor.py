"""cli: `pybridge whoami` and `pybridge doctor`, as a user types them."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator

import pytest
from support import NOWHERE, environment, run, talking

from pybridge.emulator import Emulator
from pybridge.emulator.server import Server, serve

COMMAND = [sys.executable, "-m", "pybridge"]


@pytest.fixture
def emulator() -> Emulator:
    return Emulator()


@pytest.fixture
def server(emulator: Emulator) -> Iterator[Server]:
    with serve(emulator) as running:
        yield running


# --- whoami ------------------------------------------------------------------------------------------


def test_whoami_tells_the_identity_and_the_source(emulator: Emulator, server: Server) -> None:
    own = emulator.vm.system_assigned
    assert own is not None
    done = run("whoami", env=environment(server.url))
    assert (done.returncode, done.stderr) == (0, "")
    rows = dict(line.split(None, 1) for line in done.stdout.splitlines())
    assert rows.pop("ExpiresOn").endswith(" UTC")
    assert rows == {
        "Identity": "SystemAssigned",
        "ObjectId": own.object_id,
        "ClientId": own.client_id,
        "TenantId": own.tenant_id,
        "ResourceId": emulator.vm.id,
        "Source": "vm_extension",
        "Why": "PYBRIDGE_VM_EXTENSION_ENDPOINT is set",
        "Resource": "https://management.azure.com/",
    }


def test_whoami_as_json_for_a_name_and_a_source(server: Server) -> None:
    done = run("whoami", "keyvault", "--json", "--source", "imds", env=environment(server.url))
    found = json.loads(done.stdout)
    assert (done.returncode, done.stdout.count("\n")) == (0, 1)
    assert (found["resource"], found["source"]) == ("https://vault.azure.net", "imds")
    assert (found["kind"], found["why"]) == ("SystemAssigned", "it was asked for by name")
    assert isinstance(found["expires_on"], int)
    assert "eyJ" not in done.stdout


@pytest.mark.parametrize("way", ["client", "object", "resource"])
def test_whoami_of_a_user_assigned_identity(way: str) -> None:
    emulator = Emulator(machine="twoIdentitiesVM")
    wanted = emulator.vm.user_assigned[1]
    with serve(emulator) as server:
        value = getattr(wanted, f"{way}_id")
        done = run("whoami", "--json", f"--{way}-id", value, env=environment(server.url))
    found = json.loads(done.stdout)
    assert (found["kind"], found["resource_id"]) == ("UserAssigned", wanted.resource_id)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["whoami"], 1, "no managed identity endpoint answers"),
        (["whoami", "KeyVualt"], 2, "KeyVault"),
        (["whoami", "--source", "mars"], 2, "Sources: "),
        (["doctor", "--source", "mars"], 2, "Sources: "),
        (["doctor", "--cloud", "mars"], 2, "mars"),
        (["doctor", "--client-id", "a", "--object-id", "b"], 2, "not allowed with"),
    ],
)
def test_a_mistake_is_told_in_words(arguments: list[str], code: int, words: str) -> None:
    done = run(*arguments, env=environment())
    assert (done.returncode, done.stdout) == (code, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr


# --- doctor ------------------------------------------------------------------------------------------


def test_doctor_inside_of_the_emulator_finds_all_well() -> None:
    done = run("emulate", "--port", "0", "--", *COMMAND, "doctor", env=environment(COLUMNS="80"))
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert {line[0] for line in lines if line and line[0] != " "} == {"\N{CHECK MARK}", "-"}
    assert lines[-2:] == ["", "\N{CHECK MARK}  Verdict     the managed identity of this machine works"]
    names = [match[1] for line in lines if (match := re.match(r"\S  (\w+)", line))]
    assert names[0] == "Variables"
    assert len(names) == 12


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--machine", "msiOffVM"], 2, ["Identity not found", "Configuration", "Extensions", "redeploy"]),
        (["--machine", "noRoleVM"], 1, ["no subscription is visible", "New-AzureRmRoleAssignment -ObjectId", "Reader"]),
        (["--machine", "twoIdentitiesVM"], 2, ["--client-id", "az vm identity show -g myResourceGroup"]),
        (["--as", "arc"], 0, ["may read the agent's keys"]),
        (["--as", "app-service"], 0, ["App Service answers at", "IDENTITY_HEADER"]),
        (["--as", "imds", "--fault", "/metadata/instance,status=403,body=html"], 1, ["Docker Desktop"]),
        (["--fault", "/metadata/endpoints,status=503"], 1, ["answers 503"]),
    ],
)
def test_doctor_on_other_machines(arguments: list[str], code: int, words: list[str]) -> None:
    env = environment(COLUMNS="80")
    done = run("emulate", "--port", "0", *arguments, "--", *COMMAND, "doctor", env=env)
    assert (done.returncode, done.stderr) == (code, "")
    text = " ".join(done.stdout.split())
    assert [word for word in words if word not in text] == []


def test_doctor_fits_80_columns_but_for_commands_and_urls() -> None:
    with serve(Emulator(machine="noRoleVM")) as server:
        done = run("doctor", env=environment(server.url, COLUMNS="80", HTTP_PROXY="http://proxy:1"))
    assert done.returncode == 1
    for line in done.stdout.splitlines():
        command = line.startswith("    ") and line[4] != " "
        assert len(line) <= 80 or command or "://" in line
    commands = [line.split()[0].partition("=")[0] for line in done.stdout.splitlines() if re.match(r" {4}\S", line)]
    assert commands == ["NO_PROXY", "New-AzureRmRoleAssignment"]


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_doctor_marks_rows_with_what_the_terminal_can_show(encoding: str) -> None:
    env = environment(PYTHONIOENCODING=encoding)
    done = run("doctor", "--source", "vm_extension", env=env)
    assert (done.returncode, done.stderr) == (2, "")
    assert done.stdout.isascii()
    assert re.findall(r"^(\S+) +(?:Variables|Endpoint|Identity)\b", done.stdout, re.MULTILINE) == ["ok", "X", "-"]


def test_doctor_off_azure_tells_each_remedy_once() -> None:
    done = run("doctor", env=environment(COLUMNS="200"))
    assert (done.returncode, done.stderr) == (2, "")
    assert f"{NOWHERE}/oauth2/token refused the connection" in done.stdout
    assert "it does not work: Endpoint, Token, ARM" in done.stdout
    assert done.stdout.count("MSI may not be configured on the VM") == 1


def test_doctor_shows_strange_words_without_harm() -> None:
    body = b'{"error": "x", "error_description": "\\u001b[2J \\u96ea"}'
    head = f"HTTP/1.1 400 Bad Request\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with talking(head + body) as server:
        env = environment(server.url, PYTHONIOENCODING="ascii")
        done = run("doctor", "--source", "imds", env=env)
    assert (done.returncode, done.stderr) == (2, "")
    assert done.stdout.replace("\n", "").isprintable()
    assert "\\u96ea" in done.stdout


def test_doctor_as_json_is_one_object(server: Server) -> None:
    done = run("doctor", "--json", env=environment(server.url))
    found = json.loads(done.stdout)
    assert (done.returncode, done.stdout.count("\n")) == (0, 1)
    assert set(found) == {"verdict", "message", "remedy", "checks"}
    assert (found["verdict"], found["remedy"]) == ("ok", None)
    assert [set(check) for check in found["checks"]] == [{"name", "state", "message", "remedy"}] * 11
    broken = run("doctor", "--json", env=environment())
    found = json.loads(broken.stdout)
    assert (broken.returncode, found["verdict"]) == (2, "broken")
    assert "Configuration" in found["remedy"]


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("whoami", ["RESOURCE", "--json", "--cloud", "--client-id", "--object-id", "--resource-id", "--source"]),
        (
            "doctor",
            ["--json", "--cloud", "--client-id", "--source", "0 all is well, 1 there are warnings, 2 it is broken"],
        ),
    ],
)
def test_help_tells_the_options(command: str, words: list[str]) -> None:
    done = run(command, "--help", env=environment(COLUMNS="200"))
    assert (done.returncode, done.stderr) == (0, "")
    assert [word for word in words if word not in done.stdout] == []
