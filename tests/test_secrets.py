"""No token where nobody asked for one: not in logs, not in errors or what they carry, not on stderr."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from asking import on_a_port
from support import ARM, GUARD, environment, http, leaks, run, shown, talking, worker

from pybridge import wire
from pybridge.accounts import FirstOf, StaticCredential
from pybridge.arm import ArmClient
from pybridge.backend import Backend, Call
from pybridge.cache import TokenCache
from pybridge.credential import ManagedIdentityCredential
from pybridge.emulator import Emulator
from pybridge.emulator.server import serve
from pybridge.errors import PyBridgeError
from pybridge.models import HttpRequest
from pybridge.operations import OPERATIONS
from pybridge.resources import Session
from pybridge.transport import HttpsTransport, MetadataTransport

EXTENSION, IMDS = "/oauth2/token", "/metadata"
SECRET = "hush-this-is-the-endpoint-secret"


class Stage:
    """A caller of everything over HTTP, who writes down all that can be seen of what came back."""

    def __init__(self, emulator: Emulator, url: str) -> None:
        self.emulator = emulator
        self.url = url
        self.environ = environment(url)
        self.https = HttpsTransport()
        self.seen: list[str] = []
        self.tokens: set[str] = {SECRET}

    def credential(self, **options: str) -> ManagedIdentityCredential:
        """One that has no token yet."""
        return ManagedIdentityCredential(
            environ=self.environ,
            sleep=lambda _: None,
            tokens=TokenCache(),
            **options,  # type: ignore[arg-type]
        )

    def arm(self, token: str | None = None) -> ArmClient:
        credential = self.credential() if token is None else StaticCredential(token, clock=lambda: 0)
        return ArmClient(credential, transport=self.https, environ=self.environ, sleep=lambda _: None)

    def note(self, act: Callable[[], object]) -> None:
        try:
            value = act()
        except PyBridgeError as error:
            self.seen += shown(error)
        else:
            self.seen.append(f"{value!s} {value!r}")

    def collect(self) -> None:
        """The tokens that went over the line."""
        for request in self.emulator.requests:
            scheme, _, token = request.headers.get("Authorization", "").partition(" ")
            if scheme == "Bearer":
                self.tokens.add(token)


@pytest.fixture
def stage() -> Iterator[Stage]:
    emulator = Emulator()
    with serve(emulator) as server:
        made = Stage(emulator, server.url)
        yield made
        made.https.close()


def test_nothing_shows_a_token(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    emulator = stage.emulator
    out, err = io.StringIO(), io.StringIO()
    forged, expired = emulator.mint(key=b"forged"), emulator.mint(expires_in=-60)
    wrong = emulator.mint(resource="https://vault.azure.net")
    stage.tokens |= {forged, expired, wrong}

    def faulty(route: str, act: Callable[[], object], **fault: object) -> None:
        emulator.fail(route, times=None, **fault)  # type: ignore[arg-type]
        stage.note(act)
        emulator.clear_faults()

    with redirect_stdout(out), redirect_stderr(err):
        token = stage.credential().get_token(ARM)
        stage.tokens.add(token.token)
        stage.note(lambda: token)
        stage.note(
            lambda: [stage.credential(secret=SECRET), StaticCredential(token.token), FirstOf(StaticCredential(forged))]
        )
        stage.note(lambda: list(stage.arm().subscriptions()))
        stage.note(lambda: stage.arm().virtual_machine("myResourceGroup", "myVM"))
        stage.note(lambda: stage.arm().virtual_machine("otherResourceGroup", "otherVM"))
        stage.note(lambda: stage.arm().virtual_machine("myResourceGroup", "nobody"))
        for bad in (forged, expired, wrong):
            stage.note(partial(list, stage.arm(bad).subscriptions()))
        stage.note(lambda: StaticCredential(expired, clock=lambda: 2e9).get_token(ARM))
        stage.note(lambda: StaticCredential(f"{forged}\n"))
        for status in (400, 401, 404, 429, 500):
            faulty(IMDS, lambda: stage.credential(source="imds").get_token(ARM), status=status)
            faulty("/subscriptions", lambda: list(stage.arm().subscriptions()), status=status)
        for route, act in (
            (EXTENSION, lambda: stage.credential(source="vm_extension", secret=SECRET).get_token(ARM)),
            ("/subscriptions", lambda: list(stage.arm().subscriptions())),
        ):
            faulty(route, act, garbage=True)
            faulty(route, act, drop=True)
    stage.collect()
    assert len(stage.tokens) > 10
    assert leaks(stage.tokens, *stage.seen, caplog.text, out.getvalue(), err.getvalue()) == []
    assert any("/subscriptions" in record.getMessage() for record in caplog.records)


@pytest.mark.parametrize(
    "body",
    [
        b'{"access_token": "%s", "expires_on": "never"}',
        b'{"access_token": "%s", "expires_on": "5"',
        b'["%s"]',
        b'{"access_token": "%s\\n", "expires_on": "5"}',
    ],
)
@pytest.mark.parametrize("cut", ["", "announced", "chunked"])
def test_an_odd_answer_is_not_quoted(body: bytes, cut: str) -> None:
    token = Emulator().mint(claims={"exp": None})
    sent = body % token.encode()
    if cut == "chunked":
        said = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s" % (len(sent) + 10, sent)
    else:
        said = http("200 OK", sent)[: -10 if cut else None]
    with talking(said) as server:
        stage = Stage(Emulator(), server.url)
        stage.note(lambda: stage.credential(source="imds").get_token(ARM))
        request = HttpRequest("GET", server.url, {"Secret": f"{SECRET}\n"}, timeout=GUARD)
        stage.note(lambda: MetadataTransport().send(request))
        stage.https.close()
    assert "Error" in stage.seen[0]
    assert leaks({token, SECRET}, *stage.seen) == []


def test_a_link_to_another_host_does_not_get_the_token(stage: Stage) -> None:
    with talking(http("200 OK", b"{}")) as other:
        body = json.dumps({"value": [], "nextLink": f"{other.url}/subscriptions"}).encode()
        with talking(http("200 OK", body)) as arm:
            token = stage.emulator.mint()
            client = ArmClient(
                StaticCredential(token), transport=stage.https, environ={"PYBRIDGE_ARM_ENDPOINT": arm.url}
            )
            stage.note(lambda: list(client.subscriptions()))
        assert other.received == []
        assert token.encode() in arm.received[0]
    assert leaks({token}, *stage.seen) == []


def test_operations_show_no_token(stage: Stage) -> None:
    backend = Backend(arm=stage.https, environ=stage.environ)
    warnings: list[str] = []

    class Noting(Call):
        def warn(self, message: str) -> None:
            warnings.append(message)

    call = Noting(backend)
    token = stage.emulator.mint()
    stage.tokens |= {token, forged := stage.emulator.mint(key=b"forged")}
    connect = partial(OPERATIONS["connect_account"].function, session=Session())
    profile = connect(call, parameter_set="AccessTokenWithSubscriptionId", access_token=token, account_id="me")
    stage.note(lambda: profile)
    stage.note(lambda: call.arm(profile.context))
    stage.note(
        lambda: connect(call, parameter_set="AccessTokenWithSubscriptionId", access_token=forged, account_id="me")
    )
    stage.note(lambda: connect(call, parameter_set="ManagedServiceLogin", identity=True, managed_service_secret=SECRET))
    session = Session((profile.context,), profile.context.name)
    stage.note(lambda: session)
    stage.note(lambda: OPERATIONS["disconnect_account"].function(call, session=session))
    stage.note(lambda: wire.encode(OPERATIONS["disconnect_account"].function(call, session=session)))
    stage.collect()
    assert leaks(stage.tokens, *stage.seen, *warnings) == []


def test_processes_print_a_token_only_where_it_was_asked_for(stage: Stage) -> None:
    env = stage.environ
    asked = run("token", env=env)
    stage.tokens.add(asked.stdout.strip())
    shown = [asked.stderr]
    for arguments in (
        ["vm", "myResourceGroup", "myVM"],
        ["vm", "--json", "myResourceGroup", "myVM"],
        ["vm", "otherResourceGroup", "otherVM"],
        ["token", "vault"],
    ):
        done = run(*arguments, env=env)
        shown += [done.stdout, done.stderr]
    forged = stage.emulator.mint(key=b"forged")
    stage.tokens.add(forged)
    with worker(env) as process:
        arguments_ = {"session": None, "parameter_set": "AccessTokenWithSubscriptionId", "account_id": "me"}
        shown.append(json.dumps(process.call("connect_account", access_token=forged, **arguments_)))
        shown.append(json.dumps(process.call("get_token", resource="vault")))
        shown.append(process.end()[1])
    stage.collect()
    assert len(stage.tokens) > 3
    assert leaks(stage.tokens, *shown) == []


GUARDED = ["app-service", "app-service-2017", "azure-ml", "hybrid-worker", "arc", "service-fabric", "workload-identity"]


def proofs(emulator: Emulator, environ: dict[str, str]) -> set[str]:
    """What programs in that hosting environment prove themselves with: secrets, keys, the cluster's token."""
    found = {environ.get(name, "") for name in ("IDENTITY_HEADER", "MSI_SECRET")}
    if "AZURE_FEDERATED_TOKEN_FILE" in environ:
        found.add(Path(environ["AZURE_FEDERATED_TOKEN_FILE"]).read_text())
    for request in emulator.requests:
        found.add(request.headers.get("Authorization", "").removeprefix("Basic "))
        found |= set(parse_qs(request.body.decode()).get("client_assertion", []))
    return found - {""}


