"""transport: the two doors to HTTP, and what knocks on them from the other side."""

from __future__ import annotations

import http.client as http_client
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import requests_mock as mocking
from support import GUARD, Clock, Talker, closed_port, hold, http, leaks, reset, shown, talking

from pybridge.emulator.certificate import Certificate
from pybridge.errors import (
    ConfigurationError,
    CutOffError,
    MalformedError,
    RefusedError,
    TimedOutError,
    TransportError,
    UnreachableError,
    UnsafeError,
)
from pybridge.models import HttpRequest, HttpResponse
from pybridge.transport import HttpsTransport, MetadataTransport, exchange

TOKEN = "eyJ0eXAi.this-is-a-secret.c2ln"
BEARER = {"Authorization": f"Bearer {TOKEN}"}

Door = MetadataTransport | HttpsTransport


@pytest.fixture(params=[MetadataTransport, HttpsTransport])
def door(request: pytest.FixtureRequest) -> Iterator[Door]:
    made: Door = request.param(max_body=1000)
    yield made
    if isinstance(made, HttpsTransport):
        made.close()


@pytest.fixture
def https() -> Iterator[HttpsTransport]:
    transport = HttpsTransport()
    yield transport
    transport.close()


def get(door: Door, url: str, timeout: float = GUARD) -> HttpResponse:
    return door.send(HttpRequest("GET", url, BEARER, timeout=timeout))


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Talker]:
    """A proxy that every variable names, and that must never be asked."""
    with talking(http("200 OK", b"from the proxy")) as talker:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, talker.url)
        yield talker
        assert talker.received == []


def test_a_request_arrives_as_it_was_made(door: Door) -> None:
    with talking(http("200 OK", b"hello", "X-Kind: test")) as server:
        request = HttpRequest("POST", f"{server.url}/a/b?c=d%20e", {"Metadata": "true"}, b"body", timeout=GUARD)
        response = door.send(request)
    head = server.received[0]
    assert head.startswith(b"POST /a/b?c=d%20e HTTP/1.1\r\n")
    assert b"\r\nMetadata: true\r\n" in head
    assert (response.status, response.body, response.header("x-kind")) == (200, b"hello", "test")


def test_a_refusal_is_an_answer_too(door: Door) -> None:
    with talking(http("400 Bad Request", b"no")) as server:
        assert get(door, server.url).status == 400


@pytest.mark.parametrize("path", ["", "/"])
def test_a_url_without_a_path_means_the_root(door: Door, path: str) -> None:
    with talking(http("200 OK")) as server:
        get(door, f"{server.url}{path}?x=1")
    assert server.received[0].startswith(b"GET /?x=1 ")


def test_a_body_that_comes_after_the_head_is_read(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    read_head = threading.Event()

    def talk(connection: socket.socket) -> None:
        head, body = http("200 OK", b"x" * 900).split(b"\r\n\r\n")
        connection.sendall(head + b"\r\n\r\n")
        assert read_head.wait(GUARD)
        connection.sendall(body)

    def told(read: Callable[..., Any]) -> Callable[..., Any]:
        def reading(*arguments: Any) -> Any:
            found = read(*arguments)
            read_head.set()
            return found

        return reading

    monkeypatch.setattr(http_client.HTTPResponse, "begin", told(http_client.HTTPResponse.begin))
    monkeypatch.setattr(exchange, "_read_head", told(exchange._read_head))
    with talking(talk) as server:
        assert get(door, server.url).body == b"x" * 900


def test_no_proxy_stands_between_us_and_this_machine(door: Door, proxy: Talker) -> None:
    with talking(http("200 OK", b"hello")) as server:
        assert get(door, server.url).body == b"hello"


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "304 Not Modified", "307 Temporary Redirect"])
def test_a_redirect_is_not_followed(door: Door, status: str) -> None:
    with talking(http("200 OK")) as other, talking(http(status, b"", f"Location: {other.url}")) as server:
        with pytest.raises(MalformedError, match="redirect"):
            get(door, server.url)
        assert other.received == []


