"""`pybridge emulate`: the environment of a command, and both ways to run."""

from __future__ import annotations

import io
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pybridge.emulator import Emulator
from pybridge.emulator.command import emulate, environment
from pybridge.emulator.server import serve
from pybridge.errors import StateError, UsageError
from pybridge.module import module_root

ROOT = str(module_root())
posix_only = pytest.mark.skipif(os.name == "nt", reason="signals as POSIX has them")


def test_the_environment_leads_to_the_emulator() -> None:
    before = {"PATH": "/bin", "TERM": "dumb"}
    made = environment(4711, before, command=["pwsh"])
    assert made == {
        "PATH": "/bin",
        "TERM": "dumb",
        "PYBRIDGE_ARM_ENDPOINT": "http://127.0.0.1:4711",
        "PYBRIDGE_VM_EXTENSION_ENDPOINT": "http://127.0.0.1:4711/oauth2/token",
        "AZURE_POD_IDENTITY_AUTHORITY_HOST": "http://127.0.0.1:4711",
        "PYBRIDGE_PYTHON": sys.executable,
        "NO_PROXY": "localhost,127.0.0.1,::1",
        "no_proxy": "localhost,127.0.0.1,::1",
        "PSModulePath": ROOT,
    }
    assert before == {"PATH": "/bin", "TERM": "dumb"}


def test_nothing_inherited_leads_elsewhere() -> None:
    misleading = dict.fromkeys(
        [
            "IDENTITY_ENDPOINT",
            "IDENTITY_HEADER",
            "IDENTITY_SERVER_THUMBPRINT",
            "IDENTITY_API_VERSION",
            "MSI_ENDPOINT",
            "MSI_SECRET",
            "IMDS_ENDPOINT",
            "AZURE_FEDERATED_TOKEN_FILE",
            "AZURE_AUTHORITY_HOST",
            "AZURE_TENANT_ID",
            "AZURE_CLIENT_ID",
            "AUTOMATION_ASSET_ACCOUNTID",
            "AUTOMATION_ASSET_SANDBOX_ID",
            "AZUREPS_HOST_ENVIRONMENT",
            "DEFAULT_IDENTITY_CLIENT_ID",
            "PYBRIDGE_ARC_KEY_FOLDER",
            "Identity_Header",
        ],
        "elsewhere",
    )
    made = environment(1, {**misleading, "AZURE_CONFIG_DIR": "/a", "MY_IDENTITY_HEADER": "b"}, command=[])
    assert not misleading.keys() & made.keys()
    assert (made["AZURE_CONFIG_DIR"], made["MY_IDENTITY_HEADER"]) == ("/a", "b")


def test_other_variables_take_the_place_of_the_vm_s() -> None:
    before = {"AZURE_POD_IDENTITY_AUTHORITY_HOST": "http://a", "PYBRIDGE_VM_EXTENSION_ENDPOINT": "http://b"}
    made = environment(1, before, command=[], variables={"MSI_ENDPOINT": "http://c"})
    assert not before.keys() & made.keys()
    assert made["MSI_ENDPOINT"] == "http://c"


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"NO_PROXY": "a.test, b.test"}, "a.test,b.test,localhost,127.0.0.1,::1"),
        ({"no_proxy": "127.0.0.1,a.test"}, "127.0.0.1,a.test,localhost,::1"),
        ({"NO_PROXY": "a.test", "no_proxy": "b.test"}, "a.test,b.test,localhost,127.0.0.1,::1"),
        ({"NO_PROXY": "*"}, "*"),
    ],
)
def test_no_proxy_keeps_what_stands_there(environ: dict[str, str], expected: str) -> None:
    made = environment(1, environ, command=[])
    assert (made["NO_PROXY"], made["no_proxy"]) == (expected, expected)


def test_the_module_comes_first() -> None:
    made = environment(1, {"PSModulePath": os.pathsep.join(["/a", "/b"])}, command=["pwsh"])
    assert made["PSModulePath"].split(os.pathsep) == [ROOT, "/a", "/b"]


@posix_only
@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"HOME": "/me"}, ["/me/.local/share/powershell/Modules"]),
        ({"HOME": "/me", "XDG_DATA_HOME": "/data"}, ["/data/powershell/Modules"]),
        ({"HOME": "/me", "PSModulePath": "/a"}, ["/me/.local/share/powershell/Modules", "/a"]),
        (
            {"HOME": "/me", "PSModulePath": "/a:/me/.local/share/powershell/Modules"},
            ["/a", "/me/.local/share/powershell/Modules"],
        ),
    ],
)
def test_powershell_7_is_kept_from_going_first(environ: dict[str, str], expected: list[str]) -> None:
    made = environment(1, environ, command=["pwsh"])
    assert made["PSModulePath"].split(":") == [ROOT, *expected]


