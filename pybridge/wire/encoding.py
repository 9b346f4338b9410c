"""Values of Python as PowerShell gets them."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from itertools import count
from typing import Any

from ..models import AccessToken
from .names import pascal, snake

#: What a tagged text begins with.
TAG = "\x01"

#: What Newtonsoft.Json, below ConvertFrom-Json, may take for a date, and what looks like one of ours.
_SHIELDED = re.compile(rf"[0-9].{{9}}T|/Date\(|{TAG}", re.DOTALL)
_SUSPECT = frozenset(f"0123456789/{TAG}")


def type_name(value: object) -> str:
    """What the wire calls the type of a value: `virtual_machine` for a `VirtualMachine`."""
    return snake(type(value).__name__)


def encode(value: Any) -> Any:
    """A model, or plain JSON, as the JSON that PowerShell gets.

    Raises:
        TypeError: There is something else in it.
    """
    return (_ENCODERS.get(type(value)) or _encoder(type(value)))(value)


def packed(value: Any) -> tuple[Any, list[list[str | int]]]:
    """A value as `encode` makes it, and the paths to its tagged texts."""
    before = next(_TAGS)
    encoded = encode(value)
    # Most values have none, and to look for them takes a while.
    return encoded, tagged(encoded) if next(_TAGS) - before > 1 else []


#: Counts the tagged texts of all threads, and the looks at itself. To count on is one step, which no thread breaks.
_TAGS = count()


def tagged(value: Any) -> list[list[str | int]]:
    """The paths to the tagged texts in an encoded value, from names of members and indexes of lists."""
    found: list[list[str | int]] = []
    if isinstance(value, str):
        return [[]] if value.startswith(TAG) else []
    _find(value, (), found)
    return found


def _find(value: Any, path: tuple[str | int, ...], found: list[list[str | int]]) -> None:
    if type(value) is dict:
        steps: Iterable[tuple[str | int, Any]] = value.items()
    elif type(value) is list:
        steps = enumerate(value)
    else:
        return
    for step, item in steps:
        if type(item) is str:
            if item[:1] == TAG:
                found.append([*path, step])
        elif item and type(item) in _CONTAINERS:
            _find(item, (*path, step), found)


_CONTAINERS = frozenset({dict, list})


def kinds(noun: type[Any]) -> Mapping[str, str | None]:
    """How each field of a noun travels: "secret", "epoch", "status", "arm", "json", "hidden", or as its value is."""
    if issubclass(noun, AccessToken):
        kind = {"token": "secret", "expires_on": "epoch", "refresh_on": "hidden"}
        return {name: kind.get(name) for name in AccessToken._fields}
    return {field.name: field.metadata.get("wire") for field in fields(noun)}


def _text(value: str) -> str:
    return _tag("S", value) if value[:1] in _SUSPECT and _SHIELDED.match(value) else value


def _tag(kind: str, text: str) -> str:
    next(_TAGS)
    return f"{TAG}{kind}{text}"


def _mapping(value: Mapping[Any, Any]) -> dict[Any, Any]:
    return {key: encode(item) for key, item in value.items()}


def _sequence(value: Iterable[Any]) -> list[Any]:
    return [encode(item) for item in value]


def _field(value: Any) -> Any:
    """A field of a model that says nothing else of itself.

    A mapping becomes pairs: PowerShell takes long to take an object apart, and none can have an empty name.
    """
    if type(value) is str:
        return _text(value)
    if isinstance(value, Mapping):
        return [[key, encode(item)] for key, item in value.items()]
    return encode(value)


def _same(value: Any) -> Any:
    return value


def _secret(value: str) -> str:
    return _tag("P", value)


def _epoch(value: int) -> str:
    return _tag("D", time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(value)))


def _status(value: str) -> str:
    return _tag("H", value)


def _arm(value: Any) -> Any:
    """ARM's JSON, its names in PascalCase."""
    kind = type(value)
    if kind is str:
        return _text(value)
    if kind is dict:
        return {pascal(key): _OF_ARM.get(key, _arm)(item) for key, item in value.items()}
    if kind is list or kind is tuple:
        return [_arm(item) for item in value]
    return encode(value)


def _moment(value: Any) -> Any:
    """The time of a status, as ARM writes it."""
    return _tag("D", value) if isinstance(value, str) and _ISO.fullmatch(value) else encode(value)


_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?(Z|[+-]\d\d:\d\d)")

#: Members of ARM's JSON that go another way. What stands below the first two is the user's own.
_OF_ARM: Mapping[str, Callable[[Any], Any]] = {"tags": encode, "settings": encode, "time": _moment}

#: How a field travels that says so, see `kinds`.
_BY_KIND: Mapping[str | None, Callable[[Any], Any]] = {
    None: _field,
    "secret": _secret,
    "epoch": _epoch,
    "status": _status,
    "arm": _arm,
    "json": encode,
}

#: How a value of a class travels. The classes of models, and those derived from others, come in as they are met.
_ENCODERS: dict[type[Any], Callable[[Any], Any]] = {
    str: _text,
    dict: _mapping,
    list: _sequence,
    tuple: _sequence,
    int: _same,
    float: _same,
    bool: _same,
    type(None): _same,
}


def _encoder(kind: type[Any]) -> Callable[[Any], Any]:
    """The encoder of a class that is met for the first time."""
    if issubclass(kind, Mapping):
        encoder: Callable[[Any], Any] = _mapping
    elif issubclass(kind, AccessToken) or is_dataclass(kind):
        encoder = _model_encoder(kind)
    else:
        base = next((base for base in kind.__mro__ if base in _ENCODERS), None)
        if base is None:
            raise TypeError(f"a {kind.__name__} does not travel")
        encoder = _ENCODERS[base]
    _ENCODERS[kind] = encoder
    return encoder


def _model_encoder(noun: type[Any]) -> Callable[[Any], dict[str, Any]]:
    plan = [(name, pascal(name), _BY_KIND[kind]) for name, kind in kinds(noun).items() if kind != "hidden"]

    def encode_model(value: Any) -> dict[str, Any]:
        shape: dict[str, Any] = {}
        for name, there, encoder in plan:
            item = getattr(value, name)
            shape[there] = None if item is None else encoder(item)
        return shape

    return encode_model
