"""Who may import whom. A module imports only modules of lower rank, and each door stands in one place.

The checks are plain functions from source text to complaints, so that they are tested on bad samples too.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import pybridge

ROOT = Path(pybridge.__file__).parent

#: Read from the top. A module has one row; all of `emulator/` shares one.
RANKS = {
    "errors": 0,
    "version": 0,
    "addresses": 1,
    "keyfiles": 1,
    "models": 1,
    "printable": 1,
    "processes": 1,
    "yamlfile": 1,
    "cache": 2,
    "catalogue": 2,
    "clixml": 2,
    "protocol": 2,
    "resources": 2,
    "retry": 2,
    "passwords": 2,
    "wsman": 2,
    "cachefile": 3,
    "clouds": 3,
    "hosts": 3,
    "module": 3,
    "remote": 4,
    "server": 3,
    "sources": 3,
    "transport": 3,
    "wire": 3,
    "arm": 4,
    "asking": 4,
    "computers": 4,
    "contexts": 4,
    "inventory": 4,
    "fleet": 5,
    "parcel": 4,
    "sessions": 5,
    "spec": 4,
    "contextfile": 5,
    "credential": 5,
    "emulator": 5,
    "reach": 6,
    "serviceprincipal": 5,
    "shims": 5,
    "accounts": 6,
    "aio": 6,
    "autosave": 6,
    "generate": 6,
    "identity": 6,
    "installing": 6,
    "waiting": 6,
    "backend": 7,
    "doctor": 7,
    "scan": 7,
    "hostjobs": 8,
    "operations": 8,
    "endpoint": 9,
    "worker": 9,
    "__init__": 10,
    "cli": 10,
    "__main__": 11,
}

_SERVERS = {"transport", "server"}

#: A library -> the modules, or packages, that may import it, be it inside a function or for types only.
DOORS = {
    "distributed": {"fleet.dask"},
    "filelock": {"cachefile.locks"},
    "keyring": {"passwords"},
    "requests": {"transport.https", "remote.adapter", "remote.connection", "remote.direct", "remote.trust"},
    "rich": {"cli.progress"},
    "urllib3": {"remote.adapter", "remote.line", "remote.trust"},
    "winrm": {"remote.connection"},
    "yaml": {"yamlfile"},
    "subprocess": {"processes"},
    "http.client": _SERVERS,
    "http.server": _SERVERS,
    "socket": _SERVERS | {"remote.sockets"},
    "socketserver": _SERVERS,
    "ssl": _SERVERS | {"emulator.certificate", "emulator.emulator", "remote.sockets", "remote.trust"},
    "cryptography": {"emulator.certificate", "remote.connection", "sessions.sealing"},
    "urllib.request": set(),
}

#: What `import pybridge` must not load.
HEAVY = ["filelock", "requests", "winrm", "yaml", "subprocess", "http.client"]


def sources() -> dict[str, str]:
    """Each module's source by its name without `pybridge.`; `emulator/__init__.py` is `emulator`."""
    found = {}
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if len(parts) > 1 and parts[-1] == "__init__":
            parts = parts[:-1]
        found[".".join(parts)] = path.read_text(encoding="utf-8")
    return found


def imports(module: str, source: str, modules: set[str], *, types_only: bool) -> Iterator[str]:
    """Every module that `source` imports, wherever the statement stands: `pybridge.errors`, `http.client`.

    Args:
        module: Whose source it is, as in `sources`.
        source: Its text.
        modules: All modules of the package: tells a submodule from a name in `from . import x`.
        types_only: Whether imports under `if TYPE_CHECKING:` count.
    """
    package = ["pybridge", *module.split(".")]
    if not any(name.startswith(f"{module}.") for name in modules):
        package.pop()
    known = {f"pybridge.{name}" for name in modules}
    for node in _walk(ast.parse(source), types_only):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            origin = ".".join([*base, *([node.module] if node.module else [])])
            names = [f"{origin}.{alias.name}" for alias in node.names]
            if origin.split(".")[0] == "pybridge":
                yield from (name if name in known else origin for name in names)
            else:
                yield from (origin, *names)
        elif isinstance(node, ast.Call) and _is_import_call(node):
            argument = node.args[0]
            if isinstance(argument, ast.Constant):
                yield str(argument.value)


def _walk(node: ast.AST, types_only: bool) -> Iterator[ast.AST]:
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test) and not types_only:
        children: list[ast.AST] = list(node.orelse)
    else:
        children = list(ast.iter_child_nodes(node))
    for child in children:
        yield child
        yield from _walk(child, types_only)


def _is_import_call(node: ast.Call) -> bool:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return name in ("import_module", "__import__") and bool(node.args)


def inside(name: str) -> str | None:
    """`errors` for `pybridge.errors`, `__init__` for `pybridge`, None for a foreign module."""
    if name == "pybridge":
        return "__init__"
    return name.removeprefix("pybridge.") if name.startswith("pybridge.") else None


