"""The test host, message by message: what each action does, quotas, limits, what is no request."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import wsman_host
from support import GUARD
from wsman_client import CONFIG, SHELL, TRANSFER, Client
from wsman_commands import is_running
from wsman_host import Handle, WsmanHost

OPTIONS = WsmanHost(
    users={"admin": "Password-1", "other": "Password-2", "third": "Password-3"},
    max_shells=3,
    max_processes=2,
    max_operations=4,
    max_users=2,
)


@pytest.fixture(scope="module")
def started() -> Iterator[Handle]:
    with wsman_host.running(OPTIONS) as handle:
        yield handle


@pytest.fixture
def host(started: Handle) -> Handle:
    started.reset()
    return started


@pytest.fixture
def connect(host: Handle) -> Iterator[Callable[..., Client]]:
    clients = []

    def connect(user: str = "admin") -> Client:
        clients.append(Client(host, user))
        return clients[-1]

    yield connect
    for client in clients:
        client.close()


@pytest.fixture
def client(connect: Callable[..., Client]) -> Client:
    return connect()


def test_a_user_has_only_so_many_shells(client: Client, connect: Callable[..., Client]) -> None:
    shells = [client.shell() for _ in range(3)]
    assert client.create().code == 2150859173
    assert "maximum number of 3 concurrent shells" in client.create().text
    assert connect("other").create().status == 200
    assert connect("third").create().code == 2150859179

    assert client.delete(shells[0]).status == 200
    assert client.create().status == 200


def test_commands_count_until_their_shell_is_gone(client: Client) -> None:
    shell = client.shell()
    for _ in range(4):
        client.signal(shell, client.command(shell, "true")["CommandId"])
    refused = client.command(shell, "true")
    assert (refused.status, refused.code, "WSManFault" in refused.text) == (500, 2150859174, False)

    client.delete(shell)
    assert client.command(client.shell(), "true").status == 200


def test_a_shell_has_only_so_many_processes(client: Client) -> None:
    shell = client.shell()
    commands = [client.command(shell, "cat")["CommandId"] for _ in range(2)]
    assert client.command(shell, "cat").status == 500
    client.signal(shell, commands[0])
    assert client.command(shell, "cat").status == 200


def test_a_shell_is_its_owners_alone(client: Client, connect: Callable[..., Client]) -> None:
    assert connect("other").delete(client.shell()).code == 2150858843


def test_an_idle_shell_ends(client: Client, host: Handle) -> None:
    assert client.create("<IdleTimeOut>PT0.001S</IdleTimeOut>")["IdleTimeOut"] == "PT0.001S"
    while host.shells:
        client.ask(f"{TRANSFER}/Get", resource=CONFIG)
    assert client.create("<IdleTimeOut>3600</IdleTimeOut>").code == 2150858817


@pytest.mark.parametrize("ending", ["terminate", "delete"])
def test_all_that_a_command_started_ends_with_it(client: Client, host: Handle, ending: str) -> None:
    shell, command = client.start("setsid sleep 600 & echo $!; wait")
    child = int(client.receive(shell, command).stream())
    assert is_running(child)

    said = client.signal(shell, command) if ending == "terminate" else client.delete(shell)

    assert said.status == 200
    assert not is_running(child)
    assert not host.processes[0]["running"]
    assert client.receive(shell, command).code == 2150858843


def test_who_waits_is_told_of_the_end(client: Client, connect: Callable[..., Client], host: Handle) -> None:
    shell, command = client.start("cat")
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(connect().receive, shell, command)
        while host.count("Receive") < 1:
            pass
        client.signal(shell, command)
        assert waiting.result().code in (995, 2150858843)


def test_ctrl_c_reaches_the_process(client: Client) -> None:
    shell, command = client.start("trap 'echo caught; exit 5' INT; echo ready; while :; do sleep 0.01; done")
    assert client.receive(shell, command).stream() == b"ready\n"
    client.signal(shell, command, "ctrl_c")
    assert client.output(shell, command) == (b"caught\n", 5)

    shell, command = client.start("exec cat")  # what answers is no sh, which loses signals between two commands
    client.send(shell, command, b"ready\n")
    assert client.receive(shell, command).stream() == b"ready\n"
    client.signal(shell, command, "ctrl_c")
    assert client.output(shell, command) == (b"", 0xC000013A)


def test_receive_waits_for_output_and_no_longer_than_its_timeout(client: Client) -> None:
    shell, command = client.start("read line; echo got $line; cat")
    assert client.receive(shell, command, timeout=0.05).code == 2150858793
    client.send(shell, command, b"this\n")
    said = client.receive(shell, command)
    assert (said.stream(), said.exit_code) == (b"got this\n", None)
    client.send(shell, command, b"", end="End='True'")
    assert client.output(shell, command) == (b"", 0)
    assert client.send(shell, command, b"more").status == 500


def test_send_waits_for_the_reader_and_no_longer_than_its_timeout(client: Client) -> None:
    shell, command = client.start("sleep 600")
    assert client.send(shell, command, bytes(90_000), timeout=0.05).code == 2150858793  # beyond what a pipe holds


def test_output_and_the_end_come_together_where_that_is_asked_for() -> None:
    with wsman_host.running(WsmanHost(linger=GUARD)) as host:
        client = Client(host)
        shell, command = client.start("echo first; sleep 0.2; echo last; exec >&- 2>&-; exit 300")
        said = client.receive(shell, command)
        client.close()
    assert (said.stream(), said.exit_code) == (b"first\nlast\n", 300 % 256)


@pytest.mark.parametrize(("overlong", "answer"), [("refuse", (b"", 1)), ("silent", (b"", 0))])
def test_a_line_too_long_for_cmd(overlong: str, answer: tuple[bytes, int]) -> None:
    with wsman_host.running(WsmanHost(overlong=overlong)) as host:
        client = Client(host)
        assert client.output(*client.start("echo " + "x" * 8186)) == (b"x" * 8186 + b"\n", 0)
        assert client.output(*client.start("echo " + "x" * 8187)) == answer
        client.close()


def test_what_is_no_request(client: Client, host: Handle) -> None:
    assert client.post(b"<a/>").code == 2150858817
    assert client.post(b"{}").code == 2150858817
    assert client.post(b"").status == 200
    assert client.post(bytes(153_601)).status == 413
    assert client.ask(f"{SHELL}/Reconnect").code == 2150858753
    assert client.ask(f"{TRANSFER}/Create", "<Shell/>", resource="http://x/powershell").code == 2150858752
    assert client.command("nothing", "true").code == 2150858843
    assert client.receive(client.shell(), "nothing").code == 2150858843
    assert [request["status"] for request in host.requests[:4]] == [500, 500, 200, 413]


def test_its_configuration_can_be_read(client: Client) -> None:
    said = client.ask(f"{TRANSFER}/Get", resource=CONFIG)
    assert (said["MaxEnvelopeSizekb"], said["MaxShellsPerUser"]) == ("150", "3")


def test_it_keeps_what_was_said(client: Client, host: Handle) -> None:
    client.output(*client.start("echo secret"))
    assert any("echo secret" in body for body in host.bodies)
    assert any(base64.b64encode(b"secret\n").decode() in body for body in host.bodies)
