"""operations that ask hosts: over WinRM, real processes, and each host's own endpoint."""

from __future__ import annotations

import re
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from computers import Computers, computers
from desk import MANAGED, Desk
from support import leaks, shown

from pybridge import contexts, reach
from pybridge.autosave import Autosave
from pybridge.backend import Backend, FromHost
from pybridge.cache import SHARED
from pybridge.errors import (
    HostUnreachableError,
    NotSignedInError,
    PyBridgeError,
    SignInRefusedError,
    UnsupportedError,
    UsageError,
)
from pybridge.operations.fanout import way
from pybridge.reach import Reach
from pybridge.resources import Context, Session
from pybridge.transport import HttpsTransport

PASSWORD = "Correct-Horse-Battery-1"

#: The door to ARM.
HTTPS = HttpsTransport()


@pytest.fixture(autouse=True)
def _close_the_door() -> Iterator[None]:
    yield
    HTTPS.close()


@pytest.fixture(scope="module")
def started() -> Iterator[Computers]:
    with computers({"vm01": "myVM", "vm02": "noRoleVM", "vm03": "msiOffVM"}) as found:
        yield found


@pytest.fixture(scope="module")
def counting() -> Iterator[Computers]:
    """A computer whose last output comes together with the end."""
    with computers({"vm01": "myVM"}, linger=30.0) as found:
        yield found


@pytest.fixture
def alone(counting: Computers) -> Computers:
    counting.first.reset()
    return counting


@pytest.fixture
def there(started: Computers) -> Computers:
    """Computers that have noted nothing yet."""
    for host in started.hosts.values():
        host.reset()
    return started


class Office(Desk):
    """A caller who reaches the computers, and is told of those that failed."""

    def __init__(self, there: Computers, **environ: str) -> None:
        super().__init__()
        url = there.environ["PYBRIDGE_ARM_ENDPOINT"]
        self.there = there
        self.backend = Backend(arm=HTTPS, environ={"PYBRIDGE_ARM_ENDPOINT": url, **environ})
        self.failures: dict[str, PyBridgeError] = {}
        self.endings: list[Any] = []
        self.states: list[str] = []
        self.said: list[str] = []

    def fail(self, host: str, error: PyBridgeError) -> None:
        self.failures[host] = error

    def verbose(self, message: str) -> None:
        self.said.append(message)

    def on_end(self, act: Any) -> None:
        self.endings.append(act)

    def progress(self, progress: Any) -> None:
        self.states.append(progress.status)

    def reach(self, *names: str, **options: Any) -> Reach:
        """These computers, by name; by Basic over https, which needs the fewest requests."""
        hosts = [self.there.hosts[name] for name in names]
        told = {
            "computer_name": [f"127.0.0.1:{host.https_port}" for host in hosts],
            "credential": {"UserName": "admin", "Password": PASSWORD},
            "authentication": "Basic",
            "certificate_thumbprint": hosts[0].sha256 if len(hosts) == 1 else "ignore",
            **options,
        }
        return reach.parse({name: value for name, value in told.items() if value is not None})

    def name(self, computer: str) -> str:
        """What the computer is called: its address."""
        return f"127.0.0.1:{self.there.hosts[computer].https_port}"


# --- where to ask ------------------------------------------------------------------------------------


def parsed(**more: Any) -> Reach:
    return reach.parse({"computer_name": ["vm01"], "credential": {"UserName": "admin", "Password": "x"}, **more})


def test_what_powershell_says_of_where_to_ask() -> None:
    found = parsed(
        computer_name=["VM01", "vm01", " [::1]:15986 ", "https://vm02/wsman"],
        authentication="Kerberos",
        throttle_limit=5,
        timeout_sec=7,
        allow_logged=True,
        certificate_thumbprint="aa:" * 19 + "AA",
    )
    assert [(host.name, host.address.url) for host in found.hosts if not isinstance(host, reach.PSSession)] == [
        ("VM01", "https://vm01:5986/wsman"),
        ("[::1]:15986", "https://[::1]:15986/wsman"),
        ("https://vm02/wsman", "https://vm02:5986/wsman"),
    ]
    first = found.hosts[0]
    assert not isinstance(first, reach.PSSession)
    assert (
        first.username,
        first.authentication,
        first.timeout,
        first.allow_logged,
        first.certificate,
        found.throttle_limit,
    ) == (
        "admin",
        "kerberos",
        7,
        True,
        "aa" * 20,
        5,
    )


def test_a_name_of_get_credential_may_begin_with_a_backslash() -> None:
    (host,) = parsed(credential={"UserName": "\\admin", "Password": "x"}).hosts
    assert not isinstance(host, reach.PSSession)
    assert host.username == "admin"


