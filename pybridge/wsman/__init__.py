"""WS-Management: the messages of WinRM's shells, and what their answers mean. No I/O here.

messages = Messages("https://vm01:5986/wsman")
opened = messages.create()          # a Request: POST opened.body, and give what comes back to opened.read
shell = opened.read(answer)         # a Shell, or a Fault
"""

from __future__ import annotations

from .answers import Limits, Received, Shell
from .causes import FAULTS, FaultRow
from .faults import Fault
from .requests import MAX_ENVELOPE, Messages, Request
from .xmltree import MAX_ANSWER

__all__ = [
    "FAULTS",
    "MAX_ANSWER",
    "MAX_ENVELOPE",
    "Fault",
    "FaultRow",
    "Limits",
    "Messages",
    "Received",
    "Request",
    "Shell",
]
