"""wsman: what comes back, in the shapes of real Windows, and what pretends to."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
import windows_answers as windows
from hypothesis import given, settings
from hypothesis import strategies as st
from windows_answers import COMMAND_ID, MESSAGE_ID, SHELL_ID

from pybridge.errors import MalformedError
from pybridge.wsman import Fault, Limits, Messages, Received, Request, Shell

MESSAGES = Messages("https://vm01:5986/wsman", new_id=lambda: uuid.UUID(MESSAGE_ID.removeprefix("uuid:")))
CREATE = MESSAGES.create()
COMMAND = MESSAGES.command(SHELL_ID, "powershell")
SEND = MESSAGES.send(SHELL_ID, COMMAND_ID, b"x")
RECEIVE = MESSAGES.receive(SHELL_ID, COMMAND_ID)
SIGNAL = MESSAGES.signal(SHELL_ID, COMMAND_ID)
DELETE = MESSAGES.delete(SHELL_ID)
CONFIG = MESSAGES.config()

LIMITS = Limits(
    max_envelope=512_000,
    max_timeout=60.0,
    idle_timeout=7200.0,
    remote_shells=True,
    max_shells_per_user=30,
    max_operations_per_user=1500,
    max_processes_per_shell=25,
    max_memory_per_shell_mb=1024,
    max_concurrent_users=10,
    max_connections=300,
)
ANSWERS: dict[str, tuple[Request[Any], bytes, object]] = {
    "Create": (CREATE, windows.created(), Shell(SHELL_ID, 7200.0, "CONTOSO\\admin")),
    "Create, in the selector only": (CREATE, windows.created(inner=None), Shell(SHELL_ID, 7200.0, "CONTOSO\\admin")),
    "Create, in the shell only": (CREATE, windows.created(selector=None), Shell(SHELL_ID, 7200.0, "CONTOSO\\admin")),
    "Command": (COMMAND, windows.commanded(), COMMAND_ID),
    "Send": (SEND, windows.sent(), None),
    "Receive, nothing": (RECEIVE, windows.received(), Received(b"", b"", False, None)),
    "Receive, pending": (RECEIVE, windows.received(state="Pending"), Received(b"", b"", False, None)),
    "Receive, pieces of both streams": (
        RECEIVE,
        windows.received([("stdout", b"a\xe3\x81"), ("stderr", b"e"), ("stdout", b"\x93"), ("stdout", b"")]),
        Received(b"a\xe3\x81\x93", b"e", False, None),
    ),
    "Receive, the end": (RECEIVE, windows.received([("stdout", b"x")], exit_code=0), Received(b"x", b"", True, 0)),
    "Receive, -1": (RECEIVE, windows.received(exit_code=4294967295), Received(b"", b"", True, 4294967295)),
    "Receive, an end without a code": (RECEIVE, windows.received(state="Done"), Received(b"", b"", True, None)),
    "Receive, a code that is none": (RECEIVE, windows.received(exit_code="x"), Received(b"", b"", True, None)),
    "Receive, a code beyond": (RECEIVE, windows.received(exit_code=2**32), Received(b"", b"", True, None)),
    "Receive, base64 in lines": (
        RECEIVE,
        windows.received([("stdout", b"abc")]).replace(b"YWJj", b"\r\n YW\n Jj "),
        Received(b"abc", b"", False, None),
    ),
    "Signal": (SIGNAL, windows.signalled(), None),
    "Delete": (DELETE, windows.deleted(), None),
    "Get": (CONFIG, windows.config(), LIMITS),
    "Get of an old host": (
        CONFIG,
        windows.config(MaxEnvelopeSizekb=150, MaxShellsPerUser=5, AllowRemoteShellAccess="false"),
        LIMITS._replace(max_envelope=153_600, max_shells_per_user=5, remote_shells=False),
    ),
    "Get with values that are none": (
        CONFIG,
        windows.config(MaxEnvelopeSizekb="", MaxShellsPerUser=2**32, AllowRemoteShellAccess="?", MaxTimeoutms="1e3"),
        LIMITS._replace(max_envelope=None, max_shells_per_user=None, remote_shells=None, max_timeout=None),
    ),
}


@pytest.mark.parametrize(("request_", "answer", "expected"), ANSWERS.values(), ids=ANSWERS)
def test_answers_of_windows(request_: Request[Any], answer: bytes, expected: object) -> None:
    assert request_.read(answer) == expected


@pytest.mark.parametrize(("request_", "answer", "expected"), ANSWERS.values(), ids=ANSWERS)
@pytest.mark.parametrize(
    "prefixes",
    [
        {"s": "soap", "a": "wsa", "w": "wsman", "p": "wsmv", "x": "wst", "rsp": "shell", "cfg": "c"},
        {"a": "w", "w": "p", "p": "b", "rsp": "s", "s": "rsp"},  # the prefixes of one namespace for another
    ],
    ids=["other prefixes", "swapped prefixes"],
)
def test_prefixes_are_the_hosts_own_choice(
    request_: Request[Any], answer: bytes, expected: object, prefixes: dict[str, str]
) -> None:
    marked = windows.with_prefixes(answer, **{old: f"{old}-0" for old in prefixes})
    renamed = windows.with_prefixes(marked, **{f"{old}-0": new for old, new in prefixes.items()})
    assert renamed != answer
    assert request_.read(renamed) == expected


def test_a_default_namespace_is_one_too() -> None:
    answer = windows.commanded().replace(
        b"<rsp:CommandResponse>", b'<CommandResponse xmlns="http://schemas.microsoft.com/wbem/wsman/1/windows/shell">'
    )
    answer = answer.replace(b"</rsp:CommandResponse>", b"</CommandResponse>").replace(b"rsp:CommandId>", b"CommandId>")
    assert COMMAND.read(answer) == COMMAND_ID


def test_a_name_in_a_foreign_namespace_is_another_name() -> None:
    answer = windows.commanded().replace(b"windows/shell", b"windows/hell", 1)
    with pytest.raises(MalformedError, match="does not name the command"):
        COMMAND.read(answer)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be-sig"])
def test_the_encodings_of_hosts(encoding: str) -> None:
    text = windows.created().decode().replace("admin", "ädmin\U0001f600")
    for declaration in ("", f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig").removesuffix("-be")}"?>'):
        document = f"{declaration}{text}"
        if encoding == "utf-16-be-sig":
            answer = b"\xfe\xff" + document.encode("utf-16-be")
        else:
            answer = document.encode(encoding)
        assert CREATE.read(answer) == Shell(SHELL_ID, 7200.0, "CONTOSO\\ädmin\U0001f600")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("PT7200.000S", 7200.0),
        ("PT2H", 7200.0),
        ("P1DT1H1M1.5S", 90061.5),
        ("P0DT0H0M0S", 0.0),
        ("P", 0.0),
        ("2h", None),
    ],
)
def test_the_idle_timeout_is_a_duration(text: str, seconds: float | None) -> None:
    shell = CREATE.read(windows.created(idle=text))
    assert isinstance(shell, Shell)
    assert shell.idle_timeout == seconds


def test_ids_are_compared_in_any_case() -> None:
    answer = windows.received([("stdout", b"x")], exit_code=0, command_id=COMMAND_ID.lower())
    assert RECEIVE.read(answer.replace(MESSAGE_ID.encode(), MESSAGE_ID.lower().encode())) == Received(
        b"x", b"", True, 0
    )


OTHER = "11111111-2222-3333-4444-555555555555"
WRONG: dict[str, tuple[Request[Any], bytes, str]] = {
    "another message": (
        DELETE,
        windows.deleted().replace(MESSAGE_ID.encode(), f"uuid:{OTHER}".encode()),
        "answers another request",
    ),
    "no message": (DELETE, windows.envelope("x", "", relates_to=None), "does not say which request"),
    "another action": (DELETE, windows.sent(), "does not answer Delete"),
    "the request itself": (DELETE, DELETE.body, "does not say which request"),
    "another command": (RECEIVE, windows.received(exit_code=0, command_id=OTHER), "about another command"),
    "a piece of another command": (
        RECEIVE,
        windows.received([("stdout", b"x")]).replace(f'"{COMMAND_ID}">eA'.encode(), f'"{OTHER}">eA'.encode()),
        "about another command",
    ),
    "a stream that nobody wanted": (RECEIVE, windows.received([("pr", b"x")]), "stream that was not asked for"),
    "a stream without a name": (
        RECEIVE,
        windows.received([("stdout", b"x")]).replace(b'Name="stdout" ', b""),
        "stream that was not asked for",
    ),
    "not base64": (RECEIVE, windows.received([("stdout", b"abc")]).replace(b"YWJj", b"YW*j"), "not base64"),
    "half of base64": (RECEIVE, windows.received([("stdout", b"abc")]).replace(b"YWJj", b"YWJ"), "not base64"),
    "base64 beyond ASCII": (
        RECEIVE,
        windows.received([("stdout", b"abc")]).replace(b"YWJj", "YWJé".encode()),
        "base64",
    ),
    "two shells": (CREATE, windows.created(selector=SHELL_ID, inner=OTHER), "names two shells"),
    "no shell": (CREATE, windows.created(selector=None, inner=None), "does not name the shell"),
    "an empty shell": (CREATE, windows.created(selector="", inner=None), "does not name the shell"),
    "a shell with blanks": (CREATE, windows.created(selector="a b", inner=None), "does not name the shell"),
    "a shell with a long name": (CREATE, windows.created(selector="a" * 129, inner=None), "does not name the shell"),
    "no command": (COMMAND, windows.commanded(""), "does not name the command"),
    "no content": (SEND, windows.sent().replace(b"<rsp:SendResponse/>", b""), "holds no SendResponse"),
    "no output": (RECEIVE, windows.received().replace(b"rsp:ReceiveResponse", b"rsp:Response"), "no ReceiveResponse"),
    "no configuration": (CONFIG, windows.config().replace(b"cfg:Config", b"cfg:Konfig"), "holds no configuration"),
    "no envelope": (DELETE, b"<a/>", "no SOAP envelope"),
    "no body": (DELETE, windows.deleted().replace(b"s:Body", b"s:Bodi"), "no SOAP envelope"),
    "a page of a proxy": (DELETE, b"<html><body>502 Bad Gateway<br></body></html>", "not XML"),
    "nothing": (DELETE, b"", "not XML"),
}


@pytest.mark.parametrize(("request_", "answer", "message"), WRONG.values(), ids=WRONG)
def test_what_is_no_answer_to_this_request(request_: Request[Any], answer: bytes, message: str) -> None:
    with pytest.raises(MalformedError, match=message) as caught:
        request_.read(answer)
    assert caught.value.code == "malformed_answer"
    assert caught.value.remedy


@pytest.mark.parametrize(("request_", "answer", "expected"), ANSWERS.values(), ids=ANSWERS)
def test_half_an_answer_is_none(request_: Request[Any], answer: bytes, expected: object) -> None:
    for end in range(len(answer)):
        with pytest.raises(MalformedError):
            request_.read(answer[:end])
    assert request_.read(answer) == expected


def test_output_shows_in_no_repr() -> None:
    answer = RECEIVE.read(windows.received([("stdout", b"secret"), ("stderr", b"!")], exit_code=1))
    assert repr(answer) == "Received(6 bytes, 1 bytes, done=True, exit_code=1)"


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["stdout", "stderr"]), st.binary(max_size=50)), max_size=8))
def test_any_output_comes_out_as_it_was(pieces: list[tuple[str, bytes]]) -> None:
    answer = RECEIVE.read(windows.received(pieces))
    assert isinstance(answer, Received)
    for stream, got in (("stdout", answer.stdout), ("stderr", answer.stderr)):
        assert got == b"".join(data for name, data in pieces if name == stream)


@settings(deadline=None, max_examples=300)
@given(
    st.sampled_from([(request, answer) for request, answer, _ in ANSWERS.values()]),
    st.lists(st.tuples(st.integers(0, 5000), st.binary(min_size=0, max_size=6), st.integers(0, 40)), max_size=3),
)
def test_any_damage_is_an_answer_or_an_error(case: tuple[Request[Any], bytes], damage: list[Any]) -> None:
    request, answer = case
    for at, new, length in damage:
        answer = answer[: at % len(answer)] + new + answer[at % len(answer) + length :] or b"x"
    try:
        found = request.read(answer)
    except MalformedError:
        return
    assert found is None or isinstance(found, Fault | Limits | Received | Shell | str)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_an_error(data: bytes) -> None:
    with pytest.raises(MalformedError):
        DELETE.read(data)


def test_an_answer_is_told_from_a_fault() -> None:
    assert isinstance(DELETE.read(windows.fault(5)), Fault)
    assert not isinstance(DELETE.read(windows.deleted()), Fault)
