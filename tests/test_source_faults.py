"""Every source, and everything that can go wrong with it: which error, asked again or not, and no secret anywhere.

In process nobody waits: the clock moves when somebody sleeps. What needs a socket has one, and waits for a tenth of a
second at most.
"""

from __future__ import annotations

import logging
import re
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.parse import parse_qs

import pytest
from asking import on_a_port
from support import ARM, GUARD, Clock, Talker, answer, closed_port, credential, hold, leaks, reset, shown, talking

from pybridge.credential import ManagedIdentityCredential
from pybridge.emulator import Emulator
from pybridge.emulator.faults import Fault
from pybridge.emulator.hosting import HOSTINGS
from pybridge.errors import (
    CutOffError,
    MalformedError,
    NoEndpointError,
    PyBridgeError,
    RefusedError,
    TimedOutError,
    TokenRejectedError,
    TokenThrottledError,
)
from pybridge.models import HttpRequest, HttpResponse, Transport
from pybridge.transport import HttpsTransport, MetadataTransport

HOSTS = [name for name in HOSTINGS if name != "vm"]
DEADLINE = 90
IN_PROCESS = "http://127.0.0.1:4711"

#: How long each waits before it asks again; a random quarter is added.
PATIENCE = {
    "imds": (1, 2, 4, 8, 16, 30),
    **dict.fromkeys(("app-service", "app-service-2017", "azure-ml", "hybrid-worker"), (1, 2, 4)),
}
USUAL = (1, 2, 4, 8, 16)


#: Nothing tells of these two, so a test over sockets names them: or else the other one is asked too, this machine's.
NAMED = {"imds": "imds", "vm-extension": "vm_extension"}
#: Where answers that are late or cut off are forgiven: nobody knows whether the VM extension is there at all.
FORGIVING = tuple(name for name in HOSTS if name != "vm-extension")
LOSSES = 3


def planned(hosting: str) -> tuple[float, ...]:
    return PATIENCE.get(hosting, USUAL)


def planned_for_losses(hosting: str) -> tuple[float, ...]:
    return planned(hosting)[:LOSSES] if hosting in FORGIVING else ()


# --- who watches -------------------------------------------------------------------------------------


class Watch:
    """A transport that writes down every secret that passes, and what can be seen of the requests."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner
        self.secrets: set[str] = set()
        self.seen: list[str] = []
        self.sent = 0

    def send(self, request: HttpRequest) -> HttpResponse:
        self.sent += 1
        self.secrets |= secrets_of(request)
        self.seen.append(f"{request!r} {request!s}")
        response = self._inner.send(request)
        self.secrets |= tokens_of(response)
        self.seen.append(f"{response!r} {response!s}")
        return response


def secrets_of(request: HttpRequest) -> set[str]:
    """What of a request must not be told."""
    told = {name.lower(): value for name, value in request.headers.items()}
    found = {told.get(name, "") for name in ("secret", "x-identity-header")}
    found |= {told.get("authorization", "").removeprefix("Basic ")}
    found |= set(parse_qs(request.body.decode("ascii")).get("client_assertion", []))
    return found - {""}


def tokens_of(response: HttpResponse) -> set[str]:
    """The token in an answer, or what is left of it."""
    if len(response.body) > 1 << 20:
        return set()
    return {match.decode("ascii", "replace") for match in re.findall(rb'"access_token": ?"([^"\\]+)', response.body)}


@pytest.fixture
def nothing_leaks(caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> Callable[..., None]:
    """Looks for secrets in all that could be seen up to now."""
    caplog.set_level(logging.DEBUG)

    def look(secrets: set[str], *texts: str) -> None:
        out, err = capsys.readouterr()
        texts = (*texts, caplog.text, out, err)
        assert leaks(secrets, *texts) == []
        assert not any("eyJ" in text for text in texts)  # how every token begins, those of the emulator too

    return look


def advancing(clock: Clock) -> Callable[[float], None]:
    """Waiting that is not a sleep of the credential's."""

    def advance(seconds: float) -> None:
        clock.now += seconds

    return advance


