"""generate: the module's files from its spec; `write` makes them so, `check` says how they differ."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from support import run

from pybridge import generate, spec
from pybridge.errors import ConfigurationError, SpecError
from pybridge.generate.functions import all_parameters
from pybridge.generate.tables import gathered
from pybridge.module import module_root
from pybridge.operations import OPERATIONS
from pybridge.version import __version__

ROOT = module_root()
TEMPLATES = {path.name: path.read_text(encoding="ascii") for path in (ROOT / "templates").iterdir()}
SPEC = spec.load(ROOT, OPERATIONS)
FILES = generate.render(SPEC, TEMPLATES)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A `powershell` folder of the test's own, up to date."""
    shutil.copy(ROOT / "commands.yaml", tmp_path)
    shutil.copytree(ROOT / "commands", tmp_path / "commands")
    shutil.copytree(ROOT / "templates", tmp_path / "templates")
    generate.write(tmp_path, OPERATIONS)
    return tmp_path


def test_the_projects_files_are_up_to_date() -> None:
    assert generate.check(ROOT, OPERATIONS) == ""


def test_the_same_spec_gives_the_same_files() -> None:
    assert generate.render(SPEC, TEMPLATES) == FILES


@pytest.mark.parametrize("path", FILES)
def test_a_file_is_ascii_with_unix_lines_and_says_where_it_is_from(path: str) -> None:
    text = FILES[path]
    assert text.isascii()
    assert "\r" not in text
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert "commands.yaml" in "".join(text.splitlines(keepends=True)[:3])
    assert "{{" not in text.replace("@{{", "")


@pytest.mark.parametrize("path", [path for path in FILES if path.endswith("ps1xml")])
def test_types_and_views_are_xml(path: str) -> None:
    names = [node.text for node in ElementTree.fromstring(FILES[path]).iter() if node.tag in {"Name", "TypeName"}]
    shown = {item.name for item in SPEC.types if item.table or item.list}
    assert ({item.name for item in SPEC.types} if "types" in path else shown) <= set(names)


def test_every_command_has_a_function_with_its_help() -> None:
    text = FILES["PyBridge.psm1"]
    for command in SPEC.commands:
        body = text.split(f"function {command.name} {{")[1].split("\nfunction ")[0]
        assert body.count(".PARAMETER ") == len(all_parameters(command))
        assert body.count(".EXAMPLE") == len(command.examples)
        for parameter in all_parameters(command):
            assert re.search(rf"\] \${parameter.name}\b", body)


def test_names_of_computers_are_gathered_from_the_pipeline() -> None:
    text = FILES["PyBridge.psm1"]
    gathering = {command.name for command in SPEC.commands if gathered(command)}
    assert {"Get-MsiToken", "Get-MsiIdentity", "Test-Msi", "Install-PyBridgeModule"} == gathering
    ends = re.findall(r"^    end \{\n.* (Invoke-PyBridgeGathered) '([\w-]+)' \$PSCmdlet", text, re.M)
    assert {name for _, name in ends} == gathering
    assert text.count("    end {") == len(gathering)


def test_the_manifest_exports_exactly_the_commands() -> None:
    manifest = FILES["PyBridge.psd1"]
    assert f"ModuleVersion        = '{__version__}'" in manifest
    functions = re.search(r"FunctionsToExport\s*= @\(([^)]*)\)", manifest)
    aliases = re.search(r"AliasesToExport\s*= @\(([^)]*)\)", manifest)
    assert functions is not None
    assert aliases is not None
    assert re.findall(r"'([^']+)'", functions[1]) == [command.name for command in SPEC.commands]
    assert re.findall(r"'([^']+)'", aliases[1]) == [alias for command in SPEC.commands for alias in command.aliases]


def test_only_tables_that_say_so_fold_their_texts() -> None:
    views = FILES["Generated/PyBridge.format.ps1xml"].split("<View>")
    assert [view.split("</Name>")[0] for view in views if "<Wrap/>" in view] == ["<Name>PyBridge.Check"]


def test_quotes_in_the_spec_stay_quotes() -> None:
    changed = replace(SPEC, description=f"It's $(danger) {SPEC.description[0].lower()}{SPEC.description[1:]}")
    files = generate.render(changed, TEMPLATES)
    assert "'It''s $(danger) managed identity" in files["PyBridge.psd1"]


