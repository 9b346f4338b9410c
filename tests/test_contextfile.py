"""contextfile: the files of AzureRM and Az, and ours."""

from __future__ import annotations

import json
import stat
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pybridge import contextfile
from pybridge.clouds import cloud
from pybridge.errors import FileError, NotFoundError
from pybridge.resources import Account, Context, Environment, Session, Subscription, Tenant

FILES = Path(__file__).parent / "contextfiles"
TENANT = "7f7f7f7f-0000-4000-8000-00000000000b"
SUBSCRIPTION = "5c5c5c5c-0000-4000-8000-00000000000"

#: What stands in the files and must not be read: tokens and secrets.
HIDDEN = ("TOKENCACHE", "ACCESSTOKEN", "SECRETSECRET")


def read(name: str) -> contextfile.Found:
    return contextfile.read(FILES / name)


def parsed(value: Any) -> contextfile.Found:
    return contextfile.parse(json.dumps(value).encode(), "some.json")


def test_a_profile_of_azurerm_4() -> None:
    session, warnings = read("azurerm4.json")
    (context,) = session.contexts
    assert warnings == ()
    assert context == Context(
        f"Orchard ({SUBSCRIPTION}1)",
        Account(
            "0a0a0a0a-1b1b-2c2c-3d3d-4e4e4e4e4e4e",
            "ServicePrincipal",
            tenants=("7f7f7f7f-0000-4000-8000-00000000000a",),
        ),
        cloud("AzureCloud"),  # by its name: what URLs the file has for it counts for nothing
        Subscription(f"{SUBSCRIPTION}1", "Orchard", "7f7f7f7f-0000-4000-8000-00000000000a", "Enabled"),
        Tenant("7f7f7f7f-0000-4000-8000-00000000000a", "orchard.example"),
    )
    assert session.current == context.name
    assert session.environments == {
        "Meadow": Environment(
            "Meadow",
            "https://management.meadow.example/",
            "https://login.meadow.example/adfs/",
            type="User-defined",
            enable_adfs_authentication=True,
            active_directory_service_endpoint_resource_id="https://management.meadow.example/d1e2",
            gallery_url="https://gallery.meadow.example/",
            graph_url="https://graph.meadow.example/",
            storage_endpoint_suffix="meadow.example",
        )
    }


def test_contexts_of_azurerm_6() -> None:
    session, warnings = read("azurerm6.json")
    assert warnings == ()
    assert [(one.name, one.account.type, one.environment.name) for one in session.contexts] == [
        (f"[MSI@50342, {SUBSCRIPTION}2]", "ManagedService", "AzureCloud"),
        ("work", "User", "AzureCloud"),
        ("stack", "ServicePrincipal", "Harbour"),
    ]
    assert session.current == "work"
    identity, user, stack = session.contexts
    assert identity.account == Account("MSI@50342", "ManagedService", tenants=(TENANT,))
    assert user.account.tenants == (TENANT, "7f7f7f7f-0000-4000-8000-00000000000c")
    assert stack.environment is session.environments["Harbour"]
    assert stack.environment.azure_operational_insights_endpoint == "https://logs.harbour.example/"
    assert stack.environment.arm_resource == "https://management.harbour.example/a1b2"


def test_contexts_of_az() -> None:
    session, _ = read("az.json")
    identity, app = session.contexts
    assert session.current == identity.name
    assert identity.tenant == Tenant(TENANT)
    assert identity.subscription == Subscription(f"{SUBSCRIPTION}2", "Harbour 1", TENANT, "Enabled")
    assert app.environment == cloud("AzureUSGovernment")
    assert app.account.certificate_thumbprint == "00112233445566778899AABBCCDDEEFF00112233"


@pytest.mark.parametrize("name", ["azurerm4.json", "azurerm6.json", "az.json"])
def test_no_token_and_no_secret_is_read_or_written(name: str) -> None:
    session, _ = read(name)
    texts = (contextfile.text(session), repr(session), str([one.account.secret for one in session.contexts]))
    assert [word for word in HIDDEN for text in texts if word in text] == []
    assert {one.account.access_token for one in session.contexts} == {None}


