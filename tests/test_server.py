"""The server on loopback: limits, who is let in, TLS on the same port, and listening sockets."""

from __future__ import annotations

import http.client
import json
import os
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
from support import GUARD, jwt

from pybridge.emulator import Emulator
from pybridge.emulator.server import serve
from pybridge.errors import RefusedError
from pybridge.models import HttpRequest, HttpResponse
from pybridge.server import Limits, Peer, Server, inherited, listen

REQUEST = b"GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n"
LAST = b"GET /x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
OK = b"HTTP/1.1 200 "


def hello(request: HttpRequest, peer: Peer) -> HttpResponse:
    return HttpResponse(200, {}, b"hello")


@contextmanager
def serving(answer: Callable[[HttpRequest, Peer], HttpResponse] = hello, **options: object) -> Iterator[Server]:
    with Server(answer, listen(0), **options) as server:  # type: ignore[arg-type]
        yield server


def connect(server: Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=GUARD)


def rest(connection: socket.socket) -> bytes:
    """All that comes until the server ends the connection, in whichever way."""
    received = b""
    with suppress(ConnectionError):
        while chunk := connection.recv(65536):
            received += chunk
    return received


def ask(server: Server, data: bytes = LAST) -> bytes:
    with connect(server) as connection:
        with suppress(ConnectionError):
            connection.sendall(data)
        return rest(connection)


def until(server: Server, wanted: bytes) -> None:
    """Ask until the answer begins so: a connection that has just ended is let go a moment later."""
    deadline = time.monotonic() + GUARD
    while not (answer := ask(server)).startswith(wanted):
        assert time.monotonic() < deadline, answer


def test_every_answer_says_who_answers() -> None:
    with serving(name="someone") as server:
        for data in (LAST, b"nonsense\r\n\r\n"):
            assert b"\r\nServer: someone\r\n" in ask(server, data)


def test_the_emulator_says_that_it_is_one() -> None:
    with serve(Emulator()) as server:
        assert b"\r\nServer: pybridge-emulator\r\n" in ask(server)


def test_both_ends_of_the_connection_are_told() -> None:
    seen: list[Peer] = []

    def answer(request: HttpRequest, peer: Peer) -> HttpResponse:
        seen.append(peer)
        return HttpResponse(200)

    with serving(answer) as server, connect(server) as connection:
        connection.sendall(LAST)
        rest(connection)
        assert seen == [Peer(connection.getsockname(), ("127.0.0.1", server.port))]


def test_a_transport_error_is_a_reset() -> None:
    def answer(request: HttpRequest, peer: Peer) -> HttpResponse:
        raise RefusedError("nobody")

    with serving(answer) as server, connect(server) as connection:
        connection.sendall(REQUEST)
        with pytest.raises(ConnectionResetError):
            connection.recv(1)


def test_who_is_not_welcome_is_told_so_before_any_request_is_read() -> None:
    asked: list[HttpRequest] = []

    def answer(request: HttpRequest, peer: Peer) -> HttpResponse:
        asked.append(request)
        return HttpResponse(200)

    with serving(answer, admit=lambda peer: HttpResponse(403, {}, b"no")) as server:
        assert ask(server, b"").startswith(b"HTTP/1.1 403 ")
        answered = ask(server, REQUEST * 3)
    assert answered.count(b"HTTP/1.1") == 1
    assert b"Connection: close" in answered
    assert asked == []


# --- Limits -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [b"", b"G", b"GET /x HTTP/1.1\r\nHost: x\r\n", b"POST /x HTTP/1.1\r\nContent-Length: 5\r\n\r\nabc"],
    ids=["nothing", "a byte", "half a head", "half a body"],
)
def test_a_client_that_stops_talking_is_cut_off(said: bytes) -> None:
    with serving(limits=Limits(request=0.1)) as server, connect(server) as connection:
        connection.sendall(said)
        assert rest(connection) == b""


def test_a_byte_now_and_then_buys_no_time() -> None:
    with serving(limits=Limits(request=0.3)) as server, connect(server) as connection:
        connection.settimeout(0.02)
        deadline = time.monotonic() + GUARD
        while time.monotonic() < deadline:
            try:
                connection.send(b"A")
                if not connection.recv(1):
                    break
            except TimeoutError:
                continue
            except ConnectionError:
                break
        assert time.monotonic() < deadline


def test_an_idle_connection_is_ended() -> None:
    with serving(limits=Limits(request=GUARD, idle=0.1)) as server, connect(server) as connection:
        connection.sendall(REQUEST * 2)
        assert rest(connection).count(OK) == 2


def test_idle_time_is_not_request_time() -> None:
    server = Server(hello, listen(0), limits=Limits(request=0.1, idle=GUARD))
    with connect(server) as connection:
        connection.sendall(REQUEST)  # Before anybody accepts: however slow we are, it is there in time.
        with server:
            assert http_answer(connection) == b"hello"
            connection.settimeout(0.3)
            with pytest.raises(socket.timeout):
                connection.recv(1)  # Longer than a request may take; and still there:
            connection.settimeout(GUARD)
            connection.sendall(LAST)
            assert rest(connection).startswith(OK)


def test_a_half_open_client_gets_its_answer() -> None:
    with serving() as server, connect(server) as connection:
        connection.sendall(REQUEST)
        connection.shutdown(socket.SHUT_WR)
        assert rest(connection).startswith(OK)