def test_after_write_check_is_content_and_write_has_nothing_to_do(clone: Path) -> None:
    assert generate.check(clone, OPERATIONS) == ""
    assert generate.write(clone, OPERATIONS) == []
    written = {
        path.relative_to(clone / "PyBridge").as_posix() for path in (clone / "PyBridge").rglob("*") if path.is_file()
    }
    assert written == set(FILES)


def test_only_a_command_that_changes_nothing_is_asked_again() -> None:
    (command,) = [item for item in SPEC.commands if item.name == "Get-AzureRmVM"]
    files = generate.render(replace(SPEC, commands=(replace(command, action="change"),)), TEMPLATES)
    assert "Once = $true" in files["Generated/Tables.ps1"]
    assert "Once = $true" not in generate.render(replace(SPEC, commands=(command,)), TEMPLATES)["Generated/Tables.ps1"]


def change(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"# changed\n")


def change_line_ends(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))


def orphan(text: bytes) -> Callable[[Path], object]:
    return lambda path: (path.parent / "Old.ps1").write_bytes(text)


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (change, "-# changed\n"),
        (change_line_ends, "--- PyBridge/Generated/Tables.ps1 (on disk)\n"),
        (Path.unlink, "--- /dev/null\n+++ PyBridge/Generated/Tables.ps1 (generated)\n"),
        (orphan(b"text\n"), "--- PyBridge/Generated/Old.ps1 (on disk)\n+++ /dev/null\n@@ -1 +0,0 @@\n-text\n"),
        (orphan(b""), "--- PyBridge/Generated/Old.ps1 (on disk)\n+++ /dev/null\n"),
        (orphan(b"\xff\n"), "--- PyBridge/Generated/Old.ps1 (on disk)\n+++ /dev/null\n"),
    ],
)
def test_what_differs_is_found_shown_and_set_right(
    clone: Path, damage: Callable[[Path], object], expected: str
) -> None:
    damage(clone / "PyBridge/Generated/Tables.ps1")
    assert expected in generate.check(clone, OPERATIONS)
    assert len(generate.write(clone, OPERATIONS)) == 1
    assert generate.check(clone, OPERATIONS) == ""


def test_a_second_manifest_is_an_orphan(clone: Path) -> None:
    (clone / "PyBridge" / "Other.psd1").write_text("@{}\n")
    assert "--- PyBridge/Other.psd1 (on disk)" in generate.check(clone, OPERATIONS)


def test_hand_written_files_are_left_alone(clone: Path) -> None:
    kept = [clone / "PyBridge" / "interpreter.txt", clone / "PyBridge" / "Core" / "Errors.ps1"]
    for path in kept:
        path.parent.mkdir(exist_ok=True)
        path.write_text("# mine\n")
    assert generate.check(clone, OPERATIONS) == ""
    assert generate.write(clone, OPERATIONS) == []
    assert [path.read_text() for path in kept] == ["# mine\n"] * 2


def test_without_a_spec_there_is_nothing_to_generate(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"there is no .*commands\.yaml") as caught:
        generate.check(tmp_path, OPERATIONS)
    assert "--root" in (caught.value.remedy or "")


def test_an_operation_that_is_gone_is_a_mistake_of_the_spec(clone: Path) -> None:
    with pytest.raises(SpecError, match="there is no operation 'get_token'"):
        generate.check(clone, set(OPERATIONS) - {"get_token"})


# --- the command -------------------------------------------------------------------------------------


def test_the_command_checks_and_writes(clone: Path) -> None:
    clean = run("generate", "--check", "--root", str(clone))
    assert (clean.returncode, clean.stdout) == (0, "the generated files are up to date\n")
    target = clone / "PyBridge/Generated/Tables.ps1"
    change(target)
    stale = run("generate", "--check", "--root", str(clone))
    assert (stale.returncode, stale.stderr) == (1, "")
    assert "-# changed" in stale.stdout
    written = run("generate", "--root", str(clone))
    assert (written.returncode, written.stdout) == (0, f"{target}\n")
    assert run("generate", "--check", "--root", str(clone)).returncode == 0


def test_the_command_names_the_line_of_a_mistake(clone: Path) -> None:
    file = clone / "commands" / "msi.yaml"
    file.write_text(file.read_text().replace("operation: get_token", "operation: get_tokens"))
    line = file.read_text().split("operation: get_tokens")[0].count("\n") + 1
    done = run("generate", "--check", "--root", str(clone))
    assert done.returncode == 1
    assert f"commands/msi.yaml:{line}: commands[0].operation: there is no operation 'get_tokens'" in done.stderr
    assert "Traceback" not in done.stderr