def test_what_cannot_be_reached_is_refused() -> None:
    for told, words in (
        ({"computer_name": []}, "no host is named"),
        ({"credential": None}, "nobody is named"),
        ({"throttle_limit": -1}, "-1 is not a whole number of at least 0"),
        ({"timeout_sec": True}, "True is not"),
        ({"timeout_sec": 0}, "0 is not a whole number of at least 1"),
        ({"computer_name": ["."]}, "'.' is this machine"),
        ({"authentication": "Digest"}, "there is no authentication 'Digest'"),
        ({"use_ssl": False, "authentication": "Basic"}, "over http would show the password"),
        ({"colour": "red"}, "there is no parameter 'colour'"),
        ({"sessions": [{"id": "1"}], "computer_name": None}, "this is not a PSSession"),
        ({"sessions": []}, "not by both"),
    ):
        with pytest.raises(UsageError) as caught:
            parsed(**told).only()
        assert words in caught.value.message, told
        assert caught.value.remedy or "not" in words or "parameter" in words, told


def test_a_name_that_is_none_does_not_keep_others_from_being_asked() -> None:
    found = parsed(computer_name=["vm01", "a b", "x@vm02", "a b"])
    assert [host.name for host in found.hosts] == ["vm01"]
    assert [name for name, _ in found.refused] == ["a b", "x@vm02"]
    with pytest.raises(UsageError, match="'a b' is not the address of a host"):
        parsed(computer_name=["a b"]).only()


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("vm02:1", {"port": 5986}, "it names another port than 5986"),
        ("http://vm02", {"authentication": "Basic"}, "over http would show the password"),
        (".", {}, "is this machine"),
    ],
)
def test_nor_does_one_to_which_the_options_do_not_fit(name: str, options: dict[str, Any], words: str) -> None:
    found = parsed(computer_name=[name, "vm01"], **options)
    assert [host.name for host in found.hosts] == ["vm01"]
    ((refused, error),) = found.refused
    assert refused == name
    assert words in error.message
    assert error.remedy


def test_a_host_that_is_named_twice_has_the_name_that_came_first() -> None:
    assert [host.name for host in parsed(computer_name=["vm01", "VM01", "https://vm01/wsman"]).hosts] == ["vm01"]


def test_no_throttle_limit_is_the_usual_one() -> None:
    """As Invoke-Command has it."""
    assert parsed(throttle_limit=0).throttle_limit == parsed().throttle_limit == reach.THROTTLE


def test_what_a_context_calls_a_computer() -> None:
    for name, options, label in (
        ("VM01", {}, "VM01"),
        ("vm01", {"use_ssl": False}, "vm01"),
        ("vm01", {"port": 15986}, "vm01:15986"),
        ("vm01:15986", {}, "vm01:15986"),
        ("https://vm01/wsman", {}, "vm01"),
        ("::1", {}, "::1"),
        ("[::1]:15986", {}, "[::1]:15986"),
        # Behind one name, there may be many hosts.
        ("10.0.0.1:5985", {}, "10.0.0.1:5985"),
        ("10.0.0.1:5986", {}, "10.0.0.1"),
        ("https://gw/vma", {}, "https://gw:5986/vma"),
        ("https://gw/vmb", {}, "https://gw:5986/vmb"),
    ):
        assert reach.label(parsed(computer_name=[name], **options).only()) == label
    session = {"id": "0a", "name": "Runspace3", "computer_name": "vm01"}
    assert reach.label(reach.parse({"sessions": [session]}).only()) == "vm01"


# --- tokens ------------------------------------------------------------------------------------------


def test_a_token_costs_five_requests_then_none(alone: Computers) -> None:
    office = Office(alone)
    first = alone.first
    cold = office.call("get_token", reach=office.reach("vm01"))
    assert [(item.host, item.value.source) for item in cold] == [(office.name("vm01"), "imds")]
    assert (len(first.requests), first.counts) == (5, Counter("Create Command Send Receive Delete".split()))
    # The same computer in the same way, said anew.
    assert office.call("get_token", reach=office.reach("vm01")) == cold
    assert len(first.requests) == 5
    office.call("get_token", reach=office.reach("vm01"), force_refresh=True)
    office.call("get_token", reach=office.reach("vm01"), resource="KeyVault")
    assert len(first.requests) == 15
    assert alone.open_shells == 0


@pytest.mark.usefixtures("ntlm")
def test_ntlm_costs_two_more(alone: Computers) -> None:
    office = Office(alone)
    office.call("get_token", reach=office.reach("vm01", authentication=None))
    assert len(alone.first.requests) == 7


