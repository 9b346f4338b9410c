"""credential: the cache, one request for many threads, and which endpoint is asked for whom."""

from __future__ import annotations

import threading
from urllib.parse import parse_qs, urlsplit

import pytest
from support import ARM, GUARD, Clock, Script, answer, closed_port, credential, jwt

from pybridge import retry
from pybridge.accounts import FirstOf, StaticCredential, for_account_id
from pybridge.credential import ManagedIdentityCredential
from pybridge.emulator import Emulator
from pybridge.emulator.server import serve
from pybridge.errors import (
    MalformedError,
    NoEndpointError,
    PyBridgeError,
    RefusedError,
    TokenRejectedError,
    TokenThrottledError,
    UnreachableError,
    UnsafeError,
    UsageError,
)
from pybridge.models import AccessToken, HttpRequest, HttpResponse

VAULT = "https://vault.azure.net"
IMDS, EXTENSION = "/metadata/identity/oauth2/token", "/oauth2/token"


def paths(emulator: Emulator) -> list[str]:
    return [urlsplit(request.url).path for request in emulator.requests]


def last_query(emulator: Emulator) -> dict[str, list[str]]:
    return parse_qs(urlsplit(emulator.requests[-1].url).query)


def token_of(token: str = "abc", expires_on: int = 2_000_000_000) -> HttpResponse:
    return answer(200, {"access_token": token, "expires_on": str(expires_on)})


# --- the cache ---------------------------------------------------------------------------------------


def test_a_token_is_asked_for_once() -> None:
    emulator = Emulator()
    identity = credential(emulator)
    first = identity.get_token(ARM)
    assert identity.get_token(ARM) is first
    assert (first.resource, first.source, first.client_id) == (ARM, "imds", emulator.vm.system_assigned.client_id)  # type: ignore[union-attr]
    assert paths(emulator) == [IMDS]


def test_each_resource_has_a_token_of_its_own() -> None:
    emulator = Emulator()
    identity = credential(emulator)
    assert identity.get_token(ARM).token != identity.get_token(VAULT).token
    assert len(emulator.requests) == 2


def test_force_refresh_asks_in_any_case_and_keeps_the_new_token() -> None:
    script = Script(token_of("first"), token_of("second"))
    identity = ManagedIdentityCredential(transport=script, environ={}, clock=Clock())
    tokens = [identity.get_token(ARM, force_refresh=force).token for force in (False, True, False)]
    assert tokens == ["first", "second", "second"]


def test_a_failure_is_not_cached() -> None:
    script = Script(answer(400, {"error": "x"}), token_of())
    identity = ManagedIdentityCredential(transport=script, environ={}, clock=Clock())
    with pytest.raises(TokenRejectedError):
        identity.get_token(ARM)
    assert identity.get_token(ARM).token == "abc"


def test_many_threads_make_one_request() -> None:
    emulator = Emulator()
    identity = credential(emulator)
    start = threading.Barrier(16)
    tokens: list[AccessToken] = []

    def work() -> None:
        start.wait(GUARD)
        tokens.append(identity.get_token(ARM))

    threads = [threading.Thread(target=work) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(GUARD)
    assert len(tokens) == 16
    assert len({token.token for token in tokens}) == 1
    assert len(emulator.requests) == 1


def test_threads_that_want_different_resources_do_not_wait_for_each_other() -> None:
    both = threading.Barrier(2)

    class Meeting:
        def send(self, request: HttpRequest) -> HttpResponse:
            both.wait(GUARD)
            return token_of()

    identity = ManagedIdentityCredential(transport=Meeting(), environ={}, clock=Clock())
    other = threading.Thread(target=identity.get_token, args=(VAULT,))
    other.start()
    assert identity.get_token(ARM).token == "abc"
    other.join(GUARD)


# --- which endpoint ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "asked"),
    [
        ({}, [IMDS, EXTENSION]),
        ({"endpoint": "http://localhost:50342/oauth2/token"}, [EXTENSION, IMDS]),
        ({"environ": {"PYBRIDGE_VM_EXTENSION_ENDPOINT": "http://localhost:1/oauth2/token"}}, [EXTENSION, IMDS]),
        ({"source": "imds"}, [IMDS]),
        ({"source": "vm_extension"}, [EXTENSION]),
    ],
)
def test_the_next_source_is_asked_where_nobody_answers(options: dict[str, object], asked: list[str]) -> None:
    script = Script(*[UnreachableError("nobody")] * len(asked))
    identity = ManagedIdentityCredential(transport=script, **{"environ": {}, "clock": Clock(), **options})  # type: ignore[arg-type]
    with pytest.raises(NoEndpointError) as caught:
        identity.get_token(ARM)
    assert [urlsplit(request.url).path for request in script.requests] == asked
    attempts = caught.value.details["attempts"]
    assert isinstance(attempts, list)
    assert [attempt["code"] for attempt in attempts] == ["unreachable"] * len(asked)
    assert isinstance(caught.value.__cause__, UnreachableError)


