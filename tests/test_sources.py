"""sources: which one is here, what it is asked, and the rows against the emulator."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from asking import fields, on_a_port
from support import ARM, Clock, Script, answer, closed_port, credential, jwt

from pybridge import keyfiles, sources
from pybridge.credential import ManagedIdentityCredential
from pybridge.emulator import Emulator
from pybridge.emulator.hosting import HOSTINGS
from pybridge.errors import (
    ConfigurationError,
    MalformedError,
    NoEndpointError,
    RefusedError,
    TokenRejectedError,
    UnsafeError,
    UnsupportedError,
    UsageError,
)
from pybridge.models import HttpRequest, HttpResponse, ManagedIdentityId
from pybridge.sources import SOURCES, Ask, Endpoint, Source

NOBODY = ManagedIdentityId()
RESOURCE_ID = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i"
IDENTITIES = {
    "client_id": ManagedIdentityId(client_id="c"),
    "object_id": ManagedIdentityId(object_id="o"),
    "resource_id": ManagedIdentityId(resource_id=RESOURCE_ID),
}
THUMBPRINT = "0123456789abcdef0123456789ABCDEF01234567"
SECRET = "hush-this-is-a-secret"
ASSERTION = "eyJhbGciOi.hush-this-is-the-clusters-token.c2ln"


def nowhere(path: str) -> bool:
    """No file is there."""
    return False


#: The variables of each source, as its hosting environment sets them.
ENVIRONS: dict[str, dict[str, str]] = {
    "service_fabric": {
        "IDENTITY_ENDPOINT": "https://localhost:2377/metadata/identity/oauth2/token",
        "IDENTITY_HEADER": SECRET,
        "IDENTITY_SERVER_THUMBPRINT": THUMBPRINT,
    },
    "app_service": {"IDENTITY_ENDPOINT": "http://127.0.0.1:41741/msi/token", "IDENTITY_HEADER": SECRET},
    "arc": {
        "IDENTITY_ENDPOINT": "http://localhost:40342/metadata/identity/oauth2/token",
        "IMDS_ENDPOINT": "http://localhost:40342",
    },
    "app_service_2017": {"MSI_ENDPOINT": "http://127.0.0.1:41742/msi/token", "MSI_SECRET": SECRET},
    "automation": {"MSI_ENDPOINT": "http://localhost:58001/oauth2/token", "AUTOMATION_ASSET_ACCOUNTID": "account"},
    "cloud_shell": {"MSI_ENDPOINT": "http://localhost:50342/oauth2/token"},
    "workload_identity": {
        "AZURE_AUTHORITY_HOST": "https://login.microsoftonline.com/",
        "AZURE_TENANT_ID": "tenant",
        "AZURE_FEDERATED_TOKEN_FILE": "/var/run/secrets/azure/tokens/azure-identity-token",
        "AZURE_CLIENT_ID": "own",
    },
    "imds": {},
    "vm_extension": {},
}


def asking(
    name: str, identity: ManagedIdentityId = NOBODY, environ: Mapping[str, str] | None = None, **options: Any
) -> Ask:
    return Ask(
        ARM,
        identity,
        ENVIRONS[name] if environ is None else environ,
        options.pop("endpoint", Endpoint()),
        options.pop("read", lambda path, folder: ASSERTION),
        **options,
    )


def request(name: str, *arguments: Any, **options: Any) -> HttpRequest:
    return SOURCES[name].request(asking(name, *arguments, **options))


def parameters(made: HttpRequest) -> dict[str, str]:
    """Those of the query, or of a POST's form; each is there once."""
    text = made.body.decode() if made.method == "POST" else urlsplit(made.url).query
    pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=True)
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


# --- which one is here -------------------------------------------------------------------------------


def chosen(environ: Mapping[str, str], **options: Any) -> list[str]:
    return [
        each.source.name
        for each in sources.choose(None, options.pop("endpoint", Endpoint()), environ, options.pop("exists", nowhere))
    ]


FOUND = [name for name in SOURCES if name not in ("imds", "vm_extension")]


def test_every_source_is_here() -> None:
    assert list(ENVIRONS) == list(SOURCES)


@pytest.mark.parametrize("name", FOUND)
def test_a_source_is_found_by_its_variables(name: str) -> None:
    (found,) = sources.choose(None, Endpoint(), ENVIRONS[name], nowhere)
    assert (found.source, found.found) == (SOURCES[name], True)
    assert [variable for variable in NEEDED[name] if variable not in found.why] == (
        ["AZURE_CLIENT_ID"] if name == "workload_identity" else []
    )


@pytest.mark.parametrize(
    ("name", "below"), [(name, below) for place, name in enumerate(FOUND) for below in FOUND[place + 1 :]]
)
def test_each_source_is_looked_for_before_those_below(name: str, below: str) -> None:
    assert chosen({**ENVIRONS[below], **ENVIRONS[name]}) == [name]


@pytest.mark.parametrize(
    ("name", "variable"),
    [(name, variable) for name in FOUND for variable in ENVIRONS[name] if variable != "AZURE_CLIENT_ID"],
)
def test_an_empty_variable_counts_as_absent(name: str, variable: str) -> None:
    without = {key: value for key, value in ENVIRONS[name].items() if key != variable}
    assert chosen({**ENVIRONS[name], variable: ""}) == chosen(without) != [name]


