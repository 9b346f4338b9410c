"""What a script says, and what we say of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Use:
    """A command in a script.

    Attributes:
        name: As it is written there, perhaps with the name of a module in front.
        parameters: What it is given by name, as it is written there, without the dash.
        splats: The variables that give it more: x for @x.
        words: The other texts that it is given.
    """

    name: str
    line: int
    column: int
    parameters: tuple[str, ...] = ()
    splats: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a script, and what is there."""

    line: int
    text: str
    column: int = 1


@dataclass(frozen=True, slots=True)
class Script:
    """What one script says, as far as it matters here.

    Attributes:
        tables: The keys that variables are given, by the variable's name in lower case.
        defined: The functions that it defines, in lower case.
        requires: Its `#Requires` lines.
        endpoints: Where it names the port of the old MSI endpoint.
        problems: Where the parser did not understand it, in its order.
    """

    uses: tuple[Use, ...] = ()
    tables: Mapping[str, frozenset[str]] = field(default_factory=dict)
    defined: frozenset[str] = frozenset()
    requires: tuple[Place, ...] = ()
    endpoints: tuple[Place, ...] = ()
    problems: tuple[Place, ...] = ()


COVERED = "covered"
NOT_COVERED = "not_covered"
UNKNOWN = "parameter_not_known"
NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """What we say of one place.

    Attributes:
        name: What stands there: a command by its full name, or a module.
        state: COVERED, NOT_COVERED, UNKNOWN or NOTE.
        message: What to know, or what to do; empty where all is well.
        az: What Az calls a command that is not covered.
        call: The call of Invoke-AzureRmRestMethod that does it.
    """

    file: str
    line: int
    column: int
    name: str
    state: str
    message: str = ""
    parameters: tuple[str, ...] = ()
    az: str | None = None
    call: str | None = None

    @property
    def stands_in_the_way(self) -> bool:
        return self.state in (NOT_COVERED, UNKNOWN)
