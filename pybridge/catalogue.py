"""The catalogue: what tokens for Azure's services are asked for, by name, in each cloud.

A resource ID becomes the `aud` of a token, letter by letter, so its spelling counts: some end in a slash, some do not.
The IDs are those of Microsoft's list of services that take managed identities and of Azure PowerShell's environments.
No `dataclasses` here: this is on the way of a cold `pybridge token`.
"""

from __future__ import annotations

from typing import NamedTuple

from .errors import UsageError

#: The clouds, in AzureRM's words, in the order of `Entry.resource_ids`. The first one is meant where none is named.
CLOUDS = ("AzureCloud", "AzureUSGovernment", "AzureChinaCloud")

_RETIRED = "azuregermancloud"


class Entry(NamedTuple):
    """A service, or another thing that tokens are for.

    Attributes:
        name: One word, which stands for the resource ID: "KeyVault".
        title: What Microsoft calls it.
        resource_ids: The ID in each of `CLOUDS`; None where none is known. An ID with a part in angle brackets, such as
            "<account>", is a pattern: each account has its own.
        documentation: A page about tokens for it.
        tested: Whether Microsoft's list says that it has been tested with managed identities. False says only that the
            list does not have it.
        aliases: Further names.
    """

    name: str
    title: str
    resource_ids: tuple[str | None, str | None, str | None]
    documentation: str
    tested: bool = False
    aliases: tuple[str, ...] = ()

    def resource_id(self, cloud: str) -> str | None:
        """The ID in a cloud, which is one of `CLOUDS`; None where none is known."""
        return self.resource_ids[CLOUDS.index(cloud)]


def is_pattern(resource_id: str) -> bool:
    """Whether a part of the ID has to be filled in before it can be asked for."""
    return "<" in resource_id


_LEARN = "https://learn.microsoft.com"


def _same(resource_id: str) -> tuple[str, str, str]:
    return (resource_id, resource_id, resource_id)


