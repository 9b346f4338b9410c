"""The door to Windows hosts: WinRM, without Python there. To import it loads neither pywinrm nor requests.

patience.py       how long a host may take, and who may end the wait; sockets.py: sockets that look there; aside.py
trust.py          what TLS checks
adapter.py        the HTTP below pywinrm; direct.py: without requests, once signed in; md4.py
line.py           the one connection of a session
foreign.py        what libraries raise, as our errors; refusals.py: what a status of HTTP means; tickets.py: Kerberos
connection.py     one authenticated, encrypted connection: the only `import winrm`
talk.py           messages, one after the other, over connections that may fail
shell.py          one shell on a host, opened, watched, and closed whatever happens
steps.py          how far a job came, for errors; sweeping.py: leaving a host as it was
frames.py         what goes to a script there, and what comes from it; scripts/: the scripts
job.py            questions to these scripts; logged.py: where PowerShell's language is constrained
questions.py      what a host is asked for a token: surroundings.py: its variables; exchanges.py: HTTP from there
transport.py      all of it as a Transport
running.py        a user's own script, and what it says
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .patience import stopping

if TYPE_CHECKING:
    from ..clixml import Record
    from .frames import script
    from .job import Job, ask
    from .questions import Questions
    from .running import ScriptResult, run_script
    from .surroundings import forget
    from .transport import WinRMTransport

__all__ = [
    "Job",
    "Questions",
    "Record",
    "ScriptResult",
    "WinRMTransport",
    "ask",
    "forget",
    "run_script",
    "script",
    "stopping",
]

_HOMES = {
    "Job": ".job",
    "Questions": ".questions",
    "Record": "..clixml",
    "ScriptResult": ".running",
    "WinRMTransport": ".transport",
    "ask": ".job",
    "forget": ".surroundings",
    "run_script": ".running",
    "script": ".frames",
}


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module(home, __name__), name)
    globals()[name] = value
    return value
