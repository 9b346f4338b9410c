"""The PowerShell module's generated files, from its spec. `render` is pure; `write` and `check` touch the disk.

files.py      the files: render, write, check
functions.py  a function for each command: help, parameters and one call
tables.py     what Core needs to know of commands and types at run time
views.py      the XML of types and views; trees.py: views that print an object to the bottom
shims.py      the modules by AzureRM's names
literals.py   values as PowerShell writes them, and templates
"""

from __future__ import annotations

from .files import check, render, write

__all__ = ["check", "render", "write"]
