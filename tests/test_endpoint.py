"""`pybridge serve`: a local MSI endpoint over this machine's own source, here the emulator."""

from __future__ import annotations

import http.client
import importlib.util
import io
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest
from support import ARM, CLONE, GUARD, Clock, environment, run

from pybridge.emulator import Emulator
from pybridge.emulator.server import serve as serve_emulator
from pybridge.endpoint.answering import Answering, Gate
from pybridge.endpoint.command import Options, open_server
from pybridge.endpoint.formats import SERVED
from pybridge.endpoint.gate import AllowLists, Origins, Rate
from pybridge.endpoint.upstream import KEPT, Upstream
from pybridge.errors import (
    ConfigurationError,
    MalformedError,
    NoEndpointError,
    PyBridgeError,
    RefusedError,
    TimedOutError,
    TokenRejectedError,
    TokenThrottledError,
    UsageError,
)
from pybridge.models import AccessToken, HttpRequest, ManagedIdentityId
from pybridge.server import Peer, Server, peers

EXTENSION, IMDS, APP_SERVICE = "/oauth2/token", "/metadata/identity/oauth2/token", "/msi/token"
METADATA = {"Metadata": "true"}
VAULT = "https://vault.azure.net"
IMDS_VERSION, APP_VERSION = "2018-02-01", "2019-08-01"
ELSEWHERE = "http://127.0.0.1:1"  # Where the emulator in process seems to be.

Answer = tuple[int, dict[str, Any], http.client.HTTPMessage]


class Served(NamedTuple):
    server: Server
    secret: str
    stderr: io.StringIO
    emulator: Emulator

    def ask(self, path: str = EXTENSION, **wanted: Any) -> Answer:
        """Ask for a token; status, JSON and headers of the answer.

        Args:
            wanted: `method`, `headers` and `form`; all others are parameters of the query.
        """
        method, headers, form = wanted.pop("method", "GET"), wanted.pop("headers", METADATA), wanted.pop("form", None)
        query = urlencode(wanted)
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=GUARD)
        connection.request(method, f"{path}?{query}" if query else path, body=form, headers=dict(headers))
        response = connection.getresponse()
        body = response.read()
        connection.close()
        return response.status, json.loads(body) if body else {}, response.headers


@contextmanager
def serving(
    options: Options | None = None, *, hosting: str = "vm", emulator: Emulator | None = None, **injected: Any
) -> Iterator[Served]:
    """The endpoint in this process, over an emulator that is in this hosting environment."""
    emulator = emulator or Emulator()
    stderr = io.StringIO()
    environ = emulator.variables(hosting, ELSEWHERE)
    chosen = options or Options()
    server, secret = open_server(
        chosen._replace(port=0), environ=environ, stderr=stderr, transport=emulator, **injected
    )
    with server:
        yield Served(server, secret, stderr, emulator)


@pytest.fixture
def served() -> Iterator[Served]:
    with serving() as running:
        yield running


# --- Formats -------------------------------------------------------------------------------------------


def test_the_vm_extensions_answer(served: Served) -> None:
    status, answer, headers = served.ask(resource=ARM)
    assert status == 200
    assert set(answer) == {
        "access_token", "refresh_token", "expires_in", "expires_on", "not_before", "resource", "token_type",
    }  # fmt: skip
    assert all(isinstance(value, str) for value in answer.values())
    assert (answer["refresh_token"], answer["resource"], answer["token_type"]) == ("", ARM, "Bearer")
    assert int(answer["not_before"]) <= time.time() < int(answer["expires_on"])
    assert abs(int(answer["expires_on"]) - time.time() - int(answer["expires_in"])) < GUARD
    assert headers["Server"] == "pybridge"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Type"].startswith("application/json")


def test_imds_answer(served: Served) -> None:
    status, answer, _ = served.ask(IMDS, resource=VAULT, **{"api-version": IMDS_VERSION})
    assert status == 200
    assert set(answer) == {
        "access_token", "client_id", "expires_in", "expires_on", "ext_expires_in", "not_before", "resource",
        "token_type",
    }  # fmt: skip
    assert all(isinstance(value, str) for value in answer.values())
    assert answer["ext_expires_in"] == answer["expires_in"]
    assert served.emulator.vm.system_assigned is not None
    assert answer["client_id"] == served.emulator.vm.system_assigned.client_id
    assert answer["resource"] == VAULT


def test_app_services_answer() -> None:
    with serving(Options(served="app-service")) as served:
        headers = {"X-IDENTITY-HEADER": served.secret}
        status, answer, _ = served.ask(APP_SERVICE, headers=headers, resource=ARM, **{"api-version": APP_VERSION})
        assert status == 200
        assert set(answer) == {"access_token", "client_id", "expires_on", "not_before", "resource", "token_type"}
        assert int(answer["expires_on"]) > time.time()
        assert len(served.secret) == 64


def test_a_posted_form(served: Served) -> None:
    headers = {**METADATA, "Content-Type": "application/x-www-form-urlencoded"}
    status, answer, _ = served.ask(method="POST", headers=headers, form=urlencode({"resource": VAULT}).encode())
    assert (status, answer["resource"]) == (200, VAULT)


