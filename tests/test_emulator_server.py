"""The emulator on a port: real HTTP over real sockets."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from pybridge.emulator import Emulator
from pybridge.emulator.server import Server, serve
from pybridge.errors import UsageError
from pybridge.server.body import MAX_BODY

QUERY = urlencode({"resource": "https://management.azure.com/"})
TOKEN = f"/oauth2/token?{QUERY}"
METADATA = {"Metadata": "true"}


@pytest.fixture
def emulator() -> Emulator:
    return Emulator()


@pytest.fixture
def server(emulator: Emulator) -> Iterator[Server]:
    with serve(emulator) as running:
        yield running


@pytest.fixture
def client(server: Server) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    yield connection
    connection.close()


def raw(server: Server, data: bytes) -> bytes:
    """Send bytes; all that comes back until the server closes."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(data)
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
    return received


def test_several_requests_on_one_connection(client: http.client.HTTPConnection) -> None:
    for _ in range(3):
        client.request("GET", TOKEN, headers=METADATA)
        response = client.getresponse()
        assert response.status == 200
        assert json.loads(response.read())["token_type"] == "Bearer"
        assert response.getheader("Connection") is None


def test_the_whole_way_from_token_to_vm(client: http.client.HTTPConnection, emulator: Emulator, server: Server) -> None:
    client.request("GET", TOKEN, headers=METADATA)
    token = json.loads(client.getresponse().read())["access_token"]
    client.request("GET", f"{emulator.vm.id}?api-version=2023-07-01", headers={"Authorization": f"Bearer {token}"})
    vm = json.loads(client.getresponse().read())
    assert emulator.vm.system_assigned is not None
    assert vm["identity"]["principalId"] == emulator.vm.system_assigned.object_id
    assert emulator.requests[0].url == f"{server.url}{TOKEN}"


def test_next_links_lead_back_here(server: Server, emulator: Emulator) -> None:
    paged = Emulator(emulator.world, page_size=1)
    with serve(paged) as other:
        connection = http.client.HTTPConnection("localhost", other.port, timeout=10)
        path = f"{paged.vm.group.id}/providers/Microsoft.Compute/virtualMachines?api-version=2023-07-01"
        connection.request("GET", path, headers={"Authorization": f"Bearer {paged.mint()}"})
        link = json.loads(connection.getresponse().read())["nextLink"]
        connection.close()
        assert link.startswith(f"http://localhost:{other.port}/subscriptions/")


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (QUERY.encode(), {}),
        ([QUERY[:5].encode(), QUERY[5:].encode()], {"Transfer-Encoding": "chunked"}),
        (QUERY.encode(), {"Expect": "100-continue"}),
    ],
    ids=["length", "chunked", "expect"],
)
def test_bodies(client: http.client.HTTPConnection, body: object, headers: dict[str, str]) -> None:
    for _ in range(2):  # The second request shows that the first body was read to its end.
        client.request(
            "POST",
            "/oauth2/token",
            body=iter(body) if isinstance(body, list) else body,  # type: ignore[arg-type]
            headers={**METADATA, "Content-Type": "application/x-www-form-urlencoded", **headers},
            encode_chunked=isinstance(body, list),
        )
        response = client.getresponse()
        assert (response.status, json.loads(response.read())["token_type"]) == (200, "Bearer")


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/9.9\r\n\r\n", 505),
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\n" + b"".join(b"A%d: x\r\n" % n for n in range(200)) + b"\r\n", 431),
        (b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (MAX_BODY + 1), 413),
        (b"POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n" % (MAX_BODY + 1), 413),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n", 400),
    ],
    ids=lambda value: value[:24] if isinstance(value, bytes) else None,
)
def test_bad_http_gets_one_answer_and_the_end(server: Server, request_bytes: bytes, status: int) -> None:
    answer = raw(server, request_bytes)
    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert answer.count(b"HTTP/1.1") == 1
    assert b"Connection: close" in answer


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PATCH", "PROPFIND", "GETT"])
def test_any_method_is_answered(client: http.client.HTTPConnection, method: str) -> None:
    for _ in range(2):
        client.request(method, "/metadata/instance", headers=METADATA)
        response = client.getresponse()
        response.read()
        assert response.status == 405


def test_head_has_the_length_and_no_body(client: http.client.HTTPConnection, emulator: Emulator) -> None:
    headers = {"Authorization": f"Bearer {emulator.mint()}"}
    client.request("HEAD", "/tenants?api-version=2022-12-01", headers=headers)
    response = client.getresponse()
    assert (response.status, response.read()) == (200, b"")
    assert int(response.headers["Content-Length"]) > 100


