"""The emulator as Service Fabric: TLS with a certificate that is known by its thumbprint."""

from __future__ import annotations

import hashlib
import http.client
import ipaddress
import re
import socket
import ssl
import sys
from urllib.parse import urlsplit

import pytest
from asking import ARM, EXPIRES, URL, ask, claims, emulator, fields, on_a_port, over_http

from pybridge.emulator import Emulator
from pybridge.errors import UsageError
from pybridge.models import HttpResponse

VERSION = {"api_version": "2019-07-01-preview"}
ASKED = {**VERSION, "resource": ARM}


def get(subject: Emulator, without: str = "", **parameters: str) -> HttpResponse:
    variables = subject.variables("service-fabric", URL)
    headers = {"Secret": variables["IDENTITY_HEADER"]}
    asked = {**VERSION, "resource": ARM, **parameters}
    asked.pop(without, None)
    headers.pop(without, None)
    return ask(subject, variables["IDENTITY_ENDPOINT"], headers, **asked)


def trusting_nobody() -> ssl.SSLContext:
    """A client's context that takes any certificate: who it belongs to, the test looks up."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def test_the_answer_has_its_expiry_as_a_number() -> None:
    subject = emulator()
    answer = get(subject)
    assert {name: value for name, value in fields(answer).items() if name != "access_token"} == {
        "token_type": "Bearer",
        "expires_on": EXPIRES,
        "resource": ARM,
    }
    assert subject.vm.system_assigned is not None
    assert claims(answer)["oid"] == subject.vm.system_assigned.object_id


def test_variables() -> None:
    subject = emulator()
    variables = subject.variables("service-fabric", URL)
    assert variables["IDENTITY_ENDPOINT"] == ("https://127.0.0.1:4711/service-fabric/metadata/identity/oauth2/token")
    assert re.fullmatch("[0-9A-F]{40}", variables["IDENTITY_SERVER_THUMBPRINT"])
    assert variables["IDENTITY_SERVER_THUMBPRINT"] == subject.thumbprint
    assert variables["IDENTITY_API_VERSION"] == "2019-07-01-preview"


@pytest.mark.parametrize(
    ("without", "parameters", "status", "code"),
    [
        ("Secret", {}, 400, "SecretHeaderNotFound"),
        ("api_version", {}, 400, "InvalidApiVersion"),
        ("", {"api_version": "2019-08-01"}, 400, "InvalidApiVersion"),
        ("resource", {}, 400, "ArgumentNullOrEmpty"),
        ("", {"resource": "nonsense"}, 400, "InvalidArgument"),
        ("", {"token_sha256_to_refresh": "abc"}, 400, "InvalidArgument"),
    ],
)
def test_refusals(without: str, parameters: dict[str, str], status: int, code: str) -> None:
    answer = get(emulator(), without, **parameters)
    error = fields(answer)["error"]
    assert (answer.status, error["code"]) == (status, code)
    assert sorted(error) == ["code", "correlationId", "message"]


def test_a_wrong_secret_is_nobody_s() -> None:
    subject = emulator()
    url = subject.variables("service-fabric", URL)["IDENTITY_ENDPOINT"]
    answer = ask(subject, url, {"Secret": "wrong"}, **VERSION, resource=ARM)
    assert (answer.status, fields(answer)["error"]["code"]) == (404, "ManagedIdentityNotFound")


def test_an_application_without_identity() -> None:
    answer = get(emulator("msiOffVM"))
    assert (answer.status, fields(answer)["error"]["code"]) == (404, "ManagedIdentityNotFound")


def test_a_claims_challenge_is_taken() -> None:
    revoked = hashlib.sha256(b"token").hexdigest()
    answer = get(emulator(), xms_cc="cp1", token_sha256_to_refresh=revoked)
    assert claims(answer)["xms_cc"] == ["cp1"]


def test_plain_http_is_refused() -> None:
    subject = emulator()
    variables = subject.variables("service-fabric", URL)
    url = variables["IDENTITY_ENDPOINT"].replace("https:", "http:")
    answer = ask(subject, url, {"Secret": variables["IDENTITY_HEADER"]}, **VERSION, resource=ARM)
    assert (answer.status, fields(answer)["error"]["code"]) == (400, "InvalidRequest")


def test_on_a_port_the_certificate_has_the_thumbprint() -> None:
    with on_a_port("service-fabric") as (subject, variables):
        parts = urlsplit(variables["IDENTITY_ENDPOINT"])
        with (
            socket.create_connection(("127.0.0.1", parts.port or 0), timeout=20) as plain,
            trusting_nobody().wrap_socket(plain) as connection,
        ):
            shown = connection.getpeercert(binary_form=True)
        assert shown is not None
        assert hashlib.sha1(shown).hexdigest().upper() == variables["IDENTITY_SERVER_THUMBPRINT"]
        headers = {"Secret": variables["IDENTITY_HEADER"]}
        answer = over_http(variables["IDENTITY_ENDPOINT"], headers, ASKED, tls=trusting_nobody())
        assert claims(answer)["xms_mirid"] == subject.vm.id
        assert answer.header("Server") == "pybridge-emulator"


def test_on_a_port_plain_http_and_tls_live_together() -> None:
    with on_a_port("service-fabric") as (_, variables):
        url = variables["IDENTITY_ENDPOINT"]
        headers = {"Secret": variables["IDENTITY_HEADER"]}
        assert over_http(url.replace("https:", "http:"), headers, ASKED).status == 400
        assert over_http(url, headers, ASKED, tls=trusting_nobody()).status == 200


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_the_certificate_is_for_the_loopback_addresses(host: str) -> None:
    with on_a_port("service-fabric") as (_, variables):
        port = urlsplit(variables["IDENTITY_ENDPOINT"]).port or 0
        context = ssl.create_default_context(cadata=ssl.get_server_certificate(("127.0.0.1", port), timeout=20))
        connection = http.client.HTTPSConnection(host, port, timeout=20, context=context)
        connection.request("GET", "/")
        assert connection.getresponse().status == 401
        connection.close()


def test_the_certificate_names_ipv6_too() -> None:
    x509 = pytest.importorskip("cryptography.x509")
    with on_a_port("service-fabric") as (_, variables):
        port = urlsplit(variables["IDENTITY_ENDPOINT"]).port or 0
        text = ssl.get_server_certificate(("127.0.0.1", port), timeout=20)
    names = x509.load_pem_x509_certificate(text.encode()).extensions.get_extension_for_class(
        x509.SubjectAlternativeName
    )
    assert names.value.get_values_for_type(x509.IPAddress) == [
        ipaddress.ip_address("127.0.0.1"),
        ipaddress.ip_address("::1"),
    ]


def test_each_emulator_has_a_certificate_of_its_own() -> None:
    first, second = emulator(), emulator()
    assert first.thumbprint == first.thumbprint
    assert first.thumbprint != second.thumbprint


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cryptography", None)
    with pytest.raises(UsageError, match="cryptography, which is not installed") as caught:
        emulator().variables("service-fabric", URL)
    assert caught.value.remedy == "Install it: pip install cryptography"
