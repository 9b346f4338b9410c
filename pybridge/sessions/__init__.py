"""PSSessions: hosts, asked over a session that PowerShell holds.

A session is PowerShell's own, be it by WinRM, SSH or whatever carries it, and no credential of it is known here. So the
worker asks the PowerShell that has called it (`Call.ask`) to run a script there, or a command where scripts are not
allowed.

nouns.py       a session, as PowerShell tells of it
sealing.py     what goes through a host's pipeline, sealed
exchange.py    one question to a session, and what may have become of it
constrained.py an endpoint that only has Get-MsiToken, as if it were IMDS
transport.py   all of that as a `Transport`
sealed.ps1     the half that runs there
"""

from __future__ import annotations

from .nouns import PSSession
from .transport import Sessions, SessionTransport

__all__ = ["PSSession", "SessionTransport", "Sessions"]
