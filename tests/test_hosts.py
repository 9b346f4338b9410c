"""hosts: addresses in every spelling, and hosts that cannot give a password away."""

from __future__ import annotations

import pickle
import subprocess
import sys
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import GUARD, leaks, shown

from pybridge.errors import UsageError
from pybridge.hosts import AUTHENTICATIONS, Address, Host, host
from pybridge.passwords import Keyring, Password, PasswordCommand


def made(name: str = "vm01", **options: Any) -> Host:
    return host(name, **{"username": "admin", "password": Password("secret-word"), **options})


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("vm01", "https://vm01:5986/wsman"),
        ("VM01.Contoso.com", "https://vm01.contoso.com:5986/wsman"),
        ("vm_01", "https://vm_01:5986/wsman"),
        ("vm01.", "https://vm01.:5986/wsman"),
        ("vm01:443", "https://vm01:443/wsman"),
        ("10.0.0.4", "https://10.0.0.4:5986/wsman"),
        ("10.0.0.4:5986", "https://10.0.0.4:5986/wsman"),
        ("::1", "https://[::1]:5986/wsman"),
        ("[::1]", "https://[::1]:5986/wsman"),
        ("[2001:DB8::4]:15986", "https://[2001:db8::4]:15986/wsman"),
        ("b\u00fccher.example", "https://xn--bcher-kva.example:5986/wsman"),
        # pywinrm's Session makes http://host:5985, https://host:5985, a lost path, and a host named "https" of these.
        ("https://vm01", "https://vm01:5986/wsman"),
        ("https://vm01:5986/custom/path", "https://vm01:5986/custom/path"),
        ("https://[::1]:5986/x", "https://[::1]:5986/x"),
        ("https://[fe80::1]:5986/wsman", "https://[fe80::1]:5986/wsman"),
        ("HTTP://vm01/", "http://vm01:5985/wsman"),
        ("http://vm01:8080", "http://vm01:8080/wsman"),
    ],
)
def test_an_address_goes_where_it_says(text: str, url: str) -> None:
    assert Address.parse(text).url == url


def test_port_and_scheme_may_stand_apart() -> None:
    assert Address.parse("vm01", port=443).url == "https://vm01:443/wsman"
    assert Address.parse("vm01", use_ssl=False).url == "http://vm01:5985/wsman"
    assert Address.parse("vm01:5986", port=5986).url == "https://vm01:5986/wsman"
    assert Address.parse("http://vm01", use_ssl=True).url == "http://vm01:5985/wsman"


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "vm 01", "-vm01", "vm01-", "a..b", "vm01/wsman"),
        *("vm01:", "vm01:0", "vm01:65536", "vm01:abc", "vm01:-1"),
        *("1.2.3", "1.2.3.256", "01.2.3.4", "[::1", "::1]", "[vm01]", "[::1]x", "fe80::1%eth0", "1:2:3"),
        *("ftp://vm01", "https://", "https:///x", "https://vm01?x", "https://vm01/#x", "https://vm01/a b", "//vm01"),
        *("vm01\n", "vm01\x00", "a" * 300, "https://vm01:5986:1", "https://vm01/\u00e4"),
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as raised:
        Address.parse(text)
    assert "Examples" in (raised.value.remedy or "")
    assert raised.value.message.isprintable()


def test_two_ports_are_one_too_many() -> None:
    with pytest.raises(UsageError, match="another port than 443"):
        Address.parse("vm01:5986", port=443)


@pytest.mark.parametrize(
    "text",
    [
        *("https://admin:secret-word@vm01", "admin:secret-word@vm01", "admin@vm01", "https://vm01\\@evil"),
        *("ftp://admin:secret-word@vm01", "admin:secret-word@vm01/x", "https://admin:secret/word@vm01"),
    ],
)
def test_a_password_in_an_address_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(UsageError, match="a user name or a password in it") as raised:
        Address.parse(text)
    assert "secret" not in str(raised.value) + repr(vars(raised.value))


@given(st.text(max_size=40))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    try:
        address = Address.parse(text)
    except UsageError:
        return
    assert address.url.isascii()
    assert Address.parse(address.url) == address


def test_a_host_has_wise_defaults() -> None:
    found = made()
    assert (found.name, found.address.url, found.authentication) == ("vm01", "https://vm01:5986/wsman", "negotiate")
    assert (found.certificate, found.proxy, found.allow_logged, found.warning) == ("validate", None, False, None)
    assert "secret-word" not in repr(found)


def test_name_and_address_may_differ() -> None:
    found = made("web-1", address="10.0.0.4")
    assert (found.name, found.address.host) == ("web-1", "10.0.0.4")


@pytest.mark.parametrize(
    ("said", "meant"), [("NTLM", "negotiate"), ("Default", "negotiate"), ("Basic", "basic"), ("plaintext", "basic")]
)
def test_ways_to_sign_in_have_other_names(said: str, meant: str) -> None:
    assert made(authentication=said).authentication == meant


def test_an_unknown_way_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(UsageError, match="digest") as raised:
        made(authentication="digest")
    assert all(name in (raised.value.remedy or "") for name in AUTHENTICATIONS)