def test_all_at_once_is_service_fabric() -> None:
    assert chosen({key: value for name in reversed(FOUND) for key, value in ENVIRONS[name].items()}) == [
        "service_fabric"
    ]


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, ["imds", "vm_extension"]),
        ({"IDENTITY_ENDPOINT": "http://127.0.0.1:1"}, ["imds", "vm_extension"]),
        ({"IDENTITY_HEADER": "x", "MSI_SECRET": "y", "IMDS_ENDPOINT": "z"}, ["imds", "vm_extension"]),
        ({"AZURE_TENANT_ID": "t", "AZURE_CLIENT_ID": "c"}, ["imds", "vm_extension"]),
        ({"AUTOMATION_ASSET_ACCOUNTID": "a"}, ["imds", "vm_extension"]),
        ({sources.IMDS_HOST: "http://127.0.0.1:1"}, ["imds", "vm_extension"]),
        ({"PYBRIDGE_VM_EXTENSION_ENDPOINT": "http://127.0.0.1:1/x"}, ["vm_extension", "imds"]),
    ],
)
def test_a_virtual_machine_is_what_is_left(environ: dict[str, str], expected: list[str]) -> None:
    found = sources.choose(None, Endpoint(), environ, nowhere)
    assert [each.source.name for each in found] == expected
    assert not any(each.found for each in found)
    assert all(each.why for each in found)


@pytest.mark.parametrize(
    "marker",
    [
        {"AUTOMATION_ASSET_ACCOUNTID": "a"},
        {"AUTOMATION_ASSET_SANDBOX_ID": "s"},
        {"AZUREPS_HOST_ENVIRONMENT": "AzureAutomation"},
        {"AZUREPS_HOST_ENVIRONMENT": "azureautomation/worker"},
    ],
)
def test_automation_is_told_by_its_own_marks(marker: dict[str, str]) -> None:
    alone = {"MSI_ENDPOINT": "http://127.0.0.1:1/x"}
    assert chosen({**alone, **marker}) == ["automation"]
    assert chosen({**alone, **dict.fromkeys(marker, "")}) == ["cloud_shell"]
    assert chosen({**alone, "MSI_SECRET": "s", **marker}) == ["app_service_2017"]  # a hybrid worker


@pytest.mark.parametrize("mark", ["cloud-shell/1.0", "", "somewhere"])
def test_cloud_shell_is_what_is_not_automation(mark: str) -> None:
    assert chosen({"MSI_ENDPOINT": "http://127.0.0.1:1/x", "AZUREPS_HOST_ENVIRONMENT": mark}) == ["cloud_shell"]


AGENTS = [
    ("linux", {}, "/opt/azcmagent/bin/himds"),
    ("win32", {}, r"C:\Program Files\AzureConnectedMachineAgent\himds.exe"),
    ("win32", {"PROGRAMFILES": r"D:\Programs"}, r"D:\Programs\AzureConnectedMachineAgent\himds.exe"),
]