def test_whose_tokens_they_are_costs_no_more(alone: Computers) -> None:
    office = Office(alone)
    (found,) = office.call("get_identity", reach=office.reach("vm01"))
    assert found.value.object_id == alone.object_id("vm01")
    assert len(alone.first.requests) == 5


def test_each_answers_as_itself_and_one_that_fails_stops_no_other(there: Computers) -> None:
    office = Office(there)
    found = office.call("get_identity", reach=office.reach("vm01", "vm02", "vm03"))
    assert {item.host: item.value.object_id for item in found} == {
        office.name(name): there.object_id(name) for name in ("vm01", "vm02")
    }
    ((name, error),) = office.failures.items()
    assert (name, error.code) == (office.name("vm03"), "token_rejected")
    assert office.states[0] == "0 of 3"
    assert office.states[-1] == "3 of 3"
    assert len(office.warnings) == 3  # their certificates are not checked
    assert there.open_shells == 0


def test_one_that_is_not_there_is_named(there: Computers) -> None:
    office = Office(there)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        name = f"127.0.0.1:{nobody.getsockname()[1]}"
        wanted = office.reach("vm01", computer_name=[name, office.name("vm01"), "a b"])
        found = office.call("get_token", reach=wanted)
    assert [item.host for item in found] == [office.name("vm01")]
    assert isinstance(office.failures[name], HostUnreachableError)
    assert isinstance(office.failures["a b"], UsageError)


def test_how_each_was_reached_is_told(there: Computers) -> None:
    office = Office(there)
    wrong = office.reach("vm01", credential={"UserName": "admin", "Password": "guessed-badly"})
    office.call("get_token", reach=office.reach("vm01", "vm03"))
    office.call("get_token", reach=wrong)
    session = {"id": "0a", "name": "Runspace3", "computer_name": "vm02", "port": 2222}
    office.call("get_token", reach=reach.parse({"sessions": [session]}))  # nobody here has any
    one, three = office.name("vm01"), office.name("vm03")
    assert sorted(re.sub(r"\b\d+\.\d\d s", "# s", said) for said in office.said) == sorted(
        [
            f"{one}: https://{one}/wsman by basic, # s",
            f"{three}: https://{three}/wsman by basic, # s (token_rejected)",
            f"{one}: https://{one}/wsman by basic, # s (host_denied)",
            "vm02:2222: over a PSSession, # s (not_supported)",
        ]
    )


def test_a_line_says_at_which_attempt() -> None:
    host = parsed(authentication="Kerberos").only()
    assert way(host, 1.236, attempts=3) == "vm01: https://vm01:5986/wsman by kerberos, 1.24 s at attempt 3"
    refused = SignInRefusedError("three times in vain")
    assert way(host, 0.0, refused, attempts=0) == "vm01: https://vm01:5986/wsman by kerberos, not asked (host_denied)"


def test_who_does_not_know_the_password_gets_no_token_from_the_cache(there: Computers) -> None:
    office = Office(there)
    office.call("get_token", reach=office.reach("vm01"))
    wrong = office.reach("vm01", credential={"UserName": "admin", "Password": "guessed-badly"})
    assert office.call("get_token", reach=wrong) == []
    (error,) = office.failures.values()
    assert isinstance(error, SignInRefusedError)
    assert leaks([PASSWORD, "guessed-badly"], *shown(error)) == []


def test_the_checklist_is_gone_through_there(there: Computers) -> None:
    office = Office(there)
    found = office.call("check_identity", reach=office.reach("vm01", "vm02"))
    names = Counter(item.host for item in found)
    assert set(names) == {office.name("vm01"), office.name("vm02")}
    verdicts = {item.host: item.value.state for item in found if item.value.name == "Verdict"}
    assert verdicts == {office.name("vm01"): "ok", office.name("vm02"): "warning"}
    (works,) = office.call("check_identity", reach=office.reach("vm03"), quiet=True)
    assert works == FromHost(office.name("vm03"), False)
    assert there.open_shells == 0


def test_who_wants_no_more_ends_it_all(there: Computers) -> None:
    """One computer does not answer; the caller goes while it is waited for. No shell stays."""
    office = Office(there)
    slow = there.hosts["vm02"]
    slow.fault("Receive", "delay", seconds=60)
    wanted = office.reach("vm01", "vm02", throttle_limit=2)
    from pybridge.operations import OPERATIONS

    items = OPERATIONS["get_token"].function(office, reach=wanted)
    assert next(items).host == office.name("vm01")
    waiting = threading.Timer(0.2, lambda: [act() for act in office.endings])
    waiting.start()
    assert list(items) == []
    waiting.join()
    SHARED.clear()
    assert office.failures == {}


# --- signing in --------------------------------------------------------------------------------------


