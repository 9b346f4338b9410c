"""The worker: the process behind the PowerShell module.

worker.py   reads requests, runs them at the same time, writes answers
call.py     what one of them says: items in batches, progress, warnings
"""

from __future__ import annotations

from .worker import Worker, main

__all__ = ["Worker", "main"]