@pytest.mark.parametrize(("platform", "environ", "agent"), AGENTS)
def test_arc_is_told_by_its_agent_too(
    platform: str, environ: dict[str, str], agent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    (found,) = sources.choose(None, Endpoint(), environ, agent.__eq__)
    assert found.source.name == "arc"
    assert agent in found.why
    # It is there on servers where other things run, so what is above wins, and it wins over what is below.
    assert chosen({**environ, **ENVIRONS["app_service"]}, exists=agent.__eq__) == ["app_service"]
    assert chosen({**environ, **ENVIRONS["workload_identity"]}, exists=agent.__eq__) == ["arc"]
    assert chosen(environ, exists=nowhere) == ["imds", "vm_extension"]


def test_no_agent_is_looked_for_where_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert chosen({}, exists=lambda path: True) == ["imds", "vm_extension"]
    with pytest.raises(UnsupportedError, match="darwin"):
        challenged({}, answer(401, {}, WWW_Authenticate="Basic realm=/x/a.key"))


@pytest.mark.parametrize("name", SOURCES)
def test_a_source_may_be_named(name: str) -> None:
    for spelt in {name, name.replace("_", "-")}:
        (found,) = sources.choose(spelt, Endpoint(), ENVIRONS["app_service"], nowhere)
        assert (found.source, found.endpoint, found.found) == (SOURCES[name], Endpoint(), name == "app_service")


@pytest.mark.parametrize("name", ["mainframe", "", "App-Service", "app service", "vm", "azure_ml"])
def test_an_unknown_source_is_refused_with_the_known_ones(name: str) -> None:
    with pytest.raises(UsageError, match="there is no source named") as caught:
        sources.choose(name, Endpoint(), {}, nowhere)
    assert caught.value.remedy == f"Sources: {', '.join(SOURCES)}."


def test_an_endpoint_of_the_callers_is_the_vm_extensions_whatever_the_variables_say() -> None:
    named = Endpoint("http://127.0.0.1:2/y", "s")
    first, second = sources.choose(None, named, ENVIRONS["app_service"], nowhere)
    assert (first.source.name, first.endpoint) == ("vm_extension", named)
    assert (second.source.name, second.endpoint) == ("imds", Endpoint())


@pytest.mark.parametrize("name", SOURCES)
def test_or_that_of_the_source_that_is_named_too(name: str) -> None:
    named = Endpoint("https://127.0.0.1:2/y", "s")
    (found,) = sources.choose(name, named, {}, nowhere)
    assert (found.source.name, found.endpoint, found.found) == (name, named, True)


# --- what it is asked --------------------------------------------------------------------------------


REQUESTS: dict[str, tuple[str, str, dict[str, str], dict[str, str]]] = {
    "service_fabric": (
        "GET",
        "https://localhost:2377/metadata/identity/oauth2/token",
        {"Secret": SECRET},
        {"api-version": "2019-07-01-preview", "resource": ARM},
    ),
    "app_service": (
        "GET",
        "http://127.0.0.1:41741/msi/token",
        {"X-IDENTITY-HEADER": SECRET, "Metadata": "true"},
        {"api-version": "2019-08-01", "resource": ARM},
    ),
    "arc": (
        "GET",
        "http://localhost:40342/metadata/identity/oauth2/token",
        {"Metadata": "true"},
        {"api-version": "2020-06-01", "resource": ARM},
    ),
    "app_service_2017": (
        "GET",
        "http://127.0.0.1:41742/msi/token",
        {"secret": SECRET, "Metadata": "true"},
        {"api-version": "2017-09-01", "resource": ARM},
    ),
    "automation": ("GET", "http://localhost:58001/oauth2/token", {"Metadata": "true"}, {"resource": ARM}),
    "cloud_shell": (
        "POST",
        "http://localhost:50342/oauth2/token",
        {"Metadata": "true", "Content-Type": "application/x-www-form-urlencoded"},
        {"resource": ARM},
    ),
    "workload_identity": (
        "POST",
        "https://login.microsoftonline.com/tenant/oauth2/v2.0/token",
        {"Content-Type": "application/x-www-form-urlencoded"},
        {
            "client_id": "own",
            "grant_type": "client_credentials",
            "scope": f"{ARM}/.default",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": ASSERTION,
        },
    ),
    "imds": (
        "GET",
        "http://169.254.169.254/metadata/identity/oauth2/token",
        {"Metadata": "true"},
        {"api-version": "2018-02-01", "resource": ARM},
    ),
    "vm_extension": ("GET", "http://localhost:50342/oauth2/token", {"Metadata": "true"}, {"resource": ARM}),
}


@pytest.mark.parametrize("name", SOURCES)
def test_each_source_is_asked_as_it_wants(name: str) -> None:
    source = SOURCES[name]
    identity = source.identified(NOBODY, ENVIRONS[name])
    made = request(name, identity)
    method, url, headers, wanted = REQUESTS[name]
    assert (made.method, made.url.partition("?")[0], dict(made.headers)) == (method, url, headers)
    assert parameters(made) == wanted
    assert made.pin == (THUMBPRINT if name == "service_fabric" else None)
    assert (made.body == b"") is (method == "GET")
    assert source.place(Endpoint(), ENVIRONS[name]) == url


SPELLINGS: dict[str, dict[str, str]] = {
    "service_fabric": {},
    "app_service": {"client_id": "client_id", "object_id": "principal_id", "resource_id": "mi_res_id"},
    "arc": {"client_id": "client_id", "object_id": "object_id", "resource_id": "msi_res_id"},
    "app_service_2017": {"client_id": "clientid"},
    "automation": {},
    "cloud_shell": {},
    "workload_identity": {"client_id": "client_id"},
    "imds": {"client_id": "client_id", "object_id": "object_id", "resource_id": "msi_res_id"},
    "vm_extension": {"client_id": "client_id", "object_id": "object_id", "resource_id": "msi_res_id"},
}


@pytest.mark.parametrize("way", IDENTITIES)
@pytest.mark.parametrize("name", SOURCES)
def test_an_identity_is_named_as_the_source_spells_it_or_refused(name: str, way: str) -> None:
    identity = IDENTITIES[way]
    spelling = SPELLINGS[name].get(way)
    if spelling is None:
        with pytest.raises(UsageError, match=f"cannot choose an identity by {way}") as caught:
            request(name, identity)
        assert caught.value.target == name
        ways = SPELLINGS[name]
        assert (f"Name it by {', '.join(ways)}." if ways else "Name none") in (caught.value.remedy or "")
    else:
        default = REQUESTS[name][3]
        assert parameters(request(name, identity)) == {**default, spelling: dict(identity._asdict())[way]}


@pytest.mark.parametrize("way", IDENTITIES)
@pytest.mark.parametrize("name", [name for name in SOURCES if len(SPELLINGS[name]) < 3])
def test_nobody_is_asked_for_an_identity_that_cannot_be_named(name: str, way: str) -> None:
    if way in SPELLINGS[name]:
        return
    emulator = Emulator()
    with pytest.raises(UsageError):
        credential(emulator, source=name, environ=ENVIRONS[name], **{way: "x"}).get_token(ARM)
    assert emulator.requests == []


@pytest.mark.parametrize("resource", ["a&b=c", "a b?#", "ü/%20", "=", "+"])
@pytest.mark.parametrize("name", SOURCES)
def test_a_resource_stays_one_parameter(name: str, resource: str) -> None:
    source = SOURCES[name]
    identity = source.identified(NOBODY, ENVIRONS[name])
    made = source.request(asking(name, identity)._replace(resource=resource))
    found = parameters(made)
    assert found.get("resource", found.get("scope")) == (
        f"{resource}/.default" if name == "workload_identity" else resource
    )
    assert set(found) == set(REQUESTS[name][3])
    assert made.url.isascii()


NEEDED = {
    "service_fabric": ["IDENTITY_ENDPOINT", "IDENTITY_HEADER", "IDENTITY_SERVER_THUMBPRINT"],
    "app_service": ["IDENTITY_ENDPOINT", "IDENTITY_HEADER"],
    "arc": ["IDENTITY_ENDPOINT", "IMDS_ENDPOINT"],
    "app_service_2017": ["MSI_ENDPOINT", "MSI_SECRET"],
    "automation": ["MSI_ENDPOINT"],
    "cloud_shell": ["MSI_ENDPOINT"],
    "workload_identity": [
        "AZURE_AUTHORITY_HOST",
        "AZURE_TENANT_ID",
        "AZURE_CLIENT_ID",
        "AZURE_FEDERATED_TOKEN_FILE",
    ],
}


@pytest.mark.parametrize("value", [None, ""])
@pytest.mark.parametrize(
    ("name", "missing"), [(name, missing) for name in NEEDED if name != "arc" for missing in NEEDED[name]]
)
def test_a_variable_that_is_missing_is_named_and_nobody_is_asked(name: str, missing: str, value: str | None) -> None:
    environ = {key: text for key, text in ENVIRONS[name].items() if key != missing}
    if value is not None:
        environ[missing] = value
    with pytest.raises(NoEndpointError, match=f"{missing} is not set") as caught:
        request(name, environ=environ)
    assert caught.value.target == missing
    assert "finds the one that is here" in (caught.value.remedy or "")
    emulator = Emulator()
    with pytest.raises(NoEndpointError, match=f"{missing} is not set") as caught:
        credential(emulator, source=name, environ=environ).get_token(ARM)
    assert "finds the one that is here" in (caught.value.remedy or "")
    assert emulator.requests == []


@pytest.mark.parametrize("name", SOURCES)
def test_the_callers_endpoint_takes_the_place_of_the_variables(name: str) -> None:
    url = "https://127.0.0.1:2/y" if name == "service_fabric" else "http://127.0.0.1:2/y"
    identity = ManagedIdentityId(client_id="c") if name == "workload_identity" else NOBODY
    made = request(name, identity, endpoint=Endpoint(url, "callers-own"))
    assert made.url.partition("?")[0] == url
    assert SOURCES[name].place(Endpoint(url), ENVIRONS[name]) == url
    assert SECRET not in made.headers.values()


@pytest.mark.parametrize("name", ["service_fabric", "app_service", "app_service_2017", "imds", "vm_extension"])
def test_and_so_does_the_callers_secret(name: str) -> None:
    made = request(name, endpoint=Endpoint("https://127.0.0.1:2/y", "callers-own"))
    assert "callers-own" in made.headers.values()


@pytest.mark.parametrize("name", SOURCES)
def test_nothing_that_is_asked_with_shows_a_secret(name: str) -> None:
    secret = f"{SECRET}-of-the-caller"
    environ = {**ENVIRONS[name], "OTHER": SECRET}
    asked = asking(name, ManagedIdentityId(), environ, endpoint=Endpoint(None, secret))
    asked = asked._replace(identity=SOURCES[name].identified(NOBODY, environ))
    made = SOURCES[name].request(asked)
    found = sources.choose(name, asked.endpoint, environ, nowhere)
    for value in (asked, asked.endpoint, made, found):
        assert "hush" not in f"{value!r} {value!s} {[value]}"


# --- rules of some rows ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "environ", "url"),
    [
        (
            "imds",
            {sources.IMDS_HOST: "http://127.0.0.1:1/"},
            "http://127.0.0.1:1/metadata/identity/oauth2/token",
        ),
        ("imds", {sources.IMDS_HOST: ""}, "http://169.254.169.254/metadata/identity/oauth2/token"),
        ("vm_extension", {"PYBRIDGE_VM_EXTENSION_ENDPOINT": "http://127.0.0.1:1/x"}, "http://127.0.0.1:1/x"),
        ("vm_extension", {"PYBRIDGE_VM_EXTENSION_ENDPOINT": ""}, "http://localhost:50342/oauth2/token"),
        ("arc", {}, "http://localhost:40342/metadata/identity/oauth2/token"),
        (
            "workload_identity",
            {**ENVIRONS["workload_identity"], "AZURE_AUTHORITY_HOST": "https://login.microsoftonline.us"},
            "https://login.microsoftonline.us/tenant/oauth2/v2.0/token",
        ),
    ],
)
def test_a_variable_may_name_another_endpoint(name: str, environ: dict[str, str], url: str) -> None:
    identity = ManagedIdentityId(client_id="c")
    assert request(name, identity, environ).url.partition("?")[0] == url


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1/oauth2/token", "http://localhost.example/", "http://127.0.0.1@evil/", "localhost:1", "x"]
)
@pytest.mark.parametrize(
    ("name", "variable"), [("vm_extension", "PYBRIDGE_VM_EXTENSION_ENDPOINT"), ("arc", "IDENTITY_ENDPOINT")]
)
def test_an_endpoint_that_must_be_on_this_machine_is(name: str, variable: str, url: str) -> None:
    with pytest.raises(ConfigurationError, match="not an http\\(s\\) URL of a loopback address") as caught:
        request(name, NOBODY, {variable: url, "IMDS_ENDPOINT": "http://localhost:40342"})
    assert caught.value.target == variable


