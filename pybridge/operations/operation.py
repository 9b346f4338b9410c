"""An operation: a Python function that the worker serves, and the check of what it is called with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .. import wire
from ..errors import UsageError

if TYPE_CHECKING:
    from ..reach import Reach


@dataclass(frozen=True, slots=True)
class Operation:
    """A function that the worker serves."""

    function: Callable[..., Any]

    @property
    def parameters(self) -> dict[str, str]:
        """The names of the keyword parameters, with their annotations as written."""
        code = self.function.__code__
        names = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
        return {name: self.function.__annotations__[name] for name in names}

    @property
    def required(self) -> set[str]:
        """The parameters without a default."""
        return set(self.parameters) - set(self.function.__kwdefaults__ or {})

    def bind(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments of a call, checked against the annotations.

        Raises:
            UsageError: An unknown, a missing, or a wrongly typed parameter.
        """
        known = self.parameters
        unknown = sorted(set(params) - set(known))
        if unknown:
            raise UsageError(f"there is no parameter {unknown[0]!r}", target=unknown[0])
        missing = sorted(self.required - set(params))
        if missing:
            raise UsageError(f"the parameter {missing[0]!r} is missing", target=missing[0])
        return {name: _convert(name, known[name], value) for name, value in params.items()}


_NONE = type(None)

#: What an annotation accepts.
_ACCEPTS: Mapping[str, tuple[type, ...]] = {
    "str": (str,),
    "str | None": (str, _NONE),
    "int | None": (int, _NONE),
    "float | None": (int, float, _NONE),
    "bool": (bool,),
    "bool | None": (bool, _NONE),
    "list[str]": (list,),
    "list[str] | None": (list, _NONE),
    "Mapping[str, Any]": (dict,),
    "Mapping[str, Any] | None": (dict, _NONE),
    "Mapping[str, Any] | str | None": (dict, str, _NONE),
    "Context | None": (dict, _NONE),
    "Session": (dict, _NONE),
    "Reach": (dict,),
    "Reach | None": (dict, _NONE),
}

#: How what came becomes the noun of an annotation.
_NOUNS: Mapping[str, Callable[[Any], Any]] = {
    "Context | None": lambda value: None if value is None else wire.context(value),
    "Session": wire.session,
    "Reach": lambda value: _reach(value),
    "Reach | None": lambda value: None if value is None else _reach(value),
}


def reaches_of(value: Any) -> Mapping[str, Reach]:
    """How the hosts are reached whose identities are signed in, by what their accounts call them.

    Raises:
        UsageError: It is something else.
    """
    return {} if value is None else {name: _reach(item) for name, item in value.items()}


def _reach(value: Any) -> Reach:
    from ..reach import parse  # few reach for hosts, and it takes a while

    return parse(value)


def _convert(name: str, annotation: str, value: Any) -> Any:
    accepted = _ACCEPTS[annotation]
    if isinstance(value, str) and annotation.startswith("Mapping") and str not in accepted:
        raise UsageError(
            f"an object is wanted, and {value!r} is a text",
            target=name,
            remedy="Pass the object itself, as the Get- command of its kind returns it.",
        )
    if not isinstance(value, accepted) or (isinstance(value, bool) and bool not in accepted):
        raise UsageError(f"the parameter {name!r} must be {annotation}, not {type(value).__name__}", target=name)
    if isinstance(value, list) and not all(isinstance(item, str) for item in value):
        raise UsageError(f"the parameter {name!r} must hold texts only", target=name)
    return _NOUNS[annotation](value) if annotation in _NOUNS else value