@pytest.mark.parametrize("failure", [RefusedError("x"), UnreachableError("x"), NoEndpointError("x")])
def test_the_extension_answers_where_imds_does_not(failure: Exception) -> None:
    identity = ManagedIdentityCredential(transport=Script(failure, token_of()), environ={}, clock=Clock())
    assert identity.get_token(ARM).source == "vm_extension"


@pytest.mark.parametrize(
    ("first", "error"),
    [
        (MalformedError("garbage"), MalformedError),
        (UnsafeError("no"), UnsafeError),
        (HttpResponse(200, {}, b"<html>"), MalformedError),
        (answer(400, {"error": "invalid_request"}), TokenRejectedError),
        (answer(403, {"error": "forbidden"}), TokenRejectedError),
    ],
)
def test_whoever_answers_is_not_passed_over(first: HttpResponse | Exception, error: type[PyBridgeError]) -> None:
    script = Script(first)
    with pytest.raises(error):
        ManagedIdentityCredential(transport=script, environ={}, clock=Clock()).get_token(ARM)
    assert len(script.requests) == 1


def test_a_named_endpoint_gets_its_secret_and_the_others_do_not() -> None:
    script = Script(UnreachableError("x"), token_of())
    identity = ManagedIdentityCredential(
        endpoint="http://127.0.0.1:5/msi/token", secret="hush", transport=script, environ={}, clock=Clock()
    )
    assert identity.get_token(ARM).source == "imds"
    assert script.requests[0].url.startswith("http://127.0.0.1:5/msi/token?")
    assert [request.headers.get("Secret") for request in script.requests] == ["hush", None]


def test_variables_are_read_before_each_request() -> None:
    environ: dict[str, str] = {}
    script = Script(token_of(), token_of())
    identity = ManagedIdentityCredential(transport=script, environ=environ, clock=Clock())
    identity.get_token(ARM)
    environ["AZURE_POD_IDENTITY_AUTHORITY_HOST"] = "http://127.0.0.1:7"
    identity.get_token(ARM, force_refresh=True)
    assert script.requests[1].url.startswith("http://127.0.0.1:7/metadata/")


def test_over_http_the_extension_is_found_where_imds_refuses_the_connection() -> None:
    emulator = Emulator()
    with serve(emulator) as server, closed_port() as port:
        environ = {
            "AZURE_POD_IDENTITY_AUTHORITY_HOST": f"http://127.0.0.1:{port}",
            "PYBRIDGE_VM_EXTENSION_ENDPOINT": f"{server.url}/oauth2/token",
        }
        assert ManagedIdentityCredential(environ=environ).get_token(ARM).source == "vm_extension"
        del environ["PYBRIDGE_VM_EXTENSION_ENDPOINT"]
        with pytest.raises(NoEndpointError, match=f"127.0.0.1:{port}/metadata/identity/oauth2/token refused"):
            ManagedIdentityCredential(source="imds", environ=environ).get_token(ARM)


def test_where_the_extension_is_not_there_the_error_says_what_to_check() -> None:
    identity = credential(Emulator(machine="msiOffVM"), source="vm_extension")
    with pytest.raises(NoEndpointError) as caught:
        identity.get_token(ARM)
    remedy = caught.value.remedy or ""
    for word in ("may not be configured", "Configuration", '"Managed service identity" = Yes', "Extensions"):
        assert word in remedy
    for word in ("redeploy", "retired", "IMDS"):
        assert word in remedy
    assert caught.value.target == "vm_extension"


# --- which identity ----------------------------------------------------------------------------------


@pytest.mark.parametrize("source", ["imds", "vm_extension"])
@pytest.mark.parametrize("way", ["client_id", "object_id", "resource_id"])
def test_a_user_assigned_identity_is_chosen(source: str, way: str) -> None:
    emulator = Emulator(machine="twoIdentitiesVM")
    wanted = emulator.vm.user_assigned[1]
    token = credential(emulator, source=source, **{way: getattr(wanted, way)}).get_token(ARM)
    assert token.client_id == wanted.client_id