@pytest.mark.parametrize("url", ["http://localhost:2377/token", "HTTP://localhost:2377/", "localhost:2377", "ftp://x/"])
def test_service_fabric_gets_its_secret_over_https_only(url: str) -> None:
    with pytest.raises(ConfigurationError, match="speaks https only") as caught:
        request("service_fabric", NOBODY, {**ENVIRONS["service_fabric"], "IDENTITY_ENDPOINT": url})
    assert SECRET not in repr(caught.value)


@pytest.mark.parametrize(
    "spelt",
    [
        THUMBPRINT,
        THUMBPRINT.lower(),
        ":".join(THUMBPRINT[index : index + 2] for index in range(0, 40, 2)),
        f" {THUMBPRINT[:20]} {THUMBPRINT[20:]}\n",
    ],
)
def test_spellings_of_a_thumbprint(spelt: str) -> None:
    made = request("service_fabric", NOBODY, {**ENVIRONS["service_fabric"], "IDENTITY_SERVER_THUMBPRINT": spelt})
    assert (made.pin or "").lower() == THUMBPRINT.lower()


@pytest.mark.parametrize(
    "spelt", ["x", THUMBPRINT[:-1], THUMBPRINT + "0", "g" * 40, "\u0660" * 40, "0x" + THUMBPRINT[2:]]
)
def test_what_is_no_thumbprint_is_refused(spelt: str) -> None:
    with pytest.raises(ConfigurationError, match="is not 40 hex digits"):
        request("service_fabric", NOBODY, {**ENVIRONS["service_fabric"], "IDENTITY_SERVER_THUMBPRINT": spelt})


