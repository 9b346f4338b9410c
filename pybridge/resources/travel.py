"""How a field travels to PowerShell (see wire.py), where its type does not say it."""

from __future__ import annotations

SECRET = {"wire": "secret"}
ARM = {"wire": "arm"}
HIDDEN = {"wire": "hidden"}
EPOCH = {"wire": "epoch"}
