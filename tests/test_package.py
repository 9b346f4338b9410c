"""The package: its public names, imported when they are used, and one version everywhere."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
from importlib import metadata

import pytest
from support import GUARD, PACKAGE, environment, run

import pybridge
from pybridge.module import module_root


def test_all_names_have_a_home() -> None:
    homes = dict(pybridge._HOMES)
    assert sorted(pybridge.__all__) == sorted([*homes, "__version__"])
    for name, home in homes.items():
        assert getattr(pybridge, name) is getattr(importlib.import_module(f"pybridge.{home}"), name)


def test_type_checkers_see_the_same_names() -> None:
    tree = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    (block,) = [node for node in tree.body if isinstance(node, ast.If)]
    seen = {alias.name: node.module for node in block.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert seen == pybridge._HOMES


def test_dir_lists_all_names() -> None:
    assert set(pybridge.__all__) <= set(dir(pybridge))


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'pybridge' has no attribute 'Nonsense'"):
        _ = pybridge.Nonsense  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("statement", "absent"),
    [
        ("import pybridge", ["http.client", "requests", "yaml", "winrm", "subprocess", "dataclasses", "json"]),
        ("import pybridge; pybridge.ManagedIdentityCredential()", ["requests", "yaml", "winrm", "subprocess"]),
        ("import pybridge.worker", ["requests", "yaml", "winrm", "subprocess"]),
        ("from pybridge.cli import main", ["http.client", "requests", "yaml", "winrm", "subprocess"]),
    ],
)
def test_nothing_is_imported_before_it_is_needed(statement: str, absent: list[str]) -> None:
    program = f"import sys\n{statement}\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment(), capture_output=True, text=True, check=True, timeout=GUARD
    )
    assert set(absent) & set(done.stdout.split()) == set()


def test_the_package_is_typed() -> None:
    assert (PACKAGE / "py.typed").is_file()


def test_the_version_is_the_same_everywhere() -> None:
    manifest = (module_root() / "PyBridge" / "PyBridge.psd1").read_text(encoding="ascii")
    assert re.findall(r"ModuleVersion\s*= '([^']+)'", manifest) == [pybridge.__version__]
    assert run("--version").stdout == f"pybridge {pybridge.__version__}\n"


def test_the_installed_version_is_the_same() -> None:
    try:
        installed = metadata.version("pybridge")
    except metadata.PackageNotFoundError:
        pytest.skip("pybridge runs from its sources here, not installed")
    assert installed == pybridge.__version__


def test_the_package_brings_what_it_reads() -> None:
    root = module_root()
    files = ["commands.yaml", "scan.ps1", "shims/profile.yaml", "AzureRM/AzureRM.Profile/AzureRM.Profile.psd1"]
    assert [file for file in files if not (root / file).is_file()] == []