@pytest.mark.parametrize("way", ["client_id", "object_id", "resource_id"])
def test_an_identity_that_is_not_there_is_rejected(way: str) -> None:
    with pytest.raises(TokenRejectedError, match="Identity not found"):
        credential(Emulator(), **{way: "nobody"}).get_token(ARM)


def test_of_two_identities_one_must_be_named() -> None:
    with pytest.raises(TokenRejectedError, match="Multiple user assigned identities") as caught:
        credential(Emulator(machine="twoIdentitiesVM")).get_token(ARM)
    assert "--client-id" in (caught.value.remedy or "")


@pytest.mark.parametrize(
    "options",
    [
        {"client_id": "a", "object_id": "b"},
        {"client_id": ""},
        {"object_id": "a b"},
        {"source": "azure"},
        {"source": "IMDS"},
        {"cloud": "Mars"},
    ],
)
def test_what_cannot_be_is_refused_when_it_is_made(options: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        ManagedIdentityCredential(**options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("account_id", "query"),
    [
        (None, {}),
        ("", {}),
        ("MSI@50342", {}),
        ("me@example.com", {}),
        ("/subscriptions/s/x", {"msi_res_id": ["/subscriptions/s/x"]}),
        ("11111111-2222", {"client_id": ["11111111-2222"]}),
    ],
)
def test_an_account_id_names_an_identity_as_azurerm_read_it(
    account_id: str | None, query: dict[str, list[str]]
) -> None:
    script = Script(token_of())
    for_account_id(account_id, transport=script, environ={}, clock=Clock()).get_token(ARM)
    assert parse_qs(urlsplit(script.requests[0].url).query) == {
        "api-version": ["2018-02-01"],
        "resource": [ARM],
        **query,
    }


def test_an_account_id_may_be_an_object_id() -> None:
    emulator = Emulator(machine="twoIdentitiesVM")
    wanted = emulator.vm.user_assigned[0]
    token = for_account_id(wanted.object_id, transport=emulator, environ={}).get_token(ARM)
    assert token.client_id == wanted.client_id
    assert "object_id" in last_query(emulator)


def test_of_two_rejections_the_first_is_told() -> None:
    script = Script(answer(400, {"error": "first"}), answer(400, {"error": "second"}))
    with pytest.raises(TokenRejectedError, match="first"):
        for_account_id("x", transport=script, environ={}, clock=Clock()).get_token(ARM)


def test_a_rejection_is_told_though_the_source_cannot_be_asked_in_the_other_way() -> None:
    environ = {"MSI_ENDPOINT": "http://127.0.0.1:5/msi/token", "MSI_SECRET": "hush"}
    script = Script(answer(400, {"message": "no such identity"}))
    with pytest.raises(TokenRejectedError, match="no such identity"):
        for_account_id("x", transport=script, environ=environ, clock=Clock()).get_token(ARM)


def test_nobody_to_ask_is_an_error() -> None:
    with pytest.raises(UsageError, match="no credential"):
        FirstOf().get_token(ARM)


# --- what can go wrong -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "waits"),
    [
        ({"status": 404}, [(1, 1.25)]),
        ({"status": 410, "times": 2}, [(1, 1.25), (2, 2.5)]),
        ({"status": 429, "retry_after": "7"}, [(7, 7)]),
        ({"status": 500}, [(1, 1.25)]),
        ({"status": 503, "times": 3}, [(1, 1.25), (2, 2.5), (4, 5)]),
    ],
)
def test_a_busy_endpoint_is_asked_again(fault: dict[str, object], waits: list[tuple[float, float]]) -> None:
    clock, emulator = Clock(), Emulator()
    emulator.fail(IMDS, **fault)  # type: ignore[arg-type]
    assert credential(emulator, clock=clock, sleep=clock.sleep).get_token(ARM).source == "imds"
    assert len(clock.slept) == len(waits)
    assert all(low <= slept <= high for slept, (low, high) in zip(clock.slept, waits, strict=True))


