"""arm: what errors tell of an exchange, and what they never tell."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import Clock, Script, answer, jwt, leaks, shown

from pybridge.accounts import StaticCredential
from pybridge.arm import ArmClient, redaction
from pybridge.errors import ArmError, ConflictError, ForbiddenError, UnauthorizedError
from pybridge.models import HttpResponse

GROUP = "/subscriptions/s/resourceGroups/g"
SECRET = "Pa55w0rd-that-nobody-may-see"
TOKEN = jwt(sub="somebody", name="x" * 30)

#: What a VM and an extension are sent with.
PAYLOAD = {
    "properties": {
        "osProfile": {"adminUsername": "azureuser", "adminPassword": SECRET, "customData": SECRET},
        "protectedSettings": {"commandToExecute": SECRET, "storageAccountKey": SECRET},
        "settings": {"fileUris": [f"https://x.blob.core.windows.net/a?sv=1&sig={SECRET}"], "port": 50342},
        "userData": SECRET,
        "client_secret": SECRET,
        "clientSecret": SECRET,
        "Password": {"value": SECRET},
        "connectionString": f"AccountName=a;AccountKey={SECRET}",
        "primaryKey": SECRET,
        "workspaceKey": SECRET,
        "parameters": [{"name": "dbPassword", "value": SECRET}],
        "variables": [{"name": "a", "secureValue": SECRET}],
        "protectedParameters": [{"name": "a", "value": SECRET}],
        "key": SECRET,
        "access_token": TOKEN,
        "note": f"Bearer {TOKEN}",
        "header": f"bearer {SECRET}",
        "list": [{"secret": SECRET}, {"deep": [{"token": TOKEN}]}],
        "password": None,
        "hardwareProfile": {"vmSize": "Standard_DS1_v2"},
    }
}


def refused(
    response: HttpResponse,
    body: Any = None,
    *,
    method: str = "PUT",
    query: dict[str, str] | None = None,
    token: str = TOKEN,
) -> ArmError:
    clock = Clock(0)
    client = ArmClient(
        StaticCredential(token, clock=clock),
        subscription_id="s",
        transport=Script(response),
        environ={},
        clock=clock,
        sleep=clock.sleep,
    )
    with pytest.raises(ArmError) as caught:
        client.send(method, GROUP, "2021-04-01", body, query=query)
    return caught.value


def test_the_exchange_is_told() -> None:
    response = answer(
        409,
        {"error": {"code": "Conflict", "message": "No.", "target": "osProfile"}},
        x_ms_request_id="r",
        x_ms_correlation_request_id="c",
        x_ms_ratelimit_remaining_subscription_writes="1199",
        Set_Cookie="session",
    )
    error = refused(response, {"location": "eastus", "adminPassword": SECRET}, query={"$expand": "x", "t": SECRET})
    assert isinstance(error, ConflictError)
    assert error.details == {
        "status": 409,
        "error": "Conflict",
        "request_id": "r",
        "correlation_id": "c",
        "target": "osProfile",
        "exchange": {
            "method": "PUT",
            "url": f"{GROUP}?api-version=2021-04-01&$expand=x&t=...",
            "status": 409,
            "request_headers": {"Accept": "application/json", "Content-Type": "application/json"},
            "request_body": '{"location": "eastus", "adminPassword": "(hidden)"}',
            "response_headers": {
                "Content-Type": "application/json",
                "x-ms-request-id": "r",
                "x-ms-correlation-request-id": "c",
                "x-ms-ratelimit-remaining-subscription-writes": "1199",
            },
            "response_body": '{"error": {"code": "Conflict", "message": "No.", "target": "osProfile"}}',
        },
    }


@pytest.mark.parametrize("path", ["vaults/v/secrets/s", "sites/s/config/appsettings", "x/variables/v"])
def test_where_all_is_secret_nothing_is_shown(path: str) -> None:
    words = f"The value '{SECRET}' is not liked."
    client = ArmClient(
        StaticCredential("abc"),
        subscription_id="s",
        transport=Script(answer(400, {"error": {"code": "C", "message": words}})),
        environ={},
    )
    with pytest.raises(ArmError) as caught:
        client.send("PUT", f"{GROUP}/{path}", "1", {"properties": {"value": SECRET}})
    assert leaks([SECRET], *shown(caught.value)) == []
    assert caught.value.message == "ARM answered 400 C: The value '(hidden)' is not liked."


@pytest.mark.parametrize("secret", [SECRET, 'with "quotes" and \\', "ünïcode", "</script>"])
def test_what_was_sent_as_a_secret_is_not_quoted(secret: str) -> None:
    for ascii_only in (True, False):
        error = {"error": {"code": "C", "message": f"<{secret}>", "target": secret, "details": [{"message": secret}]}}
        body = json.dumps(error, ensure_ascii=ascii_only).encode()
        told = refused(HttpResponse(400, {}, body), {"properties": {"adminPassword": secret}})
        assert leaks([secret], *shown(told)) == []
        assert told.message == "ARM answered 400 C: <(hidden)>"


def test_errors_inside_of_errors_are_told_flat() -> None:
    error = refused(
        answer(
            400,
            {
                "error": {
                    "code": "InvalidTemplate",
                    "message": "Several things are wrong.",
                    "details": [
                        {
                            "code": "A",
                            "message": "First.",
                            "target": "x",
                            "details": [{"code": "B", "message": "Second."}],
                        },
                        {"code": "C", "message": "Several things are wrong."},
                        "odd",
                        {"message": None},
                    ],
                    "innererror": {"code": "D", "innererror": {"message": "Third."}},
                    "additionalInfo": [{"type": "PolicyViolation", "info": {"policy": "p", "secret": SECRET}}],
                }
            },
        )
    )
    assert error.message == (
        "ARM answered 400 InvalidTemplate: Several things are wrong. (A: First.) (B: Second.) (Third.)"
    )
    assert error.details["errors"] == [
        {"code": "A", "message": "First.", "target": "x"},
        {"code": "B", "message": "Second.", "target": None},
        {"code": "C", "message": "Several things are wrong.", "target": None},
        {"code": "D", "message": None, "target": None},
        {"code": None, "message": "Third.", "target": None},
    ]
    assert error.details["additional_info"] == [
        {"type": "PolicyViolation", "info": {"policy": "p", "secret": "(hidden)"}}
    ]


def test_no_secret_of_a_request_or_an_answer_is_told() -> None:
    bodies = [
        json.dumps({"error": {"code": "C", "message": f"got {TOKEN}", "details": [{"message": TOKEN}]}, **PAYLOAD}),
        f"<html>Authorization: Bearer {TOKEN} sig={SECRET}&".replace("sig=", "?sig="),
        json.dumps([PAYLOAD, TOKEN]),
    ]
    for body in bodies:
        for status in (400, 401, 403, 409, 412, 500):
            error = refused(
                HttpResponse(status, {"ETag": TOKEN, "x-ms-secret": SECRET}, body.encode()), PAYLOAD, method="PATCH"
            )
            texts = shown(error)
            assert leaks([SECRET, TOKEN], *texts) == []
            assert any("Standard_DS1_v2" in text and "azureuser" in text for text in texts)


@given(
    st.recursive(
        st.just({"password": SECRET}) | st.just(f"x {TOKEN} y") | st.none() | st.integers(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "token", "Keys"]), inner),
        max_leaves=6,
    )
)
def test_wherever_a_secret_stands_it_is_hidden(value: Any) -> None:
    assert leaks([SECRET, TOKEN], redaction.body_text(json.dumps(value).encode())) == []


@pytest.mark.parametrize("body", [b"x" * 10**6, json.dumps(["x" * 100] * 1000).encode(), b"\xff" * 9000])
def test_what_is_long_is_cut(body: bytes) -> None:
    text = redaction.body_text(body)
    assert 4096 < len(text) < 4150
    assert text.endswith(f"({len(body)} bytes)")


def test_a_token_is_not_cut_in_two() -> None:
    body = b"x" * 4000 + b" Bearer " + TOKEN.encode()
    assert leaks([TOKEN], redaction.body_text(body)) == []


def test_a_challenge_is_explained() -> None:
    header = 'Bearer realm="", error="insufficient_claims", claims="eyJhY2Nlc3NfdG9rZW4iOnt9fQ"'
    error = refused(answer(401, {"error": {"code": "C", "message": "W"}}, WWW_Authenticate=header), method="GET")
    assert isinstance(error, UnauthorizedError)
    assert "continuous access evaluation" in (error.remedy or "")
    assert "-Identity" in (error.remedy or "")
    other = refused(answer(401, {}, WWW_Authenticate='Bearer error="invalid_token"'), method="GET")
    assert "continuous" not in (other.remedy or "")


@pytest.mark.parametrize(
    ("action", "role"),
    [
        ("Microsoft.Compute/virtualMachines/read", "Reader"),
        ("Microsoft.Compute/virtualMachines/start/action", '"Virtual Machine Contributor"'),
        ("Microsoft.Authorization/roleAssignments/write", '"User Access Administrator"'),
        ("Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action", '"Managed Identity Operator"'),
        ("Microsoft.ManagedIdentity/userAssignedIdentities/write", '"Managed Identity Contributor"'),
        ("Microsoft.Resources/subscriptions/resourceGroups/write", "Contributor"),
    ],
)
def test_the_role_that_is_wanted_is_named(action: str, role: str) -> None:
    words = (
        f"The client 'c' with object id 'p' does not have authorization to perform action '{action}' over scope '/s'."
    )
    error = refused(answer(403, {"error": {"code": "AuthorizationFailed", "message": words}}))
    assert isinstance(error, ForbiddenError)
    assert f"-RoleDefinitionName {role} -Scope /s" in (error.remedy or "")
    assert f"--role {role} --scope /s" in (error.remedy or "")


def test_a_role_is_granted_where_an_assignment_was_to_be() -> None:
    words = (
        "The client 'c' with object id 'p' does not have authorization to perform action "
        "'Microsoft.Authorization/roleAssignments/write' over scope "
        "'/subscriptions/s/providers/Microsoft.Authorization/roleAssignments/a' or the scope is invalid."
    )
    error = refused(answer(403, {"error": {"code": "AuthorizationFailed", "message": words}}))
    assert '-RoleDefinitionName "User Access Administrator" -Scope /subscriptions/s\n' in (error.remedy or "")
