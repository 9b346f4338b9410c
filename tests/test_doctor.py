"""doctor: each check, good and bad, and the run as a whole."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
from asking import on_a_port
from support import NOWHERE, Clock, closed_port, http, jwt, leaks, reset, talking

from pybridge.addresses import origin
from pybridge.backend import Backend, Call
from pybridge.doctor import LIMIT, Machine, examine, machine_at
from pybridge.doctor.access import Access, look
from pybridge.doctor.errands import Errand, Patience
from pybridge.emulator import Emulator
from pybridge.emulator.hosting import HOSTINGS
from pybridge.errors import (
    CutOffError,
    MalformedError,
    PyBridgeError,
    RefusedError,
    TimedOutError,
    UnreachableError,
    UsageError,
)
from pybridge.models import HttpRequest, HttpResponse, ManagedIdentityId, Transport
from pybridge.operations import OPERATIONS
from pybridge.remote.surroundings import DECISIVE
from pybridge.resources import Check
from pybridge.transport import HttpsTransport, MetadataTransport

NAMES = [
    *("Variables", "Proxy", "PowerShell", "Endpoint", "Extension", "Arc", "Token", "Identity", "Clock", "ARM", "Role"),
    "Verdict",
]
SECRET = "s3cret-that-nobody-may-see-anywhere"
JSON = {"Content-Type": "application/json"}
HTML = HttpResponse(200, {"Content-Type": "text/html"}, b"<html>Sign in</html>")

Outcome = HttpResponse | Exception | Callable[[HttpRequest], HttpResponse]


class Altered:
    """An emulator that gives other answers to requests whose URL holds a text."""

    def __init__(self, inner: Transport, answers: Mapping[str, Outcome]) -> None:
        self.inner = inner
        self.answers = answers
        self.asked: list[HttpRequest] = []

    def send(self, request: HttpRequest) -> HttpResponse:
        self.asked.append(request)
        outcome = next((outcome for part, outcome in self.answers.items() if part in request.url), self.inner.send)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome if isinstance(outcome, HttpResponse) else outcome(request)


def machine(door: Transport | None = None, environ: Mapping[str, str] | None = None, **changes: Any) -> Machine:
    """An emulated machine, in process, on which nobody ever waits."""
    door, clock = door or Emulator(), Clock()
    usual = Machine(door, door, environ or {}, monotonic=clock, sleep=clock.sleep, platform="linux", look=readable)
    return replace(usual, **changes)


def readable(folder: str) -> Access:
    return Access(there=True, readable=True)


def rows(subject: Machine | None = None, **options: Any) -> dict[str, Check]:
    """The rows by name."""
    found = list(examine(subject or machine(), **options))
    assert [check.name for check in found] == NAMES
    return {check.name: check for check in found}


def state(subject: Machine, name: str, **options: Any) -> tuple[str, str, str]:
    """State, message and remedy of a row."""
    check = rows(subject, **options)[name]
    return check.state, check.message, check.remedy or ""


# --- as a whole --------------------------------------------------------------------------------------


def test_a_machine_that_works() -> None:
    emulator = Emulator()
    own = emulator.vm.system_assigned
    assert own is not None
    found = rows(machine(emulator))
    assert {check.state for check in found.values()} == {"ok", "skipped"}
    assert found["Verdict"] == Check("Verdict", "ok", "the managed identity of this machine works")
    assert own.object_id in found["Identity"].message
    assert "this is myVM in eastus" in found["Endpoint"].message
    assert found["Role"].message == "sees Subscription1, and reads myVM, this VM"


@pytest.mark.parametrize("hosting", HOSTINGS)
def test_every_source_through_its_real_door(hosting: str) -> None:
    with on_a_port(hosting) as (_, variables):
        url = next(value for value in variables.values() if "127.0.0.1" in value)
        port = url.split("127.0.0.1:")[1].split("/")[0]
        environ = {
            "PYBRIDGE_VM_EXTENSION_ENDPOINT": f"{NOWHERE}/oauth2/token",
            "PYBRIDGE_ARM_ENDPOINT": f"http://127.0.0.1:{port}",
            **variables,
        }
        with closing(HttpsTransport()) as https:
            found = rows(Machine(environ=environ, https=https))
    assert {name: check for name, check in found.items() if check.state not in ("ok", "skipped")} == {}
    assert found["Clock"].state == found["Token"].state == found["Role"].state == "ok"
    assert found["Arc"].state == ("ok" if hosting == "arc" else "skipped")


def test_off_azure_the_verdict_has_the_guidance() -> None:
    found = rows(machine(Altered(Emulator(), {"": UnreachableError("no connection within 2.5 s")})))
    broken = [name for name, check in found.items() if check.state == "broken"]
    assert broken == ["Endpoint", "Token", "ARM", "Verdict"]
    assert found["Token"].message == "there is none, as no endpoint answers"
    verdict = found["Verdict"]
    assert verdict.message == "it does not work: Endpoint, Token, ARM"
    for words in ("Azure VMs only", "Configuration", "Extensions", "redeploy"):
        assert words in (verdict.remedy or "")


def test_msi_that_is_off_has_the_guidance_of_2017() -> None:
    found = rows(machine(Emulator(machine="msiOffVM")))
    assert (found["Endpoint"].state, found["Token"].state, found["Role"].state) == ("ok", "broken", "skipped")
    assert "Identity not found" in found["Token"].message
    remedy = found["Verdict"].remedy or ""
    for words in ("Configuration", '"Managed service identity" = Yes', "Extensions", "redeploy", "pybridge serve"):
        assert words in remedy


def test_several_identities_and_how_to_choose() -> None:
    emulator = Emulator(machine="twoIdentitiesVM")
    found = rows(machine(emulator))
    assert "Multiple user assigned identities" in found["Token"].message
    remedy = found["Verdict"].remedy or ""
    for words in ("--client-id", "-ClientId", "tab User assigned"):
        assert words in remedy
    assert remedy.endswith("\n  az vm identity show -g myResourceGroup -n twoIdentitiesVM")
    chosen = emulator.vm.user_assigned[0]
    found = rows(machine(emulator), identity=ManagedIdentityId(client_id=chosen.client_id))
    assert "the user-assigned identity appIdentity" in found["Identity"].message


def test_a_verdict_of_warnings() -> None:
    found = rows(machine(Emulator(machine="noRoleVM"), {"HTTP_PROXY": "http://proxy:8080"}))
    assert found["Verdict"].state == "warning"
    assert found["Verdict"].message == "it works, but look at: Proxy, Role"
    assert found["Verdict"].remedy == found["Proxy"].remedy


@pytest.mark.parametrize(
    "options",
    [{"source": "mars"}, {"cloud": "mars"}, {"identity": ManagedIdentityId(client_id="a", object_id="b")}],
)
def test_what_cannot_be_asked_is_refused_at_once(options: dict[str, Any]) -> None:
    emulator = Emulator()
    with pytest.raises(UsageError):
        list(examine(machine(emulator), **options))
    assert emulator.requests == []


def test_another_cloud() -> None:
    emulator = Emulator()
    found = rows(machine(emulator), cloud="azureusgovernment")
    assert "https://management.usgovcloudapi.net" in found["ARM"].message
    assert "https://management.usgovcloudapi.net/" in found["Token"].message


def test_a_token_in_store_does_not_hide_that_the_endpoint_is_gone() -> None:
    emulator = Emulator()
    asked = call(emulator)
    OPERATIONS["get_token"].function(asked)
    for route in ("/metadata/identity", "/oauth2"):
        emulator.fail(route, status=403, times=None)
    OPERATIONS["get_token"].function(asked)
    checks = {check.name: check for check in OPERATIONS["check_identity"].function(asked)}
    assert checks["Token"].state == "broken"


def test_strange_words_are_made_fit_for_a_terminal() -> None:
    refusal = HttpResponse(400, JSON, b'{"error": "x", "error_description": "a\\u001b[2Jb\\nc"}')
    found = rows(machine(Altered(Emulator(), {"/oauth2/token": refusal})))
    assert all((text or "").replace("\n", "").isprintable() for row in found.values() for text in vars_of(row))
    assert "\n" not in found["Token"].message
    assert "[2J" not in repr([vars_of(row) for row in found.values()])


def vars_of(check: Check) -> list[str | None]:
    return [check.name, check.state, check.message, check.remedy]


# --- variables ---------------------------------------------------------------------------------------

ENDPOINT = "http://127.0.0.1:1/token"
APP_SERVICE = {"IDENTITY_ENDPOINT": ENDPOINT, "IDENTITY_HEADER": SECRET}
ARC = {"IDENTITY_ENDPOINT": ENDPOINT, "IMDS_ENDPOINT": "http://127.0.0.1:1"}


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({}, "asks the instance metadata service (IMDS), then the MSI VM extension: no variable names another source"),
        (
            APP_SERVICE,
            f"asks App Service: IDENTITY_ENDPOINT and IDENTITY_HEADER are set. Set: IDENTITY_ENDPOINT={ENDPOINT}",
        ),
        (
            {"MSI_ENDPOINT": f"{ENDPOINT}?key={SECRET}", "MSI_SECRET": SECRET},
            f"Set: MSI_ENDPOINT={ENDPOINT}, MSI_SECRET",
        ),
        ({"MSI_ENDPOINT": ENDPOINT}, "asks Cloud Shell: MSI_ENDPOINT is set"),
        ({"AZURE_CLIENT_ID": "guid"}, "Set: AZURE_CLIENT_ID"),
        ({"MSI_ENDPOINT": f"http://user:{SECRET}@host/"}, "MSI_ENDPOINT (no plain http(s) URL)"),
    ],
)
def test_variables_that_fit_together(environ: dict[str, str], words: str) -> None:
    found, message, remedy = state(machine(environ=environ), "Variables")
    assert (found, remedy) == ("ok", "")
    assert words in message
    assert SECRET not in message


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"IDENTITY_ENDPOINT": ENDPOINT}, "IDENTITY_ENDPOINT is set, and IDENTITY_HEADER or IMDS_ENDPOINT is not"),
        ({"IDENTITY_HEADER": SECRET}, "IDENTITY_HEADER is set, and IDENTITY_ENDPOINT is not"),
        ({**APP_SERVICE, "IDENTITY_HEADER": ""}, "IDENTITY_HEADER is empty, which counts as not set"),
        ({"IDENTITY_SERVER_THUMBPRINT": "a" * 40}, "IDENTITY_SERVER_THUMBPRINT is set, and IDENTITY_HEADER is not"),
        ({"IMDS_ENDPOINT": ENDPOINT}, "IMDS_ENDPOINT is set, and IDENTITY_ENDPOINT is not"),
        ({"MSI_SECRET": SECRET}, "MSI_SECRET is set, and MSI_ENDPOINT is not"),
        ({"AZURE_FEDERATED_TOKEN_FILE": "/file"}, "and AZURE_TENANT_ID is not"),
        ({**APP_SERVICE, **ARC}, "IDENTITY_HEADER tells of App Service and IMDS_ENDPOINT of Azure Arc"),
    ],
)
def test_variables_that_do_not(environ: dict[str, str], words: str) -> None:
    found, message, remedy = state(machine(environ=environ), "Variables")
    assert found == "warning"
    assert words in message
    assert "unset" in remedy
    assert SECRET not in message + remedy


@pytest.mark.parametrize("name", sorted(DECISIVE))
def test_whatever_a_host_is_asked_for_is_told(name: str) -> None:
    assert name in state(machine(environ={name: ENDPOINT}), "Variables")[1]


# --- proxies -----------------------------------------------------------------------------------------

PROXY = {"http_proxy": f"http://user:{SECRET}@proxy:8080"}


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"HTTPS_PROXY": "http://proxy"},
        {"HTTP_PROXY": ""},
        {**PROXY, "NO_PROXY": "example.com, 169.254.169.254"},
        {**PROXY, "no_proxy": "*"},
        {**PROXY, "no_proxy": "169.254.0.0/16"},
        {**PROXY, "NO_PROXY": "127.0.0.1", "AZURE_POD_IDENTITY_AUTHORITY_HOST": "http://127.0.0.1:1"},
        {**PROXY, "MSI_ENDPOINT": "http://metadata.example.com:1/x", "no_proxy": ".example.com"},
        {**PROXY, "IDENTITY_ENDPOINT": "https://127.0.0.1:1/x", "IDENTITY_HEADER": "x"},
    ],
)
def test_proxies_that_take_nothing(environ: dict[str, str]) -> None:
    if "AZURE_POD_IDENTITY_AUTHORITY_HOST" in environ or "NO_PROXY" in environ or "no_proxy" in environ:
        environ = {**environ, "NO_PROXY": f"{environ.get('NO_PROXY', '')},localhost"}
    assert state(machine(environ=environ), "Proxy")[0] == "ok"


@pytest.mark.parametrize(
    "environ",
    [
        PROXY,
        {"HTTP_PROXY": "http://proxy"},
        {"ALL_PROXY": "socks5://proxy"},
        {**PROXY, "NO_PROXY": "169.254.169.25,9.254.169.254,10.0.0.0/8,nonsense/x,,localhost"},
    ],
)
def test_proxies_that_would_take_tokens(environ: dict[str, str]) -> None:
    found, message, remedy = state(machine(environ=environ), "Proxy")
    assert found == "warning"
    assert "169.254.169.254" in message
    assert "pybridge never does" in message
    line = remedy.splitlines()[-1]
    assert line.startswith("  NO_PROXY=")
    assert line.count("169.254.169.254") == 1
    assert SECRET not in message + remedy
    asked = {**environ, "NO_PROXY": line.removeprefix("  NO_PROXY=")}
    assert state(machine(environ=asked), "Proxy")[0] == "ok"


# --- the shell, and Azure Arc ------------------------------------------------------------------------


def test_the_question_of_windows_powershell_is_told_on_windows_only() -> None:
    assert state(machine(), "PowerShell")[0] == "skipped"
    found, message, remedy = state(machine(platform="win32"), "PowerShell")
    assert found == "ok"
    assert "-UseBasicParsing" in message
    assert "$PSDefaultParameterValues['Invoke-WebRequest:UseBasicParsing'] = $true" in remedy


@pytest.mark.parametrize(
    ("access", "platform", "expected", "words"),
    [
        (Access(True, True), "linux", "ok", "may read"),
        (Access(False, False), "linux", "broken", "azcmagent show"),
        (Access(True, False), "linux", "broken", "sudo usermod -aG himds $USER"),
        (Access(True, False, True), "linux", "broken", "Sign in anew"),
        (Access(True, False), "win32", "broken", "Hybrid Agent Extension Applications"),
    ],
)
def test_the_keys_of_azure_arc(access: Access, platform: str, expected: str, words: str) -> None:
    environ = {**ARC, "PYBRIDGE_ARC_KEY_FOLDER": "/keys"}
    subject = machine(environ=environ, platform=platform, look=lambda folder: {"/keys": access}[folder])
    found, message, remedy = state(subject, "Arc")
    assert found == expected
    assert words in message + remedy


def test_a_folder_is_looked_at(tmp_path: Path) -> None:
    assert look(str(tmp_path))[:2] == (True, True)
    assert look(str(tmp_path / "none"))[:2] == (False, False)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may enter every folder")
def test_a_closed_folder_is_not_readable(tmp_path: Path) -> None:
    tmp_path.chmod(0)
    try:
        assert look(str(tmp_path))[:2] == (True, False)
    finally:
        tmp_path.chmod(0o700)


# --- endpoints ---------------------------------------------------------------------------------------

NO_ENDPOINT = [
    (RefusedError("refused the connection"), "refused the connection"),
    (UnreachableError("cannot be reached (No route to host)"), "No route to host"),
    (TimedOutError("did not answer in time"), "did not answer in time"),
    (CutOffError("cut the connection off"), "cut the connection off"),
    (MalformedError("did not answer in HTTP"), "did not answer in HTTP"),
    (
        HttpResponse(403, {"Content-Type": "text/plain"}, b"connecting to 169.254.169.254: unreachable"),
        "Docker Desktop",
    ),
    (HttpResponse(403, {}, "réseau inaccessible".encode()), "Docker Desktop"),
    (HTML, "something else answers in place of"),
]


@pytest.mark.parametrize(("outcome", "words"), NO_ENDPOINT, ids=lambda value: type(value).__name__)
def test_an_endpoint_that_is_not_there(outcome: Outcome, words: str) -> None:
    clock = Clock(time.time())
    door = Altered(Emulator(), {"/metadata/instance": outcome, "/oauth2/token": RefusedError("nobody")})
    found, message, remedy = state(machine(door, monotonic=clock, sleep=clock.sleep), "Endpoint")
    assert found == "broken"
    assert words in message
    assert remedy


@pytest.mark.parametrize("outcome", [each[0] for each in NO_ENDPOINT], ids=lambda value: type(value).__name__)
def test_where_there_is_a_token_the_endpoint_is_not_broken(outcome: Outcome) -> None:
    found = rows(machine(Altered(Emulator(hosting="imds"), {"/metadata/instance": outcome})))
    assert (found["Endpoint"].state, found["Token"].state, found["Verdict"].state) == ("warning", "ok", "warning")


def test_imds_that_is_starting() -> None:
    found, message, _ = state(machine(Altered(Emulator(), {"/instance": HttpResponse(503, JSON, b"{}")})), "Endpoint")
    assert (found, "503" in message) == ("warning", True)


@pytest.mark.parametrize("status", [200, 400, 405, 500])
def test_any_answer_of_another_source_counts(status: int) -> None:
    door = Altered(Emulator(), {ENDPOINT: HttpResponse(status)})
    found, message, _ = state(machine(door, APP_SERVICE), "Endpoint")
    assert (found, message) == ("ok", f"App Service answers at {ENDPOINT}")
    first = next(request for request in door.asked if request.url == ENDPOINT)
    assert SECRET not in str(dict(first.headers))


def test_a_source_that_lacks_its_variable() -> None:
    found, message, _ = state(machine(), "Endpoint", source="app-service")
    assert (found, message) == ("broken", "IDENTITY_ENDPOINT is not set, so App Service is not to be asked here")


@pytest.mark.parametrize(
    ("talk", "words"),
    [
        (b"SSH-2.0-OpenSSH\r\n", "did not answer in HTTP"),
        (reset, "cut the connection off"),
        (http("302 Found", b"", "Location: http://elsewhere/"), "redirect"),
        (http("403 Forbidden", b"unreachable network", "Content-Type: text/plain"), "Docker Desktop"),
    ],
)
def test_an_endpoint_over_real_sockets(talk: Any, words: str) -> None:
    clock = Clock(time.time())
    with talking(talk) as server:
        environ = {"AZURE_POD_IDENTITY_AUTHORITY_HOST": server.url}
        subject = machine(environ=environ, metadata=MetadataTransport(), monotonic=clock, sleep=clock.sleep)
        found, message, _ = state(subject, "Endpoint", source="imds")
    assert found == "broken"
    assert words in message


def test_a_closed_port_over_real_sockets() -> None:
    with closed_port() as port:
        environ = {"MSI_ENDPOINT": f"http://127.0.0.1:{port}/token"}
        found, message, remedy = state(machine(environ=environ, metadata=MetadataTransport()), "Endpoint")
    assert (found, "nothing listens there" in message, "Cloud Shell" in remedy) == ("broken", True, True)


def test_a_vm_extension_that_answers_keeps_imds_unasked_and_one_that_does_not_is_no_harm() -> None:
    door = Altered(Emulator(), {})
    found = rows(machine(door, {"PYBRIDGE_VM_EXTENSION_ENDPOINT": "http://127.0.0.1:1/oauth2/token"}))
    assert not [request for request in door.asked if "/metadata/instance" in request.url]
    assert (found["Extension"].state, found["Role"].message) == ("ok", "sees Subscription1, and reads myVM, this VM")
    found = rows(machine(Emulator(hosting="imds")))
    assert found["Extension"].state == "skipped"
    assert "as on all VMs of today" in found["Extension"].message
    assert "pybridge serve" in (found["Extension"].remedy or "")
    assert found["Verdict"].state == "ok"


# --- the token, and whose it is ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "words", "advice"),
    [
        ({"status": 400}, "answered 400", "Check the resource"),
        ({"status": 429}, "answered 429", "Try again later"),
        ({"status": 500}, "answered 500", ""),
        ({"body": "html"}, "JSON", "Something else"),
        ({"body": "no-token"}, "access_token", ""),
    ],
)
def test_a_token_that_does_not_come(fault: dict[str, Any], words: str, advice: str) -> None:
    emulator, clock = Emulator(), Clock(time.time())
    emulator.fail("/metadata/identity", times=None, **fault)
    subject = machine(emulator, monotonic=clock, sleep=clock.sleep)
    found, message, remedy = state(subject, "Token")
    assert found == "broken"
    assert words in message
    assert advice in remedy
    assert sum(clock.slept) <= LIMIT


def test_a_token_that_tells_nothing() -> None:
    emulator = Emulator()
    token = HttpResponse(200, JSON, b'{"access_token": "opaque", "expires_in": "3600"}')
    found = rows(machine(Altered(emulator, {"/identity/oauth2/token": token})))
    assert (found["Token"].state, found["Identity"].message) == ("ok", "an identity")


def test_the_user_of_cloud_shell_is_named() -> None:
    emulator = Emulator(hosting="cloud-shell")
    found = rows(machine(emulator, emulator.variables("cloud-shell", "http://127.0.0.1:1")))
    assert f"the user user@{emulator.world.tenant.domain}" in found["Identity"].message
    assert found["Role"].message == "sees Subscription1"


# --- the clock ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("offset", "expected", "words"),
    [
        (0, "ok", "within 1 s"),
        (-30, "ok", "within 30 s"),
        (70, "warning", "70 s ahead"),
        (-70, "warning", "70 s behind"),
        (400, "broken", "400 s ahead"),
        (-86_400, "broken", "86400 s behind"),
    ],
)
def test_the_clock_is_held_against_the_answers(offset: int, expected: str, words: str) -> None:
    now = 1_700_000_000
    emulator = Emulator(clock=lambda: now)

    def dated(request: HttpRequest) -> HttpResponse:
        found = emulator.send(request)
        return found._replace(headers={**found.headers, "Date": formatdate(now, usegmt=True)})

    subject = machine(Altered(emulator, {"": dated}), clock=lambda: now + offset + 0.5)
    found, message, remedy = state(subject, "Clock")
    assert (found, bool(remedy)) == (expected, expected != "ok")
    assert words in message


@pytest.mark.parametrize("date", [None, "", "yesterday", "Tue, 99 Nov 2023 22:13:20 GMT"])
def test_without_a_date_the_clock_is_left_alone(date: str | None) -> None:
    emulator = Emulator()

    def dated(request: HttpRequest) -> HttpResponse:
        found = emulator.send(request)
        return found if date is None else found._replace(headers={**found.headers, "Date": date})

    assert state(machine(Altered(emulator, {"": dated})), "Clock")[0] == "skipped"


# --- Azure Resource Manager and roles ----------------------------------------------------------------

DISCOVERY = "/metadata/endpoints"


@pytest.mark.parametrize(
    ("outcome", "expected", "words"),
    [
        (UnreachableError("cannot be reached (no such name)"), "broken", "no such name"),
        (MalformedError("answered with a redirect"), "broken", "redirect"),
        (HttpResponse(503), "warning", "503"),
        (HttpResponse(404), "ok", "https://management.azure.com"),
    ],
)
def test_azure_resource_manager(outcome: Outcome, expected: str, words: str) -> None:
    found = rows(machine(Altered(Emulator(), {DISCOVERY: outcome})))
    assert found["ARM"].state == expected
    assert words in found["ARM"].message
    assert (found["Role"].state == "skipped") is (expected == "broken")


def test_an_arm_endpoint_that_may_not_be() -> None:
    emulator = Emulator()
    found = rows(machine(emulator, {"PYBRIDGE_ARM_ENDPOINT": "https://evil.example"}))
    assert (found["ARM"].state, found["Role"].state) == ("broken", "skipped")
    assert not [request for request in emulator.requests if "evil" in request.url]


def test_no_role_at_all_has_the_command_that_grants_it() -> None:
    emulator = Emulator(machine="noRoleVM")
    own = emulator.vm.system_assigned
    assert own is not None
    found, message, remedy = state(machine(emulator), "Role")
    assert (found, message) == ("warning", "no subscription is visible")
    command = (
        f"  New-AzureRmRoleAssignment -ObjectId {own.object_id} -RoleDefinitionName Reader -Scope {emulator.vm.id}"
    )
    assert command in remedy.splitlines()
    assert "Reader at the VM or higher" in remedy


def test_no_role_where_no_vm_is_known() -> None:
    emulator = Emulator(machine="noRoleVM", hosting="app-service")
    token = HttpResponse(200, JSON, b'{"access_token": "%s", "expires_in": "9"}' % jwt(oid="o").encode())
    empty = HttpResponse(200, JSON, b'{"value": []}')
    door = Altered(emulator, {"resource=": token, "/subscriptions": empty})
    environ = emulator.variables("app-service", "http://127.0.0.1:1")
    found, _, remedy = state(machine(door, environ), "Role")
    assert (found, "-ObjectId o -RoleDefinitionName Reader" in remedy) == ("warning", True)


def test_a_role_elsewhere_is_not_one_at_the_vm() -> None:
    emulator = Emulator(machine="noRoleVM")
    emulator.world.grant("Reader", to=emulator.vm, scope=emulator.world.vm("sqlVM"))
    found, message, remedy = state(machine(emulator), "Role")
    assert (found, message) == ("warning", "sees Subscription2, but may not read noRoleVM, this VM")
    assert f"-Scope {emulator.vm.id}" in remedy


@pytest.mark.parametrize(
    ("route", "words"), [("/subscriptions", "429"), (".../virtualMachines/", "this VM: ARM answered 429")]
)
def test_arm_that_throttles_is_not_waited_for(route: str, words: str) -> None:
    emulator, clock = Emulator(), Clock(time.time())
    emulator.fail(route, status=429, times=None)
    found, message, _ = state(machine(emulator, monotonic=clock, sleep=clock.sleep), "Role")
    assert (found, clock.slept) == ("warning", [])
    assert words in message


@pytest.mark.parametrize(
    "resource_id",
    [
        "@evil.example/subscriptions/x",
        ".evil.example/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/v",
        "/subscriptions/s/resourceGroups/../providers/Microsoft.Compute/virtualMachines/v?x=",
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/v#",
        "/subscriptions/s/providers/Microsoft.Authorization/elevateAccess",
        5,
        None,
    ],
)
def test_a_resource_id_that_is_none_of_a_vm_leads_nowhere(resource_id: object) -> None:
    emulator = Emulator(machine="twoIdentitiesVM")
    told = HttpResponse(200, JSON, json.dumps({"compute": {"resourceId": resource_id}}).encode())
    door = Altered(emulator, {"/metadata/instance": told})
    who = ManagedIdentityId(client_id=emulator.vm.user_assigned[0].client_id)
    found = rows(machine(door), identity=who)
    assert "this VM" not in found["Role"].message
    assert all(request.url.startswith(("https://management.azure.com/", "http://")) for request in door.asked)
    assert not [request for request in door.asked if "evil" in request.url or "elevate" in request.url]


# --- time --------------------------------------------------------------------------------------------


def test_a_black_hole_is_given_up_within_the_limit() -> None:
    clock = Clock()
    timeouts: list[float] = []

    def drop(request: HttpRequest) -> HttpResponse:
        timeouts.append(request.timeout)
        raise UnreachableError(f"no connection within {request.timeout:g} s")

    subject = machine(Altered(Emulator(), {"": drop}), monotonic=clock, sleep=clock.sleep)
    assert rows(subject)["Verdict"].state == "broken"
    assert min(timeouts) > 0
    assert max(timeouts) <= LIMIT < 5
    assert clock.slept == []


class Hanging:
    """A transport that does not heed its timeout, as a resolver does not."""

    def __init__(self) -> None:
        self.released = threading.Event()

    def send(self, request: HttpRequest) -> HttpResponse:
        self.released.wait()
        raise TimedOutError("at last")


@pytest.fixture
def hanging() -> Iterator[Hanging]:
    door = Hanging()
    yield door
    door.released.set()


def test_what_hangs_is_left_behind(hanging: Hanging) -> None:
    clock = Clock()
    checks = examine(machine(hanging, monotonic=clock, sleep=clock.sleep))
    assert next(checks).name == "Variables"
    clock.now += LIMIT
    found = {check.name: check for check in checks}
    assert [name for name, check in found.items() if check.state == "broken"] == ["Endpoint", "Token", "ARM", "Verdict"]


def test_an_errand_that_hangs_ends_with_an_error_of_ours(hanging: Hanging) -> None:
    clock = Clock()
    patience = Patience(5, clock, clock.sleep)
    errand = Errand("IMDS", lambda: hanging.send(HttpRequest("GET", NOWHERE)), patience)
    clock.now += 5
    assert str(errand.outcome()) == "IMDS: no answer in time"
    with pytest.raises(TimedOutError):
        errand.result()
    patience.sleep(3)
    assert clock.slept == [0]


def test_what_is_left_behind_does_not_ask_any_more() -> None:
    clock = Clock()
    emulator = Emulator()

    def slow(request: HttpRequest) -> HttpResponse:
        clock.now += LIMIT
        return emulator.send(request)

    door = Altered(emulator, {"/oauth2/token": slow})
    rows(machine(door, monotonic=clock, sleep=clock.sleep))
    assert not [request for request in door.asked if request.timeout <= 0]


def test_a_defect_is_not_swallowed() -> None:
    with pytest.raises(ZeroDivisionError):
        list(examine(machine(Altered(Emulator(), {"/metadata/identity": lambda request: 1 // 0}))))  # type: ignore[dict-item, return-value]


# --- secrets -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("hosting", HOSTINGS)
def test_nothing_shows_a_secret(hosting: str) -> None:
    emulator = Emulator(hosting=hosting)
    variables = emulator.variables(hosting, "http://127.0.0.1:1")
    environ = {**PROXY, **variables}
    secrets = {SECRET} | {environ[name] for name in ("IDENTITY_HEADER", "MSI_SECRET") if name in environ}
    texts = []
    for fault in ({}, {"status": 400}, {"body": "html"}, {"body": "truncated"}, {"body": "no-expiry"}):
        for route in ("/", "/subscriptions"):
            if fault:
                emulator.fail(route, times=None, **fault)  # type: ignore[arg-type]
            clock = Clock(time.time())
            texts += [str(check) for check in examine(machine(emulator, environ, monotonic=clock, sleep=clock.sleep))]
            emulator.clear_faults()
    bearers = {request.headers.get("Authorization", "").removeprefix("Bearer ") for request in emulator.requests}
    tokens = {text for text in bearers if text.count(".") == 2}
    assert tokens
    emulator.close()
    assert leaks(tokens | secrets, *texts) == []
    assert not [text for text in texts if SECRET in text]


# --- the operation -----------------------------------------------------------------------------------


def call(emulator: Emulator, environ: Mapping[str, str] | None = None) -> Call:
    return Call(Backend(metadata=emulator, arm=emulator, environ=environ or {}))


def test_the_operation_streams_rows_and_tells_before_it_waits() -> None:
    asked = call(Emulator())
    told: list[None] = []
    asked.backend.before_waiting = lambda: told.append(None)
    checks = OPERATIONS["check_identity"].function(asked)
    assert told
    assert [check.name for check in checks] == NAMES


@pytest.mark.parametrize(("machine_name", "works"), [("myVM", True), ("noRoleVM", True), ("msiOffVM", False)])
def test_quiet_says_only_whether_it_works(machine_name: str, works: bool) -> None:
    assert OPERATIONS["check_identity"].function(call(Emulator(machine=machine_name)), quiet=True) is works


def test_a_source_and_an_identity_can_be_named() -> None:
    emulator = Emulator(machine="twoIdentitiesVM")
    who = emulator.vm.user_assigned[0].resource_id
    checks = {
        check.name: check
        for check in OPERATIONS["check_identity"].function(call(emulator), source="imds", resource_id=who)
    }
    assert "it was asked for by name" in checks["Variables"].message
    assert "appIdentity" in checks["Identity"].message
    with pytest.raises(PyBridgeError):
        list(OPERATIONS["check_identity"].function(call(emulator), source="mars"))


# --- a host ------------------------------------------------------------------------------------------


class There:
    """A host that says of itself what somebody wants, and answers what is asked from there."""

    name = "vm01"

    def __init__(self, inner: Transport, environ: Mapping[str, str]) -> None:
        self._inner = inner
        self.environ = environ
        self.asked: list[str] = []

    def exists(self, path: str) -> bool:
        return False

    def read(self, path: str, folder: str | None) -> str:
        return jwt(sub="a workload")

    def expect(self, request: HttpRequest, *, anyhow: bool = False) -> None:
        """Its variables are at hand."""

    def send(self, request: HttpRequest) -> HttpResponse:
        self.asked.append(request.url)
        return self._inner.send(request)


def test_what_a_host_says_leads_nowhere_from_here() -> None:
    """Its variables may name any address: only that host goes there. Here, Azure Resource Manager is asked."""
    authority = "http://127.0.0.1:8123"
    told = {
        "AZURE_AUTHORITY_HOST": authority,
        "AZURE_TENANT_ID": "8b9c1f3e-6f0e-4d3a-9d5b-2f6f3f1d1a01",
        "AZURE_CLIENT_ID": "3376dd3c-0000-4000-8000-000000000001",
        "AZURE_FEDERATED_TOKEN_FILE": "C:\\token",
        "PYBRIDGE_ARM_ENDPOINT": authority,
    }
    grant = json.dumps({"access_token": jwt(oid="1"), "expires_in": 3600}).encode()
    there = There(Altered(Emulator(), {authority: HttpResponse(200, JSON, grant)}), told)
    here = Altered(Emulator(), {})
    found = rows(machine_at(there, https=here, environ={}))
    assert found["Token"].state == "ok", found["Token"]
    assert origin(authority) in set(map(origin, there.asked))
    assert {origin(request.url) for request in here.asked} == {origin("https://management.azure.com")}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("myVM", "the managed identity of vm01 works"),
        ("noRoleVM", "the identity of vm01 works, but look at: Role"),
        ("msiOffVM", "the identity of vm01 does not work: Token"),
    ],
)
def test_a_host_that_was_looked_at_is_named(name: str, words: str) -> None:
    emulator = Emulator(machine=name)
    found = rows(machine_at(There(emulator, {}), https=emulator, environ={}))
    assert found["Verdict"].message == words
    assert f"vm01 is {name} in eastus" in found["Endpoint"].message
    told = "\n".join(text or "" for row in found.values() for text in vars_of(row))
    assert "this machine" not in told
    assert "this VM" not in told


def test_a_host_is_named_where_its_identity_reads_it() -> None:
    emulator = Emulator()
    found = rows(machine_at(There(emulator, {}), https=emulator, environ={}))
    assert found["Role"].message == "sees Subscription1, and reads myVM, which is vm01"


def test_what_is_not_seen_of_a_host_says_so() -> None:
    emulator = Emulator(hosting="arc")
    there = There(emulator, emulator.variables("arc", "http://localhost:40342"))
    found = rows(machine_at(there, https=emulator, environ={}))
    assert found["Clock"] == Check("Clock", "skipped", "the clock of vm01 is not seen from here")
    assert found["Arc"].state == "skipped"
    assert "on vm01 only" in found["Arc"].message
