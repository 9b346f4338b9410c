"""The token cache as credentials share it: fresh, stale, expired; one request for all who want one token."""

from __future__ import annotations

import os
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from support import ARM, GUARD, Clock, Script, answer, jwt

from pybridge import cache
from pybridge.cache import SHARED, TokenCache
from pybridge.credential import ManagedIdentityCredential
from pybridge.emulator import Emulator
from pybridge.emulator.server import serve
from pybridge.errors import (
    CancelledError,
    MalformedError,
    PyBridgeError,
    TimedOutError,
    TokenRejectedError,
    TokenThrottledError,
    UnreachableError,
    UsageError,
)
from pybridge.models import AccessToken, HttpRequest, HttpResponse

VAULT = "https://vault.azure.net"
DAY = 86_400


def lasting(seconds: float, clock: Clock, token: str = "abc") -> HttpResponse:
    """An answer with a token that lasts for so many seconds from now."""
    return answer(200, {"access_token": token, "expires_on": str(int(clock.now + seconds))})


def made(transport: object, clock: Clock, **options: Any) -> ManagedIdentityCredential:
    return ManagedIdentityCredential(
        transport=transport,  # type: ignore[arg-type]
        **{"environ": {}, "clock": clock, "monotonic": clock, "sleep": clock.sleep, **options},
    )


def settle() -> None:
    """Wait for refreshes in the background."""
    for thread in threading.enumerate():
        if thread.name == "pybridge-refresh":
            thread.join(GUARD)
            assert not thread.is_alive()


def together(count: int, work: Callable[[], Any]) -> list[Any]:
    """What `work` gives, or the error that it raises, in so many threads that start at once."""
    start = threading.Barrier(count)

    def one(_: int) -> Any:
        start.wait(GUARD)
        try:
            return work()
        except PyBridgeError as error:
            return error

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


class Gate:
    """A transport that holds each request until it is opened, and counts those inside."""

    def __init__(self, *answers: HttpResponse | Exception) -> None:
        self.script = Script(*answers)
        self.opened = threading.Event()
        self.arrived = threading.Semaphore(0)
        self.inside = self.most = 0
        self._lock = threading.Lock()

    def send(self, request: HttpRequest) -> HttpResponse:
        with self._lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        self.arrived.release()
        assert self.opened.wait(GUARD)
        with self._lock:
            self.inside -= 1
            return self.script.send(request)


# --- fresh, stale, expired ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lifetime", "fresh_for"), [(DAY, DAY / 2), (7200, 3600), (7199, 6899), (3600, 3300), (600, 300)]
)
def test_a_token_is_fresh_for_half_its_life_or_until_its_last_5_minutes(lifetime: int, fresh_for: float) -> None:
    clock = Clock()
    script = Script(lasting(lifetime, clock, "old"), lasting(2 * DAY, clock, "new"))
    identity = made(script, clock)
    identity.get_token(ARM)
    clock.now += fresh_for - 1
    assert identity.get_token(ARM).token == "old"
    settle()
    assert len(script.requests) == 1
    clock.now += 1
    assert identity.get_token(ARM).token == "old"  # stale: at once, and renewed behind the caller's back
    settle()
    assert len(script.requests) == 2
    assert identity.get_token(ARM).token == "new"


@pytest.mark.parametrize(("left", "answered"), [(30, "old"), (29, "new"), (0, "new"), (-3600, "new")])
def test_a_token_that_may_expire_on_its_way_is_not_handed_out(left: int, answered: str) -> None:
    clock = Clock()
    script = Script(lasting(600, clock, "old"), lasting(2 * DAY, clock, "new"))
    identity = made(script, clock)
    identity.get_token(ARM)
    clock.now += 600 - left
    assert identity.get_token(ARM).token == answered
    settle()
    assert len(script.requests) == 2


@pytest.mark.parametrize(("min_ttl", "asked"), [(500, 1), (501, 2)])
def test_a_caller_may_want_a_token_to_last(min_ttl: float, asked: int) -> None:
    clock = Clock()
    script = Script(lasting(1000, clock, "old"), lasting(2 * DAY, clock, "new"))
    identity = made(script, clock)
    identity.get_token(ARM)
    clock.now += 500
    assert identity.get_token(ARM, min_ttl=min_ttl).token == ("old", "new")[asked - 1]
    assert len(script.requests) == asked


