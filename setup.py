"""Puts `powershell/` into the wheel as `pybridge/powershell/`. The rest is in pyproject.toml.

setuptools could map the folder itself, but every editable install would then start Python 15 ms later:
it needs an import hook where a plain path would do.
"""

from __future__ import annotations

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithModule(build_py):
    """Builds the package, then copies the PowerShell files beside it."""

    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            for source, target in self._powershell_files():
                self.mkpath(str(target.parent))
                self.copy_file(str(source), str(target))

    def get_source_files(self) -> list[str]:
        return [*super().get_source_files(), *(str(source) for source, _ in self._powershell_files())]

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        outputs: list[str] = super().get_outputs(include_bytecode)
        if not self.editable_mode:
            outputs += [str(target) for _, target in self._powershell_files()]
        return outputs

    def _powershell_files(self) -> list[tuple[Path, Path]]:
        sources = sorted(path for path in Path("powershell").rglob("*") if path.is_file())
        return [(source, Path(self.build_lib, "pybridge", source)) for source in sources]


setup(cmdclass={"build_py": BuildWithModule}, license="MIT")