def test_an_old_client_gets_its_answer_and_the_end(server: Server) -> None:
    answer = raw(server, b"GET %s HTTP/1.0\r\nMetadata: true\r\n\r\n" % TOKEN.encode())
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"Connection: close" in answer


def test_a_request_as_proxies_get_it(server: Server, emulator: Emulator) -> None:
    target = f"http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&{QUERY}"
    answer = raw(server, f"GET {target} HTTP/1.1\r\nMetadata: true\r\nConnection: close\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert emulator.requests[-1].url == target


def test_a_header_given_twice_is_joined(server: Server, emulator: Emulator) -> None:
    raw(server, b"GET /x HTTP/1.1\r\nA: 1\r\na: 2\r\nConnection: close\r\n\r\n")
    assert emulator.requests[-1].headers["A"] == "1, 2" or emulator.requests[-1].headers["a"] == "1, 2"


def test_drop_resets_the_connection(client: http.client.HTTPConnection, emulator: Emulator) -> None:
    emulator.fail("/oauth2/token", drop=True)
    client.request("GET", TOKEN, headers=METADATA)
    with pytest.raises(ConnectionResetError):
        client.getresponse()


def test_msi_off_gives_no_answer(client: http.client.HTTPConnection, emulator: Emulator) -> None:
    emulator.vm.turn_msi_off()
    client.request("GET", TOKEN, headers=METADATA)
    with pytest.raises(ConnectionError):
        client.getresponse()


def test_a_status_without_a_body(client: http.client.HTTPConnection, emulator: Emulator) -> None:
    emulator.fail("/oauth2/token", status=204)
    for expected in (204, 200):
        client.request("GET", TOKEN, headers=METADATA)
        response = client.getresponse()
        response.read()
        assert response.status == expected


def test_a_delay_does_not_hold_up_the_end(emulator: Emulator) -> None:
    emulator.fail("/oauth2/token", delay=600)
    with serve(emulator) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        connection.request("GET", TOKEN, headers=METADATA)
        server.sleep(0)  # The server is up and lets others in meanwhile.
        begin = time.monotonic()
    with pytest.raises(ConnectionError):
        connection.getresponse()
    connection.close()
    assert time.monotonic() - begin < 5


def test_a_client_that_leaves_is_no_news(server: Server, capfd: pytest.CaptureFixture[str]) -> None:
    for data in (
        b"",
        b"GET /half",
        b"POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc",
        b"GET / HTTP/1.1\r\n\r\n",
    ):
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as short:
            short.sendall(data)
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("GET", TOKEN, headers=METADATA)
    assert connection.getresponse().status == 200
    connection.close()
    assert capfd.readouterr() == ("", "")


def test_many_at_once(server: Server, emulator: Emulator) -> None:
    statuses: list[int] = []

    def ask() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        for _ in range(5):
            connection.request("GET", TOKEN, headers=METADATA)
            response = connection.getresponse()
            response.read()
            statuses.append(response.status)
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 200
    assert len(emulator.requests) == 200


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no ::1")
def test_ipv6_too(server: Server) -> None:
    connection = http.client.HTTPConnection("::1", server.port, timeout=10)
    connection.request("GET", TOKEN, headers=METADATA)
    assert connection.getresponse().status == 200
    connection.close()


def test_after_the_end_nobody_listens(emulator: Emulator) -> None:
    with serve(emulator) as server:
        idle = socket.create_connection(("127.0.0.1", server.port), timeout=10)
        idle.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert idle.recv(12) == b"HTTP/1.1 401"
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port), timeout=10)
    try:
        while idle.recv(65536):
            pass  # What was under way; then the end.
    except ConnectionResetError:
        pass
    idle.close()


def test_a_port_can_be_used_again_at_once(emulator: Emulator) -> None:
    with serve(emulator) as first:
        connection = http.client.HTTPConnection("127.0.0.1", first.port, timeout=10)
        connection.request("GET", TOKEN, headers=METADATA)
        connection.getresponse().read()
    with serve(emulator, port=first.port) as second:
        assert second.port == first.port
    connection.close()


def test_a_taken_port(server: Server, emulator: Emulator) -> None:
    with (
        pytest.raises(UsageError, match=f"port {server.port} is taken") as caught,
        serve(emulator, port=server.port),
    ):
        pass
    assert "--port 0" in str(caught.value.remedy)


@pytest.mark.parametrize("port", [-1, 65536])
def test_what_is_no_port(emulator: Emulator, port: int) -> None:
    with pytest.raises(UsageError, match="is not a port"), serve(emulator, port=port):
        pass
