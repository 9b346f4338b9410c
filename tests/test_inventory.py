"""inventory: Ansible's YAML as it is, held against Ansible itself where it is here, and plain lists."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from support import CLONE, GUARD, leaks, shown

from pybridge import inventory
from pybridge.errors import InventoryError, UsageError
from pybridge.hosts import Host
from pybridge.inventory import Inventory
from pybridge.inventory.names import expand
from pybridge.passwords import Keyring, Password, PasswordCommand

PASSWORD = Password("x")


def read(text: str, file: str = "hosts.yaml") -> Inventory:
    return inventory.read(text, file=file)


def host(text: str, name: str = "vm01", **options: Any) -> Host:
    """The host that an inventory makes of it, as admin with a password where it says nothing else."""
    defaults = {"username": "admin", "password": PASSWORD}
    (made,) = read(text).hosts([name], defaults=defaults, **options)
    return made


def with_vars(**variables: object) -> str:
    return json.dumps({"all": {"hosts": {"vm01": variables}}})


# --- groups ------------------------------------------------------------------------------------------

INVENTORY = r"""
all:
  vars: {x_all: all, x_common: all, ansible_port: 7}
  hosts:
    alone.contoso.com: {x_own: alone}
    fe80::1:
  children:
    web:
      hosts:
        web[01:04].contoso.com:
        web05.contoso.com: {ansible_port: 5985, x_common: host}
      vars: {x_common: web, x_web: web}
    db:
      hosts:
        db-[a:c]:1234: {x_own: ranged}
        db-b: {x_own: db-b}
      children:
        shard:
          hosts: {"node[0:4:2]-[x:z]": }
          vars: {x_common: shard, x_deep: shard}
      vars: {x_common: db, x_deep: db}
    london:
      hosts: {web02.contoso.com: , db-a: , "node0-x": }
      vars: {x_common: london, x_deep: london}
    strong:
      hosts: {web02.contoso.com: }
      vars: {x_common: strong, ansible_group_priority: 10}
    lonely: {hosts: single}
    empty:
web:
  vars: {x_web: later, x_more: later}
paris:
  children: {lonely: }