def test_the_resource_comes_back_as_it_was_asked_for(served: Served) -> None:
    for resource in (ARM, ARM.rstrip("/"), f"{ARM}.default"):
        assert served.ask(resource=resource)[1]["resource"] == resource


@pytest.mark.parametrize(
    ("path", "parameter", "field"),
    [
        (EXTENSION, "client_id", "client_id"),
        (EXTENSION, "object_id", "object_id"),
        (IMDS, "msi_res_id", "resource_id"),
        (IMDS, "mi_res_id", "resource_id"),
        (IMDS, "Client_Id", "client_id"),
    ],
)
def test_each_way_to_name_an_identity(path: str, parameter: str, field: str) -> None:
    with serving(emulator=Emulator(machine="twoIdentitiesVM")) as served:
        for identity in served.emulator.vm.identities:
            named = {parameter: getattr(identity, field), "api-version": IMDS_VERSION}
            status, answer, _ = served.ask(path, resource=ARM, **named)
            assert status == 200
            assert claims(answer["access_token"])["oid"] == identity.object_id


def test_app_service_names_an_identity_by_its_principal() -> None:
    with serving(Options(served="app-service"), emulator=Emulator(machine="twoIdentitiesVM")) as served:
        identity = served.emulator.vm.identities[1]
        named = {"principal_id": identity.object_id, "api-version": APP_VERSION}
        answer = served.ask(APP_SERVICE, headers={"X-IDENTITY-HEADER": served.secret}, resource=ARM, **named)[1]
        assert claims(answer["access_token"])["oid"] == identity.object_id


def claims(token: str) -> dict[str, Any]:
    from pybridge.sources import claims as found

    return dict(found(token))


# --- Refusals ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"headers": {}}, 400, "bad_request_102"),
        ({"headers": {"Metadata": "false"}}, 400, "bad_request_102"),
        ({"headers": {**METADATA, "Host": "evil.example"}}, 403, "invalid_request"),
        ({"headers": {**METADATA, "Host": "evil.example:50342"}}, 403, "invalid_request"),
        ({"headers": {**METADATA, "Host": "localhost:1"}}, 403, "invalid_request"),
        ({"headers": {**METADATA, "Host": "localhost.evil.example"}}, 403, "invalid_request"),
        ({"headers": {**METADATA, "Host": "evil@localhost"}}, 403, "invalid_request"),
        ({"path": "http://evil.example/oauth2/token"}, 403, "invalid_request"),
        ({"headers": {**METADATA, "Origin": "http://localhost"}}, 403, "invalid_request"),
        ({"headers": {**METADATA, "Origin": "null"}}, 403, "invalid_request"),
        ({"headers": {**METADATA, "X-Forwarded-For": "10.0.0.1"}}, 400, "invalid_request"),
        ({"headers": {**METADATA, "Forwarded": "for=10.0.0.1"}}, 400, "invalid_request"),
        ({"path": "/"}, 404, "not_found"),
        ({"path": "/metadata/instance"}, 404, "not_found"),
        ({"path": "/msi/token"}, 404, "not_found"),
        ({"path": "/oauth2/token/more"}, 404, "not_found"),
        ({"method": "PUT"}, 405, "invalid_request"),
        ({"method": "OPTIONS"}, 405, "invalid_request"),
        ({"path": IMDS, "method": "POST"}, 405, "invalid_request"),
        ({"resource": ""}, 400, "invalid_request"),
        ({"resource": "two words"}, 400, "invalid_request"),
        ({"client_id": "a", "object_id": "b"}, 400, "invalid_request"),
        ({"client_id": "11111111-2222-3333-4444-555555555555"}, 400, "invalid_request"),
        ({"Resource": VAULT}, 400, "invalid_request"),
        ({"method": "POST", "form": b"resource=again"}, 400, "invalid_request"),
        ({"method": "POST", "form": b"\xff\xfe"}, 400, "invalid_request"),
        ({"method": "POST", "form": b"&".join(b"a%d=b" % number for number in range(99))}, 400, "invalid_request"),
    ],
)
def test_a_refusal_in_the_words_of_a_vm(served: Served, changes: dict[str, Any], status: int, error: str) -> None:
    wanted = {"resource": ARM, **changes}
    code, answer, headers = served.ask(wanted.pop("path", EXTENSION), **wanted)
    assert (code, set(answer), answer["error"]) == (status, {"error", "error_description"}, error)
    assert answer["error_description"]
    assert (headers["Allow"] is not None) == (status == 405)
    assert "Location" not in headers
    assert "access_token" not in answer


@pytest.mark.parametrize("version", [None, "", "2017-08-01", "yesterday", "2018-02-01x"])
def test_imds_wants_a_version(served: Served, version: str | None) -> None:
    code, answer, _ = served.ask(IMDS, resource=ARM, **({} if version is None else {"api-version": version}))
    assert code == 400
    assert answer["error"].startswith("Bad request. api-version is invalid")
    assert answer["newest-versions"]


