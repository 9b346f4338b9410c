"""catalogue: names for resource IDs, one spelling for each, and what a slip of the pen was meant for."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest
from support import GUARD, environment

from pybridge import catalogue
from pybridge.catalogue import CATALOGUE, CLOUDS, Entry, is_pattern
from pybridge.clouds import CLOUDS as ENVIRONMENTS
from pybridge.errors import UsageError

PUBLIC, GOVERNMENT, CHINA = CLOUDS

#: Every ID that can be asked for.
ASKABLE = sorted(
    {found for entry in CATALOGUE for found in entry.resource_ids if found is not None and not is_pattern(found)}
)

#: What is taken letter by letter: the catalogue does not know it.
FOREIGN = [
    "https://valut.azure.net",
    "https://managment.azure.com/",
    "https://vault.azure.net//",
    "https://vault.azure.net/x",
    "https://vault.azure.net/.default",
    "http://vault.azure.net",
    "https://vault.azure.net:443",
    "https://myvault.vault.azure.net/",
    "https://vault.azure.net ",
    "https://datala\u212ae.azure.net/",  # the sign of the kelvin, whose small letter is a "k"
    "https://help.westeurope.kusto.windows.net/",
    "api://1b730954-1685-4b74-9bfd-dac224a7b894",
    "1b730954-1685-4b74-9bfd-dac224a7b894",
    "1b730954-1685-4b74-9bfd-dac224a7b894/.default",
    "urn:ms-drs:enterpriseregistration.windows.net",
]


# --- the table itself --------------------------------------------------------------------------------


def test_names_are_one_word_and_each_is_one_entrys() -> None:
    names = [name for entry in CATALOGUE for name in (entry.name, *entry.aliases)]
    assert all(re.fullmatch(r"[A-Z][A-Za-z]+", name) for name in names)
    assert len({name.lower() for name in names}) == len(names)


def test_an_id_is_one_entrys_and_has_neither_path_nor_capitals() -> None:
    owners: dict[str, str] = {}
    for entry in CATALOGUE:
        for found in filter(None, entry.resource_ids):
            assert re.fullmatch(r"https://[a-z0-9.<>-]+/?|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", found)
            assert owners.setdefault(found.rstrip("/"), entry.name) == entry.name


@pytest.mark.parametrize("entry", CATALOGUE, ids=lambda entry: entry.name)
def test_a_row_is_complete(entry: Entry) -> None:
    assert entry.resource_ids[0] is not None
    assert len(entry.resource_ids) == len(CLOUDS)
    assert entry.documentation.startswith("https://learn.microsoft.com/")
    assert entry.title


def test_the_catalogue_and_the_clouds_agree() -> None:
    rows = {entry.name: entry for entry in CATALOGUE}
    assert set(CLOUDS) == set(ENVIRONMENTS)
    for name, cloud in ENVIRONMENTS.items():
        ids = {row: rows[row].resource_id(name) for row in rows}
        assert ids["ResourceManager"] == cloud.resource_manager_url == cloud.arm_resource
        assert ids["ServiceManagement"] == cloud.service_management_url
        assert ids["KeyVault"] == cloud.azure_key_vault_service_endpoint_resource_id
        assert ids["AzureADGraph"] == cloud.graph_endpoint_resource_id
        assert ids["MicrosoftGraph"] == f"{cloud.microsoft_graph_url}/"
        assert ids["Batch"] == cloud.batch_endpoint_resource_id
        assert ids["DataLake"] == cloud.data_lake_endpoint_resource_id
        assert ids["LogAnalytics"] == cloud.azure_operational_insights_endpoint_resource_id


def test_the_catalogue_costs_no_start_up_time() -> None:
    program = (
        "import sys; before = set(sys.modules); from pybridge import catalogue; catalogue.resource_named('keyvault'); "
        "loaded = sorted(set(sys.modules) - before); import json; print(json.dumps(loaded))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
        timeout=GUARD,
    )
    loaded = json.loads(run.stdout)
    assert "pybridge.catalogue" in loaded
    assert not {"dataclasses", "difflib", "fnmatch", "json", "pybridge.resources"} & set(loaded)


# --- names -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "cloud", "found"),
    [
        ("KeyVault", None, "https://vault.azure.net"),
        ("keyvault", PUBLIC, "https://vault.azure.net"),
        ("KEYVAULT", GOVERNMENT, "https://vault.usgovcloudapi.net"),
        ("KeyVault", "azurechinacloud", "https://vault.azure.cn"),
        ("arm", None, "https://management.azure.com/"),
        ("ResourceManager", GOVERNMENT, "https://management.usgovcloudapi.net/"),
        ("AKS", None, "6dae42f8-4368-4678-94ff-3960e28e3630"),
        ("MSGraph", CHINA, "https://microsoftgraph.chinacloudapi.cn/"),
    ],
)
def test_a_name_stands_for_the_id_of_its_cloud(text: str, cloud: str | None, found: str) -> None:
    assert catalogue.resource_named(text, cloud) == found


@pytest.mark.parametrize("cloud", CLOUDS)
def test_every_name_gives_an_id_or_says_why_not(cloud: str) -> None:
    for entry in CATALOGUE:
        expected = entry.resource_id(cloud)
        for name in (entry.name, *entry.aliases):
            if expected is not None and not is_pattern(expected):
                assert catalogue.resource_named(name, cloud) == expected
            else:
                with pytest.raises(UsageError, match=entry.name) as caught:
                    catalogue.resource_named(name, cloud)
                assert (caught.value.target, bool(caught.value.remedy)) == (entry.name, True)


def test_a_service_that_a_cloud_lacks_is_refused_with_the_clouds_that_have_it() -> None:
    with pytest.raises(UsageError, match="no resource ID of Redis is known in AzureChinaCloud") as caught:
        catalogue.resource_named("redis", CHINA)
    assert "It has one in AzureCloud." in (caught.value.remedy or "")


def test_a_service_whose_accounts_have_ids_of_their_own_is_refused_with_the_form() -> None:
    with pytest.raises(UsageError, match="DataExplorer has not one resource ID, but one for each account") as caught:
        catalogue.resource_named("DataExplorer")
    assert "https://<account>.<region>.kusto.windows.net" in (caught.value.remedy or "")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("KeyVualt", "Did you mean KeyVault (https://vault.azure.net)?"),
        ("key vault", "Did you mean KeyVault (https://vault.azure.net)?"),
        ("vault.azure.net", "Did you mean KeyVault (https://vault.azure.net)?"),
        ("EventHubs2", "Did you mean EventHubs (https://eventhubs.azure.net)?"),
        ("nonsense", None),
        ("not a resource", None),
        ("", None),
        ("KeyVault/.default", "Did you mean KeyVault (https://vault.azure.net)?"),
        ("line\nbreak", None),
        ("1b730954-1685-4b74-9bfd-dac224a7b89", None),
        ("1b730954-1685-4b74-9bfd-dac224a7b89g", None),
        ("1b7309541685-4b74-9bfd-dac2-24a7b894", None),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest(text: str, meant: str | None) -> None:
    with pytest.raises(UsageError) as caught:
        catalogue.resource_named(text)
    remedy = caught.value.remedy or ""
    assert caught.value.message == f"there is no resource named {text!r}"
    assert remedy.startswith(f"{meant} " if meant else "Take a name from ")
    assert ("Did you mean" in remedy) is (meant is not None)


@pytest.mark.parametrize("call", [catalogue.resource_named, catalogue.find, catalogue.nearest])
def test_a_cloud_that_is_not_there_is_refused(call: object) -> None:
    assert callable(call)
    with pytest.raises(UsageError, match="there is no environment named 'Mars'"):
        call("KeyVault", "Mars")


# --- one spelling ------------------------------------------------------------------------------------


@pytest.mark.parametrize("resource", ASKABLE)
def test_a_slash_at_the_end_and_case_are_folded(resource: str) -> None:
    bare = resource.removesuffix("/")
    for text in (resource, bare, f"{bare}/", resource.upper(), f"{bare.title()}/"):
        assert catalogue.canonical(text) == resource
        assert catalogue.resource_named(text) == resource
        assert catalogue.resource_named(text, CHINA) == resource


@pytest.mark.parametrize("resource", FOREIGN)
def test_everything_else_is_taken_letter_by_letter(resource: str) -> None:
    assert catalogue.canonical(resource) == resource
    assert catalogue.resource_named(resource) == resource


def test_names_are_not_spellings() -> None:
    assert catalogue.canonical("KeyVault") == "KeyVault"


# --- the nearest -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "cloud", "name"),
    [
        ("https://valut.azure.net", None, "KeyVault"),
        ("https://vault.azure.com/", None, "KeyVault"),
        ("HTTPS://MANAGMENT.azure.com/", None, "ResourceManager"),
        ("https://graph.microsoft.con", None, "MicrosoftGraph"),
        ("https://management.azur.com", GOVERNMENT, "ResourceManager"),
        ("https://vault.usgovcloudapi.net", PUBLIC, "KeyVault"),
        ("https://vault.azure.net", CHINA, "KeyVault"),
        ("grap.windows.net", None, "AzureADGraph"),
    ],
)
def test_a_slip_is_recognized(text: str, cloud: str | None, name: str) -> None:
    entry = catalogue.nearest(text, cloud)
    assert entry is not None
    assert entry.name == name


@pytest.mark.parametrize("text", ["https://contoso.azure.com", "https://app.contoso.com", "api://x", "https://", "x"])
def test_what_is_like_nothing_is_left_alone(text: str) -> None:
    assert catalogue.nearest(text) is None
    assert catalogue.did_you_mean(text) == ""


@pytest.mark.parametrize("text", ["https://vault.azure.net", "https://vault.azure.net/"])
def test_an_id_that_is_right_was_meant_as_it_is(text: str) -> None:
    assert catalogue.nearest(text) is None


def test_nothing_is_suggested_that_the_cloud_does_not_have() -> None:
    entry = catalogue.nearest("Rediss", GOVERNMENT)
    assert entry is None or entry.resource_id(GOVERNMENT) is not None
    assert catalogue.nearest("Rediss", PUBLIC) is not None


# --- looking up --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("key*", ["KeyVault"]),
        ("*key*", ["KeyVault", "ManagedHsm"]),
        ("KEYVAULT", ["KeyVault"]),
        ("arm", ["ResourceManager"]),
        ("Azure Cosmos DB", ["CosmosDb"]),
        ("???", ["ResourceManager", "Sql", "Aks"]),
        ("https://vault*", ["KeyVault"]),
        ("[st]*bus", ["ServiceBus"]),
        ("zz*", []),
    ],
)
def test_entries_are_found_by_name_title_alias_or_id(pattern: str, names: list[str]) -> None:
    assert [entry.name for entry in catalogue.find(pattern)] == names


def test_all_are_found_in_the_order_of_the_catalogue_but_for_those_that_a_cloud_lacks() -> None:
    assert tuple(catalogue.find()) == CATALOGUE
    assert catalogue.find(None, CHINA) == [entry for entry in CATALOGUE if entry.resource_id(CHINA)]
    assert "Redis" not in {entry.name for entry in catalogue.find("*", CHINA)}


@pytest.mark.parametrize(
    ("name", "cloud", "message"),
    [
        ("KeyVualt", None, "there is no resource named 'KeyVualt'"),
        ("redis", GOVERNMENT, "no resource ID of Redis is known in AzureUSGovernment"),
    ],
)
def test_a_name_that_finds_nothing_is_refused(name: str, cloud: str | None, message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        catalogue.find(name, cloud)
    assert caught.value.remedy