CATALOGUE = (
    Entry(
        "ResourceManager",
        "Azure Resource Manager",
        (
            "https://management.azure.com/",
            "https://management.usgovcloudapi.net/",
            "https://management.chinacloudapi.cn/",
        ),
        f"{_LEARN}/azure/role-based-access-control/overview",
        tested=True,
        aliases=("Arm",),
    ),
    Entry(
        "KeyVault",
        "Azure Key Vault",
        ("https://vault.azure.net", "https://vault.usgovcloudapi.net", "https://vault.azure.cn"),
        f"{_LEARN}/azure/key-vault/general/authentication",
        tested=True,
        aliases=("Vault",),
    ),
    Entry(
        "Storage",
        "Azure Storage",
        _same("https://storage.azure.com/"),
        f"{_LEARN}/azure/storage/blobs/authorize-access-azure-active-directory",
        tested=True,
        aliases=("Blob", "Queue", "Table"),
    ),
    Entry(
        "Sql",
        "Azure SQL",
        (
            "https://database.windows.net/",
            "https://database.usgovcloudapi.net/",
            "https://database.chinacloudapi.cn/",
        ),
        f"{_LEARN}/azure/azure-sql/database/authentication-aad-overview",
        tested=True,
        aliases=("SqlDatabase", "AzureSql"),
    ),
    Entry(
        "EventHubs",
        "Azure Event Hubs",
        _same("https://eventhubs.azure.net"),
        f"{_LEARN}/azure/event-hubs/authenticate-application",
        tested=True,
        aliases=("EventHub",),
    ),
    Entry(
        "ServiceBus",
        "Azure Service Bus",
        _same("https://servicebus.azure.net"),
        f"{_LEARN}/azure/service-bus-messaging/service-bus-managed-service-identity",
        tested=True,
    ),
    Entry(
        "CosmosDb",
        "Azure Cosmos DB",
        ("https://cosmos.azure.com", "https://cosmos.azure.us", "https://cosmos.azure.cn"),
        f"{_LEARN}/azure/cosmos-db/managed-identity-based-authentication",
        tested=True,
        aliases=("Cosmos",),
    ),
    Entry(
        "DataLake",
        "Azure Data Lake",
        ("https://datalake.azure.net/", None, None),
        f"{_LEARN}/azure/data-lake-store/data-lakes-store-authentication-using-azure-active-directory",
        tested=True,
    ),
    Entry(
        "DataExplorer",
        "Azure Data Explorer",
        (
            "https://<account>.<region>.kusto.windows.net",
            "https://<account>.<region>.kusto.usgovcloudapi.net",
            "https://<account>.<region>.kusto.chinacloudapi.cn",
        ),
        f"{_LEARN}/kusto/api/get-started/app-authentication-methods",
        tested=True,
        aliases=("Kusto",),
    ),
    Entry(
        "AnalysisServices",
        "Azure Analysis Services",
        (
            "https://<region>.asazure.windows.net",
            "https://<region>.asazure.usgovcloudapi.net",
            "https://<region>.asazure.chinacloudapi.cn",
        ),
        f"{_LEARN}/azure/analysis-services/analysis-services-service-principal",
        tested=True,
    ),
    Entry(
        "MicrosoftGraph",
        "Microsoft Graph",
        (
            "https://graph.microsoft.com/",
            "https://graph.microsoft.us/",
            "https://microsoftgraph.chinacloudapi.cn/",
        ),
        f"{_LEARN}/graph/deployments",
        aliases=("Graph", "MSGraph"),
    ),
    Entry(
        "ManagedHsm",
        "Azure Key Vault Managed HSM",
        ("https://managedhsm.azure.net", "https://managedhsm.usgovcloudapi.net", "https://managedhsm.azure.cn"),
        f"{_LEARN}/azure/key-vault/managed-hsm/access-control",
    ),
    Entry(
        "Batch",
        "Azure Batch",
        (
            "https://batch.core.windows.net/",
            "https://batch.core.usgovcloudapi.net/",
            "https://batch.chinacloudapi.cn/",
        ),
        f"{_LEARN}/azure/batch/batch-aad-auth",
    ),
    Entry(
        "LogAnalytics",
        "Azure Monitor Log Analytics",
        ("https://api.loganalytics.io", "https://api.loganalytics.us", "https://api.loganalytics.azure.cn"),
        f"{_LEARN}/azure/azure-monitor/logs/api/access-api",
        aliases=("OperationalInsights",),
    ),
    Entry(
        "Synapse",
        "Azure Synapse Analytics",
        (
            "https://dev.azuresynapse.net",
            "https://dev.azuresynapse.usgovcloudapi.net",
            "https://dev.azuresynapse.azure.cn",
        ),
        f"{_LEARN}/rest/api/synapse/",
    ),
    Entry(
        "Attestation",
        "Azure Attestation",
        ("https://attest.azure.net", None, None),
        f"{_LEARN}/azure/attestation/overview",
    ),
    Entry(
        "Purview",
        "Microsoft Purview",
        ("https://purview.azure.net", None, None),
        f"{_LEARN}/azure/purview/tutorial-using-rest-apis",
    ),
    Entry(
        "AppConfiguration",
        "Azure App Configuration",
        ("https://azconfig.io", None, None),
        f"{_LEARN}/azure/azure-app-configuration/concept-enable-rbac",
        aliases=("AppConfig",),
    ),
    Entry(
        "Redis",
        "Azure Cache for Redis",
        ("https://redis.azure.com", None, None),
        f"{_LEARN}/azure/azure-cache-for-redis/cache-azure-active-directory-for-authentication",
    ),
    Entry(
        "Aks",
        "Azure Kubernetes Service, the API server of a cluster",
        ("6dae42f8-4368-4678-94ff-3960e28e3630", None, None),
        f"{_LEARN}/azure/aks/kubelogin-authentication",
        aliases=("Kubernetes",),
    ),
    Entry(
        "ServiceManagement",
        "Azure Resource Manager, by the ID that older tools ask for",
        (
            "https://management.core.windows.net/",
            "https://management.core.usgovcloudapi.net/",
            "https://management.core.chinacloudapi.cn/",
        ),
        f"{_LEARN}/azure/role-based-access-control/overview",
    ),
    Entry(
        "AzureADGraph",
        "Azure AD Graph (retired: use MicrosoftGraph)",
        ("https://graph.windows.net/", "https://graph.windows.net/", "https://graph.chinacloudapi.cn/"),
        f"{_LEARN}/graph/deployments",
        aliases=("AadGraph",),
    ),
)

_BY_NAME = {name.lower(): entry for entry in CATALOGUE for name in (entry.name, *entry.aliases)}

#: Each ID that can be asked for, by itself with and without a slash at its end. None has a path, so none has a case.
_SPELLINGS = {
    spelling: resource_id
    for entry in CATALOGUE
    for resource_id in entry.resource_ids
    if resource_id and not is_pattern(resource_id)
    for spelling in (resource_id, resource_id.removesuffix("/"), f"{resource_id.removesuffix('/')}/")
}


def cloud_name(text: str | None) -> str:
    """The one of `CLOUDS` that is meant, whatever its case; the public one for None.

    Raises:
        UsageError: There is no such cloud, or no longer.
    """
    wanted = CLOUDS[0] if text is None else text
    for name in CLOUDS:
        if name.lower() == wanted.lower():
            return name
    if wanted.lower() == _RETIRED:
        raise UsageError(
            "AzureGermanCloud is no more: Microsoft closed it on 29 October 2021",
            target=wanted,
            remedy="Azure in Germany is now in regions of AzureCloud, such as germanywestcentral: "
            "name AzureCloud, or no environment at all.",
        )
    raise UsageError(
        f"there is no environment named {wanted!r}",
        target=wanted,
        remedy=f"Known environments: {', '.join(CLOUDS)}.",
    )


def canonical(resource: str) -> str:
    """A resource ID in the catalogue's spelling, if it differs from one of its IDs only in a last slash or in case.

    Anything else comes back as it is: the slash becomes part of a token's audience.
    """
    found = _SPELLINGS.get(resource)
    if found is None and resource.isascii():
        found = _SPELLINGS.get(resource.lower())
    return resource if found is None else found


