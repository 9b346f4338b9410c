"""Who reaches Windows hosts, and the programs that do it as each of them: children, which get JSON on stdin.

Each prints what it took as JSON. Passwords come by stdin, too.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from sides import environ


class Program(NamedTuple):
    """One who reaches hosts.

    Attributes:
        title: What the table calls it.
        tokens: Gets `count` tokens of one host, one after the other.
        fleet: Does something on many hosts, `workers` at a time; tells of its memory where that is asked for.
        upload: Gives `script` to a host, `count` times, or what comes nearest to that.
    """

    title: str
    tokens: str
    fleet: str
    upload: str


_PYBRIDGE_BEGIN = """
import json, sys, time
from pybridge.hosts import host
from pybridge.passwords import Password

asked = json.load(sys.stdin)

def a_host(name, address):
    return host(name, address=address, username=asked["user"], password=Password(asked["password"]),
                authentication=asked["authentication"], ca=asked.get("ca"))
"""

PYBRIDGE = Program(
    "pybridge",
    _PYBRIDGE_BEGIN
    + """
from contextlib import nullcontext
from pybridge import ManagedIdentityCredential
from pybridge.remote import WinRMTransport

transport = WinRMTransport(a_host("vm01", asked["url"]))
credential = ManagedIdentityCredential(transport=transport)
began = time.perf_counter()
with transport if asked["count"] > 1 else nullcontext():
    for _ in range(asked["count"]):
        assert credential.get_token(asked["resource"], force_refresh=True).token
print(json.dumps({"seconds": time.perf_counter() - began}))
""",
    _PYBRIDGE_BEGIN
    + """
import gc, os, resource, threading
from pybridge import hostjobs
from pybridge.fleet import Fleet
from pybridge.remote import run_script  # loads pywinrm

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6