class Stage:
    """An emulator in a hosting environment, and a credential whose clock moves when it sleeps."""

    def __init__(self, hosting: str) -> None:
        self.clock = Clock()
        self.emulator = Emulator(hosting=hosting, clock=self.clock, sleep=advancing(self.clock))
        self.watch = Watch(self.emulator)
        self.steps = 2 if hosting == "arc" else 1
        self.identity = ManagedIdentityCredential(
            transport=self.watch,
            environ=self.emulator.variables(hosting, IN_PROCESS),
            clock=self.clock,
            monotonic=self.clock,
            sleep=self.clock.sleep,
        )

    def fail(self, *, times: int | None, step: int | None = None, **fault: Any) -> None:
        """Let that step of getting a token go wrong: the last one, or Azure Arc's challenge, 0."""
        if times is None and self.steps == 2 and step is None:
            for number in range(10):  # each sees the challenges that come before its own request
                self.emulator.add_fault(Fault("/", skip=number + 1, **fault))
        else:
            skip = self.steps - 1 if step is None else step
            self.emulator.add_fault(Fault("/", skip=skip, times=times, **fault))

    @property
    def attempts(self) -> int:
        return -(-self.watch.sent // self.steps)

    def failure(self) -> PyBridgeError:
        """Ask for a token, in vain."""
        with pytest.raises(PyBridgeError) as caught:
            self.identity.get_token(ARM)
        return caught.value


@pytest.fixture
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    made = Stage(request.param)
    yield made
    made.emulator.close()


everywhere = pytest.mark.parametrize(
    ("stage", "hosting"), [(name, name) for name in HOSTS], indirect=["stage"], ids=HOSTS
)


def waited(slept: list[float], plan: tuple[float, ...]) -> bool:
    """Whether these sleeps are the first of the plan, with a quarter of chance."""
    return all(wait <= each <= wait * 1.25 for each, wait in zip(slept, plan, strict=False)) and len(slept) <= len(plan)


# --- the table ---------------------------------------------------------------------------------------


class Row(NamedTuple):
    """One fault.

    Attributes:
        fault: As the emulator is told it.
        error: What it ends in if it stays; None for a token.
        again: Whether it is worth asking again.
        only: Where that is so; the others get `otherwise`, at once.
    """

    fault: Mapping[str, Any]
    error: type[PyBridgeError] | None
    again: bool = False
    only: tuple[str, ...] = ()
    otherwise: type[PyBridgeError] = TokenRejectedError

    def expected(self, hosting: str) -> tuple[type[PyBridgeError] | None, bool]:
        if self.only and hosting not in self.only:
            return self.otherwise, False
        return self.error, self.again


TABLE: dict[str, Row] = {
    "400": Row({"status": 400}, TokenRejectedError),
    "401": Row({"status": 401}, TokenRejectedError),
    "403": Row({"status": 403}, TokenRejectedError),
    "404": Row({"status": 404}, TokenThrottledError, again=True, only=("imds",)),
    "410": Row({"status": 410}, TokenThrottledError, again=True, only=("imds",)),
    "429": Row({"status": 429}, TokenThrottledError, again=True),
    "500": Row({"status": 500}, TokenThrottledError, again=True),
    "503": Row({"status": 503}, TokenThrottledError, again=True),
    "502 with a page": Row({"status": 502, "body": "html"}, TokenThrottledError, again=True),
    "503 without words": Row({"status": 503, "body": "empty"}, TokenThrottledError, again=True),
    "400 with a page": Row({"status": 400, "body": "html"}, TokenRejectedError),
    "400 without words": Row({"status": 400, "body": "empty"}, TokenRejectedError),
    "400 cut short": Row({"status": 400, "body": "truncated"}, TokenRejectedError),
    "no answer in time": Row({"stall": True}, TimedOutError, again=True, only=FORGIVING, otherwise=TimedOutError),
    "a late answer": Row({"delay": 29.0}, None),
    "an answer that is too late": Row(
        {"delay": 31.0}, TimedOutError, again=True, only=FORGIVING, otherwise=TimedOutError
    ),
    "half of the JSON": Row({"body": "truncated"}, MalformedError),
    "a page": Row({"body": "html"}, MalformedError),
    "nothing": Row({"body": "empty"}, MalformedError),
    "a wrong content type": Row({"body": "wrong-type"}, None),
    "no token": Row({"body": "no-token"}, MalformedError),
    "no expiry": Row({"body": "no-expiry"}, MalformedError),
    "an absurd expiry": Row({"body": "absurd-expiry"}, MalformedError),
    "control characters": Row({"body": "control-characters"}, MalformedError),
}


@pytest.mark.parametrize("what", TABLE)
@everywhere
def test_a_fault_that_stays(stage: Stage, hosting: str, what: str, nothing_leaks: Callable[..., None]) -> None:
    error, again = TABLE[what].expected(hosting)
    stage.fail(times=None, **TABLE[what].fault)
    seen = stage.watch.seen
    if error is None:
        token = stage.identity.get_token(ARM)
        assert token.token in stage.watch.secrets
        seen = [*seen, repr(token)]
    else:
        failed = stage.failure()
        assert type(failed) is error
        assert failed.remedy
        seen = [*seen, *shown(failed)]
    attempts, plan = stage.attempts, planned(hosting)
    assert waited(stage.clock.slept, plan)
    assert attempts == len(stage.clock.slept) + 1
    assert attempts > 1 if again else attempts == 1
    assert stage.clock.now - Clock().now <= DEADLINE
    if again and error is TokenThrottledError and what != "410":
        assert attempts == len(plan) + 1  # nothing else ended it
    nothing_leaks(stage.watch.secrets, *seen, repr(stage.identity), str(stage.identity))


@pytest.mark.parametrize("what", [what for what, row in TABLE.items() if row.error is not None])
@everywhere
def test_a_fault_that_passes(stage: Stage, hosting: str, what: str) -> None:
    error, again = TABLE[what].expected(hosting)
    stage.fail(times=1, **TABLE[what].fault)
    if again:
        assert stage.identity.get_token(ARM).token
        assert (stage.attempts, len(stage.clock.slept)) == (2, 1)
        assert 1 <= stage.clock.slept[0] <= 1.25
    else:
        assert type(stage.failure()) is error
        assert stage.clock.slept == []
        assert stage.identity.get_token(ARM).token  # an error is not kept


@pytest.mark.parametrize("status", [429, 503])
@everywhere
def test_retry_after_is_heeded(stage: Stage, hosting: str, status: int) -> None:
    stage.fail(times=1, status=status, retry_after="7")
    assert stage.identity.get_token(ARM).token
    assert stage.clock.slept == [7]


@everywhere
def test_a_wait_past_the_deadline_is_not_begun(stage: Stage, hosting: str) -> None:
    stage.fail(times=1, status=429, retry_after="91")
    failed = stage.failure()
    assert isinstance(failed, TokenThrottledError)
    assert failed.details == {**failed.details, "status": 429, "retry_after": "91"}
    assert stage.clock.slept == []


def test_imds_may_be_gone_for_70_seconds() -> None:
    stage = Stage("imds")
    stage.fail(times=None, status=410)
    assert type(stage.failure()) is TokenThrottledError
    assert 30 < sum(stage.clock.slept) <= 70


# --- the first half of Azure Arc's conversation ------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "error", "again"),
    [
        ({"status": 400}, TokenRejectedError, False),
        ({"status": 401}, MalformedError, False),  # it names no key file
        ({"status": 403}, TokenRejectedError, False),
        ({"status": 404}, TokenRejectedError, False),
        ({"status": 200}, MalformedError, False),
        ({"status": 429}, TokenThrottledError, True),
        ({"status": 503}, TokenThrottledError, True),
        ({"stall": True}, TimedOutError, True),
        ({"body": "html"}, MalformedError, False),
        ({"body": "redirect"}, TokenRejectedError, False),
        ({"garbage": True}, MalformedError, False),
    ],
)
def test_a_challenge_that_goes_wrong(
    fault: dict[str, Any], error: type[PyBridgeError], again: bool, nothing_leaks: Callable[..., None]
) -> None:
    stage = Stage("arc")
    stage.fail(times=1, step=0, **fault)
    if again:
        assert stage.identity.get_token(ARM).source == "arc"
        assert len(stage.clock.slept) == 1
    else:
        failed = stage.failure()
        assert type(failed) is error
        assert (stage.watch.sent, stage.clock.slept) == (1, [])
        nothing_leaks(stage.watch.secrets, *shown(failed))
    stage.emulator.close()