def resource_named(text: str, cloud: str | None = None) -> str:
    """The resource ID that a user means.

    A name of the catalogue stands for its ID in the cloud; what can be a resource ID is taken as `canonical` has it,
    and is never replaced by one that looks like it.

    Args:
        text: What was typed: "KeyVault", "https://vault.azure.net", a GUID ...
        cloud: Where names are looked up; the public cloud for None.

    Raises:
        UsageError: It is neither, or it is a name that has no single ID in that cloud.
    """
    entry = _BY_NAME.get(text.lower())
    if entry is not None:
        return _only_id(entry, cloud_name(cloud))
    if ":" in text or _begins_with_guid(text):
        return canonical(text)
    raise unknown(text, cloud)


def _begins_with_guid(text: str) -> bool:
    # Without `re`: to compile a pattern takes a third of the time that it takes to import this module.
    head = text[:36].lower()
    return [len(part) for part in head.split("-")] == [8, 4, 4, 4, 12] and set(head) <= set("0123456789abcdef-")


def _only_id(entry: Entry, cloud: str) -> str:
    found = entry.resource_id(cloud)
    if found is None:
        raise _none(entry, cloud)
    if is_pattern(found):
        raise UsageError(
            f"{entry.name} has not one resource ID, but one for each {found.partition('<')[2].partition('>')[0]}",
            target=entry.name,
            remedy=f"Pass yours, of the form {found}.",
        )
    return found


def _none(entry: Entry, cloud: str) -> UsageError:
    places = [name for name, known in zip(CLOUDS, entry.resource_ids, strict=True) if known]
    return UsageError(
        f"no resource ID of {entry.name} is known in {cloud}",
        target=entry.name,
        remedy=f"It has one in {' and '.join(places)}. If it exists in {cloud}, pass its resource ID itself.",
    )


def unknown(text: str, cloud: str | None = None) -> UsageError:
    """The error for a name that the catalogue does not have, with the one that was probably meant."""
    advice = "Take a name from `pybridge resources` (Get-MsiResourceId), or a URL such as https://vault.azure.net."
    return UsageError(
        f"there is no resource named {text!r}",
        target=text,
        remedy=f"{did_you_mean(text, cloud)} {advice}".lstrip(),
    )


def did_you_mean(text: str, cloud: str | None = None) -> str:
    """The question "Did you mean KeyVault (https://vault.azure.net)?"; empty where no entry is near."""
    entry = nearest(text, cloud)
    return f"Did you mean {entry.name} ({entry.resource_id(cloud_name(cloud))})?" if entry else ""


def nearest(text: str, cloud: str | None = None) -> Entry | None:
    """The entry that a mistyped name or URL was probably meant for, of those that the cloud has.

    The ID of the same service in another cloud counts as mistyped. None where nothing is near, and for an ID that is
    right.
    """
    column = CLOUDS.index(cloud_name(cloud))
    here = [entry for entry in CATALOGUE if entry.resource_ids[column] is not None]
    exact = canonical(text)
    for entry in here:
        if exact in entry.resource_ids:
            return None if exact == entry.resource_ids[column] else entry
    wanted = _bare(text)
    scored = [
        (_likeness(wanted, _bare(form)), entry)
        for entry in here
        for form in (entry.name, *entry.aliases, *filter(None, entry.resource_ids))
    ]
    best, entry = max(scored, key=lambda pair: pair[0])
    return entry if best >= _NEAR else None


#: How alike two texts must be, of 1, for one to be a slip for the other.
_NEAR = 0.7


def _bare(text: str) -> str:
    """What counts in a comparison: no scheme, path or case."""
    return text.lower().rpartition("://")[2].partition("/")[0]


def _likeness(one: str, other: str) -> float:
    """How alike two names or hosts are: no more than their first labels are, as the ends of hosts are much the same."""
    from difflib import SequenceMatcher  # only when something was mistyped

    if one.count(".") and not other.count("."):
        return 0.0
    whole = SequenceMatcher(None, one, other, autojunk=False).ratio()
    first = SequenceMatcher(None, one.partition(".")[0], other.partition(".")[0], autojunk=False).ratio()
    return min(whole, first)


def find(pattern: str | None = None, cloud: str | None = None) -> list[Entry]:
    """The entries that a cloud has: all, or those whose name, alias, title or ID fits a pattern with * and ?.

    Raises:
        UsageError: No entry has that name; but a pattern that nothing fits is no error.
    """
    from fnmatch import fnmatchcase

    name = cloud_name(cloud)
    column = CLOUDS.index(name)
    here = [entry for entry in CATALOGUE if entry.resource_ids[column] is not None]
    if pattern is None:
        return here
    wanted = pattern.lower()
    found = [
        entry
        for entry in here
        for texts in [(entry.name, entry.title, str(entry.resource_ids[column]), *entry.aliases)]
        if any(fnmatchcase(text.lower(), wanted) for text in texts)
    ]
    if not found and not any(sign in pattern for sign in "*?["):
        entry = _BY_NAME.get(wanted)
        raise unknown(pattern, cloud) if entry is None else _none(entry, name)
    return found