def test_many_who_find_a_token_stale_make_one_request_and_do_not_wait_for_it() -> None:
    clock = Clock()
    gate = Gate(lasting(DAY, clock, "new"))
    identity = made(gate, clock)
    SHARED.fetch(
        identity._question(ARM, lambda: GUARD).key,
        lambda: cache.Entry.made(AccessToken("old", 0, ARM), 200, clock(), clock()),
        lambda entry: True,
    )
    assert {token.token for token in together(8, lambda: identity.get_token(ARM))} == {"old"}
    assert gate.arrived.acquire(timeout=GUARD)
    gate.opened.set()
    settle()
    assert len(gate.script.requests) == 1
    assert identity.get_token(ARM).token == "new"


def test_a_failed_refresh_fails_nobody_and_is_tried_again_after_a_pause() -> None:
    clock = Clock()
    refused = answer(400, {"error": "x"})
    script = Script(lasting(600, clock, "old"), refused, refused, lasting(DAY, clock, "new"))
    identity = made(script, clock)
    identity.get_token(ARM)
    clock.now += 400
    for expected in (2, 2, 2):
        assert identity.get_token(ARM).token == "old"
        settle()
        assert len(script.requests) == expected
    clock.now += cache.PAUSE
    assert identity.get_token(ARM).token == "old"
    settle()
    clock.now += 145  # 25 s left: that might not be enough, so the caller waits for a new one
    assert identity.get_token(ARM).token == "new"
    assert len(script.requests) == 4


def test_who_has_little_left_keeps_it_when_there_is_nothing_better() -> None:
    clock = Clock()
    refused = answer(400, {"error": "x"})
    identity = made(Script(lasting(600, clock, "old"), refused, refused, refused), clock)
    identity.get_token(ARM)
    clock.now += 590
    assert identity.get_token(ARM).token == "old"
    with pytest.raises(TokenRejectedError):
        identity.get_token(ARM, min_ttl=60)
    clock.now += 10
    with pytest.raises(TokenRejectedError):
        identity.get_token(ARM)


def test_a_token_that_is_stale_as_it_comes_makes_no_storm() -> None:
    clock = Clock()
    emulator = Emulator(clock=clock, token_lifetime=200)
    identity = made(emulator, clock)
    for _ in range(20):
        identity.get_token(ARM)
        settle()
    assert len(emulator.requests) == 2  # one for the token, one to renew it; the next one after the pause
    clock.now += cache.PAUSE
    identity.get_token(ARM)
    settle()
    assert len(emulator.requests) == 3


@pytest.mark.parametrize(("lifetime", "min_ttl", "asked"), [(20, 30, 2), (600, 3600, 1)])
def test_a_token_that_never_lasts_as_long_as_it_should_makes_none_either(
    lifetime: int, min_ttl: float, asked: int
) -> None:
    clock = Clock()
    emulator = Emulator(clock=clock, token_lifetime=lifetime)
    identity = made(emulator, clock)
    for _ in range(20):
        identity.get_token(ARM, min_ttl=min_ttl)
        settle()
    assert len(emulator.requests) == asked
    clock.now += cache.PAUSE
    identity.get_token(ARM, min_ttl=min_ttl)
    assert len(emulator.requests) == asked + 1


# --- clocks ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hours", [-48, -5, 5, 48])
def test_a_clock_that_is_set_makes_no_storm_and_keeps_no_dead_token(hours: int) -> None:
    wall, monotonic = Clock(), Clock(500)
    emulator = Emulator(clock=wall, token_lifetime=3600)
    identity = made(emulator, wall, monotonic=monotonic)
    identity.get_token(ARM)
    wall.now += hours * 3600
    for _ in range(5):
        identity.get_token(ARM)
        settle()
    assert len(emulator.requests) == (2 if hours > 0 else 1)
    # An hour and a half passes, by a clock that nobody sets: whatever the other one says, the token is dead.
    monotonic.now += 5400
    identity.get_token(ARM)
    assert len(emulator.requests) == (3 if hours > 0 else 2)