def test_one_variable_whatever_its_case() -> None:
    made = environment(1, {"PSMODULEPATH": "/a"}, command=["pwsh"])
    assert [name for name in made if name.upper() == "PSMODULEPATH"] == ["PSModulePath"]
    assert made["PSModulePath"].split(os.pathsep) == [ROOT, "/a"]


WINDOWS = {
    "USERPROFILE": r"C:\Users\me",
    "ProgramFiles": r"C:\Program Files",
    "SystemRoot": r"C:\Windows",
}
FOLDERS_51 = [
    r"C:\Users\me\Documents\WindowsPowerShell\Modules",
    r"C:\Program Files\WindowsPowerShell\Modules",
    r"C:\Windows\System32\WindowsPowerShell\v1.0\Modules",
]
FOLDERS_7 = [
    r"C:\Users\me\Documents\PowerShell\Modules",
    r"C:\Program Files\PowerShell\Modules",
    r"c:\program files\powershell\7\Modules",
    r"C:\Program Files\WindowsApps\Microsoft.PowerShell_7.5.0.0_x64__8wekyb3d8bbwe\Modules",
    r"D:\tools\pwsh74\Modules",
    r"D:\PowerShell-7.4.0-win-x64\Modules",
]


@pytest.mark.parametrize(
    "command", ["powershell", "powershell.exe", r"C:\Windows\System32\WindowsPowerShell\v1.0\PowerShell.EXE"]
)
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([*FOLDERS_7, *FOLDERS_51, r"D:\PowerShellScripts"], [*FOLDERS_51, r"D:\PowerShellScripts"]),
        ([], FOLDERS_51),
        ([FOLDERS_51[1], FOLDERS_51[2].lower()], [FOLDERS_51[1], FOLDERS_51[2].lower(), FOLDERS_51[0]]),
    ],
)
def test_windows_powershell_gets_no_folder_of_powershell_7(
    monkeypatch: pytest.MonkeyPatch, command: str, before: list[str], after: list[str]
) -> None:
    monkeypatch.setattr(os, "pathsep", ";")
    environ = WINDOWS | ({"PSModulePath": ";".join(before)} if before else {})
    assert environment(1, environ, command=[command])["PSModulePath"].split(";") == [ROOT, *after]


def test_powershell_7_keeps_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "pathsep", ";")
    environ = WINDOWS | {"PSModulePath": ";".join([*FOLDERS_7, *FOLDERS_51])}
    assert environment(1, environ, command=["pwsh.exe"])["PSModulePath"].split(";") == [
        ROOT,
        *FOLDERS_7,
        *FOLDERS_51,
    ]


def run(*command: str, **options: Any) -> int:
    defaults: dict[str, Any] = {"state": None, "machine": "myVM", "port": 0, "faults": [], "page_size": 100}
    return emulate(**{**defaults, "stdout": io.StringIO(), **options}, command=command)


ASK = """
import json, os, sys, urllib.error, urllib.request
url = os.environ["PYBRIDGE_VM_EXTENSION_ENDPOINT"] + "?resource=https://management.azure.com/"
try:
    with urllib.request.urlopen(urllib.request.Request(url, headers={"Metadata": "true"})) as answer:
        sys.exit(40 + (json.load(answer)["token_type"] == "Bearer"))
except urllib.error.HTTPError as exc:
    sys.exit(exc.code // 100)
except OSError:
    sys.exit(99)
"""


def test_a_command_finds_the_emulator_and_its_code_comes_back() -> None:
    assert run(sys.executable, "-c", ASK) == 41


def test_options_count() -> None:
    assert run(sys.executable, "-c", ASK, faults=["/oauth2/token,status=503"]) == 5
    assert run(sys.executable, "-c", ASK, machine="msiOffVM") == 99


