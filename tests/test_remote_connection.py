"""remote: who answers is known before anything secret is sent, whichever the way to sign in, and the environment."""

from __future__ import annotations

import importlib.util
import socket
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import wsman_host
from afar import SAID, WAYS, host_of, stand_in
from support import http, talking
from wsman_host import Handle, WsmanHost

from pybridge.errors import (
    CertificateError,
    ConfigurationError,
    HostUnreachableError,
    PyBridgeError,
    RemoteError,
    SignInRefusedError,
    UnsupportedError,
)
from pybridge.hosts import Host
from pybridge.hosts import host as make_host
from pybridge.passwords import Password
from pybridge.remote import Job
from pybridge.remote.md4 import md4, nt_hash

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a script with a #! line")

SECRET = "Correct-Horse-Battery-1"


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> str:
    return stand_in(tmp_path_factory.mktemp("powershell"))


@pytest.fixture(scope="module")
def vm01(program: str) -> Iterator[Handle]:
    with wsman_host.running(WsmanHost(powershell=program)) as handle:
        yield handle


@pytest.fixture
def handle(vm01: Handle) -> Handle:
    vm01.clear()
    return vm01


def said(host: Host) -> object:
    """What comes of one question: the answer, or the error."""
    try:
        with Job(host, sleep=lambda seconds: None) as job:
            return job.ask("http", {}, last=True)
    except PyBridgeError as exc:
        return exc


def ntlm_or_skip(authentication: str = "negotiate") -> None:
    if authentication == "negotiate" and not wsman_host.interpreter()[1]:
        pytest.skip(wsman_host.NO_NTLM)


# --- certificates ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("certificate", "words"), [("self-signed", "self"), ("expired", "expired"), ("other-name", "match")]
)
def test_a_certificate_that_is_not_trusted_ends_it_before_anything_is_sent(
    program: str, certificate: str, words: str
) -> None:
    with wsman_host.running(WsmanHost(powershell=program, certificate=certificate)) as handle:
        found = said(host_of(handle))
        assert isinstance(found, CertificateError)
        assert found.message.startswith("the certificate of vm01 is not trusted: ")
        assert words in found.message
        assert "fingerprint" in (found.remedy or "")
        assert handle.requests == []


def test_an_unknown_authority_is_not_trusted(handle: Handle) -> None:
    found = said(host_of(handle, ca=None))
    assert isinstance(found, CertificateError)
    assert handle.requests == []


@pytest.mark.parametrize("kind", ["sha1", "sha256"])
@pytest.mark.parametrize("certificate", ["good", "self-signed", "expired", "other-name"])
def test_a_pinned_certificate_is_trusted_whoever_signed_it(program: str, certificate: str, kind: str) -> None:
    with wsman_host.running(WsmanHost(powershell=program, certificate=certificate)) as handle:
        pin = getattr(handle, kind)
        assert said(host_of(handle, ca=None, certificate=pin)) == SAID
        assert (
            said(host_of(handle, ca=None, certificate=":".join(pin[i : i + 2] for i in range(0, len(pin), 2)))) == SAID
        )