def test_a_head_request_has_no_body(served: Served) -> None:
    assert served.ask(method="HEAD", resource=ARM)[:2] == (405, {})


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"headers": {}}, 401),
        ({"headers": METADATA}, 401),
        ({"headers": {"X-IDENTITY-HEADER": "guess"}}, 401),
        ({"headers": {"X-IDENTITY-HEADER": "gu\xe9ss"}}, 401),
        ({"api-version": "2017-09-01"}, 400),
        ({"resource": ""}, 400),
        ({"method": "POST"}, 405),
        ({"path": EXTENSION}, 404),
        ({"path": IMDS}, 404),
    ],
)
def test_a_refusal_in_the_words_of_app_service(changes: dict[str, Any], status: int) -> None:
    with serving(Options(served="app-service")) as served:
        right = {"path": APP_SERVICE, "headers": {"X-IDENTITY-HEADER": served.secret}}
        wanted = {**right, "resource": ARM, "api-version": APP_VERSION, **changes}
        code, answer, _ = served.ask(**wanted)
        assert (code, set(answer), answer["statusCode"]) == (status, {"statusCode", "message"}, status)
        assert served.secret not in json.dumps(answer)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "169.254.169.254", "LOCALHOST"])
def test_hosts_that_are_this_machine(served: Served, host: str) -> None:
    for stated in (host, f"{host}:{served.server.port}"):
        assert served.ask(headers={**METADATA, "Host": stated}, resource=ARM)[0] == 200


def test_a_parameter_given_twice(served: Served) -> None:
    code, answer, _ = served.ask(f"{EXTENSION}?resource={ARM}&resource={VAULT}")
    assert code == 400
    assert "more than once" in answer["error_description"]


def test_only_listed_resources() -> None:
    with serving(Options(resources=[VAULT, "https://graph.microsoft.com/.default"])) as served:
        allowed = (VAULT, f"{VAULT}/", "https://graph.microsoft.com")
        assert [served.ask(resource=resource)[0] for resource in allowed] == [200, 200, 200]
        for resource in (ARM, f"{VAULT}.evil.example", f"{VAULT}//x"):
            code, answer, _ = served.ask(resource=resource)
            assert (code, answer["error"]) == (403, "access_denied")
            assert "--allow-resource" in answer["error_description"]


def test_only_listed_identities() -> None:
    emulator = Emulator(machine="twoIdentitiesVM")
    first, second = emulator.vm.identities
    with serving(Options(identities=[first.client_id.upper()]), emulator=emulator) as served:
        assert served.ask(resource=ARM, client_id=first.client_id)[0] == 200
        for named in ({"client_id": second.client_id}, {"object_id": first.object_id}, {}):
            code, answer, _ = served.ask(resource=ARM, **named)
            assert (code, answer["error"]) == (403, "access_denied")
            assert "--allow-identity" in answer["error_description"]


def test_the_default_identity_can_be_listed() -> None:
    with serving(Options(identities=["default"])) as served:
        assert served.ask(resource=ARM)[0] == 200
        assert served.ask(resource=ARM, client_id="11111111-2222-3333-4444-555555555555")[0] == 403


def test_too_many_requests_a_second() -> None:
    clock = Clock()
    with serving(Options(rate=3), clock=clock) as served:
        assert [served.ask(resource=ARM)[0] for _ in range(17)] == [200] * 15 + [429] * 2  # those of 5 seconds at once
        _, answer, headers = served.ask(resource=ARM)
        assert (answer["error"], headers["Retry-After"]) == ("too_many_requests", "1")
        clock.now += 0.4
        assert [served.ask(resource=ARM)[0] for _ in range(2)] == [200, 429]
        clock.now -= 10_000
        assert served.ask(resource=ARM)[0] == 429
        clock.now += 10_000
        assert [served.ask(resource=ARM)[0] for _ in range(16)] == [200] * 15 + [429]


