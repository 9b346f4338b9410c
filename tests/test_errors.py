"""errors: one class a cause, with a stable code."""

from __future__ import annotations

import re

import pytest

from pybridge import errors
from pybridge.errors import PyBridgeError, SpecError


def every(root: type[PyBridgeError] = PyBridgeError) -> list[type[PyBridgeError]]:
    return [root, *(found for child in root.__subclasses__() for found in every(child))]


CLASSES = [cls for cls in every() if cls.__module__ == errors.__name__]

RETRYABLE = {
    *("transport_failed", "connection_refused", "cut_off", "unreachable", "timed_out"),
    *("host_unreachable", "host_quota"),
    *("token_throttled", "throttled", "service_failed", "precondition_failed"),
}


def test_codes_are_snake_case_and_each_is_used_once() -> None:
    codes = [cls.code for cls in CLASSES]
    assert len(codes) == len(set(codes))
    assert [code for code in codes if not re.fullmatch(r"[a-z]+(_[a-z]+)*", code)] == []


def test_the_drawn_tree_is_the_real_one() -> None:
    drawn: dict[str, tuple[str, str]] = {}
    path: list[str] = []
    for prefix, name, code in re.findall(r"^    ([ │├└─]*)(\w+Error)(?: +([a-z_]+)\b.*)?", errors.__doc__ or "", re.M):
        depth = len(prefix) // 4
        path[depth:] = [name]
        drawn[name] = (path[depth - 1] if depth else "Exception", code)
    assert {name: parent for name, (parent, _) in drawn.items()} == {
        cls.__name__: cls.__mro__[1].__name__ for cls in CLASSES
    }
    leaves = {cls.__name__: cls.code for cls in CLASSES if not cls.__subclasses__()}
    assert {name: drawn[name][1] for name in leaves} == leaves


def test_what_may_succeed_later_is_said() -> None:
    assert {cls.code for cls in CLASSES if cls.retryable} == RETRYABLE


def test_an_error_carries_its_facts() -> None:
    details = {"status": 404}
    error = errors.NotFoundError("gone", target="/x", remedy="look elsewhere", details=details)
    details["status"] = 500
    assert (str(error), error.message, error.target, error.remedy) == ("gone", "gone", "/x", "look elsewhere")
    assert error.details == {"status": 404}
    assert isinstance(error, PyBridgeError)


@pytest.mark.parametrize(("line", "place"), [(7, "spec.yaml:7"), (None, "spec.yaml")])
def test_an_error_of_a_file_begins_with_its_place(line: int | None, place: str) -> None:
    error = SpecError("unknown key", file="spec.yaml", line=line)
    assert str(error) == f"{place}: unknown key"
    assert (error.target, error.line) == (place, line)