def test_service_fabric_says_its_version() -> None:
    environ = {**ENVIRONS["service_fabric"], "IDENTITY_API_VERSION": "2020-05-01"}
    assert parameters(request("service_fabric", NOBODY, environ))["api-version"] == "2020-05-01"


@pytest.mark.parametrize(
    ("options", "more"),
    [
        ({"revoked": "ab" * 32}, {}),
        ({"claims": "{}"}, {"xms_cc": "cp1"}),
        ({"claims": "{}", "revoked": "ab" * 32}, {"xms_cc": "cp1", "token_sha256_to_refresh": "ab" * 32}),
    ],
)
def test_a_claims_challenge_reaches_service_fabric(options: dict[str, str], more: dict[str, str]) -> None:
    assert parameters(request("service_fabric", **options)) == {**REQUESTS["service_fabric"][3], **more}


def test_a_claims_challenge_reaches_entra() -> None:
    claims = '{"access_token":{"nbf":{"essential":true,"value":"1"}}}'
    found = parameters(request("workload_identity", ManagedIdentityId(client_id="c"), claims=claims))
    assert found["claims"] == claims


@pytest.mark.parametrize("name", [name for name in SOURCES if name not in ("service_fabric", "workload_identity")])
def test_and_nobody_else(name: str) -> None:
    assert parameters(request(name, claims="{}", revoked="ab" * 32)) == REQUESTS[name][3]


@pytest.mark.parametrize(
    "authority",
    ["http://login.microsoftonline.com/", "login.microsoftonline.com", "http://127.0.0.1.example/", "ftp://x/", "x"],
)
def test_the_clusters_token_is_sent_over_https_only(authority: str) -> None:
    read: list[str] = []

    def reading(path: str, folder: str | None) -> str:
        read.append(path)
        return ASSERTION

    environ = {**ENVIRONS["workload_identity"], "AZURE_AUTHORITY_HOST": authority}
    with pytest.raises(ConfigurationError, match="not an https URL"):
        request("workload_identity", ManagedIdentityId(client_id="c"), environ, read=reading)
    assert read == []


def test_the_clusters_token_is_read_for_each_request_from_wherever_it_is() -> None:
    read: list[tuple[str, str | None]] = []
    texts = iter(["first", "second"])

    def reading(path: str, folder: str | None) -> str:
        read.append((path, folder))
        return next(texts)

    asked = asking("workload_identity", ManagedIdentityId(client_id="c"), read=reading)
    made = [SOURCES["workload_identity"].request(asked) for _ in range(2)]
    assert [parameters(each)["client_assertion"] for each in made] == ["first", "second"]
    assert read == [(ENVIRONS["workload_identity"]["AZURE_FEDERATED_TOKEN_FILE"], None)] * 2


