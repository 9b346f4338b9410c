"""remote.direct: messages straight over a connection that requests has opened, and what of it requests has to know."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests
import wsman_host
from afar import WAYS, host_of
from support import GUARD
from wsman_host import Handle, WsmanHost

from pybridge.errors import SignInRefusedError
from pybridge.hosts import Host
from pybridge.remote import direct, stopping
from pybridge.remote.connection import Connection
from pybridge.remote.patience import Patience
from pybridge.wsman import Limits, Messages

MOST = 1000


def request(
    body: bytes | str | None = b"<s/>", url: str = "http://vm01:5985/wsman", **headers: str
) -> requests.PreparedRequest:
    return requests.Request("POST", url, data=body, headers=headers).prepare()


@contextmanager
def line(*answers: bytes) -> Iterator[tuple[socket.socket, list[bytes]]]:
    """A connection whose other end gives these answers, one for each request, and hangs up; what it was sent."""
    here, there = socket.socketpair()
    got: list[bytes] = []

    def talk() -> None:
        with there:
            for answer in answers:
                got.append(there.recv(65536))
                there.sendall(answer)

    thread = threading.Thread(target=talk)
    thread.start()
    with here:
        here.settimeout(GUARD)
        yield here, got
    thread.join(GUARD)


def answer(body: bytes = b"yes", *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", *(headers or [f"Content-Length: {len(body)}"]), "", ""]
    return "\r\n".join(lines).encode() + body


def test_a_request_goes_as_requests_prepared_it_in_one_piece() -> None:
    sent = request(b"<s/>", Authorization="Basic eA==")
    with line(answer()) as (sock, got):
        found = direct.exchange(sock, sent, MOST)
    assert got == [
        b"POST /wsman HTTP/1.1\r\nHost: vm01:5985\r\nAuthorization: Basic eA==\r\nContent-Length: 4\r\n\r\n<s/>"
    ]
    assert (found.status_code, found.content, found.text, found.request) == (200, b"yes", "yes", sent)
    assert not found.history
    found.close()


@pytest.mark.parametrize("body", [None, "", b""])
def test_a_request_without_a_body_has_none(body: bytes | str | None) -> None:
    with line(answer(b"", status="401 Unauthorized")) as (sock, got):
        assert direct.exchange(sock, request(body), MOST).status_code == 401
    assert got[0].endswith(b"Content-Length: 0\r\n\r\n")


def test_an_address_in_brackets_stays_in_them() -> None:
    with line(answer()) as (sock, got):
        direct.exchange(sock, request(url="http://[::1]:5985/wsman?x=1"), MOST)
    assert got[0].startswith(b"POST /wsman?x=1 HTTP/1.1\r\nHost: [::1]:5985\r\n")


@pytest.mark.parametrize(
    "first",
    [
        answer(b"one"),
        answer(b"3\r\none\r\n0\r\n\r\n", "Transfer-Encoding: chunked"),
        answer(b"3;x=y\r\none\r\n0\r\nTrailer: of no use\r\n\r\n", "Transfer-Encoding: chunked"),
        b"HTTP/1.1 100 Continue\r\n\r\n" + answer(b"one"),
    ],
    ids=["length", "chunks", "trailers", "continue"],
)
def test_nothing_of_an_answer_is_left_for_the_next_one(first: bytes) -> None:
    with line(first, answer(b"two")) as (sock, _):
        assert [direct.exchange(sock, request(), MOST).content for _ in range(2)] == [b"one", b"two"]


def test_headers_of_one_name_are_read_as_a_list() -> None:
    """A host offers each way to sign in with a header of its own, and requests_ntlm looks for one of them."""
    offers = ("WWW-Authenticate: Negotiate TlRM", 'www-authenticate: Basic realm="WSMAN"', "Content-Length: 0")
    with line(answer(b"", *offers, status="401 -")) as (sock, _):
        found = direct.exchange(sock, request(), MOST)
    assert found.headers["www-authenticate"] == 'Negotiate TlRM, Basic realm="WSMAN"'


@pytest.mark.parametrize(("header", "ended"), [("Connection: close", True), ("Connection: keep-alive", False)])
def test_whether_the_host_ends_the_connection(header: str, ended: bool) -> None:
    with line(answer(b"", header, "Content-Length: 0")) as (sock, _):
        assert direct.ends(direct.exchange(sock, request(), MOST)) is ended


@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"HTTP/1.1 200 OK\r\n",
        answer(b"ye", "Content-Length: 3"),
        b"SSH-2.0-OpenSSH_9.2\r\n",
        answer(b"x", "Content-Length: 1", "Content-Length: 2"),
    ],
    ids=["nothing", "half a head", "half a body", "another protocol", "two lengths"],
)
def test_what_is_not_whole_or_not_http_is_no_answer(garbage: bytes) -> None:
    with line(garbage) as (sock, _), pytest.raises(ConnectionError):
        direct.exchange(sock, request(), MOST)


def test_no_more_is_read_than_there_can_be() -> None:
    with line(answer(b"x" * (MOST + 50))) as (sock, _):
        assert len(direct.exchange(sock, request(), MOST).content) == MOST + 1


# --- with a host -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def vm01() -> Iterator[Handle]:
    with wsman_host.running(WsmanHost()) as handle:
        yield handle


@pytest.fixture
def handle(vm01: Handle) -> Handle:
    vm01.clear()
    return vm01


def ask(connection: Connection, host: Host) -> None:
    asked = Messages(host.address.url).config()
    assert isinstance(asked.read(connection.post(asked.body, Patience(host.name, GUARD))), Limits)


@pytest.mark.usefixtures("ntlm")
@pytest.mark.parametrize(("way", "secure"), WAYS)
def test_all_messages_go_over_one_connection(handle: Handle, way: str, secure: bool) -> None:
    host = host_of(handle, authentication=way, secure=secure)
    before = handle.stats()["connections"]
    connection = Connection(host, handle.password())
    for _ in range(4):
        ask(connection, host)
    connection.close()
    assert handle.count("Get") == 4
    assert handle.stats()["connections"] == before + 1
    assert {request["sealed"] for request in handle.requests if request["action"] == "Get"} == {not secure}


class Waits:
    """Never stops anybody, and wants to hear who was let in."""

    heard = 0

    def is_set(self) -> bool:
        return False

    def let_in(self) -> None:
        self.heard += 1


@pytest.mark.usefixtures("ntlm")
@pytest.mark.parametrize(("way", "secure"), WAYS)
def test_who_waits_for_it_hears_once_that_the_user_was_let_in(handle: Handle, way: str, secure: bool) -> None:
    host, waits = host_of(handle, authentication=way, secure=secure), Waits()
    with stopping(waits):
        wrong = Connection(host, "wrong")
        with pytest.raises(SignInRefusedError):
            ask(wrong, host)
        wrong.close()
        assert waits.heard == 0
        connection = Connection(host, handle.password())
        for _ in range(2):
            ask(connection, host)
            assert waits.heard == 1
        connection.close()


@pytest.mark.usefixtures("ntlm")
def test_to_sign_in_changes_no_variable(handle: Handle, monkeypatch: pytest.MonkeyPatch) -> None:
    """requests would set `no_proxy` for a moment; another thread that reads the variables then fails."""
    host = host_of(handle, authentication="negotiate", secure=False)
    changed: list[str] = []
    monkeypatch.setattr(type(os.environ), "__setitem__", lambda _, name, value: changed.append(name))
    connection = Connection(host, handle.password())
    ask(connection, host)
    connection.close()
    assert changed == []


@pytest.mark.usefixtures("ntlm")
@pytest.mark.parametrize(("way", "secure"), WAYS)
def test_requests_after_the_sign_in_are_not_prepared_by_the_session(
    handle: Handle, monkeypatch: pytest.MonkeyPatch, way: str, secure: bool
) -> None:
    prepared: list[str] = []
    prepare = requests.Session.prepare_request

    def counted(session: requests.Session, request: requests.Request) -> requests.PreparedRequest:
        prepared.append(str(request.method))
        return prepare(session, request)

    monkeypatch.setattr(requests.Session, "prepare_request", counted)
    host = host_of(handle, authentication=way, secure=secure)
    connection = Connection(host, handle.password())
    ask(connection, host)
    before = len(prepared)
    for _ in range(3):
        ask(connection, host)
    connection.close()
    assert 0 < before == len(prepared)


@pytest.mark.parametrize("auth", [None, ("admin", "word")])
def test_further_requests_are_as_a_session_would_prepare_them(auth: tuple[str, str] | None) -> None:
    with requests.Session() as session:
        session.trust_env, session.auth = False, auth
        session.headers["Content-Type"] = "application/soap+xml;charset=UTF-8"

        def made(body: bytes) -> requests.Request:
            return requests.Request("POST", "http://vm01:5985/wsman", data=body)

        prepare = direct.like(session.prepare_request(made(b"<first/>")))
        for body in (b"<s/>", b"x" * 5000):
            expected, found = session.prepare_request(made(body)), prepare(made(body))
            assert (found.method, found.url, found.body) == (expected.method, expected.url, expected.body)
            assert dict(found.headers) == dict(expected.headers)
            assert found.hooks == expected.hooks
        assert prepare(made(b"")).headers is not prepare(made(b"")).headers