@pytest.mark.parametrize(
    ("name", "accounts"),
    [
        ("azurerm4.json", ["0a0a0a0a-1b1b-2c2c-3d3d-4e4e4e4e4e4e"]),
        ("azurerm6.json", ["sailor@harbour.example", "0b0b0b0b-1b1b-2c2c-3d3d-4e4e4e4e4e4e"]),
        ("az.json", ["11110000-1b1b-2c2c-3d3d-4e4e4e4e4e4e"]),
    ],
)
def test_accounts_that_must_sign_in_again_are_told_how(name: str, accounts: list[str]) -> None:
    told = list(contextfile.to_sign_in(read(name).session))
    assert [account in words for account, words in zip(accounts, told, strict=True)] == [True] * len(accounts)
    assert all("Connect-AzureRmAccount" in words or "-Identity" in words for words in told)


@pytest.mark.parametrize("name", ["azurerm4.json", "azurerm6.json", "az.json"])
def test_what_is_written_is_read_back(name: str) -> None:
    session, _ = read(name)
    assert contextfile.parse(contextfile.text(session).encode(), name).session == session


def test_our_file_has_the_layout_of_az() -> None:
    session, _ = read("az.json")
    ours, theirs = json.loads(contextfile.text(session)), json.loads((FILES / "az.json").read_text(encoding="utf-8"))
    assert list(ours) == list(theirs)
    mine, yours = ours["Contexts"][session.current], theirs["Contexts"][session.current]
    assert list(mine) == list(yours)
    assert list(mine["Account"]) == list(yours["Account"])
    assert set(mine["Subscription"]) == set(yours["Subscription"])
    assert set(yours["Environment"]) <= set(mine["Environment"])
    assert mine["Account"]["ExtendedProperties"]["Tenants"] == TENANT
    properties = mine["Account"]["ExtendedProperties"]
    assert properties["MSILoginUri"].startswith("http://169.254.169.254/")
    assert properties["MSILoginBackup"] == "http://localhost:50342/oauth2/token"
    assert mine["TokenCache"] == {"CacheData": None}


def test_what_azurerm_keeps_among_extended_properties_is_read_back() -> None:
    session, _ = read("az.json")
    (first, *_) = session.contexts
    harbour = replace(session.environments["Harbour"], azure_analysis_services_endpoint_suffix="as.harbour.example")
    account = replace(first.account, subscriptions=("s", "t"))
    held = Session((replace(first, account=account),), first.name, {"Harbour": harbour})
    text = contextfile.text(held)
    written = json.loads(text)["EnvironmentTable"]["Harbour"]["ExtendedProperties"]
    assert written["AzureAnalysisServicesEndpointSuffix"] == "as.harbour.example"
    back = contextfile.parse(text.encode(), "x").session
    assert back.environments["Harbour"].azure_analysis_services_endpoint_suffix == "as.harbour.example"
    assert back.contexts[0].account.subscriptions == ("s", "t")


def test_secrets_of_a_session_stay_in_it(tmp_path: Path) -> None:
    session, _ = read("azurerm6.json")
    account = replace(session.contexts[0].account, access_token="TOKENTOKENTOKEN", secret="HUSHHUSHHUSH")
    held = replace(session, contexts=(replace(session.contexts[0], account=account),))
    contextfile.write(tmp_path / "file.json", held)
    text = (tmp_path / "file.json").read_text(encoding="ascii")
    assert ("TOKENTOKEN" in text, "HUSHHUSH" in text) == (False, False)


@pytest.mark.parametrize(
    ("endpoint", "kept"),
    [
        ("http://127.0.0.1:50343/oauth2/token", "http://127.0.0.1:50343/oauth2/token"),
        ("http://localhost:50342/oauth2/token", None),
        (None, None),
    ],
)
def test_the_endpoint_that_a_caller_named_is_kept(endpoint: str | None, kept: str | None) -> None:
    session, _ = read("az.json")
    context = session.contexts[0]
    held = Session((replace(context, account=replace(context.account, endpoint=endpoint)),), context.name)
    (again,) = contextfile.parse(contextfile.text(held).encode(), "x").session.contexts
    assert again.account.endpoint == kept


def test_an_endpoint_elsewhere_is_not_heeded() -> None:
    value = json.loads((FILES / "az.json").read_text(encoding="utf-8"))
    (context, *_) = value["Contexts"].values()
    context["Account"]["ExtendedProperties"]["MSILoginUri"] = "http://evil.example/oauth2/token"
    assert parsed(value).session.contexts[0].account.endpoint is None


