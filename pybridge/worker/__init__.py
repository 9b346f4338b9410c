"""The worker: the process behind the PowerShell module.

process.py  the process: stdin and stdout
worker.py   reads requests, runs them at the same time, writes answers
turns.py    which thread reads
call.py     what one request says: items in batches, progress, warnings
asks.py     what the worker asks of PowerShell
parting.py  what may still be done when nobody is there any more
defects.py  exceptions that should not be
"""

from __future__ import annotations

from .process import main
from .worker import Worker

__all__ = ["Worker", "main"]