@pytest.mark.parametrize("body", ["empty", "wrong-type", "truncated"])
def test_a_challenge_is_its_header_alone(body: str) -> None:
    stage = Stage("arc")
    stage.fail(times=1, step=0, body=body)
    assert stage.identity.get_token(ARM).source == "arc"
    stage.emulator.close()


def test_each_attempt_answers_a_challenge_of_its_own(nothing_leaks: Callable[..., None]) -> None:
    stage = Stage("arc")
    stage.fail(times=1, status=503)
    assert stage.identity.get_token(ARM).source == "arc"
    keys = [request.headers.get("Authorization") for request in stage.emulator.requests]
    assert (keys[0], keys[2]) == (None, None)
    assert None not in (keys[1], keys[3])
    assert keys[1] != keys[3]
    nothing_leaks(stage.watch.secrets, *stage.watch.seen)
    stage.emulator.close()


# --- over real sockets -------------------------------------------------------------------------------


class Hurried:
    """The real doors, with one request that is given little time.

    Args:
        number: Which one, from 0.
    """

    def __init__(self, door: Transport, number: int, seconds: float = 0.1) -> None:
        self._door = door
        self._number = number
        self._seconds = seconds
        self._sent = 0

    def send(self, request: HttpRequest) -> HttpResponse:
        hurry = self._sent == self._number
        self._sent += 1
        return self._door.send(request._replace(timeout=self._seconds if hurry else GUARD))