def test_a_client_that_does_not_take_its_answer_is_cut_off() -> None:
    def answer(request: HttpRequest, peer: Peer) -> HttpResponse:
        return HttpResponse(200, {}, b"x" * (64 << 20 if "/much" in request.url else 0))

    server = Server(answer, listen(0), limits=Limits(connections=1, request=0.2))
    with connect(server) as deaf:
        deaf.sendall(REQUEST.replace(b"/x", b"/much"))  # Before anybody accepts: it is there in time.
        with server:
            assert deaf.recv(9) == OK[:9]
            until(server, OK)


def test_one_connection_too_many_is_answered_503() -> None:
    with serving(limits=Limits(connections=2)) as server:
        with connect(server) as first, connect(server) as second:
            for connection in (first, second):
                connection.sendall(REQUEST)
                assert connection.recv(9) == OK[:9]
            refused = ask(server)
            assert refused.startswith(b"HTTP/1.1 503 ")
            assert b"Retry-After: 1\r\n" in refused
            first.sendall(LAST)
            assert OK in rest(first)
        until(server, OK)


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"GET /" + b"a" * 5000 + b" HTTP/1.1\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\n" + b"A: %s\r\n" % (b"a" * 5000) + b"\r\n", 431),
        (b"POST / HTTP/1.1\r\nContent-Length: 11\r\n\r\n12345678901", 413),
        (b"POST / HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n123456", 400),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n123456\r\n6\r\n", 413),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + b"A: b\r\n" * 200 + b"\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\n1234567890", 200),
    ],
    ids=["line", "header", "body", "absurd", "two lengths", "chunks", "trailers", "just right"],
)
def test_too_much_gets_one_answer_and_the_end(data: bytes, status: int) -> None:
    with serving(limits=Limits(head=4096, body=10, request=GUARD, idle=0.1)) as server:
        answer = ask(server, data)
    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert answer.count(b"HTTP/1.1") == 1


def test_the_head_of_each_request_is_measured_anew() -> None:
    filler = b"A: %s\r\n\r\n" % (b"a" * 3000)
    with serving(limits=Limits(head=4096, request=GUARD)) as server, connect(server) as connection:
        for _ in range(3):
            connection.sendall(REQUEST[:-2] + filler)
            assert http_answer(connection) == b"hello"


def http_answer(connection: socket.socket) -> bytes:
    response = http.client.HTTPResponse(connection)
    response.begin()
    return response.read()


# --- TLS ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tls_context() -> ssl.SSLContext:
    pytest.importorskip("cryptography", reason="the emulator's certificate needs the library cryptography")
    return Emulator().tls_context()


def trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def test_tls_and_plain_http_on_one_port(tls_context: ssl.SSLContext) -> None:
    def answer(request: HttpRequest, peer: Peer) -> HttpResponse:
        return HttpResponse(200, {}, request.url.encode())

    with serving(answer, tls=lambda: tls_context, limits=Limits(request=GUARD, idle=GUARD)) as server:
        secure = http.client.HTTPSConnection("127.0.0.1", server.port, timeout=GUARD, context=trusting())
        for _ in range(2):
            secure.request("GET", "/x")
            assert secure.getresponse().read() == f"https://127.0.0.1:{server.port}/x".encode()
        secure.close()
        plain = http.client.HTTPConnection("127.0.0.1", server.port, timeout=GUARD)
        plain.request("GET", "/x")
        assert plain.getresponse().read() == f"http://127.0.0.1:{server.port}/x".encode()
        plain.close()


def test_a_handshake_that_does_not_go_on_is_cut_off(tls_context: ssl.SSLContext) -> None:
    with serving(tls=lambda: tls_context, limits=Limits(request=0.1)) as server, connect(server) as connection:
        connection.sendall(b"\x16\x03\x01")
        assert rest(connection) == b""


def test_the_end_of_the_server_ends_tls_connections(tls_context: ssl.SSLContext) -> None:
    with serving(tls=lambda: tls_context) as server:
        idle = http.client.HTTPSConnection("127.0.0.1", server.port, timeout=GUARD, context=trusting())
        idle.request("GET", "/x")
        assert idle.getresponse().read() == b"hello"
        half = connect(server)
        half.sendall(b"\x16")
    assert rest(half) == b""
    half.close()
    with suppress(OSError):
        assert idle.sock.recv(1) == b""
    idle.close()


def test_a_handshake_is_no_http_where_there_is_no_tls() -> None:
    with serving() as server:
        assert ask(server, b"\x16\x03\x01\x02\n\r\n").startswith(b"HTTP/1.1 400 ")


def test_the_emulator_talks_tls_on_its_port(tls_context: ssl.SSLContext) -> None:
    with serve(Emulator()) as server:
        secure = http.client.HTTPSConnection("127.0.0.1", server.port, timeout=GUARD, context=trusting())
        secure.request("GET", "/oauth2/token?resource=https://management.azure.com/", headers={"Metadata": "true"})
        assert json.loads(secure.getresponse().read())["access_token"].count(".") == jwt().count(".")
        secure.close()


# --- Listening sockets ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"LISTEN_PID": str(os.getpid())},
        {"LISTEN_FDS": "1"},
        {"LISTEN_PID": "1", "LISTEN_FDS": "1"},
        {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "-1"},
        {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "many"},
        {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "0"},
    ],
)
def test_no_sockets_were_handed_over(variables: dict[str, str]) -> None:
    assert inherited(variables, os.getpid()) == []