# --- Errors of the credential ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raised", "status", "error", "retry_after"),
    [
        (TokenRejectedError("Identity not found"), 400, "invalid_request", None),
        (TokenRejectedError("AADSTS50001", details={"error": "invalid_resource"}), 400, "invalid_resource", None),
        (TokenThrottledError("busy"), 503, "temporarily_unavailable", None),
        (TokenThrottledError("busy", details={"retry_after": "7"}), 429, "too_many_requests", "7"),
        (
            TokenThrottledError("busy", details={"retry_after": "7\r\nX-Evil: 1"}),
            429,
            "too_many_requests",
            "7 X-Evil: 1",
        ),
        (NoEndpointError("nobody there"), 503, "no_endpoint", None),
        (TimedOutError("too late"), 504, "timed_out", None),
        (MalformedError("HTML"), 502, "malformed_answer", None),
        (RefusedError("refused"), 502, "unreachable", None),
        (UsageError("cannot choose so"), 400, "invalid_request", None),
        (ConfigurationError("wrong variable"), 500, "invalid_configuration", None),
        (PyBridgeError("anything"), 500, "unknown", None),
        (ValueError("eyJ.secret.token"), 500, "internal_error", None),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
@pytest.mark.parametrize("kind", ["vm", "app-service"])
def test_an_error_becomes_an_answer(
    kind: str, raised: Exception, status: int, error: str, retry_after: str | None
) -> None:
    def token(resource: str, identity: ManagedIdentityId) -> AccessToken:
        raise raised

    answering = Answering(SERVED[kind], Gate(Rate(9, Clock()), Origins({1}), AllowLists((), ())), token)
    path = SERVED[kind][0].path
    headers = {"Metadata": "true", "X-IDENTITY-HEADER": answering.secret}
    url = f"http://localhost:1{path}?resource={ARM}&api-version={APP_VERSION}"
    response = answering.answer(HttpRequest("GET", url, headers), Peer(("127.0.0.1", 2), ("127.0.0.1", 1)))
    answer = json.loads(response.body)
    assert (response.status, response.header("Retry-After")) == (status, retry_after)
    words = answer["message"] if kind == "app-service" else answer["error_description"]
    assert words == (str(raised) if isinstance(raised, PyBridgeError) else "pybridge has a defect: ValueError")
    assert answer.get("error", error) == error
    assert b"Traceback" not in response.body
    assert b"secret" not in response.body


@pytest.mark.parametrize("url", ["http://[", "http://[::1/oauth2/token", ""])
def test_what_is_no_url_is_refused(url: str) -> None:
    gate = Gate(Rate(9, Clock()), Origins({1}), AllowLists((), ()))
    answering = Answering(SERVED["vm"], gate, lambda resource, identity: AccessToken("t", 1, resource))
    assert answering.answer(HttpRequest("GET", url, METADATA), Peer(("127.0.0.1", 2), ("127.0.0.1", 1))).status == 403


def test_the_services_own_words_reach_the_client(served: Served) -> None:
    answer = served.ask(resource=ARM, client_id="11111111-2222-3333-4444-555555555555")[1]
    assert "Identity not found" in answer["error_description"]


# --- One source behind it ---------------------------------------------------------------------------------


def test_many_clients_make_one_request_to_the_source(served: Served) -> None:
    statuses: list[int] = []
    barrier = threading.Barrier(24)

    def ask() -> None:
        barrier.wait(GUARD)
        for path in (EXTENSION, IMDS):
            statuses.append(served.ask(path, resource=ARM, **{"api-version": IMDS_VERSION})[0])

    threads = [threading.Thread(target=ask) for _ in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 48
    assert len(served.emulator.requests) == 1


def test_credentials_are_kept_for_some_identities_only() -> None:
    emulator = Emulator()
    upstream = Upstream(None, emulator.variables("vm", ELSEWHERE), {50342}, emulator)
    for number in range(KEPT + 10):
        with pytest.raises(TokenRejectedError):
            upstream.token(ARM, ManagedIdentityId(client_id=str(number)))
    assert len(upstream._credentials) == KEPT


def test_a_source_that_turns_guarded_gives_no_tokens() -> None:
    emulator = Emulator()
    upstream = Upstream("imds", emulator.variables("vm", ELSEWHERE), {50342}, emulator)
    upstream._environ = emulator.variables("app-service", ELSEWHERE)
    upstream._source = None
    with pytest.raises(ConfigurationError, match="the source of tokens has changed"):
        upstream.token(ARM, ManagedIdentityId())


@pytest.mark.parametrize(
    ("source", "environ", "error", "named"),
    [
        (None, {"AZURE_POD_IDENTITY_AUTHORITY_HOST": "http://127.0.0.1:50342"}, ConfigurationError, "AZURE_POD"),
        (None, {"AZURE_POD_IDENTITY_AUTHORITY_HOST": "http://localhost:50342/"}, ConfigurationError, "AZURE_POD"),
        ("imds", {"AZURE_POD_IDENTITY_AUTHORITY_HOST": "http://[::1]:50342"}, ConfigurationError, "AZURE_POD"),
        (None, {"PYBRIDGE_VM_EXTENSION_ENDPOINT": "http://localhost:50342/oauth2/token"}, ConfigurationError, "PYBR"),
        (None, {"MSI_ENDPOINT": "http://localhost:50342/oauth2/token"}, ConfigurationError, "MSI_ENDPOINT"),
        (
            None,
            {"IDENTITY_ENDPOINT": "http://127.0.0.1:50342/msi/token", "IDENTITY_HEADER": "secret"},
            ConfigurationError,
            "IDENTITY_ENDPOINT",
        ),
        ("vm_extension", {}, UsageError, "--port 0"),
        ("vm-extension", {}, UsageError, "--port 0"),
    ],
)
def test_it_never_asks_itself(
    source: str | None, environ: dict[str, str], error: type[PyBridgeError], named: str
) -> None:
    with pytest.raises(error, match="would ask itself") as caught:
        Upstream(source, environ, {50342, 50343})
    assert named in str(caught.value.remedy)
    assert "secret" not in f"{caught.value}{caught.value.remedy}"


def test_on_the_extensions_port_only_imds_is_left() -> None:
    emulator = Emulator(hosting="vm-extension")
    upstream = Upstream(None, {}, {50342}, emulator)
    with pytest.raises(NoEndpointError):
        upstream.token(ARM, ManagedIdentityId())
    assert {request.url.partition("?")[0] for request in emulator.requests} == {f"http://169.254.169.254{IMDS}"}


def test_on_another_port_the_extension_is_a_source() -> None:
    emulator = Emulator(hosting="vm-extension")
    assert Upstream(None, {}, {50343}, emulator).token(ARM, ManagedIdentityId()).source == "vm_extension"


# --- Who may ask ------------------------------------------------------------------------------------------

GUARDED = ["app-service", "app-service-2017", "arc", "cloud-shell", "automation", "service-fabric"]


@pytest.mark.parametrize("hosting", GUARDED)
def test_a_guarded_source_is_for_its_user_only(hosting: str) -> None:
    asked: list[tuple[tuple[str, int], tuple[str, int]]] = []

    def stranger(client: tuple[str, int], server: tuple[str, int]) -> int | None:
        asked.append((client, server))
        return 4242

    with serving(hosting=hosting, own_uid=lambda: 4241, uid_of=stranger) as served:
        code, answer, headers = served.ask(resource=ARM)
        assert (code, answer["error"], headers["Connection"]) == (403, "access_denied", "close")
        assert asked[0][1] == ("127.0.0.1", served.server.port)
        assert served.emulator.requests == []


def test_nobody_knows_whose_a_connection_is() -> None:
    with serving(hosting="app-service", own_uid=lambda: 4241, uid_of=lambda *ends: None) as served:
        assert served.ask(resource=ARM)[0] == 403


def test_the_same_user_may_ask() -> None:
    with serving(hosting="app-service", own_uid=lambda: 4241, uid_of=lambda *ends: 4241) as served:
        assert served.ask(resource=ARM)[0] == 200


@pytest.mark.skipif(peers.own_uid() is None, reason="here nobody tells whose a connection is")
def test_we_are_found_to_be_ourselves() -> None:
    with serving(hosting="app-service") as served:
        assert served.ask(resource=ARM)[0] == 200
        assert len(served.emulator.requests) == 1


@pytest.mark.skipif(peers.own_uid() != 0, reason="only root can give a socket to another user")
def test_a_socket_of_another_user() -> None:
    with serving(hosting="app-service") as served, socket.socket() as client:
        os.fchown(client.fileno(), 4242, -1)
        client.settimeout(GUARD)
        client.connect(("127.0.0.1", served.server.port))
        client.sendall(f"GET {EXTENSION}?resource={ARM} HTTP/1.0\r\nMetadata: true\r\n\r\n".encode())
        assert client.recv(12) == b"HTTP/1.1 403"
        assert served.emulator.requests == []


@pytest.mark.parametrize("hosting", ["vm", "imds", "vm-extension"])
def test_what_any_process_may_ask_needs_no_check(hosting: str) -> None:
    with serving(hosting=hosting, own_uid=lambda: None, uid_of=lambda *ends: 4242) as served:
        assert served.ask(resource=ARM)[0] == 200
        assert served.stderr.getvalue() == ""


def test_where_users_cannot_be_told_apart_it_does_not_start() -> None:
    with (
        pytest.raises(UsageError, match="who asks cannot be told") as caught,
        serving(hosting="app-service", own_uid=lambda: None),
    ):
        pass
    assert "--any-user" in str(caught.value.remedy)


def test_any_user_if_told_so_and_it_warns() -> None:
    with serving(
        Options(any_user=True), hosting="app-service", own_uid=lambda: None, uid_of=lambda *ends: 4242
    ) as served:
        assert served.ask(resource=ARM)[0] == 200
        assert "every user of this machine" in served.stderr.getvalue()


def test_any_user_opens_nothing_where_all_is_open() -> None:
    with serving(Options(any_user=True)) as served:
        assert served.stderr.getvalue() == ""


def test_app_service_in_front_of_a_guarded_source_wants_both() -> None:
    with serving(
        Options(served="app-service"), hosting="app-service", own_uid=lambda: 1, uid_of=lambda *ends: 2
    ) as served:
        headers = {"X-IDENTITY-HEADER": served.secret}
        code, answer, _ = served.ask(APP_SERVICE, headers=headers, resource=ARM, **{"api-version": APP_VERSION})
        assert (code, answer["statusCode"]) == (403, 403)


# --- Bad clients -------------------------------------------------------------------------------------------


def test_the_limits_of_the_command_line_reach_the_server() -> None:
    limits = Options().limits
    assert (limits.connections, limits.request, limits.idle, limits.body) == (256, 5, 30, 64 << 10)
    with (
        serving(Options(limits=limits._replace(request=0.1))) as served,
        socket.create_connection(("127.0.0.1", served.server.port), timeout=GUARD) as slow,
    ):
        slow.sendall(b"G")
        assert slow.recv(1) == b""


def test_a_body_that_is_too_long(served: Served) -> None:
    assert served.ask(method="POST", form=b"a" * (64 << 10), resource=ARM)[0] == 200
    assert served.ask(method="POST", form=b"a" * ((64 << 10) + 1), resource=ARM)[0] == 413


# --- The command -------------------------------------------------------------------------------------------


@pytest.fixture
def azure() -> Iterator[tuple[Emulator, str]]:
    """An emulator on a port, and its URL."""
    emulator = Emulator()
    with serve_emulator(emulator) as server:
        yield emulator, server.url


def failed(done: subprocess.CompletedProcess[str], code: int) -> str:
    """What it said when it failed so."""
    assert (done.returncode, done.stdout) == (code, ""), done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


@contextmanager
def process(*arguments: str, env: Mapping[str, str], program: Sequence[str] = ()) -> Iterator[subprocess.Popen[str]]:
    """`pybridge serve`, or a program that becomes it, until the block ends."""
    command = program or [sys.executable, "-m", "pybridge", "serve", *arguments]
    with subprocess.Popen(
        command, env=dict(env), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, close_fds=not program
    ) as started:
        try:
            yield started
        finally:
            started.kill()


def announced(started: subprocess.Popen[str]) -> dict[str, str]:
    assert started.stdout is not None
    line: dict[str, str] = json.loads(started.stdout.readline())
    return line


def fetch(url: str, headers: Mapping[str, str] = METADATA) -> Answer:
    scheme, _, rest = url.partition("://")
    assert scheme == "http"
    authority, _, path = rest.partition("/")
    connection = http.client.HTTPConnection(authority, timeout=GUARD)
    connection.request("GET", f"/{path}", headers=dict(headers))
    response = connection.getresponse()
    body = json.loads(response.read())
    connection.close()
    return response.status, body, response.headers


def test_it_prints_its_urls_and_serves(azure: tuple[Emulator, str]) -> None:
    with process("--port", "0", env=environment(azure[1])) as started:
        urls = announced(started)
        assert set(urls) == {"imds", "vm_extension"}
        tokens = {
            fetch(f"{urls['vm_extension']}?resource={ARM}")[1]["access_token"],
            fetch(f"{urls['imds']}?api-version=2018-02-01&resource={ARM}")[1]["access_token"],
        }
        started.send_signal(signal.SIGTERM)
        assert started.wait(GUARD) == (0 if os.name != "nt" else 1)
        assert started.stderr is not None
        assert started.stderr.read() == ""
    assert len(tokens) == 1
    assert len(azure[0].requests) == 1


def test_app_service_prints_the_variables_to_set(azure: tuple[Emulator, str]) -> None:
    with process("--port", "0", "--as", "app-service", env=environment(azure[1])) as started:
        variables = announced(started)
        assert set(variables) == {"IDENTITY_ENDPOINT", "IDENTITY_HEADER"}
        url = f"{variables['IDENTITY_ENDPOINT']}?api-version={APP_VERSION}&resource={ARM}"
        assert fetch(url, {"X-IDENTITY-HEADER": variables["IDENTITY_HEADER"]})[0] == 200


def test_verbose_tells_no_query_and_no_token(azure: tuple[Emulator, str]) -> None:
    with process("--port", "0", "--verbose", env=environment(azure[1])) as started:
        url = announced(started)["vm_extension"]
        token = fetch(f"{url}?resource={ARM}")[1]["access_token"]
        with socket.create_connection(("127.0.0.1", int(url.split(":")[2].partition("/")[0])), timeout=GUARD) as client:
            client.sendall(b"GET /\x1b[31m%s?%s HTTP/1.0\r\n\r\n" % (b"x" * 200, token.encode()))
            assert client.recv(12) == b"HTTP/1.1 404"
            while client.recv(65536):
                pass  # The line is written before the answer is.
        started.terminate()
        _, text = started.communicate(timeout=GUARD)
    first, second = text.splitlines()
    assert first.startswith("GET /oauth2/token 200 ")
    assert first.endswith(" ms")
    assert " 404 " in second
    assert len(second) < 120
    assert "\x1b" not in text
    assert not [secret for secret in (token, ARM, "resource") if secret in text]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals for a child alone")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_at_once(azure: tuple[Emulator, str], number: signal.Signals) -> None:
    azure[0].fail("/oauth2/token", delay=600, times=None)
    azure[0].fail(IMDS, delay=600, times=None)
    with process("--port", "0", env=environment(azure[1])) as started:
        port = int(announced(started)["imds"].split(":")[2].partition("/")[0])
        with (
            socket.create_connection(("127.0.0.1", port), timeout=GUARD) as waiting,
            socket.create_connection(("127.0.0.1", port), timeout=GUARD) as slow,
        ):
            waiting.sendall(f"GET {EXTENSION}?resource={ARM} HTTP/1.1\r\nMetadata: true\r\n\r\n".encode())
            slow.sendall(b"GET")
            begin = time.monotonic()
            started.send_signal(number)
            assert started.wait(GUARD) == 0
            assert time.monotonic() - begin < 5
        assert started.stderr is not None
        assert started.stderr.read() == ""


ASK = """
import json, os, sys, urllib.request
url = os.environ["PYBRIDGE_VM_EXTENSION_ENDPOINT"] + "?resource=https://management.azure.com/"
request = urllib.request.Request(url, headers={"Metadata": "true"})
answer = json.load(urllib.request.urlopen(request))
print(json.dumps([answer["token_type"], sorted(os.environ), url, os.environ["NO_PROXY"]]))
sys.exit(7)
"""


def test_for_one_command(azure: tuple[Emulator, str]) -> None:
    env = environment(azure[1], HTTP_PROXY="http://127.0.0.1:1", MSI_SECRET="left over")
    done = run("serve", "--port", "0", "--", sys.executable, "-c", ASK, env=env)
    assert (done.returncode, done.stderr) == (7, "")
    kind, names, url, no_proxy = json.loads(done.stdout)
    assert kind == "Bearer"
    assert not url.startswith(azure[1])
    assert not {"MSI_ENDPOINT", "MSI_SECRET", "IDENTITY_ENDPOINT", "IDENTITY_HEADER"} & set(names)
    assert "127.0.0.1" in no_proxy.split(",")
    assert len(azure[0].requests) == 1


def test_for_one_command_as_app_service(azure: tuple[Emulator, str]) -> None:
    program = "import os; print(sorted(name for name in os.environ if name.startswith(('IDENTITY', 'MSI', 'AZURE'))))"
    done = run(
        "serve", "--port", "0", "--as", "app-service", "--", sys.executable, "-c", program, env=environment(azure[1])
    )
    assert (done.returncode, done.stdout.strip()) == (0, "['IDENTITY_ENDPOINT', 'IDENTITY_HEADER']")


def test_pybridge_itself_gets_its_token_through_it(azure: tuple[Emulator, str]) -> None:
    for kind, source in (("vm", "vm_extension"), ("app-service", "app_service")):
        command = [sys.executable, "-m", "pybridge", "token", "--json"]
        done = run("serve", "--port", "0", "--as", kind, "--", *command, env=environment(azure[1]))
        assert (done.returncode, done.stderr) == (0, "")
        assert json.loads(done.stdout)["source"] == source


@pytest.mark.parametrize(
    ("arguments", "code", "expected"),
    [
        (["--port", "70000"], 2, "70000 is not a port"),
        (["--port", "0", "--source", "nowhere"], 2, "there is no source named 'nowhere'"),
        (["--port", "0", "--rate", "0"], 2, "0 is not 1 or more"),
        (["--port", "0", "--max-connections", "x"], 2, "--max-connections"),
        (["--port", "0", "--as", "arc"], 2, "invalid choice"),
        (["--port", "0", "--", "no-such-command-here"], 2, "was not found"),
    ],
)
def test_a_command_line_that_cannot_be(arguments: list[str], code: int, expected: str) -> None:
    assert expected in failed(run("serve", *arguments), code)


def test_a_taken_port_is_said_to_be() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        text = failed(run("serve", "--port", str(taken.getsockname()[1])), 2)
    assert "is taken" in text


def test_no_source_at_all_is_an_answer() -> None:
    with process("--port", "0", env=environment()) as started:
        code, answer, _ = fetch(f"{announced(started)['vm_extension']}?resource={ARM}")
    assert (code, answer["error"]) == (503, "no_endpoint")
    assert "Traceback" not in json.dumps(answer)


# --- Sockets from systemd ----------------------------------------------------------------------------------

posix_only = pytest.mark.skipif(os.name == "nt", reason="systemd is on Linux")

#: Becomes `pybridge serve` in a process that has the socket as file descriptor 3, as systemd does it.
ACTIVATE = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1", LISTEN_FDNAMES="x")
os.execv(sys.executable, [sys.executable, "-m", "pybridge", "serve", *sys.argv[2:]])
"""


def activated(listener: socket.socket, *arguments: str) -> list[str]:
    listener.set_inheritable(True)
    return [sys.executable, "-c", ACTIVATE, str(listener.fileno()), *arguments]


@posix_only
def test_a_socket_of_systemd(azure: tuple[Emulator, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port), timeout=GUARD) as early:  # Before anybody serves.
            early.sendall(f"GET {EXTENSION}?resource={ARM} HTTP/1.0\r\nMetadata: true\r\n\r\n".encode())
            with process(env=environment(azure[1]), program=activated(listener)) as started:
                assert announced(started)["vm_extension"] == f"http://127.0.0.1:{port}/oauth2/token"
                assert early.recv(12) == b"HTTP/1.1 200"


@posix_only
def test_a_command_does_not_inherit_what_systemd_said(azure: tuple[Emulator, str]) -> None:
    program = "import os; print([name for name in os.environ if name.startswith('LISTEN')])"
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        process(env=environment(azure[1]), program=activated(listener, "--", sys.executable, "-c", program)) as started,
    ):
        out, err = started.communicate(timeout=GUARD)
    assert (started.returncode, out.strip(), err) == (0, "[]", "")


@posix_only
def test_a_socket_of_systemd_that_is_its_own_source() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with process(env=environment(url), program=activated(listener)) as started:
            out, err = started.communicate(timeout=GUARD)
    assert (started.returncode, out) == (1, "")
    assert "would ask itself" in err


UNITS = CLONE / "examples" / "systemd"


def setting(unit: str, name: str) -> str:
    """The value of a line in one of our units."""
    lines = (UNITS / unit).read_text(encoding="utf-8").splitlines()
    (value,) = (line.partition("=")[2] for line in lines if line.startswith(f"{name}="))
    return value


def test_our_socket_unit_opens_the_extensions_port_to_this_machine_only() -> None:
    assert setting("pybridge.socket", "ListenStream") == f"127.0.0.1:{Options().port}"


@posix_only
def test_what_our_service_unit_starts(azure: tuple[Emulator, str]) -> None:
    program, command, *arguments = setting("pybridge.service", "ExecStart").split()
    assert (program.rpartition("/")[2], command) == ("pybridge", "serve")
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        process(env=environment(azure[1]), program=activated(listener, *arguments)) as started,
    ):
        code, answer, _ = fetch(f"{announced(started)['vm_extension']}?resource={ARM}")
    assert (code, answer["token_type"]) == (200, "Bearer")
    assert azure[0].requests[0].url.startswith(f"{azure[1]}{IMDS}")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not on PATH")
def test_systemd_understands_our_units(tmp_path: Path) -> None:
    for unit in ("pybridge.socket", "pybridge.service"):
        text = (UNITS / unit).read_text(encoding="utf-8").replace("/usr/bin/pybridge", sys.executable)
        (tmp_path / unit).write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, sorted(tmp_path.iterdir()))],
        capture_output=True,
        text=True,
        check=False,
        timeout=GUARD,
    )
    assert not [line for line in done.stderr.splitlines() if "pybridge." in line]


def _everywhere() -> socket.socket:
    return socket.create_server(("", 0))


def _not_listening() -> socket.socket:
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    return bound


def _datagrams() -> socket.socket:
    bound = socket.socket(type=socket.SOCK_DGRAM)
    bound.bind(("127.0.0.1", 0))
    return bound


def _local() -> socket.socket:
    return socket.socket(socket.AF_UNIX)


@posix_only
@pytest.mark.parametrize("make", [_everywhere, _not_listening, _datagrams, _local])
def test_a_socket_that_others_could_reach_is_refused(make: Callable[[], socket.socket]) -> None:
    with make() as given, process(env=environment(), program=activated(given)) as started:
        out, err = started.communicate(timeout=GUARD)
    assert (started.returncode, out) == (2, "")
    assert "file descriptor 3 is not a listening TCP socket on a loopback address" in err


# --- Clients of other makers --------------------------------------------------------------------------------

MSAL = """
import msal, requests
client = msal.ManagedIdentityClient(msal.SystemAssignedManagedIdentity(), http_client=requests.Session())
answer = client.acquire_token_for_client(resource="https://management.azure.com/")
print(answer["token_type"], answer["access_token"].count("."), answer["expires_in"] > 0)
"""
AZURE_IDENTITY = """
from azure.identity import ManagedIdentityCredential
with ManagedIdentityCredential() as credential:
    token = credential.get_token("https://management.azure.com/.default")
print("Bearer", token.token.count("."), token.expires_on > 0)
"""
NOT_FOUND = """
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import ManagedIdentityCredential
try:
    ManagedIdentityCredential(client_id="11111111-2222-3333-4444-555555555555").get_token("https://vault.azure.net/.default")
except ClientAuthenticationError as exc:
    print("refused", "Identity not found" in str(exc))
"""


def _there(module: str) -> bool:
    """Without importing it: what it does to this process is not our tests' business."""
    return (
        importlib.util.find_spec(module.partition(".")[0]) is not None and importlib.util.find_spec(module) is not None
    )


@pytest.mark.parametrize("kind", ["vm", "app-service"])
@pytest.mark.parametrize(
    ("library", "program", "expected"),
    [
        ("msal", MSAL, "Bearer 2 True"),
        ("azure.identity", AZURE_IDENTITY, "Bearer 2 True"),
        ("azure.identity", NOT_FOUND, "refused True"),
    ],
    ids=["msal", "azure-identity", "azure-identity, no such identity"],
)
def test_a_client_of_another_maker(
    azure: tuple[Emulator, str], library: str, program: str, expected: str, kind: str
) -> None:
    if not _there(library):
        pytest.skip(f"{library} is not installed; it is for this test only")
    done = run("serve", "--port", "0", "--as", kind, "--", sys.executable, "-c", program, env=environment(azure[1]))
    assert (done.stdout.strip(), done.returncode) == (expected, 0), done.stderr
    assert "eyJ" not in done.stderr