@pytest.mark.parametrize(
    ("name", "variable"),
    [("workload_identity", "AZURE_CLIENT_ID"), ("app_service_2017", "DEFAULT_IDENTITY_CLIENT_ID")],
)
def test_a_variable_may_name_the_identity(name: str, variable: str) -> None:
    source, named = SOURCES[name], ManagedIdentityId(object_id="o")
    assert source.identified(NOBODY, {variable: "v"}) == ManagedIdentityId(client_id="v")
    assert source.identified(NOBODY, {variable: ""}) == NOBODY
    assert source.identified(named, {variable: "v"}) == named


@pytest.mark.parametrize("name", [name for name in SOURCES if name not in ("workload_identity", "app_service_2017")])
def test_no_variable_names_the_identity_elsewhere(name: str) -> None:
    environ = {"AZURE_CLIENT_ID": "v", "DEFAULT_IDENTITY_CLIENT_ID": "v"}
    assert SOURCES[name].identified(NOBODY, environ) == NOBODY


# --- Azure Arc's challenge ---------------------------------------------------------------------------


def challenged(environ: Mapping[str, str], response: HttpResponse, key: str = "key") -> tuple[HttpRequest, list[Any]]:
    """The answer to a challenge, and which file was read for it."""
    read: list[Any] = []

    def reading(path: str, folder: str | None) -> str:
        read.append((path, folder))
        return key

    source: Source = SOURCES["arc"]
    asked = asking("arc", environ={**ENVIRONS["arc"], **environ}, read=reading)
    assert source.challenged is not None
    return source.challenged(asked, source.request(asked), response), read


@pytest.mark.parametrize(
    "realm", ["Basic realm={}", 'Basic realm="{}"', "basic REALM={}", " Basic  realm={} ", 'Basic realm="{}" ']
)
def test_the_key_that_a_challenge_names_is_sent_along(realm: str) -> None:
    path = "/somewhere/8a-b.key"
    made, read = challenged(
        {"PYBRIDGE_ARC_KEY_FOLDER": "/somewhere"}, answer(401, {}, WWW_Authenticate=realm.format(path))
    )
    assert read == [(path, "/somewhere")]
    assert dict(made.headers) == {"Metadata": "true", "Authorization": "Basic key"}
    assert made.url == request("arc").url


@pytest.mark.parametrize(
    ("platform", "environ", "folder"),
    [
        ("linux", {}, "/var/opt/azcmagent/tokens"),
        ("win32", {}, r"C:\ProgramData\AzureConnectedMachineAgent\Tokens"),
        ("win32", {"PROGRAMDATA": r"D:\Data"}, r"D:\Data\AzureConnectedMachineAgent\Tokens"),
    ],
)
def test_key_files_have_one_folder(
    platform: str, environ: dict[str, str], folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    path = rf"{folder}\a b.key" if platform == "win32" else f"{folder}/a b.key"
    _, read = challenged(environ, answer(401, {}, WWW_Authenticate=f"Basic realm={path}"))
    assert read == [(path, folder)]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"WWW_Authenticate": ""},
        {"WWW_Authenticate": "Basic"},
        {"WWW_Authenticate": "Basic realm="},
        {"WWW_Authenticate": 'Basic realm=""'},
        {"WWW_Authenticate": "Bearer realm=/somewhere/a.key"},
        {"WWW_Authenticate": "Digest realm=/somewhere/a.key"},
        {"WWW_Authenticate": 'Basic charset="UTF-8"'},
    ],
)
@pytest.mark.parametrize("status", [200, 401])
def test_without_a_key_file_there_is_no_second_request(status: int, headers: dict[str, str]) -> None:
    first = answer(status, {"access_token": jwt(exp=4_000_000_000)}, **headers)
    script = Script(first)
    with pytest.raises(MalformedError, match="did not name a key file"):
        credential(script, environ=ENVIRONS["arc"]).get_token(ARM)  # type: ignore[arg-type]
    assert len(script.requests) == 1


def test_a_file_elsewhere_is_not_sent() -> None:
    script = Script(answer(401, {}, WWW_Authenticate="Basic realm=/etc/shadow"))
    with pytest.raises(ConfigurationError, match="as its key file"):
        credential(script, environ=ENVIRONS["arc"]).get_token(ARM)  # type: ignore[arg-type]
    assert len(script.requests) == 1


# --- against the emulator ----------------------------------------------------------------------------

#: The source of each hosting environment of the emulator's.
BY_HOSTING = {
    "vm": "vm_extension",  # its variable comes first where it is set
    "imds": "imds",
    "vm-extension": "vm_extension",
    "app-service": "app_service",
    "app-service-2017": "app_service_2017",
    "azure-ml": "app_service_2017",
    "hybrid-worker": "app_service_2017",
    "automation": "automation",
    "cloud-shell": "cloud_shell",
    "arc": "arc",
    "service-fabric": "service_fabric",
    "workload-identity": "workload_identity",
}
IN_PROCESS = "http://127.0.0.1:4711"


