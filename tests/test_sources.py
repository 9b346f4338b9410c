"""sources: what to ask, and what an answer means. No I/O."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from support import ARM, answer, jwt

from pybridge import sources
from pybridge.errors import MalformedError, PyBridgeError, TokenRejectedError, TokenThrottledError, UsageError
from pybridge.models import HttpResponse, ManagedIdentityId
from pybridge.sources import IMDS, VM_EXTENSION, Endpoint, Source

NOBODY = ManagedIdentityId()
RESOURCE_ID = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i"


def asked(
    source: Source, identity: ManagedIdentityId = NOBODY, environ: dict[str, str] | None = None
) -> tuple[str, dict[str, list[str]]]:
    request = source.request(ARM, identity, environ or {}, Endpoint())
    parts = urlsplit(request.url)
    return f"{parts.scheme}://{parts.netloc}{parts.path}", parse_qs(parts.query)


@pytest.mark.parametrize(
    ("source", "url", "query"),
    [
        (IMDS, "http://169.254.169.254/metadata/identity/oauth2/token", {"api-version": ["2018-02-01"]}),
        (VM_EXTENSION, "http://localhost:50342/oauth2/token", {}),
    ],
)
def test_each_source_is_asked_as_it_wants(source: Source, url: str, query: dict[str, list[str]]) -> None:
    assert asked(source) == (url, {**query, "resource": [ARM]})
    request = source.request(ARM, NOBODY, {}, Endpoint())
    assert (request.method, dict(request.headers), request.body) == ("GET", {"Metadata": "true"}, b"")


@pytest.mark.parametrize("source", [IMDS, VM_EXTENSION])
@pytest.mark.parametrize(
    ("identity", "name", "value"),
    [
        (ManagedIdentityId(client_id="c"), "client_id", "c"),
        (ManagedIdentityId(object_id="o"), "object_id", "o"),
        (ManagedIdentityId(resource_id=RESOURCE_ID), "msi_res_id", RESOURCE_ID),
    ],
)
def test_an_identity_is_named_as_the_source_spells_it(
    source: Source, identity: ManagedIdentityId, name: str, value: str
) -> None:
    assert asked(source, identity)[1][name] == [value]


@pytest.mark.parametrize("resource", ["a&b=c", "a b?#", "ü/%20"])
def test_a_resource_stays_one_parameter(resource: str) -> None:
    request = IMDS.request(resource, NOBODY, {}, Endpoint())
    assert parse_qs(urlsplit(request.url).query) == {"api-version": ["2018-02-01"], "resource": [resource]}
    assert request.url.isascii()


@pytest.mark.parametrize(
    ("source", "environ", "url"),
    [
        (IMDS, {sources.IMDS_HOST: "http://127.0.0.1:1/"}, "http://127.0.0.1:1/metadata/identity/oauth2/token"),
        (VM_EXTENSION, {sources.VM_EXTENSION_ENDPOINT: "http://127.0.0.1:1/x"}, "http://127.0.0.1:1/x"),
        (IMDS, {sources.IMDS_HOST: ""}, "http://169.254.169.254/metadata/identity/oauth2/token"),
    ],
)
def test_a_variable_may_name_another_endpoint(source: Source, environ: dict[str, str], url: str) -> None:
    assert asked(source, NOBODY, environ)[0] == url


def test_the_callers_endpoint_wins_and_gets_its_secret() -> None:
    environ = {sources.VM_EXTENSION_ENDPOINT: "http://127.0.0.1:1/x"}
    request = VM_EXTENSION.request(ARM, NOBODY, environ, Endpoint("http://127.0.0.1:2/y", "hush"))
    assert request.url.startswith("http://127.0.0.1:2/y?")
    assert request.headers["Secret"] == "hush"
    assert "hush" not in repr(request)


NAMED = Endpoint("http://127.0.0.1:2/y")


@pytest.mark.parametrize(
    ("name", "endpoint", "environ", "order"),
    [
        (None, Endpoint(), {}, [(IMDS, Endpoint()), (VM_EXTENSION, Endpoint())]),
        (None, NAMED, {}, [(VM_EXTENSION, NAMED), (IMDS, Endpoint())]),
        (None, Endpoint(), {sources.VM_EXTENSION_ENDPOINT: "x"}, [(VM_EXTENSION, Endpoint()), (IMDS, Endpoint())]),
        ("imds", NAMED, {sources.VM_EXTENSION_ENDPOINT: "x"}, [(IMDS, NAMED)]),
        ("vm_extension", Endpoint(), {}, [(VM_EXTENSION, Endpoint())]),
    ],
)
def test_sources_are_asked_in_this_order(
    name: str | None, endpoint: Endpoint, environ: dict[str, str], order: list[tuple[Source, Endpoint]]
) -> None:
    assert list(sources.choose(name, endpoint, environ)) == order


def test_an_unknown_source_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match="'app_service'") as caught:
        sources.choose("app_service", Endpoint(), {})
    assert caught.value.remedy == "Sources: imds, vm_extension."


@pytest.mark.parametrize(
    ("fields", "expires_on"),
    [
        ({"expires_on": "1511400000", "expires_in": "9"}, 1511400000),
        ({"expires_on": 1511400000}, 1511400000),
        ({"expires_in": "3599"}, 1003599),
        ({"expires_in": 3599, "expires_on": "11/23/2017 1:05:00 PM +00:00"}, 1003599),
        ({"expires_on": "²³", "expires_in": True}, 1500000),
        ({"expires_on": -1, "expires_in": 10**15}, 1500000),
        ({"expires_on": "9" * 13}, 1500000),
        ({"expires_on": None, "expires_in": ""}, 1500000),
        ({}, 1500000),
    ],
)
def test_the_expiry_is_read_from_whatever_tells_it(fields: dict[str, object], expires_on: int) -> None:
    response = answer(200, {"access_token": jwt(exp=1500000), **fields})
    assert sources.parse(IMDS, ARM, response, now=1000000.5).expires_on == expires_on


def test_an_answer_becomes_a_token() -> None:
    token = sources.parse(IMDS, ARM, answer(200, {"access_token": "abc", "expires_on": "5", "client_id": "c"}), now=0)
    assert (token.token, token.resource, token.source, token.client_id) == ("abc", ARM, "imds", "c")


@pytest.mark.parametrize(
    ("fields", "client_id"),
    [({}, "app"), ({"client_id": ""}, "app"), ({"client_id": "own"}, "own"), ({"client_id": 5}, None)],
)
def test_the_client_id_comes_from_the_answer_or_else_from_the_token(
    fields: dict[str, object], client_id: str | None
) -> None:
    response = answer(200, {"access_token": jwt(exp=1, appid="app"), **fields})
    assert sources.parse(VM_EXTENSION, ARM, response, now=0).client_id == client_id


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Sign in to the network</html>",
        b"[]",
        b'"token"',
        b"\xff\xfe\x00",
        pytest.param(b"[" * 100_000, id="deep"),
        b"{}",
        b'{"access_token": ""}',
        b'{"access_token": 5, "expires_on": "5"}',
        b'{"access_token": "line\\nbreak", "expires_on": "5"}',
        b'{"access_token": "\\u20ac", "expires_on": "5"}',
        b'{"access_token": "no-expiry"}',
        b'{"access_token": "not.base64!.x"}',
    ],
)
def test_an_answer_without_a_usable_token_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedError) as caught:
        sources.parse(IMDS, ARM, HttpResponse(200, {}, body), now=0)
    assert caught.value.target == "imds"
    assert "no-expiry" not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, TokenRejectedError),
        (401, TokenRejectedError),
        (403, TokenRejectedError),
        (405, TokenRejectedError),
        (404, TokenThrottledError),
        (410, TokenThrottledError),
        (429, TokenThrottledError),
        (500, TokenThrottledError),
        (503, TokenThrottledError),
    ],
)
def test_a_refusal_has_the_endpoints_own_words(status: int, error: type[PyBridgeError]) -> None:
    refusal = answer(status, {"error": "invalid_request", "error_description": "No, thanks"}, Retry_After="7")
    with pytest.raises(error, match=f"answered {status}: No, thanks") as caught:
        sources.parse(VM_EXTENSION, ARM, refusal, now=0)
    assert caught.value.details == {"status": status, "error": "invalid_request", "retry_after": "7"}
    assert caught.value.remedy


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[1]", b'{"error": {"code": 1}}', pytest.param(b"[" * 100_000, id="deep")]
)
def test_a_refusal_without_words_is_described(body: bytes) -> None:
    with pytest.raises(TokenRejectedError, match=rf"text/html, {len(body)} bytes"):
        sources.parse(IMDS, ARM, HttpResponse(400, {"content-type": "text/html"}, body), now=0)


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        ("Multiple user assigned identities exist", "--client-id"),
        ("Identity not found", "managed identity"),
        ("AADSTS50001: The application named x was not found", "spelling"),
        ("Required query variable 'resource' is missing", "spelling"),
        ("Something new", "Configuration"),
    ],
)
def test_a_refusal_says_what_to_do(words: str, advice: str) -> None:
    with pytest.raises(TokenRejectedError) as caught:
        sources.parse(IMDS, ARM, answer(400, {"error": "e", "error_description": words}), now=0)
    assert advice in (caught.value.remedy or "")


@pytest.mark.parametrize(
    ("token", "found"),
    [
        (jwt(exp=5, oid="o"), {"exp": 5, "oid": "o"}),
        ("", {}),
        ("a.b", {}),
        ("a.b.c", {}),
        ("a.W10.c", {}),
        ("a.\u20ac.c", {}),
        pytest.param(f"a.{'W1tb' * 40_000}.c", {}, id="deep"),
    ],
)
def test_claims_are_read_where_there_are_any(token: str, found: dict[str, object]) -> None:
    assert sources.claims(token) == found