@contextmanager
def door_for(hosting: str) -> Iterator[Transport]:
    """The door that the credential takes to this source."""
    if hosting != "workload-identity":
        yield MetadataTransport()
        return
    door = HttpsTransport(max_body=1 << 20)
    yield door
    door.close()


@contextmanager
def breaking(
    hosting: str, end: Callable[[socket.socket], None], *, part: float, times: int
) -> Iterator[tuple[Emulator, dict[str, str]]]:
    """The emulator, but so many answers with a token come in part, and then this."""
    emulator = Emulator(hosting=hosting)
    broken = 0

    def talk(connection: socket.socket) -> None:
        nonlocal broken
        response = emulator.send(request_of(server.received[-1], server.url))
        lines = [f"HTTP/1.1 {response.status} X", "Connection: close", f"Content-Length: {len(response.body)}"]
        lines += [f"{name}: {value}" for name, value in response.headers.items()]
        said = "\r\n".join([*lines, "", ""]).encode() + response.body
        if response.status == 200 and broken < times:
            broken += 1
            connection.sendall(said[: len(said) - int(len(response.body) * (1 - part))] if part else b"")
            end(connection)
        else:
            connection.sendall(said)

    tls = emulator.tls_context() if hosting == "service-fabric" else None
    server: Talker
    with talking(talk, tls=tls) as server:
        yield emulator, emulator.variables(hosting, f"http://127.0.0.1:{server.port}")
    emulator.close()