def whose(emulator: Emulator, hosting: str) -> str:
    """The client ID of the token that nobody chose."""
    if hosting == "cloud-shell":
        return "b677c290-cf4b-4a8e-a60e-91ba650a4abe"  # Cloud Shell's own: the token is the user's
    return emulator.vm.identities[0].client_id


def test_every_hosting_environment_is_here() -> None:
    assert list(BY_HOSTING) == list(HOSTINGS)


@pytest.mark.parametrize("machine", ["myVM", "noRoleVM"])  # one with Windows, one with Linux
@pytest.mark.parametrize("hosting", HOSTINGS)
def test_each_gives_a_token_in_process(hosting: str, machine: str) -> None:
    clock = Clock()
    emulator = Emulator(machine=machine, hosting=hosting, clock=clock)
    token = credential(emulator, environ=emulator.variables(hosting, IN_PROCESS), clock=clock).get_token(ARM)
    assert (token.source, token.client_id) == (BY_HOSTING[hosting], whose(emulator, hosting))
    assert sources.claims(token.token)["exp"] == token.expires_on
    assert sources.claims(token.token)["aud"] == ARM
    assert len(emulator.requests) == (2 if hosting == "arc" else 1)
    emulator.close()


@pytest.mark.parametrize("hosting", HOSTINGS)
def test_and_on_a_port(hosting: str) -> None:
    with on_a_port(hosting) as (emulator, environ), real_doors(environ) as identity:
        token = identity.get_token(ARM)
        assert (token.source, token.client_id) == (BY_HOSTING[hosting], whose(emulator, hosting))
        assert sources.claims(token.token)["aud"] == ARM


def real_doors(environ: Mapping[str, str], **options: Any) -> ManagedIdentityCredential:
    """The credential as a program makes it, to be closed."""
    return ManagedIdentityCredential(environ=environ, **options)


CHOICES = [
    (hosting, way)
    for hosting, name in BY_HOSTING.items()
    for way in SPELLINGS[name]
    if hosting not in ("vm", "hybrid-worker")
]


@pytest.mark.parametrize(("hosting", "way"), CHOICES)
def test_a_user_assigned_identity_is_chosen_in_process(hosting: str, way: str) -> None:
    emulator = Emulator(machine="twoIdentitiesVM", hosting=hosting)
    environ = emulator.variables(hosting, IN_PROCESS)
    for wanted in emulator.vm.user_assigned:
        token = credential(emulator, environ=environ, **{way: getattr(wanted, way).upper()}).get_token(ARM)
        assert token.client_id == wanted.client_id
    emulator.close()


@pytest.mark.parametrize(("hosting", "way"), CHOICES)
def test_and_over_a_socket(hosting: str, way: str) -> None:
    with on_a_port(hosting, "twoIdentitiesVM") as (emulator, environ):
        wanted = emulator.vm.user_assigned[1]
        with real_doors(environ, **{way: getattr(wanted, way)}) as identity:
            assert identity.get_token(ARM).client_id == wanted.client_id


@pytest.mark.parametrize(("hosting", "way"), CHOICES)
def test_an_identity_that_is_not_there_is_rejected(hosting: str, way: str) -> None:
    emulator = Emulator(hosting=hosting)
    environ = emulator.variables(hosting, IN_PROCESS)
    with pytest.raises(TokenRejectedError) as caught:
        credential(emulator, environ=environ, **{way: "nobody"}).get_token(ARM)
    assert "spelling" not in (caught.value.remedy or "")  # the resource is right
    emulator.close()


def test_hybrid_workers_say_no_to_identities_of_their_own() -> None:
    emulator = Emulator(hosting="hybrid-worker")
    environ = emulator.variables("hybrid-worker", IN_PROCESS)
    with pytest.raises(TokenRejectedError, match="clientID must not be passed"):
        credential(emulator, environ=environ, client_id=emulator.vm.identities[0].client_id).get_token(ARM)


class OldAgent:
    """The agent before it knew user-assigned identities: it does not look at which one is asked for."""

    def __init__(self, emulator: Emulator, *, echo: bool) -> None:
        self._emulator = emulator
        self._echo = echo

    def send(self, made: HttpRequest) -> HttpResponse:
        base, _, query = made.url.partition("&")
        kept = [part for part in query.split("&") if not part.startswith(("client_id", "object_id", "msi_res_id"))]
        response = self._emulator.send(made._replace(url="&".join([base, *kept])))
        if response.status == 200 and self._echo:  # a newer one, that says whose token it is
            who = self._emulator.vm.identities[0]
            told = {"client_id": who.client_id, "object_id": who.object_id, "msi_res_id": who.resource_id}
            return answer(200, {**fields(response), **told})
        return response