@pytest.mark.parametrize("hours", [-48, -5, 5, 48])
def test_a_wrong_clock_is_no_matter_where_the_endpoint_tells_the_time(hours: int) -> None:
    wall, monotonic = Clock(), Clock(500)
    dated = {"Date": "Tue, 14 Nov 2023 22:13:20 GMT"}  # 1_700_000_000
    token = answer(200, {"access_token": "abc", "expires_on": str(1_700_000_000 + 3600)})
    script = Script(*[token._replace(headers={**token.headers, **dated})] * 2)
    wall.now += hours * 3600
    identity = made(script, wall, monotonic=monotonic)
    for _ in range(5):
        identity.get_token(ARM)
        settle()
    assert len(script.requests) == 1
    monotonic.now += 3600
    identity.get_token(ARM)
    assert len(script.requests) == 2


def test_a_clock_ahead_of_the_token_is_told_of() -> None:
    clock = Clock()
    with pytest.raises(MalformedError, match="expired already, 60 s ago") as caught:
        made(Script(lasting(-60, clock)), clock).get_token(ARM)
    assert "clock" in (caught.value.remedy or "")


# --- whose token -------------------------------------------------------------------------------------


def test_credentials_share_the_cache() -> None:
    emulator = Emulator()
    tokens = [ManagedIdentityCredential(transport=emulator, environ={}).get_token(ARM) for _ in range(3)]
    assert tokens[0] is tokens[1] is tokens[2]
    assert len(emulator.requests) == 1


def test_one_may_bring_a_cache_of_its_own() -> None:
    emulator = Emulator()
    for _ in range(2):
        ManagedIdentityCredential(transport=emulator, environ={}, tokens=TokenCache()).get_token(ARM)
    assert len(emulator.requests) == 2


class Host:
    """A door to somewhere else, which tells where."""

    def __init__(self, place: object) -> None:
        self.place = place
        self.requests = 0

    def send(self, request: HttpRequest) -> HttpResponse:
        self.requests += 1
        return answer(200, {"access_token": jwt(place=str(self.place)), "expires_on": "2000000000"})


def test_hosts_and_emulators_never_see_each_others_tokens() -> None:
    doors: list[Any] = [
        Host(("vm01", 5986, "admin")),
        Host(("vm02", 5986, "admin")),
        Host(("vm01", 5985, "admin")),
        Host(("vm01", 5986, "other")),
        Emulator(),
        Emulator(),
    ]
    tokens = [ManagedIdentityCredential(transport=door, environ={}).get_token(ARM).token for door in doors]
    with serve(Emulator()) as one, serve(Emulator()) as other:
        for server in (one, other):
            environ = {"AZURE_POD_IDENTITY_AUTHORITY_HOST": server.url}
            tokens.append(ManagedIdentityCredential(environ=environ).get_token(ARM).token)
    assert len(set(tokens)) == 8
    same = Host(("vm01", 5986, "admin"))
    assert ManagedIdentityCredential(transport=same, environ={}).get_token(ARM).token == tokens[0]
    assert same.requests == 0


def test_what_makes_another_token_makes_another_request() -> None:
    emulator = Emulator(machine="twoIdentitiesVM")
    first, second = emulator.vm.user_assigned
    for options in (
        {"client_id": first.client_id},
        {"client_id": second.client_id},
        {"object_id": first.object_id},
        {"client_id": first.client_id, "source": "vm_extension"},
        {"client_id": first.client_id, "cloud": "AzureUSGovernment"},
        {"client_id": first.client_id, "environ": {"AZURE_POD_IDENTITY_AUTHORITY_HOST": "http://127.0.0.1:7"}},
    ):
        for _ in range(2):
            made(emulator, Clock(), **options).get_token(ARM)
    assert len(emulator.requests) == 6