hosts = [a_host(f"host{number}", url) for number, url in enumerate(asked["urls"])]
looks = {len(hosts) // 2, len(hosts)} if asked.get("memory") else ()
memory = []
began = time.perf_counter()
for number, outcome in enumerate(Fleet(hosts, workers=asked["workers"]).map(hostjobs.run, script="hostname"), 1):
    assert outcome.ok, outcome.error
    if number in looks:
        gc.collect()  # so that what is held is seen, and not what waits to be collected
        memory.append(resident())
seconds = time.perf_counter() - began
most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
print(json.dumps({"seconds": seconds, "memory": memory, "most": most, "threads": threading.active_count()}))
""",
    _PYBRIDGE_BEGIN
    + """
from pybridge.remote import run_script

target = a_host("vm01", asked["url"])
times = {script: [] for script in ("hostname", asked["script"])}
for _ in range(asked["count"] + 1):
    for script, found in times.items():
        began = time.perf_counter()
        assert run_script(target, script).exit_code == 0
        found.append(time.perf_counter() - began)
print(json.dumps({"seconds": [big - small for small, big in zip(*times.values(), strict=True)][1:]}))
""",
)

_PYWINRM_BEGIN = """
import json, sys, time
from winrm import Session
from winrm.protocol import Protocol

asked = json.load(sys.stdin)
method = {"negotiate": "ntlm"}.get(asked["authentication"], asked["authentication"])
options = {"username": asked["user"], "password": asked["password"], "transport": method}
if asked.get("ca"):
    options["ca_trust_path"] = asked["ca"]
"""

#: What a script for `run_ps` has to say for a token.
_ASK = """
$url = $env:AZURE_POD_IDENTITY_AUTHORITY_HOST + '/metadata/identity/oauth2/token?api-version=2018-02-01&resource='
(Invoke-RestMethod -UseBasicParsing -Headers @{ Metadata = 'true' } -Uri ($url + 'RESOURCE')).access_token
"""

PYWINRM = Program(
    "pywinrm",
    _PYWINRM_BEGIN
    + f"""
script = '''{_ASK}'''.replace("RESOURCE", asked["resource"])
session = Session(asked["url"], auth=(options.pop("username"), options.pop("password")), **options)
began = time.perf_counter()
for _ in range(asked["count"]):
    response = session.run_ps(script)
    assert response.status_code == 0 and response.std_out.startswith(b"eyJ"), response.std_err
print(json.dumps({{"seconds": time.perf_counter() - began}}))
""",
    _PYWINRM_BEGIN
    + """
from concurrent.futures import ThreadPoolExecutor

def run(url):
    protocol = Protocol(url, message_encryption="always", **options)
    shell = protocol.open_shell(codepage=65001)
    command = protocol.run_command(shell, "hostname")
    output, _, code = protocol.get_command_output(shell, command)
    protocol.cleanup_command(shell, command)
    protocol.close_shell(shell)
    assert output and code == 0

began = time.perf_counter()
with ThreadPoolExecutor(asked["workers"]) as executor:
    list(executor.map(run, asked["urls"]))
print(json.dumps({"seconds": time.perf_counter() - began}))
""",
    _PYWINRM_BEGIN
    + """
# As Ansible's plugin sends: its envelopes are of 335 KB, which not every host takes.
PIECE = 250_000
seconds = []
for _ in range(asked["count"] + 1):
    protocol = Protocol(asked["url"], message_encryption="always", **options)
    shell = protocol.open_shell(codepage=65001)
    command = protocol.run_command(shell, "hostname", console_mode_stdin=False)
    data = asked["script"].encode()
    began = time.perf_counter()
    for start in range(0, len(data), PIECE):
        protocol.send_command_input(shell, command, data[start:start + PIECE], end=start + PIECE >= len(data))
    seconds.append(time.perf_counter() - began)
    protocol.cleanup_command(shell, command)
    protocol.close_shell(shell)
print(json.dumps({"seconds": seconds[1:]}))
""",
)


def run(code: str, **asked: object) -> dict[str, Any]:
    """What a child prints, on the interpreter that runs the benchmark, and how long it took; it must succeed."""
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", code]
    began = time.perf_counter()
    done = subprocess.run(
        command, env=environ(), input=json.dumps(asked), stdout=subprocess.PIPE, check=True, text=True
    )
    return {"whole": time.perf_counter() - began, **json.loads(done.stdout)}


def ansible() -> str | None:
    """What `ansible` calls itself, and whose packages it runs with; None where there is none."""
    if shutil.which("ansible") is None:
        return None
    name = _ansible_version().partition("\n")[0].replace(" [core ", "-core ").replace("]", "")
    return f"{name} with {'the same' if _takes_our_packages() else 'its own'} packages"


@cache
def _ansible_version() -> str:
    return subprocess.run(["ansible", "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout


def _takes_our_packages() -> bool:
    """Whether Ansible's Python is such as this one, so that all sides can have the same pywinrm."""
    found = re.search(r"python version = (\d+\.\d+)\.", _ansible_version())
    return found is not None and found[1] == "{}.{}".format(*sys.version_info)


def run_ansible(urls: Sequence[str], workers: int, user: str, password: str) -> float:
    """Seconds that `ansible -m raw` takes for these hosts, with the packages that the other sides have, if it can.

    All hosts must have answered.
    """
    ports = [url.rpartition(":")[2].partition("/")[0] for url in urls]
    variables: Mapping[str, object] = {
        "ansible_host": "127.0.0.1",
        "ansible_user": user,
        "ansible_password": password,
        "ansible_connection": "winrm",
        "ansible_winrm_scheme": "http",
        "ansible_winrm_transport": "ntlm",
        "ansible_winrm_message_encryption": "always",
    }
    hosts = {f"host{number}": {"ansible_port": int(port)} for number, port in enumerate(ports)}
    with tempfile.TemporaryDirectory() as folder:
        inventory = Path(folder, "hosts.json")
        inventory.write_text(json.dumps({"all": {"hosts": hosts, "vars": variables}}))
        command = ["ansible", "all", "-i", str(inventory), "-m", "raw", "-a", "hostname", "-f", str(workers)]
        kept = {"HOME": folder, "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        if _takes_our_packages():
            kept["PYTHONPATH"] = sysconfig.get_path("purelib")
        began = time.perf_counter()
        done = subprocess.run(command, env=kept, cwd=folder, stdout=subprocess.PIPE, check=True, text=True)
        seconds = time.perf_counter() - began
    assert done.stdout.count("rc=0") == len(urls), done.stdout
    return seconds