def rank_complaints(package: Mapping[str, str]) -> list[str]:
    """Modules without a rank, imports that do not go down, and circles inside of `emulator/`."""
    complaints = []
    graph: dict[str, set[str]] = {}
    for module, source in package.items():
        top = module.split(".")[0]
        if top not in RANKS:
            complaints.append(f"{module} has no rank")
            continue
        for name in imports(module, source, set(package), types_only=False):
            other = inside(name)
            if other is None or other == module:
                continue
            other_top = other.split(".")[0]
            if other_top == top:
                graph.setdefault(module, set()).add(other)
            elif other_top not in RANKS:
                complaints.append(f"{module} imports {other}, which has no rank")
            elif RANKS[other_top] >= RANKS[top]:
                complaints.append(f"{module} ({RANKS[top]}) imports {other} ({RANKS[other_top]})")
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        complaints.append(f"a circle: {' -> '.join(error.args[1])}")
    return complaints


def door_complaints(package: Mapping[str, str]) -> list[str]:
    """Libraries that are imported elsewhere than at their door."""
    return [
        f"{module} imports {door}"
        for module, source in package.items()
        for door in sorted(doors_used(set(imports(module, source, set(package), types_only=True))))
        if not DOORS[door] & {module, module.split(".")[0]}
    ]


def doors_used(names: set[str]) -> set[str]:
    """The rows of `DOORS` that imports of these names belong to."""
    return {door for door in DOORS for name in names if f"{name}.".startswith(f"{door}.")}


def test_every_import_goes_to_a_lower_rank() -> None:
    assert rank_complaints(sources()) == []


def test_every_library_is_imported_at_its_door_only() -> None:
    assert door_complaints(sources()) == []


def test_importing_the_package_loads_nothing_heavy() -> None:
    program = (
        "import json, sys; before = set(sys.modules); import pybridge; "
        "print(json.dumps([pybridge.__file__, sorted(set(sys.modules) - before)]))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT.parent,
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    file, loaded = json.loads(run.stdout)
    assert Path(file) == Path(pybridge.__file__)
    assert not set(HEAVY) & set(loaded)


def test_modules_are_found() -> None:
    assert {"errors", "models", "__init__"} <= set(sources())


@pytest.mark.parametrize(
    ("package", "complaint"),
    [
        ({"errors": "", "models": "", "mischief": ""}, "mischief has no rank"),
        ({"errors": "from .models import HttpRequest", "models": ""}, "errors (0) imports models (1)"),
        ({"errors": "from . import models", "models": ""}, "errors (0) imports models (1)"),
        ({"errors": "import pybridge.models", "models": ""}, "errors (0) imports models (1)"),
        ({"errors": "def late():\n    from .models import X", "models": ""}, "errors (0) imports models (1)"),
        (
            {"errors": "import importlib\nimportlib.import_module('pybridge.cli')"},
            "errors (0) imports cli (10)",
        ),
        ({"errors": "from . import __version__", "__init__": ""}, "errors (0) imports __init__ (10)"),
        ({"arm": "from .credential import X", "credential": ""}, "arm (4) imports credential (5)"),
        ({"cli": "from . import __version__", "__init__": ""}, "cli (10) imports __init__ (10)"),
        ({"arm": "from .mischief import X"}, "arm imports mischief, which has no rank"),
        ({"emulator": "", "emulator.arm": "from ..worker import X"}, "emulator.arm (5) imports worker (9)"),
    ],
)
def test_a_wrong_import_is_seen(package: dict[str, str], complaint: str) -> None:
    assert rank_complaints(package) == [complaint]


@pytest.mark.parametrize(
    "package",
    [
        {"emulator": "", "emulator.a": "from . import b", "emulator.b": "from .a import X"},
        {"emulator": "from .a import X", "emulator.a": "from . import X"},
    ],
)
def test_a_circle_in_the_emulator_is_seen(package: dict[str, str]) -> None:
    (complaint,) = rank_complaints(package)
    assert complaint.startswith("a circle: ")


@pytest.mark.parametrize(
    "package",
    [
        {"models": "from . import errors\nfrom .errors import X", "errors": ""},
        {"cli": "from .version import __version__", "__main__": "from .cli import main", "version": ""},
        {"arm": "if TYPE_CHECKING:\n    from .credential import X", "credential": ""},
        {"emulator": "from .state import X", "emulator.state": "from ..errors import X", "errors": ""},
    ],
)
def test_a_right_import_passes(package: dict[str, str]) -> None:
    assert rank_complaints(package) == []


@pytest.mark.parametrize(
    ("package", "complaints"),
    [
        ({"arm": "import requests"}, ["arm imports requests"]),
        ({"arm": "def late():\n    from requests.adapters import X"}, ["arm imports requests"]),
        ({"arm": "if TYPE_CHECKING:\n    import yaml"}, ["arm imports yaml"]),
        ({"arm": "from http import client"}, ["arm imports http.client"]),
        ({"arm": "from importlib import import_module\nimport_module('winrm')"}, ["arm imports winrm"]),
        ({"emulator": "", "emulator.state": "import socket"}, ["emulator.state imports socket"]),
        ({"arm": "from http import HTTPStatus\nimport urllib.parse"}, []),
        ({"transport": "", "transport.https": "import requests, http.client", "server": "import socket"}, []),
        ({"transport": "", "transport.metadata": "import requests"}, ["transport.metadata imports requests"]),
    ],
)
def test_a_second_door_is_seen(package: dict[str, str], complaints: list[str]) -> None:
    assert door_complaints(package) == complaints
