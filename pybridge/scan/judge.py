"""Which of a script's commands and parameters are covered, and what to use instead of the others."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from ..generate.functions import all_parameters
from ..shims import NotCovered, Shim, az_name
from ..spec import Command, Spec
from .nouns import COVERED, NOT_COVERED, NOTE, UNKNOWN, Finding, Script, Use

#: The parameters that every command has, and their short names.
_COMMON = (
    "Verbose vb Debug db ErrorAction ea WarningAction wa InformationAction infa ProgressAction proga ErrorVariable ev "
    "WarningVariable wv InformationVariable iv OutVariable ov OutBuffer ob PipelineVariable pv"
).split()
_CHANGING = ["WhatIf", "wi", "Confirm", "cf"]

_IMPORTING = frozenset({"import-module", "ipmo", "using"})
_INSTALLING = frozenset({"install-module", "inmo", "update-module", "save-module"})
_ASKING_WEB = {
    "invoke-webrequest": "Invoke-WebRequest",
    "iwr": "Invoke-WebRequest",
    "wget": "Invoke-WebRequest",
    "curl": "Invoke-WebRequest",
    "invoke-restmethod": "Invoke-RestMethod",
    "irm": "Invoke-RestMethod",
}
_OF_AZURERM = re.compile(r"\w+-Azure(Rm|Storage|KeyVault|Batch)\w*", re.IGNORECASE)
_OF_AZ = re.compile(r"\w+-Az[A-Z]\w*")
_MODULE = re.compile(r"(?<![\w.])AzureRM(?:\.[\w.]*\w)?(?![\w-])", re.IGNORECASE)

#: A module with a version: @{ModuleName='AzureRM.Compute'; ModuleVersion='5.0'}
_SPECIFICATION = re.compile(r"@\{[^}]*?\bModuleName\s*=\s*['\"]?([\w.]+)[^}]*\}", re.IGNORECASE)
_VERSION = re.compile(r"\b(ModuleVersion|RequiredVersion|MaximumVersion)\s*=\s*['\"]?([\d.]+)", re.IGNORECASE)
_NONE: Mapping[str, str] = {}

_BY_MODULE = "The module in front of its name needs: pybridge module install --azurerm"

#: How the help of a parameter begins that is only there to be refused with a way out.
_REFUSED = "Not supported. "


class Judge:
    """Knows what is covered.

    Args:
        spec: The commands that are covered.
        shims: AzureRM's modules, and what of them is not covered.
        defined: The functions that the scripts define themselves, in lower case.
    """

    def __init__(self, spec: Spec, shims: Sequence[Shim], defined: Collection[str] = ()) -> None:
        self._covered = {name.lower(): item for item in spec.commands for name in (item.name, *item.aliases)}
        self._refused = {
            name.lower(): item for shim in shims for item in shim.not_covered for name in (item.name, *item.aliases)
        }
        self._modules = {shim.module.lower(): shim for shim in shims}
        self._defined = defined

    def findings(self, file: str, script: Script) -> Iterator[Finding]:
        """What is to be said of a script, by line."""
        found: list[Finding] = []
        for use in script.uses:
            found += self._of_use(file, use, script)
        for place in script.requires:
            versions = {match[1].lower(): match[0] for match in _SPECIFICATION.finditer(place.text) if match[1]}
            found += self._of_modules(file, place.line, place.column, _MODULE.findall(place.text), versions)
        for place in script.endpoints:
            text = "The old MSI endpoint: pybridge serve answers there, around the script or as a service."
            found.append(Finding(file, place.line, place.column, "localhost:50342", NOTE, text))
        for place in script.problems[:1]:  # the others often follow from it
            text = f"PowerShell does not understand this, and what follows may be missing here: {place.text}"
            found.append(Finding(file, place.line, place.column, "syntax", NOTE, text))
        yield from sorted(found, key=lambda item: (item.line, item.column))

    def _of_use(self, file: str, use: Use, script: Script) -> Iterable[Finding]:
        module, _, name = use.name.rpartition("\\")
        key = name.lower()
        given = [*use.parameters, *_splatted(use, script.tables)]
        if key in _IMPORTING:
            return self._of_modules(file, use.line, use.column, _modules_in(use.words))
        if key in _INSTALLING:
            text = "Not needed, and in the way of: pybridge module install --azurerm"
            return [Finding(file, use.line, use.column, item, NOTE, text) for item in _modules_in(use.words)]
        if key in _ASKING_WEB:
            return self._of_web(file, use, _ASKING_WEB[key], given)
        command, refused = self._covered.get(key), self._refused.get(key)
        if command is not None:
            return [self._of_covered(file, use, command, given, _BY_MODULE if module else "", script)]
        if key in self._defined:
            return []
        if refused is None and _OF_AZURERM.fullmatch(name):
            refused = NotCovered(name, az=az_name(name))
        if refused is not None:
            text = f"In Az it is {refused.az}."
            text = f"Use {refused.instead}, which is covered. {text}" if refused.instead else text
            place = (file, use.line, use.column, refused.name)
            return [Finding(*place, NOT_COVERED, text, tuple(given), refused.az, refused.call)]
        if _OF_AZ.fullmatch(name):
            return [Finding(file, use.line, use.column, name, NOTE, "A command of Az, which is not AzureRM.")]
        return []

    def _of_covered(
        self, file: str, use: Use, command: Command, given: Sequence[str], note: str, script: Script
    ) -> Finding:
        known = {item.name: (item.name, *item.aliases) for item in all_parameters(command)}
        known.update({item: (item,) for item in (*_COMMON, *(_CHANGING if command.action else ()))})
        ways_out = {
            item.name: item.help.removeprefix(_REFUSED) for item in command.parameters if item.help.startswith(_REFUSED)
        }
        refusals, complaints = [], []
        for item in given:
            meant = _meant(item, known)
            if len(meant) != 1:
                complaints.append(_complaint(item, meant))
            elif meant[0] in ways_out:
                refusals.append(f"-{meant[0]} is not supported. {ways_out[meant[0]]}")
        unseen = [f"What @{item} holds was not found." for item in use.splats if item.lower() not in script.tables]
        message = " ".join(filter(None, [*refusals, *complaints, *unseen, note]))
        state = NOT_COVERED if refusals else UNKNOWN if complaints else COVERED
        return Finding(file, use.line, use.column, command.name, state, message, tuple(given))

    def _of_modules(
        self, file: str, line: int, column: int, names: Iterable[str], specifications: Mapping[str, str] = _NONE
    ) -> Iterator[Finding]:
        """Modules that a script asks for by name, some of them in a version."""
        for name in dict.fromkeys(names):
            shim = self._modules.get(name.lower())
            if shim is None:
                yield Finding(file, line, column, name, NOT_COVERED, "PyBridge has no module of this name.")
                continue
            wanted = _unmet(specifications.get(name.lower(), ""), shim.version)
            if wanted:
                text = f"It asks for {wanted}, and the module of this name is {shim.version}."
                yield Finding(file, line, column, shim.module, NOT_COVERED, text)
            else:
                yield Finding(file, line, column, shim.module, COVERED, "Needs: pybridge module install --azurerm")

    def _of_web(self, file: str, use: Use, name: str, given: Iterable[str]) -> Iterator[Finding]:
        if not any("usebasicparsing".startswith(item.lower()) and len(item) > 3 for item in given):
            text = "Without -UseBasicParsing, Windows PowerShell 5.1 may stop and ask before it reads the answer."
            yield Finding(file, use.line, use.column, name, NOTE, text)


def _splatted(use: Use, tables: Mapping[str, frozenset[str]]) -> Iterator[str]:
    for name in use.splats:
        yield from sorted(tables.get(name.lower(), ()))


def _modules_in(words: Iterable[str]) -> list[str]:
    return [match for word in words for match in _MODULE.findall(word)]


def _meant(given: str, known: Mapping[str, Sequence[str]]) -> list[str]:
    """Which parameters may be meant; like PowerShell, we take the beginning of a name where it is the only one."""
    key = given.lower()
    begun = []
    for parameter, names in known.items():
        lower = [name.lower() for name in names]
        if key in lower:
            return [parameter]
        if any(name.startswith(key) for name in lower):
            begun.append(parameter)
    return begun


def _complaint(given: str, meant: Sequence[str]) -> str:
    return f"-{given} may be any of -{', -'.join(meant)}." if meant else f"-{given} is not known."


def _unmet(specification: str, version: str) -> str:
    """What of a module's specification that version does not meet; empty if it meets all."""
    ours = _numbers(version)
    for name, text in _VERSION.findall(specification):
        theirs = _numbers(text)
        met = {"moduleversion": theirs <= ours, "requiredversion": theirs == ours, "maximumversion": theirs >= ours}
        if not met[name.lower()]:
            return f"{name} {text}"
    return ""


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part)