@pytest.mark.parametrize(("echo", "words"), [(False, "does not say whose token"), (True, "sent the token of")])
@pytest.mark.parametrize("way", IDENTITIES)
def test_an_agent_that_ignores_the_identity_is_refused(way: str, echo: bool, words: str) -> None:
    emulator = Emulator(hosting="arc")
    environ = emulator.variables("arc", IN_PROCESS)
    old: Any = OldAgent(emulator, echo=echo)
    assert credential(old, environ=environ).get_token(ARM).source == "arc"  # nobody was asked for
    with pytest.raises(TokenRejectedError, match=words) as caught:
        credential(old, environ=environ, **{way: "another"}).get_token(ARM)
    assert "eyJ" not in repr(vars(caught.value))
    emulator.close()


@pytest.mark.parametrize("name", ["imds", "app_service", "vm_extension"])
def test_any_answer_of_another_identity_is_refused(name: str) -> None:
    told = answer(200, {"access_token": "abc", "expires_in": "3600", "client_id": "another"})
    with pytest.raises(TokenRejectedError, match="sent the token of another, and mine was asked for"):
        sources.parse(SOURCES[name], asking(name, ManagedIdentityId(client_id="mine")), told, now=0)


def test_an_identity_that_no_terminal_can_show_is_told_without_its_escapes() -> None:
    told = answer(200, {"access_token": "abc", "expires_in": "3600", "client_id": "\x1b]0;owned\x07an\x1b[2Jother\n"})
    with pytest.raises(TokenRejectedError, match="sent the token of another, and mine was asked for"):
        sources.parse(SOURCES["imds"], asking("imds", ManagedIdentityId(client_id="mine")), told, now=0)
    assert sources.parse(SOURCES["imds"], asking("imds"), told, now=0).token.client_id is None


@pytest.mark.parametrize("told", [{}, {"client_id": "MINE"}, {"client_id": ""}, {"client_id": 5}])
def test_one_that_is_silent_or_spells_it_otherwise_is_not(told: dict[str, object]) -> None:
    found = answer(200, {"access_token": "abc", "expires_in": "3600", **told})
    asked = asking("imds", ManagedIdentityId(client_id="mine"))
    assert sources.parse(SOURCES["imds"], asked, found, now=0).token.token == "abc"


@pytest.mark.parametrize("hosting", [name for name in HOSTINGS if name not in ("vm", "imds", "vm-extension")])
def test_a_source_that_is_found_is_the_only_one_that_is_asked(hosting: str) -> None:
    emulator = Emulator(hosting=hosting)
    with closed_port() as port:
        environ = emulator.variables(hosting, f"http://127.0.0.1:{port}")
        with real_doors(environ) as identity, pytest.raises(RefusedError, match="nothing listens there") as caught:
            identity.get_token(ARM)
    assert caught.value.remedy == SOURCES[BY_HOSTING[hosting]].absent
    emulator.close()


def test_a_wrong_thumbprint_is_refused_before_the_secret_is_sent() -> None:
    with on_a_port("service-fabric") as (emulator, environ):
        with pytest.raises(UnsafeError, match="another thumbprint"):
            real_doors({**environ, "IDENTITY_SERVER_THUMBPRINT": THUMBPRINT}).get_token(ARM)
        assert emulator.requests == []


def test_app_service_may_change_its_secret() -> None:
    with on_a_port("app-service") as (_, environ):
        changing = {**environ, "IDENTITY_HEADER": "old"}
        identity = real_doors(changing)
        with pytest.raises(TokenRejectedError, match="answered 401"):
            identity.get_token(ARM)
        changing["IDENTITY_HEADER"] = environ["IDENTITY_HEADER"]
        assert identity.get_token(ARM).source == "app_service"


# --- what an answer means ----------------------------------------------------------------------------


def test_an_answer_becomes_a_token() -> None:
    told = answer(200, {"access_token": "abc", "expires_on": "5", "client_id": "c"})
    grant = sources.parse(SOURCES["imds"], asking("imds"), told, now=0)
    token = grant.token
    assert (token.token, token.resource, token.source, token.client_id) == ("abc", ARM, "imds", "c")
    assert (token.expires_on, token.refresh_on, grant.lifetime, grant.emulated) == (5, None, 5, False)


@pytest.mark.parametrize(("server", "emulated"), [("pybridge-emulator", True), ("IMDS/150.870.65", False), ("", False)])
def test_the_emulator_is_known_by_its_name(server: str, emulated: bool) -> None:
    told = answer(200, {"access_token": "abc", "expires_on": "5"}, Server=server)
    assert sources.parse(SOURCES["imds"], asking("imds"), told, now=0).emulated is emulated


@pytest.mark.parametrize(
    ("fields", "client_id"),
    [({}, "app"), ({"client_id": ""}, "app"), ({"client_id": "own"}, "own"), ({"client_id": 5}, None)],
)
def test_the_client_id_comes_from_the_answer_or_else_from_the_token(
    fields: dict[str, object], client_id: str | None
) -> None:
    told = answer(200, {"access_token": jwt(exp=1, appid="app"), **fields})
    assert sources.parse(SOURCES["vm_extension"], asking("vm_extension"), told, now=0).token.client_id == client_id


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


def test_a_reader_of_files_is_what_the_credential_hands_in() -> None:
    asked = asking("arc", read=keyfiles.read)
    with pytest.raises(ConfigurationError, match="cannot be read"):
        asked.read("/nonexistent/azure-identity-token", None)