@pytest.mark.parametrize(
    ("arm", "audience", "taken"),
    [
        ("https://management.stack.example/", None, True),
        ("https://management.stack.example/", "https://management.contoso.onmicrosoft.com/f00", True),
        ("https://evil.example/", "https://management.azure.com/", False),
        ("https://evil.example/", "https://management.core.windows.net/", False),
        ("https://evil.example/", "https://vault.azure.net", False),
        ("https://evil.example/", "https://graph.microsoft.com", False),
        ("https://evil.example/", "https://contoso.blob.core.windows.net", False),
        ("https://evil.example/", "6dae42f8-4368-4678-94ff-3960e28e3630", False),
        ("https://vm.eastus.cloudapp.azure.com/", None, False),
        ("https://management.azure.com/", "https://management.azure.com/", True),
        ("http://management.stack.example/", None, False),
        ("", None, False),
    ],
)
def test_a_cloud_that_would_get_tokens_of_azure_is_left_out(arm: str, audience: str | None, taken: bool) -> None:
    value = json.loads((FILES / "azurerm6.json").read_text(encoding="utf-8"))
    harbour = value["EnvironmentTable"]["Harbour"]
    harbour |= {"ResourceManagerUrl": arm, "ActiveDirectoryServiceEndpointResourceId": audience}
    session, warnings = parsed(value)
    assert ("Harbour" in session.environments, "stack" in [one.name for one in session.contexts]) == (taken, taken)
    assert bool(warnings) is not taken


def test_a_built_in_cloud_is_never_taken_from_a_file() -> None:
    value = json.loads((FILES / "azurerm6.json").read_text(encoding="utf-8"))
    value["EnvironmentTable"]["azurecloud"] = {"Name": "azurecloud", "ResourceManagerUrl": "https://evil.example/"}
    assert "azurecloud" not in parsed(value).session.environments


def test_a_file_without_contexts_is_one_too() -> None:
    empty = {"DefaultContextKey": "Default", "EnvironmentTable": {}, "Contexts": {}, "ExtendedProperties": {}}
    assert parsed(empty).session == Session()


def test_a_default_context_that_is_not_there_is_the_first() -> None:
    value = json.loads((FILES / "az.json").read_text(encoding="utf-8"))
    value["DefaultContextKey"] = "gone"
    session, _ = parsed(value)
    assert session.current == session.contexts[0].name


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_bytes_in_the_encodings_of_windows(encoding: str) -> None:
    text = (FILES / "az.json").read_text(encoding="utf-8") + "\0"
    assert len(contextfile.parse(text.encode(encoding), "x").session.contexts) == 2


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"{",
        b"[]",
        b'"text"',
        b"{}",
        b'{"Contexts": []}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_context_file_is_an_error_with_its_name(data: bytes) -> None:
    with pytest.raises(FileError, match=r"^some\.json") as caught:
        contextfile.parse(data, "some.json")
    assert "Save-AzureRmContext" in (caught.value.remedy or "")


@pytest.mark.parametrize(
    "context",
    [None, [], {}, {"Account": None}, {"Account": {"Id": ""}}, {"Account": {"Id": 5}}, {"Account": {"Id": "x"}}],
)
def test_odd_contexts_do_no_harm(context: Any) -> None:
    session, _ = parsed({"Contexts": {"odd": context}, "EnvironmentTable": {"odd": context}})
    assert len(session.contexts) == (1 if context == {"Account": {"Id": "x"}} else 0)
    old, _ = parsed({"Context": context, "Environments": {"odd": context}})
    assert len(old.contexts) == len(session.contexts)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        contextfile.read(tmp_path / "nothing.json")
    with pytest.raises(FileError):
        contextfile.read(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="rights are not told by a mode there")
def test_a_file_is_written_for_its_owner_alone_and_in_one_go(tmp_path: Path) -> None:
    file = tmp_path / "file.json"
    file.write_text("old", encoding="ascii")
    file.chmod(0o644)
    contextfile.write(file, read("az.json").session)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]
    with pytest.raises(FileError):
        contextfile.write(tmp_path / "no" / "folder.json", Session())