"""

LIMITS = [
    "all", "*", "web", "web,db", "web:db", "web:!web03.contoso.com", "web,!web0[12]*", "web:&london", "london:!db",
    "!web", "!web:!db", "&london", "db-a", "db-*", "*.contoso.com", "web0?.contoso.com", "~web0[24].*", "~(web|db)-?.*",
    "web[0]", "web[-1]", "web[1:2]", "web[2:]", "shard[0]", "fe80::1", "alone.contoso.com,lonely", "paris", "ungrouped",
    "lond*", "w*:!*03*", "db:!shard", "all:!~.*contoso.*", " web , db-a ",
]  # fmt: skip


def peer(file: Path, limits: list[str]) -> dict[str, Any]:
    """What Ansible makes of it."""
    program = shutil.which("ansible-inventory")
    if program is None:
        pytest.skip("Ansible is not here")
    python = Path(program).read_text(encoding="utf-8").partition("\n")[0].removeprefix("#!").split()
    done = subprocess.run(
        [*python, str(CLONE / "tests" / "ansible_peer.py")],
        input=json.dumps({"file": str(file), "limits": limits}),
        capture_output=True,
        text=True,
        timeout=GUARD,
    )
    if done.returncode:
        pytest.skip("Ansible does not run here")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_ansible_itself_makes_the_same_of_it(tmp_path: Path) -> None:
    file = tmp_path / "hosts.yaml"
    file.write_text(INVENTORY, encoding="utf-8")
    theirs = peer(file, LIMITS)
    ours = inventory.load(file)
    assert {
        name: {key: node.plain() for key, node in variables.items() if key != "ansible_group_priority"}
        for name, variables in ours.names.items()
    } == theirs["hosts"]
    assert {name: sorted(hosts) for name, hosts in ours.groups.items()} == theirs["groups"]
    assert {limit: sorted(ours.select(limit)) for limit in LIMITS} == theirs["limits"]


def test_ansible_itself_makes_the_same_of_the_folders_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "hosts.yaml"
    file.write_text(INVENTORY, encoding="utf-8")
    for name, text in FOLDERS.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    ours = inventory.load(file)
    assert {
        name: {key: node.plain() for key, node in variables.items() if key != "ansible_group_priority"}
        for name, variables in ours.names.items()
    } == peer(file, [])["hosts"]


FOLDERS = {
    "group_vars/all.yml": "{x_all: folder, x_common: folder, x_folder: all}",
    "group_vars/web": "{x_web: folder}",
    "group_vars/web.yml": "{x_web: never}",
    "group_vars/db/b.yaml": "{x_deep: b, x_b: b}",
    "group_vars/db/a.json": '{"x_deep": "a", "x_a": "a"}',
    "group_vars/db/more/c.yml": "{x_c: c}",
    "group_vars/db/.hidden.yml": "{x_hidden: 1}",
    "group_vars/db/notes.txt": "{x_notes: 1}",
    "group_vars/db/old.yml~": "{x_old: 1}",
    "group_vars/nobody.yml": "{x_nobody: 1}",
    "host_vars/web05.contoso.com.yml": "{x_common: own, ansible_port: 1}",
    "host_vars/db-a.yml": "{x_own: folder}",
}


def test_what_is_in_a_vault_beside_the_inventory_is_passed_over_and_told(tmp_path: Path) -> None:
    (tmp_path / "group_vars" / "all").mkdir(parents=True)
    (tmp_path / "group_vars" / "all" / "vault.yml").write_text("$ANSIBLE_VAULT;1.1;AES256\n6162\n", encoding="ascii")
    (tmp_path / "group_vars" / "all" / "vars.yml").write_text("ansible_user: ann\n", encoding="ascii")
    (tmp_path / "host_vars").mkdir()
    (tmp_path / "host_vars" / "vm02.yml").write_text("ansible_port: [\n", encoding="ascii")
    file = tmp_path / "hosts.yaml"
    file.write_text("all: {hosts: {vm01: }}", encoding="ascii")
    found = inventory.load(file)
    assert [each.username for each in found.hosts(["vm01"], password=PASSWORD)] == ["ann"]
    (note,) = found.warnings(found.names)
    assert note.endswith("vault.yml: it is in Ansible's vault, and passed over")
    file.write_text("all: {hosts: {vm02: }}", encoding="ascii")
    with pytest.raises(InventoryError, match=r"vm02.yml:2: not YAML"):
        inventory.load(file)


def test_the_special_counts_before_the_general() -> None:
    found = read(INVENTORY).names
    values = {name: {key: node.plain() for key, node in variables.items()} for name, variables in found.items()}
    assert values["web05.contoso.com"]["x_common"] == "host"
    assert values["web01.contoso.com"]["x_common"] == "web"
    assert values["web02.contoso.com"]["x_common"] == "strong", "by its priority, not by its name"
    assert values["node0-x"]["x_common"] == "shard", "the deeper group"
    assert values["db-a"]["x_common"] == "london", "of two as deep the later name"
    assert values["web01.contoso.com"]["x_web"] == "later"
    assert [values[f"db-{letter}"]["x_own"] for letter in "abc"] == ["ranged", "db-b", "ranged"]


@pytest.mark.parametrize("limit", LIMITS)
def test_a_limit_leaves_hosts_in_the_order_of_the_file_or_its_own(limit: str) -> None:
    found = read(INVENTORY).select(limit)
    assert found
    assert len(found) == len(set(found))


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        ("wbe", "there is no host or group 'wbe'"),
        ("web,nobody", "there is no host or group 'nobody'"),
        ("web:!nobody", "there is no host or group 'nobody'"),
        ("nobody*", "there is no host or group 'nobody*'"),
        ("web:!web", "leaves no host"),
        ("empty", "leaves no host"),
        ("~(", "is no regular expression"),
        ("", "names nothing"),
        ("!", "names nothing"),
    ],
)
def test_a_limit_that_means_nothing_is_told(limit: str, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(INVENTORY).select(limit)
    assert words in caught.value.message


def test_a_slip_of_the_pen_is_told_with_what_is_meant() -> None:
    with pytest.raises(UsageError) as caught:
        read(INVENTORY).select("lodnon")
    assert caught.value.remedy == "Do you mean london?"


@pytest.mark.parametrize(
    ("pattern", "names", "port"),
    [
        ("vm01", ["vm01"], None),
        ("vm01:5986", ["vm01"], 5986),
        ("web[01:03]", ["web01", "web02", "web03"], None),
        ("web[8:10]:99", ["web8", "web9", "web10"], 99),
        ("web[:2]", ["web0", "web1", "web2"], None),
        ("n[0:9:4]", ["n0", "n4", "n8"], None),
        ("db-[a:f:2].x", ["db-a.x", "db-c.x", "db-e.x"], None),
        ("[a:b][1:2]", ["a1", "a2", "b1", "b2"], None),
        ("10.0.0.[8:9]", ["10.0.0.8", "10.0.0.9"], None),
        ("fe80::1", ["fe80::1"], None),
        ("[fe80::1]", ["fe80::1"], None),
        ("[fe80::1]:5986", ["fe80::1"], 5986),
        ("[::1]", ["::1"], None),
    ],
)
def test_a_pattern_stands_for_names(pattern: str, names: list[str], port: int | None) -> None:
    assert expand(pattern) == (names, port)


@pytest.mark.parametrize(
    "pattern",
    ["web[", "web[1]", "web[1:2", "web]1:2[", "web[2:1]", "web[b:a]", "web[a:9]", "web[01:100]", "web[1:9:0]",
     "web[1:9:x]", "web[0:999999999]", "w[0:999][0:999]", "web[1:2:3:4]", "web[aa:bb]"],
)  # fmt: skip
def test_a_pattern_that_cannot_be_is_told_with_its_line(pattern: str) -> None:
    with pytest.raises(InventoryError, match=r"^hosts.yaml:1: "):
        read(json.dumps({"all": {"hosts": {pattern: None}}}))


@given(st.text(max_size=30))
def test_any_text_is_names_or_a_value_error(pattern: str) -> None:
    try:
        names, _ = expand(pattern)
    except ValueError:
        return
    assert names


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("all:\n  hosts:\n    - vm01\n", 2, "expected a mapping, not a list"),
        ("all:\n  children:\n    web: vm01\n", 3, "expected a mapping"),
        ("all:\n  hosts:\n    vm01: 5\n", 3, "expected a mapping"),
        ("all:\n  hosts:\n    2017:\n", 3, "is not text; quote it"),
        ("all:\n  hosts:\n    a:\n    a:\n", 4, "stands here twice"),
        ("a:\n  children:\n    b:\n      children:\n        a:\n", 1, "is within itself: a > b > a"),
        ("all:\n  children:\n    b:\n      children:\n        all:\n", 1, "is within itself: all > b > all"),
        ("plugin: azure_rm\n", 1, "names none"),
        ("$ANSIBLE_VAULT;1.1;AES256\n6162\n", 1, "in Ansible's vault"),
        ("all: [\n", 2, "not YAML"),
        ("5\n", 1, "expected groups of hosts"),
        ("- {a: 1}\n", 1, "expected groups of hosts"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(InventoryError) as caught:
        read(text)
    assert (caught.value.line, words in caught.value.message) == (line, True), caught.value.message


def test_what_ansible_passes_over_is_passed_over_and_told() -> None:
    found = read("all:\n  hosts: {vm01: }\n  hostz: {vm02: }\nstray: text\n")
    assert list(found.names) == ["vm01"]
    assert found.warnings(found.names) == [
        "hosts.yaml:3: all.hostz is passed over: a group has only hosts, children and vars",
        "hosts.yaml:4: stray is passed over: it is not a group",
    ]


def test_merge_keys_bring_variables() -> None:
    text = "x: &x {ansible_user: ann}\nall:\n  hosts:\n    vm01:\n      <<: *x\n      ansible_port: 99\n"
    assert (host(text).username, host(text).address.port) == ("ann", 99)


# --- what a host is reached by -----------------------------------------------------------------------

CERTIFICATE = {"ansible_winrm_cert_pem": "c", "ansible_winrm_cert_key_pem": "k"}


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, {"url": "https://vm01:5986/wsman", "authentication": "negotiate", "certificate": "validate"}),
        ({"ansible_host": "10.0.0.4"}, {"url": "https://10.0.0.4:5986/wsman", "name": "vm01"}),
        ({"ansible_host": "fe80::4", "ansible_port": "443"}, {"url": "https://[fe80::4]:443/wsman"}),
        ({"ansible_port": 5985}, {"url": "http://vm01:5985/wsman"}),
        ({"ansible_port": 5985, "ansible_winrm_scheme": "https"}, {"url": "https://vm01:5985/wsman"}),
        ({"ansible_winrm_scheme": "http"}, {"url": "http://vm01:5985/wsman"}),
        ({"ansible_winrm_path": "/other"}, {"url": "https://vm01:5986/other"}),
        ({"ansible_user": "ann", "ansible_winrm_user": "bob"}, {"username": "bob"}),
        ({"ansible_winrm_transport": "ntlm"}, {"authentication": "negotiate"}),
        ({"ansible_winrm_transport": ["kerberos", "ntlm"]}, {"authentication": "kerberos"}),
        ({"ansible_winrm_transport": "basic, ntlm"}, {"authentication": "basic"}),
        ({"ansible_winrm_transport": "credssp"}, {"authentication": "credssp"}),
        (
            {"ansible_winrm_transport": "certificate", **CERTIFICATE},
            {"authentication": "certificate", "client_certificate": "c", "client_key": "k"},
        ),
        (CERTIFICATE, {"authentication": "certificate"}),
        (
            {"ansible_winrm_transport": "ntlm", **CERTIFICATE},
            {"authentication": "negotiate", "client_certificate": None},
        ),
        ({"ansible_winrm_server_cert_validation": "ignore"}, {"certificate": "ignore"}),
        ({"ansible_port": 5985, "ansible_winrm_server_cert_validation": "ignore"}, {"certificate": "validate"}),
        ({"ansible_winrm_ca_trust_path": "/ca.pem"}, {"ca": "/ca.pem"}),
        ({"ansible_winrm_operation_timeout_sec": "25"}, {"operation_timeout": 25}),
        ({"ansible_winrm_connection_timeout": 33}, {"operation_timeout": 33}),
        ({"ansible_winrm_message_encryption": "always", "ansible_port": 5985}, {"url": "http://vm01:5985/wsman"}),
        ({"ansible_winrm_message_encryption": "never"}, {"url": "https://vm01:5986/wsman"}),
        ({"ansible_user": None, "ansible_port": None}, {"username": "admin", "url": "https://vm01:5986/wsman"}),
        (
            {"pybridge_certificate": "AA" * 20, "ansible_winrm_server_cert_validation": "ignore"},
            {"certificate": "aa" * 20},
        ),
        ({"pybridge_timeout": 7}, {"timeout": 7}),
        (
            {"ansible_connection": "psrp", "ansible_psrp_protocol": "http", "ansible_psrp_auth": "kerberos"},
            {"url": "http://vm01:5985/wsman", "authentication": "kerberos"},
        ),
        (
            {"ansible_connection": "ansible.builtin.psrp", "ansible_psrp_path": "x", "ansible_psrp_host": "h"},
            {"url": "https://h:5986/x"},
        ),
        (
            {"ansible_connection": "psrp", "ansible_psrp_operation_timeout": 9, "ansible_psrp_connection_timeout": 8},
            {"operation_timeout": 9, "connect_timeout": 8},
        ),
        ({"ansible_connection": "psrp", "ansible_psrp_cert_validation": "ignore"}, {"certificate": "ignore"}),
        ({"ansible_connection": "psrp", "ansible_psrp_proxy": "http://p:1"}, {"proxy": "http://p:1"}),
        ({"ansible_connection": "psrp", "ansible_winrm_scheme": "http"}, {"url": "https://vm01:5986/wsman"}),
    ],
)  # fmt: skip
def test_variables_say_how_a_host_is_reached(variables: dict[str, object], expected: dict[str, object]) -> None:
    made = host(with_vars(**variables))
    found = {name: made.address.url if name == "url" else getattr(made, name) for name in expected}
    assert found == expected


@pytest.mark.parametrize(
    ("variables", "source"),
    [
        ({"ansible_password": "p"}, Password("p")),
        ({"ansible_password": "p", "ansible_winrm_password": "q"}, Password("q")),
        ({"pybridge_password_command": "pass show 'my vm'/{host}"}, PasswordCommand(("pass", "show", "my vm/{host}"))),
        ({"pybridge_password_command": ["pass", "a b"]}, PasswordCommand(("pass", "a b"))),
        ({"ansible_password": "p", "pybridge_keyring": True}, Keyring()),
        ({"pybridge_keyring": "other"}, Keyring("other")),
        ({"ansible_password": "p", "pybridge_keyring": False}, Password("p")),
    ],
)
def test_a_password_comes_from_the_inventory(variables: dict[str, object], source: object) -> None:
    assert host(with_vars(**variables)).password == source


def test_what_is_asked_for_counts_more_than_the_inventory() -> None:
    text = with_vars(
        ansible_user="ann", ansible_port=5985, ansible_password="{{ vault }}", ansible_winrm_transport="basic"
    )
    made = host(text, username="bob", port=99, password=Keyring(), authentication="negotiate")
    assert (made.username, made.address.url, made.password) == ("bob", "https://vm01:99/wsman", Keyring())


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("ansible_password: !vault |\n          $ANSIBLE_VAULT;1.1;AES256\n          6162", "is in Ansible's vault"),
        ("ansible_password: $ANSIBLE_VAULT;1.1;AES256", "is in Ansible's vault"),
        ("ansible_user: !vault x", "is in Ansible's vault"),
        ("ansible_user: '{{ someone }}'", "is a template"),
        ("ansible_port: '{% if x %}1{% endif %}'", "is a template"),
        ("ansible_port: many", "expected a number"),
        ("ansible_port: 70000", "there is no port 70000"),
        ("ansible_port: true", "expected a number"),
        ("ansible_port: .nan", "expected a number"),
        ("ansible_port: .inf", "expected a number"),
        (f"ansible_port: 0x{'f' * 5000}", "found a number with many digits"),
        (f"ansible_user: 0x{'f' * 5000}", "found a number with many digits"),
        ("pybridge_timeout: -1", "expected a number above 0, found -1"),
        ("ansible_user: [a]", "expected text"),
        ("ansible_user: ''", "expected text"),
        ("ansible_winrm_transport: smoke", "'smoke' is none of"),
        ("ansible_winrm_transport: [1]", "1 is none of"),
        ("ansible_winrm_transport: [{a: b}]", "a dict is none of"),
        ("ansible_winrm_transport: []", "a list is none of"),
        ("ansible_winrm_transport: [!vault x]", "is in Ansible's vault"),
        ("ansible_winrm_scheme: ftp", "'ftp' is none of"),
        ("ansible_winrm_server_cert_validation: maybe", "'maybe' is none of"),
        ("ansible_connection: ssh", "reached by ssh is not reached by WinRM"),
        ("pybridge_password: x", "there is no such variable"),
        ("pybridge_password_command: []", "the command is empty"),
        ("pybridge_password_command: pass 'x", "cannot be cut into words"),
    ],
)  # fmt: skip
def test_a_variable_that_cannot_be_used_is_named_with_its_line(line: str, words: str) -> None:
    with pytest.raises(InventoryError) as caught:
        host(f"all:\n  hosts:\n    vm01:\n      x: 1\n      {line}\n")
    assert caught.value.line == 5
    assert words in caught.value.message


@pytest.mark.parametrize(
    "password",
    ["2024-01-01", "012345", "12345", "1_0", "true", "''", "!!binary U2VjcmV0MQ==", "[Secret1]", "{Secret1: 1}",
     "!Secret1 x", "!Secret1", "*Secret1", "&Secret1 x y: z", "%Secret1", "{{ Secret1 }}", "{{Secret1}: x}", "'Secret1",
     "!!int Secret1", "!!float Secret1", "!!bool Secret1", "!!timestamp Secret1", "!!binary Secret1", "!!map Secret1",
     "!s!Secret1 x", '"\\Secret1"', "!!int ''", "!!null Secret1 x: y", "2024-99-99", "@Secret1", "`Secret1`"],
)  # fmt: skip
def test_a_password_that_yaml_does_not_take_for_text_is_refused_and_not_shown(password: str) -> None:
    with pytest.raises(InventoryError, match=r"^hosts.yaml:\d+: ") as caught:
        host(f"all:\n  hosts:\n    vm01:\n      x: 1\n      ansible_password: {password}\n")
    told = (str(caught.value), repr(caught.value), str(caught.value.remedy), repr(caught.value.__cause__))
    for word in ("Secret1", "2024", "5349", "12345", "U2Vj"):
        assert word not in "".join(told)


def test_encryption_that_is_turned_off_over_http_is_refused_with_its_line() -> None:
    with pytest.raises(InventoryError, match=r"^hosts.yaml:1: .*_message_encryption: over http") as caught:
        host(with_vars(ansible_winrm_scheme="http", ansible_winrm_message_encryption="never"))
    assert "https" in (caught.value.remedy or "")


def test_what_nobody_needs_is_not_looked_at() -> None:
    text = "all: {hosts: {vm01: {db: !vault x, motd: '{{ hello }}', other: !unsafe '{{ x }}', ports: {80: {on: 1}}}}}"
    assert host(text).name == "vm01"


def test_unsafe_text_is_text() -> None:
    assert host("all: {hosts: {vm01: {ansible_user: !unsafe '{{ann}}'}}}").username == "{{ann}}"


def test_a_host_that_cannot_be_reached_so_is_refused() -> None:
    with pytest.raises(UsageError, match="vm01: basic over http"):
        host(with_vars(ansible_winrm_scheme="http", ansible_winrm_transport="plaintext"))


def test_variables_that_are_not_heeded_are_named() -> None:
    text = with_vars(
        ansible_winrm_kinit_mode="manual",
        ansible_winrm_read_timeout_sec=1,
        ansible_winrm_kerberos_delegation=True,
        ansible_psrp_auth="x",
        ansible_shell_type="powershell",
    )
    assert read(text).warnings(["vm01"]) == ["hosts.yaml:1: ansible_winrm_kinit_mode is not heeded"]


def test_no_error_shows_a_password() -> None:
    secret = "hush-this-is-a-long-secret"
    text = with_vars(ansible_password=secret, ansible_winrm_scheme="http", ansible_winrm_transport="basic")
    with pytest.raises(UsageError) as caught:
        host(text)
    assert leaks([secret], *shown(caught.value)) == []
    assert secret not in repr(host(with_vars(ansible_password=secret)))


# --- whatever it is ---------------------------------------------------------------------------------

_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.dates(),
    st.binary(max_size=9),
    st.text(max_size=12),
    st.sampled_from(["kerberos", "http", "ignore", "winrm", "psrp", "5985", "vm[1:3]", "[", "pass 'x", "{{ x }}"]),
)
_VALUES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_SCALARS, inner, max_size=3)
)
_VARIABLES = st.dictionaries(
    st.sampled_from(
        """
        ansible_connection ansible_host ansible_port ansible_user ansible_password ansible_winrm_scheme
        ansible_winrm_path ansible_winrm_transport ansible_winrm_server_cert_validation ansible_winrm_ca_trust_path
        ansible_winrm_cert_pem ansible_winrm_cert_key_pem ansible_winrm_operation_timeout_sec ansible_psrp_auth
        ansible_psrp_proxy ansible_winrm_message_encryption ansible_group_priority pybridge_certificate
        pybridge_password_command pybridge_keyring pybridge_timeout
        """.split()
    ),
    _VALUES,
    max_size=4,
)
_GROUPS = st.recursive(
    st.fixed_dictionaries(
        {}, optional={"hosts": st.dictionaries(_SCALARS, _VARIABLES, max_size=3), "vars": _VARIABLES}
    ),
    lambda inner: st.fixed_dictionaries(
        {}, optional={"hosts": _VALUES, "children": st.dictionaries(st.text(max_size=3), inner | _VALUES, max_size=3)}
    ),
    max_leaves=5,
)


def tried(text: str) -> None:
    """It is an inventory, or an error of ours."""
    try:
        found = read(text)
        list(found.hosts(found.names, defaults={"username": "admin", "password": PASSWORD}))
        found.warnings(found.names)
    except (InventoryError, UsageError):
        return
    assert "all" in found.groups


@given(st.text())
def test_any_text_is_an_inventory_or_an_error_of_ours(text: str) -> None:
    tried(text)


@given(st.text(alphabet="a1:-[]{}!*&%|>'\"\\#,? \n\t.@`~", max_size=60))
def test_any_signs_that_mean_something_are_an_inventory_or_an_error_of_ours(text: str) -> None:
    tried(text)


@given(st.dictionaries(st.sampled_from(["all", "web", "plugin"]) | _SCALARS, _GROUPS | _VALUES, max_size=3))
def test_any_yaml_is_an_inventory_or_an_error_of_ours(value: object) -> None:
    tried(yaml.safe_dump(value, allow_unicode=True))


@pytest.mark.parametrize(
    "text",
    [f"all: {{hosts: {{{'a[1:1]' * 3000}: }}}}", "all: {hosts: {? {a: b} : }}", "all: {hosts: {? [a] : }}",
     "all: {children: " * 300, f"{'[' * 5000}", "all: &x {children: {a: *x}}", "? !!omap x\n: 1", "!!set {a, b}",
     f"all: {{vars: {{ansible_group_priority: 0x{'f' * 9000}}}, hosts: {{a: }}}}", "all: {hosts: 5}", "<<: [1]"],
)  # fmt: skip
def test_odd_yaml_is_an_inventory_or_an_error_of_ours(text: str) -> None:
    tried(text)


# --- plain lists -------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", ["hosts.txt", "hosts", "hosts.lst", "stdin"])
def test_a_plain_list(file: str) -> None:
    text = "# all of them\nvm01\n\nvm[02:03].contoso.com:5985 # behind a tunnel\nfe80::1\n[::1]:99\nhttps://gw:44/x\nvm01\n"
    found = read(text, file)
    assert list(found.names) == ["vm01", "vm02.contoso.com", "vm03.contoso.com", "fe80::1", "::1", "https://gw:44/x"]
    hosts = {made.name: made.address.url for made in found.hosts(found.names, username="a", password=PASSWORD)}
    assert hosts == {
        "vm01": "https://vm01:5986/wsman",
        "vm02.contoso.com": "http://vm02.contoso.com:5985/wsman",
        "vm03.contoso.com": "http://vm03.contoso.com:5985/wsman",
        "fe80::1": "https://[fe80::1]:5986/wsman",
        "::1": "https://[::1]:99/wsman",
        "https://gw:44/x": "https://gw:44/x",
    }
    assert found.select("vm*") == ["vm01", "vm02.contoso.com", "vm03.contoso.com"]


@pytest.mark.parametrize("text", ["vm01\n", "- vm01\n", "vm01", "\ufeffvm01\n"])
def test_a_list_of_one(text: str, tmp_path: Path) -> None:
    file = tmp_path / "hosts.yml"
    file.write_text(text, encoding="utf-8")
    assert list(inventory.load(file).names) == ["vm01"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("vm01\nvm 02\n", "hosts:2: 'vm 02' is not"),
        ("vm01\nann:secret@vm02\n", "hosts:2: the address of a host holds an @"),
        ("[web]\nvm01\n", "hosts:1: this is Ansible's INI format"),
        ("vm01 ansible_host=10.0.0.4\n", "hosts:1: this is Ansible's INI format"),
        ("vm01\n[web:vars]\nx=1\n", "hosts:2: this is Ansible's INI format"),
        ("vm[2:1]\n", "hosts:1: 'vm[2:1]' is not a host: a range cannot go from 2 to 1"),
    ],
)
def test_a_line_that_is_no_host_is_named(text: str, words: str) -> None:
    with pytest.raises(InventoryError) as caught:
        read(text, "hosts")
    assert caught.value.message.startswith(words)
    assert "secret" not in " ".join(shown(caught.value))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(InventoryError, match="cannot be read"):
        inventory.load(tmp_path / "nowhere.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"all: {hosts: {v\xe9: }}")
    with pytest.raises(InventoryError, match="not UTF-8"):
        inventory.load(tmp_path / "latin.yaml")
