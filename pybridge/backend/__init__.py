"""What operations stand on: the doors, the credentials, and the call that they run in.

backend.py  what operations share
doors.py    the doors to hosts that were used
answers.py  answers that are good for a while
call.py     one call of an operation
"""

from __future__ import annotations

from .backend import Backend
from .call import Call, FromHost, signed_in

__all__ = ["Backend", "Call", "FromHost", "signed_in"]
