"""The emulator as the agent of Azure Arc."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from asking import ARM, EXPIRES, METADATA, URL, ask, claims, emulator, fields, on_a_port, over_http

from pybridge.emulator import Emulator
from pybridge.emulator.arc import MAX_KEYS
from pybridge.models import HttpResponse

posix_only = pytest.mark.skipif(os.name == "nt", reason="rights of files as POSIX has them")
TOKEN = f"{URL}/arc/metadata/identity/oauth2/token"
VERSION = {"api_version": "2020-06-01"}


def challenged(answer: HttpResponse) -> Path:
    """The key file that a challenge names."""
    assert answer.status == 401
    scheme, _, path = (answer.header("WWW-Authenticate") or "").partition("=")
    assert scheme == "Basic realm"
    return Path(path)


def get(subject: Emulator, key: str | None = None, **parameters: str) -> HttpResponse:
    headers = METADATA if key is None else {**METADATA, "Authorization": f"Basic {key}"}
    return ask(subject, TOKEN, headers, **{**VERSION, "resource": ARM, **parameters})


def token(subject: Emulator, **parameters: str) -> HttpResponse:
    """Both steps."""
    return get(subject, challenged(get(subject, **parameters)).read_text(), **parameters)


def test_the_contents_of_the_file_are_the_key() -> None:
    subject = emulator()
    answer = token(subject)
    assert subject.vm.system_assigned is not None
    assert list(fields(answer)) == [
        "access_token", "expires_in", "expires_on", "not_before", "resource", "token_type",
    ]  # fmt: skip
    assert (fields(answer)["expires_in"], fields(answer)["expires_on"]) == ("86400", str(EXPIRES))
    assert claims(answer)["oid"] == subject.vm.system_assigned.object_id


def test_the_file_lies_where_the_variable_says() -> None:
    subject = emulator()
    path = challenged(get(subject))
    assert str(path.parent) == subject.variables("arc", URL)["PYBRIDGE_ARC_KEY_FOLDER"]
    assert path.suffix == ".key"
    assert path.stat().st_size <= 4096


@posix_only
def test_only_its_owner_reads_the_file() -> None:
    subject = emulator()
    path = challenged(get(subject))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_each_challenge_has_a_file_and_a_key_of_its_own() -> None:
    subject = emulator()
    first, second = challenged(get(subject)), challenged(get(subject))
    assert first != second
    assert first.read_text() != second.read_text()


def test_a_key_opens_one_request() -> None:
    subject = emulator()
    path = challenged(get(subject))
    key = path.read_text()
    assert get(subject, key).status == 200
    assert not path.exists()
    assert challenged(get(subject, key)) != path


def test_old_files_go() -> None:
    subject = emulator()
    first = challenged(get(subject))
    for _ in range(MAX_KEYS):
        challenged(get(subject))
    assert not first.exists()
    assert len(list(first.parent.iterdir())) == MAX_KEYS


def test_a_wrong_key_is_challenged_again() -> None:
    subject = emulator()
    assert challenged(get(subject, "no-such-key")).exists()


def test_closing_takes_the_folder_away() -> None:
    subject = emulator()
    folder = challenged(get(subject)).parent
    subject.close()
    assert not folder.exists()


def test_the_end_of_the_process_takes_the_folder_away() -> None:
    program = (
        "from pybridge.emulator import Emulator; "
        f"print(Emulator().variables('arc', {URL!r})['PYBRIDGE_ARC_KEY_FOLDER'])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    folder = Path(done.stdout.strip())
    assert folder.is_absolute()
    assert not folder.exists()


@pytest.mark.parametrize(
    ("selector", "attribute"),
    [("client_id", "client_id"), ("object_id", "object_id"), ("msi_res_id", "resource_id")],
)
def test_it_repeats_the_identity_that_was_asked_for(selector: str, attribute: str) -> None:
    subject = emulator("twoIdentitiesVM")
    for identity in subject.vm.user_assigned:
        answer = token(subject, **{selector: getattr(identity, attribute)})
        assert claims(answer)["oid"] == identity.object_id
        assert fields(answer)["client_id"] == identity.client_id
        assert fields(answer)["object_id"] == identity.object_id
        assert fields(answer)["msi_res_id"] == identity.resource_id


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"resource": ""}, "'resource' is missing"),
        ({"resource": "nonsense"}, "AADSTS50001"),
        ({"client_id": "nobody"}, "Identity not found"),
        ({"client_id": "a", "object_id": "b"}, "Only one of"),
    ],
)
def test_refusals_are_plain_text(parameters: dict[str, str], words: str) -> None:
    answer = token(emulator(), **parameters)
    assert answer.status == 400
    assert (answer.header("Content-Type") or "").startswith("text/plain")
    assert words in answer.body.decode()


@pytest.mark.parametrize(
    ("headers", "parameters", "words"),
    [
        ({}, VERSION, "metadata header"),
        ({**METADATA, "X-Forwarded-For": "10.0.0.1"}, VERSION, "X-Forwarded-For"),
        (METADATA, {}, "api-version"),
        (METADATA, {"api_version": "2017-01-01"}, "'2017-01-01'"),
    ],
)
def test_what_gets_no_challenge(headers: dict[str, str], parameters: dict[str, str], words: str) -> None:
    answer = ask(emulator(), TOKEN, headers, resource=ARM, **parameters)
    assert (answer.status, answer.header("WWW-Authenticate")) == (400, None)
    assert words in answer.body.decode()


def test_both_versions() -> None:
    assert token(emulator(), api_version="2019-11-01").status == 200


def test_without_a_selector_it_is_the_machine_s_own_identity() -> None:
    assert token(emulator("twoIdentitiesVM")).body == b"Identity not found"


def test_on_a_port() -> None:
    with on_a_port("arc") as (subject, variables):
        url, asked = variables["IDENTITY_ENDPOINT"], {**VERSION, "resource": ARM}
        assert url.startswith(variables["IMDS_ENDPOINT"])
        key = challenged(over_http(url, METADATA, asked)).read_text()
        answer = over_http(url, {**METADATA, "Authorization": f"Basic {key}"}, asked)
        assert claims(answer)["xms_mirid"] == subject.vm.id