@pytest.mark.parametrize("status", [404, 429, 500])
def test_an_endpoint_that_stays_busy_is_given_up(status: int) -> None:
    clock, emulator = Clock(), Emulator()
    emulator.fail(IMDS, status=status, times=None)
    with pytest.raises(TokenThrottledError, match=f"answered {status}") as caught:
        credential(emulator, clock=clock, sleep=clock.sleep).get_token(ARM)
    assert caught.value.retryable
    assert sum(clock.slept) <= retry.IMDS.deadline
    assert paths(emulator) == [IMDS] * 7


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"garbage": True}, MalformedError),
        ({"status": 400}, TokenRejectedError),
        ({"status": 403}, TokenRejectedError),
    ],
)
def test_a_final_answer_is_told_at_once(fault: dict[str, object], error: type[PyBridgeError]) -> None:
    clock, emulator = Clock(), Emulator()
    emulator.fail(IMDS, **fault)  # type: ignore[arg-type]
    with pytest.raises(error):
        credential(emulator, clock=clock, sleep=clock.sleep).get_token(ARM)
    assert clock.slept == []


@pytest.mark.parametrize(
    ("scope", "resource"),
    [
        ("https://management.azure.com/.default", "https://management.azure.com/"),
        ("https://management.azure.com//.default", "https://management.azure.com/"),
        ("https://vault.azure.net", "https://vault.azure.net"),
        ("https://vault.azure.net/", "https://vault.azure.net"),
        ("https://mine.vault.azure.net/", "https://mine.vault.azure.net/"),
        ("https://mine.vault.azure.net", "https://mine.vault.azure.net"),
        ("https://x/.default/.default", "https://x/.default"),
        ("api://guid", "api://guid"),
    ],
)
def test_a_scope_means_its_resource(scope: str, resource: str) -> None:
    emulator = Emulator()
    assert credential(emulator).get_token(scope).resource == resource
    assert last_query(emulator)["resource"] == [resource]


@pytest.mark.parametrize("scope", ["", "/.default", "a b", "a\nb", "\ud800"])
def test_what_is_no_resource_is_refused_before_anybody_is_asked(scope: str) -> None:
    script = Script()
    with pytest.raises(UsageError, match="is not a resource"):
        ManagedIdentityCredential(transport=script, environ={}).get_token(scope)
    assert script.requests == []


@pytest.mark.parametrize("scopes", [(), (ARM, VAULT)])
def test_a_token_is_for_one_resource(scopes: tuple[str, ...]) -> None:
    with pytest.raises(UsageError, match=f"not for {len(scopes)}"):
        credential(Emulator()).get_token(*scopes)


def test_an_unknown_resource_is_rejected_in_the_endpoints_words() -> None:
    with pytest.raises(TokenRejectedError, match="AADSTS50001: The application named vault") as caught:
        credential(Emulator()).get_token("vault")
    assert "spelling" in (caught.value.remedy or "")


# --- the caller's own token --------------------------------------------------------------------------


def test_the_callers_token_is_taken_as_it_is() -> None:
    token = jwt(exp=1_700_000_500)
    found = StaticCredential(token, clock=Clock()).get_token(VAULT)
    assert (found.token, found.expires_on, found.resource, found.source) == (token, 1_700_000_500, VAULT, None)


@pytest.mark.parametrize("token", ["opaque", "a.b.c", jwt(exp="soon"), jwt()])
def test_a_token_that_tells_no_expiry_is_taken_too(token: str) -> None:
    assert StaticCredential(token, clock=Clock()).get_token(ARM).expires_on == 0


@pytest.mark.parametrize("exp", [1, 1_700_000_000])
def test_the_callers_token_is_not_sent_once_it_has_expired(exp: int) -> None:
    with pytest.raises(TokenRejectedError, match="expired") as caught:
        StaticCredential(jwt(exp=exp), clock=Clock()).get_token(ARM)
    assert "-Identity" in (caught.value.remedy or "")


@pytest.mark.parametrize("token", ["", "secret\n", "secret\r\nX: y", "secret\u20ac", " ", "two secrets"])
def test_what_is_no_token_is_refused_and_not_told(token: str) -> None:
    with pytest.raises(UsageError) as caught:
        StaticCredential(token).get_token(ARM)
    assert "secret" not in f"{caught.value!r} {caught.value.target} {caught.value.details}"


@pytest.mark.parametrize(
    ("made", "shown"),
    [
        (lambda: ManagedIdentityCredential(), "ManagedIdentityCredential()"),
        (lambda: ManagedIdentityCredential(client_id="c", secret="hush"), "ManagedIdentityCredential(client_id='c')"),
    ],
)
def test_repr_names_the_identity_alone(made: object, shown: str) -> None:
    assert repr(made()) == shown  # type: ignore[operator]


def test_repr_shows_no_token() -> None:
    emulator = Emulator()
    identity = credential(emulator)
    token = identity.get_token(ARM)
    for value in (identity, token, StaticCredential(token.token), FirstOf(StaticCredential(token.token))):
        assert token.token not in repr(value)
