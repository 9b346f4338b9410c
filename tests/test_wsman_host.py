"""The test host, driven by a client that is not ours: pywinrm's own Session and Protocol, whichever version is here."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
import winrm
import wsman_host
from shells import Shell
from winrm.exceptions import InvalidCredentialsError, WinRMError, WinRMOperationTimeoutError, WinRMTransportError
from wsman_host import Handle, WsmanHost
from wsman_ways import BASIC, WAYS, Connect, Way, connecting, receive, run, send

OPTIONS = WsmanHost(
    users={"admin": "Correct:Horse-1", "CONTOSO\\Admin": "Pässword-2", "guest": "Guest-3"},
    environ={"WHO": "vm01"},
    denied=["guest"],
    linger=30.0,
)


@pytest.fixture(scope="module")
def started() -> Iterator[Handle]:
    with wsman_host.running(OPTIONS) as handle:
        yield handle


@pytest.fixture
def host(started: Handle) -> Handle:
    """A host that has noted nothing yet, on which Done comes with the last output."""
    started.reset()
    return started


in_every_way = pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)


@pytest.fixture
def connect(request: pytest.FixtureRequest) -> Iterator[Connect]:
    """`connect(host, way)`: a client."""
    yield from connecting(request)


@in_every_way
def test_a_command_runs_as_a_process(host: Handle, way: Way, connect: Connect) -> None:
    output = run(connect(host, way), "echo", "to you; echo from $WHO >&2; exit 7")

    assert output == (b"to you\n", b"from vm01\n", 7)
    assert dict(host.counts) == {**way.sign_in, "Create": 1, "Command": 1, "Receive": 1, "Signal": 1, "Delete": 1}
    assert {request["sealed"] for request in host.requests if request["action"] == "Command"} == {way.sealed}
    assert {request["user"] for request in host.requests} - {None} == {way.user}
    assert {request["connection"] for request in host.requests} == {host.requests[0]["connection"]}
    assert host.shells == []
    assert [process["running"] for process in host.processes] == [False]


@in_every_way
def test_a_fault_comes_as_one(host: Handle, way: Way, connect: Connect) -> None:
    protocol = connect(host, way)
    shell_id = protocol.open_shell()

    with pytest.raises(WinRMError, match="selectors that are not valid") as caught:
        protocol.run_command("11111111-1111-1111-1111-111111111111", "true")

    assert getattr(caught.value, "wsman_fault_code", 2150858843) == 2150858843
    assert host.requests[-1]["fault"] == 2150858843
    protocol.close_shell(shell_id)


@in_every_way
def test_stdin_reaches_the_process(host: Handle, way: Way, connect: Connect) -> None:
    protocol = connect(host, way)
    shell_id = protocol.open_shell()
    command_id = protocol.run_command(shell_id, "cat")
    data = bytes(range(256)) * 300

    send(protocol, shell_id, command_id, data, end=False)
    send(protocol, shell_id, command_id, data, end=True)

    assert protocol.get_command_output(shell_id, command_id) == (data * 2, b"", 0)
    protocol.close_shell(shell_id)
    assert 100_000 < host.stats()["largest"] < 153_600


def test_the_shell_of_a_session_is_a_real_powershell(shell: Shell) -> None:
    with wsman_host.running(WsmanHost(powershell=shell.executable, environ={"WHO": "vm01"})) as host:
        session = winrm.Session(
            f"https://127.0.0.1:{host.https_port}",
            auth=("admin", host.password()),
            transport="basic",
            ca_trust_path=host.ca,
        )
        try:
            answer = session.run_ps("'{0} {1}' -f $env:WHO, (6 * 7); exit 3")
        finally:
            if session.protocol.transport.session is not None:
                session.protocol.transport.session.close()

        assert (answer.std_out.split(), answer.std_err, answer.status_code) == ([b"vm01", b"42"], b"", 3)
        assert host.processes[0]["argv"][:2] == [shell.executable, "-encodedcommand"]
        assert host.shells == []


def test_two_hosts_are_two_machines(connect: Connect) -> None:
    one = WsmanHost(name="one", users={"admin": "Password-1"}, environ={"WHO": "one"})
    two = WsmanHost(name="two", users={"admin": "Password-2"}, environ={"WHO": "two"})
    way = Way("ntlm", False, "ntlm", {})

    with wsman_host.running_all([one, two]) as hosts:
        clients = [connect(host, way) for host in hosts * 8]
        with ThreadPoolExecutor(8) as pool:
            said = list(pool.map(lambda client: run(client, "echo $WHO")[0], clients))

        assert said == [b"one\n", b"two\n"] * 8
        assert [host.stats()["connections"] for host in hosts] == [8, 8]
        assert [host.count("Create") for host in hosts] == [8, 8]
        with pytest.raises(InvalidCredentialsError):
            connect(hosts[0], way, password="Password-2").open_shell()


def test_one_client_at_a_time_does_not_hold_up_another(host: Handle, connect: Connect) -> None:
    way = WAYS[-1]
    waiting, other = connect(host, way), connect(host, way)
    shell_id = waiting.open_shell()
    command_id = waiting.run_command(shell_id, "cat")

    with ThreadPoolExecutor(1) as pool:
        output = pool.submit(waiting.get_command_output, shell_id, command_id)
        assert run(other, "echo", "hello")[0] == b"hello\n"
        assert not output.done()
        send(other, shell_id, command_id, b"now", end=True)
        assert output.result()[0] == b"now"


@in_every_way
def test_receive_gives_up_after_the_operation_timeout(host: Handle, way: Way, connect: Connect) -> None:
    protocol = connect(host, way, operation_timeout_sec=1, read_timeout_sec=20)
    shell_id = protocol.open_shell()
    command_id = protocol.run_command(shell_id, "cat")

    with pytest.raises(WinRMOperationTimeoutError):
        receive(protocol, shell_id, command_id)

    send(protocol, shell_id, command_id, b"", end=True)
    assert receive(protocol, shell_id, command_id)[2:] == (0, True)
    protocol.close_shell(shell_id)


@pytest.mark.parametrize("way", [WAYS[0], WAYS[2], WAYS[4]], ids=lambda way: way.name)
def test_a_wrong_password_is_refused(host: Handle, way: Way, connect: Connect) -> None:
    with pytest.raises(InvalidCredentialsError):
        connect(host, way, password="wrong").open_shell()

    assert {request["status"] for request in host.requests} == {401}
    assert host.counts.keys() == {"SignIn"}


def test_a_password_may_hold_a_colon(host: Handle, connect: Connect) -> None:
    assert host.password() == "Correct:Horse-1"
    assert run(connect(host, BASIC), "echo", "in")[0] == b"in\n"


def test_a_user_may_be_denied(host: Handle, connect: Connect) -> None:
    with pytest.raises(WinRMError, match="Access is denied"):
        connect(host, Way("basic", True, "basic", {}, user="guest")).open_shell()


def test_a_shell_has_a_folder_variables_and_a_codepage(host: Handle, tmp_path: Any, connect: Connect) -> None:
    protocol = connect(host, BASIC)
    shell_id = protocol.open_shell(working_directory=str(tmp_path), env_vars={"COLOR": "grün"}, codepage=65001)
    assert [each["codepage"] for each in host.shells] == ["65001"]

    command_id = protocol.run_command(shell_id, "pwd; echo $COLOR")

    assert protocol.get_command_output(shell_id, command_id)[0].decode() == f"{tmp_path}\ngrün\n"
    protocol.close_shell(shell_id)


def test_output_larger_than_an_envelope_comes_in_pieces(host: Handle, connect: Connect) -> None:
    stdout, stderr, code = run(connect(host, BASIC), "head -c 3000000 /dev/zero; head -c 3000000 /dev/zero >&2")

    assert (len(stdout), len(stderr), code) == (3_000_000, 3_000_000, 0)
    assert host.count("Receive") >= 6_000_000 * 4 / 3 / 153_600
    assert max(map(len, host.bodies)) <= 153_600


def test_without_encryption_nothing_is_done(host: Handle, connect: Connect) -> None:
    with pytest.raises(InvalidCredentialsError):
        connect(host, Way("basic-http", False, "basic", {})).open_shell()

    assert {request["status"] for request in host.requests} == {401}
    assert requests.post(host.http, timeout=20).headers["WWW-Authenticate"] == "Negotiate"


def test_ntlm_without_encryption_is_refused(host: Handle, connect: Connect) -> None:
    way = Way("ntlm-http", False, "ntlm", {})

    with pytest.raises(WinRMTransportError, match="500"):
        connect(host, way, message_encryption="never").open_shell()

    assert host.counts == {"SignIn": 2, "Unencrypted": 1}


#: Negotiate as Windows' own clients do it: NTLM inside SPNEGO, whose last word comes with the answer.
SPNEGO = """
import base64, http.client, json, spnego, sys
port, user, password = json.loads(sys.stdin.read())
context = spnego.client(user, password, protocol="negotiate")
line, token = http.client.HTTPConnection("127.0.0.1", port, timeout=60), context.step()
while token:
    header = "Negotiate " + base64.b64encode(token).decode()
    line.request("POST", "/wsman", b"", {"Authorization": header})
    answer = line.getresponse()
    answer.read()
    said = answer.headers.get("WWW-Authenticate", "").partition(" ")[2]
    token = context.step(base64.b64decode(said)) if said else None
print(answer.status, context.complete)
"""


@pytest.mark.usefixtures("ntlm")
def test_negotiate_wraps_ntlm(host: Handle) -> None:
    user = "CONTOSO\\Admin"
    question = json.dumps([host.http_port, user, host.password(user)])
    done = subprocess.run(
        [wsman_host.interpreter()[0], "-c", SPNEGO], input=question, capture_output=True, text=True, timeout=60
    )
    assert (done.stdout, done.stderr) == ("200 True\n", "")
    assert [(request["action"], request["user"]) for request in host.requests][-1] == ("Empty", user)
