"""refusals: what a source says when it says no, what to do about it, and no secret in either."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import ARM, answer, leaks, shown

from pybridge import keyfiles
from pybridge.emulator import Emulator
from pybridge.errors import MalformedError, NoEndpointError, PyBridgeError, TokenRejectedError, TokenThrottledError
from pybridge.models import HttpResponse, ManagedIdentityId
from pybridge.sources import SOURCES, Ask, Endpoint, parse

SECRET = "hush-this-is-the-secret-of-the-endpoint"


def refusal(
    response: HttpResponse, name: str = "imds", *, resource: str = ARM, sent: dict[str, str] | None = None
) -> PyBridgeError:
    """The error for this answer."""
    ask = Ask(resource, ManagedIdentityId(), {}, Endpoint(), keyfiles.read)
    with pytest.raises(PyBridgeError) as caught:
        parse(SOURCES[name], ask, response, now=0, sent=sent)
    assert caught.value.target == name
    return caught.value


def text(status: int, body: str | bytes, kind: str | None = "text/plain; charset=utf-8") -> HttpResponse:
    headers = {} if kind is None else {"content-type": kind}
    return HttpResponse(status, headers, body.encode() if isinstance(body, str) else body)


# --- whose words -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "code", "words"),
    [
        ({"error": "bad", "error_description": "Identity not found"}, "bad", "Identity not found"),
        ({"error": "invalid_request"}, "invalid_request", "invalid_request"),
        ({"error": {"code": "AudienceNotSupported", "message": "No."}}, "AudienceNotSupported", "No."),
        ({"error": {"correlationId": "x", "code": "NotFound", "message": "No."}}, "NotFound", "No."),
        ({"error": {"code": "OnlyCode"}}, "OnlyCode", "OnlyCode"),
        ({"error": {"message": "Only words."}}, None, "Only words."),
        ({"statusCode": 400, "message": "No Managed Identity found"}, None, "No Managed Identity found"),
        ({"Message": "In capitals."}, None, "In capitals."),
        ({"ExceptionMessage": "Something failed.", "ErrorCode": "x"}, None, "Something failed."),
        ({"error": "e", "error_description": ""}, "e", "e"),
        ({"error": "e", "error_description": 5, "message": "m"}, "e", "m"),
    ],
)  # fmt: skip
def test_the_words_are_found_in_every_shape(fields: dict[str, Any], code: str | None, words: str) -> None:
    error = refusal(answer(400, fields))
    assert isinstance(error, TokenRejectedError)
    assert error.message.endswith(f"answered 400: {words}")
    assert error.details == ({"status": 400} if code is None else {"status": 400, "error": code})


def test_a_short_text_is_words_too() -> None:
    error = refusal(text(403, "  The caller may\nnot read it. "), "arc")
    assert error.message.endswith("answered 403: The caller may not read it.")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "text/html"),
        (b"<html>", "text/html"),
        (b"[1]", "text/html"),
        (b'{"error": {"code": 1}}', "application/json"),
        (b'{"error": null, "message": []}', "application/json"),
        (b"\xff\xfe\x00", "application/octet-stream"),
        (b"a\x1b[2Jb", "text/plain"),
        (b"", "text/plain"),
        pytest.param(b"[" * 100_000, "text/html", id="deep"),
        pytest.param(b"x" * 1_000_000, "text/html", id="long"),
    ],
)
@pytest.mark.parametrize("name", ["arc", "imds"])
def test_a_refusal_without_words_is_described(name: str, body: bytes, kind: str) -> None:
    error = refusal(text(400, body, kind), name)
    assert isinstance(error, TokenRejectedError)
    assert error.message.endswith(f"answered 400 ({kind}, {len(body)} bytes)")


def test_and_so_is_one_without_a_type() -> None:
    assert "(no content type, 3 bytes)" in refusal(text(400, "abc", None)).message


@pytest.mark.parametrize("status", [400, 401, 403, 405, 204, 302, 404, 410])
@pytest.mark.parametrize("name", [name for name in SOURCES if name != "imds"])
def test_most_refusals_are_final(name: str, status: int) -> None:
    error = refusal(answer(status, {"message": "No."}, Retry_After="7"), name)
    assert isinstance(error, TokenRejectedError)
    assert not error.retryable
    assert error.details == {"status": status, "retry_after": "7"}
    assert error.remedy


@pytest.mark.parametrize("status", [429, 500, 502, 503, 599])
@pytest.mark.parametrize("name", SOURCES)
def test_some_ask_for_patience(name: str, status: int) -> None:
    error = refusal(answer(status, {"message": "Busy."}), name)
    assert isinstance(error, TokenThrottledError)
    assert error.retryable
    assert "ry again later" in (error.remedy or "")


@pytest.mark.parametrize("status", [404, 410])
def test_imds_says_so_while_it_is_being_updated(status: int) -> None:
    assert isinstance(refusal(answer(status, {"error": "x"})), TokenThrottledError)


@pytest.mark.parametrize("name", SOURCES)
def test_a_refusal_may_come_with_status_200(name: str) -> None:
    error = refusal(answer(200, {"ExceptionMessage": "AADSTS50001: no such resource", "ErrorCode": "x"}), name)
    assert isinstance(error, TokenRejectedError)
    assert "answered 200: AADSTS50001" in error.message


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Sign in to the network</html>",
        b"[]",
        b'"token"',
        b"null",
        b"\xff\xfe\x00",
        pytest.param(b"[" * 100_000, id="deep"),
        pytest.param(b'{"expires_on": ' + b"9" * 5000 + b"}", id="digits"),
        b"{}",
        b'{"token_type": "Bearer"}',
        b'{"access_token": ""}',
        b'{"access_token": null}',
        b'{"access_token": 5, "expires_on": "5"}',
        b'{"access_token": ["a"], "expires_on": "5"}',
        b'{"access_token": "", "error": "both"}',
        b'{"access_token": "two words", "expires_on": "5"}',
        b'{"access_token": "line\\nbreak", "expires_on": "5"}',
        b'{"access_token": "header\\r\\nX-Injected: 1", "expires_on": "5"}',
        b'{"access_token": "nul\\u0000", "expires_on": "5"}',
        b'{"access_token": "escape\\u001b[2J", "expires_on": "5"}',
        b'{"access_token": "delete\\u007f", "expires_on": "5"}',
        b'{"access_token": "\\u20ac", "expires_on": "5"}',
        b'{"access_token": "\\ud800", "expires_on": "5"}',
        b'{"access_token": "no-expiry"}',
        b'{"access_token": "not.base64!.x"}',
    ],
)
@pytest.mark.parametrize("name", SOURCES)
def test_an_answer_without_a_usable_token_is_malformed(name: str, body: bytes) -> None:
    error = refusal(HttpResponse(200, {"Content-Type": "application/json"}, body), name)
    assert isinstance(error, MalformedError)
    assert not error.retryable
    assert "Something else may listen at that address" in (error.remedy or "")
    for part in ("no-expiry", "base64", "words", "Injected", "escape"):
        assert part not in repr(vars(error))


# --- Docker Desktop ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        'connecting to 169.254.169.254:80: connecting to 169.254.169.254:80: dial tcp 169.254.169.254:80: "'
        "connectex: A socket operation was attempted to an unreachable network.",
        "connecting to 169.254.169.254:80: connectex: Ein Socketvorgang bezog sich auf ein anderes Netz.",
        "",
        "<html>Forbidden</html>",
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", [None, "text/plain", "text/html"])
def test_docker_desktop_is_not_imds(body: str, kind: str | None) -> None:
    error = refusal(text(403, body, kind))
    assert isinstance(error, NoEndpointError)
    assert "Docker Desktop" in error.message
    assert "emulator" in (error.remedy or "")


@pytest.mark.parametrize(
    ("name", "response"),
    [
        ("imds", answer(403, {"error": "forbidden"})),
        ("imds", text(400, "unreachable network")),
        ("vm_extension", text(403, "unreachable network")),
        ("app_service", text(403, "unreachable network")),
    ],
)
def test_a_refusal_of_a_real_endpoint_is_not_docker_desktops(name: str, response: HttpResponse) -> None:
    assert isinstance(refusal(response, name), TokenRejectedError)


# --- what to do --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "words", "advice"),
    [
        ("imds", "Multiple user assigned identities exist, please specify the clientId / resourceId", "--client-id"),
        ("imds", "Identity not found", "page Configuration"),
        ("vm_extension", "Identity not found", "page Configuration"),
        ("imds", "AADSTS50001: The application named x was not found", "Check its spelling"),
        ("imds", "Required query variable 'resource' is missing", "Check its spelling"),
        ("imds", "Something new", "page Configuration"),
        ("app_service", "Something new", "a managed identity is turned on here"),
        ("app_service", "No Managed Identity found for specified ClientId/ResourceId/PrincipalId.", "is assigned here"),
        ("service_fabric", "Managed identity not found for the specified application host.", "is assigned here"),
        ("cloud_shell", "Audience x is not a supported MSI token audience.", "Check its spelling"),
        ("workload_identity", "AADSTS500011: The resource principal named x was not found", "Check its spelling"),
        ("workload_identity", "AADSTS700213: No matching federated identity record found", "this cluster, namespace"),
        ("workload_identity", "AADSTS70021: No matching federated identity record found", "this cluster, namespace"),
        ("workload_identity", "AADSTS700024: Client assertion is not within its valid time range.", "has expired"),
        ("workload_identity", "AADSTS700016: Application with identifier x was not found", "AZURE_CLIENT_ID"),
        ("workload_identity", "AADSTS90002: Tenant 'x' not found.", "AZURE_TENANT_ID"),
    ],
)
def test_a_refusal_says_what_to_do(name: str, words: str, advice: str) -> None:
    error = refusal(answer(400, {"error": "e", "error_description": words}), name)
    assert advice in (error.remedy or "")
    on_a_vm = name in ("imds", "vm_extension")
    assert on_a_vm or "VM" not in (error.remedy or "")


@pytest.mark.parametrize(
    ("resource", "meant"),
    [
        ("https://vault.azure.nte", "Did you mean KeyVault (https://vault.azure.net)?"),
        ("https://managment.azure.com/", "https://management.azure.com/"),
        ("keyvault", "KeyVault"),
    ],
)
@pytest.mark.parametrize(
    "response",
    [
        ("imds", 400, "AADSTS50001: The application named x was not found in the tenant"),
        ("cloud_shell", 400, "Audience x is not a supported MSI token audience."),
        ("app_service", 500, "An unexpected error occurred while fetching the AAD token."),
        ("app_service_2017", 200, "AADSTS50001: The application named x was not found in the tenant"),
    ],
)
def test_a_mistyped_resource_has_a_likely_one(response: tuple[str, int, str], resource: str, meant: str) -> None:
    name, status, words = response
    error = refusal(answer(status, {"ExceptionMessage": words}), name, resource=resource)
    assert (error.remedy or "").startswith("Did you mean ")
    assert meant in (error.remedy or "")
    assert "spelling" in (error.remedy or "")


@pytest.mark.parametrize("resource", [ARM, "https://zzz.example/qqqq"])
def test_one_that_is_right_or_like_nothing_has_none(resource: str) -> None:
    error = refusal(answer(400, {"error_description": "AADSTS50001: no"}), resource=resource)
    assert "Did you mean" not in (error.remedy or "")
    assert not (error.remedy or "").startswith(" ")


def test_app_service_alone_answers_500_to_a_mistyped_resource() -> None:
    for name in SOURCES:
        error = refusal(answer(500, {"message": "x"}), name, resource="https://vault.azure.nte")
        assert ("Did you mean" in (error.remedy or "")) is (name == "app_service")


# --- no secret ---------------------------------------------------------------------------------------

TOKEN = Emulator().mint()


@pytest.mark.parametrize("header", ["Secret", "secret", "X-IDENTITY-HEADER", "x-identity-header", "Authorization"])
@pytest.mark.parametrize("shape", ["json", "nested", "code", "text"])
def test_a_secret_that_an_endpoint_repeats_is_taken_out(shape: str, header: str) -> None:
    sent = {header: f"Basic {SECRET}" if header == "Authorization" else SECRET, "Metadata": "true"}
    words = f"The header {SECRET} is wrong (Basic {SECRET}), and so is {TOKEN}"
    response = {
        "json": answer(401, {"message": words}),
        "nested": answer(401, {"error": {"code": "x", "message": words}}),
        "code": answer(401, {"error": words}),
        "text": text(401, words),
    }[shape]
    error = refusal(response, "arc", sent=sent)
    assert "The header <secret> is wrong" in error.message
    assert error.message.endswith("and so is <token>")
    assert leaks({SECRET, TOKEN}, *shown(error)) == []


@pytest.mark.parametrize("cut", [0, 10, 60, 150, -20])
def test_a_part_of_a_token_is_taken_out_too(cut: int) -> None:
    part = TOKEN[: cut or None]
    error = refusal(answer(400, {"message": f"Bad token '{part}'."}))
    assert error.message.endswith("Bad token '<token>'.")


def test_a_long_story_is_cut_after_its_secrets_were_taken_out() -> None:
    words = "x" * 990 + SECRET + TOKEN
    error = refusal(answer(400, {"message": words}), sent={"Secret": SECRET})
    assert len(error.message) < 1100
    assert "hush" not in error.message
    assert "eyJ" not in error.message


def test_the_words_come_on_one_line_that_a_terminal_can_show() -> None:
    words = "AADSTS700016: no.\r\nTrace ID: 1\r\n\tTimestamp: 2 \x1b[2J\x1b]0;owned\x07 \u202e\u0000end"
    error = refusal(answer(400, {"error": "a\nb", "error_description": words}))
    assert error.message.isprintable()
    assert "AADSTS700016: no. Trace ID: 1 Timestamp: 2 end" in error.message
    assert error.details["error"] == "a b"


@pytest.mark.parametrize("cut", ["\x1b[0m", "\x1b]0;x\x07", "\x9bm"])
def test_an_escape_within_a_secret_does_not_save_it(cut: str) -> None:
    words = f"{SECRET[:3]}{cut}{SECRET[3:]} {TOKEN[:2]}{cut}{TOKEN[2:]}"
    error = refusal(answer(400, {"error": words, "message": words}), sent={"Secret": SECRET})
    assert error.message.endswith("answered 400: <secret> <token>")
    assert error.details["error"] == "<secret> <token>"


def test_when_to_come_back_holds_no_escapes() -> None:
    error = refusal(HttpResponse(429, {"Retry-After": "7\x1b[2J\x07"}, b"{}"))
    assert error.details["retry_after"] == "7"


def test_an_empty_secret_hides_nothing() -> None:
    error = refusal(answer(400, {"message": "No."}), sent={"Secret": "", "Authorization": "Basic "})
    assert error.message.endswith("answered 400: No.")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=5,
)
NAMES = ["error", "error_description", "code", "message", "Message", "ExceptionMessage", "statusCode", "error_codes"]


@settings(deadline=None)
@given(
    st.sampled_from(sorted(SOURCES)),
    st.integers(201, 599),
    st.dictionaries(st.sampled_from(NAMES), JSON | st.dictionaries(st.sampled_from(NAMES), JSON)),
)
def test_whatever_a_refusal_says_it_is_an_error_of_ours(name: str, status: int, fields: dict[str, Any]) -> None:
    error = refusal(answer(status, fields), name)
    assert error.message.isprintable()
    assert error.remedy
    json.dumps(error.details)


@settings(deadline=None)
@given(st.integers(201, 599), st.binary(max_size=300), st.text(st.characters(max_codepoint=255), max_size=30))
def test_and_whatever_bytes_it_has(status: int, body: bytes, kind: str) -> None:
    error = refusal(HttpResponse(status, {"Content-Type": kind}, body), "arc")
    assert error.message