ARM = """
import json, os, sys, urllib.error, urllib.parse, urllib.request
url, tenant, identifier, secret, subscription = os.environ["PYBRIDGE_ARM_ENDPOINT"], *sys.argv[1:]
form = {"grant_type": "client_credentials", "client_id": identifier, "client_secret": secret, "resource":
    "https://management.azure.com/"}
with urllib.request.urlopen(f"{url}/{tenant}/oauth2/token", urllib.parse.urlencode(form).encode()) as answer:
    headers = {"Authorization": "Bearer " + json.load(answer)["access_token"], "Content-Type": "application/json"}
place = f"{url}{subscription}/resourceGroups/new?api-version=2021-04-01"
urllib.request.urlopen(urllib.request.Request(place, b'{"location": "eastus"}', headers, method="PUT")).close()
answer = urllib.request.urlopen(urllib.request.Request(place, headers=headers, method="DELETE"))
polls = 0
while True:
    with urllib.request.urlopen(urllib.request.Request(answer.headers["Location"], headers=headers)) as answer:
        if answer.status == 200:
            left = int(answer.headers["x-ms-ratelimit-remaining-subscription-reads"])
            sys.exit(10 * polls + (left < 250))
    polls += 1
"""


@pytest.mark.parametrize(("options", "code"), [({}, 10), ({"polls": 3}, 30), ({"polls": 0, "throttle": True}, 1)])
def test_a_command_changes_the_emulator_s_azure(options: dict[str, Any], code: int) -> None:
    world = Emulator().world
    application = world.applications["deployapp"]
    signing_in = [world.tenant.id, application.principal.client_id, application.secret]
    subscription = next(iter(world.subscriptions.values())).id
    assert run(sys.executable, "-c", ARM, *signing_in, subscription, **options) == code


def test_what_applications_sign_in_with_is_shown_before_a_command_where_that_is_wanted() -> None:
    shown, stdout = io.StringIO(), io.StringIO()
    assert run(sys.executable, "-c", "pass", show=shown, stdout=stdout, hosting="app-service") == 0
    (line,) = shown.getvalue().splitlines()
    found = json.loads(line)
    world = Emulator().world
    application = world.applications["deployapp"]
    assert found["sign_in"]["tenant_id"] == world.tenant.id
    assert found["sign_in"]["applications"] == {
        "deployApp": {"client_id": application.principal.client_id, "client_secret": application.secret}
    }
    assert found["arm"] == found["sign_in"]["authority"] == f"http://127.0.0.1:{found['port']}"
    assert "IDENTITY_ENDPOINT" in found["variables"]
    assert stdout.getvalue() == ""


def test_a_world_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "w.yaml").write_text("subscriptions: {S: {groups: {g: {vms: {mine: }}}}}")
    assert run(sys.executable, "-c", ASK, state=str(tmp_path / "w.yaml"), machine="mine") == 41


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"machine": "nope"}, "no VM 'nope'"),
        ({"faults": ["nonsense"]}, "begins with neither"),
        ({"page_size": 0}, "cannot hold 0"),
        ({"polls": -1}, "cannot take -1 polls"),
        ({"port": 70000}, "70000 is not a port"),
    ],
)
def test_what_cannot_be(options: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        run("true", **options)


def test_a_state_file_that_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "w.yaml").write_text("\nworld:")
    with pytest.raises(StateError, match=r"w\.yaml:2: "):
        run("true", state=str(tmp_path / "w.yaml"))


def test_a_command_that_is_not_there() -> None:
    with pytest.raises(UsageError, match="'no-such-command' was not found"):
        run("no-such-command")


def test_a_port_that_is_taken() -> None:
    with serve(Emulator()) as server, pytest.raises(UsageError, match=f"port {server.port} is taken"):
        run("true", port=server.port)


SERVE = """
import sys
from pybridge.emulator.command import emulate
sys.exit(emulate(state=None, machine="myVM", port=0, faults=[], page_size=9, command=[], stdout=sys.stdout))
"""


@posix_only
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_told_to_stop(number: int) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE], stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    assert process.stdout is not None
    urls = json.loads(process.stdout.readline())
    port = urls["port"]
    sign_in = urls.pop("sign_in")
    assert sign_in["authority"] == urls["arm"]
    assert list(sign_in["applications"]) == ["deployApp"]
    assert urls == {
        "port": port,
        "arm": f"http://127.0.0.1:{port}",
        "imds": f"http://127.0.0.1:{port}/metadata/identity/oauth2/token",
        "vm_extension": f"http://127.0.0.1:{port}/oauth2/token",
    }
    socket.create_connection(("127.0.0.1", port), timeout=10).close()
    process.send_signal(number)
    rest, errors = process.communicate(timeout=20)
    assert (process.returncode, rest, errors) == (0, b"", b"")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=10)