def request_of(said: bytes, origin: str) -> HttpRequest:
    head, _, body = said.partition(b"\r\n\r\n")
    first, *lines = head.decode("ascii").split("\r\n")
    method, path, _ = first.split(" ")
    headers = dict(line.split(": ", 1) for line in lines)
    return HttpRequest(method, f"{origin}{path}", headers, body)


def close(connection: socket.socket) -> None:
    """The end comes early."""


def seen_by(emulator: Emulator) -> set[str]:
    """The secrets that reached it."""
    return {secret for request in emulator.requests for secret in secrets_of(request)}


def asked(
    hosting: str, door: Transport | None, environ: Mapping[str, str], clock: Clock, **options: Any
) -> ManagedIdentityCredential:
    """The credential of a program there; without a door it takes its own."""
    return ManagedIdentityCredential(
        source=NAMED.get(hosting), transport=door, environ=environ, monotonic=clock, sleep=clock.sleep, **options
    )


@pytest.mark.parametrize("part", [0, 0.5])
@pytest.mark.parametrize("end", [reset, close])
@pytest.mark.parametrize("hosting", HOSTS)
def test_an_answer_that_is_cut_off(
    hosting: str, end: Callable[[socket.socket], None], part: float, nothing_leaks: Callable[..., None]
) -> None:
    clock = Clock()
    with breaking(hosting, end, part=part, times=99) as (emulator, environ), door_for(hosting) as door:
        with pytest.raises(CutOffError if hosting not in NAMED else NoEndpointError) as caught:
            asked(hosting, door, environ, clock).get_token(ARM)
        plan = planned_for_losses(hosting)
        assert waited(clock.slept, plan)
        assert len(clock.slept) == len(plan)
        assert caught.value.remedy
        nothing_leaks(seen_by(emulator), *shown(caught.value))


@pytest.mark.parametrize(("end", "part"), [(reset, 0), (reset, 0.5), (close, 0), (close, 0.5), (hold, 0), (hold, 0.5)])
@pytest.mark.parametrize("hosting", FORGIVING)
def test_is_asked_for_once_more(hosting: str, end: Callable[[socket.socket], None], part: float) -> None:
    clock = Clock()
    with breaking(hosting, end, part=part, times=1) as (_, environ), door_for(hosting) as door:
        if end is hold:
            door = Hurried(door, 1 if hosting == "arc" else 0)
        assert asked(hosting, door, environ, clock).get_token(ARM).token
    assert len(clock.slept) == 1
    assert 1 <= clock.slept[0] <= 1.25


@pytest.mark.parametrize("part", [0, 0.5])
@pytest.mark.parametrize("hosting", HOSTS)
def test_an_answer_that_does_not_come_in_time(hosting: str, part: float, nothing_leaks: Callable[..., None]) -> None:
    clock = Clock()
    with breaking(hosting, hold, part=part, times=99) as (emulator, environ), door_for(hosting) as door:
        door = Hurried(door, 1 if hosting == "arc" else 0)
        with pytest.raises(TimedOutError) as caught:
            asked(hosting, door, environ, clock, deadline=0.5).get_token(ARM)
        assert clock.slept == []  # a second's wait would pass the deadline
        assert caught.value.remedy
        nothing_leaks(seen_by(emulator), *shown(caught.value))


@pytest.mark.parametrize("hosting", HOSTS)
def test_a_body_of_100_mb_is_cut_off(hosting: str, nothing_leaks: Callable[..., None]) -> None:
    poured = 0

    def flood(connection: socket.socket) -> None:
        nonlocal poured
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n")
        for _ in range(1600):
            connection.sendall(bytes(65536))
            poured += 65536

    clock = Clock()
    with breaking(hosting, flood, part=0, times=99) as (emulator, environ):
        # The door is the credential's own: its limit counts.
        with (
            asked(hosting, None, environ, clock) as identity,
            pytest.raises(MalformedError, match="1048576 bytes") as caught,
        ):
            identity.get_token(ARM)
        nothing_leaks(seen_by(emulator), *shown(caught.value))
    assert clock.slept == []
    assert poured < 50 << 20  # what the system's buffers hold, at most


