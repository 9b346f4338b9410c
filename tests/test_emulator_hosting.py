"""The hosting environments of the emulator: their variables, through the command line too, and who answers in each."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from asking import ARM, METADATA, URL, ask, emulator, fields
from support import GUARD, environment

from pybridge.emulator import Emulator
from pybridge.emulator.hosting import HOSTINGS
from pybridge.errors import RefusedError, UsageError
from pybridge.models import HttpResponse

DEFAULT = Emulator()

#: What each row sets. {} is the emulator's URL; None stands for what another emulator has otherwise.
VARIABLES: dict[str, dict[str, str | None]] = {
    "vm": {"AZURE_POD_IDENTITY_AUTHORITY_HOST": "{}", "PYBRIDGE_VM_EXTENSION_ENDPOINT": "{}/oauth2/token"},
    "imds": {"AZURE_POD_IDENTITY_AUTHORITY_HOST": "{}"},
    "vm-extension": {"PYBRIDGE_VM_EXTENSION_ENDPOINT": "{}/oauth2/token"},
    "app-service": {"IDENTITY_ENDPOINT": "{}/app-service/msi/token", "IDENTITY_HEADER": None},
    "app-service-2017": {"MSI_ENDPOINT": "{}/app-service-2017/msi/token", "MSI_SECRET": None},
    "azure-ml": {"MSI_ENDPOINT": "{}/azure-ml/msi/token", "MSI_SECRET": None},
    "hybrid-worker": {
        "MSI_ENDPOINT": "{}/hybrid-worker/oauth2/token",
        "MSI_SECRET": None,
        "AUTOMATION_ASSET_ACCOUNTID": "a9402550-69fd-560a-ad38-f7cca211d7a1",
    },
    "automation": {
        "MSI_ENDPOINT": "{}/automation/oauth2/token",
        "AUTOMATION_ASSET_ACCOUNTID": "a9402550-69fd-560a-ad38-f7cca211d7a1",
    },
    "cloud-shell": {"MSI_ENDPOINT": "{}/cloud-shell/oauth2/token"},
    "arc": {
        "IDENTITY_ENDPOINT": "{}/arc/metadata/identity/oauth2/token",
        "IMDS_ENDPOINT": "{}",
        "PYBRIDGE_ARC_KEY_FOLDER": None,
    },
    "service-fabric": {
        "IDENTITY_ENDPOINT": "https://127.0.0.1:PORT/service-fabric/metadata/identity/oauth2/token",
        "IDENTITY_HEADER": None,
        "IDENTITY_SERVER_THUMBPRINT": None,
        "IDENTITY_API_VERSION": "2019-07-01-preview",
    },
    "workload-identity": {
        "AZURE_AUTHORITY_HOST": "{}/",
        "AZURE_TENANT_ID": DEFAULT.world.tenant.id,
        "AZURE_CLIENT_ID": DEFAULT.vm.identities[0].client_id,
        "AZURE_FEDERATED_TOKEN_FILE": None,
    },
}

SHOW = "import json, os; print(json.dumps(dict(os.environ)))"


def filled(hosting: str, url: str) -> dict[str, str | None]:
    port = url.rpartition(":")[2]
    return {
        name: value and value.replace("{}", url).replace("PORT", port) for name, value in VARIABLES[hosting].items()
    }


def test_every_row_is_here() -> None:
    assert list(VARIABLES) == list(HOSTINGS)


@pytest.mark.parametrize("hosting", HOSTINGS)
def test_variables(hosting: str) -> None:
    first, second = emulator(), emulator()
    ours, theirs = first.variables(hosting, URL), second.variables(hosting, URL)
    for name, value in filled(hosting, URL).items():
        if value is None:
            assert ours[name] != theirs[name]
        else:
            assert ours[name] == theirs[name] == value
    assert list(ours) == list(VARIABLES[hosting])


@pytest.mark.parametrize("hosting", HOSTINGS)
def test_the_command_line_sets_them(hosting: str) -> None:
    inherited = environment(IDENTITY_ENDPOINT="x", MSI_ENDPOINT="x", MSI_SECRET="x", AZURE_CLIENT_ID="x")
    done = subprocess.run(
        [sys.executable, "-m", "pybridge", "emulate", "--port", "0", "--as", hosting, "--", sys.executable, "-c", SHOW],
        env=inherited,
        capture_output=True,
        text=True,
        check=False,
        timeout=GUARD,
    )
    assert (done.returncode, done.stderr) == (0, "")
    found: dict[str, str] = json.loads(done.stdout)
    every = {name for row in VARIABLES.values() for name in row}
    url = found["PYBRIDGE_ARM_ENDPOINT"]
    assert {name for name in found if name in every} == set(VARIABLES[hosting])
    for name, value in filled(hosting, url).items():
        assert found[name] == value or (value is None and found[name] not in ("", "x"))


def test_the_plain_command_takes_inherited_ones_away() -> None:
    inherited = environment(IDENTITY_ENDPOINT="x", IDENTITY_HEADER="x", AZURE_FEDERATED_TOKEN_FILE="x")
    done = subprocess.run(
        [sys.executable, "-m", "pybridge", "emulate", "--port", "0", "--", sys.executable, "-c", SHOW],
        env=inherited,
        capture_output=True,
        text=True,
        check=True,
        timeout=GUARD,
    )
    found: dict[str, str] = json.loads(done.stdout)
    every = {name for row in VARIABLES.values() for name in row}
    assert {name for name in found if name in every} == set(VARIABLES["vm"])


@pytest.mark.parametrize("hosting", ["app-service", "app_service", None])
def test_without_a_command_they_are_printed(hosting: str | None) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "pybridge", "emulate", "--port", "0", *(["--as", hosting] if hosting else [])],
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        found: dict[str, Any] = json.loads(process.stdout.readline())
    finally:
        process.terminate()
        process.communicate(timeout=GUARD)
    assert list(found) == ["port", "arm", "imds", "vm_extension", "sign_in", *(["variables"] if hosting else [])]
    if hosting:
        assert found["variables"]["IDENTITY_ENDPOINT"] == f"{found['arm']}/app-service/msi/token"
        assert found["variables"]["IDENTITY_HEADER"]


def test_an_unknown_one_is_refused() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pybridge", "emulate", "--as", "mainframe"],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=GUARD,
    )
    assert done.returncode == 2
    assert "mainframe" in done.stderr
    with pytest.raises(UsageError, match="no hosting environment 'mainframe'") as caught:
        Emulator(hosting="mainframe")
    assert "service-fabric" in str(caught.value.remedy)


def imds(subject: Emulator) -> HttpResponse:
    return ask(subject, f"{URL}/metadata/identity/oauth2/token", api_version="2018-02-01", resource=ARM)


def extension(subject: Emulator) -> HttpResponse:
    return ask(subject, f"{URL}/oauth2/token", resource=ARM)


def automation(subject: Emulator) -> HttpResponse:
    return ask(subject, f"{URL}/automation/oauth2/token", resource=ARM)


@pytest.mark.parametrize(
    ("hosting", "open"),
    [
        (None, {imds, extension, automation}),
        ("vm", {imds, extension}),
        ("imds", {imds}),
        ("vm-extension", {extension}),
        ("automation", {automation}),
        ("cloud-shell", set()),
    ],
)
def test_only_what_belongs_there_answers(hosting: str | None, open: set[object]) -> None:
    subject = Emulator(hosting=hosting)
    for one in (imds, extension, automation):
        if one in open:
            assert one(subject).status == 200
        else:
            with pytest.raises(RefusedError):
                one(subject)


def test_arm_answers_everywhere() -> None:
    subject = Emulator(hosting="cloud-shell")
    headers = {"Authorization": f"Bearer {subject.mint()}"}
    assert ask(subject, f"{ARM}subscriptions", headers, api_version="2022-12-01").status == 200


def test_in_process_it_says_that_it_is_the_emulator() -> None:
    assert imds(emulator()).header("Server") == "pybridge-emulator"
    assert ask(emulator(), f"{ARM}subscriptions", {}).header("Server") == "pybridge-emulator"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/oauth2/token", {"error": "ServiceUnavailable"}),
        ("/metadata/identity/oauth2/token", {"error": "ServiceUnavailable"}),
        ("/app-service/msi/token", {"statusCode": 503}),
        ("/app-service-2017/msi/token", {"statusCode": 503}),
        ("/hybrid-worker/oauth2/token", {"statusCode": 503}),
        ("/automation/oauth2/token", {"statusCode": 503}),
        ("/azure-ml/msi/token", {"error": {"code": "ServiceUnavailable"}}),
        ("/cloud-shell/oauth2/token", {"error": {"code": "ServiceUnavailable"}}),
        ("/service-fabric/metadata/identity/oauth2/token", {"error": {"code": "ServiceUnavailable"}}),
        ("/contoso.onmicrosoft.com/oauth2/v2.0/token", {"error": "ServiceUnavailable", "error_codes": []}),
        ("/subscriptions", {"error": {"code": "ServiceUnavailable"}}),
    ],
)
def test_faults_have_the_shape_of_what_they_hit(path: str, expected: dict[str, Any]) -> None:
    subject = emulator()
    subject.fail(path, status=503, retry_after="7")
    answer = ask(subject, URL + path, METADATA)
    assert (answer.status, answer.header("Retry-After")) == (503, "7")
    found = fields(answer)
    for name, value in expected.items():
        if isinstance(value, dict):
            assert found[name]["code"] == value["code"]
            assert found[name]["message"]
        else:
            assert found[name] == value


def test_a_fault_of_azure_arc_is_plain_text() -> None:
    subject = emulator()
    subject.fail("/arc/", status=429, retry_after="2")
    answer = ask(subject, f"{URL}/arc/metadata/identity/oauth2/token")
    assert (answer.status, answer.header("Retry-After")) == (429, "2")
    assert answer.body.startswith(b"The request is being throttled")