def flood(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n" + b"X-Flood: 1\r\n" * 1000 + b"\r\n")


def long_header(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 70_000 + b"\r\n\r\n")


def garbage(connection: socket.socket) -> None:
    connection.sendall(b"220 smtp.example ESMTP\r\n")


def huge(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 100_000)


def truncated(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nxxx")


def silent(connection: socket.socket) -> None:
    pass


def broken_chunk(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\nxxx\r\n")


@pytest.mark.parametrize(
    ("talk", "errors"),
    [
        (huge, MalformedError),
        (garbage, (MalformedError, CutOffError)),
        (flood, (MalformedError, CutOffError)),
        (long_header, (MalformedError, CutOffError)),
        (broken_chunk, (MalformedError, CutOffError)),
        (truncated, CutOffError),
        (silent, CutOffError),
        (reset, CutOffError),
    ],
)
def test_a_hostile_answer_is_an_error_of_ours(
    door: Door, talk: object, errors: type[TransportError] | tuple[type[TransportError], ...]
) -> None:
    with talking(talk) as server, pytest.raises(errors) as caught:  # type: ignore[arg-type]
        get(door, f"{server.url}/x?y=1")
    assert caught.value.target == f"{server.url}/x?y=1"
    assert f"{server.url}/x " in str(caught.value)
    assert TOKEN not in f"{caught.value!r} {caught.value.details}"


def test_nobody_there_is_refused(door: Door) -> None:
    with closed_port() as port, pytest.raises(RefusedError, match="nothing listens there"):
        get(door, f"http://127.0.0.1:{port}/")


def test_no_answer_in_time_is_timed_out(door: Door) -> None:
    with talking(hold) as server, pytest.raises(TimedOutError, match="did not answer in time"):
        get(door, server.url, timeout=0.05)


def test_no_end_of_the_answer_in_time_is_timed_out_too(door: Door) -> None:
    def talk(connection: socket.socket) -> None:
        half_a_length(connection)
        hold(connection)

    with talking(talk) as server, pytest.raises(TimedOutError, match="did not answer in time"):
        get(door, server.url, timeout=0.1)


def test_a_name_that_nobody_knows_is_unreachable(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> object:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(UnreachableError):
        get(door, "http://localhost:1/")


@pytest.mark.parametrize(
    ("kind", "chunked"), [(MetadataTransport, True), (MetadataTransport, False), (HttpsTransport, True)]
)
def test_a_trickle_of_bytes_does_not_get_past_the_deadline(kind: type[Door], chunked: bool) -> None:
    clock = Clock()
    door = kind(clock=clock)

    def trickle(connection: socket.socket) -> None:
        head = b"Transfer-Encoding: chunked" if chunked else b"Content-Length: 1000"
        connection.sendall(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n\r\n")
        for _ in range(10):
            clock.now += 10
            connection.sendall(b"1\r\nx\r\n" if chunked else b"x")
        hold(connection)

    with talking(trickle) as server, pytest.raises(TimedOutError):
        get(door, server.url, timeout=50)
    if isinstance(door, HttpsTransport):
        door.close()


def half_a_chunk(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1000\r\n" + ANSWER)


def half_a_length(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + ANSWER)


def no_head(connection: socket.socket) -> None:
    connection.sendall(ANSWER + b"\r\n\r\n")


def odd_version(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/" + ANSWER + b" 200 OK\r\n\r\n")


def odd_status(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 " + ANSWER + b"\r\n\r\n")


def odd_chunk(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + ANSWER + b"\r\n")


def odd_header(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n" + ANSWER + b"\r\n\r\n" + ANSWER)


ANSWER = b'{"access_token":"eyJ0eXAi.this-is-what-the-answer-holds.c2ln"}'


@pytest.mark.parametrize("talk", [half_a_chunk, half_a_length, no_head, odd_version, odd_status, odd_chunk, odd_header])
def test_an_error_carries_nothing_of_the_answer(door: Door, talk: Callable[[socket.socket], None]) -> None:
    seen: list[str] = []
    with talking(talk) as server:
        try:
            response = get(door, server.url)
        except TransportError as error:
            seen = shown(error)
        else:
            seen = [repr(response)]
    assert leaks({ANSWER.decode(), TOKEN, "this-is-what-the-answer-holds"}, *seen) == []


# --- the metadata door -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "ftp://127.0.0.1/",
        "127.0.0.1:50342",
        "http:///oauth2/token",
        "http://127.0.0.1:port/",
        "http://127.0.0.1:99999/",
        "http://[::1",
        "http://local host/",
        "http://a..b/",
        "http://127.0.0.1:1/a\nb",
        "http://127.0.0.1:1/\u00fc",
        "",
    ],
)
def test_what_is_no_http_url_is_a_setting_that_is_wrong(url: str) -> None:
    with pytest.raises(ConfigurationError):
        MetadataTransport().send(HttpRequest("GET", url, timeout=GUARD))


@pytest.mark.parametrize("secret", ["hush\n", "hush\r\nX: y", "hush\u20ac"])
def test_a_secret_that_fits_no_header_is_not_told(door: Door, secret: str) -> None:
    with talking(http("200 OK")) as server, pytest.raises(ConfigurationError, match="the Secret header") as caught:
        door.send(HttpRequest("GET", server.url, {"Secret": secret}, timeout=GUARD))
    assert "hush" not in repr(caught.value)
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)
    assert server.received == []


@pytest.fixture(scope="module")
def certificate() -> Certificate:
    return Certificate()


def pinned(url: str, pin: str | None) -> HttpResponse:
    return MetadataTransport().send(HttpRequest("GET", f"{url}/token?x=1", {"Secret": TOKEN}, timeout=GUARD, pin=pin))


@pytest.mark.parametrize("spell", [str.upper, str.lower])
def test_a_server_is_known_by_its_thumbprint(certificate: Certificate, spell: Callable[[str], str]) -> None:
    with talking(http("200 OK", b"hello"), tls=certificate.context) as server:
        assert pinned(server.url, spell(certificate.thumbprint)).body == b"hello"
    assert server.received[0].startswith(b"GET /token?x=1 HTTP/1.1\r\n")
    assert TOKEN.encode() in server.received[0]


def test_nothing_is_sent_to_a_server_with_another_one(certificate: Certificate) -> None:
    other = Certificate().thumbprint
    with (
        talking(http("200 OK", b"hello"), tls=certificate.context) as server,
        pytest.raises(UnsafeError, match="another thumbprint") as caught,
    ):
        pinned(server.url, other)
    assert server.received == [b""]  # after the handshake, whose end is where it ended
    assert "Nothing was sent" in (caught.value.remedy or "")
    assert leaks({TOKEN}, *shown(caught.value)) == []


@pytest.mark.parametrize("pin", ["", "0" * 40, "0" * 39])
def test_nor_with_a_pin_that_no_certificate_has(certificate: Certificate, pin: str) -> None:
    with talking(http("200 OK"), tls=certificate.context) as server, pytest.raises(UnsafeError):
        pinned(server.url, pin)
    assert server.received == [b""]


def test_https_without_a_pin_is_refused(certificate: Certificate) -> None:
    with (
        talking(http("200 OK"), tls=certificate.context) as server,
        pytest.raises(ConfigurationError, match="is not an http URL"),
    ):
        pinned(server.url, None)
    assert server.received == []


def test_a_pin_without_https_is_refused() -> None:
    with talking(http("200 OK")) as server, pytest.raises(ConfigurationError, match="is not an https URL"):
        pinned(server.url, "0" * 40)
    assert server.received == []


def test_a_server_that_speaks_no_tls_gets_no_secret() -> None:
    with talking(hold) as server:
        request = HttpRequest(
            "GET", server.url.replace("http:", "https:"), {"Secret": TOKEN}, timeout=0.1, pin="0" * 40
        )
        with pytest.raises(TimedOutError) as caught:
            MetadataTransport().send(request)
    assert TOKEN.encode() not in b"".join(server.received)
    assert leaks({TOKEN}, *shown(caught.value)) == []


def test_a_redirect_is_not_followed_from_there_either(certificate: Certificate) -> None:
    with talking(http("200 OK")) as other:
        moved = http("302 Found", b"", f"Location: {other.url}/")
        with talking(moved, tls=certificate.context) as server, pytest.raises(MalformedError, match="redirect"):
            pinned(server.url, certificate.thumbprint)
        assert other.received == []


def test_no_answer_in_time_over_tls(certificate: Certificate) -> None:
    with talking(hold, tls=certificate.context) as server:
        request = HttpRequest("GET", server.url, timeout=0.2, pin=certificate.thumbprint)
        with pytest.raises(TimedOutError):
            MetadataTransport().send(request)


@pytest.mark.usefixtures("proxy")
def test_no_proxy_stands_between_us_and_service_fabric(certificate: Certificate) -> None:
    with talking(http("200 OK", b"hello"), tls=certificate.context) as server:
        assert pinned(server.url, certificate.thumbprint).body == b"hello"


# --- the door to ARM ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "http://management.azure.com/subscriptions",
        "http://127.0.0.1.example/",
        "http://example\\@127.0.0.1/",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "management.azure.com",
    ],
)
def test_a_token_leaves_over_https_only(https: HttpsTransport, url: str, requests_mock: mocking.Mocker) -> None:
    requests_mock.register_uri(mocking.ANY, mocking.ANY, text="{}")
    with pytest.raises(UnsafeError, match="no token is sent there"):
        get(https, url)
    assert requests_mock.call_count == 0


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:50342/", "http://localhost:1/", "http://[::1]:1/", "https://a.example/"]
)
def test_loopback_and_https_are_asked(https: HttpsTransport, url: str, requests_mock: mocking.Mocker) -> None:
    requests_mock.get(url, text="{}")
    assert get(https, url).body == b"{}"
    assert requests_mock.last_request is not None
    assert requests_mock.last_request.headers["Authorization"] == f"Bearer {TOKEN}"


def test_a_netrc_file_does_not_replace_the_token(
    https: HttpsTransport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text("default login me password mine\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(netrc))
    with talking(http("200 OK")) as server:
        get(https, server.url)
    assert f"Authorization: Bearer {TOKEN}".encode() in server.received[0]


def test_certificates_and_proxies_count_as_everywhere_else(
    https: HttpsTransport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, requests_mock: mocking.Mocker
) -> None:
    bundle = tmp_path / "ca.pem"
    bundle.touch()
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:3128")
    requests_mock.get("https://management.azure.com/", text="{}")
    get(https, "https://management.azure.com/")
    asked = requests_mock.last_request
    assert asked is not None
    assert asked.verify == str(bundle)
    assert asked.proxies["https"] == "http://127.0.0.1:3128"


def because(raised: Exception, cause: Exception) -> Exception:
    raised.__cause__ = cause
    return raised


@pytest.mark.parametrize(
    ("raised", "error"),
    [
        (requests.ConnectTimeout("x"), UnreachableError),
        (requests.ReadTimeout("x"), TimedOutError),
        (requests.exceptions.SSLError("certificate verify failed"), UnreachableError),
        (requests.exceptions.ProxyError("x"), UnreachableError),
        (because(requests.ConnectionError("x"), ConnectionRefusedError(111, "Connection refused")), RefusedError),
        (because(requests.ConnectionError("x"), ConnectionResetError(104, "Connection reset")), CutOffError),
        (because(requests.ConnectionError("x"), http_client.BadStatusLine("x")), MalformedError),
        (because(requests.exceptions.SSLError("x"), ValueError("certificate verify failed")), UnreachableError),
        (requests.ConnectionError("x"), UnreachableError),
        (requests.exceptions.ChunkedEncodingError("x"), UnreachableError),
        (requests.exceptions.ContentDecodingError("x"), MalformedError),
        (requests.exceptions.InvalidURL("x"), MalformedError),
    ],
)
def test_what_requests_raises_becomes_an_error_of_ours(
    https: HttpsTransport, raised: Exception, error: type[TransportError], requests_mock: mocking.Mocker
) -> None:
    requests_mock.get("https://management.azure.com/", exc=raised)
    with pytest.raises(error) as caught:
        get(https, "https://management.azure.com/")
    # What came over the line stays there, be it quoted by a cause.
    quotes = issubclass(error, (CutOffError, MalformedError))
    assert caught.value.__cause__ is (None if quotes else raised)


@pytest.mark.parametrize("url", ["https://[:::]/x", "https://a..b/x"])
def test_a_url_that_cannot_be_is_an_error_of_ours(https: HttpsTransport, url: str) -> None:
    with pytest.raises(TransportError):
        get(https, url)


def test_connections_are_kept(https: HttpsTransport) -> None:
    def talk(connection: socket.socket) -> None:
        for _ in range(2):
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            connection.recv(65536)

    with talking(talk) as server:
        assert [get(https, server.url).body for _ in range(2)] == [b"ok", b"ok"]
        https.close()
    assert len(server.received) == 1