def test_only_a_slash_of_the_catalogue_is_folded() -> None:
    emulator = Emulator()
    identity = ManagedIdentityCredential(transport=emulator, environ={})
    for scope in ("https://vault.azure.net", "https://vault.azure.net/", "https://vault.azure.net/.default"):
        identity.get_token(scope)
    for scope in ("https://mine.vault.azure.net", "https://mine.vault.azure.net/"):
        identity.get_token(scope)
    asked = [parse_qs(urlsplit(request.url).query)["resource"][0] for request in emulator.requests]
    assert asked == ["https://vault.azure.net", "https://mine.vault.azure.net", "https://mine.vault.azure.net/"]


def test_the_variables_are_not_read_on_a_warm_hit() -> None:
    class Counting(dict[str, str]):
        reads = 0

        def get(self, *arguments: Any) -> Any:
            Counting.reads += 1
            return super().get(*arguments)

    identity = ManagedIdentityCredential(transport=Emulator(), environ=Counting())
    identity.get_token(ARM)
    before = Counting.reads
    assert before > 0
    identity.get_token(ARM)
    assert Counting.reads == before


def test_a_secret_that_rotates_is_read_before_each_attempt() -> None:
    clock = Clock()
    environ = {"IDENTITY_ENDPOINT": "http://127.0.0.1:5/msi/token", "IDENTITY_HEADER": "one"}

    class Rotating:
        seen: list[str]

        def __init__(self) -> None:
            self.seen = []

        def send(self, request: HttpRequest) -> HttpResponse:
            self.seen.append(request.headers["X-IDENTITY-HEADER"])
            environ["IDENTITY_HEADER"] = "two"
            return answer(503, {}) if len(self.seen) == 1 else lasting(DAY, clock)

    door = Rotating()
    made(door, clock, environ=environ).get_token(ARM)
    assert door.seen == ["one", "two"]


# --- one request for all -----------------------------------------------------------------------------


def test_any_number_of_threads_make_one_request_for_each_resource() -> None:
    emulator = Emulator()
    resources = iter([ARM, VAULT, "https://storage.azure.com/"] * 30)
    tokens = together(90, lambda: ManagedIdentityCredential(transport=emulator, environ={}).get_token(next(resources)))
    assert len({token.token for token in tokens}) == 3
    assert len(emulator.requests) == 3


def test_those_who_wait_share_the_error_and_the_next_one_asks_anew() -> None:
    clock = Clock()
    gate = Gate(answer(400, {"error": "nobody"}), lasting(DAY, clock))
    identity = made(gate, clock)
    waiting = threading.Barrier(9)

    def work() -> AccessToken:
        waiting.wait(GUARD)
        return identity.get_token(ARM)

    def open_when_asked() -> None:
        waiting.wait(GUARD)
        assert gate.arrived.acquire(timeout=GUARD)
        gate.opened.set()

    opener = threading.Thread(target=open_when_asked)
    opener.start()
    outcomes = together(8, work)
    opener.join(GUARD)
    errors = [outcome for outcome in outcomes if isinstance(outcome, TokenRejectedError)]
    # Who came too late for the first request may have made, or shared, the second one.
    assert len(errors) == len({id(error) for error in errors}) >= 1
    assert {type(outcome) for outcome in outcomes} <= {TokenRejectedError, AccessToken}
    assert len(gate.script.requests) <= 2
    assert identity.get_token(ARM).token == "abc"
    assert len(gate.script.requests) == 2


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, CancelledError("nobody wants it")])
def test_who_was_interrupted_leaves_the_request_to_another(interruption: Any) -> None:
    clock = Clock()
    tokens = TokenCache()
    entry = cache.Entry.made(AccessToken("abc", 0, ARM), DAY, clock(), clock())
    key = cache.Key("here", (), "AzureCloud", None, ARM)
    asked, may_go_on = threading.Event(), threading.Event()

    def interrupted() -> cache.Entry:
        asked.set()
        assert may_go_on.wait(GUARD)
        raise interruption

    def first() -> None:
        with pytest.raises((KeyboardInterrupt, CancelledError)):
            tokens.fetch(key, interrupted, lambda _: True)

    leader = threading.Thread(target=first)
    leader.start()
    assert asked.wait(GUARD)
    with ThreadPoolExecutor(1) as pool:
        follower = pool.submit(tokens.fetch, key, lambda: entry, lambda _: True)
        may_go_on.set()
        assert follower.result(GUARD) is entry
    leader.join(GUARD)


