"""cli: the commands as a user types them, each in a process of its own, against an emulator on a port."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import GUARD, NOWHERE, environment, http, run, talking

from pybridge import cli
from pybridge.cli.token import _tell
from pybridge.emulator import Emulator
from pybridge.emulator.server import Server, serve
from pybridge.errors import NoEndpointError, PyBridgeError
from pybridge.models import AccessToken
from pybridge.waiting import wait_for_token

COMMAND = [sys.executable, "-m", "pybridge"]


@pytest.fixture
def server() -> Iterator[Server]:
    with serve(Emulator()) as running:
        yield running


def failed(done: subprocess.CompletedProcess[str], code: int) -> str:
    """What stands on stderr after a failure that was told as a failure should be."""
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith(("pybridge: ", "usage: "))
    assert "Traceback" not in done.stderr
    return done.stderr


# --- token -------------------------------------------------------------------------------------------


def test_token_prints_the_bare_token(server: Server) -> None:
    done = run("token", env=environment(server.url))
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+\n", done.stdout)


def test_token_as_json_has_the_expiry(server: Server) -> None:
    done = run("token", "--json", "https://vault.azure.net", env=environment(server.url))
    token = json.loads(done.stdout)
    own = server.emulator.vm.system_assigned
    assert own is not None
    assert token["access_token"].count(".") == 2
    assert isinstance(token["expires_on"], int)
    assert (token["resource"], token["source"], token["client_id"]) == (
        "https://vault.azure.net",
        "vm_extension",
        own.client_id,
    )


@pytest.mark.parametrize("source", ["imds", "vm_extension"])
def test_token_asks_the_named_source(server: Server, source: str) -> None:
    done = run("token", "--json", "--source", source, env=environment(server.url))
    assert json.loads(done.stdout)["source"] == source


@pytest.mark.parametrize("way", ["client", "object", "resource"])
def test_token_of_a_user_assigned_identity(way: str) -> None:
    with serve(Emulator(machine="twoIdentitiesVM")) as server:
        wanted = server.emulator.vm.user_assigned[1]
        value = getattr(wanted, f"{way}_id")
        done = run("token", "--json", f"--{way}-id", value, env=environment(server.url))
    assert json.loads(done.stdout)["client_id"] == wanted.client_id


def test_token_takes_what_follows_two_dashes_for_its_resource(server: Server) -> None:
    done = run("token", "--json", "--", "https://vault.azure.net", env=environment(server.url))
    assert json.loads(done.stdout)["resource"] == "https://vault.azure.net"


def test_token_of_a_named_endpoint(server: Server) -> None:
    done = run("token", "--endpoint", f"{server.url}/oauth2/token", env=environment())
    assert (done.returncode, done.stdout.count(".")) == (0, 2)


# --- vm ----------------------------------------------------------------------------------------------


def test_vm_shows_the_principal(server: Server) -> None:
    own = server.emulator.vm.system_assigned
    assert own is not None
    done = run("vm", "myResourceGroup", "myVM", env=environment(server.url))
    assert (done.returncode, done.stderr) == (0, "")
    rows = dict(line.split(None, 1) for line in done.stdout.splitlines())
    assert (rows["Name"], rows["PrincipalId"], rows["IdentityType"]) == ("myVM", own.object_id, "SystemAssigned")
    assert (rows["Location"], rows["VmSize"], rows["ResourceGroup"]) == ("eastus", "Standard_DS1_v2", "myResourceGroup")


def test_vm_as_json_is_arms_own(server: Server) -> None:
    done = run("vm", "--json", "myresourcegroup", "MYVM", env=environment(server.url))
    assert json.loads(done.stdout)["properties"]["provisioningState"] == "Succeeded"
    assert done.stdout.count("\n") == 1


def test_vm_of_a_machine_without_an_identity_leaves_the_rows_out(server: Server) -> None:
    done = run("vm", "myResourceGroup", "msiOffVM", env=environment(server.url))
    assert "Principal" not in done.stdout
    assert "Identity" not in done.stdout


# --- what goes wrong ---------------------------------------------------------------------------------


def test_off_azure_the_error_says_what_to_check() -> None:
    text = failed(run("token", env=environment()), 1)
    assert f"{NOWHERE}/oauth2/token refused the connection" in text
    for words in ("Configuration", "Extensions", "redeploy", "IMDS"):
        assert words in text


def test_without_a_role_the_error_has_the_command_that_grants_it() -> None:
    with serve(Emulator(machine="noRoleVM")) as server:
        text = failed(run("vm", "myResourceGroup", "myVM", env=environment(server.url)), 1)
    assert "no subscription is visible" in text
    assert "New-AzureRmRoleAssignment" in text


def test_where_one_may_not_look_the_error_has_principal_action_and_scope(server: Server) -> None:
    own = server.emulator.vm.system_assigned
    assert own is not None
    text = failed(run("vm", "otherResourceGroup", "otherVM", env=environment(server.url)), 1)
    for words in (own.object_id, "Microsoft.Compute/virtualMachines/read", "/otherResourceGroup/", "--role Reader"):
        assert words in text


EVIL = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202e"
EVIL_ENVIRONMENTS = {
    "a file": {
        "AZURE_FEDERATED_TOKEN_FILE": f"/nowhere/{EVIL}x",
        "AZURE_AUTHORITY_HOST": "https://h/",
        "AZURE_TENANT_ID": "t",
        "AZURE_CLIENT_ID": "c",
    },
    "an endpoint": {"IDENTITY_ENDPOINT": f"http://h{EVIL}/", "IDENTITY_HEADER": "t"},
    "an older endpoint": {"MSI_ENDPOINT": f"http://h/{EVIL}"},
}


@pytest.mark.parametrize("variables", EVIL_ENVIRONMENTS.values(), ids=EVIL_ENVIRONMENTS)
def test_no_variable_writes_escapes_to_the_terminal(variables: dict[str, str]) -> None:
    told = failed(run("token", env=environment(**variables)), 1)
    assert all(sign.isprintable() or sign == "\n" for sign in told)


def test_no_endpoint_writes_escapes_to_the_terminal() -> None:
    body = json.dumps({"access_token": "t", "client_id": f"other{EVIL}", "expires_in": "3600"}).encode()
    with talking(http("200 OK", body, "Content-Type: application/json")) as hostile:
        told = failed(run("token", "--client-id", "mine", env=environment(hostile.url)), 1)
    assert "sent the token of other, and mine was asked for" in told
    assert all(sign.isprintable() or sign == "\n" for sign in told)


def test_a_remedy_keeps_its_lines() -> None:
    raised = PyBridgeError("it\x1b[2J failed", remedy="Do:\n  one\x1b[31m\n  two")
    assert cli.told(raised) == "pybridge: it failed\n  Do:\n    one\n    two"


def test_why_a_token_is_waited_for_is_a_line_of_plain_words(capsys: pytest.CaptureFixture[str]) -> None:
    def ask(left: float) -> AccessToken:
        if not slept:
            raise NoEndpointError("it\x1b[2J\nfailed\x07")
        return AccessToken("abc", 2_000_000_000, "x:")

    slept: list[float] = []
    assert wait_for_token(ask, 60, tell=_tell, sleep=slept.append).token == "abc"
    assert re.fullmatch(r"pybridge: waiting, for \d+ s more: it failed\n", capsys.readouterr().err)


def test_garbage_from_the_endpoint_is_told_as_such() -> None:
    with talking(http("200 OK", b"<html>Sign in to the network</html>", "Content-Type: text/html")) as portal:
        text = failed(run("token", env=environment(portal.url)), 1)
    assert "not with a JSON object (text/html, 35 bytes)" in text


def test_an_arm_endpoint_that_is_not_on_this_machine_is_refused(server: Server) -> None:
    env = environment(server.url, PYBRIDGE_ARM_ENDPOINT="http://evil.example\\@127.0.0.1")
    assert "PYBRIDGE_ARM_ENDPOINT" in failed(run("vm", "g", "vm", env=env), 1)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ([], 2, "COMMAND"),
        (["tokens"], 2, "invalid choice: 'tokens'"),
        (["token", "KeyVualt"], 2, "Did you mean KeyVault (https://vault.azure.net)?"),
        (["token", "management azure"], 2, "there is no resource named 'management azure'"),
        (["token", "urn:nonsense"], 1, "A resource is a URL"),
        (["token", "--cloud", "Mars"], 2, "AzureUSGovernment"),
        (["token", "--wait", "soon"], 2, "'soon' is not a number of seconds"),
        (["token", "--wait", "nan"], 2, "'nan' is not a number of seconds"),
        (["token", "--wait", "-1"], 2, "'-1' is not a number of seconds"),
        (["token", "--client-id", ""], 2, "the client_id is empty"),
        (["token", "--source", "IMDS"], 2, "Sources: service_fabric, app_service, arc,"),
        (["token", "--source", "app-service"], 1, "IDENTITY_ENDPOINT is not set"),
        (["token", "--client-id", "a", "--object-id", "b"], 2, "not allowed with"),
        (["token", "--client-id", "nobody"], 1, "Identity not found"),
        (["token", "--endpoint", "localhost:50342"], 1, "is not an http URL"),
        (["vm", "myVM"], 2, "the following arguments are required: NAME"),
        (["vm", "myResourceGroup", "nobody"], 1, "ResourceNotFound"),
        (["vm", "a/b", "myVM"], 2, "'a/b' is not the name of"),
        (["vm", "g", "vm", "--subscription", "../x"], 2, "'../x' is not the name of"),
        (["emulate", "--port", "x"], 2, "--port"),
        (["emulate", "--port", "70000"], 2, "70000 is not a port"),
        (["emulate", "--port", "0", "python", "script.py"], 2, "unrecognized arguments: python script.py"),
        (["emulate", "--port", "0", "--machine", "nobody"], 2, "myVM"),
        (["emulate", "--port", "0", "--page-size", "0"], 2, "a page cannot hold 0 items"),
        (["emulate", "--port", "0", "--fault", "nonsense"], 2, "ROUTE"),
        (["emulate", "--port", "0", "--state", "nowhere.yaml"], 1, "nowhere.yaml"),
        (["emulate", "--port", "0", "--", "no-such-command-here"], 2, "was not found"),
        (["module"], 2, "ACTION"),
        (["module", "install", "--scope", "everybody"], 2, "--scope"),
    ],
)
def test_a_mistake_is_told_in_words(server: Server, arguments: list[str], code: int, words: str) -> None:
    assert words in failed(run(*arguments, env=environment(server.url)), code)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], ["token", "vm", "emulate", "worker", "generate", "module", "--version"]),
        (["token"], ["RESOURCE", "--json", "--client-id", "--object-id", "--resource-id", "--endpoint", "--source"]),
        (["vm"], ["GROUP", "NAME", "--subscription", "--json", "--source"]),
        (["emulate"], ["--port", "--state", "--machine", "--page-size", "--fault", "[-- COMMAND ...]"]),
        (["worker"], ["pybridge worker"]),
        (["generate"], ["--check", "--root"]),
        (["module"], ["install", "uninstall", "path", "interpreter"]),
        (["module", "install"], ["--scope", "--path"]),
        (["module", "uninstall"], ["--scope", "--path"]),
    ],
)
def test_help_tells_the_options(arguments: list[str], words: list[str]) -> None:
    done = run(*arguments, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert [word for word in words if word not in done.stdout] == []


@pytest.mark.skipif(os.name == "nt", reason="a closed pipe is another error on Windows")
def test_a_reader_that_is_gone_is_no_traceback(server: Server) -> None:
    read, write = os.pipe()
    os.close(read)
    try:
        done = subprocess.run(
            [*COMMAND, "token"], env=environment(server.url), stdout=write, stderr=subprocess.PIPE, timeout=GUARD
        )
    finally:
        os.close(write)
    assert (done.returncode, done.stderr) == (1, b"")


# --- emulate -----------------------------------------------------------------------------------------


def test_emulate_runs_a_command_inside(tmp_path: Path) -> None:
    done = run("emulate", "--port", "0", "--", *COMMAND, "vm", "myResourceGroup", "myVM", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "PrincipalId" in done.stdout


def test_emulate_shows_how_to_sign_in_on_stderr() -> None:
    program = """