@pytest.mark.parametrize("length", [40, 64])
def test_another_certificate_than_the_pinned_one_gets_nothing(handle: Handle, length: int) -> None:
    found = said(host_of(handle, ca=None, certificate="ab" * (length // 2)))
    assert isinstance(found, CertificateError)
    assert found.message == f"vm01 shows the certificate {found.details['fingerprint']}, not {'ab' * (length // 2)}"
    assert found.details["fingerprint"] in (handle.sha1, handle.sha256)
    assert "Nothing was sent" in (found.remedy or "")
    assert handle.requests == []


def test_ignore_ignores_and_silences_nobody_else(program: str) -> None:
    from urllib3.exceptions import InsecureRequestWarning

    host = WsmanHost(powershell=program, certificate="self-signed")
    with wsman_host.running(host) as handle, warnings.catch_warnings():
        warnings.simplefilter("error")
        assert said(host_of(handle, ca=None, certificate="ignore")) == SAID
        with pytest.raises(InsecureRequestWarning):
            warnings.warn("of somebody else", InsecureRequestWarning, stacklevel=1)


def test_a_folder_of_authorities_will_do(handle: Handle, tmp_path: Path) -> None:
    import subprocess

    (tmp_path / "ca.pem").write_bytes(Path(handle.ca).read_bytes())
    try:
        subprocess.run(["openssl", "rehash", str(tmp_path)], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no openssl to hash a folder with")
    assert said(host_of(handle, ca=str(tmp_path))) == SAID


def test_a_file_that_is_not_there_is_an_error(handle: Handle, tmp_path: Path) -> None:
    found = said(host_of(handle, ca=str(tmp_path / "nope.pem")))
    assert isinstance(found, ConfigurationError)
    assert "nope.pem" in found.message


def test_a_port_without_tls_is_told(handle: Handle) -> None:
    found = said(host_of(handle, address=f"https://127.0.0.1:{handle.http_port}/wsman", connect_timeout=1))
    assert isinstance(found, HostUnreachableError)
    assert "does not speak TLS" in found.message
    with talking(http("400 Bad Request")) as talker:
        found = said(host_of(handle, address=f"https://127.0.0.1:{talker.port}/wsman"))
    assert isinstance(found, HostUnreachableError)
    assert "does not speak TLS" in found.message


# --- ways to sign in ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("user", "password"),
    [
        ("CONTOSO\\admin", SECRET),
        ("admin@contoso.example", "p:a\\s'\"&<"),
        ("\u00fcser", "gr\u00fc\u00dfe"),
        ("admin", "\u65e5\u672c\u8a9e \u043f\u0430\u0440"),
    ],
)
@pytest.mark.parametrize(("authentication", "secure"), WAYS)
def test_users_and_passwords_of_all_kinds(
    program: str, authentication: str, secure: bool, user: str, password: str
) -> None:
    ntlm_or_skip(authentication)
    if authentication == "negotiate" and not user.isascii() and importlib.util.find_spec("spnego") is None:
        pytest.skip("ntlm-auth, below requests-ntlm before 1.2, has names in ASCII only for a host that allows that")
    with wsman_host.running(WsmanHost(powershell=program, users={user: password})) as handle:
        host = host_of(handle, authentication, secure, username=user, password=Password(password))
        assert said(host) == SAID


@pytest.mark.parametrize(("authentication", "secure"), WAYS)
def test_a_wrong_password_is_told_once(handle: Handle, authentication: str, secure: bool) -> None:
    """Once: a second attempt might lock the account."""
    ntlm_or_skip(authentication)
    found = said(host_of(handle, authentication, secure, password=Password("wrong-word")))
    assert isinstance(found, SignInRefusedError)
    assert found.message == f"vm01 refused the sign-in of admin by {authentication}"
    assert "Negotiate" in str(found.details["offered"])
    assert "wrong-word" not in f"{found!r} {vars(found)} {found.__context__!r}"
    attempts = [request for request in handle.requests if request["authorization"]]
    assert len(attempts) == (1 if authentication == "basic" else 2)
    assert set(handle.counts) == {"SignIn"}


@pytest.mark.parametrize(("authentication", "offers"), [("basic", ["negotiate"]), ("negotiate", ["basic"])])
def test_a_way_that_the_host_does_not_offer_is_told_with_those_that_it_does(
    program: str, authentication: str, offers: list[str]
) -> None:
    with wsman_host.running(WsmanHost(powershell=program, authentication=offers)) as handle:
        found = said(host_of(handle, authentication))
        assert isinstance(found, SignInRefusedError)
        assert found.message == f"vm01 does not take {authentication}; it offers {offers[0].title()}"


@pytest.mark.parametrize("bindings", ["relaxed", "strict", "none"])
def test_channel_bindings_are_sent(program: str, bindings: str) -> None:
    ntlm_or_skip()
    with wsman_host.running(WsmanHost(powershell=program, channel_bindings=bindings)) as handle:
        assert said(host_of(handle, "negotiate")) == SAID


def test_over_http_all_is_sealed(handle: Handle) -> None:
    ntlm_or_skip()
    assert said(host_of(handle, "negotiate", secure=False)) == SAID
    messages = [request for request in handle.requests if request["action"] not in ("SignIn", "Empty")]
    assert len(messages) >= 5
    assert all(request["sealed"] for request in messages)


def test_an_answer_in_clear_to_a_sealed_message_is_not_believed(handle: Handle) -> None:
    """pywinrm itself takes it."""
    ntlm_or_skip()
    handle.fault("Receive", do="status", status=200, text="<s:Envelope/>")
    found = said(host_of(handle, "negotiate", secure=False))
    assert isinstance(found, RemoteError)
    assert found.message == "vm01 answered in clear to a sealed message, so it may be somebody else"


def test_a_client_certificate_signs_in(handle: Handle) -> None:
    certificate, key = handle.client["admin@localhost"]
    host = host_of(handle, "certificate", username=None, password=None, client_certificate=certificate, client_key=key)
    assert said(host) == SAID
    assert {request["user"] for request in handle.requests} == {"admin"}


def test_netrc_is_not_heard(handle: Handle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """requests would put its entry in the place of what a client certificate signs in with."""
    (tmp_path / "netrc").write_text(
        "machine 127.0.0.1 login other password wrong\ndefault login other password wrong\n"
    )
    (tmp_path / "netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    test_a_client_certificate_signs_in(handle)
    assert said(host_of(handle)) == SAID


@pytest.mark.parametrize(("authentication", "package"), [("kerberos", "kerberos"), ("credssp", "credssp")])
def test_what_a_way_needs_and_is_not_installed_is_named(handle: Handle, authentication: str, package: str) -> None:
    found = said(host_of(handle, authentication))
    if not isinstance(found, UnsupportedError):
        assert isinstance(found, SignInRefusedError)
        return
    assert f"pywinrm[{package}]" in (found.remedy or "")


def test_secrets_are_asked_for_when_they_are_needed(handle: Handle) -> None:
    class Asked:
        def get(self, host: str, username: str | None, /) -> str:
            raise ConfigurationError(f"no password for {username} at {host}")

    host = host_of(handle, password=Asked())
    assert str(said(host)) == "no password for admin at vm01"
    assert handle.requests == []


# --- the environment ---------------------------------------------------------------------------------


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """All that requests would look at leads elsewhere."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
        monkeypatch.setenv(name.lower(), "http://127.0.0.1:1")
    (tmp_path / "empty.pem").write_text("")
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(name, str(tmp_path / "empty.pem"))


@pytest.mark.usefixtures("elsewhere")
@pytest.mark.parametrize(("authentication", "secure"), WAYS)
def test_the_environment_is_not_heard_and_nobody_warns(handle: Handle, authentication: str, secure: bool) -> None:
    ntlm_or_skip(authentication)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert said(host_of(handle, authentication, secure)) == SAID
    assert [str(one.message) for one in caught if not isinstance(one.message, ResourceWarning)] == []


@pytest.mark.usefixtures("elsewhere")
def test_to_ignore_a_certificate_is_not_undone_by_the_environment(handle: Handle) -> None:
    assert said(host_of(handle, ca=None, certificate="ignore")) == SAID


@pytest.mark.parametrize("secure", [True, False])
def test_a_proxy_that_is_asked_for_is_used(handle: Handle, secure: bool) -> None:
    """A tunnel for https; for http the proxy gets the whole URL, and sealed messages."""
    lines: list[str] = []
    with proxy(handle.http_port, lines) as url:
        if secure:
            assert said(host_of(handle, proxy=url)) == SAID
            assert [line.rpartition(" ")[0] for line in lines] == [f"CONNECT 127.0.0.1:{handle.https_port}"]
        else:
            ntlm_or_skip()
            assert said(host_of(handle, "negotiate", secure=False, proxy=url)) == SAID
            assert lines[0] == f"POST {handle.http} HTTP/1.1"
    assert not any("dXNlcg" in line for line in lines)


def test_a_proxy_that_is_not_there_is_an_error(handle: Handle) -> None:
    found = said(host_of(handle, proxy="http://127.0.0.1:1"))
    assert isinstance(found, HostUnreachableError)


# --- where it goes -----------------------------------------------------------------------------------


def test_an_ipv6_address_goes_where_it_says(handle: Handle) -> None:
    if not handle.ipv6:
        pytest.skip("no IPv6 on loopback")
    assert said(host_of(handle, address=f"https://[::1]:{handle.https_port}/wsman")) == SAID
    assert said(host_of(handle, address=f"https://localhost:{handle.https_port}/wsman")) == SAID


def test_another_path_is_kept(program: str) -> None:
    with wsman_host.running(WsmanHost(powershell=program, path="/custom/wsman")) as handle:
        assert said(host_of(handle)) == SAID
        assert {request["path"] for request in handle.requests} == {"/custom/wsman"}
        found = said(host_of(handle, address=f"127.0.0.1:{handle.https_port}"))
        assert isinstance(found, RemoteError)
        assert found.message == "vm01 has nothing at /wsman (HTTP 404)"


def reach(port: int, **options: Any) -> Host:
    """Whoever listens at a port over http."""
    return make_host(
        "vm01",
        address=f"http://127.0.0.1:{port}/wsman",
        username="admin",
        password=Password(SECRET),
        **{"timeout": 20, "connect_timeout": 5, **options},
    )


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (http("302 Found", b"", "Location: http://127.0.0.1:1/"), "a redirect, which is never followed"),
        (http("200 OK", b"It works!"), "lets in whoever comes"),
        (http("418 Teapot"), "HTTP 418"),
        (http("401 Unauthorized"), "refused the sign-in"),
        (http("401 Unauthorized", b"", "WWW-Authenticate: Negotiate"), "does not go on with NTLM"),
        (http("401 Unauthorized", b"", "WWW-Authenticate: NTLM"), "does not take negotiate; it offers NTLM"),
        (http("401 Unauthorized", b"", "WWW-Authenticate: Kerberos"), "does not take negotiate; it offers Kerberos"),
        (http("401 Unauthorized", b"", "WWW-Authenticate: Negotiate ***"), "vm01"),
        (http("401 Unauthorized", b"", "WWW-Authenticate: Negotiate TlRMTVNTUAAC"), "vm01"),
        (http("500 Oops", b"", "WWW-Authenticate: Negotiate"), "without a word"),
        (http("500 Oops", b"the pool is stopped"), "vm01 answered HTTP 500"),
        (http("503 Busy"), "not ready"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "vm01"),
        (b"", "vm01"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_whoever_else_listens_there_is_an_error_about_the_host(answer: bytes, words: str) -> None:
    with talking(answer) as talker:
        found = said(reach(talker.port))
    assert isinstance(found, RemoteError)
    assert words in found.message
    assert found.target == "vm01"
    assert all(SECRET.encode() not in request for request in talker.received)


def test_a_port_that_takes_connections_and_is_silent_is_left_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        found = said(reach(silent.getsockname()[1], timeout=0.6))
    assert isinstance(found, RemoteError)
    assert found.code == "host_timed_out"


def test_a_connection_that_never_comes_is_given_up_by_its_own_limit() -> None:
    """Nobody accepts, and the queue is full: packets are dropped, as by a firewall."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = []
        for _ in range(3):
            one = socket.socket()
            one.setblocking(False)
            with suppress(BlockingIOError):
                one.connect(full.getsockname())
            waiting.append(one)
        try:
            found = said(reach(full.getsockname()[1], connect_timeout=0.5))
        finally:
            for one in waiting:
                one.close()
    assert isinstance(found, HostUnreachableError)
    assert "no connection within 0.5 s" in found.message


# --- MD4 ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "digest"),  # RFC 1320, A.5
    [
        ("", "31d6cfe0d16ae931b73c59d7e0c089c0"),
        ("a", "bde52cb31de33e46245e05fbdbd6fb24"),
        ("abc", "a448017aaf21d8525fc10ae87aa6729d"),
        ("message digest", "d9130a8164549fe818874806e1c7014b"),
        ("abcdefghijklmnopqrstuvwxyz", "d79e1c308aa5bbcdeea8ed63df412da9"),
        ("1234567890" * 8, "e33b4ddc9c38f2199c3e7b164fcc0536"),
    ],
)
def test_md4(text: str, digest: str) -> None:
    assert md4(text.encode()).hex() == digest


def test_the_nt_hash() -> None:
    assert nt_hash("Password") == "a4f49c406510bdcab6824ee7c30fd852"  # MS-NLMP 4.2.2.1.2


# --- a proxy -----------------------------------------------------------------------------------------


class proxy:
    """A proxy that notes the first line of each connection, and passes http on to one port."""

    def __init__(self, http_port: int, lines: list[str]) -> None:
        self._http_port = http_port
        self._lines = lines
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=self._serve, args=(self._listener.accept()[0],), daemon=True).start()

    def _serve(self, near: socket.socket) -> None:
        with suppress(OSError), near:
            head = near.recv(65536)
            line = head.partition(b"\r\n")[0].decode()
            self._lines.append(line)
            tunnel = line.startswith("CONNECT ")
            port = int(line.split(" ")[1].rpartition(":")[2]) if tunnel else self._http_port
            with socket.create_connection(("127.0.0.1", port)) as far:
                if tunnel:
                    near.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                else:
                    far.sendall(self._here(head))
                back = threading.Thread(target=self._copy, args=(far, near), daemon=True)
                back.start()
                self._copy(near, far)
                back.join()

    def _copy(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                target.sendall(self._here(data))
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)

    def _here(self, data: bytes) -> bytes:
        return data.replace(b"POST http://127.0.0.1:%d/" % self._http_port, b"POST /")