@pytest.mark.parametrize(
    ("hosting", "body", "words"),
    [
        *[(hosting, "redirect", "never followed") for hosting in HOSTS],
        *[(hosting, "huge", "more than 1048576 bytes") for hosting in ("imds", "workload-identity")],
    ],
)
def test_an_answer_that_leads_elsewhere_or_nowhere(
    hosting: str, body: str, words: str, nothing_leaks: Callable[..., None]
) -> None:
    clock = Clock()
    with on_a_port(hosting) as (emulator, environ):
        emulator.fail("/", body=body, skip=1 if hosting == "arc" else 0)
        with asked(hosting, None, environ, clock) as identity, pytest.raises(MalformedError, match=words) as caught:
            identity.get_token(ARM)
        assert clock.slept == []
        assert len(emulator.requests) == (2 if hosting == "arc" else 1)
        nothing_leaks(seen_by(emulator), *shown(caught.value))


@pytest.mark.parametrize("hosting", HOSTS)
def test_nobody_there(hosting: str, nothing_leaks: Callable[..., None]) -> None:
    clock, emulator = Clock(), Emulator(hosting=hosting)
    with closed_port() as port, door_for(hosting) as door:
        environ = emulator.variables(hosting, f"http://127.0.0.1:{port}")
        with pytest.raises(RefusedError if hosting not in NAMED else NoEndpointError) as caught:
            asked(hosting, door, environ, clock).get_token(ARM)
    assert "nothing listens there" in caught.value.message
    assert caught.value.remedy
    assert clock.slept == []
    secrets = {value for name, value in environ.items() if name.endswith(("HEADER", "SECRET"))}
    nothing_leaks(secrets, *shown(caught.value))
    emulator.close()


def test_a_body_with_a_page_of_docker_desktops_is_no_endpoint() -> None:
    class Desktop:
        def send(self, request: HttpRequest) -> HttpResponse:
            if "169.254.169.254" in request.url:
                return HttpResponse(403, {}, b"connecting to 169.254.169.254:80: unreachable network")
            raise RefusedError("nothing listens there")

    clock = Clock()
    with pytest.raises(NoEndpointError, match="Docker Desktop") as caught:
        ManagedIdentityCredential(transport=Desktop(), environ={}, sleep=clock.sleep).get_token(ARM)
    assert "There is no IMDS behind Docker Desktop" in (caught.value.remedy or "")
    assert clock.slept == []


# --- what the emulator cannot say --------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields",
    [
        {"expires_in": -1},
        {"expires_in": "soon"},
        {"expires_in": 1e400},
        {"expires_on": 4_102_444_800},
        {"expires_on": "1"},
        {"expires_on": "13/13/2024 5:24:12 AM +00:00"},
        {"expires_on": {"seconds": 5}},
    ],
)
@everywhere
def test_an_expiry_that_cannot_be(
    stage: Stage, hosting: str, fields: dict[str, Any], nothing_leaks: Callable[..., None]
) -> None:
    secret = "an-opaque-token-that-nobody-should-see"
    told = answer(200, {"access_token": secret, **fields})
    truth = stage.emulator.send

    class Odd:
        def send(self, request: HttpRequest) -> HttpResponse:
            response = truth(request)
            return told if response.status == 200 else response

    environ = stage.emulator.variables(hosting, IN_PROCESS)
    odd: Any = Odd()
    with pytest.raises(MalformedError) as caught:
        credential(odd, environ=environ, clock=stage.clock, sleep=stage.clock.sleep).get_token(ARM)
    assert stage.clock.slept == []
    nothing_leaks({secret}, *shown(caught.value))
