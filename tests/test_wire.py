"""wire: names and values between Python and PowerShell."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pybridge import resources, wire
from pybridge.clouds import CLOUDS
from pybridge.errors import UsageError
from pybridge.models import AccessToken
from pybridge.resources import Account, Context, OperationResponse, ResourceGroup, Subscription, Tenant


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("resource_group_name", "ResourceGroupName"),
        ("vmSize", "VmSize"),
        ("id", "Id"),
        ("os_profile", "OSProfile"),
        ("", ""),
    ],
)
def test_names_become_pascal_case(name: str, there: str) -> None:
    assert wire.pascal(name) == there


@pytest.mark.parametrize(
    ("name", "there"), [("VirtualMachine", "virtual_machine"), ("Context", "context"), ("AccessToken", "access_token")]
)
def test_types_become_snake_case(name: str, there: str) -> None:
    assert wire.snake(name) == there


def test_the_type_of_a_value_is_its_models_name() -> None:
    assert wire.type_name(Tenant("t")) == "tenant"


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("plain", "plain"),
        ("\x01Dfake", "\x01S\x01Dfake"),
        ("2017-11-23T10:00:00Z", "\x01S2017-11-23T10:00:00Z"),
        ("/Date(1511431200000)/", "\x01S/Date(1511431200000)/"),
        ("2017-11-23", "2017-11-23"),
    ],
)
def test_text_that_would_be_taken_for_something_else_is_shielded(text: str, sent: str) -> None:
    assert wire.encode(text) == sent
    assert wire.decode(sent) == text


@settings(deadline=None)
@given(
    st.recursive(
        st.text() | st.integers() | st.booleans() | st.none(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=8,
    )
)
def test_plain_json_comes_back_as_it_was(value: Any) -> None:
    assert wire.decode(json.loads(json.dumps(wire.encode(value)))) == value


def test_a_status_travels_as_one() -> None:
    response = OperationResponse("r", is_success_status_code=True, status_code="NoContent", reason_phrase="No Content")
    assert wire.packed(response) == (
        {
            "RequestId": "r",
            "IsSuccessStatusCode": True,
            "StatusCode": "\x01HNoContent",
            "ReasonPhrase": "No Content",
        },
        [["StatusCode"]],
    )


def test_a_token_travels_protected_and_its_expiry_as_a_date() -> None:
    assert wire.encode(AccessToken("abc", 1511431200, "r", "imds")) == {
        "Token": "\x01Pabc",
        "ExpiresOn": "\x01D2017-11-23T10:00:00Z",
        "Resource": "r",
        "Source": "imds",
        "ClientId": None,
    }


@pytest.mark.parametrize("sent", ["\x01Pabc", "\x01Sabc", "abc"])
def test_tags_are_taken_off(sent: str) -> None:
    assert wire.decode({"a": [sent]}) == {"a": ["abc"]}


def test_a_lone_tag_is_empty_text() -> None:
    assert wire.decode("\x01") == ""


@settings(deadline=None)
@given(
    st.recursive(
        st.sampled_from(["", "x", "2017-11-23T10:00:00Z", "\x01P", "/Date(1)/"]) | st.integers() | st.none(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
        max_leaves=8,
    )
)
def test_what_is_tagged_is_told_wherever_it_stands(value: Any) -> None:
    encoded, paths = wire.packed(value)
    assert encoded == wire.encode(value)
    found = []
    for path in paths:
        item = encoded
        for step in path:
            item = item[step]
        found.append(item)
    assert all(item.startswith("\x01") for item in found)
    assert len(found) == json.dumps(encoded).count("\\u0001S")


def test_secrets_and_dates_are_told_too() -> None:
    assert wire.packed(AccessToken("abc", 1511431200, "r"))[1] == [["Token"], ["ExpiresOn"]]
    assert wire.packed(Account("me", "AccessToken", access_token="abc"))[1] == [["AccessToken"]]
    assert wire.packed(Tenant("t")) == ({"Id": "t", "Directory": None, "ExtendedProperties": []}, [])


def test_what_does_not_travel_is_a_defect() -> None:
    for value in ({1, 2}, {"a": object()}, [b"bytes"]):
        with pytest.raises(TypeError, match="does not travel"):
            wire.encode(value)


def test_raw_json_does_not_travel() -> None:
    group = ResourceGroup("g", "eastus", None, {"myTag": "x"}, "/id", raw={"secret": 1})
    sent = wire.encode(group)
    assert (sent["ResourceGroupName"], sent["Tags"]) == ("g", [["myTag", "x"]])
    assert "Raw" not in sent


def test_arms_names_become_pascal_case_but_for_the_users_own() -> None:
    fields: dict[str, Any] = dict.fromkeys(resources.VirtualMachine.__dataclass_fields__)
    machine = resources.VirtualMachine(
        **{
            **fields,
            "name": "vm",
            "display_hint": "Compact",
            "tags": {"myTag": "x"},
            "extensions": ({"typeName": "t", "tags": {"anotherTag": "y"}},),
            "storage_profile": {"osDisk": {"diskSizeGB": 30, "images": [{"createdAt": "2017-11-23T10:00:00Z"}]}},
        }
    )
    sent = wire.encode(machine)
    assert sent["StorageProfile"] == {
        "OsDisk": {"DiskSizeGB": 30, "Images": [{"CreatedAt": "\x01S2017-11-23T10:00:00Z"}]}
    }
    assert sent["Extensions"] == [{"TypeName": "t", "Tags": {"anotherTag": "y"}}]
    assert sent["Tags"] == [["myTag", "x"]]


ACCOUNT = Account("MSI@50342", "ManagedService", tenants=("t",), endpoint="http://127.0.0.1:1/x", secret="hush")
CLOUD = CLOUDS["AzureCloud"]


@pytest.mark.parametrize(
    "context",
    [
        Context("n", ACCOUNT, CLOUD, Subscription("s", "Subscription1", "t", "Enabled"), Tenant("t", "Contoso")),
        Context("n", Account("me", "AccessToken", access_token="abc"), CLOUD, None, None),
        Context("", Account("2017-11-23T10:00:00Z", "AccessToken", access_token="\x01P"), CLOUD, None, Tenant("t")),
    ],
)
def test_a_context_comes_back_as_it_was(context: Context) -> None:
    sent = json.loads(json.dumps(wire.encode(context)))
    assert wire.context(wire.decode(sent)) == context


def test_what_is_further_known_of_a_context_comes_back_but_for_secrets() -> None:
    account = Account("MSI@50342", "ManagedService", tenants=("t",), subscriptions=("s", "u"), secret="hush")
    context = Context("n", account, CLOUD, Subscription("s", "Sub", "t"), None, extended_properties={"Team": "blue"})
    sent = json.loads(json.dumps(wire.encode(context)))
    assert sent["Account"]["ExtendedProperties"] == [["Tenants", "t"], ["Subscriptions", "s,u"]]
    sent["Account"]["ExtendedProperties"] += [["AccessToken", "eyJ"], ["ServicePrincipalSecret", "hush"]]
    back = wire.context(wire.decode(sent))
    assert back.account.extended_properties == {"Tenants": "t", "Subscriptions": "s,u"}
    assert back.extended_properties == {"Team": "blue"}
    assert back.subscription is not None
    assert back.subscription.extended_properties == {
        "Account": "MSI@50342",
        "Environment": "AzureCloud",
        "Tenants": "t",
    }
    plain = {**sent, "ExtendedProperties": {"Team": 5}, "Account": {**sent["Account"], "ExtendedProperties": None}}
    assert wire.context(plain).extended_properties == {"Team": "5"}


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"Account": None, "Environment": {}},
        {"Account": {"Id": "x"}, "Environment": {}},
        {"Account": "MSI@50342", "Environment": "AzureCloud"},
        {"Account": {"Id": "x", "Type": "y", "Tenants": 5}, "Environment": {}},
        [],
        "context",
    ],
)
def test_what_is_no_context_is_refused(value: object) -> None:
    with pytest.raises(UsageError, match="not a context") as caught:
        wire.context(value)
    assert "Get-AzureRmContext" in (caught.value.remedy or "")


def test_json_that_powershell_keeps_ready_is_decoded_with_all_that_is_tagged_in_it() -> None:
    kept = "\x01J" + json.dumps({"Name": "one", "Account": {"Id": "\x01Sshielded"}})
    assert wire.decode({"context": kept}) == {"context": {"Name": "one", "Account": {"Id": "shielded"}}}


def test_what_is_tagged_as_json_and_is_none_is_refused() -> None:
    with pytest.raises(UsageError, match="JSON"):
        wire.decode({"context": "\x01J{"})