def test_no_more_than_5_requests_are_at_imds_at_a_time() -> None:
    clock = Clock()
    gate = Gate(*[lasting(DAY, clock)] * 12)
    numbers = iter(range(12))
    identity = made(gate, clock, source="imds")

    def work() -> AccessToken:
        return identity.get_token(f"https://resource{next(numbers)}.example")

    def watch() -> None:
        for _ in range(5):
            assert gate.arrived.acquire(timeout=GUARD)
        gate.opened.set()

    watcher = threading.Thread(target=watch)
    watcher.start()
    together(12, work)
    watcher.join(GUARD)
    assert gate.most == 5
    assert len(gate.script.requests) == 12


def test_a_token_that_was_turned_down_does_not_come_back_by_an_older_request() -> None:
    clock = Clock()
    gate = Gate(lasting(DAY, clock, "revoked"))
    script = Script(lasting(600, clock, "revoked"), lasting(DAY, clock, "good"))

    class Door:
        """Slow for the one in the background."""

        def send(self, request: HttpRequest) -> HttpResponse:
            slow = threading.current_thread().name == "pybridge-refresh"
            return gate.send(request) if slow else script.send(request)

    identity = made(Door(), clock)
    identity.get_token(ARM)
    clock.now += 400
    assert identity.get_token(ARM).token == "revoked"  # stale: a request in the background begins
    assert gate.arrived.acquire(timeout=GUARD)
    assert identity.get_token(ARM, claims="{}").token == "good"
    gate.opened.set()
    settle()
    assert identity.get_token(ARM).token == "good"


def test_who_wants_a_token_to_last_does_not_share_the_request_of_who_does_not() -> None:
    clock = Clock()
    gate = Gate(lasting(DAY, clock), lasting(DAY, clock))
    identity = made(gate, clock)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(identity.get_token, ARM)
        assert gate.arrived.acquire(timeout=GUARD)
        second = pool.submit(identity.get_token, ARM, min_ttl=3600)
        assert gate.arrived.acquire(timeout=GUARD)
        gate.opened.set()
        assert first.result(GUARD).token == second.result(GUARD).token == "abc"


def test_no_wait_is_longer_than_the_deadline() -> None:
    gate = Gate(*[answer(200, {"access_token": "abc", "expires_on": "4000000000"})] * 9)
    hurried = ManagedIdentityCredential(transport=gate, environ={}, source="imds", deadline=0.05)
    patient = ManagedIdentityCredential(transport=gate, environ={}, source="imds")
    with ThreadPoolExecutor(5) as pool:
        # All slots of IMDS are taken by requests that do not end.
        held = [pool.submit(patient.get_token, f"https://resource{number}.example") for number in range(5)]
        for _ in held:
            assert gate.arrived.acquire(timeout=GUARD)
        with pytest.raises(TimedOutError, match="takes 5 requests at a time"):
            hurried.get_token(ARM)
        gate.opened.set()
        assert {future.result(GUARD).token for future in held} == {"abc"}


def test_nor_is_the_wait_for_another_thread() -> None:
    tokens, asked, may_go_on = TokenCache(), threading.Event(), threading.Event()
    key = cache.Key("here", (), "AzureCloud", None, ARM)
    entry = cache.Entry.made(AccessToken("abc", 0, ARM), DAY, 0, 0)

    def slow() -> cache.Entry:
        asked.set()
        assert may_go_on.wait(GUARD)
        return entry

    with ThreadPoolExecutor(1) as pool:
        leader = pool.submit(tokens.fetch, key, slow, lambda _: True)
        assert asked.wait(GUARD)
        with pytest.raises(TimedOutError, match="another thread is asking"):
            tokens.fetch(key, slow, lambda _: True, left=lambda: 0)
        may_go_on.set()
        assert leader.result(GUARD) is entry