@pytest.mark.parametrize("hosting", GUARDED)
def test_no_source_shows_what_it_proves_itself_with(hosting: str) -> None:
    with on_a_port(hosting) as (emulator, variables):
        env = {**environment(), **variables}
        asked = run("token", env=env)
        assert asked.returncode == 0, asked.stderr
        said = [asked.stderr]
        with worker(env) as process:
            assert "result" in process.call("get_token", resource=ARM)
            emulator.fail("/", garbage=True, times=None)
            said.append(json.dumps(process.call("get_token", resource="https://vault.azure.net")))
            said.append(json.dumps(process.call("connect_account", parameter_set="ManagedServiceLogin", identity=True)))
            said.append(process.end()[1])
        failed = run("token", "https://vault.azure.net", env=env)
        assert failed.returncode != 0
        said += [failed.stdout, failed.stderr]
        secrets = proofs(emulator, variables)
    assert secrets
    assert leaks({*secrets, asked.stdout.strip()}, *said) == []


@pytest.mark.parametrize("hosting", [name for name in GUARDED if name not in ("arc", "service-fabric")])
def test_an_endpoint_that_repeats_it_does_not_make_us_repeat_it(hosting: str) -> None:
    with on_a_port(hosting) as (emulator, variables):
        secret = next(iter(proofs(emulator, variables)))
        words = json.dumps({"error": "invalid", "error_description": f"Not the right one: {secret}"}).encode()
        with talking(http("400 Bad Request", words)) as server:
            environ = emulator.variables(hosting, server.url)
            with (
                ManagedIdentityCredential(environ=environ) as identity,
                pytest.raises(PyBridgeError, match="Not the right one: <") as caught,
            ):
                identity.get_token(ARM)
        assert secret.encode() in server.received[0]
    assert leaks({secret}, *shown(caught.value)) == []
