"""commands.yaml and its parts as frozen values, checked: what is wrong is named with its line.

nouns.py      what the spec consists of, and the words that it may use
reading.py    the file and its parts
types.py      the types in it: members and views
commands.py   the commands in it
parameters.py the parameters of a command, those shared by many among them
"""

from __future__ import annotations

from .nouns import COMPLETERS, TYPES, VERBS, Column, Command, Example, Home, Parameter, ParameterSet, Spec, Type
from .reading import load, parse

__all__ = [
    "COMPLETERS",
    "TYPES",
    "VERBS",
    "Column",
    "Command",
    "Example",
    "Home",
    "Parameter",
    "ParameterSet",
    "Spec",
    "Type",
    "load",
    "parse",
]