@pytest.mark.parametrize("authentication", ["basic", "certificate"])
def test_http_needs_what_encrypts_messages(authentication: str) -> None:
    with pytest.raises(UsageError, match="over http would show"):
        made(use_ssl=False, authentication=authentication, client_certificate="c", client_key="k")


@pytest.mark.parametrize("authentication", ["negotiate", "kerberos", "credssp"])
def test_http_with_encrypted_messages_is_all_right(authentication: str) -> None:
    assert made(use_ssl=False, authentication=authentication).address.url == "http://vm01:5985/wsman"


@pytest.mark.parametrize(
    ("text", "fingerprint"),
    [("AB:" * 19 + "ab", "ab" * 20), ("cd" * 32, "cd" * 32), (" EF " * 20, "ef" * 20), ("Ignore", None)],
)
def test_a_fingerprint_is_hex_with_or_without_colons(text: str, fingerprint: str | None) -> None:
    assert made(certificate=text).fingerprint == fingerprint


def test_to_ignore_a_certificate_is_worth_a_warning() -> None:
    warning = made(certificate="ignore").warning
    assert warning is not None
    assert "not checked" in warning
    assert made(certificate="ab" * 20).warning is None


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"certificate": "ab" * 19}, "no fingerprint"),
        ({"certificate": "yes"}, "no fingerprint"),
        ({"use_ssl": False, "certificate": "ignore"}, "no certificate that could be checked"),
        ({"use_ssl": False, "ca": "ca.pem"}, "no certificate that could be checked"),
        ({"username": None}, "no user is named"),
        ({"password": None}, "no password for admin"),
        ({"username": "a\nb"}, "cannot be printed"),
        ({"timeout": 0}, "not a number of seconds for timeout"),
        ({"connect_timeout": float("nan")}, "connect_timeout"),
        ({"operation_timeout": float("inf")}, "operation_timeout"),
        ({"client_certificate": "c", "client_key": "k"}, "go together"),
        ({"authentication": "certificate"}, "go together"),
        ({"authentication": "certificate", "client_certificate": "c"}, "needs the file of its key"),
    ],
)
def test_what_cannot_be_is_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        made(**options)


def test_a_changed_host_is_checked_again() -> None:
    with pytest.raises(UsageError, match="over http would show"):
        replace(made(authentication="basic"), address=Address.parse("http://vm01"))


def test_a_host_without_a_password_in_memory_travels() -> None:
    found = made(password=Keyring())
    assert pickle.loads(pickle.dumps(found)) == found
    with pytest.raises(UsageError, match="travels to no other process"):
        pickle.dumps(made())


def test_a_place_is_that_of_who_asks_and_how() -> None:
    """What a wrong password, another certificate or another way brings is no answer to others."""
    one = made(proxy="http://p:1")
    assert one.place == made("VM01", proxy="http://p:1", password=Password("secret-word"), timeout=3).place
    others = [
        made(proxy="http://p:1", password=password)
        for password in (Password("other-word"), Keyring(), PasswordCommand(("pass",)), PasswordCommand(("other",)))
    ]
    others += [
        made(),
        made(proxy="http://p:1", username="bob"),
        made(proxy="http://p:1", port=443),
        made(proxy="http://p:1", authentication="basic"),
        made(proxy="http://p:1", certificate="ignore"),
        made(proxy="http://p:1", certificate="ab" * 20),
        made(proxy="http://p:1", ca="ca.pem"),
    ]
    assert len({one.place, *(other.place for other in others)}) == len(others) + 1


def test_a_place_holds_no_secret() -> None:
    assert leaks(["secret-word"], repr(made().place), pickle.dumps(made().place).decode("latin-1")) == []


def test_a_digest_of_a_password_is_worth_nothing_elsewhere() -> None:
    program = "from pybridge.passwords import Password; print(Password('secret-word').digest.hex())"
    told = {subprocess.check_output([sys.executable, "-c", program], text=True, timeout=GUARD) for _ in range(2)}
    assert len(told) == 2


def test_a_source_that_cannot_be_told_from_others_is_refused() -> None:
    @dataclass
    class Source:
        word: str

        def get(self, host: str, username: str | None, /) -> str:
            return self.word

    with pytest.raises(UsageError, match="cannot be told from others"):
        made(password=Source("secret-word"))


@pytest.mark.parametrize("url", ["http://proxy:3128", "https://proxy", "http://10.0.0.1:80/", "HTTP://[::1]:8080"])
def test_a_proxy_is_a_url(url: str) -> None:
    assert made(proxy=url).proxy == url


@pytest.mark.parametrize(
    "url",
    ["proxy", "proxy:3128", "socks5://proxy:1", "http://", "http://p:0", "http://p/path", "http://p?x", "http://p q"],
)
def test_what_is_no_proxy_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match=r"vm01: .* is not the URL of a proxy") as raised:
        made(proxy=url)
    assert "http://proxy.contoso.com:3128" in (raised.value.remedy or "")


def test_a_proxys_password_is_refused_and_not_shown() -> None:
    secret = "hush-this-is-a-long-secret"
    with pytest.raises(UsageError, match="the URL of the proxy holds an @") as raised:
        made(proxy=f"http://ann:{secret}@proxy:3128")
    assert leaks([secret], *shown(raised.value)) == []
