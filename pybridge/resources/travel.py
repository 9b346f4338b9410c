"""How a field travels to PowerShell (see wire/), where its type does not say it."""

from __future__ import annotations

SECRET = {"wire": "secret"}
ARM = {"wire": "arm"}
JSON = {"wire": "json"}
HIDDEN = {"wire": "hidden"}
EPOCH = {"wire": "epoch"}
STATUS = {"wire": "status"}