def signed_in(office: Office, computer: str, **more: Any) -> Context:
    profile = office.call("connect_account", parameter_set=MANAGED, identity=True, reach=office.reach(computer), **more)
    found: Context = profile.context
    return found


def test_a_sign_in_as_another_computer(there: Computers) -> None:
    office = Office(there)
    context = signed_in(office, "vm01")
    account = context.account
    assert (account.id, account.type, account.computer_name) == (
        f"MSI@{office.name('vm01')}",
        "ManagedService",
        office.name("vm01"),
    )
    assert leaks([PASSWORD], repr(context), repr(office.session)) == []
    # ARM is asked from here, and the computer not again.
    before = len(there.first.requests)
    names = [vm.name for vm in office.call("list_virtual_machines", context=context)]
    assert "myVM" in names
    assert len(there.first.requests) == before


def test_two_computers_are_two_contexts(there: Computers) -> None:
    office = Office(there)
    for name in ("vm01", "vm02"):
        there.emulators[name].world.grant("Reader", to=there.emulators[name].vm, scope=_subscription(there, name))
    one, other = signed_in(office, "vm01"), signed_in(office, "vm02")
    assert one.subscription == other.subscription
    assert one.name != other.name
    assert contexts.current(office.session) == other
    signed_in(office, "vm01")
    assert [context.name for context in office.session.contexts if context.subscription == one.subscription] == [
        one.name,
        other.name,
    ]
    gone = office.call("disconnect_account", username=one.account.id)
    assert gone.id == one.account.id
    assert {context.account.id for context in office.session.contexts} == {other.account.id}


def _subscription(there: Computers, name: str) -> Any:
    return next(iter(there.emulators[name].world.subscriptions.values()))


def test_the_same_user_assigned_identity_on_two_computers_is_two_contexts(there: Computers) -> None:
    office = Office(there)
    vm = there.emulators["vm01"].world.vm("twoIdentitiesVM")
    own = {name: there.emulators[name].vm for name in ("vm01", "vm02")}
    who = vm.user_assigned[1].client_id
    try:
        for name in own:
            there.emulators[name].vm = vm
        names = {signed_in(office, name, account_id=who).name for name in own}
    finally:
        for name, before in own.items():
            there.emulators[name].vm = before
    assert len(names) == 2
    assert [context.account.id for context in office.session.contexts] == [who] * 2


def test_one_sign_in_is_as_one_computer(there: Computers) -> None:
    office = Office(there)
    options: dict[str, Any] = {"parameter_set": MANAGED, "identity": True}
    with pytest.raises(UsageError, match="not as 2"):
        office.call("connect_account", reach=office.reach("vm01", "vm02"), **options)
    with pytest.raises(UnsupportedError, match="names no way"):
        office.call("connect_account", reach=office.reach("vm01"), **{**options, "identity": False})
    assert office.session == Session()


def test_how_a_computer_is_reached_is_known_to_the_session_only(there: Computers) -> None:
    office = Office(there)
    context = signed_in(office, "vm01")
    elsewhere = Office(there)
    with pytest.raises(NotSignedInError) as caught:
        elsewhere.call("list_subscriptions", context=context)
    assert caught.value.target == context.account.id
    assert f"-ComputerName {office.name('vm01')}" in (caught.value.remedy or "")


def test_a_file_names_the_computer_and_nothing_else(there: Computers, tmp_path: Path) -> None:
    office = Office(there)
    context = signed_in(office, "vm01")
    file = tmp_path / "context.json"
    office.call("save_context", path=str(file))
    assert leaks([PASSWORD], file.read_text()) == []
    later = Office(there)
    later.call("import_context", path=str(file))
    assert [warning for warning in later.warnings if "must sign in again" in warning and "-ComputerName" in warning]
    found = contexts.current(later.session)
    assert found is not None
    assert found.account.computer_name == context.account.computer_name
    with pytest.raises(NotSignedInError):
        later.call("list_subscriptions", context=found)


def test_what_is_saved_by_itself_leaves_it_out(there: Computers, tmp_path: Path) -> None:
    office = Office(there, PYBRIDGE_CONTEXTS=str(tmp_path / "contexts"))
    office.call("enable_context_autosave")
    signed_in(office, "vm01")
    assert any("is not saved for other sessions" in warning for warning in office.warnings)
    assert Autosave(office.backend.environ).load(office.warnings.append).contexts == ()


def test_a_local_identity_is_asked_for_here(there: Computers) -> None:
    office = Office(there)
    signed_in(office, "vm01")
    before = len(there.first.requests)
    with pytest.raises(PyBridgeError):
        office.call("connect_account", parameter_set=MANAGED, identity=True)
    assert len(there.first.requests) == before