import os, sys
print(os.environ["PYBRIDGE_ARM_ENDPOINT"], any(sys.argv[1] in text for text in os.environ.values()))
"""
    secret = Emulator().world.applications["deployapp"].secret
    done = run("emulate", "--port", "0", "--show", "--", sys.executable, "-c", program, secret)
    found = json.loads(done.stderr)
    assert found["sign_in"]["applications"]["deployApp"]["client_secret"] == secret
    assert (done.returncode, done.stdout) == (0, f"{found['arm']} False\n")


def test_emulate_hands_on_the_commands_exit_code_and_its_dashes() -> None:
    program = "import sys; print(sys.argv[1:]); sys.exit(7)"
    done = run("emulate", "--port", "0", "--", sys.executable, "-c", program, "--", "--port", "x")
    assert (done.returncode, done.stdout) == (7, "['--', '--port', 'x']\n")


def test_emulate_on_a_taken_port_says_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        text = failed(run("emulate", "--port", port), 2)
    assert f"port {port} is taken" in text
    assert "--port 0" in text


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT between processes")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_emulate_ends_at_ctrl_c_and_leaves_nothing(number: signal.Signals) -> None:
    process = subprocess.Popen(
        [*COMMAND, "emulate", "--port", "0"],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        urls = json.loads(process.stdout.readline())
        done = run("token", env=environment(urls["arm"]))
        assert done.returncode == 0
        process.send_signal(number)
        rest, errors = process.communicate(timeout=GUARD)
    finally:
        process.kill()
        process.communicate()
    assert (process.returncode, rest, errors) == (0, "", "")
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", urls["port"])) != 0
