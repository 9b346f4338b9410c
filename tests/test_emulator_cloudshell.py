"""The emulator as Cloud Shell: the tokens are a user's."""

from __future__ import annotations

import pytest
from asking import ARM, EXPIRES, METADATA, URL, ask, claims, emulator, fields, on_a_port, over_http

TOKEN = f"{URL}/cloud-shell/oauth2/token"


def test_the_token_is_a_user_s() -> None:
    subject = emulator()
    answer = ask(subject, TOKEN, method="POST", resource=ARM)
    found = claims(answer)
    own = subject.vm.system_assigned
    assert own is not None
    assert list(fields(answer)) == [
        "access_token", "refresh_token", "expires_in", "expires_on", "not_before", "resource", "token_type",
    ]  # fmt: skip
    assert fields(answer)["expires_on"] == str(EXPIRES)
    assert (found["upn"], found["idtyp"], found["tid"]) == ("user@contoso.onmicrosoft.com", "user", own.tenant_id)
    assert found["appid"] != own.client_id
    assert found["oid"] != own.object_id
    assert "xms_mirid" not in found


def test_the_user_sees_the_subscription() -> None:
    subject = emulator("noRoleVM")
    token = fields(ask(subject, TOKEN, method="POST", resource=ARM))["access_token"]
    url = f"{ARM}subscriptions"
    answer = ask(subject, url, {"Authorization": f"Bearer {token}"}, api_version="2022-12-01")
    assert [one["displayName"] for one in fields(answer)["value"]] == ["Subscription1"]


def test_it_needs_no_identity_of_the_machine() -> None:
    assert ask(emulator("msiOffVM"), TOKEN, method="POST", resource=ARM).status == 200


def test_nothing_chooses_another_identity() -> None:
    subject = emulator("twoIdentitiesVM")
    client_id = subject.vm.user_assigned[0].client_id
    answer = ask(subject, TOKEN, method="POST", resource=ARM, client_id=client_id)
    assert claims(answer)["idtyp"] == "user"


@pytest.mark.parametrize(
    "resource",
    [
        "https://vault.azure.net",
        "https://myvault.vault.azure.net",
        "https://graph.microsoft.com",
        "https://storage.azure.com/",
        "https://ossrdbms-aad.database.windows.net",
    ],
)
def test_audiences(resource: str) -> None:
    assert claims(ask(emulator(), TOKEN, method="POST", resource=resource))["aud"] == resource


@pytest.mark.parametrize(
    ("resource", "code"),
    [
        ("https://example.com", "AudienceNotSupported"),
        ("https://notvault.azure.net", "AudienceNotSupported"),
        ("https://evilmanagement.azure.com", "AudienceNotSupported"),
        ("nonsense", "AudienceNotSupported"),
        ("", "BadRequest"),
    ],
)
def test_refusals_are_nested(resource: str, code: str) -> None:
    answer = ask(emulator(), TOKEN, method="POST", resource=resource)
    assert answer.status == 400
    assert fields(answer)["error"]["code"] == code
    assert sorted(fields(answer)["error"]) == ["code", "message"]


def test_only_posts_with_the_metadata_header() -> None:
    assert ask(emulator(), TOKEN, resource=ARM).status == 405
    answer = ask(emulator(), TOKEN, {}, method="POST", resource=ARM)
    assert (answer.status, fields(answer)["error"]["code"]) == (400, "MissingMetadataHeader")


def test_on_a_port() -> None:
    with on_a_port("cloud-shell") as (_, variables):
        answer = over_http(variables["MSI_ENDPOINT"], METADATA, form={"resource": ARM})
        assert claims(answer)["idtyp"] == "user"
