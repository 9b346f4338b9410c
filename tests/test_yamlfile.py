"""yamlfile: YAML whose errors name the file and the line."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pybridge import yamlfile
from pybridge.errors import SpecError, StateError
from pybridge.yamlfile import Node, Tagged


def parse(text: str) -> Node:
    return yamlfile.parse(text, file="world.yaml", error=StateError)


def test_values_come_with_their_lines() -> None:
    root = parse("a:\n  b: [1, two]\n  c: true\n\nd: null\n")
    inner = root.mapping()["a"].mapping()
    assert root.plain() == {"a": {"b": [1, "two"], "c": True}, "d": None}
    assert [node.line for node in (*root.mapping().values(), *inner.values())] == [1, 5, 2, 3]
    assert [item.path for item in inner["b"].items()] == ["a.b[0]", "a.b[1]"]


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "null\n"])
def test_nothing_is_an_empty_mapping_and_an_empty_list(text: str) -> None:
    root = parse(text)
    assert (root.mapping(), list(root.items()), root.plain()) == ({}, [], None)


def test_an_alias_stands_for_its_value() -> None:
    assert parse("a: &x {b: 1}\nc: *x\n").plain() == {"a": {"b": 1}, "c": {"b": 1}}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: &x {p: 1, q: 2}\nb: {<<: *x, q: 3}\n", {"p": 1, "q": 3}),
        ("a: &x {p: 1, q: 2}\nb: {q: 3, <<: *x}\n", {"p": 1, "q": 3}),
        ("a: [&x {p: 1}, &y {p: 2, q: 2}]\nb: {<<: [*x, *y]}\n", {"p": 1, "q": 2}),
        ("a: [&x {p: 1}, &y {<<: *x, q: 2}]\nb: {<<: *y}\n", {"p": 1, "q": 2}),
    ],
)
def test_a_merge_key_brings_what_is_not_there(text: str, value: object) -> None:
    assert parse(text).mapping()["b"].plain() == value


def test_a_tag_of_the_readers_is_kept_with_its_text() -> None:
    text = "a: 1\nb: !vault |\n  $ANSIBLE_VAULT;1.1\n  6162\n"
    node = yamlfile.parse(text, file="x", error=StateError, tags={"!vault"}).mapping()["b"]
    assert (node.value, node.line) == (Tagged("!vault", "$ANSIBLE_VAULT;1.1\n6162\n"), 2)
    with pytest.raises(StateError, match=r"^world.yaml:2: not YAML: .*!vault"):
        parse(text)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: &x {p: 1}\nb:\n  <<: [*x, 5]\n", 3, "b: << takes a mapping"),
        ("a: 1\n<<: 5\n", 2, "document: << takes a mapping"),
        ("a: 1\nb: [1,\n", 3, "not YAML"),
        ("a: 1\n\tb: 2\n", 2, "not YAML"),
        ("a: 1\nb: *nobody\n", 2, "undefined alias"),
        ("a: 1\n---\nb: 2\n", 2, "not YAML"),
        ("a: \x00\n", None, "not YAML"),
        ("a: 1\nb: 2\na: 3\n", 3, "the key 'a' stands here twice"),
        ("a:\n  b: 1\n  b: 2\n", 3, "a: the key 'b' stands here twice"),
        ("a: 1\n1: 2\n", 2, "the key 1 is not text"),
        ("on: 1\n", 1, "the key True is not text; quote it"),
        ("? [a]\n: 1\n", 1, "is not text"),
        ("? {a: 1}\n: 1\n", 1, "is not text"),
        ("a: 1\nb: !!python/name:os.system ''\n", 2, "not YAML"),
        ("a: 1\nb: !odd x\n", 2, "not YAML"),
        ("a: 1\nb: 2017-99-99\n", 2, "not YAML"),
        ("a: 1\nb: !!int x\n", 2, "not YAML"),
        ("a: 1\n2017-99-99: 2\n", 2, "not YAML"),
        pytest.param("[" * 20_000, None, "nested", id="deep"),
        ("a: &x\n  - *x\n", None, "nested"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(text: str, line: int | None, words: str) -> None:
    with pytest.raises(StateError) as caught:
        parse(text)
    assert caught.value.line == line
    assert words in str(caught.value)
    assert str(caught.value).startswith("world.yaml:" if line is None else f"world.yaml:{line}: ")


@pytest.mark.parametrize(
    ("read", "words"),
    [
        (Node.mapping, "expected a mapping"),
        (lambda node: list(node.items()), "expected a list"),
        (Node.text, "expected text, found 5"),
        (Node.flag, "expected true or false, found 5"),
        (lambda node: node.mapping(), "expected a mapping"),
    ],
)
def test_a_value_of_the_wrong_kind_is_named_with_its_line(read: Callable[[Node], object], words: str) -> None:
    node = parse("x: 1\nb: 5\n").mapping()["b"]
    with pytest.raises(StateError, match=r"^world.yaml:2: b: ") as caught:
        read(node)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("text", "read"), [("true", Node.number), ("'5'", Node.number), ("''", Node.text), ("1.5", Node.number)]
)
def test_near_misses_are_refused(text: str, read: Callable[[Node], object]) -> None:
    with pytest.raises(StateError, match="expected"):
        read(parse(f"b: {text}\n").mapping()["b"])


def test_an_unknown_key_is_named_with_the_known_ones() -> None:
    with pytest.raises(StateError, match=r"^world.yaml:2: colour: unknown key") as caught:
        parse("name: x\ncolour: red\n").mapping({"name", "size"})
    assert caught.value.remedy == "Known keys here: name, size."


def test_keys_that_are_not_text_may_be_what_nobody_looks_at() -> None:
    root = yamlfile.parse("a: {80: x, on: y}\nb: 1\n", file="x.yaml", error=StateError, any_key=True)
    assert root.plain() == {"a": {80: "x", True: "y"}, "b": 1}
    with pytest.raises(StateError, match=r"^x.yaml:1: a.80: the key is not text; quote it"):
        root.mapping()["a"].mapping()


def test_the_kind_of_error_is_the_callers() -> None:
    with pytest.raises(SpecError):
        yamlfile.parse("[", file="x", error=SpecError)