def test_a_retry_that_slept_too_long_is_not_begun() -> None:
    clock = Clock()
    script = Script(answer(503, {}), lasting(DAY, clock))
    identity = made(script, clock, sleep=lambda seconds: clock.sleep(seconds + 1000))
    with pytest.raises(TokenThrottledError):
        identity.get_token(ARM)
    assert len(script.requests) == 1


@pytest.mark.parametrize("deadline", [0, -1, float("nan"), float("inf")])
def test_a_deadline_that_is_none_is_refused(deadline: float) -> None:
    with pytest.raises(UsageError, match="is not a number of seconds"):
        ManagedIdentityCredential(deadline=deadline)


def test_force_refresh_passes_the_cache_over() -> None:
    clock = Clock()
    script = Script(lasting(DAY, clock, "one"), lasting(DAY, clock, "two"))
    identity = made(script, clock)
    assert [identity.get_token(ARM, force_refresh=force).token for force in (False, True, False)] == [
        "one",
        "two",
        "two",
    ]


def test_nothing_is_cached_of_a_failure() -> None:
    clock = Clock()
    throttled = answer(429, {"error": "busy"})
    script = Script(*[throttled] * 7, lasting(DAY, clock))
    identity = made(script, clock)
    with pytest.raises(TokenThrottledError):
        identity.get_token(ARM)
    assert identity.get_token(ARM).token == "abc"


def test_the_cache_is_bounded() -> None:
    emulator, tokens = Emulator(), TokenCache(most=3)
    identity = ManagedIdentityCredential(transport=emulator, environ={}, tokens=tokens)
    for number in range(5):
        identity.get_token(f"https://resource{number}.example")
    assert len(tokens._entries) == 3


# --- life and death ----------------------------------------------------------------------------------


def test_a_credential_is_a_context_manager_and_may_be_used_again() -> None:
    emulator = Emulator()
    with ManagedIdentityCredential(transport=emulator, environ={}) as identity:
        first = identity.get_token(ARM)
    identity.close()
    assert identity.get_token(ARM) is first


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_child_of_a_fork_asks_for_itself_while_its_parent_was_asking() -> None:
    clock = Clock()
    gate = Gate(lasting(DAY, clock, "parent"), lasting(DAY, clock, "child"))
    identity = made(gate, clock)
    asking = threading.Thread(target=identity.get_token, args=(ARM,))
    asking.start()
    assert gate.arrived.acquire(timeout=GUARD)
    with SHARED._lock:  # the worst moment of all
        child = os.fork()
        if child == 0:
            status = 1
            try:
                gate.opened.set()
                gate._lock = threading.Lock()
                status = 0 if identity.get_token(ARM).token == "parent" else 2
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(status)
    gate.opened.set()
    asking.join(GUARD)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert identity.get_token(ARM).token == "parent"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_any_cache_may_be_taken_across_a_fork() -> None:
    tokens = TokenCache()
    key = cache.Key("here", (), "AzureCloud", None, ARM)
    entry = cache.Entry.made(AccessToken("abc", 0, ARM), DAY, 0, 0)
    with tokens._lock:
        child = os.fork()
        if child == 0:
            status = 1
            with suppress(BaseException):
                status = 0 if tokens.fetch(key, lambda: entry, lambda _: True) is entry else 2
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_transports_are_not_kept_alive() -> None:
    emulator = Emulator()
    tokens = TokenCache()
    ManagedIdentityCredential(transport=emulator, environ={}, source="imds", tokens=tokens).get_token(ARM)
    assert len(tokens._slots) == 0


def test_it_serves_when_no_thread_can_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    script = Script(lasting(600, clock, "old"), lasting(DAY, clock, "new"))
    identity = made(script, clock)
    identity.get_token(ARM)
    clock.now += 400

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", fail)
        assert identity.get_token(ARM).token == "old"
    clock.now += 300
    assert identity.get_token(ARM).token == "new"


def test_an_unreachable_endpoint_fails_only_who_has_nothing() -> None:
    clock = Clock()
    nobody = UnreachableError("nobody")
    script = Script(lasting(600, clock, "old"), nobody, nobody)
    identity = made(script, clock)
    identity.get_token(ARM)
    clock.now += 585
    assert identity.get_token(ARM).token == "old"
