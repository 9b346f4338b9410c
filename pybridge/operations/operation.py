"""An operation: a Python function that the worker serves, and the check of what it is called with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .. import wire
from ..errors import UsageError


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


#: What an annotation accepts.
_ACCEPTS: Mapping[str, tuple[type, ...]] = {
    "str": (str,),
    "str | None": (str, type(None)),
    "int | None": (int, type(None)),
    "bool": (bool,),
    "Context | None": (dict, type(None)),
}


def _convert(name: str, annotation: str, value: Any) -> Any:
    accepted = _ACCEPTS[annotation]
    if not isinstance(value, accepted) or (isinstance(value, bool) and bool not in accepted):
        raise UsageError(f"the parameter {name!r} must be {annotation}, not {type(value).__name__}", target=name)
    return wire.context(value) if isinstance(value, dict) else value
